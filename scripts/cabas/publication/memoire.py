"""Se souvenir de la dernière fusion différente, à côté des sorties : `.sorties-precedente/`. Décision 13.

Une fusion identique ne change pas ce souvenir : « ce qui a changé depuis ce matin » reste vrai quand on relance pour voir.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from cabas.publication.ecriture import deposer, reprendre

TABLES = ("lignes.csv", "recap-produits.csv")
INSTANTS = "instants.json"
MORCEAU = 1 << 20
"""Octets lus à la fois d'une table, pour ne jamais l'avoir toute en mémoire."""


class Souvenir(NamedTuple):
    """Les tables d'une fusion passée (octets par nom), et l'instant où elle a été faite, s'il est connu."""

    tables: Mapping[str, bytes]
    instant: str = ""


def rappeler(sorties: Path, neuves: Mapping[str, bytes | Path]) -> Souvenir | None:
    """La dernière fusion qui n'était pas celle-ci : celle en place si elle diffère, sinon celle dont on se souvient.

    `neuves` : les tables de celle-ci, en octets ou déjà écrites à côté.
    """
    reprendre(_dossier(sorties))
    pareilles = _pareilles(sorties, neuves)
    if pareilles is None:
        return None
    tables = _tables(_dossier(sorties) if pareilles else sorties)
    return None if tables is None else Souvenir(tables, _instants(sorties).get(_empreinte(tables), ""))


def retenir(sorties: Path, neuves: Mapping[str, bytes | Path], instant: str) -> None:
    """À appeler juste avant de mettre en place les tables neuves : garde celles qu'elles vont remplacer.

    Si tout s'arrête entre les deux, les sorties en place sont encore les anciennes, et la fusion suivante recommence.
    """
    if _pareilles(sorties, neuves):
        return
    en_place, instants = _tables(sorties), _instants(sorties)
    gardes = {_empreinte(neuves): instant}
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


def _pareilles(sorties: Path, neuves: Mapping[str, bytes | Path]) -> bool | None:
    """Vrai si les tables en place sont les mêmes ; `None` s'il n'y en a pas."""
    try:
        return all(_identiques(sorties / nom, neuves[nom]) for nom in TABLES)
    except OSError:
        return None


def _identiques(en_place: Path, neuve: bytes | Path) -> bool:
    taille = neuve.stat().st_size if isinstance(neuve, Path) else len(neuve)
    if en_place.stat().st_size != taille:
        return False
    with en_place.open("rb") as fichier:
        return all(fichier.read(len(morceau)) == morceau for morceau in _morceaux(neuve))


def _morceaux(contenu: bytes | Path) -> Iterator[bytes]:
    if isinstance(contenu, bytes):
        yield contenu
        return
    with contenu.open("rb") as fichier:
        while morceau := fichier.read(MORCEAU):
            yield morceau


def _empreinte(tables: Mapping[str, bytes | Path]) -> str:
    somme = hashlib.sha256()
    for rang, nom in enumerate(TABLES):
        somme.update(b"\0" if rang else b"")
        for morceau in _morceaux(tables[nom]):
            somme.update(morceau)
    return somme.hexdigest()


def _instants(sorties: Path) -> dict[str, str]:
    try:
        lus = json.loads((_dossier(sorties) / INSTANTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(cle): str(valeur) for cle, valeur in lus.items()} if isinstance(lus, dict) else {}
