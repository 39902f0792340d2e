"""Se souvenir de la dernière fusion différente, à côté des sorties : `.sorties-precedente/`. Décision 13.

Une fusion identique ne change pas ce souvenir : « ce qui a changé depuis ce matin » reste vrai quand on relance pour voir.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from cabas.legeres import NamedTuple
from cabas.publication.ecriture import deposer

TABLES = ("lignes.csv", "recap-produits.csv")
INSTANTS = "instants.json"


class Souvenir(NamedTuple):
    """Les tables d'une fusion passée (octets par nom), et l'instant où elle a été faite, s'il est connu."""

    tables: Mapping[str, bytes]
    instant: str = ""


def rappeler(sorties: Path, neuves: Mapping[str, bytes]) -> Souvenir | None:
    """La dernière fusion qui n'était pas celle-ci : celle en place si elle diffère, sinon celle dont on se souvient."""
    en_place = _tables(sorties)
    if en_place is not None and _empreinte(en_place) == _empreinte(neuves):
        en_place = _tables(_dossier(sorties))
    return None if en_place is None else Souvenir(en_place, _instants(sorties).get(_empreinte(en_place), ""))


def retenir(sorties: Path, neuves: Mapping[str, bytes], instant: str) -> None:
    """À appeler juste avant de mettre en place les tables neuves : garde celles qu'elles vont remplacer.

    Si tout s'arrête entre les deux, les sorties en place sont encore les anciennes, et la fusion suivante recommence.
    """
    en_place, instants = _tables(sorties), _instants(sorties)
    neuve = _empreinte(neuves)
    if en_place is not None and _empreinte(en_place) == neuve:
        return
    gardes = {neuve: instant}
    if en_place is not None and (ancien := instants.get(_empreinte(en_place))):
        gardes[_empreinte(en_place)] = ancien
    deposer(_dossier(sorties), {**(en_place or {}), INSTANTS: json.dumps(gardes, indent=1, sort_keys=True).encode()}, remplaces=TABLES)


def _dossier(sorties: Path) -> Path:
    return sorties.with_name(f".{sorties.name}-precedente")


def _tables(dossier: Path) -> dict[str, bytes] | None:
    try:
        return {nom: (dossier / nom).read_bytes() for nom in TABLES}
    except OSError:
        return None


def _empreinte(tables: Mapping[str, bytes]) -> str:
    return hashlib.sha256(b"\0".join(tables[nom] for nom in TABLES)).hexdigest()


def _instants(sorties: Path) -> dict[str, str]:
    try:
        lus = json.loads((_dossier(sorties) / INSTANTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(cle): str(valeur) for cle, valeur in lus.items()} if isinstance(lus, dict) else {}
