"""Des octets à du texte : la marque du fichier, sinon UTF-8 strict, sinon l'encodage que déclare le groupement, sinon Windows.

Aucune statistique. Ce qui ne peut pas être du français (un « Ž » après une minuscule) fait refuser le fichier, et le remède
dit quoi déclarer : lus de travers, des noms de personnes seraient faux sans que rien ne le montre.
"""

from __future__ import annotations

from cabas.constats import Refus
from cabas.lecture.classeurs import illisible
from cabas.lecture.larges import marquer
from cabas.motifs import motif

WINDOWS = "cp1252"
MAC = "mac-roman"
_CODECS = {MAC: "mac_roman"}
_ACCENTS = frozenset("éèêëàâäîïôöùûüÿçœæÉÈÊËÀÂÄÎÏÔÖÙÛÜÇŒÆ’“”«»…·–—€°")
_DEBUTS = (b"\xc2", b"\xc3", b"\xc5", b"\xe2")  # le premier octet, en UTF-8, d'un caractère français hors ASCII
# é, à, â et É d'un Mac, lus comme du Windows, juste après une minuscule. « Željko » et « Žižek » restent permis.
_MAC_DE_TRAVERS = motif("[a-z][Žˆ‰ƒ]")
_VIENT_D_UN_MAC = illisible(
    "Ses accents ne sont ni ceux d’UTF-8 ni ceux de Windows : ce fichier vient sans doute d’un vieux tableur de Mac.",
    "L’enregistrer en CSV UTF-8, ou déclarer « encodage: mac-roman » dans les correspondances du groupement.",
)


def decoder(octets: bytes, encodage: str = "") -> str | Refus:
    """Le texte d'un fichier, ou un refus. `encodage` ne sert que si le fichier n'est ni marqué, ni en UTF-8."""
    octets = marquer(octets)
    try:
        if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
            texte = octets.decode("utf-16")
        else:
            try:
                texte = octets.decode("utf-8-sig")
            except UnicodeDecodeError:
                lu = _ni_marque_ni_utf8(octets, encodage)
                if isinstance(lu, Refus):
                    return lu
                texte = lu
    except UnicodeDecodeError:
        return illisible("Ce n’est pas un fichier texte ni un tableur.", "Ouvrir le fichier, puis l’enregistrer en CSV UTF-8 ou en XLSX.")
    if "\0" in texte:
        return illisible(
            "Le fichier contient des octets nuls : il est abîmé, ou ce n’est pas un tableau.", "Demander à la personne de l’envoyer de nouveau."
        )
    return texte


def _ni_marque_ni_utf8(octets: bytes, encodage: str) -> str | Refus:
    if _utf8_abime(octets):
        return illisible(
            "Le fichier est coupé au milieu d’un caractère, ou mêle deux encodages : des noms seraient faux.",
            "Le télécharger de nouveau, ou l’enregistrer en CSV UTF-8 depuis un tableur.",
        )
    if encodage:
        return octets.decode(_CODECS.get(encodage, encodage))
    texte = octets.decode(WINDOWS)
    return _VIENT_D_UN_MAC if _MAC_DE_TRAVERS.search(texte) else texte


def _utf8_abime(octets: bytes) -> bool:
    """Vrai si des octets qui ne sont pas de l'UTF-8 en ont pourtant les accents : « Ã© » n'est le début d'aucun mot."""
    if not _ACCENTS.isdisjoint(octets.decode("utf-8", "ignore")):
        return True
    tete = octets.rstrip(bytes(range(0x80, 0x100)))
    return tete.isascii() and octets[len(tete) : len(tete) + 1] in _DEBUTS
