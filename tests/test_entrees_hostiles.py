"""Ce qu'une personne, un tableur ou un mauvais plaisant peut déposer dans un dossier de bons : un constat, et le reste continue."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from cabas.cli import principal
from cabas.demonstration.classeurs import ods
from cabas.lecture.classeurs import en_texte

BON = "cellule;produit;quantite\nA-1;farine-t65;2\n"


def classeur(*rangees: tuple[object, ...], feuille: str = "Bons") -> bytes:
    tampon = io.BytesIO()
    livre = xlsxwriter.Workbook(tampon)
    page = livre.add_worksheet(feuille)
    for numero, rangee in enumerate(rangees):
        for rang, case in enumerate(rangee):
            page.write(numero, rang, case)
    livre.close()
    return tampon.getvalue()


def archive(membres: dict[str, bytes]) -> bytes:
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as sortie:
        for nom, contenu in membres.items():
            sortie.writestr(nom, contenu)
    return tampon.getvalue()


XXE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
MAUVAIS = {
    "vide.csv": b"",
    "blancs.csv": b"\n \n\n",
    "nul.csv": BON.encode().replace(b"2", b"2\0"),
    "binaire.csv": bytes(range(256)) * 4,
    "photo.jpg": b"\xff\xd8\xff\xe0" + b"\x81\x8d\x8f\x90\x9d" * 50,
    "coupe.xlsx": classeur(("cellule", "produit", "quantite"), ("A-1", "farine-t65", 2))[:700],
    "faux.xlsx": b"PK\x03\x04 pas un zip",
    "bombe.xlsx": archive({"xl/worksheets/sheet1.xml": b"0" * 70_000_000}),
    "xxe.xlsx": archive({"[Content_Types].xml": XXE, "xl/workbook.xml": XXE}),
    "sans-entete.csv": b"bonjour;tout;le monde\n1;2;3\n",
    "guillemet.csv": b'cellule;produit;quantite\nA-1;"farine-t65;2\n',
    "helloasso.csv": "Référence commande;Date de la commande;Statut de la commande\n100;14/03/2026 09:12;Validé\n".encode(),
}


def fusionner(racine: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, object], list[dict[str, object]]]:
    code = principal(["--trace", "--depot", str(racine), "fusionner", "2026-12", "--format", "json"])
    bilan = json.loads((racine / "prive/2026-12/sorties/bilan.json").read_text(encoding="utf-8"))
    constats = json.loads(capsys.readouterr().out)["constats"]
    return code, bilan, [constat for constat in constats if constat["code"] != "aucun-bon"]


@pytest.fixture
def bons(mini_depot: Path) -> Path:
    dossier = mini_depot / "prive/2026-12/les-tilleuls/bons"
    dossier.mkdir(parents=True)
    (dossier / "juste.csv").write_text(BON, encoding="utf-8")
    return dossier


@pytest.mark.parametrize("nom", sorted(MAUVAIS))
def test_un_fichier_illisible_compte_pour_une_ligne(bons: Path, mini_depot: Path, nom: str, capsys: pytest.CaptureFixture[str]) -> None:
    (bons / nom).write_bytes(MAUVAIS[nom])
    code, bilan, constats = fusionner(mini_depot, capsys)
    assert code == 1
    assert (bilan["lues"], bilan["retenues"], bilan["rejetees"]) == (2, 1, 1)
    assert [(constat["code"], constat["fichier"]) for constat in constats] == [("fichier-illisible", f"prive/2026-12/les-tilleuls/bons/{nom}")]
    assert constats[0]["remede"]


def test_cinquante_megaoctets(bons: Path, mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (bons / "gros.csv").open("wb") as fichier:
        fichier.truncate(50_000_000)
    code, bilan, constats = fusionner(mini_depot, capsys)
    assert (code, bilan["rejetees"], constats[0]["code"]) == (1, 1, "fichier-illisible")
    assert "50 Mo" in str(constats[0]["message"])


def test_une_case_demesuree(bons: Path, mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (bons / "case.csv").write_text(f'cellule;produit;quantite\nA-1;farine-t65;"{"9" * 200_000}"\n', encoding="utf-8")
    code, bilan, constats = fusionner(mini_depot, capsys)
    assert (code, bilan["rejetees"], constats[0]["code"]) == (1, 1, "fichier-illisible")


@pytest.mark.skipif(os.name == "nt", reason="ni lien ni tube ici")
def test_liens_tubes_et_noms_hostiles(bons: Path, mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (bons / "lien.csv").symlink_to("/etc/passwd")
    os.mkfifo(bons / "tube.csv")
    (bons / "\x1b[2J.csv").write_text(BON.replace("A-1", "A-2"), encoding="utf-8")
    (bons / "dossier").mkdir()
    code, bilan, constats = fusionner(mini_depot, capsys)
    assert (code, bilan["retenues"], bilan["rejetees"]) == (1, 2, 1)
    assert bilan["ignores"] == {"2026-12/les-tilleuls/bons/dossier": "dossier", "2026-12/les-tilleuls/bons/lien.csv": "lien"}
    assert "2026-12/les-tilleuls/bons/\\x1b[2J.csv" in dict(bilan["fichiers"])  # type: ignore[call-overload]
    assert {constat["code"] for constat in constats} == {"dossier-inattendu", "fichier-illisible"}


ENCODAGES = ("utf-8", "utf-8-sig", "utf-16", "cp1252")


@pytest.mark.parametrize("encodage", ENCODAGES)
@pytest.mark.parametrize("separateur", [";", ",", "\t", "|"])
@pytest.mark.parametrize("fin", ["\n", "\r\n", "\r"])
def test_toutes_les_ecritures_d_un_meme_bon(
    bons: Path, mini_depot: Path, encodage: str, separateur: str, fin: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rangees = [
        ("cellule", "produit", "quantite", "remarque"),
        ("Zoé Œuvré", "farine-t65", '"2,5"', "prix < 3 €"),
        ("Zoé Œuvré", "jus-de-pomme", "6", '"ligne\nsuivante"'),
    ]
    (bons / "juste.csv").write_bytes(fin.join(separateur.join(rangee) for rangee in rangees).encode(encodage))
    code, bilan, constats = fusionner(mini_depot, capsys)
    assert (code, bilan["retenues"], constats) == (0, 2, [])
    assert "Zoé Œuvré".encode() in (mini_depot / "prive/2026-12/sorties/lignes.csv").read_bytes()


def test_sep_et_preambule(bons: Path, mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (bons / "juste.csv").write_text(f"sep=;\n{BON}", encoding="utf-8")
    (bons / "long.csv").write_text("Bon de commande\n\nÀ rendre avant mardi\n" + BON.replace("A-1", "A-2"), encoding="utf-8")
    code, bilan, _constats = fusionner(mini_depot, capsys)
    assert (code, bilan["retenues"]) == (0, 2)
    journal = (mini_depot / "prive/2026-12/sorties/journal.csv").read_text(encoding="utf-8-sig")
    assert ";2026-12/les-tilleuls/bons/juste.csv;3;" in journal
    assert ";2026-12/les-tilleuls/bons/long.csv;5;" in journal


@pytest.mark.parametrize("nom", ["grille.xlsx", "grille.ods"])
def test_classeurs(bons: Path, mini_depot: Path, nom: str, capsys: pytest.CaptureFixture[str]) -> None:
    rangees = (("cellule", "Farine T65, 1,40 €/kg [farine-t65]", "Jus de pomme"), ("A-2", "2.5", "3"), ("A-3", "", "1"))
    octets = ods(rangees, "Bons") if nom.endswith("ods") else classeur(rangees[0], ("A-2", 2.5, 3), ("A-3", None, 1))
    (bons / nom).write_bytes(octets)
    code, bilan, constats = fusionner(mini_depot, capsys)
    assert (code, bilan["retenues"], constats) == (0, 4, [])


def test_les_miettes_du_binaire() -> None:
    assert en_texte(0.1 + 0.2) == "0.3"
    assert en_texte(2.0) == "2"
    assert en_texte(1e-7) == "0.0000001"
    assert en_texte(True) == "vrai"
    assert en_texte(None) == ""
    assert en_texte(float("nan")) == "NaN"


def test_une_formule_ne_ressort_jamais_vivante(bons: Path, mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (bons / "juste.csv").write_text("cellule;produit;quantite;nom\n=HYPERLINK(1);farine-t65;2;@x\n+33 6;farine-t65;=1+1;-x\n", encoding="utf-8")
    fusionner(mini_depot, capsys)
    sorties = mini_depot / "prive/2026-12/sorties"
    for table in sorties.glob("*.csv"):
        for ligne in table.read_text(encoding="utf-8-sig").splitlines()[1:]:
            assert not any(case.startswith(("=", "+", "@")) for case in ligne.split(";")), ligne
    with zipfile.ZipFile(sorties / "recap.xlsx") as livre:
        feuilles = [livre.read(nom).decode() for nom in livre.namelist() if nom.startswith("xl/worksheets/")]
        assert not any("HYPERLINK" in feuille for feuille in feuilles)
        assert "HYPERLINK" in livre.read("xl/sharedStrings.xml").decode()


def test_aucune_trace_ne_parvient_a_la_personne(
    bons: Path, mini_depot: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import cabas.calculs.fusion

    def casser(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cabas.calculs.fusion, "fusionner", casser)
    arguments = ["fusionner", "2026-12", "--depot", str(mini_depot)]
    assert principal(arguments) == 2
    dit = capsys.readouterr().err
    assert "Traceback" not in dit
    assert "--trace" in dit
    with pytest.raises(ZeroDivisionError):
        principal([*arguments, "--trace"])


def test_une_formule_en_erreur_n_est_pas_une_case_vide(bons: Path, mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tampon = io.BytesIO()
    livre = xlsxwriter.Workbook(tampon)
    page = livre.add_worksheet("Bons & co")
    page.write_row(0, 0, ["cellule", "Lentilles vertes", "Jus de pomme", "Total"])
    page.write_row(1, 0, ["A-2", 1])
    page.write_formula(1, 2, "=Z1+1", None, "#REF!")
    page.write_formula(1, 3, "=1+1", None, 2)
    livre.close()
    octets = tampon.getvalue()
    (bons / "formules.xlsx").write_bytes(octets)
    code, bilan, constats = fusionner(mini_depot, capsys)
    assert (code, bilan["lues"], bilan["rejetees"]) == (1, 3, 1)
    assert constats[0]["code"] == "quantite-illisible"
    assert "#REF!" in str(constats[0]["message"])
    with zipfile.ZipFile(io.BytesIO(octets)) as livre_zip:
        membres = {nom: livre_zip.read(nom) for nom in livre_zip.namelist()}
    membres["xl/worksheets/sheet1.xml"] = membres["xl/worksheets/sheet1.xml"].replace(b' t="e"', b"").replace(b"<v>#REF!</v>", b"")
    (bons / "formules.xlsx").write_bytes(archive(membres))
    code, bilan, constats = fusionner(mini_depot, capsys)
    assert (code, bilan["rejetees"], constats[0]["code"]) == (1, 1, "quantite-illisible")


def test_feuilles_masquees_et_feuilles_etrangeres(bons: Path, mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tampon = io.BytesIO()
    livre = xlsxwriter.Workbook(tampon)
    for nom, rangees in (
        ("Mode d’emploi", [["Écrire une ligne par personne."]]),
        ("Bons", [["cellule", "Lentilles vertes"], ["A-2", 1]]),
        ("Mardi", [["cellule", "Jus de pomme"], ["A-2", 2]]),
        ("Caché", [["cellule", "Lentilles vertes"], ["A-2", 9]]),
    ):
        page = livre.add_worksheet(nom)
        for numero, rangee in enumerate(rangees):
            page.write_row(numero, 0, rangee)
        if nom == "Caché":
            page.hide()
    livre.close()
    (bons / "classeur.xlsx").write_bytes(tampon.getvalue())
    code, bilan, constats = fusionner(mini_depot, capsys)
    assert (code, bilan["lues"], bilan["retenues"]) == (0, 3, 3), "deux feuilles d'un même classeur ne se remplacent pas"
    assert [constat["code"] for constat in constats] == ["feuille-ignoree"] * 2
    assert ["masquée" in str(constat["message"]) for constat in constats] == ["Caché" in str(constat["message"]) for constat in constats]


@pytest.mark.parametrize(("nom", "octets", "dit"), [
    ("bons.zip", archive({"bon.csv": b"nom;quantite"}), "archive (.zip)"),
    ("lettre.docx", archive({"word/document.xml": b"<w/>"}), "texte (Word)"),
    ("bons.numbers", archive({"Index/Document.iwa": b"x"}), "Numbers"),
    ("mail.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "__substg1.0_".encode("utf-16-le") + bytes(600), "Outlook (.msg)"),
    ("coupe.xlsx", b"PK\x03\x04" + bytes(50), "abîmé ou coupé"),
])  # fmt: skip
def test_ce_qui_n_est_pas_un_classeur_se_dit(
    bons: Path, mini_depot: Path, capsys: pytest.CaptureFixture[str], nom: str, octets: bytes, dit: str
) -> None:
    (bons / nom).write_bytes(octets)
    code, bilan, (constat,) = fusionner(mini_depot, capsys)
    assert (code, bilan["rejetees"], constat["code"]) == (1, 1, "fichier-illisible")
    assert dit in str(constat["message"])
