"""« 01/05/2026 » dans une colonne de produit : un tableur a changé « 1/5 » en date, ou la ligne a glissé d'une question de date.

On ne choisit pas au hasard : une date n'a pu glisser que d'une colonne, plus à droite, où quelqu'un en a écrit une.
"""

from __future__ import annotations

from collections.abc import Sequence

from cabas.motifs import motif

_DATE = motif(r"\d\d/\d\d/\d{4}")
_LONGUEUR = len("01/05/2026")


class DatesEgarees:
    """Les dates seules d'un tableau. `produits` : les rangs des colonnes de quantité ; le reste, ce sont des questions."""

    def __init__(self, rangees: Sequence[tuple[int, Sequence[str], object]], produits: Sequence[int]) -> None:
        self._rangees, self._produits = rangees, produits
        self._derniere: int | None = None

    def ont_pu_glisser(self, cases: Sequence[str]) -> bool:
        """Vrai si une date, sous un produit, a pu venir d'une question de cette rangée."""
        places = [rang for rang in self._produits if len(cases[rang]) == _LONGUEUR and _DATE.fullmatch(cases[rang])]
        return bool(places) and self._derniere_question_datee() > min(places)

    def _derniere_question_datee(self) -> int:
        """Le rang de la dernière question où quelqu'un a écrit une date ; -1 s'il n'y en a pas. Cherché une fois, si l'on en a besoin."""
        if self._derniere is None:
            pris = frozenset(self._produits)
            datees = (rang for _numero, cases, _refus in self._rangees for rang, case in enumerate(cases) if rang not in pris and _DATE.match(case))
            self._derniere = max(datees, default=-1)
        return self._derniere
