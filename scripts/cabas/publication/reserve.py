"""Une réserve de fichiers coûteux, rangés par empreinte : on ne refait que ce dont le contenu, ou le dessin, a changé."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from cabas.publication.ecriture import ecrire


class Piece(NamedTuple):
    """Un fichier coûteux : où il va, de quoi il dépend, comment le faire."""

    chemin: PurePosixPath
    empreinte: str
    fabriquer: Callable[[], bytes]


def dessin(modules: Iterable[str], outils: Iterable[str]) -> str:
    """L'empreinte de ce qui dessine : des fichiers de notre paquet, et la version d'outils."""
    somme = hashlib.sha256(" ".join(version(outil) for outil in outils).encode())
    for nom in modules:
        somme.update(files("cabas").joinpath(*nom.split("/")).read_bytes())
    return somme.hexdigest()


def prendre(piece: Piece, reserve: Path) -> bytes:
    """La pièce, prise en réserve si elle y est, faite et rangée sinon."""
    garde = reserve / piece.empreinte
    try:
        return garde.read_bytes()
    except FileNotFoundError:
        octets = piece.fabriquer()
        ecrire(garde, octets)
        return octets


def ranger(reserve: Path, utiles: Iterable[str]) -> None:
    """Ôte de la réserve ce qui ne sert plus."""
    gardes = frozenset(utiles)
    for chemin in reserve.iterdir() if reserve.is_dir() else ():
        if chemin.name not in gardes:
            chemin.unlink(missing_ok=True)
