"""`cabas importer --apprendre` : montrer, proposer, demander, écrire ; puis la fusion lit le formulaire."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from exports import EXPORTS
from test_correspondances import fusionner

from cabas.cli import principal
from cabas.lecture.apprentissage import masquer

FICHIER = "Formulaire 2026-12.csv"
CONTENU = (
    "Votre petit nom,Comment vous joindre ?,La farine T65 du moulin,Soupe ?,Comté AOP 12 mois,Combien d'oeufs\n"
    'A-1,06 39 98 01 02,"2,5",oui,,6\n'
    "A-2,camille@exemple.org,1,non,0.5,\n"
)


def apprendre(
    depot: Path, monkeypatch: pytest.MonkeyPatch, reponses: str, terminal: bool = True, *options: str, nom: str = FICHIER, contenu: str = CONTENU
) -> int:
    (depot / nom).write_text(contenu, encoding="utf-8")
    entree = io.StringIO(reponses)
    monkeypatch.setattr(entree, "isatty", lambda: terminal)
    monkeypatch.setattr("sys.stdin", entree)
    return principal(["importer", "--apprendre", str(depot / nom), "--groupement", "les-tilleuls", "--depot", str(depot), "--trace", *options])


def ecrite(depot: Path) -> Path:
    return depot / "groupements/les-tilleuls.correspondances.yaml"


def test_apprendre_puis_fusionner(mini_depot: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    reponses = "cellule\ntelephone\nfarine\n\n\n\noeufs-plein-air\n\n"
    assert apprendre(mini_depot, monkeypatch, reponses) == 0
    dit = capsys.readouterr().out
    assert "06 39" not in dit
    assert "exemple.org" not in dit
    assert "« farine » n’est ni" in dit
    assert ecrite(mini_depot).read_text(encoding="utf-8") == (
        '- fichier: "Formulaire *.csv"\n'
        "  colonnes:\n"
        '    "Votre petit nom": cellule\n'
        '    "Comment vous joindre ?": telephone\n'
        '    "La farine T65 du moulin": farine-t65\n'
        '    "Combien d\'oeufs": oeufs-plein-air\n'
        "  ignorer:\n"
        '    - "Soupe ?"\n'
    )
    journal, dits = fusionner(mini_depot, capsys, "Formulaire 2027-01.csv", CONTENU)
    assert dits == []
    assert [ligne[:3] for ligne in journal] == [
        ("A-1", "farine-t65", "2,5"), ("A-1", "oeufs-plein-air", "6"), ("A-2", "farine-t65", "1"), ("A-2", "comte-12-mois", "0,5"),
    ]  # fmt: skip
    # Une fois appris, tout est compris : il n'y a plus rien à écrire.
    avant = ecrite(mini_depot).read_bytes()
    assert apprendre(mini_depot, monkeypatch, "\n" * 6) == 0
    assert "Rien à écrire" in capsys.readouterr().out
    assert ecrite(mini_depot).read_bytes() == avant


def test_la_table_neuve_passe_devant(mini_depot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ecrite(mini_depot).write_text('# à nous\n- fichier: "autre.csv"\n', encoding="utf-8")
    assert apprendre(mini_depot, monkeypatch, "cellule\n\n1\n\n\nignorer\n*.csv\n") == 0
    texte = ecrite(mini_depot).read_text(encoding="utf-8")
    assert texte.startswith('- fichier: "*.csv"\n')
    assert texte.endswith('\n# à nous\n- fichier: "autre.csv"\n')
    assert principal(["verifier", "--depot", str(mini_depot), "--maintenant", "2026-12-03T12:00"]) == 0


@pytest.mark.parametrize("reponses", ["", "cellule\n", "cellule\n\n1\n\n\nignorer\n"])
def test_arreter_en_route_n_ecrit_rien(mini_depot: Path, monkeypatch: pytest.MonkeyPatch, reponses: str) -> None:
    assert apprendre(mini_depot, monkeypatch, reponses) == 1
    assert not ecrite(mini_depot).exists()


def test_une_correspondance_abimee_n_est_pas_touchee(mini_depot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ecrite(mini_depot).write_text("[{fichier: a.csv}]\n", encoding="utf-8")
    assert apprendre(mini_depot, monkeypatch, "cellule\n\n1\n\n\nignorer\n\n") == 1
    assert ecrite(mini_depot).read_text(encoding="utf-8") == "[{fichier: a.csv}]\n"


def test_hors_d_un_terminal_on_montre_seulement(mini_depot: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert apprendre(mini_depot, monkeypatch, "cellule\n", False, "--format", "json") == 1
    colonnes = {colonne["intitule"]: colonne for colonne in json.loads(capsys.readouterr().out)["colonnes"]}
    assert colonnes["Comté AOP 12 mois"]["comprise"] == "comte-12-mois"
    assert colonnes["La farine T65 du moulin"]["proches"] == ["farine-t65"]
    assert colonnes["Soupe ?"]["proposee"] == "ignorer"
    assert colonnes["Comment vous joindre ?"]["exemples"] == ["(téléphone)", "(adresse mail)"]
    assert not ecrite(mini_depot).exists()


def test_mauvais_usage(mini_depot: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert apprendre(mini_depot, monkeypatch, "", True, "--groupement", "ailleurs") == 2
    assert "[groupement-inconnu]" in capsys.readouterr().out
    options = ["--groupement", "les-tilleuls", "--depot", str(mini_depot)]
    assert principal(["importer", "--apprendre", str(mini_depot / "absent.csv"), *options]) == 2
    assert "[fichier-absent]" in capsys.readouterr().out


@pytest.mark.parametrize(("texte", "masque"), [
    ("+33 6 39 98 01 02", "(téléphone)"), ("0639980102", "(téléphone)"), ("écrire à a@exemple.org", "écrire à (adresse mail)"), ("2,5", "2,5"),
    ("14/03/2026 09:12", "14/03/2026 09:12"), ("639980102", "(téléphone)"),
])  # fmt: skip
def test_les_exemples_sont_masques(texte: str, masque: str) -> None:
    assert masquer(texte) == masque


def test_ce_qui_a_l_air_d_un_nom_est_propose_comme_nom(mini_depot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apprendre(mini_depot, monkeypatch, "\nfarine-t65\n\n\n", contenu="Prénom d'enfance;La farine;Soupe ?\nLéo;2;oui\n")
    assert '"Prénom d\'enfance": nom\n' in ecrite(mini_depot).read_text(encoding="utf-8")


REPETE = "Votre petit nom,La farine du moulin,Combien,Des lentilles,Combien\nA-1,oui,2,oui,1\n"


def test_deux_colonnes_du_meme_intitule_ne_s_apprennent_pas(
    mini_depot: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """La seconde réponse effacerait la première : les 2 kg de farine seraient comptés en lentilles."""
    assert apprendre(mini_depot, monkeypatch, "cellule\nignorer\nfarine-t65\n\nignorer\n\n", contenu=REPETE) == 1
    dit = capsys.readouterr().out
    assert dit.count("2 colonnes ont cet intitulé") == 2
    assert "« farine-t65 » ne se peut pas ici" in dit
    assert "Combien" not in ecrite(mini_depot).read_text(encoding="utf-8")
    journal, _dits = fusionner(mini_depot, capsys, "Formulaire 2027-01.csv", REPETE)
    assert [ligne[2:] for ligne in journal] == [("", "", "rejetee", "colonne-inconnue")] * 2


def test_deux_colonnes_du_meme_intitule_s_ignorent_ensemble(mini_depot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert apprendre(mini_depot, monkeypatch, "cellule\nfarine-t65\nignorer\nlentilles-vertes\n\n", contenu=REPETE) == 0
    assert ecrite(mini_depot).read_text(encoding="utf-8").endswith('  ignorer:\n    - "Combien"\n')


def test_un_fichier_de_caisse_ne_s_apprend_pas(mini_depot: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    contenu = EXPORTS["helloasso.csv"][1].decode("utf-8-sig")
    assert apprendre(mini_depot, monkeypatch, "", nom="helloasso.csv", contenu=contenu) == 2
    dit = capsys.readouterr().out
    assert "[fichier-illisible]" in dit
    assert "HelloAsso" in dit


@pytest.mark.parametrize(("appris", "recu"), [("form.csv", "form (1).csv"), ("form (1).csv", "form.csv"), ("form (2).csv", "form(3).csv")])
def test_le_double_d_un_navigateur_se_lit_pareil(
    mini_depot: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], appris: str, recu: str
) -> None:
    assert apprendre(mini_depot, monkeypatch, "cellule\ntelephone\n1\n\n\noeufs-plein-air\n\n", nom=appris) == 0
    assert ecrite(mini_depot).read_text(encoding="utf-8").startswith('- fichier: "form.csv"\n')
    capsys.readouterr()
    journal, dits = fusionner(mini_depot, capsys, recu, CONTENU)
    assert ({ligne[4] for ligne in journal}, dits) == ({"retenue"}, [])
