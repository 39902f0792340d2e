"""`cabas demo` : un mois d'exemple, raconté pas à pas, du calendrier au récap."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cabas.cli.analyseur import inscrire_verbe
from cabas.cli.impression import Imprimeur

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from cabas.calculs.recap import Recap
    from cabas.constats import Constat
    from cabas.demonstration import Resume
    from cabas.modele import Commande, Depot

COMMANDE = "2026-11"
A_MONTRER = ("quantite-suspecte", "quantite-plafonnee", "ligne-decalee")
"""Trois constats qui disent bien le métier : un doute, une limite, un formulaire qui se trompe."""

FAMILLES = (
    ("page", "bon rempli sur le site", "bons remplis sur le site"),
    ("saisie telephone permanence papier", "saisie de permanence, de papier ou d’appel", "saisies de permanence, de papier ou d’appels"),
    ("canonique tableau excel", "tableur de groupement", "tableurs de groupements"),
    (
        "google tally liberaforms microsoft grist limesurvey nextcloud cryptpad framaforms",
        *("export de formulaire en ligne", "exports de formulaires en ligne"),
    ),
    ("abime", "fichier abîmé", "fichiers abîmés"),
    ("verrou", "fichier de verrou, à ignorer", "fichiers de verrou, à ignorer"),
)


def inscrire(sous_commandes: Any) -> None:
    """Inscrit le verbe."""
    inscrire_verbe(
        sous_commandes,
        "demo",
        "montrer un mois d'exemple, de bout en bout",
        f"Invente les bons d'un mois, les fusionne et raconte ce qui se passe. N'écrit que dans .build/demo/prive, ou dans --prive DOSSIER "
        f"s'il est vide. La commande montrée est {COMMANDE}.",
    )


def executer(arguments: argparse.Namespace) -> int:
    """Raconte le mois. 0 même s'il y a des rejets : ils font partie de l'histoire."""
    from cabas.demonstration import engendrer, faire_place

    imprimeur = Imprimeur(arguments.format)
    racine: Path = arguments.depot
    prive = _dossier(racine, arguments.prive)
    depot = _depot_montrable(racine, imprimeur)
    if depot is None:
        return imprimeur.clore(2)
    imprimeur.situer(prive.name, _court(prive, racine))
    if not faire_place(prive):
        imprimeur.dire(f"{prive} contient autre chose qu’une démonstration : on n’y touche pas.")
        imprimeur.dire("    → Donner un dossier neuf : cabas demo --prive demonstration")
        return imprimeur.clore(2)
    imprimeur.dire("Un mois dans le réseau, du calendrier au récap. Les fiches sont celles du dépôt ; les personnes sont inventées.")
    _calendrier(depot, imprimeur)
    resume = engendrer(depot, COMMANDE, prive)
    _arrivee(depot, resume, imprimeur, _court(prive / COMMANDE, racine))
    return imprimeur.clore(_fusion(racine, prive, depot, imprimeur))


def _dossier(racine: Path, demande: Path) -> Path:
    """Le dossier demandé, sauf le vrai dossier privé du dépôt : là, on va dans `.build`."""
    return racine / ".build" / "demo" / "prive" if demande == (racine / "prive").resolve() else demande


def _depot_montrable(racine: Path, imprimeur: Imprimeur) -> Depot | None:
    """Le dépôt, s'il est sain et contient la commande d'exemple ; sinon, dit pourquoi."""
    from cabas.cli.commun import charger_depot
    from cabas.constats import erreurs

    depot, constats = charger_depot(racine)
    if arret := erreurs(constats):
        imprimeur.constats(arret)
        imprimeur.dire("Le dépôt a des erreurs : les corriger, puis recommencer.")
        return None
    if COMMANDE not in depot.commandes:
        imprimeur.dire(f"La démonstration se sert de la commande {COMMANDE}, et ce dépôt ne l’a pas.")
        imprimeur.dire("    → La lancer depuis le réseau d’exemple, ou avec --depot DOSSIER.")
        return None
    return depot


def _titre(imprimeur: Imprimeur, numero: int, titre: str) -> None:
    imprimeur.dire()
    imprimeur.dire(f"{numero}. {titre}")


def _calendrier(depot: Depot, imprimeur: Imprimeur) -> None:
    from cabas.typographie import instant_long

    maintenant = _maintenant()
    _titre(imprimeur, 1, "Où en est-on ?")
    imprimeur.dire(f"   Nous sommes le {instant_long(maintenant)}.")
    for commande in sorted(depot.commandes.values(), key=lambda commande: commande.id):
        imprimeur.dire(f"   {commande.titre} ({commande.id}) : {_ou_en_est(commande, maintenant)}.")


def _maintenant() -> datetime:
    """L'instant où se passe l'histoire : les fiches d'exemple sont écrites pour ce dimanche-là."""
    from datetime import datetime

    from cabas.temps import PARIS

    return datetime(2026, 11, 22, 12, tzinfo=PARIS)


def _ou_en_est(commande: Commande, maintenant: datetime) -> str:
    """« ouverte jusqu'au… », « close, à fusionner »… : l'état le plus avancé parmi les fenêtres qui ne sont pas finies."""
    from cabas.calculs.offre import Etat, etat
    from cabas.typographie import accorder, instant_long

    etats = [(etat(fenetre, maintenant), fenetre) for fenetre in commande.fenetres]
    ouvertes = [fenetre for quel, fenetre in etats if quel is Etat.OUVERTE]
    if ouvertes:
        fin = max(fenetre.cloture for fenetre in ouvertes)
        return f"ouverte dans {accorder(len(ouvertes), 'groupement')}, jusqu’au {instant_long(fin)} au plus tard"
    if any(quel is Etat.CLOSE for quel, _ in etats):
        return f"close dans {accorder(len(etats), 'groupement')}, pas encore distribuée : c’est elle qu’il faut fusionner"
    if all(quel is Etat.DISTRIBUEE for quel, _ in etats):
        return "distribuée"
    return f"à venir, à partir du {instant_long(min(fenetre.ouverture for fenetre in commande.fenetres))}"


def _arrivee(depot: Depot, resume: Resume, imprimeur: Imprimeur, dossier: str) -> None:
    from cabas.typographie import accorder, typographier

    imprimeur.poser("cellules", resume.cellules)
    imprimeur.poser("fichiers", resume.fichiers)
    _titre(imprimeur, 2, "Les bons arrivent, chacun par son chemin")
    groupements = len(depot.commandes[COMMANDE].fenetres)
    imprimeur.dire(typographier(f"   {accorder(resume.cellules, 'cellule')} de {accorder(groupements, 'groupement')} ont commandé. Dans {dossier} :"))
    for formes, un, plusieurs in FAMILLES:
        compte = sum(nombre for forme, nombre in resume.formes.items() if forme.startswith(tuple(formes.split())))
        if compte:
            imprimeur.dire(f"   - {accorder(compte, un, plusieurs)}")
    imprimeur.dire("   Comme chaque mois, il y a des accidents : deux envois, des retards, des brouillons, des grammes pour des kilos…")


def _fusion(racine: Path, prive: Path, depot: Depot, imprimeur: Imprimeur) -> int:
    """Fusionne, puis raconte. Rend 2 si la fusion n'a pas pu se faire."""
    from cabas.cli.fusionner import fusionner_dossier
    from cabas.cli.une_fusion import Options
    from cabas.typographie import accorder, typographier

    _titre(imprimeur, 3, "On fusionne")
    imprimeur.dire(f"   $ cabas fusionner {COMMANDE} --prive {_court(prive, racine)}")
    resultat = fusionner_dossier(racine, prive, COMMANDE, imprimeur, [], Options(instant=_maintenant()))
    if resultat.fusion is None or resultat.recap is None or resultat.sorties is None:
        return 2
    comptes = resultat.fusion.comptes
    imprimeur.poser("comptes", comptes)
    imprimeur.dire(
        typographier(
            f"   {accorder(comptes['lues'], 'quantité reçue', 'quantités reçues')} : {accorder(comptes['retenues'], 'retenue')}, "
            f"{accorder(comptes['remplacees'], 'remplacée')}, {accorder(comptes['brouillons'], 'brouillon')}, "
            f"{accorder(comptes['rejetees'], 'rejetée')}."
        )
    )
    imprimeur.dire("   Le compte tombe juste : rien ne s’est perdu. Chaque quantité est dans journal.csv, avec son sort et sa raison.")
    _constats(resultat.constats, imprimeur)
    _recap(resultat.recap, imprimeur)
    _a_ouvrir(racine, depot, resultat.sorties, imprimeur)
    return 0


def _constats(constats: Sequence[Constat], imprimeur: Imprimeur) -> None:
    from cabas.typographie import accorder

    choisis = [constat for code in A_MONTRER for constat in [next((c for c in constats if c.code == code), None)] if constat]
    _titre(imprimeur, 4, f"On relit ce que la fusion a trouvé : {accorder(len(constats), 'constat')}, dont ceux-ci")
    imprimeur.constats(choisis)


def _recap(recap: Recap, imprimeur: Imprimeur) -> None:
    """Ce qu'on commande, et ce qui manque pour compléter un lot."""
    from cabas.calculs.conditionnements import nom_de_taille
    from cabas.typographie import accorder, euros, quantite

    producteurs = {ligne.producteur for ligne in recap.produits if ligne.a_commander}
    _titre(imprimeur, 5, "On commande")
    chez = accorder(len(producteurs), "producteur ou productrice", "producteurs et productrices")
    imprimeur.dire(f"   {accorder(len(recap.produits), 'produit')} chez {chez}.")
    imprimeur.dire(f"   À payer : {euros(recap.total_producteurs)}. À recevoir des cellules : {euros(recap.total_cellules)}.")
    proches = sorted(recap.manques, key=lambda manque: (manque.quantite, manque.produit.ref))[:3]
    for manque in proches:
        nom = nom_de_taille(manque.produit, manque.lot)
        combien = quantite(manque.quantite, manque.produit.unite)
        imprimeur.dire(f"   {manque.produit.nom} : il manque {combien} pour compléter un lot ({nom}).")
    if proches:
        imprimeur.dire("   Un appel dans un groupement suffit parfois. Sinon le lot n’est pas commandé, et chaque cellule lit pourquoi.")


def _a_ouvrir(racine: Path, depot: Depot, sorties: Path, imprimeur: Imprimeur) -> None:
    """Les cinq choses à ouvrir. Ce qui n'est pas encore construit est dit."""
    bon = _bon_ouvert(depot)
    guide = racine / "site" / "guide" / "fusionner" / "index.html"
    choses = (
        ("le site", racine / "site" / "index.html"),
        ("un bon à remplir", racine / "site" / "bons" / bon / "index.html"),
        ("le même, à imprimer", racine / "site" / "bons" / bon / "bon.pdf"),
        ("le récap du mois", sorties / "recap.xlsx"),
        ("le guide de la fusion", guide if guide.exists() else racine / "content" / "guide" / "fusionner.md"),
    )
    _titre(imprimeur, 6, "À vous : cinq choses à ouvrir")
    for quoi, chemin in choses:
        imprimeur.dire(f"   - {quoi} : {_court(chemin, racine)}{'' if chemin.exists() else ' (d’abord : cabas construire)'}")
    imprimeur.poser("a_ouvrir", [_court(chemin, racine) for _, chemin in choses])


def _bon_ouvert(depot: Depot) -> str:
    """« 2026-12/beaubrun » : la première fenêtre ouverte ; à défaut, la première à venir."""
    from cabas.calculs.offre import Etat, etat, fenetres

    maintenant = _maintenant()
    for voulu in (Etat.OUVERTE, Etat.A_VENIR, Etat.CLOSE, Etat.DISTRIBUEE):
        for commande, fenetre in fenetres(depot):
            if etat(fenetre, maintenant) is voulu:
                return f"{commande.id}/{fenetre.groupement}"
    return COMMANDE


def _court(chemin: Path, racine: Path) -> str:
    """Un chemin tel qu'on le tape depuis la racine du dépôt."""
    return (chemin.relative_to(racine) if chemin.is_relative_to(racine) else chemin).as_posix()
