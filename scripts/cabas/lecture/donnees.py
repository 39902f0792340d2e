"""Lire les données livrées avec le paquet : schémas, intitulés, profils.

Sans `importlib.resources`, qui charge de quoi lire des archives et coûte huit millisecondes : le paquet est toujours un dossier.
"""

from __future__ import annotations

import os
from pathlib import Path

_PAQUET = Path(__file__).parents[1]


def lire_donnee(chemin: str) -> str:
    """Le texte d'un fichier du paquet, par son chemin relatif."""
    with open(f"{_PAQUET}/{chemin}", encoding="utf-8") as fichier:  # noqa: PTH123 (un `Path` par schéma coûte autant que le lire)
        return fichier.read()


def lire_dossier(chemin: str) -> dict[str, str]:
    """Le texte de chaque fichier JSON d'un dossier du paquet, par nom sans suffixe, dans l'ordre des noms."""
    noms = sorted(nom for nom in os.listdir(_PAQUET / chemin) if nom.endswith(".json"))  # noqa: PTH208 (deux fois plus vite que `glob`)
    return {nom.removesuffix(".json"): lire_donnee(f"{chemin}/{nom}") for nom in noms}
