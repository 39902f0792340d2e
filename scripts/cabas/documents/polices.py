"""Les polices des documents : celles de nos paquets, jamais celles de la machine. Un PDF est le même partout.

Atkinson Hyperlegible est dessinée pour qui voit mal. Noto Sans vient en secours d'un signe absent, Noto Sans Arabic pour
l'arabe.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

FAMILLES = ("Atkinson Hyperlegible", "Noto Sans", "Noto Sans Arabic")
"""Dans l'ordre où on les cherche. Ce sont les noms que connaît Typst."""

_PAQUETS = ("fontpkg_atkinson_hyperlegible", "fontpkg_noto_sans", "fontpkg_noto_sans_arabic")


@cache
def dossiers_de_polices() -> tuple[Path, ...]:
    """Un dossier de fichiers `.ttf` par famille, dans l'ordre de `FAMILLES`."""
    return tuple(Path(import_module(paquet).ROOT) / "files" for paquet in _PAQUETS)


def fichiers_de_polices() -> list[Path]:
    """Tous les fichiers de police, triés : pour les servir avec le site."""
    return sorted(fichier for dossier in dossiers_de_polices() for fichier in dossier.glob("*.ttf"))
