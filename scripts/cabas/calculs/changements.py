"""Ce qui a changé au catalogue d'une commande à la suivante : nouveaux, partis, de retour, prix revus, unités changées.

Entre : le dépôt, l'histoire des fiches, l'instant présent. Sort : une `Comparaison` par commande déjà ouverte, la plus récente
d'abord. Le catalogue d'une commande est celui de la révision qui la fige ; à défaut, celui de sa première ouverture.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from cabas.calculs.histoire_des_prix import ecart, presente
from cabas.calculs.offre import mois_de_livraison
from cabas.modele import Commande, Depot
from cabas.passe import FichePassee, Histoire
from cabas.temps import PARIS

Fiches = Mapping[str, FichePassee]


class Genre(StrEnum):
    """Ce qui est arrivé à un produit, dans l'ordre où on le dit. `ARRIVE` : nouveau ou de retour, l'histoire ne permet pas de le savoir."""

    NOUVEAU = "nouveau"
    RETOUR = "retour"
    ARRIVE = "arrive"
    HAUSSE = "hausse"
    BAISSE = "baisse"
    REVU = "revu"
    UNITE = "unite"
    PARTI = "parti"
    ABSENT = "absent"


class Changement(NamedTuple):
    """Un produit qui a changé. `dixiemes` : l'écart de prix en dixièmes de pour cent, s'il se calcule."""

    genre: Genre
    ref: str
    avant: FichePassee | None
    apres: FichePassee | None
    dixiemes: int = 0

    @property
    def nom(self) -> str:
        """Le nom le plus récent que l'on connaisse."""
        fiche = self.apres or self.avant
        return (fiche.nom if fiche else "") or self.ref


class Comparaison(NamedTuple):
    """Une commande et celle d'avant. `connue` : git savait déjà, à l'ouverture de celle d'avant, ce que disaient les fiches."""

    avant: Commande
    apres: Commande
    ouverture_avant: date
    ouverture_apres: date
    changements: tuple[Changement, ...]
    connue: bool


def ouverture(commande: Commande) -> datetime:
    """La première ouverture d'une commande, tous groupements confondus."""
    return min(fenetre.ouverture for fenetre in commande.fenetres)


def comparaisons(depot: Depot, histoire: Histoire, maintenant: datetime, au_plus: int = 6) -> list[Comparaison]:
    """Les commandes déjà ouvertes, chacune comparée à la précédente, la plus récente d'abord."""
    ouvertes = [commande for commande in depot.commandes.values() if commande.fenetres and ouverture(commande) <= maintenant]
    ouvertes.sort(key=lambda commande: (ouverture(commande), commande.id))
    paires = list(pairwise(ouvertes))[-au_plus:]
    return [_comparer(depot, histoire, avant, apres) for avant, apres in reversed(paires)]


def _comparer(depot: Depot, histoire: Histoire, avant: Commande, apres: Commande) -> Comparaison:
    present = {ref: presente(produit) for ref, produit in depot.produits.items()}
    apres_connu = fiches_de(histoire, apres)
    au_depart, a_l_arrivee = fiches_de(histoire, avant), present if apres_connu is None else apres_connu
    debut, fin = (ouverture(commande).astimezone(PARIS).date() for commande in (avant, apres))
    anciennes = a_l_arrivee if au_depart is None else au_depart
    changes = _offre(anciennes, a_l_arrivee, avant, apres, connue=au_depart is not None)
    changes += _prix(anciennes, a_l_arrivee, apres)
    if au_depart is None:
        changes += [
            Changement(Genre.REVU, ref, None, fiche)
            for ref, fiche in a_l_arrivee.items()
            if _propose(ref, fiche, apres) and fiche.prix_depuis and debut < fiche.prix_depuis <= fin
        ]
    rangs = {genre: rang for rang, genre in enumerate(Genre)}
    tries = sorted(changes, key=lambda change: (rangs[change.genre], change.nom.casefold(), change.ref))
    return Comparaison(avant, apres, debut, fin, tuple(tries), au_depart is not None)


def fiches_de(histoire: Histoire, commande: Commande) -> Fiches | None:
    """Les fiches telles qu'elles étaient pour une commande ; `None` si l'histoire commence plus tard."""
    instant = histoire.revisions.get(commande.id) or ouverture(commande)
    if histoire.debut is None or instant < histoire.debut:
        return None
    fiches: dict[str, FichePassee] = {}
    for version in histoire.versions:
        if version.instant > instant:
            continue
        if version.fiche is None:
            fiches.pop(version.ref, None)
        else:
            fiches[version.ref] = version.fiche
    return fiches


def _designe(ref: str, fiche: FichePassee, commande: Commande) -> bool:
    choix = commande.produits
    return choix.tous or ref in choix.refs or fiche.producteur in choix.producteurs


def _propose(ref: str, fiche: FichePassee, commande: Commande) -> bool:
    """Comme `offre.proposes`, sur une fiche du passé."""
    if not fiche.disponible or ref in commande.sauf or not _designe(ref, fiche, commande):
        return False
    return not fiche.saison or bool(mois_de_livraison(commande) & set(fiche.saison))


def _offre(anciennes: Fiches, nouvelles: Fiches, avant: Commande, apres: Commande, *, connue: bool) -> list[Changement]:
    """Ce qui arrive et ce qui part. Un produit que l'une des deux commandes ne désigne pas par sa sélection n'est pas un départ."""
    changes = []
    arrivee = Genre.RETOUR if connue else Genre.ARRIVE
    for ref in anciennes.keys() | nouvelles.keys():
        ancienne, nouvelle = anciennes.get(ref), nouvelles.get(ref)
        if not all(_designe(ref, fiche, commande) for fiche in (ancienne, nouvelle) if fiche for commande in (avant, apres)):
            continue
        etait = ancienne is not None and _propose(ref, ancienne, avant)
        est = nouvelle is not None and _propose(ref, nouvelle, apres)
        if est and not etait:
            changes.append(Changement(arrivee if ancienne else Genre.NOUVEAU, ref, ancienne, nouvelle))
        elif etait and not est:
            reste = nouvelle is not None and nouvelle.disponible
            changes.append(Changement(Genre.ABSENT if reste else Genre.PARTI, ref, ancienne, nouvelle))
    return changes


def _prix(anciennes: Fiches, nouvelles: Fiches, apres: Commande) -> list[Changement]:
    changes = []
    for ref, nouvelle in nouvelles.items():
        ancienne = anciennes.get(ref)
        if ancienne is None or not _propose(ref, nouvelle, apres):
            continue
        if (ancienne.unite, ancienne.contenu) != (nouvelle.unite, nouvelle.contenu):
            changes.append(Changement(Genre.UNITE, ref, ancienne, nouvelle))
        elif ancienne.prix != nouvelle.prix:
            genre = Genre.HAUSSE if nouvelle.prix > ancienne.prix else Genre.BAISSE
            changes.append(Changement(genre, ref, ancienne, nouvelle, ecart(ancienne.prix, nouvelle.prix)))
    return changes
