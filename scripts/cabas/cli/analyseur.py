"""argparse en français : titres, erreurs, et options communes admises avant comme après le verbe."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from pathlib import Path

_COMMUNES: dict[str, Any] = {"depot": ".", "prive": None, "format": "texte", "trace": False}
_MESSAGES = (
    (r"unrecognized arguments: (.*)", r"argument inconnu : \1"),
    (r"the following arguments are required: (.*)", r"il manque : \1"),
    (r"argument (.*?): invalid choice: '?(.*?)'? \(choose from (.*)\)", r"\1 : « \2 » n’est pas admis ; choisir parmi \3"),
    (r"argument (.*?): expected one argument", r"\1 : une valeur est attendue"),
    (r"argument (.*?): expected at least one argument", r"\1 : au moins une valeur est attendue"),
    (r"argument (.*?): invalid .* value: (.*)", r"\1 : \2 ne convient pas"),
    (r"argument (.*?): not allowed with argument (.*)", r"\1 et \2 ne vont pas ensemble"),
    (r"ambiguous option: (.*?) could match (.*)", r"option ambiguë : \1 (\2)"),
    (r"argument (.*?): ignored explicit argument (.*)", r"\1 n’attend pas de valeur (\2)"),
)


class MauvaisUsage(Exception):
    """La commande est mal écrite. `fait` dit pourquoi, en français ; `usage` rappelle ce que l'on attend ; `prog`, quel verbe."""

    def __init__(self, prog: str, fait: str, usage: str) -> None:
        super().__init__(f"{prog} : {fait}\n{usage}")
        self.prog, self.fait, self.usage = prog, fait, usage


class Analyseur(argparse.ArgumentParser):
    """Un `ArgumentParser` qui ne parle que français. Mauvais usage : `MauvaisUsage`, que l'on dira en texte ou en JSON."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("formatter_class", _Mise)
        super().__init__(add_help=False, allow_abbrev=False, **options)
        self._positionals.title, self._optionals.title = "arguments", "options"
        self.add_argument("-h", "--help", "--aide", action="help", help="montrer cette aide")

    def error(self, message: str) -> NoReturn:
        """Lève, en français, ce qui ne va pas dans la commande."""
        for motif, phrase in _MESSAGES:
            if re.fullmatch(motif, message):
                message = re.sub(motif, phrase, message)
                break
        raise MauvaisUsage(self.prog, f"{message}.", self.format_usage())


class _Mise(argparse.HelpFormatter):
    """La mise en page de l'aide, « usage : » à la française."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=100)

    def add_usage(self, usage: str | None, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "usage : " if prefix is None else prefix)


def ajouter_communes(analyseur: argparse.ArgumentParser) -> None:
    """Les options communes, sans valeur par défaut : la seconde place ne doit pas effacer la première."""
    absent = argparse.SUPPRESS
    groupe = analyseur.add_argument_group("options communes")
    groupe.add_argument("--depot", default=absent, metavar="DOSSIER", help="racine du dépôt (ici, par défaut)")
    groupe.add_argument("--prive", default=absent, metavar="DOSSIER", help="dossier privé (prive/ du dépôt, par défaut)")
    groupe.add_argument("--format", choices=("texte", "json"), default=absent, help="forme des constats (texte, par défaut)")
    groupe.add_argument("--trace", action="store_true", default=absent, help="montrer la trace complète d'une erreur de cabas")


def completer(arguments: argparse.Namespace) -> argparse.Namespace:
    """Pose les valeurs par défaut des options communes, et fait des chemins de vrais chemins.

    Pas de `type=Path` : importer pathlib coûte à `cabas --help` le quart de son temps.
    """
    from pathlib import Path

    for nom, defaut in _COMMUNES.items():
        if not hasattr(arguments, nom):
            setattr(arguments, nom, defaut)
    arguments.depot = Path(arguments.depot).resolve()
    arguments.prive, arguments.prive_dit = _prive(arguments.depot, arguments.prive)
    if getattr(arguments, "sortie", None) is not None:
        arguments.sortie = Path(arguments.sortie)
    return arguments


def _prive(depot: Path, donne: str | None) -> tuple[Path, str]:
    """Le dossier privé, et son nom tel qu'on peut le taper : « prive » à la racine du dépôt ; d'ici, s'il est dessous ; ou tel que donné."""
    from pathlib import Path

    habituel = (depot / "prive").resolve()
    prive = Path(donne).resolve() if donne else habituel
    if donne is None or prive == habituel:
        return prive, "prive"
    ici = Path.cwd()
    return prive, (prive.relative_to(ici) if prive != ici and prive.is_relative_to(ici) else Path(donne)).as_posix()


def inscrire_verbe(sous_commandes: Any, nom: str, resume: str, detail: str = "") -> argparse.ArgumentParser:
    """Ajoute un verbe et ses options communes ; rend son analyseur."""
    analyseur: argparse.ArgumentParser = sous_commandes.add_parser(nom, help=resume, description=detail or f"{resume[0].upper()}{resume[1:]}.")
    ajouter_communes(analyseur)
    return analyseur
