"""Ce que chacun·e aura, bon par bon : un article servi est un seul objet, que partagent tous les bons servis de même.

Presque tous les produits se servent comme ils sont demandés. Les autres — un lot à compléter, une limite, le cellier — se disputent :
chaque part y a son explication. Quantités en millièmes, montants en centimes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import NamedTuple

from cabas.argent import montant
from cabas.calculs.repartition import motif
from cabas.calculs.retenues import Article, BonRetenu
from cabas.recu import nouvelle


class Attribution(NamedTuple):
    """Ce qu'une cellule aura d'un produit, et la phrase qui l'explique. `du_cellier` : ce qui vient du stock commun."""

    groupement: str
    cellule: str
    produit: str
    demande: int
    tolerance: int
    attribue: int
    regle: str
    motif: str
    du_cellier: int = 0


class LigneBon(NamedTuple):
    """Une ligne de bon retenue, servie et chiffrée."""

    groupement: str
    cellule: str
    bon: str
    creneau: str
    tarif: str
    produit: str
    quantite: int
    tolerance: int
    attribue: int
    prix_unitaire: int
    montant: int


class Servi:
    """Un article, ce qu'on en aura et ce que cela coûte. `a_part` : sa part s'explique à cette cellule-là. Se compare par identité."""

    __slots__ = ("a_part", "attribue", "montant", "prix_unitaire", "produit", "quantite", "tolerance")

    def __init__(self, produit: str, quantite: int, tolerance: int, attribue: int, prix_unitaire: int, montant: int, a_part: bool = False) -> None:
        self.produit, self.quantite, self.tolerance = produit, quantite, tolerance
        self.attribue, self.prix_unitaire, self.montant, self.a_part = attribue, prix_unitaire, montant, a_part


class BonServi(NamedTuple):
    """Un bon et ce qu'il aura, dans l'ordre des refs."""

    groupement: str
    cellule: str
    bon: str
    creneau: str
    tarif: str
    servis: Sequence[Servi]


class _EnEntier(dict[Article, Servi]):
    """Un article servi comme il est demandé."""

    def __missing__(self, article: Article) -> Servi:
        return self.setdefault(article, servir(article, article.quantite))


def servir(article: Article, attribue: int, a_part: bool = False) -> Servi:
    """Un article, une fois sa part connue."""
    prix = article.prix_unitaire
    return Servi(article.produit, article.quantite, article.tolerance, attribue, prix, montant(prix, attribue), a_part)


def servir_les_bons(bons: Sequence[BonRetenu], parts: Mapping[tuple[int, int], int], a_part: Collection[str]) -> tuple[BonServi, ...]:
    """Chaque bon servi en entier, sauf `parts` : ce qui est attribué à (rang du bon, place de l'article), s'il se dispute.

    `a_part` : les produits qui s'expliquent cellule par cellule.
    """
    en_entier = _EnEntier()
    partages: dict[tuple[Article, int], Servi] = {}
    listes = [list(map(en_entier.__getitem__, bon.articles)) for bon in bons]
    for (rang, place), part in parts.items():
        article = bons[rang].articles[place]
        cle = (article, part)
        listes[rang][place] = partages.get(cle) or partages.setdefault(cle, servir(article, part, article.produit in a_part))
    servis = [BonServi._make((*bon[:5], liste)) for bon, liste in zip(bons, listes, strict=True)]
    return tuple(sorted(servis, key=_BON))


_CELLULE, _BON = itemgetter(0, 1), itemgetter(0, 1, 2, 3, 4)
_PRODUIT, _TOUT = attrgetter("produit"), attrgetter("produit", "quantite", "tolerance", "attribue", "prix_unitaire")


def par_bon(bons: Iterable[BonServi]) -> Iterator[BonServi]:
    """Les bons, un par intitulé : ce que des fichiers différents disent du même bon se suit dans l'ordre des refs."""
    for tete, groupe in groupby(bons, _BON):
        listes = [bon.servis for bon in groupe]
        yield BonServi._make((*tete, listes[0] if len(listes) == 1 else sorted((un for liste in listes for un in liste), key=_TOUT)))


def lignes_de(bons: Iterable[BonServi]) -> Iterator[LigneBon]:
    """Les lignes de ces bons, une par une, triées."""
    for bon in par_bon(bons):
        for un in bon.servis:
            yield LigneBon(*bon[:5], un.produit, un.quantite, un.tolerance, un.attribue, un.prix_unitaire, un.montant)


class Raison(NamedTuple):
    """Ce qui explique, pour tout le monde, les parts d'un produit : pourquoi on a moins, et « sac complété par le cellier »."""

    unite: str
    cause: str
    complete: str


class Explications(NamedTuple):
    """De quoi dire à chaque cellule ce qu'elle aura : la règle, la raison de chaque produit, et ce qui s'explique cellule par cellule."""

    regle: str
    raisons: Mapping[str, Raison]
    propres: Mapping[tuple[str, str, str], Attribution]

    def attribution(self, groupement: str, cellule: str, servi: Servi) -> Attribution:
        """Ce qu'une cellule aura d'un produit ; `servi` : tout ce qu'elle en demande."""
        if servi.a_part:
            return self.propres[(groupement, cellule, servi.produit)]
        quantites = (servi.quantite, servi.tolerance, servi.attribue)
        return nouvelle(Attribution, (groupement, cellule, servi.produit, *quantites, self.regle, self.phrase(servi), 0))

    def phrase(self, servi: Servi) -> str:
        """Ce qu'on dit à toutes les cellules servies de même, quand rien ne leur est propre."""
        unite, cause, complete = self.raisons[servi.produit]
        return motif(unite, servi.quantite, servi.tolerance, servi.attribue, cause, 0, complete)


def par_cellule(bons: Iterable[BonServi]) -> Iterator[tuple[str, str, Sequence[Servi]]]:
    """Groupement, cellule, et ce qu'elle aura de chaque produit, tous ses bons ensemble."""
    for (groupement, cellule), groupe in groupby(bons, _CELLULE):
        listes = [bon.servis for bon in groupe]
        yield groupement, cellule, listes[0] if len(listes) == 1 else _additionner(un for liste in listes for un in liste)


def _additionner(servis: Iterable[Servi]) -> list[Servi]:
    sommes: dict[str, Servi] = {}
    for un in servis:
        deja = sommes.get(un.produit)
        sommes[un.produit] = _ensemble(deja, un) if deja else un
    return sorted(sommes.values(), key=_PRODUIT)


@lru_cache(maxsize=4096)
def _ensemble(un: Servi, autre: Servi) -> Servi:
    """Deux demandes d'un produit par la même cellule ; leur prix peut différer, il n'a plus de sens."""
    quantites = (un.quantite + autre.quantite, un.tolerance + autre.tolerance, un.attribue + autre.attribue)
    return Servi(un.produit, *quantites, 0, un.montant + autre.montant, un.a_part)
