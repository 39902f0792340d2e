"""`recap.xlsx` : le récap pour les gens, une feuille par vue."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from cabas.calculs.fusion import Fusion
from cabas.calculs.jugement import Sort
from cabas.calculs.recap import Recap
from cabas.documents.classeur import Case, Colonne, Feuille, classeur_xlsx
from cabas.documents.feuilles_de_partage import feuilles_de_partage
from cabas.modele import Depot


def recap_xlsx(depot: Depot, fusion: Fusion, recap: Recap, mention: str = "") -> bytes:
    """Le classeur d'une fusion. `mention` : « provisoire, au… », en première feuille et au pied de chaque page."""
    feuilles: tuple[Feuille, ...] = (_produits(depot, recap), _groupements(depot, recap), _lignes(depot, recap))
    feuilles += (_repartition(depot, recap), _a_regler(fusion), *feuilles_de_partage(depot, recap))
    titre, pied = f"Récap {fusion.commande.id}", fusion.commande.titre
    if not mention:
        return classeur_xlsx(titre, pied, feuilles)
    avis = "Rien n’est définitif : des bons peuvent encore arriver. Ne commandez pas d’après ce classeur."
    premiere = Feuille("Provisoire", (Colonne(f"{mention[0].upper()}{mention[1:]}", 90),), [(avis,)])
    return classeur_xlsx(f"{titre}, {mention}", f"{pied}, {mention}", (premiere, *feuilles))


def _milliemes(valeur: int) -> Decimal:
    return Decimal(valeur) / 1000


def _centimes(valeur: int) -> Decimal:
    return Decimal(valeur) / 100


def _produits(depot: Depot, recap: Recap) -> Feuille:
    colonnes = (
        Colonne("Produit", 34),
        Colonne("Ref", 24),
        Colonne("Producteur·rice", 28),
        Colonne("Unité", 7),
        Colonne("Demandé", 10, "quantite"),
        Colonne("Tolérance", 10, "quantite"),
        Colonne("Lots", 7, "entier", total=True),
        Colonne("À commander", 12, "quantite"),
        Colonne("Reste", 9, "quantite"),
        Colonne("Prix coûtant", 12, "euros"),
        Colonne("Montant", 12, "euros", formule="=ROUND(H{n}*J{n},2)", total=True),
        Colonne("Bons", 7, "entier", total=True),
    )
    rangees: list[Sequence[Case]] = []
    for ligne in recap.produits:
        nom = depot.producteurs[ligne.producteur].nom if ligne.producteur in depot.producteurs else ligne.producteur
        quantites = [_milliemes(valeur) for valeur in (ligne.quantite, ligne.tolerance)]
        rangees.append(
            (
                ligne.nom,
                ligne.produit,
                nom,
                ligne.unite,
                *quantites,
                ligne.lots,
                _milliemes(ligne.a_commander),
                _milliemes(ligne.reste),
                ligne.prix,
                _centimes(ligne.montant),
                ligne.bons,
            )
        )
    return Feuille("Produits", colonnes, rangees)


def _groupements(depot: Depot, recap: Recap) -> Feuille:
    colonnes = (
        Colonne("Groupement", 24),
        Colonne("Produit", 34),
        Colonne("Unité", 7),
        Colonne("Demandé", 10, "quantite"),
        Colonne("Attribué", 10, "quantite"),
        Colonne("Montant", 12, "euros", total=True),
    )
    rangees = [
        (
            _groupement(depot, ligne.groupement),
            depot.produits[ligne.produit].nom,
            depot.produits[ligne.produit].unite,
            _milliemes(ligne.quantite),
            _milliemes(ligne.attribue),
            _centimes(ligne.montant),
        )
        for ligne in recap.groupements
    ]
    return Feuille("Groupements", colonnes, rangees)


def _lignes(depot: Depot, recap: Recap) -> Feuille:
    colonnes = (
        Colonne("Groupement", 22),
        Colonne("Cellule", 20),
        Colonne("Bon", 18),
        Colonne("Créneau", 10),
        Colonne("Produit", 34),
        Colonne("Unité", 7),
        Colonne("Demandé", 10, "quantite"),
        Colonne("Attribué", 10, "quantite"),
        Colonne("Prix", 10, "euros"),
        Colonne("Montant", 12, "euros", formule="=ROUND(H{n}*I{n},2)", total=True),
    )
    rangees = [
        (
            _groupement(depot, ligne.groupement),
            ligne.cellule,
            ligne.bon,
            ligne.creneau,
            depot.produits[ligne.produit].nom,
            depot.produits[ligne.produit].unite,
            _milliemes(ligne.quantite),
            _milliemes(ligne.attribue),
            _centimes(ligne.prix_unitaire),
            _centimes(ligne.montant),
        )
        for ligne in recap.lignes
    ]
    return Feuille("Lignes", colonnes, rangees)


def _repartition(depot: Depot, recap: Recap) -> Feuille:
    """Seulement ce qui n'est pas servi comme demandé : c'est ce que l'on doit expliquer."""
    colonnes = (
        Colonne("Produit", 34),
        Colonne("Groupement", 22),
        Colonne("Cellule", 20),
        Colonne("Demandé", 10, "quantite"),
        Colonne("Accepte en plus", 14, "quantite"),
        Colonne("Attribué", 10, "quantite"),
        Colonne("Pourquoi", 70),
    )
    rangees = [
        (
            depot.produits[part.produit].nom,
            _groupement(depot, part.groupement),
            part.cellule,
            _milliemes(part.demande),
            _milliemes(part.tolerance),
            _milliemes(part.attribue),
            part.motif,
        )
        for part in sorted(recap.attributions, key=lambda part: (part.produit, part.groupement, part.cellule))
        if part.attribue != part.demande
    ]
    return Feuille("Répartition", colonnes, rangees)


def _a_regler(fusion: Fusion) -> Feuille:
    colonnes = (
        Colonne("Groupement", 20),
        Colonne("Fichier", 44),
        Colonne("Ligne", 7, "entier"),
        Colonne("Cellule", 20),
        Colonne("Produit", 24),
        Colonne("Lu", 16),
        Colonne("Sort", 10),
        Colonne("Code", 22),
        Colonne("Pourquoi", 70),
        Colonne("Que faire", 60),
    )
    rangees = [
        (
            jugee.lue.groupement,
            jugee.lue.fichier,
            jugee.lue.ligne,
            jugee.cellule,
            jugee.lue.produit,
            jugee.lue.lu,
            jugee.sort.value,
            jugee.code,
            jugee.message,
            jugee.remede,
        )
        for jugee in fusion.lignes
        if jugee.code or jugee.sort is Sort.BROUILLON
    ]
    return Feuille("À régler", colonnes, rangees)


def _groupement(depot: Depot, slug: str) -> str:
    return depot.groupements[slug].nom if slug in depot.groupements else slug
