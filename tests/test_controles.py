"""Chaque contrôle a un bon et un mauvais exemple : le réseau miniature, et `scenarios/controles.yaml`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from cabas.constats import Constat, Gravite
from cabas.controles import CONTROLES, controler
from cabas.controles.base import Contexte
from cabas.lecture import CODES
from cabas.lecture.depot import charger
from cabas.temps import PARIS

RACINE = Path(__file__).parents[1]
MAINTENANT = datetime(2026, 11, 22, 12, tzinfo=PARIS)
SCENARIOS: list[dict[str, Any]] = yaml.safe_load((RACINE / "tests/scenarios/controles.yaml").read_text(encoding="utf-8"))
RARES = {"fichier-inaccessible"}
"""Un fichier illisible par droits ne se fabrique pas quand les essais tournent en root : voir test_fichier_inaccessible."""


def relire(racine: Path, suivis: dict[str, str] | None = None) -> list[Constat]:
    depot, constats = charger(racine)
    return [*constats, *controler(Contexte(depot, MAINTENANT, suivis or {}))]


def abimer(depot: Path, scenario: dict[str, Any]) -> dict[str, str]:
    """Applique un scénario au réseau miniature ; rend les fichiers suivis qu'il ajoute."""
    if "suivi" in scenario:
        return {scenario["suivi"]: scenario["apres"].replace("~", "")}
    fiche = depot / scenario["fichier"]
    if "oter" in scenario:
        shutil.rmtree(fiche)
    elif "effacer" in scenario:
        fiche.unlink()
    elif "lien" in scenario:
        fiche.symlink_to(scenario["lien"])
    elif "tube" in scenario:
        os.mkfifo(fiche)
    elif "octets" in scenario:
        fiche.write_bytes(bytes.fromhex(scenario["octets"]))
    elif "repeter" in scenario:
        fiche.write_text("#" * scenario["repeter"])
    elif "copie" in scenario:
        shutil.copy(depot / scenario["copie"], fiche)
    elif scenario.get("avant"):
        texte = fiche.read_text(encoding="utf-8")
        assert scenario["avant"] in texte, f"{fiche} ne contient pas « {scenario['avant']} »"
        fiche.write_text(texte.replace(scenario["avant"], scenario["apres"], 1), encoding="utf-8")
    else:
        fiche.parent.mkdir(exist_ok=True)
        fiche.write_text(scenario["apres"], encoding="utf-8")
    for autre, ligne in scenario.get("aussi", {}).items():
        with (depot / autre).open("a", encoding="utf-8") as fichier:
            fichier.write(f"{ligne}\n")
    return {}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: f"{scenario['code']}-{SCENARIOS.index(scenario)}")
def test_mauvais_exemple(mini_depot: Path, scenario: dict[str, Any]) -> None:
    suivis = abimer(mini_depot, scenario)
    trouves = [constat for constat in relire(mini_depot, suivis) if constat.code == scenario["code"]]
    assert trouves, [constat.code for constat in relire(mini_depot, suivis)]
    constat = trouves[0]
    attendu = scenario.get("suivi") or scenario["fichier"]
    assert constat.emplacement.fichier == attendu or scenario["code"] in (
        "identifiant-en-double",
        "produit-inconnu",
        "delai-trop-court",
        "nom-en-double",
        "traduction-absente",
    )
    if "ligne" in scenario:
        assert scenario["ligne"] in [constat.emplacement.ligne for constat in trouves]
    if "remede" in scenario:
        assert scenario["remede"] in constat.remede
    assert constat.message
    assert constat.remede


def test_bon_exemple(mini_depot: Path) -> None:
    assert relire(mini_depot) == []


def test_le_reseau_d_exemple_n_a_rien_a_corriger() -> None:
    assert [(constat.code, str(constat.emplacement)) for constat in relire(RACINE)] == []


def test_chaque_code_a_son_mauvais_exemple() -> None:
    connus = {controle.code for controle in CONTROLES} | set(CODES)
    essayes = {scenario["code"] for scenario in SCENARIOS}
    assert connus - essayes - RARES == set()
    assert essayes - connus == set()


def test_chaque_controle_pose_une_question() -> None:
    questions = [controle.question for controle in CONTROLES] + [question for _gravite, question in CODES.values()]
    assert [question for question in questions if "?" not in question] == []
    assert len({controle.code for controle in CONTROLES}) == len(CONTROLES)


def test_la_gravite_annoncee_est_celle_du_constat(mini_depot: Path, modifier: Callable[[str, str, str], Path]) -> None:
    modifier("catalogue/produits/farine-t65.yaml", "prix_depuis: 2026-09-01", "prix_depuis: 2020-01-01")
    assert [(constat.code, constat.gravite) for constat in relire(mini_depot)] == [("prix-ancien", Gravite.AVERTISSEMENT)]


def test_une_fiche_fausse_n_empeche_pas_les_autres(mini_depot: Path, modifier: Callable[[str, str, str], Path]) -> None:
    modifier("catalogue/produits/farine-t65.yaml", "prix: 1.40", "prix: beaucoup")
    depot, constats = charger(mini_depot)
    assert "farine-t65" not in depot.produits
    assert set(depot.produits) >= {"lentilles-vertes", "comte-12-mois"}
    assert [constat.code for constat in constats] == ["type-inattendu"]


def test_les_textes_restent_du_texte(mini_depot: Path, modifier: Callable[[str, str, str], Path]) -> None:
    modifier("catalogue/produits/farine-t65.yaml", "origine: Drôme", "origine: 01000\ndescription: non")
    depot, constats = charger(mini_depot)
    assert constats == []
    assert (depot.produits["farine-t65"].origine, depot.produits["farine-t65"].description) == ("01000", "non")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root lit tout : les droits ne se testent pas")
def test_fichier_inaccessible(mini_depot: Path) -> None:
    (mini_depot / "catalogue/produits/farine-t65.yaml").chmod(0)
    assert "fichier-inaccessible" in [constat.code for constat in relire(mini_depot)]


def test_un_contact_professionnel_declare_est_permis(mini_depot: Path, modifier: Callable[[str, str, str], Path]) -> None:
    modifier("catalogue/producteurs/moulin-des-sorbiers.md", "telephone: 06 39 98 00 01", "telephone: 04 75 12" + " 34 56")
    suivis = {"content/guide/a.md": "Le moulin : +33 4 75 12" + " 34 56, ou 06 39 98 00 01, ou toi@exemple.org"}
    assert relire(mini_depot, suivis) == []


def test_mille_fiches(mini_depot: Path) -> None:
    modele = (mini_depot / "catalogue/produits/farine-t65.yaml").read_text(encoding="utf-8")
    for numero in range(1000):
        texte = modele.replace("nom: Farine de blé T65", f"nom: Farine {numero}")
        (mini_depot / f"catalogue/produits/produit-{numero}.yaml").write_text(texte, encoding="utf-8")
    depot, constats = charger(mini_depot)
    assert len(depot.produits) == 1005
    assert constats == []
