# ruff: noqa: F811 - une fixture venue d’un autre module porte le nom de l’argument qui la demande
"""La politique de sécurité des pages : aucune plainte là où nous écrivons, et rien ne tourne de ce qu'un autre aurait glissé."""

from __future__ import annotations

import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from test_site_construit import adresses, chercher, mini, navigateur, onglet, vrai  # noqa: F401 - les sites et le navigateur

from cabas.publication import politique, recherche
from cabas.publication.politique import MARQUE, empreintes, poser

CHAQUE_SORTE = (
    "index.html", "guide/index.html", "guide/reunions/index.html", "guide/technique/donnees/index.html", "charte/index.html",
    "missions/index.html", "missions/caisse/index.html", "catalogue/index.html", "catalogue/comte-12-mois/index.html",
    "saisons/index.html", "changements/index.html", "carte/index.html", "chiffres/index.html",
    "producteurs/index.html", "producteurs/moulin-des-sorbiers/index.html", "groupements/index.html", "groupements/les-tilleuls/index.html",
    "groupements/les-tilleuls/cette-semaine/index.html",
    "actualites/index.html", "actualites/archives/index.html", "actualites/les-tilleuls-reunion-novembre-2026/index.html",
    "actualites/groupements/les-tilleuls/index.html", "actualites/rubriques/comptes-rendus/index.html", "404.html",
)  # fmt: skip
BONS = tuple(f"bons/2026-12/les-tilleuls/{nom}.html" for nom in ("index", "simple", "permanence"))
DE_LEUR_DOSSIER = ("guide", "missions", "decisions", "controles", "donnees", "donnees-ouvertes", "catalogue-json", "cette-semaine")
"""Les pages qui ne portent pas le nom de leur fichier : les index, et celles que le code écrit."""
AVEU = "window.refus = []; addEventListener('securitypolicyviolation', e => window.refus.push(e.effectiveDirective + ' ' + e.blockedURI));"


def _page(corps: str) -> str:
    return f'<!doctype html><html><head><meta charset="utf-8"><title>x</title></head><body>{corps}</body></html>'


def test_toutes_les_pages_ont_une_politique_sans_script_en_ligne_libre(vrai):
    for page in (vrai / "site").rglob("*.html"):
        tete = page.read_text(encoding="utf-8").partition("</head>")[0]
        trouvee = re.search(rf'http-equiv="{MARQUE}" content="([^"]*)"', tete)
        assert trouvee, page
        assert "<script" not in tete[: tete.index(MARQUE)], page
        regles = dict(regle.strip().split(" ", 1) for regle in trouvee[1].replace("&#39;", "'").split(";") if regle.strip())
        assert "unsafe" not in regles["script-src"], page
        assert regles["default-src"] == "'none'"


def test_un_script_que_la_page_temoin_n_a_pas_n_est_pas_admis(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "index.html").write_text(_page('<script>base = "."; nous()</script>'), encoding="utf-8")
    profonde = '<script>base = ".."; nous()</script>'
    (tmp_path / "a/index.html").write_text(_page(f"{profonde}<script>pirate()</script>"), encoding="utf-8")
    poser(tmp_path, ("index.html",))
    page = (tmp_path / "a/index.html").read_text(encoding="utf-8")
    assert all(une in page for une in empreintes(profonde).values())
    assert not any(une in page for une in empreintes("<script>pirate()</script>").values())
    poser(tmp_path, ("index.html",))
    assert (tmp_path / "a/index.html").read_text(encoding="utf-8") == page


@pytest.mark.parametrize("ou", ["serveur", "cle-usb"])
def test_aucune_plainte_sur_aucune_sorte_de_page(onglet, adresses, vrai, ou):
    base = adresses["vrai"] if ou == "serveur" else f"{(vrai / 'site').as_uri()}/"
    onglet.add_init_script(AVEU)
    vues = []
    for page in (*CHAQUE_SORTE, *BONS):
        onglet.goto(base + page, wait_until="networkidle")
        vues += [(page, refus) for refus in onglet.evaluate("window.refus")]
    assert vues == []
    assert onglet.plaintes == []
    assert {demande.split("/")[2] for demande in onglet.demandes if not demande.startswith(("data:", "blob:"))} == {base.split("/")[2]}


@pytest.mark.parametrize("ou", ["serveur", "cle-usb"])
def test_la_recherche_trouve_les_actualites(onglet, adresses, vrai, ou):
    base = adresses["vrai"] if ou == "serveur" else f"{(vrai / 'site').as_uri()}/"
    onglet.add_init_script(AVEU)
    onglet.goto(base + "guide/commander/index.html")
    chercher(onglet, "marraine").click()
    onglet.wait_for_url(re.compile(r"actualites/les-tilleuls-reunion-novembre-2026/index\.html"))
    assert onglet.locator("h1").inner_text() == "Les Tilleuls\u00a0: réunion de novembre"
    # Et depuis une actualité : le champ ouvre la recherche du site.
    onglet.locator("input[type=search]").fill("lentilles")
    onglet.keyboard.press("Enter")
    onglet.locator(".md-search-result__link").first.wait_for(timeout=30000)
    assert onglet.evaluate("window.refus") == []
    assert onglet.plaintes == []


def test_un_script_glisse_dans_une_page_ne_s_execute_pas(onglet, mini, tmp_path):
    site = shutil.copytree(mini / "site", tmp_path / "site")
    for page in ("guide/commander/index.html", "actualites/nouvelle/index.html"):
        fichier = site / page
        glisse = (
            '<script>window.pirate = 1</script><img src="x" onerror="window.pirate = 2"><iframe srcdoc="<script>parent.pirate = 3</script>"></iframe>'
        )
        fichier.write_text(fichier.read_text(encoding="utf-8").replace("</article>", f"{glisse}</article>", 1), encoding="utf-8")
        with onglet.expect_console_message(lambda dit: "Content Security Policy" in dit.text):
            onglet.goto(fichier.as_uri())
        onglet.wait_for_timeout(150)
        assert onglet.evaluate("window.pirate") is None, page
        assert any("Content Security Policy" in plainte for plainte in onglet.plaintes), page


def test_le_plan_du_site_a_toutes_les_pages(vrai, tmp_path):
    site = shutil.copytree(vrai / "site", tmp_path / "site")
    recherche.plan_du_site(site, "https://reseau.exemple.org/cabas/")
    lieux = {lieu.text for lieu in ET.parse(site / "sitemap.xml").iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}
    pages = {page.relative_to(site).as_posix() for page in site.rglob("*.html") if page.name not in ("404.html", "permanence.html")}
    assert lieux == {f"https://reseau.exemple.org/cabas/{page}" for page in pages}
    assert any("/bons/" in lieu for lieu in lieux)
    assert any("/actualites/archives/" in lieu for lieu in lieux)
    recherche.plan_du_site(site, "")
    assert not (site / "sitemap.xml").exists()


def test_chaque_page_se_decrit_et_sait_ou_elle_est(vrai):
    for page in CHAQUE_SORTE[:-1]:
        texte = (vrai / "site" / page).read_text(encoding="utf-8")
        for attendu in ("og:title", "og:description", "og:type", "og:locale"):
            assert len(re.findall(rf'<meta property="{attendu}" content="[^"]+">', texte)) == 1, (page, attendu)
        assert ('class="cabas-fil"' in texte) == (page != "index.html"), page
        assert "og:image" not in texte, "sans adresse publique, une image ne se désigne pas"


@pytest.mark.parametrize(
    ("page", "attendu"),
    [
        ("carte/index.html", ["Accueil", "Groupements", "La carte"]),
        ("chiffres/index.html", ["Accueil", "Groupements", "Quelques chiffres"]),
        ("saisons/index.html", ["Accueil", "Catalogue", "Les saisons"]),
        ("changements/index.html", ["Accueil", "Catalogue", "Ce qui a changé"]),
        ("guide/commander/index.html", ["Accueil", "Guide", "Commander"]),
        ("actualites/archives/index.html", ["Accueil", "Actualités", "Toutes les actualités"]),
    ],
)
def test_le_fil_d_ariane_dit_tout_le_chemin(vrai, page, attendu):
    fil = re.search(r'<nav class="cabas-fil"[^>]*>(.*?)</nav>', (vrai / "site" / page).read_text(encoding="utf-8"))
    assert fil
    assert re.findall(r">([^<]+)</(?:a|span)>", fil[1]) == attendu
    assert fil[1].count("<a ") == len(attendu) - 1
    assert fil[1].count('aria-current="page"') == 1


def test_un_titre_hostile_reste_du_texte_dans_le_fil(mini):
    texte = (mini / "site/catalogue/pirate/index.html").read_text(encoding="utf-8")
    fil = re.search(r'<span aria-current="page">(.*?)</span></nav>', texte)
    assert fil
    assert "&lt;script&gt;" in fil[1]
    assert "<" not in fil[1]


def test_modifier_cette_page_mene_au_vrai_fichier(vrai, racine):
    sans_lien = set()
    for page in (vrai / "site").rglob("*.html"):
        lien = re.search(r'href="https://depot\.exemple\.org/reseau/cabas/-/edit/main/([^"]+)" rel="edit"', page.read_text(encoding="utf-8"))
        chemin = page.relative_to(vrai / "site").as_posix()
        if lien is None:
            sans_lien.add(re.sub(r"(rubriques|mots-cles|groupements)/[^/]+/index", r"\1/*/index", chemin) if "actualites" in chemin else chemin)
        else:
            assert (racine / lien[1]).is_file(), (chemin, lien[1])
            assert page.parent.name in (Path(lien[1]).stem, *DE_LEUR_DOSSIER) or "actualites" in chemin, chemin
    attendues = """404.html index.html carte/index.html changements/index.html chiffres/index.html saisons/index.html
        catalogue/index.html producteurs/index.html groupements/index.html actualites/index.html
        actualites/archives/index.html actualites/rubriques/*/index.html actualites/mots-cles/*/index.html actualites/groupements/*/index.html"""
    assert {page for page in sans_lien if not page.startswith("bons/")} == set(attendues.split())


def test_la_politique_dit_ce_qu_elle_admet():
    texte = politique.politique(["'sha256-b'", "'sha256-a'"], [])
    assert texte.startswith("default-src 'none'; script-src 'self' file: 'sha256-a' 'sha256-b'; style-src 'self' file:;")
