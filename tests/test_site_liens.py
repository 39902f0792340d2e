"""Le contrôle des liens voit ce qui casse, ce qui fuit, et laisse passer le reste."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabas.publication import releve
from cabas.publication.liens import verifier


def _site(dossier: Path, corps: str, tete: str = "") -> Path:
    (dossier / "a").mkdir(parents=True)
    (dossier / "index.html").write_text(f"<!doctype html><head>{tete}</head><body><h2 id=ici>x</h2>{corps}</body>", encoding="utf-8")
    (dossier / "a" / "index.html").write_text('<p id="là">x</p><a href="../index.html">x</a>', encoding="utf-8")
    (dossier / "image.png").write_bytes(b"x")
    (dossier / "fiche.pdf").write_bytes(b"x")
    return dossier


def _codes(site: Path) -> list[str]:
    return [constat.code for constat in verifier(site, {})]


@pytest.mark.parametrize(
    "bon",
    [
        '<a href="a/index.html">x</a>',
        '<a href="a/index.html#l%C3%A0">x</a>',
        '<a href="#ici">x</a>',
        '<a href="fiche.pdf#page=2">x</a>',
        '<a href="https://exemple.org/">x</a>',
        '<a href="mailto:a@exemple.org">x</a>',
        '<a href="tel:0639980000">x</a>',
        '<img src="image.png" srcset="image.png 2x">',
        '<img src="data:image/png;base64,AA">',
        "<style>/* url(https://exemple.org/x) */ p{background:url(image.png)}</style>",
        '<svg xmlns="http://www.w3.org/2000/svg"><use href="#ici"/></svg>',
        "<script>var x = '<a href=\"nulle-part.html\">';</script>",
        "<!-- <a href='nulle-part.html'> -->",
    ],
)
def test_ce_qui_va(tmp_path, bon):
    assert _codes(_site(tmp_path, bon)) == []


@pytest.mark.parametrize(
    ("mauvais", "code"),
    [
        ('<a href="b/index.html">x</a>', "lien-casse"),
        ('<a href="../dehors.html">x</a>', "lien-casse"),
        ('<a href="a/">x</a>', "lien-dossier"),
        ('<a href="a/index.html#absente">x</a>', "ancre-absente"),
        ('<a href="#absente">x</a>', "ancre-absente"),
        ('<a href="/a/index.html">x</a>', "lien-absolu"),
        ('<a href="javascript:alert(1)">x</a>', "lien-interdit"),
        ('<a href=" JavaScript:alert(1)">x</a>', "lien-interdit"),
        ('<a href="data:text/html,x">x</a>', "lien-interdit"),
        ('<img src="https://exemple.org/p.gif">', "ressource-exterieure"),
        ('<img src="//exemple.org/p.gif">', "ressource-exterieure"),
        ('<img srcset="image.png 1x, https://exemple.org/p.gif 2x">', "ressource-exterieure"),
        ('<script src="https://exemple.org/x.js"></script>', "ressource-exterieure"),
        ('<iframe src="https://exemple.org"></iframe>', "ressource-exterieure"),
        ('<style>@import "https://exemple.org/x.css";</style>', "ressource-exterieure"),
        ("<style>p{background:url('https://exemple.org/x')}</style>", "ressource-exterieure"),
        ('<p style="background:url(//exemple.org/x)">x</p>', "ressource-exterieure"),
        ('<img src="absente.png">', "ressource-absente"),
        ('<p onclick="alert(1)">x</p>', "script-en-ligne"),
    ],
)
def test_ce_qui_ne_va_pas(tmp_path, mauvais, code):
    assert _codes(_site(tmp_path, mauvais)) == [code]


@pytest.mark.parametrize("relation", ["stylesheet", "icon", "preload", "preconnect", "dns-prefetch"])
def test_un_lien_d_en_tete_vers_un_autre_site_est_refuse(tmp_path, relation):
    assert _codes(_site(tmp_path, "", f'<link rel="{relation}" href="https://exemple.org/x">')) == ["ressource-exterieure"]


def test_une_feuille_de_style_est_lue_aussi(tmp_path):
    _site(tmp_path, "")
    (tmp_path / "x.css").write_text("@font-face{src:url(https://exemple.org/x.woff2)} p{background:url(absente.png)}", encoding="utf-8")
    assert sorted(_codes(tmp_path)) == ["ressource-absente", "ressource-exterieure"]


def test_le_constat_nomme_la_fiche_a_corriger(tmp_path):
    site = _site(tmp_path, '<a href="b.html">x</a>')
    assert [str(constat.emplacement) for constat in verifier(site, {"index.html": "content/guide/x.md"})] == ["content/guide/x.md"]


def test_le_cache_ne_change_rien_au_verdict(tmp_path):
    site = _site(tmp_path / "site", '<a href="b.html">x</a>')
    cache = tmp_path / "cache.json"
    assert verifier(site, {}, cache) == verifier(site, {}, cache) == verifier(site, {})
    cache.write_text("abîmé", encoding="utf-8")
    assert verifier(site, {}, cache) == verifier(site, {})


# --- Deux chemins, une seule réponse ---

MORCEAUX = [
    "<p>", "</p>", '<a href="b.html">', "</a>", "<article>", "</article>", "<ARTICLE class=x>", '<a id="é&amp;x" name=y>',
    "<img src=x.png/>", '<img src="x.png" srcset="a.png 1x, b.png 2x" />', "<p onclick='x()'>", '<p style="background:url(f.png)">',
    "<br>\n<br/>", "texte &lt;b&gt; 1", "<!-- <a href=c.html> -->", "<!--> <a href=d.html> -->", "<!-- a -- b -->",
    "<script>if (a<b) '<a href=e.html>'</script>", "<script src=s.js></script>",
    "<style>@import 'g.css';\np{background:url(h.png)}</style>", "<!doctype html>", "<", "<a href='i.html", "<a/href=j.html>",
    '<a href="k.html"id=l>', "<?xml version='1.0'?>", "<![CDATA[ <a href=m.html> ]]>", "<base href=/>",
    '<link rel="stylesheet" href="n.css">', "<svg:a href=o.html>", "</p x>",
]  # fmt: skip


@given(st.lists(st.sampled_from(MORCEAUX), max_size=12))
def test_le_releve_rapide_dit_comme_html_parser_ou_se_tait(morceaux):
    page = "\n".join(morceaux)
    vite = releve._relever_vite(page)
    assert vite is None or vite == releve.relever_lentement(page)
    assert releve.relever(page) == releve.relever_lentement(page)


@pytest.mark.parametrize("page", ['<!doctype html><a href="b.html" id=x>é</a><script>a<b</script><style>p{}</style><!-- x -->', "<P CLASS=a>\n<br/>"])
def test_une_page_bien_ecrite_prend_le_chemin_rapide(page):
    assert releve._relever_vite(page) is not None


@pytest.mark.parametrize("page", ["a < b", "<!--> <img src=//exemple.org/x> -->", "<a/href=x>", "<script><!-- <script> --></script>"])
def test_une_bizarrerie_repasse_par_html_parser(page):
    assert releve._relever_vite(page) is None
