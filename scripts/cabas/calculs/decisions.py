"""Appliquer les décisions de la personne référente : corriger, réunir, accepter, annuler, et l'expliquer ligne à ligne.

Entre : les décisions lues, les lignes reçues, jamais modifiées sur le disque. Sort : des lignes corrigées ou annulées,
les décisions qui ont servi (`utiles`), et les autres (`ecarts`) : `decision-perimee` si la case a changé depuis,
`decision-fausse` si la quantité qu'elle donne ne va pas, `decision-sans-objet` si rien ne lui correspond. Règle : décision 12.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from cabas.calculs.bons_vises import Registre, bons_reconnus
from cabas.calculs.corrections import attacher, corrections_de, oter_si_sans_effet, sans_objet
from cabas.calculs.demandes import Demandes
from cabas.calculs.identites import Identites
from cabas.calculs.jugement import Juge, LigneJugee, Sort
from cabas.constats import Refus
from cabas.recu import Decision, LigneLue, Recue

_PAR_DESSUS = frozenset({"", "produit-en-double", "date-illisible", "cellule-inconnue", "adhesion-perimee", "credit-insuffisant"})
"""Les signalements qui cèdent leur code à `quantite-corrigee` ; leur phrase, elle, reste."""

Bon = tuple[str, str, str]
"""Groupement, cellule, identifiant."""


class Ecart(NamedTuple):
    """Une décision que l'on n'a pas appliquée, et pourquoi. `grave` : elle visait bien quelque chose, et n'est pas faite."""

    decision: Decision
    refus: Refus
    grave: bool = False


class Decidees:
    """Les décisions d'une commande, au travail. Chacune finit dans `utiles` ou dans `ecarts`, jamais dans les deux.

    `accepter` : les bons que l'on accepte pour cette fois, sans décision écrite.
    """

    def __init__(self, decisions: Sequence[Decision], accepter: Collection[str] = ()) -> None:
        self._toutes, self._accepter = tuple(decisions), sorted(set(accepter))
        self._utiles: set[Decision] = set()
        self._refus: dict[Decision, Refus] = {}
        self._indecises: set[Decision] = set()
        self._registre = Registre()
        self._acceptes: dict[Bon, Decision | None] = {}
        self._bons_annules: dict[Bon, Decision] = {}
        self._cellules_annulees: dict[tuple[str, str], Decision] = {}

    @property
    def utiles(self) -> tuple[Decision, ...]:
        """Les décisions appliquées, dans l'ordre où elles sont écrites."""
        return tuple(decision for decision in self._toutes if decision in self._utiles)

    @property
    def ecarts(self) -> tuple[Ecart, ...]:
        """Les décisions qui n'ont pas servi."""
        restantes = [decision for decision in self._toutes if decision not in self._utiles]
        return tuple(self._ecart(decision) for decision in restantes)

    def _ecart(self, decision: Decision) -> Ecart:
        refus = self._refus.get(decision) or sans_objet(_CHERCHE[decision.action](decision))
        return Ecart(decision, refus, refus.code != "decision-sans-objet" or decision in self._indecises)

    def _de(self, action: str, groupement: str = "") -> Iterator[Decision]:
        for decision in self._toutes:
            if decision.action == action and decision.groupement in ("", groupement):
                yield decision

    def corriger(self, lignes: Sequence[LigneLue], demandes: Demandes) -> Sequence[LigneLue]:
        """Attache à chaque ligne visée sa correction."""
        corrigees, attachees = attacher(lignes, list(self._de("corriger")), demandes, self._refus)
        self._utiles |= attachees
        return corrigees

    def _reunir(self, groupement: str, identites: Identites) -> None:
        """Dit à `identites` quelles écritures désignent la même cellule."""
        for decision in self._de("meme-cellule", groupement):
            if raison := identites.reunir(decision.cellule, decision.aussi):
                self._refus[decision] = sans_objet(raison)
            else:
                self._utiles.add(decision)

    def inscrire(self, groupement: str, identites: Identites, juge: Juge, recues: Iterable[Recue]) -> None:
        """Fait connaître un groupement : qui est qui, une fois réunies les écritures d'une même cellule, et quels bons y sont arrivés."""
        self._reunir(groupement, identites)
        nomment = self._accepter or any(decision.bon for decision in self._toutes)
        self._registre.inscrire(groupement, identites, bons_reconnus(juge, recues) if nomment else ())

    def viser(self) -> None:
        """Cherche de quels bons et de quelles cellules parle chaque décision. Tous les groupements sont inscrits."""
        for decision in self._toutes:
            if decision.action == "accepter":
                self._accepter_un(decision)
            elif decision.action == "annuler":
                self._annuler_un(decision)
        for nom in self._accepter:
            for bon in self._designes(Decision("accepter", bon=nom)):
                self._acceptes.setdefault(bon, None)
        for bon, accord in list(self._acceptes.items()):
            annulation = self._bons_annules.get(bon) or self._cellules_annulees.get(bon[:2])
            if annulation:
                del self._acceptes[bon]
                if accord:
                    self._refus[accord] = sans_objet(f"Une autre décision annule ce bon : il reste annulé, par {_qui(annulation)}")

    def _designes(self, decision: Decision) -> list[Bon]:
        """Les bons que nomme une décision ; aucun si l'on ne sait pas lequel, et `_refus` dit alors pourquoi."""
        bons = self._registre.designer(decision)
        if isinstance(bons, Refus):
            self._refus[decision] = bons
            self._indecises.add(decision)
            return []
        return [(bon.groupement, bon.cellule, bon.nom) for bon in bons or ()]

    def _accepter_un(self, decision: Decision) -> None:
        for bon in self._designes(decision):
            if self._acceptes.setdefault(bon, decision) is not decision:
                self._refus[decision] = sans_objet(f"Une autre décision, plus haut, accepte déjà « {decision.bon} ».")

    def _annuler_un(self, decision: Decision) -> None:
        deja = sans_objet(f"Une autre décision, plus haut, annule déjà « {decision.bon or decision.cellule} ».")
        if decision.bon:
            for bon in self._designes(decision):
                if self._bons_annules.setdefault(bon, decision) is not decision:
                    self._refus[decision] = deja
        else:
            cellule = (decision.groupement, self._registre.cellule(decision, decision.groupement))
            if self._cellules_annulees.setdefault(cellule, decision) is not decision:
                self._refus[decision] = deja

    def acceptes(self, groupement: str) -> set[tuple[str, str]]:
        """Les bons hors délai que l'on accepte dans ce groupement : cellule et identifiant."""
        return {(cellule, nom) for ou, cellule, nom in self._acceptes if ou == groupement}

    @property
    def noms_acceptes(self) -> tuple[str, ...]:
        """L'identifiant de chaque bon repris hors délai, une fois."""
        return tuple(sorted({nom for _groupement, _cellule, nom in self._acceptes}))

    def annuler(self, groupement: str, jugees: list[LigneJugee]) -> list[LigneJugee]:
        """Rejette les lignes d'un bon annulé, ou de tous les bons d'une cellule qui annule."""
        if not (self._bons_annules or self._cellules_annulees):
            return jugees
        return [self._annuler(groupement, jugee) for jugee in jugees]

    def _annuler(self, groupement: str, jugee: LigneJugee) -> LigneJugee:
        du_bon = self._bons_annules.get((groupement, jugee.cellule, jugee.nom_du_bon))
        de_la_cellule = self._cellules_annulees.get((groupement, jugee.cellule))
        decision = du_bon or de_la_cellule
        if decision is None or jugee.sort is Sort.BROUILLON or jugee.code == "fichier-illisible":
            return jugee
        if du_bon and de_la_cellule:
            self._refus[de_la_cellule] = sans_objet(f"Une autre décision annule déjà le bon de « {de_la_cellule.cellule} ».")
        self._utiles.add(decision)
        fait = f"Annulé par {_qui(decision)}"
        return jugee._replace(sort=Sort.REJETEE, quantite=0, tolerance=0, code="bon-annule", message=fait, remede="")

    def expliquer(self, groupement: str, identites: Identites, finales: list[LigneJugee], demandes: Demandes) -> list[LigneJugee]:
        """Dit, sur chaque ligne que change une décision, laquelle, de qui et pourquoi."""
        if not self._toutes:
            return finales
        accords = {bon[1:]: decision for bon, decision in self._acceptes.items() if bon[0] == groupement and decision}
        self._utiles.update(accords.values())
        reunies = {identites.seule(d.aussi): d for d in self._de("meme-cellule", groupement) if d in self._utiles}
        utiles = [self._ecarter_si_sans_effet(jugee, demandes) for jugee in finales]
        if not self._utiles:
            return utiles
        return [self._expliquer(jugee, accords.get(jugee.bon[1:3]), reunies.get(identites.seule(jugee.lue.cellule))) for jugee in utiles]

    def _ecarter_si_sans_effet(self, jugee: LigneJugee, demandes: Demandes) -> LigneJugee:
        corrections = corrections_de(jugee.lue)
        if not corrections:
            return jugee
        sans, pourquoi = oter_si_sans_effet(jugee, demandes)
        if pourquoi:
            self._utiles.difference_update(corrections)
            self._refus |= dict.fromkeys(corrections, sans_objet(f"{pourquoi} La correction n’y change rien."))
        return sans

    @staticmethod
    def _expliquer(jugee: LigneJugee, accord: Decision | None, reunie: Decision | None) -> LigneJugee:
        code = jugee.code
        corrections = corrections_de(jugee.lue)
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


_CHERCHE = {
    "accepter": lambda d: f"Aucun bon en retard ne s’appelle « {d.bon} ».",
    "meme-cellule": lambda d: f"Aucun bon n’est arrivé de « {d.groupement} ».",
    "corriger": lambda d: f"Rien à corriger ligne {d.ligne}, colonne « {d.colonne} » de {d.fichier}.",
    "annuler": lambda d: f"Aucun bon à annuler pour « {d.bon or d.cellule} ».",
}
"""Ce que l'on a cherché en vain, par action."""
