"""Les pages techniques qui ne peuvent pas dériver : elles sont tirées du code et des schémas eux-mêmes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cabas.typographie import enumerer

_GENRES = {
    "string": "texte",
    "number": "nombre",
    "integer": "nombre entier",
    "boolean": "vrai ou faux",
    "date": "date",
    "array": "liste",
    "object": "champs",
    "any": "au choix",
}


class Question(NamedTuple):
    """Un contrôle vu d'une lectrice : son code, sa gravité, la question qu'il pose."""

    code: str
    gravite: str
    question: str


def page_controles(lectures: Sequence[Question], controles: Sequence[Question]) -> str:
    """La page « Contrôles » du guide : chaque code, et la question qu'il pose. Entre : les deux listes du code."""
    morceaux = [
        "# Contrôles",
        "Voici tout ce que `cabas verifier` regarde. Chaque code est une question à laquelle une fiche a répondu non.",
        "Une **erreur** empêche de publier et de fusionner. Un **avertissement** demande un coup d’œil, et n’empêche rien.",
        "## En lisant les fichiers",
        _tableau(("Code", "Gravité", "Question"), [(f"`{code}`", gravite, question) for code, gravite, question in lectures]),
        "## Une fois tout lu",
        _tableau(("Code", "Gravité", "Question"), [(f"`{code}`", gravite, question) for code, gravite, question in controles]),
        "Les codes de la fusion des bons sont expliqués dans [Fusionner les bons](../fusionner.md).",
    ]
    return "\n\n".join(morceaux) + "\n"


def page_donnees(schemas: Sequence[Mapping[str, Any]]) -> str:
    """Le dictionnaire des données : chaque table, chaque champ, tels que les schémas les décrivent."""
    morceaux = [
        "# Dictionnaire des données",
        "Chaque fiche et chaque fichier, champ par champ. Cette page est tirée des schémas qui servent aux contrôles.",
    ]
    for schema in schemas:
        rangees = [(f"`{champ['name']}`", _genre(champ), "oui" if _obligatoire(champ) else "", _sens(champ)) for champ in schema["fields"]]
        morceaux += [f"## {schema['title']}", _montrer(str(schema["description"])), _tableau(("Champ", "Genre", "Obligatoire", "Sens"), rangees)]
    return "\n\n".join(morceaux) + "\n"


def _obligatoire(champ: Mapping[str, Any]) -> bool:
    return bool(champ.get("constraints", {}).get("required"))


def _genre(champ: Mapping[str, Any]) -> str:
    if champ.get("textuel") == "instant":
        return "instant"
    if sous_table := champ.get("lignes") or champ.get("objet"):
        return f"{_GENRES[champ['type']]} ({sous_table})"
    return _GENRES[champ["type"]]


def _sens(champ: Mapping[str, Any]) -> str:
    morceaux = [f"{champ['title']}."] if champ["title"].rstrip(".") != champ.get("description", "").rstrip(".") else []
    if champ.get("description"):
        morceaux.append(champ["description"])
    if permis := champ.get("constraints", {}).get("enum") or champ.get("element", {}).get("constraints", {}).get("enum"):
        morceaux.append(f"Admis : {enumerer([f'`{valeur}`' for valeur in permis], 'ou')}.")
    if isinstance(exemple := champ.get("example"), str) and exemple:
        morceaux.append(f"Exemple : `{exemple}`.")
    return _montrer(" ".join(morceaux))


def _montrer(texte: str) -> str:
    """`<ref>` n'est pas une balise : hors du code, on l'échappe, sinon la page l'avalerait."""
    return "`".join(morceau if rang % 2 else morceau.replace("<", "&lt;") for rang, morceau in enumerate(texte.split("`")))


def _tableau(titres: Sequence[str], rangees: Sequence[Sequence[str]]) -> str:
    lignes = ["| " + " | ".join(titres) + " |", "|" + "---|" * len(titres)]
    lignes += ["| " + " | ".join(case.replace("|", "\\|") for case in rangee) + " |" for rangee in rangees]
    return "\n".join(lignes)
