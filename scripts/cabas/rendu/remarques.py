"""`remarques.csv` : ce que les gens ont écrit à côté de leurs quantités. Pour la personne référente : jamais publié."""

from __future__ import annotations

from collections.abc import Iterable

from cabas.recu import Remarque
from cabas.rendu.csv_francais import ecrire_csv, proteger

TABLEAU = "remarques.csv"
COLONNES = "groupement;fichier;ligne;cellule;remarque"


def remarques_csv(remarques: Iterable[Remarque]) -> bytes:
    """Une ligne par remarque, dans l'ordre des fichiers. `cellule` : tel qu'écrit sur le bon ; `ligne` : son numéro dans le fichier."""
    rangees = ((une.groupement, proteger(une.fichier), str(une.ligne), proteger(une.cellule), proteger(une.texte)) for une in sorted(remarques))
    return ecrire_csv(COLONNES, rangees)
