"""Chacun fusionne chez soi : les totaux sans nom donnent le même récap que les bons, et ne disent rien de personne."""

from __future__ import annotations

import csv
import hashlib
import json
import random
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from test_oracle import Monde, Tirage, texte

from cabas.calculs.frais import ENSEMBLE
from cabas.calculs.fusion import Fusion, fusionner
from cabas.calculs.recap import recapituler
from cabas.calculs.repartition import REGLES
from cabas.calculs.reseau import avec_totaux, juger_totaux, nombre_de_cellules, totaux_de
from cabas.calculs.retour import avec_retour, juger_retour, retour_de
from cabas.cli import principal
from cabas.cli.reseau import frais_a_plusieurs
from cabas.lecture.prive import lire_prive
from cabas.lecture.retour import lire_retour
from cabas.lecture.totaux import lire_totaux
from cabas.modele import Depot
from cabas.recu import Retour
from cabas.rendu.tables import tables
from cabas.rendu.totaux import attribue_json, totaux_json

RECAPS = ("recap-produits.csv", "recap-groupements.csv")


def fusion_de(monde: Monde) -> Fusion:
    """La fusion centrale d'une fenêtre tirée au sort : de vrais bons, dans un vrai dossier."""
    with tempfile.TemporaryDirectory() as dossier:
        prive = Path(dossier)
        for (slug, fichier), contenu in monde.bons.items():
            chemin = prive / "2026-12" / slug / "bons" / fichier
            chemin.parent.mkdir(parents=True, exist_ok=True)
            chemin.write_text(texte(contenu), encoding="utf-8")
        recu = lire_prive(prive, "2026-12", monde.depot)
    return fusionner(monde.depot, monde.commande, recu.recues, recu.adherents, recu.soldes, monde.accepter)


def chacun_chez_soi(depot: Depot, fusion: Fusion, avec_bons: frozenset[str]) -> Fusion:
    """La fusion du réseau quand seuls `avec_bons` ont donné leurs bons : les autres n'ont écrit que leurs totaux."""
    with tempfile.TemporaryDirectory() as dossier:
        prive = Path(dossier)
        autres = sorted({une.lue.groupement for une in fusion.lignes} - avec_bons)
        for slug in autres:
            siens = tuple(un for un in fusion.bons if un.groupement == slug)
            if fusion.commande.fenetre(slug) is None:
                continue
            chemin = prive / fusion.commande.id / slug / "totaux.json"
            chemin.parent.mkdir(parents=True)
            chemin.write_bytes(totaux_json(totaux_de(depot, fusion._replace(bons=siens), slug)))
        totaux, constats, _empreintes = lire_totaux(prive, fusion.commande.id, avec_bons, lambda un: juger_totaux(depot, fusion.commande, un))
    assert [f"{constat.code} {constat.message}" for constat in constats] == []
    gardes = tuple(un for un in fusion.bons if un.groupement in avec_bons)
    return avec_totaux(depot, fusion._replace(bons=gardes), totaux)


def fenetres(nom: str, regle: str) -> Iterator[tuple[int, Depot, Fusion]]:
    """Seize fenêtres tirées au sort, fusionnées sous une règle : la graine, le dépôt, la fusion."""
    for graine in range(16):
        monde = Tirage(random.Random(f"{nom}-{graine}")).monde()
        commande = monde.commande._replace(repartition=regle)
        depot = monde.depot._replace(commandes={commande.id: commande})
        yield graine, depot, fusion_de(monde._replace(depot=depot))


@pytest.mark.parametrize("regle", sorted(REGLES))
def test_les_totaux_donnent_le_meme_recap_que_les_bons(regle: str) -> None:
    partages = 0
    for graine, depot, fusion in fenetres("reseau", regle):
        central, seul = recapituler(depot, avec_totaux(depot, fusion, [])), recapituler(depot, fusion)
        attendu, nu = tables(fusion, central), tables(fusion, seul)
        groupements = sorted({une.groupement for une in fusion.retenues})
        for avec_bons in (frozenset[str](), frozenset(groupements[:1])):
            reseau = chacun_chez_soi(depot, fusion, avec_bons)
            obtenu = tables(reseau, recapituler(depot, reseau))
            assert {nom: obtenu[nom] for nom in RECAPS} == {nom: attendu[nom] for nom in RECAPS}, (graine, avec_bons)
            assert nombre_de_cellules(reseau) == nombre_de_cellules(fusion)
        assert attendu["recap-produits.csv"] == nu["recap-produits.csv"]
        if len(groupements) == 1:  # rien à départager entre groupements : le jeton garde exactement l'ordre des cellules
            assert attendu["recap-groupements.csv"] == nu["recap-groupements.csv"]
            assert attendu["lignes.csv"] == nu["lignes.csv"]
        partages += any(part.attribue != part.demande for part in central.attributions)
    assert partages > 5, "sans pénurie, l’essai ne prouverait rien"


@pytest.mark.parametrize("regle", sorted(REGLES))
def test_le_retour_relu_donne_le_partage_du_centre(regle: str) -> None:
    """Bons au centre, ou chacun chez soi puis totaux puis retour : chaque cellule a la même quantité, au même prix, au centime."""
    inegaux = 0
    for graine, depot, fusion in fenetres("retour", regle):
        central = recapituler(depot, avec_totaux(depot, fusion, []))
        reseau = chacun_chez_soi(depot, fusion, frozenset())
        rendu = frais_a_plusieurs(recapituler(depot, reseau), reseau, "")
        lignes, parts, frais = [], [], 0
        for totaux in reseau.totaux or ():
            seul = fusion._replace(bons=tuple(un for un in fusion.bons if un.groupement == totaux.groupement))
            retour = relire(depot, seul, attribue_json(retour_de(totaux, rendu)), totaux.groupement)
            servi = avec_retour(depot, seul, recapituler(depot, seul), retour)
            assert sum(part.part for part in servi.frais) == retour.frais
            assert all(une.reste == 0 for une in servi.produits)
            assert sum(une.montant for une in servi.groupements) == servi.total_cellules
            lignes += servi.lignes
            parts += [(*une[:6], une.regle) for une in servi.attributions]
            frais += retour.frais
            inegaux += any(une.attribue != autre.attribue for une, autre in zip(servi.lignes, recapituler(depot, seul).lignes, strict=True))
        assert sorted(lignes) == list(central.lignes), graine
        assert sorted(parts) == sorted((*une[:6], une.regle) for une in central.attributions), graine
        assert frais == sum(part.part for part in central.frais)
    assert inegaux > 5, "si le groupement seul trouvait déjà le bon partage, l’essai ne prouverait rien"


def relire(depot: Depot, seul: Fusion, octets: bytes, slug: str) -> Retour:
    """Le retour d'un groupement, écrit puis relu de son dossier privé, et jugé."""
    with tempfile.TemporaryDirectory() as dossier:
        chemin = Path(dossier) / seul.commande.id / slug / f"attribue-{slug}.json"
        chemin.parent.mkdir(parents=True)
        chemin.write_bytes(octets)
        juge = lambda un: juger_retour(depot, totaux_de(depot, seul, slug, "une autre révision"), un)  # noqa: E731
        retour, constats, _empreintes = lire_retour(Path(dossier), seul.commande.id, slug, juge)
    assert [f"{constat.code} {constat.message}" for constat in constats] == []
    assert retour is not None
    return retour


def deposer_des_bons(racine: Path, graine: int = 0) -> dict[str, list[str]]:
    """Des bons pour deux groupements, où il manque de quoi finir des lots. Sort : ce que chaque groupement a de personnel."""
    fiche = racine / "catalogue/produits/farine-t65.yaml"
    lignes = [ligne for ligne in fiche.read_text(encoding="utf-8").splitlines() if not ligne.startswith("lot")]
    fiche.write_text("\n".join([*lignes, "lot: {quantite: 40, nom: sac de 40 kg}", "lot_complet: true", ""]), encoding="utf-8")
    alea, personnel = random.Random(graine), {}
    for slug, initiale in (("les-tilleuls", "T"), ("la-remise", "R")):
        bons = racine / "prive/2026-12" / slug / "bons"
        bons.mkdir(parents=True, exist_ok=True)
        lignes = ["cellule;produit;quantite;tolerance;bon;envoye_le;nom;remarque"]
        personnel[slug] = [f"{initiale}-{numero:03d}" for numero in range(9)] + ["Famille Coquelicot", "merci de livrer Capucine", "K7M2QX"]
        for numero in range(9):
            envoi = (datetime(2026, 12, 2, 8) + timedelta(minutes=alea.randint(0, 3))).isoformat()
            for ref in ("farine-t65", "comte-12-mois", "jus-de-pomme"):
                quantite, plus = alea.choice("1234"), alea.choice(["", "", "", "", "1"])
                lignes.append(f"{initiale}-{numero:03d};{ref};{quantite};{plus};K7M2QX;{envoi};Famille Coquelicot;merci de livrer Capucine")
        (bons / "a.csv").write_text("\n".join(lignes) + "\n", encoding="utf-8")
    return personnel


def lancer(racine: Path, *options: str) -> int:
    return principal(["fusionner", "2026-12", "--depot", str(racine), "--sans-producteurs", "--sans-classeur", "--format", "json", *options])


@pytest.fixture
def reseau(mini_depot: Path) -> Path:
    """Le réseau miniature, une fenêtre pour ses deux groupements, et leurs bons."""
    fiche = mini_depot / "catalogue/commandes/2026-12.yaml"
    contenu = fiche.read_text(encoding="utf-8")
    assert "la-remise" in contenu
    assert "les-tilleuls" in contenu
    deposer_des_bons(mini_depot)
    return mini_depot


def vers_le_centre(racine: Path, tmp_path: Path, slugs: tuple[str, ...] = ("les-tilleuls", "la-remise")) -> Path:
    """Chaque groupement fusionne chez lui et n'envoie que ses totaux : le dossier privé du centre."""
    centre = tmp_path / "centre"
    for slug in slugs:
        assert lancer(racine, "--groupement", slug) == 0
        (centre / "2026-12" / slug).mkdir(parents=True)
        shutil.copy(racine / f"prive/2026-12/{slug}/sorties/totaux-{slug}.json", centre / "2026-12" / slug)
    return centre


@pytest.mark.parametrize("regle", sorted(REGLES))
def test_par_la_ligne_de_commande(reseau: Path, tmp_path: Path, modifier: Callable[[str, str, str], Path], regle: str) -> None:
    fiche = reseau / "catalogue/commandes/2026-12.yaml"
    lignes = [ligne for ligne in fiche.read_text(encoding="utf-8").splitlines() if not ligne.startswith("repartition")]
    fiche.write_text("\n".join([*lignes, f"repartition: {regle}", ""]), encoding="utf-8")
    centre = vers_le_centre(reseau, tmp_path)
    assert lancer(reseau, "--reseau") == 0
    assert lancer(reseau, "--reseau", "--prive", str(centre)) == 0
    avec, sans = reseau / "prive/2026-12/sorties", centre / "2026-12/sorties"
    for nom in RECAPS:
        assert (avec / nom).read_bytes() == (sans / nom).read_bytes()
    assert "sac incomplet" in (sans / "repartition.csv").read_text(encoding="utf-8-sig"), "sans pénurie, l’essai ne prouverait rien"
    if regle == "tirage":
        refaire_le_tirage(sans)
        assert set(json.loads((avec / "bilan.json").read_text(encoding="utf-8"))["graines"]) >= {"farine-t65"}
    bilans = [json.loads((dossier / "bilan.json").read_text(encoding="utf-8")) for dossier in (avec, sans)]
    for nom in ("lues", "retenues", "remplacees", "rejetees", "brouillons", "cellules", "total_producteurs", "total_cellules", "regle"):
        assert bilans[0][nom] == bilans[1][nom], nom
    assert set(bilans[1]["totaux"]) == {"la-remise", "les-tilleuls"}
    assert b"K7M2QX" in (avec / "lignes.csv").read_bytes(), "chez qui tient les bons, les lignes gardent leurs noms"


def refaire_le_tirage(sorties: Path) -> None:
    """La recette du guide, avec les seules sorties : la graine du bilan, et l’empreinte de « graine/groupement/cellule »."""
    bilan = json.loads((sorties / "bilan.json").read_text(encoding="utf-8"))
    lignes, refaits = lire_csv(sorties / "repartition.csv"), 0
    for ref, graine in bilan["graines"].items():
        du_produit = [une for une in lignes if une["produit"] == ref]
        rangees = sorted(du_produit, key=lambda une: hashlib.sha256(f"{graine}/{une['groupement']}/{une['cellule']}".encode()).hexdigest())
        for rang, une in enumerate(rangees, 1):
            assert une["motif"].endswith(f", rang {rang} sur {len(rangees)} au tirage au sort"), une
            refaits += 1
    assert refaits > 3


def test_le_tirage_se_refait_avec_les_sorties(reseau: Path) -> None:
    fiche = reseau / "catalogue/commandes/2026-12.yaml"
    fiche.write_text(fiche.read_text(encoding="utf-8") + "repartition: tirage\n", encoding="utf-8")
    assert lancer(reseau) == 0
    refaire_le_tirage(reseau / "prive/2026-12/sorties")


@pytest.mark.parametrize("selon", ["montant", "cellule"])
def test_les_frais_ne_se_paient_qu_une_fois(reseau: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], selon: str) -> None:
    """Seul, un groupement ne prend pas les frais de tous. Au centre, ses totaux ont une part : celle que feraient ses cellules."""
    fiche = reseau / "catalogue/commandes/2026-12.yaml"
    lignes = [ligne for ligne in fiche.read_text(encoding="utf-8").splitlines() if not ligne.startswith("frais")]
    fiche.write_text("\n".join([*lignes, "frais: 45.01", f"frais_selon: {selon}", ""]), encoding="utf-8")
    centre = vers_le_centre(reseau, tmp_path, ("les-tilleuls",))
    assert lire_csv(reseau / "prive/2026-12/les-tilleuls/sorties/frais.csv") == []
    assert json.loads((reseau / "prive/2026-12/les-tilleuls/sorties/bilan.json").read_text(encoding="utf-8"))["frais"] == 0
    shutil.copytree(reseau / "prive/2026-12/la-remise/bons", centre / "2026-12/la-remise/bons")
    assert lancer(reseau) == 0
    assert lancer(reseau, "--reseau", "--prive", str(centre)) == 0
    avec = lire_csv(reseau / "prive/2026-12/sorties/frais.csv")
    sans = lire_csv(centre / "2026-12/sorties/frais.csv")
    assert somme(sans) == somme(avec) == 4501
    ecart = somme(une for une in sans if une["groupement"] == "les-tilleuls") - somme(une for une in avec if une["groupement"] == "les-tilleuls")
    assert abs(ecart) <= len(avec), "à des centimes d’arrondi près"
    assert [une["cellule"] for une in sans if une["groupement"] == "les-tilleuls"] == [ENSEMBLE]
    rendu = json.loads((centre / "2026-12/sorties/reseau/attribue-les-tilleuls.json").read_text(encoding="utf-8"))
    assert rendu["frais"] == somme(une for une in sans if une["groupement"] == "les-tilleuls")
    capsys.readouterr()
    principal(["fusionner", "2026-12", "--depot", str(reseau), "--groupement", "les-tilleuls", "--sans-classeur"])
    assert "Frais de 45,01\u00a0€ : le réseau les partage" in capsys.readouterr().out.replace("\u202f:", " :").replace("\u00a0:", " :")


def lire_csv(chemin: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(chemin.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))


def somme(parts: Iterable[dict[str, str]]) -> int:
    return sum(int(une["part"].replace(",", "")) for une in parts)


def test_rien_de_personne_ne_part(reseau: Path, tmp_path: Path) -> None:
    centre = vers_le_centre(reseau, tmp_path)
    assert lancer(reseau, "--reseau", "--prive", str(centre)) == 0
    personnel = deposer_des_bons(reseau)
    partis = sorted([*centre.rglob("totaux-*.json"), *centre.rglob("attribue-*.json"), *centre.rglob("*.csv")])
    assert len(partis) == 11
    for fichier in partis:
        contenu = fichier.read_text(encoding="utf-8-sig")
        for slug, mots in personnel.items():
            assert [mot for mot in mots if mot in contenu] == [], (fichier.name, slug)
        assert "2026-12-02T" not in contenu, "l’heure d’un bon ne part que si la règle s’en sert"
        assert "a.csv" not in contenu
    totaux = json.loads((centre / "2026-12/les-tilleuls/totaux-les-tilleuls.json").read_text(encoding="utf-8"))
    rangs = {ref: sorted({ligne[0] for ligne in lignes}) for ref, lignes in totaux["produits"].items()}
    assert all(numeros == list(range(len(numeros))) for numeros in rangs.values()), "les numéros repartent de zéro à chaque produit"


def changer(chemin: Path, **champs: Any) -> None:
    contenu = json.loads(chemin.read_text(encoding="utf-8"))
    chemin.write_text(json.dumps({**contenu, **champs}), encoding="utf-8")


FAUTES: dict[str, tuple[str, Callable[[Path, Path], object]]] = {
    "une quantité retouchée": ("totaux-modifies", lambda un, _d: un.write_text(un.read_text("utf-8").replace("000", "001", 1), "utf-8")),
    "un champ ajouté": ("totaux-modifies", lambda un, _d: changer(un, note="bonjour")),
    "une clé en double": ("totaux-illisibles", lambda un, _d: un.write_text(un.read_text("utf-8").replace("{", '{"regle": "x",', 1), "utf-8")),
    "un nombre à virgule": ("totaux-illisibles", lambda un, _d: changer(un, cellules=1.5)),
    "une imbrication sans fond": ("totaux-illisibles", lambda un, _d: un.write_text("[" * 100_000, "utf-8")),
    "un autre format": ("totaux-illisibles", lambda un, _d: changer(un, format="cabas-totaux-9")),
    "des octets": ("totaux-illisibles", lambda un, _d: un.write_bytes(b"\xff\xfe\x00")),
    "un autre dossier": ("totaux-mal-ranges", lambda un, _d: shutil.copy(un.parents[1] / "la-remise/totaux-la-remise.json", un)),
    "deux fichiers": ("totaux-en-double", lambda un, _d: shutil.copy(un, un.with_name("totaux.json"))),
    "une autre commande": (
        "totaux-mal-ranges",
        lambda un, _d: un.write_bytes(resceller(un, commande="2026-11")),
    ),
    "un instant qui n’en est pas un": ("totaux-illisibles", lambda un, _d: un.write_bytes(resceller(un, cloture="demain"))),
    "un instant d’avant le calendrier": ("totaux-illisibles", lambda un, _d: un.write_bytes(resceller(un, provisoire="0001-01-01T00:00+14:00"))),
    "un prix changé": (
        "totaux-autre-catalogue",
        lambda _u, depot: (fiche := depot / "catalogue/produits/farine-t65.yaml").write_text(
            fiche.read_text("utf-8").replace("prix: 1", "prix: 2", 1), "utf-8"
        ),
    ),
}


def resceller(chemin: Path, **champs: Any) -> bytes:
    """Les mêmes totaux avec d'autres champs, et un sceau juste."""
    from cabas.lecture.totaux import _en_totaux

    lus = _en_totaux(json.loads(chemin.read_text(encoding="utf-8")))
    assert lus is not None
    return totaux_json(lus._replace(**champs))


@pytest.mark.parametrize("nom", FAUTES)
def test_des_totaux_faux_se_disent(reseau: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], nom: str) -> None:
    code, abimer = FAUTES[nom]
    centre = vers_le_centre(reseau, tmp_path)
    abimer(centre / "2026-12/les-tilleuls/totaux-les-tilleuls.json", reseau)
    capsys.readouterr()
    assert lancer(reseau, "--reseau", "--prive", str(centre)) == 1
    dit = json.loads(capsys.readouterr().out)
    codes = {constat["code"] for constat in dit["constats"]}
    assert code in codes
    recap = (centre / "2026-12/sorties/recap-groupements.csv").read_text(encoding="utf-8-sig")
    assert "les-tilleuls" not in recap, "un groupement douteux n’est compté ni en entier, ni à moitié"
    assert "aucun-bon" in codes, "et l’on dit qu’il manque"


PENDANT, APRES = "2026-12-03T12:00", "2026-12-09T12:00"
"""Avant et après la clôture des Tilleuls, dans le réseau miniature."""


@pytest.mark.parametrize(
    ("chez_soi", "au_centre", "refuses"),
    [
        (("--provisoire", "--maintenant", PENDANT), ("--maintenant", APRES), True),
        (("--maintenant", PENDANT), ("--maintenant", APRES), True),
        (("--maintenant", PENDANT), ("--maintenant", PENDANT), False),
        (("--provisoire", "--maintenant", PENDANT), ("--provisoire", "--maintenant", PENDANT), False),
        (("--provisoire", "--maintenant", PENDANT), ("--provisoire", "--maintenant", APRES), False),
        (("--maintenant", APRES), ("--maintenant", APRES), False),
    ],
)
def test_des_totaux_d_avant_la_cloture_ne_passent_pas_pour_definitifs(
    reseau: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], chez_soi: tuple[str, ...], au_centre: tuple[str, ...], refuses: bool
) -> None:
    assert lancer(reseau, "--groupement", "les-tilleuls", *chez_soi) == 0
    (totaux,) = (reseau / "prive/2026-12/les-tilleuls/sorties").rglob("totaux-*.json")
    depose = tmp_path / "centre/2026-12/les-tilleuls" / totaux.name
    depose.parent.mkdir(parents=True)
    shutil.copy(totaux, depose)
    capsys.readouterr()
    assert lancer(reseau, "--reseau", "--prive", str(tmp_path / "centre"), *au_centre) == (1 if refuses else 0)
    assert ("totaux-provisoires" in {constat["code"] for constat in json.loads(capsys.readouterr().out)["constats"]}) is refuses
    (recap,) = (tmp_path / "centre").rglob("recap-groupements.csv")
    assert ("les-tilleuls" in recap.read_text(encoding="utf-8-sig")) is not refuses
    rendus = [chemin.name for chemin in (tmp_path / "centre").rglob("attribue-*.json")]
    assert bool(rendus) is not (refuses or "--provisoire" in au_centre), "un partage provisoire ne se rend à personne"


def test_des_totaux_arretes_a_une_cloture_avancee_depuis(reseau: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Le centre a reculé la clôture, le groupement ne l’a pas su : ce qui est arrivé entre les deux manque."""
    assert lancer(reseau, "--groupement", "les-tilleuls", "--maintenant", "2026-12-07T21:00") == 0
    depose = tmp_path / "centre/2026-12/les-tilleuls/totaux.json"
    depose.parent.mkdir(parents=True)
    shutil.copy(reseau / "prive/2026-12/les-tilleuls/sorties/totaux-les-tilleuls.json", depose)
    fiche = reseau / "catalogue/commandes/2026-12.yaml"
    fiche.write_text(fiche.read_text(encoding="utf-8").replace("cloture: 2026-12-07T20:00", "cloture: 2026-12-08T20:00"), encoding="utf-8")
    capsys.readouterr()
    assert lancer(reseau, "--reseau", "--prive", str(tmp_path / "centre"), "--maintenant", APRES) == 1
    assert "totaux-provisoires" in capsys.readouterr().out


def test_des_totaux_d_avant_ces_champs_se_lisent_encore(reseau: Path, tmp_path: Path) -> None:
    centre = vers_le_centre(reseau, tmp_path)
    depose = centre / "2026-12/les-tilleuls/totaux-les-tilleuls.json"
    assert json.loads(depose.read_text(encoding="utf-8"))["cloture"] == "2026-12-07T20:00:00+01:00"
    depose.write_bytes(resceller(depose, cloture="", provisoire=""))
    assert not {"cloture", "provisoire"} & set(json.loads(depose.read_text(encoding="utf-8")))
    (centre / "2026-12/la-remise/totaux-la-remise.json").unlink()
    assert lancer(reseau, "--reseau", "--prive", str(centre), "--maintenant", APRES) == 0
    assert "les-tilleuls" in (centre / "2026-12/sorties/recap-groupements.csv").read_text(encoding="utf-8-sig")


def test_on_ne_dit_pas_d_envoyer_des_totaux_provisoires(reseau: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for options, dit in (((PENDANT, "--provisoire"), "Totaux provisoires"), ((PENDANT,), "Totaux provisoires"), ((APRES,), "À envoyer au réseau")):
        commande = ["fusionner", "2026-12", "--depot", str(reseau), "--groupement", "les-tilleuls", "--sans-classeur", "--maintenant", *options]
        assert principal(commande) == 0
        sortie = capsys.readouterr().out
        assert [mots for mots in ("Totaux provisoires", "À envoyer au réseau") if mots in sortie] == [dit]


def test_les_bons_passent_avant_les_totaux(reseau: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vers_le_centre(reseau, tmp_path)
    depose = reseau / "prive/2026-12/les-tilleuls/totaux.json"
    shutil.copy(tmp_path / "centre/2026-12/les-tilleuls/totaux-les-tilleuls.json", depose)
    capsys.readouterr()
    for options, code in (((), "totaux-non-lus"), (("--reseau",), "totaux-en-double")):
        assert lancer(reseau, *options) == 0
        codes = [constat["code"] for constat in json.loads(capsys.readouterr().out)["constats"]]
        assert [un for un in codes if un.startswith("totaux-")] == [code]
    assert lancer(reseau, "--reseau", "--groupement", "les-tilleuls") == 2
    assert lancer(reseau, "--groupement", "ailleurs") == 2


def test_un_groupement_seul_ne_parle_pas_de_commander(reseau: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Les minimums et le montant à payer se jugent au réseau : chez soi, ils inquiéteraient pour rien."""
    principal(["fusionner", "2026-12", "--depot", str(reseau), "--sans-classeur", "--sans-producteurs"])
    assert "À payer aux producteur·rices" in capsys.readouterr().out
    principal(["fusionner", "2026-12", "--depot", str(reseau), "--groupement", "les-tilleuls", "--sans-classeur"])
    dit = capsys.readouterr().out
    assert "À payer" not in dit
    assert "minimum" not in dit
    assert "À recevoir des cellules" in dit


def le_retour_rentre(reseau: Path, tmp_path: Path) -> Path:
    """Les totaux partent, le centre partage, son retour est rangé chez Les Tilleuls."""
    centre = vers_le_centre(reseau, tmp_path)
    assert lancer(reseau, "--reseau", "--prive", str(centre)) == 0
    depose = reseau / "prive/2026-12/les-tilleuls/attribue-les-tilleuls.json"
    shutil.copy(centre / "2026-12/sorties/reseau/attribue-les-tilleuls.json", depose)
    return depose


@pytest.mark.parametrize("regle", sorted(REGLES))
def test_le_retour_par_la_ligne_de_commande(reseau: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], regle: str) -> None:
    fiche = reseau / "catalogue/commandes/2026-12.yaml"
    fiche.write_text(f"{fiche.read_text(encoding='utf-8')}\nrepartition: {regle}\nfrais: 45.01\n", encoding="utf-8")
    depose = le_retour_rentre(reseau, tmp_path)
    sorties = reseau / "prive/2026-12/les-tilleuls/sorties"
    avant = (sorties / "lignes.csv").read_bytes()
    assert lancer(reseau, "--reseau") == 0
    capsys.readouterr()
    assert principal(["fusionner", "2026-12", "--depot", str(reseau), "--groupement", "les-tilleuls"]) == 0
    dit = " ".join(capsys.readouterr().out.split())
    assert "Le partage est celui que le réseau a rendu" in dit
    assert "qui fera le partage" not in dit
    siennes = lire_csv(sorties / "lignes.csv")
    assert siennes == [une for une in lire_csv(reseau / "prive/2026-12/sorties/lignes.csv") if une["groupement"] == "les-tilleuls"]
    assert siennes
    assert (sorties / "lignes.csv").read_bytes() != avant, "le partage du groupement seul n’est pas celui du réseau"
    assert somme(lire_csv(sorties / "frais.csv")) == json.loads(depose.read_text(encoding="utf-8"))["frais"] > 0
    fichiers = json.loads((sorties / "bilan.json").read_text(encoding="utf-8"))["fichiers"]
    assert "2026-12/les-tilleuls/attribue-les-tilleuls.json" in fichiers
    assert lancer(reseau) == 0
    assert "retour-non-lu" in capsys.readouterr().out


def resceller_retour(chemin: Path, **champs: Any) -> None:
    """Le même retour avec d'autres champs, et un sceau juste : c'est le contenu qui est jugé."""
    from cabas.lecture.retour import _en_retour

    lu = _en_retour(json.loads(chemin.read_text(encoding="utf-8")))
    assert lu is not None
    chemin.write_bytes(attribue_json(lu._replace(**champs)))


def un_bon_de_plus(depot: Path) -> None:
    bons = depot / "prive/2026-12/les-tilleuls/bons"
    (bons / "b.csv").write_text("cellule;produit;quantite\nT-900;farine-t65;1\n", encoding="utf-8")


RETOURS_FAUX: dict[str, tuple[str, Callable[[Path, Path], object]]] = {
    "un bon de plus": ("retour-autres-bons", lambda _un, depot: un_bon_de_plus(depot)),
    "une part retouchée": ("retour-modifie", lambda un, _d: un.write_text(un.read_text("utf-8").replace("000]", "001]", 1), "utf-8")),
    "un champ ajouté": ("retour-modifie", lambda un, _d: changer(un, note="bonjour")),
    "un autre format": ("retour-illisible", lambda un, _d: changer(un, format="cabas-attribue-9")),
    "des octets": ("retour-illisible", lambda un, _d: un.write_bytes(b"\xff\xfe\x00")),
    "une part négative": ("retour-illisible", lambda un, _d: changer(un, produits={"farine-t65": [[0, -1000]]})),
    "des parts qui manquent": ("retour-illisible", lambda un, _d: resceller_retour(un, produits={})),
    "plus que demandé": ("retour-illisible", lambda un, _d: resceller_retour(un, produits={"farine-t65": ((0, 99_000),)})),
    "une autre commande": ("retour-mal-range", lambda un, _d: resceller_retour(un, commande="2026-11")),
    "un autre groupement": ("retour-mal-range", lambda un, _d: resceller_retour(un, groupement="la-remise")),
    "deux fichiers": ("retour-en-double", lambda un, _d: shutil.copy(un, un.with_name("attribue.json"))),
    "un prix changé": ("retour-autre-catalogue", FAUTES["un prix changé"][1]),
}


@pytest.mark.parametrize("nom", RETOURS_FAUX)
def test_un_retour_faux_se_dit(reseau: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], nom: str) -> None:
    code, abimer = RETOURS_FAUX[nom]
    depose = le_retour_rentre(reseau, tmp_path)
    abimer(depose, reseau)
    capsys.readouterr()
    assert lancer(reseau, "--groupement", "les-tilleuls") == 1
    dit = json.loads(capsys.readouterr().out)
    assert [constat["code"] for constat in dit["constats"] if constat["code"].startswith("retour-")] == [code]
    assert "retour" not in dit
    (siennes,) = (reseau / "prive/2026-12/les-tilleuls/sorties").glob("repartition.csv")
    assert "partagé entre tous les groupements" not in siennes.read_text(encoding="utf-8-sig"), "aucune part n’en vient"


def test_un_groupement_seul_ne_dit_rien_des_fichiers_des_autres(reseau: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prive = reseau / "prive"
    (prive / "2026-12/decisions.yaml").write_text("", encoding="utf-8")
    (prive / "2026-12/la-remise/bons/vide.csv").write_text("cellule;produit;quantite\n", encoding="utf-8")
    for slug in ("les-tilleuls", "la-remise"):
        (prive / slug).mkdir()
        (prive / slug / "adherents.csv").write_text("cellule;nom\nT-000;Camille Exemple\n", encoding="utf-8")
        (prive / f"2026-12/{slug}/bons/.cache").write_text("", encoding="utf-8")
    capsys.readouterr()
    assert lancer(reseau, "--groupement", "les-tilleuls") == 0
    bilan = json.loads((prive / "2026-12/les-tilleuls/sorties/bilan.json").read_text(encoding="utf-8"))
    assert list(bilan["fichiers"]) == ["2026-12/decisions.yaml", "2026-12/les-tilleuls/bons/a.csv", "les-tilleuls/adherents.csv"]
    assert list(bilan["ignores"]) == ["2026-12/les-tilleuls/bons/.cache"]
    dit = json.loads(capsys.readouterr().out)["constats"]
    assert dit
    assert not any("la-remise" in constat["fichier"] for constat in dit)
