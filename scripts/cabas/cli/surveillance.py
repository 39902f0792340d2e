"""La surveillance de `cabas servir` : ce qui change dans les fiches se voit dans le navigateur, puis le site entier suit."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cabas.cli import construire
from cabas.cli.construire import instant
from cabas.cli.impression import Imprimeur

if TYPE_CHECKING:
    from datetime import datetime

    from cabas.publication.apercu import Apercu
    from cabas.publication.preparation import Sources
    from cabas.publication.serveur import Vitrine

SURVEILLES = ("catalogue", "groupements", "content", "mkdocs.yml")
CALME = 1.5
"""Secondes sans changement avant de refaire le site entier : pendant qu'on écrit, seules les pages touchées sont refaites."""


class _Atelier:
    """Ce qu'il faut pour refaire : le dépôt, la sortie, l'instant demandé, de quoi parler."""

    def __init__(self, arguments: argparse.Namespace, imprimeur: Imprimeur) -> None:
        self.racine: Path = arguments.depot
        self.sortie: Path = (arguments.sortie or self.racine / "site").resolve()
        self.demande: str | None = arguments.maintenant
        self.imprimeur = imprimeur
        self._construction: subprocess.Popen[str] | None = None

    def sources(self) -> tuple[Sources, datetime] | None:
        """Ce que dit le dépôt en ce moment, lu sans le contrôler ; rien si l'instant demandé n'en est pas un."""
        from cabas.cli.sources import lire_reglage, lire_sources
        from cabas.constats import Refus

        reglage, fautes = lire_reglage(self.racine)
        maintenant = instant(self.demande, reglage)
        if isinstance(maintenant, Refus):
            self.imprimeur.dire(f"L’instant de la construction : {maintenant.fait} {maintenant.remede}")
            return None
        return lire_sources(self.racine, maintenant, reglage, fautes, vite=True), maintenant

    def vite(self, apercu: Apercu) -> dict[str, Path]:
        """Refait les seules pages changées ; rien si le changement dépasse des pages."""
        lues = self.sources()
        if lues is None:
            return {}
        pages, constats = apercu.refaire(*lues)
        self.imprimeur.constats(constats, au_plus=20)
        return pages

    def lancer(self) -> None:
        """Commence une construction entière, dans son processus : une nouvelle correction pourra l'interrompre."""
        commande = [sys.executable, "-m", "cabas", "construire", "--depot", str(self.racine), "--sortie", str(self.sortie)]
        if self.demande:
            commande += ["--maintenant", self.demande]
        self._construction = subprocess.Popen(  # noqa: S603 - notre propre commande
            commande, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", start_new_session=True
        )

    def finie(self) -> bool | None:
        """La construction lancée : vraie si elle a réussi, fausse si elle a échoué (et on dit pourquoi), `None` sinon."""
        if self._construction is None or self._construction.poll() is None:
            return None
        dit, _vide = self._construction.communicate()
        reussie = self._construction.returncode == 0
        if not reussie:
            self.imprimeur.dire(dit.rstrip())
        self._construction = None
        return reussie

    def marque(self) -> int:
        """De quoi voir que le site en place a été remplacé : chaque construction qui change quelque chose pose un dossier neuf."""
        return self.sortie.stat().st_ino if self.sortie.exists() else 0

    def interrompre(self) -> None:
        """Arrête la construction en cours, et ce qu'elle a elle-même lancé. Le site en place n'en souffre pas."""
        if self._construction is None:
            return
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError):
                os.killpg(self._construction.pid, signal.SIGTERM)
        else:
            self._construction.terminate()
        self._construction.communicate()
        self._construction = None


def servir(arguments: argparse.Namespace) -> int:
    """Construit, ouvre, surveille, jusqu'à Ctrl+C."""
    from cabas.publication.apercu import Apercu
    from cabas.publication.serveur import Vitrine, ouvrir

    for arret in (signal.SIGINT, signal.SIGTERM):
        signal.signal(arret, signal.default_int_handler)  # lancé en arrière-plan, un processus hérite de Ctrl+C ignoré
    imprimeur = Imprimeur(arguments.format)
    code = construire.executer(arguments)
    atelier = _Atelier(arguments, imprimeur)
    if code and not (atelier.racine / ".build" / "guide" / "index.html").exists():
        return code
    apercu, vitrine = Apercu(atelier.racine), Vitrine(atelier.sortie)
    serveur = ouvrir(vitrine)
    try:
        apercu.partir_du_site()
        adresse = f"http://127.0.0.1:{serveur.server_port}/"
        imprimeur.dire(f"Le site est ici : {adresse}")
        imprimeur.dire("Corrigez une fiche : la page se recharge toute seule. Ctrl+C pour arrêter.")
        if not arguments.sans_navigateur:
            import webbrowser

            webbrowser.open(adresse)
        lues = atelier.sources()
        if lues is not None:
            apercu.chauffer(*lues)
        _surveiller(atelier, apercu, vitrine)
    except KeyboardInterrupt:
        imprimeur.dire("\nArrêté.")
    finally:
        atelier.interrompre()
        serveur.shutdown()
        apercu.fermer()
    return imprimeur.clore(0)


def _surveiller(atelier: _Atelier, apercu: Apercu, vitrine: Vitrine) -> None:
    """À chaque changement, les pages touchées ; quand on s'arrête d'écrire, le site entier."""
    # Ce qui a changé pendant qu'on se préparait n'a pas été surveillé : on commence par une construction, vite finie si rien n'a bougé.
    a_refaire, en_place = time.monotonic(), atelier.marque()
    for noms in _changements(atelier.racine):
        if noms:
            debut = time.monotonic()
            atelier.interrompre()
            pages = atelier.vite(apercu)
            if pages:
                vitrine.poser(pages)
                atelier.imprimeur.dire(_phrase(noms, len(pages), time.monotonic() - debut))
            a_refaire = time.monotonic() + CALME
        elif a_refaire and time.monotonic() >= a_refaire:
            a_refaire = 0.0
            atelier.lancer()
        if atelier.finie() and atelier.marque() != en_place:
            en_place = atelier.marque()
            apercu.partir_du_site()
            vitrine.renouveler()


def _phrase(noms: set[str], pages: int, secondes: float) -> str:
    from cabas.typographie import accorder

    duree = f"{secondes:.1f}".replace(".", ",")
    return f"{', '.join(sorted(noms)[:3])} : {accorder(pages, 'page refaite', 'pages refaites')} en {duree} s."


def _changements(racine: Path) -> Iterator[set[str]]:
    """Les noms des fichiers changés, par salves ; un ensemble vide quand rien ne bouge."""
    from watchfiles import watch

    from cabas.publication.preparation import theme

    chemins = [chemin for chemin in (*(racine / nom for nom in SURVEILLES), theme()) if chemin.exists()]
    for salve in watch(*chemins, debounce=150, step=30, rust_timeout=500, yield_on_timeout=True, raise_interrupt=True):
        yield {Path(chemin).name for _genre, chemin in salve}
