"""D'une fusion à la suivante : relire la précédente, dire ce qui a changé, s'en souvenir."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from cabas.calculs.difference import Difference
    from cabas.calculs.recap import Recap
    from cabas.constats import Constat


def depuis_la_precedente(sorties: Path, fichiers: Mapping[str, bytes | Path], recap: Recap) -> tuple[Difference | None, list[Constat]]:
    """Ce qui a changé depuis la dernière fusion différente de celle-ci ; rien s'il n'y en a pas, ou si on ne la comprend plus.

    Une mise en place interrompue est d'abord finie : sans cela, la fusion précédente ne serait plus là où on la cherche.
    """
    from cabas.publication.ecriture import reprendre
    from cabas.publication.memoire import TABLES, rappeler

    reprendre(sorties)
    souvenir = rappeler(sorties, fichiers)
    if souvenir is None:
        return None, []
    from cabas.calculs.difference import LignePassee, Precedente, comparer
    from cabas.constats import Emplacement, Refus, avertissement
    from cabas.lecture.anciennes_sorties import relire_sorties
    from cabas.temps import lire_instant

    passees = relire_sorties(*(souvenir.tables[nom] for nom in TABLES))
    if isinstance(passees, Refus):
        remede = "Rien à faire : la prochaine fusion comparera avec celle-ci."
        return None, [avertissement(passees.code, Emplacement(f"{sorties.parent.name}/{sorties.name}"), passees.fait, remede)]
    instant = lire_instant(souvenir.instant)
    precedente = Precedente(
        tuple(LignePassee(*ligne) for ligne in passees.lignes), passees.a_commander, None if isinstance(instant, Refus) else instant
    )
    return comparer(precedente, recap), []


def retenir_celle_ci(sorties: Path, fichiers: Mapping[str, bytes | Path], instant: datetime) -> None:
    """Garde la fusion que celle-ci remplace. À appeler juste avant de mettre les sorties en place."""
    from cabas.publication.memoire import retenir
    from cabas.temps import PARIS

    retenir(sorties, fichiers, instant.astimezone(PARIS).replace(tzinfo=None).isoformat(timespec="minutes"))
