"""Écrire vite les formules d'un classeur. xlsxwriter cherche dans chacune cent quarante fonctions nouvelles d'Excel, à préfixer d'un
`_xlfn.` : les trois quarts du temps d'un bon. Nos formules n'ont que des fonctions d'avant ; il suffit de le voir.
"""

from __future__ import annotations

import re

from xlsxwriter.worksheet import Worksheet

ANCIENNES = frozenset({"AND", "COUNTA", "IF", "IFERROR", "INDEX", "MATCH", "MOD", "ROUND", "SUM", "SUMIFS", "SUMPRODUCT"})
"""Les fonctions de nos formules qu'Excel a depuis toujours (2007) : leur nom s'écrit tel quel dans le fichier."""
_FONCTION = re.compile(r"[\w.]+(?=\()")


class FeuilleRapide(Worksheet):  # type: ignore[misc]
    """Une feuille de xlsxwriter. Une formule qui a une autre fonction, ou une autre forme, lui est laissée : même fichier, toujours."""

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        if formula.startswith("=") and not formula.endswith("}") and ANCIENNES.issuperset(_FONCTION.findall(formula)):
            return formula[1:]
        preparee: str = super()._prepare_formula(formula, expand_future_functions)
        return preparee
