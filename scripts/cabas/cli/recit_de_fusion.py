"""Ce que dit une fusion quand elle a fini : les comptes, ce qui manque, quoi ouvrir."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from cabas.calculs.recap import Recap
    from cabas.cli.fusionner import Resultat
    from cabas.cli.impression import Imprimeur
    from cabas.modele import Commande


def raconter(resultat: Resultat, imprimeur: Imprimeur) -> None:
    """Dit, en quelques lignes, ce que la fusion a donné et quoi ouvrir."""
    from cabas.calculs.conditionnements import lots_de
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
        lots = lots_de(manque.produit)
        nom = (lots[-1].nom if lots else "") or "lot"
        imprimeur.dire(f"Il manque {quantite(manque.quantite, manque.produit.unite)} pour compléter : {nom} {de(manque.produit.nom)}.")
    courtes = [une for une in resultat.envois if une.manque_minimum]
    imprimeur.poser("minimums", {une.producteur.slug: euros_csv(une.manque_minimum) for une in courtes})
    for une in courtes:
        imprimeur.dire(f"{d_une_ligne(une.producteur.nom)} : {minimum_dit(une)}.")
    imprimeur.dire(
        f"À payer aux producteur·rices : {euros(resultat.recap.total_producteurs)}. À recevoir des cellules : {euros(resultat.recap.total_cellules)}."
    )
    _raconter_le_partage(resultat.fusion.commande, resultat.recap, imprimeur)
    classeur = resultat.sorties / CLASSEUR
    imprimeur.dire(f"À ouvrir : {chemin_court(classeur if classeur.exists() else resultat.sorties)}")
    if (producteurs := resultat.sorties / DOSSIER).is_dir():
        imprimeur.dire(f"À envoyer, une fois tout relu : {chemin_court(producteurs)}")


def _raconter_le_partage(commande: Commande, recap: Recap, imprimeur: Imprimeur) -> None:
    """Ce que le cellier a donné et reçu, et les frais partagés ; rien quand la commande n'en a pas."""
    from cabas.argent import centimes
    from cabas.typographie import accorder, euros, euros_csv

    donnes, recus = [ligne for ligne in recap.cellier if ligne.pris], [ligne for ligne in recap.cellier if ligne.ajoute]
    valeur, cout = sum(ligne.valeur_prise for ligne in donnes), sum(ligne.cout_ajoute for ligne in recus)
    imprimeur.poser("cellier", {"valeur_prise": euros_csv(valeur), "cout_ajoute": euros_csv(cout)})
    if donnes:
        imprimeur.dire(f"Le cellier donne {accorder(len(donnes), 'produit')}, pour {euros(valeur)}.")
    if recus:
        budget = euros(centimes(commande.cellier.budget)) if commande.cellier and commande.cellier.budget is not None else ""
        imprimeur.dire(f"Le cellier complète {accorder(len(recus), 'produit')}, pour {euros(cout)} (budget : {budget}).")
    imprimeur.poser("frais", euros_csv(sum(part.part for part in recap.frais)))
    if recap.frais:
        parts = [part.part for part in recap.frais]
        imprimeur.dire(
            f"Frais à ajouter : {euros(sum(parts))}, entre {accorder(len(parts), 'cellule')} (de {euros(min(parts))} à {euros(max(parts))} chacune)."
        )
    elif commande.frais:
        imprimeur.dire(f"Frais de {euros(centimes(commande.frais))} : aucune cellule ne reçoit rien, ils ne sont pas partagés.")


def chemin_court(chemin: Path) -> Path:
    """Un chemin tel qu'on le tape d'ici, s'il est sous le dossier courant."""
    from pathlib import Path

    return chemin.relative_to(Path.cwd()) if chemin.is_relative_to(Path.cwd()) else chemin
