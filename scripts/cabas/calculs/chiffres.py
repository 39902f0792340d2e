"""Quelques chiffres du réseau, comptés dans les fiches à chaque construction : personne ne les saisit, ils ne vieillissent pas.

Entre : le dépôt, l'instant présent. Sort : des comptes entiers, des distances en kilomètres, des parts en pour cent entiers.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from cabas.argent import arrondir
from cabas.calculs.distances import kilometres, mediane
from cabas.calculs.offre import Etat, etat, par_rubrique
from cabas.modele import Depot, Groupement, Producteur, Rubrique

AB = "ab"


class ParRubrique(NamedTuple):
    """Une rubrique, et combien elle a de produits disponibles."""

    rubrique: Rubrique
    produits: int


class ParGroupement(NamedTuple):
    """Un groupement et sa distance médiane, en kilomètres, aux producteurs et productrices ; `None` sans coordonnées."""

    groupement: Groupement
    mediane: int | None


class Chiffres(NamedTuple):
    """Les comptes du réseau. `part_ab` : en pour cent entiers des produits disponibles."""

    groupements: int
    communes: int
    producteurs: int
    produits: int
    indisponibles: int
    rubriques: tuple[ParRubrique, ...]
    produits_ab: int
    part_ab: int
    producteurs_ab: int
    a_la_piece: int
    lots_entiers: int
    tarifs: int
    commandes: int
    ouvertes: int
    distributions: int
    distances: tuple[ParGroupement, ...]
    mediane: int | None
    mediane_produits: int | None


def est_ab(labels: Iterable[str]) -> bool:
    """Vrai si l'un des labels est AB."""
    return any(label.strip().casefold() == AB for label in labels)


def au_plus_pres(producteur: Producteur, depot: Depot) -> tuple[Groupement, int] | None:
    """Le groupement le plus proche, à vol d'oiseau, et à combien de kilomètres."""
    distances = (
        (distance, groupement.nom.casefold(), slug)
        for slug, groupement in depot.groupements.items()
        if (distance := kilometres(producteur.coordonnees, groupement.coordonnees)) is not None
    )
    plus_pres = min(distances, default=None)
    return (depot.groupements[plus_pres[2]], plus_pres[0]) if plus_pres else None


def compter(depot: Depot, maintenant: datetime) -> Chiffres:
    """Tous les chiffres du réseau à cet instant."""
    disponibles = [produit for produit in depot.produits.values() if produit.disponible]
    etats = [[etat(fenetre, maintenant) for fenetre in commande.fenetres] for commande in depot.commandes.values()]
    vols = _vols(depot)
    ab = sum(est_ab(produit.labels) for produit in disponibles)
    return Chiffres(
        groupements=len(depot.groupements),
        communes=len({groupement.commune for groupement in depot.groupements.values()}),
        producteurs=len(depot.producteurs),
        produits=len(disponibles),
        indisponibles=len(depot.produits) - len(disponibles),
        rubriques=tuple(ParRubrique(rubrique, len(produits)) for rubrique, produits in par_rubrique(depot, disponibles)),
        produits_ab=ab,
        part_ab=arrondir(100 * ab, len(disponibles)) if disponibles else 0,
        producteurs_ab=sum(est_ab(fiche.labels) for fiche in depot.producteurs.values()),
        a_la_piece=sum(produit.unite == "piece" for produit in disponibles),
        lots_entiers=sum(produit.lot_complet for produit in disponibles),
        tarifs=len({tarif.coefficient for groupement in depot.groupements.values() for tarif in groupement.tarifs}),
        commandes=len(depot.commandes),
        ouvertes=sum(Etat.OUVERTE in un for un in etats),
        distributions=sum(un is Etat.DISTRIBUEE for ceux in etats for un in ceux),
        distances=tuple(ParGroupement(groupement, mediane(list(siennes.values()))) for groupement, siennes in vols),
        mediane=mediane([km for _groupement, siennes in vols for km in siennes.values()]),
        mediane_produits=mediane([siennes.get(produit.producteur) for produit in disponibles for _groupement, siennes in vols]),
    )


def _vols(depot: Depot) -> list[tuple[Groupement, dict[str, int | None]]]:
    """Pour chaque groupement, par nom, la distance de chaque producteur·rice."""
    groupements = sorted(depot.groupements.values(), key=lambda groupement: (groupement.nom.casefold(), groupement.slug))
    return [
        (groupement, {slug: kilometres(fiche.coordonnees, groupement.coordonnees) for slug, fiche in depot.producteurs.items()})
        for groupement in groupements
    ]
