"""La page du bon dans un vrai navigateur, ouverte comme un fichier, sans réseau : ce que fait une personne qui commande."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from conftest import attendre, recharger
from depot_de_bon import MAINTENANT, grand_depot, petit_depot

from cabas.argent import montant
from cabas.calculs.code_court import code_court, texte_du_bon
from cabas.cli import principal
from cabas.constats import Refus
from cabas.etats import EtatDeLot, EtatDesLots
from cabas.lecture.depot import charger
from cabas.quantites import lire_quantite
from cabas.rendu import bons
from cabas.rendu.autonome import script_de
from cabas.rendu.bons import bon_html
from cabas.temps import PARIS
from cabas.typographie import euros, quantite

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright n’est pas installé : make test l’installe avec les outils d’essai")

ENTETE = "cellule;produit;quantite;tolerance;commande;groupement;bon;envoye_le;creneau;tarif;nom;telephone;courriel;remarque;statut"
SERVICE = "https://formulaires.exemple.org/bons"
PERMISES = ("file://", "blob:", "data:", "mailto:", "http://127.0.0.1:", SERVICE)
REPRIS = "#brouillon:not([hidden])"
ATTENDUS = ("Failed to load", "CORS policy")  # ce que le navigateur écrit quand un service refuse


@pytest.fixture(scope="module")
def navigateur(chromium: str) -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        fenetre = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield fenetre
        fenetre.close()


@pytest.fixture
def contexte(navigateur: Any) -> Iterator[Any]:
    un = navigateur.new_context(viewport={"width": 360, "height": 740}, timezone_id="Europe/Paris", locale="fr-FR", accept_downloads=True)
    yield un
    un.close()


@pytest.fixture
def ouvrir(contexte: Any, tmp_path: Path):
    """Ouvre le bon d'un petit dépôt depuis un fichier ; vérifie à la fin qu'aucune requête ni aucune erreur n'est partie."""
    fautes: list[str] = []

    def ouvrir_le_bon(depot: Any = None, maintenant: Any = MAINTENANT, contexte: Any = contexte, code: str = "fr", **du_groupement: object) -> Any:
        depot = depot or petit_depot(**du_groupement)
        fichier = tmp_path / "index.html"
        html = bon_html(depot, depot.commandes["2026-12"], depot.groupements["les-tilleuls"], MAINTENANT, "a1b2c3d", code)
        fichier.write_text(html, encoding="utf-8")
        page = contexte.new_page()
        page.clock.set_fixed_time(maintenant)
        page.on("request", lambda requete: None if requete.url.startswith(PERMISES) else fautes.append(requete.url))
        page.on("pageerror", lambda erreur: fautes.append(str(erreur)))
        page.on("console", lambda dit: fautes.append(dit.text) if dit.type == "error" and not any(un in dit.text for un in ATTENDUS) else None)
        page.goto(fichier.as_uri())
        return page

    yield ouvrir_le_bon
    assert not fautes


def remplir(page: Any) -> None:
    page.fill("[name=cellule]", "A-017")
    page.fill("[name=nom]", "Camille Exemple")
    page.fill("[name=telephone]", "+33 6 39 98 01 02")
    page.select_option("[name=creneau]", "q1")
    page.fill("[name=q-farine-t65]", "2,5")
    page.fill("[name=q-lentilles-vertes]", "500 g")
    page.fill("[name=t-lentilles-vertes]", "1")
    page.fill("[name=q-puree-amandes]", "3")
    page.fill("[name=remarque]", "=1+1 ;\nÀ vélo")


def alertes(page: Any) -> list[str]:
    return [texte.replace("\u00a0", " ") for texte in page.locator("[role=alert]").all_text_contents()]


def total(page: Any) -> int:
    return int(page.get_attribute("#total", "data-centimes"))


def test_le_total_est_exact_a_chaque_tarif(ouvrir):
    page = ouvrir()
    remplir(page)
    assert total(page) == montant(108, 2500) + montant(270, 500) + 3 * 487
    assert page.text_content("#total") == euros(total(page))
    page.select_option("[name=tarif]", "solidaire")
    assert total(page) == montant(132, 2500) + montant(330, 500) + 3 * 596
    assert page.locator(".l", has_text="Farine de blé T65").locator(".p").inner_text() == "1,32\u00a0€/kg"


def test_le_csv_telecharge_est_le_bon_canonique(ouvrir):
    page = ouvrir()
    remplir(page)
    code = page.text_content("#code")
    with page.expect_download() as attente:
        page.click("#telecharger")
    assert attente.value.suggested_filename == f"bon-2026-12-les-tilleuls-{code}.csv"
    octets = Path(attente.value.path()).read_bytes()
    assert octets.startswith(b"\xef\xbb\xbf")
    assert octets.count(b"\r\n") == octets.count(b"\n") == 4
    lignes = list(csv.DictReader(io.StringIO(octets.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert ";".join(lignes[0]) == ENTETE
    assert [(un["produit"], un["quantite"], un["tolerance"]) for un in lignes] == [
        ("farine-t65", "2,5", ""), ("lentilles-vertes", "0,5", "1"), ("puree-amandes", "3", ""),
    ]  # fmt: skip
    premiere = lignes[0]
    assert (premiere["cellule"], premiere["creneau"], premiere["tarif"], premiere["statut"]) == ("A-017", "q1", "quartier", "valide")
    assert premiere["telephone"] == "'+33 6 39 98 01 02"
    assert premiere["remarque"] == "'=1+1 ; À vélo"
    assert premiere["envoye_le"] == "2026-11-22T12:00:00+01:00"
    assert premiere["bon"] == code
    commandees = [("farine-t65", 2500, 0), ("lentilles-vertes", 500, 1000), ("puree-amandes", 3000, 0)]
    assert code == code_court(texte_du_bon("2026-12", "les-tilleuls", "A-017", "q1", "quartier", commandees))
    assert "n’est pas encore envoyé" in page.text_content("#suite")


def test_une_tolerance_seule_est_une_demande(ouvrir):
    page = ouvrir()
    page.fill("[name=cellule]", "A-017")
    page.fill("[name=t-lentilles-vertes]", "2")
    with page.expect_download() as attente:
        page.click("#telecharger")
    assert "A-017;lentilles-vertes;0;2;2026-12" in Path(attente.value.path()).read_text(encoding="utf-8-sig")


def test_le_maximum_comprend_la_tolerance(ouvrir):
    depot = petit_depot()
    lentilles = depot.produits["lentilles-vertes"]._replace(maximum=5000)
    page = ouvrir(depot._replace(produits={**depot.produits, "lentilles-vertes": lentilles}))
    page.fill("[name=q-lentilles-vertes]", "3,5")
    page.fill("[name=t-lentilles-vertes]", "1,5")
    page.locator("[name=t-lentilles-vertes]").blur()
    assert alertes(page) == []
    page.fill("[name=t-lentilles-vertes]", "2")
    assert alertes(page) == ["Au plus 5 kg de Lentilles vertes. Vous avez écrit 3,5 + 2."]
    page.fill("[name=q-lentilles-vertes]", "3")
    assert alertes(page) == []


@pytest.mark.parametrize(("nom", "ecrit", "phrase"), [
    ("q-comte-12-mois", "12", "Au plus 2 kg de Comté AOP 12 mois. Vous avez écrit 12."),
    ("q-farine-t65", "1,2", "Farine de blé T65 se commande par 500 g. Vous avez écrit 1,2."),
    ("q-farine-t65", "beaucoup", "Nous ne comprenons pas « beaucoup » pour Farine de blé T65. Écrivez un nombre, comme 2,5 ou 500 g."),
    ("q-puree-amandes", "500 g", "Purée d’amandes, 300 g se compte en pièces. Vous avez écrit 500 g."),
    ("q-farine-t65", "-1", "Une quantité ne peut pas être négative pour Farine de blé T65. Vous avez écrit -1."),
    ("t-lentilles-vertes", "0,1", "Lentilles vertes se commande par 500 g. Vous avez écrit 0,1."),
    ("courriel", "camille", "L’adresse mail est incomplète. Vous avez écrit camille."),
])  # fmt: skip
def test_une_faute_se_dit_en_une_phrase_avec_un_lien(ouvrir, nom: str, ecrit: str, phrase: str):
    page = ouvrir()
    page.fill("[name=cellule]", "A-017")
    page.fill("[name=q-jus-pomme]", "1")
    page.fill(f"[name={nom}]", ecrit)
    page.locator(f"[name={nom}]").blur()
    assert alertes(page) == [phrase]
    champ = page.locator(f"[name={nom}]")
    assert champ.get_attribute("aria-invalid") == "true"
    assert page.locator(f"#{champ.get_attribute('aria-describedby').split()[-1]}").text_content().replace("\u00a0", " ") == phrase
    page.click("[role=alert] a")
    assert page.evaluate("document.activeElement.name") == nom
    page.fill(f"[name={nom}]", "")
    assert alertes(page) == []
    assert champ.get_attribute("aria-invalid") is None


def test_rien_ne_part_tant_qu_il_reste_une_faute(ouvrir):
    page = ouvrir()
    page.on("download", lambda _: pytest.fail("le bon est parti"))
    page.fill("[name=q-comte-12-mois]", "12")
    page.click("#telecharger")
    assert len(alertes(page)) == 2  # la cellule manque aussi
    assert page.evaluate("document.activeElement.id") == "titre-erreurs"
    assert total(page) == 0


def test_un_bon_vide_ne_part_pas(ouvrir):
    page = ouvrir()
    page.fill("[name=cellule]", "A-017")
    page.click("#telecharger")
    assert "vide" in page.text_content("#suite")


def test_le_brouillon_est_repris_puis_s_efface_et_revient(ouvrir):
    page = ouvrir()
    remplir(page)
    avant = total(page)
    recharger(page, REPRIS)
    assert "Votre brouillon du 22 novembre à 12:00 est repris." in page.text_content("#brouillon").replace("\u00a0", " ")
    assert total(page) == avant
    assert page.input_value("[name=q-lentilles-vertes]") == "500 g"
    page.click("#effacer")
    assert total(page) == 0
    assert page.input_value("[name=cellule]") == ""
    assert page.evaluate("localStorage.length") == 0
    page.click("#brouillon button")
    assert total(page) == avant


def test_un_brouillon_perime_est_efface_de_l_appareil(ouvrir):
    page = ouvrir()
    page.evaluate("localStorage.setItem('cabas:2025-01:ici', JSON.stringify({fin: 1, v: {nom: 'Camille'}}))")
    page.fill("[name=cellule]", "A-017")  # écrit après : quand la page reprend ce brouillon-ci, l’ancien y était aussi
    recharger(page, REPRIS)
    assert page.evaluate("Object.keys(localStorage)") == ["cabas:2026-12:les-tilleuls"]


def test_le_mail_est_court_et_porte_le_bon(ouvrir):
    page = ouvrir()
    remplir(page)
    adresse = page.get_attribute("#courriel", "href")
    assert adresse.startswith("mailto:les-tilleuls@exemple.org?subject=Bon%20")
    assert len(adresse) < 1900
    corps = unquote(urlsplit(adresse).query.partition("&body=")[2])
    bloc = corps.split("--- bon cabas ---\r\n")[1].split("\r\n--- fin du bon ---")[0].split("\r\n")
    assert "cellule: A-017" in bloc
    assert "farine-t65: 2,5" in bloc
    assert "lentilles-vertes: 0,5 (+ 1)" in bloc
    assert "2,5\u00a0kg : Farine de blé T65, 2,70\u00a0€" in corps


@pytest.mark.parametrize("moyen", ["mail", "fichier"])
def test_ce_que_l_on_envoie_donne_le_meme_total(ouvrir, mini_depot, capsys, moyen):
    """Le code, recalculé par la fusion, tombe juste : elle n'a rien à dire."""
    depot, _constats = charger(mini_depot)
    page = ouvrir(depot, maintenant=datetime(2026, 12, 3, 12, tzinfo=PARIS))
    ecrits = {"cellule": "A-017", "q-farine-t65": "2,5", "q-oeufs-plein-air": "6", "t-lentilles-vertes": "1", "remarque": "À vélo"}
    for nom, ecrit in ecrits.items():
        page.fill(f"[name={nom}]", ecrit)
    page.select_option("[name=creneau]", "q1")
    bons = mini_depot / "prive/2026-12/les-tilleuls/bons"
    bons.mkdir(parents=True)
    if moyen == "mail":
        corps = unquote(urlsplit(page.get_attribute("#courriel", "href")).query.partition("body=")[2])
        (bons / "mail.txt").write_text(corps, encoding="utf-8", newline="")
    else:
        with page.expect_download() as attente:
            page.click("#telecharger")
        attente.value.save_as(bons / "bon.csv")
    code = principal(["fusionner", "2026-12", "--depot", str(mini_depot), "--format", "json", "--sans-classeur", "--sans-producteurs"])
    assert [un for un in json.loads(capsys.readouterr().out)["constats"] if un["code"] != "aucun-bon"] == []
    assert code == 0
    texte = (mini_depot / "prive/2026-12/sorties/lignes.csv").read_text(encoding="utf-8-sig")
    lignes = list(csv.DictReader(io.StringIO(texte, newline=""), delimiter=";"))
    assert {un["produit"]: un["quantite"] for un in lignes} == {"farine-t65": "2,5", "oeufs-plein-air": "6", "lentilles-vertes": "0"}
    assert sum(int(un["montant"].replace(",", "")) for un in lignes) == total(page) > 0


def test_un_long_bon_demande_de_joindre_le_fichier(ouvrir):
    page = ouvrir(grand_depot(125))
    page.fill("[name=cellule]", "A-017")
    page.evaluate("document.querySelectorAll('[name^=q-]').forEach(un => { un.value = '1'; })")
    page.fill("[name=remarque]", "Tout !")
    assert len(page.get_attribute("#courriel", "href")) < 1900
    with page.expect_download():
        page.click("#courriel")
    assert "joignez" in page.text_content("#suite")


def test_les_signes_plus_et_moins_et_les_fleches_suivent_le_pas(ouvrir):
    page = ouvrir()
    case = page.locator("[name=q-comte-12-mois]")
    for _ in range(9):
        case.locator("xpath=following-sibling::button").click()
    assert case.input_value() == "2"  # le maximum
    case.press("ArrowDown")
    assert case.input_value() == "1,75"
    assert total(page) == montant(1332, 1750)


def test_chercher_ne_montre_que_ce_qui_convient(ouvrir):
    page = ouvrir()
    page.fill("#recherche", "comte")
    assert page.locator(".l:visible").count() == 1
    assert page.text_content("#trouves").replace("\u00a0", " ") == "Produits trouvés : 1."
    page.fill("#recherche", "")
    assert page.locator(".l:visible").count() == len(petit_depot().produits)


def test_cent_kilos_posent_une_question_sans_rien_bloquer(ouvrir):
    page = ouvrir()
    page.fill("[name=q-farine-t65]", "500")
    assert "écrivez 500\u00a0g" in page.text_content(".avis")
    assert not alertes(page)


def test_entree_ne_fait_pas_partir_le_bon(ouvrir):
    page = ouvrir(reponse=SERVICE)
    page.fill("[name=cellule]", "A-017")
    page.press("[name=cellule]", "Enter")
    assert page.evaluate("document.activeElement.name") == "nom"


@pytest.mark.parametrize(("statut", "phrase"), [(200, "est envoyé"), (500, "n’est pas parti")])
def test_envoyer_dit_ce_qui_s_est_passe(ouvrir, contexte, statut: int, phrase: str):
    recus: list[dict[str, list[str]]] = []

    def repondre(route: Any) -> None:
        recus.append(parse_qs(route.request.post_data))
        route.fulfill(status=statut, headers={"Access-Control-Allow-Origin": "*"}, body="{}")

    contexte.route(f"{SERVICE}**", repondre)
    page = ouvrir(reponse=SERVICE)
    remplir(page)
    page.click("#envoyer")
    attendre(page, "document.querySelector('#suite').textContent && !document.querySelector('#envoyer').disabled")
    assert phrase in page.text_content("#suite")
    assert recus[0]["cellule"] == ["A-017"]
    assert recus[0]["q-farine-t65"] == ["2,5"]
    assert "csv" not in recus[0]  # un tableau dans une case rend illisible l’export du service


def test_l_horloge_de_l_appareil_previent_sans_empecher(ouvrir):
    page = ouvrir(maintenant=MAINTENANT.replace(month=12, day=8))
    assert page.locator("[data-etat]:visible").get_attribute("data-etat") == "close"
    remplir(page)
    with page.expect_download():
        page.click("#telecharger")
    assert "close" in page.text_content("#suite")


def test_sans_javascript_la_page_se_lit_et_dit_comment_commander(navigateur, ouvrir):
    sans = navigateur.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = sans.new_page()
    depot = petit_depot()
    page.set_content(bon_html(depot, depot.commandes["2026-12"], depot.groupements["les-tilleuls"], MAINTENANT))
    texte = page.inner_text("body").replace("\u00a0", " ")
    assert "Sans JavaScript" in texte
    assert "mardi de 17 h à 19 h, centre social" in texte
    assert "le bon à imprimer (PDF)" in texte
    assert all(nom in texte for nom in ("Farine de blé T65", "Comté AOP 12 mois", "Lentilles vertes"))
    page.fill("[name=q-farine-t65]", "2")
    assert not page.locator("#relire:visible, #recherche:visible, .barre:visible").count()
    page.set_viewport_size({"width": 710, "height": 1000})
    page.emulate_media(media="print")
    assert page.locator("b", has_text="Purée d’amandes").bounding_box()["height"] < 30  # le nom garde sa place à côté des prix
    sans.close()


@pytest.mark.parametrize("taille", ["100%", "200%"])
def test_320_pixels_et_texte_double_sans_defilement_horizontal(ouvrir, contexte, taille: str):
    page = ouvrir(reponse=SERVICE)
    page.set_viewport_size({"width": 320, "height": 740})
    remplir(page)
    page.fill("[name=q-comte-12-mois]", "12")
    page.click("#vers-relire")
    page.evaluate(f"document.documentElement.style.fontSize = '{taille}'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_les_cibles_font_44_pixels(ouvrir):
    page = ouvrir(reponse=SERVICE)
    petites = page.evaluate(
        """Array.from(document.querySelectorAll('button, select, textarea, input:not([type=hidden]), a.bouton, nav a, .logo'))
        .filter(un => un.offsetParent).map(un => [un.id || un.name || un.textContent, un.getBoundingClientRect()])
        .filter(([, cadre]) => cadre.height < 44 || cadre.width < 44).map(([nom]) => nom)"""
    )
    assert petites == []


def test_imprimer_un_bon_rempli_ne_garde_que_le_recapitulatif(ouvrir):
    page = ouvrir()
    page.emulate_media(media="print")
    assert page.locator("#produits").is_visible()
    page.emulate_media(media="screen")
    remplir(page)
    page.emulate_media(media="print")
    assert not page.locator("#produits").is_visible()
    assert page.locator("#code").is_visible()
    assert page.locator("#lignes").is_visible()
    assert not page.locator(".chemins").is_visible()


REFUS = {"quantite-illisible": {"illisible", "unite"}, "quantite-negative": {"negative"}, "quantite-hors-pas": {"fine"}}
ECRITS = (
    "", " ", "0", "2", "2,5", "2.5", "2,50", "02", "1 250,5", "1\u202f250,5", "1250,5", "1.250,5", "12 34", "½", "1½", "⅔", "3⅛",
    "⅙", "1 ½", "1/2", "1 / 2", "3/0", "2/3", ",5", ".5", "5,", "-1", "−1", "-0", "-0,0001", "+2", "NaN", "1e9", "1E3", "1_000",
    "٣", "٢٫٥", "२", "２,５", "2kg", "2 kg", "2 Kilos", "500 g", "500g.", "75 cl", "1 L", "3 pièces", "3 pcs", "deux",
    "une douzaine", "0,0001", "0,5 g", "1,2345 kg", "12,5 cl", "0x10", "1,2,3", "1/3", "1.5.", "2 kg.", "é", "1é", "9" * 12,
    "9" * 13, "1.000", "1,000", "2.500", "12,500 pièces", "0,500", "1.250", "12,5000", "1 000", "1000,000", "-1.000",
)  # fmt: skip


@pytest.fixture
def calculs(ouvrir: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """La page, avec la partie du script qui montre ses calculs aux essais : celle qu'on publie ne l'a pas."""
    monkeypatch.setattr(bons, "script_de", lambda nom, *sans: script_de(nom, *(une for une in sans if une != "essais")))
    return ouvrir()


def test_la_page_publiee_ne_montre_pas_ses_calculs(ouvrir):
    assert ouvrir().evaluate("typeof cabas") == "undefined"


def test_la_page_lit_les_quantites_comme_python(calculs):
    page = calculs
    for unite in ("kg", "L", "piece"):
        for texte, lu in zip(ECRITS, page.evaluate("([textes, unite]) => textes.map(texte => cabas.lire(texte, unite))", [list(ECRITS), unite])):
            attendu = lire_quantite(texte, unite)
            if isinstance(attendu, Refus):
                assert lu in REFUS[attendu.code], (texte, unite, lu, attendu)
            else:
                assert lu == attendu, (texte, unite)


def test_la_page_compte_et_ecrit_comme_python(calculs):
    page = calculs
    hasard = random.Random(12)
    lignes = [(hasard.randrange(1, 20000), hasard.randrange(0, 5_000_000)) for _ in range(500)]
    assert page.evaluate("lignes => lignes.map(([prix, m]) => cabas.montant(prix, m))", lignes) == [montant(*ligne) for ligne in lignes]
    assert page.evaluate("lignes => lignes.map(([prix]) => cabas.euros(prix * 997))", lignes) == [euros(prix * 997) for prix, _ in lignes]
    for unite in ("kg", "L", "piece"):
        voulu = [quantite(m, unite) for _, m in lignes]
        assert page.evaluate("([lignes, unite]) => lignes.map(([, m]) => cabas.quantite(m, unite))", [lignes, unite]) == voulu


def test_la_page_et_python_trouvent_le_meme_code(calculs):
    page = calculs
    hasard = random.Random(7)
    cellules = ("A-017", " a-017", "Élodie\u00a0 Ünal", "E\u0301lodie ünal", "ΣΑΣ", "نور 3", "🧺 Noé", "İzmir")
    for cellule in cellules:
        lignes = [(f"ref-{hasard.randrange(99)}", hasard.randrange(99999), hasard.randrange(3) * 500) for _ in range(hasard.randrange(12))]
        bon = {"commande": "2026-12", "groupement": "les-tilleuls", "cellule": cellule, "creneau": "q1", "tarif": "",
               "lignes": [{"ref": ref, "q": q, "t": t} for ref, q, t in lignes]}  # fmt: skip
        voulu = texte_du_bon("2026-12", "les-tilleuls", cellule, "q1", "", lignes)
        assert page.evaluate("bon => cabas.texteDuBon(bon)", bon) == voulu
        assert page.evaluate("bon => cabas.code(cabas.texteDuBon(bon))", bon) == code_court(voulu)


@pytest.mark.parametrize(("largeur", "javascript"), [(360, True), (360, False), (1280, True)])
def test_le_bon_dit_ce_qui_manque_au_lot(navigateur: Any, ouvrir: Any, largeur: int, javascript: bool):
    """L'état des lots est du texte : il se lit sans script, tient sur un petit écran, et laisse sa place à l'avis sur les grammes."""
    depot = petit_depot()
    lots = EtatDesLots("2026-12", datetime(2026, 11, 21, 18, tzinfo=PARIS), (EtatDeLot("lentilles-vertes", 25000, 22000, 3000),))
    un = navigateur.new_context(viewport={"width": largeur, "height": 740}, java_script_enabled=javascript, timezone_id="Europe/Paris")
    page = ouvrir(depot._replace(etats={"2026-12": lots}), contexte=un)
    dit = page.locator(".m")
    assert dit.count() == 1
    assert dit.is_visible()
    texte = dit.inner_text().replace("\u00a0", " ")
    assert texte == "Il manque 3 kg pour compléter le sac de 25 kg (au 21 novembre, 18 h)."
    boite, ligne = dit.bounding_box(), page.locator(".l:has(.m)").bounding_box()
    assert ligne["x"] <= boite["x"]
    assert boite["x"] + boite["width"] <= ligne["x"] + ligne["width"]
    for voisin in ("label:not(.t) span", ".d", ".p", ".t"):
        autre = page.locator(f".l:has(.m) {voisin}").bounding_box()
        assert autre["y"] + autre["height"] <= boite["y"] + 1 or boite["y"] + boite["height"] <= autre["y"] + 1, voisin
    if javascript:
        page.fill("[name=q-lentilles-vertes]", "250")
        page.locator("[name=remarque]").focus()
        assert page.locator(".l:has(.m) .avis").count() == 1
        page.fill("[name=q-lentilles-vertes]", "2")
        page.locator("[name=remarque]").focus()
        assert page.locator(".avis").count() == 0
        assert dit.is_visible()
    un.close()


CHAINES = (("ar", "٢٫٥", "٥٠٠ غ"), ("ar", "۲٫۵", "۵۰۰ غ"), ("uk", "2,5", "500 г"), ("tr", "2,5", "500 gram"), ("simple", "2,5", "500 g"))


@pytest.mark.parametrize(("code", "deux_et_demi", "cinq_cents"), CHAINES)
def test_chaque_langue_donne_le_meme_bon(ouvrir, code: str, deux_et_demi: str, cinq_cents: str):
    page = ouvrir(langues=("ar", "tr", "uk"), code=code)
    page.fill("[name=cellule]", "A-017")
    page.fill("[name=q-farine-t65]", deux_et_demi)
    page.fill("[name=q-lentilles-vertes]", cinq_cents)
    assert total(page) == montant(108, 2500) + montant(270, 500)
    corps = unquote(page.get_attribute("#courriel", "href"))
    assert "farine-t65: 2,5\r\nlentilles-vertes: 0,5\r\n" in corps
    assert "2,5\u00a0kg : Farine de blé T65, 2,70\u00a0€" in corps  # la lettre se lit au groupement
    attendu = code_court(texte_du_bon("2026-12", "les-tilleuls", "A-017", "", "quartier", [("farine-t65", 2500, 0), ("lentilles-vertes", 500, 0)]))
    assert page.text_content("#code") == attendu
    page.fill("[name=q-comte-12-mois]", "٩٩ب")
    page.locator("[name=q-comte-12-mois]").blur()
    assert len(alertes(page)) == 1
    assert "٩٩ب" in alertes(page)[0]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 320, "height": 740})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_en_arabe_la_page_va_de_droite_a_gauche(ouvrir):
    page = ouvrir(langues=("ar",), code="ar")
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    case, unite = (page.evaluate(f"document.querySelector('[name=q-farine-t65]').{suite}.getBoundingClientRect().left")
                   for suite in ("previousSibling", "nextSibling"))  # fmt: skip
    assert case > unite  # « moins » est à droite, « plus » à gauche
    page.reload()
    assert page.get_attribute("[name=q-farine-t65]", "id") == "q-farine-t65"
