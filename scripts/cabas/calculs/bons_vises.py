"""Quels bons désigne un identifiant ? Un formulaire numérote 1, 2, 3… dans chaque fichier : le même numéro y est à plusieurs.

Entre : les bons reçus, groupement par groupement, et une décision qui en nomme un. Sort : les bons d'une seule cellule, ou pourquoi
l'on ne sait pas lesquels. Règle : décision 12.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from cabas.calculs.identites import Identites
from cabas.calculs.jugement import DU_BON, Juge
from cabas.constats import Refus
from cabas.recu import BonLu, Decision, Recue
from cabas.typographie import enumerer

_NOMMES = 5
"""Au-delà, on compte les cellules sans les nommer."""


class BonVise(NamedTuple):
    """Un bon qu'une décision peut nommer. `nom` : son identifiant ; `retard` : vrai s'il est arrivé après la clôture."""

    groupement: str
    cellule: str
    nom: str
    retard: bool = False


def forme_de_bon(nom: str) -> str:
    """Ce qui se compare d'un identifiant : en NFC, espaces réduits, sans l'apostrophe dont le journal protège « -2 ».

    Un écran, un tableur ou un fichier de Mac les écrivent autrement.
    """
    return " ".join(unicodedata.normalize("NFC", nom).split()).removeprefix("'")


def bons_reconnus(juge: Juge, recues: Iterable[Recue]) -> Iterator[BonVise]:
    """Les bons d'un groupement qu'une décision peut nommer : ni brouillon, ni fichier illisible. Le même peut venir plusieurs fois."""
    for _dits, groupe in groupby(recues, lambda recue: DU_BON(recue.modele if isinstance(recue, BonLu) else recue)):
        premiere = next(groupe)
        lue = premiere.modele if isinstance(premiere, BonLu) else premiere
        bon = juge.bon_de(lue)
        code = bon.refus.code if bon.refus else ""
        if code != "fichier-illisible" and not juge.est_brouillon(bon, lue):
            yield BonVise(lue.groupement, bon.cellule, bon.cle[2], code == "hors-delai")


class Registre:
    """Les bons de toute la commande, par identifiant."""

    def __init__(self) -> None:
        self._par_nom: dict[str, dict[BonVise, None]] = {}
        self._identites: dict[str, Identites] = {}

    def inscrire(self, groupement: str, identites: Identites, bons: Iterable[BonVise]) -> None:
        """Ajoute les bons d'un groupement, et qui est qui chez lui."""
        self._identites[groupement] = identites
        for bon in bons:
            self._par_nom.setdefault(forme_de_bon(bon.nom), {})[bon] = None

    def cellule(self, decision: Decision, groupement: str) -> str:
        """La cellule que nomme une décision, telle qu'elle s'écrit dans ce groupement."""
        return self._identites[groupement].cellule(decision.cellule) if groupement in self._identites else decision.cellule

    def designer(self, decision: Decision) -> list[BonVise] | Refus | None:
        """Les bons d'une seule cellule que nomme cette décision ; un refus s'il y en a plusieurs, ou d'une autre ; `None` s'il n'y en a pas.

        Pour « accepter », seuls les bons en retard comptent.
        """
        tous = [bon for bon in self._par_nom.get(forme_de_bon(decision.bon), ()) if bon.retard or decision.action != "accepter"]
        siens = [bon for bon in tous if self._repond(bon, decision)]
        if not siens:
            return _d_une_autre(decision, tous) if tous else None
        # Une ligne sans nom n'est d'aucune cellule : elle n'empêche pas de savoir de qui est le bon.
        nommes = [bon for bon in siens if bon.cellule] or siens
        return nommes if len(cellules_de(nommes)) == 1 else ambigu(decision.bon, nommes)

    def _repond(self, bon: BonVise, decision: Decision) -> bool:
        if decision.groupement and decision.groupement != bon.groupement:
            return False
        return not decision.cellule or self.cellule(decision, bon.groupement) == bon.cellule


def cellules_de(bons: Iterable[BonVise]) -> list[str]:
    """« Bob (les-tilleuls) » : chaque cellule une fois, triées."""
    qui = sorted({(bon.groupement, bon.cellule) for bon in bons})
    return [f"{cellule or 'sans nom'} ({groupement})" for groupement, cellule in qui]


def ambigu(nom: str, bons: Iterable[BonVise]) -> Refus:
    """Un identifiant que portent les bons de plusieurs cellules : on ne choisit pas à la place de la personne."""
    cellules = cellules_de(bons)
    dites = cellules if len(cellules) <= _NOMMES else [*cellules[: _NOMMES - 1], f"{len(cellules) - _NOMMES + 1} autres"]
    fait = f"Plusieurs bons s’appellent « {nom} » : {enumerer(dites)}. La décision n’est appliquée à aucun."
    return Refus("decision-sans-objet", fait, "Écrire aussi « groupement » et « cellule », pour dire lequel.")


def _d_une_autre(decision: Decision, bons: Iterable[BonVise]) -> Refus:
    dits = enumerer([f"« {mot} »" for mot in (decision.cellule, decision.groupement) if mot])
    fait = f"Le bon « {decision.bon} » n’est pas de {dits} : on le trouve chez {enumerer(cellules_de(bons)[:_NOMMES])}."
    return Refus("decision-sans-objet", fait, "Vérifier dans le journal de qui est ce bon, puis refaire la décision ou l’ôter.")
