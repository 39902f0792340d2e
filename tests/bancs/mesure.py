"""Mesurer une commande entière, comme l'attend la personne devant l'écran : durée et mémoire, du lancement à la fin."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mesure:
    """Secondes (médiane), mégaoctets (le plus), ce que la commande a écrit la dernière fois, et secondes de processeur (médiane).

    Le processeur compte les processus que la commande a elle-même lancés : une machine occupée ailleurs le change peu.
    """

    secondes: float
    megaoctets: float
    sortie: str
    processeur: float


def lancer(commande: Sequence[str], dossier: Path | None = None) -> Mesure:
    """Lance une commande une fois. Un échec arrête le banc : mesurer une commande qui s'est trompée ne dit rien."""
    debut = time.perf_counter()
    processus = subprocess.Popen(commande, cwd=dossier, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8")
    assert processus.stdout is not None
    sortie = processus.stdout.read()
    _, etat, usage = os.wait4(processus.pid, 0)
    secondes = time.perf_counter() - debut
    processus.returncode = os.waitstatus_to_exitcode(etat)
    if processus.returncode:
        sys.exit(f"Le banc s’arrête : « {' '.join(map(str, commande))} » a échoué.\n{sortie[-2000:]}")
    octets = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Mesure(secondes, octets / 1e6, sortie, usage.ru_utime + usage.ru_stime)


def comparer(
    commandes: Mapping[str, Sequence[str]], fois: int, dossier: Path | None = None, avant: Callable[[], object] = lambda: None
) -> dict[str, Mesure]:
    """Mesure plusieurs commandes tour à tour, pour que le bruit de la machine soit le même pour toutes. Un tour de chauffe."""
    relevees: dict[str, list[Mesure]] = {nom: [] for nom in commandes}
    for tour in range(fois + 1):
        for nom, commande in commandes.items():
            avant()
            mesure = lancer(commande, dossier)
            if tour or fois == 1:
                relevees[nom].append(mesure)
    return {
        nom: Mesure(
            statistics.median(une.secondes for une in mesures),
            max(une.megaoctets for une in mesures),
            mesures[-1].sortie,
            statistics.median(une.processeur for une in mesures),
        )
        for nom, mesures in relevees.items()
    }
