"""Les pages préparées : ce que les fiches disent s'y lit tel quel, les liens suivent les fichiers, les états vides se disent."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path, PurePosixPath

import pytest

from cabas.constats import Source
from cabas.lecture.depot import charger
from cabas.modele import Depot
from cabas.rendu import guide
from cabas.rendu.calendrier import rendez_vous
from cabas.rendu.carte import Carte, Ensemble
from cabas.rendu.echappement import entete, litteral, presentation, typographier_markdown
from cabas.rendu.fiches import effet, saison
from cabas.rendu.guide import Texte, quand_en_clair, relier
from cabas.rendu.pages import pages
from cabas.temps import PARIS

AVANT = datetime(2026, 11, 22, 12, 0, tzinfo=PARIS)
PENDANT = datetime(2026, 12, 3, 12, 0, tzinfo=PARIS)
APRES = datetime(2026, 12, 9, 12, 0, tzinfo=PARIS)
FINI = datetime(2027, 1, 2, 12, 0, tzinfo=PARIS)

HOSTILES = (
    "<script>alert(1)</script>",
    "[cliquez](javascript:alert(1))",
    "{{ config }} {% raw %}",
    "![x](https://exemple.org/x.png)",
    "`code` **gras** _souligné_ ~barré~",
    "# titre",
    "- liste",
    "1. liste",
    "| a | b |",
    "&lt;déjà&gt; & reste",
    '" onmouseover="alert(1)',
    "{: .classe onclick=alert(1) }",
    "[TOC]",
    "!!! note",
)


@pytest.fixture
def depot(mini_depot: Path) -> Depot:
    return charger(mini_depot)[0]


def _page(depot: Depot, chemin: str, maintenant: datetime = PENDANT, ensemble: Ensemble | None = None) -> str:
    return pages(depot, maintenant, ensemble or Ensemble())[0][PurePosixPath(chemin)]


@pytest.mark.parametrize("hostile", HOSTILES)
def test_un_texte_hostile_traverse_markdown_sans_agir(hostile):
    from html import unescape

    from markdown import Markdown

    rendu = Markdown(extensions=["tables", "attr_list", "admonition", "toc"]).convert(f"# {litteral(hostile)}")
    assert rendu.startswith("<h1")
    assert rendu.count("<") == 2, rendu
    visible = unescape(rendu[rendu.index(">") + 1 : -len("</h1>")])
    assert visible.replace("\u00a0", " ").replace("\u202f", " ") == hostile


@pytest.mark.parametrize("hostile", HOSTILES)
def test_un_texte_hostile_reste_du_texte_dans_l_en_tete(hostile):
    import yaml

    lu = yaml.safe_load(entete(title=hostile).strip("-\n"))["title"]
    assert "<" not in lu
    assert '"' not in lu


def test_un_nom_de_produit_hostile_ne_fait_rien_nulle_part(depot):

    pirate = "<script>alert(1)</script> [x](javascript:alert(1)) {{ 7*7 }}"
    produit = depot.produits["farine-t65"]._replace(nom=pirate, source=Source("catalogue/produits/x.yaml"))
    preparees = pages(depot._replace(produits={**depot.produits, "farine-t65": produit}), PENDANT)[0]
    for chemin, page in preparees.items():
        if chemin.suffix == ".md":  # le JSON, lui, porte le nom exact
            corps = page.split("---\n", 2)[2]
            assert "<script" not in page
            assert "](javascript" not in corps
            assert "{{" not in corps


def test_une_presentation_perd_ce_qui_agit_et_garde_ce_qui_se_lit():
    rendu = presentation(
        "## Chez nous\n\nDu **bon** pain, [notre site](https://exemple.org).\n\n<script>alert(1)</script>\n\n"
        '<img src=x onerror=alert(1)> <iframe src="https://exemple.org"></iframe> [piège](javascript:alert(1)) ![mouchard](https://exemple.org/p.gif)'
    )
    assert "<h3>Chez nous</h3>" in rendu
    assert "<strong>bon</strong>" in rendu
    assert 'href="https://exemple.org"' in rendu
    for mauvais in ("<script", "onerror", "<iframe", "javascript:", "exemple.org/p.gif"):
        assert mauvais not in rendu


def test_la_typographie_epargne_le_code_les_adresses_et_les_balises():
    texte = 'Prix : 3 € ! `a : b` [oui ?](x "y : z")\n\n```\nsi a : b ?\n```\n<b title="a : b">x</b>\n'
    rendu = typographier_markdown(texte)
    assert "Prix\u00a0: 3\u00a0€\u202f!" in rendu
    assert "`a : b`" in rendu
    assert "si a : b ?" in rendu
    assert '<b title="a : b">' in rendu
    assert '(x "y : z")' in rendu


@pytest.mark.parametrize(
    ("source", "page"),
    [
        ("content/guide/index.md", "guide/index.md"),
        ("content/guide/commander.md", "guide/commander/index.md"),
        ("content/guide/charte.md", "charte/index.md"),
        ("content/guide/missions/index.md", "missions/index.md"),
        ("content/guide/missions/caisse.md", "missions/caisse/index.md"),
        ("content/guide/technique/decisions/0001-langue.md", "guide/technique/decisions/0001-langue/index.md"),
        ("content/guide/photo.jpg", "guide/photo.jpg"),
    ],
)
def test_chaque_texte_du_guide_a_sa_place(source, page):
    assert str(guide.destination(source)) == page


def test_les_liens_suivent_les_fichiers(depot):
    textes = tuple(Texte(f"content/guide/{nom}.md", {}, "x") for nom in ("index", "commander", "charte", "missions/caisse"))
    carte = Carte(depot, Ensemble(textes, actualites={"content/actualites/2026-11-01-a.md": "actualites/a/index.html"}))
    texte = Texte(
        "content/guide/missions/caisse.md",
        {},
        "[a](../commander.md#prix) [b](../charte.md 'titre') [c](https://exemple.org) [d](#ici) `[e](absent.md)`\n"
        "[f](../../../catalogue/produits/farine-t65.yaml) [g](../../actualites/2026-11-01-a.md) [`h`](../index.md)\n"
        "```\n[i](absent.md)\n```\n[j]: ../commander.md\n",
    )
    constats: list = []
    rendu = relier(texte, carte.pour_mkdocs("missions/caisse"), constats)
    assert constats == []
    assert "[a](../../guide/commander/index.md#prix)" in rendu
    assert "[b](../../charte/index.md 'titre')" in rendu
    assert "[c](https://exemple.org) [d](#ici) `[e](absent.md)`" in rendu
    assert "[f](../../catalogue/farine-t65/index.md)" in rendu
    assert "[g](../../actualites/a/index.html)" in rendu
    assert "[`h`](../../guide/index.md)" in rendu
    assert "[i](absent.md)" in rendu
    assert "[j]: ../../guide/commander/index.md" in rendu


def test_un_lien_qui_ne_mene_nulle_part_est_un_constat_a_sa_ligne(depot):
    constats: list = []
    relier(Texte("content/guide/a.md", {}, "un\n\n[x](absent.md)\n", ligne=4), Carte(depot, Ensemble()).pour_mkdocs("guide/a"), constats)
    assert [(constat.code, str(constat.emplacement)) for constat in constats] == [("lien-casse", "content/guide/a.md:6")]


@pytest.mark.parametrize(
    ("code", "clair"),
    [
        ("distribution", "le jour de la distribution"),
        ("cloture+1j avant 12h", "le lendemain de la clôture, avant 12 h"),
        ("ouverture-3j", "3 jours avant l’ouverture"),
        ("cloture-1j", "la veille de la clôture"),
        ("quand on veut", "quand on veut"),
    ],
)
def test_le_moment_d_une_mission_se_lit(code, clair):
    assert quand_en_clair(code) == clair


def test_une_fiche_mission_commence_par_l_essentiel(depot):
    texte = Texte(
        "content/guide/missions/caisse.md",
        {
            "titre": "Tenir la caisse",
            "quand": "distribution",
            "duree": "3 h",
            "role": "deux bénévoles",
            "materiel": ["caisse", "stylos"],
            "besoins": ["V13"],
            "commande_outil": "cabas encaisser <commande>",
        },
        "# Tenir la caisse\n\nLe texte.",
    )
    page = _page(depot, "missions/caisse/index.md", ensemble=Ensemble((texte,)))
    debut, fin = page.index("# Tenir la caisse"), page.index("Le texte.")
    for attendu in ("le jour de la distribution", "3 h", "deux bénévoles", "stylos", "V13", "cabas encaisser &#60;commande&#62;"):
        assert debut < page.replace("\u00a0", " ").index(attendu) < fin
    assert 'source: "content/guide/missions/caisse.md"' in page


def test_l_accueil_repond_aux_trois_questions_avant_de_parler_de_nous(depot):
    page = _page(depot, "index.md")
    for question in ("Quand commander ?", "Où est le bon ?", "Quand et où venir chercher ?"):
        assert page.index(question) < page.index("Qui nous sommes")
    assert "bons/2026-12/les-tilleuls/index.html" in page
    assert "Salle des fêtes" in page
    assert "Jusqu’au lundi 7\u00a0décembre à 20\u00a0h" in page


@pytest.mark.parametrize(
    ("maintenant", "etats"),
    [(AVANT, ["a-venir", "a-venir"]), (PENDANT, ["ouverte", "ouverte"]), (APRES, ["close", "close"]), (FINI, [])],
)
def test_une_fenetre_s_annonce_jusqu_a_sa_distribution(depot, maintenant, etats):
    assert [str(un.etat) for un in rendez_vous(depot, maintenant)] == etats


def test_sans_date_sans_groupement_sans_produit_chaque_page_le_dit(depot):
    assert "Aucune commande n’est prévue" in _page(depot, "index.md", FINI)
    vide = Depot()
    assert "Aucun groupement n’est encore inscrit" in _page(vide, "index.md")
    assert "Le catalogue est vide" in _page(vide, "catalogue/index.md")
    assert "L’annuaire est vide" in _page(vide, "producteurs/index.md")
    assert "Aucun groupement" in _page(vide, "groupements/index.md")


def test_la_fiche_d_un_produit_dit_tout_avant_de_commander(depot):
    page = _page(depot, "catalogue/farine-t65/index.md").replace("\u00a0", " ")
    for attendu in (
        "1,40 € le kilo",
        "depuis le 1er septembre 2026",
        "Gluten",
        "500 g",
        "sac de 25 kg",
        "Drôme",
        "AB",
        "../../producteurs/moulin-des-sorbiers/index.html",
        "../../bons/2026-12/les-tilleuls/index.html",
    ):
        assert attendu in page
    assert 'source: "catalogue/produits/farine-t65.yaml"' in page


def test_la_page_d_un_groupement_dit_les_dates_les_creneaux_et_l_adhesion(depot):
    page = _page(depot, "groupements/les-tilleuls/index.md").replace("\u00a0", " ")
    for attendu in (
        "Jusqu’au lundi 7 décembre à 20 h",
        "16 h à 17 h 30, 12 places",
        "Habitant·e du quartier",
        "20,00 €",
        "10 % de moins que le prix coûtant",
        "Au pied des tours",
    ):
        assert attendu in page


def test_deux_preparations_donnent_les_memes_pages(depot):
    assert pages(depot, PENDANT)[0] == pages(depot, PENDANT)[0]


@pytest.mark.parametrize(
    ("mois", "clair"),
    [
        ((), ""),
        (tuple(range(1, 13)), ""),
        ((6, 7, 8), "de juin à août"),
        ((11, 12, 1, 2), "de novembre à février"),
        ((3, 6), "mars et juin"),
        ((4, 5, 6), "d’avril à juin"),
    ],
)
def test_la_saison_se_lit(mois, clair):
    assert saison(mois) == clair


def test_l_effet_d_un_tarif_se_lit(depot):
    effets = [effet(tarif) for tarif in depot.groupements["les-tilleuls"].tarifs]
    assert effets == ["10 % de moins que le prix coûtant", "10 % de plus que le prix coûtant"]
