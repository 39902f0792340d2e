"""Deux cellules aux noms presque pareils : peut-être la même. On le demande, avec la ligne à écrire ; on ne les réunit jamais.

Proches : un signe en plus, en moins, changé, ou deux voisins échangés, dans un mot d'au moins cinq lettres ; les mêmes mots dans
un autre ordre ; à un accent, un tiret ou une espace près ; une initiale pour un mot ; le même code, aux zéros près.
« c-012 » et « c-013 » sont deux cellules, et deux lignes d'`adherents.csv` aussi : quelqu'un les a inscrites toutes les deux.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from cabas.calculs.identites import cle
from cabas.calculs.jugement import REJETS_DU_BON, LigneJugee
from cabas.constats import Constat, Emplacement, avertissement
from cabas.motifs import motif
from cabas.recu import Adherent
from cabas.typographie import simplifier

MOT_MIN = 5
"""Dans un mot plus court, une lettre de différence fait deux prénoms (Noé, Zoé), pas une faute de frappe."""

VOISINS = 3
"""Au plus tant de questions par nom : au-delà, ce n'est plus une question."""

AU_PLUS = 100
"""Au plus tant de questions par groupement ; la dernière dit combien il en reste."""

TASSEES = 8
"""Au plus tant de noms comparés par clé : le coût reste celui des noms, jamais celui des paires."""

_COUPURES = motif(r"[\W_]+")
_CODE = motif(r"([a-z]{0,4})0*(\d{1,9})")
_CODE_SEUL = motif(r"([A-Za-z]{1,4})-([0-9]{1,9})")
_A_PROTEGER = motif(r"^[=+\-@\t\r]")


class _Nom(NamedTuple):
    """Un nom à comparer. `code` : la cellule d'`adherents.csv` qui le porte ; vide si on ne la connaît pas."""

    nom: str
    code: str
    plie: str
    abrege: bool


def cellules_proches(lignes: Iterable[LigneJugee], adherents: Mapping[str, Sequence[Adherent]], prive: str) -> list[Constat]:
    """Un avertissement `cellules-proches` par paire, dont une cellule au moins n'est pas dans `adherents.csv`.

    Entre : les lignes d'une fusion, décisions appliquées ; les adhérent·es par groupement ; le nom du dossier privé.
    """
    inconnues: dict[str, dict[str, LigneJugee]] = {}
    codes = {groupement: {cle(un.cellule) for un in liste} for groupement, liste in adherents.items()}
    for (groupement, cellule), jugees in groupby(lignes, attrgetter("lue.groupement", "cellule")):
        du_groupement = inconnues.setdefault(groupement, {})
        if not cellule or cellule in du_groupement or cle(cellule) in codes.get(groupement, ()):
            continue
        if premiere := next((jugee for jugee in jugees if jugee.code not in REJETS_DU_BON), None):
            du_groupement[cellule] = premiere
    constats: list[Constat] = []
    for groupement, ecrites in inconnues.items():
        inscrits = adherents.get(groupement, ())
        rien = not inscrits and _codes_distincts(ecrites)
        trouvees = [] if rien else list(_paires([_nom(ecrite) for ecrite in ecrites], inscrits))
        dits = [_constat(ecrites[autre.nom], autre, connu, bool(inscrits), prive) for autre, connu in trouvees[:AU_PLUS]]
        if len(trouvees) > AU_PLUS:
            reste = f"{len(trouvees) - AU_PLUS} autres paires de noms proches ne sont pas montrées."
            dits.append(avertissement("cellules-proches", Emplacement(f"{prive}/{groupement}"), reste, "Régler celles-ci, puis refusionner."))
        constats += dits
    return constats


def _codes_distincts(noms: Iterable[str]) -> bool:
    """Vrai de « C-001 », « C-002 », « C-010 » : des cellules qui n'ont d'autre nom, et que rien ne confond."""
    codes = list(map(_CODE_SEUL.fullmatch, noms))
    return len({(code[1].lower(), int(code[2])) for code in codes if code}) == len(codes)


def _nom(nom: str, code: str = "") -> _Nom:
    if simple := _CODE_SEUL.fullmatch(nom):  # « C-012 » : des milliers de cellules n'ont pas d'autre nom
        return _Nom(nom, code, " ".join(filter(None, simple.groups())).lower(), False)
    plie = " ".join(_COUPURES.sub(" ", simplifier(nom)).split())
    longueurs = sorted(len(mot) for mot in plie.split() if mot.isalpha())
    return _Nom(nom, code, plie, len(longueurs) == plie.count(" ") + 1 == 2 and longueurs[0] == 1 < longueurs[1])


def _paires(inconnues: Sequence[_Nom], adherents: Sequence[Adherent]) -> Iterator[tuple[_Nom, _Nom]]:
    """Les paires proches (inconnue, connue ou écrite avant elle), dans l'ordre des inconnues."""
    index: dict[str, list[int]] = {}
    cles = [_cles(un) for un in inconnues]
    for rang, siennes in enumerate(cles):
        for cle_ in siennes:
            tassees = index.setdefault(cle_, [])
            if len(tassees) < TASSEES:
                tassees.append(rang)
    voisins: dict[int, list[_Nom]] = {}
    for adherent in adherents:
        for connu in (_nom(nom, adherent.cellule) for nom in (adherent.nom, adherent.cellule) if nom.strip()):
            for rang in sorted({rang for cle_ in _cles(connu) for rang in index.get(cle_, ())}):
                if _sont_proches(connu, inconnues[rang]):
                    voisins.setdefault(rang, []).append(connu)
    for rang, un in enumerate(inconnues):
        avant = sorted({autre for cle_ in cles[rang] for autre in index[cle_] if autre < rang})
        tous = voisins.get(rang, []) + [inconnues[autre] for autre in avant if _sont_proches(inconnues[autre], un)]
        for connu in tous[:VOISINS]:
            # D'un nom et de son initiale, on garde le nom entier.
            yield (connu, un) if connu.abrege and not connu.code else (un, connu)


def _cles(un: _Nom) -> set[str]:
    """Ce que deux noms proches ont en commun, au moins une fois. Un caractère de contrôle sépare les familles de clés."""
    tasse = un.plie.replace(" ", "")
    if not tasse:
        return set()
    if code := _CODE.fullmatch(tasse):
        return {f"\1{code[1]}\1{code[2]}"}
    mots = un.plie.split()
    if un.abrege:
        initiale, mot = sorted(mots, key=len)
        return {f"\2{mot}\2{initiale}"}
    cles = {f"\3{tasse}"}
    if "@" in un.nom or any(map(str.isdigit, un.plie)):
        return cles
    range_ = " ".join(sorted(mots))
    for forme in {un.plie, range_}:
        cles.add(forme)
        cles |= {forme[:rang] + forme[rang + 1 :] for rang in range(min(len(forme), 60))}
    if len(mots) == 2:
        cles |= {f"\2{mots[0]}\2{mots[1][0]}", f"\2{mots[1]}\2{mots[0][0]}"}
    return cles


def _sont_proches(un: _Nom, autre: _Nom) -> bool:
    """Vrai si deux noms qui ont une clé en commun se ressemblent assez pour qu'on pose la question."""
    if cle(un.nom) == cle(autre.nom):
        return False
    if un.abrege != autre.abrege:
        entier, court = (autre.plie.split(), un.plie.split()) if un.abrege else (un.plie.split(), autre.plie.split())
        initiale, mot = sorted(court, key=len)
        return len(entier) == 2 and any(entier[rang] == mot and entier[1 - rang][0] == initiale for rang in (0, 1))
    tasses = [nom.plie.replace(" ", "") for nom in (un, autre)]
    if tasses[0] == tasses[1]:
        return True
    premier, second = (_CODE.fullmatch(tasse) for tasse in tasses)
    if premier or second:
        return bool(premier and second and premier.groups() == second.groups())
    ranges = [" ".join(sorted(nom.plie.split())) for nom in (un, autre)]
    return ranges[0] == ranges[1] or une_faute(un.plie, autre.plie) or une_faute(*ranges)


def une_faute(un: str, autre: str) -> bool:
    """Vrai si un seul geste sépare deux textes : un signe de trop, oublié, changé, ou deux voisins échangés, dans un mot assez long.

    >>> une_faute("camille dupont", "camile dupont"), une_faute("noe dupont", "zoe dupont")
    (True, False)
    """
    court, long = sorted((un, autre), key=len)
    if len(long) - len(court) > 1:
        return False
    debut = next((rang for rang, (a, b) in enumerate(zip(court, long, strict=False)) if a != b), len(court))
    restes = court[debut:], long[debut:]
    change = restes[0][1:] == restes[1][1:] if len(court) == len(long) else restes[0] == restes[1][1:]
    echange = len(court) == len(long) and restes[0][:2] == restes[1][:2][::-1] and restes[0][2:] == restes[1][2:]
    mot = long[long.rfind(" ", 0, debut) + 1 :].partition(" ")[0]
    return (change or echange) and len(mot) >= MOT_MIN and mot.isalpha()


def _constat(ou: LigneJugee, autre: _Nom, connu: _Nom, inscrits: bool, prive: str) -> Constat:
    groupement = ou.lue.groupement
    qui = f" ({connu.code})" if connu.code and connu.code != connu.nom else ""
    fait = f"« {connu.nom} »{qui} et « {autre.nom} » : même cellule ? Ce sont deux cellules pour l’instant."
    gardee = connu.code or connu.nom
    if inscrits and not autre.abrege:
        ligne = f"{_case(gardee)};{_case(autre.nom)}"
        remede = f"Si oui, ajouter à {prive}/{groupement}/adherents.csv la ligne `{ligne}` (cellule, puis nom)."
    else:
        commande = ou.lue.fichier.partition("/")[0]
        remede = f"Si oui, ajouter à {prive}/{commande}/decisions.yaml la ligne {_decision(gardee, autre.nom, groupement)}"
    return avertissement("cellules-proches", Emplacement(f"{prive}/{ou.lue.fichier}", ou.lue.ligne), fait, remede)


def _case(texte: str) -> str:
    """Une case de CSV : protégée d'un tableur, entre guillemets s'il le faut."""
    sur = f"'{texte}" if _A_PROTEGER.match(texte) else texte
    return '"' + sur.replace('"', '""') + '"' if re.search(r'[;,"\r\n\t]', sur) else sur


def _decision(cellule: str, aussi: str, groupement: str) -> str:
    """Une décision sur une ligne (décision 12). Sans liste d'adhérent·es, ou pour une initiale, elle ne vaut que ce mois-ci."""
    dits = ", ".join(f"{nom}: {json.dumps(valeur, ensure_ascii=False)}" for nom, valeur in (("cellule", cellule), ("aussi", aussi)))
    return f"- {{action: meme-cellule, {dits}, groupement: {groupement}, qui: VOTRE NOM, pourquoi: même personne}}"
