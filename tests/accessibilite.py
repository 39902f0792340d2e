"""axe-core dans les essais : `violations(page)` dit ce qui gêne, `verifier(page)` échoue en le montrant.

axe-core (MPL-2.0) vient du paquet `axe-playwright-python` du groupe `dev` : rien n'est copié dans ce dépôt, rien n'est téléchargé.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

SANS_AXE = "axe-core n’est pas installé (paquet axe-playwright-python) : make test l’installe avec les outils d’essai"
REGLES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@cache
def axe() -> str | None:
    """Le texte d'axe-core ; `None` s'il n'est pas installé."""
    lieu = find_spec("axe_playwright_python")
    dossiers = list(lieu.submodule_search_locations or ()) if lieu else []
    fichier = Path(dossiers[0], "axe.min.js") if dossiers else None
    return fichier.read_text(encoding="utf-8") if fichier and fichier.is_file() else None


def violations(page: Any, *, sauf: tuple[str, ...] = ()) -> list[str]:
    """Ce qu'axe-core reproche à une page Playwright : « règle : sélecteur ». `sauf` : des règles écartées, à justifier là où on le fait.

    Le texte est évalué par le navigateur, hors de la politique de sécurité de la page. Sans axe-core, l'essai est passé, en le disant.
    """
    source = axe()
    if source is None:
        pytest.skip(SANS_AXE)
    page.evaluate(f"() => {{ {source}\n }}")
    lues = page.evaluate(
        "([regles, sauf]) => axe.run(document, {resultTypes: ['violations'], runOnly: regles, "
        "rules: Object.fromEntries(sauf.map(un => [un, {enabled: false}]))})",
        [list(REGLES), list(sauf)],
    )
    assert lues["passes"], "axe-core n’a rien regardé"
    return [f"{une['id']} ({une['impact']}) : {' '.join(map(str, noeud['target']))}" for une in lues["violations"] for noeud in une["nodes"]]


def verifier(page: Any, *, sauf: tuple[str, ...] = ()) -> None:
    """Aucune violation, ou l'essai échoue en les montrant toutes."""
    trouvees = violations(page, sauf=sauf)
    assert not trouvees, "\n" + "\n".join(trouvees)
