"""`cabas formulaire` : de quoi créer le même bon dans Kobo, LimeSurvey, Google Forms, Nextcloud Forms ou Framaforms."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from cabas.cli.analyseur import inscrire_verbe
from cabas.cli.impression import Imprimeur, sans_controle

if TYPE_CHECKING:
    from datetime import datetime

    from cabas.constats import Constat
    from cabas.modele import Commande, Depot, Fenetre

ENSUITE = {
    "kobo": "KoboToolbox ou ODK : « Nouveau projet », « Importer un XLSForm ». Se remplit sans réseau, sur un téléphone.",
    "limesurvey": "LimeSurvey : « Créer un questionnaire », « Importer ». À l’export : texte entier des questions et des réponses.",
    "google": "Google Forms : coller le script dans script.google.com, puis exécuter creerLeBon.",
    "nextcloud": "Nextcloud Forms : lancer le programme avec l’adresse, le compte et un jeton dans l’environnement.",
    "framaforms": "Framaforms, Yakforms : suivre la recette, à l’écran ou imprimée.",
}
"""Ce qu'il reste à faire, par service."""


def inscrire(sous_commandes: Any) -> None:
    """Inscrit le verbe."""
    analyseur = inscrire_verbe(
        sous_commandes,
        "formulaire",
        "créer le même bon dans Kobo, LimeSurvey, Google, Nextcloud ou Framaforms",
        "Écrit de quoi créer le bon d'un groupement dans un service de formulaires. Les réponses exportées, déposées dans bons/, se "
        "fusionnent sans réglage. Rien n'est envoyé : c'est vous qui importez le fichier. "
        "Codes de sortie : 0 c'est écrit, 1 c'est écrit mais la commande est déjà close, 2 rien n'est écrit.",
    )
    analyseur.add_argument("commande", metavar="COMMANDE", help="identifiant de la commande, comme 2026-12")
    analyseur.add_argument("groupement", metavar="GROUPEMENT", help="nom de la fiche du groupement, comme les-tilleuls")
    analyseur.add_argument("--service", action="append", choices=tuple(ENSUITE), help="un service ; se répète (tous, par défaut)")
    analyseur.add_argument("--sortie", metavar="DOSSIER", help="où écrire (prive/COMMANDE/GROUPEMENT/sorties/formulaires, par défaut)")
    analyseur.add_argument("--maintenant", metavar="INSTANT", help="faire comme si l'on était à cet instant (2026-12-01T08:00)")


def executer(arguments: argparse.Namespace) -> int:
    """Écrit les fichiers et dit quoi en faire."""
    from cabas.cli.catalogue_fige import charger_catalogue
    from cabas.cli.commun import lire_maintenant
    from cabas.cli.fusionner import constats_utiles
    from cabas.constats import Constat, Emplacement, Refus, erreur, erreurs
    from cabas.publication.ecriture import ecrire
    from cabas.publication.formulaires import FICHIERS, fichiers_du_formulaire, formulaire_du_bon
    from cabas.rendu.formulaires_traduits import formulaires_traduits

    imprimeur = Imprimeur(arguments.format)
    instant = lire_maintenant(arguments.maintenant)
    if isinstance(instant, Refus):
        return _arreter(imprimeur, [erreur(instant.code, Emplacement("--maintenant"), instant.fait, instant.remede)])
    catalogue = charger_catalogue(arguments.depot, arguments.commande)
    depot = catalogue.depot
    trouve = _choisir(depot, arguments.commande, arguments.groupement)
    fautes = erreurs(constats_utiles(catalogue.constats, arguments.commande)) or ([trouve] if isinstance(trouve, Constat) else [])
    if fautes or isinstance(trouve, Constat):
        return _arreter(imprimeur, fautes)
    commande, fenetre = trouve
    formulaire = formulaire_du_bon(depot, commande, fenetre, depot.groupements[fenetre.groupement])
    if not formulaire.rayons:
        fait = "Aucun produit n’est proposé : le formulaire serait vide."
        remede = "Revoir les produits de la commande, et leur saison."
        return _arreter(imprimeur, [erreur("formulaire-vide", commande.source.a("produits"), fait, remede)])
    services = [service for service in FICHIERS if service in (arguments.service or FICHIERS)]
    dossier = arguments.sortie or arguments.prive / commande.id / fenetre.groupement / "sorties" / "formulaires"
    traduits = formulaires_traduits(formulaire, depot, commande, fenetre, depot.groupements[fenetre.groupement])
    for nom, octets in fichiers_du_formulaire(formulaire, services, traduits).items():
        ecrire(dossier / nom, octets)
    imprimeur.poser("fichiers", [str(dossier / FICHIERS[service]) for service in services])
    imprimeur.dire(f"Écrit dans {sans_controle(str(dossier))} : {len(formulaire.questions())} questions, clôture le {formulaire.cloture_dite}.")
    for service in services:
        imprimeur.dire(f"  {FICHIERS[service]:<20} {ENSUITE[service]}")
    imprimeur.dire("Les réponses exportées vont dans le dossier bons/ du groupement, sans y toucher.")
    close = _dire_close(commande, fenetre, instant)
    imprimeur.constats(close)
    return imprimeur.clore(1 if close else 0)


def _arreter(imprimeur: Imprimeur, constats: list[Constat]) -> int:
    imprimeur.constats(constats)
    imprimeur.dire("Rien n’est écrit.")
    return imprimeur.clore(2)


def _choisir(depot: Depot, identifiant: str, slug: str) -> tuple[Commande, Fenetre] | Constat:
    """La commande et la fenêtre demandées, ou pourquoi on ne les trouve pas."""
    from cabas.cli.fusionner import commande_inconnue
    from cabas.constats import Emplacement, erreur
    from cabas.typographie import enumerer

    commande = depot.commandes.get(identifiant)
    if commande is None:
        return commande_inconnue(depot, identifiant)
    connus = sorted(fenetre.groupement for fenetre in commande.fenetres if fenetre.groupement in depot.groupements)
    choisir = f"Choisir {enumerer(connus, 'ou')}." if connus else "Ajouter une fenêtre à la commande."
    if slug not in depot.groupements:
        fait = f"« {sans_controle(slug)} » n’est pas un groupement du réseau."
        return erreur("groupement-inconnu", Emplacement("GROUPEMENT"), fait, choisir)
    fenetre = commande.fenetre(slug)
    if fenetre is None:
        return erreur("fenetre-absente", commande.source.a("fenetres"), f"Cette commande n’ouvre pas à {depot.groupements[slug].nom}.", choisir)
    return commande, fenetre


def _dire_close(commande: Commande, fenetre: Fenetre, instant: datetime) -> list[Constat]:
    from cabas.constats import avertissement
    from cabas.typographie import instant_long

    if instant <= fenetre.cloture:
        return []
    fait = f"La commande est close depuis le {instant_long(fenetre.cloture)} : les services n’accepteront plus de réponse."
    return [avertissement("commande-close", commande.source.a("fenetres"), fait, "Revoir la date de clôture, ou choisir une autre commande.")]
