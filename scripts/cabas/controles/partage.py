"""Ce qu'on vérifie sur le partage : lots, limites, cellier."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd

from cabas.calculs.conditionnements import FINESSE
from cabas.controles.base import Contexte, Fait
from cabas.modele import Produit
from cabas.typographie import quantite


def lots_supplementaires(contexte: Contexte) -> Iterator[Fait]:
    """Les autres lots d'un produit vont-ils avec le premier : multiples du pas, tailles différentes et comparables ?"""
    for produit in contexte.depot.produits.values():
        for fait, remede in _fautes_de_lots(produit) if produit.lots else ():
            yield Fait(produit.source.a("lots"), fait, remede)


def _fautes_de_lots(produit: Produit) -> Iterator[tuple[str, str]]:
    if produit.lot is None:
        yield "La fiche a d’autres lots, et pas de lot principal.", "Écrire le plus courant dans « lot », les autres dans « lots »."
        return
    tailles = [produit.lot.quantite, *(lot.quantite for lot in produit.lots)]
    for taille in tailles[1:]:
        if taille % produit.pas:
            dit, pas = quantite(taille, produit.unite), quantite(produit.pas, produit.unite)
            yield f"Un lot de {dit} n’est pas un multiple du pas, {pas}.", "Ajuster l’un ou l’autre."
    if len(set(tailles)) < len(tailles):
        yield "Deux lots ont la même taille.", "N’en garder qu’un."
    elif max(tailles) // gcd(*tailles) > FINESSE:
        yield "Les tailles des lots s’accordent trop mal pour chercher la meilleure combinaison.", "Arrondir les tailles, ou ôter un lot."


def limite_hors_pas(contexte: Contexte) -> Iterator[Fait]:
    """Les limites d'une commande sont-elles des multiples du pas ?"""
    for commande in contexte.depot.commandes.values():
        for limite in commande.limites:
            produit = contexte.pour(commande).produits.get(limite.produit)
            par_groupement = [(f"total de {une.groupement}", une.total) for une in limite.groupements]
            for nom, valeur in (("maximum", limite.maximum), ("total", limite.total), *par_groupement):
                if produit and valeur is not None and valeur % produit.pas:
                    dit, pas = quantite(valeur, produit.unite), quantite(produit.pas, produit.unite)
                    yield Fait(
                        commande.source.a("limites"),
                        f"{limite.produit} : {nom}, {dit}, n’est pas un multiple du pas, {pas}.",
                        "Ajuster la limite.",
                    )


def limite_inutile(contexte: Contexte) -> Iterator[Fait]:
    """Chaque groupement limité par une commande y a-t-il une fenêtre ?"""
    for commande in contexte.depot.commandes.values():
        for limite in commande.limites:
            for une in limite.groupements:
                if commande.fenetre(une.groupement) is None:
                    fait = f"{limite.produit} : {une.groupement} n’a pas de fenêtre dans cette commande, sa limite ne sert à rien."
                    yield Fait(commande.source.a("limites"), fait, "L’ôter, ou ajouter la fenêtre du groupement.")


def cellier_sans_budget(contexte: Contexte) -> Iterator[Fait]:
    """Le cellier qui complète des lots a-t-il un budget, et un budget sert-il à compléter ?"""
    for commande in contexte.depot.commandes.values():
        cellier = commande.cellier
        if cellier and cellier.complete and cellier.budget is None:
            fait = "Le cellier complète les lots, mais il n’a pas de budget : il ne complétera rien."
            yield Fait(commande.source.a("cellier"), fait, "Ajouter le budget : cellier: {complete: true, budget: 60.00}.")
        elif cellier and cellier.budget is not None and not cellier.complete:
            fait = "Le cellier a un budget, mais il ne complète pas les lots : le budget ne sert à rien."
            yield Fait(commande.source.a("cellier"), fait, "Ajouter « complete: true », ou ôter le budget.")
