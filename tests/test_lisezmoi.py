"""La documentation dit vrai : les commandes écrites dans le README et le guide existent, et les liens mènent quelque part."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import RACINE, dire

LISEZMOI = (RACINE / "README.md").read_text(encoding="utf-8")
PAGES = [RACINE / "README.md", RACINE / "CONTRIBUER.md", RACINE / "CHANGELOG.md", *sorted((RACINE / "content").rglob("*.md"))]
# Les articles suivent les règles de Pelican : leurs liens sont contrôlés dans le site construit.
PAGES_A_LIENS = [page for page in PAGES if not page.is_relative_to(RACINE / "content" / "actualites")]
LIGNES_D_UN_ECRAN = 60

BLOC = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
VERBE = re.compile(r"(?<![\w/.-])cabas ([a-z]+)\b")
CIBLE = re.compile(r"`make ([a-z]+)\b")
LIEN = re.compile(r"(?<!!)\[[^\]]*\]\(([^)#]+?)(?:#[^)]*)?\)")


def commandes(texte: str) -> list[str]:
    """Les lignes que l'on recopie dans un terminal."""
    return [ligne for langue, bloc in BLOC.findall(texte) if langue == "console" for ligne in bloc.splitlines()]


def code(texte: str) -> str:
    """Ce qui est écrit en chasse fixe, seul endroit où une commande est citée."""
    return "\n".join([bloc for _, bloc in BLOC.findall(texte)] + re.findall(r"`([^`\n]+)`", BLOC.sub("", texte)))


def test_les_deux_commandes_sont_make_et_make_test():
    assert commandes(LISEZMOI) == ["make", "make test"]


def test_le_dernier_paragraphe_est_en_anglais_et_redit_les_deux_commandes():
    dernier = LISEZMOI.rstrip().split("\n\n")[-1]
    assert "`make`" in dernier
    assert "`make test`" in dernier
    assert " the " in dernier


def test_le_lisezmoi_tient_sur_un_ecran():
    assert len(LISEZMOI.splitlines()) <= LIGNES_D_UN_ECRAN


def test_les_cibles_citees_existent():
    cibles = set(re.findall(r"^([a-z]+):", (RACINE / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    fautes = []
    for page in PAGES:
        texte = page.read_text(encoding="utf-8")
        citees = set(CIBLE.findall(texte)) | {ligne.split()[1] for ligne in commandes(texte) if re.fullmatch(r"make [a-z]+", ligne)}
        fautes += [f"{page.relative_to(RACINE)}: make {cible}" for cible in sorted(citees - cibles)]
    dire(fautes)


@pytest.mark.skipif(shutil.which("make") is None, reason="make n’est pas sur cette machine")
def test_make_aide_nomme_chaque_cible():
    aide = subprocess.run(["make", "--no-print-directory", "aide"], cwd=RACINE, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    cibles = re.search(r"^\.PHONY: (.+)$", (RACINE / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert cibles is not None
    assert set(re.findall(r"^make ([a-z]+)", aide, re.MULTILINE)) == set(cibles[1].split()) - {"tout"}


@pytest.fixture(scope="module")
def verbes() -> set[str]:
    """Les verbes que montre `cabas --help`."""
    aide = subprocess.run([sys.executable, "-m", "cabas", "--help"], capture_output=True, text=True, encoding="utf-8", check=False)
    if aide.returncode:
        pytest.fail(f"cabas --help échoue : {aide.stderr.strip().splitlines()[-1]}", pytrace=False)
    return set(re.findall(r"^ {2,8}([a-z]+)(?:\s{2,}|$)", aide.stdout, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(RACINE).as_posix())
def test_les_commandes_citees_existent(page: Path, verbes: set[str]):
    cites = set(VERBE.findall(code(page.read_text(encoding="utf-8"))))
    inconnus = sorted(cites - verbes)
    assert not inconnus, f"{page.relative_to(RACINE)} cite {', '.join(f'« cabas {verbe} »' for verbe in inconnus)}, que cabas ne connaît pas"


@pytest.mark.parametrize("page", PAGES_A_LIENS, ids=lambda page: page.relative_to(RACINE).as_posix())
def test_les_liens_menent_quelque_part(page: Path):
    liens = [lien for lien in LIEN.findall(BLOC.sub("", page.read_text(encoding="utf-8"))) if not re.match(r"[a-z]+:", lien)]
    dire([f"{page.relative_to(RACINE)}: {lien}" for lien in liens if not (page.parent / lien).exists()])


def forme(ligne: str) -> str:
    """Une ligne du terminal sans ce qui dépend du catalogue : nombres, fichiers, produits."""
    ligne = re.sub(r"[\u00a0\u202f]", " ", ligne.strip())
    ligne = re.sub(r"^prive/\S+:\d+: (\[[a-z-]+\]).*", r"<fichier>: \1", ligne)
    ligne = re.sub(r"(?<=pour compléter ).*", "<lot>", ligne)
    return re.sub(r"\d[\d ,]*", "#", ligne)


def test_l_exemple_du_lisezmoi_est_ce_que_dit_la_commande(tmp_path: Path):
    exemple = next(bloc for langue, bloc in BLOC.findall(LISEZMOI) if langue == "text").splitlines()
    cabas = [sys.executable, "-m", "cabas"]
    prive = ["--prive", str(tmp_path / "prive"), "--depot", str(RACINE)]
    subprocess.run([*cabas, "demo", *prive], capture_output=True, check=True)
    commande = exemple[0].removeprefix("$ cabas ").split()
    obtenu = subprocess.run([*cabas, *commande, *prive], capture_output=True, text=True, encoding="utf-8", check=False, cwd=tmp_path)
    dites = {forme(ligne) for ligne in obtenu.stdout.splitlines()}
    dire([f"README.md : « {ligne} » n’est pas ce que dit la commande" for ligne in exemple[1:] if ligne != "…" and forme(ligne) not in dites])
