"""Plusieurs colonnes de tolérance pour un même produit : si elles se contredisent, on ne choisit pas, et rien ne se perd.

Entre : les colonnes comprises, les cases d'une rangée. Sort : la tolérance à lire, et les colonnes à rejeter une par une
(`colonne-ambigue`). La quantité, elle, est gardée.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cabas.constats import Refus
from cabas.lecture.cases import est_nulle
from cabas.lecture.colonnes import Colonne

DEUX_TOLERANCES = Refus("colonne-ambigue", "Deux colonnes de tolérance ne disent pas la même chose.", "Garder la bonne, ôter l’autre.")


def par_ref(colonnes: Iterable[Colonne]) -> dict[str, list[Colonne]]:
    """Les colonnes de tolérance de chaque produit, dans l'ordre du fichier."""
    trouvees: dict[str, list[Colonne]] = {}
    for colonne in colonnes:
        if colonne.role == "tolerance" and colonne.ref:
            trouvees.setdefault(colonne.ref, []).append(colonne)
    return trouvees


def choisir(colonnes: Sequence[Colonne], cases: Sequence[str]) -> tuple[str, Sequence[Colonne]]:
    """La tolérance d'une rangée, si celles qui sont remplies disent toutes la même chose ; sinon, celles qu'il faut rejeter."""
    if len(colonnes) < 2:
        return (cases[colonnes[0].rang], ()) if colonnes else ("", ())
    remplies = [colonne for colonne in colonnes if not est_nulle(cases[colonne.rang], "kg")]
    if len({cases[colonne.rang] for colonne in remplies}) > 1:
        return "", remplies
    return (cases[remplies[0].rang], ()) if remplies else ("", ())


def situer(ou: str, lu: str, plus: str, unite: str, colonnes: Iterable[Colonne], cases: Sequence[str]) -> tuple[str, str]:
    """La colonne à nommer et la quantité lue. Une tolérance seule est, elle, la case reçue : sa colonne, et pas de quantité."""
    if not plus or not est_nulle(lu, unite):
        return ou, lu
    return next((colonne.intitule for colonne in colonnes if cases[colonne.rang] == plus), ou), ""
