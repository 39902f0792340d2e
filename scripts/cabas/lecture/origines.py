"""D'où viennent les fiches : du disque, ou d'une révision passée pour celles qui sont figées.

Une origine sait dire les noms d'un dossier et les octets d'un fichier. Tout le reste (décoder, contrôler, bâtir) est dans
`depot`, et ne sait pas d'où l'on lit : les fiches figées passent par les mêmes contrôles que les autres.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from cabas.constats import Refus
from cabas.lecture.fichiers import ABSENT, PAS_ORDINAIRE, TAILLE_FICHE, lire_octets, trop_gros

FIGES = ("catalogue/produits", "catalogue/producteurs", "catalogue/rubriques.yaml")
"""Ce que fige une commande ouverte. Ses dates, ses limites et les groupements restent ceux d'aujourd'hui."""


class Origine(Protocol):
    """Un endroit où lire des fiches. Les chemins sont relatifs à la racine du dépôt, avec des « / »."""

    def noms(self, dossier: str) -> list[str] | None:
        """Les noms de ce que contient un dossier ; `None` s'il n'existe pas."""

    def octets(self, chemin: str) -> bytes | Refus:
        """Les octets d'un fichier, ou pourquoi on ne les a pas."""


class Disque:
    """Les fiches d'aujourd'hui."""

    def __init__(self, racine: Path) -> None:
        self._racine = racine

    def noms(self, dossier: str) -> list[str] | None:
        """Les noms de ce que contient un dossier ; `None` s'il n'existe pas."""
        chemin = f"{self._racine}/{dossier}"  # un `Path` par fiche coûterait autant que la lire
        return os.listdir(chemin) if os.path.isdir(chemin) else None  # noqa: PTH112, PTH208

    def octets(self, chemin: str) -> bytes | Refus:
        """Les octets d'un fichier, ou pourquoi on ne les a pas."""
        return lire_octets(f"{self._racine}/{chemin}", TAILLE_FICHE)


class CatalogueFige:
    """Les produits, les producteur·rices et les rubriques d'une révision passée ; le reste, du disque.

    Entre : la racine, et les octets de la révision par chemin (`None` : un lien, ou autre chose qu'un fichier).
    """

    def __init__(self, racine: Path, passees: Mapping[str, bytes | None]) -> None:
        self._disque, self._passees = Disque(racine), passees

    def noms(self, dossier: str) -> list[str] | None:
        """Les noms de ce que contient un dossier ; `None` s'il n'existe pas."""
        if not est_fige(dossier):
            return self._disque.noms(dossier)
        debut = f"{dossier}/"
        return sorted({chemin[len(debut) :].split("/")[0] for chemin in self._passees if chemin.startswith(debut)}) or None

    def octets(self, chemin: str) -> bytes | Refus:
        """Les octets d'un fichier, ou pourquoi on ne les a pas."""
        if not est_fige(chemin):
            return self._disque.octets(chemin)
        if chemin not in self._passees:
            return PAS_ORDINAIRE if any(autre.startswith(f"{chemin}/") for autre in self._passees) else ABSENT
        octets = self._passees[chemin]
        if octets is None:
            return PAS_ORDINAIRE
        return octets if len(octets) <= TAILLE_FICHE else trop_gros(f"plus de {TAILLE_FICHE // 1_000_000} Mo", TAILLE_FICHE)


def est_fige(chemin: str) -> bool:
    """Vrai si ce fichier, ou ce dossier, est de ceux que fige une commande ouverte."""
    return any(chemin == fige or chemin.startswith(f"{fige}/") for fige in FIGES)
