"""Les deux chemins d'une fusion donnent la même chose : le court, où les bons sans histoire vont d'un bloc, et le long, ligne à ligne."""

from __future__ import annotations

import random
from itertools import count, groupby
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_oracle import Monde, Rangee, Tirage, recevoir

from cabas.calculs.fusion import fusionner
from cabas.calculs.ordinaires import BonOrdinaire
from cabas.calculs.recap import recapituler
from cabas.lecture.bons import lire_bons
from cabas.lecture.carnet import Carnet
from cabas.lecture.colonnes import Catalogue
from cabas.lecture.d_un_trait import lire_d_un_trait
from cabas.lecture.depot import charger
from cabas.lecture.page import ENTETE_DE_LA_PAGE
from cabas.recu import deplier
from cabas.rendu.tables import bilan, tables
from cabas.rendu.tables_de_partage import tables_de_partage

DEPOT, _CONSTATS = charger(Path(__file__).parent / "donnees/mini-reseau")
CATALOGUE = Catalogue(DEPOT.produits.values())
ENTETES = (
    "cellule;produit;quantite",
    "cellule;produit;quantite;tolerance;envoye_le",
    "produit;quantite;nom;bon;tarif",
    ";".join(ENTETE_DE_LA_PAGE),
)
CASES = st.sampled_from([
    "C-012", "C-013", "Zoé  Œuvré", " Ana ", "'=1+1", "d’Aÿ", "l'an", "cellule", "Quantite", "produit", "farine-t65", "[jus-pomme]",
    "Jus [jus-pomme]", "inconnu", "2,5", "2.5", "1", "0", "", "½", "-3", "2026-12-01T08:00", "12/25/2026 08:00", "01/12/2026", "valide", "val",
    "brouillon", "2026-12", "les-tilleuls", "seul", "a\u00a0b", "\u00a0", "x;y", 'un "mot"', "fin du bon", "--- bon cabas ---", "\t", "\x1c",
])  # fmt: skip


@st.composite
def fichiers(tirer: st.DrawFn) -> bytes:
    """Un tableau sous un de nos en-têtes : le plus souvent propre, parfois abîmé."""
    entete = tirer(st.sampled_from(ENTETES))
    largeur = entete.count(";") + 1
    rangees = tirer(st.lists(st.lists(CASES, min_size=largeur, max_size=largeur), max_size=6))
    lignes = [entete, *(";".join(rangee) for rangee in rangees)]
    if tirer(st.booleans()):
        lignes.insert(tirer(st.integers(0, len(lignes))), tirer(st.sampled_from(["", ";", entete, "A;B", "total"])))
    fin = tirer(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    marque, bout = tirer(st.sampled_from(["", "\ufeff"])), tirer(st.sampled_from(["", fin, fin + fin, " "]))
    return (marque + fin.join(lignes) + bout).encode(tirer(st.sampled_from(["utf-8", "utf-8", "utf-16"])))


@given(fichiers())
def test_d_un_trait_ou_ligne_a_ligne_on_lit_la_meme_chose(octets: bytes) -> None:
    court, long = Carnet(), Carnet()
    lus = lire_d_un_trait(octets, "2026-12/les-tilleuls/bons/a.csv", "les-tilleuls", CATALOGUE, carnet=court)
    if lus is not None:
        assert (list(deplier(lus)), []) == lire_bons(octets, "2026-12/les-tilleuls/bons/a.csv", "les-tilleuls", CATALOGUE, carnet=long)
        assert court.remarques == long.remarques
    else:
        assert court.remarques == []


@pytest.mark.parametrize("propre", [
    "cellule;produit;quantite\nC-1;farine-t65;2,5\nC-1;jus-pomme;3\nC-2;farine-t65;1\n",
    "\ufeffcellule;produit;quantite;tolerance\r\nZoé Œuvré;farine-t65;2,5;\r\nZoé Œuvré;jus-pomme;0;\r\n d’Aÿ ;'1;½;1",
    ";".join(ENTETE_DE_LA_PAGE) + "\nC-1;farine-t65;2,5;;2026-12;les-tilleuls;K7;2026-12-01T08:00;q1;seul;Ana;;;;valide\n",
    "nom;remarque;prenom;produit;quantite\nA;Merci !;Ana;farine-t65;1\nA;Merci !;Ana;jus-pomme;1\nB;-;;farine-t65;1\nC;Sans clou;;farine-t65;1\n",
])  # fmt: skip
def test_un_fichier_sans_accident_se_lit_d_un_trait(propre: str) -> None:
    """Sans quoi l'essai d'avant ne prouverait rien : presque tout ce qui arrive doit prendre le chemin court."""
    court, long = Carnet(), Carnet()
    lus = lire_d_un_trait(propre.encode(), "bons.csv", "les-tilleuls", CATALOGUE, "jumeau.csv", court)
    assert lus
    assert (list(deplier(lus)), []) == lire_bons(propre.encode(), "bons.csv", "les-tilleuls", CATALOGUE, "jumeau.csv", long)
    assert court.remarques == long.remarques
    assert [une[2:] for une in court.remarques] == ([(2, "A Ana", "Merci !"), (5, "C", "Sans clou")] if "Merci" in propre else [])


@pytest.mark.parametrize("accident", [
    "cellule;produit;quantite\nC-1;farine-t65\n",
    "cellule;produit;quantite\nC-1;farine-t65;1;2\n",
    'cellule;produit;quantite\n"C-1";farine-t65;1\n',
    "cellule;produit;quantite\nC-1;farine-t65;1\ncellule;produit;quantite\nC-2;farine-t65;1\n",
    "cellule;produit;quantite;envoye_le\nC-1;farine-t65;1;12/25/2026 08:00\n",
    "cellule;produit;quantite;tolerance\nC-1;farine-t65;;1\n",
    "cellule;produit;quantite;envoye_le\nC-1;farine-t65;0;2026-12-01T08:00\n",
    "cellule;produit;quantite;[farine-t65]\nC-1;farine-t65;1;1\n",
    "cellule,produit,quantite\nC-1,farine-t65,1\n",
    "produit;quantite\nfarine-t65;1\n",
    "Préambule\ncellule;produit;quantite\nC-1;farine-t65;1\n",
    "cellule;produit;quantite\n",
    "cellule;produit;quantite\n;;\n",
    "cellule;code;produit;quantite\nC-1;code;farine-t65;1\n",
    "cellule;produit;quantite;tolerance\nC-1;produit;2;quantite\n",
    "",
])  # fmt: skip
def test_au_moindre_doute_on_lit_ligne_a_ligne(accident: str) -> None:
    assert lire_d_un_trait(accident.encode(), "bons.csv", "les-tilleuls", CATALOGUE) is None
    assert lire_d_un_trait(b"cellule;produit;quantite\nC-1;farine-t65;1\n", "bons.txt", "les-tilleuls", CATALOGUE) is None


def disperser(monde: Monde, alea: random.Random) -> Monde:
    """Le même monde, où la plupart des bons viennent d'une cellule qui n'a que celui-là : c'est ce qui se voit en vrai."""
    noms = (f"Z-{rang}" for rang in count())
    bons = {}
    for ou, (colonnes, rangees) in monde.bons.items():
        neuves: list[Rangee] = []
        for _qui, groupe in groupby(rangees, lambda rangee: (rangee["cellule"], rangee["bon"], rangee["tarif"])):
            siennes, envoi = list(groupe), alea.choice(["", "2026-06-01T08:00", "2026-06-02T08:00:00+02:00"])
            change = {"cellule": next(noms), "envoye_le": envoi} if alea.random() < 0.7 else {}
            neuves += [{**rangee, **change} for rangee in siennes]
        bons[ou] = (colonnes, tuple(neuves))
    return monde._replace(bons=bons, adherents=monde.adherents if alea.random() < 0.3 else ())


def test_le_chemin_court_ne_change_rien_a_ce_qui_sort() -> None:
    courts = longs = 0
    for graine in range(120):
        alea = random.Random(f"chemins-{graine}")
        monde = disperser(Tirage(alea).monde(), alea)
        recu = recevoir(monde)
        sorties = []
        for recues in (recu.recues, list(deplier(recu.recues))):
            fusion = fusionner(monde.depot, monde.commande, recues, recu.adherents, recu.soldes, monde.accepter)
            recap = recapituler(monde.depot, fusion, recu.cellier)
            bons = sum(isinstance(jugee, BonOrdinaire) for jugee in fusion.jugees)
            sorties.append({
                **tables(fusion, recap), **tables_de_partage(monde.commande, recap), "bilan": bilan(fusion, recap, {}, {}, ""),
                "lignes": fusion.lignes, "retenues": fusion.retenues, "attributions": recap.attributions, "bons": recap.lignes,
            })  # fmt: skip
            courts, longs = courts + bons, longs + len(fusion.lignes)
        assert bons == 0
        sorties[0]["retenues"], sorties[1]["retenues"] = ([une._replace(ligne=0) for une in sortie["retenues"]] for sortie in sorties)
        assert sorties[0] == sorties[1], graine
    assert courts > 100
    assert longs > 1000
