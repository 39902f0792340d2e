"""Ce que l'on sait du passé des fiches : des versions datées, ou la phrase qui dit pourquoi on ne sait rien.

Unités : prix en euros exacts (`Decimal`) par unité de la fiche, instants avec fuseau.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple


class FichePassee(NamedTuple):
    """Ce qu'une version d'une fiche produit disait de ce que l'on suit : de quoi comparer un prix, et savoir s'il était proposé."""

    nom: str
    producteur: str
    unite: str
    contenu: str
    prix: Decimal
    prix_depuis: date | None
    disponible: bool = True
    saison: tuple[int, ...] = ()


class Version(NamedTuple):
    """Une fiche telle qu'elle est devenue à un instant ; `fiche` est `None` si elle a été ôtée du catalogue."""

    instant: datetime
    ref: str
    fiche: FichePassee | None


class Histoire(NamedTuple):
    """Les versions, de la plus ancienne à la plus récente.

    `revisions` : quand a été enregistrée la révision qui fige chaque commande. `absente` : pourquoi l'on ne sait rien, en une
    phrase pour qui lit le site ; vide si git a répondu.
    """

    versions: tuple[Version, ...] = ()
    revisions: Mapping[str, datetime] = MappingProxyType({})
    absente: str = ""

    @property
    def debut(self) -> datetime | None:
        """Depuis quand l'on sait : l'instant de la première version."""
        return self.versions[0].instant if self.versions else None
