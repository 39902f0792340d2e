"""Ce qu'est un contrôle : une question, un code, une gravité, une fonction pure du contexte vers des faits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from cabas.constats import VIDE, Constat, Emplacement, Gravite
from cabas.modele import Commande, Depot


class Fige(NamedTuple):
    """Les fiches avec lesquelles une commande ouverte se juge, celles de son ouverture ; et celles d'aujourd'hui, pour dire ce qui diffère."""

    depot: Depot
    present: Depot


class Contexte(NamedTuple):
    """Ce que voit un contrôle : le dépôt, l'instant, et le texte des fichiers suivis par git (vide hors de git).

    `figes` : par commande ouverte dont on a retrouvé la révision, ses fiches d'alors.
    """

    depot: Depot
    maintenant: datetime
    suivis: Mapping[str, str] = VIDE
    figes: Mapping[str, Fige] = VIDE

    def pour(self, commande: Commande) -> Depot:
        """Le dépôt dont une commande tire ses produits : figé si elle est ouverte, celui d'aujourd'hui sinon."""
        fige = self.figes.get(commande.id)
        return fige.depot if fige else self.depot


class Fait(NamedTuple):
    """Une réponse « non » à la question d'un contrôle, là où elle est vraie."""

    emplacement: Emplacement
    message: str
    remede: str


class Controle(NamedTuple):
    """Un contrôle. Sa question est la première ligne de la docstring de `juger` : aide, guide et code ne font qu'un."""

    code: str
    gravite: Gravite
    juger: Callable[[Contexte], Iterator[Fait]]

    @property
    def question(self) -> str:
        """La question posée."""
        return (self.juger.__doc__ or "").strip().splitlines()[0]

    def constats(self, contexte: Contexte) -> Iterator[Constat]:
        """Les constats de ce contrôle."""
        for fait in self.juger(contexte):
            yield Constat(self.code, self.gravite, fait.emplacement, fait.message, fait.remede)
