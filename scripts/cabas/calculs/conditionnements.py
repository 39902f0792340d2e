"""Les lots d'un produit : quels totaux on sait faire, avec combien de paquets, et combien en commander.

Un produit a un lot, et peut-être d'autres (sacs de 25 kg et de 5 kg). Règle : on couvre la demande avec le moins de paquets
possible, puis le moins d'excès ; un excès ne dépasse jamais les tolérances. Si c'est impossible, on prend le plus grand total
sous la demande. Avec un seul lot, c'est la règle de contrats.md §6. Quantités en millièmes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import gcd

from cabas.modele import Lot, Produit

FINESSE = 400
"""Au plus tant de fois le plus grand diviseur commun dans le plus grand lot : la recherche exacte reste courte."""


def lots_de(produit: Produit) -> tuple[Lot, ...]:
    """Tous les lots d'un produit, du plus grand au plus petit, chaque taille une fois."""
    par_taille = {lot.quantite: lot for lot in (*reversed(produit.lots), *((produit.lot,) if produit.lot else ()))}
    return tuple(par_taille[taille] for taille in sorted(par_taille, reverse=True))


def tailles_de(produit: Produit) -> tuple[int, ...]:
    """Les tailles de lots que l'on doit commander entiers ; vide si le produit se commande au détail."""
    return tuple(lot.quantite for lot in lots_de(produit)) if produit.lot_complet and produit.lot else ()


def totaux(tailles: Sequence[int], bas: int, haut: int) -> Mapping[int, int]:
    """Les totaux entre `bas` et `haut` que font des lots entiers, et leur plus petit nombre de paquets.

    >>> totaux((25, 5), 26, 50)
    {30: 2, 35: 3, 40: 4, 45: 5, 50: 2}
    """
    base, unite, nombres, _dernier = _chercher(tailles, bas, haut)
    return {
        base[0] + rang * unite: base[1] + nombre
        for rang, nombre in enumerate(nombres)
        if nombre is not None and bas <= base[0] + rang * unite <= haut
    }


def compter(tailles: Sequence[int], total: int) -> tuple[int, ...] | None:
    """Le nombre de chaque lot pour faire exactement `total` avec le moins de paquets ; `None` si c'est impossible.

    >>> compter((25, 5), 55), compter((25, 5), 52)
    ((2, 1), None)
    """
    if not tailles or total < 0:
        return None
    base, unite, nombres, dernier = _chercher(tailles, total, total)
    rang, reste = divmod(total - base[0], unite)
    if reste or rang >= len(nombres) or nombres[rang] is None:
        return None
    compte = [0] * len(tailles)
    compte[0] = base[1]
    while rang:
        compte[dernier[rang]] += 1
        rang -= tailles[dernier[rang]] // unite
    return tuple(compte)


def _chercher(tailles: Sequence[int], bas: int, haut: int) -> tuple[tuple[int, int], int, list[int | None], list[int]]:
    """La table des plus petits nombres de paquets : (base et ses grands lots), unité, nombre par rang, dernier lot posé.

    Au-delà de « grand × suivant / unité », un plus petit nombre de paquets contient toujours un grand lot : autant de petits
    lots qu'il y a d'unités dans un grand en font un nombre entier de grands. On les pose d'avance, la table reste courte.
    """
    unite, grand = gcd(*tailles), tailles[0]
    marge = grand // unite * tailles[1] if len(tailles) > 1 else 0
    grands = max(0, bas - marge) // grand
    base = (grands * grand, grands)
    nombres: list[int | None] = [0] + [None] * (max(0, haut - base[0]) // unite)
    dernier = [0] * len(nombres)
    for rang in range(1, len(nombres)):
        for numero, taille in enumerate(tailles):
            avant = nombres[rang - taille // unite] if taille // unite <= rang else None
            meilleur = nombres[rang]
            if avant is not None and (meilleur is None or avant + 1 < meilleur):
                nombres[rang], dernier[rang] = avant + 1, numero
    return base, unite, nombres, dernier


def total_a_commander(tailles: Sequence[int], quantites: int, tolerances: int, total: int | None = None, stock: int = 0) -> int:
    """Ce que l'on commande, en lots entiers, pour servir `quantites` : le moins de paquets, puis le moins d'excès.

    `total` : ce que l'on peut commander au plus. `stock` : ce que le cellier peut donner à la place (au plus `quantites`).

    >>> total_a_commander((25,), 30, 0, stock=10), total_a_commander((25, 5), 26, 4), total_a_commander((25, 5), 26, 3)
    (25, 30, 25)
    """
    bas, haut, grand = quantites - stock, quantites + tolerances, tailles[0]
    if total is not None:
        haut = min(haut, total)
    if possibles := totaux(tailles, bas, min(haut, bas + grand)):
        return min(possibles, key=lambda somme: (possibles[somme], max(0, somme - quantites), somme))
    sommet = min(bas, haut)
    return max(totaux(tailles, max(0, sommet - grand + 1), sommet))


def manque_pour_un_lot(tailles: Sequence[int], quantites: int, tolerances: int, total: int | None = None) -> int:
    """Ce qu'il faudrait demander de plus, tolérances comprises, pour faire des lots entiers ; 0 si la limite l'interdit."""
    voulu = quantites + tolerances
    haut = voulu + tailles[-1] if total is None else min(voulu + tailles[-1], total)
    return min(totaux(tailles, voulu + 1, haut), default=voulu) - voulu


def lot_entame(tailles: Sequence[int], total: int) -> int:
    """La taille du lot qui fera `total` : le plus petit de ceux que l'on commandera alors. Il n'est donc pas plus petit que ce qui manque.

    >>> lot_entame((25, 5), 30), lot_entame((25, 5), 25), lot_entame((25, 10), 35)
    (5, 25, 10)
    """
    compte = compter(tailles, total) or ()
    return min((taille for taille, nombre in zip(tailles, compte, strict=False) if nombre), default=tailles[0])


def nom_de_taille(produit: Produit, taille: int) -> str:
    """Le nom du lot de cette taille : « sac de 5 kg » ; « lot » s'il n'en a pas."""
    return next((lot.nom for lot in lots_de(produit) if lot.quantite == taille), "") or "lot"
