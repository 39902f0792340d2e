"""`cabas fusionner` : de tous les bons reçus, faire le récap d'une commande."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, NamedTuple

from cabas.cli.analyseur import inscrire_verbe
from cabas.cli.impression import Imprimeur

if TYPE_CHECKING:
    from pathlib import Path

    from cabas.calculs.fusion import Fusion
    from cabas.calculs.recap import Recap
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
    analyseur.add_argument("--sans-classeur", action="store_true", help="ne pas écrire recap.xlsx")


def executer(arguments: argparse.Namespace) -> int:
    """Fusionne une commande et dit ce qui en est sorti."""
    import gc

    gc.disable()  # des centaines de milliers de faits immuables, sans un cycle : les recompter sans fin double la durée
    imprimeur = Imprimeur(arguments.format)
    resultat = fusionner_dossier(arguments.depot, arguments.prive, arguments.commande, imprimeur, arguments.accepter, not arguments.sans_classeur)
    if resultat.code != 2:
        raconter(resultat, imprimeur)
    return imprimeur.clore(resultat.code)


def fusionner_dossier(racine: Path, prive: Path, identifiant: str, imprimeur: Imprimeur, accepter: list[str], classeur: bool = True) -> Resultat:
    """Toute la fusion, de la lecture à l'écriture. Ne dit que ce qui l'arrête."""
    from cabas.calculs.fusion import fusionner
    from cabas.calculs.recap import recapituler
    from cabas.cli.commun import charger_depot
    from cabas.constats import erreurs
    from cabas.lecture.prive import lire_prive
    from cabas.publication.verrou import Occupe, verrouiller

    depot, constats = charger_depot(racine)
    if arret := erreurs(constats):
        imprimeur.constats(arret)
        imprimeur.dire("Le dépôt a des erreurs : rien n’est écrit. Les corriger, puis recommencer.")
        return Resultat(2, depot, constats=tuple(constats))
    commande = depot.commandes.get(identifiant)
    if commande is None or commande_invalide(depot, identifiant, imprimeur):
        if commande is None:
            imprimeur.constats([_commande_inconnue(depot, identifiant)])
        return Resultat(2, depot)
    if not (prive / identifiant).is_dir():
        recu = lire_prive(prive, identifiant, depot)
        imprimeur.constats(recu.constats)
        return Resultat(2, depot, constats=tuple(recu.constats))
    try:
        with verrouiller(prive / identifiant):
            recu = lire_prive(prive, identifiant, depot, lambda fait, total: imprimeur.avancer(fait, total, "Lecture des fichiers"))
            fusion = fusionner(depot, commande, recu.lignes, recu.adherents, recu.soldes, accepter)
            recap = recapituler(depot, fusion)
            sorties = prive / identifiant / "sorties"
            _ecrire(racine, sorties, depot, fusion, recap, recu, classeur)
    except Occupe as occupe:
        imprimeur.dire(f"Une autre fusion de {identifiant} est en cours ({occupe}).")
        imprimeur.dire("    → Attendre qu’elle finisse, puis recommencer.")
        return Resultat(2, depot)
    tous = (*constats, *recu.constats, *constats_de(fusion, prive.name))
    inconnus = set(accepter) - set(fusion.acceptes)
    if inconnus:
        imprimeur.dire(f"--accepter : aucun bon hors délai ne s’appelle {', '.join(sorted(inconnus))}.")
    code = 1 if fusion.comptes["rejetees"] or erreurs(tous) else 0
    return Resultat(code, depot, fusion, recap, sorties, tous)


def commande_invalide(depot: Depot, identifiant: str, imprimeur: Imprimeur) -> bool:
    """Vrai si les contrôles trouvent une erreur dans la fiche de cette commande (et la dit)."""
    from datetime import datetime

    from cabas.constats import Gravite
    from cabas.controles import CONTROLES
    from cabas.controles.base import Contexte
    from cabas.temps import PARIS

    contexte = Contexte(depot, datetime.now(PARIS))
    durs = [controle for controle in CONTROLES if controle.gravite is Gravite.ERREUR]
    fautes = [
        constat
        for controle in durs
        for constat in controle.constats(contexte)
        if constat.emplacement.fichier == depot.commandes[identifiant].source.fichier
        or not constat.emplacement.fichier.startswith("catalogue/commandes/")
    ]
    if fautes:
        imprimeur.constats(fautes)
        imprimeur.dire("Le dépôt a des erreurs : rien n’est écrit. Les corriger, puis recommencer.")
    return bool(fautes)


def _commande_inconnue(depot: Depot, identifiant: str) -> Constat:
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


def _ecrire(racine: Path, sorties: Path, depot: Depot, fusion: Fusion, recap: Recap, recu: Any, classeur: bool) -> None:
    from cabas.historique import revision
    from cabas.publication.ecriture import deposer
    from cabas.rendu.tables import bilan, tables

    fichiers = tables(fusion, recap)
    fichiers["bilan.json"] = bilan(fusion, recap, recu.empreintes, recu.ignores, str(revision(racine)))
    if classeur:
        from cabas.documents.classeur_recap import recap_xlsx

        fichiers["recap.xlsx"] = recap_xlsx(depot, fusion, recap)
    deposer(sorties, fichiers)


def constats_de(fusion: Fusion, prive: str) -> list[Constat]:
    """Un constat par ligne rejetée ou signalée, dans l'ordre du journal. `prive` : le nom du dossier privé."""
    from cabas.calculs.jugement import Sort
    from cabas.constats import Constat, Emplacement, Gravite

    constats: list[Constat] = []
    vus: set[tuple[str, str, str]] = set()
    for jugee in fusion.lignes:
        if not jugee.code:
            continue
        gravite = Gravite.ERREUR if jugee.sort is Sort.REJETEE else Gravite.AVERTISSEMENT
        cle = (jugee.lue.fichier, jugee.code, jugee.message if jugee.code != "ligne-decalee" else str(jugee.lue.ligne))
        if jugee.code in _UNE_FOIS and cle in vus:
            continue
        vus.add(cle)
        constats.append(Constat(jugee.code, gravite, Emplacement(f"{prive}/{jugee.lue.fichier}", jugee.lue.ligne), jugee.message, jugee.remede))
    return constats


_UNE_FOIS = frozenset(
    {
        "cellule-absente",
        "ligne-decalee",
        "cellule-inconnue",
        "adhesion-perimee",
        "credit-insuffisant",
        "hors-delai",
        "mauvaise-commande",
        "mauvais-groupement",
        "colonne-inconnue",
        "colonne-ambigue",
        "date-illisible",
    }
)
"""Les codes qui disent la même chose à chaque ligne d'un bon : on ne les imprime qu'une fois, le journal les garde tous."""


def raconter(resultat: Resultat, imprimeur: Imprimeur) -> None:
    """Dit, en quelques lignes, ce que la fusion a donné et quoi ouvrir."""
    from cabas.typographie import accorder, euros, nombre_csv, quantite

    if resultat.fusion is None or resultat.recap is None or resultat.sorties is None:
        return
    comptes = resultat.fusion.comptes
    imprimeur.poser("comptes", comptes)
    imprimeur.poser("sorties", str(resultat.sorties))
    imprimeur.constats(sorted(resultat.constats, key=lambda constat: (constat.gravite != "erreur", constat.rang)))
    imprimeur.dire()
    imprimeur.dire(
        f"{accorder(comptes['lues'], 'quantité reçue', 'quantités reçues')} : "
        f"{accorder(comptes['retenues'], 'retenue')}, {accorder(comptes['remplacees'], 'remplacée')}, "
        f"{accorder(comptes['brouillons'], 'brouillon')}, {accorder(comptes['rejetees'], 'rejetée')}."
    )
    imprimeur.poser("manques", {manque.produit.ref: nombre_csv(manque.quantite) for manque in resultat.recap.manques})
    for manque in resultat.recap.manques:
        lot = manque.produit.lot
        nom = (lot.nom if lot else "") or "lot"
        imprimeur.dire(f"Il manque {quantite(manque.quantite, manque.produit.unite)} pour compléter : {nom} de {manque.produit.nom}.")
    imprimeur.dire(
        f"À payer aux producteur·rices : {euros(resultat.recap.total_producteurs)}. À recevoir des cellules : {euros(resultat.recap.total_cellules)}."
    )
    classeur = resultat.sorties / "recap.xlsx"
    imprimeur.dire(f"À ouvrir : {chemin_court(classeur if classeur.exists() else resultat.sorties)}")


def chemin_court(chemin: Path) -> Path:
    """Un chemin tel qu'on le tape d'ici, s'il est sous le dossier courant."""
    from pathlib import Path

    return chemin.relative_to(Path.cwd()) if chemin.is_relative_to(Path.cwd()) else chemin
