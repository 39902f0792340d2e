"""Ce qu'on vérifie sur l'état des lots d'une commande (`catalogue/commandes/<id>.etat.json`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from cabas.calculs.conditionnements import tailles_de
from cabas.calculs.offre import proposes
from cabas.controles.base import Contexte, Fait
from cabas.typographie import accorder, instant_long

FRAICHEUR = timedelta(days=3)
"""Pendant la fenêtre, un état plus vieux que cela donne une fausse idée des lots."""

REFAIRE = "Le refaire : cabas fusionner {} --provisoire --publier. Ou l’effacer."


def etat_faux(contexte: Contexte) -> Iterator[Fait]:
    """L'état des lots parle-t-il d'une commande qui existe, et de ses vrais lots ?"""
    for identifiant, etat in contexte.depot.etats.items():
        commande = contexte.depot.commandes.get(identifiant)
        if commande is None:
            yield Fait(etat.source.a(), f"Il n’y a pas de commande « {identifiant} ».", "Effacer ce fichier.")
            continue
        if commande.catalogue and identifiant not in contexte.figes:
            continue  # les lots sont ceux d'une révision que l'on n'a pas : les fiches d'aujourd'hui n'en disent rien
        lots = {produit.ref: tailles_de(produit) for produit in proposes(contexte.pour(commande), commande)}
        fautes = [
            un.produit for un in etat.produits if un.lot not in lots.get(un.produit, ()) or (un.manque or 0) > un.lot or (un.demande or 0) > un.lot
        ]
        for ref in fautes:
            yield Fait(etat.source.a("produits"), f"Le lot de « {ref} » n’est pas celui de sa fiche.", REFAIRE.format(identifiant))


def etat_perime(contexte: Contexte) -> Iterator[Fait]:
    """L'état des lots est-il récent, et la commande encore ouverte ?"""
    for identifiant, etat in contexte.depot.etats.items():
        commande = contexte.depot.commandes.get(identifiant)
        if commande is None or not commande.fenetres:
            continue
        cloture = max(fenetre.cloture for fenetre in commande.fenetres)
        age = contexte.maintenant - etat.instant
        if contexte.maintenant > cloture:
            fait = f"La commande est close depuis le {instant_long(cloture)} : cet état ne sert plus."
            yield Fait(etat.source.a("instant"), fait, "Effacer ce fichier.")
        elif age > FRAICHEUR:
            fait = f"Cet état a {accorder(age.days, 'jour')} : les bons ont changé depuis."
            yield Fait(etat.source.a("instant"), fait, REFAIRE.format(identifiant))
        elif age < timedelta(0):
            yield Fait(etat.source.a("instant"), "Cet état est daté dans le futur.", REFAIRE.format(identifiant))
