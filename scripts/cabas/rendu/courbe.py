"""La courbe des prix d'un produit : un petit dessin SVG en escalier, sans script ni style, noir sur papier.

Entre : une `Serie`, le jour présent, ce que l'on écrit d'un prix. Sort : du SVG sûr à poser dans une page. L'échelle part de zéro :
une hausse de 5 % ne doit pas avoir l'air d'un doublement.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from markupsafe import Markup

from cabas.argent import centimes
from cabas.calculs.histoire_des_prix import Releve, Serie
from cabas.typographie import date_courte, euros

LARGEUR, HAUTEUR = 300, 130
GAUCHE, DROITE, HAUT, BAS = 8, 8, 26, 24
ENTRE_ETIQUETTES = 58


def courbe(serie: Serie, aujourd_hui: date, nom: str) -> Markup:
    """Le dessin, avec son titre et sa description pour qui ne le voit pas ; vide s'il n'y a pas deux prix à comparer.

    `nom` : le nom du produit, déjà échappé.
    """
    releves = serie.releves
    if len(releves) < 2:
        return Markup("")
    debut, fin = releves[0].jour, max(aujourd_hui, releves[-1].jour)
    duree, sommet = max((fin - debut).days, 1), max(releve.prix for releve in releves)

    def x(jour: date) -> Decimal:
        return _arrondi(GAUCHE + Decimal((jour - debut).days) * (LARGEUR - GAUCHE - DROITE) / duree)

    def y(prix: Decimal) -> Decimal:
        return _arrondi(HAUTEUR - BAS - prix * (HAUTEUR - HAUT - BAS) / sommet)

    marches = [f"M{x(releves[0].jour)} {y(releves[0].prix)}", *(f"H{x(un.jour)}V{y(un.prix)}" for un in releves[1:]), f"H{x(fin)}"]
    points = [f'<circle cx="{x(un.jour)}" cy="{y(un.prix)}" r="3"/>' for un in releves]
    etiquettes = [_texte(x(un.jour), y(un.prix) - 8, euros(centimes(un.prix))) for un in _a_nommer(releves, [x(un.jour) for un in releves])]
    socle = HAUTEUR - BAS
    dates = _texte(Decimal(GAUCHE), Decimal(HAUTEUR - 6), date_courte(debut), "cabas-courbe__jour") + _texte(
        Decimal(LARGEUR - DROITE), Decimal(HAUTEUR - 6), date_courte(fin), "cabas-courbe__jour"
    )
    return Markup(
        f'<svg class="cabas-courbe" viewBox="0 0 {LARGEUR} {HAUTEUR}" role="img" aria-labelledby="courbe-titre courbe-texte" '
        f'xmlns="http://www.w3.org/2000/svg"><title id="courbe-titre">Le prix au fil du temps : {nom}</title>'
        f'<desc id="courbe-texte">{_description(releves)}</desc>'
        f'<path class="cabas-courbe__socle" d="M{GAUCHE} {socle}H{LARGEUR - DROITE}" fill="none" stroke="currentColor"/>'
        f'<path d="{"".join(marches)}" fill="none" stroke="currentColor" stroke-width="2"/><g fill="currentColor">{"".join(points)}</g>'
        f'<g font-size="12" fill="currentColor">{"".join(etiquettes)}{dates}</g></svg>'
    )


def _description(releves: Sequence[Releve]) -> str:
    return ", puis ".join(f"{euros(centimes(un.prix))} à partir du {date_courte(un.jour)}" for un in releves) + "."


def _a_nommer(releves: Sequence[Releve], abscisses: Sequence[Decimal]) -> list[Releve]:
    """Les relevés dont on écrit le prix : le dernier toujours, les autres de droite à gauche tant qu'ils ne se chevauchent pas."""
    nommes: list[Releve] = []
    limite = Decimal(LARGEUR) + ENTRE_ETIQUETTES
    for releve, abscisse in zip(reversed(releves), reversed(abscisses)):
        if limite - abscisse >= ENTRE_ETIQUETTES:
            nommes.append(releve)
            limite = abscisse
    return nommes[::-1]


def _texte(x: Decimal, y: Decimal, texte: str, classe: str = "") -> str:
    ancre = "start" if x < LARGEUR / 4 else ("end" if x > LARGEUR * 3 / 4 else "middle")
    return f'<text x="{x}" y="{y}" text-anchor="{ancre}"{f" class={chr(34)}{classe}{chr(34)}" if classe else ""}>{texte}</text>'


def _arrondi(valeur: Decimal) -> Decimal:
    return valeur.quantize(Decimal("0.1"))
