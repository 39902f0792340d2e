"""Les feuilles de `recap.xlsx` qui demandent quelque chose à quelqu'un : à régler, décisions appliquées, lots à compléter."""

from __future__ import annotations

from cabas.calculs.conditionnements import nom_de_taille
from cabas.calculs.fusion import Fusion
from cabas.calculs.jugement import Sort
from cabas.calculs.recap import Recap
from cabas.documents.classeur import Colonne, Feuille
from cabas.documents.feuilles_de_recap import en_unites
from cabas.recu import Decision

ACTIONS = {"corriger": "quantité corrigée", "accepter": "retard accepté", "meme-cellule": "même cellule", "annuler": "annulé"}


def manques(recap: Recap) -> Feuille:
    """Les lots à qui il manque peu : un appel suffit parfois."""
    colonnes = (
        Colonne("Produit", 38),
        Colonne("Ref", 26),
        Colonne("Lot", 28),
        Colonne("Taille du lot", 10, "quantite"),
        Colonne("Il manque", 10, "quantite"),
        Colonne("Unité", 8),
    )
    rangees = [
        (
            *(manque.produit.nom, manque.produit.ref, nom_de_taille(manque.produit, manque.lot)),
            *(en_unites(manque.lot), en_unites(manque.quantite), manque.produit.unite),
        )
        for manque in recap.manques
    ]
    return Feuille("Manques", colonnes, rangees, "les lots à compléter, et combien il manque")


def a_regler(fusion: Fusion) -> Feuille:
    """Chaque ligne rejetée, signalée ou restée en brouillon, avec ce qu'il faut faire."""
    colonnes = (
        Colonne("Groupement", 14),
        Colonne("Fichier", 20),
        Colonne("Ligne", 6, "entier"),
        Colonne("Cellule", 14),
        Colonne("Produit", 16),
        Colonne("Lu", 10),
        Colonne("Sort", 10),
        Colonne("Pourquoi", 36),
        Colonne("Que faire", 30),
        Colonne("Code", 22),
    )
    rangees = [
        (
            *(jugee.lue.groupement, jugee.lue.fichier, jugee.lue.ligne, jugee.cellule, jugee.lue.produit, jugee.lue.lu or jugee.lue.tolerance),
            *(jugee.sort.value, jugee.message, jugee.remede, jugee.code),
        )
        for jugee in fusion.singulieres
        if jugee.code or jugee.sort is Sort.BROUILLON
    ]
    return Feuille("À régler", colonnes, rangees, "ce qui est rejeté ou étonne, et que faire : confidentiel", a_l_ecran=1)


def decisions(fusion: Fusion) -> Feuille:
    """Ce que la personne référente a décidé et qui a servi : quoi, qui, pourquoi ; puis ce que l'on n'a pas pu appliquer."""
    colonnes = (
        Colonne("Décision", 20),
        Colonne("Appliquée", 10),
        Colonne("Sur quoi", 36),
        Colonne("Lu", 13),
        Colonne("Devient", 13),
        Colonne("Qui", 16),
        Colonne("Pourquoi", 46),
    )
    toutes = [(decision, "oui", "") for decision in fusion.decisions] + [(ecart.decision, "non", f" — {ecart.refus.fait}") for ecart in fusion.ecarts]
    rangees = [
        (ACTIONS.get(une.action, une.action), appliquee, _ou(une), une.lu, une.quantite or une.aussi, une.qui, f"{une.pourquoi}{fait}")
        for une, appliquee, fait in toutes
    ]
    return Feuille("Décisions", colonnes, rangees, "ce qui a été décidé, par qui, et pourquoi : confidentiel")


def _ou(une: Decision) -> str:
    """Le groupement, le fichier, la ligne, la cellule, le bon et le produit que nomme une décision."""
    ligne = f"ligne {une.ligne}" if une.ligne else ""
    return " · ".join(mot for mot in (une.groupement, une.fichier, ligne, une.cellule, une.bon, une.produit) if mot)
