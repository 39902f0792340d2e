"""Nos styles et nos scripts, écrits pour être lus, compactés pour voyager : mêmes effets, moins d'octets.

Entre : le texte d'un fichier de `gabarits`. Sort : le même sans commentaires ni espaces inutiles ; dans un script, les noms qui
ne sortent pas de chez lui sont raccourcis. Rien n'est deviné : un nom qui pourrait être une propriété garde le sien.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count, product

_JETON = re.compile(
    r"""(?P<vide>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<texte>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")
    |(?P<nom>[A-Za-z_$][\w$]*)
    |(?P<nombre>\d[\w.]*)
    |(?P<motif>/(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*)
    |(?P<signe>\.\.\.|=>|[-+*/%&|^!=<>?:;,.~(){}\[\]]|.)""",
    re.VERBOSE | re.DOTALL,
)
_RESERVES = frozenset({
    "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do", "else", "export", "extends", "false", "finally",
    "for", "function", "if", "import", "in", "instanceof", "let", "new", "null", "of", "return", "static", "super", "switch", "this", "throw", "true",
    "try", "typeof", "undefined", "var", "void", "while", "with", "yield", "async", "await", "get", "set", "arguments",
})  # fmt: skip
_AVANT_UNE_VALEUR = frozenset({"(", ",", "=", ":", "[", "!", "&", "|", "?", "{", "}", ";", "=>", "+", "return", ""})
"""Après l'un de ces jetons, une barre oblique ouvre une expression rationnelle ; ailleurs, c'est une division."""


def compacter_style(texte: str) -> str:
    """Un style sans commentaires ni espaces inutiles. Les espaces d'un sélecteur et d'un calcul restent."""
    texte = re.sub(r"/\*.*?\*/", "", texte, flags=re.DOTALL)
    texte = re.sub(r"\s+", " ", texte)
    texte = re.sub(r" ?([{};,>]) ?", r"\1", texte)
    texte = re.sub(r": (?=[^{}]*[;}])", ":", texte)
    return texte.replace(";}", "}").strip()


def compacter_script(texte: str) -> str:
    """Un script sans commentaires ni espaces inutiles, noms intérieurs raccourcis."""
    jetons = list(_decouper(texte))
    courts = _raccourcir(jetons)
    sorti: list[str] = []
    for genre, jeton in jetons:
        ecrit = courts.get(jeton, jeton) if genre == "nom" else jeton
        if genre == "propriete":
            ecrit = jeton
        if sorti and _se_colleraient(sorti[-1], ecrit):
            sorti.append(" ")
        sorti.append(ecrit)
    return "".join(sorti)


def _se_colleraient(avant: str, apres: str) -> bool:
    """Deux mots, ou deux signes qui en feraient un autre (`+ +`, `- -`)."""
    mots = re.match(r"[\w$]", avant[-1]) and re.match(r"[\w$]", apres[0])
    return bool(mots) or (avant[-1] == apres[0] and apres[0] in "+-/")


def _decouper(texte: str) -> Iterator[tuple[str, str]]:
    """Les jetons utiles : (genre, texte). Un nom après un point est une `propriete`."""
    rang, avant = 0, ""
    while rang < len(texte):
        trouve = _JETON.match(texte, rang)
        genre, jeton = (str(trouve.lastgroup), trouve[0]) if trouve else ("signe", texte[rang])
        if genre == "motif" and avant not in _AVANT_UNE_VALEUR:
            genre, jeton = "signe", "/"
        rang += len(jeton)
        if genre == "vide":
            continue
        if genre == "nom" and avant == ".":
            genre = "propriete"
        yield genre, jeton
        avant = jeton


def _raccourcir(jetons: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Un nom court pour chaque nom déclaré ici, les plus fréquents d'abord. Le même partout : aucune portée à comprendre."""
    pris = {jeton for genre, jeton in jetons if genre in ("nom", "propriete")} | _RESERVES
    a_nous = _declares(jetons) - _RESERVES - _proprietes(jetons)
    frequents = Counter(jeton for genre, jeton in jetons if genre == "nom" and jeton in a_nous and len(jeton) > 1)
    libres = (nom for nom in _noms_courts() if nom not in pris)
    return {nom: next(libres) for nom, _combien in sorted(frequents.items(), key=lambda un: (-un[1], un[0]))}


def _noms_courts() -> Iterator[str]:
    lettres = "etnrisaoulcdpmfhgbvyxwjkqzETNRISAOULCDPMFHGBVYXWJKQZ"
    for taille in count(1):
        yield from map("".join, product(lettres, repeat=taille))


def _declares(jetons: Sequence[tuple[str, str]]) -> set[str]:
    """Les noms introduits par `const`, `let`, `function`, un paramètre ou `catch`."""
    declares: set[str] = set()
    for rang, (_genre, jeton) in enumerate(jetons):
        if jeton in ("const", "let"):
            declares |= set(_declarateurs(jetons, rang + 1))
        elif jeton == "=>":
            declares |= set(_parametres(jetons, rang - 1))
        elif jeton in {"function", "catch"}:
            fin = rang + 1
            while jetons[fin][1] != ")":
                fin += 1
            declares |= {nom for genre, nom in jetons[rang + 1 : fin] if genre == "nom"}
    return declares


def _declarateurs(jetons: Sequence[tuple[str, str]], rang: int) -> Iterator[str]:
    """Les noms d'une suite `a = 1, [b, c] = x, d` : ceux d'avant le signe égal."""
    profondeur, cible = 0, True
    for genre, jeton in jetons[rang:]:
        profondeur += (jeton in ("(", "[", "{")) - (jeton in (")", "]", "}"))
        if profondeur < 0 or (profondeur == 0 and jeton in (";", "of", "in")):
            return
        if profondeur == 0 and jeton in ("=", ","):
            cible = jeton == ","
        elif cible and genre == "nom":
            yield jeton


def _parametres(jetons: Sequence[tuple[str, str]], rang: int) -> Iterator[str]:
    """Les noms devant une flèche : `a =>`, `(a, b) =>`, `([a, b]) =>`."""
    profondeur = 0
    for genre, jeton in reversed(jetons[: rang + 1]):
        profondeur += (jeton in (")", "]", "}")) - (jeton in ("(", "[", "{"))
        if genre == "nom":
            yield jeton
        if profondeur == 0:
            return


def _proprietes(jetons: Sequence[tuple[str, str]]) -> set[str]:
    """Les noms qui sont, ou pourraient être, une clé d'objet : on n'y touche pas."""
    ouvrants: list[str] = []
    trouves: set[str] = set()
    for rang, (genre, jeton) in enumerate(jetons):
        avant, apres = (jetons[autre][1] if 0 <= autre < len(jetons) else "" for autre in (rang - 1, rang + 1))
        if jeton in ("(", "[", "{"):
            ouvrants.append(jeton)
        elif jeton in (")", "]", "}"):
            ouvrants.pop()
        elif genre == "nom" and ouvrants and ouvrants[-1] == "{" and avant in ("{", ",") and apres in (",", "}", ":", "("):
            trouves.add(jeton)
    return trouves
