"""Ce qu'une fiche dit à qui la lit : des couples (titre, texte)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from cabas.argent import centimes, montant_coutant
from cabas.calculs import affichage
from cabas.calculs.conditionnements import lots_de
from cabas.calculs.offre import prix_de_mesure
from cabas.modele import Groupement, Producteur, Produit, Tarif
from cabas.typographie import MOIS, accorder, date_longue, enumerer, euros, jour_du_mois, quantite, typographier

COUTANT = Tarif("coutant", "Prix coûtant", Decimal(1))
UNITES = {"kg": "le kilo", "L": "le litre", "piece": "la pièce"}
VENTES = {
    "vrac": "En vrac : venez avec votre contenant",
    "preemballe": "Déjà emballé",
    "coupe": "À la coupe, pesé à la distribution",
}
PLACEMENTS = {"frais": "Au frais", "congele": "Surgelé"}


class Fait(NamedTuple):
    """Une ligne d'une fiche : ce dont on parle, ce qu'on en dit."""

    titre: str
    texte: str


def prix(produit: Produit) -> str:
    """Le prix coûtant à lire : « 1,20 € le kilo »."""
    return f"{euros(centimes(produit.prix))} {UNITES[produit.unite]}"


def prix_mesure(produit: Produit) -> str:
    """Le prix au kilo ou au litre d'une pièce, ou rien : « 5,60 € le kilo »."""
    if produit.unite != "piece":
        return ""
    mesure = prix_de_mesure(produit, COUTANT)
    return f"{euros(mesure[0])} {UNITES[mesure[1]]}" if mesure else ""


def allergenes(produit: Produit) -> str:
    """« Gluten et lait », ou « Aucun à signaler »."""
    texte = affichage.allergenes(produit)
    return texte[0].upper() + texte[1:] if texte else "Aucun à signaler"


def saison(mois: tuple[int, ...]) -> str:
    """Des mois en clair : « de juin à septembre », « mars, mai et juin », ou rien s'il y en a toute l'année."""
    presents = sorted(set(mois))
    if not presents or len(presents) == 12:
        return ""
    debuts = [numero for numero in presents if (numero - 2) % 12 + 1 not in presents]
    if len(debuts) == 1 and len(presents) >= 3:
        fin = (debuts[0] + len(presents) - 2) % 12 + 1
        lien = "d’" if MOIS[debuts[0] - 1][0] in "ao" else "de "
        return f"{lien}{MOIS[debuts[0] - 1]} à {MOIS[fin - 1]}"
    return enumerer([MOIS[numero - 1] for numero in presents])


def lot(produit: Produit) -> str:
    """Le conditionnement de la productrice, et s'il faut le compléter."""
    if produit.lot is None:
        return ""
    taille = quantite(produit.lot.quantite, produit.unite)
    nom = typographier(produit.lot.nom)
    texte = f"{nom} ({taille})" if nom and taille not in nom else nom or taille
    if produit.lots:
        texte = enumerer([typographier(affichage.nom_du_lot(produit, un)) for un in lots_de(produit)], "ou")
    return f"{texte}, commandé entier seulement : à plusieurs, on le complète" if produit.lot_complet else texte


def faits_produit(produit: Produit) -> list[Fait]:
    """Tout ce qu'il faut savoir avant de commander, sans le prix ni la productrice."""
    faits = [
        Fait("On commande par", quantite(produit.pas, produit.unite)),
        Fait("Contenu", affichage.contenu_lisible(produit) or produit.contenu),
        Fait("Au plus, par bon", quantite(produit.maximum, produit.unite) if produit.maximum else ""),
        Fait("Vendu", VENTES[produit.vente]),
        Fait("Allergènes", allergenes(produit)),
        Fait("Arrive par", lot(produit)),
        Fait("Le lot entier", f"{euros(montant_coutant(produit.prix, produit.lot.quantite))}, prix coûtant" if produit.lot else ""),
        Fait("Consigne", f"{euros(centimes(produit.consigne))}, rendue avec le contenant" if produit.consigne else ""),
        Fait("Origine", produit.origine),
        Fait("Labels", enumerer(produit.labels)),
        Fait("Saison", saison(produit.saison)),
        Fait("À conserver", PLACEMENTS.get(produit.placement, "")),
        Fait("TVA comprise", f"{str(produit.tva).replace('.', ',')} %"),
    ]
    return [fait for fait in faits if fait.texte]


def faits_producteur(fiche: Producteur) -> list[Fait]:
    """Les réponses aux questions de l'annuaire, dans l'ordre où on les pose."""
    return [fait for fait in _questions(fiche) if fait.texte]


def sans_reponse(fiche: Producteur) -> list[str]:
    """Les questions de l'annuaire que personne n'a encore posées, ou restées sans réponse."""
    return [fait.titre for fait in _questions(fiche) if not fait.texte]


def _questions(fiche: Producteur) -> list[Fait]:
    livraison = {"livre": "Livraison assurée", "a_chercher": "À aller chercher sur place"}.get(fiche.livraison, "")
    return [
        Fait("Labels", enumerer(fiche.labels)),
        Fait("Mode de production", fiche.mode_production),
        Fait("Surface", fiche.surface),
        Fait("Où la production se vend", fiche.commercialisation),
        Fait("Points de livraison", fiche.points_livraison),
        Fait("Livraison", livraison),
        Fait("Minimum de commande", euros(centimes(fiche.minimum)) if fiche.minimum else ""),
        Fait("Délai", accorder(fiche.delai_jours, "jour") if fiche.delai_jours is not None else ""),
        Fait("Conditionnements et prix de gros", fiche.conditionnements),
        Fait("Contenants", fiche.contenants),
        Fait("Récoltes", fiche.periodes_recolte),
        Fait("Épuisement", fiche.periodes_rupture),
        Fait("Emplois et contrats", fiche.emplois),
        Fait("Matériel cherché", fiche.materiel_besoins),
        Fait("Matériel à prêter", fiche.materiel_offres),
        Fait("Échange de temps", fiche.echange_temps),
        Fait("Visites", fiche.visites),
        Fait("Autres contacts", fiche.autres_contacts),
        Fait("Fiche validée par l’assemblée", date_longue(fiche.valide_le)),
    ]


def adhesions(groupement: Groupement) -> list[tuple[str, str, str]]:
    """Chaque adhésion : son nom, son montant, ce qu'elle change au prix."""
    tarifs = {tarif.code: tarif for tarif in groupement.tarifs}
    return [
        (
            adhesion.nom,
            euros(centimes(adhesion.montant)) if adhesion.montant else "gratuite",
            effet(tarifs[adhesion.tarif]) if adhesion.tarif in tarifs else "",
        )
        for adhesion in groupement.adhesions
    ]


def effet(tarif: Tarif) -> str:
    """Ce que paie une personne à ce tarif : « prix coûtant », « 10 % de moins que le prix coûtant »."""
    ecart = (tarif.coefficient - 1) * 100
    if ecart == 0:
        return "prix coûtant"
    nombre = f"{abs(ecart).normalize():f}".replace(".", ",")
    return f"{nombre} % de {'plus' if ecart > 0 else 'moins'} que le prix coûtant"


def depuis(jour: date) -> str:
    """« depuis le 1er septembre 2026 »."""
    return f"depuis le {jour_du_mois(jour)} {jour.year}"
