"""Rien n'est écrit à moitié : coupure, disque plein, deux fusions à la fois."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cabas.publication.ecriture import deposer, ecrire, reprendre
from cabas.publication.verrou import Occupe, verrouiller

MINI_RESEAU = Path(__file__).parent / "donnees/mini-reseau"


def test_ecrire_ne_touche_pas_ce_qui_ne_change_pas(tmp_path: Path) -> None:
    fichier = tmp_path / "a/b.txt"
    assert ecrire(fichier, "é")
    avant = fichier.stat().st_mtime_ns
    assert not ecrire(fichier, "é")
    assert fichier.stat().st_mtime_ns == avant
    assert ecrire(fichier, "è")
    assert [chemin.name for chemin in fichier.parent.iterdir()] == ["b.txt"]


def test_deposer_garde_ce_qui_vient_d_ailleurs(tmp_path: Path) -> None:
    sorties = tmp_path / "sorties"
    deposer(sorties, {"a.csv": b"1", "sous/b.csv": b"2"})
    (sorties / "palettes.pdf").write_bytes(b"pdf")
    deposer(sorties, {"a.csv": b"3"})
    assert {chemin.relative_to(sorties).as_posix(): chemin.read_bytes() for chemin in sorties.rglob("*") if chemin.is_file()} == {
        "a.csv": b"3",
        "sous/b.csv": b"2",
        "palettes.pdf": b"pdf",
    }
    assert [chemin.name for chemin in tmp_path.iterdir()] == ["sorties"]


def test_deposer_remplace_en_entier_les_sous_dossiers_qu_on_lui_dit(tmp_path: Path) -> None:
    sorties = tmp_path / "sorties"
    deposer(sorties, {"a.csv": b"1", "producteurs/moulin.pdf": b"2", "producteurs/sous/b.txt": b"3", "autres/c.csv": b"4"}, ("producteurs",))
    deposer(sorties, {"a.csv": b"5", "producteurs/verger.pdf": b"6"}, remplaces=("producteurs", "absent"))
    assert {chemin.relative_to(sorties).as_posix() for chemin in sorties.rglob("*") if chemin.is_file()} == {
        "a.csv",
        "producteurs/verger.pdf",
        "autres/c.csv",
    }
    deposer(sorties, {}, remplaces=("producteurs",))
    assert sorted(chemin.name for chemin in sorties.iterdir()) == ["a.csv", "autres"]


def test_un_sous_dossier_remplace_qui_est_un_lien_n_est_pas_suivi(tmp_path: Path) -> None:
    ailleurs, sorties = tmp_path / "ailleurs", tmp_path / "sorties"
    ailleurs.mkdir()
    sorties.mkdir()
    (ailleurs / "precieux.txt").write_text("à garder", encoding="utf-8")
    (sorties / "producteurs").symlink_to(ailleurs)
    deposer(sorties, {"producteurs/moulin.pdf": b"pdf"}, remplaces=("producteurs",))
    assert [chemin.name for chemin in ailleurs.iterdir()] == ["precieux.txt"]
    assert (sorties / "producteurs/moulin.pdf").read_bytes() == b"pdf"
    assert not (sorties / "producteurs").is_symlink()


def test_un_disque_plein_garde_aussi_les_sous_dossiers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sorties = tmp_path / "sorties"
    deposer(sorties, {"producteurs/moulin.pdf": b"vieux"})

    def plein(_descripteur: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", plein)
    with pytest.raises(OSError, match="No space"):
        deposer(sorties, {"producteurs/verger.pdf": b"neuf"}, remplaces=("producteurs",))
    assert [chemin.name for chemin in (sorties / "producteurs").iterdir()] == ["moulin.pdf"]


@pytest.mark.parametrize(
    ("avant", "apres"),
    [
        ({"sorties": "vieux", ".sorties-en-cours": "moitié"}, "vieux"),
        ({"sorties": "vieux", ".sorties-pret": "neuf"}, "neuf"),
        ({".sorties-avant": "vieux", ".sorties-pret": "neuf"}, "neuf"),
        ({".sorties-avant": "vieux"}, "vieux"),
        ({"sorties": "neuf", ".sorties-avant": "vieux"}, "neuf"),
    ],
)
def test_reprendre_apres_une_coupure(tmp_path: Path, avant: dict[str, str], apres: str) -> None:
    for dossier, contenu in avant.items():
        (tmp_path / dossier).mkdir()
        (tmp_path / dossier / "a.csv").write_text(contenu, encoding="utf-8")
    reprendre(tmp_path / "sorties")
    assert (tmp_path / "sorties/a.csv").read_text(encoding="utf-8") == apres
    deposer(tmp_path / "sorties", {"b.csv": b""})
    assert [chemin.name for chemin in tmp_path.iterdir()] == ["sorties"]


def test_disque_plein(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sorties = tmp_path / "sorties"
    deposer(sorties, {"a.csv": b"vieux"})

    def plein(_descripteur: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", plein)
    with pytest.raises(OSError, match="No space"):
        deposer(sorties, {"a.csv": b"neuf"})
    assert (sorties / "a.csv").read_bytes() == b"vieux"
    assert [chemin.name for chemin in tmp_path.iterdir()] == ["sorties"]


def test_verrou(tmp_path: Path) -> None:
    with verrouiller(tmp_path), pytest.raises(Occupe, match=str(os.getpid())), verrouiller(tmp_path):
        pytest.fail("deux à la fois")
    with verrouiller(tmp_path):
        pass


def reseau(tmp_path: Path) -> Path:
    racine = shutil.copytree(MINI_RESEAU, tmp_path / "depot")
    bons = racine / "prive/2026-12/les-tilleuls/bons"
    bons.mkdir(parents=True)
    for rang in range(30):
        (bons / f"{rang}.csv").write_text(f"cellule;produit;quantite\nA-{rang};farine-t65;{rang % 9 + 1}\n", encoding="utf-8")
    return racine


def commande(racine: Path) -> list[str]:
    return [sys.executable, "-m", "cabas", "fusionner", "2026-12", "--depot", str(racine), "--format", "json"]


def etat(sorties: Path) -> dict[str, bytes]:
    return {chemin.relative_to(sorties).as_posix(): chemin.read_bytes() for chemin in sorties.rglob("*") if chemin.is_file()}


@pytest.mark.skipif(os.name == "nt", reason="kill -9 n’existe pas ici")
def test_tue_a_n_importe_quel_moment(tmp_path: Path) -> None:
    racine = reseau(tmp_path)
    sorties = racine / "prive/2026-12/sorties"
    subprocess.run(commande(racine), check=True, capture_output=True)
    vieux = etat(sorties)
    bons = racine / "prive/2026-12/les-tilleuls/bons"
    (bons / "neuf.csv").write_text("cellule;produit;quantite\nZ-1;jus-de-pomme;7\n", encoding="utf-8")
    for attente in (0.05, 0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7):
        processus = subprocess.Popen(commande(racine), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(attente)
        processus.send_signal(signal.SIGKILL)
        processus.wait()
        reprendre(sorties)
        present = etat(sorties)
        neuf = set(present) - {"difference.csv"} == set(vieux)
        assert present == vieux or (neuf and b"Z-1" in present["journal.csv"] and b"Z-1" in present["lignes.csv"])
    subprocess.run(commande(racine), check=True, capture_output=True)
    assert b"Z-1" in etat(sorties)["journal.csv"]


def test_deux_fusions_a_la_fois(tmp_path: Path) -> None:
    racine = reseau(tmp_path)
    processus = [subprocess.Popen(commande(racine), stdout=subprocess.PIPE) for _ in range(4)]
    codes = [lance.wait() for lance in processus]
    for lance in processus:
        assert lance.stdout is not None
        lance.stdout.close()
    assert 0 in codes
    assert set(codes) <= {0, 2}
    subprocess.run(commande(racine), check=True, capture_output=True)
    assert etat(racine / "prive/2026-12/sorties")["journal.csv"].count(b"retenue") == 30
