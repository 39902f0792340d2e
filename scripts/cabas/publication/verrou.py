"""Un seul à la fois : le verrou d'un dossier. Il tombe avec le processus qui le tient, même tué."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Occupe(Exception):
    """Le dossier est tenu par un autre processus. Le texte dit lequel."""


@contextmanager
def verrouiller(dossier: Path) -> Iterator[None]:
    """Tient `dossier` le temps du bloc, ou lève `Occupe`. Le fichier `.verrou` reste : c'est sa prise qui compte."""
    dossier.mkdir(parents=True, exist_ok=True)
    descripteur = os.open(dossier / ".verrou", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _prendre(descripteur):
            tenant = os.read(descripteur, 100).decode(errors="replace").strip()
            raise Occupe(f"tenu par le processus {tenant}" if tenant else "tenu par un autre processus")
        os.ftruncate(descripteur, 0)
        os.lseek(descripteur, 0, os.SEEK_SET)
        os.write(descripteur, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descripteur)


def _prendre(descripteur: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descripteur, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descripteur, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
