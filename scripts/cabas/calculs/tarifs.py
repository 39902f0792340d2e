"""Un bon, un tarif : celui de sa première ligne qui en nomme un. Les lignes qui en nomment un autre le disent.

Ne compte que le tarif que le bon choisit : quand l'adhésion le donne, ce qui est écrit n'y change rien.
"""

from __future__ import annotations

from collections.abc import Sequence

from cabas.calculs.identites import Identites
from cabas.calculs.jugement import CleDeBon, LigneJugee, Sort


def un_tarif_par_bon(jugees: Sequence[LigneJugee], identites: Identites) -> list[LigneJugee]:
    """Les mêmes lignes, dans le même ordre. Une ligne retenue au tarif d'un autre est signalée : `tarif-different`."""
    premiers: dict[CleDeBon, str] = {}
    for jugee in jugees:
        if jugee.sort is Sort.RETENUE and jugee.lue.tarif:
            premiers.setdefault(jugee.bon, jugee.lue.tarif)
    if not premiers:
        return list(jugees)
    return [_accorder(jugee, premiers.get(jugee.bon, ""), identites) if jugee.sort is Sort.RETENUE else jugee for jugee in jugees]


def _accorder(jugee: LigneJugee, premier: str, identites: Identites) -> LigneJugee:
    lue = jugee.lue
    if lue.tarif == premier or not premier:
        return jugee
    compte, ecrit = identites.tarif(jugee.cellule, premier), identites.tarif(jugee.cellule, lue.tarif)
    jugee = jugee._replace(lue=lue._replace(tarif=premier))
    if not lue.tarif or compte == ecrit or jugee.code:
        return jugee
    fait = f"Ce bon dit deux tarifs : « {premier} », puis « {lue.tarif} ». On compte « {compte} » pour tout le bon."
    return jugee._replace(code="tarif-different", message=fait, remede="Demander à la personne ; corriger le tarif dans le fichier.")
