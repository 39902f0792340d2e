"""Le bon à remplir : une page HTML qui se suffit à elle-même, et la grille vide pour les tableurs.

Entre : le dépôt, une commande, un groupement. Sort : du texte, rien n'est écrit. La page ne demande rien à personne : style,
script et données sont dedans, et sa politique de sécurité interdit le reste (`Content-Security-Policy`).
"""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from functools import cache
from importlib.resources import files

from markupsafe import Markup

from cabas.calculs import affichage, envoi
from cabas.calculs.offre import Etat, etat, fenetres, maximum_par_bon, prix_unitaire, proposes
from cabas.modele import Commande, Depot, Fenetre, Groupement, Produit
from cabas.rendu.articles import ecrire_creneaux, ecrire_rayons
from cabas.rendu.autonome import cles_courtes, en_json, politique, script_de, style_de
from cabas.rendu.compactage import compacter_page
from cabas.rendu.environnement import environnement
from cabas.rendu.langues import FRANCAIS, LANGUES, SIMPLE, Langue, adresse
from cabas.rendu.langues import langue as lire_langue
from cabas.typographie import FINE, INSECABLE, enumerer, euros_csv

DU_SERVICE = ("encours", "envoye", "rate", "muet")
"""Ce que le script ne dit que s'il y a un service où envoyer."""
COLONNES_DE_GRILLE = ("cellule", "nom", "telephone", "courriel", "creneau", "tarif", "remarque", "bon")
"""`bon` : le numéro du bon papier, s'il en a un ; il suit le bon jusqu'au récap."""


def bon_html(
    depot: Depot, commande: Commande, groupement: Groupement, maintenant: datetime, revision: str = "", code: str = FRANCAIS,
    photos: frozenset[str] = frozenset(),
) -> str:  # fmt: skip
    """La page du bon d'un groupement pour une commande, dans une langue.

    Entre : `maintenant`, pour dire si la commande est à venir, ouverte ou close (la page le revoit ensuite à l'horloge de
    qui la lit) ; `revision`, celle du catalogue ; `code`, une langue de `versions` ; `photos`, celles que le site sert.
    Sort : un document HTML complet.
    """
    fenetre, langue = _fenetre(commande, groupement), lire_langue(code)
    service = envoi.service(groupement)
    produits = proposes(depot, commande)
    illustre = any(produit.photo in photos for produit in produits)
    style, script = _style(code, illustre), script_de("bon.js", "essais", *(() if service else ("service",)))
    rayons = ecrire_rayons(depot, commande, groupement, langue, photos)
    ou = _etat_affiche(fenetre, maintenant)
    tete, corps, suite = (
        environnement()
        .get_template("bon.html.j2")
        .render(
            t=langue.phrase,
            langue=langue,
            simple=code == SIMPLE,
            pictos=_pictos(),
            choix=[_choix(autre, code) for autre in versions(groupement)],
            commande=commande,
            groupement=groupement,
            fenetre=fenetre,
            etat=ou,
            prochaine=_prochaine(depot, commande, groupement),
            lieu=affichage.lieu_de_distribution(fenetre, groupement),
            creneaux=ecrire_creneaux(fenetre, groupement, langue),
            tarifs=_tarifs(groupement),
            noms_de_tarifs=" · ".join(tarif.nom for tarif in groupement.tarifs),
            papiers=_papiers(groupement, ou),
            rayons=rayons,
            compte=len(produits),
            lots=any(affichage.lot_lisible(produit) for produit in produits),
            coupe=any(produit.vente == "coupe" for produit in produits),
            donnees=en_json(_donnees(commande, groupement, fenetre, produits, langue)),
            style=Markup(style),  # nos propres fichiers, contrôlés par leur empreinte
            script=Markup(script),
            politique=politique(style, script, envoi.origine(service), photos=illustre),
            service=service,
            hote=service and envoi.hote(service),
            contact=envoi.contact(groupement),
            revision=revision,
        )
        .partition("<body>")
    )
    return tete + corps + compacter_page(suite)


def versions(groupement: Groupement) -> tuple[str, ...]:
    """Les versions du bon d'un groupement : le français, sa version simple, puis les langues de sa fiche."""
    return (FRANCAIS, SIMPLE, *(code for code in LANGUES if code in groupement.langues))


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


def _style(code: str, illustre: bool) -> str:
    """Le style d'une langue : le commun, ce qu'elle y ajoute, et celui des photos s'il y en a."""
    ajouts = {FRANCAIS: (), SIMPLE: ("bon-simple.css",)}.get(code, ("bon-autre.css",))
    return style_de("bon.css", *ajouts, *(("bon-photos.css",) if illustre else ()))


@cache
def _pictos() -> dict[str, str]:
    lus: dict[str, str] = json.loads(files("cabas").joinpath("donnees", "pictogrammes.json").read_text(encoding="utf-8"))
    return lus


def _choix(autre: str, ici: str) -> dict[str, object]:
    faits = lire_langue(autre).faits
    return {"adresse": adresse(autre), "nom": faits["nom"], "lang": faits["lang"], "ici": autre == ici}


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
    """Les bons papier qui accompagnent la page : (fin du nom de fichier, nom du tarif). Close : un seul, pour mémoire."""
    if len(groupement.tarifs) == 1 or ou == Etat.CLOSE.value:
        return [("", "")]
    return [(f"-{tarif.code}" if rang else "", tarif.nom) for rang, tarif in enumerate(groupement.tarifs)]


def _donnees(commande: Commande, groupement: Groupement, fenetre: Fenetre, produits: list[Produit], langue: Langue) -> dict[str, object]:
    """Ce que lit le script : des entiers (millièmes, secondes), des noms, des phrases. Les prix, il les lit dans la page."""
    courtes = cles_courtes("bon.js")
    return {
        "commande": commande.id,
        "groupement": groupement.slug,
        "titre": f"{commande.titre}, {groupement.nom}",
        "reponse": envoi.contact(groupement),
        "permanence": groupement.permanence,
        "ouverture": int(fenetre.ouverture.timestamp()),
        "cloture": int(fenetre.cloture.timestamp()),
        "fin": int((fenetre.distribution.fin if fenetre.distribution else fenetre.cloture).timestamp()),
        "tarifs": [tarif.code for tarif in groupement.tarifs],
        "langue": langue.faits["lang"],
        "dit": {courtes.get(cle, cle): dit for cle, dit in langue.script().items() if cle not in DU_SERVICE or envoi.service(groupement)},
        "lettre": {courtes.get(cle, cle): dit for cle, dit in lire_langue().faits["lettre"].items()},
        "unites": langue.faits["unites"],
        "mots": langue.faits["mots"],
        "produits": "".join(_regle(produit, maximum_par_bon(produit, commande)) for produit in produits),
    }


def _regle(produit: Produit, maximum: int | None) -> str:
    """L'unité (sa première lettre), le pas et le maximum d'un produit, en millièmes : « k250 », « p:6000 ». Le pas courant ne s'écrit pas."""
    pas = "" if produit.pas == (500 if produit.unite == "kg" else 1000) else str(produit.pas)
    return f"{produit.unite[0]}{pas}" + ("" if maximum is None else f":{maximum}")
