"""Deux tables que toutes les fusions n'ont pas : ce que fait le cellier (`cellier.csv`), la part des frais (`frais.csv`).

`cellier.csv` commence par les colonnes que lit `lecture/cellier.py`, avec l'état d'après : recopié dans le dossier privé de la
commande suivante, il en est le stock.
"""

from __future__ import annotations

from cabas.calculs.recap import Recap
from cabas.modele import Commande
from cabas.rendu.csv_francais import ecrire_csv, proteger
from cabas.rendu.tables import prix_csv
from cabas.typographie import euros_csv, nombre_csv

CELLIER, FRAIS = "cellier.csv", "frais.csv"
COLONNES_DU_CELLIER = "produit;quantite;prix;nom;unite;avant;pris;ajoute;valeur_prise;cout_ajoute"


def tables_de_partage(commande: Commande, recap: Recap) -> dict[str, bytes]:
    """Les tables que la commande demande, par nom de fichier."""
    fichiers: dict[str, bytes] = {}
    if commande.cellier:
        rangees = (
            (
                *(ligne.produit, nombre_csv(ligne.quantite), prix_csv(ligne.prix), proteger(ligne.nom), ligne.unite),
                *(nombre_csv(ligne.avant), nombre_csv(ligne.pris), nombre_csv(ligne.ajoute)),
                *(euros_csv(ligne.valeur_prise), euros_csv(ligne.cout_ajoute)),
            )
            for ligne in recap.cellier
        )
        fichiers[CELLIER] = ecrire_csv(COLONNES_DU_CELLIER, rangees)
    if commande.frais is not None:
        fichiers[FRAIS] = ecrire_csv("groupement;cellule;part", ((une.groupement, proteger(une.cellule), euros_csv(une.part)) for une in recap.frais))
    return fichiers
