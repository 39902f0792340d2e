"""Chaque profil de service est tenu à un vrai export : reconnu à ses intitulés, lu ou refusé avec ce qu'il faut faire."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import PAQUET, RACINE, dire
from exports import CRYPTPAD, EXPORTS, IP, entre_guillemets

from cabas.cli import principal
from cabas.lecture.bons import lire_bons
from cabas.lecture.colonnes import Catalogue
from cabas.lecture.correspondances import roles
from cabas.lecture.depot import charger
from cabas.lecture.profils import profils, reconnaitre
from cabas.lecture.tableaux import lire_tableaux
from cabas.temps import lire_envoi

DEPOT, _CONSTATS = charger(Path(__file__).parent / "donnees/mini-reseau")
CATALOGUE = Catalogue(DEPOT.produits.values())
DOSSIER = PAQUET / "donnees" / "profils"
ZOE = ["Zoé Œuvré farine-t65 2.5", "Zoé Œuvré lentilles-vertes 1"]
ALI = "Ali Fictif lentilles-vertes 3"
COCHES = ["Zoé Œuvré jus-de-pomme Jus de pomme quantite-illisible", "Zoé Œuvré oeufs-plein-air Œufs de plein air quantite-illisible"]
FRAMAFORMS = [*ZOE, "Ali Fictif comte-12-mois 500 brouillon"]
ATTENDU = {
    **{nom: FRAMAFORMS for nom in EXPORTS if nom.startswith("framaforms")},
    "nextcloud.csv": [*ZOE, ALI],
    "cryptpad.csv": ["Zoé Œuvré farine-t65 2,5 kg", ZOE[1], "Ali Fictif lentilles-vertes 15h-16h ligne-decalee"],
    "cryptpad.json": ["Zoé Œuvré farine-t65 2,5 kg", ZOE[1], "Lou Fictif farine-t65 3 ligne-decalee"],
    "liberaforms.csv": [
        ZOE[0], "Zoé Œuvré comte-12-mois Comté AOP 12 mois quantite-illisible", COCHES[0], "Zoé Œuvré Produits du mois Autre chose colonne-inconnue",
    ],
    "google-direct.csv": ["Zoé Œuvré farine-t65 2,5", ZOE[1]],
    "google-sheets.csv": ["Zoé Œuvré farine-t65 2,5", ZOE[1]],
    "google-sheets-en.csv": [*ZOE, "Ali Fictif lentilles-vertes 2"],
    "microsoft-anonyme.xlsx": [*ZOE, *COCHES, ALI],
    "microsoft-nom2.xlsx": [*ZOE, *COCHES, ALI],
    "microsoft-connecte.xlsx": [*ZOE, *COCHES, ALI],
    "microsoft-sans-personne.xlsx": [ligne.removeprefix("Zoé Œuvré").removeprefix("Ali Fictif").strip() for ligne in (*ZOE, *COCHES, ALI)],
    "tally.csv": ZOE,
    "limesurvey.csv": [
        "Zoé Œuvré farine-t65 2.5000000000", "Zoé Œuvré lentilles-vertes 1.0000000000", "Ali Fictif farine-t65 2.0000000000 brouillon",
    ],
    "kobo.csv": ZOE,
    "odk.csv": ZOE,
    "grist.csv": ZOE,
    **{nom: ["fichier-illisible"] for nom in ("helloasso.csv", "foodsoft.csv", "framadate.csv")},
}  # fmt: skip


def lire(octets: bytes, nom: str = "export.csv", catalogue: Catalogue = CATALOGUE) -> list[str]:
    lignes, _constats = lire_bons(octets, nom, "les-tilleuls", catalogue)
    return [
        " ".join(filter(None, [un.cellule, un.produit or un.colonne, un.lu, "brouillon" * un.brouillon, un.refus.code if un.refus else ""]))
        for un in lignes
    ]


@pytest.mark.parametrize("nom", EXPORTS)
def test_chaque_export_est_lu_ou_refuse_avec_ce_qu_il_faut_faire(nom: str) -> None:
    profil, octets = EXPORTS[nom]
    tableaux = lire_tableaux(octets, CATALOGUE.compter) if not nom.endswith(".json") else None
    if isinstance(tableaux, list):
        numero, intitules = tableaux[0].lignes[tableaux[0].entete]
        reconnu = reconnaitre(intitules)
        assert (reconnu.code if reconnu else "") == profil
        assert reconnu is None or numero == reconnu.entetes
    assert lire(octets, nom) == ATTENDU[nom]


def test_chaque_profil_a_son_export_et_suit_son_schema() -> None:
    from frictionless import Schema

    champs = json.loads((PAQUET / "schemas/profils.json").read_text(encoding="utf-8"))
    schema, fautes = Schema.from_descriptor(champs), []
    for fichier in sorted(DOSSIER.glob("*.json")):
        lu = {"code": fichier.stem, **json.loads(fichier.read_text(encoding="utf-8"))}
        fautes += [f"{fichier.name} : champ inconnu « {cle} »" for cle in lu.keys() - {champ["name"] for champ in champs["fields"]}]
        for champ in schema.fields:
            fautes += [f"{fichier.name}.{champ.name} : {note}" for note in champ.read_cell(lu.get(champ.name))[1] or ()]
        fautes += [f"{fichier.name} : rôle inconnu « {role} »" for role in set(lu.get("roles", {}).values()) - set(roles())]
    dire(fautes)
    assert {profil.code for profil in profils()} == {profil or nom.partition(".")[0] for nom, (profil, _octets) in EXPORTS.items()}
    for profil in profils():
        assert bool(profil.refus) == bool(profil.remede), profil.code
        assert profil.comptes <= profil.roles.keys(), profil.code
        assert not profil.ecarter & profil.roles.keys(), profil.code


def test_chaque_service_est_dans_le_guide() -> None:
    guide = (RACINE / "content/guide/fusion-cas-particuliers.md").read_text(encoding="utf-8")
    dire([profil.nom for profil in profils() if f"| {profil.nom} |" not in guide])


def test_sans_ses_ancres_un_fichier_garde_la_lecture_generale() -> None:
    assert reconnaitre(["Nom", "Farine de blé T65", "Lentilles vertes"]) is None
    assert reconnaitre(["Numéro", "Nom", "Produit", "Quantité", "Unité", "Prix"]) is None
    assert reconnaitre([]) is None


def test_l_adresse_ip_n_est_dans_aucune_sortie(mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bons = mini_depot / "prive/2026-12/les-tilleuls/bons"
    bons.mkdir(parents=True)
    octets = EXPORTS["framaforms-virgule.csv"][1]
    assert IP.encode() in octets
    decalee = octets.replace(f'"{IP}","0","Anonyme","Zoé'.encode(), f'"{IP}","Zoé'.encode()).replace(b'"2.5","1",""', b'"","",""')
    (bons / "juste.csv").write_bytes(octets)
    (bons / "decalee.csv").write_bytes(decalee)
    (bons / "sous-un-produit.csv").write_bytes(octets.replace(b'"2.5","1",""', f'"{IP}","1",""'.encode()))
    assert principal(["fusionner", "2026-12", "--depot", str(mini_depot), "--sans-producteurs", "--sans-classeur"]) == 1
    assert IP not in capsys.readouterr().out
    sorties = mini_depot / "prive/2026-12/sorties"
    assert "ligne-decalee" in (sorties / "journal.csv").read_text(encoding="utf-8-sig")
    dire([chemin.name for chemin in sorties.rglob("*") if chemin.is_file() and IP.encode() in chemin.read_bytes()])


def test_les_dates_se_lisent_a_l_heure_du_service() -> None:
    def envois(nom: str) -> list[str]:
        lignes, _constats = lire_bons(EXPORTS[nom][1], nom, "les-tilleuls", CATALOGUE)
        return [f"{envoi:%m-%d %H:%M}" for ligne in lignes if (envoi := lire_envoi(ligne.envoye_le))]

    assert set(envois("tally.csv")) == set(envois("nextcloud.csv")[:1]) == {"03-14 08:12"}
    assert envois("google-sheets-en.csv") == ["03-14 08:12", "03-14 08:12", "03-04 08:12"], "le 14 prouve que le mois vient d’abord"


def test_une_reponse_modifiee_a_la_date_de_sa_derniere_modification() -> None:
    """Posée dès le brouillon, l'heure de soumission ne dit pas quand la réponse a fini de changer."""
    framaforms = (
        EXPORTS["framaforms-virgule.csv"][1]
        .decode()
        .replace('"14/03/2026 - 09:15","14/03/2026 - 09:15"', '"14/03/2026 - 09:15","16/03/2026 - 10:00"')
    )
    lignes, _constats = lire_bons(framaforms.encode(), "f.csv", "les-tilleuls", CATALOGUE)
    assert [un.envoye_le for un in lignes] == ["16/03/2026 - 10:00"] * 2 + ["14/03/2026 - 18:40"]
    microsoft = "ID;Heure de début;Heure de fin;Adresse de messagerie;Nom;Heure de la dernière modification;Nom2;Farine de blé T65\n"
    microsoft += "1;03/05/2026 10:00;03/05/2026 10:05;anonymous;;03/14/2026 09:00;Zoé;2\n2;03/05/2026 10:00;03/05/2026 10:05;anonymous;;;Ali;2\n"
    lignes, _constats = lire_bons(microsoft.encode(), "m.csv", "les-tilleuls", CATALOGUE)
    assert [un.envoye_le for un in lignes] == ["14/03/2026 09:00", "05/03/2026 10:05"], "une seule date suffit à prouver que le mois vient d’abord"


def test_un_compte_qui_saisit_pour_deux_foyers() -> None:
    """Quand une question demande le foyer, le compte connecté ne dit plus de qui vient le bon."""
    microsoft = "ID;Heure de début;Heure de fin;Adresse de messagerie;Nom;Nom du foyer;Farine de blé T65\n"
    for numero, foyer, lu in ((1, "Sureau", 2), (2, "Noyer", 3)):
        microsoft += f"{numero};2026-03-05 10:00;2026-03-05 10:05;p@exemple.org;Permanence;{foyer};{lu}\n"
    assert lire(microsoft.encode()) == ["Sureau farine-t65 2", "Noyer farine-t65 3"]


INTITULES_DE_NOM = [
    "Votre nom et prénom", "Nom :", "Nom / Prénom", "Nom & prénom", "Nom et prénom *", "Quel est ton nom ?", "Nom (et prénom)", "Prénom / Nom",
    "Nom du foyer", "Nom de la cellule", "Cellule n°", "Nom complet", "Ton nom", "First name", "Full name",
    "Your name", "Vos nom et prénom", "Nom-Prénom", "1. Nom",
]  # fmt: skip


@pytest.mark.parametrize("intitule", INTITULES_DE_NOM)
def test_un_intitule_de_nom_courant_se_reconnait(intitule: str) -> None:
    assert lire(f'"{intitule}";Farine de blé T65;Jus de pomme\nLéo;2;1\n'.encode()) == ["Léo farine-t65 2", "Léo jus-de-pomme 1"]


@pytest.mark.parametrize("intitule", ["Adhérent ?", "Combien de personnes dans le foyer ?", "Nom du produit", "Qui ?", "Famille"])
def test_un_intitule_qui_n_est_pas_un_nom_ne_nomme_personne(intitule: str) -> None:
    assert lire(f'"{intitule}";Nom;Farine de blé T65;Jus de pomme\noui;Léo;2;1\n'.encode()) == ["Léo farine-t65 2", "Léo jus-de-pomme 1"]


def test_la_ligne_d_une_reponse_json_est_celle_du_fichier() -> None:
    octets = EXPORTS["cryptpad.json"][1]
    lignes, _constats = lire_bons(octets, "cryptpad.json", "les-tilleuls", CATALOGUE)
    assert '"_time": "2026-03-14T08:12' in octets.decode().splitlines()[lignes[0].ligne - 1]


@pytest.mark.parametrize(
    "octets",
    [b"{", b'{"questions": {}}', b'{"questions": {}, "responses": [3]}', b'{"a": ' * 100_000, json.dumps(CRYPTPAD).encode()[:-30],
     b'{"questions": {"q1": "Nom"}, "responses": [{"q1": "' + b"9" * 30_000 + b'"}]}'],
)  # fmt: skip
def test_un_json_abime_est_un_refus(octets: bytes) -> None:
    assert lire(octets, "formulaire.json") == ["fichier-illisible"]


def test_un_json_minimal_garde_ses_nombres_exacts() -> None:
    lu = {"questions": {"q1": "Nom", "q2": "Farine de blé T65"}, "responses": [{"_time": "", "q1": "Ali", "q2": 2.5}, {"q1": "Lou", "q2": ["3"]}]}
    assert lire(json.dumps(lu).encode(), "formulaire.json") == ["Ali farine-t65 2.5", "Lou farine-t65 3"]


GRILLE = ["Identifiant utilisateur", "Nom d'affichage de l'utilisateur", "Horodatage", "Nom", "P (Farine de blé T65)", "P (Lentilles vertes)"]
REPONSE = ["", "Utilisateur anonyme", "2026-03-14T09:12:03+01:00", "Zoé"]


@pytest.mark.parametrize(
    ("cases", "attendu"),
    [
        (["2", "1", "6", "3"], ["farine-t65 2", "lentilles-vertes 1", "oeufs-plein-air 6", "jus-de-pomme 3"]),
        (["", "1", "6", "3"], ["lentilles-vertes 1", "oeufs-plein-air 6", "jus-de-pomme 3"]),
        (["", "6", "3", ""], ["lentilles-vertes 6 ligne-decalee", "oeufs-plein-air 3 ligne-decalee"]),
        (["2", "6", "3", ""], ["farine-t65 2", "lentilles-vertes 6", "oeufs-plein-air 3"]),
        (["", "", "6", ""], ["oeufs-plein-air 6 ligne-decalee"]),  # une grille toute vide a forcément glissé : ce six est du jus
    ],
)  # fmt: skip
def test_une_grille_vide_qui_decale_des_produits_n_est_jamais_crue(cases: list[str], attendu: list[str]) -> None:
    octets = entre_guillemets([[*GRILLE, "Œufs de plein air", "Jus de pomme"], [*REPONSE, *cases]], ",").encode("utf-8-sig")
    assert [ligne.removeprefix("Zoé ") for ligne in lire(octets)] == attendu


def test_une_question_otee_du_formulaire_ne_perd_pas_ses_reponses() -> None:
    lu = {
        "questions": {"q1": "Nom", "q2": "Farine de blé T65"},
        "responses": [{"_uid": "9", "q1": "Ali", "q2": "2", "q7": "4", "q8": "Merci !"}, {"q1": "Lou", "q2": "1", "q9": ["", "3"]}],
    }
    lignes, constats = lire_bons(json.dumps(lu).encode(), "formulaire.json", "les-tilleuls", CATALOGUE)
    assert [(ligne.cellule, ligne.produit, ligne.lu, ligne.refus.code if ligne.refus else "") for ligne in lignes] == [
        ("Ali", "farine-t65", "2", ""), ("Ali", "", "4", "colonne-inconnue"), ("Lou", "farine-t65", "1", ""), ("Lou", "", "3", "colonne-inconnue"),
    ]  # fmt: skip
    assert [constat.code for constat in constats] == ["colonne-ignoree"]
