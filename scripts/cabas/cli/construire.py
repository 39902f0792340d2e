"""`cabas construire` : le site entier, prêt à déposer chez un hébergeur ou sur une clé USB."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from cabas.cli.analyseur import inscrire_verbe
from cabas.cli.impression import Imprimeur

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from cabas.constats import Refus


def inscrire(sous_commandes: Any) -> None:
    """Inscrit le verbe."""
    analyseur = inscrire_verbe(
        sous_commandes,
        "construire",
        "construire le site : guide, catalogue, actualités, bons",
        "Construit le site dans site/ : guide, catalogue, annuaires, actualités, bons à remplir et à imprimer. S’il y a une erreur, l’ancien "
        "site reste en place. Codes de sortie : 0 le site est construit, 2 il ne l’est pas.",
    )
    ajouter_options(analyseur)


def ajouter_options(analyseur: argparse.ArgumentParser) -> None:
    """Les options que `construire` et `servir` partagent."""
    analyseur.add_argument("--sortie", metavar="DOSSIER", help="où écrire le site (site/ du dépôt, par défaut)")
    analyseur.add_argument("--maintenant", metavar="INSTANT", help="faire comme si l'on était à cet instant (2026-12-01T08:00)")


def instant(demande: str | None, reglage: dict[str, Any]) -> datetime | Refus:
    """L'instant de la construction : celui demandé, celui d'un réseau d'exemple (mkdocs.yml), ou l'horloge."""
    from cabas.cli.commun import lire_maintenant
    from cabas.cli.sources import date_figee

    return lire_maintenant(demande or date_figee(reglage) or None)


def executer(arguments: argparse.Namespace) -> int:
    """Construit le site et dit ce qui a été fait."""
    from cabas.cli.sources import lire_reglage, lire_sources
    from cabas.constats import Refus, erreurs
    from cabas.publication.etapes import construire
    from cabas.publication.verrou import Occupe

    imprimeur = Imprimeur(arguments.format)
    racine: Path = arguments.depot
    reglage, fautes = lire_reglage(racine)
    maintenant = instant(arguments.maintenant, reglage)
    if isinstance(maintenant, Refus):
        imprimeur.dire(f"L’instant de la construction : {maintenant.fait} {maintenant.remede}")
        return imprimeur.clore(2)
    sortie: Path = (arguments.sortie or racine / "site").resolve()
    refus = sortie_refusee(racine, sortie)
    if refus:
        imprimeur.dire(refus)
        return imprimeur.clore(2)
    try:
        constats = construire(racine, sortie, maintenant, imprimeur.dire, lambda: lire_sources(racine, maintenant, reglage, fautes))
    except Occupe as occupe:
        imprimeur.dire(f"Une autre construction est en cours ({occupe}).")
        imprimeur.dire("    → Attendre qu’elle finisse, puis recommencer.")
        return imprimeur.clore(2)
    imprimeur.constats(constats)
    rate = bool(erreurs(constats))
    imprimeur.poser("sortie", str(sortie))
    imprimeur.dire("Le site n’a pas été touché." if rate else f"Le site est prêt. À ouvrir : {sortie / 'index.html'}")
    return imprimeur.clore(2 if rate else 0)


def sortie_refusee(racine: Path, sortie: Path) -> str:
    """Pourquoi ne pas écrire le site là : un dossier qui contient le dépôt, ou qui en fait partie. Vide si l'on peut."""
    proteges = [racine / nom for nom in ("catalogue", "content", "groupements", "prive", "scripts", "tests", ".git", ".build")]
    if sortie == racine or sortie in racine.parents or any(sortie == dossier or dossier in sortie.parents for dossier in proteges):
        return f"Le site ne peut pas être écrit dans {sortie} : il y effacerait autre chose.\n    → Donner un dossier à lui, par --sortie."
    if sortie.is_dir() and not (sortie / "index.html").exists() and any(not chemin.name.startswith(".") for chemin in sortie.iterdir()):
        return f"{sortie} contient déjà autre chose qu’un site.\n    → Donner un dossier vide, par --sortie."
    return ""
