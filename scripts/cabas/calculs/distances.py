"""À vol d'oiseau : des degrés décimaux aux kilomètres entiers, et la médiane. La terre est une sphère de 6 371 km : à 0,5 % près."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import asin, cos, radians, sin, sqrt
from statistics import median_low

RAYON = 6371
Point = tuple[Decimal, ...]
"""Latitude puis longitude, en degrés ; vide si on ne les connaît pas."""


def kilometres(depart: Point, arrivee: Point) -> int | None:
    """La distance à vol d'oiseau, en kilomètres entiers ; `None` si l'un des deux points manque.

    >>> kilometres((Decimal("48.86"), Decimal("2.35")), (Decimal("45.76"), Decimal("4.84")))
    392
    """
    if len(depart) != 2 or len(arrivee) != 2:
        return None
    (lat_a, lon_a), (lat_b, lon_b) = (tuple(radians(degres) for degres in point) for point in (depart, arrivee))
    corde = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return round(2 * RAYON * asin(sqrt(min(corde, 1))))


def mediane(distances: Sequence[int | None]) -> int | None:
    """La distance du milieu parmi celles que l'on connaît ; `None` s'il n'y en a aucune. À nombre pair, la plus petite des deux."""
    connues = [distance for distance in distances if distance is not None]
    return median_low(connues) if connues else None
