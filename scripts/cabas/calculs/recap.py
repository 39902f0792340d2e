"""Récapituler : combien commander à chaque productrice, ce que chacun·e aura, ce que cela coûte.

Entre : le dépôt et une `Fusion`. Sort : un `Recap`, quatre listes triées. La somme des quantités est la même partout :
par produit, par groupement, par ligne. Quantités en millièmes, montants en centimes. Règles : contrats.md §5 à §7.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import chain, groupby
from operator import attrgetter
from typing import NamedTuple

from cabas.argent import centimes, montant_coutant
from cabas.calculs.approvisionnement import Achat, completer
from cabas.calculs.attribution import Besoin, attribuer, expliquer, prevoir, raison_de, s_explique_a_part, se_dispute
from cabas.calculs.cellier import LigneCellier, etat_du_cellier
from cabas.calculs.conditionnements import compter, lots_de
from cabas.calculs.frais import PartDeFrais, partager_frais
from cabas.calculs.fusion import Fusion
from cabas.calculs.mots_de_commande import compte_dit
from cabas.calculs.offre import limites_des_groupements
from cabas.calculs.reseau import anonymes
from cabas.calculs.retenues import BonRetenu, Retenue, demandeurs
from cabas.calculs.servis import Attribution, BonServi, Explications, LigneBon, lignes_de, par_cellule, servir_les_bons
from cabas.modele import Depot, Produit
from cabas.recu import Stock


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


class Manque(NamedTuple):
    """Ce qu'il faudrait encore demander pour compléter un lot, et la taille de celui-ci."""

    produit: Produit
    quantite: int
    lot: int


class FaitsDuRecap(NamedTuple):
    """Le récap d'une commande. `bons` : ce que chacun·e aura ; `lignes` et `attributions` le disent une ligne à la fois."""

    produits: tuple[LigneProduit, ...]
    groupements: tuple[LigneGroupement, ...]
    bons: tuple[BonServi, ...]
    explications: Explications
    manques: tuple[Manque, ...]
    frais: tuple[PartDeFrais, ...] = ()
    cellier: tuple[LigneCellier, ...] = ()


class Recap(FaitsDuRecap):
    """Un récap, et ce que l'on en tire une fois pour toutes."""

    @cached_property
    def lignes(self) -> tuple[LigneBon, ...]:
        """Les lignes de tous les bons, triées."""
        return tuple(lignes_de(self.bons))

    @cached_property
    def attributions(self) -> tuple[Attribution, ...]:
        """Ce que chaque cellule aura de chaque produit, et pourquoi."""
        dire = self.explications.attribution
        return tuple(dire(groupement, cellule, un) for groupement, cellule, siens in par_cellule(self.bons) for un in siens)

    @property
    def total_producteurs(self) -> int:
        """Ce que coûtera la commande au prix coûtant, en centimes."""
        return sum(ligne.montant for ligne in self.produits)

    @property
    def total_cellules(self) -> int:
        """Ce que paieront les cellules, en centimes."""
        return sum(ligne.montant for ligne in self.groupements)


def recapituler(depot: Depot, fusion: Fusion, stock: Mapping[str, Stock] | None = None) -> Recap:
    """Répartit chaque produit et dresse le récap. `stock` : ce que le cellier a en réserve, par ref."""
    commande = fusion.commande
    reserve = stock or {}
    sommes = _sommes(fusion.bons)
    limites = demandeurs(fusion.bons, [ref for ref in sommes if limites_des_groupements(depot.produits[ref], commande)])
    besoins: dict[str, Besoin] = {}
    for ref in sorted(sommes):
        compares = _compares(fusion, limites[ref].retenues) if ref in limites else ()
        besoins[ref] = prevoir(commande, depot.produits[ref], compares, reserve.get(ref), sommes[ref][:2])
    achats = completer(commande.cellier, {ref: (besoin.produit, besoin.voulu, besoin.achat) for ref, besoin in besoins.items()})
    disputes = [ref for ref, besoin in besoins.items() if se_dispute(besoin, achats[ref])]
    parts: dict[tuple[int, int], int] = {}
    propres: dict[tuple[str, str, str], Attribution] = {}
    a_part = {ref for ref in disputes if s_explique_a_part(commande, besoins[ref], achats[ref])}
    for ref, (nommees, places) in demandeurs(fusion.bons, disputes).items():
        besoin = besoins[ref]._replace(retenues=_compares(fusion, nommees))
        obtenues = attribuer(commande, besoin, achats[ref].disponible)
        parts |= zip(places, obtenues, strict=True)
        if ref in a_part:
            propres |= {une[:3]: une for une in expliquer(commande, besoin, nommees, achats[ref], obtenues)}
    bons = servir_les_bons(fusion.bons, parts, a_part)
    groupements = _groupements(bons, propres.values())
    servis = _par_produit(groupements)
    produits = [_ligne_produit(besoin, achats[ref], servis[ref], sommes[ref][2]) for ref, besoin in besoins.items()]
    return Recap(
        tuple(produits),
        groupements,
        bons,
        Explications(commande.repartition, {ref: raison_de(commande, besoin, achats[ref]) for ref, besoin in besoins.items()}, propres),
        tuple(Manque(depot.produits[ref], achat.manque, achat.lot) for ref, achat in achats.items() if achat.manque),
        partager_frais(centimes(commande.frais or Decimal(0)), commande.frais_selon, lignes_de(bons)),
        etat_du_cellier(depot, reserve, produits) if commande.cellier else (),
    )


def _compares(fusion: Fusion, retenues: Sequence[Retenue]) -> Sequence[Retenue]:
    """Les demandes telles que la règle les compare : sans aucun nom quand des groupements n'en ont pas donné."""
    return anonymes(fusion.commande, retenues) if fusion.totaux is not None else retenues


def _sommes(bons: Iterable[BonRetenu]) -> dict[str, tuple[int, int, int]]:
    """Par produit : les quantités, les tolérances, et combien de bons le demandent."""
    comptes = Counter(chain.from_iterable(bon.articles for bon in bons))
    sommes: dict[str, tuple[int, int, int]] = {}
    for article, nombre in comptes.items():
        quantites, tolerances, fois = sommes.get(article.produit, (0, 0, 0))
        sommes[article.produit] = (quantites + nombre * article.quantite, tolerances + nombre * article.tolerance, fois + nombre)
    return sommes


def _groupements(bons: Iterable[BonServi], attributions: Iterable[Attribution]) -> tuple[LigneGroupement, ...]:
    sommes: dict[str, dict[str, list[int]]] = {}
    for groupement, siens in groupby(bons, attrgetter("groupement")):
        ici = sommes[groupement] = defaultdict(lambda: [0, 0, 0, 0])
        for un, nombre in Counter(chain.from_iterable(bon.servis for bon in siens)).items():
            somme = ici[un.produit]
            somme[0] += nombre * un.quantite
            somme[1] += nombre * un.attribue
            somme[2] += nombre * un.montant
    for part in attributions:
        sommes[part.groupement][part.produit][3] += part.du_cellier
    return tuple(LigneGroupement(groupement, ref, *somme) for groupement, ici in sorted(sommes.items()) for ref, somme in sorted(ici.items()))


def _par_produit(groupements: Iterable[LigneGroupement]) -> dict[str, int]:
    """Tout ce qui est attribué de chaque produit."""
    servis: dict[str, int] = {}
    for ligne in groupements:
        servis[ligne.produit] = servis.get(ligne.produit, 0) + ligne.attribue
    return servis


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
