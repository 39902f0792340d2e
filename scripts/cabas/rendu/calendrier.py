"""Les rendez-vous à annoncer : pour chaque fenêtre, quand commander, où est le bon, quand et où venir chercher.

Entre : le dépôt et l'instant présent. Sort : des phrases prêtes à écrire. Une fenêtre distribuée n'est plus annoncée.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from cabas.calculs.offre import Etat, etat, fenetres, jour_de_livraison
from cabas.modele import Adhesion, Commande, Creneau, Depot, Fenetre, Groupement
from cabas.temps import PARIS
from cabas.typographie import JOURS, accorder, date_longue, heure, jour_du_mois, plage

_RANG = {Etat.OUVERTE: 0, Etat.A_VENIR: 1, Etat.CLOSE: 2, Etat.DISTRIBUEE: 3}


class RendezVous(NamedTuple):
    """Ce qu'une personne doit savoir d'une commande dans son groupement."""

    commande: Commande
    fenetre: Fenetre
    groupement: Groupement
    etat: Etat
    etiquette: str
    commander: str
    venir: str
    lieu: str

    @property
    def bon(self) -> str:
        """Le dossier du bon, depuis la racine du site, sans barre finale."""
        return f"bons/{self.commande.id}/{self.groupement.slug}"

    @property
    def retrait(self) -> datetime:
        """Quand on vient chercher ; à défaut de date, la clôture."""
        return self.fenetre.distribution.debut if self.fenetre.distribution else self.fenetre.cloture

    @property
    def ouverte(self) -> bool:
        """Peut-on encore envoyer un bon ?"""
        return self.etat is Etat.OUVERTE

    @property
    def close(self) -> bool:
        """La clôture est passée, la distribution pas encore."""
        return self.etat is Etat.CLOSE


def rendez_vous(depot: Depot, maintenant: datetime, groupement: str = "") -> list[RendezVous]:
    """Les rendez-vous à venir (d'un groupement, ou de tous) : les commandes ouvertes d'abord, la plus pressée en tête."""
    trouves = [
        _rendez_vous(commande, fenetre, depot.groupements[fenetre.groupement], maintenant)
        for commande, fenetre in fenetres(depot, groupement)
        if fenetre.groupement in depot.groupements and etat(fenetre, maintenant) is not Etat.DISTRIBUEE
    ]
    return sorted(trouves, key=lambda un: (_RANG[un.etat], _echeance(un), un.groupement.nom.casefold(), un.commande.id))


def _echeance(un: RendezVous) -> datetime:
    if un.etat is Etat.OUVERTE:
        return un.fenetre.cloture
    if un.etat is Etat.A_VENIR:
        return un.fenetre.ouverture
    return un.retrait


def _rendez_vous(commande: Commande, fenetre: Fenetre, groupement: Groupement, maintenant: datetime) -> RendezVous:
    ou = etat(fenetre, maintenant)
    return RendezVous(
        commande, fenetre, groupement, ou, _etiquette(fenetre, ou, maintenant), _commander(fenetre, ou, maintenant),
        _venir(fenetre, maintenant), (fenetre.distribution.lieu if fenetre.distribution else "") or groupement.lieu,
    )


def _jours(debut: datetime, fin: datetime) -> int:
    return (fin.astimezone(PARIS).date() - debut.astimezone(PARIS).date()).days


def _delai(verbe: str, instant: datetime, maintenant: datetime) -> str:
    jours = _jours(maintenant, instant)
    if jours == 0:
        return f"{verbe} aujourd’hui"
    return f"{verbe} demain" if jours == 1 else f"{verbe} dans {accorder(jours, 'jour')}"


def _etiquette(fenetre: Fenetre, ou: Etat, maintenant: datetime) -> str:
    if ou is Etat.OUVERTE:
        return _delai("Ouverte, ferme", fenetre.cloture, maintenant)
    if ou is Etat.A_VENIR:
        return _delai("Ouvre", fenetre.ouverture, maintenant)
    return "Close"


def jour(instant: datetime, maintenant: datetime) -> str:
    """Un jour à lire, avec l'année seulement si ce n'est pas celle en cours : « mardi 1er décembre »."""
    local = instant.astimezone(PARIS)
    if local.year != maintenant.astimezone(PARIS).year:
        return date_longue(local.date())
    return f"{JOURS[local.weekday()]} {jour_du_mois(local.date())}"


def _commander(fenetre: Fenetre, ou: Etat, maintenant: datetime) -> str:
    fin = f"{jour(fenetre.cloture, maintenant)} à {heure(fenetre.cloture)}"
    if ou is Etat.OUVERTE:
        return f"Jusqu’au {fin}"
    if ou is Etat.A_VENIR:
        return f"Du {jour(fenetre.ouverture, maintenant)} à {heure(fenetre.ouverture)} au {fin}"
    return f"Close depuis le {fin}"


def _venir(fenetre: Fenetre, maintenant: datetime) -> str:
    retrait = fenetre.distribution
    if retrait and retrait.debut.astimezone(PARIS).date() == retrait.fin.astimezone(PARIS).date():
        return f"{jour(retrait.debut, maintenant)}, de {heure(retrait.debut)} à {heure(retrait.fin)}".capitalize()
    if retrait:
        return plage(retrait.debut, retrait.fin).capitalize()
    if fenetre.livraison:
        return f"Livraison le {date_longue(jour_de_livraison(fenetre))}, heure à venir"
    return ""


class Ligne(NamedTuple):
    """Un groupement à l'accueil : la commande à passer, et tout ce qui est à venir chercher, le plus proche d'abord."""

    groupement: Groupement
    prochain: RendezVous | None
    venir: list[RendezVous]


def ligne(groupement: Groupement, siens: list[RendezVous]) -> Ligne:
    """La ligne d'un groupement, à partir de ses rendez-vous dans l'ordre."""
    prochain = next((un for un in siens if not un.close), None)
    venir = sorted((un for un in siens if un.close or un is prochain), key=lambda un: un.retrait)
    return Ligne(groupement, prochain, venir)


class Plages(NamedTuple):
    """Les créneaux d'une même adhésion : à qui ils sont (vide : tout le monde), et leurs heures."""

    adhesion: str
    heures: list[str]


def creneaux(fenetre: Fenetre, adhesions: Iterable[Adhesion]) -> list[Plages]:
    """Les créneaux de la distribution, groupés par adhésion : « 16 h à 16 h 30, 12 places »."""
    noms = {adhesion.code: adhesion.nom for adhesion in adhesions}
    groupes: dict[str, list[str]] = {}
    for un in fenetre.creneaux:
        groupes.setdefault(noms.get(un.adhesion, un.adhesion), []).append(_creneau(un))
    return [Plages(adhesion, heures) for adhesion, heures in groupes.items()]


def _creneau(un: Creneau) -> str:
    base = datetime(2000, 1, 1, tzinfo=PARIS)
    debut = heure(base.replace(hour=un.debut.hour, minute=un.debut.minute))
    fin = heure(base.replace(hour=un.fin.hour, minute=un.fin.minute))
    places = f", {accorder(un.places, 'place')}" if un.places is not None else ""
    return f"{debut} à {fin}{places}"
