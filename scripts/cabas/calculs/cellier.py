"""Ce que le cellier (le stock commun) avait, a donné, a reçu : l'état de sa réserve avant et après une commande.

Quantités en millièmes, prix en euros exacts, montants en centimes. Le prix d'après est la moyenne pondérée, au centime.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from cabas.argent import arrondir_decimal, montant_coutant
from cabas.modele import Depot
from cabas.recu import Stock

if TYPE_CHECKING:
    from cabas.calculs.recap import LigneProduit


class LigneCellier(NamedTuple):
    """Un produit du cellier. `quantite` et `prix` : ce qu'il reste après la commande, et ce que vaut une unité.

    `pris` : donné aux cellules, compté `valeur_prise` ; `ajoute` : reçu pour compléter un lot, payé `cout_ajoute`.
    """

    produit: str
    quantite: int
    prix: Decimal
    nom: str
    unite: str
    avant: int
    pris: int
    ajoute: int
    valeur_prise: int
    cout_ajoute: int


def etat_du_cellier(depot: Depot, stock: Mapping[str, Stock], produits: Iterable[LigneProduit]) -> tuple[LigneCellier, ...]:
    """Une ligne par produit que le cellier avait ou reçoit, dans l'ordre des refs."""
    mouvements = {ligne.produit: (ligne.du_cellier, ligne.au_cellier) for ligne in produits if ligne.du_cellier or ligne.au_cellier}
    return tuple(
        _ligne(depot, stock.get(ref, Stock(ref, 0)), *mouvements.get(ref, (0, 0)))
        for ref in sorted(mouvements.keys() | stock.keys())
        if ref in depot.produits
    )


def _ligne(depot: Depot, avant: Stock, pris: int, ajoute: int) -> LigneCellier:
    produit = depot.produits[avant.produit]
    prix = produit.prix if avant.prix is None else avant.prix
    garde = avant.quantite - pris
    apres = prix
    if ajoute and prix != produit.prix:
        apres = Decimal(arrondir_decimal((prix * garde + produit.prix * ajoute) * 100 / (garde + ajoute))) / 100
    return LigneCellier(
        *(produit.ref, garde + ajoute, apres, produit.nom, produit.unite, avant.quantite, pris, ajoute),
        *(montant_coutant(prix, pris), montant_coutant(produit.prix, ajoute)),
    )
