"""Remplacer : de plusieurs bons d'une même cellule, lequel vaut. Le plus récent, ou tous si le groupement les ajoute.

Entre : les lignes jugées, par bon. Sort : pour chaque bon, celui qui compte à sa place — lui-même, presque toujours. Règle : contrats.md §4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from cabas.calculs.jugement import CleDeBon, LigneJugee, Sort
from cabas.typographie import instant_long

_JAMAIS = datetime.min.replace(tzinfo=UTC)


def bons_gagnants(bons: Mapping[CleDeBon, Sequence[LigneJugee]], *, ajouter: bool) -> dict[CleDeBon, CleDeBon]:
    """Le bon qui vaut pour chaque bon. `ajouter` : deux bons d'une cellule s'additionnent, sauf s'ils portent le même nom."""
    rivaux: dict[tuple[str, str], list[CleDeBon]] = {}
    for cle in bons:
        rivaux.setdefault((cle[1], cle[2] if ajouter else ""), []).append(cle)

    def date(cle: CleDeBon) -> tuple[datetime, str, int]:
        envois = (jugee.envoi for jugee in bons[cle] if jugee.envoi)
        return max(envois, default=_JAMAIS), cle[3], max(jugee.lue.ligne for jugee in bons[cle])

    gagnants: dict[CleDeBon, CleDeBon] = {}
    for cles in rivaux.values():
        gagnant = max(reversed(cles), key=date) if len(cles) > 1 else cles[0]  # à égalité, le dernier lu
        gagnants.update(dict.fromkeys(cles, gagnant))
    return gagnants


def remplacer(jugee: LigneJugee, remplacant: Sequence[LigneJugee]) -> LigneJugee:
    """La ligne d'un bon remplacé, qui dit par quel autre."""
    envoi = max((autre.envoi for autre in remplacant if autre.envoi), default=None)
    date = f" du {instant_long(envoi)}" if envoi else ""
    message = f"Remplacé par un bon plus récent{date} ({remplacant[0].lue.fichier.rpartition('/')[2]})."
    doute = jugee.code == "date-illisible"  # sa date n'a pas été lue : il était peut-être le plus récent des deux
    return jugee._replace(sort=Sort.REMPLACEE, message=f"{jugee.message} {message}" if doute else message)
