"""Le site construit : un petit réseau plein de pièges, et le vrai dépôt. Contrat des adresses, reproductibilité, navigateur.

Chaque site est construit une fois pour toute la séance d'essais, même quand plusieurs processus se la partagent.
"""

from __future__ import annotations

import functools
import http.server
import json
import re
import shutil
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import MINI_RESEAU, RACINE, attendre

from cabas.cli import principal
from cabas.cli.sources import lire_reglage, lire_sources
from cabas.constats import erreurs
from cabas.publication import actualites, bons, etapes, guide
from cabas.publication.dossiers import contenu
from cabas.publication.liens import verifier
from cabas.publication.verrou import Occupe, verrouiller
from cabas.temps import PARIS

MAINTENANT = datetime(2026, 12, 3, 12, 0, tzinfo=PARIS)
FIGE = datetime(2026, 11, 22, 12, 0, tzinfo=PARIS)
PIRATE = "<script>window.pirate=1</script> [x](javascript:window.pirate=1) {{ 7*7 }}"

HOSTILE = """nom: {nom}
producteur: moulin-des-sorbiers
rubrique: epicerie
unite: piece
pas: 1
prix: 3.20
prix_depuis: 2026-09-01
tva: 5.5
vente: preemballe
contenu: 500 g
allergenes: []
description: {nom}
"""
PRESENTATION = """
## Bienvenue

Un **moulin** au bord de l’eau. <img src="https://exemple.org/p.gif" onerror="window.pirate=1">
[piège](javascript:window.pirate=1) <script>window.pirate=1</script>

Voir [la farine](../produits/farine-t65.yaml) et [le guide](../../content/guide/commander.md).
"""
GUIDE = {
    "index.md": "# Le guide\n\nVoir [commander](commander.md#au-comptoir), [la charte](charte.md), [la caisse](missions/caisse.md).\n",
    "commander.md": "# Commander\n\n## Au comptoir\n\n1. Prenez un bon.\n\n   ```text\n   a : b ?\n   ```\n\n"
    "[Notre nouvelle](../actualites/2026-11-01-nouvelle.md)\n",
    "charte.md": "# La charte\n\nOn achète ensemble.\n",
    "missions/index.md": "# Les missions\n\n[Caisse](caisse.md)\n",
    "missions/caisse.md": "---\ntitre: Tenir la caisse\nquand: distribution\nduree: 3 h\nrole: deux personnes\nmateriel: [caisse]\n---\n\n"
    "# Tenir la caisse\n\nComptez.\n",
    "nouvelle-page.md": "# Une page ajoutée\n\nElle entre au menu d’elle-même.\n",
}


def construire(racine: Path, sortie: Path, maintenant: datetime = MAINTENANT) -> list:
    reglage, fautes = lire_reglage(racine)
    return etapes.construire(racine, sortie, maintenant, lambda _phrase: None, lambda: lire_sources(racine, maintenant, reglage, fautes))


def preparer_mini(racine: Path) -> Path:
    """Le réseau miniature, un produit au nom hostile, un petit guide, et douze nouvelles qui feraient buter Pelican."""
    shutil.copytree(MINI_RESEAU, racine)
    shutil.copy(RACINE / "mkdocs.yml", racine)
    (racine / "catalogue/produits/pirate.yaml").write_text(HOSTILE.format(nom=json.dumps(PIRATE)), encoding="utf-8")
    fiche = racine / "catalogue/producteurs/moulin-des-sorbiers.md"
    fiche.write_text(fiche.read_text(encoding="utf-8") + PRESENTATION, encoding="utf-8")
    for nom, texte in GUIDE.items():
        page = racine / "content/guide" / nom
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(texte, encoding="utf-8")
    (racine / "content/actualites").mkdir(parents=True)
    for numero in range(1, 13):
        nom = "nouvelle" if numero == 1 else f"nouvelle-{numero}"
        (racine / f"content/actualites/2026-11-{numero:02d}-{nom}.md").write_text(
            f"Title: Nouvelle {numero} : <b>oui</b> ?\nDate: 2026-11-{numero:02d} 10:00\nCategory: Vie du réseau\nTags: a1, a12\n"
            "Summary: Un résumé.\n\n"
            "Voir [le guide](../guide/commander.md) et [la farine](../../catalogue/produits/farine-t65.yaml) : c’est bon !\n",
            encoding="utf-8",
        )
    return racine


def preparer_vrai(racine: Path) -> Path:
    for nom in ("catalogue", "groupements", "content"):
        shutil.copytree(RACINE / nom, racine / nom)
    shutil.copy(RACINE / "mkdocs.yml", racine)
    return racine


def une_seule_fois(tmp_path_factory: pytest.TempPathFactory, nom: str, faire: Callable[[Path], None]) -> Path:
    """Le dossier `nom`, fait par le premier processus d'essai qui le demande ; les autres l'attendent."""
    base = tmp_path_factory.getbasetemp()
    commun = base.parent if re.fullmatch(r"popen-gw\d+", base.name) else base
    dossier, temoin = commun / f"site-{nom}", commun / f"site-{nom}.fait"
    while True:
        try:
            with verrouiller(commun / f"verrou-{nom}"):
                if not temoin.exists():
                    shutil.rmtree(dossier, ignore_errors=True)
                    faire(dossier)
                    temoin.touch()
                return dossier
        except Occupe:
            time.sleep(0.2)


@pytest.fixture(scope="session")
def mini(tmp_path_factory) -> Path:
    """La racine du petit réseau ; son site est dans `site/`."""

    def faire(racine: Path) -> None:
        preparer_mini(racine)
        (racine / "site").mkdir()
        (racine / "site/.gitignore").write_text("*\n!.gitignore\n", encoding="utf-8")
        assert erreurs(construire(racine, racine / "site")) == []

    return une_seule_fois(tmp_path_factory, "mini", faire)


@pytest.fixture(scope="session")
def vrai(tmp_path_factory) -> Path:
    """La racine d'une copie du vrai dépôt. Ses bons papier sont des ébauches : les composer prend du temps, et a ses essais."""

    def faire(racine: Path) -> None:
        from cabas.documents import bon_papier

        with pytest.MonkeyPatch.context() as rustine:
            rustine.setattr(bon_papier, "bon_pdf", lambda *_arguments: b"%PDF-ebauche")
            preparer_vrai(racine)
            assert erreurs(construire(racine, racine / "site", FIGE)) == []

    return une_seule_fois(tmp_path_factory, "vrai", faire)


# --- Ce qui est écrit ---


def test_chaque_adresse_du_contrat_existe(mini):
    site = mini / "site"
    attendus = """index.html 404.html guide/index.html guide/commander/index.html charte/index.html missions/caisse/index.html
        catalogue/index.html catalogue/farine-t65/index.html producteurs/moulin-des-sorbiers/index.html groupements/les-tilleuls/index.html
        actualites/index.html actualites/flux.atom.xml actualites/nouvelle/index.html catalogue.json catalogue.schema.json catalogue.dfc.jsonld
        catalogue.ofn.csv catalogue.gdxp.json donnees/camap/moulin-des-sorbiers.csv guide/technique/donnees-ouvertes/index.html
        bons/2026-12/les-tilleuls/index.html bons/2026-12/les-tilleuls/bon.csv bons/2026-12/les-tilleuls/bon.xlsx
        bons/2026-12/les-tilleuls/permanence.html
        bons/2026-12/les-tilleuls/bon.pdf bons/2026-12/les-tilleuls/bon-gros.pdf bons/2026-12/les-tilleuls/bon-solidaire.pdf
        missions/caisse/fiche.pdf guide.pdf guide-cahier.pdf
        agenda.ics groupements/les-tilleuls/agenda.ics groupements/les-tilleuls/cette-semaine/index.html"""
    assert [nom for nom in attendus.split() if not (site / nom).is_file()] == []
    assert 'href="guide.pdf"' in (site / "index.html").read_text(encoding="utf-8")


def test_les_donnees_d_une_page_sont_en_tete_et_ne_s_executent_pas(mini):
    page = (mini / "site/catalogue/pirate/index.html").read_text(encoding="utf-8")
    [donnees] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.partition("</head>")[0])
    assert "<" not in donnees
    assert (json.loads(donnees)["@type"], json.loads(donnees)["name"]) == ("Product", PIRATE)
    assert "application/ld+json" not in page.partition("</head>")[2]
    assert "ld+json" not in (mini / "site/search/search_index.json").read_text(encoding="utf-8")


def test_le_vrai_depot_a_une_page_par_fiche(vrai):
    site = vrai / "site"
    for dossier, origine in (("catalogue", "catalogue/produits"), ("producteurs", "catalogue/producteurs"), ("groupements", "groupements")):
        fiches = {fiche.stem for fiche in (vrai / origine).iterdir()}
        assert fiches == {page.parent.name for page in (site / dossier).glob("*/index.html")}
    assert "arrêté au 22\u00a0novembre 2026" in (site / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("lequel", ["mini", "vrai"])
def test_tous_les_liens_sont_bons_et_rien_ne_vient_d_ailleurs(lequel, request):
    assert verifier(request.getfixturevalue(lequel) / "site", {}) == []


@pytest.mark.parametrize("lequel", ["mini", "vrai"])
def test_aucun_chemin_de_la_machine_n_est_publie(lequel, request):
    racine = request.getfixturevalue(lequel)
    for chemin in contenu(racine / "site"):
        octets = (racine / "site" / chemin).read_bytes()
        assert str(racine).encode() not in octets, chemin
        assert str(RACINE).encode() not in octets, chemin


def test_les_fichiers_pointes_du_site_survivent(mini):
    assert (mini / "site/.gitignore").read_text(encoding="utf-8") == "*\n!.gitignore\n"
    assert not [chemin for chemin in mini.iterdir() if chemin.name.startswith(".site.")]


def test_la_page_dit_quel_fichier_corriger(mini):
    page = (mini / "site/catalogue/farine-t65/index.html").read_text(encoding="utf-8")
    assert "/-/edit/main/catalogue/produits/farine-t65.yaml" in page
    page = (mini / "site/actualites/nouvelle/index.html").read_text(encoding="utf-8")
    assert "/-/edit/main/content/actualites/2026-11-01-nouvelle.md" in page


def test_une_page_ajoutee_entre_au_menu(mini):
    assert "nouvelle-page/index.html" in (mini / "site/guide/commander/index.html").read_text(encoding="utf-8")


def test_les_actualites_parlent_francais_et_leurs_liens_menent_au_site(mini):
    page = (mini / "site/actualites/nouvelle/index.html").read_text(encoding="utf-8")
    assert "dimanche 1er\u00a0novembre 2026" in page
    assert 'href="../../guide/commander/index.html"' in page
    assert "c’est bon\u202f!" in page
    assert "<b>oui</b>" not in page
    assert (mini / "site/actualites/page/2/index.html").is_file()
    assert (mini / "site/actualites/mots-cles/a12/index.html").is_file()


@pytest.mark.parametrize(("site_url", "base"), [("", ""), ("https://reseau.exemple.org/x/", "https://reseau.exemple.org/x/actualites/")])
def test_le_flux_est_lisible_et_ses_liens_aboutissent(mini, site_url, base):
    brut = '<link href="/" rel="alternate"/><id>/</id><link href="n/index.html" rel="alternate"/><id>tag:None,2026:n</id>'
    liens = re.findall(r'href="([^"]*)"', actualites.finir_flux(brut, site_url))
    assert liens == [f"{base}index.html", f"{base}n/index.html"]
    liens = re.findall(r'href="([^"]*)"', actualites.finir_flux(brut, site_url, "groupements/x/"))
    assert liens == [f"{base or '../../'}groupements/x/index.html", f"{base or '../../'}n/index.html"]
    espace = "{http://www.w3.org/2005/Atom}"
    flux = ET.parse(mini / "site/actualites/flux.atom.xml").getroot()
    assert len(flux.findall(f"{espace}entry")) == 12
    for element in flux.iter(f"{espace}id"):
        assert (element.text or "").startswith("tag:cabas.invalid,2026")
    assert "cabas-racine" not in (mini / "site/actualites/flux.atom.xml").read_text(encoding="utf-8")


def test_la_recherche_est_prete_avec_et_sans_serveur(mini):
    index = (mini / "site/search/search_index.json").read_text(encoding="utf-8")
    assert (mini / "site/search/search_index.js").read_text(encoding="utf-8") == f"var __index = {index};\n"
    lieux = [doc["location"] for doc in json.loads(index)["docs"]]
    assert len([lieu for lieu in lieux if lieu.startswith("actualites/nouvelle")]) == 12
    assert not (mini / "site/actualites/recherche.json").exists()
    assert "<script>" not in json.dumps(json.loads(index)["docs"])


# --- Refaire ---


def test_deux_constructions_ailleurs_donnent_les_memes_octets(mini, tmp_path):
    racine = preparer_mini(tmp_path / "un" / "autre" / "endroit")
    assert erreurs(construire(racine, tmp_path / "sortie")) == []
    noms = contenu(mini / "site")
    assert contenu(tmp_path / "sortie") == noms
    assert [str(nom) for nom in noms if (mini / "site" / nom).read_bytes() != (tmp_path / "sortie" / nom).read_bytes()] == []


def test_sans_changement_rien_n_est_relance(mini, tmp_path, monkeypatch):
    racine = shutil.copytree(mini, tmp_path / "copie")
    construire(racine, racine / "site")
    avant = {nom: (racine / "site" / nom).stat().st_mtime_ns for nom in contenu(racine / "site")}
    for module in (guide, actualites):
        monkeypatch.setattr(module, "lancer", lambda *_: pytest.fail("relancé pour rien"))
    monkeypatch.setattr(bons, "_prendre", lambda *_: pytest.fail("bon refait pour rien"))
    assert erreurs(construire(racine, racine / "site")) == []
    assert {nom: (racine / "site" / nom).stat().st_mtime_ns for nom in contenu(racine / "site")} == avant


def test_un_prix_change_ne_relance_pas_pelican_et_se_voit(mini, tmp_path, monkeypatch):
    racine = shutil.copytree(mini, tmp_path / "copie")
    construire(racine, racine / "site")
    fiche = racine / "catalogue/produits/farine-t65.yaml"
    fiche.write_text(fiche.read_text(encoding="utf-8").replace("prix: 1.40", "prix: 1.55"), encoding="utf-8")
    monkeypatch.setattr(actualites, "lancer", lambda *_: pytest.fail("relancé pour rien"))
    assert erreurs(construire(racine, racine / "site")) == []
    assert "1,55\u00a0€" in (racine / "site/catalogue/farine-t65/index.html").read_text(encoding="utf-8")


def test_un_site_abime_est_refait(mini, tmp_path):
    racine = shutil.copytree(mini, tmp_path / "copie")
    construire(racine, racine / "site")
    (racine / "site/charte/index.html").unlink()
    construire(racine, racine / "site")
    assert (racine / "site/charte/index.html").is_file()


def test_une_erreur_laisse_le_site_en_place(mini, tmp_path):
    racine = shutil.copytree(mini, tmp_path / "copie")
    avant = (racine / "site/index.html").read_bytes()
    (racine / "content/guide/commander.md").write_text("# Commander\n\n[x](absent.md)\n\n[y](charte.md#pas-la)\n", encoding="utf-8")
    codes = [(constat.code, str(constat.emplacement)) for constat in erreurs(construire(racine, racine / "site"))]
    assert ("lien-casse", "content/guide/commander.md:3") in codes
    assert (racine / "site/index.html").read_bytes() == avant


def test_une_interruption_entre_deux_renommages_se_repare(mini, tmp_path):
    from cabas.publication.dossiers import reprendre

    (tmp_path / ".site.neuf").mkdir()
    (tmp_path / ".site.ancien").mkdir()
    (tmp_path / ".site.neuf/index.html").touch()
    reprendre(tmp_path / "site")
    assert (tmp_path / "site/index.html").exists()


def test_l_echeance_est_le_prochain_moment_ou_le_site_dirait_faux(mini):
    reglage, fautes = lire_reglage(mini)
    depot = lire_sources(mini, MAINTENANT, reglage, fautes).depot
    matin = datetime(2026, 12, 7, 9, 0, tzinfo=PARIS)
    assert etapes.echeance(depot, matin) == datetime(2026, 12, 7, 20, 0, tzinfo=PARIS)
    assert etapes.echeance(depot, MAINTENANT) == datetime(2026, 12, 4, 0, 0, tzinfo=PARIS)


def test_un_reseau_vide_a_un_site(tmp_path):
    racine = tmp_path / "vide"
    for dossier in ("catalogue/produits", "catalogue/producteurs", "catalogue/commandes", "groupements"):
        (racine / dossier).mkdir(parents=True)
    (racine / "catalogue/rubriques.yaml").write_text("- {code: epicerie, nom: Épicerie}\n", encoding="utf-8")
    shutil.copy(RACINE / "mkdocs.yml", racine)
    assert erreurs(construire(racine, racine / "site")) == []
    assert "Aucun groupement" in (racine / "site/index.html").read_text(encoding="utf-8")
    assert (racine / "site/actualites/index.html").is_file()


def test_le_verbe_construire_dit_ce_qu_il_a_fait(mini, tmp_path, capsys):
    racine = shutil.copytree(mini, tmp_path / "copie")
    assert principal(["construire", "--depot", str(racine), "--sortie", str(tmp_path / "sortie"), "--maintenant", "2026-12-03T12:00"]) == 0
    assert "Le site est prêt" in capsys.readouterr().out
    (racine / "mkdocs.yml").unlink()
    assert principal(["construire", "--depot", str(racine), "--format", "json"]) == 2
    constats = json.loads(capsys.readouterr().out)["constats"]
    assert [constat["code"] for constat in constats if constat["gravite"] == "erreur"] == ["site-sans-reglage"]


@pytest.mark.parametrize("sortie", [".", "..", "catalogue", "prive/site"])
def test_le_site_n_ecrase_jamais_autre_chose(mini, tmp_path, sortie, capsys):
    racine = shutil.copytree(mini, tmp_path / "copie")
    assert principal(["construire", "--depot", str(racine), "--sortie", str(racine / sortie)]) == 2
    assert (racine / "catalogue/produits/farine-t65.yaml").exists()


# --- Dans un navigateur ---


class _Muet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Rien."""


@pytest.fixture(scope="session")
def adresses(mini, vrai, tmp_path_factory) -> Iterator[dict[str, str]]:
    """Les deux sites, servis sous un chemin : rien ne doit dépendre de la racine."""
    base = tmp_path_factory.mktemp("serveur")
    (base / "un").mkdir()
    for nom, racine in (("mini", mini), ("vrai", vrai)):
        (base / "un" / nom).symlink_to(racine / "site", target_is_directory=True)
    serveur = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Muet, directory=str(base)))
    threading.Thread(target=serveur.serve_forever, daemon=True).start()
    yield {nom: f"http://127.0.0.1:{serveur.server_port}/un/{nom}/" for nom in ("mini", "vrai")}
    serveur.shutdown()


@pytest.fixture(scope="module")
def navigateur(chromium) -> Iterator:
    from playwright.sync_api import sync_playwright

    drapeaux = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
    with sync_playwright() as outil:
        ouvert = outil.chromium.launch(executable_path=chromium, args=drapeaux)
        yield ouvert
        ouvert.close()


@pytest.fixture
def onglet(navigateur) -> Iterator:
    """Une page qui note ses requêtes et ses plaintes."""
    contexte = navigateur.new_context(viewport={"width": 1280, "height": 900})
    page = contexte.new_page()
    page.demandes, page.plaintes = [], []
    page.on("request", lambda requete: page.demandes.append(requete.url))
    page.on("pageerror", lambda faute: page.plaintes.append(str(faute)))
    page.on("requestfailed", lambda requete: page.plaintes.append(f"échec : {requete.url}"))
    page.on("console", lambda message: page.plaintes.append(message.text) if message.type == "error" else None)
    yield page
    contexte.close()


def chercher(onglet, mot: str):
    """Ouvre la recherche, attend qu'elle soit prête (hors connexion, elle ne se charge qu'à ce moment), tape ; rend le premier résultat."""
    onglet.locator(".md-search__input").click()
    onglet.locator(".md-search-result__meta", has_text="Taper").wait_for(timeout=30000)
    onglet.locator(".md-search__input").press_sequentially(mot)
    resultat = onglet.locator(".md-search-result__link").first
    resultat.wait_for(timeout=30000)
    return resultat


PAGES = (
    "index.html", "catalogue/index.html", "producteurs/index.html", "groupements/index.html", "groupements/les-tilleuls/index.html",
    "guide/index.html", "guide/commander/index.html", "missions/index.html", "missions/caisse/index.html",
    "groupements/les-tilleuls/cette-semaine/index.html", "charte/index.html", "actualites/index.html",
    "carte/index.html", "chiffres/index.html", "saisons/index.html", "changements/index.html",
)  # fmt: skip


def test_une_seule_origine_et_aucune_plainte(onglet, adresses):
    for page in PAGES:
        onglet.goto(adresses["vrai"] + page, wait_until="networkidle")
    assert {urlsplit(demande).netloc for demande in onglet.demandes if not demande.startswith("data:")} == {urlsplit(adresses["vrai"]).netloc}
    assert onglet.plaintes == []


@pytest.mark.parametrize("largeur", [320, 360, 1280])
def test_aucune_page_ne_defile_de_cote(onglet, adresses, largeur):
    onglet.set_viewport_size({"width": largeur, "height": 800})
    trop_larges = []
    for page in (*PAGES, "catalogue/comte-12-mois/index.html", "404.html"):
        if onglet.goto(adresses["vrai"] + page).status != 200:
            continue
        if onglet.evaluate("document.documentElement.scrollWidth") > largeur:
            trop_larges.append(page)
    assert trop_larges == []


def test_un_nom_hostile_s_affiche_tel_quel(onglet, adresses):
    for dossier in ("catalogue/pirate", "catalogue", "producteurs/moulin-des-sorbiers", "bons/2026-12/les-tilleuls"):
        page = f"{dossier}/index.html"
        onglet.goto(adresses["mini"] + page)
        assert onglet.evaluate("window.pirate") is None, page
        assert onglet.locator("a[href^='javascript']").count() == 0, page
    onglet.goto(adresses["mini"] + "catalogue/pirate/index.html")
    titre = onglet.locator("h1").evaluate("titre => titre.firstChild.textContent")
    assert titre.replace("\u00a0", " ").strip() == PIRATE
    assert PIRATE in onglet.title().replace("\u00a0", " ")


def test_les_onglets_menent_partout_meme_depuis_les_actualites(onglet, adresses):
    onglet.goto(adresses["mini"] + "actualites/nouvelle/index.html")
    for nom, titre in (("Catalogue", "Le catalogue"), ("Groupements", "Les groupements"), ("Guide", "Le guide"), ("Actualités", "Actualités")):
        onglet.locator(".md-tabs").get_by_role("link", name=nom).click()
        onglet.locator("h1", has_text=titre).wait_for()
        assert onglet.locator("h1").evaluate("titre => titre.firstChild.textContent").strip() == titre


@pytest.mark.parametrize("absente", ["catalogue/parti/depuis/longtemps.html", "x/y/z", "x/y/z/", "absente.html", "x"])
@pytest.mark.parametrize("sous", ["un chemin", "la racine"])
def test_la_page_absente_ramene_a_l_accueil_d_ou_qu_on_vienne(onglet, mini, adresses, absente, sous):
    """Le site ne connaît pas son adresse : la page retrouve sa racine seule, à toute profondeur."""
    base = adresses["mini"] if sous == "un chemin" else "http://reseau.exemple.org/"

    def repondre(route):
        fichier = mini / "site" / route.request.url.removeprefix(base)
        route.fulfill(path=fichier) if fichier.is_file() else route.fulfill(status=404, content_type="text/html", path=mini / "site/404.html")

    onglet.route(f"{base}**", repondre)
    assert onglet.goto(base + absente).status == 404
    onglet.locator(f"#accueil[href='{urlsplit(base).path}index.html']").wait_for()
    liens = onglet.locator("main a").evaluate_all("liens => liens.map(lien => lien.href)")
    assert len(liens) > 4
    assert [lien for lien in liens if not (mini / "site" / lien.removeprefix(base)).is_file()] == []
    assert onglet.evaluate("getComputedStyle(document.body).borderTopWidth") == "6px"
    onglet.locator("#accueil").click()
    onglet.wait_for_url("**/index.html")
    assert onglet.url == base + "index.html"
    assert [plainte for plainte in onglet.plaintes if "Content Security Policy" in plainte] == []


def test_le_site_se_lit_et_se_cherche_depuis_une_cle_usb(onglet, mini):
    onglet.goto((mini / "site/index.html").as_uri())
    onglet.locator(".md-tabs").get_by_role("link", name="Catalogue").click()
    onglet.get_by_role("link", name="Farine de blé T65").first.click()
    onglet.wait_for_url(re.compile(r"farine-t65/index\.html"))
    assert onglet.locator("h1").inner_text().startswith("Farine de blé T65")
    attendre(onglet, "document.fonts.check('16px \"Atkinson Hyperlegible\"')")
    chercher(onglet, "lentilles").click()
    onglet.wait_for_url(re.compile(r"lentilles-vertes/index\.html"))
    onglet.locator(".md-tabs").get_by_role("link", name="Actualités").click()
    onglet.wait_for_url(re.compile(r"actualites/index\.html"))
    assert onglet.locator("h1").inner_text() == "Actualités"
    assert [demande for demande in onglet.demandes if not demande.startswith(("file:", "data:", "blob:"))] == []


def test_la_recherche_trouve_avec_un_serveur(onglet, adresses):
    """Son index, qui pèse la moitié d'une page, n'est demandé qu'à qui ouvre la recherche."""
    onglet.goto(adresses["mini"] + "index.html", wait_until="networkidle")
    assert [demande for demande in onglet.demandes if "search_index" in demande] == []
    assert "entilles" in chercher(onglet, "lentilles").inner_text()
    assert len([demande for demande in onglet.demandes if "search_index" in demande]) == 1
    assert onglet.plaintes == []


def test_sur_papier_rien_de_ce_qui_se_clique(onglet, adresses):
    onglet.goto(adresses["vrai"] + "missions/caisse/index.html")
    onglet.emulate_media(media="print")
    for morceau in (".md-header", ".md-tabs", ".md-footer", ".md-sidebar--primary", ".cabas-modifier"):
        assert not onglet.locator(morceau).first.is_visible(), morceau
    assert onglet.locator("h1").is_visible()
    assert onglet.evaluate("getComputedStyle(document.querySelector('.md-typeset')).fontSize") == "16px"


def test_les_couleurs_sombres_suivent_l_appareil(navigateur, adresses):
    contexte = navigateur.new_context(color_scheme="dark")
    page = contexte.new_page()
    for adresse in ("index.html", "actualites/index.html"):
        page.goto(adresses["mini"] + adresse)
        page.locator("body[data-md-color-scheme=slate]").wait_for()
    contexte.close()
