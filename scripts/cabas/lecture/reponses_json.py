"""L'export JSON d'un formulaire CryptPad, ramené à un tableau : plus sûr que son CSV, où une grille laissée vide décale la ligne.

Le fichier dit ses questions (`questions` : un texte, ou `question` et `items` pour une grille) et ses réponses (`responses`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cabas.constats import Refus
from cabas.lecture.classeurs import illisible
from cabas.lecture.encodages import decoder
from cabas.lecture.tableaux import CASE_MAX, COLONNES_MAX, LIGNES_MAX, Tableau
from cabas.motifs import motif

SEPARATEUR = ", "
TROP = "?"
"""Une case de trop, pour qu'une ligne qu'on ne sait plus lire n'ait jamais la bonne largeur."""
_MARQUE = b"\xef\xbb\xbf"
_DEBUT_DE_REPONSE = motif(r'(?<!\\)"_time"\s*:')


def est_un_json(octets: bytes) -> bool:
    """Vrai pour un fichier qui commence par une accolade, ce que ne fait aucun tableau."""
    return octets.removeprefix(_MARQUE).lstrip()[:1] == b"{"


def lire_reponses(octets: bytes) -> list[Tableau] | Refus:
    """Le tableau d'un export CryptPad, une ligne par réponse, ou un refus `fichier-illisible`."""
    texte = decoder(octets)
    if isinstance(texte, Refus):
        return texte
    try:
        lu = json.loads(texte, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return illisible("Ce fichier JSON est coupé ou abîmé.", "Le télécharger de nouveau depuis le formulaire.")
    questions, reponses = (lu.get(cle) for cle in ("questions", "responses"))
    if not isinstance(questions, dict) or not isinstance(reponses, list):
        return illisible("C’est du JSON, mais pas celui d’un formulaire CryptPad.", "Exporter le formulaire en CSV ou en XLSX.")
    colonnes = [(cle, *_intitules(question)) for cle, question in questions.items()]
    colonnes += _otees(questions, reponses)
    entete = ["Heure", "Participant·e", *(intitule for _cle, intitules, _grille in colonnes for intitule in intitules)]
    if len(entete) > COLONNES_MAX or len(reponses) > LIGNES_MAX:
        return illisible("Le tableau est démesuré.", "Vérifier que c’est bien le fichier des bons.")
    numeros = _numeros(texte, len(reponses))
    lignes = [(1, entete)]
    for numero, reponse in zip(numeros, reponses, strict=True):
        if not isinstance(reponse, dict):
            return illisible("Une réponse de ce fichier JSON n’en est pas une.", "Le télécharger de nouveau depuis le formulaire.")
        lignes.append((numero, _cases(reponse, colonnes)))
    if any(len(case) > CASE_MAX for _numero, cases in lignes for case in cases):
        return illisible("Une case de ce fichier est démesurée.", "Vérifier que c’est bien le fichier des bons.")
    return [Tableau("", lignes, 0)]


def _intitules(question: Any) -> tuple[list[str], bool]:
    """Les intitulés d'une question, écrits comme dans l'export CSV ; vrai si c'est une grille."""
    if isinstance(question, dict) and isinstance(question.get("items"), list):
        return [f"{_texte(question.get('question'))} | {_texte(item)}" for item in question["items"]], True
    return [_texte(question)], False


def _otees(questions: Mapping[str, Any], reponses: Sequence[Any]) -> list[tuple[str, list[str], bool]]:
    """Les questions que le formulaire n'a plus, mais que des réponses ont encore : ce qu'on y a écrit ne se perd pas.

    Ce qui commence par `_` est du service.
    """
    otees = {
        cle
        for reponse in reponses
        for cle, valeur in (reponse.items() if isinstance(reponse, dict) else ())
        if cle not in questions and not cle.startswith("_") and _sans_trou(valeur)
    }
    return [(cle, [f"question {cle}, ôtée du formulaire"], False) for cle in sorted(otees)]


def _cases(reponse: Mapping[str, Any], colonnes: list[tuple[str, list[str], bool]]) -> list[str]:
    """Les cases d'une réponse. Une grille vide est vide ; une grille d'une autre taille fait rejeter la ligne."""
    cases = [_texte(reponse.get("_time")), _texte(reponse.get("_name"))]
    juste = True
    for cle, intitules, grille in colonnes:
        valeur = reponse.get(cle)
        lues = [_texte(element) for element in valeur] if grille and isinstance(valeur, list) else [_sans_trou(valeur)]
        if grille and not any(lues):
            lues = [""] * len(intitules)
        juste = juste and len(lues) == len(intitules)
        cases += lues
    return cases if juste else [*cases, *[TROP] * (1 + sum(len(intitules) for _cle, intitules, _grille in colonnes))]


def _texte(valeur: Any) -> str:
    """Une valeur JSON telle qu'on la verrait dans une case. Les nombres sont restés du texte."""
    if isinstance(valeur, str):
        return valeur
    if isinstance(valeur, bool):
        return "vrai" if valeur else "faux"
    if isinstance(valeur, list):
        return SEPARATEUR.join(map(_texte, valeur))
    if isinstance(valeur, dict):
        return json.dumps(valeur, ensure_ascii=False)
    return ""


def _sans_trou(valeur: Any) -> str:
    """Une valeur en une seule case. D'une liste, seulement ce qui est rempli."""
    return SEPARATEUR.join(filter(None, map(_texte, valeur))) if isinstance(valeur, list) else _texte(valeur)


def _numeros(texte: str, nombre: int) -> list[int]:
    """La ligne du fichier où commence chaque réponse ; son rang, si le fichier n'est pas écrit comme on l'attend."""
    debuts = [texte.count("\n", 0, trouve.start()) + 1 for trouve in _DEBUT_DE_REPONSE.finditer(texte)]
    return debuts if len(debuts) == nombre else list(range(1, nombre + 1))
