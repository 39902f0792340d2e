"""Rendre inoffensif un texte venu d'une fiche avant de l'écrire dans une page Markdown.

Un nom peut contenir n'importe quoi (`<script>`, `[x](javascript:…)`, `{{ }}`) : il doit s'afficher tel quel. Une présentation
écrite par un contributeur est du Markdown : on la rend, puis on n'en garde que les balises sans danger.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import NamedTuple

from markupsafe import Markup

from cabas.typographie import typographier

_SENSIBLE = re.compile(r"[\\`*_{}\[\]()#+!|<>&\"'~^=:$@]|(?<!\w)[-.]|(?<=\d)[.)](?=\s)")
_BLANCS = re.compile(r"[\s\x00-\x1f\x7f]+")

_VERS_SOI = re.compile(r'<a class="headerlink".*?</a>', re.DOTALL)

BALISES = frozenset({
    "p", "br", "hr", "ul", "ol", "li", "dl", "dt", "dd", "strong", "em", "b", "i", "s", "del", "sub", "sup", "blockquote", "code", "pre",
    "h2", "h3", "h4", "h5", "h6", "a", "img", "table", "thead", "tbody", "tr", "th", "td",
})
ATTRIBUTS = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "th": {"align"}, "td": {"align"}, "ol": {"start"}}
ADRESSES = frozenset({"http", "https", "mailto", "tel"})


def une_ligne(texte: str) -> str:
    """Le texte sur une ligne, espaces réduits : une fin de ligne ne doit ouvrir aucun bloc Markdown."""
    return _BLANCS.sub(" ", texte).strip()


def litteral(texte: object) -> Markup:
    """Un texte à poser dans une page, en Markdown ou dans un bloc HTML, et qui s'affichera tel quel, avec notre typographie.

    Chaque signe qui compte pour l'un ou l'autre devient une référence numérique : ni lien, ni balise, ni titre.

    >>> str(litteral("[x](javascript:1)"))
    '&#91;x&#93;&#40;javascript&#58;1&#41;'
    """
    propre = typographier(une_ligne(str(texte)))
    return Markup(_SENSIBLE.sub(lambda trouve: f"&#{ord(trouve[0])};", propre))


def texte_nu(html: str) -> str:
    """Ce qu'un morceau de page donne à lire, sans ses balises ni les liens de ses titres vers eux-mêmes, et échappé de nouveau."""
    return escape(Markup(_VERS_SOI.sub("", html)).striptags(), quote=False)


class Lien(NamedTuple):
    """Un lien du fil d'Ariane : ce qu'il dit, où il mène depuis la page."""

    titre: str
    adresse: str


def entete(*, hide: Sequence[str] = (), fil: Sequence[Lien] = (), **champs: str) -> str:
    """L'en-tête YAML d'une page préparée. Les textes y sont échappés : le thème les écrit sans le faire."""
    lignes = ["---"]
    if hide:
        lignes.append(f"hide: [{', '.join(hide)}]")
    if fil:
        lignes.append(f"fil: {json.dumps([{'titre': _echapper(lien.titre), 'adresse': _echapper(lien.adresse)} for lien in fil])}")
    lignes += [f"{cle}: {json.dumps(_echapper(texte), ensure_ascii=False)}" for cle, texte in champs.items() if texte]
    return "\n".join([*lignes, "---", ""])


def _echapper(texte: str) -> str:
    return escape(typographier(une_ligne(texte)))


@lru_cache(maxsize=1)
def _convertisseur() -> object:
    from markdown import Markdown

    return Markdown(extensions=["tables", "sane_lists"], output_format="html")


@lru_cache(maxsize=512)
def presentation(texte: str) -> Markup:
    """La présentation Markdown d'un contributeur, en HTML assaini. Titres abaissés d'un niveau : le `h1` est à la page.

    Ni script, ni style, ni cadre, ni attribut d'événement, ni image d'un autre site, ni adresse `javascript:`.
    """
    import nh3

    if not texte.strip():
        return Markup("")
    convertisseur = _convertisseur()
    rendu: str = convertisseur.reset().convert(typographier_markdown(texte))  # type: ignore[attr-defined]
    rendu = re.sub(r"<(/?)h([1-5])>", lambda trouve: f"<{trouve[1]}h{int(trouve[2]) + 1}>", rendu)
    assaini = nh3.clean(
        rendu,
        tags=set(BALISES),
        attributes={balise: set(noms) for balise, noms in ATTRIBUTS.items()},
        url_schemes=set(ADRESSES),
        attribute_filter=_filtrer,
        link_rel=None,
    )
    return Markup(re.sub(r"<img(?![^>]* src=)[^>]*>", "", assaini).strip())


def _filtrer(balise: str, attribut: str, valeur: str) -> str | None:
    """Une image vient de chez nous, ou ne vient pas."""
    if balise == "img" and attribut == "src" and re.match(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*:|//|\\)", valeur):
        return None
    return valeur


_CLOTURE = re.compile(r"^ {0,3}(?P<marque>`{3,}|~{3,})")
_INTOUCHABLE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)|<[a-zA-Z/!][^>]*>|\]\([^)]*\)|^\s*\[[^\]]+\]:\s.*$|https?://\S+|\{[:#.][^}]*\}")


def lignes_hors_code(texte: str) -> list[tuple[str, bool]]:
    """Chaque ligne (avec sa fin) et si elle est du texte : faux dans un bloc de code clôturé ou en retrait de quatre."""
    lignes: list[tuple[str, bool]] = []
    marque = ""
    for ligne in texte.splitlines(keepends=True):
        trouve = _CLOTURE.match(ligne.lstrip() if marque else ligne) or _CLOTURE.match(ligne.lstrip())
        if trouve and not marque:
            marque = trouve["marque"]
            lignes.append((ligne, False))
        elif marque:
            if trouve and trouve["marque"].startswith(marque):
                marque = ""
            lignes.append((ligne, False))
        else:
            lignes.append((ligne, True))
    return lignes


def typographier_markdown(texte: str) -> str:
    """Pose les espaces insécables d'un Markdown, hors du code, des balises et des adresses."""
    return "".join(_typographier_ligne(ligne) if est_texte else ligne for ligne, est_texte in lignes_hors_code(texte))


def _typographier_ligne(ligne: str) -> str:
    gardes: list[str] = []

    def garder(trouve: re.Match[str]) -> str:
        gardes.append(trouve[0])
        return f"\ue000{len(gardes) - 1}\ue001"

    abri = typographier(_INTOUCHABLE.sub(garder, ligne))
    return re.sub("\ue000(\\d+)\ue001", lambda trouve: gardes[int(trouve[1])], abri)
