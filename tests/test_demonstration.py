"""Le mois d'exemple : toujours le même, complet, et retrouvé par la fusion au gramme près."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import RACINE, dire
from python_calamine import CalamineWorkbook

from cabas.calculs.fusion import fusionner
from cabas.calculs.offre import proposes
from cabas.calculs.proches import cellules_proches
from cabas.cli import principal
from cabas.demonstration import Accident, Resume, engendrer, engendrer_lignes
from cabas.demonstration.mois import PAR_NOM
from cabas.lecture.depot import charger
from cabas.lecture.prive import lire_prive
from cabas.modele import Depot
from cabas.recu import LigneLue

COMMANDE = "2026-11"
ACCIDENTS = {
    "deux-envois", "meme-instant", "copie", "deux-papiers", "deux-ecritures", "bons-ajoutes", "brouillon", "hors-delai", "mauvaise-commande",
    "mauvais-groupement", "cellule-absente", "cellule-inconnue", "adhesion-perimee", "credit-insuffisant", "quantite-plafonnee",
    "quantite-suspecte", "quantite-illisible", "quantite-negative", "quantite-hors-pas", "produit-inconnu", "produit-hors-commande",
    "produit-en-double", "tolerance-seule", "colonne-inconnue", "colonne-ambigue", "ligne-decalee", "fichier-illisible", "fichier-ignore",
}  # fmt: skip


class Mois(NamedTuple):
    prive: Path
    resume: Resume


@pytest.fixture(scope="session")
def depot() -> Depot:
    lu, constats = charger(RACINE)
    assert not constats
    return lu


@pytest.fixture(scope="session")
def mois(depot: Depot, tmp_path_factory: pytest.TempPathFactory) -> Mois:
    prive = tmp_path_factory.mktemp("mois") / "prive"
    return Mois(prive, engendrer(depot, COMMANDE, prive))


def empreintes(dossier: Path) -> dict[str, str]:
    fichiers = sorted(chemin for chemin in dossier.rglob("*") if chemin.is_file())
    return {chemin.relative_to(dossier).as_posix(): hashlib.sha256(chemin.read_bytes()).hexdigest() for chemin in fichiers}


def tableau(chemin: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(chemin.read_text(encoding="utf-8-sig"), newline=""), delimiter=";"))


def test_memes_octets_deux_fois(mois: Mois, depot: Depot, tmp_path: Path):
    assert engendrer(depot, COMMANDE, tmp_path) == mois.resume
    assert empreintes(tmp_path) == empreintes(mois.prive)


def test_une_autre_graine_donne_un_autre_mois(mois: Mois, depot: Depot, tmp_path: Path):
    engendrer(depot, COMMANDE, tmp_path, graine=1)
    assert empreintes(tmp_path) != empreintes(mois.prive)


def test_memes_octets_quels_que_soient_le_hachage_le_fuseau_et_la_langue(mois: Mois, tmp_path: Path):
    programme = (
        "import sys; from pathlib import Path; from cabas.lecture.depot import charger; from cabas.demonstration import engendrer\n"
        "engendrer(charger(Path(sys.argv[1]))[0], sys.argv[2], Path(sys.argv[3]))"
    )
    milieu = {**os.environ, "PYTHONHASHSEED": "42", "PYTHONPATH": str(RACINE / "scripts"), "TZ": "Pacific/Kiritimati", "LC_ALL": "C"}
    subprocess.run([sys.executable, "-c", programme, str(RACINE), COMMANDE, str(tmp_path)], check=True, env=milieu)
    assert empreintes(tmp_path) == empreintes(mois.prive)


def test_au_moins_deux_cents_cellules_dans_huit_groupements(mois: Mois, depot: Depot):
    assert mois.resume.cellules >= 200
    assert len(depot.groupements) == 8
    for slug, groupement in depot.groupements.items():
        adherents = tableau(mois.prive / slug / "adherents.csv")
        assert len(adherents) >= 20
        assert len({ligne["nom"] for ligne in adherents}) == len(adherents)
        assert (mois.prive / slug / "mouvements.csv").exists() == groupement.credit


def test_personne_de_reel(mois: Mois):
    for chemin in mois.prive.glob("*/adherents.csv"):
        for ligne in tableau(chemin):
            assert ligne["telephone"].startswith("06 39 98 ")
            assert ligne["courriel"].endswith("@exemple.org")
            assert ligne["courriel"].isascii()


def test_chaque_forme_est_la(mois: Mois):
    assert set(mois.resume.formes) == {*PAR_NOM, "page", "saisie", "abime", "verrou"}
    assert mois.resume.formes["page"] > 100
    assert sum(mois.resume.formes.values()) == mois.resume.fichiers == len(list(mois.prive.rglob("bons/*")))


def test_chaque_accident_est_la(mois: Mois):
    assert {accident.type for accident in mois.resume.accidents} == ACCIDENTS


def test_rien_hors_du_dossier_prive(depot: Depot, tmp_path: Path):
    engendrer(depot, COMMANDE, tmp_path / "ici" / "prive")
    engendrer_lignes(depot, COMMANDE, tmp_path / "ici" / "banc", lignes=100, fichiers=7)
    assert [chemin.name for chemin in tmp_path.iterdir()] == ["ici"]
    attendus = {COMMANDE, *depot.groupements}
    assert {chemin.name for chemin in (tmp_path / "ici" / "prive").iterdir()} == attendus


def test_les_encodages_et_les_fins_de_ligne_varient(mois: Mois):
    def octets(nom: str) -> bytes:
        return next(mois.prive.rglob(f"bons/{nom}")).read_bytes()

    assert octets("framaforms-ancien.xls").startswith(b"\xff\xfe")
    assert octets("nextcloud.csv").startswith(b"\xef\xbb\xbf")
    assert octets("limesurvey.csv").endswith(b"\r\n\r\n")
    assert not octets("cryptpad.csv").endswith(b"\n")
    assert b"\r\n" in octets("google-sheets.csv")
    with pytest.raises(UnicodeDecodeError):
        octets("excel.csv").decode("utf-8")


@pytest.mark.parametrize("nom", ["permanence-samedi.ods", "permanence-mardi.xlsx", "tableur-partage.xlsx"])
def test_les_classeurs_s_ouvrent(mois: Mois, nom: str):
    feuille = CalamineWorkbook.from_path(str(next(mois.prive.rglob(f"bons/{nom}")))).get_sheet_by_index(0).to_python()
    assert feuille[0][0] == "cellule"
    assert len(feuille) > 4


def test_le_resume_tombe_juste(mois: Mois, depot: Depot):
    comptes = mois.resume.comptes
    assert comptes["lues"] == sum(comptes[sort] for sort in ("retenue", "remplacee", "rejetee", "brouillon"))
    offerts = {produit.ref: produit for produit in proposes(depot, depot.commandes[COMMANDE])}
    for ref, quantite in mois.resume.attendu.items():
        assert quantite % offerts[ref].pas == 0


class Trouvee(NamedTuple):
    """Une ligne du journal, ramenée à ce que l'on compare."""

    groupement: str
    fichier: str
    cellule: str
    produit: str
    colonne: str
    sort: str
    code: str


def retrouve(accident: Accident, lignes: list[Trouvee]) -> bool:
    """Vrai si une ligne du journal est cet accident, avec le bon sort et le bon code."""
    return any(
        ligne.groupement == accident.groupement
        and ligne.fichier == accident.fichier
        and ligne.sort == accident.sort
        and ligne.code == accident.code
        and (not accident.colonne or ligne.colonne == accident.colonne)
        and (not accident.produit or ligne.produit == accident.produit)
        and (accident.code in ("ligne-decalee", "fichier-illisible") or ligne.cellule == accident.cellule)
        for ligne in lignes
    )


def comparer(resume: Resume, lignes: list[Trouvee], retenu: Mapping[str, int]) -> None:
    """Chaque accident est au journal, aucun autre rejet n'y est, et le total retenu est celui qui a été semé."""
    semes = [accident for accident in resume.accidents if accident.type != "fichier-ignore"]
    dire([str(accident) for accident in semes if not retrouve(accident, lignes)])
    par_fichier = Counter((accident.groupement, accident.fichier, accident.code) for accident in semes if accident.code)
    trouves = Counter((ligne.groupement, ligne.fichier, ligne.code) for ligne in lignes if ligne.code)
    assert trouves == par_fichier
    sorts = Counter(ligne.sort for ligne in lignes)
    assert {"lues": len(lignes), **{sort: sorts[sort] for sort in ("retenue", "remplacee", "rejetee", "brouillon")}} == resume.comptes
    assert dict(retenu) == resume.attendu


def test_la_fusion_retrouve_chaque_accident(mois: Mois, depot: Depot):
    recu = lire_prive(mois.prive, COMMANDE, depot)
    fusion = fusionner(depot, depot.commandes[COMMANDE], recu.recues, recu.adherents, recu.soldes)
    lignes = [
        Trouvee(j.lue.groupement, j.lue.fichier.rpartition("/")[2], j.cellule, j.lue.produit, j.lue.colonne, str(j.sort), j.code)
        for j in fusion.lignes
    ]
    retenu: Counter[str] = Counter()
    for retenue in fusion.retenues:
        retenu[retenue.produit] += retenue.quantite
    comparer(mois.resume, lignes, {ref: quantite for ref, quantite in retenu.items() if quantite})
    assert sorted(recu.ignores) == [f"{COMMANDE}/{chemin}" for chemin in mois.resume.ignores]
    (proches,) = cellules_proches(fusion.lignes, recu.adherents, "prive")
    assert "même cellule ?" in proches.message
    for nom in ("microsoft-forms.xlsx", "grist.csv"):
        assert {jugee.sort for jugee in fusion.lignes if jugee.lue.fichier.endswith(nom)} == {"retenue"}


def milliemes(texte: str) -> int:
    """« 2,5 » → 2500."""
    entier, _, decimales = texte.partition(",")
    return int(entier) * 1000 + int((decimales + "000")[:3])


def somme(lignes: list[dict[str, str]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for ligne in lignes:
        total[ligne["produit"]] += milliemes(ligne["quantite"])
    return {ref: quantite for ref, quantite in total.items() if quantite}


def test_cabas_demo_raconte_et_ses_sorties_disent_vrai(mois: Mois, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    prive = tmp_path / "prive"
    assert principal(["--depot", str(RACINE), "demo", "--prive", str(prive)]) == 0
    histoire = capsys.readouterr().out
    assert "À vous : cinq choses à ouvrir" in histoire
    assert histoire.count("   → ") == 3
    sorties = prive / COMMANDE / "sorties"
    lignes = [{**ligne, "fichier": ligne["fichier"].rpartition("/")[2]} for ligne in tableau(sorties / "journal.csv")]
    journal = [Trouvee(*(ligne[champ] for champ in Trouvee._fields)) for ligne in lignes]
    comparer(mois.resume, journal, somme(tableau(sorties / "recap-produits.csv")))
    for autre in ("recap-groupements.csv", "lignes.csv"):
        assert somme(tableau(sorties / autre)) == mois.resume.attendu
    assert somme([ligne for ligne in lignes if ligne["sort"] == "retenue"]) == mois.resume.attendu
    bilan = json.loads((sorties / "bilan.json").read_text(encoding="utf-8"))
    comptes = mois.resume.comptes
    assert [bilan[nom] for nom in ("lues", "retenues", "remplacees", "rejetees", "brouillons")] == [
        comptes[nom] for nom in ("lues", "retenue", "remplacee", "rejetee", "brouillon")
    ]
    assert [chemin.name for chemin in tmp_path.iterdir()] == ["prive"]


def test_cabas_demo_deux_fois_donne_les_memes_octets(tmp_path: Path):
    prive = tmp_path / "prive"
    fois = []
    for _ in range(2):
        assert principal(["--depot", str(RACINE), "demo", "--prive", str(prive)]) == 0
        fois.append(empreintes(prive))
    assert fois[0] == fois[1]


def test_cabas_demo_ne_touche_pas_un_vrai_dossier(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    vrai = tmp_path / "prive"
    (vrai / "beaubrun").mkdir(parents=True)
    (vrai / "beaubrun" / "adherents.csv").write_text("cellule;nom\n", encoding="utf-8")
    avant = empreintes(vrai)
    assert principal(["--depot", str(RACINE), "demo", "--prive", str(vrai)]) == 2
    assert "on n’y touche pas" in capsys.readouterr().out
    assert empreintes(vrai) == avant


def test_cabas_demo_dit_ce_qui_lui_manque(mini_depot: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert principal(["--depot", str(mini_depot), "demo", "--prive", str(tmp_path / "prive")]) == 2
    assert "→" in capsys.readouterr().out
    assert not (tmp_path / "prive").exists()


def test_le_grand_mode_est_propre(depot: Depot, tmp_path: Path):
    resume = engendrer_lignes(depot, COMMANDE, tmp_path, lignes=2_003, fichiers=31)
    assert len(list(tmp_path.rglob("bons/*.csv"))) == 31
    recu = lire_prive(tmp_path, COMMANDE, depot)
    fusion = fusionner(depot, depot.commandes[COMMANDE], recu.recues, recu.adherents, recu.soldes)
    assert fusion.comptes == {"lues": 2_003, "retenues": 2_003, "remplacees": 0, "rejetees": 0, "brouillons": 0}
    assert not [ligne for ligne in fusion.lignes if ligne.code]
    retenu: Counter[str] = Counter()
    for retenue in fusion.retenues:
        retenu[retenue.produit] += retenue.quantite
    assert retenu == resume.attendu


def test_chacun_chez_soi_sur_le_mois_d_exemple(mois: Mois, depot: Depot) -> None:
    """Huit groupements, leurs formulaires et leurs accidents : les totaux donnent le récap des bons, et ne nomment personne."""
    from test_reseau import RECAPS, chacun_chez_soi

    from cabas.calculs.recap import recapituler
    from cabas.calculs.reseau import avec_totaux, totaux_de
    from cabas.rendu.tables import tables
    from cabas.rendu.totaux import totaux_json

    recu = lire_prive(mois.prive, COMMANDE, depot)
    fusion = fusionner(depot, depot.commandes[COMMANDE], recu.recues, recu.adherents, recu.soldes)
    attendu = tables(fusion, recapituler(depot, avec_totaux(depot, fusion, [])))
    reseau = chacun_chez_soi(depot, fusion, frozenset())
    obtenu = tables(reseau, recapituler(depot, reseau))
    assert {nom: obtenu[nom] for nom in RECAPS} == {nom: attendu[nom] for nom in RECAPS}
    partis = "".join(totaux_json(totaux_de(depot, fusion, slug)).decode() for slug in depot.groupements)
    adherents = [une for ceux_la in recu.adherents.values() for une in ceux_la]
    cellules = {ligne.cellule for ligne in fusion.retenues} | {ligne.bon for ligne in fusion.retenues}
    secrets = cellules | {mot for une in adherents for mot in (une.cellule, une.nom, une.telephone, une.courriel)}
    assert len(secrets) > 500
    assert [secret for secret in sorted(secrets) if len(secret) > 2 and f'"{secret}"' in partis] == []
    assert [secret for secret in sorted(secrets) if len(secret) > 4 and secret in partis] == []


def test_ce_qu_on_garde_en_memoire_ne_change_aucune_ligne(mois: Mois, depot: Depot) -> None:
    """Chaque fichier lu seul, et chaque ligne jugée par un juge qui n'a rien vu d'autre, donnent ce que donne le mois entier."""
    from cabas.calculs.demandes import Demandes
    from cabas.calculs.identites import Identites
    from cabas.calculs.jugement import Juge
    from cabas.lecture.bons import lire_bons
    from cabas.lecture.correspondances import Catalogues

    recu, commande = lire_prive(mois.prive, COMMANDE, depot), depot.commandes[COMMANDE]
    par_fichier: dict[tuple[str, str], list[LigneLue]] = {}
    for lue in recu.lignes:
        par_fichier.setdefault((lue.groupement, lue.fichier.partition("#")[0]), []).append(lue)
    copies = {constat.emplacement.fichier.partition("/")[2] for constat in recu.constats if constat.code == "fichier-en-double"}
    seuls = 0
    for (groupement, fichier), lignes in par_fichier.items():
        chemin = mois.prive / fichier
        if fichier not in copies and chemin.is_file():
            seuls += 1
            neuf = Catalogues(depot).pour(groupement, chemin.name)
            assert lire_bons(chemin.read_bytes(), fichier, groupement, neuf)[0] == lignes, fichier
    assert seuls > 100
    for groupement in depot.groupements:
        lues = [lue for lue in recu.lignes if lue.groupement == groupement]
        identites = Identites(depot.groupements[groupement], recu.adherents.get(groupement, ()), {lue.cellule for lue in lues})
        juge = Juge(commande, groupement, identites, Demandes(depot, commande))
        for rang, jugee in enumerate(juge.juger(lues)):
            if rang % 5 == 0 or jugee.code:
                assert Juge(commande, groupement, identites, Demandes(depot, commande)).juger([lues[rang]]) == [jugee]
