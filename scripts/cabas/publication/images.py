"""Les photos : on ne publie que l'image. Lieu, date, appareil, vignette cachée (EXIF, XMP, textes) sont ôtés, sans réencoder.

JPEG, PNG et WebP sont admis. Un SVG peut contenir du script : il est refusé, comme tout ce qu'on ne sait pas nettoyer.
"""

from __future__ import annotations

import struct

from cabas.constats import Constat, Emplacement, Refus, erreur
from cabas.typographie import nombre_csv

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
DANGEREUX = frozenset({".svg", ".svgz"})
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_GARDES = frozenset(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs acTL fcTL fdAT".split())
_WEBP_OTES = frozenset({b"EXIF", b"XMP "})
LOURDE = 1_000_000
"""En octets. Au-delà, une photo met plus de dix secondes à venir sur un téléphone qui capte mal."""
_REMEDE = "L’enregistrer de nouveau en JPEG, en PNG ou en WebP."


def nettoyer(octets: bytes) -> bytes | Refus:
    """L'image sans ses métadonnées, ou un refus (`image-refusee`). Les octets de l'image elle-même ne changent pas."""
    try:
        if octets.startswith(b"\xff\xd8\xff"):
            return _jpeg(octets)
        if octets.startswith(_PNG):
            return _png(octets)
        if octets[:4] == b"RIFF" and octets[8:12] == b"WEBP":
            return _webp(octets)
    except (struct.error, IndexError, ValueError):
        return Refus("image-refusee", "L’image est abîmée : elle ne se lit pas jusqu’au bout.", _REMEDE)
    return Refus("image-refusee", "Ce n’est pas une image que nous savons publier sans risque.", _REMEDE)


def trop_lourde(chemin: str, octets: int) -> Constat:
    """Le constat `image-trop-lourde`."""
    fait = f"L’image pèse {nombre_csv(octets // 100_000 * 100)} Mo : elle se ferait attendre, et mangerait le forfait de qui lit."
    return erreur("image-trop-lourde", Emplacement(chemin), fait, "La réduire à 1600 points de large, et l’enregistrer en JPEG : 1 Mo au plus.")


def _jpeg(octets: bytes) -> bytes:
    """Garde ce qui dessine ; ôte APP1 à APP15 (sauf le profil de couleur et Adobe) et les commentaires.

    L'orientation d'un appareil photo est dans l'EXIF : elle est remise, seule, pour que l'image reste droite.
    """
    sortie = bytearray(b"\xff\xd8")
    position, orientation = 2, 1
    gardes = bytearray()
    while True:
        if octets[position] != 0xFF:
            raise ValueError
        marque = octets[position + 1]
        if marque == 0xFF:
            position += 1
            continue
        if marque == 0xDA:
            break
        (longueur,) = struct.unpack(">H", octets[position + 2 : position + 4])
        segment = octets[position : position + 2 + longueur]
        if longueur < 2 or len(segment) < longueur + 2:
            raise ValueError
        corps = segment[4:]
        if marque == 0xE1 and corps.startswith(b"Exif\0\0"):
            orientation = _orientation(corps[6:]) or orientation
        elif _dessine(marque, corps):
            gardes += segment
        position += 2 + longueur
    fin = octets.rfind(b"\xff\xd9")
    if fin < position:
        raise ValueError
    if orientation != 1:
        tete = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01" + struct.pack(">HHI", orientation, 0, 0)
        sortie += b"\xff\xe1" + struct.pack(">H", len(tete) + 2) + tete
    return bytes(sortie + gardes + octets[position : fin + 2])


def _dessine(marque: int, corps: bytes) -> bool:
    """Ce segment sert-il à montrer l'image ?"""
    if 0xE1 <= marque <= 0xEF:
        return (marque == 0xE2 and corps.startswith(b"ICC_PROFILE")) or (marque == 0xEE and corps.startswith(b"Adobe"))
    return marque != 0xFE


def _orientation(tiff: bytes) -> int:
    """L'étiquette 0x0112 du premier répertoire TIFF, ou 0."""
    ordre = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if ordre is None:
        return 0
    try:
        (depart,) = struct.unpack(ordre + "I", tiff[4:8])
        (nombre,) = struct.unpack(ordre + "H", tiff[depart : depart + 2])
        for rang in range(min(nombre, 200)):
            entree = tiff[depart + 2 + 12 * rang : depart + 14 + 12 * rang]
            etiquette, _type, _compte, valeur = struct.unpack(ordre + "HHIH2x", entree)
            if etiquette == 0x0112:
                return valeur if 1 <= valeur <= 8 else 0
    except struct.error:
        return 0
    return 0


def _png(octets: bytes) -> bytes:
    sortie, position = bytearray(_PNG), len(_PNG)
    while True:
        longueur, nom = struct.unpack(">I4s", octets[position : position + 8])
        morceau = octets[position : position + 12 + longueur]
        if len(morceau) < 12 + longueur:
            raise ValueError
        if nom in _PNG_GARDES:
            sortie += morceau
        if nom == b"IEND":
            return bytes(sortie)
        position += 12 + longueur


def _webp(octets: bytes) -> bytes:
    sortie, position = bytearray(), 12
    fin = 8 + struct.unpack("<I", octets[4:8])[0]
    while position + 8 <= min(fin, len(octets)):
        nom, longueur = struct.unpack("<4sI", octets[position : position + 8])
        morceau = octets[position : position + 8 + longueur + longueur % 2]
        if len(morceau) < 8 + longueur:
            raise ValueError
        if nom == b"VP8X":
            drapeaux = morceau[8] & ~0b0000_1100
            morceau = morceau[:8] + bytes([drapeaux]) + morceau[9:]
        if nom not in _WEBP_OTES:
            sortie += morceau
        position += 8 + longueur + longueur % 2
    return b"RIFF" + struct.pack("<I", len(sortie) + 4) + b"WEBP" + bytes(sortie)
