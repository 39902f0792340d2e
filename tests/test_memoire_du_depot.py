"""Un dépôt retenu est celui qu'on a lu ; le moindre changement le fait relire ; un fichier abîmé ou forgé ne fait rien."""

from __future__ import annotations

import json
import os
import shutil
from datetime import datetime
from operator import ne

import pytest
from conftest import RACINE

from cabas.cli.commun import TEMOIN, charger_depot
from cabas.constats import Source
from cabas.etats import EtatDeLot, EtatDesLots
from cabas.lecture import memoire
from cabas.lecture.depot import comprendre
from cabas.lecture.origines import Disque
from cabas.lecture.releve import relever
from cabas.modele import Correspondance, Depot
from cabas.temps import PARIS

FICHIER = TEMOIN.with_suffix(".json")


def deja_vu(_empreinte):
    return True


@pytest.fixture(scope="module")
def notre_depot():
    depot, constats = comprendre(relever(Disque(RACINE)), deja_vu)
    assert not [constat for constat in constats if constat.gravite == "erreur"]
    return depot


@pytest.fixture
def copie(tmp_path):
    """Le catalogue et les groupements du projet, à changer."""
    for dossier in ("catalogue", "groupements"):
        shutil.copytree(RACINE / dossier, tmp_path / dossier)
    shutil.rmtree(tmp_path / "catalogue" / "traductions", ignore_errors=True)
    return tmp_path


def test_un_depot_retenu_est_le_meme_a_la_ligne_pres(notre_depot):
    instant = datetime(2026, 12, 1, 8, 0, tzinfo=PARIS)
    ici = Source("f", 2, {"x": 3})
    riche = Depot(
        **{champ: getattr(notre_depot, champ) for champ in Depot._fields if champ not in ("etats", "correspondances")},
        etats={"2026-12": EtatDesLots("2026-12", instant, (EtatDeLot("farine", 25_000, None, 3),), ici)},
        correspondances={"a": (Correspondance("f*.csv", {"Nom": "cellule"}, ("x",), "mac-roman", ici),)},
    )
    for depot in (notre_depot, riche):
        retenu = memoire.rappeler(memoire.retenir(depot, "e"), "e")
        assert retenu == depot
        # L'égalité ne regarde pas les sources : les lignes se comparent par ce qu'on en retient.
        assert memoire.retenir(retenu, "e") == memoire.retenir(depot, "e")
        assert repr(retenu) == repr(depot)
    produit = next(iter(notre_depot.produits.values()))
    assert memoire.rappeler(memoire.retenir(notre_depot, "e"), "e").produits[produit.ref].source.a("nom") == produit.source.a("nom")


def test_ce_qui_est_perime_abime_ou_forge_ne_sert_pas(notre_depot, monkeypatch):
    octets = memoire.retenir(notre_depot, "e")
    assert memoire.rappeler(octets, "autre") is None
    assert memoire.rappeler(octets[:-1], "e") is None
    assert memoire.rappeler(octets.replace(b'"Depot"', b'"Lot"', 1), "e") is None
    assert memoire.rappeler(b"", "e") is None
    monkeypatch.setattr(memoire, "_sceau", lambda _empreinte, _corps: b"sceau")
    for corps in (
        b"",
        b"[]",
        b"{}",
        b'["os.system","id"]',
        b'["Lot",1]',
        b'["Decimal","x"]',
        b'["Lot"]',
        b'[["Lot"]]',
        b"[" * 5000,
        b'["Depot",1,2,3,4,5,6,7,8,9,10]',
    ):
        assert memoire.rappeler(b"sceau\n" + corps, "e") is None, corps


def test_le_code_qui_lit_fait_partie_du_sceau(notre_depot, monkeypatch, tmp_path):
    octets = memoire.retenir(notre_depot, "e")
    (tmp_path / "lecture").mkdir()
    (tmp_path / "modele.py").write_text("", encoding="utf-8")
    monkeypatch.setattr(memoire, "_PAQUET", tmp_path)
    assert memoire.rappeler(octets, "e") is None


def test_la_deuxieme_lecture_ne_lit_plus_de_yaml_et_rend_le_meme_depot(copie, monkeypatch):
    premier, constats = charger_depot(copie)
    assert constats == []
    assert json.loads((copie / FICHIER).read_bytes().partition(b"\n")[2])[0] == "Depot"
    with monkeypatch.context() as sans_yaml:
        sans_yaml.setattr("cabas.lecture.depot.comprendre", None)
        assert charger_depot(copie) == (premier, [])
    fiche = next((copie / "catalogue/produits").iterdir())
    ref = fiche.stem
    fiche.write_text(fiche.read_text(encoding="utf-8").replace(f"nom: {premier.produits[ref].nom}", "nom: Autre nom"), encoding="utf-8")
    assert charger_depot(copie)[0].produits[ref].nom == "Autre nom"


def test_un_fichier_de_trop_ou_un_lien_se_dit_meme_quand_le_depot_est_retenu(copie):
    charger_depot(copie)
    intrus = copie / "catalogue/produits/intrus.txt"
    intrus.write_text("x", encoding="utf-8")
    assert [constat.code for constat in charger_depot(copie)[1]] == ["fichier-inattendu"]
    intrus.unlink()
    assert charger_depot(copie)[1] == []
    (copie / "catalogue/produits/lien.yaml").symlink_to("/etc/hostname")
    assert "fichier-lien" in [constat.code for constat in charger_depot(copie)[1]]


def test_une_memoire_qui_est_un_tube_ou_un_dossier_n_arrete_rien(copie):
    depot, _constats = charger_depot(copie)
    (copie / FICHIER).unlink()
    os.mkfifo(copie / FICHIER)
    assert charger_depot(copie) == (depot, [])
    shutil.rmtree(copie / ".build")
    (copie / FICHIER).mkdir(parents=True)
    assert charger_depot(copie) == (depot, [])


def test_une_source_ne_se_compare_ni_ne_s_ecrit_avec_ses_lignes():
    """Déplacer un champ dans sa fiche ne change pas ce qu'elle dit : ni le site, ni le livret ne se refont."""
    ici, la = Source("f", 1, {"x": 1}), Source("f", 1, {"x": 9})
    assert ici == la
    assert ne(ici, la) is False, "« != » est hérité de l’uplet, il faut le redire"
    assert hash(ici) == hash(la)
    assert repr(ici) == repr(la)
    assert ici != Source("f", 2)
