"""La commande à un·e producteur·rice, à imprimer : un A4 noir et blanc, la commande d'abord, les palettes ensuite.

Entre : une `CommandeProducteur`. Sort : les octets d'un PDF balisé, les mêmes à chaque fois.
"""

from __future__ import annotations

from typing import Any

from cabas.calculs import affichage
from cabas.calculs.commande_producteur import NOMMES, CommandeProducteur, Part
from cabas.calculs.mots_de_commande import d_une_ligne, livraison_dite, livraisons_dites, lots_dits, prix_dit, titre_des_livraisons
from cabas.documents.composition import composer_malgre_tout
from cabas.temps import PARIS
from cabas.typographie import date_longue, euros, typographier


def commande_pdf(commande: CommandeProducteur) -> bytes:
    """Le PDF d'une commande. Un signe que nos polices ne savent pas dessiner devient « ? » : la commande part quand même."""
    return composer_malgre_tout("commande-producteur.typ", donnees_de_la_commande(commande))


def donnees_de_la_commande(commande: CommandeProducteur) -> dict[str, Any]:
    """Tout ce qu'imprime le gabarit, en mots."""
    producteur, collective = commande.producteur, commande.commande
    titre, nom = d_une_ligne(collective.titre), d_une_ligne(producteur.nom)
    pour = [nom, producteur.commune, producteur.telephone, producteur.courriel]
    destinations = [
        {
            "nom": typographier(f"{une.nom}, {une.commune}" if une.commune else une.nom),
            "livraison": livraison_dite(une.livraison),
            "contact": une.contact,
            "parts": [_part(part) for part in une.parts],
        }
        for une in commande.destinations
    ]
    return {
        "titre": f"{titre}, {nom}",
        "auteur": commande.de,
        "date": list(commande.arretee_le.astimezone(PARIS).timetuple()[:3]),
        "commande": typographier(titre),
        "id": collective.id,
        "de": typographier(f"{commande.de[:1].upper()}{commande.de[1:]}"),
        "contacts": list(commande.contacts) if len(commande.contacts) <= NOMMES else [],
        "pour": [typographier(d_une_ligne(ligne)) for ligne in pour if ligne],
        "close": date_longue(commande.arretee_le.astimezone(PARIS).date()),
        "livrer": typographier(titre_des_livraisons(commande)),
        "livraisons": [{"jour": jour, "noms": typographier(noms)} for jour, noms in livraisons_dites(commande)],
        "lignes": [
            {
                "nom": typographier(ligne.libelle),
                "lots": typographier(lots_dits(ligne)),
                "quantite": affichage.mesurer(ligne.quantite, ligne.unite),
                "prix": prix_dit(ligne),
                "montant": euros(ligne.montant),
            }
            for ligne in commande.lignes
        ],
        "total": euros(commande.total),
        "partage": any(ligne.partage for ligne in commande.lignes),
        "consignes": any(ligne.consigne for ligne in commande.lignes),
        "destinations": destinations,
        "cellier": [_part(part) for part in commande.pour_le_cellier],
        "restes": [_part(part) for part in commande.restes],
        "pied": f"Commande {collective.id}, {nom}",
    }


def _part(part: Part) -> dict[str, str]:
    return {"nom": typographier(part.libelle), "quantite": affichage.mesurer(part.quantite, part.unite)}
