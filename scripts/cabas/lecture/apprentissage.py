"""Apprendre un fichier inconnu : ses colonnes, des exemples masqués, ce que cabas en comprend, ce qu'il propose.

Rien n'est décidé ici : une personne confirme colonne par colonne (`cli/importer.py`), et la correspondance est écrite.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cabas.constats import Constat, Refus
from cabas.lecture.cases import sans_ip
from cabas.lecture.colonnes import QUI, Catalogue, Colonne
from cabas.lecture.correspondances import IGNORER, lire_correspondances, propre, sans_double
from cabas.lecture.etages import composer
from cabas.lecture.intitules import est_douteux
from cabas.lecture.profils import reconnaitre
from cabas.lecture.reponses_json import est_un_json, lire_reponses
from cabas.lecture.tableaux import Tableau, lire_tableaux
from cabas.quantites import lire_quantite
from cabas.typographie import simplifier

EXEMPLES = 2
_MAIL = re.compile(r"\S+@\S+")
_TELEPHONE = re.compile(r"(?:\+\d{1,3}|\b0)(?:[\s.\-()]*\d){8,}|\b[67]\d{8}\b")


class Apprise(NamedTuple):
    """Une colonne. `comprise` : ce qu'elle est sans rien écrire (vide : inconnue) ; `proposee` : ce que vaut Entrée.

    `pareilles` : combien de colonnes ont cet intitulé. À plus d'une, une correspondance ne saurait pas de laquelle elle parle.
    """

    intitule: str
    exemples: tuple[str, ...]
    comprise: str
    proposee: str
    proches: tuple[str, ...]
    pareilles: int = 1


def apprendre(octets: bytes, catalogue: Catalogue) -> tuple[int, list[Apprise]] | Refus:
    """La ligne de l'en-tête, et les colonnes d'un fichier. Sans intitulé connu, l'en-tête est la première ligne pleine."""
    lus = lire_reponses(octets) if est_un_json(octets) else lire_tableaux(octets, catalogue.compter, catalogue.encodage)
    if isinstance(lus, Refus):
        lus = lire_tableaux(octets, _cases_pleines, catalogue.encodage)
    if isinstance(lus, Refus):
        return lus
    tableau = composer(next(un for un in lus if un.porte_des_bons), catalogue)
    numero, intitules = tableau.lignes[tableau.entete]
    if (profil := reconnaitre(intitules)) and profil.refus:
        return Refus("fichier-illisible", profil.refus, profil.remede)
    pareilles = Counter(map(propre, intitules))
    lues = [colonne for colonne in catalogue.comprendre(intitules) if propre(intitules[colonne.rang])]
    nommee = any(colonne.role in QUI for colonne in lues)
    apprises = [
        (_une(colonne, _exemples(tableau, colonne.rang), catalogue, nommee=nommee), pareilles[propre(intitules[colonne.rang])]) for colonne in lues
    ]
    return numero, [une if nombre == 1 else _repetee(une, nombre) for une, nombre in apprises]


def _repetee(une: Apprise, nombre: int) -> Apprise:
    """Une colonne qui n'est pas seule à porter son intitulé : on ne propose rien qui vaudrait aussi pour les autres."""
    return une._replace(proposee=une.comprise, proches=(), pareilles=nombre)


def _cases_pleines(cases: list[str]) -> int:
    pleines = sum(bool(case.strip()) for case in cases)
    return pleines if pleines > 1 else 0


def _une(colonne: Colonne, exemples: tuple[str, ...], catalogue: Catalogue, *, nommee: bool) -> Apprise:
    """`nommee` : une autre colonne dit déjà de qui vient le bon. À défaut, celle qui en a l'air est proposée."""
    intitule, role, ref = colonne.intitule, colonne.role, colonne.ref
    if colonne.refus:
        proches, nette = _classer(intitule, catalogue)
        proches = proches or colonne.proches
        nombres = any(isinstance(lire_quantite(exemple, "kg"), int) for exemple in exemples)
        if est_douteux(simplifier(intitule)) and not (nombres or proches):
            return Apprise(intitule, exemples, "", "" if nommee else "nom", ())
        # Un mot dans une colonne étrangère n'est pas une quantité : on propose de ne pas la lire. Un nombre se choisit.
        return Apprise(intitule, exemples, "", proches[0] if nette else "" if nombres or proches else IGNORER, proches)
    comprise = (f"t-{ref}" if role == "tolerance" else ref) if ref else role or IGNORER
    return Apprise(intitule, exemples, comprise, comprise, ())


def _classer(intitule: str, catalogue: Catalogue) -> tuple[tuple[str, ...], bool]:
    """Les produits qui partagent le plus de mots, et si le premier l'emporte nettement : alors seulement Entrée le choisit."""
    mots = _mots(intitule)
    notes = sorted((-len(mots & _mots(nom)), ref) for nom, refs in catalogue.noms.items() for ref in refs if mots & _mots(nom))[:3]
    nette = bool(notes) and notes[0][0] <= -2 and (len(notes) == 1 or notes[1][0] > notes[0][0])
    return tuple(ref for _note, ref in notes), nette


def _mots(texte: str) -> set[str]:
    return {mot for mot in re.split(r"\W+", simplifier(texte)) if len(mot) > 3 or (len(mot) > 1 and any(map(str.isdigit, mot)))}


def _exemples(tableau: Tableau, rang: int) -> tuple[str, ...]:
    vus: list[str] = []
    for _numero, cases in tableau.lignes[tableau.entete + 1 :]:
        case = masquer(" ".join(cases[rang].split())) if rang < len(cases) else ""
        if case and case not in vus:
            vus.append(case)
        if len(vus) == EXEMPLES:
            break
    return tuple(vus)


def masquer(texte: str) -> str:
    """Un exemple que l'on peut montrer : ni téléphone, ni adresse mail, ni adresse IP, et court."""
    sans = _TELEPHONE.sub("(téléphone)", _MAIL.sub("(adresse mail)", sans_ip(texte)))
    return sans if len(sans) <= 30 else f"{sans[:29]}…"


def motif_de(nom: str) -> str:
    """Un motif qui convient à ce fichier et à ceux des mois suivants : ses chiffres deviennent `*`.

    >>> motif_de("Bon 2026-12 (responses).csv"), motif_de("form (1).csv")
    ('Bon * (responses).csv', 'form.csv')
    """
    debut, point, fin = sans_double(nom).rpartition(".")
    return re.sub(r"\d[\d\s_.:-]*\d|\d", "*", (debut or fin).replace("[", "[[]")) + (point + fin if debut else "")


def table_en_yaml(motif: str, choix: Mapping[str, str]) -> str:
    """Une table de correspondance, telle qu'on l'écrit dans le fichier. `choix` : intitulé vers information, ref ou `ignorer`."""
    lignes = [f"- fichier: {_entre_guillemets(motif)}"]
    if colonnes := [(intitule, cible) for intitule, cible in choix.items() if cible != IGNORER]:
        lignes += ["  colonnes:", *(f"    {_entre_guillemets(propre(intitule))}: {cible}" for intitule, cible in colonnes)]
    if ignorees := [_entre_guillemets(propre(intitule)) for intitule, cible in choix.items() if cible == IGNORER]:
        lignes += ["  ignorer:", *(f"    - {intitule}" for intitule in ignorees)]
    return "\n".join(lignes) + "\n"


def _entre_guillemets(texte: str) -> str:
    """Le JSON est du YAML : tous les signes y sont à l'abri."""
    return json.dumps(texte, ensure_ascii=False)


def joindre(table: str, avant: str, fichier: str) -> tuple[str, Sequence[Constat]]:
    """La nouvelle table devant les anciennes (la première qui convient l'emporte), et ce qui ne se lirait pas."""
    texte = f"{table}\n{avant}" if avant.strip() else table
    return texte, lire_correspondances(texte, fichier, {})[1]
