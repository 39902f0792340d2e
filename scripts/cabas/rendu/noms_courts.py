"""Raccourcir les noms d'un script de la maison sans en changer le sens : chaque nom est suivi jusqu'à sa déclaration.

Entre : les jetons d'un script, (genre, texte). Sort : ce qu'il faut écrire à la place de certains. Deux fonctions voisines
reprennent les mêmes lettres : c'est ce qui se comprime le mieux. Une propriété, un nom que nous n'avons pas déclaré, ne bougent pas.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, product

Jetons = Sequence[tuple[str, str]]

_RESERVES = frozenset({
    "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do", "else", "export", "extends", "false", "finally",
    "for", "function", "if", "import", "in", "instanceof", "let", "new", "null", "of", "return", "static", "super", "switch", "this", "throw", "true",
    "try", "typeof", "undefined", "var", "void", "while", "with", "yield", "async", "await", "get", "set", "arguments",
})  # fmt: skip
_AVANT_UN_OBJET = frozenset({"(", ",", "=", ":", "[", "?", "&", "|", "return", "const", "let"})
_OUVRANTS = {"(": ")", "[": "]", "{": "}"}


@dataclass(slots=True)
class _Portee:
    """Un morceau de script, du jeton `debut` au jeton `fin`, et les noms qui y sont déclarés (ancien : court)."""

    debut: int
    fin: int
    mere: _Portee | None = None
    courts: dict[str, str] = field(default_factory=dict)


def raccourcir(jetons: Jetons) -> dict[int, str]:
    """Le texte à écrire pour chaque jeton dont le nom a été raccourci. `{ total }` devient `{ total:e }`."""
    paires = _apparier(jetons)
    objets = {rang for rang, (_, jeton) in enumerate(jetons) if jeton == "{" and rang and jetons[rang - 1][1] in _AVANT_UN_OBJET}
    cles, abreges = _cles(jetons, objets)
    portees = _emboiter([_Portee(0, len(jetons)), *(_Portee(*bornes) for bornes in _bornes(jetons, paires, objets))])
    a_qui = _a_qui(portees, len(jetons))
    for rang, nom in _declares(jetons, paires, cles):
        a_qui[rang].courts[nom] = nom
    usages = {rang: nom for rang, (genre, nom) in enumerate(jetons) if genre == "nom" and nom not in _RESERVES and rang not in cles}
    _nommer(portees, usages, a_qui)
    ecrits = {rang: court for rang, nom in usages.items() if (court := _court(a_qui[rang], nom)) != nom}
    return {rang: f"{jetons[rang][1]}:{court}" if rang in abreges else court for rang, court in ecrits.items()}


def _apparier(jetons: Jetons) -> dict[int, int]:
    """Le rang de ce qui ferme, pour chaque parenthèse, crochet ou accolade qui ouvre, et l'inverse."""
    ouverts: list[int] = []
    paires: dict[int, int] = {}
    for rang, (_, jeton) in enumerate(jetons):
        if jeton in _OUVRANTS:
            ouverts.append(rang)
        elif ouverts and jeton == _OUVRANTS[jetons[ouverts[-1]][1]]:
            paires[rang] = ouverts.pop()
            paires[paires[rang]] = rang
    if ouverts:
        raise ValueError(f"Un script a {len(ouverts)} parenthèse ou accolade qui ne se ferme pas.")
    return paires


def _cles(jetons: Jetons, objets: set[int]) -> tuple[set[int], set[int]]:
    """Les clés des objets, et les noms qui en sont à la fois la clé et la valeur."""
    cles: set[int] = set()
    abreges: set[int] = set()
    ouverts: list[int] = []
    for rang, (genre, jeton) in enumerate(jetons):
        if jeton in _OUVRANTS:
            ouverts.append(rang)
        elif jeton in _OUVRANTS.values():
            ouverts.pop()
        elif genre == "nom" and ouverts and ouverts[-1] in objets and jetons[rang - 1][1] in ("{", ","):
            (abreges if jetons[rang + 1][1] in (",", "}") else cles).add(rang)
    return cles, abreges


def _bornes(jetons: Jetons, paires: Mapping[int, int], objets: set[int]) -> Iterator[tuple[int, int]]:
    """Où commence et finit chaque portée : blocs, fonctions, flèches, `catch`. Un objet (`const { a, b } = x`) n'en est pas une."""
    for rang, (genre, jeton) in enumerate(jetons):
        if jeton == "{" and rang not in objets:
            yield rang, paires[rang]
        elif genre == "nom" and jeton in ("function", "catch"):
            ouvre = next(autre for autre in range(rang, len(jetons)) if jetons[autre][1] == "(")
            yield ouvre, paires[paires[ouvre] + 1]
        elif jeton == "=>":
            yield _debut_de_fleche(jetons, paires, rang), _fin_de_fleche(jetons, paires, rang + 1)


def _debut_de_fleche(jetons: Jetons, paires: Mapping[int, int], rang: int) -> int:
    return paires[rang - 1] if jetons[rang - 1][1] == ")" else rang - 1


def _fin_de_fleche(jetons: Jetons, paires: Mapping[int, int], rang: int) -> int:
    """Le dernier jeton de ce que rend une flèche : son bloc, ou l'expression jusqu'à ce qui la clôt."""
    if jetons[rang][1] == "{":
        return paires[rang]
    questions = 0
    while rang < len(jetons):
        jeton = jetons[rang][1]
        questions += jeton == "?"
        if jeton in (",", ";", ")", "]", "}") or (jeton == ":" and not questions):
            break
        questions -= jeton == ":"
        rang = paires[rang] + 1 if jeton in _OUVRANTS else rang + 1
    return rang - 1


def _emboiter(portees: list[_Portee]) -> list[_Portee]:
    """Les portées de la plus large à la plus étroite, chacune avec sa mère."""
    portees.sort(key=lambda une: (une.debut, -une.fin))
    ouvertes: list[_Portee] = []
    for portee in portees:
        while ouvertes and ouvertes[-1].fin < portee.fin:
            ouvertes.pop()
        portee.mere = ouvertes[-1] if ouvertes else None
        ouvertes.append(portee)
    return portees


def _a_qui(portees: Sequence[_Portee], combien: int) -> list[_Portee]:
    """La portée la plus étroite de chaque jeton."""
    a_qui = [portees[0]] * combien
    for portee in portees:
        a_qui[portee.debut : portee.fin + 1] = [portee] * (min(portee.fin, combien - 1) + 1 - portee.debut)
    return a_qui


def _declares(jetons: Jetons, paires: Mapping[int, int], cles: set[int]) -> Iterator[tuple[int, str]]:
    """Les noms introduits par `const`, `let`, `function`, un paramètre ou `catch` : (rang, nom)."""
    for rang, (genre, jeton) in enumerate(jetons):
        noms: Iterator[int] | range = range(0)
        if jeton in ("const", "let"):
            noms = _declarateurs(jetons, rang + 1)
        elif jeton == "=>":
            noms = range(_debut_de_fleche(jetons, paires, rang), rang)
        elif genre == "nom" and jeton in ("function", "catch"):
            ouvre = rang + 1 + (jetons[rang + 1][0] == "nom")
            if ouvre == rang + 2:
                yield rang, jetons[rang + 1][1]
            noms = range(ouvre, paires[ouvre])
        for un in noms:
            if jetons[un][0] == "nom" and un not in cles:
                yield un, jetons[un][1]


def _declarateurs(jetons: Jetons, rang: int) -> Iterator[int]:
    """Les rangs des noms d'une suite `a = 1, [b, c] = x, d` : ceux d'avant le signe égal."""
    profondeur, cible = 0, True
    for un in range(rang, len(jetons)):
        genre, jeton = jetons[un]
        profondeur += (jeton in _OUVRANTS) - (jeton in _OUVRANTS.values())
        if profondeur < 0 or (profondeur == 0 and jeton in (";", "of", "in")):
            return
        if profondeur == 0 and jeton in ("=", ","):
            cible = jeton == ","
        elif cible and genre == "nom":
            yield un


def _nommer(portees: Sequence[_Portee], usages: Mapping[int, str], a_qui: Sequence[_Portee]) -> None:
    """Donne à chaque nom déclaré le plus court qui ne cache rien de ce que sa portée lit, les plus lus d'abord."""
    rangs = sorted(usages)
    siens: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for rang, nom in usages.items():
        proprietaire = _proprietaire(a_qui[rang], nom)
        if proprietaire:
            siens[id(proprietaire)][nom] += 1
    for portee in portees:
        lus = rangs[bisect_right(rangs, portee.debut - 1) : bisect_right(rangs, portee.fin)]
        pris = _RESERVES | {
            _court(a_qui[rang], usages[rang])
            for rang in lus
            if _proprietaire(a_qui[rang], usages[rang]) is not portee and _dehors(a_qui[rang], usages[rang], portee)
        }
        libres = (nom for nom in _noms_courts() if nom not in pris)
        for nom in sorted(portee.courts, key=lambda un: (-siens[id(portee)][un], un)):
            portee.courts[nom] = next(libres)


def _dehors(portee: _Portee, nom: str, bord: _Portee) -> bool:
    """Le nom vient-il d'au-delà de `bord` (d'une portée qui la contient, ou de personne) ?"""
    proprietaire = _proprietaire(portee, nom)
    return proprietaire is None or proprietaire.debut < bord.debut or proprietaire.fin > bord.fin


def _proprietaire(portee: _Portee | None, nom: str) -> _Portee | None:
    while portee and nom not in portee.courts:
        portee = portee.mere
    return portee


def _court(portee: _Portee, nom: str) -> str:
    proprietaire = _proprietaire(portee, nom)
    return proprietaire.courts[nom] if proprietaire else nom


def _noms_courts() -> Iterator[str]:
    lettres = "etnrisaoulcdpmfhgbvyxwjkqzETNRISAOULCDPMFHGBVYXWJKQZ"
    for taille in count(1):
        yield from map("".join, product(lettres, repeat=taille))
