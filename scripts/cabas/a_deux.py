"""Faire deux choses à la fois, quand la machine le peut : une moitié ici, l'autre dans un double du programme.

Rien n'en dépend que la durée. Là où un programme ne sait pas se dédoubler (Windows), sur une machine à un seul cœur, ou si le double
échoue, les deux moitiés se font l'une après l'autre : mêmes résultats, mêmes erreurs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
U = TypeVar("U")


def a_deux(ici: Callable[[], T], a_cote: Callable[[], U]) -> tuple[T, U]:
    """Les deux résultats. Celui d'`a_cote` doit pouvoir passer d'un programme à l'autre : des données, ou rien (`None`)."""
    if not _possible():
        return ici(), a_cote()
    import pickle  # noqa: PLC0415 (le tube n'est tenu que par notre double : ce qui en sort est à nous)

    lire, ecrire = os.pipe()
    if not (double := os.fork()):
        _faire_et_partir(a_cote, ecrire)
    os.close(ecrire)
    with os.fdopen(lire, "rb") as tube:
        fait = ici()
        octets = tube.read()
    _, etat = os.waitpid(double, 0)
    return fait, a_cote() if etat else pickle.loads(octets)  # noqa: S301


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
