"""À deux ou seul, le résultat est le même : lire, écrire, et échouer."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest
from test_oracle import Tirage, deposer

from cabas import a_deux as module
from cabas.a_deux import Double, a_deux
from cabas.lecture import fichiers_de_bons
from cabas.lecture.prive import lire_prive
from cabas.publication.ecriture import ACote
from cabas.recu import ecrit

SAIT_SE_DEDOUBLER = hasattr(os, "fork") and (os.cpu_count() or 1) > 1
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")


@pytest.fixture
def deux(monkeypatch: pytest.MonkeyPatch) -> None:
    """Se dédoubler quand même : les fils du lanceur d'essais ne tiennent rien dont un double ait besoin."""
    if not SAIT_SE_DEDOUBLER:
        pytest.skip("cette machine ne sait pas se dédoubler")
    monkeypatch.setattr(module, "_plusieurs_fils", lambda: False)


def echouer() -> None:
    raise OSError(28, "plein")


@pytest.fixture(params=["seul", "à deux"])
def mode(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "seul":
        monkeypatch.setattr(module, "_possible", lambda: False)
    else:
        request.getfixturevalue("deux")
    return str(request.param)


def test_les_deux_resultats_reviennent(mode: str) -> None:
    ici, a_cote = a_deux(os.getpid, lambda: (os.getpid(), "é" * 200_000, ecrit("farine", "2,5", "")))
    assert ici == os.getpid()
    assert (a_cote[0] == ici) is (mode == "seul")
    assert len(a_cote[1]) == 200_000  # plus que ce qu'un tube garde : personne n'attend l'autre sans fin
    assert a_cote[2] is ecrit("farine", "2,5", "")


def test_une_faute_d_a_cote_se_leve_ici(mode: str) -> None:
    double = Double(echouer)
    with pytest.raises(OSError, match="plein"):
        double.resultat()


@pytest.mark.usefixtures("deux")
def test_un_double_tue_se_remplace() -> None:
    principal = os.getpid()
    assert Double(lambda: os.getpid() if os.getpid() == principal else os.kill(os.getpid(), 9)).resultat() == principal


@pytest.mark.usefixtures("deux")
def test_trop_peu_a_faire_se_fait_ici() -> None:
    assert Double(os.getpid, quand_meme=False).resultat() == os.getpid()


def test_les_grands_fichiers_s_ecrivent_entiers(mode: str, tmp_path: Path) -> None:
    a_cote = ACote(tmp_path / "sorties", ensemble=True)
    a_cote.commencer({"un.csv": iter([b"a" * 100_000, b"b"])})
    chemins = a_cote.finir({"deux.csv": iter([b"c"])})
    assert {nom: chemin.read_bytes() for nom, chemin in chemins.items()} == {"un.csv": b"a" * 100_000 + b"b", "deux.csv": b"c"}
    assert {chemin.parent for chemin in chemins.values()} == {tmp_path / ".sorties-a-cote"}


def test_un_disque_plein_ne_laisse_rien_a_cote(mode: str, tmp_path: Path) -> None:
    a_cote = ACote(tmp_path / "sorties", ensemble=True)
    a_cote.commencer({"un.csv": (echouer() or b"" for _ in range(1))})
    with pytest.raises(OSError, match="plein"):
        a_cote.finir({"deux.csv": iter([b"c"])})
    a_cote.ranger()
    assert list(tmp_path.iterdir()) == []


def test_un_double_que_l_on_oublie_ne_laisse_rien(mode: str, tmp_path: Path) -> None:
    a_cote = ACote(tmp_path / "sorties", ensemble=True)
    a_cote.commencer({"un.csv": (time.sleep(0.2) or b"a" for _ in range(2))})
    a_cote.ranger()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("deux")
def test_une_machine_qui_refuse_de_se_dedoubler_fait_tout_ici(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuser() -> int:
        raise BlockingIOError(11, "trop de programmes")

    monkeypatch.setattr(os, "fork", refuser)
    assert a_deux(os.getpid, os.getpid) == (os.getpid(), os.getpid())


@pytest.mark.usefixtures("deux")
def test_un_lanceur_qui_attend_a_notre_place_ne_gene_pas() -> None:
    avant = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert a_deux(lambda: 1, lambda: 2) == (1, 2)
    finally:
        signal.signal(signal.SIGCHLD, avant)


@pytest.mark.usefixtures("deux")
def test_lire_a_deux_lit_la_meme_chose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    coupes, faits, pendants = 0, list[tuple[int, int]](), list[int]()
    for graine in range(12):
        monde = Tirage(random.Random(f"a-deux-{graine}")).monde()
        prive = tmp_path / str(graine)
        prive.mkdir()
        deposer(monde, prive)
        recus = []
        for beaucoup, avance in ((1_000_000, 0), (2, graine % 2 * 1000)):
            monkeypatch.setattr(fichiers_de_bons, "BEAUCOUP", beaucoup)
            monkeypatch.setattr(fichiers_de_bons, "AVANCE", avance)
            recus.append(lire_prive(prive, "2026-12", monde.depot, lambda fait, total: faits.append((fait, total)), lambda: pendants.append(1)))
        seul, ensemble = recus
        assert ensemble.lignes == seul.lignes
        assert (ensemble.empreintes, ensemble.constats, ensemble.ignores) == (seul.empreintes, seul.constats, seul.ignores)
        assert list(ensemble.empreintes) == list(seul.empreintes)
        coupes += len({ligne.groupement for ligne in seul.lignes}) > 1
    assert faits
    assert all(fait <= total for fait, total in faits)
    assert len(pendants) == 24, "ce qu’il y a à faire d’ici là se fait toujours, et une seule fois"
    assert coupes > 3, "sans deux groupements, rien ne se coupe"
