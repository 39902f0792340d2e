"""Ce que les gens écrivent dans une case : compris exactement, ou refusé avec une raison."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cabas.constats import Refus
from cabas.quantites import lire_contenu, lire_decimal, lire_quantite, milliemes
from cabas.typographie import nombre_csv, quantite_nue

LUES = [
    ("2", "kg", 2000),
    ("2,5", "kg", 2500),
    ("2.5", "kg", 2500),
    ("2,5 kg", "kg", 2500),
    ("2,5kg", "kg", 2500),
    ("2 Kilos", "kg", 2000),
    ("500 g", "kg", 500),
    ("500g.", "kg", 500),
    ("75 cl", "L", 750),
    ("1 250,5", "kg", 1_250_500),
    ("1\u00a0250,5", "kg", 1_250_500),
    ("1\u202f250,5", "kg", 1_250_500),
    ("½", "kg", 500),
    ("1½", "kg", 1500),
    ("1/2", "kg", 500),
    ("1 1/2", "kg", 1500),
    ("½ kg", "kg", 500),
    (",5", "kg", 500),
    ("٣", "kg", 3000),
    ("２", "piece", 2000),
    ("٢٫٥", "kg", 2500),
    ("۲٫۵ kg", "kg", 2500),
    ("१२.५", "kg", 12_500),
    ("১২,৫", "kg", 12_500),
    ("１２．５", "kg", 12_500),
    ("١٬٢٥٠٫٥", "kg", 1_250_500),
    ("\u200f٢\u200e", "piece", 2000),
    ("۱/۲", "kg", 500),
    ("٥٠٠ g", "kg", 500),
    ("2.5000000000", "kg", 2500),
    ("3 pièces", "piece", 3000),
    ("1,25", "piece", 1250),
    ("0,500", "piece", 500),
    ("2.5000000000", "piece", 2500),
    ("1.250", "kg", 1250),
    ("", "kg", 0),
    ("  ", "kg", 0),
    ("0,0", "kg", 0),
    ("-0", "kg", 0),
]
REFUSEES = [
    ("1.250,5", "kg", "quantite-illisible"),
    ("1.000", "piece", "quantite-illisible"),
    ("1,000", "piece", "quantite-illisible"),
    ("12.500 pièces", "piece", "quantite-illisible"),
    ("١٫٠٠٠", "piece", "quantite-illisible"),
    ("NaN", "kg", "quantite-illisible"),
    ("1e9", "kg", "quantite-illisible"),
    ("une douzaine", "piece", "quantite-illisible"),
    ("12 34", "kg", "quantite-illisible"),
    ("1_000", "kg", "quantite-illisible"),
    ("0x10", "kg", "quantite-illisible"),
    ("+2", "kg", "quantite-illisible"),
    ("三", "kg", "quantite-illisible"),
    ("٢²", "kg", "quantite-illisible"),
    ("-٢", "kg", "quantite-negative"),
    ("2 L", "kg", "quantite-illisible"),
    ("2 x 500 g", "kg", "quantite-illisible"),
    ("1/0", "kg", "quantite-illisible"),
    ("01-févr", "kg", "quantite-illisible"),
    ("9" * 40, "kg", "quantite-illisible"),
    ("-2", "kg", "quantite-negative"),
    ("\u22122", "kg", "quantite-negative"),
    ("- 0,5 kg", "kg", "quantite-negative"),
    ("1/3", "kg", "quantite-hors-pas"),
    ("0,0001", "kg", "quantite-hors-pas"),
]


@pytest.mark.parametrize(("texte", "unite", "attendu"), LUES)
def test_quantite_lue(texte: str, unite: str, attendu: int) -> None:
    assert lire_quantite(texte, unite) == attendu


@pytest.mark.parametrize(("texte", "unite", "code"), REFUSEES)
def test_quantite_refusee(texte: str, unite: str, code: str) -> None:
    lu = lire_quantite(texte, unite)
    assert isinstance(lu, Refus), lu
    assert lu.code == code
    assert lu.remede


def a_trois_decimales(valeur: int, unite: str) -> bool:
    """Ce qui, à la pièce, peut se lire comme des milliers : refusé exprès."""
    return unite == "piece" and valeur % 10 != 0 and valeur >= 1000


@given(st.integers(0, 10**9), st.sampled_from(["kg", "L", "piece"]))
def test_ecrire_puis_lire_rend_la_meme_quantite(valeur: int, unite: str) -> None:
    assume(not a_trois_decimales(valeur, unite))
    assert lire_quantite(nombre_csv(valeur), unite) == valeur
    assert lire_quantite(nombre_csv(valeur).replace(",", "."), unite) == valeur
    assert lire_quantite(quantite_nue(valeur), unite) == valeur


ZEROS = [chr(point) for point in range(0x110000) if unicodedata.decimal(chr(point), None) == 0]
"""Le zéro de chaque écriture qui compte en base dix : latine, arabe, persane, devanagari, pleine chasse…"""


@given(st.integers(0, 10**9), st.sampled_from(ZEROS), st.sampled_from(["kg", "L", "piece"]), st.sampled_from(",.٫，．"))
def test_la_meme_quantite_dans_toutes_les_ecritures(valeur: int, zero: str, unite: str, virgule: str) -> None:
    assume(not a_trois_decimales(valeur, unite))
    ecrit = "".join(chr(ord(zero) + int(signe)) if signe.isdigit() else virgule for signe in nombre_csv(valeur))
    assert lire_quantite(ecrit, unite) == valeur


def test_un_nombre_a_deux_sens_dit_lesquels() -> None:
    lu = lire_quantite("2.500", "piece")
    assert isinstance(lu, Refus)
    assert lu.fait == "« 2.500 » est ambigu : 2,5 ou 2500 pièces ?"


@given(st.text(max_size=30), st.sampled_from(["kg", "L", "piece"]))
def test_rien_ne_leve_et_rien_n_est_negatif(texte: str, unite: str) -> None:
    lu = lire_quantite(texte, unite)
    assert isinstance(lu, Refus) or lu >= 0


@pytest.mark.parametrize("texte", ["NaN", "Infinity", "1e3", "1,5", " 1", "1_0", "٣", "", "--1", "1."])
def test_nombre_de_fiche_strict(texte: str) -> None:
    assert lire_decimal(texte) is None


def test_milliemes() -> None:
    assert milliemes(Decimal("0.25")) == 250
    assert milliemes(Decimal("0.0005")) is None


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [("500 g", ("kg", 500)), ("1 L", ("L", 1000)), ("75 cl", ("L", 750)), ("6 pieces", ("piece", 6000)), ("0,5 kg", ("kg", 500))],
)
def test_contenu(texte: str, attendu: tuple[str, int]) -> None:
    assert lire_contenu(texte) == attendu


@pytest.mark.parametrize("texte", ["500", "g", "500 grains", "0 g", "beaucoup"])
def test_contenu_illisible(texte: str) -> None:
    assert lire_contenu(texte) is None


@pytest.mark.parametrize("texte", ["0 kg", "0,0 L", "0 g", "-0 kg"])
def test_zero_n_a_pas_d_unite(texte: str) -> None:
    assert lire_quantite(texte, "piece") == 0
    assert isinstance(lire_quantite(texte.replace("0", "1"), "piece"), Refus)


@pytest.mark.parametrize(
    ("texte", "dit"),
    [
        ("#REF!", "la formule de cette case est en erreur"),
        ("#N/A", "la formule de cette case est en erreur"),
        ("#DIV/0!", "la formule de cette case est en erreur"),
        ("#NOM?", "la formule de cette case est en erreur"),
        ("Err:502", "la formule de cette case est en erreur"),
        ("####", "la formule de cette case est en erreur"),
        ("#CALCUL", "jamais été calculée"),
        ("01/05/2026", "« 1/5 » ou « 1,5 »"),
        ("2026-05-01", "« 1/5 » ou « 1,5 »"),
        ("2026-05-01T00:00:00", "« 1/5 » ou « 1,5 »"),
        ("1-mai", "est une date"),
        ("mai-05", "est une date"),
        ("# 2", "n’est pas une quantité"),
        ("12-03", "n’est pas une quantité"),
    ],
)
def test_ce_qu_un_tableur_a_change_se_dit(texte: str, dit: str) -> None:
    refus = lire_quantite(texte, "kg")
    assert isinstance(refus, Refus)
    assert refus.code == "quantite-illisible"
    assert dit in refus.fait
