"""`cabas ouvrir` : figer les prix d'une commande, au moment où ses bons s'ouvrent. Ou défaire (`--annuler`)."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from cabas.cli.analyseur import inscrire_verbe
from cabas.cli.impression import Imprimeur

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cabas.constats import Constat, Refus
    from cabas.modele import Commande, Depot

CLE = "catalogue"
MONTREES = 5


def inscrire(sous_commandes: Any) -> None:
    """Inscrit le verbe."""
    analyseur = inscrire_verbe(
        sous_commandes,
        "ouvrir",
        "figer les prix d'une commande à son ouverture",
        "Vérifie les fiches, pose une étiquette git sur la révision présente, et l'écrit dans la fiche de la commande (catalogue: …). Les fusions "
        "prendront les prix de cette révision. N'enregistre rien dans git à votre place. Codes de sortie : 0 c'est fait, 2 rien n'a changé.",
    )
    analyseur.add_argument("commande", metavar="COMMANDE", help="identifiant de la commande, comme 2026-12")
    analyseur.add_argument("--sans-etiquette", action="store_true", help="écrire l'identifiant de la révision, sans poser d'étiquette")
    analyseur.add_argument("--annuler", action="store_true", help="défaire : ôter la ligne et l'étiquette")


def executer(arguments: argparse.Namespace) -> int:
    """Ouvre la commande, ou défait l'ouverture."""
    imprimeur = Imprimeur(arguments.format)
    if arguments.annuler:
        refus = _annuler(arguments.depot, arguments.commande, imprimeur)
    else:
        refus = _ouvrir(arguments.depot, arguments.commande, imprimeur, etiqueter=not arguments.sans_etiquette)
    if refus:
        imprimeur.constats(refus)
        imprimeur.dire("Rien n’a changé.")
    return imprimeur.clore(2 if refus else 0)


def _ouvrir(racine: Path, identifiant: str, imprimeur: Imprimeur, *, etiqueter: bool) -> list[Constat]:
    """Fige les prix. Sort ce qui l'empêche ; vide si c'est fait."""
    from datetime import datetime

    from cabas.cli.commun import controler_depot
    from cabas.cli.fusionner import commande_inconnue, constats_utiles
    from cabas.constats import Refus, erreur, erreurs
    from cabas.lecture.une_ligne import ajouter_ligne
    from cabas.publication.ecriture import ecrire
    from cabas.temps import PARIS

    depot, constats = controler_depot(racine, datetime.now(PARIS))
    fautes, commande = erreurs(constats_utiles(constats, identifiant)), depot.commandes.get(identifiant)
    if commande is None:
        return fautes or [commande_inconnue(depot, identifiant)]
    if commande.catalogue:
        fait = f"La commande est déjà ouverte : ses prix sont ceux de « {commande.catalogue} »."
        return [erreur("deja-ouverte", commande.source.a(CLE), fait, f"Pour en changer : cabas ouvrir {identifiant} --annuler, puis recommencer.")]
    if fautes:
        return fautes
    commit = _revision_enregistree(racine, depot, commande)
    if not isinstance(commit, str):
        return commit
    nom = f"commande-{identifiant}"
    neufs = _changer(racine, commande, lambda octets: ajouter_ligne(octets, CLE, nom if etiqueter else commit))
    if isinstance(neufs, Refus):
        return [_situer(commande, neufs)]
    # L'étiquette avant la ligne : une fiche ne doit pas nommer une étiquette qui n'existe pas.
    refus = _etiqueter(racine, nom, commit) if etiqueter else None
    if refus:
        return [_situer(commande, refus)]
    ecrire(racine / commande.source.fichier, neufs)
    _raconter(commande, imprimeur, commit, nom if etiqueter else "")
    return []


def _annuler(racine: Path, identifiant: str, imprimeur: Imprimeur) -> list[Constat]:
    """Ôte la ligne, puis l'étiquette que l'on avait posée. Sort ce qui l'empêche ; vide si c'est fait."""
    from cabas.cli.commun import charger_depot
    from cabas.cli.fusionner import commande_inconnue, constats_utiles
    from cabas.constats import Refus, erreur, erreurs
    from cabas.historique import SANS_GIT, etiquette, identifier, oter_etiquette
    from cabas.lecture.une_ligne import oter_ligne
    from cabas.publication.ecriture import ecrire

    depot, constats = charger_depot(racine)
    commande = depot.commandes.get(identifiant)
    if commande is None:
        return erreurs(constats_utiles(constats, identifiant)) or [commande_inconnue(depot, identifiant)]
    nom = f"commande-{identifiant}"
    posee = etiquette(racine, nom) if commande.catalogue in ("", nom) else None
    if not commande.catalogue and posee is None:
        return [erreur("pas-ouverte", commande.source.a(), "La commande n’est pas ouverte : il n’y a rien à défaire.", f"cabas ouvrir {identifiant}")]
    if commande.catalogue:
        neufs = _changer(racine, commande, lambda octets: oter_ligne(octets, CLE))
        if isinstance(neufs, Refus):
            return [_situer(commande, neufs)]
        ecrire(racine / commande.source.fichier, neufs)
        imprimeur.dire(f"{commande.source.fichier} : la ligne « {CLE} » est ôtée. Les fusions prendront les prix d’aujourd’hui.")
    if posee:
        refus = oter_etiquette(racine, nom)
        if refus:
            return [_situer(commande, refus)]
        imprimeur.dire(f"L’étiquette {nom} est ôtée. Si vous l’aviez envoyée : git push origin --delete {nom}")
    tete = identifier(racine, "HEAD")
    if isinstance(tete, Refus) and tete.code == SANS_GIT:
        imprimeur.dire("Git ne répond pas dans ce dossier : rien n’est à y enregistrer, et aucune étiquette n’est ôtée.")
        imprimeur.dire("Pour que tout le monde ait la même chose, refaire cette annulation dans une copie clonée par git.")
    elif commande.catalogue:
        _a_taper(imprimeur, commande, f"Prix de {identifiant} : ouverture annulée")
    return []


def _revision_enregistree(racine: Path, depot: Depot, commande: Commande) -> str | list[Constat]:
    """Le commit présent, si les fiches y sont toutes enregistrées telles qu'on les lit. Sinon, pourquoi pas."""
    from cabas.cli.catalogue_fige import figer
    from cabas.constats import Refus, erreurs
    from cabas.historique import identifier, modifiees

    commit, changees = identifier(racine, "HEAD"), modifiees(racine)
    if isinstance(changees, Refus):
        return [_situer(commande, changees)]
    if isinstance(commit, Refus):
        changees = changees or ["catalogue"]
    elif not changees:
        passe = figer(racine, commande.id, depot, commit)
        if fautes := erreurs(passe.constats):
            return fautes
        # Une fiche que git ignore se lit sur le disque, et ne serait pas figée.
        changees = sorted(
            {produit.source.fichier for ref, produit in depot.produits.items() if passe.depot.produits.get(ref) != produit}
            | {fiche.source.fichier for slug, fiche in depot.producteurs.items() if passe.depot.producteurs.get(slug) != fiche}
        )
        if not changees:
            return commit
    noms = ", ".join([*changees[:MONTREES], *(["…"] if len(changees) > MONTREES else [])])
    remede = 'Les enregistrer : git add catalogue groupements, puis git commit -m "Fiches à jour". Puis recommencer.'
    return [_situer(commande, Refus("fiches-modifiees", f"Des fiches ont changé sans être enregistrées dans git : {noms}.", remede))]


def _etiqueter(racine: Path, nom: str, commit: str) -> Refus | None:
    """Pose l'étiquette, sauf si elle est déjà là où il faut (une ouverture interrompue)."""
    from cabas.constats import Refus
    from cabas.historique import etiquette, poser_etiquette

    posee = etiquette(racine, nom)
    if posee is None:
        return poser_etiquette(racine, nom, commit)
    if posee == commit:
        return None
    fait = f"L’étiquette « {nom} » existe déjà, sur une autre révision."
    return Refus("etiquette-prise", fait, f"Si elle ne sert plus : git tag --delete {nom}. Sinon, ouvrir avec --sans-etiquette.")


def _changer(racine: Path, commande: Commande, geste: Callable[[bytes], bytes | Refus]) -> bytes | Refus:
    """Les octets neufs de la fiche d'une commande. N'écrit rien."""
    from cabas.constats import Refus
    from cabas.lecture.fichiers import TAILLE_FICHE, lire_octets

    octets = lire_octets(racine / commande.source.fichier, TAILLE_FICHE)
    return octets if isinstance(octets, Refus) else geste(octets)


def _situer(commande: Commande, refus: Refus) -> Constat:
    from cabas.constats import erreur

    return erreur(refus.code, commande.source.a(CLE), refus.fait, refus.remede)


def _raconter(commande: Commande, imprimeur: Imprimeur, commit: str, etiquette: str) -> None:
    imprimeur.poser("catalogue", etiquette or commit)
    imprimeur.poser("revision", commit)
    imprimeur.poser("fiche", commande.source.fichier)
    pose = f", étiquette {etiquette}" if etiquette else ""
    imprimeur.dire(f"Les prix de {commande.id} sont figés (révision {commit[:12]}{pose}).")
    imprimeur.dire("Les dates, les limites et les groupements se corrigent encore ; les prix et les lots de cette commande, non.")
    _a_taper(imprimeur, commande, f"Ouverture de {commande.id}", f"git push origin {etiquette}" if etiquette else "")


def _a_taper(imprimeur: Imprimeur, commande: Commande, message: str, ensuite: str = "") -> None:
    """La suite, que la personne tape elle-même : on n'enregistre jamais à sa place."""
    imprimeur.dire("À taper maintenant, pour que tout le monde ait la même chose :")
    for ligne in (f"git add {commande.source.fichier}", f'git commit -m "{message}"', "git push", ensuite):
        if ligne:
            imprimeur.dire(f"    {ligne}")
