"""Écrire du JSON dont les nombres sont exacts : JSON n'a pas de décimaux, et l'on ne passe pas par un flottant.

`nombre` marque un `Decimal` dans la structure ; `ecrire` le pose sans guillemets. Rien d'autre ne peut porter la marque : les
textes des fiches perdent leurs caractères de commande (`d_une_ligne`).
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

_NOMBRE = re.compile(r'"\\u0001(-?\d+(?:\.\d+)?)"')


def nombre(valeur: Decimal) -> str:
    """Un nombre exact, à mettre tel quel dans la structure donnée à `ecrire`."""
    return f"\x01{format(valeur.normalize(), 'f')}"


def milliemes(valeur: int | None) -> str:
    """Une quantité en millièmes d'unité, en unités ; rien vaut 0."""
    return nombre(Decimal(valeur or 0) / 1000)


def ecrire(contenu: Any) -> bytes:
    """Le fichier, en UTF-8, indenté, fini par une fin de ligne."""
    return (_NOMBRE.sub(r"\1", json.dumps(contenu, ensure_ascii=False, indent=2)) + "\n").encode()
