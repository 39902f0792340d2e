"""Tout ce qui peut mal tourner, point par point, et l'essai qui le tient. Les points sont ceux de notre étude de fiabilité (1 à 36).

CSV
 1 encodages : test_entrees_hostiles::test_toutes_les_ecritures_d_un_meme_bon, test_menaces::test_les_encodages_larges
 2 séparateurs, guillemets, sep= : test_entrees_hostiles::test_toutes_les_ecritures_d_un_meme_bon, test_entrees_hostiles::test_sep_et_preambule
 3 fins de ligne : test_pollution::test_variantes_propres_sans_fausse_alarme
 4 octets nuls : test_menaces::test_un_octet_nul_ou_qu_il_soit
 5 fichier coupé : test_pollution::test_coupures_a_chaque_octet, test_menaces::test_le_bon_de_la_page_coupe_a_chaque_octet
 6 case, lignes, colonnes démesurées : test_menaces::test_demesure, test_entrees_hostiles::test_une_case_demesuree
 7 coût qui explose : test_pollution::test_une_case_geante_ne_coute_pas_son_carre, test_proches::test_codes_et_mots_courts
 8 intitulés permutés, ôtés, doublés : test_pollution::test_pollutions_sans_erreur_silencieuse
 9 lignes trop courtes ou trop longues : scénario « une ligne plus courte ou plus longue que l’en-tête »
Valeurs
10 virgules, points, espaces : test_quantites::test_ecrire_puis_lire_rend_la_meme_quantite, test_quantites::test_un_nombre_a_deux_sens_dit_lesquels
11 NaN, INF, 1e9, négatif, ½, chiffres d'ailleurs : test_menaces::test_des_nombres_qui_n_en_sont_pas, test_quantites::test_quantite_refusee
12 maximum, pas : scénario « au-delà du maximum on ramène et on garde la demande »
13 produit inconnu : scénario « tout ce qui se rejette dit son code »
14 prix changé : test_prix_figes::test_tout_ce_qui_change_sur_une_fiche_est_dit
15 double, renvoi, conflit : test_proprietes::test_une_cellule_n_a_qu_un_bon_retenu, test_menaces::test_huit_mille_lignes
16 en retard, ailleurs : scénario « à la seconde de la clôture on accepte, une seconde après non »
17 heure d'été et d'hiver : test_menaces::test_la_nuit_ou_l_on_change_d_heure, test_temps::test_instant_refuse
18 horloge fausse : test_menaces::test_une_horloge_fausse
19 Unicode, NFC et NFD : test_menaces::test_une_meme_personne_en_nfc_et_en_nfd, test_menaces::test_des_noms_hostiles
Injections et fichiers
20 formules : test_entrees_hostiles::test_une_formule_ne_ressort_jamais_vivante, test_commande_producteur::test_csv_sans_formule
21 YAML piégé : test_controles::test_mauvais_exemple, test_controles::test_les_textes_restent_du_texte
22 HTML et scripts : test_site_pages::test_un_texte_hostile_traverse_markdown_sans_agir, test_bon_html::test_un_nom_hostile_reste_un_nom
23 gabarits dans les données : test_site_pages::test_un_nom_de_produit_hostile_ne_fait_rien_nulle_part
24 chemins qui sortent : test_fusion::test_commande_inconnue, test_controles::test_mauvais_exemple
25 liens, tubes : test_entrees_hostiles::test_liens_tubes_et_noms_hostiles, test_menaces::test_liens_et_tubes_a_cote_des_bons
26 bombes, XXE : test_menaces::test_classeurs_pieges, test_garde_classeur::test_un_classeur_piege_est_refuse_sans_etre_donne_au_lecteur
27 en-têtes de mail : test_commande_producteur::test_un_nom_n_ajoute_pas_d_en_tete
28 noms de fichier : test_entrees_hostiles::test_liens_tubes_et_noms_hostiles
29 données personnelles suivies : test_controles::test_mauvais_exemple, test_dossier_des_sorties::test_un_dossier_prive_dans_le_depot_doit_etre_ignore
Marche
30 coupure de courant : test_ecriture::test_tue_a_n_importe_quel_moment, test_dossier_des_sorties::test_une_coupure_ne_fait_rien_oublier
31 disque plein : test_menaces::test_disque_plein_les_anciennes_sorties_restent, test_menaces::test_ecriture_refusee
32 deux fusions : test_ecriture::test_deux_fusions_a_la_fois
33 mêmes octets : test_proprietes::test_l_ordre_de_lecture_ne_change_pas_un_octet, test_menaces::test_le_fuseau_de_la_machine_ne_compte_pas
34 états de git : test_prix_figes::test_clone_superficiel, test_prix_figes::test_depot_sans_git
35 un fichier sur quarante : test_menaces::test_un_fichier_abime_sur_quarante
36 première fois : test_decisions::test_une_entree_qui_s_arrete
"""

from __future__ import annotations

import ast
import errno
import io
import json
import os
import re
import subprocess
import sys
import time
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from test_entrees_hostiles import archive, classeur
from test_fusion import lire

from cabas.calculs.code_court import code_court, texte_du_bon
from cabas.calculs.codes import codes_faux
from cabas.calculs.fusion import fusionner
from cabas.cli import principal
from cabas.demonstration.classeurs import ods
from cabas.lecture.bons import lire_bons
from cabas.lecture.colonnes import Catalogue
from cabas.lecture.depot import charger
from cabas.lecture.page import ENTETE_DE_LA_PAGE

ICI = Path(__file__).parent
DEPOT, _CONSTATS = charger(ICI / "donnees/mini-reseau")
CATALOGUE = Catalogue(DEPOT.produits.values())
BON = "cellule;produit;quantite\nA-1;farine-t65;2\n"


def test_chaque_point_a_un_essai_qui_existe() -> None:
    lignes = [ligne for ligne in str(__doc__).splitlines() if re.match(r" ?\d+ ", ligne)]
    assert [int(ligne.split()[0]) for ligne in lignes] == list(range(1, 37))
    connus = {
        f"{chemin.stem}::{noeud.name}"
        for chemin in ICI.glob("test_*.py")
        for noeud in ast.parse(chemin.read_text(encoding="utf-8")).body
        if isinstance(noeud, ast.FunctionDef)
    }
    scenarios = {scenario["nom"] for scenario in yaml.safe_load((ICI / "scenarios/fusion.yaml").read_text(encoding="utf-8"))}
    for ligne in lignes:
        cites = re.findall(r"\w+::\w+", ligne)
        decrits = re.findall(r"« (.+?) »", ligne)
        assert cites or decrits, ligne
        assert set(cites) <= connus, ligne
        assert set(decrits) <= scenarios, ligne


class Sortie:
    """Ce qu'a donné une fusion : son code, son bilan, ses constats (code, fichier), son journal."""

    def __init__(self, racine: Path, capsys: pytest.CaptureFixture[str], *options: str) -> None:
        arguments = ["--trace", "--depot", str(racine), "fusionner", "2026-12", "--format", "json", "--sans-classeur", "--sans-producteurs", *options]
        self.code = principal(arguments)
        self.dit = capsys.readouterr().out
        self.constats: list[dict[str, Any]] = [un for un in json.loads(self.dit)["constats"] if un["code"] != "aucun-bon"]
        self.codes = sorted({un["code"] for un in self.constats})
        sorties = racine / "prive/2026-12/sorties"
        self.bilan: dict[str, Any] = json.loads((sorties / "bilan.json").read_text(encoding="utf-8")) if sorties.exists() else {}
        self.journal = lire(sorties / "journal.csv") if sorties.exists() else []


@pytest.fixture
def bons(mini_depot: Path) -> Path:
    dossier = mini_depot / "prive/2026-12/les-tilleuls/bons"
    dossier.mkdir(parents=True)
    return dossier


@pytest.mark.parametrize(
    ("encodage", "codes"),
    [("utf-16-be", []), ("utf-16-le", []), ("utf-16-le sans marque", []), ("utf-16-be sans marque", []), ("utf-32", ["fichier-illisible"])],
)
def test_les_encodages_larges(bons: Path, mini_depot: Path, encodage: str, codes: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    marque = "" if encodage.endswith("marque") or encodage == "utf-32" else "\ufeff"
    (bons / "a.csv").write_bytes((marque + BON).encode(encodage.split(maxsplit=1)[0]))
    sortie = Sortie(mini_depot, capsys)
    assert (sortie.codes, sortie.bilan["retenues"]) == (codes, 0 if codes else 1)


def test_un_octet_nul_ou_qu_il_soit() -> None:
    octets = (BON * 2).encode()
    for rang in range(len(octets)):
        lignes, _constats = lire_bons(octets[:rang] + b"\0" + octets[rang:], "2026-12/les-tilleuls/bons/a.csv", "les-tilleuls", CATALOGUE)
        assert [ligne.refus.code for ligne in lignes if ligne.refus] == ["fichier-illisible"]
        assert len(lignes) == 1


DEMANDES = [("farine-t65", 2500, 0), ("lentilles-vertes", 12000, 1000), ("jus-de-pomme", 6000, 0)]
CODE = code_court(texte_du_bon("2026-12", "les-tilleuls", "Zoé Exemple", "q1", "quartier", DEMANDES))


def page() -> bytes:
    """Le fichier que télécharge la page du bon."""
    tete = ["2026-12", "les-tilleuls", CODE, "2026-12-03T12:00:00+01:00", "q1", "quartier", "Zoé", "", "", "à vélo", "valide"]
    quantites = [("farine-t65", "2,5", ""), ("lentilles-vertes", "12", "1"), ("jus-de-pomme", "6", "")]
    rangees = [ENTETE_DE_LA_PAGE, *(["Zoé Exemple", *quantite, *tete] for quantite in quantites)]
    return "".join(";".join(rangee) + "\r\n" for rangee in rangees).encode()


def test_l_en_tete_de_la_page_est_celui_que_l_on_reconnait() -> None:
    script = (ICI.parent / "scripts/cabas/gabarits/bon-commun.js").read_text(encoding="utf-8")
    colonnes = re.search(r"const COLONNES = '([\w ]+)'\.split\(' '\);", script)
    assert colonnes
    assert colonnes[1].split() == ENTETE_DE_LA_PAGE


def test_le_bon_de_la_page_coupe_a_chaque_octet() -> None:
    """Entier, ou dit : aucune coupure n'est muette, ni en fin de ligne, ni dans une quantité, ni dans le statut."""
    entier = page()
    muettes, entieres = [], 0
    for taille in range(len(entier) + 1):
        lues, constats = lire_bons(entier[:taille], "2026-12/les-tilleuls/bons/a.csv", "les-tilleuls", CATALOGUE)
        fusion = fusionner(DEPOT, DEPOT.commandes["2026-12"], lues, {}, {})
        if len(fusion.retenues) == 3 and {(une.produit, une.quantite, une.tolerance) for une in fusion.retenues} == set(DEMANDES):
            entieres += 1
            assert codes_faux(lues, "prive") == []
        elif not (constats or codes_faux(lues, "prive") or fusion.comptes["rejetees"]):
            muettes.append(taille)
    assert muettes == []
    assert 1 <= entieres <= 4  # la fin de ligne, et un dernier statut vide, ne manquent à personne


@pytest.mark.parametrize(
    ("avant", "apres", "codes"),
    [
        (b"", b"", []),
        (b";2,5;", b";25;", ["code-faux", "quantite-plafonnee"]),
        (b"Zo\xc3\xa9 Exemple", b"ZO\xc3\x89  Exemple", []),
        (CODE.encode(), b"", []),  # un bon recopié par l'équipe n'a pas de code
        (b"lentilles-vertes;12;1", b"lentilles-vertes;12;", ["code-faux"]),
    ],
)
def test_le_code_d_un_fichier_de_la_page(
    bons: Path, mini_depot: Path, avant: bytes, apres: bytes, codes: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (bons / "a.csv").write_bytes(page().replace(avant, apres) if avant else page())
    sortie = Sortie(mini_depot, capsys)
    assert (sortie.codes, sortie.bilan["retenues"]) == (codes, 3)


def test_l_identifiant_d_un_bon_d_ailleurs_n_est_pas_un_code(bons: Path, mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (bons / "a.csv").write_text("bon;commande;groupement;cellule;produit;quantite\n123456;2026-12;les-tilleuls;A-1;farine-t65;2\n", encoding="utf-8")
    (bons / "b.csv").write_bytes(page().replace(CODE.encode(), b"V-000017"))
    assert Sortie(mini_depot, capsys).codes == []


def test_demesure(bons: Path, mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Un fichier d'un gigaoctet n'est pas lu ; une case de sept mégaoctets et cent mille colonnes sont refusées."""
    with (bons / "giga.csv").open("wb") as fichier:
        fichier.write(b'cellule;produit;quantite\nA-1;farine-t65;"')
        fichier.truncate(1_000_000_000)
    (bons / "case.csv").write_text(f'cellule;produit;quantite\nA-1;farine-t65;"{"9" * 7_000_000}"\n', encoding="utf-8")
    (bons / "juste.csv").write_text(BON, encoding="utf-8")
    (bons / "large.csv").write_text("cellule;produit;quantite" + ";x" * 100_000 + "\nA-2;farine-t65;2" + ";" * 100_000 + "\n", encoding="utf-8")
    sortie = Sortie(mini_depot, capsys)
    assert (sortie.code, sortie.codes) == (1, ["fichier-illisible"])
    assert {Path(un["fichier"]).name for un in sortie.constats} >= {"giga.csv", "case.csv"}
    assert (sortie.bilan["lues"], sortie.bilan["retenues"] + sortie.bilan["rejetees"]) == (4, 4)


def test_huit_mille_lignes(bons: Path, mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Huit mille personnes, puis les mêmes renvoyées : chaque quantité a son sort, et personne n'est confondu avec son voisin."""
    entete = "cellule;produit;quantite;envoye_le\n"
    for nom, jour in (("un.csv", 2), ("deux.csv", 3)):
        (bons / nom).write_text(entete + "".join(f"c-{rang:04d};farine-t65;{jour};2026-12-0{jour}\n" for rang in range(8_000)), encoding="utf-8")
    sortie = Sortie(mini_depot, capsys)
    comptes = {nom: sortie.bilan[nom] for nom in ("lues", "retenues", "remplacees", "rejetees")}
    assert comptes == {"lues": 16_000, "retenues": 8_000, "remplacees": 8_000, "rejetees": 0}
    assert sortie.codes == []


@pytest.mark.parametrize(
    ("lu", "code"),
    [(lu, "quantite-illisible") for lu in ("NaN", "INF", "-Infinity", "1e9", "1_000", "0x10", "=2+3", "+2", "O", "l", "-", "#REF!")]
    + [("-1", "quantite-negative"), ("−0,5", "quantite-negative"), ("0,0001", "quantite-hors-pas"), ("999999999999", "quantite-plafonnee")]
    + [(lu, "") for lu in ("½", "٣", "２", "1,5", " 2 kg")],
)
def test_des_nombres_qui_n_en_sont_pas(bons: Path, mini_depot: Path, lu: str, code: str, capsys: pytest.CaptureFixture[str]) -> None:
    (bons / "a.csv").write_text(f"cellule;produit;quantite\nA-1;farine-t65;{lu}\n", encoding="utf-8")
    sortie = Sortie(mini_depot, capsys)
    assert [ligne["code"] for ligne in sortie.journal] == [code]
    assert sortie.journal[0]["lu"].removeprefix("'") == lu.strip()


CLOTURES = {
    # à l'heure d'hiver, 3 h à Paris est 2 h en temps universel ; à l'heure d'été, 1 h
    "2026-10-25T03:00": {
        "2026-10-25T02:59:59": "", "2026-10-25T03:00:00": "", "2026-10-25T03:00:01": "hors-delai", "2026-10-25T02:00:00Z": "",
        "2026-10-25T02:00:01Z": "hors-delai", "2026-10-25T04:00:00+02:00": "", "2026-10-25T02:59:00+02:00": "", "2026-10-25T02:59:00+01:00": "",
    },
    "2027-03-28T03:00": {
        "2027-03-28T01:59:59": "", "2027-03-28T03:00:00": "", "2027-03-28T03:00:01": "hors-delai", "2027-03-28T01:00:00Z": "",
        "2027-03-28T01:00:01Z": "hors-delai", "2027-03-28T02:00:00+01:00": "", "2027-03-28T02:00:01+01:00": "hors-delai",
    },
}  # fmt: skip


def clore(mini_depot: Path, cloture: str) -> None:
    fiche = mini_depot / "catalogue/commandes/2026-12.yaml"
    texte = fiche.read_text(encoding="utf-8").replace("cloture: 2026-12-07T20:00", f"cloture: {cloture}")
    texte = texte.replace("ouverture: 2026-12-01T08:00", "ouverture: 2026-09-01T08:00")
    texte = re.sub(r"    (?:livraison|distribution): 20.*\n|    distribution: .*\n|    creneaux:\n(?:      .*\n)*", "", texte)
    fiche.write_text(texte, encoding="utf-8")


@pytest.mark.parametrize("cloture", CLOTURES)
def test_la_nuit_ou_l_on_change_d_heure(bons: Path, mini_depot: Path, cloture: str, capsys: pytest.CaptureFixture[str]) -> None:
    clore(mini_depot, cloture)
    envois = CLOTURES[cloture]
    lignes = "".join(f"A-{rang};farine-t65;2;{envoi}\n" for rang, envoi in enumerate(envois))
    (bons / "a.csv").write_text("cellule;produit;quantite;envoye_le\n" + lignes, encoding="utf-8")
    sortie = Sortie(mini_depot, capsys)
    assert dict(zip(envois, [ligne["code"] for ligne in sortie.journal], strict=True)) == envois


@pytest.mark.parametrize(("cloture", "code"), [("2026-10-25T02:30", "instant-ambigu"), ("2027-03-28T02:30", "instant-inexistant")])
def test_une_cloture_a_une_heure_qui_n_existe_pas(bons: Path, mini_depot: Path, cloture: str, code: str, capsys: pytest.CaptureFixture[str]) -> None:
    (bons / "a.csv").write_text(BON, encoding="utf-8")
    clore(mini_depot, cloture)
    sortie = Sortie(mini_depot, capsys)
    assert (sortie.code, code in sortie.codes, sortie.bilan) == (2, True, {})


def test_une_horloge_fausse(bons: Path, mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """1970 est dans les délais, mais ne remplace rien ; 2099 est en retard, et le dit ; ce qui n'est pas une date le dit aussi."""
    (bons / "a.csv").write_text(
        "cellule;produit;quantite;envoye_le\nA-1;farine-t65;1;2026-12-03T10:00\nA-1;farine-t65;2;1970-01-01T00:00:00Z\nA-2;farine-t65;3;1970-01-01\n"
        "A-3;farine-t65;4;2099-01-01T00:00\nA-4;farine-t65;5;0000-00-00\nA-5;farine-t65;6;9999-12-31T23:59:59-14:00\n",
        encoding="utf-8",
    )
    sorts = [(ligne["sort"], ligne["code"]) for ligne in Sortie(mini_depot, capsys).journal]
    assert sorts == [
        ("retenue", ""), ("remplacee", ""), ("retenue", ""), ("rejetee", "hors-delai"), ("retenue", "date-illisible"), ("retenue", "date-illisible"),
    ]  # fmt: skip


def test_une_meme_personne_en_nfc_et_en_nfd(bons: Path, mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    noms = [unicodedata.normalize(forme, "Zoé Œuvré-Çelik") for forme in ("NFC", "NFD")]
    for rang, nom in enumerate(noms):
        (bons / f"{rang}.csv").write_text(f"cellule;produit;quantite\n{nom};farine-t65;{rang + 1}\n", encoding="utf-8")
    sortie = Sortie(mini_depot, capsys)
    assert [(ligne["cellule"], ligne["sort"]) for ligne in sortie.journal] == [(noms[0], "remplacee"), (noms[0], "retenue")]
    assert sortie.codes == ["bons-de-meme-date"], "une seule personne, et deux bons sans date qui ne demandent pas la même chose"


HOSTILES = [
    "Zoé\u200b Exemple", "\u202egnirts", "👩\u200d🌾 Ferme", "Мiel", "\u0301seul", "A\u00a0B", "﷽" * 20, "<script>alert(1)</script>", "{{7*7}}",
    "%s%n", "../../etc/passwd", "CON", "'; DROP TABLE bons; --", "\\x1b[2J", "null", "@SUM(1)", "ＡＢＣ", "i\u0307\u0307", "ﬁn",
]  # fmt: skip


def test_des_noms_hostiles(bons: Path, mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rangees = [("cellule", "produit", "quantite", "remarque"), *((nom, "farine-t65", "1", nom) for nom in HOSTILES)]
    (bons / "a.xlsx").write_bytes(classeur(*rangees))
    sortie = Sortie(mini_depot, capsys)
    assert (sortie.code, sortie.bilan["retenues"], sortie.bilan["lues"]) == (0, len(HOSTILES), len(HOSTILES))
    ecrits = [re.sub("^'@", "@", ligne["cellule"]) for ligne in sortie.journal]
    assert ecrits == [" ".join(unicodedata.normalize("NFC", nom).split()) for nom in HOSTILES]
    principal(["--depot", str(mini_depot), "fusionner", "2026-12", "--sans-classeur", "--sans-producteurs"])
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", capsys.readouterr().out)


@pytest.mark.skipif(os.name == "nt", reason="ni lien ni tube ici")
@pytest.mark.parametrize("nature", ["lien", "tube"])
@pytest.mark.parametrize(
    ("ou", "code"),
    [
        ("2026-12/decisions.yaml", "decision-fausse"),
        ("les-tilleuls/adherents.csv", "fichier-illisible"),
        ("les-tilleuls/mouvements.csv", "fichier-illisible"),
    ],
)
def test_liens_et_tubes_a_cote_des_bons(bons: Path, mini_depot: Path, nature: str, ou: str, code: str, capsys: pytest.CaptureFixture[str]) -> None:
    (bons / "a.csv").write_text(BON, encoding="utf-8")
    chemin = mini_depot / "prive" / ou
    chemin.parent.mkdir(parents=True, exist_ok=True)
    if nature == "lien":
        chemin.symlink_to("/etc/hosts")
    else:
        os.mkfifo(chemin)
    sortie = Sortie(mini_depot, capsys)
    assert (sortie.codes, sortie.bilan["retenues"]) == ([code], 1)
    assert sortie.constats[0]["fichier"] == f"prive/{ou}"


RIRES = "".join(f'<!ENTITY a{rang} "{f"&a{rang - 1};" * 10}">' for rang in range(1, 10))
DTD = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{RIRES}<!ENTITY fichier SYSTEM "file:///etc/passwd">]>'


def pieger(octets: bytes, membre: str, texte: str, case: str) -> bytes:
    """Le même classeur, où une case est remplacée par une entité déclarée en tête."""
    with zipfile.ZipFile(io.BytesIO(octets)) as livre:
        membres = {nom: livre.read(nom) for nom in livre.namelist()}
    corps = re.sub(r"^<\?xml[^>]*\?>", "", membres[membre].decode())
    assert case in corps
    membres[membre] = (DTD + corps.replace(case, texte, 1)).encode()
    return archive(membres)


@pytest.mark.parametrize("entite", ["&fichier;", "&a9;"])
@pytest.mark.parametrize("forme", ["ods", "xlsx"])
def test_classeurs_pieges(bons: Path, mini_depot: Path, entite: str, forme: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Une entité ne lit pas un fichier, ne se multiplie pas, et ne fait pas disparaître sa case : le classeur est refusé."""
    rangees = (("cellule", "produit", "quantite"), ("A-1", "farine-t65", "2"), ("Personne", "farine-t65", "1"))
    if forme == "ods":
        octets = pieger(ods(rangees, "Bons"), "content.xml", entite, "Personne")
    else:
        octets = pieger(classeur(*rangees), "xl/sharedStrings.xml", entite, "Personne")
    (bons / f"piege.{forme}").write_bytes(octets)
    sortie = Sortie(mini_depot, capsys)
    assert sortie.codes == ["fichier-illisible"]
    assert sortie.code == 1
    assert "root:" not in sortie.dit + str(sortie.journal)
    assert len(sortie.dit) < 20_000


def test_un_classeur_qui_ment_sur_sa_taille(bons: Path, mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (bons / "juste.csv").write_text(BON, encoding="utf-8")
    octets = bytearray(archive({"xl/worksheets/sheet1.xml": b"0" * 70_000_000}))
    annuaire = octets.rindex(b"PK\x01\x02")
    octets[annuaire + 24 : annuaire + 28] = (1_000).to_bytes(4, "little")
    (bons / "menteur.xlsx").write_bytes(bytes(octets))
    sortie = Sortie(mini_depot, capsys)
    assert (sortie.codes, sortie.bilan["retenues"], sortie.bilan["rejetees"]) == (["fichier-illisible"], 1, 1)


def test_un_fichier_abime_sur_quarante(bons: Path, mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for rang in range(39):
        (bons / f"{rang:02d}.csv").write_text(BON.replace("A-1", f"A-{rang}"), encoding="utf-8")
    (bons / "39.xlsx").write_bytes(classeur(("cellule",), ("A-1",))[:500])
    sortie = Sortie(mini_depot, capsys)
    assert (sortie.code, sortie.bilan["retenues"], sortie.bilan["rejetees"], sortie.codes) == (1, 39, 1, ["fichier-illisible"])
    assert sortie.constats[0]["fichier"] == "prive/2026-12/les-tilleuls/bons/39.xlsx"


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="le fuseau ne se change pas ici")
def test_le_fuseau_de_la_machine_ne_compte_pas(
    bons: Path, mini_depot: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (bons / "a.csv").write_text(
        "cellule;produit;quantite;envoye_le\nA-1;farine-t65;1;2026-12-07T20:00\nA-2;farine-t65;1;2026-12-07T20:00:01\nA-3;farine-t65;1;2026-12-07\n",
        encoding="utf-8",
    )
    vues = []
    try:
        for fuseau in ("Europe/Paris", "UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
            monkeypatch.setenv("TZ", fuseau)
            time.tzset()
            sortie = Sortie(mini_depot, capsys)
            vues.append((sortie.dit, etat(mini_depot)))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert all(vue == vues[0] for vue in vues)


def etat(racine: Path) -> dict[str, bytes]:
    sorties = racine / "prive/2026-12/sorties"
    return {chemin.relative_to(sorties).as_posix(): chemin.read_bytes() for chemin in sorties.rglob("*") if chemin.is_file()}


@pytest.mark.skipif(os.name == "nt", reason="pas de limite de taille ici")
def test_disque_plein_les_anciennes_sorties_restent(bons: Path, mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Un vrai refus du système, à quatre mille octets : ni l'ancien récap, ni rien d'à moitié écrit n'en souffre."""
    (bons / "a.csv").write_text(BON, encoding="utf-8")
    Sortie(mini_depot, capsys)
    avant = etat(mini_depot)
    (bons / "b.csv").write_text("cellule;produit;quantite\n" + "".join(f"B-{rang};farine-t65;1\n" for rang in range(200)), encoding="utf-8")
    programme = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))\n"
        "from cabas.cli import principal; sys.exit(principal(sys.argv[1:]))"
    )
    arguments = ["--depot", str(mini_depot), "fusionner", "2026-12", "--sans-classeur", "--sans-producteurs"]
    fini = subprocess.run([sys.executable, "-c", programme, *arguments], capture_output=True, text=True, check=False)
    assert fini.returncode == 2, fini.stderr
    dit = fini.stdout.replace("\u00a0", " ")
    assert "[ecriture-impossible] Le récap ne s’écrit pas (fichier trop gros pour ce disque). Les sorties d’avant sont intactes." in dit
    assert "Libérer de la place" in dit
    assert etat(mini_depot) == avant
    assert [chemin.name for chemin in (mini_depot / "prive/2026-12").iterdir() if "en-cours" in chemin.name or "pret" in chemin.name] == []
    assert Sortie(mini_depot, capsys).bilan["retenues"] == 201


@pytest.mark.parametrize(
    ("numero", "raison"),
    [
        (errno.ENOSPC, "disque plein"),
        (errno.EROFS, "disque en lecture seule"),
        (errno.EDQUOT, "quota dépassé"),
        (errno.EACCES, "droits insuffisants"),
    ],
)
def test_ecriture_refusee(
    bons: Path, mini_depot: Path, numero: int, raison: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (bons / "a.csv").write_text(BON, encoding="utf-8")
    Sortie(mini_depot, capsys)
    avant = etat(mini_depot)
    (bons / "b.csv").write_text(BON.replace("A-1", "A-2"), encoding="utf-8")

    def refuser(_descripteur: int) -> None:
        raise OSError(numero, os.strerror(numero))

    monkeypatch.setattr(os, "fsync", refuser)
    sortie = Sortie(mini_depot, capsys)
    assert (sortie.code, sortie.codes) == (2, ["ecriture-impossible"])
    assert raison in sortie.constats[0]["message"]
    assert sortie.constats[0]["remede"]
    assert etat(mini_depot) == avant
