"""Ce qu'on vérifie sur les fiches mission."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cabas.calculs.moments import lire_moments
from cabas.constats import Refus
from cabas.controles.base import Contexte, Fait
from cabas.typographie import simplifier

_BESOINS = frozenset([f"V{numero}" for numero in range(1, 28)] + [f"G{numero}" for numero in range(1, 16)])
_PARTIES = (
    (r"^## a quoi ca sert\b", "« À quoi ça sert »"),
    (r"^\d+\. ", "les étapes, numérotées"),
    (r"^> ", "une phrase à dire ou un mail à envoyer"),
    (r"^## les pieges\b", "« Les pièges »"),
    (r"^## c'est fini quand\b", "« C’est fini quand »"),
)


def quand_illisible(contexte: Contexte) -> Iterator[Fait]:
    """Le moment de chaque mission se lit-il ?"""
    for mission in contexte.depot.missions.values():
        lus = lire_moments(mission.quand)
        if isinstance(lus, Refus):
            yield Fait(mission.source.a("quand"), f"quand : {lus.fait}", lus.remede)


def besoin_inconnu(contexte: Contexte) -> Iterator[Fait]:
    """Chaque besoin d'une mission a-t-il un numéro connu ?"""
    for mission in contexte.depot.missions.values():
        for besoin in mission.besoins:
            if besoin not in _BESOINS:
                yield Fait(mission.source.a("besoins"), f"« {besoin} » n’est pas un besoin connu.", "De V1 à V27, ou de G1 à G15.")


def mission_incomplete(contexte: Contexte) -> Iterator[Fait]:
    """Chaque fiche mission dit-elle à quoi elle sert, ce qu'il faut faire et dire, les pièges, et quand c'est fini ?"""
    for mission in contexte.depot.missions.values():
        lignes = "\n".join(simplifier(ligne) + " " for ligne in mission.presentation.splitlines())
        manques = [nom for motif, nom in _PARTIES if not re.search(motif, lignes, re.MULTILINE)]
        if manques:
            yield Fait(mission.source.a(), f"Il manque à cette fiche : {', '.join(manques)}.", "Comparer avec la fiche « caisse ».")
