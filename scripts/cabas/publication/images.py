"""Les photos : on ne publie que l'image. Chacune est décodée, redressée, réduite s'il le faut, puis encodée de nouveau.

Lieu, date, appareil, vignette, textes, profil de couleurs, octets cachés à la fin ou sous une partie transparente : rien de cela
n'est dans les points de l'image, rien ne passe. JPEG, PNG et WebP sont admis. Un SVG peut contenir du script : il est refusé,
comme ce qui bouge et tout ce qu'on ne sait pas décoder. Le décodeur (Pillow) n'est chargé que s'il y a une image à refaire.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Mapping
from contextlib import suppress
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from cabas.constats import Constat, Emplacement, Refus, erreur
from cabas.publication.reserve import Piece, dessin, prendre, ranger
from cabas.typographie import nombre_csv

if TYPE_CHECKING:
    from PIL.Image import Image

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
DANGEREUX = frozenset({".svg", ".svgz"})
COTE = 1600
"""En points, le plus grand côté publié. Notre colonne la plus large fait 800 points d'écran : le double suffit aux écrans fins."""
SURFACES = {"JPEG": 64_000_000, "PNG": 24_000_000, "WEBP": 24_000_000}
"""En points. Au-delà, décoder prendrait plus de 450 Mo de mémoire : un petit fichier peut en annoncer des milliards. Un JPEG, lui, se
décode à la taille qu'on en veut."""
_REDRESSER = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
"""Le geste (`PIL.Image.Transpose`) qui remet droite une photo, d'après l'orientation que dit son EXIF."""
LOURDE = 1_000_000
"""En octets, une fois refaite. Au-delà, une photo met plus de dix secondes à venir sur un téléphone qui capte mal."""
ORIENTATION = 0x0112
QUALITE = 82
"""Ce qu'un œil ne distingue plus de l'original, pour un tiers de son poids."""
_REFUS, _REMEDE = "image-refusee", "L’enregistrer de nouveau en JPEG, en PNG ou en WebP."


def refaire(lues: Mapping[str, bytes], reserve: Path | None = None) -> tuple[dict[str, bytes], list[Constat]]:
    """Les images à publier, par chemin, et un constat par image que l'on ne publie pas (`image-refusee`, `image-trop-lourde`).

    Entre : leurs octets, par chemin ; `reserve`, le dossier où garder chaque résultat sous l'empreinte de l'original.
    """
    gardees: dict[str, bytes] = {}
    constats: list[Constat] = []
    utiles: list[str] = []
    outil = dessin(("publication/images.py",), ("pillow",)) if lues and reserve else ""
    for chemin, octets in lues.items():
        empreinte = hashlib.sha256(outil.encode() + octets).hexdigest()
        utiles.append(empreinte)
        neuve = _de_la_reserve(octets, empreinte, reserve)
        if isinstance(neuve, Refus):
            constats.append(erreur(neuve.code, Emplacement(chemin), neuve.fait, neuve.remede))
        elif len(neuve) > LOURDE:
            constats.append(_trop_lourde(chemin, len(neuve)))
        else:
            gardees[chemin] = neuve
    if reserve is not None:
        ranger(reserve, utiles)
    return gardees, constats


def _de_la_reserve(octets: bytes, empreinte: str, reserve: Path | None) -> bytes | Refus:
    if reserve is None:
        return nettoyer(octets)
    if not (reserve / empreinte).is_file():
        neuve = nettoyer(octets)
        if isinstance(neuve, Refus):
            return neuve
        return prendre(Piece(PurePosixPath(), empreinte, lambda: neuve), reserve)
    return (reserve / empreinte).read_bytes()


def nettoyer(octets: bytes) -> bytes | Refus:
    """L'image refaite, dans le même format et sans rien d'autre que ses points, ou un refus (`image-refusee`)."""
    genre = _genre(octets)
    if genre is None:
        return Refus(_REFUS, "Ce n’est pas une image que nous savons publier sans risque.", _REMEDE)
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow prévient avant notre limite, et d'un EXIF bancal : c'est nous qui décidons
            image = Image.open(BytesIO(octets), formats=[genre])
            if image.width * image.height > SURFACES[genre]:
                return _trop_grande(f"{image.width} × {image.height} points")
            if genre != "JPEG" and getattr(image, "is_animated", False):
                return Refus(_REFUS, "Cette image bouge : nous n’en publions pas.", "En garder une seule vue, en JPEG, en PNG ou en WebP.")
            return _encoder(_points(image), genre, sans_perte=b"VP8L" in octets[:4096])
    except Image.DecompressionBombError:
        return _trop_grande("des centaines de millions de points")
    except Exception:  # noqa: BLE001 - le décodeur a cent façons de dire qu'un fichier est abîmé : c'est toujours la même pour nous
        return Refus(_REFUS, "L’image est abîmée : elle ne se lit pas jusqu’au bout.", _REMEDE)


def _genre(octets: bytes) -> str | None:
    """Le format d'après les premiers octets. Le nom du fichier peut mentir, le décodeur choisi n'en sait rien."""
    if octets.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if octets.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    return "WEBP" if octets[:4] == b"RIFF" and octets[8:12] == b"WEBP" else None


def _points(image: Image) -> Image:
    """Les points seuls : redressés selon l'EXIF, aux couleurs du web, réduits à `COTE`."""
    from PIL.Image import Transpose

    image.draft("RGB", (2 * COTE, 2 * COTE))  # un JPEG se décode alors tout de suite à la bonne échelle ; sans effet ailleurs
    orientation = 1
    with suppress(Exception):  # un EXIF bancal : la photo reste comme elle est
        orientation = int(image.getexif().get(ORIENTATION, 1))
    claire = _aux_couleurs_du_web(_en_huit_bits(image))
    if orientation in _REDRESSER:
        claire = claire.transpose(Transpose(_REDRESSER[orientation]))
    claire.thumbnail((COTE, COTE))
    return claire


def _en_huit_bits(image: Image) -> Image:
    """Gris, couleurs, ou couleurs et transparence, à huit bits. Ce qui était caché sous une partie transparente est effacé."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda rang: rang * (1 / 256)).convert("L")  # seize bits ramenés à huit
    if image.has_transparency_data:
        return image.convert("RGBA").convert("RGBa").convert("RGBA")
    if image.mode == "CMYK":
        return image
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def _aux_couleurs_du_web(image: Image) -> Image:
    """Passe du profil de couleurs de l'appareil à celui du web, puis l'oublie : un profil peut nommer l'appareil."""
    profil = image.info.get("icc_profile")
    if profil:
        from PIL import ImageCms

        cible, web = "RGBA" if image.mode == "RGBA" else "RGB", ImageCms.createProfile("sRGB")
        with suppress(ImageCms.PyCMSError, OSError, ValueError):  # un profil faux : les couleurs telles qu'elles sont écrites
            image = ImageCms.profileToProfile(image, ImageCms.ImageCmsProfile(BytesIO(profil)), web, outputMode=cible) or image
    return image.convert("RGB") if image.mode == "CMYK" else image


def _encoder(image: Image, genre: str, *, sans_perte: bool) -> bytes:
    """Une image neuve, où l'on ne recopie que les points : aucune des informations de l'ancienne ne la suit."""
    from PIL import Image

    neuve = Image.new(image.mode, image.size)
    neuve.paste(image)
    sortie = BytesIO()
    if genre == "JPEG":
        neuve.save(sortie, "JPEG", quality=QUALITE, optimize=True, progressive=True)
    elif genre == "PNG":
        neuve.save(sortie, "PNG", optimize=True)
    else:
        neuve.save(sortie, "WEBP", quality=QUALITE, method=4, lossless=sans_perte)
    return sortie.getvalue()


def _trop_grande(mesure: str) -> Refus:
    return Refus(_REFUS, f"L’image est trop grande ({mesure}) : la lire épuiserait l’ordinateur.", f"La réduire à {COTE} points de large.")


def _trop_lourde(chemin: str, octets: int) -> Constat:
    fait = f"Même réduite, l’image pèse {nombre_csv(octets // 100_000 * 100)} Mo : elle se ferait attendre, et mangerait le forfait de qui lit."
    return erreur("image-trop-lourde", Emplacement(chemin), fait, "L’enregistrer en JPEG, à 1600 points de large : 1 Mo au plus.")
