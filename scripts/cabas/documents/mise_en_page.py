"""Ce qu'un tableur impose à un classeur, et ce que demande l'imprimante : noms d'onglets, pages, pieds.

Un tableur compte en unités UTF-16 : un emoji en vaut deux, et un nom d'un signe de trop ferait refuser tout le classeur.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import ceil
from typing import Any

NOM_MAXIMUM = 31
PIED_MAXIMUM = 255
INTERDITS = frozenset("[]:*?/\\")
PORTRAIT = 92
"""Largeur, en caractères, d'une feuille qui tient debout sur une page A4 sans devenir illisible."""
PAYSAGE = 158
"""La même, couchée : le texte y garde neuf points au moins. Une feuille plus large s'imprime sur plusieurs pages de large."""

HAUTEUR = 15
HAUTEUR_MAXIMUM = 405
"""Une ligne de tableur ne peut pas être plus haute (409 points) : au-delà, le texte est dans la case, et ne se voit pas en entier."""
"""Celle d'une ligne de texte, en points. On l'écrit : tous les tableurs ne recalculent pas les hauteurs en ouvrant, et le texte se chevauche."""


def noms_de_feuilles(voulus: Sequence[str], pris: Sequence[str] = ()) -> list[str]:
    """Des noms qu'un tableur accepte, tous différents : sans crochet ni `: * ? /`, 31 unités au plus, numérotés s'ils se répètent.

    >>> noms_de_feuilles(["L'Épi : pain/vrac", "l'épi   pain vrac", "'"])
    ["L'Épi pain vrac", "l'épi pain vrac 2", 'Feuille']
    """
    vus = {nom.casefold() for nom in pris} | {"history"}
    noms = []
    for voulu in voulus:
        base = " ".join("".join(" " if lettre in INTERDITS or not lettre.isprintable() else lettre for lettre in voulu).split())
        base = couper(base.strip("'"), NOM_MAXIMUM).strip().strip("'") or "Feuille"
        nom, numero = base, 1
        while nom.casefold() in vus:
            numero += 1
            suffixe = f" {numero}"
            nom = couper(base, NOM_MAXIMUM - len(suffixe)).rstrip() + suffixe
        vus.add(nom.casefold())
        noms.append(nom)
    return noms


def couper(texte: str, unites: int) -> str:
    """Le début d'un texte, d'au plus tant d'unités UTF-16, sans couper un signe en deux.

    >>> couper("🌻 La Ferme", 4), couper("🌻🌻", 3), couper("Épi", 9)
    ('🌻 L', '🌻', 'Épi')
    """
    return texte.encode("utf-16-le")[: 2 * unites].decode("utf-16-le", errors="ignore")


def lignes_de(texte: str, largeur: int) -> int:
    """Sur combien de lignes un texte s'écrit dans une case de cette largeur. La largeur se compte en chiffres ; une lettre en fait moins."""
    return 1 if len(texte) < largeur and "\n" not in texte else _lignes_de(texte, largeur * 11 // 10 - 1)


@lru_cache(maxsize=4096)
def _lignes_de(texte: str, largeur: int) -> int:
    from textwrap import wrap

    return sum(len(wrap(ligne.replace("/", "/ "), largeur)) or 1 for ligne in texte.splitlines())


def mettre_en_page(page: Any, nom: str, pied: str, coin: tuple[int, int], largeur: int = PORTRAIT) -> None:
    """Une feuille A4, debout ou couchée selon sa `largeur` en caractères, imprimée jusqu'à `coin` (ligne, colonne).

    Au pied : à gauche, la commande et la feuille ; à droite, la page. Ce qui ne tient pas en neuf points sur une page de large en
    prend plusieurs, où la première colonne se répète.
    """
    page.set_portrait() if largeur <= PORTRAIT else page.set_landscape()
    page.set_paper(9)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
    de_large = ceil(largeur / PAYSAGE)
    page.fit_to_pages(de_large, 0)
    if de_large > 1:
        page.repeat_columns(0)
    page.print_area(0, 0, *coin)
    page.set_footer(_pied(pied, nom))


def _pied(pied: str, nom: str) -> str:
    """Le pied d'une page, que le tableur refuse s'il est trop long : le nom de la feuille en garde un tiers au plus."""
    droite = "&RPage &P sur &N"
    reste = PIED_MAXIMUM - len("&L — ") - len(droite)
    sien = _doubler(nom, reste // 3)
    return f"&L{_doubler(pied, reste - _unites(sien))} — {sien}{droite}"


def _doubler(texte: str, unites: int) -> str:
    """Un texte dont chaque `&` est doublé, comme le veut un pied, coupé s'il le faut."""
    while _unites(double := texte.replace("&", "&&")) > unites:
        texte = texte[:-1]
    return double


def _unites(texte: str) -> int:
    return len(texte.encode("utf-16-le")) // 2
