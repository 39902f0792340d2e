"""Ce dont tous les essais se servent : la racine, les instantanés, un réseau miniature, un navigateur.

`instantane(texte)` compare un texte à `tests/instantanes/<module>-<essai>.txt` ; `--maj-instantanes` l'écrit. Les espaces
insécables y sont visibles (⍽, et ⎵ pour la fine) : une faute de typographie se voit à la relecture.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from cabas.temps import PARIS

settings.register_profile("cabas", deadline=None)  # aucun essai n'est chronométré : une machine occupée ne fait rien échouer
settings.load_profile("cabas")

RACINE = Path(__file__).resolve().parents[1]
PAQUET = RACINE / "scripts" / "cabas"
INSTANTANES = RACINE / "tests" / "instantanes"
MINI_RESEAU = RACINE / "tests" / "donnees" / "mini-reseau"
NAVIGATEURS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
SANS_CHROMIUM = (
    "Chromium est absent : les essais dans un navigateur ne sont pas faits. "
    "Pour les faire : sudo apt install chromium, ou CABAS_CHROMIUM=/chemin/vers/chromium make test"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--maj-instantanes", action="store_true", help="écrire les instantanés au lieu de les comparer")


def trouver_chromium() -> str | None:
    """Le chemin de Chromium : celui de CABAS_CHROMIUM, ou le premier de la machine. `None` s'il n'y en a pas."""
    candidats = (os.environ["CABAS_CHROMIUM"],) if os.environ.get("CABAS_CHROMIUM") else NAVIGATEURS
    return next((chemin for candidat in candidats if (chemin := shutil.which(candidat))), None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if trouver_chromium() is None:
        terminalreporter.write_line(SANS_CHROMIUM, yellow=True)


def feuilles_visibles(octets: bytes):
    """Les feuilles d'un classeur qu'une personne voit ; ou le refus du classeur."""
    from cabas.lecture.classeurs import lire_feuilles

    lues = lire_feuilles(octets)
    return [feuille for feuille, visible in lues if visible] if isinstance(lues, list) else lues


def dire(fautes: list[str]) -> None:
    """Échoue en montrant toutes les fautes, une par ligne, plutôt que la première."""
    assert not fautes, "\n" + "\n".join(fautes)


def attendre(page: Any, condition: str, secondes: float = 30) -> None:
    """Attend qu'une expression de la page soit vraie. `wait_for_function` l'évaluerait dans la page, ce que sa politique interdit."""
    fin = time.monotonic() + secondes
    while not page.evaluate(condition):
        assert time.monotonic() < fin, condition
        page.wait_for_timeout(50)


def recharger(page: Any, attendu: str) -> None:
    """Recharge la page, et recommence, cinq fois en tout, tant que le sélecteur `attendu` n'y est pas.

    Chromium range `localStorage` dans un autre processus. Sur une machine chargée, une page rouverte aussitôt peut le lire avant que la
    dernière écriture y soit ; et quand plus aucune page n'est ouverte, ne serait-ce qu'un instant, il peut même l'oublier. Une seconde
    page, témoin, reste donc ouverte, et l'on ne recharge la première qu'une fois la seconde d'accord. L'aide n'affirme rien : ce que la
    page doit montrer, l'essai le vérifie après.
    """
    temoin = page.context.new_page()
    for tour in range(5):
        page.wait_for_timeout(300 * tour)
        temoin.goto(page.url)
        if temoin.locator(attendu).count() or tour == 4:
            page.reload()
            if page.locator(attendu).count():
                break
    temoin.close()


@pytest.fixture(scope="session")
def racine() -> Path:
    """La racine du dépôt."""
    return RACINE


@pytest.fixture(scope="session")
def chromium() -> str:
    """Le chemin de Chromium ; l'essai est passé, en le disant, s'il n'y en a pas."""
    chemin = trouver_chromium()
    if chemin is None and os.environ.get("CABAS_CHROMIUM"):
        pytest.fail(f"CABAS_CHROMIUM désigne « {os.environ['CABAS_CHROMIUM']} », qui n’est pas un programme.")
    if chemin is None:
        pytest.skip(SANS_CHROMIUM)
    return chemin


def normaliser(texte: str, dossier: Path) -> str:
    """Ôte d'un texte ce qui change d'une machine ou d'un jour à l'autre, et montre les espaces insécables."""
    for chemin, nom in ((dossier, "<dossier>"), (RACINE, "<racine>")):
        texte = texte.replace(str(chemin), nom)
    texte = re.sub(r"\b[0-9a-f]{64}\b", "<empreinte>", texte)
    texte = re.sub(r"\b[0-9a-f]{40}\b", "<révision>", texte)
    texte = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", texte)
    texte = texte.replace("\u00a0", "⍽").replace("\u202f", "⎵").replace("\r\n", "\n")
    return "\n".join(ligne.rstrip() for ligne in texte.split("\n")).rstrip("\n") + "\n"


@pytest.fixture
def instantane(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., None]:
    """Compare un texte à son instantané. Un essai qui en a plusieurs leur donne un nom : `instantane(texte, "produits")`."""

    def comparer(texte: str, nom: str = "") -> None:
        morceaux = (request.path.stem.removeprefix("test_"), request.node.name.removeprefix("test_"), nom)
        fichier = INSTANTANES / ("-".join(re.sub(r"[^A-Za-z0-9]+", "-", morceau).strip("-") for morceau in morceaux if morceau) + ".txt")
        obtenu = normaliser(texte, tmp_path)
        if request.config.getoption("--maj-instantanes"):
            fichier.parent.mkdir(exist_ok=True)
            fichier.write_text(obtenu, encoding="utf-8")
            return
        assert fichier.exists(), f"{fichier.name} n’existe pas encore. L’écrire, puis le relire : make test ESSAIS=--maj-instantanes"
        assert obtenu == fichier.read_text(encoding="utf-8"), f"{fichier.name} a changé. Si c’est voulu : make test ESSAIS=--maj-instantanes"

    return comparer


@pytest.fixture(autouse=True)
def fenetres_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Une fusion sans `--maintenant` se fait après les clôtures du réseau miniature, quel que soit le jour où l'on essaie."""
    monkeypatch.setattr("cabas.cli.fusionner.horloge", lambda: datetime(2026, 12, 9, 12, tzinfo=PARIS))


@pytest.fixture
def mini_depot(tmp_path: Path) -> Path:
    """La racine d'une copie du réseau miniature (`tests/donnees/mini-reseau`), à modifier sans crainte."""
    return shutil.copytree(MINI_RESEAU, tmp_path / "depot")


@pytest.fixture
def modifier(mini_depot: Path) -> Callable[[str, str, str], Path]:
    """Change un passage d'une fiche de `mini_depot` : `modifier("catalogue/produits/x.yaml", "prix: 1.40", "prix: 1,40")`.

    Rend le chemin de la fiche. Avec un passage vide, la fiche entière est remplacée (ou créée).
    """

    def changer(chemin: str, avant: str, apres: str) -> Path:
        fiche = mini_depot / chemin
        texte = fiche.read_text(encoding="utf-8") if avant else ""
        assert avant in texte, f"{chemin} ne contient pas « {avant} » :\n{texte}"
        fiche.parent.mkdir(parents=True, exist_ok=True)
        fiche.write_text(texte.replace(avant, apres, 1) if avant else apres, encoding="utf-8")
        return fiche

    return changer
