"""Récapituler : combien commander à chaque productrice, ce que chacun·e aura, ce que cela coûte.

Entre : le dépôt et une `Fusion`. Sort : un `Recap`, quatre listes triées. La somme des quantités est la même partout :
par produit, par groupement, par ligne. Quantités en millièmes, montants en centimes. Règles : contrats.md §5 à §7.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from cabas.argent import montant, montant_coutant
from cabas.calculs.fusion import Fusion, Retenue
from cabas.calculs.offre import total_permis
from cabas.calculs.repartition import Demande, a_repartir, motif, repartir
from cabas.calculs.reseau import anonymes
from cabas.modele import Commande, Depot, Produit


class LigneProduit(NamedTuple):
    """Un produit pour tout le réseau. `lots` : `None` sans lots entiers. `prix` coûtant en euros exacts."""

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


class LigneGroupement(NamedTuple):
    """Un produit dans un groupement. `montant` : ce que paieront ses cellules."""

    groupement: str
    produit: str
    quantite: int
    attribue: int
    montant: int


class Attribution(NamedTuple):
    """Ce qu'une cellule aura d'un produit, et la phrase qui l'explique."""

    groupement: str
    cellule: str
    produit: str
    demande: int
    tolerance: int
    attribue: int
    regle: str
    motif: str


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

    @property
    def total_producteurs(self) -> int:
        """Ce que coûtera la commande au prix coûtant, en centimes."""
        return sum(ligne.montant for ligne in self.produits)

    @property
    def total_cellules(self) -> int:
        """Ce que paieront les cellules, en centimes."""
        return sum(ligne.montant for ligne in self.lignes)


def recapituler(depot: Depot, fusion: Fusion) -> Recap:
    """Répartit chaque produit et dresse le récap."""
    par_produit: dict[str, list[Retenue]] = {}
    for retenue in fusion.retenues:
        par_produit.setdefault(retenue.produit, []).append(retenue)
    produits: list[LigneProduit] = []
    attributions: list[Attribution] = []
    lignes: list[LigneBon] = []
    manques: list[Manque] = []
    for ref in sorted(par_produit):
        ligne, parts, manque = _repartir_produit(fusion.commande, depot.produits[ref], par_produit[ref], fusion.totaux is not None)
        produits.append(ligne)
        attributions += _attributions(fusion.commande, depot.produits[ref], par_produit[ref], parts)
        lignes += [_ligne_bon(retenue, part) for retenue, part in zip(par_produit[ref], parts, strict=True)]
        if manque:
            manques.append(Manque(depot.produits[ref], manque))
    groupements: dict[tuple[str, str], LigneGroupement] = {}
    for bon in lignes:
        cle = (bon.groupement, bon.produit)
        deja = groupements.get(cle, LigneGroupement(*cle, 0, 0, 0))
        groupements[cle] = LigneGroupement(*cle, deja.quantite + bon.quantite, deja.attribue + bon.attribue, deja.montant + bon.montant)
    return Recap(tuple(produits), tuple(sorted(groupements.values())), tuple(sorted(attributions)), tuple(sorted(lignes)), tuple(manques))


def _ligne_bon(retenue: Retenue, part: int) -> LigneBon:
    return LigneBon(
        retenue.groupement,
        retenue.cellule,
        retenue.bon,
        retenue.creneau,
        retenue.tarif,
        retenue.produit,
        retenue.quantite,
        retenue.tolerance,
        part,
        retenue.prix_unitaire,
        montant(retenue.prix_unitaire, part),
    )


def _repartir_produit(commande: Commande, produit: Produit, retenues: list[Retenue], reseau: bool) -> tuple[LigneProduit, list[int], int]:
    """La ligne de récap d'un produit, la part de chaque retenue, ce qui manque pour un lot. `reseau` : on départage par jetons."""
    quantites, tolerances = sum(retenue.quantite for retenue in retenues), sum(retenue.tolerance for retenue in retenues)
    total = total_permis(produit, commande)
    a_commander, lots = a_repartir(produit, quantites, tolerances, total)
    parts = _parts(commande, produit, anonymes(commande, retenues) if reseau else retenues, a_commander)
    manque = 0
    if lots is not None and produit.lot is not None and (total is None or (lots + 1) * produit.lot.quantite <= total):
        manque = max(0, (lots + 1) * produit.lot.quantite - quantites - tolerances) if quantites > lots * produit.lot.quantite else 0
    bons = len({(retenue.groupement, retenue.cellule, retenue.bon, retenue.fichier) for retenue in retenues})
    ligne = LigneProduit(
        produit.ref,
        produit.nom,
        produit.producteur,
        produit.unite,
        quantites,
        tolerances,
        lots,
        a_commander,
        a_commander - sum(parts),
        produit.prix,
        montant_coutant(produit.prix, a_commander),
        bons,
    )
    return ligne, parts, manque


def _parts(commande: Commande, produit: Produit, retenues: list[Retenue], disponible: int) -> list[int]:
    """La part de chaque retenue. `premier-arrive` ordonne les bons ; les autres règles comparent les cellules."""
    demandees = [retenue.quantite for retenue in retenues]
    if disponible == sum(demandees):
        return demandees  # tout le monde est servi : aucune règle n'a à choisir
    groupes: dict[tuple[str, ...], list[int]] = {}
    for indice, retenue in enumerate(retenues):
        cle = (retenue.groupement, retenue.cellule) if commande.repartition != "premier-arrive" else (str(indice),)
        groupes.setdefault(cle, []).append(indice)
    demandes = [_demande([retenues[indice] for indice in indices]) for indices in groupes.values()]
    obtenues = repartir(commande.repartition, disponible, produit.pas, demandes, f"{commande.id}/{produit.ref}")
    parts = [0] * len(retenues)
    for indices, obtenue in zip(groupes.values(), obtenues, strict=True):
        for rang, part in zip(indices, _detailler([retenues[indice] for indice in indices], obtenue), strict=True):
            parts[rang] = part
    return parts


def _demande(retenues: list[Retenue]) -> Demande:
    premiere = retenues[0]
    return Demande(
        premiere.groupement,
        premiere.cellule,
        sum(retenue.quantite for retenue in retenues),
        sum(retenue.tolerance for retenue in retenues),
        premiere.envoi,
        premiere.fichier,
        premiere.ligne,
    )


def _detailler(retenues: list[Retenue], obtenue: int) -> list[int]:
    """Ce qu'une cellule a obtenu, réparti entre ses bons : les quantités d'abord, puis les tolérances."""
    parts = []
    for retenue in retenues:
        parts.append(min(retenue.quantite, obtenue))
        obtenue -= parts[-1]
    for rang, retenue in enumerate(retenues):
        plus = min(retenue.tolerance, obtenue)
        parts[rang] += plus
        obtenue -= plus
    return parts


def _attributions(commande: Commande, produit: Produit, retenues: list[Retenue], parts: list[int]) -> list[Attribution]:
    sommes: dict[tuple[str, str], tuple[int, int, int]] = {}
    for retenue, part in zip(retenues, parts, strict=True):
        demande, tolerance, attribue = sommes.get((retenue.groupement, retenue.cellule), (0, 0, 0))
        sommes[(retenue.groupement, retenue.cellule)] = (demande + retenue.quantite, tolerance + retenue.tolerance, attribue + part)
    cause = _cause(produit)
    return [
        Attribution(
            groupement,
            cellule,
            produit.ref,
            demande,
            tolerance,
            attribue,
            commande.repartition,
            motif(produit.unite, demande, tolerance, attribue, cause),
        )
        for (groupement, cellule), (demande, tolerance, attribue) in sommes.items()
    ]


def _cause(produit: Produit) -> str:
    """Pourquoi une part est plus petite que la demande : « sac incomplet », « quantité limitée »."""
    if not produit.lot_complet or produit.lot is None:
        return "quantité limitée pour le réseau"
    mot = (produit.lot.nom.split() or ["lot"])[0]
    return f"{mot} incomplet{'e' if mot in _FEMININS else ''}"


_FEMININS = frozenset({"caisse", "boîte", "boite", "meule", "palette", "cagette", "bouteille", "tomme", "part", "barquette"})
