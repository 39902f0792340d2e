"""Le livret du guide : tout y est, dans l'ordre du menu, les renvois disent la bonne page, et les feuilles se plient dans l'ordre."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from datetime import datetime
from html import unescape
from pathlib import Path, PurePosixPath

import pytest
from conftest import RACINE

from cabas.cli.sources import lire_reglage, lire_sources
from cabas.documents import livret as document
from cabas.documents.livret import Chapitre, Livre, Partie, cahier_pdf, donnees_du_livret, imposer, livret_pdf, pages_du_pdf
from cabas.documents.markdown_typst import textes
from cabas.publication import livret
from cabas.publication.guide import menu
from cabas.rendu.guide import Texte, destination
from cabas.temps import PARIS
from cabas.typographie import simplifier

MAINTENANT = datetime(2026, 11, 22, 12, tzinfo=PARIS)
A_VUE, DIX_ET_DEMI = 36.8, 13.0
"""En points : la plus petite marge, et la hauteur que pdftotext donne à un mot de notre lettre composé à 10,5 points."""
CESURE = re.compile("-\n")


@pytest.fixture(scope="module")
def sources():
    reglage, fautes = lire_reglage(RACINE)
    return lire_sources(RACINE, MAINTENANT, reglage, fautes, vite=True)


@pytest.fixture(scope="module")
def livre(sources) -> Livre:
    pages = [page for texte in sources.textes if (page := destination(texte.chemin))]
    nav, _absentes = menu(sources.reglage, pages, frozenset())
    fait = livret.livre(sources.depot, sources.textes, nav, sources.reglage)
    assert fait is not None
    return fait


@pytest.fixture(scope="module")
def pdf(livre) -> bytes:
    return livret_pdf(livre)


def lire(pdf: bytes, dossier: Path, *options: str) -> list[str]:
    """Le texte d'un PDF, page à page."""
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext est absent : le texte des PDF n’est pas relu. Pour le faire : sudo apt install poppler-utils")
    (dossier / "lu.pdf").write_bytes(pdf)
    commande = ["pdftotext", *(options or ("-raw",)), str(dossier / "lu.pdf"), "-"]
    rendu = subprocess.run(commande, capture_output=True, check=True, text=True, encoding="utf-8").stdout
    return re.sub("[\u2060\u200b\u00ad]", "", rendu).removesuffix("\f").split("\f")


@pytest.fixture(scope="module")
def lu(pdf, tmp_path_factory) -> list[str]:
    return lire(pdf, tmp_path_factory.mktemp("livret"))


def mots(texte: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", simplifier(texte)))


# --- L'ordre, et ce qui y entre


def test_toutes_les_pages_du_guide_y_sont_une_fois_dans_l_ordre_du_menu(sources, livre):
    chemins = [chapitre.chemin for partie in livre.parties for chapitre in partie.chapitres]
    attendus = [texte.chemin for texte in sources.textes if texte.chemin.startswith("content/guide/") and "/technique/" not in texte.chemin]
    assert sorted(chemins) == sorted(attendus)
    assert [partie.titre for partie in livre.parties] == ["Pour commencer", "Découvrir", "Participer", "Organiser", "L’outil", "Missions"]
    rangs = [chemins.index(f"content/guide/{nom}.md") for nom in ("index", "charte", "commander", "le-mois", "installer", "missions/caisse")]
    assert rangs == sorted(rangs)


def test_une_page_hors_du_menu_n_est_pas_perdue_et_sans_guide_pas_de_livret(sources):
    une = [Texte("content/guide/a/b.md", {}, "# Ailleurs\n")]
    assert livret.livre(sources.depot, une, [{"Guide": ["guide/index.md"]}], {}).parties[0].chapitres[0].chemin == une[0].chemin
    assert livret.livre(sources.depot, [Texte("content/guide/technique/x.md", {}, "# X\n")], [], {}) is None
    assert livret.livret(None, Path("absente")) == {}


# --- Le livret


def test_le_livret_est_balise_toujours_le_meme_et_multiple_de_quatre(livre, pdf):
    assert livret_pdf(livre) == pdf
    assert b"CreationDate" not in pdf
    assert b"pdfuaid:part" in pdf
    assert b"/StructTreeRoot" in pdf
    assert pages_du_pdf(pdf) % 4 == 0
    assert {tuple(round(float(cote)) for cote in boite.split()) for boite in re.findall(rb"/MediaBox\s*\[([^\]]*)\]", pdf)} == {(0, 0, 420, 595)}


def test_chaque_mot_du_guide_est_dans_le_livret(livre, lu):
    """Page du guide par page du guide, à la césure près : autant de fois chaque mot que le dépôt l'écrit, au moins."""
    donnees = donnees_du_livret(livre)
    debuts = [numero for numero, _titre in chapitres_lus(donnees, lu)]
    chapitres = [chapitre for partie in livre.parties for chapitre in partie.chapitres]
    for chapitre, debut, fin in zip(chapitres, debuts, [*debuts[1:], len(lu)], strict=True):
        imprimes = "\n".join(lu[debut - 1 : fin])
        colles = simplifier(CESURE.sub("", imprimes))
        manquent = mots(ecrits(chapitre.corps)) - mots(imprimes) - mots(colles)
        assert [mot for mot in manquent if mot not in colles.replace(" ", "")] == [], chapitre.chemin


def ecrits(markdown: str) -> str:
    """Les mots qu'une personne a écrits : sans adresses de liens, sans marques de forme, sans nom de langage."""
    return unescape(re.sub(r"\]\([^)]*\)|^\s*(?:```|!!!)\s*\w*|\{:[^}]*\}|^\s*\d+\. ", " ", markdown, flags=re.MULTILINE))


def chapitres_lus(donnees, lu: list[str]) -> list[tuple[int, str]]:
    """La page où commence chaque chapitre, d'après le texte des pages : son titre, en tête."""
    trouves, page = [], 4
    for partie in donnees["parties"]:
        for chapitre in partie["chapitres"]:
            tete = simplifier(f"{partie['titre'] if len(partie['chapitres']) == 1 else ''} {chapitre['titre']}")
            # Ce titre n'est pas celui d'une tête de page : le chapitre commence avant ses suites.
            page = next(n for n in range(page + 1, len(lu) + 1) if simplifier(lu[n - 1]).startswith(tete))
            trouves.append((page, chapitre["titre"]))
    return trouves


def test_la_table_et_les_renvois_disent_la_bonne_page(livre, lu):
    debuts = chapitres_lus(donnees_du_livret(livre), lu)
    table = simplifier(" ".join(lu[2:4]))
    motifs = {titre: re.escape(simplifier(titre)).replace(r"\ \?", r" ?\?") for _page, titre in debuts}  # une espace fine se lit, ou non
    assert [titre for page, titre in debuts if not re.search(rf"{motifs[titre]} [. ]+{page}\b", table)] == []
    page_de = {simplifier(titre): page for page, titre in debuts}
    premiere = simplifier(" ".join(lu[4:8]))
    assert f"commander (page {page_de['commander']})" in premiere
    assert f"les fiches mission (page {page_de['les fiches mission']})" in premiere
    for numero, page in enumerate(lu[2:-1], 3):
        assert re.search(rf"(?m)^{numero}$", page), f"la page {numero} n’a pas son folio"


def test_rien_ne_deborde_et_rien_n_est_plus_petit_que_dix_points_et_demi(pdf, tmp_path):
    """Folio, têtes, tableaux et codes compris."""
    lignes = "\n".join(lire(pdf, tmp_path, "-bbox"))
    boites = [tuple(map(float, trouve)) for trouve in re.findall(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)"', lignes)]
    assert len(boites) > 30000
    assert [boite for boite in boites if boite[0] < A_VUE or boite[2] > 419.5 - A_VUE] == []
    assert min(haut - bas for _gauche, bas, _droite, haut in boites) >= DIX_ET_DEMI


def test_un_livret_est_en_noir_et_blanc(pdf):
    couleurs = {tuple(teinte) for flux in flux_de(pdf) for teinte in re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) (?:rg|RG|scn|SCN)\b", flux)}
    assert [teinte for teinte in couleurs if len(set(teinte)) > 1] == []


def flux_de(pdf: bytes) -> list[bytes]:
    import zlib

    trouves = []
    for brut in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            trouves.append(zlib.decompress(brut))
        except zlib.error:
            continue
    return trouves


FORMES = """# Tout

## Deux

#### Un titre qui saute un niveau

- [ ] à faire
- [x] fait

> Une citation, [un lien perdu](rien.md), [une ancre perdue](#pas-la), [le deux](#deux), [dehors](https://exemple.org).

!!! note "À savoir"
    Dedans.

| a | b | c |
|---|---|---:|
| 1 | `regles_de_partage.Cellier` | 3 |

```sh
cabas --help → rien 漢
```

mot
:   sens

*Vu le*{: .cabas-trait } *oui*{: .cabas-case } *non*{: .cabas-case }
{: .cabas-reponse }

**Nom** `nom`
{: .cabas-ligne }

**Avis**
{: .cabas-cadre .cabas-cadre--4 }
"""


def test_chaque_forme_se_compose_et_un_signe_inconnu_n_arrete_rien(tmp_path):
    livre = Livre("Réseau", (Partie("Une", (Chapitre("content/guide/x.md", FORMES),)), Partie("Vide", (Chapitre("content/guide/y.md", ""),))))
    donnees = donnees_du_livret(livre)
    corps = donnees["parties"][0]["chapitres"][0]["corps"]
    assert [bloc["niveau"] for bloc in corps if bloc["genre"] == "titre"] == [3, 4]
    assert [(bloc["forme"], bloc["hauteur"]) for bloc in corps if bloc["genre"] == "champ"] == [("reponse", 2), ("ligne", 2), ("cadre", 4)]
    liens = [noeud for noeud in document._tous(corps) if noeud.get("genre") in ("lien", "ailleurs")]
    assert [(lien["genre"], lien["adresse"]) for lien in liens] == [
        ("ailleurs", "site:"), ("lien", "#0:"), ("lien", "#0:deux"), ("lien", "https://exemple.org"),
    ]  # fmt: skip
    assert "cabas --help -> rien ?" in "".join(textes(corps))
    pdf = livret_pdf(livre)
    assert pages_du_pdf(pdf) % 4 == 0
    fichier = tmp_path / "guide.pdf"
    fichier.write_bytes(pdf)
    assert cahier_pdf(fichier) == cahier_pdf(fichier)


# --- Ce que le livret ne sait pas rendre


def test_ce_que_le_livret_ne_sait_pas_rendre_est_dit_avec_sa_ligne(sources):
    corps = (
        "# X\n\n![plan](p.png)\n\nun `<b>` <b>gras</b>\n\n```\n<i> ![x](y)\n```\n\nnote[^1]\n<!-- rien\n<b> -->\n漢\n"
        "<https://exemple.org> <moi@exemple.org> a < b → c\n"
    )
    constats = livret.inconnus([Texte("content/guide/x.md", {}, corps, 5), Texte("content/guide/technique/x.md", {}, corps)])
    assert {constat.code for constat in constats} == {"livret-incomplet"}
    assert all(constat.remede for constat in constats)
    assert [str(constat.emplacement) for constat in constats] == [f"content/guide/x.md:{ligne}" for ligne in (7, 9, 15, 18)]
    assert livret.inconnus(sources.textes) == []


# --- Le cahier


@pytest.mark.parametrize("pages", [1, 4, 5, 31, 32, 33, 64, 196, 200])
def test_une_fois_pliees_les_feuilles_se_lisent_dans_l_ordre(pages):
    """On plie pour de vrai : chaque paquet de feuilles, ouvert au milieu, se feuillette de la première à la dernière page."""
    faces = imposer(pages)
    assert len(faces) % 2 == 0
    lues: list[int] = []
    for debut in range(0, len(faces), 16):
        feuilles = [faces[n : n + 2] for n in range(debut, min(debut + 16, len(faces)), 2)]
        lues += [page for (_dos, avant), (dedans, _fin) in feuilles for page in (avant, dedans)]
        lues += [page for (dos, _avant), (_dedans, fin) in reversed(feuilles) for page in (fin, dos)]
    assert lues == [*range(1, pages + 1), *([0] * (-pages % 4))]


def test_le_cahier_imprime_la_bonne_page_a_gauche_et_a_droite(pdf, lu, tmp_path):
    fichier = tmp_path / "guide.pdf"
    fichier.write_bytes(pdf)
    cahier = cahier_pdf(fichier)
    faces = imposer(len(lu))
    assert pages_du_pdf(cahier) == len(faces) == len(lu) // 2
    cotes = [lire(cahier, tmp_path, "-raw", "-x", str(gauche), "-y", "0", "-W", "421", "-H", "596") for gauche in (0, 421)]
    for rang, face in enumerate(faces):
        for cote, page in zip(cotes, face, strict=True):
            assert re.sub(r"\W", "", cote[rang]) == re.sub(r"\W", "", lu[page - 1]), (rang, page)


# --- La réserve


def test_un_livret_inchange_n_est_pas_recompose(sources, tmp_path, monkeypatch):
    faits: list[str] = []
    monkeypatch.setattr(livret, "livret_pdf", lambda livre: faits.append("livret") or b"x")
    monkeypatch.setattr(livret, "cahier_pdf", lambda fichier: faits.append("cahier") or fichier.read_bytes() * 2)
    une = Texte("content/guide/x.md", {}, "# X\n")
    livre = livret.livre(sources.depot, [une], [], {})
    premiers = livret.livret(livre, tmp_path)
    assert premiers == {PurePosixPath("guide.pdf"): b"x", PurePosixPath("guide-cahier.pdf"): b"xx"}
    assert livret.lancer(livre, tmp_path).result() == premiers
    assert faits == ["livret", "cahier"]
    livret.livret(livret.livre(sources.depot, [une._replace(corps="# Y\n")], [], {}), tmp_path)
    assert faits == ["livret", "cahier"] * 2
    assert len(list(tmp_path.iterdir())) == 2
