"""Où en sont les lots pendant que la commande est ouverte : des sommes, jamais une personne.

Entre : une `Fusion` et son `Recap`. Sort : un `EtatDesLots`, publiable. Un produit demandé par moins de `SEUIL` cellules n'a
ni « demandé » ni « manque » : la somme d'une ou deux personnes est ce qu'a demandé quelqu'un. Règle : décision 13.
"""

from __future__ import annotations

from datetime import datetime

from cabas.calculs.affichage import nom_du_lot
from cabas.calculs.attribution import FEMININS
from cabas.calculs.conditionnements import lots_de, nom_de_taille, tailles_de
from cabas.calculs.fusion import Fusion
from cabas.calculs.offre import proposes
from cabas.calculs.recap import Recap
from cabas.etats import EtatDeLot, EtatDesLots
from cabas.modele import Depot, Produit
from cabas.temps import PARIS
from cabas.typographie import simplifier

SEUIL = 3
"""En dessous de trois cellules, on ne publie pas la quantité. Zéro et deux se disent pareil : rien ne les distingue."""


def etat_des_lots(depot: Depot, fusion: Fusion, recap: Recap, instant: datetime) -> EtatDesLots:
    """L'état de chaque produit à lot complet que la commande propose, par ref. `instant` : celui que l'état dira, à la minute.

    Le lot est celui que l'on est en train de remplir : avec des sacs de 25 et de 5 kg, 28 kg demandés en sont à 3 kg d'un sac de 5.
    « Demandé » compte les quantités et les tolérances ensemble : de leur somme, on ne tire ni les unes ni les autres.
    """
    cellules: dict[str, set[tuple[str, str]]] = {}
    for retenue in fusion.retenues:
        if retenue.quantite:
            cellules.setdefault(retenue.produit, set()).add((retenue.groupement, retenue.cellule))
    manques = {manque.produit.ref: manque for manque in recap.manques}
    etats = []
    for produit in sorted(proposes(depot, fusion.commande), key=lambda produit: produit.ref):
        if not produit.lot_complet or produit.lot is None:
            continue
        manque = manques.get(produit.ref)
        if len(cellules.get(produit.ref, ())) < SEUIL:
            etats.append(EtatDeLot(produit.ref, produit.lot.quantite))
        elif manque is None:
            etats.append(EtatDeLot(produit.ref, produit.lot.quantite, 0, 0))
        else:
            etats.append(EtatDeLot(produit.ref, manque.lot, manque.lot - manque.quantite, manque.quantite))
    return EtatDesLots(fusion.commande.id, instant.astimezone(PARIS).replace(second=0, microsecond=0), tuple(etats))


def lot_a_completer(produit: Produit, etat: EtatDesLots | None) -> EtatDeLot | None:
    """L'état du lot d'un produit, s'il y a quelque chose à en dire : il manque une quantité, et la taille est une de celles de la fiche."""
    lot = next((un for un in etat.produits if un.produit == produit.ref), None) if etat else None
    return lot if lot is not None and lot.manque and lot.lot in tailles_de(produit) else None


def un_lot(produit: Produit, taille: int) -> str:
    """« un sac de 5 kg », « une caisse de 10 kg » : le lot de cette taille."""
    nom = nom_de_taille(produit, taille)
    return f"{'une' if nom.split()[0].split('-')[-1] in FEMININS else 'un'} {nom}"


def le_lot(produit: Produit, taille: int) -> str:
    """« le sac de 25 kg », « la caisse de 10 kg », « l’étui de 12 pièces » : le lot de cette taille, parmi ceux du produit."""
    nom = next(nom_du_lot(produit, lot) for lot in lots_de(produit) if lot.quantite == taille)
    mot = (nom.split() or [""])[0]
    if simplifier(mot)[:1] in tuple("aeiou"):
        return f"l’{nom}"
    return f"{'la' if mot.split('-')[-1] in FEMININS else 'le'} {nom}"
