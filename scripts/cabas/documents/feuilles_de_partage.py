"""Deux feuilles de `recap.xlsx` que toutes les fusions n'ont pas : les frais de chaque cellule, et le cellier."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from cabas.calculs.recap import Recap
from cabas.documents.classeur import Case, Colonne, Feuille
from cabas.modele import Depot


def feuilles_de_partage(depot: Depot, recap: Recap) -> tuple[Feuille, ...]:
    """Une feuille par chose à partager ; aucune quand la commande n'a ni frais, ni cellier."""
    return (*((_frais(depot, recap),) if recap.frais else ()), *((_cellier(recap),) if recap.cellier else ()))


def _frais(depot: Depot, recap: Recap) -> Feuille:
    colonnes = (Colonne("Groupement", 24), Colonne("Cellule", 22), Colonne("Part des frais", 14, "euros", total=True))
    noms = {slug: groupement.nom for slug, groupement in depot.groupements.items()}
    rangees = [(noms.get(une.groupement, une.groupement), une.cellule, Decimal(une.part) / 100) for une in recap.frais]
    return Feuille("Frais", colonnes, rangees, "la part de chaque cellule : confidentiel")


def _cellier(recap: Recap) -> Feuille:
    colonnes = (
        Colonne("Produit", 34),
        Colonne("Ref", 24),
        Colonne("Unité", 7),
        Colonne("Avant", 10, "quantite"),
        Colonne("Donné", 10, "quantite"),
        Colonne("Reçu", 10, "quantite"),
        Colonne("Après", 10, "quantite"),
        Colonne("Valeur donnée", 14, "euros", total=True),
        Colonne("Coût reçu", 14, "euros", total=True),
    )
    rangees: list[Sequence[Case]] = [
        (
            *(ligne.nom, ligne.produit, ligne.unite),
            *(Decimal(valeur) / 1000 for valeur in (ligne.avant, ligne.pris, ligne.ajoute, ligne.quantite)),
            *(Decimal(valeur) / 100 for valeur in (ligne.valeur_prise, ligne.cout_ajoute)),
        )
        for ligne in recap.cellier
    ]
    return Feuille("Cellier", colonnes, rangees, "ce que le cellier avait, donne, reçoit")
