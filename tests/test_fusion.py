"""La fusion, vue d'une référente : des fichiers dans un dossier, des sorties dans un autre."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from cabas.cli import principal

SCENARIOS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "scenarios/fusion.yaml").read_text(encoding="utf-8"))


def lire(chemin: Path) -> list[dict[str, str]]:
    octets = chemin.read_bytes()
    assert octets.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(octets.decode("utf-8-sig"), newline=""), delimiter=";"))


def deposer(racine: Path, scenario: dict[str, Any]) -> None:
    for fiche, changements in scenario.get("fiche", {}).items():
        texte = (racine / fiche).read_text(encoding="utf-8")
        for avant, apres in changements.items():
            assert avant in texte
            texte = texte.replace(avant, apres)
        (racine / fiche).write_text(texte, encoding="utf-8")
    for nom, contenu in scenario["bons"].items():
        groupement, _barre, fichier = nom.partition("/")
        chemin = racine / "prive/2026-12" / groupement / "bons" / fichier
        chemin.parent.mkdir(parents=True, exist_ok=True)
        chemin.write_text(contenu, encoding="utf-8", newline="")
    for nom, contenu in scenario.get("a_cote", {}).items():
        (racine / "prive/2026-12" / nom).write_text(contenu, encoding="utf-8")
    for nom, contenu in scenario.get("fiche_neuve", {}).items():
        (racine / nom).write_text(contenu, encoding="utf-8")
    for nom, contenu in scenario.get("annexes", {}).items():
        (racine / "prive" / nom).parent.mkdir(parents=True, exist_ok=True)
        (racine / "prive" / nom).write_text(contenu, encoding="utf-8")


def decrire(ligne: dict[str, str]) -> str:
    quantite = ligne["quantite"] if ligne["sort"] in ("retenue", "remplacee") else "-"
    morceaux = [ligne["cellule"].replace(" ", "·") or "?", ligne["produit"] or "?", quantite, ligne["sort"], ligne["code"]]
    return " ".join(morceaux).strip()


def nombre(texte: str) -> Decimal:
    return Decimal(texte.replace(",", "."))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["nom"])
def test_scenario(mini_depot: Path, scenario: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    deposer(mini_depot, scenario)
    attendu = scenario["attendu"]
    options = [option for bon in scenario.get("accepter", []) for option in ("--accepter", bon)]
    code = principal(["fusionner", "2026-12", "--depot", str(mini_depot), "--format", "json", "--trace", *options])
    sortie = json.loads(capsys.readouterr().out)
    sorties = mini_depot / "prive/2026-12/sorties"
    journal = lire(sorties / "journal.csv")
    bilan = json.loads((sorties / "bilan.json").read_text(encoding="utf-8"))
    assert [decrire(ligne) for ligne in journal] == attendu["sorts"]
    assert code == attendu["code"] == sortie["code"]
    verifier_conservation(sorties, bilan, journal)
    recap = {ligne["produit"]: ligne for ligne in lire(sorties / "recap-produits.csv")}
    lignes = lire(sorties / "lignes.csv")
    for produit, quantite in attendu.get("recap", {}).items():
        assert nombre(recap[produit]["quantite"]) == quantite
    for cellule, tarifs in attendu.get("tarifs", {}).items():
        assert sorted({ligne["tarif"] for ligne in lignes if ligne["cellule"] == cellule}) == tarifs
    for produit, quantite in attendu.get("tolerances", {}).items():
        assert nombre(recap[produit]["tolerance"]) == quantite
    for produit, quantite in attendu.get("commander", {}).items():
        assert nombre(recap[produit]["a_commander"]) == quantite
    for cellule, quantite in attendu.get("attribue", {}).items():
        assert sum(nombre(ligne["attribue"]) for ligne in lignes if ligne["cellule"] == cellule) == quantite
    for cellule, montant in attendu.get("montants", {}).items():
        assert [ligne["montant"] for ligne in lignes if ligne["cellule"] == cellule] == [montant]
    assert [ligne["lu"] for ligne in journal] == attendu.get("lu", [ligne["lu"] for ligne in journal])
    for nom in ("colonnes", "messages"):
        if nom in attendu:
            assert [ligne[nom.removesuffix("s")].replace("\u00a0", " ") for ligne in journal] == attendu[nom]
    assert bilan["lues"] == attendu.get("lues", len(attendu["sorts"]))
    assert bilan["acceptes"] == attendu.get("acceptes", [])
    assert [decision["action"] for decision in bilan["decisions"]] == attendu.get("decisions", [])
    assert len(bilan["ignores"]) == attendu.get("ignores", 0)
    if "manque" in attendu:
        assert {ref: nombre(manque) for ref, manque in sortie["manques"].items()} == attendu["manque"]
    verifier_partage(sorties, attendu)
    if "constats" in attendu:
        assert {constat["code"] for constat in sortie["constats"]} - {"aucun-bon"} == set(attendu["constats"])


def verifier_partage(sorties: Path, attendu: dict[str, Any]) -> None:
    for nom in ("cellier", "frais"):
        rangees = [";".join(ligne.values()) for ligne in lire(sorties / f"{nom}.csv")] if (sorties / f"{nom}.csv").exists() else None
        if nom in attendu:
            assert rangees == attendu[nom]
    motifs = [ligne["motif"].replace("\u00a0", " ") for ligne in lire(sorties / "repartition.csv")]
    assert motifs == attendu.get("motifs", motifs)
    recap = {ligne["produit"]: ligne for ligne in lire(sorties / "recap-produits.csv")}
    for produit, (lots, detail) in attendu.get("paquets", {}).items():
        assert (recap[produit]["lots"], recap[produit]["detail_lots"].replace("\u00a0", " ")) == (str(lots), detail)


def verifier_conservation(sorties: Path, bilan: dict[str, Any], journal: list[dict[str, str]]) -> None:
    assert bilan["lues"] == len(journal) == sum(bilan[sort] for sort in ("retenues", "remplacees", "rejetees", "brouillons"))
    retenu = sum(nombre(ligne["quantite"]) for ligne in journal if ligne["sort"] == "retenue")
    for table in ("recap-produits.csv", "recap-groupements.csv", "lignes.csv"):
        assert sum(nombre(ligne["quantite"]) for ligne in lire(sorties / table)) == retenu, table
    assert sum(nombre(ligne["demande"]) for ligne in lire(sorties / "repartition.csv")) == retenu
    for ligne in lire(sorties / "recap-produits.csv"):
        attribue = sum(nombre(part["attribue"]) for part in lire(sorties / "repartition.csv") if part["produit"] == ligne["produit"])
        assert nombre(ligne["reste"]) == nombre(ligne["a_commander"]) - attribue
    centimes = sum(int(nombre(ligne["montant"]) * 100) for ligne in lire(sorties / "lignes.csv"))
    assert bilan["total_cellules"] == centimes
    assert all(ligne["message"] for ligne in journal if ligne["sort"] != "retenue" or ligne["code"])


@pytest.mark.parametrize("commande", ["2027-99", "../../etc", "2026-12\x1b[2J"])
def test_commande_inconnue(mini_depot: Path, commande: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert principal(["fusionner", commande, "--depot", str(mini_depot)]) == 2
    dit = capsys.readouterr().out
    assert "[commande-inconnue]" in dit
    assert "2026-12" in dit
    assert "\x1b" not in dit
    assert not (mini_depot / "prive").exists()


def test_aucun_bon(mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert principal(["fusionner", "2026-12", "--depot", str(mini_depot)]) == 2
    assert "[dossier-absent]" in capsys.readouterr().out
    (mini_depot / "prive/2026-12/les-tilleuls/bons").mkdir(parents=True)
    assert principal(["fusionner", "2026-12", "--depot", str(mini_depot)]) == 0


def test_un_depot_faux_arrete_tout(mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deposer(mini_depot, SCENARIOS[0])
    fiche = mini_depot / "catalogue/produits/farine-t65.yaml"
    fiche.write_text(fiche.read_text(encoding="utf-8").replace("prix: 1.40", "prix: cher"), encoding="utf-8")
    assert principal(["fusionner", "2026-12", "--depot", str(mini_depot)]) == 2
    assert "catalogue/produits/farine-t65.yaml:6: [type-inattendu]" in capsys.readouterr().out
    assert not (mini_depot / "prive/2026-12/sorties").exists()


def test_accepter_un_bon_qui_n_existe_pas(mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deposer(mini_depot, SCENARIOS[0])
    principal(["fusionner", "2026-12", "--depot", str(mini_depot), "--accepter", "ZZZ"])
    assert "ZZZ" in capsys.readouterr().out


def test_ce_que_dit_la_fusion(mini_depot: Path, capsys: pytest.CaptureFixture[str], instantane: Any) -> None:
    for scenario in SCENARIOS:
        if scenario["nom"] in (
            "tout ce qui se rejette dit son code",
            "une colonne inconnue est rejetée en bloc, un commentaire non",
            "un sac entamé n’est pas commandé",
        ):
            rang = SCENARIOS.index(scenario)
            renomme = {nom.replace("/", f"/{rang}-"): texte.replace("A-1", f"A-{rang}") for nom, texte in scenario["bons"].items()}
            deposer(mini_depot, {"bons": renomme})
    assert principal(["fusionner", "2026-12", "--depot", str(mini_depot)]) == 1
    instantane(capsys.readouterr().out)


def test_chaque_message_de_la_fusion(mini_depot: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], instantane: Any) -> None:
    """Une phrase par code, telle qu'elle s'imprime : tout ce que peut lire une référente, relu par une personne."""
    phrases: dict[str, str] = {}
    for rang, scenario in enumerate(SCENARIOS):
        racine = shutil.copytree(mini_depot, tmp_path / f"copie-{rang}")
        deposer(racine, scenario)
        principal(["fusionner", "2026-12", "--depot", str(racine), "--sans-classeur", "--sans-producteurs"])
        lignes = capsys.readouterr().out.splitlines()
        for fait, remede in zip(lignes, [*lignes[1:], ""], strict=True):
            if code := re.match(r"\S.*?: \[([a-z-]+)\]", fait):
                phrases.setdefault(code[1], f"{fait}\n{remede if remede.startswith('    →') else ''}".rstrip())
    instantane("\n".join(phrases[code] for code in sorted(phrases)))
    assert len(phrases) > 20


def test_une_cellule_inconnue_se_dit_meme_si_sa_seule_ligne_dit_autre_chose(mini_depot: Path) -> None:
    deposer(mini_depot, {
        "bons": {"les-tilleuls/a.csv": "cellule;produit;quantite\nK deux;comte-12-mois;9\n"},
        "annexes": {"les-tilleuls/adherents.csv": "cellule;nom\nA-1;Camille Exemple\n"},
    })  # fmt: skip
    principal(["fusionner", "2026-12", "--depot", str(mini_depot), "--format", "json"])
    (ligne,) = lire(mini_depot / "prive/2026-12/sorties/journal.csv")
    assert ligne["code"] == "quantite-plafonnee"
    assert "n’est pas dans adherents.csv" in ligne["message"]


def test_un_refus_montre_ce_que_la_personne_a_ecrit(mini_depot: Path) -> None:
    """L'unité est celle de la colonne : personne n'a écrit « 1/2 g »."""
    deposer(mini_depot, {"bons": {"les-tilleuls/a.csv": "cellule;Comté AOP 12 mois (g)\nA-1;1/2\n"}})
    principal(["fusionner", "2026-12", "--depot", str(mini_depot), "--format", "json"])
    (ligne,) = lire(mini_depot / "prive/2026-12/sorties/journal.csv")
    assert (ligne["lu"], ligne["code"]) == ("1/2", "quantite-hors-pas")
    assert ligne["message"].replace("\u00a0", " ").startswith("« 1/2 » (colonne en g) ")
