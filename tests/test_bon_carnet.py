"""Un bon photographié se retrouve, un carnet a des numéros qui suivent jusqu'au récap, et un serrage sert à tous."""

from __future__ import annotations

import csv
import json
import re

import pytest
from depot_de_bon import DECEMBRE, PRODUITS, grand_depot, groupement, petit_depot
from test_bon_papier import pages, texte

from cabas.cli import principal
from cabas.documents import serrage
from cabas.documents.bon_papier import bon_pdf, carnet_pdf, donnees_du_bon, mettre_en_page
from cabas.documents.code_qr import adresse_du_bon, code_qr
from cabas.documents.composition import pages_du_pdf

QUARTIER, SOLIDAIRE = groupement().tarifs
SITE = "https://reseau.exemple.org/"
EN_LIGNE = "reseau.exemple.org/bons/2026-12/les-tilleuls/"


def mis_en_page(site_url: str = SITE, **autres: object) -> dict[str, object]:
    depot = petit_depot()
    faits = donnees_du_bon(depot, DECEMBRE, depot.groupements["les-tilleuls"], SOLIDAIRE, "", site_url)
    return mettre_en_page({**faits, **autres}, 12, serrage.LIBRE)


def test_un_code_qr_est_un_trace_assez_grand_et_fidele():
    import segno

    for contenu in ("CABAS 2026-12 LES-TILLEULS B 12B", f"https://{EN_LIGNE}", f"https://{EN_LIGNE}{'x' * 200}"):
        code = code_qr(contenu, "dit")
        attendu = segno.make_qr(contenu, error="m", boost_error=False)
        assert attendu.error == "M"
        assert code["cote"] >= 150
        assert code["cote"] >= 4 * len(attendu.matrix)  # 0,4 mm par module
        # Le tracé relu, segment par segment, redonne chaque module du code.
        noirs, x, y = set(), 0, -1
        for ordre, *nombres in re.findall(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", code["svg"].partition(' d="')[2].partition('"')[0]):
            pas = int(float(nombres[0]))
            if ordre == "h":
                noirs |= {(x + rang, y) for rang in range(pas)}
                x += pas
            else:
                x, y = (pas, 0) if ordre == "M" else (x + pas, y + int(float(nombres[1])))
        assert noirs == {(colonne, ligne) for ligne, rangee in enumerate(attendu.matrix) for colonne, module in enumerate(rangee) if module}


def test_la_feuille_dit_qui_elle_est_et_ou_commander_en_ligne():
    faits = mis_en_page(numeros=["12B"])
    assert faits["feuilles"][0]["code"]["dit"].endswith(": CABAS 2026-12 LES-TILLEULS B 12B")
    assert faits["feuilles"][0]["pied"].endswith("commande 2026-12, bon n°\u00a012B")
    assert faits["en_ligne"]["dit"].endswith(f": https://{EN_LIGNE}")
    assert mis_en_page()["feuilles"][0]["code"]["dit"].endswith(": CABAS 2026-12 LES-TILLEULS B")


@pytest.mark.parametrize("site_url", ["", "reseau.exemple.org", "javascript:alert(1)", "ftp://reseau.exemple.org"])
def test_sans_adresse_publique_pas_de_code_plutot_qu_un_code_faux(site_url):
    assert adresse_du_bon(site_url, "2026-12", "les-tilleuls") == ""
    assert mis_en_page(site_url)["en_ligne"] is None


@pytest.mark.parametrize("corps", [12, serrage.GROS])
def test_les_codes_sont_imprimes_en_vecteurs_et_decrits(corps):
    depot = petit_depot()
    un = depot.groupements["les-tilleuls"]
    avec, sans = (bon_pdf(depot, DECEMBRE, un, QUARTIER, corps, "", site) for site in (SITE, ""))
    assert (len(re.findall(rb"/Alt\b", avec)), len(re.findall(rb"/Alt\b", sans))) == (3, 2)  # la feuille, sur deux faces ; le bon en ligne
    assert not re.search(rb"/Subtype\s*/Image", avec)
    assert EN_LIGNE in texte(avec)
    assert "En ligne" not in texte(sans)


def test_chaque_produit_est_imprime_une_fois_et_son_en_tete_se_repete():
    depot = grand_depot(125)
    un = depot.groupements["les-tilleuls"]
    pdf = bon_pdf(depot, DECEMBRE, un, un.tarifs[0], 12, "", SITE)
    faits = donnees_du_bon(depot, DECEMBRE, un, un.tarifs[0], "", SITE)
    prix = sorted(ligne["prix"] for rayon in faits["rayons"] for ligne in rayon["produits"])
    lu = texte(pdf)
    assert len(prix) == 125
    assert all(lu.count(un_prix) >= prix.count(un_prix) for un_prix in set(prix))
    assert lu.count("quantité") >= len(faits["rayons"]) + lu.count("À garder.")
    assert pages(pdf) == 2


def test_le_talon_dit_ce_qu_on_garde():
    depot = petit_depot()
    lu = texte(carnet_pdf(depot, DECEMBRE, depot.groupements["les-tilleuls"], SOLIDAIRE, [12], SITE))
    talon = lu.partition("À garder.")[2]
    for dit in ("Bon n° 12B", "jeudi 17 décembre 2026", "Salle des fêtes", "Mon total", EN_LIGNE):
        assert dit in talon, dit
    assert "Une question, un changement : la permanence (mardi de 17 h à 19 h, centre social), ou les-tilleuls@exemple.org" in lu
    muet = depot.groupements["les-tilleuls"]._replace(permanence="", reponse="https://service.exemple.org/f")
    assert donnees_du_bon(depot, DECEMBRE, muet, SOLIDAIRE, "")["question"] == ""


def test_un_carnet_a_un_bon_par_feuille_et_un_numero_par_bon():
    depot = petit_depot()
    un = depot.groupements["les-tilleuls"]
    pdf = carnet_pdf(depot, DECEMBRE, un, SOLIDAIRE, range(7, 10), SITE)
    assert pages(pdf) == pages_du_pdf(pdf) == 5  # une face chacun : le dos des deux premiers reste blanc
    lu = texte(pdf)
    assert [lu.count(f"n° {numero}B") for numero in (6, 7, 8, 9, 10)] == [0, 4, 4, 4, 0]  # en tête, deux pieds, le talon
    assert lu.count("page 1 / 1") == 6
    assert all(lu.count(produit.nom) == 3 for produit in PRODUITS if produit.ref == "lentilles-vertes")
    assert pdf == carnet_pdf(depot, DECEMBRE, un, SOLIDAIRE, range(7, 10), SITE)
    seul = un._replace(tarifs=(QUARTIER,))
    assert "n° 7 " in texte(carnet_pdf(depot, DECEMBRE, seul, QUARTIER, [7]))


def test_un_carnet_de_grands_bons_a_deux_faces_par_numero():
    depot = grand_depot(125)
    un = depot.groupements["les-tilleuls"]
    pdf = carnet_pdf(depot, DECEMBRE, un, un.tarifs[0], (1, 2), SITE)
    assert pages(pdf) == 4
    assert texte(pdf).count("page 2 / 2") == 2


def test_passe_la_deuxieme_page_le_pied_est_celui_de_sa_feuille():
    depot = grand_depot(300)
    un = depot.groupements["les-tilleuls"]
    pdf = carnet_pdf(depot, DECEMBRE, un, un.tarifs[0], (1, 2), SITE)
    longue, lu = pages(pdf) // 2, texte(pdf)
    assert longue > 2
    assert all(f"bon n° {numero} page {page} / {longue}" in lu for numero in (1, 2) for page in range(3, longue + 1))


def test_rien_de_propre_a_un_document_n_est_dans_l_allure_de_son_texte(racine):
    """Sinon Typst ne reprend rien d'un bon à l'autre, et tous les bons papier coûtent le triple."""
    for nom in ("bon.typ", "commande-producteur.typ", "fiche-mission.typ"):
        gabarit = (racine / "scripts/cabas/gabarits" / nom).read_text(encoding="utf-8")
        assert "pied-pose(" in gabarit
        assert "poser-pied(" in gabarit
        assert not re.search(r"footer:[^\n]*\b(?:d|feuille)\.", gabarit)
        assert "set document" not in gabarit


# --- Le serrage ---


@pytest.fixture
def recherches(monkeypatch):
    """Compte les compositions d'essai, à partir d'une mémoire vide."""
    faites = []
    compter = serrage.compter_pages
    monkeypatch.setattr(serrage, "compter_pages", lambda *tout: faites.append(1) or compter(*tout))
    serrage._serrage_neutre.cache_clear()
    yield faites
    serrage._serrage_neutre.cache_clear()


def test_le_serrage_se_cherche_une_fois_pour_tous_et_l_ordre_n_y_change_rien(recherches):
    depot = petit_depot()
    autre = groupement(slug="les-acacias", nom="Les Acacias du Haut", lieu="Gymnase", permanence="lundi de 9 h à 10 h")
    bons = [(un, tarif) for un in (depot.groupements["les-tilleuls"], autre) for tarif in (QUARTIER, SOLIDAIRE)]
    commande = DECEMBRE._replace(fenetres=(*DECEMBRE.fenetres, DECEMBRE.fenetres[0]._replace(groupement="les-acacias")))

    def tous(ordre):
        return {(un.slug, tarif.code): bon_pdf(depot, commande, un, tarif, 12, "", SITE) for un, tarif in ordre}

    premiers = tous(bons[:1])
    assert (combien := len(recherches)) > 0
    premiers |= tous(bons[1:])
    assert len(recherches) == combien
    serrage._serrage_neutre.cache_clear()
    assert tous(reversed(bons)) == premiers


def test_le_bon_neutre_ne_garde_rien_du_groupement_ni_du_tarif():
    depot = petit_depot()
    ici, ailleurs = depot.groupements["les-tilleuls"], groupement(nom="Ailleurs", structure="Une autre", permanence="", reponse="", lieu="")
    neutres = [
        json.dumps(serrage.bon_neutre(donnees_du_bon(depot, DECEMBRE, un, tarif, "", SITE)), sort_keys=True, ensure_ascii=False)
        for un in (ici, ailleurs) for tarif in (QUARTIER, SOLIDAIRE)
    ]  # fmt: skip
    assert len(set(neutres)) == 1
    assert "Farine de blé T65" in neutres[0]
    assert not re.search(r"Tilleuls|1,08|16,23", neutres[0])


def test_un_bon_qui_deborde_cherche_son_propre_serrage(recherches):
    depot = grand_depot(110)
    un = depot.groupements["les-tilleuls"]
    bavard = un._replace(permanence="mardi, mercredi et jeudi de 17 h à 19 h, au centre social, " * 6)
    rangs = []
    for lequel in (un, bavard):
        faits = donnees_du_bon(depot, DECEMBRE, lequel, lequel.tarifs[0], "", SITE)
        rangs.append(serrage.chercher(faits, 12, mettre_en_page))
    assert rangs[0] < rangs[1] < len(serrage.SERRAGES)
    assert serrage.chercher(faits, 12, mettre_en_page, rangs[0] + 1, serre=True) == rangs[1]
    recherches.clear()
    assert pages(bon_pdf(depot, DECEMBRE, bavard, un.tarifs[0], 12, "", SITE)) == 2
    assert len(recherches) > 4


@pytest.mark.parametrize("premier", range(len(serrage.SERRAGES) + 1))
@pytest.mark.parametrize("depuis", [0, 3, len(serrage.SERRAGES) - 1])
def test_partir_des_plus_serres_ne_change_pas_la_reponse(monkeypatch, premier, depuis):
    rang = {serrage_: rang for rang, serrage_ in enumerate(serrage.SERRAGES)}
    monkeypatch.setattr(serrage, "compter_pages", lambda _gabarit, essai: 2 if essai["rang"] >= premier else 3)
    poser = lambda _donnees, _corps, essai: {"rang": rang[essai]}  # noqa: E731
    trouves = [serrage.chercher({}, 12, poser, depuis, serre=serre) for serre in (False, True)]
    assert trouves == [len(serrage.SERRAGES) if premier == len(serrage.SERRAGES) else max(premier, depuis)] * 2


# --- La commande, et le numéro jusqu'au récap ---


def test_cabas_bons_ecrit_le_carnet(mini_depot, capsys):
    (mini_depot / "mkdocs.yml").write_text(f"site_url: {SITE}\n", encoding="utf-8")
    depot = ["--depot", str(mini_depot)]
    assert principal(["bons", "2026-12", "les-tilleuls", "--combien", "2", "--tarif", "solidaire", "--premier", "31", *depot]) == 0
    lu = texte((mini_depot / "prive/2026-12/les-tilleuls/sorties/carnet.pdf").read_bytes())
    assert ["n° 31B" in lu, "n° 32B" in lu, "n° 33B" in lu, EN_LIGNE in lu] == [True, True, False, True]
    assert "site_url" not in capsys.readouterr().out
    (mini_depot / "mkdocs.yml").unlink()
    assert principal(["bons", "2026-12", "la-remise", "--combien", "1", *depot]) == 0
    assert "site_url" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["2031-01", "les-tilleuls"], "commande-inconnue"),
        (["2026-12", "ailleurs"], "groupement-inconnu"),
        (["2026-12", "les-tilleuls", "--tarif", "cher"], "tarif-inconnu"),
        (["2026-12", "les-tilleuls", "--combien", "0"], "nombre-hors-bornes"),
        (["2026-12", "les-tilleuls", "--combien", "5000"], "nombre-hors-bornes"),
        (["2026-12", "les-tilleuls", "--premier", "-3"], "nombre-hors-bornes"),
    ],
)
def test_cabas_bons_refuse_en_disant_pourquoi(mini_depot, capsys, arguments, code):
    assert principal(["bons", *arguments, "--depot", str(mini_depot), "--format", "json"]) == 2
    assert [constat["code"] for constat in json.loads(capsys.readouterr().out)["constats"]] == [code]
    assert not (mini_depot / "prive").exists()


@pytest.mark.parametrize(
    "saisie",
    [
        "bon;cellule;produit;quantite\r\n12B;A-017;farine-t65;2,5\r\n12B;A-017;comte-12-mois;1\r\n13B;A-018;farine-t65;1\r\n",
        "bon;cellule;Farine [farine-t65];Comté [comte-12-mois]\r\n12B;A-017;2,5;1\r\n13B;A-018;1;\r\n",
    ],
    ids=["canonique", "grille"],
)
def test_le_numero_saisi_suit_le_bon_jusqu_au_recap(mini_depot, saisie):
    bons = mini_depot / "prive/2026-12/les-tilleuls/bons"
    bons.mkdir(parents=True)
    (bons / "permanence.csv").write_text(saisie, encoding="utf-8", newline="")
    options = ["--depot", str(mini_depot), "--sans-classeur", "--sans-producteurs"]
    assert principal(["fusionner", "2026-12", *options]) == 0
    sorties = mini_depot / "prive/2026-12/sorties"
    for fichier in ("journal.csv", "lignes.csv"):
        with (sorties / fichier).open(encoding="utf-8-sig", newline="") as flux:
            lus = sorted((ligne["bon"], ligne["cellule"], ligne["produit"]) for ligne in csv.DictReader(flux, delimiter=";"))
        assert lus == [("12B", "A-017", "comte-12-mois"), ("12B", "A-017", "farine-t65"), ("13B", "A-018", "farine-t65")], fichier
