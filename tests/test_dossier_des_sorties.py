"""Le dossier des sorties quand il n'est pas comme d'habitude : un lien, un fichier, une coupure, un dépôt git ; et ce que l'on en dit."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_menaces import BON, Sortie

from cabas.cli import principal
from cabas.cli.prive_a_l_abri import exposition
from cabas.constats import raison

LIENS = pytest.mark.skipif(os.name == "nt", reason="ni lien ni tube ici")


@pytest.fixture
def bons(mini_depot: Path) -> Path:
    dossier = mini_depot / "prive/2026-12/les-tilleuls/bons"
    dossier.mkdir(parents=True)
    (dossier / "a.csv").write_text(BON, encoding="utf-8")
    return dossier


@LIENS
@pytest.mark.parametrize("options", [(), ("--provisoire",)])
def test_des_sorties_qui_sont_un_lien_sont_suivies(bons: Path, mini_depot: Path, options: tuple[str, ...], tmp_path: Path) -> None:
    ailleurs, lien = tmp_path / "ailleurs", mini_depot / "prive/2026-12/sorties"
    lien = lien / "provisoire" if options else lien
    ailleurs.mkdir()
    lien.parent.mkdir(exist_ok=True)
    lien.symlink_to(ailleurs)
    for rang in range(3):
        (bons / f"{rang}.csv").write_text(BON.replace("A-1", f"X-{rang}"), encoding="utf-8")
        instant = "2026-12-05T18:00" if options else "2026-12-09T12:00"
        commande = ["fusionner", "2026-12", "--depot", str(mini_depot), "--sans-classeur", "--sans-producteurs", "--maintenant", instant]
        assert principal([*commande, *options]) == 0
        assert lien.is_symlink()
        assert (ailleurs / "lignes.csv").read_text(encoding="utf-8-sig").count(";X-") == rang + 1
    assert (ailleurs / "difference.csv").exists()
    restes = [chemin.name for chemin in (*lien.parent.iterdir(), *tmp_path.iterdir()) if chemin.name.startswith(".")]
    assert sorted(restes) == [".ailleurs-precedente", *([] if options else [".verrou"])]


@LIENS
@pytest.mark.parametrize("nature", ["fichier", "tube", "lien vers un fichier", "lien qui tourne"])
def test_un_fichier_a_la_place_des_sorties_se_dit_et_reste(
    bons: Path, mini_depot: Path, nature: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = mini_depot / "prive/2026-12/sorties"
    (tmp_path / "notes.txt").write_text("à garder", encoding="utf-8")
    if nature == "fichier":
        place.write_text("à garder", encoding="utf-8")
    elif nature == "tube":
        os.mkfifo(place)
    else:
        place.symlink_to(tmp_path / "notes.txt" if "fichier" in nature else place)
    avant = place.lstat()
    commande = ["fusionner", "2026-12", "--depot", str(mini_depot), "--format", "json", "--sans-classeur", "--sans-producteurs"]
    if nature == "tube":  # à part : un tube que l'on ouvrirait ferait attendre sans fin
        principale = [sys.executable, "-m", "cabas", *commande, "--maintenant", "2026-12-09T12:00"]
        dit = json.loads(subprocess.run(principale, capture_output=True, timeout=60, check=False).stdout)
    else:
        for _fois in range(2):
            assert principal(commande) == 2
            dit = json.loads(capsys.readouterr().out)
    assert dit["code"] == 2
    assert [(un["code"], "ce n’est pas un dossier" in un["message"]) for un in dit["constats"]] == [("ecriture-impossible", True)]
    assert "Renommer" in dit["constats"][0]["remede"]
    apres = place.lstat()
    assert (apres.st_ino, apres.st_mode, apres.st_mtime_ns) == (avant.st_ino, avant.st_mode, avant.st_mtime_ns)


@LIENS
@pytest.mark.parametrize("reste", [".sorties-avant", ".sorties-en-cours"])
def test_un_reste_qui_est_un_lien_ou_un_tube_n_arrete_rien(
    bons: Path, mini_depot: Path, reste: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Sortie(mini_depot, capsys).code == 0
    (tmp_path / "precieux").mkdir()
    (tmp_path / "precieux/a.txt").write_text("à garder", encoding="utf-8")
    chemin = mini_depot / "prive/2026-12" / reste
    for poser in (lambda: chemin.symlink_to(tmp_path / "precieux"), lambda: os.mkfifo(chemin)):
        poser()
        (bons / "b.csv").write_text(BON.replace("A-1", f"B-{poser.__code__.co_firstlineno}"), encoding="utf-8")
        assert Sortie(mini_depot, capsys).code == 0
        assert not os.path.lexists(chemin)
    assert (tmp_path / "precieux/a.txt").exists()


def test_un_reste_que_l_on_ne_peut_pas_oter_se_nomme(
    bons: Path, mini_depot: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (mini_depot / "prive/2026-12/.sorties-en-cours/sous").mkdir(parents=True)
    oter = shutil.rmtree

    def refuser(chemin: Path, *, ignore_errors: bool = False) -> None:
        if not str(chemin).endswith("-en-cours"):
            oter(chemin, ignore_errors=ignore_errors)
        elif not ignore_errors:
            raise PermissionError(errno.EACCES, "Permission denied", "sous")

    monkeypatch.setattr(shutil, "rmtree", refuser)
    sortie = Sortie(mini_depot, capsys)
    assert (sortie.code, sortie.codes) == (2, ["ecriture-impossible"])
    assert "(droits insuffisants : .sorties-en-cours)" in sortie.constats[0]["message"]


@pytest.mark.parametrize("numero", [errno.EEXIST, errno.ENOTEMPTY, errno.EXDEV, errno.ELOOP, errno.ENAMETOOLONG, errno.EMFILE, errno.ENOMEM])
def test_une_faute_ordinaire_du_systeme_se_dit_en_mots(numero: int) -> None:
    assert "du système" not in raison(OSError(numero, os.strerror(numero)))


@pytest.mark.parametrize("dossier", ["sorties", ".sorties-precedente"])
def test_une_coupure_ne_fait_rien_oublier(
    bons: Path, mini_depot: Path, dossier: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """L'ancien est déjà à côté, le nouveau n'est pas encore là : la fusion suivante compare quand même à la bonne."""
    lancer = lambda heure: Sortie(mini_depot, capsys, "--maintenant", f"2026-12-09T{heure}")  # noqa: E731
    lancer("12:00")
    (bons / "b.csv").write_text(BON.replace("A-1", "B-1"), encoding="utf-8")
    lancer("13:00")
    (bons / "c.csv").write_text(BON.replace("A-1", "C-1"), encoding="utf-8")
    renommer, place = Path.rename, mini_depot / "prive/2026-12" / dossier

    def couper(chemin: Path, cible: Path) -> Path:
        if cible == place:
            raise KeyboardInterrupt
        return renommer(chemin, cible)

    monkeypatch.setattr(Path, "rename", couper)
    monkeypatch.setattr("cabas.cli.KeyboardInterrupt", ZeroDivisionError, raising=False)  # comme un `kill` : rien n'est rattrapé
    with pytest.raises(KeyboardInterrupt):
        lancer("14:00")
    monkeypatch.undo()
    capsys.readouterr()
    assert not place.exists()
    (bons / "d.csv").write_text(BON.replace("A-1", "D-1"), encoding="utf-8")
    sortie = lancer("15:00")
    assert json.loads(sortie.dit)["difference"]["bons"] == (1 if dossier == "sorties" else 2)
    principal(["fusionner", "2026-12", "--depot", str(mini_depot), "--maintenant", "2026-12-09T15:00", "--sans-classeur"])
    assert "Depuis la fusion de 1" in capsys.readouterr().out


def test_une_table_videe_n_est_pas_une_fusion_sans_bon(bons: Path, mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Sortie(mini_depot, capsys)
    for nom in ("lignes.csv", "recap-produits.csv"):
        (mini_depot / "prive/2026-12/sorties" / nom).write_bytes(b"")
        sortie = Sortie(mini_depot, capsys)
        assert sortie.codes == ["difference-impossible"], nom
        assert "difference" not in json.loads(sortie.dit)


@LIENS
def test_un_dossier_de_groupement_qui_est_un_lien_est_suivi(bons: Path, mini_depot: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bons.parent.rename(tmp_path / "partage")
    bons.parent.symlink_to(tmp_path / "partage")
    sortie = Sortie(mini_depot, capsys)
    assert (sortie.code, sortie.codes, sortie.bilan["retenues"]) == (0, [], 1)


@LIENS
@pytest.mark.parametrize(("cible", "dit"), [("les-tilleuls", "déjà lu"), ("nulle-part", "ne mène pas à un dossier"), (".", "déjà lu")])
def test_un_lien_qui_ne_mene_a_rien_de_neuf_se_dit(bons: Path, mini_depot: Path, cible: str, dit: str, capsys: pytest.CaptureFixture[str]) -> None:
    lien = mini_depot / "prive/2026-12/la-remise"
    lien.symlink_to(cible)
    sortie = Sortie(mini_depot, capsys)
    assert (sortie.codes, sortie.bilan["lues"]) == (["fichier-hors-bons"], 1)
    assert dit in sortie.constats[0]["message"]
    assert sortie.bilan["ignores"] == {"2026-12/la-remise": "lien"}


def test_une_fiche_fausse_n_est_pas_une_commande_inconnue(
    bons: Path, mini_depot: Path, modifier: Callable[[str, str, str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    modifier("catalogue/commandes/2026-12.yaml", "cloture: 2026-12-07T20:00", "cloture: 2026-10-25T02:30")
    sortie = Sortie(mini_depot, capsys)
    assert (sortie.code, sortie.codes) == (2, ["instant-ambigu"])


def git(dossier: Path, *mots: str) -> None:
    subprocess.run(["git", "-C", str(dossier), "-c", "user.name=Essai", "-c", "user.email=essai@exemple.org", *mots], check=True, capture_output=True)


@pytest.fixture
def ailleurs(bons: Path, mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[Path], dict[str, Any]]:
    """Fusionne avec le dossier privé déplacé là où l'on dit."""

    def fusionner(prive: Path) -> dict[str, Any]:
        (mini_depot / "prive").rename(prive)
        commande = ["fusionner", "2026-12", "--depot", str(mini_depot), "--prive", str(prive), "--sans-classeur", "--sans-producteurs"]
        principal([*commande, "--format", "json"])
        return dict(json.loads(capsys.readouterr().out))

    return fusionner


@pytest.mark.parametrize(
    ("regle", "code", "gravites"),
    [("", 2, ["erreur"]), ("/mes-bons/", 0, []), ("mes-bons", 0, []), ("*.csv\n*.xlsx", 2, ["erreur"]), ("mes-bons/2026-12/sorties/", 2, ["erreur"])],
)
def test_un_dossier_prive_dans_le_depot_doit_etre_ignore(
    mini_depot: Path, ailleurs: Callable[[Path], dict[str, Any]], regle: str, code: int, gravites: list[str]
) -> None:
    (mini_depot / ".gitignore").write_text(f"prive/\n{regle}\n", encoding="utf-8")
    git(mini_depot, "init", "-q")
    dit = ailleurs(mini_depot / "mes-bons")
    assert dit["code"] == code
    assert [un["gravite"] for un in dit["constats"] if un["code"] == "prive-expose"] == gravites
    assert (mini_depot / "mes-bons/2026-12/sorties").exists() == (not gravites)
    if gravites:
        assert "/mes-bons/" in dit["constats"][0]["remede"]


def test_la_regle_proposee_vaut_pour_ce_dossier_la(tmp_path: Path, mini_depot: Path, ailleurs: Callable[[Path], dict[str, Any]]) -> None:
    """Un nom à crochets se recopie tel que git le comprend ; et l'on ne propose jamais d'ignorer tout le dépôt."""
    git(mini_depot, "init", "-q")
    remede = ailleurs(mini_depot / "bons[1]")["constats"][0]["remede"]
    assert r"/bons\[1\]/" in remede
    (mini_depot / ".gitignore").write_text("/bons\\[1\\]/\n", encoding="utf-8")
    (mini_depot / "bons[1]").rename(mini_depot / "prive")
    assert ailleurs(mini_depot / "bons[1]")["code"] == 0
    assert [un.remede for un in exposition(mini_depot, mini_depot, ".", "2026-12")] == ["Le sortir du dépôt."]


@pytest.mark.parametrize("depot", [True, False])
def test_dans_un_autre_depot_on_avertit_et_hors_de_git_on_ne_dit_rien(
    tmp_path: Path, mini_depot: Path, ailleurs: Callable[[Path], dict[str, Any]], depot: bool
) -> None:
    git(mini_depot, "init", "-q")
    (tmp_path / "autre").mkdir()
    if depot:
        git(tmp_path / "autre", "init", "-q")
    dit = ailleurs(tmp_path / "autre/mes-bons")
    exposes = [(un["gravite"], un["fichier"].rpartition("/")[2]) for un in dit["constats"] if un["code"] == "prive-expose"]
    assert (dit["code"], exposes) == (0, [("avertissement", "mes-bons")] if depot else [])
    assert (tmp_path / "autre/mes-bons/2026-12/sorties").exists()


def test_le_dossier_prive_habituel_ne_demande_rien_a_git(bons: Path, mini_depot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cabas.historique.ignores", lambda *_: pytest.fail("une question de trop"))
    monkeypatch.setattr("cabas.historique.depot_de", lambda *_: pytest.fail("une question de trop"))
    git(mini_depot, "init", "-q")
    assert principal(["fusionner", "2026-12", "--depot", str(mini_depot), "--sans-classeur", "--format", "json"]) == 0


def test_le_json_dit_ce_que_l_on_paie(bons: Path, mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dit = json.loads(Sortie(mini_depot, capsys).dit)
    assert (dit["a_payer"], dit["a_recevoir"]) == ("2,80", "2,52")
    dit = json.loads(Sortie(mini_depot, capsys, "--groupement", "les-tilleuls").dit)
    assert (dit["a_payer"], dit["a_recevoir"]) == (None, "2,52")
