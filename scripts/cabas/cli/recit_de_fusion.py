"""Ce que dit une fusion quand elle a fini : les comptes, ce qui manque, quoi ouvrir."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from cabas.calculs.difference import Difference
    from cabas.calculs.recap import Recap
    from cabas.cli.impression import Imprimeur
    from cabas.cli.une_fusion import Resultat
    from cabas.modele import Commande


def raconter(resultat: Resultat, imprimeur: Imprimeur) -> None:
    """Dit, en quelques lignes, ce que la fusion a donné et quoi ouvrir."""
    from cabas.calculs.etat_provisoire import un_lot
    from cabas.calculs.mots_de_commande import d_une_ligne, minimum_dit
    from cabas.publication.commandes_producteurs import DOSSIER
    from cabas.publication.sorties_de_fusion import CLASSEUR
    from cabas.typographie import accorder, de, euros, euros_csv, nombre_csv, quantite, simplifier

    if resultat.depot is None or resultat.fusion is None or resultat.recap is None or resultat.sorties is None:
        return
    comptes = resultat.fusion.comptes
    imprimeur.poser("comptes", comptes)
    imprimeur.poser("sorties", str(resultat.sorties))
    imprimeur.poser("prix_changes", [change.en_clair() for change in resultat.prix_changes])
    imprimeur.poser("mention", resultat.mention)
    imprimeur.constats(sorted(resultat.constats, key=lambda constat: (constat.gravite != "erreur", constat.rang)))
    imprimeur.dire()
    if resultat.mention:
        imprimeur.dire(f"Fusion {resultat.mention}. Rien n’est définitif, et aucune commande n’est à envoyer.")
    imprimeur.dire(
        f"{accorder(comptes['lues'], 'quantité reçue', 'quantités reçues')} : "
        f"{accorder(comptes['retenues'], 'retenue')}, {accorder(comptes['remplacees'], 'remplacée')}, "
        f"{accorder(comptes['brouillons'], 'brouillon')}, {accorder(comptes['rejetees'], 'rejetée')}."
    )
    if decisions := resultat.fusion.decisions:
        imprimeur.dire(f"{accorder(len(decisions), 'décision appliquée', 'décisions appliquées')} ({decisions[0].source.fichier}).")
    _raconter_la_difference(resultat, imprimeur)
    imprimeur.poser("manques", {manque.produit.ref: nombre_csv(manque.quantite) for manque in resultat.recap.manques})
    for manque in resultat.recap.manques:
        combien = quantite(manque.quantite, manque.produit.unite)
        imprimeur.dire(f"Il manque {combien} pour compléter {un_lot(manque.produit, manque.lot)} {de(manque.produit.nom)}.")
    # Un groupement seul ne commande à personne : les minimums et ce que l'on paie se voient au réseau.
    courtes = [une for une in resultat.envois if une.manque_minimum and not resultat.groupement]
    courtes.sort(key=lambda une: (simplifier(une.producteur.nom), une.producteur.slug))
    imprimeur.poser("minimums", {une.producteur.slug: euros_csv(une.manque_minimum) for une in courtes})
    for une in courtes:
        imprimeur.dire(f"{d_une_ligne(une.producteur.nom)} : {minimum_dit(une)}.")
    imprimeur.poser("a_payer", None if resultat.groupement else euros_csv(resultat.recap.total_producteurs))
    imprimeur.poser("a_recevoir", euros_csv(resultat.recap.total_cellules))
    a_payer = "" if resultat.groupement else f"À payer aux producteur·rices : {euros(resultat.recap.total_producteurs)}. "
    imprimeur.dire(f"{a_payer}À recevoir des cellules : {euros(resultat.recap.total_cellules)}.")
    if totaux := resultat.fusion.totaux:
        imprimeur.dire(f"Par leurs seuls totaux, sans aucun nom : {accorder(len(totaux), 'groupement')}.")
    _raconter_le_partage(resultat.fusion.commande, resultat.recap, imprimeur)
    _raconter_a_qui_parler(resultat, imprimeur)
    classeur = resultat.sorties / CLASSEUR
    imprimeur.dire(f"À ouvrir : {chemin_court(classeur if classeur.exists() else resultat.sorties)}")
    _raconter_les_totaux(resultat, imprimeur)
    if (producteurs := resultat.sorties / DOSSIER).is_dir():
        imprimeur.dire(f"À envoyer, une fois tout relu : {chemin_court(producteurs)}")
    if resultat.publie is not None:
        imprimeur.poser("etat", str(resultat.publie))
        imprimeur.dire(f"Pour le site : {chemin_court(resultat.publie)}. Aucun nom n’y est. Reste à l’enregistrer dans git.")


def _raconter_la_difference(resultat: Resultat, imprimeur: Imprimeur) -> None:
    """Deux lignes au plus : « Depuis la fusion de 14 h 20 : 3 bons de plus, 12 quantités changées, +84,20 €. » et où est le détail."""
    from cabas.publication.sorties_de_fusion import DIFFERENCE

    difference = resultat.difference
    if difference is None or resultat.sorties is None:
        return
    imprimeur.poser("difference", {"bons": difference.bons, "ecarts": len(difference.ecarts), "montant": difference.montant})
    imprimeur.dire(f"{_depuis(difference, resultat.instant)} : {_ce_qui_change(difference)}.")
    if difference.ecarts:
        imprimeur.dire(f"Le détail : {chemin_court(resultat.sorties / DIFFERENCE)}")


def _depuis(difference: Difference, instant: datetime | None) -> str:
    """« Depuis la fusion de 14 h 20 », « du 21 novembre à 14 h 20 » un autre jour, ou « précédente » si on ne sait plus quand."""
    from cabas.temps import PARIS
    from cabas.typographie import heure, jour_du_mois

    avant = difference.instant
    if avant is None or instant is None:
        return "Depuis la fusion précédente"
    local = avant.astimezone(PARIS)
    meme_jour = local.date() == instant.astimezone(PARIS).date()
    return f"Depuis la fusion de {heure(local)}" if meme_jour else f"Depuis la fusion du {jour_du_mois(local.date())} à {heure(local)}"


def _ce_qui_change(difference: Difference) -> str:
    from cabas.typographie import accorder, enumerer, euros

    faits = [f"{accorder(abs(difference.bons), 'bon')} de {'plus' if difference.bons > 0 else 'moins'}"] if difference.bons else []
    for quoi, singulier, pluriel in (
        ("demande-ajoutee", "quantité ajoutée", "quantités ajoutées"),
        ("demande-otee", "quantité ôtée", "quantités ôtées"),
        ("demande-changee", "quantité changée", "quantités changées"),
    ):
        if compte := difference.compter(quoi):
            faits.append(accorder(compte, singulier, pluriel))
    if not faits and difference.ecarts:
        faits.append("les parts ou les tolérances changent")
    if difference.montant:
        faits.append(f"{'+' if difference.montant > 0 else ''}{euros(difference.montant)}")
    return enumerer(faits) if faits else "aucune quantité ne change"


def _raconter_les_totaux(resultat: Resultat, imprimeur: Imprimeur) -> None:
    """Chez un groupement seul : le partage que le réseau lui a rendu, ou les totaux à lui envoyer."""
    from cabas.typographie import accorder

    if resultat.retour is not None and resultat.recap is not None:
        autres = sum(une.attribue != une.demande for une in resultat.recap.attributions)
        suite = f"{accorder(autres, 'part diffère', 'parts diffèrent')} de ce qui est demandé" if autres else "tout est servi comme demandé"
        imprimeur.poser("retour", resultat.retour.sceau)
        imprimeur.dire(f"Le partage est celui que le réseau a rendu : {suite}.")
        return
    for envoi in sorted(resultat.sorties.glob("totaux-*.json")) if resultat.sorties is not None else ():
        if resultat.tot:
            imprimeur.dire(f"Totaux provisoires, à n’envoyer que si le réseau veut voir où il en est : {chemin_court(envoi)}")
        else:
            imprimeur.dire(f"À envoyer au réseau, qui fera le partage : {chemin_court(envoi)}")


def _raconter_a_qui_parler(resultat: Resultat, imprimeur: Imprimeur) -> None:
    from cabas.rendu.a_prevenir import TEXTE
    from cabas.rendu.remarques import TABLEAU
    from cabas.typographie import accorder

    personnes = {(une.groupement, une.cellule) for une in resultat.prevenir}
    imprimeur.poser("a_prevenir", len(personnes))
    if personnes and resultat.sorties is not None:
        imprimeur.dire(f"{accorder(len(personnes), 'personne')} à prévenir : {chemin_court(resultat.sorties / TEXTE)}")
    imprimeur.poser("remarques", resultat.remarques)
    if resultat.remarques and resultat.sorties is not None:
        imprimeur.dire(f"{accorder(resultat.remarques, 'remarque')} à lire : {chemin_court(resultat.sorties / TABLEAU)}")


def _raconter_le_partage(commande: Commande, recap: Recap, imprimeur: Imprimeur) -> None:
    """Ce que le cellier a donné et reçu, et les frais partagés ; rien quand la commande n'en a pas."""
    from cabas.argent import centimes
    from cabas.calculs.frais import ENSEMBLE
    from cabas.typographie import accorder, enumerer, euros, euros_csv

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
        parts = [part.part for part in recap.frais if part.cellule != ENSEMBLE]
        seuls = [part.part for part in recap.frais if part.cellule == ENSEMBLE]
        chacune = f" (de {euros(min(parts))} à {euros(max(parts))} chacune)" if len(parts) > 1 else ""
        qui = [f"{accorder(len(parts), 'cellule')}{chacune}"] if parts else []
        qui += [f"{accorder(len(seuls), 'groupement')} ({euros(sum(seuls))})"] if seuls else []
        imprimeur.dire(f"Frais à ajouter : {euros(sum(parts + seuls))}, {'entre' if len(recap.frais) > 1 else 'pour'} {enumerer(qui)}.")
    elif commande.frais:
        servi = any(ligne.attribue for ligne in recap.lignes)
        suite = "le réseau les partage, et dira la part du groupement" if servi else "aucune cellule ne reçoit rien, ils ne sont pas partagés"
        imprimeur.dire(f"Frais de {euros(centimes(commande.frais))} : {suite}.")


def chemin_court(chemin: Path) -> Path:
    """Un chemin tel qu'on le tape d'ici, s'il est sous le dossier courant."""
    from pathlib import Path

    return chemin.relative_to(Path.cwd()) if chemin.is_relative_to(Path.cwd()) else chemin
