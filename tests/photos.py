"""De petites photos d'essai, et tout ce que l'on peut y cacher. Un seul endroit les fabrique."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

ROUGE, BLEU = (200, 30, 30), (30, 30, 200)
SECRETS = (b"LIEU-SECRET", b"Appareil-Secret", b"la suite cachee")


def deux_couleurs(large: int = 40, haut: int = 20, mode: str = "RGB") -> Image.Image:
    """Rouge à gauche, bleu à droite : on voit si elle est tournée."""
    image = Image.new("RGB", (large, haut), ROUGE)
    image.paste(BLEU, (large // 2, 0, large, haut))
    return image.convert(mode)


def exif(orientation: int = 1) -> Image.Exif:
    """Un EXIF bavard : l'appareil, la position, et l'orientation demandée."""
    bavard = Image.Exif()
    bavard[0x0110] = "Appareil-Secret"
    bavard[0x010E] = "LIEU-SECRET"
    bavard[0x0112] = orientation
    bavard.get_ifd(0x8825)[1] = "N"
    bavard.get_ifd(0x8825)[2] = (44.0, 43.0, 57.0)
    return bavard


def photo(genre: str = "JPEG", image: Image.Image | None = None, orientation: int = 1, **options: object) -> bytes:
    """Une photo encodée, avec EXIF, XMP ou texte, profil de couleurs, et des octets après la fin."""
    reglage: dict[str, object] = {"exif": exif(orientation), "icc_profile": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()}
    if genre == "PNG":
        texte = PngInfo()
        texte.add_text("Lieu", "LIEU-SECRET")
        texte.add_itxt("XML:com.adobe.xmp", "LIEU-SECRET", zip=False)
        reglage["pnginfo"] = texte
    else:
        reglage["xmp"] = b"<x>LIEU-SECRET</x>"
    if genre == "JPEG":
        reglage["comment"] = b"LIEU-SECRET"
    sortie = BytesIO()
    (image or deux_couleurs()).save(sortie, genre, **reglage | options)
    return sortie.getvalue() + b"la suite cachee"
