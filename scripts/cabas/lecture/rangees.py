"""Mettre au carré les rangées d'un tableau de bons : de la bonne largeur, sous le bon en-tête, ou rejetées en bloc.

Entre : un `Tableau`. Sort : des `Rangee` — numéro dans le fichier, cases propres (une case vide de plus), refus éventuel.
Aucune rangée pleine ne disparaît : égarée au-dessus de l'en-tête ou sous un second en-tête, elle porte un refus.
"""

from __future__ import annotations

from collections.abc import Sequence

from cabas.constats import Refus
from cabas.lecture.colonnes import QUI
from cabas.lecture.intitules import role_de
from cabas.lecture.tableaux import Tableau
from cabas.quantites import lire_quantite
from cabas.recu import LigneLue
from cabas.typographie import simplifier

Rangee = tuple[int, list[str], Refus | None]
DECALEE = Refus(
    "ligne-decalee",
    "Les cases de cette ligne ont glissé : on ne sait plus à quel produit va chaque quantité.",
    "Relire la réponse dans le service d’origine, et la ressaisir.",
)


def ligne_illisible(fichier: str, groupement: str, refus: Refus) -> LigneLue:
    """La ligne unique, rejetée, d'un fichier qui ne se lit pas."""
    return LigneLue(
        groupement, fichier, 0, "", "", "", "", "", origine=fichier.rpartition("/")[2], refus=Refus("fichier-illisible", refus.fait, refus.remede)
    )


def oter_apostrophe(texte: str) -> str:
    """Ôte l'apostrophe qu'un export a mise devant `= + - @` pour désarmer un tableur (la nôtre comprise)."""
    return texte[1:] if len(texte) > 1 and texte[0] == "'" and texte[1] in "=+-@\t\r0123456789" else texte


class Carre:
    """Un tableau au carré. `largeur` : la dernière colonne qui porte un intitulé ; `large` : celles vides à droite comprises."""

    def __init__(self, tableau: Tableau) -> None:
        self.numero, brut = tableau.lignes[tableau.entete]
        self.intitules = [case.strip() for case in brut]
        self.largeur = self.large = len(brut)
        while self.largeur and not self.intitules[self.largeur - 1]:
            self.largeur -= 1
        self._titres = frozenset(filter(None, self.intitules))
        self._qui = [(rang, titre.casefold()) for rang, titre in enumerate(self.intitules) if role_de(simplifier(titre)) in QUI]
        self._avant, self._apres = tableau.lignes[: tableau.entete], tableau.lignes[tableau.entete + 1 :]

    def suivantes(self) -> list[Rangee]:
        """Les rangées sous l'en-tête. Le même en-tête, répété, se passe ; un autre fait rejeter tout ce qui le suit."""
        rangees: list[Rangee] = []
        second = 0
        attendue = self.largeur if self.largeur == self.large else -1
        for numero, cases in self._apres:
            propres = list(map(str.strip, cases))
            texte = "".join(propres)
            if not texte:
                continue
            if "'" in texte:
                propres = list(map(oter_apostrophe, propres))
            if (not self._titres.isdisjoint(cases) and self._est_entete(cases)) or self._nomme_sa_colonne(cases):
                pareil = [case.strip().casefold() for case in cases[: self.large]] == [titre.casefold() for titre in self.intitules]
                second = 0 if pareil else numero
                continue
            if len(propres) == attendue and not second:  # presque toujours
                propres.append("")
                rangees.append((numero, propres, None))
                continue
            propre = self._rangee(numero, cases)
            rangees.append((*propre[:2], _autre_entete(second)) if second else propre)
        return rangees

    def egarees(self, noms: Sequence[int], quantites: Sequence[int]) -> list[Rangee]:
        """Les rangées de bon restées au-dessus de l'en-tête retenu : on ne sait pas les lire, on ne les tait pas.

        Entre : les rangs des colonnes qui disent de qui vient le bon, et de celles de quantité.
        """
        rangees: list[Rangee] = []
        colle = False
        for numero, cases in self._avant:
            if self._est_entete(cases):
                colle = True
            elif (colle and sum(map(bool, map(str.strip, cases))) > 1) or self._est_un_bon(cases, noms, quantites):
                rangees.append((*self._rangee(numero, cases)[:2], _autre_entete(self.numero)))
        return rangees

    def _est_entete(self, cases: Sequence[str]) -> bool:
        """Deux de nos intitulés au moins, et la moitié des cases."""
        pleines = [case.strip() for case in cases if case.strip()]
        communes = sum(case in self._titres for case in pleines)
        return communes > 1 and 2 * communes >= len(pleines)

    def _nomme_sa_colonne(self, cases: Sequence[str]) -> bool:
        """« cellule » à la place d'une cellule, et pas un nombre : l'en-tête d'un autre tableau, dont les produits sont tous différents."""
        if not any(rang < len(cases) and cases[rang].strip().casefold() == titre for rang, titre in self._qui):
            return False
        pleines = [case.strip() for case in cases if case.strip()]
        return len(pleines) > 1 and not any(case[0].isdigit() for case in pleines)

    def _est_un_bon(self, cases: Sequence[str], noms: Sequence[int], quantites: Sequence[int]) -> bool:
        """Quelqu'un dans une colonne de nom, un nombre dans une colonne de quantité, et la bonne largeur."""
        if len(cases) != self.large or not any(cases[rang].strip() for rang in noms):
            return False
        return any(isinstance(lu := lire_quantite(cases[rang], "kg"), int) and lu for rang in quantites)

    def _rangee(self, numero: int, cases: list[str]) -> Rangee:
        """Une rangée de la largeur de l'en-tête plus une case vide, et ce qui la fait rejeter en bloc."""
        refus = None
        if len(cases) < self.largeur or len(cases) > self.large or (len(cases) > self.largeur and any(map(str.strip, cases[self.largeur :]))):
            refus = DECALEE
        propres = [oter_apostrophe(case.strip()) for case in cases[: self.largeur]]
        if len(propres) < self.largeur:
            propres += [""] * (self.largeur - len(propres))
        propres.append("")
        return numero, propres, refus


def _autre_entete(numero: int) -> Refus:
    return Refus(
        "ligne-decalee",
        f"Deux tableaux sont collés dans ce fichier : l’en-tête de la ligne {numero} n’est pas celui de ces quantités.",
        "En faire deux fichiers, chacun avec son en-tête.",
    )
