"""Les bons au tableur : remplis comme on les remplit (une valeur dans une case), ils se lisent sans réglage."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pytest
from conftest import feuilles_visibles
from depot_de_bon import DECEMBRE as COMMANDE
from depot_de_bon import petit_depot
from xlsxwriter.worksheet import Worksheet

from cabas.documents import formules
from cabas.documents.bon_classeur import bon_xlsx
from cabas.documents.mon_bon import mon_bon_xlsx
from cabas.lecture.bons import lire_bons
from cabas.lecture.colonnes import Catalogue
from cabas.lecture.preambule import lire_preambule
from cabas.rendu.bons import bon_csv

DEPOT = petit_depot()
GROUPEMENT = DEPOT.groupements["les-tilleuls"]
Case = dict[str, str]


def grille() -> bytes:
    intitules = next(csv.reader(io.StringIO(bon_csv(DEPOT, COMMANDE, GROUPEMENT).removeprefix("\ufeff")), delimiter=";"))
    return bon_xlsx(DEPOT, COMMANDE, GROUPEMENT, intitules)


def remplir(octets: bytes, valeurs: Case, feuille: str = "xl/worksheets/sheet1.xml") -> bytes:
    """Le classeur avec ces valeurs dans ces cases, comme l'enregistre un tableur : le reste n'est pas touché."""
    sortie = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(octets)) as avant, zipfile.ZipFile(sortie, "w") as apres:
        for nom in avant.namelist():
            contenu = avant.read(nom).decode()
            if nom == feuille:
                for case, valeur in valeurs.items():
                    contenu = poser(contenu, case, valeur)
            apres.writestr(nom, contenu)
    return sortie.getvalue()


def poser(xml: str, case: str, valeur: str) -> str:
    neuve = (
        f'<c r="{case}" t="inlineStr"><is><t>{valeur}</t></is></c>' if not valeur.replace(".", "").isdigit() else f'<c r="{case}"><v>{valeur}</v></c>'
    )
    if f'<c r="{case}"' in xml:
        return re.sub(rf'<c r="{case}"[^>]*?(?:/>|>.*?</c>)', neuve, xml)
    ligne = re.sub(r"\D", "", case)
    if f'<row r="{ligne}"' not in xml:
        return xml.replace("</sheetData>", f'<row r="{ligne}">{neuve}</row></sheetData>')
    return re.sub(rf'(<row r="{ligne}"[^>]*>)', rf"\1{neuve}", xml)


def cases_de(octets: bytes) -> dict[str, int]:
    """Le numéro de ligne de chaque ref, dans « Mon bon »."""
    feuilles = feuilles_visibles(octets)
    assert isinstance(feuilles, list)
    assert [nom for nom, _lignes in feuilles] == ["Mon bon"]
    return {trouve[1]: numero for numero, cases in feuilles[0][1] if (trouve := re.search(r"\[([a-z0-9-]+)\]$", cases[0]))}


def lire(octets: bytes) -> tuple[list[tuple[str, str, str, str]], list[str]]:
    lignes, constats = lire_bons(octets, "2026-12/les-tilleuls/bons/a.xlsx", "les-tilleuls", Catalogue(DEPOT.produits.values()))
    assert all(ligne.refus is None for ligne in lignes), [ligne.refus for ligne in lignes]
    return [(ligne.cellule, ligne.produit, ligne.lu, ligne.tolerance) for ligne in lignes], [constat.code for constat in constats]


def test_mon_bon_rempli_se_lit_sans_reglage() -> None:
    vierge = mon_bon_xlsx(DEPOT, COMMANDE, GROUPEMENT)
    ou = cases_de(vierge)
    assert set(ou) == set(DEPOT.produits)
    rempli = remplir(vierge, {
        "B4": "c-012", "B8": "q1 (de 16 h à 16 h 30)", "B9": "solidaire (Solidaire)", f"E{ou['farine-t65']}": "2.5",
        f"E{ou['lentilles-vertes']}": "3", f"F{ou['lentilles-vertes']}": "2",
    })  # fmt: skip
    lues, constats = lire(rempli)
    assert sorted(lues) == [("c-012", "farine-t65", "2.5", ""), ("c-012", "lentilles-vertes", "3", "2")]
    assert constats == []
    lignes, _constats = lire_bons(rempli, "2026-12/les-tilleuls/bons/a.xlsx", "les-tilleuls", Catalogue(DEPOT.produits.values()))
    assert {(ligne.tarif, ligne.creneau) for ligne in lignes} == {("solidaire", "q1")}


def test_mon_bon_vierge_ou_rempli_a_cote_ne_demande_rien_et_le_dit() -> None:
    vierge = mon_bon_xlsx(DEPOT, COMMANDE, GROUPEMENT)
    assert lire(vierge) == ([], ["bon-vide"])
    farine = cases_de(vierge)["farine-t65"]
    assert lire(remplir(vierge, {"B5": "Camille", f"D{farine}": "3", f"H{farine}": "2 kg"})) == ([], ["bon-vide"])


def test_mon_bon_sans_nom_ne_se_perd_pas() -> None:
    vierge = mon_bon_xlsx(DEPOT, COMMANDE, GROUPEMENT)
    lues, _constats = lire(remplir(vierge, {f"E{cases_de(vierge)['farine-t65']}": "1"}))
    assert lues == [("", "farine-t65", "1", "")]  # la fusion la rejettera : cellule-absente


def test_la_grille_remplie_se_lit_sans_reglage() -> None:
    vierge = grille()
    feuilles = feuilles_visibles(vierge)
    assert isinstance(feuilles, list)
    assert [nom for nom, _lignes in feuilles] == ["Bons"]
    intitules = feuilles[0][1][0][1]
    lettre = {intitule: chr(ord("A") + rang) for rang, intitule in enumerate(intitules)}
    farine = next(lettre[nom] for nom in intitules if nom.endswith("[farine-t65]"))
    quantite = next(lettre[nom] for nom in intitules if nom.endswith("[lentilles-vertes]"))
    tolerance = next(lettre[nom] for nom in intitules if nom.endswith("(t-lentilles-vertes)"))
    lues, _constats = lire(
        remplir(vierge, {"A2": "c-001", f"{farine}2": "1", f"{quantite}2": "3", f"{tolerance}2": "2", "A3": "c-002", f"{farine}3": "0.5"})
    )
    assert sorted(lues) == [("c-001", "farine-t65", "1", ""), ("c-001", "lentilles-vertes", "3", "2"), ("c-002", "farine-t65", "0.5", "")]


@pytest.mark.parametrize("fabriquer", [grille, lambda: mon_bon_xlsx(DEPOT, COMMANDE, GROUPEMENT)])
def test_verrouille_sauf_ce_que_l_on_remplit_et_memes_octets(fabriquer: object) -> None:
    octets = fabriquer()  # type: ignore[operator]
    assert octets == fabriquer()  # type: ignore[operator]
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        page, styles = archive.read("xl/worksheets/sheet1.xml").decode(), archive.read("xl/styles.xml").decode()
        assert 'state="veryHidden"' in archive.read("xl/workbook.xml").decode()
    assert "<sheetProtection" in page
    assert 'locked="0"' in styles


@pytest.mark.parametrize("fabriquer", [grille, lambda: mon_bon_xlsx(DEPOT, COMMANDE, GROUPEMENT)])
def test_nos_formules_vont_vite_et_donnent_les_memes_octets(fabriquer: object, monkeypatch: pytest.MonkeyPatch) -> None:
    vite = fabriquer()  # type: ignore[operator]
    monkeypatch.setattr(formules, "FeuilleRapide", Worksheet)
    assert vite == fabriquer()  # type: ignore[operator]


@pytest.mark.parametrize("formule", ["=SORT(A1:A9)", "=SUM(XLOOKUP(A1,B:B,C:C))", "=IF(A1>0,STDEV.S(B1:B9),0)", "{=SUM(A1:A9*B1:B9)}", "SUM(A1)"])
def test_une_autre_formule_est_laissee_a_xlsxwriter(formule: str) -> None:
    assert formules.FeuilleRapide()._prepare_formula(formule, True) == Worksheet()._prepare_formula(formule, True) != ""


def test_chaque_quantite_est_gardee_par_son_pas_et_son_maximum() -> None:
    vierge = mon_bon_xlsx(DEPOT, COMMANDE, GROUPEMENT)
    comte = cases_de(vierge)["comte-12-mois"]
    with zipfile.ZipFile(io.BytesIO(vierge)) as archive:
        page = archive.read("xl/worksheets/sheet1.xml").decode()
    regles = dict(re.findall(r'<dataValidation [^>]*sqref="(E\d+)"[^>]*><formula1>(.*?)</formula1>', page))
    assert regles[f"E{comte}"] == f"AND(E{comte}&gt;=0,MOD(ROUND(E{comte}*1000,0),250)=0,ROUND(E{comte}*1000,0)&lt;=2000)"
    assert len(regles) == len(DEPOT.produits)


def test_le_total_additionne_toutes_les_lignes_et_le_prix_suit_le_tarif() -> None:
    vierge = mon_bon_xlsx(DEPOT, COMMANDE, GROUPEMENT)
    ou = cases_de(vierge)
    with zipfile.ZipFile(io.BytesIO(vierge)) as archive:
        page = archive.read("xl/worksheets/sheet1.xml").decode()
    premiere, derniere = (int(borne) for borne in re.findall(r"SUM\(G(\d+):G(\d+)\)", page)[0])
    assert premiere <= min(ou.values())
    assert max(ou.values()) == derniere
    farine = ou["farine-t65"]
    assert f"MATCH($B$9,Listes!$B$1:$B$2,0)),Listes!C{farine})" in page
    assert f"ROUND(E{farine}*C{farine},2)" in page


@pytest.mark.parametrize(
    ("lignes", "dits"),
    [
        ([["Cellule :", "c-012", ""]], {"cellule": "c-012"}),
        ([["Foyer :", "", "c-012"], ["Tarif :", "solidaire (Solidaire)"]], {"cellule": "c-012", "tarif": "solidaire"}),
        ([["Cellule :", ""], ["Nom : ", "Ada"]], {"nom": "Ada"}),
        ([["Cellule", "c-012"]], {}),  # sans deux-points, c'est peut-être un tableau
        ([["Téléphone :", "plus tard"], ["Couleur :", "vert"]], {}),
        ([["Cellule :", "c-1"], ["Cellule :", "c-2"]], {"cellule": "c-1"}),
        ([["Cellule :", "c-1", "c-2"]], {}),
    ],
)
def test_le_preambule_ne_devine_rien(lignes: list[list[str]], dits: dict[str, str]) -> None:
    assert lire_preambule(list(enumerate(lignes, 1))) == dits


def test_une_case_vide_ne_prend_pas_la_formule_de_sa_voisine() -> None:
    """Un tableur écrit `<c … />` pour une case vide ; la formule jamais calculée d'à côté n'est pas la sienne."""
    vierge = mon_bon_xlsx(DEPOT, COMMANDE, GROUPEMENT)
    ou = cases_de(vierge)["farine-t65"]
    sans_valeur = remplir(vierge, {"B4": "c-012"})
    with zipfile.ZipFile(io.BytesIO(sans_valeur)) as archive:
        page = archive.read("xl/worksheets/sheet1.xml").decode()
    coupee = re.sub(rf'(<c r="G{ou}"[^>]*?)(?: t="str")?>(<f>.*?</f>)<v>.*?</v></c>', r"\1>\2</c>", page)
    assert coupee != page
    sortie = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sans_valeur)) as avant, zipfile.ZipFile(sortie, "w") as apres:
        for nom in avant.namelist():
            apres.writestr(nom, coupee if nom.endswith("sheet1.xml") else avant.read(nom).decode())
    feuilles = feuilles_visibles(sortie.getvalue())
    assert isinstance(feuilles, list)
    cases = dict(feuilles[0][1])[ou]
    assert (cases[4], cases[6]) == ("", "#CALCUL")
