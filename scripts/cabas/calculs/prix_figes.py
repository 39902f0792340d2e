"""Ce qui a changé de prix depuis que la commande a ouvert, et qui cela aurait touché.

Entre : le catalogue figé, celui d'aujourd'hui, ce que la fusion a retenu. Sort : un `PrixChange` par produit de la commande.
Prix en euros exacts, au prix coûtant.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from cabas.calculs.fusion import Retenue
from cabas.calculs.offre import choisis
from cabas.modele import Commande, Depot, Produit


class PrixChange(NamedTuple):
    """Un produit dont le prix d'aujourd'hui n'est plus celui de l'ouverture, et les cellules (groupement, nom) qui en demandent."""

    fige: Produit
    present: Produit
    cellules: tuple[tuple[str, str], ...]

    def en_clair(self) -> dict[str, Any]:
        """De quoi l'écrire en JSON ; les prix en texte, tels que dans les fiches."""
        return {
            "produit": self.fige.ref,
            "ancien": _prix(self.fige.prix),
            "nouveau": _prix(self.present.prix),
            "unite": self.fige.unite,
            "cellules": len(self.cellules),
            "touchees": [{"groupement": groupement, "cellule": cellule} for groupement, cellule in self.cellules],
        }


def prix_changes(fige: Depot, present: Depot, commande: Commande, retenues: Iterable[Retenue]) -> tuple[PrixChange, ...]:
    """Les produits de la commande dont le prix, ou l'unité, a changé depuis ; dans l'ordre des refs."""
    demandeurs: dict[str, set[tuple[str, str]]] = {}
    for retenue in retenues:
        demandeurs.setdefault(retenue.produit, set()).add((retenue.groupement, retenue.cellule))
    return tuple(
        PrixChange(avant, apres, tuple(sorted(demandeurs.get(avant.ref, ()))))
        for avant in sorted(choisis(fige, commande), key=lambda produit: produit.ref)
        if (apres := present.produits.get(avant.ref)) and (avant.prix, avant.unite) != (apres.prix, apres.unite)
    )


def _prix(prix: Decimal) -> str:
    return format(prix, "f")
