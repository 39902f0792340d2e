"""Faire deux choses à la fois, quand la machine le peut : l'une ici, l'autre dans un double du programme.

Rien n'en dépend que la durée. Là où un programme ne sait pas se dédoubler (Windows), sur une machine à un seul cœur, ou si le double
échoue, la chose se fait ici, plus tard : mêmes résultats, mêmes erreurs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")


class Double(Generic[T]):
    """Une chose confiée à un double. Ce qu'elle rend doit pouvoir passer d'un programme à l'autre : des données, ou rien (`None`).

    `quand_meme` : faux s'il y a trop peu à faire pour que se dédoubler en vaille la peine.
    """

    def __init__(self, faire: Callable[[], T], *, quand_meme: bool = True) -> None:
        self._faire = faire
        self._double = self._tube = 0
        if not quand_meme or not _possible():
            return
        import pickle  # noqa: F401, PLC0415 (chargé avant, il sert aux deux)

        self._tube, ecrire = os.pipe()
        try:
            self._double = os.fork()
        except OSError:  # trop de programmes déjà : on fera tout ici
            os.close(self._tube)
            os.close(ecrire)
            return
        if not self._double:
            _faire_et_partir(faire, ecrire)
        os.close(ecrire)

    def resultat(self) -> T:
        """Ce qu'elle a donné, une fois finie."""
        if not self._double:
            return self._faire()
        import pickle  # noqa: PLC0415 (le tube n'est tenu que par notre double : ce qui en sort est à nous)

        double, self._double = self._double, 0
        with os.fdopen(self._tube, "rb") as tube:
            octets = tube.read()
        try:
            rendu: T = pickle.loads(octets)  # noqa: S301
        except (EOFError, pickle.UnpicklingError):  # il n'a rien rendu, ou pas tout
            _attendre(double)
            return self._faire()
        _attendre(double)
        return rendu

    def oublier(self) -> None:
        """Attend qu'il finisse, sans vouloir de ce qu'il donne."""
        if self._double:
            double, self._double = self._double, 0
            os.close(self._tube)
            _attendre(double)


def a_deux(ici: Callable[[], T], a_cote: Callable[[], U]) -> tuple[T, U]:
    """Les deux résultats, l'un fait pendant l'autre."""
    double = Double(a_cote)
    return ici(), double.resultat()


def _attendre(double: int) -> None:
    """Jusqu'à ce qu'il soit parti."""
    with suppress(ChildProcessError):  # qui nous a lancés a pu demander au système d'attendre à notre place
        os.waitpid(double, 0)


def _possible() -> bool:
    """Un double n'hérite que du fil qui le demande : avec d'autres, il pourrait attendre sans fin ce qu'ils tenaient."""
    coeurs = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return hasattr(os, "fork") and coeurs > 1 and not _plusieurs_fils()


def _plusieurs_fils() -> bool:
    fils = sys.modules.get("threading")  # que personne ne l'ait chargé suffit à savoir qu'il n'y en a qu'un
    return fils is not None and fils.active_count() > 1


def _faire_et_partir(faire: Callable[[], object], tube: int) -> None:
    """Ce que fait le double. Il part sans rien ranger : tout ce qu'il tient d'ouvert est à l'autre."""
    import pickle  # noqa: PLC0415

    code = 1
    try:
        with os.fdopen(tube, "wb") as sortie:
            sortie.write(pickle.dumps(faire(), protocol=pickle.HIGHEST_PROTOCOL))
        code = 0
    finally:
        os._exit(code)
