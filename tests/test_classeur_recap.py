"""`recap.xlsx`, les palettes et la réservation GDXP : relus, recalculés, comparés aux CSV."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from conftest import MINI_RESEAU
from python_calamine import CalamineWorkbook
from test_reseau import deposer_des_bons

from cabas.calculs.conditionnements import nom_de_taille
from cabas.calculs.palettes import PLACEMENTS, palettes
from cabas.calculs.recap import LigneGroupement, LigneProduit, Recap
from cabas.calculs.servis import Explications
from cabas.cli import principal
from cabas.documents.classeur import Bloc, Colonne, Feuille, classeur_xlsx
from cabas.documents.mise_en_page import HAUTEUR_MAXIMUM, NOM_MAXIMUM, PIED_MAXIMUM, lignes_de, noms_de_feuilles
from cabas.lecture.depot import charger
from cabas.modele import Lot

ESPACE = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
DONNEES = Path(__file__).parent / "donnees"
BONS = "cellule;produit;quantite\nT-050;farine-t65;une douzaine\nT-051;inconnu;2\n" + "".join(f"T-06{rang};farine-t65;3\n" for rang in range(5))
DECISION = "- {action: annuler, cellule: T-001, groupement: les-tilleuls, qui: Ana, pourquoi: déménage}\n"


@pytest.fixture
def sorties(mini_depot: Path) -> Path:
    """Les sorties d'une fusion où il manque de quoi finir des lots, avec des rejets et une décision."""
    deposer_des_bons(mini_depot)
    bons = mini_depot / "prive/2026-12/les-tilleuls/bons"
    (bons / "b.csv").write_text(BONS, encoding="utf-8")
    (mini_depot / "prive/2026-12/decisions.yaml").write_text(DECISION, encoding="utf-8")
    assert principal(["fusionner", "2026-12", "--depot", str(mini_depot), "--sans-producteurs", "--format", "json"]) == 1
    return mini_depot / "prive/2026-12/sorties"


def table(chemin: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(chemin.read_text(encoding="utf-8-sig")), delimiter=";"))


def decimal(texte: str) -> Decimal:
    return Decimal((texte or "0").replace(",", "."))


class Classeur:
    """Un classeur relu dans ses octets : valeurs, formules, et de quoi recalculer celles que nous écrivons."""

    def __init__(self, octets: bytes) -> None:
        archive = zipfile.ZipFile(io.BytesIO(octets))
        classeur = ET.fromstring(archive.read("xl/workbook.xml"))
        textes = [
            "".join(t.text or "" for t in si.iter(f"{{{ESPACE['m']}}}t"))
            for si in ET.fromstring(archive.read("xl/sharedStrings.xml")).iterfind("m:si", ESPACE)
        ]
        self.noms = [str(feuille.get("name")) for feuille in classeur.iterfind("m:sheets/m:sheet", ESPACE)]
        definis = [(str(nom.get("name")), str(nom.text)) for nom in classeur.iterfind("m:definedNames/m:definedName", ESPACE)]
        self.zones = [texte for nom, texte in definis if nom == "_xlnm.Print_Area"]
        self.titres = [texte for nom, texte in definis if nom == "_xlnm.Print_Titles"]
        self.plages = {str(nom.get("name")): str(nom.text) for nom in classeur.iterfind("m:definedNames/m:definedName", ESPACE)}
        self.xml = {nom: archive.read(f"xl/worksheets/sheet{rang}.xml").decode() for rang, nom in enumerate(self.noms, 1)}
        self.valeurs: dict[str, dict[str, Decimal | str]] = {}
        self.formules: dict[str, dict[str, str]] = {}
        for nom, xml in self.xml.items():
            self.valeurs[nom], self.formules[nom] = {}, {}
            for case in ET.fromstring(xml).iter(f"{{{ESPACE['m']}}}c"):
                place, valeur = str(case.get("r")), case.findtext("m:v", None, ESPACE)
                if (formule := case.findtext("m:f", None, ESPACE)) is not None:
                    self.formules[nom][place] = formule
                if valeur is not None:
                    self.valeurs[nom][place] = textes[int(valeur)] if case.get("t") == "s" else Decimal(valeur)

    def colonne(self, plage: str, feuille: str) -> list[Decimal | str]:
        """Les valeurs d'une plage d'une colonne : `'Lignes'!$H$2:$H$9`, `A2:A9`, ou une plage nommée."""
        ailleurs = re.fullmatch(r"(?:'((?:[^']|'')+)'|(\w+))!(.*)", self.plages.get(plage, plage))
        feuille = (ailleurs[1] or ailleurs[2]).replace("''", "'") if ailleurs else feuille
        trouve = re.fullmatch(r"\$?([A-Z]+)\$?(\d+)(?::\$?\1\$?(\d+))?", ailleurs[3] if ailleurs else plage)
        assert trouve, plage
        return [self.valeurs[feuille].get(f"{trouve[1]}{ligne}", Decimal(0)) for ligne in range(int(trouve[2]), int(trouve[3] or trouve[2]) + 1)]

    def calculer(self, formule: str, feuille: str) -> Decimal:
        """La valeur d'une formule parmi celles que nous écrivons : SUM, ROUND, SUMIFS, A*B, A-B, ou une seule case."""
        if arrondi := re.fullmatch(r"ROUND\((.+),(\d)\)", formule):
            return self.calculer(arrondi[1], feuille).quantize(Decimal(1).scaleb(-int(arrondi[2])), ROUND_HALF_UP)
        if somme := re.fullmatch(r"SUM\(([^(),]+)\)", formule):
            return sum((Decimal(valeur) for valeur in self.colonne(somme[1], feuille)), Decimal(0))
        if sommes := re.fullmatch(r"SUMIFS\(([^()]+)\)", formule):
            quoi, *criteres = sommes[1].split(",")
            paires = [
                (self.colonne(plage, feuille), self.critere(critere, feuille)) for plage, critere in zip(criteres[::2], criteres[1::2], strict=True)
            ]
            valeurs = self.colonne(quoi, feuille)
            return sum((Decimal(v) for rang, v in enumerate(valeurs) if all(colonne[rang] == attendu for colonne, attendu in paires)), Decimal(0))
        if operation := re.fullmatch(r"([A-Z]+\d+)([*-])([A-Z]+\d+)", formule):
            gauche, droite = (Decimal(self.colonne(operation[rang], feuille)[0]) for rang in (1, 3))
            return gauche * droite if operation[2] == "*" else gauche - droite
        return Decimal(self.colonne(formule, feuille)[0])

    def critere(self, critere: str, feuille: str) -> Decimal | str:
        return critere[1:-1] if critere.startswith('"') else self.colonne(critere, feuille)[0]


def test_les_formules_recalculent_les_valeurs_ecrites(sorties: Path) -> None:
    livre = Classeur((sorties / "recap.xlsx").read_bytes())
    faites = 0
    for feuille, formules in livre.formules.items():
        for place, formule in formules.items():
            assert livre.calculer(formule, feuille) == livre.valeurs[feuille][place], (feuille, place, formule)
            faites += 1
    assert faites > 60
    assert {formule.split("(")[0] for formules in livre.formules.values() for formule in formules.values()} >= {"SUM", "ROUND"}


def test_chaque_feuille_dit_ce_que_disent_les_csv(sorties: Path) -> None:
    feuilles = {nom: lire(sorties / "recap.xlsx", nom) for nom in CalamineWorkbook.from_path(sorties / "recap.xlsx").sheet_names}
    produits, groupements, lignes = (table(sorties / f"{nom}.csv") for nom in ("recap-produits", "recap-groupements", "lignes"))
    attendus = {ligne["produit"]: ligne for ligne in produits}
    assert {rangee["Ref"] for rangee in feuilles["Produits"]} == set(attendus)
    for rangee in feuilles["Produits"]:
        attendu = attendus[rangee["Ref"]]
        colonnes = {
            "Demandé": "quantite",
            "Tolérance": "tolerance",
            "À commander": "a_commander",
            "Reste": "reste",
            "Montant": "montant",
            "Bons": "bons",
        }
        assert {nom: nombre(rangee[nom]) for nom in colonnes} == {nom: decimal(attendu[csv_]) for nom, csv_ in colonnes.items()}
    assert len(feuilles["Lignes"]) == len(lignes)
    par_groupement: dict[str, Decimal] = defaultdict(Decimal)
    for ligne in groupements:
        par_groupement[ligne["groupement"]] += decimal(ligne["montant"])
    assert len(par_groupement) == 2
    for slug, nom in (("les-tilleuls", "Les Tilleuls"), ("la-remise", "La Remise")):
        assert sum((nombre(rangee["Montant"]) for rangee in feuilles[nom]), Decimal(0)) == par_groupement[slug]
    producteurs = {ligne["producteur"] for ligne in produits}
    fixes = {
        "Accueil",
        "Produits",
        "Groupements",
        "Palettes",
        "Manques",
        "Répartition",
        "Lignes",
        "À régler",
        "Décisions",
        "Les Tilleuls",
        "La Remise",
    }
    leurs = set(feuilles) - fixes
    assert len(leurs) == len(producteurs)
    assert {rangee["Ref"] for nom in leurs for rangee in feuilles[nom]} == set(attendus)
    assert sum((nombre(r["Montant"]) for nom in leurs for r in feuilles[nom]), Decimal(0)) == sum(
        (decimal(x["montant"]) for x in produits), Decimal(0)
    )
    assert {(rangee["Code"], bool(rangee["Que faire"])) for rangee in feuilles["À régler"]} >= {
        ("quantite-illisible", True),
        ("produit-inconnu", True),
    }
    assert [(rangee["Qui"], rangee["Pourquoi"]) for rangee in feuilles["Décisions"]] == [("Ana", "déménage")]
    assert feuilles["Manques"]
    for nom in (*leurs, "Les Tilleuls", "La Remise", "Produits", "Palettes", "Groupements"):
        assert not re.search(r"[TR]-00\d", json.dumps(feuilles[nom], default=str)), f"{nom} ne doit nommer aucune cellule"


def lire(chemin: Path, nom: str) -> list[dict[str, str]]:
    """Les rangées d'une feuille, sans celle des totaux."""
    entete, *rangees = CalamineWorkbook.from_path(chemin).get_sheet_by_name(nom).to_python()
    return [dict(zip(map(str, entete), map(str, rangee), strict=True)) for rangee in rangees if rangee[0] != "Total"]


def nombre(texte: str) -> Decimal:
    return Decimal(texte or "0").quantize(Decimal("0.001"))


def test_les_pages_sont_pretes_a_imprimer(sorties: Path) -> None:
    livre = Classeur((sorties / "recap.xlsx").read_bytes())
    for nom, xml in livre.xml.items():
        assert 'paperSize="9"' in xml, nom
        assert "Page &amp;P sur &amp;N" in xml, nom
        assert "Commande de décembre (2026-12)" in xml, nom
        assert 'fitToHeight="0"' in xml, nom
        if nom != "Accueil":
            assert "<autoFilter" in xml, nom
            assert 'state="frozen"' in xml, nom
    zones = zipfile.ZipFile(sorties / "recap.xlsx").read("xl/workbook.xml").decode()
    assert zones.count("_xlnm.Print_Area") == len(livre.noms)
    assert zones.count("_xlnm.Print_Titles") == len(livre.noms) - 1
    assert 'orientation="portrait"' in livre.xml["Manques"]
    assert 'orientation="landscape"' in livre.xml["Lignes"]
    assert livre.xml["Accueil"].count("<hyperlink ") == len(livre.noms) - 1


def test_les_noms_de_feuilles() -> None:
    voulus = ["Épicerie de la très très longue rue du Faubourg"] * 12 + ["a/b:c*d?e[f]g\\h", "'x'", "  ", "history", "LIGNES", "É\u0301", "a\tb"]
    voulus += ["🌻 La Ferme des Quatre Saisons du Val", "🌻" * 20, "a" + "🌻" * 20, "a" + "🌻" * 20]
    noms = noms_de_feuilles(voulus, ["Lignes"])
    assert len({nom.casefold() for nom in [*noms, "Lignes"]}) == len(voulus) + 1
    for nom in noms:
        assert 0 < len(nom.encode("utf-16-le")) // 2 <= NOM_MAXIMUM
        assert not set(nom) & set("[]:*?/\\\t")
        assert nom.strip("' ") == nom
        assert nom.casefold() != "history"


POINT = 72 * 7 / 96
"""La largeur d'un chiffre en Calibri 11, en points : ce que compte la largeur d'une colonne."""
A4 = {"portrait": 595.3 - 2 * 0.4 * 72, "landscape": 841.9 - 2 * 0.4 * 72}
"""Ce qu'une page laisse entre ses marges, en points."""


def imprimes(livre: Classeur, nom: str) -> float:
    """La taille, en points, du texte d'une feuille imprimée : 11, moins ce que le tableur rétrécit pour tenir dans ses pages de large."""
    zone = next(zone for zone in livre.zones if zone.startswith((f"{nom}!", f"'{nom.replace(chr(39), chr(39) * 2)}'!")))
    derniere = re.search(r":\$([A-Z]+)\$\d+$", zone)
    assert derniere is not None, zone
    rang = 0
    for lettre in derniere[1]:
        rang = 26 * rang + ord(lettre) - 64
    feuille = ET.fromstring(livre.xml[nom])
    colonnes = [
        float(str(un.get("width")))
        for un in feuille.iterfind("m:cols/m:col", ESPACE)
        for _ in range(int(str(un.get("min"))), int(str(un.get("max"))) + 1)
    ]
    page = feuille.find("m:pageSetup", ESPACE)
    assert page is not None
    place = A4[str(page.get("orientation"))] * int(page.get("fitToWidth", "1"))
    return 11 * min(1, place / (sum(colonnes[:rang]) * POINT))


def test_une_feuille_imprimee_se_lit(sorties: Path) -> None:
    """Neuf points au moins. Les colonnes qui ne servent qu'à l'écran, à droite, ne s'impriment pas."""
    livre = Classeur((sorties / "recap.xlsx").read_bytes())
    assert {nom: round(taille, 1) for nom in livre.noms if (taille := imprimes(livre, nom)) < 9} == {}
    entetes = {
        nom: [str(case) for case in CalamineWorkbook.from_path(sorties / "recap.xlsx").get_sheet_by_name(nom).to_python()[0]] for nom in livre.noms
    }
    assert (entetes["Lignes"][-2:], entetes["À régler"][-1], entetes["Produits"][-1]) == (["Code du groupement", "Bon"], "Code", "Bons")
    for nom, ote in (("Lignes", 2), ("À régler", 1), ("Produits", 1)):
        derniere = chr(ord("A") + len(entetes[nom]) - ote - 1)
        assert any(zone.startswith((f"{nom}!", f"'{nom}'!")) and f":${derniere}$" in zone for zone in livre.zones), nom


def test_une_feuille_trop_large_prend_plusieurs_pages() -> None:
    colonnes = (Colonne("Produit", 30), *(Colonne(f"Groupement {rang}", 12, "entier") for rang in range(30)))
    livre = Classeur(classeur_xlsx("T", "Pied", [Feuille("Large", colonnes, [("Farine", *range(30))])]))
    assert imprimes(livre, "Large") >= 9
    assert 'fitToWidth="3"' in livre.xml["Large"]
    assert any("$A:$A" in titres for titres in livre.titres)


def test_un_texte_sur_plusieurs_lignes_a_la_hauteur_qu_il_lui_faut() -> None:
    """Sans hauteur écrite, LibreOffice ouvre le fichier avec les textes les uns sur les autres."""
    long = "Demander à la personne ce qu’elle voulait, puis corriger le fichier, ou écrire une décision."
    colonnes = (Colonne("Court", 10), Colonne("Que faire", 30))
    livre = Classeur(classeur_xlsx("T", "Pied", [Feuille("F", colonnes, [("a", long), ("b", "rien")])], [Bloc("B", (), [["Note", long * 3]])]))
    hauteurs = {str(un.get("r")): float(un.get("ht", "15")) for un in ET.fromstring(livre.xml["F"]).iterfind("m:sheetData/m:row", ESPACE)}
    assert hauteurs == {"1": 15, "2": 15 * lignes_de(long, 30), "3": 15}
    assert lignes_de(long, 30) >= 3
    assert 'ht="60"' in livre.xml["Accueil"] or 'ht="75"' in livre.xml["Accueil"]
    assert [lignes_de(texte, 10) for texte in ("", "a", "abcdefghi", "a\nb", "prive/2026-12/bons/a.csv")] == [1, 1, 1, 2, 4]


def test_une_ligne_n_est_pas_plus_haute_qu_un_tableur_ne_sait() -> None:
    livre = Classeur(classeur_xlsx("T", "Pied", [Feuille("F", (Colonne("Lu", 12),), [("mot " * 500,)])]))
    assert [un.get("ht") for un in ET.fromstring(livre.xml["F"]).iterfind("m:sheetData/m:row", ESPACE)][1] == str(HAUTEUR_MAXIMUM)


def test_un_lot_qui_manque_porte_le_nom_de_sa_taille() -> None:
    produit = charger(MINI_RESEAU)[0].produits["lentilles-vertes"]._replace(lot=Lot(25_000, "sac de 25 kg"), lots=(Lot(5000, "sac de 5 kg"),))
    assert [nom_de_taille(produit, taille) for taille in (25_000, 5000, 1000)] == ["sac de 25 kg", "sac de 5 kg", "lot"]


def test_des_noms_trop_longs_se_distinguent_et_se_trient(mini_depot: Path) -> None:
    """Deux producteurs dont l'onglet ne garde que le début : le sommaire et le pied disent leur nom en entier. « É » se range à E."""
    noms = {"fruitiere-des-essarts": "Épicerie Très Très Longue du Val Fleuri", "moulin-des-sorbiers": "Verger 🌻 & Fils"}
    for slug, nom in noms.items():
        fiche = mini_depot / f"catalogue/producteurs/{slug}.md"
        fiche.write_text(re.sub("(?m)^nom: .*", f"nom: {nom}", fiche.read_text(encoding="utf-8")), encoding="utf-8")
    for slug, nom in {"les-tilleuls": "Épicerie Très Très Longue du Val Perdu", "la-remise": "Zinc"}.items():
        fiche = mini_depot / f"groupements/{slug}.md"
        fiche.write_text(re.sub("(?m)^nom: .*", f"nom: {nom}", fiche.read_text(encoding="utf-8")), encoding="utf-8")
    deposer_des_bons(mini_depot)
    assert principal(["fusionner", "2026-12", "--depot", str(mini_depot), "--sans-producteurs", "--format", "json"]) == 0
    livre = Classeur((mini_depot / "prive/2026-12/sorties/recap.xlsx").read_bytes())
    groupement, epicerie = "Épicerie Très Très Longue du Va", "Épicerie Très Très Longue du 2"
    assert livre.noms[-4:] == ["Zinc", groupement, epicerie, "Verger 🌻 & Fils"]
    assert "Épicerie Très Très Longue du Val Perdu" in livre.xml[groupement]
    assert "Épicerie Très Très Longue du Val Fleuri" in livre.xml[epicerie]
    dits = [str(valeur) for valeur in livre.valeurs["Accueil"].values()]
    assert {"Épicerie Très Très Longue du Val Perdu", "Épicerie Très Très Longue du Val Fleuri", "Verger 🌻 & Fils"} <= set(dits)
    assert any(f"(onglet « {epicerie} »)" in dit.replace("\u00a0", " ") for dit in dits)


def test_des_noms_pieges_restent_du_texte() -> None:
    pieges = ["=1+1", "https://exemple.org", "00123", "@x", "L'Épi & fils"]
    octets = classeur_xlsx(
        "T", "Pied & fils" * 40, [Feuille("L'Épi", (Colonne("A", 10), Colonne("B", 9, "entier", total=True)), [(p, 1) for p in pieges])]
    )
    livre = Classeur(octets)
    assert [livre.valeurs["L'Épi"][f"A{ligne}"] for ligne in range(2, 7)] == pieges
    assert livre.formules["L'Épi"] == {"B7": "SUM(B2:B6)"}
    pied = re.search(r"<oddFooter>(.*)</oddFooter>", livre.xml["L'Épi"])
    assert pied is not None
    assert len(pied[1].replace("&amp;", "&")) <= PIED_MAXIMUM


@pytest.mark.parametrize("nom", ["&" * 200, "🌻" * 200, "a"])
def test_le_pied_ne_deborde_jamais(nom: str) -> None:
    livre = Classeur(classeur_xlsx("T", "&🌻" * 200, [Feuille("F", (Colonne("A", 10),), [("x",)], "", nom)]))
    pied = re.search(r"<oddFooter>(.*)</oddFooter>", livre.xml["F"])
    assert pied is not None
    texte = pied[1].replace("&amp;", "&")
    assert len(texte.encode("utf-16-le")) // 2 <= PIED_MAXIMUM
    assert texte.endswith("&RPage &P sur &N")
    assert "&" not in texte.removeprefix("&L").removesuffix("&RPage &P sur &N").replace("&&", "")
    assert "�" not in texte


@pytest.mark.parametrize(
    ("tailles", "commande", "parts", "attendu"),
    [
        ((6,), 4, [(7, 4), (1, 0)], [(0, 7), (0, 1)]),  # quatre au détail, quatre du cellier : aucun carton n'arrive
        ((6,), 8, [(7, 0), (1, 0)], [(1, 1), (0, 1)]),
        ((6, 5), 10, [(7, 0), (3, 0)], [(0, 7), (0, 3)]),  # deux cartons de cinq, pas un de six
        ((6, 5), 17, [(12, 0), (5, 0)], [(2, 0), (0, 5)]),
        ((), 8, [(7, 0), (1, 0)], [(None, 7), (None, 1)]),
    ],
)
def test_les_palettes_ne_posent_que_des_lots_livres(
    tailles: tuple[int, ...], commande: int, parts: list[tuple[int, int]], attendu: list[tuple[int | None, int]]
) -> None:
    """`parts` : ce que chaque groupement reçoit, et ce qui en vient du cellier. `attendu` : lots entiers, et le reste."""
    depot = charger(MINI_RESEAU)[0]
    lots = [Lot(taille * 1000, f"carton de {taille}") for taille in tailles]
    jus = depot.produits["jus-de-pomme"]._replace(lot=lots[0] if lots else None, lots=tuple(lots[1:]), lot_complet=len(lots) > 1)
    depot = depot._replace(produits={jus.ref: jus})
    total = 1000 * sum(part for part, _pris in parts)
    ligne = LigneProduit(jus.ref, jus.nom, jus.producteur, jus.unite, total, 0, None, commande * 1000, 0, jus.prix, 0, 2)
    siennes = tuple(LigneGroupement(slug, jus.ref, part * 1000, part * 1000, 0, pris * 1000) for slug, (part, pris) in zip("ab", parts, strict=True))
    recap = Recap((ligne,), siennes, (), Explications("prorata", {}, {}), ())
    assert [(une.lots, une.detail // 1000) for une in palettes(depot, recap)] == attendu


def test_les_palettes_suivent_le_froid_et_font_le_compte(sorties: Path) -> None:
    posees, groupements = table(sorties / "palettes.csv"), table(sorties / "recap-groupements.csv")
    attribues = {(ligne["groupement"], ligne["produit"]): decimal(ligne["attribue"]) for ligne in groupements if decimal(ligne["attribue"])}
    assert {(ligne["groupement"], ligne["produit"]): decimal(ligne["quantite"]) for ligne in posees} == attribues
    cles = [(ligne["groupement"], PLACEMENTS.index(ligne["placement"])) for ligne in posees]
    assert cles == sorted(cles)
    assert len({ligne["placement"] for ligne in posees}) > 1
    for ligne in posees:
        if not ligne["lots"]:
            assert ligne["detail"] == ligne["quantite"]
    assert any(ligne["lots"] not in ("", "0") and ligne["detail"] != "0" for ligne in posees), "un lot entier, et le reste à peser"


def test_la_reservation_gdxp_suit_sa_documentation(sorties: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    texte = (sorties / "gdxp.json").read_text(encoding="utf-8")
    reservation = json.loads(texte, parse_float=Decimal)
    schema = json.loads((DONNEES / "schemas/gdxp-1.json").read_text(encoding="utf-8"))
    juge = jsonschema.Draft202012Validator(schema)
    assert [erreur.message for erreur in juge.iter_errors(json.loads(texte))] == []
    assert list(juge.iter_errors({**json.loads(texte), "blocks": [{"supplier": {"name": "x"}}]})), "le schéma doit savoir refuser"
    commandes = {
        produit["sku"]: (Decimal(produit["bookingInfo"]["totalQty"]), Decimal(produit["orderInfo"]["umPrice"]))
        for bloc in reservation["blocks"]
        for produit in bloc["supplier"]["products"]
    }
    produits = [ligne for ligne in table(sorties / "recap-produits.csv") if decimal(ligne["a_commander"])]
    assert commandes == {ligne["produit"]: (decimal(ligne["a_commander"]), decimal(ligne["prix_unitaire"])) for ligne in produits}
    assert not re.search(r"[TR]-00\d|Coquelicot", texte)
