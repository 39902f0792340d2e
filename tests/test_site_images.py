"""Une photo publiée ne dit ni où, ni quand, ni par quel téléphone elle a été prise : elle est refaite, et n'a plus que ses points."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from io import BytesIO

import pytest
from conftest import PAQUET
from photos import BLEU, ROUGE, SECRETS, deux_couleurs, photo
from PIL import Image, ImageCms

from cabas.constats import Refus
from cabas.publication import images
from cabas.publication.images import COTE, nettoyer, refaire

GENRES = ("JPEG", "PNG", "WEBP")


def ouvrir(octets: bytes | Refus) -> Image.Image:
    assert isinstance(octets, bytes), octets
    image = Image.open(BytesIO(octets))
    image.load()
    return image


def proche(point: object, attendu: tuple[int, ...]) -> bool:
    assert isinstance(point, tuple)
    return all(abs(un - autre) < 32 for un, autre in zip(point[:3], attendu, strict=True))


def png(*morceaux: tuple[bytes, bytes]) -> bytes:
    suite = (struct.pack(">I", len(corps)) + nom + corps + struct.pack(">I", zlib.crc32(nom + corps)) for nom, corps in morceaux)
    return b"\x89PNG\r\n\x1a\n" + b"".join(suite)


@pytest.mark.parametrize("genre", GENRES)
def test_une_photo_refaite_n_a_plus_que_ses_points(genre):
    avant = photo(genre)
    assert all(secret in avant for secret in SECRETS)
    propre = nettoyer(avant)
    apres = ouvrir(propre)
    assert apres.format == genre
    assert apres.size == (40, 20)
    assert proche(apres.convert("RGB").getpixel((5, 10)), ROUGE)
    assert proche(apres.convert("RGB").getpixel((35, 10)), BLEU)
    assert isinstance(propre, bytes)
    assert [secret for secret in (*SECRETS, b"Exif", b"eXIf", b"EXIF", b"ICC", b"iCCP", b"tEXt", b"iTXt", b"XMP", b"Lieu") if secret in propre] == []
    assert apres.info.keys() <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "progressive",
        "progression",
        "background",
        "loop",
        "duration",
        "timestamp",
    }
    fin = {
        "JPEG": propre.endswith(b"\xff\xd9"),
        "PNG": propre.endswith(b"IEND\xaeB`\x82"),
        "WEBP": len(propre) == 8 + struct.unpack("<I", propre[4:8])[0],
    }
    assert fin[genre]


@pytest.mark.parametrize("genre", GENRES)
def test_les_memes_octets_deux_fois(genre):
    assert nettoyer(photo(genre)) == nettoyer(photo(genre))


@pytest.mark.parametrize("genre", GENRES)
@pytest.mark.parametrize(("orientation", "coin"), [(3, BLEU), (6, ROUGE), (8, BLEU)])
def test_une_photo_tournee_est_redressee(genre, orientation, coin):
    apres = ouvrir(nettoyer(photo(genre, orientation=orientation)))
    assert apres.size == ((40, 20) if orientation == 3 else (20, 40))
    assert proche(apres.convert("RGB").getpixel((4, 4)), coin)
    assert apres.getexif() == {}


@pytest.mark.parametrize(("large", "haut", "attendu"), [(4000, 3000, (1600, 1200)), (1000, 4000, (400, 1600)), (1600, 10, (1600, 10))])
def test_une_grande_photo_est_reduite(large, haut, attendu):
    assert ouvrir(nettoyer(photo("JPEG", deux_couleurs(large, haut)))).size == attendu
    assert max(attendu) <= COTE


def test_la_transparence_reste_et_ne_cache_rien():
    image = deux_couleurs(mode="RGBA")
    image.putalpha(Image.new("L", image.size, 0))
    image.paste((*ROUGE, 255), (0, 0, 20, 20))
    for genre in ("PNG", "WEBP"):
        apres = ouvrir(nettoyer(photo(genre, image, **({"lossless": True, "exact": True} if genre == "WEBP" else {}))))
        assert apres.mode == "RGBA"
        assert apres.getpixel((5, 10)) == (*ROUGE, 255)
        assert apres.getpixel((35, 10)) == (0, 0, 0, 0)


@pytest.mark.parametrize(("mode", "genre"), [("L", "JPEG"), ("CMYK", "JPEG"), ("1", "PNG"), ("P", "PNG"), ("LA", "PNG"), ("I;16", "PNG")])
def test_les_autres_facons_de_dire_une_couleur(mode, genre):
    image = Image.new("I;16", (40, 20), 200 * 256) if mode == "I;16" else deux_couleurs(mode=mode)
    apres = ouvrir(nettoyer(photo(genre, image, icc_profile=None)))
    assert apres.mode in ("L", "RGB", "RGBA")
    if mode == "I;16":
        assert apres.getpixel((5, 5)) == 200
    elif mode in ("CMYK", "P"):
        assert proche(apres.convert("RGB").getpixel((5, 10)), ROUGE)


def test_les_couleurs_de_l_appareil_passent_a_celles_du_web():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    assert ouvrir(nettoyer(photo("PNG", icc_profile=lab))).size == (40, 20)
    assert ouvrir(nettoyer(photo("PNG", icc_profile=b"ceci n'est pas un profil"))).convert("RGB").getpixel((5, 10)) == ROUGE


@pytest.mark.parametrize("genre", ["PNG", "WEBP"])
def test_ce_qui_bouge_est_refuse(genre):
    refus = nettoyer(photo(genre, save_all=True, append_images=[deux_couleurs().rotate(180)]))
    assert isinstance(refus, Refus)
    assert (refus.code, "bouge" in refus.fait) == ("image-refusee", True)


@pytest.mark.parametrize("cote", [8001, 100_000, 2**31 - 1])
def test_une_bombe_est_refusee_sans_etre_decodee(cote):
    """Quelques octets qui annoncent des milliards de points."""
    bombe = png((b"IHDR", struct.pack(">IIBBBBB", cote, cote, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))
    refus = nettoyer(bombe)
    assert isinstance(refus, Refus)
    assert (refus.code, "trop grande" in refus.fait, "1600" in refus.remede) == ("image-refusee", True, True)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"<svg onload=alert(1)>",
        b"GIF89a",
        b"\xff\xd8\xff\xe1\xff\xff",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"RIFF\xff\0\0\0WEBPVP8 \xff\xff\0\0",
        photo("JPEG", deux_couleurs(400, 400))[:900],
        photo("PNG", deux_couleurs(400, 400))[:-80],
        photo("WEBP")[:150],
        png((b"IHDR", b"\0" * 13), (b"IDAT", b"x"), (b"IEND", b"")),
    ],
)
def test_ce_qu_on_ne_sait_pas_decoder_est_refuse(octets):
    refus = nettoyer(octets)
    assert isinstance(refus, Refus)
    assert refus.code == "image-refusee"
    assert refus.remede


def test_un_autre_decodeur_n_est_jamais_appele():
    """Un fichier qui se dit JPEG est lu comme un JPEG, ou refusé : les dizaines d'autres formats de Pillow restent fermés."""
    sortie = BytesIO()
    deux_couleurs().save(sortie, "TIFF")
    assert isinstance(nettoyer(sortie.getvalue()), Refus)
    assert isinstance(nettoyer(b"\xff\xd8\xff" + sortie.getvalue()), Refus)


def test_la_deuxieme_fois_rien_n_est_refait(tmp_path, monkeypatch):
    lues = {"content/photos/a.jpg": photo(), "content/photos/b.png": photo("PNG"), "content/photos/c.svg": b"<svg/>"}
    neuves, constats = refaire(lues, tmp_path)
    assert sorted(neuves) == ["content/photos/a.jpg", "content/photos/b.png"]
    assert [(un.code, un.emplacement.fichier, str(un.gravite)) for un in constats] == [("image-refusee", "content/photos/c.svg", "erreur")]
    assert neuves == refaire(lues)[0]
    appels = []
    monkeypatch.setattr(images, "nettoyer", lambda octets: appels.append(octets) or Refus("image-refusee", "", ""))
    assert refaire(lues, tmp_path)[0] == neuves
    assert appels == [b"<svg/>"]
    assert len(list(tmp_path.iterdir())) == 2
    refaire({}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_une_image_encore_lourde_n_est_pas_publiee(monkeypatch):
    monkeypatch.setattr(images, "LOURDE", 500)
    gardees, constats = refaire({"content/photos/a.png": photo("PNG", Image.effect_noise((60, 60), 80))})
    assert gardees == {}
    assert [(un.code, un.emplacement.fichier, str(un.gravite)) for un in constats] == [("image-trop-lourde", "content/photos/a.png", "erreur")]


def test_pillow_n_est_charge_que_pour_une_image_a_refaire(tmp_path):
    refaire({"content/photos/a.jpg": photo()}, tmp_path)
    (tmp_path / "photo.jpg").write_bytes(b"")
    essai = (
        "import sys; from pathlib import Path; from cabas.publication.images import refaire; sys.path.insert(0, sys.argv[2])\n"
        "refaire({}, None); refaire({'a.gif': b'GIF89a'}, None); assert not [m for m in sys.modules if m.startswith('PIL')]\n"
        "lues = {'a.jpg': Path(sys.argv[1], 'lue').read_bytes()}; reserve = Path(sys.argv[1], 'reserve')\n"
        "neuves = refaire(lues, reserve); assert 'PIL' in sys.modules\n"
        "for module in [m for m in sys.modules if m.startswith('PIL')]: del sys.modules[module]\n"
        "assert refaire(lues, reserve) == neuves and 'PIL' not in sys.modules"
    )
    (tmp_path / "lue").write_bytes(photo())
    subprocess.run([sys.executable, "-c", essai, str(tmp_path), str(PAQUET)], check=True)
