"""Lire ce que l'on tape : les flèches déplacent le curseur, et un accent qui n'est pas en UTF-8 ne fait rien perdre."""

from __future__ import annotations

import contextlib
import locale
import sys
from importlib import import_module


def preparer_le_clavier() -> None:
    """Rend les flèches utiles dans un terminal, et garde les octets que l'entrée ne sait pas lire : `reparer` les relit."""
    entree = sys.stdin
    if entree is None:
        return
    if hasattr(entree, "reconfigure"):
        entree.reconfigure(errors="surrogateescape")
    # Sous LC_ALL=C, `readline` avale les accents : mieux vaut alors perdre les flèches.
    if entree.isatty() and locale.getencoding().lower() == "utf-8":
        with contextlib.suppress(ImportError):  # Windows, dont la console sait déjà le faire
            import_module("readline")  # le charger suffit : `input` s'en sert


def reparer(saisie: str) -> str:
    """Le même texte, où les octets qui n'étaient pas de l'UTF-8 se lisent comme ceux d'un vieux terminal d'Europe de l'Ouest."""
    octets = saisie.encode("utf-8", "surrogateescape")
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("cp1252", "replace")
