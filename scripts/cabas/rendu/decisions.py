"""Écrire une décision : pour le bilan, et pour `decisions.yaml` que la personne référente relira."""

from __future__ import annotations

import json
from collections.abc import Iterable

from cabas.motifs import motif
from cabas.recu import Decision

_INVISIBLE = motif("[^ -~\u00a1-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029]")
_NU = motif(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_AMBIGUS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "oui", "non", "y", "n"})


def champs_ecrits(decision: Decision) -> dict[str, str | int]:
    """Les champs d'une décision qui disent quelque chose, dans l'ordre du schéma. Une correction garde toujours son `lu`."""
    champs = decision._asdict()
    del champs["source"]
    return {nom: valeur for nom, valeur in champs.items() if valeur or (nom == "lu" and decision.action == "corriger")}


def decisions_yaml(decisions: Iterable[Decision], retrait: str = "") -> str:
    """Le texte à ajouter à `decisions.yaml` : un tiret par décision, un champ par ligne. `retrait` : celui de la liste."""
    morceaux = []
    for decision in decisions:
        lignes = [f"{nom}: {_valeur(valeur)}" for nom, valeur in champs_ecrits(decision).items()]
        morceaux.append(f"{retrait}- " + f"\n{retrait}  ".join(lignes) + "\n")
    return "".join(morceaux)


def _valeur(valeur: str | int) -> str:
    """Un mot simple tel quel, tout autre texte entre guillemets : YAML n'y devine rien."""
    if isinstance(valeur, int) or (_NU.fullmatch(valeur) and valeur not in _AMBIGUS):
        return str(valeur)
    return _INVISIBLE.sub(lambda trouve: _echapper(trouve[0]), json.dumps(valeur, ensure_ascii=False))


def _echapper(lettre: str) -> str:
    return f"\\u{ord(lettre):04x}" if ord(lettre) < 0x10000 else f"\\U{ord(lettre):08x}"
