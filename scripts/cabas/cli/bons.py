"""`cabas bons` : un carnet de bons papier numérotés, pour la permanence."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from cabas.cli.analyseur import inscrire_verbe
from cabas.cli.impression import Imprimeur, sans_controle

if TYPE_CHECKING:
    from cabas.constats import Constat
    from cabas.modele import Depot

AU_PLUS = 500
"""Un carnet plus gros ne s'agrafe pas, et une faute de frappe viderait le bac à papier."""
DERNIER = 99_999
"""Le plus grand numéro : cinq chiffres se recopient encore sans faute."""


def inscrire(sous_commandes: Any) -> None:
    """Inscrit le verbe."""
    analyseur = inscrire_verbe(
        sous_commandes,
        "bons",
        "préparer un carnet de bons papier numérotés, à imprimer",
        "Écrit prive/COMMANDE/GROUPEMENT/sorties/carnet.pdf : des bons numérotés, chacun sur sa feuille, à imprimer recto verso. Le numéro est "
        "écrit sur les deux faces et sur le talon. Codes de sortie : 0 c'est fait, 2 rien n'est écrit.",
    )
    analyseur.add_argument("commande", metavar="COMMANDE", help="identifiant de la commande, comme 2026-12")
    analyseur.add_argument("groupement", metavar="GROUPEMENT", help="identifiant du groupement, comme les-tilleuls")
    analyseur.add_argument("--combien", metavar="N", type=int, default=30, help="combien de bons (30, par défaut)")
    analyseur.add_argument("--tarif", metavar="CODE", help="le tarif imprimé (le premier du groupement, par défaut)")
    analyseur.add_argument("--premier", metavar="N", type=int, default=1, help="le premier numéro (1, par défaut)")


def executer(arguments: argparse.Namespace) -> int:
    """Compose le carnet et l'écrit."""
    from cabas.calculs.offre import tarif_de
    from cabas.cli.catalogue_fige import charger_catalogue
    from cabas.cli.fusionner import constats_utiles
    from cabas.cli.sources import lire_reglage
    from cabas.constats import erreurs
    from cabas.documents.bon_papier import carnet_pdf
    from cabas.documents.code_qr import adresse_du_bon
    from cabas.publication.ecriture import ecrire
    from cabas.typographie import accorder

    imprimeur = Imprimeur(arguments.format)
    catalogue = charger_catalogue(arguments.depot, arguments.commande)
    # Comme sur le site : d'une révision figée viennent les prix, pas les dates.
    depot = catalogue.depot._replace(commandes=catalogue.present.commandes)
    refus = [*erreurs(constats_utiles(catalogue.constats, arguments.commande))] or refus_du_carnet(depot, arguments)
    if refus:
        imprimeur.constats(refus)
        imprimeur.dire("Rien n’est écrit. Corriger, puis recommencer.")
        return imprimeur.clore(2)
    commande, groupement = depot.commandes[arguments.commande], depot.groupements[arguments.groupement]
    site_url = str(lire_reglage(arguments.depot)[0].get("site_url") or "")
    numeros = range(arguments.premier, arguments.premier + arguments.combien)
    pdf = carnet_pdf(depot, commande, groupement, tarif_de(groupement, arguments.tarif or ""), numeros, site_url)
    carnet = arguments.prive / commande.id / groupement.slug / "sorties" / "carnet.pdf"
    ecrire(carnet, pdf)
    imprimeur.poser("carnet", str(carnet))
    imprimeur.dire(f"{accorder(len(numeros), 'bon numéroté', 'bons numérotés')}, de {numeros[0]} à {numeros[-1]}.")
    imprimeur.dire("À imprimer recto verso, en retournant sur le bord long.")
    if not adresse_du_bon(site_url, commande.id, groupement.slug):
        imprimeur.dire("Le code QR vers le bon en ligne n’y est pas : mkdocs.yml ne dit pas l’adresse publique du site (site_url).")
    imprimeur.dire(f"À ouvrir : {carnet}")
    return imprimeur.clore(0)


def refus_du_carnet(depot: Depot, arguments: argparse.Namespace) -> list[Constat]:
    """Ce qui empêche de faire ce carnet : une commande, un groupement ou un tarif inconnus, un nombre hors bornes."""
    from cabas.cli.fusionner import commande_inconnue
    from cabas.constats import Emplacement, erreur
    from cabas.typographie import enumerer

    commande = depot.commandes.get(arguments.commande)
    if commande is None:
        return [commande_inconnue(depot, arguments.commande)]
    ouverts = sorted(fenetre.groupement for fenetre in commande.fenetres if fenetre.groupement in depot.groupements)
    if arguments.groupement not in ouverts:
        fait = f"« {sans_controle(arguments.groupement)} » n’a pas de fenêtre dans la commande {commande.id}."
        return [erreur("groupement-inconnu", commande.source.a("fenetres"), fait, f"Choisir {enumerer(ouverts, 'ou')}.")]
    groupement, refus = depot.groupements[arguments.groupement], []
    codes = [tarif.code for tarif in groupement.tarifs]
    if arguments.tarif is not None and arguments.tarif not in codes:
        fait = f"« {sans_controle(arguments.tarif)} » n’est pas un tarif de {groupement.nom}."
        refus.append(erreur("tarif-inconnu", groupement.source.a("tarifs"), fait, f"Choisir {enumerer(codes, 'ou')}."))
    for option, valeur, plafond in (("--combien", arguments.combien, AU_PLUS), ("--premier", arguments.premier, DERNIER - AU_PLUS)):
        if not 1 <= valeur <= plafond:
            refus.append(erreur("nombre-hors-bornes", Emplacement(option), f"{valeur} n’est pas possible ici.", f"Choisir entre 1 et {plafond}."))
    return refus
