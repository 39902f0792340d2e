"""MkDocs : le réglage qu'on lui donne, et son appel en sous-processus. Le seul fichier à changer pour passer à Zensical.

Le réglage du réseau est `mkdocs.yml`, à la racine. Nous en dérivons `.build/mkdocs.yml`, qui en hérite et n'ajoute que ce qui se
calcule : les dossiers de cette machine, le menu complété, les liens de pied de page.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import Any

from cabas.constats import Constat, Emplacement, avertissement, erreur
from cabas.publication import politique

REGLAGE = "mkdocs.yml"
TEMOINS = ("index.html", "404.html")
"""Les pages dont les scripts et les styles en ligne sont les nôtres : ils sont admis partout."""
EPOQUE = "315532800"
"""1er janvier 1980 : nos pages n'écrivent aucune date de construction, l'archive du plan du site non plus."""


def _pages_du_menu(entree: Any) -> list[str]:
    """Toutes les pages sous une entrée de `nav`, dans l'ordre."""
    if isinstance(entree, str):
        return [entree]
    if isinstance(entree, Mapping):
        return [page for valeur in entree.values() for page in _pages_du_menu(valeur)]
    return [page for un in entree for page in _pages_du_menu(un)]


def menu(
    reglage: Mapping[str, Any], pages: Iterable[PurePosixPath], hors_guide: frozenset[str], ordre: Sequence[str] = ()
) -> tuple[list[Any], list[Constat]]:
    """Le menu du réseau, complété : les pages du guide et des missions qui n'y sont pas entrent à la fin de leur partie.

    Entre : le réglage lu, les pages préparées, les adresses faites par d'autres que MkDocs, l'`ordre` des missions dans le
    cycle (le reste suit, par nom). Sort : le `nav`, et un constat
    `menu-page-absente` par page nommée qui n'existe pas (elle est ôtée du menu).
    """
    presentes = {str(page) for page in pages if page.suffix == ".md"}
    constats: list[Constat] = []

    def garder(entree: Any) -> Any:
        if isinstance(entree, str):
            if entree in presentes or entree in hors_guide or "://" in entree:
                return entree
            fait = f"Le menu nomme « {entree} », qui n’existe pas."
            constats.append(avertissement("menu-page-absente", Emplacement(REGLAGE), fait, "Corriger ou ôter cette ligne de nav."))
            return None
        if isinstance(entree, Mapping):
            gardees = {titre: garde for titre, valeur in entree.items() if (garde := garder(valeur))}
            return gardees or None
        return [garde for un in entree if (garde := garder(un))]

    entrees = [garde for entree in reglage.get("nav") or ["index.md"] if (garde := garder(entree))]
    nommees = set(_pages_du_menu(entrees))
    rangs = {slug: rang for rang, slug in enumerate(ordre)}
    for dossier in ("guide", "missions"):
        libres = (page for page in presentes - nommees if page.startswith(f"{dossier}/") and page.count("/") == 2)
        ajouts = sorted(libres, key=lambda page: (rangs.get(page.split("/")[1], len(rangs)), page))
        partie = next((valeur for entree in entrees if isinstance(entree, Mapping) for valeur in entree.values()
                       if isinstance(valeur, list) and f"{dossier}/index.md" in _pages_du_menu(valeur)), None)
        if partie is not None:
            partie.extend(ajouts)
    return entrees, constats


def onglets(entrees: Iterable[Any]) -> list[dict[str, Any]]:
    """Les onglets : titre, adresse de la première page, premiers dossiers qui appartiennent à la rubrique."""
    liste = []
    for entree in entrees:
        titre, valeur = next(iter(entree.items())) if isinstance(entree, Mapping) else ("Accueil", entree)
        pages = _pages_du_menu(valeur)
        if pages:
            racines = {PurePosixPath(page.removesuffix("index.md") or "index.html").parts[0] for page in pages}
            liste.append({"titre": str(titre), "adresse": _adresse(pages[0]), "dossiers": sorted(racines)})
    return liste


def _adresse(page: str) -> str:
    return page.removesuffix(".md") + ".html" if page.endswith(".md") else page


def reglage_derive(atelier: Path, theme: Path, reseau: Mapping[str, Any], nav: list[Any]) -> str:
    """Le texte de `.build/mkdocs.yml` (du JSON, que YAML lit). `atelier` est le dossier `.build`."""
    return json.dumps(
        {
            "INHERIT": f"../{REGLAGE}",
            "docs_dir": str(atelier / "pages"),
            "site_dir": str(atelier / "guide"),
            "theme": {"custom_dir": str(theme)},
            "nav": nav,
            "extra": {"reseau": dict(reseau)},
        },
        ensure_ascii=False, indent=1,
    )


def environnement_mkdocs() -> dict[str, str]:
    """De quoi obtenir les mêmes octets partout, sans l'avis de fin de vie que Material affiche à chaque construction."""
    return {**os.environ, "NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": EPOQUE, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}


def chauffer(atelier: Path) -> subprocess.Popen[str]:
    """Démarre un MkDocs qui se charge et attend notre signal : le temps de préparer les pages n'est pas perdu."""
    commande = [sys.executable, "-m", "cabas.publication.guide", "build", "--config-file", str(atelier / REGLAGE), "--quiet"]
    return subprocess.Popen(
        commande,
        env=environnement_mkdocs(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )


def lancer(processus: subprocess.Popen[str]) -> None:
    """Les pages et le réglage sont en place : MkDocs peut construire. Rien n'attend : Pelican et les bons avancent aussi."""
    if processus.stdin is not None:
        with suppress(BrokenPipeError):
            processus.stdin.write("construire\n")
            processus.stdin.flush()


def renoncer(processus: subprocess.Popen[str]) -> None:
    """On n'a finalement pas besoin de lui."""
    processus.kill()
    processus.communicate()


def attendre(processus: subprocess.Popen[str], sources: Mapping[str, str]) -> list[Constat]:
    """Attend MkDocs. S'il refuse, ses phrases deviennent des constats ; `sources` traduit une page en fichier du dépôt."""
    sortie, _vide = processus.communicate("")
    if processus.returncode == 0:
        return []
    lignes = [ligne.strip() for ligne in sortie.splitlines() if ligne.strip() and "Aborted" not in ligne] or [f"code {processus.returncode}"]
    constats = []
    for ligne in lignes[-20:]:
        page = next((page for page in sources if page in ligne), "")
        remede = "Corriger ce texte, ou mkdocs.yml si vous venez d’y toucher."
        constats.append(erreur("guide-refuse", Emplacement(sources.get(page, REGLAGE)), f"MkDocs n’a pas pu construire : {ligne}", remede))
    return constats


def apres(dossier: Path) -> None:
    """Ce que MkDocs laisse à finir : une politique de sécurité par page, et pas de table de correspondance des scripts."""
    for carte in dossier.rglob("*.map"):
        carte.unlink()
    politique.poser(dossier, TEMOINS)


def _attendre_le_signal(arguments: list[str]) -> int:
    """Le travail du sous-processus : se charger, attendre une ligne, faire ce que ferait `python -m mkdocs`."""
    from mkdocs.__main__ import cli

    for module in ("material.plugins.search.plugin", "pymdownx.highlight", "pymdownx.superfences"):
        import_module(module)
    if not sys.stdin.readline():
        return 1
    cli(arguments)
    return 0


if __name__ == "__main__":
    raise SystemExit(_attendre_le_signal(sys.argv[1:]))
