"""`cabas fusionner` : de tous les bons reçus, faire le récap d'une commande."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from cabas.cli.analyseur import inscrire_verbe
from cabas.cli.impression import Imprimeur
from cabas.cli.une_fusion import Options, Resultat, charger_la_suite, fusionner_sous_verrou

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from cabas.cli.catalogue_fige import Catalogue
    from cabas.constats import Constat
    from cabas.modele import Depot


def inscrire(sous_commandes: Any) -> None:
    """Inscrit le verbe."""
    analyseur = inscrire_verbe(
        sous_commandes,
        "fusionner",
        "fusionner les bons reçus en un récap",
        "Lit prive/COMMANDE/<groupement>/bons/, garde le dernier bon de chaque cellule, répartit, et écrit prive/COMMANDE/sorties/. "
        "Codes de sortie : 0 tout est retenu, 1 il y a des rejets (les sorties sont écrites), 2 rien n'est écrit.",
    )
    analyseur.add_argument("commande", metavar="COMMANDE", help="identifiant de la commande, comme 2026-12")
    analyseur.add_argument("--accepter", metavar="BON", action="append", default=[], help="reprendre ce bon arrivé hors délai (répétable)")
    analyseur.add_argument(
        "--corriger", action="store_true", help="revoir une à une les quantités douteuses et les retards, garder les décisions, refusionner"
    )
    analyseur.add_argument("--groupement", metavar="GROUPEMENT", default="", help="ne fusionner que ses bons, et écrire ses totaux sans nom")
    analyseur.add_argument("--reseau", action="store_true", help="compter aussi les totaux des groupements qui fusionnent chez eux")
    analyseur.add_argument("--sans-classeur", action="store_true", help="ne pas écrire recap.xlsx")
    analyseur.add_argument("--sans-producteurs", action="store_true", help="ne pas écrire les commandes aux producteur·rices, et ôter les anciennes")
    analyseur.add_argument(
        "--provisoire", action="store_true", help="pendant la commande : le même récap dans sorties/provisoire/, sans commande aux producteur·rices"
    )
    analyseur.add_argument(
        "--publier", action="store_true", help="avec --provisoire : mettre dans le catalogue ce qui manque à chaque lot, sans aucun nom"
    )
    analyseur.add_argument("--maintenant", metavar="INSTANT", help="faire comme si l'on était à cet instant (2026-12-01T08:00)")


def executer(arguments: argparse.Namespace) -> int:
    """Fusionne une commande et dit ce qui en est sorti."""
    import gc

    gc.disable()  # des centaines de milliers de faits immuables, sans un cycle : les recompter sans fin double la durée
    from cabas.cli.commun import lire_maintenant
    from cabas.cli.provisoire import publier_sans_provisoire
    from cabas.constats import Emplacement, Refus, erreur

    imprimeur = Imprimeur(arguments.format)
    imprimeur.situer(arguments.prive.name, arguments.prive_dit)
    instant = lire_maintenant(arguments.maintenant) if arguments.maintenant else None
    if isinstance(instant, Refus):
        imprimeur.constats([erreur(instant.code, Emplacement("--maintenant"), instant.fait, instant.remede)])
        return imprimeur.clore(2)
    if arguments.publier and not arguments.provisoire:
        imprimeur.constats([publier_sans_provisoire()])
        return imprimeur.clore(2)
    producteurs = not (arguments.sans_producteurs or arguments.provisoire or arguments.groupement)
    options = Options(
        not arguments.sans_classeur, producteurs, True, arguments.provisoire, arguments.publier, instant, arguments.reseau, arguments.groupement
    )
    if arguments.corriger:
        from cabas.cli.corriger import corriger

        if code := corriger(arguments, imprimeur):
            return imprimeur.clore(code)
    resultat = fusionner_dossier(arguments.depot, arguments.prive, arguments.commande, imprimeur, arguments.accepter, options)
    if resultat.code != 2:
        from cabas.cli.recit_de_fusion import raconter

        raconter(resultat, imprimeur)
    return imprimeur.clore(resultat.code)


def fusionner_dossier(
    racine: Path,
    prive: Path,
    identifiant: str,
    imprimeur: Imprimeur,
    accepter: list[str],
    options: Options = Options(),  # noqa: B008
) -> Resultat:
    """Toute la fusion, de la lecture à l'écriture. Ne dit que ce qui l'arrête."""
    from cabas.cli.catalogue_fige import changements, charger_catalogue, constats_de_prix
    from cabas.cli.provisoire import constats_de_fenetre
    from cabas.cli.reseau import juger_les_options
    from cabas.constats import Emplacement, erreur, erreurs
    from cabas.lecture.prive import lire_prive
    from cabas.publication.verrou import Occupe, verrouiller

    instant = options.instant or horloge()
    catalogue = charger_catalogue(racine, identifiant)
    depot, constats = catalogue.depot, catalogue.constats
    arret = [*erreurs(constats_utiles(constats, identifiant)), *_juger_commande(catalogue, identifiant, instant)]
    if not arret:
        arret = juger_les_options(depot.commandes[identifiant], options.reseau, options.groupement, options.publier)
    if not arret and not (prive / identifiant).is_dir():
        arret = lire_prive(prive, identifiant, depot).constats
    if arret:
        imprimeur.constats(arret)
        imprimeur.dire("Rien n’est écrit. Corriger, puis recommencer.")
        return Resultat(2, depot, constats=tuple(arret))
    try:
        with verrouiller(prive / identifiant):
            avancer = lambda fait, total: imprimeur.avancer(fait, total, "Lecture des fichiers")  # noqa: E731
            recu = lire_prive(prive, identifiant, depot, avancer, charger_la_suite)
            fusion, resultat = fusionner_sous_verrou(racine, prive, catalogue, recu, imprimeur, accepter, options._replace(instant=instant))
    except Occupe as occupe:
        faits = f"Une autre fusion de {identifiant} est en cours ({occupe})."
        imprimeur.constats(
            [erreur("fusion-en-cours", Emplacement(f"{prive.name}/{identifiant}"), faits, "Attendre qu’elle finisse, puis recommencer.")]
        )
        return Resultat(2, depot)
    if resultat.code == 2:
        imprimeur.constats(resultat.constats)
        return resultat
    inconnus = [_bon_inconnu(bon, prive.name, identifiant) for bon in sorted(set(accepter) - set(fusion.acceptes))]
    changes = changements(catalogue, fusion)
    utiles = [*constats_utiles(constats, identifiant), *constats_de_prix(changes)]
    trop_tot = constats_de_fenetre(depot.commandes[identifiant], instant, options.provisoire) if options.ecrire else []
    tous = (*utiles, *trop_tot, *recu.constats, *inconnus, *resultat.constats)
    code = 1 if fusion.comptes["rejetees"] or erreurs(tous) else 0
    return resultat._replace(code=code, constats=tous, prix_changes=changes)


def horloge() -> datetime:
    """L'heure de la machine, quand on ne donne pas `--maintenant`. Rien de ce qui est calculé n'en dépend."""
    from datetime import datetime

    from cabas.temps import PARIS

    return datetime.now(PARIS)


def constats_utiles(constats: Iterable[Constat], identifiant: str) -> list[Constat]:
    """Les constats qui touchent cette fusion : une faute dans la fiche d'une autre commande n'empêche pas de fusionner."""
    autres, fiche = "catalogue/commandes/", f"catalogue/commandes/{identifiant}.yaml"
    return [constat for constat in constats if not constat.emplacement.fichier.startswith(autres) or constat.emplacement.fichier == fiche]


def _juger_commande(catalogue: Catalogue, identifiant: str, instant: datetime) -> list[Constat]:
    """Les erreurs que trouvent les contrôles, et une commande qui n'existe pas."""
    from cabas.constats import Gravite
    from cabas.controles import CONTROLES
    from cabas.controles.base import Contexte

    if identifiant not in catalogue.depot.commandes:
        return [commande_inconnue(catalogue.depot, identifiant)]
    contexte = Contexte(catalogue.depot, instant)
    durs = [controle for controle in CONTROLES if controle.gravite is Gravite.ERREUR]
    return constats_utiles(catalogue.situer(constat for controle in durs for constat in controle.constats(contexte)), identifiant)


def _bon_inconnu(bon: str, prive: str, identifiant: str) -> Constat:
    from cabas.cli.impression import sans_controle
    from cabas.constats import Emplacement, avertissement

    fait = f"--accepter : aucun bon hors délai ne s’appelle « {sans_controle(bon)} »."
    return avertissement("bon-inconnu", Emplacement(f"{prive}/{identifiant}"), fait, "Recopier l’identifiant que donne le constat « hors-delai ».")


def commande_inconnue(depot: Depot, identifiant: str) -> Constat:
    """Le constat d'une commande qui n'existe pas, avec celles qui existent."""
    from cabas.cli.impression import sans_controle
    from cabas.constats import Emplacement, erreur
    from cabas.typographie import enumerer

    connues = enumerer(sorted(depot.commandes), "ou")
    return erreur(
        "commande-inconnue",
        Emplacement(f"catalogue/commandes/{sans_controle(identifiant)}.yaml"),
        "Cette commande n’existe pas.",
        f"Choisir {connues}." if connues else "Écrire sa fiche dans catalogue/commandes/, ou vérifier le dossier du dépôt.",
    )
