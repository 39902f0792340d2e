"""`gdxp.json` : ce que commande tout le réseau, au format d'échange des groupes d'achat solidaires italiens (GDXP, version 1).

C'est une « réservation » (`phase: booking`) : par producteur·rice, chaque produit et la quantité à lui commander. Aucun nom
de cellule, aucun groupement. Source : la documentation publique du format, dépôt madbob/GDXP, dossier v1. Les écarts connus
de cette documentation sont dits dans le guide, « Donner la commande à un autre réseau ».
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from decimal import Decimal
from typing import Any

import cabas
from cabas.calculs.affichage import COURT
from cabas.calculs.mots_de_commande import d_une_ligne
from cabas.calculs.offre import maximum_par_bon, total_permis
from cabas.calculs.recap import LigneProduit, Recap
from cabas.modele import Commande, Depot, Produit
from cabas.temps import PARIS

_NOMBRE = re.compile(r'"\\u0001(\d+(?:\.\d+)?)"')


def gdxp_json(depot: Depot, commande: Commande, recap: Recap) -> bytes:
    """Le fichier, le même pour les mêmes données : il est daté de la dernière clôture."""
    par_producteur: dict[str, list[LigneProduit]] = {}
    for ligne in recap.produits:
        if ligne.a_commander:
            par_producteur.setdefault(ligne.producteur, []).append(ligne)
    contenu = {
        "protocolVersion": "1.0",
        "creationDate": _jour(max(fenetre.cloture for fenetre in commande.fenetres)),
        "applicationSignature": f"cabas {cabas.__version__}",
        "subject": {"name": _sujet(depot, commande), "taxCode": "", "vatNumber": "", "address": _adresse(""), "contacts": []},
        "blocks": [{"supplier": _fournisseur(depot, commande, slug, par_producteur[slug])} for slug in sorted(par_producteur)],
    }
    texte = json.dumps(contenu, ensure_ascii=False, indent=2)
    return (_NOMBRE.sub(r"\1", texte) + "\n").encode()


def _nombre(valeur: Decimal) -> str:
    """Un nombre exact : JSON n'a pas de décimaux, et l'on ne passe pas par un flottant. Posé sans guillemets à la fin."""
    return f"\x01{format(valeur.normalize(), 'f')}"


def _milliemes(valeur: int | None) -> str:
    return _nombre(Decimal(valeur or 0) / 1000)


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
        "name": d_une_ligne(fiche.nom if fiche else slug),
        "taxCode": "",
        "vatNumber": slug,
        "address": _adresse(fiche.commune if fiche else ""),
        "contacts": [{"type": genre, "value": d_une_ligne(valeur)} for genre, valeur in contacts if valeur],
        "products": [_produit(depot, commande, ligne) for ligne in lignes],
        "orderInfo": dates,
        "order": dates,
    }


def _produit(depot: Depot, commande: Commande, ligne: LigneProduit) -> dict[str, Any]:
    produit = depot.produits[ligne.produit]
    rubriques = {rubrique.code: rubrique.nom for rubrique in depot.rubriques}
    return {
        "name": d_une_ligne(produit.nom),
        "um": COURT[produit.unite],
        "category": d_une_ligne(rubriques.get(produit.rubrique, produit.rubrique)),
        "sku": produit.ref,
        "description": d_une_ligne(produit.description),
        "orderInfo": {
            "packageQty": _paquet(produit),
            "minQty": _milliemes(0),
            "mulQty": _milliemes(produit.pas),
            "maxQty": _milliemes(maximum_par_bon(produit, commande)),
            "availableQty": _milliemes(total_permis(produit, commande)),
            "umPrice": _nombre(ligne.prix),
            "vatRate": _nombre(produit.tva),
            "shippingCost": _milliemes(0),
        },
        "bookingInfo": {"totalQty": _milliemes(ligne.a_commander)},
        "active": True,
    }


def _paquet(produit: Produit) -> str:
    """Le lot entier, en unités : le format n'admet qu'un entier. Un lot de 12,5 kg se dit 1 : la quantité totale, elle, est juste."""
    taille = produit.lot.quantite if produit.lot and produit.lot_complet else 1000
    return _milliemes(taille if taille % 1000 == 0 else 1000)
