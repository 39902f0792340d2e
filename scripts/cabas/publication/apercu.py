"""Refaire en vitesse les pages qu'on vient de changer, pour `cabas servir` : environ une seconde, sans refaire tout le site.

Un MkDocs déjà chargé attend dans son processus ; on lui demande les seules pages dont le Markdown préparé a changé. Ce
qu'il écrit va dans `.build/apercu`, jamais dans le site : la construction entière, qui suit, fait seule foi.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from cabas.constats import Constat, erreurs
from cabas.publication import dossiers, guide, politique
from cabas.publication.ecriture import ecrire
from cabas.publication.etapes import ATELIER
from cabas.publication.preparation import Preparation, Sources, preparer, theme


class Apercu:
    """Un MkDocs tenu prêt. `refaire` sort les pages refaites, ou rien s'il faut construire le site entier."""

    def __init__(self, racine: Path) -> None:
        self.atelier = racine / ATELIER
        self.dossier = self.atelier / "apercu"
        self._mkdocs: subprocess.Popen[str] | None = None

    def partir_du_site(self) -> None:
        """Repart de ce que MkDocs vient de construire en entier, et tient un MkDocs prêt."""
        shutil.rmtree(self.dossier, ignore_errors=True)
        shutil.copytree(self.atelier / "guide", self.dossier, copy_function=shutil.copyfile)
        if self._mkdocs is None:
            commande = [sys.executable, "-m", "cabas.publication.apercu", str(self.atelier / "apercu.yml")]
            self._mkdocs = subprocess.Popen(
                commande,
                env=guide.environnement_mkdocs(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
            )

    def refaire(self, sources: Sources, maintenant: datetime) -> tuple[dict[str, Path], list[Constat]]:
        """Les pages refaites (de leur adresse à leur fichier), et les constats. Vide si le changement dépasse des pages."""
        prepare = preparer(sources, maintenant, self.atelier)
        constats = [*sources.constats, *prepare.constats]
        if erreurs(constats) or self._mkdocs is None:
            return {}, constats
        if set(prepare.pages) != set(dossiers.contenu(self.atelier / "pages")):
            return {}, constats
        changees = dossiers.synchroniser(self.atelier / "pages", prepare.pages)
        if not changees:
            return {}, constats
        self._regler(prepare)
        if not self._demander():
            return {}, constats
        pages = {page: self.dossier / page for page in map(_page, changees) if (self.dossier / page).is_file()}
        politique.poser(self.dossier, guide.TEMOINS, [page for page in pages if page.endswith(".html")])
        return pages, constats

    def chauffer(self, sources: Sources, maintenant: datetime) -> None:
        """Fait une fois pour rien ce qui sera refait : la première correction ira aussi vite que les suivantes."""
        prepare = preparer(sources, maintenant, self.atelier)
        self._regler(prepare)
        self._demander()

    def _regler(self, prepare: Preparation) -> None:
        derive = json.loads(guide.reglage_derive(self.atelier, theme(), prepare.reseau, prepare.nav))
        ecrire(self.atelier / "apercu.yml", json.dumps({**derive, "site_dir": str(self.dossier), "strict": False}, ensure_ascii=False))

    def _demander(self) -> bool:
        """Vrai si le MkDocs tenu prêt a refait ses pages."""
        processus = self._mkdocs
        if processus is None or processus.stdin is None or processus.stdout is None:
            return False
        try:
            processus.stdin.write("refaire\n")
            processus.stdin.flush()
            return processus.stdout.readline().strip() == "fait"
        except OSError:
            self._mkdocs = None
            return False

    def fermer(self) -> None:
        """Renvoie le MkDocs tenu prêt."""
        if self._mkdocs is not None:
            self._mkdocs.terminate()
            self._mkdocs.wait(timeout=5)
            self._mkdocs = None


def _page(chemin: PurePosixPath) -> str:
    return str(chemin.with_suffix(".html")) if chemin.suffix == ".md" else str(chemin)


def _attendre_les_demandes(reglage: str) -> int:
    """Le travail du sous-processus : une ligne lue, les pages périmées refaites, une ligne écrite."""
    import logging

    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    logging.disable(logging.CRITICAL)
    _garder_les_gabarits()
    for _demande in sys.stdin:
        try:
            config = load_config(reglage)
            config.plugins.on_startup(command="build", dirty=True)
            build(config, dirty=True)
            reponse = "fait"
        except Exception:  # noqa: BLE001 - quoi qu'il arrive, la construction entière dira pourquoi
            reponse = "rate"
        sys.stdout.write(f"{reponse}\n")
        sys.stdout.flush()
    return 0


def _garder_les_gabarits() -> None:
    """MkDocs ouvre un atelier de gabarits neuf à chaque construction : le nôtre se souvient de ceux qu'il a déjà compilés, tant que
    leur texte ne change pas. C'est la moitié du temps d'un aperçu.
    """
    from mkdocs.theme import Theme

    from cabas.rendu.environnement import MemoireDeGabarits

    memoire, ouvrir = MemoireDeGabarits(), Theme.get_env

    def ouvrir_avec_memoire(self: Any) -> Any:
        atelier = ouvrir(self)
        atelier.bytecode_cache = memoire
        return atelier

    Theme.get_env = ouvrir_avec_memoire  # type: ignore[method-assign]


if __name__ == "__main__":
    raise SystemExit(_attendre_les_demandes(sys.argv[1]))
