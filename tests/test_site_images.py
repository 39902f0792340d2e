"""Une photo publiée ne dit ni où, ni quand, ni par quel téléphone elle a été prise."""

from __future__ import annotations

import struct
import zlib

import pytest

from cabas.constats import Refus
from cabas.publication.images import nettoyer


def _segment(marque: int, corps: bytes) -> bytes:
    return bytes([0xFF, marque]) + struct.pack(">H", len(corps) + 2) + corps


def _exif(orientation: int, ordre: str = "<") -> bytes:
    tete = b"II*\0" if ordre == "<" else b"MM\0*"
    entree = struct.pack(f"{ordre}HHIHH", 0x0112, 3, 1, orientation, 0)
    lieu = struct.pack(f"{ordre}HHI4s", 0x8825, 4, 1, b"LIEU")
    return b"Exif\0\0" + tete + struct.pack(f"{ordre}IH", 8, 2) + entree + lieu + b"\0\0\0\0"


def _jpeg(*segments: bytes) -> bytes:
    dessin = _segment(0xDB, b"\0" * 65) + _segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\x34\xff\x00\x56"
    return b"\xff\xd8" + b"".join(segments) + dessin + b"\xff\xd9"


def _morceau(nom: bytes, corps: bytes) -> bytes:
    return struct.pack(">I", len(corps)) + nom + corps + struct.pack(">I", zlib.crc32(nom + corps))


def test_un_jpeg_perd_ses_metadonnees_et_garde_son_image():
    image = _jpeg(
        _segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
        _segment(0xE1, _exif(1)),
        _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0LIEU"),
        _segment(0xFE, b"secret"),
        _segment(0xE2, b"ICC_PROFILE\0\1\1couleurs"),
    )
    propre = nettoyer(image + b"vignette cachee")
    assert isinstance(propre, bytes)
    assert b"LIEU" not in propre
    assert b"secret" not in propre
    assert b"cachee" not in propre
    assert b"JFIF" in propre
    assert b"couleurs" in propre
    assert propre.endswith(b"\x12\x34\xff\x00\x56\xff\xd9")
    assert nettoyer(propre) == propre


@pytest.mark.parametrize("ordre", ["<", ">"])
def test_une_photo_tournee_le_reste(ordre):
    propre = nettoyer(_jpeg(_segment(0xE1, _exif(6, ordre))))
    assert isinstance(propre, bytes)
    assert b"LIEU" not in propre
    assert struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) in propre
    assert nettoyer(propre) == propre


def test_un_png_perd_ses_textes():
    morceaux = ((b"IHDR", b"\0" * 13), (b"tEXt", b"Lieu\0ici"), (b"eXIf", b"LIEU"), (b"IDAT", b"x"), (b"IEND", b""))
    image = b"\x89PNG\r\n\x1a\n" + b"".join(_morceau(nom, corps) for nom, corps in morceaux)
    propre = nettoyer(image + b"la suite")
    assert isinstance(propre, bytes)
    assert b"Lieu" not in propre
    assert b"LIEU" not in propre
    assert b"IDAT" in propre
    assert propre.endswith(_morceau(b"IEND", b""))


def test_un_webp_perd_exif_et_xmp():
    def bloc(nom: bytes, corps: bytes) -> bytes:
        return nom + struct.pack("<I", len(corps)) + corps + b"\0" * (len(corps) % 2)

    corps = bloc(b"VP8X", bytes([0b0000_1100, *[0] * 9])) + bloc(b"VP8 ", b"dessin") + bloc(b"EXIF", b"LIEU!") + bloc(b"XMP ", b"LIEU")
    propre = nettoyer(b"RIFF" + struct.pack("<I", len(corps) + 4) + b"WEBP" + corps)
    assert isinstance(propre, bytes)
    assert b"LIEU" not in propre
    assert b"dessin" in propre
    assert propre[20] == 0
    assert struct.unpack("<I", propre[4:8])[0] == len(propre) - 8


@pytest.mark.parametrize(
    "octets",
    [b"", b"<svg onload=alert(1)>", b"GIF89a", b"\xff\xd8\xff\xe1\xff\xff", b"\x89PNG\r\n\x1a\n\0\0", b"RIFF\xff\0\0\0WEBPVP8 \xff\xff\0\0"],
)
def test_ce_qu_on_ne_sait_pas_nettoyer_est_refuse(octets):
    refus = nettoyer(octets)
    assert isinstance(refus, Refus)
    assert refus.code == "image-refusee"
