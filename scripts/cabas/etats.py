"""L'état des lots d'une commande ouverte, en faits immuables : la seule chose qui sorte d'une fusion provisoire, et sans personne.

Quantités en millièmes d'unité, instants avec fuseau. Les champs sont ceux des schémas `etats` et `etats_de_lot`.
"""

from datetime import datetime
from typing import NamedTuple

from cabas.constats import Source


class EtatDeLot(NamedTuple):
    """Où en est le lot en cours d'un produit (millièmes). Sans `demande` ni `manque` : trop peu de cellules pour le dire."""

    produit: str
    lot: int
    demande: int | None = None
    manque: int | None = None


class EtatDesLots(NamedTuple):
    """Ce qu'une commande ouverte dit de ses lots, à un instant : des sommes de plusieurs cellules, jamais une personne."""

    commande: str
    instant: datetime
    produits: tuple[EtatDeLot, ...] = ()
    source: Source = Source("")
