"""`cabas verifier` : relire toutes les fiches, et dire ce qui ne va pas."""

from __future__ import annotations

import argparse
from typing import Any

from cabas.cli.analyseur import inscrire_verbe
from cabas.cli.impression import Imprimeur


def inscrire(sous_commandes: Any) -> None:
    """Inscrit le verbe."""
    analyseur = inscrire_verbe(
        sous_commandes,
        "verifier",
        "relire toutes les fiches et dire ce qui ne va pas",
        "Relit le catalogue, les groupements et les commandes. Chaque constat donne fichier:ligne: [code] fait, puis le remède. "
        "Codes de sortie : 0 rien à corriger, 1 des erreurs, 2 mauvais usage.",
    )
    analyseur.add_argument("--liste", action="store_true", help="montrer les contrôles, sans rien vérifier")
    analyseur.add_argument("--maintenant", metavar="INSTANT", help="faire comme si l'on était à cet instant (2026-12-01T08:00)")


def executer(arguments: argparse.Namespace) -> int:
    """Vérifie le dépôt, ou liste les contrôles."""
    from cabas.cli.commun import controler_depot, lire_maintenant
    from cabas.constats import Emplacement, Refus, erreur, erreurs
    from cabas.typographie import accorder

    imprimeur = Imprimeur(arguments.format)
    if arguments.liste:
        return _lister(imprimeur)
    maintenant = lire_maintenant(arguments.maintenant)
    if isinstance(maintenant, Refus):
        imprimeur.constats([erreur(maintenant.code, Emplacement("--maintenant"), maintenant.fait, maintenant.remede)])
        return imprimeur.clore(2)
    if not (arguments.depot / "catalogue").is_dir():
        fait = "Ce n’est pas un dépôt cabas : il n’a pas de dossier catalogue."
        imprimeur.constats(
            [erreur("depot-absent", Emplacement(str(arguments.depot)), fait, "Se placer à la racine du dépôt, ou la donner par --depot.")]
        )
        return imprimeur.clore(2)
    depot, constats = controler_depot(arguments.depot, maintenant)
    imprimeur.constats(constats)
    lus = ", ".join(
        [
            accorder(len(depot.produits), "produit"),
            accorder(len(depot.producteurs), "producteur·rice"),
            accorder(len(depot.groupements), "groupement"),
            accorder(len(depot.commandes), "commande"),
        ]
    )
    imprimeur.bilan(constats, f"{lus} relus")
    return imprimeur.clore(1 if erreurs(constats) else 0)


def _lister(imprimeur: Imprimeur) -> int:
    from cabas.controles import CONTROLES
    from cabas.lecture import CODES
    from cabas.typographie import typographier

    controles = [{"code": controle.code, "gravite": str(controle.gravite), "question": controle.question} for controle in CONTROLES]
    lectures = [{"code": code, "gravite": gravite, "question": question} for code, (gravite, question) in CODES.items()]
    imprimeur.poser("controles", controles + lectures)
    for titre, rangees in (("En lisant les fichiers", lectures), ("Une fois tout lu", controles)):
        imprimeur.dire(f"{titre} :")
        for rangee in rangees:
            imprimeur.dire(f"  {rangee['code']:<26} {rangee['gravite']:<14} {typographier(rangee['question'])}")
    return imprimeur.clore(0)
