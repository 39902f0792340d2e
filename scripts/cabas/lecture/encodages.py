"""Des octets à du texte : la marque du fichier, sinon UTF-8 strict, sinon l'encodage que déclare le groupement, sinon Windows.

Aucune statistique. Ce qui ne peut pas être du français (un « Ž » après une minuscule, un guillemet bas dans un mot) fait refuser
le fichier, et le remède dit quoi déclarer : lus de travers, des noms de personnes seraient faux sans que rien ne le montre.
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
# é, à, â, É et ô d'un Mac, lus comme du Windows, dans un mot. « Željko », « Žižek » et « DRAŽEN » restent permis.
_MAC_DE_TRAVERS = motif("[a-z][Ž\u02c6‰ƒ]|[A-Z](?:Ž[a-z]|[\u02c6‰ƒ])|ƒ[a-z]|[a-z]™[a-z]")
# é, è, ê, ë, ç, ï, ô et ö d'un très vieux Windows (DOS). « “ » et « ” » n'y sont des lettres qu'au milieu d'un mot.
_DOS_DE_TRAVERS = motif("[A-Za-z]\u201a|[a-z][Š‡\u2039“”][a-z]")
# œ d'un vieux Linux. Un « ½ » entre deux minuscules n'est pas une demie.
_LATIN9_DE_TRAVERS = motif("[a-z][¼½][a-z]")
_SANS_LETTRE = frozenset(b"\x81\x8d\x8f\x90\x9d")
"""Des octets qui ne sont rien pour Windows : è, ç et ê sur un Mac ; ü, ì, É sous DOS."""


def _vieux(quoi: str, encodage: str) -> Refus:
    return illisible(
        f"Ses accents ne sont ni ceux d’UTF-8 ni ceux de Windows : ce fichier vient sans doute {quoi}.",
        f"L’enregistrer en CSV UTF-8, ou déclarer « encodage: {encodage} » dans les correspondances du groupement.",
    )


_VIENT_D_UN_MAC = _vieux("d’un vieux tableur de Mac", MAC)
_VIENT_DE_DOS = _vieux("d’un très vieux tableur de Windows (DOS)", "cp850")
_VIENT_D_UN_LINUX = _vieux("d’un vieux tableur de Linux", "iso-8859-15")
_DE_TRAVERS = ((_DOS_DE_TRAVERS, _VIENT_DE_DOS), (_MAC_DE_TRAVERS, _VIENT_D_UN_MAC), (_LATIN9_DE_TRAVERS, _VIENT_D_UN_LINUX))
# De l'UTF-8 lu comme du Windows puis enregistré ainsi (« CÃ©line »), et la marque d'un caractère déjà perdu.
ABIMES = motif("\ufffd|Ã[\u0080-\u00bf€\u201aƒ„…†‡\u02c6‰Š\u2039ŒŽ”™\u203a]|â€[™œ\u0093\u0094¦“”\u02dc]|Å“")


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
    texte = octets.decode(WINDOWS, "replace" if min(octets) > 8 else "strict")  # un octet de commande : ce n'est pas du texte
    refus = next((refus for de_travers, refus in _DE_TRAVERS if de_travers.search(texte)), None)
    return refus or (_VIENT_D_UN_MAC if not _SANS_LETTRE.isdisjoint(octets) else texte)


def est_abime(texte: str) -> bool:
    """Vrai si un texte porte des accents qu'un autre logiciel a déjà abîmés."""
    if texte.isascii() or not ("Ã" in texte or "\ufffd" in texte or "â€" in texte or "Å“" in texte):
        return False  # chercher quatre mots coûte bien moins qu'un motif, et presque aucun fichier n'en a
    return ABIMES.search(texte) is not None


def _utf8_abime(octets: bytes) -> bool:
    """Vrai si des octets qui ne sont pas de l'UTF-8 en ont pourtant les accents : « Ã© » n'est le début d'aucun mot."""
    if not _ACCENTS.isdisjoint(octets.decode("utf-8", "ignore")):
        return True
    tete = octets.rstrip(bytes(range(0x80, 0x100)))
    return tete.isascii() and octets[len(tete) : len(tete) + 1] in _DEBUTS
