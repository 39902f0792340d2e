"""Lire dans git le passé du catalogue, une fois par enregistrement : l'aperçu de `cabas servir` ne le relit pas à chaque correction."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cabas.constats import Refus
    from cabas.modele import Depot
    from cabas.passe import Histoire, Version

SANS_HISTOIRE = "Ce site a été construit hors de git, d’une copie sans histoire : les prix d’avant n’y sont pas."
HISTOIRE_PARTIELLE = "Ce site a été construit d’une copie qui n’a que la fin de l’histoire : les prix d’avant n’y sont pas."


def lire_histoire(racine: Path, depot: Depot) -> Histoire:
    """Les versions des fiches produit, et l'instant de la révision qui fige chaque commande.

    Sans git, ou dans une copie superficielle, l'histoire est vide et dit pourquoi : le site se construit quand même.
    """
    from cabas.constats import Refus
    from cabas.historique import entiere, instant, revision
    from cabas.passe import Histoire

    if not entiere(racine):
        return Histoire(absente=HISTOIRE_PARTIELLE)
    tete = revision(racine, ()).identifiant
    versions = _versions(racine, tete)
    if isinstance(versions, Refus):
        return Histoire(absente=SANS_HISTOIRE)
    figees = {
        identifiant: fige
        for identifiant, commande in depot.commandes.items()
        if commande.catalogue and not isinstance(fige := instant(racine, commande.catalogue), Refus)
    }
    return Histoire(versions, figees)


@lru_cache(maxsize=1)
def _versions(racine: Path, _tete: str) -> tuple[Version, ...] | Refus:
    from cabas.constats import Refus
    from cabas.historique import journal
    from cabas.lecture.journal import MARQUE, lire_journal

    texte = journal(racine, MARQUE)
    return texte if isinstance(texte, Refus) else lire_journal(texte)
