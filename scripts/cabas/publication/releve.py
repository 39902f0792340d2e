"""Relever ce qu'une page HTML demande (liens, ressources) et ce qu'elle offre (ancres).

Un site, c'est un demi-million de balises, presque toutes déjà vues : une expression rationnelle les découpe, et chaque balise n'est lue
qu'une fois. Ce découpage n'admet que du HTML sans surprise. À la première bizarrerie, la page entière repasse par `html.parser`, qui en
a vu d'autres. Les deux chemins ont le même juge (`_Juge`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser
from typing import NamedTuple

_CHARGEURS = frozenset({"src", "poster", "data", "xlink:href", "background"})
_CHARGEUSES = frozenset({"image", "use"})
RELATIONS = frozenset({"stylesheet", "icon", "preload", "modulepreload", "prefetch", "preconnect", "dns-prefetch", "manifest", "apple-touch-icon"})
INTERDITES = frozenset({
    "script", "style", "iframe", "frame", "object", "embed", "applet", "form", "input", "textarea", "button",
    "link", "meta", "base", "math", "template",
})
"""Ce qui n'a rien à faire dans le texte d'une page (`<article>`) : nos gabarits n'y en mettent pas."""
_QUI_COMPTENT = INTERDITES | {"article"}
_ATTRIBUTS_QUI_COMPTENT = _CHARGEURS | {"id", "name", "href", "srcset", "style"}
_URL_CSS = re.compile(r"""@import\s+(?:url\()?\s*["']?([^"')\s;]+)|url\(\s*["']?([^"')]+)""", re.IGNORECASE)
_COMMENTAIRE_CSS = re.compile(r"/\*.*?\*/", re.DOTALL)

# Les quantificateurs `*+` et `++` ne reviennent pas en arrière : le découpage d'une page, même hostile, reste linéaire.
_ATTRIBUT = r"""\s++(?:[^\s"'<>/=\x00-\x1f]++)(?:=(?:"[^"]*+"|'[^']*+'|[^\s"'=<>`]++))?+"""
_JETON = re.compile(
    rf"""</[a-zA-Z][a-zA-Z0-9-]*+\s*+>
    |<(?!(?:script|style)\b)[a-zA-Z][a-zA-Z0-9-]*+(?:{_ATTRIBUT})*+\s*+/?+>
    |<(?P<brute>script|style)(?:{_ATTRIBUT})*+\s*+>(?P<dedans>[^<]*+(?:<(?!/(?P=brute)|!--)[^<]*+)*+)</(?P=brute)\s*+>
    |<!--(?!-?>)[^-]*+(?:-(?!-)[^-]*+)*+-->
    |<!doctype\s[^<>]*+>
    |(?P<bizarre><)""",
    re.VERBOSE | re.IGNORECASE,
)
_UN_ATTRIBUT = re.compile(r"""\s([^\s"'<>/=]++)(?:=(?:"([^"]*+)"|'([^']*+)'|([^\s"'=<>`]++)))?+""")
_NOM = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")

Attributs = Sequence[tuple[str, str | None]]


class Releve(NamedTuple):
    """Ce qu'une page demande et ce qu'elle offre."""

    liens: list[tuple[str, int]]
    ressources: list[tuple[str, int]]
    ancres: list[str]
    fautes: list[tuple[str, int]]


class _Juge:
    """Ce que veut dire chaque balise, d'où qu'elle vienne."""

    def __init__(self) -> None:
        self.releve = Releve([], [], [], [])
        self.dans_article = False

    def ouvrir(self, tag: str, attrs: Attributs, ligne: int) -> None:
        if tag == "article":
            self.dans_article = True
        elif self.dans_article and tag in INTERDITES:
            self.releve.fautes.append((f"Une balise « {tag} » est dans le texte de la page.", ligne))
        for nom, brut in attrs:
            valeur = (brut or "").strip()
            if nom == "id" or (nom == "name" and tag == "a"):
                self.releve.ancres.append(valeur)
            elif nom == "href":
                self._href(tag, valeur, ligne, attrs)
            elif nom in _CHARGEURS:
                self.releve.ressources.append((valeur, ligne))
            elif nom == "srcset":
                self.releve.ressources.extend((morceau.split()[0], ligne) for morceau in valeur.split(",") if morceau.split())
            elif nom == "style":
                self.style(valeur, ligne)
            elif nom.startswith("on"):
                self.releve.fautes.append((f"L’attribut « {nom} » exécute du script.", ligne))

    def _href(self, tag: str, valeur: str, ligne: int, attrs: Attributs) -> None:
        if tag == "base":
            self.releve.fautes.append(("Une balise « base » change le sens de tous les liens.", ligne))
        elif tag in _CHARGEUSES or (tag == "link" and RELATIONS & set((dict(attrs).get("rel") or "").lower().split())):
            self.releve.ressources.append((valeur, ligne))
        else:
            self.releve.liens.append((valeur, ligne))

    def fermer(self, tag: str) -> None:
        if tag == "article":
            self.dans_article = False

    def style(self, texte: str, ligne: int) -> None:
        self.releve.ressources.extend((adresse, ligne) for adresse in adresses_css(texte))


class _Lecteur(HTMLParser):
    """Le chemin lent : une page que le découpage rapide ne comprend pas."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.juge = _Juge()
        self._dans_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._dans_style = self._dans_style or tag == "style"
        self.juge.ouvrir(tag, attrs, self.getpos()[0])

    def handle_endtag(self, tag: str) -> None:
        self._dans_style = self._dans_style and tag != "style"
        self.juge.fermer(tag)

    def handle_data(self, data: str) -> None:
        if self._dans_style:
            self.juge.style(data, self.getpos()[0])


def adresses_css(texte: str) -> list[str]:
    """Ce qu'une feuille de style va chercher : `@import` et `url()`, hors commentaires et données incluses."""
    trouvees = (un or deux for un, deux in _URL_CSS.findall(_COMMENTAIRE_CSS.sub("", texte)))
    return [adresse.strip() for adresse in trouvees if not adresse.strip().startswith(("data:", "#"))]


def relever(page: str) -> Releve:
    """Le relevé d'une page HTML."""
    return _relever_vite(page) or relever_lentement(page)


def relever_lentement(page: str) -> Releve:
    """Le relevé d'une page, par `html.parser` : celui qui fait foi."""
    lecteur = _Lecteur()
    lecteur.feed(page)
    lecteur.close()
    return lecteur.juge.releve


def _relever_vite(page: str) -> Releve | None:
    """Le relevé d'une page bien écrite ; `None` si quelque chose y est inattendu."""
    juge = _Juge()
    ligne, vue = 1, 0
    for jeton in _JETON.finditer(page):
        if jeton.lastgroup is None:
            utile = _lire(jeton[0])
            if utile is None:
                continue
        elif jeton.lastgroup == "bizarre":
            return None
        else:
            utile = _lire(page[jeton.start() : jeton.start("dedans")])
        ligne, vue = ligne + page.count("\n", vue, jeton.start()), jeton.start()
        if utile is not None:
            (juge.fermer(utile[0]) if utile[1] is None else juge.ouvrir(utile[0], utile[1], ligne))
        if jeton.lastgroup is not None and jeton["brute"].lower() == "style":
            juge.style(jeton["dedans"], ligne + page.count("\n", vue, jeton.start("dedans")))
    return juge.releve


@lru_cache(maxsize=65536)
def _lire(balise: str) -> tuple[str, Attributs | None] | None:
    """Le nom et les attributs d'une balise (`None` : elle ferme) ; rien si elle ne change rien au relevé."""
    trouve = _NOM.match(balise)
    if trouve is None:
        return None
    nom = trouve[2].lower()
    if trouve[1]:
        return (nom, None) if nom == "article" else None
    attributs = [(cle.lower(), unescape(double or simple or nu)) for cle, double, simple, nu in _UN_ATTRIBUT.findall(balise, trouve.end())]
    utile = nom in _QUI_COMPTENT or any(cle in _ATTRIBUTS_QUI_COMPTENT or cle.startswith("on") for cle, _valeur in attributs)
    return (nom, attributs) if utile else None
