"""Des degrés au dessin : la France à plat, un cadre autour des lieux, des repères qui ne se chevauchent pas.

La projection est une conique conforme de parallèles 44° et 49°, celle des cartes de France que l'on connaît. Rien d'ici n'est une
mesure : les distances se calculent ailleurs (`calculs.distances`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from math import ceil, cos, hypot, log, pi, radians, sin, tan
from typing import NamedTuple

XY = tuple[float, float]
_CENTRE = (radians(46.5), radians(3))
_SUD, _NORD = radians(44), radians(49)
_N = log(cos(_SUD) / cos(_NORD)) / log(tan(pi / 4 + _NORD / 2) / tan(pi / 4 + _SUD / 2))
_F = cos(_SUD) * tan(pi / 4 + _SUD / 2) ** _N / _N
RAYON = 6371


def projeter(latitude: float, longitude: float) -> XY:
    """Des degrés à des kilomètres, vers l'est et vers le sud, depuis le centre de la France."""
    rayon = _F / tan(pi / 4 + radians(latitude) / 2) ** _N
    origine = _F / tan(pi / 4 + _CENTRE[0] / 2) ** _N
    angle = _N * (radians(longitude) - _CENTRE[1])
    return RAYON * rayon * sin(angle), RAYON * (rayon * cos(angle) - origine)


class Cadre(NamedTuple):
    """Un rectangle du plan, en kilomètres."""

    gauche: float
    haut: float
    largeur: float
    hauteur: float

    def contient(self, point: XY) -> bool:
        """Vrai si le point est dans le cadre, bords compris."""
        return 0 <= point[0] - self.gauche <= self.largeur and 0 <= point[1] - self.haut <= self.hauteur


def autour(points: Sequence[XY], marge: float = 0, largeur_minimale: float = 0) -> Cadre:
    """Le plus petit cadre autour des points, avec une marge de chaque côté, sans être plus étroit qu'un minimum."""
    gauche, droite = min(x for x, _y in points) - marge, max(x for x, _y in points) + marge
    haut, bas = min(y for _x, y in points) - marge, max(y for _x, y in points) + marge
    manque_x, manque_y = max(0.0, largeur_minimale - (droite - gauche)) / 2, max(0.0, largeur_minimale - (bas - haut)) / 2
    return Cadre(gauche - manque_x, haut - manque_y, droite - gauche + 2 * manque_x, bas - haut + 2 * manque_y)


@cache
def contours() -> tuple[tuple[XY, ...], ...]:
    """Le contour de la France métropolitaine, projeté (ADR « une carte sans tiers »)."""
    lu = json.loads(files("cabas").joinpath("donnees", "france.json").read_text(encoding="utf-8"))
    return tuple(tuple(projeter(latitude, longitude) for longitude, latitude in contour) for contour in lu["contours"])


@cache
def france() -> Cadre:
    """Le cadre de la France métropolitaine."""
    return autour([point for contour in contours() for point in contour])


def ecarter(places: Sequence[XY], ecart: float) -> list[XY]:
    """Des places voisines des places demandées, à `ecart` au moins les unes des autres. La première servie ne bouge pas."""
    prises: list[XY] = []
    for x, y in places:
        for anneau in range(60):
            compte = 1 if anneau == 0 else ceil(2 * pi * anneau * 2)
            essais = [(x + anneau * ecart / 3 * cos(2 * pi * k / compte), y + anneau * ecart / 3 * sin(2 * pi * k / compte)) for k in range(compte)]
            libre = next((essai for essai in essais if all(hypot(essai[0] - a, essai[1] - b) >= ecart for a, b in prises)), None)
            if libre is not None:
                prises.append(libre)
                break
        else:
            prises.append((x, y))
    return prises
