"""Appliquer les décisions de la personne référente : corriger, réunir, accepter, annuler, et l'expliquer ligne à ligne.

Entre : les décisions lues, les lignes reçues, jamais modifiées sur le disque. Sort : des lignes corrigées ou annulées,
les décisions qui ont servi (`utiles`), et les autres (`ecarts`) : `decision-perimee` si la case a changé depuis,
`decision-sans-objet` si rien ne lui correspond. Règle : décision 12.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from cabas.calculs.identites import Identites
from cabas.calculs.jugement import LigneJugee, Sort
from cabas.constats import Refus
from cabas.recu import Decision, LigneLue

_OTER = "Ôter cette décision, ou la refaire d’après le journal."
_PAR_DESSUS = frozenset({"", "produit-en-double", "date-illisible", "cellule-inconnue", "adhesion-perimee", "credit-insuffisant"})
"""Les signalements qui cèdent leur code à `quantite-corrigee` ; leur phrase, elle, reste."""

Case = tuple[str, int, str, bool]
"""Fichier, ligne, colonne ; vrai pour la tolérance, qui se corrige à part."""


class Ecart(NamedTuple):
    """Une décision que l'on n'a pas appliquée, et pourquoi."""

    decision: Decision
    refus: Refus


class Decidees:
    """Les décisions d'une commande, au travail. Chacune finit dans `utiles` ou dans `ecarts`, jamais dans les deux."""

    def __init__(self, decisions: Sequence[Decision]) -> None:
        self._toutes = tuple(decisions)
        self._utiles: set[Decision] = set()
        self._refus: dict[Decision, Refus] = {}

    @property
    def utiles(self) -> tuple[Decision, ...]:
        """Les décisions appliquées, dans l'ordre où elles sont écrites."""
        return tuple(decision for decision in self._toutes if decision in self._utiles)

    @property
    def ecarts(self) -> tuple[Ecart, ...]:
        """Les décisions qui n'ont pas servi."""
        restantes = [decision for decision in self._toutes if decision not in self._utiles]
        return tuple(Ecart(decision, self._refus.get(decision) or _sans_objet(_CHERCHE[decision.action](decision))) for decision in restantes)

    def _de(self, action: str, groupement: str = "") -> Iterator[Decision]:
        for decision in self._toutes:
            if decision.action == action and decision.groupement in ("", groupement):
                yield decision

    def corriger(self, lignes: Sequence[LigneLue]) -> Sequence[LigneLue]:
        """Attache à chaque ligne visée sa correction. Deux corrections d'une même case : la dernière écrite vaut."""
        corrections: dict[Case, Decision] = {}
        for decision in self._toutes:
            if decision.action != "corriger":
                continue
            if ancienne := corrections.get(_visee(decision)):
                self._refus[ancienne] = _sans_objet("Une autre décision, plus bas, corrige la même case.")
            corrections[_visee(decision)] = decision
        if not corrections:
            return lignes
        rangs: dict[Case, list[int]] = {}
        for rang, lue in enumerate(lignes):
            ou = (_nfc(lue.fichier), lue.ligne, _nfc(lue.colonne))
            for case in ((*ou, False), (*ou, True)):
                if case in corrections:
                    rangs.setdefault(case, []).append(rang)
        corrigees = list(lignes)
        for case, candidats in rangs.items():
            decision = corrections[case]
            justes = [rang for rang in candidats if _inchangee(lignes[rang], decision)]
            if refus := _refuser([lignes[rang] for rang in candidats], [lignes[rang] for rang in justes], decision):
                self._refus[decision] = refus
            else:
                visee = corrigees[justes[0]]
                corrigees[justes[0]] = visee._replace(decision_tolerance=decision) if decision.tolerance else visee._replace(decision=decision)
                self._utiles.add(decision)
        return corrigees

    def reunir(self, groupement: str, identites: Identites) -> None:
        """Dit à `identites` quelles écritures désignent la même cellule."""
        for decision in self._de("meme-cellule", groupement):
            if raison := identites.reunir(decision.cellule, decision.aussi):
                self._refus[decision] = _sans_objet(raison)
            else:
                self._utiles.add(decision)

    def acceptes(self, groupement: str) -> set[str]:
        """Les bons hors délai que l'on accepte dans ce groupement."""
        return {decision.bon for decision in self._de("accepter", groupement)}

    def annuler(self, groupement: str, identites: Identites, jugees: list[LigneJugee]) -> list[LigneJugee]:
        """Rejette les lignes d'un bon annulé, ou de tous les bons d'une cellule qui annule."""
        bons: dict[str, Decision] = {}
        cellules: dict[str, Decision] = {}
        for decision in self._de("annuler", groupement):
            visees, nom = (bons, decision.bon) if decision.bon else (cellules, identites.cellule(decision.cellule))
            if visees.setdefault(nom, decision) is not decision:
                self._refus[decision] = _sans_objet(f"Une autre décision, plus haut, annule déjà « {nom} ».")
        return [self._annuler(jugee, bons.get(jugee.nom_du_bon) or cellules.get(jugee.cellule)) for jugee in jugees] if bons or cellules else jugees

    def _annuler(self, jugee: LigneJugee, decision: Decision | None) -> LigneJugee:
        if decision is None or jugee.sort is Sort.BROUILLON or jugee.code == "fichier-illisible":
            return jugee
        self._utiles.add(decision)
        fait = f"Annulé par {_qui(decision)}"
        return jugee._replace(sort=Sort.REJETEE, quantite=0, tolerance=0, code="bon-annule", message=fait, remede="")

    def expliquer(self, groupement: str, identites: Identites, finales: list[LigneJugee], acceptes: Collection[str]) -> list[LigneJugee]:
        """Dit, sur chaque ligne que change une décision, laquelle, de qui et pourquoi. `acceptes` : les bons repris hors délai."""
        accords = {decision.bon: decision for decision in self._de("accepter", groupement) if decision.bon in acceptes}
        self._utiles |= {decision for decision in self._de("accepter", groupement) if decision.bon in acceptes}
        reunies = {identites.seule(d.aussi): d for d in self._de("meme-cellule", groupement) if d in self._utiles}
        if not self._utiles:
            return finales
        return [self._expliquer(jugee, accords.get(jugee.nom_du_bon), reunies.get(identites.seule(jugee.lue.cellule))) for jugee in finales]

    @staticmethod
    def _expliquer(jugee: LigneJugee, accord: Decision | None, reunie: Decision | None) -> LigneJugee:
        code = jugee.code
        corrections = [decision for decision in (jugee.lue.decision, jugee.lue.decision_tolerance) if decision]
        phrases = [_dire_correction(correction) for correction in corrections]
        if accord:
            phrases.append(f"Bon en retard, accepté par {_qui(accord)}")
        if reunie:
            phrases.append(f"« {jugee.lue.cellule} » compte pour {jugee.cellule}, décidé par {_qui(reunie)}")
        if not phrases or jugee.sort is Sort.BROUILLON or code == "bon-annule":
            return jugee
        if jugee.sort is not Sort.REJETEE:
            code = "quantite-corrigee" if corrections and code in _PAR_DESSUS else code or ("bon-accepte" if accord else "cellule-reunie")
        return jugee._replace(code=code, message=" ".join((*phrases, jugee.message)).strip())


def _qui(decision: Decision) -> str:
    """« Ana : au téléphone. »"""
    return f"{decision.qui} : {decision.pourquoi.rstrip('. ')}."


def _dire_correction(decision: Decision) -> str:
    if decision.tolerance:
        return f"Tolérance « {decision.lu} » : « {decision.tolerance} », corrigée par {_qui(decision)}"
    if decision.lu == decision.quantite:
        return f"« {decision.lu} » confirmé par {_qui(decision)}"
    return f"« {decision.lu} » devient « {decision.quantite} », corrigé par {_qui(decision)}"


def _nfc(texte: str) -> str:
    return unicodedata.normalize("NFC", texte).strip()


def _visee(decision: Decision) -> Case:
    return (_nfc(decision.fichier), decision.ligne, _nfc(decision.colonne), bool(decision.tolerance))


def _case(lue: LigneLue, decision: Decision) -> str:
    """Ce que dit la case que vise une correction : celle de la quantité, ou celle de la tolérance."""
    return lue.tolerance if decision.tolerance else lue.lu


def _inchangee(lue: LigneLue, decision: Decision) -> bool:
    """Vrai si la case dit encore ce que la personne a vu. Le journal protège « -2 » d'une apostrophe : on l'admet."""
    lu = _nfc(_case(lue, decision))
    meme_produit = not decision.produit or decision.produit == lue.produit
    meme_cellule = not decision.cellule or " ".join(_nfc(decision.cellule).casefold().split()) == " ".join(_nfc(lue.cellule).casefold().split())
    return meme_produit and meme_cellule and _nfc(decision.lu) in (lu, f"'{lu}")


def _refuser(candidates: Sequence[LigneLue], justes: Sequence[LigneLue], decision: Decision) -> Refus | None:
    """Pourquoi une correction ne peut pas s'appliquer à ces lignes, ou rien."""
    if not justes:
        vue = min(candidates, key=lambda lue: (lue.lu, lue.cellule, lue.produit))
        presente = _case(vue, decision)
        fait = f"On avait lu « {decision.lu} » ; on lit maintenant « {presente} » ({vue.cellule or 'sans nom'}, {vue.produit or 'sans produit'})."
        return Refus("decision-perimee", f"{fait} La décision n’est pas appliquée.", "Vérifier avec la personne, puis refaire la décision ou l’ôter.")
    if len(justes) > 1:
        return _sans_objet("Plusieurs quantités répondent à cette description : on ne sait pas laquelle corriger.")
    if justes[0].refus:
        return _sans_objet(f"Corriger la quantité ne suffit pas : cette ligne est rejetée pour une autre raison ({justes[0].refus.code}).")
    return None


def _sans_objet(fait: str) -> Refus:
    return Refus("decision-sans-objet", fait, _OTER)


_CHERCHE = {
    "accepter": lambda d: f"Aucun bon en retard ne s’appelle « {d.bon} ».",
    "meme-cellule": lambda d: f"Aucun bon n’est arrivé de « {d.groupement} ».",
    "corriger": lambda d: f"Rien à corriger ligne {d.ligne}, colonne « {d.colonne} » de {d.fichier}.",
    "annuler": lambda d: f"Aucun bon à annuler pour « {d.bon or d.cellule} ».",
}
"""Ce que l'on a cherché en vain, par action."""
