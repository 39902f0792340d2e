# ruff: noqa: F811 - une fixture venue d’un autre module porte le nom de l’argument qui la demande
"""Un site qui connaît son adresse publique, sous un chemin : chaque page la dit juste, et les liens restent relatifs."""

from __future__ import annotations

import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from test_site_construit import construire, mini  # noqa: F401 - le site du petit réseau

from cabas.constats import erreurs
from cabas.documents import bon_papier
from cabas.publication.liens import verifier

BASE = "https://reseau.exemple.org/cabas/"
SANS_ADRESSE = {"404.html"}


@pytest.fixture(scope="module")
def publie(mini, tmp_path_factory) -> tuple[Path, list[str]]:
    """Le site, et les adresses publiques données aux bons papier (leur composition a ses essais)."""
    racine = shutil.copytree(mini, tmp_path_factory.mktemp("publie") / "copie")
    reglage = racine / "mkdocs.yml"
    texte = reglage.read_text(encoding="utf-8")
    reglage.write_text(texte.replace('site_url: ""', f"site_url: {BASE}"), encoding="utf-8")
    assert BASE in reglage.read_text(encoding="utf-8")
    donnees = []

    def ebauche(*arguments: object) -> bytes:
        donnees.append(str(arguments[-1]))
        return b"%PDF-ebauche"

    with pytest.MonkeyPatch.context() as rustine:
        rustine.setattr(bon_papier, "bon_pdf", ebauche)
        assert erreurs(construire(racine, racine / "site")) == []
    return racine / "site", donnees


def pages(site: Path) -> dict[str, str]:
    return {page.relative_to(site).as_posix(): page.read_text(encoding="utf-8") for page in site.rglob("*.html")}


def test_chaque_page_dit_sa_propre_adresse(publie):
    site, _ = publie
    vues = 0
    for page, texte in pages(site).items():
        if page in SANS_ADRESSE or page.startswith("bons/"):
            continue
        vues += 1
        assert re.findall(r'<link rel="canonical" href="([^"]*)"', texte) == [BASE + page], page
        assert re.findall(r'property="og:url" content="([^"]*)"', texte) == [BASE + page], page
        image = re.findall(r'property="og:image" content="([^"]*)"', texte)
        assert len(image) == 1, page
        assert (site / image[0].removeprefix(BASE)).is_file(), page
    assert vues > 20


def test_le_plan_et_le_flux_menent_a_des_pages(publie):
    site, _ = publie
    lieux = {lieu.text for lieu in ET.parse(site / "sitemap.xml").iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}
    assert lieux == {BASE + page for page in pages(site) if page not in SANS_ADRESSE and not page.endswith("/permanence.html")}
    liens = re.findall(r'<link href="([^"]*)"', (site / "actualites/flux.atom.xml").read_text(encoding="utf-8"))
    assert len(liens) > 12
    assert [lien for lien in liens if not lien.startswith(BASE) or not (site / lien.removeprefix(BASE)).is_file()] == []


def test_les_liens_restent_relatifs_et_bons(publie):
    site, _ = publie
    assert verifier(site, {}) == []
    faites = {page: texte for page, texte in pages(site).items() if page not in SANS_ADRESSE}
    suivis = [(page, lien) for page, texte in faites.items() for lien in re.findall(r'<a [^>]*href="([^"]*)"', texte) if lien.startswith(BASE)]
    assert suivis == []


def test_la_page_absente_connait_la_racine_meme_sans_script(publie):
    """On la demande sous un dossier qui n'existe pas : un lien relatif s'y perdrait."""
    site, _ = publie
    liens = re.findall(r'<a [^>]*href="([^"]*)"', (site / "404.html").read_text(encoding="utf-8"))
    assert liens[0] == BASE + "index.html"
    assert len(liens) > 4
    assert [lien for lien in liens if not lien.startswith(BASE) or not (site / lien.removeprefix(BASE)).is_file()] == []


def test_les_bons_papier_recoivent_l_adresse(publie):
    _, donnees = publie
    assert donnees
    assert set(donnees) == {BASE}
