"""Le bon à remplir : une page HTML qui se suffit à elle-même, et la grille vide pour les tableurs.

Entre : le dépôt, une commande, un groupement. Sort : du texte, rien n'est écrit. La page ne demande rien à personne : style,
script et données sont dedans, et sa politique de sécurité interdit le reste (`Content-Security-Policy`).
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
from datetime import datetime
from functools import cache
from urllib.parse import urlsplit

from markupsafe import Markup

from cabas.calculs import affichage
from cabas.calculs.etat_provisoire import manque_lisible
from cabas.calculs.offre import Etat, etat, fenetres, maximum_par_bon, par_rubrique, prix_unitaire, proposes
from cabas.modele import Commande, Depot, Fenetre, Groupement, Produit
from cabas.rendu.environnement import environnement, lire_gabarit
from cabas.typographie import FINE, INSECABLE, enumerer, euros_csv

COLONNES_DE_GRILLE = ("cellule", "nom", "telephone", "courriel", "creneau", "tarif", "remarque")


def bon_html(depot: Depot, commande: Commande, groupement: Groupement, maintenant: datetime, revision: str = "") -> str:
    """La page du bon d'un groupement pour une commande.

    Entre : `maintenant`, pour dire si la commande est à venir, ouverte ou close (la page le revoit ensuite à l'horloge de
    qui la lit) ; `revision`, celle du catalogue. Sort : un document HTML complet.
    """
    fenetre = _fenetre(commande, groupement)
    style, script = _source("bon.css"), _source("bon.js")
    produits = proposes(depot, commande)
    rayons = [(rubrique, [_article(depot, commande, groupement, produit) for produit in liste]) for rubrique, liste in par_rubrique(depot, produits)]
    return environnement().get_template("bon.html.j2").render(
        commande=commande,
        groupement=groupement,
        fenetre=fenetre,
        etat=_etat_affiche(fenetre, maintenant),
        prochaine=_prochaine(depot, commande, groupement),
        lieu=affichage.lieu_de_distribution(fenetre, groupement),
        creneaux=affichage.creneaux_lisibles(fenetre, groupement),
        tarifs=_tarifs(groupement),
        papiers=_papiers(groupement, _etat_affiche(fenetre, maintenant)),
        rayons=rayons,
        compte=len(produits),
        lots=any(affichage.lot_lisible(produit) for produit in produits),
        coupe=any(produit.vente == "coupe" for produit in produits),
        donnees=_donnees(commande, groupement, fenetre, produits),
        style=Markup(style),  # nos propres fichiers, contrôlés par leur empreinte
        script=Markup(script),
        politique=_politique(style, script, groupement.reponse),
        par_service=_par_service(groupement),
        revision=revision,
    )


def bon_csv(depot: Depot, commande: Commande, groupement: Groupement) -> str:
    """La grille vide : une ligne par personne, une colonne par produit dont l'intitulé porte la ref entre crochets ; puis, pour
    ceux qui se commandent par lots entiers, une colonne de tolérance (le nom de champ de la page, sans crochets : une ref, une colonne).

    Sort : une ligne d'en-tête, `;`, CRLF, précédée d'une marque d'ordre des octets pour les tableurs.
    """
    _fenetre(commande, groupement)
    produits = proposes(depot, commande)
    tolerances = [f"Tolérance, {produit.nom.replace(INSECABLE, ' ')} (t-{produit.ref})" for produit in produits if produit.lot_complet]
    colonnes = [*COLONNES_DE_GRILLE, *(intitule(groupement, produit) for produit in produits), *tolerances]
    tampon = io.StringIO()
    csv.writer(tampon, delimiter=";", lineterminator="\r\n").writerow([neutraliser(colonne) for colonne in colonnes])
    return "\ufeff" + tampon.getvalue()


def intitule(groupement: Groupement, produit: Produit) -> str:
    """« Farine T65, 1,20 €/kg [farine-t65] ». Plusieurs tarifs : « 1,26 ou 1,54 €/kg ». Sans espace insécable."""
    prix = list(dict.fromkeys(prix_unitaire(produit, tarif) for tarif in groupement.tarifs))
    texte = f"{affichage.nom_complet(produit)}, {enumerer([euros_csv(un_prix) for un_prix in prix], 'ou')} €/{affichage.COURT[produit.unite]}"
    return f"{texte.replace(INSECABLE, ' ').replace(FINE, ' ')} [{produit.ref}]"


def neutraliser(texte: str) -> str:
    """Précède d'une apostrophe un texte qu'un tableur prendrait pour une formule (contrats.md §5)."""
    return f"'{texte}" if texte.startswith(("=", "+", "-", "@", "\t", "\r")) else texte


def _fenetre(commande: Commande, groupement: Groupement) -> Fenetre:
    fenetre = commande.fenetre(groupement.slug)
    if fenetre is None:
        raise ValueError(f"La commande {commande.id} n’a pas de fenêtre pour {groupement.slug}.")
    return fenetre


@cache
def _source(nom: str) -> str:
    """Un style ou un script sans ses commentaires ni ses retraits : la page voyage sur de petites connexions."""
    sans_blocs = re.sub(r"^\s*/\*.*?\*/$", "", lire_gabarit(nom), flags=re.DOTALL | re.MULTILINE)
    lignes = (ligne.strip() for ligne in sans_blocs.splitlines())
    return "\n".join(ligne for ligne in lignes if ligne and not ligne.startswith("//"))


def _politique(style: str, script: str, reponse: str) -> str:
    """Ce que la page a le droit de faire : son propre style, son propre script, et l'adresse de réponse si c'en est une."""
    service = "'none'"
    if reponse.startswith("https://"):
        adresse = urlsplit(reponse)
        service = f"https://{adresse.netloc}"
    regles = {
        "default-src": "'none'",
        "style-src": _empreinte(style),
        "script-src": _empreinte(script),
        "img-src": "data:",
        "connect-src": service,
        "form-action": service,
        "base-uri": "'none'",
    }
    return "; ".join(f"{regle} {valeur}" for regle, valeur in regles.items())


def _empreinte(texte: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(texte.encode()).digest()).decode()}'"


def _par_service(groupement: Groupement) -> bool:
    return groupement.reponse.startswith("https://")


def _etat_affiche(fenetre: Fenetre, maintenant: datetime) -> str:
    """Trois états suffisent à qui commande : après la distribution, la commande est close."""
    lu = etat(fenetre, maintenant)
    return (Etat.CLOSE if lu is Etat.DISTRIBUEE else lu).value


def _prochaine(depot: Depot, commande: Commande, groupement: Groupement) -> tuple[Commande, Fenetre] | None:
    """La fenêtre suivante du même groupement : celle qui ouvre après que celle-ci a ouvert, et ferme après elle."""
    ici = _fenetre(commande, groupement)
    suivantes = [
        (autre, fenetre)
        for autre, fenetre in fenetres(depot, groupement.slug)
        if autre.id != commande.id and fenetre.ouverture > ici.ouverture and fenetre.cloture > ici.cloture
    ]
    return suivantes[0] if suivantes else None


def _tarifs(groupement: Groupement) -> list[tuple[str, str]]:
    """Les tarifs à choisir : (code, « Quartier (adhésion Habitant·e du quartier) »). Jamais de pourcentage."""
    choix = []
    for tarif in groupement.tarifs:
        noms = [adhesion.nom for adhesion in groupement.adhesions if adhesion.tarif == tarif.code and adhesion.nom != tarif.nom]
        choix.append((tarif.code, f"{tarif.nom} ({enumerer(noms, 'ou')})" if noms else tarif.nom))
    return choix


def _papiers(groupement: Groupement, ou: str) -> list[tuple[str, str]]:
    """Les bons papier qui accompagnent la page : (fin du nom de fichier, « , tarif Solidaire »). Close : un seul, pour mémoire."""
    if len(groupement.tarifs) == 1 or ou == Etat.CLOSE.value:
        return [("", "")]
    return [(f"-{tarif.code}" if rang else "", f", tarif {tarif.nom}") for rang, tarif in enumerate(groupement.tarifs)]


def _article(depot: Depot, commande: Commande, groupement: Groupement, produit: Produit) -> dict[str, object]:
    """Un produit tel que la page le montre : tout en mots."""
    producteur = depot.producteurs.get(produit.producteur)
    origine = affichage.provenance(depot, produit)
    vendu = [affichage.pas_lisible(produit), affichage.maximum_lisible(produit, commande), affichage.consigne_lisible(produit)]
    dits = [
        ", ".join(filter(None, [producteur.nom if producteur else "", origine])),
        ", ".join(produit.labels),
        *vendu,
        "coupé et pesé sur place" if produit.vente == "coupe" else "",
    ]
    prix = [(affichage.prix_lisible(produit, tarif), affichage.mesure_lisible(produit, tarif)) for tarif in groupement.tarifs]
    nommes = [(*lu, tarif.nom) for lu, tarif in zip(prix, groupement.tarifs)] if len(set(prix)) > 1 else [(*prix[0], "")]
    return {
        "ref": produit.ref,
        "nom": affichage.nom_complet(produit),
        "unite": affichage.COURT[produit.unite],
        "dits": [dit for dit in dits if dit],
        "allergenes": affichage.allergenes(produit),
        "prix": nommes,
        "lot": affichage.lot_lisible(produit),
        "manque": manque_lisible(produit, depot.etats.get(commande.id)),
    }


def _donnees(commande: Commande, groupement: Groupement, fenetre: Fenetre, produits: list[Produit]) -> dict[str, object]:
    """Ce que lit le script : des entiers (millièmes, centimes, secondes) et des noms."""
    return {
        "commande": commande.id,
        "groupement": groupement.slug,
        "titre": f"{commande.titre}, {groupement.nom}",
        "reponse": groupement.reponse,
        "permanence": groupement.permanence,
        "ajouter": groupement.plusieurs_bons == "ajouter",
        "ouverture": int(fenetre.ouverture.timestamp()),
        "cloture": int(fenetre.cloture.timestamp()),
        "fin": int((fenetre.distribution.fin if fenetre.distribution else fenetre.cloture).timestamp()),
        "tarifs": [tarif.code for tarif in groupement.tarifs],
        "produits": [
            [produit.unite, produit.pas, maximum_par_bon(produit, commande), [prix_unitaire(produit, tarif) for tarif in groupement.tarifs]]
            for produit in produits
        ],
    }
