"""D'un bout à l'autre : remplir le bon dans un navigateur, déposer le fichier, fusionner, et retrouver le même total."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from cabas.cli import principal
from cabas.lecture.depot import charger
from cabas.rendu.bons import bon_csv, bon_html
from cabas.temps import PARIS

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright n’est pas installé : make test l’installe avec les outils d’essai")

MAINTENANT = datetime(2026, 12, 3, 18, 12, tzinfo=PARIS)
QUANTITES = {"farine-t65": "2,5", "jus-de-pomme": "7", "comte-12-mois": "750 g", "oeufs": "12"}


def remplir_et_telecharger(chromium: str, page_html: Path, cible: Path, tarif: str) -> tuple[int, str]:
    """Remplit le bon comme une personne, télécharge le CSV dans `cible`. Sort : le total affiché en centimes, et le code."""
    with sync_api.sync_playwright() as playwright:
        navigateur = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = navigateur.new_context(timezone_id="Europe/Paris", locale="fr-FR", accept_downloads=True).new_page()
        page.clock.set_fixed_time(MAINTENANT)
        page.goto(page_html.as_uri())
        page.fill("[name=cellule]", "A-017")
        page.select_option("[name=tarif]", tarif)
        for champ in page.locator("[name^=q-]").all():
            ref = str(champ.get_attribute("name")).removeprefix("q-")
            if ref in QUANTITES:
                champ.fill(QUANTITES[ref])
        if not page.locator("#telecharger").is_visible():
            page.get_by_role("button", name=re.compile("Relire")).first.click()
        with page.expect_download() as attendu:
            page.click("#telecharger")
        attendu.value.save_as(cible / attendu.value.suggested_filename)
        total, code = int(page.get_attribute("#total", "data-centimes") or -1), page.locator("#code").first.text_content() or ""
        navigateur.close()
    return total, code.strip()


@pytest.mark.parametrize("tarif", ["quartier", "solidaire"])
def test_le_total_du_bon_est_celui_du_recap(chromium: str, mini_depot: Path, tmp_path: Path, tarif: str) -> None:
    depot, _constats = charger(mini_depot)
    page_html = tmp_path / "index.html"
    page_html.write_text(bon_html(depot, depot.commandes["2026-12"], depot.groupements["les-tilleuls"], MAINTENANT), encoding="utf-8")
    bons = mini_depot / "prive/2026-12/les-tilleuls/bons"
    bons.mkdir(parents=True)
    total, code = remplir_et_telecharger(chromium, page_html, bons, tarif)
    assert total > 0
    assert principal(["fusionner", "2026-12", "--depot", str(mini_depot), "--format", "json"]) == 0
    sorties = mini_depot / "prive/2026-12/sorties"
    bilan = json.loads((sorties / "bilan.json").read_text(encoding="utf-8"))
    assert bilan["total_cellules"] == total
    assert bilan["retenues"] == len([ref for ref in QUANTITES if ref in depot.produits])
    lignes = list(csv.DictReader(io.StringIO((sorties / "lignes.csv").read_text(encoding="utf-8-sig")), delimiter=";"))
    assert {(ligne["cellule"], ligne["tarif"]) for ligne in lignes} == {("A-017", tarif)}
    assert {ligne["bon"] for ligne in lignes} == {code}


def test_la_grille_vide_remplie_se_fusionne(mini_depot: Path) -> None:
    depot, _constats = charger(mini_depot)
    texte = bon_csv(depot, depot.commandes["2026-12"], depot.groupements["les-tilleuls"]).lstrip("\ufeff")
    entete = next(csv.reader(io.StringIO(texte), delimiter=";"))
    rangee = ["A-1" if intitule == "cellule" else "1" if "[jus-de-pomme]" in intitule and "olérance" not in intitule else "" for intitule in entete]
    bons = mini_depot / "prive/2026-12/les-tilleuls/bons"
    bons.mkdir(parents=True)
    tampon = io.StringIO()
    csv.writer(tampon, delimiter=";").writerows([entete, rangee])
    (bons / "grille.csv").write_text(tampon.getvalue(), encoding="utf-8-sig")
    assert principal(["fusionner", "2026-12", "--depot", str(mini_depot), "--format", "json"]) == 0
    bilan = json.loads((mini_depot / "prive/2026-12/sorties/bilan.json").read_text(encoding="utf-8"))
    assert (bilan["lues"], bilan["retenues"], bilan["total_cellules"]) == (1, 1, 212)


@pytest.mark.skipif(shutil.which("make") is None or shutil.which("git") is None, reason="il faut make et git")
def test_les_commandes_du_lisezmoi_dans_un_clone(racine: Path, tmp_path: Path) -> None:
    """Les commandes du README, telles qu'écrites, dans un clone neuf. L'installation est celle d'ici : seul le réseau est épargné."""
    environnement = Path(sys.prefix)
    if not (environnement / ".pret").exists():
        pytest.skip("hors de l’environnement de make test : CI et make les lancent pour de bon")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(racine), str(clone)], check=True)
    (clone / ".venv").symlink_to(environnement)
    for nom in ("verrou.txt", "pyproject.toml", "tests/verrou.txt"):
        os.utime(clone / nom, (0, 0))  # rien à réinstaller
    bloc = re.search(r"```console\n(.*?)```", (clone / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert bloc is not None
    commandes = bloc[1].splitlines()
    assert commandes == ["make", "make test"]
    sans_venv = {nom: valeur for nom, valeur in os.environ.items() if nom not in ("VIRTUAL_ENV", "PYTHONPATH", "MAKEFLAGS", "MAKELEVEL")}
    fini = subprocess.run(commandes[0], shell=True, cwd=clone, env=sans_venv, capture_output=True, text=True, encoding="utf-8", check=False)
    assert fini.returncode == 0, fini.stdout + fini.stderr
    annonces = re.findall(r"(\S+/\S+\.(?:html|pdf|xlsx))", fini.stdout)
    assert len({annonce for annonce in annonces if (clone / annonce).exists()}) >= 5, fini.stdout
    essai = subprocess.run(["make", "test", "--dry-run"], cwd=clone, env=sans_venv, capture_output=True, text=True, encoding="utf-8", check=False)
    assert essai.returncode == 0
    assert "pytest" in essai.stdout
