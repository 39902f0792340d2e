"""`cabas fusionner` : de tous les bons reçus, faire le récap d'une commande."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from cabas.cli.analyseur import inscrire_verbe
from cabas.cli.impression import Imprimeur

if TYPE_CHECKING:
    from pathlib import Path

    from cabas.calculs.commande_producteur import CommandeProducteur
    from cabas.calculs.fusion import Fusion
    from cabas.calculs.prix_figes import PrixChange
    from cabas.calculs.recap import Recap
    from cabas.cli.catalogue_fige import Catalogue
    from cabas.constats import Constat
    from cabas.modele import Depot


class Resultat(NamedTuple):
    """Ce qu'une fusion a donné : tout est écrit dans `sorties`, sauf si `code` vaut 2."""

    code: int
    depot: Depot | None = None
    fusion: Fusion | None = None
    recap: Recap | None = None
    sorties: Path | None = None
    constats: tuple[Constat, ...] = ()
    prix_changes: tuple[PrixChange, ...] = ()
    envois: tuple[CommandeProducteur, ...] = ()


class Etendue(NamedTuple):
    """Ce que l'on fusionne : tout le réseau avec les totaux déposés, un seul groupement, ou simplement tous les bons reçus."""

    reseau: bool = False
    groupement: str = ""


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


def executer(arguments: argparse.Namespace) -> int:
    """Fusionne une commande et dit ce qui en est sorti."""
    import gc

    gc.disable()  # des centaines de milliers de faits immuables, sans un cycle : les recompter sans fin double la durée
    imprimeur = Imprimeur(arguments.format)
    options = {"classeur": not arguments.sans_classeur, "producteurs": not arguments.sans_producteurs}
    etendue = Etendue(arguments.reseau, arguments.groupement)
    if arguments.corriger:
        from cabas.cli.corriger import corriger

        if code := corriger(arguments, imprimeur):
            return imprimeur.clore(code)
    resultat = fusionner_dossier(arguments.depot, arguments.prive, arguments.commande, imprimeur, arguments.accepter, **options, etendue=etendue)
    if resultat.code != 2:
        from cabas.cli.recit_de_fusion import raconter

        raconter(resultat, imprimeur)
    return imprimeur.clore(resultat.code)


def fusionner_dossier(  # noqa: PLR0913, PLR0917 - chaque option de la commande en est une ici
    racine: Path, prive: Path, identifiant: str, imprimeur: Imprimeur, accepter: list[str], classeur: bool = True, producteurs: bool = True,
    ecrire: bool = True, etendue: Etendue | None = None,
) -> Resultat:  # fmt: skip
    """Toute la fusion, de la lecture à l'écriture (sauf si `ecrire` est faux). Ne dit que ce qui l'arrête.

    `etendue` : avec les totaux déposés, ou un seul groupement, dans ses propres sorties.
    """
    reseau, groupement = etendue or Etendue()
    from cabas.calculs.codes import codes_faux
    from cabas.calculs.commande_producteur import commandes_producteurs
    from cabas.calculs.fusion import fusionner
    from cabas.calculs.recap import recapituler
    from cabas.cli.catalogue_fige import changements, charger_catalogue, constats_de_prix
    from cabas.cli.constats_de_fusion import constats_de
    from cabas.cli.reseau import ajouter_les_totaux, juger_les_options, un_seul_groupement
    from cabas.constats import Emplacement, erreur, erreurs
    from cabas.lecture.prive import lire_prive
    from cabas.lecture.totaux import totaux_non_lus
    from cabas.publication.ecriture import deposer
    from cabas.publication.sorties_de_fusion import REFAITS, Matiere, preparer_sorties
    from cabas.publication.verrou import Occupe, verrouiller

    catalogue = charger_catalogue(racine, identifiant)
    depot, constats = catalogue.depot, catalogue.constats
    arret = [*erreurs(constats_utiles(constats, identifiant)), *_juger_commande(catalogue, identifiant)]
    if not arret:
        arret = juger_les_options(depot.commandes[identifiant], reseau, groupement)
    if not arret and not (prive / identifiant).is_dir():
        arret = lire_prive(prive, identifiant, depot).constats
    if arret:
        imprimeur.constats(arret)
        imprimeur.dire("Rien n’est écrit. Corriger, puis recommencer.")
        return Resultat(2, depot, constats=tuple(arret))
    commande = depot.commandes[identifiant]
    try:
        with verrouiller(prive / identifiant):
            recu = lire_prive(prive, identifiant, depot, lambda fait, total: imprimeur.avancer(fait, total, "Lecture des fichiers"))
            if groupement:
                un_seul_groupement(recu, groupement)
            fusion = fusionner(depot, commande, recu.lignes, recu.adherents, recu.soldes, accepter, recu.decisions)
            if reseau:
                fusion = ajouter_les_totaux(prive, depot, fusion, recu)
            elif not groupement:
                recu.constats += totaux_non_lus(prive, identifiant)
            recap = recapituler(depot, fusion)
            envois = tuple(commandes_producteurs(depot, commande, recap))
            sorties = prive / identifiant / groupement / "sorties"
            if ecrire:
                matiere = Matiere(depot, fusion, recap, envois, recu.empreintes, recu.ignores, catalogue.revision(), catalogue.fige, groupement)
                avancer = lambda fait, total: imprimeur.avancer(fait, total, "Commandes à écrire")  # noqa: E731
                deposer(sorties, preparer_sorties(matiere, avancer, classeur, producteurs and not groupement), remplaces=REFAITS)
    except Occupe as occupe:
        faits = f"Une autre fusion de {identifiant} est en cours ({occupe})."
        imprimeur.constats(
            [erreur("fusion-en-cours", Emplacement(f"{prive.name}/{identifiant}"), faits, "Attendre qu’elle finisse, puis recommencer.")]
        )
        return Resultat(2, depot)
    inconnus = [_bon_inconnu(bon, prive.name, identifiant) for bon in sorted(set(accepter) - set(fusion.acceptes))]
    changes = changements(catalogue, fusion)
    utiles = [*constats_utiles(constats, identifiant), *constats_de_prix(changes)]
    tous = (*utiles, *recu.constats, *codes_faux(recu.lignes, prive.name), *constats_de(fusion, prive.name), *inconnus)
    return Resultat(1 if fusion.comptes["rejetees"] or erreurs(tous) else 0, depot, fusion, recap, sorties, tous, changes, envois)


def constats_utiles(constats: Iterable[Constat], identifiant: str) -> list[Constat]:
    """Les constats qui touchent cette fusion : une faute dans la fiche d'une autre commande n'empêche pas de fusionner."""
    autres, fiche = "catalogue/commandes/", f"catalogue/commandes/{identifiant}.yaml"
    return [constat for constat in constats if not constat.emplacement.fichier.startswith(autres) or constat.emplacement.fichier == fiche]


def _juger_commande(catalogue: Catalogue, identifiant: str) -> list[Constat]:
    """Les erreurs que trouvent les contrôles, et une commande qui n'existe pas."""
    from datetime import datetime

    from cabas.constats import Gravite
    from cabas.controles import CONTROLES
    from cabas.controles.base import Contexte
    from cabas.temps import PARIS

    if identifiant not in catalogue.depot.commandes:
        return [commande_inconnue(catalogue.depot, identifiant)]
    contexte = Contexte(catalogue.depot, datetime.now(PARIS))
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

    connues = enumerer(sorted(depot.commandes), "ou") or "aucune pour l’instant"
    return erreur(
        "commande-inconnue",
        Emplacement(f"catalogue/commandes/{sans_controle(identifiant)}.yaml"),
        "Cette commande n’existe pas.",
        f"Choisir {connues}.",
    )
