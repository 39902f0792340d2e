"""Un formulaire aux colonnes inconnues, lu par une correspondance écrite une fois pour toutes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from cabas.cli import principal

TABLE = """- fichier: "formulaire*.csv"
  colonnes:
    "Votre petit nom": cellule
    "La farine  blanche (kg)": farine-t65
    "Des œufs ?": oeufs-plein-air
    "Un peu plus de lentilles": t-lentilles-vertes
  ignorer: ["Aimez-vous la soupe ?", "Jamais là"]
"""
BONS = (
    "Aimez-vous la soupe ?,Votre petit nom,La farine blanche (kg),Des œufs ?,Un peu plus de lentilles,Comté AOP 12 mois\n"
    '3,A-1,"2,5",6,,\n'
    "10,A-2,,,1,0.5\n"
)


def fusionner(depot: Path, capsys: pytest.CaptureFixture[str], nom: str, contenu: str | bytes) -> tuple[list[tuple[str, ...]], list[str]]:
    """Dépose un fichier, fusionne ; rend le journal et les constats, « fichier:ligne code »."""
    bons = depot / "prive/2026-12/les-tilleuls/bons"
    bons.mkdir(parents=True, exist_ok=True)
    (bons / nom).write_bytes(contenu.encode() if isinstance(contenu, str) else contenu)
    principal(["fusionner", "2026-12", "--depot", str(depot), "--format", "json", "--trace", "--sans-classeur", "--sans-producteurs"])
    dits = json.loads(capsys.readouterr().out)["constats"]
    journal = depot / "prive/2026-12/sorties/journal.csv"
    lignes = csv.DictReader(io.StringIO(journal.read_text(encoding="utf-8-sig"), newline=""), delimiter=";") if journal.exists() else ()
    return (
        [tuple(ligne[cle] for cle in ("cellule", "produit", "quantite", "tolerance", "sort", "code")) for ligne in lignes],
        [f"{dit['fichier']}:{dit['ligne']} {dit['code']}" for dit in dits if dit["code"] != "aucun-bon"],
    )


def ecrire(depot: Path, texte: str) -> None:
    (depot / "groupements/les-tilleuls.correspondances.yaml").write_text(texte, encoding="utf-8")


def test_une_correspondance_fait_lire_un_formulaire(mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ecrire(mini_depot, TABLE)
    journal, dits = fusionner(mini_depot, capsys, "Formulaire de décembre.csv", BONS)
    assert journal == [
        ("A-1", "farine-t65", "2,5", "0", "retenue", ""),
        ("A-1", "oeufs-plein-air", "6", "0", "retenue", ""),
        ("A-2", "comte-12-mois", "0,5", "0", "retenue", ""),
        ("A-2", "lentilles-vertes", "0", "1", "retenue", ""),
    ]
    assert dits == ["groupements/les-tilleuls.correspondances.yaml:7 correspondance-inutile"]


def test_sans_elle_ou_sous_un_autre_nom_rien_ne_se_lit(mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sans, _dits = fusionner(mini_depot, capsys, "Formulaire de décembre.csv", BONS)
    assert {ligne[4] for ligne in sans} == {"rejetee"}
    ecrire(mini_depot, TABLE.replace("formulaire", "sondage"))
    assert fusionner(mini_depot, capsys, "Formulaire de décembre.csv", BONS)[0] == sans


def test_les_noms_de_fichier_et_les_intitules_se_comparent_en_nfc(mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import unicodedata

    ecrire(mini_depot, TABLE.replace("formulaire", "enquête").replace("Un peu plus", "Un peu à côté"))
    contenu = unicodedata.normalize("NFD", BONS.replace("Un peu plus", "Un peu à côté"))
    journal, _dits = fusionner(mini_depot, capsys, unicodedata.normalize("NFD", "Enquête 1.csv"), contenu)
    assert {ligne[4] for ligne in journal} == {"retenue"}


def test_une_correspondance_fausse_arrete_la_fusion(mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ecrire(mini_depot, TABLE.replace("oeufs-plein-air", "oeufs-plein-vent"))
    assert fusionner(mini_depot, capsys, "Formulaire.csv", BONS) == (
        [], ["groupements/les-tilleuls.correspondances.yaml:5 correspondance-inconnue"],
    )  # fmt: skip


REPETE = "Qui,Une farine,Combien,Des œufs,Combien\nA-1,oui,2,oui,6\n"


def test_un_intitule_repete_ne_se_force_pas(mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Une table d'avant a pu l'écrire : elle ferait compter la farine en œufs."""
    ecrire(mini_depot, '- fichier: "*.csv"\n  colonnes: {"Qui": cellule, "Combien": oeufs-plein-air}\n  ignorer: ["Une farine", "Des œufs"]\n')
    journal, _dits = fusionner(mini_depot, capsys, "a.csv", REPETE)
    assert [ligne[2:] for ligne in journal] == [("", "", "rejetee", "colonne-ambigue")] * 2


def test_le_double_d_un_navigateur_suit_la_table_de_son_nom(mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Une table écrite pour ce nom-là passe d'abord."""
    ecrire(mini_depot, TABLE.replace("formulaire*.csv", "form.csv"))
    journal, _dits = fusionner(mini_depot, capsys, "Form (1).csv", BONS)
    assert {ligne[4] for ligne in journal} == {"retenue"}
    autre = TABLE.replace("formulaire*.csv", "form (1).csv").replace("farine-t65", "comte-12-mois")
    ecrire(mini_depot, TABLE.replace("formulaire*.csv", "form.csv") + autre)
    journal, _dits = fusionner(mini_depot, capsys, "Form (1).csv", BONS)
    assert [ligne[1] for ligne in journal][:2] == ["comte-12-mois", "oeufs-plein-air"]
