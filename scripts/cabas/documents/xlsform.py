"""Le bon en XLSForm, pour KoboToolbox et ODK : hors connexion sur un téléphone, une page par rubrique.

Entre : un `Formulaire`. Sort : les octets d'un classeur `survey`, `choices`, `settings`, tout en texte. Format : xlsform.org.
L'instant d'envoi est celui où la personne finit (`end`, avec son fuseau) : un bon rempli sans réseau garde son heure.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence

from cabas.calculs.formulaire import Formulaire, Question
from cabas.documents.classeur import nouveau_classeur
from cabas.quantites import MILLE
from cabas.typographie import nombre_csv

LANGUE = "Français (fr)"
SURVEY = (
    "type", "name", f"label::{LANGUE}", f"hint::{LANGUE}", "required", f"required_message::{LANGUE}", "constraint",
    f"constraint_message::{LANGUE}", "appearance",
)  # fmt: skip
CHOICES = ("list_name", "name", f"label::{LANGUE}")
SETTINGS = ("form_title", "form_id", "version", "default_language", "style")
_TYPES = {"texte": "text", "long": "text", "quantite": "decimal"}


def xlsform(formulaire: Formulaire) -> bytes:
    """Le classeur. Sa version change avec son contenu : un téléphone sait qu'il doit reprendre le formulaire."""
    survey, choices = _survey(formulaire), _choices(formulaire)
    version = hashlib.sha256(repr((survey, choices, formulaire.titre)).encode()).hexdigest()[:10]
    reglages = dict(zip(SETTINGS, (formulaire.titre, formulaire.identifiant, version, LANGUE, "pages"), strict=True))
    tampon = io.BytesIO()
    classeur = nouveau_classeur(tampon, formulaire.titre)
    for nom, colonnes, rangees in (("survey", SURVEY, survey), ("choices", CHOICES, choices), ("settings", SETTINGS, [reglages])):
        feuille = classeur.add_worksheet(nom)
        feuille.freeze_panes(1, 0)
        for rang, colonne in enumerate(colonnes):
            feuille.set_column(rang, rang, 40 if "::" in colonne else 16)
            feuille.write_string(0, rang, colonne)
            for numero, rangee in enumerate(rangees, 1):
                if rangee.get(colonne):
                    feuille.write_string(numero, rang, rangee[colonne])
    classeur.close()
    return tampon.getvalue()


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


def _survey(formulaire: Formulaire) -> list[Mapping[str, str]]:
    textes = [*enumerate(formulaire.presentation, 1), ("donnees", formulaire.vie_privee)]
    rangees: list[Mapping[str, str]] = [{"type": "end", "name": "envoye_le"}]
    rangees.append(_ouvrir("accueil", formulaire.titre))
    rangees += [_rangee("note", f"note_{nom}", texte) for nom, texte in textes]
    rangees.append({"type": "end_group"})
    rangees += _questions(formulaire.avant)
    for numero, rayon in enumerate(formulaire.rayons, 1):
        rangees += [_ouvrir(f"rayon{numero}", rayon.nom), *_questions(rayon.questions), {"type": "end_group"}]
    return [*rangees, *_questions(formulaire.apres)]


def _ouvrir(nom: str, titre: str) -> Mapping[str, str]:
    return {**_rangee("begin_group", nom, titre), "appearance": "field-list"}


def _rangee(sorte: str, nom: str, label: str) -> dict[str, str]:
    return {"type": sorte, "name": nom, f"label::{LANGUE}": sans_reference(label)}


def _questions(questions: Sequence[Question]) -> list[Mapping[str, str]]:
    rangees: list[Mapping[str, str]] = []
    for question in questions:
        sorte = f"select_one {question.code}" if question.genre == "choix" else _TYPES[question.genre]
        rangee = {**_rangee(sorte, question.code, question.intitule), f"hint::{LANGUE}": sans_reference(question.aide)}
        if question.obligatoire:
            rangee |= {"required": "yes", f"required_message::{LANGUE}": "Nous en avons besoin pour savoir de qui vient le bon."}
        if regle := contrainte(question):
            rangee |= {"constraint": regle, f"constraint_message::{LANGUE}": sans_reference(f"Quantité à revoir. {question.aide}")}
        if question.genre in ("long", "choix"):
            rangee["appearance"] = "multiline" if question.genre == "long" else "minimal"
        rangees.append(rangee)
    return rangees


def _choices(formulaire: Formulaire) -> list[Mapping[str, str]]:
    return [
        dict(zip(CHOICES, (question.code, code, sans_reference(texte)), strict=True))
        for question in formulaire.questions()
        for code, texte in question.choix
    ]
