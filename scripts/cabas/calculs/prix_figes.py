"""Ce qui a changé sur une fiche depuis que la commande a ouvert, et qui cela touche : prix, unité, pas, contenu, maximum, TVA, retrait.

Entre : le catalogue figé, celui d'aujourd'hui, ce que la fusion a retenu. Sort : un `PrixChange` par produit de la commande.
Prix en euros exacts, au prix coûtant ; quantités en millièmes.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from cabas.calculs.offre import choisis
from cabas.calculs.retenues import Retenue
from cabas.modele import Commande, Depot, Produit
from cabas.typographie import nombre_csv

SUIVIS = ("prix", "unite", "pas", "contenu", "maximum", "tva", "disponible")
"""Les champs d'une fiche dont un changement se dit : ce que la personne a lu sur son bon, et ce qu'elle paie."""


class PrixChange(NamedTuple):
    """Un produit dont la fiche d'aujourd'hui n'est plus celle de l'ouverture, et les cellules (groupement, nom) qui en demandent.

    `present` : `None` si la fiche n'est plus là.
    """

    fige: Produit
    present: Produit | None
    cellules: tuple[tuple[str, str], ...]

    @property
    def champs(self) -> tuple[str, ...]:
        """Les champs qui diffèrent, dans l'ordre de `SUIVIS` ; vide si la fiche n'est plus là."""
        return tuple(champ for champ in SUIVIS if self.present and getattr(self.fige, champ) != getattr(self.present, champ))

    @property
    def retire(self) -> bool:
        """Vrai si le produit n'est plus proposé aujourd'hui."""
        return self.present is None or (self.fige.disponible and not self.present.disponible)

    def en_clair(self) -> dict[str, Any]:
        """De quoi l'écrire en JSON ; les valeurs en texte, telles que dans les fiches."""
        return {
            "produit": self.fige.ref,
            "ancien": dire_valeur(self.fige.prix),
            "nouveau": dire_valeur(self.present.prix) if self.present else "",
            "unite": self.fige.unite,
            "retire": self.retire,
            "changements": {champ: [dire_valeur(getattr(self.fige, champ)), dire_valeur(getattr(self.present, champ))] for champ in self.champs},
            "cellules": len(self.cellules),
            "touchees": [{"groupement": groupement, "cellule": cellule} for groupement, cellule in self.cellules],
        }


def prix_changes(fige: Depot, present: Depot, commande: Commande, retenues: Iterable[Retenue]) -> tuple[PrixChange, ...]:
    """Les produits de la commande dont la fiche a changé depuis (`SUIVIS`), ou n'est plus là ; dans l'ordre des refs."""
    demandeurs: dict[str, set[tuple[str, str]]] = {}
    for retenue in retenues:
        demandeurs.setdefault(retenue.produit, set()).add((retenue.groupement, retenue.cellule))
    tous = (
        PrixChange(avant, present.produits.get(avant.ref), tuple(sorted(demandeurs.get(avant.ref, ()))))
        for avant in sorted(choisis(fige, commande), key=lambda produit: produit.ref)
    )
    return tuple(change for change in tous if change.champs or change.retire)


def dire_valeur(valeur: Decimal | int | str | None) -> str:
    """La valeur d'un champ, sans flottant : « 1.40 », « 0,5 » pour 500 millièmes, vide pour rien."""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, Decimal):
        return format(valeur, "f")
    return nombre_csv(valeur) if isinstance(valeur, int) else valeur or ""
