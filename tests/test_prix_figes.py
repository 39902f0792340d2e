"""Les prix figés : une commande ouverte garde les prix de son ouverture, quoi que devienne le catalogue ensuite."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import MINI_RESEAU, PAQUET

from cabas.cli import principal
from cabas.constats import Refus
from cabas.historique import Revision, fiches_a, modifiees, revision
from cabas.lecture.depot import charger
from cabas.lecture.origines import CatalogueFige
from cabas.lecture.une_ligne import ajouter_ligne, oter_ligne

COMMANDE = "catalogue/commandes/2026-12.yaml"
FARINE = "catalogue/produits/farine-t65.yaml"
BON = "cellule;produit;quantite\nA-1;farine-t65;2,5\nA-1;comte-12-mois;0,75\nB-2;oeufs-plein-air;12\nB-2;farine-t65;1\n"
MINUTES = itertools.count()


def git(racine: Path, *arguments: str) -> str:
    date = f"{1_795_000_000 + 60 * next(MINUTES)} +0100"
    env = {**os.environ, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    identite = ("-c", "user.name=Essai", "-c", "user.email=essai@exemple.org", "-c", "init.defaultBranch=main")
    fini = subprocess.run(["git", *identite, *arguments], cwd=racine, env=env, capture_output=True, text=True, check=True)
    return fini.stdout.strip()


def enregistrer(racine: Path, message: str) -> str:
    git(racine, "add", "--all")
    git(racine, "commit", "--quiet", "--message", message)
    return git(racine, "rev-parse", "HEAD")


def changer(racine: Path, chemin: str, avant: str, apres: str) -> None:
    texte = (racine / chemin).read_text(encoding="utf-8")
    assert avant in texte
    (racine / chemin).write_text(texte.replace(avant, apres, 1), encoding="utf-8")


def renseigner(racine: Path, revision: str) -> None:
    fiche = racine / COMMANDE
    fiche.write_text(fiche.read_text(encoding="utf-8") + f"catalogue: {revision}\n", encoding="utf-8")


def deposer(racine: Path) -> None:
    dossier = racine / "prive/2026-12/les-tilleuls/bons"
    dossier.mkdir(parents=True, exist_ok=True)
    (dossier / "a.csv").write_text(BON, encoding="utf-8")


@pytest.fixture
def depot(tmp_path: Path) -> Path:
    """Le réseau miniature, enregistré dans un git neuf, avec des bons reçus."""
    racine = shutil.copytree(MINI_RESEAU, tmp_path / "reseau")
    (racine / ".gitignore").write_text("prive/\n.build/\n", encoding="utf-8")
    git(racine, "init", "--quiet")
    enregistrer(racine, "Fiches")
    deposer(racine)
    return racine


@pytest.fixture
def cabas(capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, Any]]:
    """Lance cabas, rend sa sortie JSON, dont le code."""

    def lancer(racine: Path, *arguments: str) -> dict[str, Any]:
        capsys.readouterr()
        code = principal([*arguments, "--depot", str(racine), "--format", "json", "--trace"])
        sortie: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert sortie["code"] == code
        return sortie

    return lancer


def bilan(racine: Path) -> dict[str, Any]:
    contenu: dict[str, Any] = json.loads((racine / "prive/2026-12/sorties/bilan.json").read_text(encoding="utf-8"))
    return contenu


def sorties(racine: Path) -> dict[str, bytes]:
    dossier = racine / "prive/2026-12/sorties"
    return {chemin.relative_to(dossier).as_posix(): chemin.read_bytes() for chemin in sorted(dossier.rglob("*")) if chemin.is_file()}


def codes(sortie: dict[str, Any]) -> set[str]:
    return {constat["code"] for constat in sortie["constats"]}


def test_une_fusion_figee_retrouve_le_total_d_origine(depot: Path, cabas: Callable[..., dict[str, Any]]) -> None:
    origine = git(depot, "rev-parse", "HEAD")
    assert cabas(depot, "fusionner", "2026-12")["prix_changes"] == []
    avant, compte = sorties(depot), bilan(depot)
    assert (compte["revision"], compte["catalogue_fige"]) == (origine[:12], False)
    git(depot, "tag", "commande-2026-12")
    renseigner(depot, "commande-2026-12")
    changer(depot, FARINE, "prix: 1.40", "prix: 1.95")
    changer(depot, FARINE, "pas: 0.5", "pas: 2")
    changer(depot, "catalogue/producteurs/moulin-des-sorbiers.md", "nom: ", "nom: Grand ")
    (depot / "catalogue/produits/comte-12-mois.yaml").unlink()
    enregistrer(depot, "Nouveaux prix")
    sortie = cabas(depot, "fusionner", "2026-12")
    assert (sortie["code"], codes(sortie) - {"aucun-bon"}) == (0, {"prix-change"})
    apres, compte_fige = sorties(depot), bilan(depot)
    assert compte_fige == {**compte, "catalogue_fige": True}
    assert {nom: octets for nom, octets in apres.items() if nom != "bilan.json"} == {
        nom: octets for nom, octets in avant.items() if nom != "bilan.json"
    }
    cabas(depot, "fusionner", "2026-12")
    assert sorties(depot) == apres


def test_ce_qui_a_change_de_prix_est_liste(
    depot: Path, cabas: Callable[..., dict[str, Any]], capsys: pytest.CaptureFixture[str], instantane: Any
) -> None:
    renseigner(depot, git(depot, "rev-parse", "HEAD"))
    changer(depot, FARINE, "prix: 1.40", "prix: 1.955")
    changer(depot, "catalogue/produits/jus-de-pomme.yaml", "prix: 2.35", "prix: 2.2")
    enregistrer(depot, "Nouveaux prix")
    changes = cabas(depot, "fusionner", "2026-12")["prix_changes"]
    assert [(un["produit"], un["ancien"], un["nouveau"], un["unite"], un["cellules"]) for un in changes] == [
        ("farine-t65", "1.40", "1.955", "kg", 2),
        ("jus-de-pomme", "2.35", "2.2", "piece", 0),
    ]
    assert changes[0]["touchees"] == [{"groupement": "les-tilleuls", "cellule": cellule} for cellule in ("A-1", "B-2")]
    principal(["fusionner", "2026-12", "--depot", str(depot)])
    lignes = capsys.readouterr().out.split("\n")
    instantane("\n".join(f"{ligne}\n{suite}" for ligne, suite in itertools.pairwise(lignes) if "[prix-change]" in ligne))


def test_la_fenetre_les_limites_et_les_groupements_sont_ceux_d_aujourd_hui(depot: Path, cabas: Callable[..., dict[str, Any]]) -> None:
    git(depot, "tag", "ouverture")
    renseigner(depot, "ouverture")
    changer(depot, COMMANDE, "produits: tous\n", "produits: tous\nlimites:\n  farine-t65: {maximum: 2}\n")
    changer(depot, COMMANDE, "cloture: 2026-12-07T20:00", "cloture: 2026-12-09T20:00")
    changer(depot, "groupements/les-tilleuls.md", "coefficient: 0.9", "coefficient: 2")
    enregistrer(depot, "Dates corrigées")
    sortie = cabas(depot, "fusionner", "2026-12")
    assert "quantite-plafonnee" in codes(sortie)
    lignes = (depot / "prive/2026-12/sorties/lignes.csv").read_text(encoding="utf-8-sig").splitlines()
    assert any(";farine-t65;2;0;2;2,80;5,60" in ligne for ligne in lignes), lignes


def test_un_arbre_modifie_se_dit_dans_le_bilan(depot: Path, cabas: Callable[..., dict[str, Any]]) -> None:
    commit = git(depot, "rev-parse", "HEAD")[:12]
    renseigner(depot, commit)
    cabas(depot, "fusionner", "2026-12")
    assert bilan(depot)["revision"] == f"{commit}+modifications"  # la fiche de la commande n'est pas enregistrée
    enregistrer(depot, "Ouverture")
    changer(depot, FARINE, "prix: 1.40", "prix: 1.95")
    cabas(depot, "fusionner", "2026-12")
    assert bilan(depot)["revision"] == commit  # un prix d'aujourd'hui, même non enregistré, n'y entre pas
    changer(depot, "groupements/les-tilleuls.md", "coefficient: 0.9", "coefficient: 2")
    cabas(depot, "fusionner", "2026-12")
    assert bilan(depot)["revision"] == f"{commit}+modifications"


def ouvrir_puis_creer_le_miel(depot: Path, cabas: Callable[..., dict[str, Any]]) -> None:
    """La commande ouvre ; la fiche du miel naît après."""
    assert cabas(depot, "ouvrir", "2026-12")["code"] == 0
    farine = (depot / FARINE).read_text(encoding="utf-8")
    (depot / "catalogue/produits/miel.yaml").write_text(farine.replace("Farine de blé T65", "Miel"), encoding="utf-8")
    enregistrer(depot, "Du miel")


@pytest.mark.parametrize(
    "apres",
    ["produits: tous\nlimites:\n  miel: {total: 5}", "produits: [farine-t65, miel]", "produits: tous\nsauf: [miel]"],
    ids=["limites", "produits", "sauf"],
)
def test_une_fiche_nee_apres_l_ouverture(depot: Path, cabas: Callable[..., dict[str, Any]], apres: str) -> None:
    """Verifier et fusionner disent la même chose, et ne demandent pas de créer une fiche qui existe."""
    ouvrir_puis_creer_le_miel(depot, cabas)
    changer(depot, COMMANDE, "produits: tous", apres)
    for verbe, code in ((("verifier", "--maintenant", "2026-12-02T10:00"), 1), (("fusionner", "2026-12"), 2)):
        sortie = cabas(depot, *verbe)
        assert sortie["code"] == code
        (constat,) = [un for un in sortie["constats"] if un["code"] == "produit-inconnu"]
        assert (constat["fichier"], "à l’ouverture (commande-2026-12)" in constat["message"]) == (COMMANDE, True), constat
        assert "créer" not in constat["remede"]
        assert "cabas ouvrir 2026-12 --annuler" in constat["remede"]


def test_une_faute_de_frappe_reste_une_faute_de_frappe(depot: Path, cabas: Callable[..., dict[str, Any]]) -> None:
    ouvrir_puis_creer_le_miel(depot, cabas)
    changer(depot, COMMANDE, "produits: tous", "produits: [farine-t65, mielle]\nlimites:\n  myel: {total: 5}")
    dits = [un for un in cabas(depot, "fusionner", "2026-12")["constats"] if un["code"] == "produit-inconnu"]
    assert len(dits) == 2
    assert not any("ouverture" in un["message"] for un in dits)


def test_un_bon_qui_demande_un_produit_ne_apres_l_ouverture(depot: Path, cabas: Callable[..., dict[str, Any]]) -> None:
    ouvrir_puis_creer_le_miel(depot, cabas)
    (depot / "prive/2026-12/les-tilleuls/bons/b.csv").write_text("cellule;produit;quantite\nC-3;miel;1\n", encoding="utf-8")
    sortie = cabas(depot, "fusionner", "2026-12")
    (constat,) = [un for un in sortie["constats"] if un["code"] == "produit-inconnu"]
    assert "à l’ouverture (commande-2026-12)" in constat["message"]


def test_verifier_juge_une_commande_ouverte_avec_ses_fiches(depot: Path, cabas: Callable[..., dict[str, Any]]) -> None:
    """Le pas a changé, puis la productrice est partie : la commande garde ses fiches, il n’y a rien à corriger."""
    changer(depot, COMMANDE, "produits: tous", "produits: {producteurs: [moulin-des-sorbiers]}\nlimites:\n  farine-t65: {total: 5.5}")
    enregistrer(depot, "La commande du moulin")
    assert cabas(depot, "ouvrir", "2026-12")["code"] == 0
    enregistrer(depot, "Ouverture")
    verifier = ("verifier", "--maintenant", "2026-12-02T10:00")
    changer(depot, FARINE, "pas: 0.5", "pas: 1")
    assert codes(cabas(depot, *verifier)) == set()
    for chemin in (depot / "catalogue/produits").iterdir():
        if "producteur: moulin-des-sorbiers" in chemin.read_text(encoding="utf-8"):
            chemin.unlink()
    (depot / "catalogue/producteurs/moulin-des-sorbiers.md").unlink()
    assert codes(cabas(depot, *verifier)) == set()
    (depot / "prive/2026-12/les-tilleuls/bons/a.csv").write_text("cellule;produit;quantite\nA-1;farine-t65;2,5\n", encoding="utf-8")
    assert cabas(depot, "fusionner", "2026-12")["code"] == 0
    shutil.rmtree(depot / ".git")  # la révision ne se retrouve plus : on juge avec ce que l'on a
    assert codes(cabas(depot, *verifier)) == {"produit-inconnu", "commande-vide"}


@pytest.mark.parametrize("revision", ["commande-2025-01", "0123456789abcdef0123456789abcdef01234567", "--help", "HEAD:catalogue", "deux mots", "été"])
def test_revision_inconnue(depot: Path, cabas: Callable[..., dict[str, Any]], revision: str) -> None:
    renseigner(depot, revision)
    sortie = cabas(depot, "fusionner", "2026-12")
    assert (sortie["code"], codes(sortie)) == (2, {"revision-introuvable"})
    (constat,) = sortie["constats"]
    assert constat["fichier"] == COMMANDE
    assert constat["ligne"] == 17
    assert "git fetch --tags" in constat["remede"]
    assert not (depot / "prive/2026-12/sorties").exists()


def test_clone_superficiel(depot: Path, tmp_path: Path, cabas: Callable[..., dict[str, Any]]) -> None:
    renseigner(depot, git(depot, "rev-parse", "HEAD"))
    changer(depot, FARINE, "prix: 1.40", "prix: 1.95")
    enregistrer(depot, "Ouverture")
    git(tmp_path, "clone", "--quiet", "--depth", "1", depot.as_uri(), "copie")
    copie = tmp_path / "copie"
    deposer(copie)
    sortie = cabas(copie, "fusionner", "2026-12")
    assert (sortie["code"], codes(sortie)) == (2, {"revision-introuvable"})
    assert "git fetch --unshallow --tags" in sortie["constats"][0]["remede"]
    git(copie, "fetch", "--quiet", "--unshallow", "--tags")
    assert cabas(copie, "fusionner", "2026-12")["code"] == 0


def test_depot_sans_git(depot: Path, cabas: Callable[..., dict[str, Any]]) -> None:
    shutil.rmtree(depot / ".git")
    assert cabas(depot, "fusionner", "2026-12")["code"] == 0
    assert (bilan(depot)["revision"], bilan(depot)["catalogue_fige"]) == ("sans-git", False)
    shutil.rmtree(depot / "prive/2026-12/sorties")
    renseigner(depot, "commande-2026-12")
    sortie = cabas(depot, "fusionner", "2026-12")
    assert (sortie["code"], codes(sortie)) == (2, {"sans-git"})
    assert "git clone" in sortie["constats"][0]["remede"]
    assert not (depot / "prive/2026-12/sorties").exists()


def test_git_absent(depot: Path, tmp_path: Path) -> None:
    vide = tmp_path / "vide"
    vide.mkdir()
    env = {**os.environ, "PATH": str(vide), "PYTHONPATH": str(PAQUET.parent)}

    def lancer(verbe: str) -> dict[str, Any]:
        commande = [sys.executable, "-m", "cabas", verbe, "2026-12", "--depot", str(depot), "--format", "json"]
        fini = subprocess.run(commande, env=env, capture_output=True, text=True, encoding="utf-8", check=False)
        sortie: dict[str, Any] = json.loads(fini.stdout)
        return sortie

    assert lancer("fusionner")["code"] == 0
    assert codes(lancer("ouvrir")) == {"sans-git"}
    renseigner(depot, "HEAD")
    sortie = lancer("fusionner")
    assert (sortie["code"], codes(sortie)) == (2, {"sans-git"})
    assert "installé" in sortie["constats"][0]["message"]


def test_une_fiche_fausse_dans_la_revision_figee(depot: Path, cabas: Callable[..., dict[str, Any]]) -> None:
    changer(depot, FARINE, "prix: 1.40", "prix: cher")
    renseigner(depot, enregistrer(depot, "Une faute"))
    changer(depot, FARINE, "prix: cher", "prix: 1.40")
    sortie = cabas(depot, "fusionner", "2026-12")
    assert (sortie["code"], codes(sortie)) == (2, {"type-inattendu"})
    assert sortie["constats"][0]["fichier"].endswith(f":{FARINE}")
    assert "--annuler" in sortie["constats"][0]["remede"]


def test_une_fiche_fausse_aujourd_hui_ne_gene_pas_une_commande_figee(depot: Path, cabas: Callable[..., dict[str, Any]]) -> None:
    renseigner(depot, "HEAD")
    enregistrer(depot, "Ouverture")
    changer(depot, FARINE, "prix: 1.40", "prix: cher")
    assert cabas(depot, "fusionner", "2026-12")["code"] == 0


@pytest.mark.parametrize(("revision", "bouge"), [("main", True), ("HEAD", True), ("main~0", True), ("v1", False), ("tags/v1", False), ("", False)])
def test_une_branche_ne_fige_rien_et_on_le_dit(depot: Path, cabas: Callable[..., dict[str, Any]], revision: str, bouge: bool) -> None:
    git(depot, "tag", "--annotate", "--message", "Ouverture", "v1")
    renseigner(depot, revision or git(depot, "rev-parse", "--short", "HEAD"))
    sortie = cabas(depot, "fusionner", "2026-12")
    assert (sortie["code"], "revision-mouvante" in codes(sortie)) == (0, bouge)


def test_les_fiches_d_une_revision_sont_celles_du_disque(depot: Path) -> None:
    passees = fiches_a(depot, "HEAD")
    assert not isinstance(passees, Refus)
    assert passees[FARINE] == (depot / FARINE).read_bytes()
    assert charger(CatalogueFige(depot, passees)) == charger(depot)


def test_un_lien_et_un_fichier_geant_dans_la_revision_se_disent(depot: Path) -> None:
    (depot / "catalogue/produits/lien.yaml").symlink_to("farine-t65.yaml")
    (depot / "catalogue/produits/geant.yaml").write_text("#" * 1_000_001, encoding="utf-8")
    (depot / "catalogue/produits/dossier.yaml").mkdir()
    (depot / "catalogue/produits/dossier.yaml/x").touch()
    enregistrer(depot, "Des pièges")
    passees = fiches_a(depot, "HEAD")
    assert not isinstance(passees, Refus)
    constats = charger(CatalogueFige(depot, passees))[1]
    assert {(constat.emplacement.fichier.rpartition("/")[2], constat.code) for constat in constats} == {
        ("lien.yaml", "fichier-special"),
        ("geant.yaml", "fichier-trop-gros"),
        ("dossier.yaml", "fichier-special"),
    }


def test_ouvrir_fige_et_annuler_defait(depot: Path, cabas: Callable[..., dict[str, Any]]) -> None:
    commit, fiche = git(depot, "rev-parse", "HEAD"), depot / COMMANDE
    avant = fiche.read_bytes()
    sortie = cabas(depot, "ouvrir", "2026-12")
    assert (sortie["code"], sortie["catalogue"], sortie["revision"]) == (0, "commande-2026-12", commit)
    assert fiche.read_bytes() == avant + b"catalogue: commande-2026-12\n"
    assert git(depot, "rev-parse", "commande-2026-12") == git(depot, "rev-parse", "HEAD") == commit
    assert codes(cabas(depot, "ouvrir", "2026-12")) == {"deja-ouverte"}
    enregistrer(depot, "Ouverture de 2026-12")
    changer(depot, FARINE, "prix: 1.40", "prix: 1.95")
    sortie = cabas(depot, "fusionner", "2026-12")
    assert (codes(sortie) - {"aucun-bon"}, bilan(depot)["revision"]) == ({"prix-change"}, commit[:12])
    assert cabas(depot, "ouvrir", "2026-12", "--annuler")["code"] == 0
    assert fiche.read_bytes() == avant
    assert git(depot, "tag") == ""
    sortie = cabas(depot, "ouvrir", "2026-12", "--annuler")
    assert (sortie["code"], codes(sortie)) == (2, {"pas-ouverte"})


def test_annuler_sans_git_ne_demande_pas_de_taper_git(depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    renseigner(depot, "commande-2026-12")
    shutil.rmtree(depot / ".git")
    assert principal(["ouvrir", "2026-12", "--annuler", "--depot", str(depot)]) == 0
    dit = capsys.readouterr().out
    assert "git add" not in dit
    assert "refaire cette annulation dans une copie clonée par git" in dit
    assert "catalogue:" not in (depot / COMMANDE).read_text(encoding="utf-8")


def test_un_depot_range_dans_un_autre_ne_vient_pas_d_un_zip(depot: Path, tmp_path: Path, cabas: Callable[..., dict[str, Any]]) -> None:
    shutil.rmtree(depot / ".git")
    git(tmp_path, "init", "--quiet")
    (constat,) = cabas(depot, "ouvrir", "2026-12")["constats"]
    assert (constat["code"], "zip" in constat["message"], "racine" in constat["message"]) == ("sans-git", False, True)


def test_ouvrir_sans_etiquette(depot: Path, cabas: Callable[..., dict[str, Any]]) -> None:
    commit, avant = git(depot, "rev-parse", "HEAD"), (depot / COMMANDE).read_bytes()
    assert cabas(depot, "ouvrir", "2026-12", "--sans-etiquette")["code"] == 0
    assert (depot / COMMANDE).read_bytes() == avant + f"catalogue: {commit}\n".encode()
    assert git(depot, "tag") == ""
    assert cabas(depot, "ouvrir", "2026-12", "--annuler")["code"] == 0
    assert (depot / COMMANDE).read_bytes() == avant


def test_ouvrir_refuse_ce_qui_n_est_pas_enregistre(depot: Path, cabas: Callable[..., dict[str, Any]]) -> None:
    avant = (depot / COMMANDE).read_bytes()
    changer(depot, FARINE, "prix: 1.40", "prix: 1.95")
    neuve = depot / "catalogue/produits/farine-t80.yaml"
    neuve.write_text((depot / FARINE).read_text(encoding="utf-8").replace("T65", "T80"), encoding="utf-8")
    sortie = cabas(depot, "ouvrir", "2026-12")
    assert (sortie["code"], codes(sortie)) == (2, {"fiches-modifiees"})
    assert FARINE in sortie["constats"][0]["message"]
    assert "farine-t80" in sortie["constats"][0]["message"]
    assert "git commit" in sortie["constats"][0]["remede"]
    git(depot, "checkout", "--quiet", FARINE)
    with (depot / ".gitignore").open("a", encoding="utf-8") as ignores:
        ignores.write("farine-t80.yaml\n")  # git ne la voit plus, mais elle se lit sur le disque
    sortie = cabas(depot, "ouvrir", "2026-12")
    assert (codes(sortie), "farine-t80" in sortie["constats"][0]["message"]) == ({"fiches-modifiees"}, True)
    assert ((depot / COMMANDE).read_bytes(), git(depot, "tag")) == (avant, "")


def test_ouvrir_refuse_un_depot_faux_ou_une_commande_inconnue(depot: Path, cabas: Callable[..., dict[str, Any]]) -> None:
    assert codes(cabas(depot, "ouvrir", "2027-99")) == {"commande-inconnue"}
    changer(depot, FARINE, "prix: 1.40", "prix: cher")
    enregistrer(depot, "Une faute")
    sortie = cabas(depot, "ouvrir", "2026-12")
    assert (sortie["code"], codes(sortie), git(depot, "tag")) == (2, {"type-inattendu"}, "")


def test_ouvrir_quand_l_etiquette_existe(depot: Path, cabas: Callable[..., dict[str, Any]]) -> None:
    git(depot, "tag", "commande-2026-12")
    changer(depot, FARINE, "prix: 1.40", "prix: 1.95")
    enregistrer(depot, "Nouveau prix")
    assert codes(cabas(depot, "ouvrir", "2026-12")) == {"etiquette-prise"}
    git(depot, "tag", "--force", "commande-2026-12")  # une ouverture interrompue avant d'écrire la ligne : on la finit
    assert cabas(depot, "ouvrir", "2026-12")["code"] == 0


@pytest.mark.parametrize("premiere_fois", [True, False])
def test_ouvrir_sans_histoire(depot: Path, cabas: Callable[..., dict[str, Any]], premiere_fois: bool) -> None:
    shutil.rmtree(depot / ".git")
    if premiere_fois:
        git(depot, "init", "--quiet")
    sortie = cabas(depot, "ouvrir", "2026-12")
    assert (sortie["code"], codes(sortie)) == (2, {"fiches-modifiees" if premiere_fois else "sans-git"})


@pytest.mark.parametrize(
    "fiche",
    [b"titre: a\n", b"titre: a", b"titre: a\r\nnote: b\r\n", b"titre: a\r\nnote: b", b"\xef\xbb\xbftitre: a\n", b"liste:\n  - {x: 1}\n\n# fin\n",
     b"note: |\n  a\n  b\n", b"---\ntitre: a\n"],
)  # fmt: skip
def test_une_ligne_s_ajoute_et_s_ote_sans_toucher_au_reste(fiche: bytes) -> None:
    avec = ajouter_ligne(fiche, "catalogue", "commande-2026-12")
    assert isinstance(avec, bytes)
    assert avec.startswith(fiche)
    assert b"catalogue: commande-2026-12" in avec
    assert avec.count(b"\r\n") in (0, avec.count(b"\n"))
    assert oter_ligne(avec, "catalogue") == fiche


@pytest.mark.parametrize("fiche", [b"{titre: a}\n", b"titre: a\n...\n", b"  titre: a\n", b"titre: a\ncatalogue:\n", b"titre: [\n", b"\xff"])
def test_une_fiche_que_l_on_ne_sait_pas_modifier_reste_intacte(fiche: bytes) -> None:
    refus = ajouter_ligne(fiche, "catalogue", "x")
    assert isinstance(refus, Refus)
    assert "catalogue: x" in refus.remede


def test_les_bons_du_site_montrent_les_prix_figes(depot: Path) -> None:
    from datetime import datetime

    from cabas.cli.sources import lire_sources
    from cabas.publication.bons import bons
    from cabas.temps import PARIS

    avant = git(depot, "rev-parse", "HEAD")
    changer(depot, FARINE, "prix: 1.40", "prix: 9.90")
    renseigner(depot, avant)
    quand = datetime(2026, 12, 2, 12, tzinfo=PARIS)
    sources = lire_sources(depot, quand, {}, [])
    assert list(sources.figes) == ["2026-12"]
    grilles = [
        octets.decode() for figes in (sources.figes, {}) for chemin, octets in bons(sources.depot, quand, "", depot / ".build", figes).items()
        if chemin.as_posix() == "2026-12/les-tilleuls/bon.csv"
    ]  # fmt: skip
    assert ["1,26 ou 1,54 €/kg [farine-t65]" in grille for grille in grilles] == [True, False]

    shutil.rmtree(depot / ".git")
    sans_git = lire_sources(depot, quand, {}, [])
    assert sans_git.figes == {}
    assert [(constat.code, str(constat.gravite)) for constat in sans_git.constats if constat.code == "sans-git"] == [("sans-git", "avertissement")]


def test_tout_ce_qui_change_sur_une_fiche_est_dit(depot: Path, cabas: Callable[..., dict[str, Any]]) -> None:
    """Pas, contenu, maximum, TVA, retrait : chaque champ suivi, l'ancien et le nouveau, et qui cela touche."""
    renseigner(depot, git(depot, "rev-parse", "HEAD"))
    changer(depot, FARINE, "pas: 0.5", "pas: 2\ndisponible: false")
    changer(depot, FARINE, "maximum: 10", "maximum: 8")
    changer(depot, FARINE, "tva: 5.5", "tva: 10")
    changer(depot, "catalogue/produits/jus-de-pomme.yaml", "contenu: 1 L", "contenu: 75 cl")
    (depot / "catalogue/produits/oeufs-plein-air.yaml").unlink()
    enregistrer(depot, "Nouvelles fiches")
    sortie = cabas(depot, "fusionner", "2026-12")
    changes = {un["produit"]: un for un in sortie["prix_changes"]}
    assert set(changes) == {"farine-t65", "jus-de-pomme", "oeufs-plein-air"}
    assert changes["farine-t65"]["changements"] == {"pas": ["0,5", "2"], "maximum": ["10", "8"], "tva": ["5.5", "10"], "disponible": ["oui", "non"]}
    assert [changes[ref]["retire"] for ref in ("farine-t65", "jus-de-pomme", "oeufs-plein-air")] == [True, False, True]
    assert changes["jus-de-pomme"]["changements"] == {"contenu": ["1 L", "75 cl"]}
    assert (changes["oeufs-plein-air"]["nouveau"], changes["oeufs-plein-air"]["cellules"]) == ("", 1)
    dits = {constat["fichier"]: constat["message"].replace("\u00a0", " ") for constat in sortie["constats"] if constat["code"] == "prix-change"}
    assert dits[FARINE].endswith(
        "disponible à l’ouverture, plus aujourd’hui, pas 0,5 à l’ouverture, 2 aujourd’hui, maximum 10 à l’ouverture, 8 aujourd’hui, "
        "TVA 5,5 à l’ouverture, 10 aujourd’hui. On compte comme à l’ouverture ; 2 cellules en demandent (A-1 et B-2)."
    )
    assert "au catalogue à l’ouverture, plus aujourd’hui" in dits["catalogue/produits/oeufs-plein-air.yaml"]


def test_la_revision_presente_se_lit_sans_gitpython_et_dit_comme_lui(depot: Path) -> None:
    """À chaque état du dossier, « +modifications » quand GitPython voit une fiche changée, et seulement alors."""
    commit = git(depot, "rev-parse", "HEAD")[:12]
    etapes: list[tuple[bool, Callable[[], object]]] = [
        (False, lambda: None),
        (False, lambda: (depot / "note.txt").write_text("à côté", encoding="utf-8")),
        (False, lambda: (depot / COMMANDE).with_suffix(".etat.json").write_text("{}", encoding="utf-8")),
        (True, lambda: changer(depot, FARINE, "nom:", "nom: ")),
        (False, lambda: git(depot, "checkout", "--", "catalogue")),
        (True, lambda: (depot / "groupements/neuf é.md").write_text("---\n---\n", encoding="utf-8")),
        (True, lambda: git(depot, "add", "--all")),
        (False, lambda: git(depot, "reset", "--quiet", "--hard")),
        (True, lambda: git(depot, "mv", FARINE, "catalogue/produits/farine.yaml")),
        (False, lambda: git(depot, "reset", "--quiet", "--hard")),
        (True, lambda: shutil.rmtree(depot / "groupements")),
    ]
    for rang, (attendue, changement) in enumerate(etapes):
        changement()
        assert revision(depot) == Revision(commit, attendue), rang
        assert bool(modifiees(depot)) is attendue, rang


def test_la_revision_d_un_depot_qui_n_en_a_pas(depot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dedans = depot / "sans-histoire"
    (dedans / ".git").mkdir(parents=True)
    assert revision(dedans) == Revision("sans-git")  # abîmé : on ne répond pas pour le dépôt du dessus
    neuf = depot / "neuf"
    git(depot, "init", "--quiet", str(neuf))
    assert revision(neuf) == Revision("sans-enregistrement", modifiee=True)
    monkeypatch.setenv("GIT_DIR", str(depot / ".git"))  # comme dans un crochet git
    assert revision(neuf) == Revision("sans-enregistrement", modifiee=True)
    monkeypatch.setenv("PATH", "")
    assert revision(depot) == Revision("sans-git")
