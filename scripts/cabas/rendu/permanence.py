"""La page de la permanence : une personne tape les bons papier l'un après l'autre, au clavier seul, et rend un seul fichier.

Entre : le dépôt, une commande, un groupement. Sort : un document HTML qui se suffit à lui-même (style, script et données dedans).
Le numéro d'un produit est son rang, à partir de 1, parmi les produits proposés : le même que sur le bon papier qui en porte.
Répond aux besoins V4 et V5.
"""

from __future__ import annotations

from itertools import count
from string import ascii_uppercase

from markupsafe import Markup

from cabas.calculs import affichage
from cabas.calculs.offre import maximum_par_bon, prix_unitaire, proposes
from cabas.modele import Commande, Depot, Groupement, Produit
from cabas.rendu.autonome import en_json, politique, script_de, style_de
from cabas.rendu.environnement import environnement
from cabas.rendu.langues import langue
from cabas.typographie import enumerer

AILLEURS = "Autres produits"


def permanence_html(depot: Depot, commande: Commande, groupement: Groupement, revision: str = "") -> str:
    """La page d'un groupement pour une commande. `revision` : celle du catalogue. Sort : un document HTML complet."""
    fenetre = commande.fenetre(groupement.slug)
    if fenetre is None:
        raise ValueError(f"La commande {commande.id} n’a pas de fenêtre pour {groupement.slug}.")
    style, script = style_de("bon.css", "permanence.css"), script_de("permanence.js")
    produits = proposes(depot, commande)
    donnees = {
        "commande": commande.id,
        "groupement": groupement.slug,
        "ajouter": groupement.plusieurs_bons == "ajouter",
        "ouverture": int(fenetre.ouverture.timestamp()),
        "cloture": int(fenetre.cloture.timestamp()),
        "fin": int((fenetre.distribution.fin if fenetre.distribution else fenetre.cloture).timestamp()),
        "tarifs": [tarif.code for tarif in groupement.tarifs],
        "unites": langue().faits["unites"],
        "produits": [_pour_le_script(commande, groupement, produit) for produit in produits],
    }
    return (
        environnement()
        .get_template("permanence.html.j2")
        .render(
            commande=commande,
            groupement=groupement,
            fenetre=fenetre,
            mot=groupement.mot_cellule.capitalize(),
            creneaux=affichage.creneaux_lisibles(fenetre, groupement),
            tarifs=[(tarif.code, ascii_uppercase[rang % 26], tarif.nom) for rang, tarif in enumerate(groupement.tarifs)],
            rayons=_rayons(depot, commande, groupement, produits),
            donnees=en_json(donnees),
            style=Markup(style),  # nos propres fichiers, contrôlés par leur empreinte
            script=Markup(script),
            politique=politique(style, script),
            revision=revision,
        )
    )


def _pour_le_script(commande: Commande, groupement: Groupement, produit: Produit) -> list[object]:
    """Un produit en nombres : pas et maximum en millièmes, prix en centimes, dans l'ordre des tarifs."""
    prix = [prix_unitaire(produit, tarif) for tarif in groupement.tarifs]
    maximum = maximum_par_bon(produit, commande)
    return [produit.ref, affichage.nom_complet(produit), produit.unite, produit.pas, maximum, affichage.lot_lisible(produit), prix]


def _rayons(depot: Depot, commande: Commande, groupement: Groupement, produits: list[Produit]) -> list[tuple[str, list[dict[str, object]]]]:
    """La liste à imprimer, par rubrique. Un produit d'une rubrique inconnue y est aussi : il a son numéro."""
    noms = {rubrique.code: rubrique.nom for rubrique in depot.rubriques}
    rayons: dict[str, list[dict[str, object]]] = {}
    for rang, produit in zip(count(1), produits):
        prix = enumerer(list(dict.fromkeys(affichage.prix_lisible(produit, tarif) for tarif in groupement.tarifs)), "ou")
        dits = [affichage.pas_lisible(produit), affichage.maximum_lisible(produit, commande), _par_lot(produit)]
        article = {"rang": rang, "nom": affichage.nom_complet(produit), "prix": prix, "dits": [dit for dit in dits if dit]}
        rayons.setdefault(noms.get(produit.rubrique, AILLEURS), []).append(article)
    return list(rayons.items())


def _par_lot(produit: Produit) -> str:
    lot = affichage.lot_lisible(produit)
    return f"par {lot} entier" if lot else ""
