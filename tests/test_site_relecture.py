"""Ce que des contributeur·rices écrivent est relu avant d'être publié : chaque faute a un code, un fichier, une ligne."""

from __future__ import annotations

from pathlib import Path

import pytest
from photos import photo

from cabas.cli.sources import lire_sources
from cabas.constats import Emplacement, Gravite, erreur
from cabas.lecture.depot import charger
from cabas.publication.preparation import Sources, preparer
from cabas.publication.relecture import nouvelles, situer, tout_relire
from cabas.rendu.guide import Texte, fil
from cabas.rendu.nouvelles import controler_entete, entete_article, lire_quand
from cabas.rendu.relecture import D_ARTICLE, DE_FICHE, DU_GUIDE, adresses_doubles, relire

PAGE = "content/guide/x.md"
BONS = (
    "# Un\n\n## Deux\n\n### Trois\n\n## Deux encore\n",
    "# Un\n\nDu `<b>` montré, ``<i> ` </i>``, 3 < 4, a <- b.\n",
    "# Un\n\n```html\n<script>alert(1)</script>\n# pas un titre\n```\n\nSuite.\n",
    "# Un\n\nDu code :\n\n    <script>alert(1)</script>\n\nSuite.\n",
    "# Un\n\n<https://exemple.org> et <a@exemple.org>, [tel](tel:0639980000), [page](autre.md#ici), [mail](mailto:a@exemple.org)\n",
    "# Un\n\n![Un moulin](moulin.jpg)\n\n*Date*{: .cabas-trait }\n{: .cabas-ligne #ici }\n",
    "# Un\n\n<!-- besoins -->\n\n| a |\n|---|\n| b |\n\n---\n\n[^1]: note\n",
    "Un\n==\n\nDeux\n----\n\n### Trois\n",
)
MAUVAIS = (
    ("# Un\n\n<script>alert(1)</script>\n", "html-interdit", 3),
    ("# Un\n\nTexte <img src=x onerror=alert(1)> ici\n", "html-interdit", 3),
    ("# Un\n\n<iframe src='https://exemple.org'></iframe>\n", "html-interdit", 3),
    ("# Un\n\n- liste\n\n    <svg onload=alert(1)>\n", "html-interdit", 5),
    ("# Un\n\n<svg\nonload=alert(1)>\n", "html-interdit", 3),
    ("# Un\n\n\\`<b onclick=x>\\`\n", "html-interdit", 3),
    ("# Un\n\n<!-- <b> -->\n", "html-interdit", 3),
    ("# Un\n\n[x](javascript:alert(1))\n", "lien-interdit", 3),
    ("# Un\n\n[x](JaVa&#115;cript:alert)\n", "lien-interdit", 3),
    ("# Un\n\n[x](data:text/html,a)\n", "lien-interdit", 3),
    ("# Un\n\n<vbscript:a>\n", "lien-interdit", 3),
    ("# Un\n\n[x][y]\n\n[y]: javascript:alert(1)\n", "lien-interdit", 5),
    ("# Un\n\n*x*{: onclick=alert(1) }\n", "attribut-interdit", 3),
    ("# Un\n\n*x*{: style='position:fixed' }\n", "attribut-interdit", 3),
    ("# Un\n\n![Un mouchard](https://exemple.org/p.gif)\n", "ressource-exterieure", 3),
    ("# Un\n\n![Une image](data:image/svg+xml,a)\n", "ressource-exterieure", 3),
    ("# Un\n\n![](moulin.jpg)\n", "image-sans-texte", 3),
    ("# Un\n\n### Trois\n", "titre-saute", 3),
    ("## Deux\n", "titre-saute", 1),
    ("# Un\n\n# Un autre\n", "titre-double", 3),
)


@pytest.mark.parametrize("corps", BONS)
def test_un_texte_sain_ne_dit_rien(corps):
    assert relire(Texte(PAGE, {}, corps)) == []


@pytest.mark.parametrize(("corps", "code", "ligne"), MAUVAIS)
def test_chaque_faute_a_son_fichier_et_sa_ligne(corps, code, ligne):
    constats = relire(Texte(PAGE, {}, corps, 10))
    assert [(constat.code, constat.emplacement) for constat in constats] == [(code, Emplacement(PAGE, ligne + 9))]
    assert constats[0].gravite is Gravite.ERREUR
    assert constats[0].remede


def test_une_presentation_est_signalee_sans_bloquer():
    constats = relire(Texte("groupements/x.md", {}, "# Chez nous\n\n<b>x</b>\n", 12), DE_FICHE)
    assert [(constat.code, constat.gravite, constat.emplacement.ligne) for constat in constats] == [("html-interdit", Gravite.AVERTISSEMENT, 14)]


def test_un_article_commence_au_deuxieme_niveau():
    assert relire(Texte(PAGE, {}, "## Deux\n"), D_ARTICLE) == []
    assert [constat.code for constat in relire(Texte(PAGE, {}, "# Un\n"), D_ARTICLE)] == ["titre-double"]


ARTICLE = """Title: Réunion
Date: 2026-11-06 21:00
Groupement: les-tilleuls
Prochaine: 2026-12-04T18:30
Decisions: Une boîte.
    Deux foyers.

Texte.
"""


def test_l_en_tete_d_un_compte_rendu_se_lit():
    champs = entete_article(Texte("content/actualites/a.md", {}, ARTICLE))
    assert champs["decisions"].valeurs == ["Une boîte.", "Deux foyers."]
    assert champs["prochaine"].ligne == 4
    assert lire_quand("2026-12-04T18:30").replace("\u00a0", " ") == "vendredi 4 décembre 2026 à 18 h 30"
    assert lire_quand("2026-12-04").replace("\u00a0", " ") == "vendredi 4 décembre 2026"
    assert lire_quand("bientôt") == ""


@pytest.mark.parametrize(
    ("avant", "apres", "attendus"),
    [
        ("", "", []),
        ("Title: Réunion\n", "", [("article-incomplet", 1)]),
        ("Date: 2026-11-06 21:00", "Date: hier", [("date-illisible", 2)]),
        ("les-tilleuls", "les-tileuls", [("groupement-inconnu", 3)]),
        ("2026-12-04T18:30", "début décembre", [("date-illisible", 4)]),
    ],
)
def test_l_en_tete_d_un_article_est_controle(avant, apres, attendus):
    texte = Texte("content/actualites/a.md", {}, ARTICLE.replace(avant, apres) if avant else ARTICLE)
    constats = controler_entete(texte, {"les-tilleuls"})
    assert [(constat.code, constat.emplacement.ligne) for constat in constats] == attendus


def test_les_nouvelles_d_un_groupement_vont_de_la_plus_recente_a_la_plus_ancienne():
    ancien = ARTICLE.replace("Réunion", "Avant").replace("2026-11-06", "2026-10-06")
    textes = [Texte("content/actualites/a.md", {}, ancien), Texte("content/actualites/b.md", {}, ARTICLE)]
    rangees = nouvelles(textes, {"content/actualites/a.md": "actualites/a/index.html", "content/actualites/b.md": "actualites/b/index.html"})
    assert [une.titre for une in rangees["les-tilleuls"]] == ["Réunion", "Avant"]


def test_deux_pages_a_la_meme_adresse():
    paires = [("a.md", "guide/a/index.html"), ("A/index.md", "guide/A/index.html"), ("b.md", "actualites/archives/index.html")]
    constats = adresses_doubles(paires, ["actualites/archives/index.html"])
    assert [(constat.code, constat.emplacement.fichier) for constat in constats] == [("adresse-double", "A/index.md"), ("adresse-double", "b.md")]
    assert adresses_doubles(paires[:1]) == []


def test_tout_est_relu_avant_de_construire(mini_depot: Path):
    fiche = mini_depot / "groupements/les-tilleuls.md"
    fiche.write_text(fiche.read_text(encoding="utf-8") + "\n[x](javascript:1) [y](absent.md)\n", encoding="utf-8")
    derniere = fiche.read_text(encoding="utf-8").count("\n")
    depot, _constats = charger(mini_depot)
    textes = (Texte("content/guide/a.md", {}, "# A\n\n<b>x</b>\n"), Texte("content/guide/a/index.md", {}, "# A\n"))
    articles = (Texte("content/actualites/2026-01-01-archives.md", {}, ARTICLE),)
    preparation = preparer(Sources(depot, [], {}, textes, articles), _midi())
    assert {(constat.code, str(constat.emplacement)) for constat in preparation.constats} >= {
        ("html-interdit", "content/guide/a.md:3"),
        ("adresse-double", "content/guide/a/index.md"),
        ("adresse-double", "content/actualites/2026-01-01-archives.md"),
        ("lien-interdit", f"groupements/les-tilleuls.md:{derniere}"),
        ("lien-casse", f"groupements/les-tilleuls.md:{derniere}"),
    }


def _midi():
    from datetime import datetime

    from cabas.temps import PARIS

    return datetime(2026, 12, 3, 12, tzinfo=PARIS)


def test_les_vraies_pages_sont_saines(racine):
    from cabas.cli.sources import lire_reglage

    reglage, fautes = lire_reglage(racine)
    sources = lire_sources(racine, _midi(), reglage, fautes)
    publies = {article.chemin: article.chemin for article in sources.articles}
    assert tout_relire(sources.depot, sources.textes, sources.articles, publies) == []


def test_une_ref_inconnue_dans_une_page_est_un_lien_casse_a_sa_ligne(mini_depot):
    depot, _constats = charger(mini_depot)
    textes = (Texte("content/guide/a.md", {}, "# A\n\nDe la [farine](../../catalogue/produits/farine-t99.yaml).\n"),)
    constats = preparer(Sources(depot, [], {}, textes), _midi()).constats
    assert [(constat.code, str(constat.emplacement)) for constat in constats] == [("lien-casse", "content/guide/a.md:3")]


def test_une_ancre_cassee_se_dit_a_la_ligne_qui_la_vise():
    constat = erreur("ancre-absente", Emplacement(PAGE), "Le lien « ../charte/index.html#pas-la » vise une partie qui n’existe pas.")
    autre = constat._replace(emplacement=Emplacement("site/x.html", 4))
    textes = {PAGE: Texte(PAGE, {}, "# Un\n\nVoir [la charte](charte.md#pas-la).\n", 3)}
    assert [str(un.emplacement) for un in situer([constat, autre], textes)] == [f"{PAGE}:5", "site/x.html:4"]


def test_une_image_trop_lourde_et_un_svg_sont_refuses(mini_depot):
    (mini_depot / "content/photos").mkdir(parents=True)
    (mini_depot / "content/photos/logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", encoding="utf-8")
    (mini_depot / "content/photos/note.txt").write_text("x", encoding="utf-8")
    sources = lire_sources(mini_depot, _midi(), {}, [])
    des_photos = [constat for constat in sources.constats if "photos" in constat.emplacement.fichier]
    trouves = {(constat.code, constat.emplacement.fichier, str(constat.gravite)) for constat in des_photos}
    assert trouves == {("image-refusee", "content/photos/logo.svg", "erreur"), ("annexe-ignoree", "content/photos/note.txt", "avertissement")}
    annexes = {"content/photos/a.jpg": b"\xff\xd8\xff\xe1\xff\xff", "content/photos/b.jpg": photo()}
    constats = preparer(sources._replace(annexes=annexes), _midi()).constats
    assert [(constat.code, constat.emplacement.fichier) for constat in constats] == [("image-refusee", "content/photos/a.jpg")]


@pytest.mark.parametrize(
    ("page", "attendu"),
    [
        ("guide/index.md", []),
        ("guide/commander/index.md", [("Guide", "../index.html")]),
        ("charte/index.md", [("Guide", "../guide/index.html")]),
        ("missions/caisse/index.md", [("Missions", "../index.html")]),
        ("guide/technique/decisions/0001-langue/index.md", [("Guide", "../../../index.html"), ("Décisions", "../index.html")]),
    ],
)
def test_le_fil_d_ariane_remonte(page, attendu):
    from pathlib import PurePosixPath

    pages = {"guide/index.md", "missions/index.md", "guide/technique/decisions/index.md"}
    assert [tuple(lien) for lien in fil(PurePosixPath(page), pages)] == attendu
    assert DU_GUIDE.bloque
