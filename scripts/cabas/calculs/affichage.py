"""Ce qu'un produit dit de lui-même sur un bon : prix, pas, maximum, allergènes, origine. En mots, sans balise.

La page, le papier et le tableur disent ainsi la même chose.
"""

from __future__ import annotations

import re
from datetime import time

from cabas.argent import centimes
from cabas.calculs.conditionnements import lots_de
from cabas.calculs.offre import maximum_par_bon, prix_de_mesure, prix_unitaire
from cabas.modele import Commande, Depot, Fenetre, Groupement, Lot, Produit, Tarif
from cabas.quantites import MILLE, lire_contenu
from cabas.typographie import INSECABLE, enumerer, euros, quantite

ALLERGENES = {
    "gluten": "gluten",
    "crustaces": "crustacés",
    "oeufs": "œufs",
    "poissons": "poissons",
    "arachides": "arachides",
    "soja": "soja",
    "lait": "lait",
    "fruits-a-coque": "fruits à coque",
    "celeri": "céleri",
    "moutarde": "moutarde",
    "sesame": "sésame",
    "sulfites": "sulfites",
    "lupin": "lupin",
    "mollusques": "mollusques",
}
"""Les quatorze allergènes du règlement (UE) 1169/2011, par leur code."""

COURT = {"kg": "kg", "L": "L", "piece": "pièce"}


def allergenes(produit: Produit) -> str:
    """« gluten et fruits à coque » ; vide s'il n'y en a pas."""
    return enumerer([ALLERGENES.get(code, code) for code in produit.allergenes])


def nom_complet(produit: Produit) -> str:
    """Le nom, suivi du contenu d'une pièce quand le nom ne le dit pas déjà : « Purée d'amande, 300 g »."""
    contenu = contenu_lisible(produit)
    deja = produit.nom.replace(INSECABLE, " ").casefold()
    if not contenu or contenu.replace(INSECABLE, " ").casefold() in deja:
        return produit.nom
    return f"{produit.nom}, {contenu}"


def contenu_lisible(produit: Produit) -> str:
    """Ce que contient une pièce, tel qu'on le lit : « 500 g », « 75 cL », « 50 pièces » ; vide si le nom le dit déjà."""
    contenu = lire_contenu(produit.contenu) if produit.unite == "piece" else None
    if contenu is None:
        return ""
    famille, milliemes = contenu
    if famille == "piece" and (milliemes == MILLE or _dit_le_nombre(produit.nom, milliemes)):
        return ""
    return mesurer(milliemes, famille)


def mesurer(milliemes: int, unite: str) -> str:
    """Comme `typographie.quantite`, avec des centilitres sous le litre : « 75 cL »."""
    if unite == "L" and 0 < milliemes < MILLE and milliemes % 10 == 0:
        return f"{milliemes // 10}{INSECABLE}cL"
    return quantite(milliemes, unite)


def _dit_le_nombre(texte: str, milliemes: int) -> bool:
    """« boîte de 6 » dit déjà 6 pièces."""
    return re.search(rf"(?<!\d){milliemes // MILLE}(?!\d)", texte) is not None


def prix_lisible(produit: Produit, tarif: Tarif) -> str:
    """« 1,26 €/kg », ou « 2,40 € » pour une pièce : ce que l'on paie à ce tarif."""
    prix = euros(prix_unitaire(produit, tarif))
    return prix if produit.unite == "piece" else f"{prix}/{produit.unite}"


def mesure_lisible(produit: Produit, tarif: Tarif) -> str:
    """Le prix au kilo ou au litre d'une pièce, calculé : « 18,00 €/kg » ; vide quand le prix le dit déjà."""
    mesure = prix_de_mesure(produit, tarif) if produit.unite == "piece" else None
    return f"{euros(mesure[0])}/{mesure[1]}" if mesure else ""


def pas_lisible(produit: Produit) -> str:
    """« par 500 g » ; vide quand on commande à l'unité."""
    return "" if produit.pas == MILLE else f"par {mesurer(produit.pas, produit.unite)}"


def maximum_lisible(produit: Produit, commande: Commande) -> str:
    """« au plus 5 kg » ; vide s'il n'y a pas de maximum."""
    maximum = maximum_par_bon(produit, commande)
    return "" if maximum is None else f"au plus {mesurer(maximum, produit.unite)}"


def consigne_lisible(produit: Produit) -> str:
    """« consigne 0,30 € » ; vide s'il n'y en a pas. La consigne se paie à part : elle n'est pas dans le total du bon."""
    return "" if produit.consigne is None else f"consigne {euros(centimes(produit.consigne))}"


def lot_lisible(produit: Produit) -> str:
    """Les lots entiers d'un produit `lot_complet` : « sac de 25 kg », « sac de 25 kg ou sac de 5 kg » ; vide sinon."""
    if not produit.lot_complet or produit.lot is None:
        return ""
    return enumerer([nom_du_lot(produit, lot) for lot in lots_de(produit)], "ou")


def nom_du_lot(produit: Produit, lot: Lot) -> str:
    """Le nom d'un lot, avec sa taille s'il ne la dit pas : « sac de 25 kg », « plateau de 30 »."""
    nom = lot.nom or "lot"
    taille = mesurer(lot.quantite, produit.unite)
    deja = taille.replace(INSECABLE, " ") in nom.replace(INSECABLE, " ") or (produit.unite == "piece" and _dit_le_nombre(nom, lot.quantite))
    return nom if deja else f"{nom} de {taille}"


def provenance(depot: Depot, produit: Produit) -> str:
    """L'origine du produit ; à défaut, la commune de qui le produit."""
    producteur = depot.producteurs.get(produit.producteur)
    return produit.origine or (producteur.commune if producteur else "")


def heure_seule(moment: time) -> str:
    """L'heure d'un créneau : « 16 h », « 16 h 30 »."""
    return f"{moment.hour}{INSECABLE}h" + (f"{INSECABLE}{moment.minute:02d}" if moment.minute else "")


def creneaux_lisibles(fenetre: Fenetre, groupement: Groupement) -> list[tuple[str, str]]:
    """Les créneaux à choisir : (code, « de 16 h à 16 h 30, Habitant·e du quartier »)."""
    noms = {adhesion.code: adhesion.nom for adhesion in groupement.adhesions}
    choix = []
    for creneau in fenetre.creneaux:
        reserve = f", {noms.get(creneau.adhesion, creneau.adhesion)}" if creneau.adhesion else ""
        choix.append((creneau.code, f"de {heure_seule(creneau.debut)} à {heure_seule(creneau.fin)}{reserve}"))
    return choix


def lieu_de_distribution(fenetre: Fenetre, groupement: Groupement) -> str:
    """Où l'on vient chercher : le lieu de la fenêtre ; à défaut, celui du groupement."""
    return (fenetre.distribution.lieu if fenetre.distribution else "") or groupement.lieu
