"""La saisie des bons papier dans un vrai navigateur, au clavier seul, puis la fusion du fichier qu'elle rend."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from accessibilite import verifier
from conftest import recharger
from depot_de_bon import MAINTENANT, grand_depot, groupement, petit_depot
from test_bon_navigateur import ENTETE, navigateur  # noqa: F401  (une fixture se reconnaît à son nom)

from cabas.argent import montant
from cabas.calculs.code_court import code_court, texte_du_bon
from cabas.calculs.offre import proposes
from cabas.cli import principal
from cabas.lecture.depot import charger
from cabas.rendu.bons import bon_html
from cabas.rendu.compactage import compacter_script
from cabas.rendu.permanence import permanence_html

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright n’est pas installé : make test l’installe avec les outils d’essai")

sync_api.expect.set_options(timeout=30_000)  # une machine chargée prend son temps

OUVERTE = MAINTENANT.replace(month=12, day=3, hour=18)
CLE = "cabas:permanence:2026-12:les-tilleuls"
E = "<Enter>"
TARIF_A = (E, E, E)
"""Après la cellule : ni numéro, ni créneau, et la première lettre."""
SANS_MEMOIRE = "Storage.prototype.setItem = () => { throw new DOMException('plein', 'QuotaExceededError'); };"


def html(depot: Any) -> str:
    return permanence_html(depot, depot.commandes["2026-12"], depot.groupements["les-tilleuls"], "a1b2c3d")


@pytest.fixture
def contexte(navigateur: Any) -> Iterator[Any]:  # noqa: F811
    un = navigateur.new_context(viewport={"width": 1100, "height": 800}, timezone_id="Europe/Paris", locale="fr-FR", accept_downloads=True)
    yield un
    un.close()


@pytest.fixture
def ouvrir(contexte: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Ouvre la page depuis un fichier ; vérifie à la fin qu'aucune requête ni aucune erreur n'est partie."""
    fautes: list[str] = []

    def ouvrir_la_page(depot: Any = None, avant: str = "", **du_groupement: object) -> Any:
        fichier = tmp_path / "permanence.html"
        fichier.write_text(html(depot or petit_depot(**du_groupement)), encoding="utf-8")
        page = contexte.new_page()
        page.clock.install(time=OUVERTE)
        if avant:
            page.add_init_script(avant)
        page.on("request", lambda requete: None if requete.url.startswith(("file://", "blob:", "data:")) else fautes.append(requete.url))
        page.on("pageerror", lambda erreur: fautes.append(str(erreur)))
        page.on("console", lambda message: fautes.append(message.text) if message.type == "error" else None)
        page.goto(fichier.as_uri())
        return page

    yield ouvrir_la_page
    assert not fautes


def taper(page: Any, *frappes: str) -> None:
    """Tape au clavier, sans jamais viser une case : `<Enter>` est une touche, le reste un texte."""
    for frappe in frappes:
        if re.fullmatch(r"<.+>", frappe):
            page.keyboard.press(frappe[1:-1])
        else:
            page.keyboard.type(frappe)


def dit(page: Any) -> str:
    return page.text_content("#annonce").replace("\u00a0", " ")


def ou(page: Any) -> str:
    return page.evaluate("document.activeElement.id")


def fautes(page: Any) -> list[str]:
    return [texte.replace("\u00a0", " ") for texte in page.locator(".faute:visible").all_text_contents()]


def centimes(page: Any, ou: str = "#total") -> int:
    return int(page.get_attribute(ou, "data-centimes"))


def exporter(page: Any) -> tuple[str, str]:
    """Exporte au clavier. Sort : le nom du fichier, son texte."""
    with page.expect_download() as attente:
        taper(page, "<Control+s>")
    octets = Path(attente.value.path()).read_bytes()
    assert octets.startswith(b"\xef\xbb\xbf")
    return attente.value.suggested_filename, octets.decode("utf-8-sig")


def lire(texte: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(texte, newline=""), delimiter=";"))


def numero(ref: str, depot: Any = None) -> str:
    """Le numéro d'un produit : son rang parmi les produits proposés."""
    depot = depot or petit_depot()
    return str([un.ref for un in proposes(depot, depot.commandes["2026-12"])].index(ref) + 1)


def test_un_bon_se_tape_au_clavier_seul(ouvrir):
    page = ouvrir()
    assert ou(page) == "cellule"
    taper(page, "A-017", E, "12", E, "q", E)
    assert ou(page) == "tarif"
    taper(page, E, numero("farine-t65"), E, "2,5 kg", E, "lent", E, "½", E, "٢", E)
    assert centimes(page) == montant(108, 2500) + montant(270, 500)
    assert dit(page) == "Lentilles vertes : 500 g, et jusqu’à 2 kg en plus. Total 4,05 €."
    taper(page, E)
    assert dit(page) == "Bon de A-017, bon n° 12 fini : 2 produits, 4,05 €. Comparez avec le papier."
    assert ou(page) == "cellule"
    assert centimes(page) == 0
    taper(page, "B-02", E, E, E, "b", E, "comté", E, "500 g", "<Control+Enter>")
    assert centimes(page, "#somme") == 405 + montant(1628, 500)
    nom, texte = exporter(page)
    assert re.fullmatch(r"permanence-2026-12-les-tilleuls-2026-12-03-1800\d\d\.csv", nom)
    lignes = lire(texte)
    assert ";".join(lignes[0]) == ENTETE
    code = code_court(texte_du_bon("2026-12", "les-tilleuls", "B-02", "", "solidaire", [("comte-12-mois", 500, 0)]))
    assert [(un["cellule"], un["bon"], un["produit"], un["quantite"], un["tolerance"], un["tarif"], un["statut"]) for un in lignes] == [
        ("A-017", "12", "farine-t65", "2,5", "", "quartier", "valide"),
        ("A-017", "12", "lentilles-vertes", "0,5", "2", "quartier", "valide"),
        ("B-02", code, "comte-12-mois", "0,5", "", "solidaire", "valide"),
    ]
    assert lignes[0]["envoye_le"].startswith("2026-12-03T18:00:")
    assert lignes[0]["envoye_le"].endswith("+01:00")


FAUTES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("comte", E, "12", E), "Au plus 2 kg de Comté AOP 12 mois. Vous avez tapé 12."),
    (("comte", E, "0,3", E), "Comté AOP 12 mois se commande par 250 g. Vous avez tapé 0,3."),
    (("puree", E, "500 g", E), "Purée d’amandes, 300 g se compte en pièces."),
    (("farine", E, "-1", E), "Une quantité ne peut pas être négative."),
    (("farine", E, "beaucoup", E), "Nous ne comprenons pas « beaucoup ». Tapez un nombre, comme 2,5 ou 500 g."),
    (("lentilles", E, "1", E, "0,1", E), "Lentilles vertes se commande par 500 g. Vous avez tapé 0,1."),
    (("99", E), "Les numéros vont de 1 à 6. Vous avez tapé 99."),
    (("xyz", E), "Aucun produit ne commence par « xyz »."),
    (("a", E), "3 produits conviennent : choisissez avec les flèches, ou tapez le numéro."),
    ((E,), "Ce bon n’a encore aucun produit. Tapez un numéro, ou Échap pour l’abandonner."),
)  # fmt: skip


def test_une_faute_se_dit_et_le_curseur_y_reste(ouvrir):
    page = ouvrir()
    taper(page, "A-017", E, *TARIF_A)
    for frappes, phrase in FAUTES:
        taper(page, *frappes)
        assert fautes(page) == [phrase]
        assert page.locator(":focus").get_attribute("aria-invalid") == "true"
        taper(page, "<Escape>")
        assert fautes(page) == [], phrase
        assert centimes(page) == 0
    assert page.input_value("#cellule") == ""  # sans ligne commencée, Échap abandonne le bon


def test_sans_cellule_rien_ne_se_finit(ouvrir):
    page = ouvrir()
    taper(page, E)
    assert "pour qui est ce bon" in fautes(page)[0]
    taper(page, "<Control+Enter>")
    assert page.locator("#derniers li").count() == 0


def test_une_quantite_tapee_avant_son_produit_n_est_pas_perdue(ouvrir):
    page = ouvrir()
    taper(page, "A-017", E, *TARIF_A, "farine", "<Tab>", "2", E)
    assert (ou(page), page.input_value("#quantite")) == ("quantite", "2")
    taper(page, E)
    assert centimes(page) == 216


def test_les_fleches_choisissent_un_produit(ouvrir):
    page = ouvrir()
    taper(page, "A-017", E, *TARIF_A, "a", "<ArrowDown>", "<ArrowDown>")
    assert page.get_attribute("#produit", "aria-activedescendant") == "o-1"
    voulu = page.locator("[role=option][aria-selected=true]").text_content()
    taper(page, E)
    assert page.input_value("#produit") == voulu
    assert ou(page) == "quantite"


def test_le_meme_produit_se_corrige_et_zero_l_ote(ouvrir):
    page = ouvrir()
    farine = numero("farine-t65")
    taper(page, "A-017", E, *TARIF_A, farine, E, "2", E, farine, E)
    assert page.input_value("#quantite") == "2"
    assert "remplacera l’ancienne" in page.text_content("#quoi")
    taper(page, "3", E)
    assert centimes(page) == montant(108, 3000)
    taper(page, farine, E, "0", E)
    assert page.locator("#lignes li").count() == 0


def test_annuler_et_retablir(ouvrir):
    page = ouvrir()
    taper(page, "A-017", E, *TARIF_A, "farine", E, "2", E, "comte", E, "1", E, "<Control+z>")
    assert centimes(page) == montant(108, 2000)
    taper(page, "<Control+y>", E)
    assert centimes(page, "#somme") == montant(108, 2000) + 1332
    taper(page, "<Control+z>")
    assert page.input_value("#cellule") == "A-017"
    assert centimes(page) == montant(108, 2000) + 1332
    taper(page, "<Control+Shift+Z>")
    assert page.locator("#derniers li").count() == 1
    page.locator("#derniers").get_by_role("button", name="Ôter").click()
    assert page.locator("#derniers li").count() == 0
    page.click("#annuler")
    assert page.locator("#derniers li").count() == 1


def test_corriger_un_bon_garde_sa_place_son_numero_et_son_heure(ouvrir):
    page = ouvrir()
    taper(page, "A-017", E, "12", E, E, E, "farine", E, "2", E, E, "B-02", E, *TARIF_A, "comte", E, "1", E, E)
    avant = lire(exporter(page)[1])
    page.clock.fast_forward("10:00")
    taper(page, "<ArrowUp>")
    assert "corrigez le bon de B-02" in dit(page)
    taper(page, "<Escape>")
    page.locator("#derniers li", has_text="A-017").get_by_role("button", name="Corriger").click()
    assert ou(page) == "produit"
    taper(page, "farine", E, "3", E, E)
    assert "corrigé" in dit(page)
    apres = lire(exporter(page)[1])
    assert [(un["cellule"], un["bon"], un["envoye_le"]) for un in apres] == [(un["cellule"], un["bon"], un["envoye_le"]) for un in avant]
    assert [un["quantite"] for un in apres] == ["3", "1"]


def test_un_bon_refait_remplace_l_ancien_et_se_dit(ouvrir):
    page = ouvrir()
    taper(page, "A-017", E, *TARIF_A, "farine", E, "2", E, E, " a-017 ", E)
    prevenu = page.text_content("#dit-double").replace("\u00a0", " ")
    assert prevenu == "A-017 a déjà un bon, tapé à 18 h 00 (2,16 €). Celui-ci le remplacera en entier."
    taper(page, E, E, E, "comte", E, "1", E, E)
    assert "Il remplace son bon de 18 h 00." in dit(page)
    assert centimes(page, "#somme") == 1332
    assert page.locator("#derniers .remplace").count() == 1
    lignes = lire(exporter(page)[1])
    assert len(lignes) == 2
    assert lignes[0]["envoye_le"] < lignes[1]["envoye_le"]


def test_la_ou_les_bons_s_ajoutent_les_deux_comptent(ouvrir):
    page = ouvrir(plusieurs_bons="ajouter")
    taper(page, "A-017", E, "1", E, E, E, "farine", E, "2", E, E, "A-017", E, "2", E, E, E)
    assert "s’y ajoutera" in page.text_content("#dit-double")
    taper(page, "comte", E, "1", E, E)
    assert centimes(page, "#somme") == 216 + 1332


def test_un_numero_deja_pris_par_une_autre_cellule_se_dit(ouvrir):
    page = ouvrir()
    taper(page, "A-017", E, "7", E, E, E, "farine", E, "2", E, E, "B-02", E, "7", E, E, E, "farine", E, "2", E, E)
    assert "le n° 7 est déjà celui de A-017" in dit(page)


def test_le_couvercle_se_ferme_au_milieu_d_un_bon(ouvrir):
    page = ouvrir()
    taper(page, "A-017", E, *TARIF_A, "farine", E, "2", E, E, "B-02", E, "8", E, E, E, "comte", E, "1", E, "lent", E, "1,")
    recharger(page, "#annonce:has-text('Reprise')")
    assert dit(page) == "Reprise de la saisie du 3 décembre à 18 h 00 : 1 bon. Le bon en cours de B-02 est revenu aussi."
    assert page.input_value("#numero") == "8"
    assert centimes(page) == 1332
    assert (ou(page), page.input_value("#quantite")) == ("quantite", "1,")
    taper(page, "<End>", "5", E, E, E)
    assert centimes(page, "#somme") == 216 + 1332 + montant(270, 1500)


def test_une_saisie_abimee_est_mise_de_cote(ouvrir, tmp_path):
    page = ouvrir()
    page.evaluate(f"localStorage.setItem('{CLE}', '{{rien')")
    recharger(page, "#annonce:has-text('ne se lit plus')")
    assert "ne se lit plus" in dit(page)
    cote = f"localStorage.getItem('abime:{CLE}')"
    assert page.evaluate(cote) == "{rien"
    depot = petit_depot()
    (tmp_path / "index.html").write_text(bon_html(depot, depot.commandes["2026-12"], depot.groupements["les-tilleuls"], OUVERTE), encoding="utf-8")
    page.goto((tmp_path / "index.html").as_uri())  # un bon en ligne ouvert sur le même appareil n’y touche pas
    assert page.evaluate(cote) == "{rien"


def test_ouvrir_la_page_n_ecrit_rien_par_dessus_la_saisie(ouvrir):
    """La dernière frappe n'est peut-être pas encore rangée : une page qui ne la lit pas ne doit pas la remplacer par du vide."""
    page = ouvrir(avant="window.ecrits = []; const mettre = Storage.prototype.setItem;"
                        "Storage.prototype.setItem = function (nom, dit) { ecrits.push(nom); mettre.call(this, nom, dit); };")  # fmt: skip
    assert CLE not in page.evaluate("ecrits")
    taper(page, "A-017", E, *TARIF_A, "farine", E, "2,")
    assert CLE in page.evaluate("ecrits")
    recharger(page, "#annonce:has-text('Reprise')")
    assert (ou(page), page.input_value("#quantite")) == ("quantite", "2,")
    assert CLE not in page.evaluate("ecrits")


def test_une_memoire_refusee_se_dit_et_se_redit(ouvrir):
    page = ouvrir(avant=SANS_MEMOIRE)
    assert page.locator("#refus").is_visible()
    for rang in range(5):
        taper(page, f"A-{rang}", E, *TARIF_A, "farine", E, "1", E, E)
    assert "Exportez maintenant" in dit(page)
    assert len(lire(exporter(page)[1])) == 5


def test_un_produit_retire_reste_dans_le_fichier_et_se_voit(ouvrir, tmp_path):
    page = ouvrir()
    taper(page, "A-017", E, *TARIF_A, "jus", E, "2", E, "farine", E, "1", E, E)
    depot = petit_depot()
    del depot.produits["jus-pomme"]
    (tmp_path / "permanence.html").write_text(html(depot), encoding="utf-8")
    recharger(page, "#derniers:has-text('jus-pomme')")
    assert "jus-pomme (n’est plus proposé)" in page.text_content("#derniers")
    assert centimes(page, "#somme") == 108
    assert [un["produit"] for un in lire(exporter(page)[1])] == ["jus-pomme", "farine-t65"]


def test_continuer_sur_un_autre_poste(ouvrir, tmp_path):
    page = ouvrir()
    taper(page, "=A-017", E, "12", E, E, E, "farine", E, "2", E, E, "Nom ; pointé", E, *TARIF_A, "lent", E, "0", E, "2", E, "comte", E, "1", E, E)
    nom, texte = exporter(page)
    page.click("#effacer")
    assert "Tout est dans le dernier fichier" in page.text_content("#question")
    page.click("#tout-effacer")
    (tmp_path / nom).write_text("\ufeff" + texte, encoding="utf-8", newline="")
    page.set_input_files("#importer", tmp_path / nom)
    sync_api.expect(page.locator("#derniers li")).to_have_count(2)
    assert "2 bons de plus" in dit(page)
    assert centimes(page, "#somme") == 216 + 1332
    page.set_input_files("#importer", tmp_path / nom)
    sync_api.expect(page.locator("#annonce")).to_contain_text("0 bon de plus")
    assert page.locator("#derniers li").count() == 2
    assert lire(exporter(page)[1]) == lire(texte)
    (tmp_path / "autre.csv").write_text(texte.replace("2026-12;", "2026-11;"), encoding="utf-8")
    page.set_input_files("#importer", tmp_path / "autre.csv")
    sync_api.expect(page.locator("#annonce")).to_contain_text("autre commande")
    assert page.locator("#derniers li").count() == 2


def test_effacer_demande_confirmation_et_dit_ce_qui_se_perdrait(ouvrir):
    page = ouvrir()
    taper(page, "A-017", E, *TARIF_A, "farine", E, "2", E, E)
    page.click("#effacer")
    assert "1 bon n’est dans aucun fichier" in page.text_content("#question").replace("\u00a0", " ")
    assert ou(page) == "garder"
    taper(page, E)
    assert page.locator("#derniers li").count() == 1
    page.click("#effacer")
    page.click("#tout-effacer")
    assert page.locator("#derniers li").count() == 0
    assert page.evaluate("localStorage.length") == 0
    taper(page, "<Control+z>")
    assert page.locator("#derniers li").count() == 0


def test_deux_onglets_ne_s_ecrasent_pas(ouvrir):
    page, autre = ouvrir(), ouvrir()
    page.bring_to_front()
    taper(page, "A-017", E, *TARIF_A, "farine", E, "2", E, E)
    sync_api.expect(autre.locator("#derniers li")).to_have_count(1)
    autre.bring_to_front()
    autre.focus("#cellule")
    taper(autre, "B-02", E, *TARIF_A, "comte", E, "1", E, E)
    sync_api.expect(page.locator("#derniers li")).to_have_count(2)


def test_l_horloge_previent_sans_empecher(ouvrir):
    page = ouvrir()
    assert not page.locator("#close, #tot, #refus").locator("visible=true").count()
    page.clock.set_system_time(OUVERTE.replace(day=8))
    page.reload()
    assert page.locator("#close").is_visible()
    page.clock.set_system_time(OUVERTE.replace(year=2009))
    page.reload()
    assert "3 décembre 2009" in page.locator("#tot").inner_text()


def test_le_fichier_se_fusionne_au_centime(ouvrir, mini_depot, capsys):
    """Trois bons, l'un refait, l'un au second tarif, un numéro à l'allure de code : mêmes totaux, sans réglage ni remarque."""
    depot, _constats = charger(mini_depot)
    page = ouvrir(depot)
    farine, comte, oeufs = (numero(ref, depot) for ref in ("farine-t65", "comte-12-mois", "oeufs-plein-air"))
    taper(page, "A-017", E, "1", E, E, E, farine, E, "2,5", E, oeufs, E, "12", E, E)
    taper(page, "Noé ; =1+1", E, "000002", E, "de 17", E, "b", E, comte, E, "750 g", E, "lent", E, "1", E, "3 kg", E, "jus", E, "7", E, E)
    taper(page, "B-02", E, *TARIF_A, "jus", E, "1", E, E)
    taper(page, "a-017", E, "3", E, E, E, farine, E, "½", E, E)
    total = centimes(page, "#somme")
    nom, texte = exporter(page)
    bons = mini_depot / "prive/2026-12/les-tilleuls/bons"
    bons.mkdir(parents=True)
    (bons / nom).write_text("\ufeff" + texte, encoding="utf-8", newline="")
    sortie = principal(["fusionner", "2026-12", "--depot", str(mini_depot), "--format", "json", "--sans-classeur", "--sans-producteurs"])
    constats = json.loads(capsys.readouterr().out)["constats"]
    assert (sortie, [un["code"] for un in constats if un["code"] != "aucun-bon"]) == (0, [])
    bilan = json.loads((mini_depot / "prive/2026-12/sorties/bilan.json").read_text(encoding="utf-8"))
    assert (bilan["lues"], bilan["retenues"], bilan["remplacees"]) == (7, 5, 2)
    lignes = lire((mini_depot / "prive/2026-12/sorties/lignes.csv").read_text(encoding="utf-8-sig"))
    lentilles = next(un for un in lignes if un["produit"] == "lentilles-vertes")
    demande = {un["produit"]: un["quantite"] for un in lignes if un["cellule"] != "B-02"}
    assert demande == {"farine-t65": "0,5", "comte-12-mois": "0,75", "lentilles-vertes": "1", "jus-de-pomme": "7"}
    assert {un["bon"] for un in lignes} >= {"3", "n° 000002"}
    servi = sum(int(un["montant"].replace(",", "")) for un in lignes)
    non_servi = montant(int(lentilles["prix_unitaire"].replace(",", "")), 1000) - int(lentilles["montant"].replace(",", ""))
    assert servi + non_servi == total > 0  # un sac entier de lentilles ne se remplit pas à une seule cellule


def test_320_pixels_et_texte_double_sans_defilement_horizontal(ouvrir):
    page = ouvrir()
    page.set_viewport_size({"width": 320, "height": 700})
    taper(page, "Une-cellule-au-nom-vraiment-tres-long", E, "123", E, E, E, "lent", E, "2", E, "1", E, "comte", E, "1", E, E)
    taper(page, "A-017", E, *TARIF_A, "a")
    for taille in ("100%", "200%"):
        page.evaluate(f"document.documentElement.style.fontSize = '{taille}'")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, taille


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_n_a_rien_a_redire(ouvrir, theme: str):
    """Un bon fini, un autre en cours avec une faute et la liste de choix ouverte : tout ce que la page sait montrer."""
    page = ouvrir()
    page.emulate_media(color_scheme=theme)
    taper(page, "A-017", E, *TARIF_A, "lent", E, "2", E, "1", E, E, "B-02", E, *TARIF_A, "comte", E, "12", E)
    assert fautes(page)
    verifier(page)
    taper(page, "<Control+a>", "1", E, "a")
    verifier(page)


def test_chaque_case_a_un_nom_et_chaque_bouton_44_pixels(ouvrir):
    page = ouvrir()
    taper(page, "A-017", E, *TARIF_A, "lent", E, "2", E, "1", E, E, "A-017", E)
    sans_nom = page.evaluate(
        """Array.from(document.querySelectorAll('input:not([type=hidden]), select, button, [role=listbox]'))
        .filter(un => !((un.labels && un.labels.length) || un.getAttribute('aria-label') || un.textContent.trim())).map(un => un.id)"""
    )
    petits = page.evaluate(
        """Array.from(document.querySelectorAll('button, select, input:not([type=hidden]):not([type=file])')).filter(un => un.offsetParent)
        .filter(un => un.getBoundingClientRect().height < 44).map(un => un.id || un.textContent)"""
    )
    assert (sans_nom, petits) == ([], [])
    vises = page.evaluate(
        """['aria-describedby', 'aria-controls', 'aria-labelledby'].flatMap(nom => Array.from(document.querySelectorAll('[' + nom + ']'))
        .flatMap(un => un.getAttribute(nom).split(' '))).filter(id => !document.getElementById(id))"""
    )
    assert vises == []


def test_imprimer_les_bons_ou_la_liste_des_numeros(ouvrir):
    page = ouvrir()
    page.emulate_media(media="print")
    assert page.locator("#numeros").is_visible()
    page.emulate_media(media="screen")
    page.focus("#cellule")  # caché, le formulaire avait perdu le curseur
    taper(page, "A-017", E, *TARIF_A, "farine", E, "2", E, E)
    page.emulate_media(media="print")
    assert page.locator("#derniers .detail").is_visible()
    assert page.locator("#somme").is_visible()
    assert not page.locator("#numeros, #saisie, #tarif, #exporter").locator("visible=true").count()
    page.evaluate("document.documentElement.dataset.imprimer = 'numeros'")
    assert page.locator("#numeros").is_visible()
    assert not page.locator("#derniers").is_visible()


def test_sans_javascript_la_page_renvoie_au_classeur(navigateur):  # noqa: F811
    sans = navigateur.new_context(java_script_enabled=False)
    page = sans.new_page()
    page.set_content(html(petit_depot()))
    assert "Sans JavaScript" in page.inner_text("main")
    assert page.locator("a[href='bon.xlsx']").is_visible()
    assert not page.locator("#saisie:visible, #exporter:visible").count()
    assert "Comté AOP 12 mois" in page.inner_text("#numeros")
    sans.close()


def test_les_numeros_sont_ceux_des_produits_proposes():
    depot = petit_depot()
    texte = html(depot)
    lus = re.findall(r"<li><b>(\d+)</b> <span>(.*?) <small>", texte)
    assert [int(rang) for rang, _nom in lus] == list(range(1, len(depot.produits) + 1))
    donnees = json.loads(re.search(r'id="donnees">(.*?)</script>', texte)[1])
    assert [un[0] for un in donnees["produits"]] == [un.ref for un in proposes(depot, depot.commandes["2026-12"])]
    assert "<script>alert" not in texte
    assert "src=" not in texte


def test_compacter_suit_les_noms_etales():
    serre = compacter_script("(function () { const compter = (...valeurs) => [0, ...valeurs].length; return compter(1); })();")
    assert "valeurs" not in serre
    assert re.search(r"\(\.\.\.(\w)\)=>\[0,\.\.\.\1\]", serre)


def test_la_page_d_un_grand_catalogue_reste_legere():
    assert len(gzip.compress(html(grand_depot(125)).encode(), 9)) <= 20 * 1024


def test_un_groupement_sans_fenetre_est_une_faute_a_nous():
    depot = petit_depot()
    with pytest.raises(ValueError, match="fenêtre"):
        permanence_html(depot, depot.commandes["2026-12"], groupement(slug="ailleurs"))
