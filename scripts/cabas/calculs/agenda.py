"""Le calendrier du cycle : toutes les dates d'une commande, et les missions datées d'après elles.

Entre : le dépôt. Sort : des `Evenement`, dans l'ordre du temps. Rien ne dépend de l'instant présent : mêmes fiches, même agenda.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from cabas.calculs.moments import RYTHMES, Reperes, dater, lire_moments, rang
from cabas.calculs.offre import fenetres
from cabas.calculs.permanences import Seance, seances
from cabas.constats import Refus
from cabas.mission import Mission
from cabas.modele import Commande, Creneau, Depot, Fenetre, Groupement
from cabas.temps import PARIS

RESEAU = "reseau"


class Genre(StrEnum):
    """Ce qu'est un événement."""

    OUVERTURE = "ouverture"
    PERMANENCE = "permanence"
    CLOTURE = "cloture"
    LIVRAISON = "livraison"
    DISTRIBUTION = "distribution"
    MISSION = "mission"


_RANG = {genre: rang for rang, genre in enumerate(Genre)}


class Evenement(NamedTuple):
    """Une date du cycle. `cle` ne change pas quand la date change. Sans `fin`, c'est un instant, ou une journée (`entier`).

    `groupement` : `None` pour une tâche de tout le réseau. `precision` : la limite d'une journée (« avant 12 h »).
    `ordre` : celui du cycle, pour les missions d'un même jour.
    """

    cle: str
    genre: Genre
    commande: Commande
    groupement: Groupement | None
    debut: datetime
    fin: datetime | None = None
    entier: bool = False
    precision: str = ""
    lieu: str = ""
    mission: Mission | None = None
    creneaux: tuple[Creneau, ...] = ()
    ordre: tuple[int, int, int] = (0, 0, 0)


TITRES = {
    Genre.OUVERTURE: "Les bons ouvrent",
    Genre.CLOTURE: "Les bons ferment",
    Genre.PERMANENCE: "Permanence de commande",
    Genre.LIVRAISON: "Livraison",
    Genre.DISTRIBUTION: "Distribution",
}


def titre(un: Evenement) -> str:
    """Ce qu'on lit dans l'agenda : « Distribution », « Tenir la caisse »."""
    return un.mission.titre if un.mission else TITRES[un.genre]


def du_groupement(depot: Depot, groupement: Groupement) -> list[Evenement]:
    """Tout ce qui arrive à un groupement, missions comprises."""
    siennes = [mission for mission in depot.missions.values() if mission.portee != RESEAU]
    trouves: list[Evenement] = []
    for commande, fenetre in fenetres(depot, groupement.slug):
        permanences = seances(groupement.permanence, fenetre.ouverture, fenetre.cloture)
        trouves += _dates(commande, fenetre, groupement, permanences)
        trouves += _taches(siennes, commande, groupement, _reperes([fenetre], [une.debut for une in permanences]))
    return ranger(trouves)


def du_reseau(depot: Depot) -> list[Evenement]:
    """Les dates de tous les groupements, et les missions du réseau ; celles d'un groupement sont dans son agenda à lui."""
    communes = [mission for mission in depot.missions.values() if mission.portee == RESEAU]
    trouves: list[Evenement] = []
    for commande, fenetre in fenetres(depot):
        if groupement := depot.groupements.get(fenetre.groupement):
            trouves += _dates(commande, fenetre, groupement, seances(groupement.permanence, fenetre.ouverture, fenetre.cloture))
    for commande in depot.commandes.values():
        if commande.fenetres:
            trouves += _taches(communes, commande, None, _reperes(commande.fenetres, []))
    return ranger(trouves)


def ranger(evenements: Iterable[Evenement]) -> list[Evenement]:
    """Dans l'ordre du temps ; le même jour, les journées entières d'abord."""
    return sorted(evenements, key=lambda un: (un.debut.astimezone(PARIS).date(), not un.entier, un.debut, _RANG[un.genre], un.ordre, un.cle))


def sans_date(depot: Depot) -> list[Mission]:
    """Les missions d'un groupement que le calendrier d'une commande ne peut pas dater : elles vivent toute l'année."""
    return [mission for mission in depot.missions.values() if mission.portee != RESEAU and _rythmee(mission)]


def _rythmee(mission: Mission) -> bool:
    lus = lire_moments(mission.quand)
    return not isinstance(lus, Refus) and all(moment.repere in RYTHMES for moment in lus)


def _reperes(fenetres_: Iterable[Fenetre], permanences: list[datetime]) -> Reperes:
    """Les repères d'une commande. Pour le réseau : la première ouverture, la dernière clôture, la première livraison."""
    toutes = list(fenetres_)
    distributions = [une.distribution.debut for une in toutes if une.distribution]
    livraisons = [une.livraison for une in toutes if une.livraison] or distributions
    return {
        "ouverture": [min(une.ouverture for une in toutes)],
        "cloture": [max(une.cloture for une in toutes)],
        "permanence": permanences,
        "livraison": [min(livraisons)] if livraisons else [],
        "distribution": [min(distributions)] if distributions else [],
    }


def _dates(commande: Commande, fenetre: Fenetre, groupement: Groupement, permanences: list[Seance]) -> Iterator[Evenement]:
    def un(genre: Genre, debut: datetime, fin: datetime | None = None, suite: str = "") -> Evenement:
        return Evenement(f"{commande.id}.{groupement.slug}.{genre}{suite}", genre, commande, groupement, debut, fin)

    yield un(Genre.OUVERTURE, fenetre.ouverture)
    yield un(Genre.CLOTURE, fenetre.cloture)
    for une in permanences:
        yield un(Genre.PERMANENCE, une.debut, une.fin, f".{une.debut:%Y-%m-%d-%H%M}")._replace(lieu=groupement.permanence)
    lieu = (fenetre.distribution.lieu if fenetre.distribution else "") or groupement.lieu
    if fenetre.livraison:
        minuit = fenetre.livraison.astimezone(PARIS).strftime("%H%M") == "0000"
        yield un(Genre.LIVRAISON, fenetre.livraison)._replace(entier=minuit, lieu=lieu)
    if fenetre.distribution:
        yield un(Genre.DISTRIBUTION, fenetre.distribution.debut, fenetre.distribution.fin)._replace(lieu=lieu, creneaux=fenetre.creneaux)


def _taches(missions: Iterable[Mission], commande: Commande, groupement: Groupement | None, reperes: Reperes) -> Iterator[Evenement]:
    ou = groupement.slug if groupement else RESEAU
    for mission in missions:
        lus = lire_moments(mission.quand)
        echeances = [] if isinstance(lus, Refus) else [(une, rang(moment)) for moment in lus for une in dater(moment, reperes)]
        for numero, (une, ordre) in enumerate(echeances, 1):
            cle = f"{commande.id}.{ou}.mission.{mission.slug}.{numero}"
            yield Evenement(cle, Genre.MISSION, commande, groupement, une.debut, None, une.entier, une.precision, "", mission, (), ordre)
