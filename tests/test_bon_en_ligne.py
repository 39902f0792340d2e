# ruff: noqa: F811 (les fixtures viennent de test_bon_navigateur)
"""Le bon en ligne dans les mauvais jours : service muet, stockage refusé, produit retiré, téléphone partagé. Rien de tapé ne se perd."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from accessibilite import verifier
from conftest import PAQUET, attendre, recharger
from depot_de_bon import MAINTENANT, etaler, petit_depot
from service_local import ServiceLocal, ouvrir_un_service
from test_bon_navigateur import REPRIS, SERVICE, contexte, navigateur, ouvrir, remplir, total  # noqa: F401

from cabas.cli import principal
from cabas.documents.bon_papier import donnees_du_bon
from cabas.lecture.depot import charger
from cabas.rendu.bons import bon_html
from cabas.rendu.langues import LANGUES
from cabas.service import ChampReserve, Service
from cabas.temps import PARIS

RESERVES = (ChampReserve("_subject", "Un bon & « autre »"), ChampReserve("_gotcha"))


@pytest.fixture
def service() -> Iterator[ServiceLocal]:
    with ouvrir_un_service() as un:
        yield un


def envoyer(page: Any) -> str:
    page.click("#envoyer")
    attendre(page, "document.querySelector('#suite').textContent && !document.querySelector('#envoyer').disabled")
    return page.text_content("#suite").replace("\u00a0", " ")


def attendre_un_fichier(page: Any) -> str:
    with page.expect_download() as attente:
        page.click("#telecharger")
    return Path(attente.value.path()).read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(("mode", "phrase"), [
    ("accepte", "est envoyé"), ("page", "est envoyé"), ("dit-non", "refus (200)"), ("refuse", "refus (422)"), ("panne", "refus (503)"),
    ("sans-cors", "Pas de réponse"), ("coupe", "Pas de réponse"),
])  # fmt: skip
def test_l_envoi_ne_dit_que_ce_qu_il_sait(ouvrir, service, mode: str, phrase: str):
    page = ouvrir(service=Service("formspree", service.adresse(mode), RESERVES))
    remplir(page)
    avant = total(page)
    assert phrase in envoyer(page)
    assert service.recus[0] | {"remarque": ""} == {
        "commande": "2026-12", "groupement": "les-tilleuls", "_subject": "Un bon & « autre »", "_gotcha": "", "bon": page.text_content("#code"),
        "envoye_le": "2026-11-22T12:00:00+01:00", "cellule": "A-017", "nom": "Camille Exemple", "telephone": "+33 6 39 98 01 02", "courriel": "",
        "creneau": "q1", "tarif": "quartier", "remarque": "", "q-farine-t65": "2,5", "q-lentilles-vertes": "0,5",
        "t-lentilles-vertes": "1", "q-puree-amandes": "3",
    }  # fmt: skip
    assert (json.loads(page.evaluate("localStorage.getItem('cabas:2026-12:les-tilleuls')"))["sorti"] != "") == ("envoyé" in phrase)
    recharger(page, REPRIS)
    assert total(page) == avant  # rien de tapé n'est perdu, envoyé ou non
    assert "farine-t65;2,5" in attendre_un_fichier(page)


def test_un_service_qui_ne_repond_pas_se_dit_au_bout_de_trente_secondes(ouvrir, service):
    page = ouvrir(service=Service("simple", service.adresse("muet")))
    remplir(page)
    page.clock.install(time=MAINTENANT)
    page.click("#envoyer")
    attendre(page, "document.querySelector('#suite').textContent.includes('en cours')")
    page.clock.fast_forward(31_000)
    attendre(page, "!document.querySelector('#envoyer').disabled")
    assert "peut-être pas parti" in page.text_content("#suite")


def test_hors_ligne_tout_marche_sauf_l_envoi_qui_le_dit(ouvrir, contexte, service):
    page = ouvrir(service=Service("simple", service.adresse("accepte")))
    contexte.set_offline(True)
    remplir(page)
    assert "Pas de réponse" in envoyer(page)
    assert not service.recus
    assert attendre_un_fichier(page).count("A-017;") == 3


def test_modifier_puis_renvoyer_fait_un_autre_code(ouvrir, service):
    page = ouvrir(service=Service("simple", service.adresse("accepte")))
    remplir(page)
    envoyer(page)
    premier = page.text_content("#code")
    recharger(page, f"#brouillon:has-text('{premier}')")
    assert f"Le bon {premier} est déjà sorti" in page.text_content("#brouillon").replace("\u00a0", " ")
    page.fill("[name=q-farine-t65]", "3")
    envoyer(page)
    assert [un["bon"] for un in service.recus] == [premier, page.text_content("#code")]
    assert service.recus[1]["q-farine-t65"] == "3"
    assert premier != page.text_content("#code")


@pytest.mark.parametrize("javascript", [True, False])
def test_l_export_du_service_se_fusionne_sans_reglage(navigateur, mini_depot, service, capsys, javascript: bool):
    """Avec ou sans script, ce que le service a reçu est une ligne de son export : la fusion la lit, au même total."""
    depot, _constats = charger(mini_depot)
    groupement = depot.groupements["les-tilleuls"]._replace(service=Service("simple", service.adresse("page")))
    service.fichiers["/bon"] = bon_html(depot, depot.commandes["2026-12"], groupement, datetime(2026, 12, 3, tzinfo=PARIS)).encode()
    un = navigateur.new_context(java_script_enabled=javascript, timezone_id="Europe/Paris")
    page = un.new_page()
    page.goto(service.racine + "/bon")
    assert service.demandes == ["/bon"]  # une seule requête
    for nom, ecrit in {"cellule": "A-017", "q-farine-t65": "2,5", "t-lentilles-vertes": "1"}.items():
        page.fill(f"[name={nom}]", ecrit)
    if javascript:
        page.clock.set_fixed_time(datetime(2026, 12, 3, tzinfo=PARIS))
        assert "est envoyé" in envoyer(page)
    else:
        page.click("form .sans button[type=submit]")
        page.wait_for_url("**/page")
    un.close()
    (recu,) = service.recus
    bons = mini_depot / "prive/2026-12/les-tilleuls/bons"
    bons.mkdir(parents=True)
    tampon = io.StringIO()
    csv.writer(tampon).writerows([list(recu), list(recu.values())])
    (bons / "export.csv").write_text(tampon.getvalue(), encoding="utf-8", newline="")
    principal(["fusionner", "2026-12", "--depot", str(mini_depot), "--format", "json", "--sans-classeur", "--sans-producteurs"])
    codes = {constat["code"] for constat in json.loads(capsys.readouterr().out)["constats"]}
    assert codes <= {"aucun-bon", "colonne-ignoree"}
    texte = (mini_depot / "prive/2026-12/sorties/lignes.csv").read_text(encoding="utf-8-sig")
    lignes = {une["produit"]: (une["quantite"], une["tolerance"]) for une in csv.DictReader(io.StringIO(texte, newline=""), delimiter=";")}
    assert lignes == {"farine-t65": ("2,5", "0"), "lentilles-vertes": ("0", "1")}


def test_chaque_genre_de_service_a_sa_page_et_sa_mention():
    depot = petit_depot()

    def ecrire(service: Service | None) -> str:
        groupement = depot.groupements["les-tilleuls"]._replace(service=service)
        return etaler(bon_html(depot, depot.commandes["2026-12"], groupement, MAINTENANT))

    netlify = ecrire(Service("netlify", "", (ChampReserve("form-name", "bon"),)))
    assert '<form id="bon" autocomplete="off" novalidate action="index.html" method="post" data-netlify="true">' in netlify
    assert all(f'<input type="hidden" name="{nom}"' in netlify for nom in ("form-name", "bon", "envoye_le"))
    assert "connect-src 'self'; form-action 'self';" in unescape(netlify)
    web3 = ecrire(Service("web3forms", "", (ChampReserve("access_key", "cle-publique"),)))
    assert 'action="https://api.web3forms.com/submit"' in web3
    absolue = "ne compte pas les visites et n’appelle aucun autre site."
    assert "Si vous appuyez sur «\u00a0Envoyer au groupement\u00a0», votre bon part chez api.web3forms.com" in web3
    assert absolue not in web3
    assert absolue not in netlify
    moitie = ecrire(Service("web3forms"))
    assert absolue in moitie
    assert "part alors" not in moitie
    assert 'id="envoyer"' not in moitie
    assert "mailto:les-tilleuls@exemple.org" in moitie
    assert len(web3) - len(moitie) > 1000  # sans service, la page ne porte pas de quoi s’en servir


def test_le_papier_dit_aussi_par_ou_passe_le_bon_en_ligne():
    depot = petit_depot(service=Service("formspree", "https://formspree.io/f/abc"))
    groupement = depot.groupements["les-tilleuls"]
    dits = donnees_du_bon(depot, depot.commandes["2026-12"], groupement, groupement.tarifs[0], "")
    assert "passe par formspree.io." in dits["donnees"]
    assert "les-tilleuls@exemple.org" in dits["donnees"]


@pytest.mark.parametrize("panne", [
    "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('non', 'SecurityError'); } });",
    "Storage.prototype.setItem = () => { throw new DOMException('plein', 'QuotaExceededError'); };",
])  # fmt: skip
def test_un_stockage_refuse_ou_plein_se_dit_et_n_arrete_rien(ouvrir, contexte, panne: str):
    contexte.add_init_script(panne)
    page = ouvrir()
    remplir(page)
    assert "ne garde pas de brouillon" in page.text_content("#brouillon")
    assert attendre_un_fichier(page).count("A-017;") == 3


def test_un_produit_retire_apres_le_brouillon_est_dit_et_garde(ouvrir, tmp_path):
    depot = petit_depot()
    page = ouvrir(depot)
    remplir(page)
    sans = depot._replace(produits={ref: un for ref, un in depot.produits.items() if ref != "lentilles-vertes"})
    html = bon_html(sans, sans.commandes["2026-12"], sans.groupements["les-tilleuls"], MAINTENANT)
    (tmp_path / "index.html").write_text(html, encoding="utf-8")
    for nom in ("Camille Exemple", "Camille E."):
        recharger(page, f"#qui:has-text('{nom}')")
        dit = page.text_content("#brouillon")
        assert "lentilles-vertes (500 g), lentilles-vertes (1)" in dit
        page.fill("[name=nom]", "Camille E.")  # le brouillon est réécrit : ce qui n'est plus proposé y reste
    assert page.input_value("[name=q-farine-t65]") == "2,5"
    assert "lentilles" not in attendre_un_fichier(page)


def test_sur_un_telephone_partage_il_ne_reste_rien(ouvrir):
    page = ouvrir()
    remplir(page)
    page.clock.install(time=MAINTENANT)
    page.click("#effacer")
    assert page.evaluate("localStorage.length") == 0
    assert page.locator("#brouillon button").count() == 1  # un doigt a glissé : on peut revenir
    page.clock.fast_forward(61_000)
    assert page.locator("#brouillon button").count() == 0
    recharger(page, "#brouillon[hidden]")
    assert page.locator("#brouillon").is_hidden()
    assert page.input_value("[name=cellule]") == page.input_value("[name=telephone]") == ""


def test_un_script_colle_reste_du_texte(ouvrir):
    page = ouvrir()
    page.on("dialog", lambda _: pytest.fail("un script collé a été exécuté"))
    colle = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    for nom in ("cellule", "remarque", "q-farine-t65"):
        page.fill(f"[name={nom}]", colle)
    page.fill("#recherche", colle)
    page.fill("#recherche", "")
    page.fill("[name=q-jus-pomme]", "1")
    page.click("#telecharger")
    assert colle in page.text_content("[role=alert]")
    assert page.input_value("[name=q-farine-t65]") == colle
    page.fill("[name=q-farine-t65]", "")
    (ligne,) = csv.DictReader(io.StringIO(attendre_un_fichier(page), newline=""), delimiter=";")
    assert ligne["cellule"] == ligne["remarque"] == colle
    recharger(page, REPRIS)
    assert page.input_value("[name=remarque]") == colle
    assert page.locator("img, #bon script").count() == 0


def test_avant_l_ouverture_on_prepare_et_la_page_previent(ouvrir):
    page = ouvrir(maintenant=datetime(2026, 11, 19, 12, tzinfo=PARIS))
    assert page.locator("[data-etat]:visible").get_attribute("data-etat") == "a-venir"
    remplir(page)
    assert attendre_un_fichier(page)
    assert "pas encore ouverte" in page.text_content("#suite")


def test_copier_imprimer_et_partager(ouvrir, contexte):
    contexte.grant_permissions(["clipboard-read", "clipboard-write"])
    contexte.add_init_script(
        "window.vu = {}; window.print = () => { vu.imprime = true; }; navigator.canShare = () => true;"
        "navigator.share = colis => { vu.colis = colis.files[0].name; return vu.refus ? Promise.reject() : Promise.resolve(); };"
    )
    page = ouvrir()
    remplir(page)
    page.click("#copier")
    attendre(page, "document.querySelector('#suite').textContent.includes('copié')")
    assert "--- fin du bon ---" in page.evaluate("navigator.clipboard.readText()")
    page.click("#imprimer")
    attendre(page, "vu.imprime")
    page.click("#partager")
    attendre(page, "document.querySelector('#suite').textContent.includes('est partagé')")
    assert page.evaluate("vu.colis") == f"bon-2026-12-les-tilleuls-{page.text_content('#code')}.csv"
    page.evaluate("vu.refus = true")
    page.click("#partager")
    attendre(page, "document.querySelector('#suite').textContent.includes('n’a pas été partagé')")


def test_les_photos_n_appellent_personne_avant_qu_on_les_demande(navigateur, service):
    depot = petit_depot()
    produits = {ref: un._replace(photo="farine.png" if ref == "farine-t65" else "absente.png") for ref, un in depot.produits.items()}
    avec, commande, groupement = depot._replace(produits=produits), depot.commandes["2026-12"], depot.groupements["les-tilleuls"]
    html = bon_html(avec, commande, groupement, MAINTENANT, photos=frozenset({"farine.png"}))
    assert html.count("<img ") == 1
    service.fichiers = {"/bons/c/g/index.html": html.encode(), "/photos/farine.png": b"\x89PNG"}
    page = navigateur.new_page(viewport={"width": 1280, "height": 4000})
    page.goto(service.racine + "/bons/c/g/index.html")
    page.wait_for_load_state("networkidle")
    assert service.demandes == ["/bons/c/g/index.html"]
    assert page.locator("img").evaluate("un => [un.loading, un.alt, un.getAttribute('width')]") == ["lazy", "Farine de blé T65", "320"]
    with page.expect_response("**/photos/farine.png"):
        page.click("summary")
    page.close()


def test_au_clavier_seul_on_remplit_et_on_sort_son_bon(ouvrir):
    page = ouvrir()

    def avancer(vers: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate(f"document.activeElement.matches({vers!r})"):
                return
        pytest.fail(f"{vers} ne s’atteint pas au clavier")

    avancer("[name=cellule]")
    page.keyboard.type("A-017")
    avancer("[name=q-farine-t65]")
    page.keyboard.press("ArrowUp")
    avancer("#telecharger")
    with page.expect_download():
        page.keyboard.press("Enter")
    assert "est téléchargé" in page.text_content("#suite")


@pytest.mark.parametrize(("code", "etat", "theme"), [
    ("fr", "vide", "light"), ("fr", "fautes", "light"), ("fr", "fautes", "dark"), ("fr", "close", "dark"), ("simple", "rempli", "light"),
    ("ar", "rempli", "dark"), *((code, "rempli", "light") for code in LANGUES if code != "ar"),
])  # fmt: skip
def test_axe_n_a_rien_a_redire(ouvrir, code: str, etat: str, theme: str):
    page = ouvrir(code=code, maintenant=MAINTENANT.replace(month=12, day=8) if etat == "close" else MAINTENANT, reponse=SERVICE, langues=LANGUES)
    page.emulate_media(color_scheme=theme)
    if etat != "vide":
        remplir(page)
    if etat == "fautes":
        page.fill("[name=q-comte-12-mois]", "12")
        page.fill("[name=courriel]", "camille")
        page.click("#vers-relire")
    verifier(page)


@pytest.mark.parametrize("page", ["bon.js", "permanence.js"])
def test_le_script_est_type(page: str):
    """`tsc` lit les annotations du script, s'il est là : on ne télécharge rien pendant les essais."""
    tsc = shutil.which("tsc")
    if tsc is None:
        pytest.skip("TypeScript n’est pas installé (npm install --global typescript) : les types du script ne sont pas vérifiés")
    scripts = [str(PAQUET / "gabarits" / nom) for nom in ("bon-commun.js", page)]
    lu = subprocess.run(
        [tsc, "--allowJs", "--checkJs", "--noEmit", "--target", "es2017", "--lib", "es2017,dom,dom.iterable", *scripts],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert lu.returncode == 0, lu.stdout
