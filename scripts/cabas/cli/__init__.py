"""La ligne de commande : un fichier par verbe, `inscrire(sous_commandes)` et `executer(arguments) -> int`.

Rien ici n'importe autre chose que la bibliothèque standard avant qu'un verbe soit choisi : `cabas --help` est immédiat.
Codes de sortie, partout : 0 tout va bien ; 1 il y a des constats à régler ; 2 usage, ou données du dépôt invalides.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from itertools import pairwise
from typing import NoReturn

from cabas.cli.analyseur import Analyseur, MauvaisUsage, ajouter_communes, completer

VERBES = {
    "verifier": "relire toutes les fiches et dire ce qui ne va pas",
    "construire": "construire le site : guide, catalogue, actualités, bons",
    "servir": "ouvrir le site ici, et le refaire à chaque changement",
    "ouvrir": "figer les prix d'une commande à son ouverture",
    "bons": "préparer un carnet de bons papier numérotés, à imprimer",
    "fusionner": "fusionner les bons reçus en un récap",
    "formulaire": "créer le même bon dans Kobo, LimeSurvey, Google, Nextcloud ou Framaforms",
    "importer": "apprendre à lire les fichiers d'un formulaire",
    "demo": "montrer un mois d'exemple, de bout en bout",
}
"""Chaque verbe et ce qu'il fait. L'aide générale se contente de ce tableau : seul le verbe demandé est chargé."""


def analyseur(charges: Collection[str] = tuple(VERBES)) -> Analyseur:
    """L'analyseur. `charges` : les verbes dont on inscrit les options (tous) ; des autres, il ne sait que le nom et le résumé."""
    racine = Analyseur(prog="cabas", description="L'outil des groupements d'achat : vérifier les fiches, construire le site, fusionner les bons.")
    ajouter_communes(racine)
    sous_commandes = racine.add_subparsers(title="verbes", dest="verbe", metavar="VERBE", parser_class=Analyseur)
    for verbe, resume in VERBES.items():
        if verbe in charges:
            import_module(f"cabas.cli.{verbe}").inscrire(sous_commandes)
        else:
            sous_commandes.add_parser(verbe, help=resume)
    racine.epilog = "« cabas VERBE --help » détaille un verbe. Le guide est dans content/guide, et sur le site construit."
    return racine


def principal(argv: Sequence[str] | None = None) -> int:
    """Le point d'entrée. Une erreur de notre part se dit en une phrase ; `--trace` la montre en entier."""
    mots = sys.argv[1:] if argv is None else list(argv)
    lecture = analyseur(VERBES.keys() & mots)
    try:
        arguments = completer(lecture.parse_args(mots))
    except MauvaisUsage as faute:
        if not _veut_du_json(mots):
            lecture.exit(2, str(faute))
        sys.exit(_en_json("mauvais-usage", faute.prog, faute.fait, faute.usage.strip()))
    if not arguments.verbe:
        if arguments.format == "json":
            return _en_json("mauvais-usage", "cabas", "il manque : VERBE.", lecture.format_usage().strip())
        lecture.print_help()
        return 2
    arreter = partial(_arreter, arguments.format)
    executer: Callable[[Namespace], int] = import_module(f"cabas.cli.{arguments.verbe}").executer
    try:
        return executer(arguments)
    except KeyboardInterrupt:
        return arreter("interruption", "cabas", "\nInterrompu.")
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as faute:
        if arguments.trace:
            raise
        ou = f" ({faute.filename})" if faute.filename else ""
        from cabas.constats import raison

        fait, remede = f"L’ordinateur refuse : {raison(faute)}{ou}.", "Vérifier la place sur le disque et les droits du dossier, puis recommencer."
        return arreter("ordinateur-refuse", str(faute.filename or "cabas"), fait, remede)
    except Exception as faute:
        if arguments.trace:
            raise
        fait = f"cabas s’est trompé ({type(faute).__name__}). Ce n’est pas votre faute."
        return arreter("erreur-de-cabas", "cabas", fait, "Relancer avec --trace, et envoyer ce qui s’affiche à l’équipe technique.")


def lancer() -> NoReturn:
    """Le point d'entrée du terminal : `principal`, puis on rend la main.

    Après une fusion, des centaines de milliers d'objets restent en mémoire : le système les reprend d'un coup, Python un par un.
    """
    code = principal()
    if "fusionner" in sys.argv[1:]:
        with suppress(OSError, ValueError):  # plus personne ne lit : `cabas fusionner … | head`
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _arreter(forme: str, code: str, ou: str, fait: str, remede: str = "") -> int:
    """Dit pourquoi l'on s'arrête, et rend le code 2. `forme` : texte, ou json avec le constat qu'un outil saura lire."""
    fait = f"{fait} Rien n’est resté à moitié écrit."
    if forme == "json":
        return _en_json(code, ou, fait.strip(), remede)
    sys.stderr.write(f"{fait}\n" + (f"    → {remede}\n" if remede else ""))
    return 2


def _en_json(code: str, ou: str, fait: str, remede: str) -> int:
    from cabas.cli.impression import Imprimeur
    from cabas.constats import Emplacement, erreur

    imprimeur = Imprimeur("json")
    imprimeur.constats([erreur(code, Emplacement(ou), fait, remede)])
    return imprimeur.clore(2)


def _veut_du_json(mots: Sequence[str]) -> bool:
    """Ce que demande une commande que l'on n'a pas su lire : le dernier `--format` l'emporte, comme pour `argparse`."""
    formes = [suivant for mot, suivant in pairwise([*mots, ""]) if mot == "--format"]
    formes += [mot.removeprefix("--format=") for mot in mots if mot.startswith("--format=")]
    return formes[-1:] == ["json"]
