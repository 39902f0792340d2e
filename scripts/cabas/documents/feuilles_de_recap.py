"""Les vues de `recap.xlsx` sur toute la commande : produits, groupements, palettes, répartition, lignes.

Les sommes sont des formules sur la feuille « Lignes », par ref de produit et par code de groupement. Leurs plages ont un nom
(`l_ref`, `l_attribue`…) : une formule se lit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from cabas.calculs.palettes import MOTS, LignePalette
from cabas.calculs.recap import Recap
from cabas.documents.classeur import Colonne, Feuille, lettre, reference
from cabas.modele import Depot, Produit

LIGNES = "Lignes"
PLACES = {"ref": 4, "tolerance": 7, "demande": 6, "attribue": 8, "montant": 10, "groupement": 11}
"""Où sont, dans la feuille « Lignes », les colonnes que les autres feuilles additionnent."""


class Noms:
    """Les noms à afficher. Deux groupements, ou deux producteur·rices, du même nom se distinguent par leur identifiant."""

    def __init__(self, depot: Depot) -> None:
        self._depot = depot
        self._groupements = _distincts({slug: une.nom for slug, une in depot.groupements.items()})
        self._producteurs = _distincts({slug: une.nom for slug, une in depot.producteurs.items()})

    def produit(self, ref: str) -> Produit:
        """La fiche d'un produit du récap."""
        return self._depot.produits[ref]

    def groupement(self, slug: str) -> str:
        """Le nom d'un groupement ; à défaut, son identifiant."""
        return self._groupements.get(slug, slug)

    def producteur(self, slug: str) -> str:
        """Le nom d'un·e producteur·rice ; à défaut, son identifiant."""
        return self._producteurs.get(slug, slug)


def _distincts(noms: dict[str, str]) -> dict[str, str]:
    compte = Counter(nom.casefold() for nom in noms.values())
    return {slug: nom if compte[nom.casefold()] == 1 else f"{nom} ({slug})" for slug, nom in noms.items()}


def en_unites(milliemes: int) -> Decimal:
    """Des millièmes en unités exactes."""
    return Decimal(milliemes) / 1000


def en_euros(centimes: int) -> Decimal:
    """Des centimes en euros exacts."""
    return Decimal(centimes) / 100


def somme(quoi: str, groupement: str = "", ref: str = "$B{n}") -> str:
    """La formule qui additionne une plage nommée de « Lignes » pour une ref, et pour un groupement s'il est donné."""
    criteres = f"l_ref,{ref}" + (f",l_groupement,{groupement}" if groupement else "")
    return f"=ROUND(SUMIFS(l_{quoi},{criteres}),{2 if quoi == 'montant' else 3})"


def plages(recap: Recap) -> dict[str, str]:
    """Les plages nommées : une par colonne de « Lignes » que les autres feuilles additionnent."""
    derniere = max(len(recap.lignes), 1) + 1
    return {f"l_{nom}": reference(LIGNES, f"${lettre(rang)}$2:${lettre(rang)}${derniere}") for nom, rang in PLACES.items()}


def feuille_produits(noms: Noms, recap: Recap) -> Feuille:
    """Ce que l'on commande, produit par produit, pour tout le réseau."""
    colonnes = (
        Colonne("Produit", 28),
        Colonne("Ref", 18),
        Colonne("Producteur·rice", 20),
        Colonne("Unité", 8),
        Colonne("Demandé", 10, "quantite", somme("demande")),
        Colonne("Tolérance", 11, "quantite", somme("tolerance")),
        Colonne("Lots", 8, "entier", total=True),
        Colonne("À commander", 12, "quantite"),
        Colonne("Attribué", 11, "quantite", somme("attribue")),
        Colonne("Reste", 8, "quantite", "=ROUND(H{n}-I{n},3)"),
        Colonne("Prix coûtant", 10, "euros"),
        Colonne("Montant", 12, "euros", "=ROUND(H{n}*K{n},2)", total=True),
        Colonne("Bons", 8, "entier", total=True),
    )
    rangees = [
        (
            *(ligne.nom, ligne.produit, noms.producteur(ligne.producteur), ligne.unite),
            *(en_unites(ligne.quantite), en_unites(ligne.tolerance), ligne.lots, en_unites(ligne.a_commander)),
            *(en_unites(ligne.a_commander - ligne.reste), en_unites(ligne.reste), ligne.prix, en_euros(ligne.montant), ligne.bons),
        )
        for ligne in recap.produits
    ]
    return Feuille("Produits", colonnes, rangees, "ce que l’on commande, pour tout le réseau", a_l_ecran=1)


def feuille_groupements(noms: Noms, recap: Recap) -> Feuille:
    """Chaque produit dans chaque groupement."""
    colonnes = (
        Colonne("Groupement", 26),
        Colonne("Code", 22),
        Colonne("Produit", 38),
        Colonne("Ref", 26),
        Colonne("Unité", 8),
        Colonne("Demandé", 11, "quantite", somme("demande", "$B{n}", "$D{n}")),
        Colonne("Attribué", 11, "quantite", somme("attribue", "$B{n}", "$D{n}")),
        Colonne("Montant", 14, "euros", somme("montant", "$B{n}", "$D{n}"), total=True),
    )
    rangees = [
        (
            *(noms.groupement(ligne.groupement), ligne.groupement, noms.produit(ligne.produit).nom, ligne.produit, noms.produit(ligne.produit).unite),
            *(en_unites(ligne.quantite), en_unites(ligne.attribue), en_euros(ligne.montant)),
        )
        for ligne in recap.groupements
    ]
    return Feuille("Groupements", colonnes, rangees, "chaque produit dans chaque groupement")


def feuille_palettes(noms: Noms, lignes: Sequence[LignePalette]) -> Feuille:
    """Ce que prépare la logisticienne, groupement par groupement."""
    colonnes = (
        Colonne("Groupement", 22),
        Colonne("Placement", 11),
        Colonne("Producteur·rice", 26),
        Colonne("Produit", 36),
        Colonne("Quantité", 10, "quantite"),
        Colonne("Unité", 8),
        Colonne("Lots entiers", 9, "entier"),
        Colonne("Lot", 20),
        Colonne("Et au détail", 9, "quantite"),
        Colonne("Fait", 8),
    )
    rangees = [
        (
            *(noms.groupement(ligne.groupement), MOTS[ligne.placement], noms.producteur(ligne.producteur), ligne.nom),
            *(en_unites(ligne.quantite), ligne.unite, ligne.lots, ligne.lot, en_unites(ligne.detail) if ligne.detail else None, ""),
        )
        for ligne in lignes
    ]
    return Feuille("Palettes", colonnes, rangees, "ce que l’on prépare pour chaque groupement : ambiant, frais, congelé")


def feuille_lignes(noms: Noms, recap: Recap) -> Feuille:
    """Chaque quantité retenue : de là viennent toutes les sommes."""
    colonnes = (
        Colonne("Groupement", 18),
        Colonne("Cellule", 18),
        Colonne("Créneau", 10),
        Colonne("Produit", 28),
        Colonne("Ref", 20),
        Colonne("Unité", 8),
        Colonne("Demandé", 10, "quantite"),
        Colonne("Tolérance", 11, "quantite"),
        Colonne("Attribué", 11, "quantite"),
        Colonne("Prix", 9, "euros"),
        Colonne("Montant", 11, "euros", "=ROUND(I{n}*J{n},2)", total=True),
        Colonne("Code du groupement", 22),
        Colonne("Bon", 44),
    )
    rangees = [
        (
            *(noms.groupement(ligne.groupement), ligne.cellule, ligne.creneau, noms.produit(ligne.produit).nom, ligne.produit),
            *(noms.produit(ligne.produit).unite, en_unites(ligne.quantite), en_unites(ligne.tolerance), en_unites(ligne.attribue)),
            *(en_euros(ligne.prix_unitaire), en_euros(ligne.montant), ligne.groupement, ligne.bon),
        )
        for ligne in recap.lignes
    ]
    return Feuille(LIGNES, colonnes, rangees, "chaque quantité retenue, cellule par cellule : confidentiel", a_l_ecran=2)


def feuille_repartition(noms: Noms, recap: Recap) -> Feuille:
    """Seulement ce qui n'est pas servi comme demandé : c'est ce que l'on doit expliquer."""
    colonnes = (
        Colonne("Produit", 30),
        Colonne("Groupement", 20),
        Colonne("Cellule", 18),
        Colonne("Demandé", 10, "quantite"),
        Colonne("Accepte en plus", 11, "quantite"),
        Colonne("Attribué", 10, "quantite"),
        Colonne("Pourquoi", 58),
    )
    rangees = [
        (
            *(noms.produit(part.produit).nom, noms.groupement(part.groupement), part.cellule),
            *(en_unites(part.demande), en_unites(part.tolerance), en_unites(part.attribue), part.motif),
        )
        for part in sorted(recap.attributions, key=lambda part: (part.produit, part.groupement, part.cellule))
        if part.attribue != part.demande
    ]
    return Feuille("Répartition", colonnes, rangees, "qui n’aura pas exactement ce qu’il demandait, et pourquoi : confidentiel")
