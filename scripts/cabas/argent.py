"""L'argent : des centimes entiers, une seule règle d'arrondi, des partages qui tombent juste.

Les montants sont des `int` en centimes. Les prix des fiches sont des `Decimal` en euros (un œuf peut coûter 0,285 €) :
ils ne deviennent des centimes qu'ici. Aucun flottant n'entre ni ne sort. Règle : contrats.md §7, ADR 0002.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

MILLE = 1000


def arrondir(numerateur: int, denominateur: int) -> int:
    """Le quotient arrondi à l'entier, demi vers le haut (en valeur absolue). Seul arrondi du projet.

    >>> arrondir(5, 2), arrondir(-5, 2), arrondir(4, 3)
    (3, -3, 1)
    """
    if denominateur < 0:
        numerateur, denominateur = -numerateur, -denominateur
    if numerateur < 0:
        return -((-2 * numerateur + denominateur) // (2 * denominateur))
    return (2 * numerateur + denominateur) // (2 * denominateur)


def arrondir_decimal(valeur: Decimal) -> int:
    """Un `Decimal` arrondi à l'entier, par la même règle."""
    numerateur, denominateur = valeur.as_integer_ratio()
    return arrondir(numerateur, denominateur)


def centimes(euros: Decimal) -> int:
    """Des euros exacts en centimes arrondis : `Decimal("12.505")` → 1251."""
    return arrondir_decimal(euros * 100)


def prix_du_tarif(prix: Decimal, coefficient: Decimal) -> int:
    """Prix unitaire payé, en centimes : prix coûtant (euros) × coefficient du tarif, arrondi au centime.

    >>> prix_du_tarif(Decimal("1.08"), Decimal("1.1"))
    119
    """
    return arrondir_decimal(prix * coefficient * 100)


@lru_cache(maxsize=65536)
def montant(prix_unitaire: int, quantite: int) -> int:
    """Montant d'une ligne en centimes : prix unitaire (centimes) × quantité (millièmes d'unité), arrondi au centime.

    >>> montant(1332, 1250)
    1665
    """
    return arrondir(prix_unitaire * quantite, MILLE)


def montant_coutant(prix: Decimal, quantite: int) -> int:
    """Montant au prix coûtant, en centimes : prix (euros, exact) × quantité (millièmes), arrondi une seule fois."""
    return arrondir_decimal(prix * quantite / 10)


def partager(total: int, poids: Sequence[int]) -> list[int]:
    """Partage un entier en parts proportionnelles dont la somme est exactement le total (plus grands restes).

    Entre : un total (centimes, ou nombre de pas) et un poids positif ou nul par personne. Sort : une part par poids, dans
    le même ordre. À reste égal, la première de la liste reçoit d'abord : l'ordre donné est l'ordre de priorité. Si tous
    les poids sont nuls, le partage est égal.

    >>> partager(1000, [1, 1, 1])
    [334, 333, 333]
    """
    if not poids:
        return []
    if total < 0:
        return [-part for part in partager(-total, poids)]
    somme = sum(poids)
    if somme == 0:
        return partager(total, [1] * len(poids))
    parts = [total * un_poids // somme for un_poids in poids]
    restes = [total * un_poids % somme for un_poids in poids]
    manque = total - sum(parts)
    for rang in sorted(range(len(poids)), key=lambda rang: (-restes[rang], rang))[:manque]:
        parts[rang] += 1
    return parts
