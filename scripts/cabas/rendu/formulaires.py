"""Le bon dans les services de formulaires : LimeSurvey, Google Forms, Nextcloud Forms, et la recette pour Framaforms.

Entre : un `Formulaire`. Sort : du texte, rien n'est écrit. Chaque forme a ses pièges, et une seule fonction qui les désarme.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator, Sequence

from cabas.calculs.formulaire import Formulaire, Question
from cabas.rendu.environnement import environnement, lire_gabarit
from cabas.temps import PARIS
from cabas.typographie import nombre_csv

MARQUE = "{DONNEES}"
"""Dans un script à compléter, la place des données du bon."""
COLONNES_LIMESURVEY = ("class", "type/scale", "name", "relevance", "text", "help", "language", "validation", "mandatory", "other")
"""Pas une de plus : LimeSurvey prend toute colonne qu'il ne connaît pas pour un attribut de question."""
_TYPES_LIMESURVEY = {"texte": "S", "long": "T", "quantite": "S", "choix": "!"}


def limesurvey(formulaire: Formulaire) -> str:
    """La structure en texte à tabulations, le format d'import documenté que l'on peut relire dans un tableur.

    Une quantité est un texte court tenu par un motif : « 2,5 » comme « 2.5 » passent, quelle que soit la langue de l'interface.
    """
    tampon = io.StringIO()
    lignes = csv.DictWriter(tampon, COLONNES_LIMESURVEY, restval="", delimiter="\t", lineterminator="\r\n")
    lignes.writeheader()
    lignes.writerows(_reglages(formulaire))
    groupes = [("Vous", formulaire.avant), *((rayon.nom, rayon.questions) for rayon in formulaire.rayons), ("Pour finir", formulaire.apres)]
    numero = 0
    for rang, (nom, questions) in enumerate(groupes, 1):
        lignes.writerow(_ligne("G", f"G{rang}", nu(nom), relevance="1", language="fr"))
        for question in questions:
            numero += 1
            lignes.writerows(_question_limesurvey(question, numero))
    return "\ufeff" + tampon.getvalue()


def _reglages(formulaire: Formulaire) -> Iterator[dict[str, str]]:
    """`datestamp` : sans lui, l'export ne dit pas quand un bon est arrivé. `ipaddr` : on ne garde pas l'adresse des gens."""
    cloture = f"{formulaire.cloture.astimezone(PARIS):%Y-%m-%d %H:%M:%S}"
    dits = {"language": "fr", "format": "G", "anonymized": "N", "datestamp": "Y", "ipaddr": "N", "allowprev": "Y", "listpublic": "N"}
    for nom, valeur in {**dits, "expires": cloture, "showsurveypolicynotice": "1"}.items():
        yield _ligne("S", "", nom, text=valeur)
    bienvenue = "".join(f"<p>{inerte(phrase)}</p>" for phrase in formulaire.presentation)
    textes = {"surveyls_title": nu(formulaire.titre), "surveyls_welcometext": bienvenue, "surveyls_policy_notice": inerte(formulaire.vie_privee)}
    for nom, valeur in textes.items():
        yield _ligne("SL", "", nom, text=valeur, language="fr")


def _question_limesurvey(question: Question, numero: int) -> Iterator[dict[str, str]]:
    code = f"{question.code[0]}{numero:03d}" if "-" in question.code else question.code
    yield _ligne(
        "Q", _TYPES_LIMESURVEY[question.genre], code, relevance="1", text=inerte(question.intitule), help=inerte(question.aide), language="fr",
        validation=f"/^({question.motif})$/" if question.motif else "", mandatory="Y" if question.obligatoire else "N", other="N",
    )  # fmt: skip
    courts = all(re.fullmatch(r"[A-Za-z0-9]{1,5}", choisi) for choisi, _ in question.choix)
    for rang, (choisi, texte) in enumerate(question.choix, 1):
        yield _ligne("A", "0", choisi if courts else f"A{rang}", text=inerte(texte), language="fr")


def _ligne(classe: str, sorte: str, nom: str, **autres: str) -> dict[str, str]:
    return {"class": classe, "type/scale": sorte, "name": nom, **autres}


def inerte(texte: str) -> str:
    r"""Du HTML sans balise, sans « {…} » (une expression de LimeSurvey) ni barre oblique inverse (un échappement de son lecteur).

    >>> inerte("<b> {q1} \\")
    '&lt;b&gt; &#123;q1&#125; &#92;'
    """
    return html.escape(texte).replace("{", "&#123;").replace("}", "&#125;").replace("\\", "&#92;")


def nu(texte: str) -> str:
    """Un titre, que LimeSurvey n'attend pas en HTML : ce qui pourrait y agir est ôté."""
    return " ".join(re.sub(r'[<>{}\\"]', " ", texte).split())


def google(formulaire: Formulaire) -> str:
    """Le script à coller dans script.google.com : il crée le formulaire, et le ferme à la clôture."""
    donnees = json.dumps(_donnees(formulaire), ensure_ascii=True, indent=1).replace("</", "<\\/")
    return _completer("formulaires/google.gs", donnees)


def nextcloud(formulaire: Formulaire) -> str:
    """Le programme Python, sans rien à installer, qui crée le formulaire par l'API de Nextcloud Forms (version 3)."""
    # Du JSON sans booléen ni nul est aussi du Python. Sans échappement ASCII : Python ne recolle pas une paire « \\ud83c\\udf3e ».
    return _completer("formulaires/nextcloud.py.txt", json.dumps(_donnees(formulaire), ensure_ascii=False, indent=1))


def _completer(gabarit: str, donnees: str) -> str:
    debut, _marque, fin = lire_gabarit(gabarit).partition(MARQUE)
    return f"{debut}{donnees}{fin}"


def _donnees(formulaire: Formulaire) -> dict[str, object]:
    """Le formulaire pour un script : des textes, des entiers, des listes."""
    groupes = [("", formulaire.avant), *((rayon.nom, rayon.questions) for rayon in formulaire.rayons), ("", formulaire.apres)]
    return {
        "titre": formulaire.titre,
        "presentation": "\n\n".join([*formulaire.presentation, formulaire.vie_privee]),
        "cloture": int(formulaire.cloture.timestamp()),
        "cloture_dite": formulaire.cloture_dite,
        "rayons": [{"nom": nom, "questions": _questions(questions)} for nom, questions in groupes],
    }


def _questions(questions: Sequence[Question]) -> list[dict[str, object]]:
    return [
        {
            "genre": question.genre,
            "intitule": question.intitule,
            "aide": question.aide,
            "obligatoire": int(question.obligatoire),
            "choix": [texte for _code, texte in question.choix],
            "motif": f"^({question.motif})$" if question.motif else "",
        }
        for question in questions
    ]


def framaforms(formulaire: Formulaire) -> str:
    """La recette à imprimer ou à garder ouverte : chaque champ, son type, son intitulé à copier."""
    return environnement().get_template("formulaires/framaforms.html.j2").render(formulaire=formulaire, nombre=nombre_csv)
