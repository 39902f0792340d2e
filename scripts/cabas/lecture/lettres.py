"""Un mail enregistré (`.eml`), ouvert : ses textes en clair, et ses fichiers joints.

Quoted-printable et base64 sont défaits par la bibliothèque standard. Le HTML est ramené au texte seulement si la version
en clair ne porte pas de bon. Un mail joint à un mail est ouvert lui aussi.
"""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from html.parser import HTMLParser
from typing import Any, NamedTuple

from cabas.constats import Refus
from cabas.lecture.classeurs import illisible
from cabas.lecture.encodages import decoder
from cabas.lecture.fichiers import nom_lisible

PARTIES_MAX = 200
_SAUTS = frozenset({"br", "p", "div", "tr", "li", "blockquote", "pre", "h1", "h2", "h3", "table", "ul", "ol"})
_MUETS = frozenset({"style", "script", "head", "title"})


class Lettre(NamedTuple):
    """Les textes d'un mail, et ses fichiers joints (nom, octets)."""

    textes: tuple[str, ...]
    pieces: tuple[tuple[str, bytes], ...]


def ouvrir_lettre(octets: bytes, utile: Callable[[str], bool]) -> Lettre | Refus:
    """Un `.eml`. `utile(texte)` dit si un texte porte ce que l'on cherche : sinon, on regarde la version HTML."""
    try:
        return _ouvrir(octets, utile)
    except RecursionError:
        return illisible(
            "Ce mail est fait de messages transférés les uns dans les autres, bien trop profond.",
            "Ouvrir le mail, et n’enregistrer que le bon, ou son fichier joint.",
        )


def _ouvrir(octets: bytes, utile: Callable[[str], bool]) -> Lettre | Refus:
    clairs: list[str] = []
    riches: list[str] = []
    pieces: list[tuple[str, bytes]] = []
    for rang, partie in enumerate(message_from_bytes(octets.lstrip(b"\xef\xbb\xbf\r\n")).walk()):
        if rang > PARTIES_MAX:
            return illisible("Ce mail a trop de parties.", "N’enregistrer que les bons, un par fichier.")
        if partie.is_multipart():
            continue
        contenu: Any = partie.get_payload(decode=True)
        brut = contenu if isinstance(contenu, bytes) else b""
        nom, genre = _nom(partie), partie.get_content_type()
        if nom or genre not in ("text/plain", "text/html"):
            pieces.append((nom or genre.replace("/", "."), brut))
            continue
        texte = _en_clair(partie, brut)
        if isinstance(texte, Refus):
            return texte
        (clairs if genre == "text/plain" else riches).append(texte if genre == "text/plain" else html_en_texte(texte))
    textes = clairs if any(map(utile, clairs)) or not any(map(utile, riches)) else riches
    return Lettre(tuple(textes), tuple(pieces))


def _nom(partie: Message) -> str:
    """Le nom du fichier joint, lisible et sans dossier ; vide pour le corps du mail."""
    brut = partie.get_filename() or ""
    try:
        lu = str(make_header(decode_header(brut)))
    except (HeaderParseError, LookupError, ValueError):
        lu = brut
    return nom_lisible(lu.replace("\\", "/").rpartition("/")[2].replace("#", "-"))[:80]


def _en_clair(partie: Message, brut: bytes) -> str | Refus:
    charset = partie.get_content_charset() or ""
    try:
        return brut.decode(charset) if charset and charset != "us-ascii" else decoder(brut)
    except (LookupError, ValueError):
        return decoder(brut)


def html_en_texte(html: str) -> str:
    """Le texte d'un mail HTML : une ligne par paragraphe, par ligne de tableau et par retour."""
    lecteur = _Html()
    lecteur.feed(html)
    lecteur.close()
    return "".join(lecteur.morceaux)


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.morceaux: list[str] = []
        self._muet = 0
        self._brut = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._muet += tag in _MUETS
        self._brut += tag == "pre"
        if tag in _SAUTS:
            self.morceaux.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._muet = max(0, self._muet - (tag in _MUETS))
        self._brut = max(0, self._brut - (tag == "pre"))
        if tag in _SAUTS and tag != "br":
            self.morceaux.append("\n")

    def handle_data(self, data: str) -> None:
        """Hors d'un `<pre>`, un retour à la ligne dans la source n'est qu'une espace."""
        if not self._muet:
            self.morceaux.append(data if self._brut else data.replace("\r", " ").replace("\n", " "))
