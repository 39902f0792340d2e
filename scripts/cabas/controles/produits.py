"""Ce qu'on vérifie sur chaque fiche produit (contrats.md §2 ; loi : recherche/terrain §5)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cabas.controles.base import Contexte, Fait
from cabas.modele import Produit
from cabas.quantites import lire_contenu
from cabas.temps import PARIS, jours_entre
from cabas.typographie import date_courte, quantite, simplifier

UN_AN = 365
RESERVES = frozenset({"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))})


def pas_du_maximum(contexte: Contexte) -> Iterator[Fait]:
    """Le maximum par bon est-il un multiple du pas ?"""
    for produit in contexte.depot.produits.values():
        if produit.maximum is not None and produit.maximum % produit.pas:
            yield Fait(
                produit.source.a("maximum"),
                f"Le maximum, {quantite(produit.maximum, produit.unite)}, n’est pas un multiple du pas, {quantite(produit.pas, produit.unite)}.",
                "Ajuster l’un ou l’autre.",
            )


def seuil_sans_effet(contexte: Contexte) -> Iterator[Fait]:
    """Le seuil de quantité suspecte est-il un multiple du pas, plus grand que lui, et sous le maximum ?"""
    for produit in contexte.depot.produits.values():
        seuil = produit.seuil_suspect
        if seuil is None:
            continue
        lieu, dit = produit.source.a("seuil_suspect"), quantite(seuil, produit.unite)
        if seuil % produit.pas or seuil <= produit.pas:
            fait = f"Le seuil, {dit}, n’est pas un multiple du pas plus grand que lui ({quantite(produit.pas, produit.unite)})."
            yield Fait(lieu, fait, "Écrire la première quantité qui étonnerait, dans l’unité du produit.")
        elif produit.maximum is not None and seuil > produit.maximum:
            fait = f"Le seuil, {dit}, dépasse le maximum par bon ({quantite(produit.maximum, produit.unite)}) : il ne servira jamais."
            yield Fait(lieu, fait, "Le baisser, ou l’ôter.")


def pas_du_lot(contexte: Contexte) -> Iterator[Fait]:
    """La taille du lot est-elle un multiple du pas ?"""
    for produit in contexte.depot.produits.values():
        if produit.lot is not None and produit.lot.quantite % produit.pas:
            yield Fait(
                produit.source.a("lot"),
                f"Le lot, {quantite(produit.lot.quantite, produit.unite)}, n’est pas un multiple du pas, {quantite(produit.pas, produit.unite)}.",
                "Ajuster l’un ou l’autre.",
            )


def lot_complet_sans_lot(contexte: Contexte) -> Iterator[Fait]:
    """Un produit vendu par lots entiers dit-il la taille de son lot ?"""
    for produit in contexte.depot.produits.values():
        if produit.lot_complet and produit.lot is None:
            yield Fait(
                produit.source.a("lot_complet"),
                "lot_complet est vrai, mais la fiche n’a pas de lot.",
                "Ajouter lot: {quantite: 25, nom: sac de 25 kg}, ou ôter lot_complet.",
            )


def vrac_interdit(contexte: Contexte) -> Iterator[Fait]:
    """Ce produit a-t-il le droit d'être vendu en vrac ? (décret du 30 août 2023)"""
    for produit in contexte.depot.produits.values():
        if produit.vente == "vrac" and (raison := _raison_interdite(produit)):
            yield Fait(produit.source.a("vente"), f"{raison} ne se vend pas en vrac.", "Écrire vente: preemballe, et le contenu d’une pièce.")


def _raison_interdite(produit: Produit) -> str:
    texte = simplifier(f"{produit.ref.replace('-', ' ')} {produit.nom}")
    if produit.placement == "congele" or re.search(r"\bsurgele", texte):
        return "Un surgelé"
    if re.search(r"\bhuiles? (vierges? |extra )*d'olives?\b|\bhuiles? d? ?olives?\b", texte):
        return "L’huile d’olive"
    if re.search(r"\blaits?\b", texte) and re.search(
        r"\b(uht|pasteurise|sterilise|thermise|microfiltre)", simplifier(f"{texte} {produit.description}")
    ):
        return "Le lait traité thermiquement"
    return ""


def coupe_sans_kilo(contexte: Contexte) -> Iterator[Fait]:
    """Un produit à la coupe se compte-t-il au kilo ?"""
    for produit in contexte.depot.produits.values():
        if produit.vente == "coupe" and produit.unite != "kg":
            yield Fait(
                produit.source.a("unite"), f"Un produit à la coupe se pèse : son unité ne peut pas être « {produit.unite} ».", "Écrire unite: kg."
            )


def contenu_sans_piece(contexte: Contexte) -> Iterator[Fait]:
    """Le champ « contenu » est-il réservé aux produits à la pièce, et lisible ?"""
    for produit in contexte.depot.produits.values():
        if produit.contenu and produit.unite != "piece":
            yield Fait(
                produit.source.a("contenu"),
                f"« contenu » n’a de sens que pour une pièce ; ce produit se compte en {produit.unite}.",
                "Ôter contenu, ou écrire unite: piece.",
            )
        elif produit.contenu and lire_contenu(produit.contenu) is None:
            yield Fait(produit.source.a("contenu"), f"On ne comprend pas le contenu « {produit.contenu} ».", "Écrire comme 500 g, 1 L ou 6 pieces.")


def prix_nul(contexte: Contexte) -> Iterator[Fait]:
    """Chaque produit a-t-il un prix ?"""
    for produit in contexte.depot.produits.values():
        if produit.prix == 0:
            yield Fait(produit.source.a("prix"), "Le prix est nul.", "Demander son prix à la productrice, ou écrire disponible: false.")


def prix_ancien(contexte: Contexte) -> Iterator[Fait]:
    """Le prix a-t-il été confirmé depuis moins d'un an ?"""
    aujourd_hui = contexte.maintenant.astimezone(PARIS).date()
    for produit in contexte.depot.produits.values():
        if produit.disponible and jours_entre(produit.prix_depuis, aujourd_hui) > UN_AN:
            yield Fait(
                produit.source.a("prix_depuis"),
                f"Le prix date du {date_courte(produit.prix_depuis)}, plus d’un an.",
                "Le confirmer auprès de la productrice, puis mettre prix_depuis à jour.",
            )


def prix_futur(contexte: Contexte) -> Iterator[Fait]:
    """La date du prix est-elle déjà passée ?"""
    aujourd_hui = contexte.maintenant.astimezone(PARIS).date()
    for produit in contexte.depot.produits.values():
        if produit.prix_depuis > aujourd_hui:
            yield Fait(
                produit.source.a("prix_depuis"),
                f"Le prix date du {date_courte(produit.prix_depuis)}, qui n’est pas encore venu.",
                "Corriger la date.",
            )


def nom_en_double(contexte: Contexte) -> Iterator[Fait]:
    """Deux produits peuvent-ils être confondus par leur nom ?"""
    vus: dict[str, Produit] = {}
    for produit in sorted(contexte.depot.produits.values(), key=lambda produit: produit.ref):
        premier = vus.setdefault(simplifier(produit.nom), produit)
        if premier is not produit:
            yield Fait(
                produit.source.a("nom"),
                f"« {produit.nom} » est aussi le nom de {premier.ref} : une colonne à ce nom serait rejetée.",
                "Ajouter au nom ce qui les distingue (contenu, origine).",
            )


def ref_reservee(contexte: Contexte) -> Iterator[Fait]:
    """Le nom du fichier est-il permis sur tous les ordinateurs ?"""
    fiches = (contexte.depot.produits, contexte.depot.producteurs, contexte.depot.groupements, contexte.depot.commandes)
    for identifiant, fiche in ((identifiant, fiche) for table in fiches for identifiant, fiche in table.items()):
        if identifiant in RESERVES:
            yield Fait(fiche.source.a(), f"Windows refuse un fichier nommé « {identifiant} ».", "Choisir un autre identifiant.")


_INDICES = (
    (
        "gluten",
        r"\b(ble|epeautre|seigle|orge|avoine|kamut|semoules?|boulgour|couscous|pates|spaghettis?|macaronis?|coquillettes?|torsades?|vermicelles?|bieres?)\b",
        r"\b(sarrasin|riz|mais|sans gluten|pates de fruits?|pates a tartiner)\b",
    ),
    (
        "lait",
        r"\b(comte|tomme|fromages?|beurre|lait|creme|yaourts?|faisselle|raclette)\b",
        r"\b(beurre de|karite|creme de (nuit|jour|marrons?)|lait (de|d')|boisson|mains|corps)\b",
    ),
    ("fruits-a-coque", r"\b(amandes?|noisettes?|noix|cajou|pistaches?|cerneaux)\b", r"\b(noix de coco|muscade|savon|huile d'amande douce)\b"),
    ("arachides", r"\b(cacahuetes?|arachides?)\b", r"\b(savon)\b"),
    ("sesame", r"\b(sesame|tahin)\b", r"\b(savon)\b"),
    ("moutarde", r"\bmoutarde\b", r"^$"),
    ("soja", r"\b(soja|tofu)\b", r"\b(germes? de haricot)\b"),
    ("oeufs", r"\b(oeufs?)\b", r"^$"),
)


def allergene_oublie(contexte: Contexte) -> Iterator[Fait]:
    """Le nom du produit annonce-t-il un allergène que la fiche ne déclare pas ?"""
    for produit in contexte.depot.produits.values():
        nom = simplifier(produit.nom)
        for allergene, indice, sauf in _INDICES:
            if allergene not in produit.allergenes and re.search(indice, nom) and not re.search(sauf, nom):
                yield Fait(
                    produit.source.a("allergenes"),
                    f"« {produit.nom} » contient sans doute un allergène non déclaré : {allergene}.",
                    f"Ajouter {allergene} à allergenes, ou préciser le nom.",
                )
