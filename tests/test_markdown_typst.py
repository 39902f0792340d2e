"""Du Markdown au papier : chaque forme du guide a son bloc, un lien mène quelque part ou devient du texte, Typst compose tout."""

from __future__ import annotations

import json

import pytest
from conftest import RACINE

from cabas.documents import composition
from cabas.documents.markdown_typst import blocs, textes

ESSAI = """#import "commun.typ": *
#import "markdown.typ": composer, lisible
#let d = json("donnees.json")
#set document(title: "Essai", date: none)
#set text(font: polices, lang: "fr", fallback: false)
#show: lisible
#heading(level: 1)[Essai]
#composer(d.blocs, decalage: d.decalage, prefixe: "essai:")
"""


@pytest.fixture
def composer(monkeypatch):
    monkeypatch.setattr(composition, "_gabarit", lambda nom, lu=composition._gabarit: ESSAI.encode() if nom == "essai.typ" else lu(nom))
    return lambda texte, decalage=1, **options: composition.composer("essai.typ", {"blocs": blocs(texte, **options), "decalage": decalage})


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("## Deux *mots*", {"genre": "titre", "niveau": 2, "ancre": "deux-mots",
             "contenu": [{"genre": "texte", "texte": "Deux "}, {"genre": "italique", "contenu": [{"genre": "texte", "texte": "mots"}]}]}),
        ("Un\nmot", {"genre": "para", "contenu": [{"genre": "texte", "texte": "Un mot"}]}),
        ("a  \nb", {"genre": "para", "contenu": [{"genre": "texte", "texte": "a"}, {"genre": "saut"}, {"genre": "texte", "texte": "b"}]}),
        ("> Oui.", {"genre": "citation", "blocs": [{"genre": "para", "contenu": [{"genre": "texte", "texte": "Oui."}]}]}),
        ("```sh\n<a> & b\n```", {"genre": "code", "texte": "<a> & b"}),
        ("    retrait", {"genre": "code", "texte": "retrait"}),
        ("---", {"genre": "filet"}),
        ("`a < b`", {"genre": "para", "contenu": [{"genre": "code", "texte": "a < b"}]}),
        ("<b>x</b> &amp; \\*y\\*", {"genre": "para", "contenu": [{"genre": "texte", "texte": "<b>x</b> & *y*"}]}),
        ("![une photo](x.png)", {"genre": "para", "contenu": [{"genre": "texte", "texte": "une photo"}]}),
    ],
)  # fmt: skip
def test_une_forme_donne_un_bloc(texte, attendu):
    assert blocs(texte) == [attendu]


def test_une_liste_garde_son_ordre_ses_niveaux_et_ses_cases():
    (liste,) = blocs("3. un\n4. deux\n\n    - dedans\n")
    assert (liste["ordre"], liste["debut"], liste["cases"], len(liste["elements"])) == (True, 3, False, 2)
    assert [bloc["genre"] for bloc in liste["elements"][1]] == ["para", "liste"]
    (cases,) = blocs("- [ ] à faire\n- [x] fait\n")
    assert cases["cases"]
    assert [element[0]["contenu"] for element in cases["elements"]] == [
        [{"genre": "case", "cochee": False}, {"genre": "texte", "texte": "à faire"}],
        [{"genre": "case", "cochee": True}, {"genre": "texte", "texte": "fait"}],
    ]


def test_un_tableau_garde_ses_colonnes():
    (tableau,) = blocs("| a | b |\n|---|---:|\n| 1 | **2** |\n")
    assert (tableau["genre"], tableau["alignements"], len(tableau["entete"]), len(tableau["lignes"])) == ("tableau", ["left", "right"], 2, 1)
    assert tableau["lignes"][0][1] == [{"genre": "gras", "contenu": [{"genre": "texte", "texte": "2"}]}]


def test_un_encart_et_des_definitions():
    encart, definitions = blocs('!!! note "À savoir"\n    Ceci.\n\nbon\n:   ce que l’on demande\n')
    assert (encart["genre"], encart["titre"][0]["texte"], len(encart["blocs"])) == ("encart", "À savoir", 1)
    assert definitions["elements"][0]["terme"] == [{"genre": "texte", "texte": "bon"}]


@pytest.mark.parametrize(
    ("texte", "adresse"),
    [("[x](https://exemple.org)", "https://exemple.org"), ("<moi@exemple.org>", "mailto:moi@exemple.org"), ("[x](../autre.md)", None),
     ("[x](javascript:alert(1))", None), ("[x](#la)", None)],
)  # fmt: skip
def test_un_lien_sur_papier_mene_au_web_ou_devient_du_texte(texte, adresse):
    (un,) = blocs(texte)[0]["contenu"]
    assert un.get("adresse") == adresse
    assert "".join(textes([un])) in ("x", "moi@exemple.org")


def test_qui_compose_decide_ou_menent_les_liens(composer):
    texte = "# Un\n\n[suite](deux.md#bas)\n\n## Bas\n\nFin."
    liens = {"deux.md#bas": "#bas"}
    assert blocs(texte, liens.get)[1]["contenu"][0]["adresse"] == "#bas"
    assert b"/Link" in composer(texte, adresser=liens.get)


def test_la_typographie_est_posee_sauf_dans_le_code():
    (un,) = blocs("Vraiment ? `a ?` **Oui** : 3 kg")
    assert [noeud.get("texte") for noeud in un["contenu"]] == ["Vraiment\u202f? ", "a ?", " ", None, "\u00a0: 3\u00a0kg"]


def test_tout_se_compose_en_pdf_accessible(composer):
    formes = (
        "## A", "un **gras** *italique* `code` [lien](https://exemple.org)", "1. a\n2. b\n\n    - c", "- [ ] d\n- [x] e", "> f", "```\ng\n```",
         "| h | i |\n|---|---|\n| j | k |", "---", "!!! note\n    l", "m\n:   n", "### B", '#panic("o") $x$ @p <q> \\ #let',
    )  # fmt: skip
    tout = "\n\n".join(formes)
    pdf = composer(tout, 0)
    assert b"pdfuaid:part" in pdf
    assert pdf == composer(tout, 0)


def test_tout_le_guide_se_lit_et_rien_ne_s_y_perd():
    """Chaque texte du dépôt se lit ; aucun numéro interne de Markdown ne reste dans ce qui s'imprime."""
    for fichier in sorted((RACINE / "content/guide").rglob("*.md")):
        corps = fichier.read_text(encoding="utf-8")
        if corps.startswith("---"):
            corps = corps.split("---\n", 2)[2]
        lus = blocs(corps)
        json.dumps(lus)
        dits = "".join(textes(lus))
        assert not set("\x02\x03") & set(dits), fichier.name
        assert len(dits) > 0.5 * len(corps), fichier.name
