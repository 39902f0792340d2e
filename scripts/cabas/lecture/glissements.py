"""Une rangée dont les cases ont glissé sous d'autres intitulés : la reconnaître, pour la rejeter plutôt que la croire.

Nextcloud Forms et CryptPad écrivent une seule case pour une grille laissée vide : tout ce qui suit glisse à gauche.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cabas.lecture.colonnes import Colonne, question_de
from cabas.motifs import motif

COURT = 6
"""Un nombre plus long que cela est peut-être un téléphone."""
_AILLEURS = motif(
    r"\s*(?:\d{1,2}\s?[h:]\s?(?:\d\d)?(?:\s?[-–àa]\s?\d{1,2}\s?[h:]\s?(?:\d\d)?)?|0[1-9](?:[ .-]?\d\d){4}|\S+@\S+\.\S+|\d\d/\d\d/\d{4}.+)\s*",
    re.IGNORECASE,
)


def a_glisse(cases: Sequence[str], quantites: Sequence[Colonne]) -> bool:
    """Vrai si un horaire, un téléphone, un mail ou une date avec son heure se trouve dans une colonne de produit."""
    for colonne in quantites:
        case = cases[colonne.rang]
        if case and not colonne.refus and (len(case) > COURT or not case.isdigit()) and _AILLEURS.fullmatch(case):
            return True
    return False


class Grille:
    """Une grille suivie d'autres produits : la seule place où une quantité qui a glissé ressemble à une autre quantité."""

    def __init__(self, debut: int, largeur: int, apres: Sequence[int]) -> None:
        self._debut, self._recul, self._apres = debut, largeur - 1, apres

    def a_peut_etre_glisse(self, cases: Sequence[str]) -> bool:
        """Vrai si la rangée se lit aussi bien avec cette grille vide et la suite glissée : on ne choisit pas."""
        fin = len(cases) - 1  # la dernière case est celle des colonnes absentes
        if cases[self._debut] or any(cases[fin - self._recul : fin]):
            return False
        return any(cases[rang - self._recul] for rang in self._apres)


def grilles(colonnes: Sequence[Colonne]) -> list[Grille]:
    """Les grilles de produits d'un tableau qui ont d'autres produits à leur droite."""
    produits = [colonne for colonne in colonnes if colonne.ref and colonne.role == "quantite"]
    par_question: dict[str, list[int]] = {}
    for colonne in produits:
        if question := question_de(colonne.intitule):
            par_question.setdefault(question, []).append(colonne.rang)
    trouvees: list[Grille] = []
    for rangs in par_question.values():
        apres = [colonne.rang for colonne in produits if colonne.rang > rangs[-1]]
        if len(rangs) > 1 and apres and rangs[-1] - rangs[0] == len(rangs) - 1:
            trouvees.append(Grille(rangs[0], len(rangs), apres))
    return trouvees
