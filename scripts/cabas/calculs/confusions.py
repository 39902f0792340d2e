"""Deux personnes prises pour une ? Des bons d'une même cellule à des noms que rien ne rapproche, ou le code de l'une avec le nom de l'autre.

Entre : les lignes d'une fusion, décisions appliquées ; les adhérent·es par groupement. Sort : des questions. Qui est qui ne change pas
(contrats.md §4) : on ne sépare personne de soi-même, on le demande. Un prénom seul, un nom de plus, une initiale, une faute de frappe, ou
deux noms inscrits sous le même code sont la même cellule, sans question.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from cabas.calculs.identites import cle
from cabas.calculs.jugement import REJETS_DU_BON, LigneJugee, Sort
from cabas.calculs.proches import une_faute
from cabas.constats import Constat, Emplacement, avertissement
from cabas.motifs import motif
from cabas.recu import Adherent
from cabas.typographie import enumerer, simplifier

_COUPURES = motif(r"[\W_]+")
_CIVILITES = frozenset({"m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "famille", "foyer", "et", "le", "la", "les", "de", "du", "d"})
_DEMANDER = "Demander à la personne, et corriger le code ou le nom."


def se_rapprochent(un: str, autre: str) -> bool:
    """Vrai si deux noms peuvent être ceux d'une même personne, ou d'un foyer et de quelqu'un de ce foyer.

    >>> se_rapprochent("Camille", "Exemple Camille"), se_rapprochent("C. Exemple", "Camille Exemple"), se_rapprochent("Camille", "Zoé")
    (True, True, False)
    """
    court, long = sorted((_mots(un), _mots(autre)), key=len)
    if not court:
        return True
    restent = list(long)
    for mot in court:
        proche = next(
            (reste for reste in restent if mot == reste or (1 in (len(mot), len(reste)) and mot[0] == reste[0]) or une_faute(mot, reste)), None
        )
        if proche is None:
            return False
        restent.remove(proche)
    return True


def _mots(nom: str) -> list[str]:
    mots = [mot for mot in _COUPURES.split(simplifier(nom)) if mot]
    return sorted([mot for mot in mots if mot not in _CIVILITES] or mots, key=len, reverse=True)


class _Inscrits(NamedTuple):
    """Les adhérent·es d'un groupement : le code de chaque écriture (plusieurs si des homonymes), et les noms de chaque code."""

    codes: dict[str, set[str]]
    noms: dict[str, set[str]]


_PERSONNE = _Inscrits({}, {})


def noms_differents(lignes: Sequence[LigneJugee], adherents: Mapping[str, Sequence[Adherent]], prive: str) -> Iterator[Constat]:
    """Un avertissement `noms-differents` par cellule où l'on a peut-être pris deux personnes pour une. `prive` : le nom du dossier privé."""
    inscrits = {groupement: _inscrits(siens) for groupement, siens in adherents.items()}
    douteuses = list(_douteuses(lignes, inscrits))
    remplacees = {(jugee.lue.groupement, jugee.cellule) for jugee in lignes if jugee.sort is Sort.REMPLACEE} if douteuses else set()
    for qui, tous in douteuses:
        connus = inscrits.get(qui[0], _PERSONNE)
        siens = connus.noms.get(cle(qui[1]), set())
        noms = {nom: jugee for nom, jugee in tous.items() if not _reunie(jugee, connus)}
        etrangers = [nom for nom in noms if cle(nom) not in siens and cle(nom) != cle(qui[1])]
        contraire = next((nom for nom in etrangers if cle(nom) in connus.codes), None)
        if contraire is not None:
            lue = noms[contraire].lue
            fait = f"Ce bon compte pour « {qui[1]} », et il est au nom de « {contraire} », qui est celui de "
            fait += f"{enumerer(sorted(connus.codes[cle(contraire)]), 'ou')}."
            yield avertissement("noms-differents", Emplacement(f"{prive}/{lue.fichier}", lue.ligne), fait, _DEMANDER)
        elif paire := _paire(list(noms), etrangers):
            yield _constat(qui[1], *paire, bool(siens), qui in remplacees, noms, prive)


def _douteuses(lignes: Iterable[LigneJugee], inscrits: Mapping[str, _Inscrits]) -> Iterator[tuple[tuple[str, str], dict[str, LigneJugee]]]:
    """Les cellules à regarder de près, et leurs noms : celles qui en ont plusieurs, ou dont le nom est inscrit sous un autre code."""
    premieres: dict[tuple[str, str], LigneJugee] = {}
    plusieurs: dict[tuple[str, str], dict[str, LigneJugee]] = {}
    for jugee in lignes:
        lue = jugee.lue
        if not lue.nom_entier or jugee.sort is Sort.BROUILLON or jugee.code in REJETS_DU_BON:
            continue
        qui = (lue.groupement, jugee.cellule)
        premiere = premieres.setdefault(qui, jugee)
        if premiere is not jugee and premiere.lue.nom_entier != lue.nom_entier:
            plusieurs.setdefault(qui, {premiere.lue.nom_entier: premiere}).setdefault(lue.nom_entier, jugee)
    for qui, premiere in premieres.items():
        if qui in plusieurs:
            yield qui, plusieurs[qui]
        elif (connus := inscrits.get(qui[0])) and qui[1] not in connus.codes.get(cle(premiere.lue.nom_entier), {qui[1]}):
            yield qui, {premiere.lue.nom_entier: premiere}


def _inscrits(adherents: Sequence[Adherent]) -> _Inscrits:
    lus = _Inscrits({}, {})
    for adherent in adherents:
        if adherent.nom.strip():
            lus.codes.setdefault(cle(adherent.nom), set()).add(adherent.cellule)
            lus.noms.setdefault(cle(adherent.cellule), set()).add(cle(adherent.nom))
    return lus


def _reunie(jugee: LigneJugee, inscrits: _Inscrits) -> bool:
    """Vrai si une décision a dit que cette écriture désigne cette cellule : quelqu'un sait qui est qui."""
    ecrite = cle(jugee.lue.cellule)
    return ecrite != cle(jugee.cellule) and ecrite not in inscrits.noms.get(cle(jugee.cellule), set())


def _paire(noms: Sequence[str], etrangers: Iterable[str]) -> tuple[str, str] | None:
    """Le premier nom que rien ne rapproche d'un autre, et cet autre, dans l'ordre des fichiers."""
    for nom in etrangers:
        for autre in noms:
            if nom != autre and not se_rapprochent(nom, autre):
                return (nom, autre) if noms.index(nom) < noms.index(autre) else (autre, nom)
    return None


def _constat(cellule: str, un: str, autre: str, inscrite: bool, remplace: bool, noms: Mapping[str, LigneJugee], prive: str) -> Constat:
    lue = noms[autre].lue
    effet = "l’un remplace l’autre" if remplace else "leurs quantités s’ajoutent"
    fait = f"« {cellule} » : un bon est au nom de « {un} », un autre au nom de « {autre} ». Pris pour la même cellule, {effet}."
    deux = "Si ce sont deux cellules, écrire pour chacune son code, ou son nom entier."
    une = (
        f"Si c’est la même, inscrire les deux noms sous ce code dans {prive}/{lue.groupement}/adherents.csv." if inscrite else "Sinon, rien à faire."
    )
    return avertissement("noms-differents", Emplacement(f"{prive}/{lue.fichier}", lue.ligne), fait, f"{deux} {une}")
