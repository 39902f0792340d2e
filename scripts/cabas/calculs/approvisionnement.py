"""D'où vient un produit : ce que permettent les limites, ce que donne le cellier, ce que l'on commande à la productrice.

Dans cet ordre (décision 14) : la limite de chaque groupement ramène les demandes de ses cellules ; le stock du cellier sert
ce qu'il peut ; la productrice le reste, en lots entiers, sous la limite du réseau ; le cellier complète enfin les lots
dont le manque tient dans son budget. Quantités en millièmes, montants en centimes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from cabas.argent import centimes, montant_coutant
from cabas.calculs.conditionnements import compter, lot_entame, manque_pour_un_lot, tailles_de, total_a_commander
from cabas.calculs.repartition import Demande, repartir
from cabas.modele import Produit
from cabas.regles_de_partage import Cellier


class Achat(NamedTuple):
    """Ce que l'on commande d'un produit. `lots` : `None` sans lots entiers.

    `pris` : ce que donne le cellier ; `manque` : ce qui compléterait un lot de plus ; `complete` : ce que le cellier y a mis ;
    `plafonne` : la limite du réseau a fait commander moins ; `lot` : la taille du lot que finirait `manque`.
    """

    a_commander: int
    lots: int | None = None
    pris: int = 0
    manque: int = 0
    complete: int = 0
    plafonne: bool = False
    lot: int = 0

    @property
    def disponible(self) -> int:
        """Ce qu'il y a à répartir : la commande et le cellier."""
        return self.a_commander + self.pris


def acheter(produit: Produit, quantites: int, tolerances: int, total: int | None = None, stock: int = 0) -> Achat:
    """Combien commander pour tout le réseau. `total` : au plus tant à la productrice. `stock` : ce qu'a le cellier."""
    stock = min(stock // produit.pas * produit.pas, quantites)
    tailles = tailles_de(produit)
    if not tailles:
        voulu = quantites - stock
        commande = voulu if total is None else min(voulu, total)
        return Achat(commande, None, stock, plafonne=commande < voulu)
    commande = total_a_commander(tailles, quantites, tolerances, total, stock)
    plafonne = total is not None and commande < total_a_commander(tailles, quantites, tolerances, None, stock)
    pris = min(stock, max(0, quantites - commande)) // produit.pas * produit.pas
    manque = manque_pour_un_lot(tailles, quantites, tolerances, total) if commande + pris < quantites else 0
    lot = lot_entame(tailles, quantites + tolerances + manque) if manque else 0
    return Achat(commande, _nombre(tailles, commande), pris, manque, plafonne=plafonne, lot=lot)


def _nombre(tailles: Sequence[int], commande: int) -> int:
    return sum(compter(tailles, commande) or ())


def completer(cellier: Cellier | None, achats: Mapping[str, tuple[Produit, int, Achat]]) -> dict[str, Achat]:
    """Les achats, une fois complétés par le cellier. `achats` : par ref, la fiche, ce que veulent les cellules tolérances comprises, l'achat.

    Le manque le moins cher d'abord, puis l'ordre des refs, tant que le budget suffit.
    """
    finals = {ref: achat for ref, (_produit, _voulu, achat) in achats.items()}
    if cellier is None or not cellier.complete or cellier.budget is None:
        return finals
    reste = centimes(cellier.budget)
    couts = sorted((montant_coutant(produit.prix, achat.manque), ref) for ref, (produit, _voulu, achat) in achats.items() if achat.manque)
    for cout, ref in couts:
        if cout <= reste:
            produit, voulu, achat = achats[ref]
            commande = voulu + achat.manque
            finals[ref] = achat._replace(a_commander=commande, lots=_nombre(tailles_de(produit), commande), pris=0, manque=0, complete=achat.manque)
            reste -= cout
    return finals


def limiter(regle: str, pas: int, demandes: Sequence[Demande], limites: Mapping[str, int], graine: str) -> list[Demande]:
    """Les demandes, ramenées à la limite de leur groupement : les quantités d'abord, puis les tolérances, selon la règle.

    Sort une demande par demande, dans le même ordre ; celles d'un groupement sans limite ne changent pas.
    """
    admises = list(demandes)
    for groupement, permis in sorted(limites.items()):
        rangs = [rang for rang, demande in enumerate(demandes) if demande.groupement == groupement]
        quantites = repartir(regle, permis, pas, [demandes[rang]._replace(tolerance=0) for rang in rangs], graine)
        en_plus = [demandes[rang]._replace(quantite=demandes[rang].tolerance, tolerance=0) for rang in rangs]
        tolerances = repartir(regle, permis - sum(quantites), pas, en_plus, graine)
        for rang, quantite, tolerance in zip(rangs, quantites, tolerances, strict=True):
            admises[rang] = demandes[rang]._replace(quantite=quantite, tolerance=tolerance)
    return admises


def depassees(limites: Mapping[str, int], demandes: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Les limites de groupement qui jouent vraiment. `demandes` : (groupement, quantité et tolérance)."""
    if not limites:
        return {}
    sommes: dict[str, int] = {}
    for groupement, voulu in demandes:
        sommes[groupement] = sommes.get(groupement, 0) + voulu
    return {groupement: total for groupement, total in limites.items() if sommes.get(groupement, 0) > total}
