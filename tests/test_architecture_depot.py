"""Le dépôt reste propre : son premier niveau, rien de privé, rien d'une machine, des verrous complets."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from conftest import RACINE, dire

PREMIER_NIVEAU = {
    "catalogue", "content", "groupements", "scripts", "site", "tests",
    "mkdocs.yml", "pyproject.toml", "README.md", "Makefile", "CHANGELOG.md", "CONTRIBUER.md", "LICENCE", "verrou.txt",
    ".ci", ".editorconfig", ".gitignore", ".pre-commit-config.yaml",
}  # fmt: skip
DE_L_HEBERGEUR = {
    ".gitlab-ci.yml", ".gitlab", ".github", ".forgejo", ".gitea", ".woodpecker.yml", ".woodpecker.yaml", ".woodpecker", ".travis.yml",
    ".domains", "CODEOWNERS", ".gitattributes", ".mailmap",
}  # fmt: skip
"""Ce qu'un réseau ajoute chez son hébergeur, sous le nom que celui-ci impose : à lui de choisir lequel, ou aucun."""


def suivis() -> list[Path]:
    """Les fichiers que git suit, ou suivrait (tout ce qui n'est pas ignoré)."""
    sortie = subprocess.run(
        ["git", "-C", RACINE, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], capture_output=True, text=True, check=False
    )
    if sortie.returncode:
        pytest.skip("cette copie n’est pas un dépôt git : on ne sait pas quels fichiers sont suivis")
    return [RACINE / chemin for chemin in sorted(set(sortie.stdout.split("\0"))) if chemin and (RACINE / chemin).is_file()]


def test_le_premier_niveau_du_depot_est_celui_que_l_on_a_decide():
    assert {chemin.relative_to(RACINE).parts[0] for chemin in suivis()} - DE_L_HEBERGEUR == PREMIER_NIVEAU


def test_ce_que_l_hebergeur_impose_n_est_pas_encore_la_mais_le_guide_le_dit():
    """Ici, rien n'est choisi : un fichier d'hébergeur n'a rien à faire dans le dépôt commun, et tout à faire dans celui d'un réseau."""
    assert PREMIER_NIVEAU.isdisjoint(DE_L_HEBERGEUR)
    guide = (RACINE / "content/guide/heberger.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(\.[a-z]+(?:-ci)?(?:\.yml)?)(?:/[^`]*)?`", guide)) - {".ci"} <= DE_L_HEBERGEUR


def test_rien_de_prive_ni_de_construit_n_est_suivi():
    fautes = [str(chemin) for chemin in suivis() if chemin.relative_to(RACINE).parts[0] in {"prive", ".build", ".venv"}]
    fautes += [str(chemin) for chemin in suivis() if chemin.is_relative_to(RACINE / "site") and chemin != RACINE / "site" / ".gitignore"]
    dire(fautes)


# Les crochets évitent que ces deux lignes se dénoncent elles-mêmes.
REGISTRES = re.compile(r"pyp[i]\.org|pythonhoste[d]|npmj[s]\.|deb\.debia[n]|crates\.i[o]\b|proxy\.golan[g]")
CHEMINS = re.compile(r"(?<![\w.<-])/(?:wor[k]|roo[t]|far[m]|tm[p]|hom[e]|User[s]|op[t])/[a-z]")
INSECABLES = re.compile("[\u00a0\u202f]")


def test_aucun_fichier_ne_nomme_un_registre_ni_une_machine():
    fautes = []
    for chemin in suivis():
        try:
            lignes = chemin.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        for numero, ligne in enumerate(lignes, 1):
            if trouve := REGISTRES.search(ligne) or CHEMINS.search(ligne):
                fautes.append(f"{chemin.relative_to(RACINE)}:{numero}: {trouve[0]}")
    dire(fautes)


def test_les_espaces_insecables_ne_viennent_que_de_la_typographie():
    fautes = []
    for chemin in suivis():
        relatif = chemin.relative_to(RACINE)
        if relatif.parts[0] in {"scripts", "content", "catalogue", "groupements"} or len(relatif.parts) == 1:
            lignes = chemin.read_bytes().decode("utf-8", "replace").splitlines()
            fautes += [f"{relatif}:{numero}: espace insécable" for numero, ligne in enumerate(lignes, 1) if INSECABLES.search(ligne)]
    dire(fautes)


def test_les_verrous_tiennent_chaque_dependance_declaree():
    projet = tomllib.loads((RACINE / "pyproject.toml").read_text(encoding="utf-8"))
    attendues = {
        "verrou.txt": projet["project"]["dependencies"] + projet["dependency-groups"]["construction"],
        "tests/verrou.txt": projet["dependency-groups"]["dev"],
        "tests/bancs/verrou.txt": projet["dependency-groups"]["banc"],
    }
    for fichier, dependances in attendues.items():
        texte = (RACINE / fichier).read_text(encoding="utf-8")
        tenues = set(re.findall(r"^([a-z0-9-]+)==", texte, re.MULTILINE))
        voulues = {re.split(r"[<>=~! ;\[]", dependance)[0].lower().replace("_", "-") for dependance in dependances}
        assert voulues <= tenues, f"{fichier} : relancer make verrou ({sorted(voulues - tenues)})"
        assert len(re.findall(r"^[a-z0-9-]+==", texte, re.MULTILINE)) == len(
            re.findall(r"^[a-z0-9-]+==.*\\\n    --hash=sha256:", texte, re.MULTILINE)
        )
