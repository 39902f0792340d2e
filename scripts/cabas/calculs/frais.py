"""Les frais d'une commande (le transport, par exemple), partagés au centime entre les cellules qui reçoivent quelque chose.

Entre : un montant, une façon de partager, les lignes servies. Sort : une part par cellule ; leur somme est le montant
(plus grands restes, contrats.md §7 ; à reste égal, l'ordre des cellules). Le prix des produits n'y change pas.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from cabas.argent import partager

if TYPE_CHECKING:
    from cabas.calculs.recap import LigneBon


class PartDeFrais(NamedTuple):
    """Ce qu'une cellule paie des frais, en centimes."""

    groupement: str
    cellule: str
    part: int


def partager_frais(frais: int, selon: str, lignes: Iterable[LigneBon]) -> tuple[PartDeFrais, ...]:
    """Les parts, triées. `selon` : « montant » (au prorata de ce que paie la cellule) ou « cellule » (parts égales).

    Une cellule à qui rien n'est attribué ne paie pas de frais. Si personne ne reçoit rien, il n'y a pas de part.
    """
    if not frais:
        return ()
    montants: dict[tuple[str, str], int] = {}
    for ligne in lignes:
        if ligne.attribue:
            cle = (ligne.cellule, ligne.groupement)
            montants[cle] = montants.get(cle, 0) + ligne.montant
    if not montants:
        return ()
    qui = sorted(montants)
    parts = partager(frais, [1 if selon == "cellule" else montants[cle] for cle in qui])
    return tuple(sorted(PartDeFrais(groupement, cellule, part) for (cellule, groupement), part in zip(qui, parts, strict=True)))
