"""La carte du réseau : une seule image SVG, dessinée ici. Ni fond de carte d'un autre site, ni script.

Entre : des lieux (nom, coordonnées, adresse de leur page). Sort : le dessin, et les lieux qui n'y tiennent pas. Le grand cadre montre
la région où l'on est, le petit toute la France. La liste qui suit la carte dans la page dit la même chose : la carte est une aide.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import hypot
from typing import NamedTuple

from markupsafe import Markup

from cabas.calculs.distances import Point
from cabas.rendu.echappement import litteral
from cabas.rendu.projection import XY, Cadre, autour, contours, ecarter, france, projeter

LARGEUR = 400
BANDE = 116
REPERE = 11
VILLES = (
    ("Paris", 48.86, 2.35), ("Marseille", 43.3, 5.38), ("Lyon", 45.76, 4.84), ("Toulouse", 43.6, 1.44), ("Nice", 43.7, 7.27),
    ("Nantes", 47.22, -1.55), ("Montpellier", 43.61, 3.88), ("Strasbourg", 48.58, 7.75), ("Bordeaux", 44.84, -0.58), ("Lille", 50.63, 3.06),
    ("Rennes", 48.11, -1.68), ("Reims", 49.26, 4.03), ("Le Havre", 49.49, 0.11), ("Grenoble", 45.19, 5.72), ("Dijon", 47.32, 5.04),
    ("Brest", 48.39, -4.49), ("Limoges", 45.83, 1.26), ("Clermont-Ferrand", 45.78, 3.08), ("Besançon", 47.24, 6.02), ("Perpignan", 42.7, 2.9),
    ("Metz", 49.12, 6.18), ("Tours", 47.39, 0.69), ("Mâcon", 46.31, 4.83), ("Avignon", 43.95, 4.81), ("Ajaccio", 41.93, 8.74),
)  # fmt: skip


class Lieu(NamedTuple):
    """Un endroit à montrer. `repere` : la lettre ou le numéro, le même sur la carte et dans la liste. `adresse` : sa page, vue de la carte."""

    repere: str
    nom: str
    commune: str
    coordonnees: Point
    adresse: str
    groupement: bool


class Dessin(NamedTuple):
    """La carte, et les lieux qu'elle ne montre pas : sans coordonnées, ou hors de la France métropolitaine."""

    svg: Markup
    dehors: tuple[Lieu, ...]


def dessiner(lieux: Sequence[Lieu]) -> Dessin:
    """La carte des lieux ; sans dessin s'il n'y en a aucun à y poser."""
    poses = [(lieu, projeter(float(lieu.coordonnees[0]), float(lieu.coordonnees[1]))) for lieu in lieux if len(lieu.coordonnees) == 2]
    poses = [(lieu, point) for lieu, point in poses if france().contient(point)]
    dehors = tuple(lieu for lieu in lieux if lieu not in {pose for pose, _point in poses})
    if not poses:
        return Dessin(Markup(""), dehors)
    cadre = _cadre([point for _lieu, point in poses])
    haut = BANDE if cadre != france() else 54
    hauteur = haut + round(cadre.hauteur * LARGEUR / cadre.largeur)
    plan = _Plan(cadre, LARGEUR / cadre.largeur, 0, haut)
    vrais = [plan.place(point) for _lieu, point in poses]
    reperes = ecarter(vrais, 2 * REPERE + 1)
    morceaux = [
        f'<defs><clipPath id="carte-cadre"><path d="M0 {haut}H{LARGEUR}V{hauteur}H0Z"/></clipPath></defs>',
        f'<g clip-path="url(#carte-cadre)"><path class="cabas-carte__terre" d="{plan.trait(contours())}"/></g>',
        f'<path class="cabas-carte__cadre" d="M1 {haut}H{LARGEUR - 1}V{hauteur - 1}H1Z"/>',
        _legende(cadre != france()),
        _situer(cadre) if cadre != france() else "",
        _villes(plan, reperes, hauteur),
        *(_fil(vrai, repere) for vrai, repere in zip(vrais, reperes) if vrai != repere),
        *(_lien(lieu, repere) for (lieu, _point), repere in zip(poses, reperes)),
    ]
    tete = (
        f'<svg class="cabas-carte" viewBox="0 0 {LARGEUR} {hauteur}" role="group" aria-labelledby="carte-titre carte-texte" '
        'xmlns="http://www.w3.org/2000/svg">'
    )
    dit = (
        '<title id="carte-titre">Carte des groupements et des producteur·rices</title>'
        '<desc id="carte-texte">Les carrés sont les groupements, les ronds les producteur·rices. La liste qui suit dit la même chose.</desc>'
    )
    return Dessin(Markup(f"{tete}{dit}{''.join(morceaux)}</svg>"), dehors)


class _Plan(NamedTuple):
    """D'un point du plan (kilomètres) à un point du dessin."""

    cadre: Cadre
    echelle: float
    x: float
    y: float

    def place(self, point: XY) -> XY:
        return self.x + (point[0] - self.cadre.gauche) * self.echelle, self.y + (point[1] - self.cadre.haut) * self.echelle

    def trait(self, lignes: Iterable[Iterable[XY]], ecart: float = 0) -> str:
        """Des contours fermés ; un point plus proche que `ecart` du précédent est passé."""
        return "".join("M" + "L".join(_xy(point) for point in _alleger([self.place(point) for point in ligne], ecart)) + "Z" for ligne in lignes)


def _alleger(points: Sequence[XY], ecart: float) -> list[XY]:
    gardes = [points[0]]
    for point in points[1:]:
        if hypot(point[0] - gardes[-1][0], point[1] - gardes[-1][1]) >= ecart:
            gardes.append(point)
    return gardes


def _xy(point: XY) -> str:
    return f"{point[0]:.1f} {point[1]:.1f}"


def _cadre(points: Sequence[XY]) -> Cadre:
    """La région des lieux, élargie pour n'être ni trop haute ni trop plate ; toute la France si elle en couvre l'essentiel."""
    serre = autour(points, marge=25, largeur_minimale=120)
    if serre.largeur > france().largeur * 0.7 or serre.hauteur > france().hauteur * 0.7:
        return france()
    large = max(serre.largeur, serre.hauteur / 1.35)
    haute = max(serre.hauteur, large * 0.7)
    return Cadre(serre.gauche - (large - serre.largeur) / 2, serre.haut - (haute - serre.hauteur) / 2, large, haute)


def _situer(cadre: Cadre) -> str:
    """Toute la France en petit, et le cadre de la région."""
    echelle = (BANDE - 12) / france().hauteur
    plan = _Plan(france(), echelle, LARGEUR - france().largeur * echelle - 2, 4)
    gauche, haut = plan.place((cadre.gauche, cadre.haut))
    droite, bas = plan.place((cadre.gauche + cadre.largeur, cadre.haut + cadre.hauteur))
    return (
        f'<path class="cabas-carte__terre" d="{plan.trait(contours()[:2], 2)}"/>'
        f'<path class="cabas-carte__region" d="M{gauche:.1f} {haut:.1f}H{droite:.1f}V{bas:.1f}H{gauche:.1f}Z"/>'
    )


def _legende(region: bool) -> str:
    lignes = [(20, _marque((14, 16), "A", carre=True), "un groupement"), (46, _marque((14, 42), "1", carre=False), "une ferme, un atelier")]
    return "".join(f'{marque}<text class="cabas-carte__mot" x="32" y="{y + 1}">{mot}</text>' for y, marque, mot in lignes) + (
        '<path class="cabas-carte__region" d="M4 60H24V78H4Z"/><text class="cabas-carte__mot" x="32" y="74">la région ci-dessous</text>'
        if region
        else ""
    )


def _marque(place: XY, repere: str, *, carre: bool) -> str:
    x, y = place
    cote = 2 * REPERE - 2
    forme = (
        f'<rect class="cabas-carte__groupement" x="{x - cote / 2:.1f}" y="{y - cote / 2:.1f}" width="{cote}" height="{cote}"/>'
        if carre else f'<circle class="cabas-carte__production" cx="{x:.1f}" cy="{y:.1f}" r="{REPERE}"/>'
    )  # fmt: skip
    classe = "cabas-carte__lettre" if carre else "cabas-carte__numero"
    return f'{forme}<text class="{classe}" x="{x:.1f}" y="{y + 4.5:.1f}">{repere}</text>'


def _fil(vrai: XY, repere: XY) -> str:
    """D'un repère qu'on a dû écarter à l'endroit exact."""
    return f'<path class="cabas-carte__fil" d="M{_xy(vrai)}L{_xy(repere)}"/><circle cx="{vrai[0]:.1f}" cy="{vrai[1]:.1f}" r="2"/>'


def _lien(lieu: Lieu, place: XY) -> str:
    nom = f"{litteral(lieu.repere)} &#8211; {litteral(lieu.nom)}, {litteral(lieu.commune)}"
    return f'<a href="{lieu.adresse}" aria-label="{nom}"><title>{nom}</title>{_marque(place, litteral(lieu.repere), carre=lieu.groupement)}</a>'


def _villes(plan: _Plan, reperes: Sequence[XY], hauteur: int) -> str:
    """Quelques grandes villes pour se situer, là où leur nom ne couvre aucun repère."""
    occupes = [(x - REPERE, y - REPERE, x + REPERE, y + REPERE) for x, y in reperes]
    ecrites = []
    for nom, latitude, longitude in VILLES:
        x, y = plan.place(projeter(latitude, longitude))
        large = 7 * len(nom)
        for gauche, bas, ancre in (
            (x + 5, y + 4, "start"),
            (x - 5 - large, y + 4, "end"),
            (x - large / 2, y - 6, "middle"),
            (x - large / 2, y + 15, "middle"),
        ):
            boite = (min(gauche, x - 3), min(bas - 11, y - 3), max(gauche + large, x + 3), max(bas + 3, y + 3))
            dedans = boite[0] > 2 and boite[1] > plan.y + 2 and boite[2] < LARGEUR - 2 and boite[3] < hauteur - 2
            if dedans and not any(boite[0] < d and g < boite[2] and boite[1] < b and h < boite[3] for g, h, d, b in occupes):
                occupes.append(boite)
                point = f'<circle class="cabas-carte__point" cx="{x:.1f}" cy="{y:.1f}" r="2"/>'
                abscisse = {"start": gauche, "end": gauche + large, "middle": x}[ancre]
                ecrites.append(f'{point}<text class="cabas-carte__ville" x="{abscisse:.1f}" y="{bas:.1f}" text-anchor="{ancre}">{nom}</text>')
                break
    return "".join(ecrites)
