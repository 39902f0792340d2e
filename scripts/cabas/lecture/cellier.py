"""Le stock du cellier : `prive/<commande>/cellier.csv` ; à défaut `prive/cellier.csv`. Colonnes : `produit;quantite;prix`.

Le premier est l'état au moment de cette commande : refusionner plus tard redonne le même récap. Sort : un `Stock` par ref.
Codes : `stock-illisible` (la ligne est écartée), `cellier-absent`, `cellier-ignore`, et ceux d'`annexes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from cabas.constats import Constat, Emplacement, Refus, avertissement, erreur
from cabas.lecture.annexes import Annexes, lire_annexe
from cabas.modele import Depot, Produit
from cabas.quantites import lire_decimal, lire_quantite
from cabas.recu import Stock

NOM = "cellier.csv"


class Reserve(NamedTuple):
    """Le stock lu, par ref ; l'empreinte du fichier ; ce qui ne va pas."""

    stock: dict[str, Stock]
    empreintes: dict[str, str]
    constats: list[Constat]


def lire_cellier(prive: Path, commande: str, depot: Depot) -> Reserve:
    """Le stock du cellier pour une commande ; rien si elle ne s'en sert pas."""
    reserve = Reserve({}, {}, [])
    cellier = depot.commandes[commande].cellier if commande in depot.commandes else None
    if cellier is None:
        if (prive / commande / NOM).exists():
            fait, remede = (
                "La commande ne se sert pas du cellier : son stock n’est pas lu.",
                "Ajouter « cellier: {stock_d_abord: true} » à la commande.",
            )
            reserve.constats.append(avertissement("cellier-ignore", Emplacement(f"{prive.name}/{commande}/{NOM}"), fait, remede))
        return reserve
    relatif = next((chemin for chemin in (f"{commande}/{NOM}", NOM) if (prive / chemin).exists()), "")
    if not relatif:
        if cellier.stock_d_abord:
            fait = "La commande se sert du cellier, et son stock n’est pas là : on fait comme s’il était vide."
            remede = f"Écrire ce qu’il y a dans {prive.name}/{commande}/{NOM} : produit;quantite;prix."
            reserve.constats.append(avertissement("cellier-absent", Emplacement(f"{prive.name}/{commande}/{NOM}"), fait, remede))
        return reserve
    annexes = Annexes([], {}, reserve.empreintes, reserve.constats)
    for numero, ligne in lire_annexe(prive, relatif, annexes):
        lu = _lire_un(ligne, depot.produits, reserve.stock)
        if isinstance(lu, Refus):
            reserve.constats.append(erreur(lu.code, Emplacement(f"{prive.name}/{relatif}", numero), lu.fait, lu.remede))
        else:
            reserve.stock[lu.produit] = lu
    return reserve


def _lire_un(ligne: Mapping[str, str], produits: Mapping[str, Produit], deja: Mapping[str, Stock]) -> Stock | Refus:
    ref, ecrit, prix = (ligne.get(nom, "") for nom in Stock._fields)
    if ref not in produits:
        return _illisible(f"« {ref} » n’est pas au catalogue.", "Corriger la ref, ou ôter la ligne.")
    if ref in deja:
        return _illisible(f"« {ref} » est déjà sur une autre ligne : la première compte.", "Garder une ligne par produit.")
    quantite = lire_quantite(ecrit, produits[ref].unite) if ecrit else 0
    if isinstance(quantite, Refus):
        return _illisible(f"{ref} : {quantite.fait}", quantite.remede)
    unitaire = lire_decimal("".join(prix.replace("€", "").split()).replace(",", "."))
    if prix and (unitaire is None or unitaire < 0):
        return _illisible(f"{ref} : « {prix} » n’est pas un prix.", "Écrire comme 3,40, ou laisser la case vide : le prix coûtant vaut alors.")
    return Stock(ref, quantite, unitaire if prix else None)


def _illisible(fait: str, remede: str) -> Refus:
    return Refus("stock-illisible", f"{fait} Cette ligne du cellier ne compte pas.", remede)
