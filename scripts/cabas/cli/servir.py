"""`cabas servir` : le site sur cet ordinateur, refait à chaque changement."""

from __future__ import annotations

import argparse
from typing import Any

from cabas.cli.analyseur import inscrire_verbe
from cabas.cli.construire import ajouter_options


def inscrire(sous_commandes: Any) -> None:
    """Inscrit le verbe."""
    analyseur = inscrire_verbe(
        sous_commandes,
        "servir",
        "ouvrir le site ici, et le refaire à chaque changement",
        "Construit le site, l’ouvre dans le navigateur et surveille les fiches : une fiche changée se voit en une seconde environ, les bons "
        "et les actualités quelques secondes après. Ctrl+C pour arrêter.",
    )
    ajouter_options(analyseur)
    analyseur.add_argument("--sans-navigateur", action="store_true", help="ne pas ouvrir le navigateur")


def executer(arguments: argparse.Namespace) -> int:
    """Construit, ouvre, surveille, jusqu'à Ctrl+C."""
    from cabas.cli.surveillance import servir

    return servir(arguments)
