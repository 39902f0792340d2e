"""La sortie prévue : Zensical, le successeur de Material, construit les mêmes pages à partir du même réglage et des mêmes textes.

Zensical n'est pas dans nos verrous (voir la décision 5) : l'essai se fait s'il est installé, et le dit sinon.
"""
# ruff: noqa: F811 - une fixture venue d’un autre module porte le nom de l’argument qui la demande

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys

import pytest
from test_site_construit import mini  # noqa: F401 - le site du petit réseau

SANS_ZENSICAL = "Zensical n’est pas installé : la sortie de Material n’est pas essayée. Pour l’essayer : pip install zensical"


def pages(dossier) -> set[str]:
    return {page.relative_to(dossier).as_posix() for page in dossier.rglob("*.html")}


@pytest.mark.skipif(importlib.util.find_spec("zensical") is None, reason=SANS_ZENSICAL)
def test_zensical_construit_les_memes_pages(mini, tmp_path):
    racine = shutil.copytree(mini, tmp_path / "copie")
    atelier = racine / ".build"
    reglage = json.loads((atelier / "mkdocs.yml").read_text(encoding="utf-8"))
    # Zensical veut tout sous le dossier de son réglage.
    reglage |= {"docs_dir": "pages", "site_dir": "zensical"}
    (atelier / "zensical.yml").write_text(json.dumps(reglage), encoding="utf-8")
    fait = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "-f", str(atelier / "zensical.yml")],
        capture_output=True, text=True, encoding="utf-8", check=False, cwd=atelier,
    )  # fmt: skip
    assert fait.returncode == 0, fait.stdout + fait.stderr
    assert pages(atelier / "zensical") == pages(atelier / "guide")
    page = (atelier / "zensical/catalogue/farine-t65/index.html").read_text(encoding="utf-8")
    assert "prix coûtant" in page
