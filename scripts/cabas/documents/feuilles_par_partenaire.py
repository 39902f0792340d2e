"""Les feuilles de `recap.xlsx` à donner telles quelles : une par groupement, une par producteur·rice. Aucun nom de cellule."""

from __future__ import annotations

from cabas.calculs.recap import Recap
from cabas.documents.classeur import Case, Colonne, Feuille
from cabas.documents.feuilles_de_recap import Noms, en_euros, en_unites, somme


def feuille_du_groupement(noms: Noms, recap: Recap, slug: str, nom: str) -> Feuille:
    """Ce qu'un groupement a demandé, ce qu'il aura, ce que ses cellules paieront."""
    code = f'"{slug}"'
    colonnes = (
        Colonne("Produit", 38),
        Colonne("Ref", 26),
        Colonne("Producteur·rice", 30),
        Colonne("Unité", 8),
        Colonne("Demandé", 11, "quantite", somme("demande", code)),
        Colonne("Attribué", 11, "quantite", somme("attribue", code)),
        Colonne("Montant", 14, "euros", somme("montant", code), total=True),
    )
    rangees = [
        (
            *(noms.produit(ligne.produit).nom, ligne.produit, noms.producteur(noms.produit(ligne.produit).producteur)),
            *(noms.produit(ligne.produit).unite, en_unites(ligne.quantite), en_unites(ligne.attribue), en_euros(ligne.montant)),
        )
        for ligne in recap.groupements
        if ligne.groupement == slug
    ]
    return Feuille(nom, colonnes, rangees, "groupement : ce qu’il a demandé, ce qu’il aura", noms.groupement(slug))


def feuille_du_producteur(noms: Noms, recap: Recap, slug: str, nom: str) -> Feuille:
    """Ce que l'on commande à une personne, et la part de chaque groupement."""
    produits = [ligne for ligne in recap.produits if ligne.producteur == slug]
    refs = {ligne.produit for ligne in produits}
    parts = {(ligne.produit, ligne.groupement): ligne.attribue for ligne in recap.groupements if ligne.produit in refs}
    groupements = sorted({groupement for (_ref, groupement), attribue in parts.items() if attribue})
    colonnes = (
        Colonne("Produit", 38),
        Colonne("Ref", 26),
        Colonne("Unité", 8),
        Colonne("Lots", 8, "entier", total=True),
        Colonne("À commander", 12, "quantite"),
        Colonne("Prix coûtant", 12, "euros"),
        Colonne("Montant", 14, "euros", "=ROUND(E{n}*F{n},2)", total=True),
        *(Colonne(noms.groupement(groupement), 12, "quantite", somme("attribue", f'"{groupement}"')) for groupement in groupements),
    )
    rangees: list[tuple[Case, ...]] = [
        (
            *(ligne.nom, ligne.produit, ligne.unite, ligne.lots, en_unites(ligne.a_commander), ligne.prix, en_euros(ligne.montant)),
            *(en_unites(parts.get((ligne.produit, groupement), 0)) for groupement in groupements),
        )
        for ligne in produits
    ]
    return Feuille(nom, colonnes, rangees, "producteur·rice : sa commande, et la part de chaque groupement", noms.producteur(slug))
