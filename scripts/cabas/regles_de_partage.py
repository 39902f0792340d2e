"""Ce qu'une commande dit du partage : ses limites, et ce que fait le cellier (le stock commun). Des faits, comme `modele`.

Unités : quantités en millièmes d'unité, budget en euros exacts.
"""

from decimal import Decimal
from typing import NamedTuple


class LimiteGroupement(NamedTuple):
    """Ce que les cellules d'un groupement auront au plus d'un produit, toutes ensemble."""

    groupement: str
    total: int


class Limite(NamedTuple):
    """Pour une commande : maximum par bon, total demandé à la productrice, total par groupement."""

    produit: str
    maximum: int | None = None
    total: int | None = None
    groupements: tuple[LimiteGroupement, ...] = ()


class Cellier(NamedTuple):
    """Ce que le cellier fait pour une commande : donner d'abord son stock, compléter des lots avec son budget."""

    stock_d_abord: bool = False
    complete: bool = False
    budget: Decimal | None = None
