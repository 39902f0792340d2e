"""Lire les données livrées avec le paquet : schémas, intitulés, profils.

Sans `importlib.resources`, qui charge de quoi lire des archives et coûte huit millisecondes : le paquet est toujours un dossier.
"""

from __future__ import annotations

from pathlib import Path

_PAQUET = Path(__file__).parents[1]


def lire_donnee(chemin: str) -> str:
    """Le texte d'un fichier du paquet, par son chemin relatif."""
    return (_PAQUET / chemin).read_text(encoding="utf-8")


def lire_dossier(chemin: str) -> dict[str, str]:
    """Le texte de chaque fichier JSON d'un dossier du paquet, par nom sans suffixe, dans l'ordre des noms."""
    return {fichier.stem: fichier.read_text(encoding="utf-8") for fichier in sorted((_PAQUET / chemin).glob("*.json"))}
