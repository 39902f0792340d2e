"""Le même bon, écrit par tous les tableurs : encodages, séparateurs, fins de ligne, préambules, en-têtes sur plusieurs lignes."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from exports import classeur
from hypothesis import given, settings
from hypothesis import strategies as st
from test_correspondances import ecrire, fusionner

from cabas.demonstration.tableaux import Dialecte, csv
from cabas.lecture.bons import lire_bons
from cabas.lecture.colonnes import Catalogue
from cabas.lecture.d_un_trait import lire_d_un_trait
from cabas.lecture.depot import charger
from cabas.lecture.prix_lus import lire_prix
from cabas.quantites import lire_quantite
from cabas.typographie import nombre_csv

DEPOT, _CONSTATS = charger(Path(__file__).parent / "donnees/mini-reseau")
CATALOGUE = Catalogue(DEPOT.produits.values())
NOMS = ("Zoé Œuvré", "Élodie d’Aÿ", "Léa Ça-va", "Noël Août")
DIALECTES = [
    Dialecte(separateur, encodage, fin, partout)
    for separateur in ";,\t|"
    for encodage in ("utf-8", "utf-8-sig", "utf-16", "cp1252", "mac_roman")
    for fin in ("\n", "\r\n", "\r")
    for partout in (False, True)
]
A_LA_PIECE = st.integers(0, 10**5).map(lambda centiemes: centiemes * 10)
"""Jamais de millièmes de pièce : « 1,001 » peut se lire mille un, et se refuse."""


class Declare(Catalogue):
    encodage = "mac-roman"


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(DIALECTES),
    st.lists(st.tuples(st.sampled_from(NOMS), st.integers(1, 10**8), A_LA_PIECE), min_size=1, max_size=4, unique_by=lambda rangee: rangee[0]),
    st.sampled_from(["", "sep", "titre", "titre et groupes"]),
)
def test_un_bon_ecrit_puis_lu_rend_ses_quantites(dialecte: Dialecte, bons: list[tuple[str, int, int]], tete: str) -> None:
    """Chaque nombre, dans chaque dialecte, sous chaque en-tête : mêmes personnes, mêmes quantités, mêmes lignes du fichier."""
    entete = ["Nom", "Créneau", "Farine de blé T65 (kg)", "Jus de pomme"]
    rangees = [entete, *([nom, "14h-15h", nombre_csv(farine), nombre_csv(jus)] for nom, farine, jus in bons)]
    if tete.startswith("titre"):
        rangees.insert(0, ["Bons de décembre", "", "", ""])
    if tete == "titre et groupes":
        rangees.insert(1, ["Vous", "", "Produits", ""])
    octets = csv(rangees, dialecte)
    if tete == "sep" and dialecte.encodage not in ("utf-16", "utf-8-sig"):
        octets = f"sep={dialecte.separateur}{dialecte.fin}".encode() + octets
        rangees.insert(0, [])
    catalogue = Declare(DEPOT.produits.values()) if dialecte.encodage == "mac_roman" else CATALOGUE
    lignes, constats = lire_bons(octets, "bons.csv", "les-tilleuls", catalogue)
    attendu = [(nom, ref, valeur) for nom, farine, jus in bons for ref, valeur in (("farine-t65", farine), ("jus-de-pomme", jus)) if valeur]
    assert [(ligne.cellule, ligne.produit, lire_quantite(ligne.lu, DEPOT.produits[ligne.produit].unite)) for ligne in lignes] == attendu
    assert {ligne.ligne for ligne in lignes} == set(range(rangees.index(entete) + 2, rangees.index(entete) + 2 + len(bons)))
    assert not constats


def test_trois_lignes_d_en_tete_dans_un_classeur() -> None:
    tete = [["Bons de décembre", "", ""], ["Vous", "Produits", ""], ["Nom", "Farine de blé T65", "Jus de pomme"]]
    lignes, constats = lire_bons(classeur([*tete, ["Zoé", 2.5, 3]]), "bons.xlsx", "les-tilleuls", CATALOGUE)  # type: ignore[list-item]
    assert [(ligne.ligne, ligne.produit, ligne.lu) for ligne in lignes] == [(4, "farine-t65", "2.5"), (4, "jus-de-pomme", "3")]
    assert not constats


MAC = "nom;farine-t65;Créneau\nZoé Fictif;2;l’après-midi\n".replace("farine-t65", "Farine [farine-t65]").encode("mac_roman")


def test_un_fichier_de_mac_se_refuse_puis_se_lit_quand_on_le_declare(mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal, dits = fusionner(mini_depot, capsys, "liste.csv", MAC)
    assert [ligne[5] for ligne in journal] == ["fichier-illisible"]
    assert dits == ["prive/2026-12/les-tilleuls/bons/liste.csv:0 fichier-illisible"]
    ecrire(mini_depot, '- fichier: "liste*.csv"\n  encodage: mac-roman\n')
    assert fusionner(mini_depot, capsys, "liste.csv", MAC) == ([("Zoé Fictif", "farine-t65", "2", "0", "retenue", "")], [])
    ecrire(mini_depot, '- fichier: "liste*.csv"\n  encodage: mac-os\n')
    assert fusionner(mini_depot, capsys, "liste.csv", MAC)[1] == ["groupements/les-tilleuls.correspondances.yaml:2 valeur-interdite"]


def test_declarer_un_encodage_ne_change_rien_a_un_fichier_en_utf_8() -> None:
    octets = "Nom;Jus de pomme\nŽeljko Élan;2\n".encode()
    assert lire_bons(octets, "a.csv", "g", Declare(DEPOT.produits.values())) == lire_bons(octets, "a.csv", "g", CATALOGUE)
    windows = "Nom;Jus de pomme\nŽeljko Élan;2\n".encode("cp1252")
    assert [ligne.cellule for ligne in lire_bons(windows, "a.csv", "g", CATALOGUE)[0]] == ["Željko Élan"], "un nom serbe n'est pas un Mac"


@pytest.mark.parametrize(
    ("intitule", "prix"),
    [
        ("Tomate ronde - 3,50€ / kg", [("3.50", 1, "kg")]),
        ("Tomate ronde (3.5 € le kilo)", [("3.5", 1, "kilo")]),
        ("Tomate, 3€50", [("3.50", 1, "")]),
        ("Œufs de plein air, 1,71 € les 6", [("1.71", 6, "")]),
        ("Farine T65, 1,26 €/kg ou 1,54 €/kg [farine-t65]", [("1.26", 1, "kg"), ("1.54", 1, "kg")]),
        ("Jus 2,40 euros la bouteille", [("2.40", 1, "bouteille")]),
        ("Tomate ٣٫٥ €", [("3.5", 1, "")]),
        ("Farine T65 (kg)", []),
        ("Le fil d’Europe 12", []),
    ],
)
def test_le_prix_lu_dans_un_intitule(intitule: str, prix: list[tuple[str, int, str]]) -> None:
    assert [(lu.montant, lu.nombre, lu.unite) for lu in lire_prix(intitule)] == [(Decimal(montant), nombre, unite) for montant, nombre, unite in prix]


@pytest.mark.parametrize(
    ("intitule", "different"),
    [
        ("Farine de blé T65 - 1,40€ / kg", False),
        ("Farine de blé T65 - 1,26 € le kilo", False),
        ("Farine de blé T65, 1€54", False),
        ("Farine de blé T65 - 1,41€ / kg", True),
        ("Farine de blé T65 - 0,14 € les 100 g (kg)", False),  # une autre unité ne se compare pas
        ("Œufs de plein air - 1,71 € les 6", False),
        ("Œufs de plein air - 1,88 € les 6", False),
        ("Œufs de plein air - 1,95 € les 6", True),
        ("Jus de pomme - 2,35 € la bouteille", False),
        ("Jus de pomme - 2,35 €/L", False),
        ("Jus de pomme [jus-de-pomme] 3 €", True),
    ],
)
def test_un_prix_different_se_signale_sans_rien_bloquer(intitule: str, different: bool) -> None:
    catalogue = Catalogue(DEPOT.produits.values(), DEPOT.groupements["les-tilleuls"].tarifs)
    lignes, constats = lire_bons(f"nom;{intitule}\nA-1;6\nA-2;6\n".encode(), "a.csv", "les-tilleuls", catalogue)
    assert len(lignes) == 2
    assert [ligne.refus for ligne in lignes] == [None, None]
    assert [(constat.code, constat.emplacement.ligne) for constat in constats] == [("prix-different", 1)] * different


@pytest.mark.parametrize("intitule", ["Produits | Farine T65", "Produits [Farine T65]", "Produits (Farine T65 - Quantité)", "Farine T65 (kg)"])
def test_une_ligne_de_grille_inconnue_propose_le_produit(intitule: str) -> None:
    """Le nom de la question ne compte pas : sans cela, « Produits | » rapprochait d'abord des noms plus longs."""
    autres = [DEPOT.produits["farine-t65"]._replace(ref=f"farine-{nom}", nom=f"Farine de {nom} épeautre") for nom in ("grand", "petit")]
    assert Catalogue([*DEPOT.produits.values(), *autres]).proches(intitule)[0] == "farine-t65"


@pytest.mark.parametrize(
    ("noms", "encodage", "declarer"),
    [
        (("Rémi", "Léa"), "mac_roman", "mac-roman"),
        (("LÉA", "Jérôme"), "mac_roman", "mac-roman"),
        (("Hélène",), "mac_roman", "mac-roman"),
        (("François",), "mac_roman", "mac-roman"),
        (("Rémi", "Léa"), "cp850", "cp850"),
        (("Joël", "André"), "cp850", "cp850"),
        (("Jérôme", "François"), "cp850", "cp850"),
        (("cœur",), "iso-8859-15", "iso-8859-15"),
    ],
)
def test_un_vieil_encodage_se_refuse_en_disant_lequel_declarer(noms: tuple[str, ...], encodage: str, declarer: str) -> None:
    octets = "".join(["Nom;Jus de pomme\n", *(f"{nom};2\n" for nom in noms)]).encode(encodage)
    ((ligne,), _constats) = lire_bons(octets, "a.csv", "g", CATALOGUE)
    assert ligne.refus is not None
    assert ligne.refus.code == "fichier-illisible"
    assert f"« encodage: {declarer} »" in ligne.refus.remede

    class Declaree(Catalogue):
        encodage = declarer

    assert [lue.cellule for lue in lire_bons(octets, "a.csv", "g", Declaree(DEPOT.produits.values()))[0]] == list(noms)


@pytest.mark.parametrize(
    "nom", ["Željko", "DRAŽEN", "Škoda Élan", "merci…", "Paris–Lyon", "« Ana »", "“Ana”", "l’an", "½ pain", "1½ kg", "MAŠA", "10 €", "œuf", "Tom™"]
)
def test_un_nom_de_windows_qui_etonne_reste_permis(nom: str) -> None:
    lignes, constats = lire_bons(f"Nom;Jus de pomme\n{nom};2\nÉlodie;1\n".encode("cp1252"), "a.csv", "g", CATALOGUE)
    assert [(ligne.cellule, ligne.refus) for ligne in lignes] == [(nom, None), ("Élodie", None)]
    assert constats == []


@pytest.mark.parametrize("entete", ["Nom;Jus de pomme", "cellule;produit;quantite"])
@pytest.mark.parametrize("nom", ["CÃ©line", "C\ufffdline", "FranÃ§ois", "voilÃ\u00a0tout", "Ã‰lise", "dâ€™AÃ¿", "SÅ“ur"])
def test_des_accents_deja_perdus_se_disent(entete: str, nom: str) -> None:
    octets = f"{entete}\n".encode() + "".join(f"{qui};{'jus-de-pomme;' if 'produit' in entete else ''}2\n" for qui in ("Zoé", nom)).encode()
    assert lire_d_un_trait(octets, "a.csv", "g", CATALOGUE) is None
    lignes, constats = lire_bons(octets, "a.csv", "g", CATALOGUE)
    assert len(lignes) == 2
    assert [(constat.code, constat.emplacement.ligne) for constat in constats] == [("accents-abimes", 3)]


def test_un_nom_portugais_ou_suedois_n_est_pas_abime() -> None:
    octets = "Nom;Jus de pomme\nJoão SÃO;2\nÅsa;1\nAna Ã;1\nâme;1\n".encode()
    assert lire_bons(octets, "a.csv", "g", CATALOGUE)[1] == []
