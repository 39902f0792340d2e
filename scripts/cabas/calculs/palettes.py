"""Ce que la logisticienne met sur la palette de chaque groupement : produit par produit, l'ambiant, puis le frais, puis le congelé.

Entre : le dépôt et un récap. Sort : des `LignePalette`, dans l'ordre où on les prépare. Aucun nom de cellule.
Quantités en millièmes d'unité.
"""

from __future__ import annotations

from typing import NamedTuple

from cabas.calculs.offre import ordonner
from cabas.calculs.recap import Recap
from cabas.modele import Depot

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


def palettes(depot: Depot, recap: Recap) -> list[LignePalette]:
    """Les palettes, groupement par groupement ; dans chacune, par placement, puis par rubrique, puis par nom."""
    rangs = {produit.ref: rang for rang, produit in enumerate(ordonner(depot, (depot.produits[une.produit] for une in recap.produits)))}
    lignes = []
    for part in recap.groupements:
        if not part.attribue:
            continue
        produit = depot.produits[part.produit]
        taille = produit.lot.quantite if produit.lot else 0
        lots, detail = divmod(part.attribue, taille) if taille else (None, part.attribue)
        nom_du_lot = produit.lot.nom if produit.lot else ""
        placement = produit.placement if produit.placement in PLACEMENTS else PLACEMENTS[0]
        lignes.append(
            LignePalette(
                *(part.groupement, placement, produit.producteur, produit.ref, produit.nom),
                *(produit.unite, part.attribue, lots, detail, nom_du_lot),
            )
        )
    return sorted(lignes, key=lambda une: (une.groupement, PLACEMENTS.index(une.placement), rangs[une.produit]))
