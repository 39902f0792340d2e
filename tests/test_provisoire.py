"""Fusionner pendant la commande : à part, sans rien de définitif ; et l'état des lots, qui ne dit personne."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_fusion import lire

from cabas.cli import principal
from cabas.constats import Refus
from cabas.etats import EtatDeLot
from cabas.lecture.depot import charger
from cabas.rendu.bons import bon_html
from cabas.rendu.etats import etat_json
from cabas.temps import lire_instant

PENDANT, APRES = "2026-12-05T18:00", "2026-12-09T12:00"
ADHERENTS = {"A-1": "Camille Exemple", "A-2": "Sacha Exemple"}
Fusionner = Callable[..., dict[str, Any]]


def instant(texte: str) -> Any:
    lu = lire_instant(texte)
    assert not isinstance(lu, Refus)
    return lu


@pytest.fixture
def fusionner(mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> Fusionner:
    def lancer(*options: str, maintenant: str = PENDANT) -> dict[str, Any]:
        principal(["fusionner", "2026-12", "--depot", str(mini_depot), "--format", "json", "--maintenant", maintenant, "--sans-classeur", *options])
        return json.loads(capsys.readouterr().out)

    return lancer


def deposer(racine: Path, nom: str, *lignes: str) -> None:
    chemin = racine / "prive/2026-12" / nom.replace("/", "/bons/")
    chemin.parent.mkdir(parents=True, exist_ok=True)
    chemin.write_text("\n".join(("bon;cellule;produit;quantite;tolerance;envoye_le;statut", *lignes)) + "\n", encoding="utf-8")


def trois_cellules(racine: Path, derniere: str = "R-1") -> None:
    """22 kg de lentilles pour un sac de 25, tolérance comprise : 12 + 6 + 2, et 2 « en plus »."""
    deposer(racine, "les-tilleuls/a.csv", "B1;A-1;lentilles-vertes;12;;;", "B2;A-2;lentilles-vertes;6;2;;")
    deposer(racine, "la-remise/a.csv", f"B3;{derniere};lentilles-vertes;2;;;")
    noms = "".join(f"{code};{nom};;\n" for code, nom in ADHERENTS.items())
    (racine / "prive/les-tilleuls").mkdir(exist_ok=True)
    (racine / "prive/les-tilleuls/adherents.csv").write_text(f"cellule;nom;telephone;courriel\n{noms}", encoding="utf-8")


def codes(sortie: dict[str, Any]) -> set[str]:
    return {constat["code"] for constat in sortie["constats"]}


def contenu(dossier: Path) -> dict[str, bytes]:
    return {chemin.relative_to(dossier).as_posix(): chemin.read_bytes() for chemin in sorted(dossier.rglob("*")) if chemin.is_file()}


def test_le_provisoire_vit_a_part_et_n_envoie_rien(mini_depot: Path, fusionner: Fusionner) -> None:
    trois_cellules(mini_depot)
    deposer(mini_depot, "la-remise/b.csv", "B4;R-2;jus-de-pomme;6;;;")
    sorties = mini_depot / "prive/2026-12/sorties"
    sortie = fusionner("--provisoire")
    assert sortie["mention"].replace("\u00a0", " ") == "provisoire, au samedi 5 décembre 2026 à 18 h"
    assert "fenetre-ouverte" not in codes(sortie)
    assert [chemin.name for chemin in sorties.iterdir() if not chemin.name.startswith(".")] == ["provisoire"]
    provisoires = contenu(sorties / "provisoire")
    assert not any(nom.startswith("producteurs") for nom in provisoires)
    assert json.loads(provisoires["bilan.json"])["provisoire"] == "provisoire, au samedi 5 décembre 2026 à 18 h"
    assert "provisoire, au samedi 5 décembre 2026 à 18 h" in provisoires["a-prevenir.txt"].decode("utf-8-sig").replace("\u00a0", " ")
    sortie = fusionner(maintenant=APRES)
    assert sortie["mention"] == ""
    assert (sorties / "producteurs/moulin-des-sorbiers.txt").exists()
    assert contenu(sorties / "provisoire") == provisoires
    for nom in ("lignes.csv", "recap-produits.csv", "recap-groupements.csv", "repartition.csv", "journal.csv"):
        assert (sorties / nom).read_bytes() == provisoires[nom], nom
    assert not (mini_depot / "catalogue/commandes/2026-12.etat.json").exists()


def test_le_classeur_provisoire_le_dit_des_la_premiere_feuille(mini_depot: Path) -> None:
    trois_cellules(mini_depot)
    principal(["fusionner", "2026-12", "--depot", str(mini_depot), "--provisoire", "--maintenant", PENDANT])
    with zipfile.ZipFile(mini_depot / "prive/2026-12/sorties/provisoire/recap.xlsx") as classeur:
        assert 'name="Accueil"' in classeur.read("xl/workbook.xml").decode().split("<sheet ")[1]
        assert "Provisoire, au samedi 5 décembre 2026 à 18\u00a0h" in classeur.read("xl/sharedStrings.xml").decode().replace("5\u00a0d", "5 d")
        assert "provisoire, au samedi" in classeur.read("xl/worksheets/sheet2.xml").decode()


@pytest.mark.parametrize(
    ("options", "maintenant", "attendu"),
    [
        ((), PENDANT, "fenetre-ouverte"),
        ((), "2026-12-08T22:00", "fenetre-ouverte"),
        ((), "2026-12-08T22:01", ""),
        (("--provisoire",), PENDANT, ""),
        (("--provisoire",), APRES, "fenetre-close"),
    ],
)
def test_on_previent_de_l_heure(mini_depot: Path, fusionner: Fusionner, options: tuple[str, ...], maintenant: str, attendu: str) -> None:
    trois_cellules(mini_depot)
    trouves = [constat for constat in fusionner(*options, maintenant=maintenant)["constats"] if constat["code"].startswith("fenetre-")]
    assert [constat["code"] for constat in trouves] == ([attendu] if attendu else [])
    assert all(constat["gravite"] == "avertissement" for constat in trouves)


def test_publier_demande_provisoire_et_un_instant_faux_arrete(mini_depot: Path, fusionner: Fusionner) -> None:
    trois_cellules(mini_depot)
    assert codes(fusionner("--publier")) == {"publier-sans-provisoire"}
    assert codes(fusionner(maintenant="demain")) == {"instant-illisible"}
    assert not (mini_depot / "prive/2026-12/sorties").exists()


def etat(racine: Path) -> list[EtatDeLot]:
    depot, constats = charger(racine)
    assert constats == []
    lu = depot.etats["2026-12"]
    assert lu.instant == instant(PENDANT)
    assert (racine / "catalogue/commandes/2026-12.etat.json").read_text(encoding="utf-8") == etat_json(lu)
    return list(lu.produits)


def test_l_etat_dit_ce_qui_manque_et_se_relit(mini_depot: Path, fusionner: Fusionner) -> None:
    trois_cellules(mini_depot)
    fusionner("--provisoire", "--publier")
    assert etat(mini_depot) == [EtatDeLot("lentilles-vertes", 25000, 22000, 3000)]


@pytest.mark.parametrize(
    ("ajout", "attendu"),
    [
        ("B4;R-2;lentilles-vertes;3;;;", (0, 0)),  # 23 demandés, 2 en plus : le sac est complet, aucun n'est entamé
        ("B4;R-2;lentilles-vertes;5;;;", (0, 0)),
        ("B4;R-2;lentilles-vertes;8;;;", (5000, 20000)),  # 28 demandés, 2 en plus : cinq dans le deuxième sac
        ("B4;R-2;lentilles-vertes;;1;;", (23000, 2000)),
    ],
)
def test_l_etat_suit_les_lots(mini_depot: Path, fusionner: Fusionner, ajout: str, attendu: tuple[int, int]) -> None:
    trois_cellules(mini_depot)
    deposer(mini_depot, "la-remise/b.csv", ajout)
    fusionner("--provisoire", "--publier")
    assert etat(mini_depot) == [EtatDeLot("lentilles-vertes", 25000, *attendu)]


@pytest.mark.parametrize(
    ("demandes", "attendu", "dit"),
    [
        ((9, 9, 10), (5000, 3000, 2000), "le sac de 5\u00a0kg"),  # un sac de 25 est fait, il en manque un petit
        ((7, 7, 9), (25000, 23000, 2000), "le sac de 25\u00a0kg"),  # deux kilos de plus, et un grand remplace les quatre petits
        ((9, 8, 10), (5000, 2000, 3000), "le sac de 5\u00a0kg"),
    ],
)
def test_avec_plusieurs_lots_l_etat_dit_celui_que_l_on_remplit(
    mini_depot: Path, fusionner: Fusionner, capsys: pytest.CaptureFixture[str], demandes: tuple[int, ...], attendu: tuple[int, int, int], dit: str
) -> None:
    fiche = mini_depot / "catalogue/produits/lentilles-vertes.yaml"
    fiche.write_text(f"{fiche.read_text(encoding='utf-8')}lots: [{{quantite: 5, nom: sac de 5 kg}}]\n", encoding="utf-8")
    deposer(mini_depot, "les-tilleuls/a.csv", *(f"B{rang};A-{rang};lentilles-vertes;{combien};;;" for rang, combien in enumerate(demandes)))
    fusionner("--provisoire", "--publier")
    assert etat(mini_depot) == [EtatDeLot("lentilles-vertes", *attendu)]
    principal(["verifier", "--depot", str(mini_depot), "--maintenant", PENDANT])
    assert "etat-faux" not in capsys.readouterr().out
    depot = charger(mini_depot)[0]
    page = bon_html(depot, depot.commandes["2026-12"], depot.groupements["les-tilleuls"], instant(PENDANT))
    assert f"pour compléter {dit} (au 5\u00a0décembre" in page
    principal(["fusionner", "2026-12", "--depot", str(mini_depot), "--maintenant", PENDANT, "--sans-classeur", "--provisoire"])
    assert f"pour compléter {dit.replace('le sac', 'un sac')} de Lentilles vertes" in capsys.readouterr().out.replace("5 kg", "5\u00a0kg")


def test_en_dessous_de_trois_cellules_la_quantite_n_est_pas_dite(mini_depot: Path, fusionner: Fusionner) -> None:
    deposer(mini_depot, "les-tilleuls/a.csv", "B1;A-1;lentilles-vertes;12;;;", "B2;A-2;lentilles-vertes;6;2;;")
    deposer(mini_depot, "la-remise/a.csv", "B3;R-1;lentilles-vertes;;2;;", "B3;R-1;jus-de-pomme;6;;;")
    fusionner("--provisoire", "--publier")
    avec_deux = etat(mini_depot)
    assert avec_deux == [EtatDeLot("lentilles-vertes", 25000)]
    deposer(mini_depot, "les-tilleuls/a.csv", "B1;A-1;jus-de-pomme;6;;;")
    deposer(mini_depot, "la-remise/a.csv", "B3;R-1;jus-de-pomme;6;;;")
    fusionner("--provisoire", "--publier")
    assert etat(mini_depot) == avec_deux


def test_l_etat_ne_dit_personne(mini_depot: Path, fusionner: Fusionner) -> None:
    """La fuite : ni nom, ni cellule, ni groupement, ni bon, ni quantité d'une seule cellule ; dans aucun fichier du dépôt public."""
    trois_cellules(mini_depot, derniere="Maison Noisette")
    avant = contenu(mini_depot)
    fusionner("--provisoire", "--publier")
    neufs = {nom: octets for nom, octets in contenu(mini_depot).items() if avant.get(nom) != octets and not nom.startswith(("prive/", ".build/"))}
    assert list(neufs) == ["catalogue/commandes/2026-12.etat.json"]
    texte = neufs["catalogue/commandes/2026-12.etat.json"].decode()
    for secret in (*ADHERENTS, *ADHERENTS.values(), "Exemple", "Noisette", "tilleuls", "remise", "B1", "B2", "B3"):
        assert secret.casefold() not in texte.casefold()
    lu = json.loads(texte)
    assert lu.keys() == {"instant", "produits"}
    assert [set(produit) for produit in lu["produits"]] == [{"produit", "lot", "demande", "manque"}]
    assert not {lu["produits"][0][nom] for nom in ("demande", "manque")} & {12, 6, 2, 8}


def test_le_bon_dit_ce_qui_manque_sauf_une_fois_clos(mini_depot: Path, fusionner: Fusionner) -> None:
    trois_cellules(mini_depot)
    sans = charger(mini_depot)[0]
    fusionner("--provisoire", "--publier")
    depot = charger(mini_depot)[0]
    page = bon_html(depot, depot.commandes["2026-12"], depot.groupements["les-tilleuls"], instant(PENDANT)).replace("\u00a0", " ")
    assert page.count("class=m>") == 1
    assert "Il manque 3 kg pour compléter le sac de 25 kg (au 5 décembre, 18 h)." in page
    assert "Il manque" not in bon_html(depot, depot.commandes["2026-12"], depot.groupements["les-tilleuls"], instant(APRES))
    assert "Il manque" not in bon_html(sans, sans.commandes["2026-12"], sans.groupements["les-tilleuls"], instant(PENDANT))


def test_le_site_publie_l_etat_a_cote_du_bon(mini_depot: Path, fusionner: Fusionner, monkeypatch: pytest.MonkeyPatch) -> None:
    from cabas.publication import bons

    monkeypatch.setattr(bons, "_papiers", lambda *_tout: [])
    trois_cellules(mini_depot)
    fusionner("--provisoire", "--publier")
    depot = charger(mini_depot)[0]
    publies = {chemin.as_posix(): octets for chemin, octets in bons.bons(depot, instant(PENDANT), "", mini_depot / ".build").items()}
    attendu = (mini_depot / "catalogue/commandes/2026-12.etat.json").read_bytes()
    assert {nom for nom in publies if nom.endswith("etat.json")} == {f"2026-12/{slug}/etat.json" for slug in ("les-tilleuls", "la-remise")}
    assert publies["2026-12/les-tilleuls/etat.json"] == attendu
    assert not any(chemin.name == "etat.json" for chemin in bons.bons(depot, instant(APRES), "", mini_depot / ".build"))


def difference(racine: Path) -> list[str] | None:
    chemin = racine / "prive/2026-12/sorties/difference.csv"
    return [" ".join(ligne.values()) for ligne in lire(chemin)] if chemin.exists() else None


def test_ce_qui_a_change_depuis_la_fusion_d_avant(mini_depot: Path, fusionner: Fusionner) -> None:
    trois_cellules(mini_depot)
    assert "difference" not in fusionner(maintenant="2026-12-09T14:20")
    assert difference(mini_depot) is None
    deposer(mini_depot, "les-tilleuls/a.csv", "B1;A-1;lentilles-vertes;15;;;", "B4;A-2;jus-de-pomme;6;;;")
    deposer(mini_depot, "la-remise/b.csv", "B5;R-2;lentilles-vertes;8;;;")
    attendu = [
        "demande-ajoutee la-remise R-2 lentilles-vertes 0 8 8",
        "attribue-ajoute la-remise R-2 lentilles-vertes 0 8 8",
        "attribue-change la-remise R-1 lentilles-vertes 0 2 2",
        "demande-changee les-tilleuls A-1 lentilles-vertes 12 15 3",
        "attribue-change les-tilleuls A-1 lentilles-vertes 0 15 15",
        "demande-ajoutee les-tilleuls A-2 jus-de-pomme 0 6 6",
        "attribue-ajoute les-tilleuls A-2 jus-de-pomme 0 6 6",
        "demande-otee les-tilleuls A-2 lentilles-vertes 6 0 -6",
        "tolerance-otee les-tilleuls A-2 lentilles-vertes 2 0 -2",
        "a-commander-change   jus-de-pomme 0 6 6",
        "a-commander-change   lentilles-vertes 0 25 25",
    ]
    sortie = fusionner(maintenant="2026-12-09T18:00")
    assert sorted(difference(mini_depot) or []) == sorted(attendu)
    montants = [int(ligne["montant"].replace(",", "")) for ligne in lire(mini_depot / "prive/2026-12/sorties/lignes.csv")]
    assert sortie["difference"] == {"bons": 1, "ecarts": len(attendu), "montant": sum(montants)}


def test_relancer_sans_rien_changer_ne_fait_rien_oublier(mini_depot: Path, fusionner: Fusionner, capsys: pytest.CaptureFixture[str]) -> None:
    trois_cellules(mini_depot)
    fusionner(maintenant="2026-12-09T14:20")
    une_fois = contenu(mini_depot / "prive/2026-12/sorties")
    fusionner(maintenant="2026-12-09T15:00")
    assert contenu(mini_depot / "prive/2026-12/sorties") == une_fois
    deposer(mini_depot, "la-remise/b.csv", "B5;R-2;lentilles-vertes;3;;;")
    fusionner(maintenant="2026-12-09T18:00")
    avec = contenu(mini_depot / "prive/2026-12/sorties")
    assert "difference.csv" in avec
    principal(["fusionner", "2026-12", "--depot", str(mini_depot), "--maintenant", "2026-12-10T09:00", "--sans-classeur"])
    assert contenu(mini_depot / "prive/2026-12/sorties") == avec
    dit = capsys.readouterr().out.replace("\u00a0", " ")
    assert "Depuis la fusion du 9 décembre à 14 h 20 : 1 bon de plus, 1 quantité ajoutée et +" in dit


def test_la_premiere_fusion_ne_depend_pas_de_l_histoire(mini_depot: Path, fusionner: Fusionner) -> None:
    """Tous les autres fichiers de `sorties/` sont les mêmes, qu'il y ait eu d'autres fusions avant ou non."""
    deposer(mini_depot, "la-remise/b.csv", "B5;R-2;lentilles-vertes;3;;;")
    fusionner(maintenant=APRES)
    trois_cellules(mini_depot)
    fusionner(maintenant=APRES)
    avec = contenu(mini_depot / "prive/2026-12/sorties")
    assert avec.pop("difference.csv")
    for chemin in (mini_depot / "prive/2026-12").glob("*sorties*"):
        chemin.rename(mini_depot / chemin.name)
    fusionner(maintenant="2026-12-20T09:00")
    assert contenu(mini_depot / "prive/2026-12/sorties") == avec


def test_des_sorties_changees_a_la_main_se_disent(mini_depot: Path, fusionner: Fusionner) -> None:
    trois_cellules(mini_depot)
    fusionner(maintenant=APRES)
    (mini_depot / "prive/2026-12/sorties/lignes.csv").write_text("cellule,produit\nA-1,x\n", encoding="utf-8")
    assert "difference-impossible" in codes(fusionner(maintenant=APRES))
    assert difference(mini_depot) is None


def prevenus(racine: Path, dossier: str = "sorties") -> list[str]:
    return [f"{une['motif']} {une['cellule']} {une['produit'] or '-'}" for une in lire(racine / f"prive/2026-12/{dossier}/a-prevenir.csv")]


V6_V7 = (
    "B1;A-1;comte-12-mois;4;;2026-12-02T10:00;", "B1;A-1;oeufs-plein-air;une douzaine;;2026-12-02T10:00;", "B1;A-1;farine-t65;1,2;;2026-12-02T10:00;",
    "B3;A-3;jus-de-pomme;6;;;brouillon", "B3;A-3;farine-t65;1;;;brouillon", "B4;A-4;farine-t66;6;;;", "B5;A-5;farine-t65;5;;2026-12-09T10:00;",
    "B6;A-6;farine-t65;deux ou trois;;2026-12-02T10:00;", "B7;A-6;farine-t65;3;;2026-12-03T10:00;", "B8;;jus-de-pomme;6;;;brouillon",
    "B9;A-7;farine-t65;-2;;;", "B10;A-8;lentilles-vertes;2;1,5;;",
)  # fmt: skip


def test_qui_prevenir_et_que_dire(mini_depot: Path, fusionner: Fusionner) -> None:
    trois_cellules(mini_depot)
    (mini_depot / "prive/les-tilleuls/adherents.csv").write_text(
        "cellule;nom;telephone;courriel\nA-1;Camille Exemple;06 39 98 01 02;camille@exemple.org\nA-3;=Sacha;;\n", encoding="utf-8"
    )
    deposer(mini_depot, "les-tilleuls/a.csv", *V6_V7)
    assert fusionner("--provisoire")["a_prevenir"] == 6
    attendu = [
        "maximum A-1 comte-12-mois", "hors-pas A-1 farine-t65", "illisible A-1 oeufs-plein-air", "brouillon A-3 -", "produit-inconnu A-4 farine-t66",
        "retard A-5 -", "illisible A-7 farine-t65", "hors-pas A-8 lentilles-vertes",
    ]  # fmt: skip
    assert prevenus(mini_depot, "sorties/provisoire") == attendu
    rangees = lire(mini_depot / "prive/2026-12/sorties/provisoire/a-prevenir.csv")
    assert list(rangees[0]) == ["motif", "groupement", "cellule", "nom", "telephone", "courriel", "produit", "detail", "phrase"]
    assert [rangees[0][nom] for nom in ("nom", "telephone", "courriel")] == ["Camille Exemple", "06 39 98 01 02", "camille@exemple.org"]
    assert [une["nom"] for une in rangees if une["cellule"] == "A-3"] == ["'=Sacha"]
    phrases = {f"{une['cellule']} {une['motif']}": une["phrase"].replace("\u00a0", " ") for une in rangees}
    assert phrases["A-1 maximum"] == "Bonjour, vous avez demandé 4 kg de Comté AOP 12 mois : le maximum est de 3 kg par bon, nous avons noté 3 kg."
    assert phrases["A-1 hors-pas"].endswith("On le commande par 500 g : préférez-vous 1 kg ou 1,5 kg ?".replace(" ?", "\u202f?"))
    assert "« 1,5 » à accepter en plus pour « Lentilles vertes »" in phrases["A-8 hors-pas"]
    assert "pensez à le valider avant le lundi 7 décembre 2026 à 20 h" in phrases["A-3 brouillon"]
    assert "ne peut pas être négative" in phrases["A-7 illisible"]
    fusionner(maintenant=APRES)
    assert prevenus(mini_depot) == attendu
    finales = {f"{une['cellule']} {une['motif']}": une["phrase"] for une in lire(mini_depot / "prive/2026-12/sorties/a-prevenir.csv")}
    assert "sans le valider avant la clôture" in finales["A-3 brouillon"]


def test_un_message_par_personne(mini_depot: Path, fusionner: Fusionner, instantane: Any) -> None:
    trois_cellules(mini_depot)
    deposer(mini_depot, "les-tilleuls/a.csv", *V6_V7, "B11;A-1;jus-de-pomme;6;;2026-12-09T11:00;", "B12;A-1;jus-de-pomme;12;;;brouillon")
    fusionner(maintenant=APRES)
    texte = (mini_depot / "prive/2026-12/sorties/a-prevenir.txt").read_text(encoding="utf-8-sig")
    messages = [ligne for ligne in texte.splitlines() if ligne.startswith("Bonjour")]
    assert len(messages) == len({ligne.split()[1] for ligne in prevenus(mini_depot)})
    assert not any(mot in f" {texte.casefold()} " for mot in (" tu ", " ton ", " tes ", " toi "))
    instantane(texte)


def test_personne_a_prevenir(mini_depot: Path, fusionner: Fusionner) -> None:
    trois_cellules(mini_depot)
    assert fusionner(maintenant=APRES)["a_prevenir"] == 0
    assert prevenus(mini_depot) == []
    assert "Commande de décembre : personne à prévenir." in (mini_depot / "prive/2026-12/sorties/a-prevenir.txt").read_text(
        encoding="utf-8-sig"
    ).replace("\u00a0", " ")


def test_les_csv_du_provisoire_gardent_leurs_colonnes(mini_depot: Path, fusionner: Fusionner) -> None:
    from cabas.rendu.tables import COLONNES

    trois_cellules(mini_depot)
    fusionner("--provisoire")
    for nom, entete in COLONNES.items():
        if nom != "difference.csv":
            octets = (mini_depot / "prive/2026-12/sorties/provisoire" / nom).read_bytes()
            assert next(csv.reader(io.StringIO(octets.decode("utf-8-sig")), delimiter=";")) == entete.split(";")
