"""Nos styles et nos scripts, écrits pour être lus, compactés pour voyager : mêmes effets, moins d'octets.

Entre : le texte d'un fichier de `gabarits`. Sort : le même sans commentaires ni espaces inutiles ; dans un script, les noms qui
ne sortent pas de chez lui sont raccourcis. Rien n'est deviné : un nom qui pourrait être une propriété garde le sien.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from cabas.rendu.noms_courts import raccourcir

_JETON = re.compile(
    r"""(?P<vide>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<texte>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")
    |(?P<nom>[A-Za-z_$][\w$]*)
    |(?P<nombre>\d[\w.]*)
    |(?P<motif>/(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*)
    |(?P<signe>\.\.\.|=>|[-+*/%&|^!=<>?:;,.~(){}\[\]]|.)""",
    re.VERBOSE | re.DOTALL,
)
_LETTRES = "abcdefghijklmnopqrstuvwxyz"
_AVANT_UNE_VALEUR = frozenset({"(", ",", "=", ":", "[", "!", "&", "|", "?", "{", "}", ";", "=>", "+", "return", ""})
"""Après l'un de ces jetons, une barre oblique ouvre une expression rationnelle ; ailleurs, c'est une division."""


def compacter_style(texte: str) -> str:
    """Un style sans commentaires ni espaces inutiles. Les espaces d'un sélecteur et d'un calcul restent ; une couleur nommée prend une lettre."""
    texte = re.sub(r"/\*.*?\*/", "", texte, flags=re.DOTALL)
    texte = re.sub(r"\s+", " ", texte)
    texte = re.sub(r" ?([{};,>]) ?", r"\1", texte)
    texte = re.sub(r": (?=[^{}]*[;}])", ":", texte)
    for rang, variable in enumerate(sorted(set(re.findall(r"--[a-z][a-z-]+", texte)), reverse=True)):  # les longues avant leurs débuts
        texte = re.sub(rf"{variable}(?![\w-])", f"--{_LETTRES[rang]}", texte)
    return texte.replace(";}", "}").strip()


_OUVRANTE = re.compile(r"<[a-z][^<>]*>")
_GUILLEMETS = re.compile(r'="([\w./#:@-]+)"(?=[ >])')
_DE_TROP = re.compile(
    r"</p>(?=</?(?:p|div|ul|dl|nav|main|form|section|fieldset|header|footer|aside|details|h[1-6])\b)"
    r"|</li>(?=</?(?:li|ul)\b)|</option>(?=<option\b|</select\b)|</dt>(?=<dd\b)|</dd>(?=</div\b)"
)
"""Les fermetures que la norme HTML laisse sous-entendre, quand ce qui suit les dit."""


def compacter_page(texte: str) -> str:
    """Un corps de page sans guillemets ni fermetures que la norme rend inutiles. Un navigateur en fait le même arbre."""
    return _DE_TROP.sub("", _OUVRANTE.sub(lambda balise: _GUILLEMETS.sub(r"=\1", balise[0]), texte))


def compacter_script(texte: str) -> str:
    """Un script sans commentaires ni espaces inutiles, noms intérieurs raccourcis."""
    jetons = list(_decouper(texte))
    courts = raccourcir(jetons)
    sorti: list[str] = []
    for rang, (genre, jeton) in enumerate(jetons):
        ecrit = courts.get(rang, jeton)
        if genre in ("texte", "motif"):
            ecrit = re.sub(r"\\u([0-9a-f]{4})", _lettre, ecrit)
        if jeton == "}" and sorti and sorti[-1] == ";":
            sorti.pop()
        if sorti and _se_colleraient(sorti[-1], ecrit):
            sorti.append(" ")
        sorti.append("let" if (genre, jeton) == ("nom", "const") else ecrit)  # plus court ; `tsc` a déjà vu les constantes
    return "".join(sorti)


def _lettre(trouve: re.Match[str]) -> str:
    """La lettre derrière son code ; telle quelle si elle se combine, sépare des lignes ou ne se voit pas."""
    lettre = chr(int(trouve[1], 16))
    return trouve[0] if unicodedata.category(lettre) in ("Mn", "Zl", "Zp", "Cc", "Cf", "Cs") else lettre


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
