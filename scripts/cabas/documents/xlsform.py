"""Le bon en XLSForm, pour KoboToolbox et ODK : hors connexion sur un téléphone, une page par rubrique.

Entre : un `Formulaire`. Sort : les octets d'un classeur `survey`, `choices`, `settings`, tout en texte. Format : xlsform.org.
L'instant d'envoi est celui où la personne finit (`end`, avec son fuseau) : un bon rempli sans réseau garde son heure.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cabas.calculs.formulaire import Formulaire, Question
from cabas.documents.classeur import nouveau_classeur
from cabas.quantites import MILLE
from cabas.typographie import nombre_csv

if TYPE_CHECKING:
    from xlsxwriter import Workbook

LANGUE = "Français (fr)"
SETTINGS = ("form_title", "form_id", "version", "default_language", "style")
_TYPES = {"texte": "text", "long": "text", "quantite": "decimal"}
Rangee = dict[str, str]


def xlsform(formulaire: Formulaire, traduits: Mapping[str, Formulaire] | None = None) -> bytes:
    """Le classeur. `traduits` : le même formulaire en d'autres langues ; le téléphone propose d'en changer.

    Sa version change avec son contenu : un téléphone sait qu'il doit reprendre le formulaire.
    """
    langues = {LANGUE: formulaire, **(traduits or {})}
    survey = _reunir([_survey(un, langue) for langue, un in langues.items()])
    choices = _reunir([_choices(un, langue) for langue, un in langues.items()])
    version = hashlib.sha256(repr((survey, choices, formulaire.titre)).encode()).hexdigest()[:10]
    reglages = dict(zip(SETTINGS, (formulaire.titre, formulaire.identifiant, version, LANGUE, "pages"), strict=True))
    dites = ("label", "hint", "required_message", "constraint_message")
    colonnes = ["type", "name", "required", "constraint", "appearance", *(f"{dite}::{langue}" for langue in langues for dite in dites)]
    tampon = io.BytesIO()
    classeur = nouveau_classeur(tampon, formulaire.titre)
    _ecrire(classeur, "survey", colonnes, survey)
    _ecrire(classeur, "choices", ["list_name", "name", *(f"label::{langue}" for langue in langues)], choices)
    _ecrire(classeur, "settings", SETTINGS, [reglages])
    classeur.close()
    return tampon.getvalue()


def _ecrire(classeur: Workbook, nom: str, colonnes: Sequence[str], rangees: Sequence[Rangee]) -> None:
    feuille = classeur.add_worksheet(nom)
    feuille.freeze_panes(1, 0)
    for rang, colonne in enumerate(colonnes):
        feuille.set_column(rang, rang, 40 if "::" in colonne else 16)
        feuille.write_string(0, rang, colonne)
        for numero, rangee in enumerate(rangees, 1):
            if rangee.get(colonne):
                feuille.write_string(numero, rang, rangee[colonne])


def _reunir(par_langue: Sequence[Sequence[Rangee]]) -> list[Rangee]:
    """Une rangée pour toutes les langues : elles ont les mêmes questions, aux mêmes places."""
    return [{cle: texte for rangee in rangees for cle, texte in rangee.items()} for rangees in zip(*par_langue, strict=True)]


def sans_reference(texte: str) -> str:
    """Un texte où « ${…} » ne désigne plus la réponse à une autre question."""
    return texte.replace("${", "$ {")


def contrainte(question: Question) -> str:
    """Le pas et le maximum, en XPath. `int(… + 0.5)` : 0,3 × 1000 ne fait pas tout à fait 300 sur un téléphone.

    >>> contrainte(Question("q-comte", "quantite", "Comté", pas=250, maximum=2000))
    '. >= 0 and int(. * 1000 + 0.5) mod 250 = 0 and . <= 2'
    """
    if question.genre != "quantite":
        return ""
    plafond = "" if question.maximum is None else f" and . <= {nombre_csv(question.maximum).replace(',', '.')}"
    return f". >= 0 and int(. * {MILLE} + 0.5) mod {question.pas} = 0{plafond}"


def _survey(formulaire: Formulaire, langue: str) -> list[Rangee]:
    textes = [*enumerate(formulaire.presentation, 1), ("donnees", formulaire.vie_privee)]
    rangees = [{"type": "end", "name": "envoye_le"}, _ouvrir("accueil", formulaire.titre, langue)]
    rangees += [_rangee("note", f"note_{nom}", texte, langue) for nom, texte in textes]
    rangees += [{"type": "end_group"}, *_questions(formulaire.avant, langue)]
    for numero, rayon in enumerate(formulaire.rayons, 1):
        rangees += [_ouvrir(f"rayon{numero}", rayon.nom, langue), *_questions(rayon.questions, langue), {"type": "end_group"}]
    return [*rangees, *_questions(formulaire.apres, langue)]


def _ouvrir(nom: str, titre: str, langue: str) -> Rangee:
    return {**_rangee("begin_group", nom, titre, langue), "appearance": "field-list"}


def _rangee(sorte: str, nom: str, label: str, langue: str) -> Rangee:
    return {"type": sorte, "name": nom, f"label::{langue}": sans_reference(label)}


def _questions(questions: Sequence[Question], langue: str) -> list[Rangee]:
    rangees: list[Rangee] = []
    for question in questions:
        sorte = f"select_one {question.code}" if question.genre == "choix" else _TYPES[question.genre]
        aide = sans_reference(question.aide)
        rangee = {**_rangee(sorte, question.code, question.intitule, langue), f"hint::{langue}": aide}
        if question.obligatoire:
            rangee |= {"required": "yes", f"required_message::{langue}": aide}
        if regle := contrainte(question):
            rangee |= {"constraint": regle, f"constraint_message::{langue}": f"Quantité à revoir. {aide}" if langue == LANGUE else aide}
        if question.genre in ("long", "choix"):
            rangee["appearance"] = "multiline" if question.genre == "long" else "minimal"
        rangees.append(rangee)
    return rangees


def _choices(formulaire: Formulaire, langue: str) -> list[Rangee]:
    return [
        {"list_name": question.code, "name": code, f"label::{langue}": sans_reference(texte)}
        for question in formulaire.questions()
        for code, texte in question.choix
    ]
