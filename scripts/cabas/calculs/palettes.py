"""Ce que la logisticienne met sur la palette de chaque groupement : produit par produit, l'ambiant, puis le frais, puis le congelé.

Entre : le dépôt et un récap. Sort : des `LignePalette`, dans l'ordre où on les prépare. Aucun nom de cellule.
Quantités en millièmes d'unité.
"""

from __future__ import annotations

from typing import NamedTuple

from cabas.calculs.conditionnements import compter, lots_de
from cabas.calculs.offre import ordonner
from cabas.calculs.recap import Recap
from cabas.modele import Depot, Produit

PLACEMENTS = ("ambiant", "frais", "congele")
MOTS = {"ambiant": "ambiant", "frais": "frais", "congele": "congelé"}


class LignePalette(NamedTuple):
    """Un produit pour un groupement. `lots` entiers à poser tels quels (`None` sans lot), et `detail` : ce qui reste à peser ou compter."""

    groupement: str
    placement: str
    producteur: str
    produit: str
    nom: str
    unite: str
    quantite: int
    lots: int | None
    detail: int
    lot: str


def _lots_livres(produit: Produit, a_commander: int) -> int:
    """Combien de lots entiers, du plus courant, la productrice livrera. Au détail, elle livre un lot dès qu'il y a de quoi."""
    if produit.lot is None:
        return 0
    if not produit.lots or not produit.lot_complet:
        return a_commander // produit.lot.quantite
    lots = lots_de(produit)
    compte = compter([lot.quantite for lot in lots], a_commander)
    if compte is None:  # la part d'un groupement, telle que le réseau l'a rendue : ce ne sont pas des lots entiers
        return a_commander // produit.lot.quantite
    return next(nombre for nombre, lot in zip(compte, lots, strict=True) if lot.quantite == produit.lot.quantite)


def palettes(depot: Depot, recap: Recap) -> list[LignePalette]:
    """Les palettes, groupement par groupement ; dans chacune, par placement, puis par rubrique, puis par nom."""
    rangs = {produit.ref: rang for rang, produit in enumerate(ordonner(depot, (depot.produits[une.produit] for une in recap.produits)))}
    livres = {une.produit: _lots_livres(depot.produits[une.produit], une.a_commander) for une in recap.produits}
    lignes = []
    for part in recap.groupements:
        if not part.attribue:
            continue
        produit = depot.produits[part.produit]
        taille = produit.lot.quantite if produit.lot else 0
        # Ce qui vient du cellier est au détail, et l'on ne pose pas plus de lots entiers que la livraison n'en a.
        lots = min((part.attribue - part.du_cellier) // taille, livres[part.produit]) if taille else None
        livres[part.produit] -= lots or 0
        detail = part.attribue - (lots or 0) * taille
        nom_du_lot = produit.lot.nom if produit.lot else ""
        placement = produit.placement if produit.placement in PLACEMENTS else PLACEMENTS[0]
        lignes.append(
            LignePalette(
                *(part.groupement, placement, produit.producteur, produit.ref, produit.nom),
                *(produit.unite, part.attribue, lots, detail, nom_du_lot),
            )
        )
    return sorted(lignes, key=lambda une: (une.groupement, PLACEMENTS.index(une.placement), rangs[une.produit]))
