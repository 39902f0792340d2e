"""Ce qu'une fusion retient : des bons, et dans chacun des articles. Un même article est un seul objet, que mille bons partagent.

Un réseau commande peu de produits en beaucoup de bons : « 2,5 kg de farine au tarif plein » revient des milliers de fois. Le juger,
le chiffrer et l'écrire une seule fois est ce qui fait tenir un million de lignes en mémoire. Quantités en millièmes, prix en centimes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from cabas.recu import nouvelle


class Article:
    """Ce qu'un bon demande d'un produit, au prix unitaire de son tarif. Se compare par identité, et ne change jamais.

    Ni lui, ni `Servi`, ni `Ecrit` ne sont des uplets : ils servent de clés cent mille fois, et leur identité suffit.
    """

    __slots__ = ("prix_unitaire", "produit", "quantite", "tolerance")

    def __init__(self, produit: str, quantite: int, tolerance: int, prix_unitaire: int) -> None:
        self.produit, self.quantite, self.tolerance, self.prix_unitaire = produit, quantite, tolerance, prix_unitaire


class Retenue(NamedTuple):
    """Un produit dans un bon retenu, quantités additionnées. Prix unitaire et montant demandé en centimes."""

    groupement: str
    cellule: str
    bon: str
    produit: str
    quantite: int
    tolerance: int
    creneau: str
    tarif: str
    prix_unitaire: int
    envoi: datetime | None
    fichier: str
    ligne: int


class BonRetenu(NamedTuple):
    """Des articles d'un même bon. `lignes` : le rang de chacun dans son fichier, qui départage des bons sans date."""

    groupement: str
    cellule: str
    bon: str
    creneau: str
    tarif: str
    envoi: datetime | None
    fichier: str
    lignes: Sequence[int]
    articles: Sequence[Article]

    def retenue(self, place: int) -> Retenue:
        """Un de ses articles, avec tout ce qu'on sait du bon."""
        groupement, cellule, bon, creneau, tarif, envoi, fichier, lignes, articles = self
        un = articles[place]
        demande = (un.produit, un.quantite, un.tolerance, creneau, tarif, un.prix_unitaire)
        return nouvelle(Retenue, (groupement, cellule, bon, *demande, envoi, fichier, lignes[place]))


_TETE = itemgetter(0, 1, 2, 6, 7, 9, 10)
"""Ce que les articles d'un `BonRetenu` ont en commun, lu d'une `Retenue`."""


def bons_de(retenues: Iterable[Retenue]) -> list[BonRetenu]:
    """Les mêmes retenues, réunies tant qu'elles se suivent dans le même bon."""
    connus: dict[tuple[str, int, int, int], Article] = {}
    bons = []
    for tete, groupe in groupby(retenues, _TETE):
        du_bon = list(groupe)
        cles = [(une.produit, une.quantite, une.tolerance, une.prix_unitaire) for une in du_bon]
        articles = [connus.get(cle) or connus.setdefault(cle, Article(*cle)) for cle in cles]
        bons.append(BonRetenu._make((*tete, [une.ligne for une in du_bon], articles)))
    return bons


def deplier(bons: Iterable[BonRetenu]) -> Iterator[Retenue]:
    """Toutes les retenues, une par une, dans le même ordre."""
    return (bon.retenue(place) for bon in bons for place in range(len(bon.articles)))


class Demandeurs(NamedTuple):
    """Qui demande un produit : les retenues, et pour chacune le rang de son bon et sa place dans ce bon."""

    retenues: list[Retenue]
    places: list[tuple[int, int]]


def demandeurs(bons: Sequence[BonRetenu], refs: Collection[str]) -> dict[str, Demandeurs]:
    """Pour chacun de ces produits, qui le demande, dans l'ordre des bons."""
    trouves = {ref: Demandeurs([], []) for ref in refs}
    connus: dict[Article, Demandeurs | None] = {}
    for rang, bon in enumerate(bons if trouves else ()):
        for place, article in enumerate(bon.articles):
            if article not in connus:
                connus[article] = trouves.get(article.produit)
            if un := connus[article]:
                un.retenues.append(bon.retenue(place))
                un.places.append((rang, place))
    return trouves
