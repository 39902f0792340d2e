"""Récapituler : combien commander à chaque productrice, ce que chacun·e aura, ce que cela coûte.

Entre : le dépôt et une `Fusion`. Sort : un `Recap`, quatre listes triées. La somme des quantités est la même partout :
par produit, par groupement, par ligne. Quantités en millièmes, montants en centimes. Règles : contrats.md §5 à §7.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import NamedTuple

from cabas.argent import centimes, montant, montant_coutant
from cabas.calculs.approvisionnement import Achat, completer
from cabas.calculs.attribution import Attribution, Besoin, attribuer, expliquer, prevoir
from cabas.calculs.cellier import LigneCellier, etat_du_cellier
from cabas.calculs.conditionnements import compter, lots_de
from cabas.calculs.frais import PartDeFrais, partager_frais
from cabas.calculs.fusion import Fusion, Retenue
from cabas.calculs.mots_de_commande import compte_dit
from cabas.calculs.reseau import anonymes
from cabas.modele import Depot, Produit
from cabas.recu import Stock, nouvelle


class LigneProduit(NamedTuple):
    """Un produit pour tout le réseau. `lots` : `None` sans lots entiers. `prix` coûtant en euros exacts.

    `reste` : `a_commander` moins tout l'attribué ; négatif de ce que donne le cellier (`du_cellier`), positif de ce qu'il reçoit en
    complétant un lot (`au_cellier`). `detail` : les lots en mots, quand le produit en a plusieurs.
    """

    produit: str
    nom: str
    producteur: str
    unite: str
    quantite: int
    tolerance: int
    lots: int | None
    a_commander: int
    reste: int
    prix: Decimal
    montant: int
    bons: int
    du_cellier: int = 0
    au_cellier: int = 0
    detail: str = ""

    @property
    def sans_preneur(self) -> int:
        """Ce qui est commandé, et qui n'est ni attribué, ni pour le cellier."""
        return self.reste + self.du_cellier - self.au_cellier


class LigneGroupement(NamedTuple):
    """Un produit dans un groupement. `montant` : ce que paieront ses cellules. `du_cellier` : la part qui vient du stock commun."""

    groupement: str
    produit: str
    quantite: int
    attribue: int
    montant: int
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


class Manque(NamedTuple):
    """Ce qu'il faudrait encore demander pour compléter un lot."""

    produit: Produit
    quantite: int


@dataclass(frozen=True, slots=True)
class Recap:
    """Le récap d'une commande."""

    produits: tuple[LigneProduit, ...]
    groupements: tuple[LigneGroupement, ...]
    attributions: tuple[Attribution, ...]
    lignes: tuple[LigneBon, ...]
    manques: tuple[Manque, ...]
    frais: tuple[PartDeFrais, ...] = ()
    cellier: tuple[LigneCellier, ...] = ()

    @property
    def total_producteurs(self) -> int:
        """Ce que coûtera la commande au prix coûtant, en centimes."""
        return sum(ligne.montant for ligne in self.produits)

    @property
    def total_cellules(self) -> int:
        """Ce que paieront les cellules, en centimes."""
        return sum(ligne.montant for ligne in self.lignes)


def recapituler(depot: Depot, fusion: Fusion, stock: Mapping[str, Stock] | None = None) -> Recap:
    """Répartit chaque produit et dresse le récap. `stock` : ce que le cellier a en réserve, par ref."""
    commande = fusion.commande
    reserve = stock or {}
    par_produit: dict[str, list[Retenue]] = {}
    for retenue in fusion.retenues:
        par_produit.setdefault(retenue.produit, []).append(retenue)
    compares = {ref: anonymes(commande, retenues) if fusion.totaux is not None else retenues for ref, retenues in par_produit.items()}
    besoins = {ref: prevoir(commande, depot.produits[ref], compares[ref], reserve.get(ref)) for ref in sorted(par_produit)}
    achats = completer(commande.cellier, {ref: (besoin.produit, besoin.voulu, besoin.achat) for ref, besoin in besoins.items()})
    produits: list[LigneProduit] = []
    attributions: list[Attribution] = []
    servis: dict[str, Iterator[int]] = {}
    for ref, besoin in besoins.items():
        parts = attribuer(commande, besoin, achats[ref].disponible)
        nommees = par_produit[ref]
        produits.append(_ligne_produit(besoin, achats[ref], sum(parts), _bons(nommees)))
        attributions += expliquer(commande, besoin, nommees, achats[ref], parts)
        servis[ref] = iter(parts)
    lignes = [_ligne_bon(retenue, next(servis[retenue.produit])) for retenue in fusion.retenues]
    return Recap(
        tuple(produits),
        _groupements(lignes, attributions),
        _par_cellule(attributions),
        tuple(sorted(lignes)),
        tuple(Manque(depot.produits[ref], achat.manque) for ref, achat in achats.items() if achat.manque),
        partager_frais(centimes(commande.frais or Decimal(0)), commande.frais_selon, lignes),
        etat_du_cellier(depot, reserve, produits) if commande.cellier else (),
    )


def _par_cellule(attributions: Iterable[Attribution]) -> tuple[Attribution, ...]:
    """Les attributions rangées par groupement et cellule. Elles arrivent dans l'ordre des produits : il suffit de les distribuer."""
    siennes: dict[tuple[str, str], list[Attribution]] = {}
    for une in attributions:
        siennes.setdefault((une.groupement, une.cellule), []).append(une)
    return tuple(une for cle in sorted(siennes) for une in siennes[cle])


def _groupements(lignes: list[LigneBon], attributions: list[Attribution]) -> tuple[LigneGroupement, ...]:
    sommes: dict[tuple[str, str], list[int]] = {}
    for groupement, _cellule, _bon, _creneau, _tarif, produit, quantite, _tolerance, attribue, _prix, du in lignes:
        compte = sommes.get((groupement, produit)) or sommes.setdefault((groupement, produit), [0, 0, 0, 0])
        compte[0] += quantite
        compte[1] += attribue
        compte[2] += du
    for part in attributions:
        if part.du_cellier:
            sommes[(part.groupement, part.produit)][3] += part.du_cellier
    return tuple(LigneGroupement(*cle, *sommes[cle]) for cle in sorted(sommes))


def _ligne_bon(retenue: Retenue, part: int) -> LigneBon:
    groupement, cellule, bon, produit, quantite, tolerance, creneau, tarif, prix_unitaire, *_suite = retenue
    du = montant(prix_unitaire, part)
    return nouvelle(LigneBon, (groupement, cellule, bon, creneau, tarif, produit, quantite, tolerance, part, prix_unitaire, du))


def _bons(retenues: Sequence[Retenue]) -> int:
    """Combien de bons demandent un produit."""
    return len(set(map(attrgetter("groupement", "cellule", "bon", "fichier"), retenues)))


def _ligne_produit(besoin: Besoin, achat: Achat, attribue: int, bons: int) -> LigneProduit:
    produit = besoin.produit
    lots = lots_de(produit)
    compte = compter([lot.quantite for lot in lots], achat.a_commander) if produit.lots and achat.a_commander else None
    return LigneProduit(
        *(produit.ref, produit.nom, produit.producteur, produit.unite, besoin.quantites, besoin.tolerances),
        *(achat.lots, achat.a_commander, achat.a_commander - attribue, produit.prix, montant_coutant(produit.prix, achat.a_commander)),
        bons,
        *(achat.pris, achat.complete),
        compte_dit(produit, zip(compte, lots, strict=True)) if compte else "",
    )
