"""Un formulaire dans les langues d'un groupement : les mêmes questions, aux mêmes places, avec d'autres mots.

Entre : le `Formulaire` français et de quoi l'écrire. Sort : un `Formulaire` par langue, sous le nom qu'elle se donne (« Türkçe (tr) »). Les
codes ne changent pas : c'est par eux que la fusion lit un export, quelle que soit la langue où l'on a répondu.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cabas.calculs import affichage
from cabas.calculs.formulaire import Formulaire, Question, Rayon, simple
from cabas.modele import Commande, Depot, Fenetre, Groupement
from cabas.rendu.articles import ecrire_creneaux, ecrire_rayons
from cabas.rendu.langues import LANGUES, Langue, langue

_EXEMPLES = re.compile(r"\s*:\s*\*2\*.*?\*500[^*]*\*")
"""Les façons d'écrire une quantité, dans la phrase de la page : un champ de nombre n'en admet qu'une."""


def formulaires_traduits(formulaire: Formulaire, depot: Depot, commande: Commande, fenetre: Fenetre, groupement: Groupement) -> dict[str, Formulaire]:
    """Un formulaire par langue de la fiche du groupement. Ce qui n'est pas traduit reste en français."""
    voulues = [langue(code) for code in LANGUES if code in groupement.langues]
    return {f"{une.faits['nom']} ({une.code})": _traduire(formulaire, depot, commande, fenetre, groupement, une) for une in voulues}


def _traduire(formulaire: Formulaire, depot: Depot, commande: Commande, fenetre: Fenetre, groupement: Groupement, une: Langue) -> Formulaire:
    creneaux = {code: simple(f"{code} ({dit})") for code, dit in ecrire_creneaux(fenetre, groupement, une)}
    rayons = {str(rayon["code"]): rayon for rayon in ecrire_rayons(depot, commande, groupement, une)}
    return formulaire._replace(
        presentation=_presentation(commande, fenetre, groupement, une),
        vie_privee=_vie_privee(groupement, une),
        avant=tuple(_fixe(question, groupement, une, creneaux) for question in formulaire.avant),
        rayons=tuple(_rayon(rayon, rayons[rayon.code]) for rayon in formulaire.rayons),
        apres=tuple(_fixe(question, groupement, une, {}) for question in formulaire.apres),
    )


def _phrase(une: Langue, cle: str, **valeurs: str) -> str:
    """Une phrase de la page, en texte nu : ni gras, ni espace insécable."""
    texte = _EXEMPLES.sub("", une.faits["page"][cle]).replace("*", "")
    return simple(re.sub(r"\{(\w+)\}", lambda trouve: valeurs[trouve[1]], texte))


def _presentation(commande: Commande, fenetre: Fenetre, groupement: Groupement, une: Langue) -> tuple[str, ...]:
    """Les mêmes phrases que le français, dans le même ordre."""
    retour = _phrase(une, "ajouter" if groupement.plusieurs_bons == "ajouter" else "remplacer")
    lieu, distribution = affichage.lieu_de_distribution(fenetre, groupement), fenetre.distribution
    quand = ", ".join(filter(None, [une.plage(distribution.debut, distribution.fin), lieu])) if distribution else ""
    phrases = [
        f"{_phrase(une, 'ouverte', date=une.instant(fenetre.cloture))} {retour}",
        f"{_phrase(une, 'venir')}: {quand}" if quand else "",
        _phrase(une, "saisie"),
        commande.note,
        f"{_phrase(une, 'permanence')}: {groupement.permanence}" if groupement.permanence else "",
    ]
    return tuple(simple(phrase) for phrase in phrases if phrase)


def _vie_privee(groupement: Groupement, une: Langue) -> str:
    """Sans la phrase qui ne vaut que pour notre page : elle n'appelle aucun autre site, ce service-ci en est un."""
    qui = f"{groupement.nom} ({groupement.structure})" if groupement.structure else groupement.nom
    contact = groupement.reponse if "@" in groupement.reponse else _phrase(une, "le_dire")
    return simple(f"{_phrase(une, 'donnees')}: {_phrase(une, 'donnees_texte', groupement=qui, contact=contact)}")


def _fixe(question: Question, groupement: Groupement, une: Langue, creneaux: Mapping[str, str]) -> Question:
    aide = _phrase(une, f"{question.code}_aide") if f"{question.code}_aide" in une.faits["page"] else ""
    choix = tuple((code, creneaux.get(code, texte)) for code, texte in question.choix) if question.code == "creneau" else question.choix
    return question._replace(intitule=_phrase(une, question.code, mot=groupement.mot_cellule), aide=aide, choix=choix)


def _rayon(rayon: Rayon, ecrit: Mapping[str, Any]) -> Rayon:
    articles = {article["ref"]: article for article in ecrit["articles"]}
    questions = tuple(_question(question, articles[question.code[2:]]) for question in rayon.questions)
    return rayon._replace(nom=simple(str(ecrit["nom"])), questions=questions)


def _question(question: Question, article: Mapping[str, Any]) -> Question:
    """Le nom traduit, le prix, la ref ; en aide, l'unité, le pas, le maximum, les allergènes, et le nom français qu'on lit sur l'étiquette."""
    ref, nom = article["ref"], simple(article["nom"]).replace("[", "(").replace("]", ")")
    if question.code.startswith("t-"):
        return question._replace(intitule=f"{nom} (t-{ref})", aide=simple(f"{''.join(article['lot'] or ())} {article['unite']}"))
    dits = [article["unite"], *article["dits"], article["allergenes"], *article["dits_en_francais"][:1]]
    return question._replace(intitule=simple(f"{nom}, {article['prix']} [{ref}]"), aide=simple(" · ".join(filter(None, dits))))
