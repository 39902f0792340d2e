"""Écrire du JSON dont les nombres sont exacts : JSON n'a pas de décimaux, et l'on ne passe pas par un flottant.

`nombre` fait un texte d'un genre à part, que `ecrire` pose sans guillemets. `ecrire` indente comme `json.dumps(indent=2)`, qui le fait
morceau par morceau et met quatre fois plus de temps : c'était le plus lent des fichiers d'une petite fusion.
"""

from __future__ import annotations

import json
from decimal import Decimal
from functools import lru_cache
from typing import Any

_simple = json.JSONEncoder(ensure_ascii=False).encode


class _Nombre(str):
    """Un nombre déjà écrit, tel que JSON l'admet."""

    __slots__ = ()


def nombre(valeur: Decimal) -> str:
    """Un nombre exact, à mettre tel quel dans la structure donnée à `ecrire`."""
    return _Nombre(format(valeur.normalize(), "f"))


@lru_cache(maxsize=4096)
def milliemes(valeur: int | None) -> str:
    """Une quantité en millièmes d'unité, en unités ; rien vaut 0."""
    return nombre(Decimal(valeur or 0) / 1000)


def ecrire(contenu: Any) -> bytes:
    """Le fichier, en UTF-8, indenté, fini par une fin de ligne. Les clés d'un dictionnaire sont des textes."""
    return (_indenter(contenu, "\n") + "\n").encode()


def _indenter(valeur: Any, saut: str) -> str:
    """Une valeur. `saut` : la fin de ligne, et le retrait où elle se trouve."""
    if isinstance(valeur, _Nombre):
        return str(valeur)
    dedans = f"{saut}  "
    if isinstance(valeur, dict) and valeur:
        lignes = [f"{_simple(cle)}: {_indenter(contenu, dedans)}" for cle, contenu in valeur.items()]
        return f"{{{dedans}{f',{dedans}'.join(lignes)}{saut}}}"
    if isinstance(valeur, list | tuple) and valeur:
        return f"[{dedans}{f',{dedans}'.join([_indenter(contenu, dedans) for contenu in valeur])}{saut}]"
    return _simple(valeur)
