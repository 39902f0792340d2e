"""Ce qu'on vérifie sur les producteur·rices et les groupements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from cabas.calculs.envoi import manques
from cabas.controles.base import Contexte, Fait
from cabas.modele import Groupement, Producteur


def coordonnees_fausses(contexte: Contexte) -> Iterator[Fait]:
    """Les coordonnées sont-elles une latitude puis une longitude ?"""
    fiches: list[Producteur | Groupement] = [*contexte.depot.producteurs.values(), *contexte.depot.groupements.values()]
    for fiche in fiches:
        if fiche.coordonnees and (len(fiche.coordonnees) != 2 or abs(fiche.coordonnees[0]) > 90 or abs(fiche.coordonnees[1]) > 180):
            yield Fait(
                fiche.source.a("coordonnees"),
                "Les coordonnées ne sont pas une latitude puis une longitude.",
                "Écrire comme [45.98, 4.72], en degrés.",
            )


def producteur_sans_produit(contexte: Contexte) -> Iterator[Fait]:
    """Chaque producteur·rice a-t-il au moins un produit au catalogue ?"""
    fournissent = {produit.producteur for produit in contexte.depot.produits.values()}
    for producteur in contexte.depot.producteurs.values():
        if producteur.slug not in fournissent:
            yield Fait(
                producteur.source.a(), f"Aucun produit ne vient de {producteur.nom}.", "Ajouter ses produits, ou ranger sa fiche hors du catalogue."
            )


def tarifs_absents(contexte: Contexte) -> Iterator[Fait]:
    """Chaque groupement a-t-il au moins un tarif ?"""
    for groupement in contexte.depot.groupements.values():
        if not groupement.tarifs:
            yield Fait(
                groupement.source.a("tarifs"),
                f"{groupement.nom} n’a aucun tarif.",
                "En écrire un : - {code: unique, nom: Prix coûtant, coefficient: 1}.",
            )


def tarif_inconnu(contexte: Contexte) -> Iterator[Fait]:
    """Chaque adhésion donne-t-elle un tarif du groupement ?"""
    for groupement in contexte.depot.groupements.values():
        codes = {tarif.code for tarif in groupement.tarifs}
        for adhesion in groupement.adhesions:
            if adhesion.tarif not in codes:
                yield Fait(
                    groupement.source.a("adhesions"),
                    f"L’adhésion « {adhesion.code} » donne le tarif « {adhesion.tarif} », qui n’existe pas.",
                    "Choisir le code d’un tarif du groupement.",
                )


def code_en_double(contexte: Contexte) -> Iterator[Fait]:
    """Les codes des tarifs, adhésions, créneaux et rubriques sont-ils tous différents ?"""
    for groupement in contexte.depot.groupements.values():
        for champ, codes in (
            ("tarifs", [tarif.code for tarif in groupement.tarifs]),
            ("adhesions", [adhesion.code for adhesion in groupement.adhesions]),
        ):
            for code in _doubles(codes):
                yield Fait(groupement.source.a(champ), f"{champ} : le code « {code} » sert deux fois.", "Donner un code différent à chacun.")
    for commande in contexte.depot.commandes.values():
        for fenetre in commande.fenetres:
            for code in _doubles([creneau.code for creneau in fenetre.creneaux]):
                yield Fait(fenetre.source.a("creneaux"), f"Le code de créneau « {code} » sert deux fois.", "Donner un code différent à chacun.")


def service_incomplet(contexte: Contexte) -> Iterator[Fait]:
    """Le service de formulaires d’un groupement a-t-il tout ce qu’il faut pour recevoir un bon ?"""
    for groupement in contexte.depot.groupements.values():
        fautes = [] if groupement.service is None else manques(groupement.service)
        if groupement.service is not None and groupement.reponse.startswith("https://"):
            fautes.append("`reponse` donne une autre adresse d’envoi : y mettre l’adresse mail")
        for faute in fautes:
            yield Fait(
                groupement.source.a("service"),
                f"{groupement.nom}, service de formulaires : {faute}.",
                "Le compléter, ou ôter `service` : le bon partira par mail.",
            )


def _doubles(codes: list[str]) -> list[str]:
    return sorted(code for code, compte in Counter(codes).items() if compte > 1)
