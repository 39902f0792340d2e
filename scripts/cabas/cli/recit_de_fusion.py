"""Ce que dit une fusion quand elle a fini : les comptes, ce qui manque, quoi ouvrir."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from cabas.cli.fusionner import Resultat
    from cabas.cli.impression import Imprimeur


def raconter(resultat: Resultat, imprimeur: Imprimeur) -> None:
    """Dit, en quelques lignes, ce que la fusion a donné et quoi ouvrir."""
    from cabas.calculs.mots_de_commande import d_une_ligne, minimum_dit
    from cabas.publication.commandes_producteurs import DOSSIER
    from cabas.publication.sorties_de_fusion import CLASSEUR
    from cabas.typographie import accorder, de, euros, euros_csv, nombre_csv, quantite

    if resultat.depot is None or resultat.fusion is None or resultat.recap is None or resultat.sorties is None:
        return
    comptes = resultat.fusion.comptes
    imprimeur.poser("comptes", comptes)
    imprimeur.poser("sorties", str(resultat.sorties))
    imprimeur.poser("prix_changes", [change.en_clair() for change in resultat.prix_changes])
    imprimeur.constats(sorted(resultat.constats, key=lambda constat: (constat.gravite != "erreur", constat.rang)))
    imprimeur.dire()
    imprimeur.dire(
        f"{accorder(comptes['lues'], 'quantité reçue', 'quantités reçues')} : "
        f"{accorder(comptes['retenues'], 'retenue')}, {accorder(comptes['remplacees'], 'remplacée')}, "
        f"{accorder(comptes['brouillons'], 'brouillon')}, {accorder(comptes['rejetees'], 'rejetée')}."
    )
    if decisions := resultat.fusion.decisions:
        imprimeur.dire(f"{accorder(len(decisions), 'décision appliquée', 'décisions appliquées')} ({decisions[0].source.fichier}).")
    imprimeur.poser("manques", {manque.produit.ref: nombre_csv(manque.quantite) for manque in resultat.recap.manques})
    for manque in resultat.recap.manques:
        lot = manque.produit.lot
        nom = (lot.nom if lot else "") or "lot"
        imprimeur.dire(f"Il manque {quantite(manque.quantite, manque.produit.unite)} pour compléter : {nom} {de(manque.produit.nom)}.")
    courtes = [une for une in resultat.envois if une.manque_minimum]
    imprimeur.poser("minimums", {une.producteur.slug: euros_csv(une.manque_minimum) for une in courtes})
    for une in courtes:
        imprimeur.dire(f"{d_une_ligne(une.producteur.nom)} : {minimum_dit(une)}.")
    imprimeur.dire(
        f"À payer aux producteur·rices : {euros(resultat.recap.total_producteurs)}. À recevoir des cellules : {euros(resultat.recap.total_cellules)}."
    )
    if totaux := resultat.fusion.totaux:
        imprimeur.dire(f"Par leurs seuls totaux, sans aucun nom : {accorder(len(totaux), 'groupement')}.")
    classeur = resultat.sorties / CLASSEUR
    imprimeur.dire(f"À ouvrir : {chemin_court(classeur if classeur.exists() else resultat.sorties)}")
    for envoi in sorted(resultat.sorties.glob("totaux-*.json")):
        imprimeur.dire(f"À envoyer au réseau, qui fera le partage : {chemin_court(envoi)}")
    if (producteurs := resultat.sorties / DOSSIER).is_dir():
        imprimeur.dire(f"À envoyer, une fois tout relu : {chemin_court(producteurs)}")


def chemin_court(chemin: Path) -> Path:
    """Un chemin tel qu'on le tape d'ici, s'il est sous le dossier courant."""
    from pathlib import Path

    return chemin.relative_to(Path.cwd()) if chemin.is_relative_to(Path.cwd()) else chemin
