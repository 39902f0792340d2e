"""Le format d'échange des groupes d'achat solidaires italiens (GDXP, version 1) : ce que commande le réseau, et son catalogue.

`gdxp.json` est une « réservation » (`phase: booking`) : par producteur·rice, chaque produit et la quantité à lui commander. Aucun
nom de cellule, aucun groupement. `catalogue.gdxp.json` est une liste de prix : les mêmes produits, sans quantité ni dates. Source :
la documentation publique du format, dépôt madbob/GDXP, dossier v1. Les écarts connus de cette documentation sont dits dans le
guide, « Donner la commande à un autre réseau ».
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import cabas
from cabas.calculs.affichage import COURT
from cabas.calculs.mots_de_commande import d_une_ligne
from cabas.calculs.offre import maximum_par_bon, total_permis
from cabas.calculs.recap import LigneProduit, Recap
from cabas.modele import Commande, Depot, Producteur, Produit
from cabas.rendu.json_exact import ecrire, milliemes, nombre
from cabas.temps import PARIS


def gdxp_json(depot: Depot, commande: Commande, recap: Recap) -> bytes:
    """Le fichier, le même pour les mêmes données : il est daté de la dernière clôture."""
    par_producteur: dict[str, list[LigneProduit]] = {}
    for ligne in recap.produits:
        if ligne.a_commander:
            par_producteur.setdefault(ligne.producteur, []).append(ligne)
    blocs = [{"supplier": _fournisseur(depot, commande, slug, par_producteur[slug])} for slug in sorted(par_producteur)]
    return ecrire(_enveloppe(_jour(max(fenetre.cloture for fenetre in commande.fenetres)), _sujet(depot, commande), blocs))


def liste_de_prix_json(depot: Depot, nom: str, jour: date) -> bytes:
    """Le catalogue entier en liste de prix, au nom du réseau, datée de `jour`. Sans contact : chaque page de producteur·rice les donne."""
    par_producteur: dict[str, list[Produit]] = {}
    for _ref, produit in sorted(depot.produits.items()):
        par_producteur.setdefault(produit.producteur, []).append(produit)
    blocs = [
        {"supplier": {**_identite(depot.producteurs.get(slug), slug), "contacts": [], "products": [_article(depot, produit) for produit in produits]}}
        for slug, produits in sorted(par_producteur.items())
    ]
    return ecrire(_enveloppe(jour.isoformat(), d_une_ligne(nom), blocs))


def _enveloppe(jour: str, sujet: str, blocs: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "protocolVersion": "1.0",
        "creationDate": jour,
        "applicationSignature": f"cabas {cabas.__version__}",
        "subject": {"name": sujet, "taxCode": "", "vatNumber": "", "address": _adresse(""), "contacts": []},
        "blocks": blocs,
    }


def _jour(instant: datetime) -> str:
    return instant.astimezone(PARIS).date().isoformat()


def _adresse(commune: str) -> dict[str, str]:
    return {"street": "", "locality": d_une_ligne(commune), "zipCode": ""}


def _sujet(depot: Depot, commande: Commande) -> str:
    """Qui commande : la structure commune aux groupements de la commande, ou leurs noms."""
    fiches = [depot.groupements[fenetre.groupement] for fenetre in commande.fenetres if fenetre.groupement in depot.groupements]
    structures = {fiche.structure for fiche in fiches}
    commune = structures.pop() if len(structures) == 1 else ""
    return d_une_ligne(commune or ", ".join(fiche.nom for fiche in fiches))


def _fournisseur(depot: Depot, commande: Commande, slug: str, lignes: list[LigneProduit]) -> dict[str, Any]:
    fiche = depot.producteurs.get(slug)
    contacts = [] if fiche is None else [("emailAddress", fiche.courriel), ("phoneNumber", fiche.telephone)]
    livraisons = [fenetre.livraison for fenetre in commande.fenetres if fenetre.livraison]
    dates = {
        "phase": "booking",
        "openDate": _jour(min(fenetre.ouverture for fenetre in commande.fenetres)),
        "closeDate": _jour(max(fenetre.cloture for fenetre in commande.fenetres)),
        **({"deliveryDate": _jour(min(livraisons))} if livraisons else {}),
    }
    return {
        **_identite(fiche, slug),
        "contacts": [{"type": genre, "value": d_une_ligne(valeur)} for genre, valeur in contacts if valeur],
        "products": [_produit(depot, commande, ligne) for ligne in lignes],
        "orderInfo": dates,
        "order": dates,
    }


def _identite(fiche: Producteur | None, slug: str) -> dict[str, Any]:
    """Qui fournit. Le format veut un numéro de TVA pour clé : nos fiches n'en ont pas, leur nom de fichier en tient lieu."""
    return {
        "name": d_une_ligne(fiche.nom if fiche else slug),
        "taxCode": "",
        "vatNumber": slug,
        "address": _adresse(fiche.commune if fiche else ""),
    }


def _produit(depot: Depot, commande: Commande, ligne: LigneProduit) -> dict[str, Any]:
    produit = depot.produits[ligne.produit]
    article = _article(depot, produit, prix=ligne.prix, au_plus=maximum_par_bon(produit, commande), total=total_permis(produit, commande))
    return {**article, "bookingInfo": {"totalQty": milliemes(ligne.a_commander)}, "active": True}


def _article(
    depot: Depot, produit: Produit, *, prix: Decimal | None = None, au_plus: int | None = None, total: int | None = None
) -> dict[str, Any]:
    """Un produit. `prix` : à défaut, celui de la fiche ; `au_plus` : à défaut, le maximum de la fiche ; `total` : 0 dit « sans limite »."""
    rubriques = {rubrique.code: rubrique.nom for rubrique in depot.rubriques}
    return {
        "name": d_une_ligne(produit.nom),
        "um": COURT[produit.unite],
        "category": d_une_ligne(rubriques.get(produit.rubrique, produit.rubrique)),
        "sku": produit.ref,
        "description": d_une_ligne(produit.description),
        "orderInfo": {
            "packageQty": _paquet(produit),
            "minQty": milliemes(0),
            "mulQty": milliemes(produit.pas),
            "maxQty": milliemes(au_plus if au_plus is not None else produit.maximum),
            "availableQty": milliemes(total),
            "umPrice": nombre(produit.prix if prix is None else prix),
            "vatRate": nombre(produit.tva),
            "shippingCost": milliemes(0),
        },
        "active": produit.disponible,
    }


def _paquet(produit: Produit) -> str:
    """Le lot entier, en unités : le format n'admet qu'un entier. Un lot de 12,5 kg se dit 1 : la quantité totale, elle, est juste."""
    taille = produit.lot.quantite if produit.lot and produit.lot_complet else 1000
    return milliemes(taille if taille % 1000 == 0 else 1000)
