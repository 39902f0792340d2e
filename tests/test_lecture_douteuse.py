"""Ce dont on n'est pas sûr n'est pas retenu : grilles qui glissent, conditionnements, en-têtes sur plusieurs rangées."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabas.lecture.bons import lire_bons
from cabas.lecture.colonnes import Catalogue
from cabas.lecture.correspondances import CatalogueMene
from cabas.lecture.depot import charger
from cabas.lecture.doutes import emballe
from cabas.lecture.etages import composer
from cabas.lecture.tableaux import Tableau
from cabas.modele import Correspondance
from cabas.quantites import lire_quantite

DEPOT, _CONSTATS = charger(Path(__file__).parent / "donnees/mini-reseau")
CATALOGUE = Catalogue(DEPOT.produits.values())
NOMS = {
    "farine-t65": "Farine de blé T65",
    "lentilles-vertes": "Lentilles vertes",
    "jus-de-pomme": "Jus de pomme",
    "oeufs-plein-air": "Œufs de plein air",
}
NEXTCLOUD = ["Identifiant utilisateur", "Nom d'affichage de l'utilisateur", "Horodatage", "Nom"]
CRYPTPAD = ["Heure", "Participant·e", "Nom"]


def ecrire(rangees: list[list[str]]) -> bytes:
    tampon = io.StringIO(newline="")
    csv.writer(tampon, lineterminator="\n").writerows(rangees)
    return tampon.getvalue().encode()


def lire(rangees: list[list[str]], catalogue: Catalogue = CATALOGUE) -> list[str]:
    """« personne ref quantité +tolérance refus », par quantité reçue."""
    lignes, _constats = lire_bons(ecrire(rangees), "a.csv", "les-tilleuls", catalogue)
    return [
        " ".join(
            filter(
                None,
                [
                    un.cellule,
                    un.produit or "?",
                    f"{un.lu} {un.unite}".strip(),
                    f"+{un.tolerance}" * bool(un.tolerance),
                    un.refus.code if un.refus else "",
                ],
            )
        )
        for un in lignes
    ]


def nextcloud(titres: list[str], *reponses: list[str]) -> list[list[str]]:
    avant = ["", "Utilisateur anonyme", "2026-12-02T09:12:03+01:00"]
    return [[*NEXTCLOUD, *titres], *([*avant, *reponse] for reponse in reponses)]


GRILLE = ["P (Farine de blé T65)", "P (Lentilles vertes)", "P (Œufs de plein air)"]
DOUBLE = [f"P ({nom} - {sous})" for nom in ("Farine de blé T65", "Lentilles vertes", "Œufs de plein air") for sous in ("Quantité", "Tolérance")]


@pytest.mark.parametrize("suite", ["Combien de personnes à la maison ?", "Remarque", "Code de la porte", "Code postal"])
def test_une_grille_vide_suivie_d_un_nombre_quel_qu_il_soit(suite: str) -> None:
    """Nextcloud écrit une case pour la grille vide : le nombre suivant tombe sous le deuxième produit."""
    lus = lire(nextcloud([*GRILLE, suite], ["Ana", "2", "", "6", "4"], ["Léo", "", "4", "", ""]))
    assert [lu for lu in lus if lu.startswith("Léo")] == ["Léo lentilles-vertes 4 ligne-decalee"]
    assert lus[:2] == ["Ana farine-t65 2", "Ana oeufs-plein-air 6"]


def test_un_export_cryptpad_reenregistre_a_perdu_ses_lignes_courtes() -> None:
    lus = lire(
        [[*CRYPTPAD, "P | Farine de blé T65", "P | Lentilles vertes", "Sacs"], ["h", "V", "Ana", "2", "1", "3"], ["h", "V", "Léo", "", "3", ""]]
    )
    assert lus[-1] == "Léo lentilles-vertes 3 ligne-decalee"


@pytest.mark.parametrize(
    ("suite", "reponse", "decalee"),
    [
        ([], ["", "3", "1", "1", "6", ""], True),  # la farine est vide : 3 (+1) de lentilles, 1 (+6) d'œufs
        (["Créneau"], ["", "3", "1", "1", "6", "14h-15h", ""], True),
        (["Créneau"], ["2", "1", "", "6", "", "14h", ""], True),
        ([], ["2", "1", "", "", "6", "6"], False),  # rien ne manque au bout : rien n'a glissé
        ([], ["2", "1", "1", "", "6", ""], False),  # aucune ligne ne commence par du vide
        (["Créneau"], ["2", "", "1", "", "6", "", "14h-15h"], False),
        (["Créneau"], ["2", "", "1", "", "14h", "", ""], True),  # un créneau sous une quantité
        (["Créneau"], ["2", "", "1", "14h", "", "", ""], True),  # ou sous une tolérance
    ],
)
def test_une_grille_a_deux_colonnes_glisse_ligne_par_ligne(suite: list[str], reponse: list[str], decalee: bool) -> None:
    lus = lire(nextcloud([*DOUBLE, *suite], ["Léo", *reponse]))
    assert lus
    assert [lu.endswith("ligne-decalee") for lu in lus] == [decalee] * len(lus)


def test_ce_qui_ne_peut_pas_etre_un_glissement_est_garde() -> None:
    titres = [*GRILLE[:2], "Créneau", "Qui vient ?", "Remarque"]
    lus = lire(nextcloud(titres, ["Ana", "2", "1", "14h", "moi", ""], ["Léo", "", "1", "15h", "Zoé", ""], ["Zoé", "3", "", "", "", ""]))
    assert lus == ["Ana farine-t65 2", "Ana lentilles-vertes 1", "Léo lentilles-vertes 1", "Zoé farine-t65 3"]


class Question(NamedTuple):
    """Une question d'un formulaire Nextcloud : ses lignes de produits, combien de colonnes elles ont, ou une question seule."""

    lignes: tuple[str, ...] = ()
    par_ligne: int = 1
    seule: str = ""


NOMBRES = st.sampled_from(["1", "2", "6", "12"])
SEULES = {"Créneau": ["14h", "15h-16h", ""], "Nombre de bocaux": ["2", "6", ""], "Téléphone": ["06 39 98 00 01", ""], "Remarque": ["merci", "2", ""]}


@st.composite
def formulaires(tirer: st.DrawFn) -> tuple[list[Question], list[dict[str, tuple[str, ...]]]]:
    """Un formulaire d’une ou deux grilles, des questions entre elles, et les réponses de quelques personnes."""
    refs = tirer(st.permutations(list(NOMS)))
    coupes = [2] * tirer(st.integers(0, 1))
    grilles = [Question(tuple(refs[a:b]), tirer(st.integers(1, 2))) for a, b in zip([0, *coupes], [*coupes, len(refs)], strict=True)]
    seules = [Question(seule=titre) for titre in tirer(st.lists(st.sampled_from(sorted(SEULES)), unique=True))]
    questions = tirer(st.permutations([*grilles, *seules]))
    reponses = []
    for _personne in range(tirer(st.integers(1, 4))):
        reponse: dict[str, tuple[str, ...]] = {}
        for question in questions:
            if question.seule:
                reponse[question.seule] = (tirer(st.sampled_from(SEULES[question.seule])),)
            elif tirer(st.booleans()):
                for ref in question.lignes:
                    quantite = tirer(st.just("") | NOMBRES)
                    plus = tirer(st.just("") | NOMBRES) if quantite and question.par_ligne > 1 else ""
                    reponse[ref] = (quantite, plus)[: question.par_ligne]
        reponses.append(reponse)
    return questions, reponses


def titres_de(questions: list[Question]) -> list[str]:
    titres = []
    for rang, question in enumerate(questions):
        sous = [""] if question.par_ligne == 1 else [" - Quantité", " - Tolérance"]
        titres += [question.seule] if question.seule else [f"Grille {rang} ({NOMS[ref]}{un})" for ref in question.lignes for un in sous]
    return titres


def exporter(questions: list[Question], reponse: dict[str, tuple[str, ...]], *, glisse: bool) -> list[str]:
    """Les cases d'une réponse, comme Nextcloud les écrit : une seule pour une grille, ou une ligne de grille, sans réponse."""
    cases: list[str] = []
    for question in questions:
        if question.seule:
            cases += reponse[question.seule]
        elif glisse and not any(any(reponse.get(ref, ())) for ref in question.lignes):
            cases += [""]
        else:
            for ref in question.lignes:
                dite = reponse.get(ref, ("",) * question.par_ligne)
                cases += [""] if glisse and not any(dite) else dite
    return cases


@given(formulaires())
def test_rien_de_ce_qui_a_glisse_n_est_cru(formulaire: tuple[list[Question], list[dict[str, tuple[str, ...]]]]) -> None:
    questions, reponses = formulaire
    titres = titres_de(questions)
    rangees = [[f"P{rang}", *exporter(questions, reponse, glisse=True)] for rang, reponse in enumerate(reponses)]
    lus = lire(nextcloud(titres, *([*cases, *[""] * (len(titres) + 1 - len(cases))] for cases in rangees)))
    for rang, reponse in enumerate(reponses):
        siens = [lu.removeprefix(f"P{rang} ") for lu in lus if lu.startswith(f"P{rang} ") and " colonne-inconnue" not in lu]
        if not all(lu.endswith("ligne-decalee") for lu in siens):
            dits = [f"{ref} {dite[0]}" + (f" +{dite[1]}" if dite[1:] and dite[1] else "") for ref, dite in reponse.items() if ref in NOMS and dite[0]]
            assert sorted(siens) == sorted(dits), (titres, rangees[rang])


@given(formulaires())
def test_une_grille_saine_ne_donne_aucune_fausse_alarme(formulaire: tuple[list[Question], list[dict[str, tuple[str, ...]]]]) -> None:
    """Une dernière question à laquelle tout le monde répond prouve que rien n'a glissé."""
    questions, reponses = formulaire
    rangees = [[f"P{rang}", *exporter(questions, reponse, glisse=False), "oui"] for rang, reponse in enumerate(reponses)]
    assert not [lu for lu in lire(nextcloud([*titres_de(questions), "Présence"], *rangees)) if "ligne-decalee" in lu]


@pytest.mark.parametrize(
    ("intitule", "ref", "douteux"),
    [
        ("Farine de blé T65 - 7€ les 5 kg", "farine-t65", True),
        ("Farine de blé T65 - 0,14 € les 100 g", "farine-t65", True),
        ("Farine de blé T65, 35 € le sac", "farine-t65", True),
        ("Farine (nombre de sacs de 5 kg) [farine-t65]", "farine-t65", True),
        ("Farine par 500 g [farine-t65]", "farine-t65", True),
        ("Combien de sacs ? [Farine de blé T65]", "farine-t65", True),
        ("Jus de pomme (cartons) [jus-de-pomme]", "jus-de-pomme", True),
        ("Farine (sacs) [farine-t65]", "farine-t65", True),
        ("Farine de blé T65, 35 € les 25 kg [farine-t65]", "farine-t65", True),
        ("Farine de blé T65 (sac de 25 kg) [farine-t65]", "farine-t65", False),
        ("Farine vrac, apportez votre sac [farine-t65]", "farine-t65", False),
        ("Jus de pomme, carton de 6 [jus-de-pomme]", "jus-de-pomme", False),
        ("Jus de pomme, carton de 6", "jus-de-pomme", True),
        ("Jus de pomme, 14 € les 6", "jus-de-pomme", True),
        ("Farine de blé T65 - 7€ les 5 kg (kg)", "farine-t65", False),
        ("Combien de sacs ? [Farine de blé T65 (kg)]", "farine-t65", False),
        ("Farine de blé T65, 1,26 ou 1,54 €/kg [farine-t65]", "farine-t65", False),
        ("Farine de blé T65 : 1,40 € le kilo", "farine-t65", False),
        ("Vrac : apportez vos sacs et vos bocaux [Farine de blé T65]", "farine-t65", False),
        ("Jus de pomme, 1 L, 2,35 €/pièce [jus-de-pomme]", "jus-de-pomme", False),
        ("Jus de pomme - 2,35 € la bouteille", "jus-de-pomme", False),
        ("Œufs de plein air, boîte de 6, 1,71 € les 6", "oeufs-plein-air", False),  # ils se prennent par six
    ],
)
def test_un_conditionnement_dans_un_intitule(intitule: str, ref: str, douteux: bool) -> None:
    assert emballe(intitule, DEPOT.produits[ref]) == douteux


def test_l_unite_d_une_ligne_de_grille_se_lit() -> None:
    lus = lire([["Nom", "Produits [Comté AOP 12 mois (g)]", "Produits [Farine de blé T65 (kg)]"], ["Ana", "250", "2"]])
    assert lus == ["Ana comte-12-mois 250 g", "Ana farine-t65 2 kg"]


def test_l_unite_ecrite_a_droite_d_un_produit_se_lit() -> None:
    lus = lire([["Nom", "Farine de blé T65", "Unité", "Comté AOP 12 mois", "Unité"], ["Ana", "2", "sac", "250", "g"], ["Léo", "1", "kg", "", "g"]])
    assert lus == ["Ana farine-t65 2 quantite-illisible", "Ana comte-12-mois 250 g", "Léo farine-t65 1"]


def test_une_correspondance_leve_le_doute() -> None:
    prix, avis = "Farine de blé T65 - 7€ les 5 kg", ("Avis [Lentilles vertes]", "Avis [Jus de pomme]")
    rangees = [["Nom", prix, "P [Lentilles vertes]", "P [Jus de pomme]", *avis], ["Ana", "2", "1", "3", "5", "4"]]
    assert [lu.rpartition(" ")[2] for lu in lire(rangees)] == ["colonne-ambigue"] * 5
    mene = CatalogueMene(CATALOGUE, Correspondance("*", {prix: "farine-t65"}, avis))
    assert lire(rangees, mene) == ["Ana farine-t65 2", "Ana lentilles-vertes 1", "Ana jus-de-pomme 3"]


SUR_DEUX = ["", "Farine de blé T65", "Comté AOP 12 mois"]


@pytest.mark.parametrize(
    ("entete", "attendu"),
    [
        ([["Nom", *SUR_DEUX[1:]], ["", "1,40 €/kg", "14,80 €"]], ["farine-t65 2", "comte-12-mois 0,5"]),
        ([["Nom", *SUR_DEUX[1:]], ["Unité", "kg", "g"]], ["farine-t65 2 kg", "comte-12-mois 0,5 g"]),
        ([["Nom", "Épicerie", "Frais"], SUR_DEUX], ["farine-t65 2", "comte-12-mois 0,5"]),
        ([SUR_DEUX, ["Nom", "1,40 €", "14,80 €"]], ["farine-t65 2", "comte-12-mois 0,5"]),
        ([["Décembre", "", ""], SUR_DEUX, ["Nom", "kg", "kg"]], ["farine-t65 2 kg", "comte-12-mois 0,5 kg"]),
        ([["Nom", "Farine", "Fromage"], ["", "[farine-t65]", "[comte-12-mois]"]], ["farine-t65 2", "comte-12-mois 0,5"]),
        ([["Nom", "Jus de pomme", "Fromage"], ["", "[farine-t65]", "[comte-12-mois]"]], ["farine-t65 2 colonne-ambigue", "comte-12-mois 0,5"]),
        ([["Nom", *SUR_DEUX[1:]], ["", "sac de 25 kg", ""]], ["farine-t65 2 colonne-ambigue", "comte-12-mois 0,5"]),
        ([["Nom", "Farine de blé T65", ""], ["", "Quantité", "Tolérance"]], ["farine-t65 2 +0,5"]),
        ([["", "Farine de blé T65", ""], ["Nom", "Quantité", "Tolérance"]], ["farine-t65 2 +0,5"]),
    ],
)
def test_un_en_tete_sur_plusieurs_rangees_se_compose(entete: list[list[str]], attendu: list[str]) -> None:
    assert lire([*entete, ["Ana", "2", "0,5"]]) == [f"Ana {un}" for un in attendu]
    # Le même en-tête, recopié en haut de la page suivante, n'est pas une commande.
    assert lire([*entete, ["Ana", "2", "0,5"], *entete[-2:], ["Léo", "2", "0,5"]])[len(attendu) :] == [f"Léo {un}" for un in attendu]


def test_les_correspondances_vont_aussi_a_un_en_tete_sur_deux_rangees() -> None:
    mene = CatalogueMene(CATALOGUE, Correspondance("*", {"La farine": "farine-t65", "Le comté": "comte-12-mois"}, ()))
    assert lire([["Nom", "La farine", "Le comté"], ["", "kg", "g"], ["Ana", "2", "250"]], mene) == ["Ana farine-t65 2 kg", "Ana comte-12-mois 250 g"]
    assert mene.vus == {"La farine", "Le comté"}


def test_la_rangee_cachee_de_nextcloud_n_est_personne() -> None:
    rangees = nextcloud(GRILLE, ["question-id-1", "question-id-2-1", "question-id-2-2", "question-id-2-3"], ["Ana", "2", "1", "6"])
    rangees[1][:3] = ["user_id", "user_display_name", "timestamp"]
    assert lire(rangees) == ["Ana farine-t65 2", "Ana lentilles-vertes 1", "Ana oeufs-plein-air 6"]


ETAGE = st.sampled_from(
    ["", "kg", "g", "2", "0,5", "2 kg", "500 g", "½", "1,40 €", "€", "sac de 25 kg", "2 sacs", "Nom", "Quantité", "Tolérance", "[farine-t65]"]
)


@given(st.lists(st.lists(ETAGE, min_size=3, max_size=3), min_size=1, max_size=3), st.permutations(["Nom", "Farine de blé T65", "Lentilles vertes"]))
def test_une_rangee_qui_porte_une_quantite_n_est_jamais_de_l_en_tete(rangees: list[list[str]], intitules: list[str]) -> None:
    compose = composer(Tableau("", list(enumerate([intitules, *rangees], 1)), 0), CATALOGUE)
    for numero, cases in enumerate(rangees, 2):
        if any(isinstance(lu := lire_quantite(case, "kg"), int) and lu for case in cases):
            assert (numero, cases) in compose.lignes


# --- Trouvé par une relecture : des unités écrites à côté, que l'on perdait ou que l'on prenait pour des quantités ---


@pytest.mark.parametrize(
    ("rangees", "attendu"),
    [
        # « 500 g » dans une colonne de conditionnement n'est pas une unité.
        (
            [["Nom", "Produit", "Conditionnement", "Quantité"], ["Zoé", "Lentilles vertes", "500 g", "2"]],
            ["Zoé lentilles-vertes 2 quantite-illisible"],
        ),
        # Un prix, une ref ou un étage sous le titre n'efface pas son « (g) ».
        ([["Nom", "Lentilles vertes [lentilles-vertes] (g)"], ["", "4,20 €/kg"], ["Zoé", "500"]], ["Zoé lentilles-vertes 500 g"]),
        ([["Nom", "Lentilles vertes (g)", ""], ["", "Quantité", "Tolérance"], ["Zoé", "500", "250"]], ["Zoé lentilles-vertes 500 g +250 g"]),
        # La colonne d'unité peut suivre la tolérance, valoir pour plusieurs produits, ou être à gauche de chacun.
        ([["Nom", "Lentilles vertes", "Lentilles vertes - tolérance", "Unité"], ["Zoé", "500", "", "g"]], ["Zoé lentilles-vertes 500 g"]),
        (
            [["Nom", "Farine de blé T65", "Lentilles vertes", "Unité"], ["Zoé", "500", "250", "g"]],
            ["Zoé farine-t65 500 g", "Zoé lentilles-vertes 250 g"],
        ),
        (
            [["Nom", "Unité", "Farine de blé T65", "Unité", "Lentilles vertes"], ["Zoé", "kg", "2", "g", "250"]],
            ["Zoé farine-t65 2", "Zoé lentilles-vertes 250 g"],
        ),
        # « unité » sous un produit à la pièce n'annule pas le « g » de son voisin.
        (
            [["Nom", "Lentilles vertes", "Œufs de plein air"], ["", "g", "unité"], ["Zoé", "500", "6"]],
            ["Zoé lentilles-vertes 500 g", "Zoé oeufs-plein-air 6 piece"],
        ),
    ],
)
def test_une_unite_ecrite_a_cote_compte(rangees: list[list[str]], attendu: list[str]) -> None:
    assert lire(rangees) == attendu


def test_ce_qui_a_l_air_d_un_nom_distingue_sans_nommer() -> None:
    """Le nom de qui tient la permanence n'entre pas dans celui de la personne : il irait dans le mot qu'on lui écrit."""
    rangees = [["Nom", "Nom du référent", "Lentilles vertes"], ["Zoé", "Lou Martin", "2"]]
    lignes, _constats = lire_bons(ecrire(rangees), "a.csv", "les-tilleuls", CATALOGUE)
    assert [(une.cellule, une.nom, une.aussi, une.nom_entier) for une in lignes] == [("Zoé", "Zoé", "Lou Martin", "Zoé Lou Martin")]
