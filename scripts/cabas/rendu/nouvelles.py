"""L'en-tête d'une actualité : ce qu'il dit, et ce qui manque. Pelican passerait sous silence un article sans titre ; pas nous.

Entre : un texte de `content/actualites`. Sort : ses champs (en minuscules, une liste de valeurs chacun), et des constats.
Aux champs de Pelican (`Title`, `Date`, `Category`, `Tags`, `Slug`, `Summary`) s'ajoutent les nôtres : `Groupement` (le slug du
groupement qui écrit), `Decisions` (une par ligne, les suivantes en retrait de quatre espaces), `Prochaine` (une date ou un instant).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import NamedTuple

from cabas.constats import Constat, Emplacement, Refus, erreur
from cabas.rendu.guide import Texte
from cabas.temps import lire_instant, lire_jour
from cabas.typographie import date_longue, instant_long

_CHAMP = re.compile(r" {0,3}(?P<nom>[A-Za-z][\w-]*):\s*(?P<valeur>.*)")
RESERVES = ("index", "archives", "page", "rubriques", "mots-cles", "groupements")
"""Les noms que les actualités gardent pour leurs listes."""


class Champ(NamedTuple):
    """Un champ d'en-tête : ses valeurs, et sa première ligne dans le fichier."""

    valeurs: list[str]
    ligne: int


class Nouvelle(NamedTuple):
    """Une actualité, vue de la page de son groupement : son titre, son adresse depuis la racine du site, son jour, sa prochaine date."""

    titre: str
    adresse: str
    jour: str
    prochaine: str = ""


def entete_article(texte: Texte) -> dict[str, Champ]:
    """Les champs de l'en-tête, tels que Pelican les lira."""
    champs: dict[str, Champ] = {}
    dernier = ""
    for numero, ligne in enumerate(texte.corps.splitlines(), texte.ligne):
        if numero == texte.ligne and ligne.strip() == "---":
            continue
        trouve = _CHAMP.match(ligne)
        if trouve:
            dernier = trouve["nom"].lower()
            champs.setdefault(dernier, Champ([], numero)).valeurs.append(trouve["valeur"].strip())
        elif dernier and ligne.startswith("    ") and ligne.strip():
            champs[dernier].valeurs.append(ligne.strip())
        else:
            break
    return champs


def valeur(champs: Mapping[str, Champ], nom: str) -> str:
    """La première valeur d'un champ, vide s'il n'y est pas."""
    return next((une for une in champs[nom].valeurs if une), "") if nom in champs else ""


def lire_quand(brut: str) -> str:
    """« 2027-03-20 » ou « 2027-03-20T14:00 » en toutes lettres ; vide si cela ne se lit pas."""
    jour = lire_jour(brut)
    if jour:
        return date_longue(jour)
    instant = lire_instant(brut.replace(" ", "T"))
    return "" if isinstance(instant, Refus) else instant_long(instant)


def lire_date(texte: Texte, champs: Mapping[str, Champ]) -> datetime | None:
    """La date d'un article : son champ `Date`, à défaut le début de son nom de fichier."""
    brute = valeur(champs, "date") or PurePosixPath(texte.chemin).name[:10]
    brute = f"{brute}T00:00" if re.fullmatch(r"\d{4}-\d\d-\d\d", brute) else brute.replace(" ", "T")
    instant = lire_instant(brute)
    return None if isinstance(instant, Refus) else instant


def controler_entete(texte: Texte, groupements: Collection[str]) -> list[Constat]:
    """Ce qui empêcherait l'article de paraître. Codes : `article-incomplet`, `groupement-inconnu`, `date-illisible`."""
    champs = entete_article(texte)
    constats: list[Constat] = []

    def dire(code: str, nom: str, fait: str, remede: str) -> None:
        ligne = champs[nom].ligne if nom in champs else texte.ligne
        constats.append(erreur(code, Emplacement(texte.chemin, ligne), fait, remede))

    if not valeur(champs, "title"):
        dire("article-incomplet", "title", "L’article n’a pas de titre.", "Commencer le fichier par une ligne « Title: … ».")
    if lire_date(texte, champs) is None:
        dire("date-illisible", "date", "L’article n’a pas de date lisible.", "Écrire « Date: 2026-12-01 10:00 » dans l’en-tête.")
    groupement = valeur(champs, "groupement")
    if groupement and groupement not in groupements:
        connus = ", ".join(sorted(groupements))
        dire("groupement-inconnu", "groupement", f"« {groupement} » n’est pas un groupement du réseau.", f"Écrire l’un de ceux-ci : {connus}.")
    prochaine = valeur(champs, "prochaine")
    if prochaine and not lire_quand(prochaine):
        dire("date-illisible", "prochaine", f"« {prochaine} » n’est pas une date.", "Écrire 2027-03-20 ou 2027-03-20T14:00.")
    return constats


def finir_entete(champs: Mapping[str, Champ]) -> str:
    """Ce que les gabarits lisent en plus dans l'en-tête préparé : la prochaine date en toutes lettres."""
    prochaine = lire_quand(valeur(champs, "prochaine")) if valeur(champs, "prochaine") else ""
    return f"Prochaine_en_clair: {prochaine}\n" if prochaine else ""
