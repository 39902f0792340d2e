"""`cabas importer --apprendre` : dire une fois ce que veulent dire les colonnes d'un formulaire."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cabas.cli.analyseur import inscrire_verbe
from cabas.cli.impression import Imprimeur, sans_controle

if TYPE_CHECKING:
    from cabas.constats import Constat
    from cabas.lecture.apprentissage import Apprise
    from cabas.modele import Depot


def inscrire(sous_commandes: Any) -> None:
    """Inscrit le verbe."""
    analyseur = inscrire_verbe(
        sous_commandes,
        "importer",
        "apprendre à lire les fichiers d'un formulaire",
        "Montre les colonnes d'un fichier et ce que cabas en comprend, puis demande ce que sont les autres, et l'écrit dans "
        "groupements/SLUG.correspondances.yaml. Hors d'un terminal, montre seulement. "
        "Codes de sortie : 0 tout est compris, 1 il reste des colonnes inconnues, 2 mauvais usage.",
    )
    analyseur.add_argument("--apprendre", metavar="FICHIER", required=True, help="un fichier de ce formulaire ; il n'est que lu")
    analyseur.add_argument("--groupement", metavar="SLUG", required=True, help="le groupement qui se sert de ce formulaire")


def executer(arguments: argparse.Namespace) -> int:
    """Montre les colonnes ; dans un terminal, demande et écrit la correspondance."""
    from pathlib import Path

    from cabas.cli.commun import charger_depot
    from cabas.constats import Emplacement, Refus, erreur
    from cabas.lecture.apprentissage import apprendre
    from cabas.lecture.correspondances import Catalogues
    from cabas.lecture.fichiers import TAILLE_BON, lire_octets
    from cabas.lecture.releve import CORRESPONDANCES
    from cabas.typographie import enumerer

    imprimeur = Imprimeur(arguments.format)
    depot, _constats = charger_depot(arguments.depot)
    slug, chemin = arguments.groupement, Path(arguments.apprendre)
    if slug not in depot.groupements:
        fait = f"« {sans_controle(slug)} » n’est pas un groupement du réseau."
        remede = f"Choisir {enumerer(sorted(depot.groupements), 'ou')}." if depot.groupements else "Vérifier --depot."
        return _arreter(imprimeur, [erreur("groupement-inconnu", Emplacement("--groupement"), fait, remede)])
    octets = lire_octets(chemin, TAILLE_BON)
    lu = octets if isinstance(octets, Refus) else apprendre(octets, Catalogues(depot).pour(slug, chemin.name))
    if isinstance(lu, Refus):
        return _arreter(imprimeur, [erreur(lu.code, Emplacement(sans_controle(str(chemin))), lu.fait, lu.remede)])
    numero, colonnes = lu
    imprimeur.poser("colonnes", [colonne._asdict() for colonne in colonnes])
    imprimeur.dire(f"Les intitulés sont à la ligne {numero} de {sans_controle(chemin.name)}.\n")
    for rang, colonne in enumerate(colonnes, 1):
        _montrer(rang, colonne, depot, imprimeur)
    inconnues = [colonne for colonne in colonnes if not colonne.comprise]
    if not sys.stdin.isatty() or arguments.format == "json":
        imprimeur.dire("\nRien n’est écrit. Pour répondre colonne par colonne, relancer dans un terminal.")
        return imprimeur.clore(1 if inconnues else 0)
    cible = arguments.depot / "groupements" / f"{slug}{CORRESPONDANCES}"
    return imprimeur.clore(_demander_et_ecrire(imprimeur, depot, colonnes, chemin.name, cible))


def _arreter(imprimeur: Imprimeur, constats: Sequence[Constat]) -> int:
    imprimeur.constats(constats)
    return imprimeur.clore(2)


def _montrer(rang: int, colonne: Apprise, depot: Depot, imprimeur: Imprimeur) -> None:
    exemples = ", ".join(sans_controle(exemple) for exemple in colonne.exemples) or "toujours vide"
    imprimeur.dire(f"{rang:>3}. {sans_controle(colonne.intitule)}   (exemples : {exemples})")
    if colonne.comprise:
        imprimeur.dire(f"     compris : {_dire(colonne.comprise, depot)}")
    else:
        proches = " ; ".join(f"{numero} {_dire(ref, depot)}" for numero, ref in _numerotees(colonne))
        imprimeur.dire("     pas compris" + (f" ; produits proches : {proches}" if proches else ""))
    if colonne.pareilles > 1:
        fait = f"     {colonne.pareilles} colonnes ont cet intitulé"
        imprimeur.dire(f"{fait} : on ne peut que les ignorer, ou donner à chacune le sien dans le formulaire.")


def _dire(cible: str, depot: Depot) -> str:
    ref = cible.removeprefix("t-") if cible not in depot.produits else cible
    return f"{cible} ({depot.produits[ref].nom})" if ref in depot.produits else {"ignorer": "ignorer (n’est pas lue)"}.get(cible, cible)


def _demander_et_ecrire(imprimeur: Imprimeur, depot: Depot, colonnes: Sequence[Apprise], nom: str, cible: Any) -> int:
    """Toutes les questions d'abord, puis une seule écriture : arrêter en route ne laisse rien."""
    from cabas.constats import Refus
    from cabas.lecture.apprentissage import joindre, motif_de, table_en_yaml
    from cabas.lecture.correspondances import roles
    from cabas.lecture.fichiers import TAILLE_FICHE, decoder_utf8, lire_octets
    from cabas.publication.ecriture import ecrire
    from cabas.typographie import enumerer

    imprimeur.dire("\nEntrée garde ce qui est proposé entre crochets. Sinon : un numéro, une ref, t-ref pour une tolérance, une information")
    imprimeur.dire(f"({enumerer(roles(), 'ou')}).")
    choix: dict[str, str] = {}
    passes: set[str] = set()
    restent = 0
    for rang, colonne in enumerate(colonnes, 1):
        if colonne.intitule in passes:
            continue  # déjà demandé : la réponse vaut pour toutes celles qui s'appellent ainsi
        question = f"{rang:>3}. {sans_controle(colonne.intitule)} [{colonne.proposee or 'laisser inconnue'}] ? "
        reponse = _poser(imprimeur, question, _admises(colonne, depot))
        if reponse is None:
            return _interrompre(imprimeur)
        retenue = dict(_numerotees(colonne)).get(reponse, reponse) or colonne.proposee
        restent += not retenue
        passes.add(colonne.intitule)
        if retenue and retenue != colonne.comprise:
            choix[colonne.intitule] = retenue
    if not choix:
        imprimeur.dire("Rien à écrire : aucune colonne n’a changé de sens.")
        return 1 if restent else 0
    motif = motif_de(nom)
    if (dit := _poser(imprimeur, f"Pour quels fichiers ? [{sans_controle(motif)}] ", None)) is None:
        return _interrompre(imprimeur)
    table = table_en_yaml(dit or motif, choix)
    avant: str | Refus = ""
    if cible.exists() or cible.is_symlink():
        octets = lire_octets(cible, TAILLE_FICHE)
        avant = octets if isinstance(octets, Refus) else decoder_utf8(octets)
    texte, fautes = ("", ()) if isinstance(avant, Refus) else joindre(table, avant, f"groupements/{cible.name}")
    if isinstance(avant, Refus) or fautes:
        imprimeur.constats(fautes)
        imprimeur.dire(f"Rien n’est écrit : groupements/{cible.name} ne se lit pas. Le corriger, puis y ajouter :\n\n{table}")
        return 1
    ecrire(cible, texte)
    imprimeur.dire(f"\nÉcrit dans groupements/{cible.name} :\n\n{table}")
    return 1 if restent else 0


def _numerotees(colonne: Apprise) -> list[tuple[str, str]]:
    return [(str(numero), ref) for numero, ref in enumerate(colonne.proches, 1)]


def _admises(colonne: Apprise, depot: Depot) -> set[str]:
    """Ce que l'on peut répondre pour une colonne. Deux colonnes du même intitulé ne peuvent pas être deux choses."""
    from cabas.lecture.correspondances import IGNORER, roles

    if colonne.pareilles > 1:
        return {IGNORER}
    return {*dict(_numerotees(colonne)), *roles(), *depot.produits, *(f"{prefixe}-{ref}" for prefixe in "qt" for ref in depot.produits)}


def _poser(imprimeur: Imprimeur, question: str, admises: set[str] | None) -> str | None:
    """La réponse : vide pour « garder », `None` si la personne arrête. Redemande tant qu'elle n'est pas admise."""
    while True:
        imprimeur.dire(question)
        ligne = sys.stdin.readline()
        if not ligne:
            return None
        if not (dit := ligne.strip()) or admises is None or dit in admises:
            return dit
        faute = "ne se peut pas ici" if len(admises) == 1 else "n’est ni une information connue, ni une ref du catalogue"
        imprimeur.dire(f"     « {sans_controle(dit)} » {faute}.")


def _interrompre(imprimeur: Imprimeur) -> int:
    imprimeur.dire("Interrompu. Rien n’est écrit.")
    return 1
