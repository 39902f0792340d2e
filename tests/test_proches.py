"""Deux noms presque pareils : la question est posée, avec la ligne à recopier ; jamais de réponse à la place de la personne."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

from cabas.calculs import proches
from cabas.calculs.jugement import LigneJugee, Sort
from cabas.calculs.proches import cellules_proches, une_faute
from cabas.cli import principal
from cabas.constats import Constat
from cabas.recu import Adherent, LigneLue

NOM = "Camille Dupont"


def jugee(nom: str, rang: int = 2, code: str = "") -> LigneJugee:
    lue = LigneLue("les-tilleuls", "2026-12/les-tilleuls/bons/a.csv", rang, "quantite", "", nom, "farine-t65", "1")
    return LigneJugee(lue, nom, ("les-tilleuls", nom, "", lue.fichier), Sort.RETENUE, 1000, code=code)


def questions(*noms: str, inscrits: tuple[Adherent, ...] = ()) -> list[Constat]:
    lignes = [jugee(nom, rang) for rang, nom in enumerate(noms, 2)]
    return cellules_proches(lignes, {"les-tilleuls": inscrits}, "prive")


PROCHES = [
    "Camile Dupont", "Camillle Dupont", "Camille Dupond", "Camlile Dupont", "Dupont Camille", "DUPONT Camile", "Câmille Dupont", "Camille-Dupont",
    "CamilleDupont", "C. Dupont", "Dupont C", "Camille D.",
]  # fmt: skip
LOINTAINES = ["Camille Durand", "Camille", "Dupont", "Emile Dupont", "Camille Dupont-Exemple", "M. Durand", "D. Dupont", "Lamille Dupond", "A-017"]


@pytest.mark.parametrize("autre", PROCHES)
def test_proches(autre: str) -> None:
    (constat,) = questions(NOM, autre)
    assert (constat.code, constat.gravite) == ("cellules-proches", "avertissement")
    assert constat.emplacement.fichier == "prive/2026-12/les-tilleuls/bons/a.csv"
    assert NOM in constat.message
    assert autre in constat.message
    assert len(questions(autre, inscrits=(Adherent("A-017", NOM),))) == 1


@pytest.mark.parametrize("autre", LOINTAINES)
def test_lointaines(autre: str) -> None:
    assert questions(NOM, autre) == []
    assert questions(autre, inscrits=(Adherent("A-017", NOM),)) == []


@pytest.mark.parametrize(
    ("un", "autre", "combien"),
    [
        ("c-012", "c-013", 0),
        ("A-017", "B-017", 0),
        ("A-017", "A-17", 1),
        ("A-017", "a 017", 1),
        ("A-017", "A-170", 0),
        ("Cellule 12", "Cellule 13", 0),
        ("Noé Exemple", "Zoé Exemple", 0),
        ("lea@exemple.org", "leo@exemple.org", 0),
        ("Coquelicot", "Coquelico", 1),
        ("Hélène", "helene", 1),
        ("Essai d'Or", "Essai d’Or", 0),  # déjà la même cellule
        ("", "A", 0),
        ("---", "...", 0),
    ],
)
def test_codes_et_mots_courts(un: str, autre: str, combien: int) -> None:
    assert len(questions(un, autre)) == combien


def test_deux_inscrites_sont_deux_cellules() -> None:
    inscrits = (Adherent("A-1", NOM), Adherent("A-2", "Camile Dupont"))
    lignes = [jugee("A-1"), jugee("A-2", 3)]
    assert cellules_proches(lignes, {"les-tilleuls": inscrits}, "prive") == []


def test_un_bon_refuse_ne_pose_pas_de_question() -> None:
    assert cellules_proches([jugee(NOM), jugee("Camile Dupont", 3, "mauvais-groupement")], {}, "prive") == []
    autre = jugee("Camile Dupont", 3)
    assert cellules_proches([jugee(NOM), autre._replace(lue=autre.lue._replace(groupement="la-remise"))], {}, "prive") == []


def test_un_nom_long_ou_des_milliers_de_noms_pareils_ne_coutent_pas_leur_carre(monkeypatch: pytest.MonkeyPatch) -> None:
    """On compte les comparaisons, pas les secondes."""
    comptes = [0]

    def compter(un: str, autre: str) -> bool:
        comptes[0] += 1
        return une_faute(un, autre)

    monkeypatch.setattr(proches, "une_faute", compter)
    alea = random.Random(3)
    syllabes = ["ba", "co", "du", "fi", "ge", "lo", "mi", "na", "po", "ru", "sa", "te", "vi", "zo"]
    vrais = sorted({f"{''.join(alea.choices(syllabes, k=3))} {''.join(alea.choices(syllabes, k=4))}".title() for _ in range(8_000)})
    constats = questions(*vrais)
    assert comptes[0] < 60 * len(vrais)
    assert len(constats) <= proches.AU_PLUS + 1
    comptes[0] = 0
    presque = [f"Camille Dup{chr(0x4E00 + rang)}nt" for rang in range(4_000)]
    constats = questions(*presque, "x" * 50_000, "x" * 49_999)
    assert comptes[0] < 300 * len(presque)
    assert len(constats) == proches.AU_PLUS + 1
    assert constats[-1].message.endswith("autres paires de noms proches ne sont pas montrées.")


BONS = "cellule;produit;quantite\nCamille Dupont;farine-t65;2\nCamile Dupont;jus-de-pomme;3\n"
ENTETE = "cellule;nom;telephone;courriel;adhesion;adhesion_jusqu_au\n"


def fusionner(racine: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    principal(["fusionner", "2026-12", "--depot", str(racine), "--format", "json", "--trace", "--sans-classeur", "--sans-producteurs"])
    return [un for un in json.loads(capsys.readouterr().out)["constats"] if un["code"] != "aucun-bon"]


@pytest.mark.parametrize(
    ("inscrites", "bons", "ou"),
    [
        ("", BONS, "prive/2026-12/decisions.yaml"),
        ("A-017;Camille Dupont\n", BONS, "prive/les-tilleuls/adherents.csv"),
        ("B-1;Dominique Exemple\n", BONS, "prive/les-tilleuls/adherents.csv"),
        ("A-017;Camille Dupont\n", BONS.replace("Camile Dupont", "C. Dupont"), "prive/2026-12/decisions.yaml"),
        ("", BONS.replace("Camile Dupont", '"Dupont; ""Camille"""'), "prive/2026-12/decisions.yaml"),
        ("A-017;Camille Dupont\n", BONS.replace("Camile Dupont", '"Dupont; ""Camille"""'), "prive/les-tilleuls/adherents.csv"),
        ("=1;Camille Dupont\n", BONS, "prive/les-tilleuls/adherents.csv"),
    ],
)
def test_la_ligne_proposee_suffit(mini_depot: Path, capsys: pytest.CaptureFixture[str], inscrites: str, bons: str, ou: str) -> None:
    """Recopiée telle quelle, comme la montre le terminal, elle réunit les deux cellules, et la question ne revient pas."""
    dossier = mini_depot / "prive/2026-12/les-tilleuls/bons"
    dossier.mkdir(parents=True)
    (dossier / "a.csv").write_text(bons, encoding="utf-8")
    liste = mini_depot / "prive/les-tilleuls/adherents.csv"
    if inscrites:
        liste.parent.mkdir(parents=True)
        liste.write_text(ENTETE + inscrites, encoding="utf-8")
    question = [un for un in fusionner(mini_depot, capsys) if un["code"] == "cellules-proches"]
    assert len(question) == 1
    principal(["fusionner", "2026-12", "--depot", str(mini_depot), "--sans-classeur", "--sans-producteurs"])
    dit = capsys.readouterr().out.split("[cellules-proches]")[1].split("\n")[1]
    trouve = re.fullmatch(r"    → Si oui, ajouter à (\S+) la ligne (?:`(.+)`\s.*|(- \{.+\}))", dit)
    assert trouve, dit
    assert trouve[1] == ou
    with (mini_depot / ou).open("a", encoding="utf-8") as fichier:
        fichier.write((trouve[2] or trouve[3]) + "\n")
    codes = {un["code"] for un in fusionner(mini_depot, capsys)}
    assert codes <= {"cellule-inconnue", "cellule-reunie"}
    lignes = (mini_depot / "prive/2026-12/sorties/journal.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    assert len({ligne.split(";")[5] for ligne in lignes}) == 1
