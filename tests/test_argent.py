"""L'argent tombe juste, au centime, quel que soit l'ordre."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabas.argent import arrondir, arrondir_decimal, centimes, montant, montant_coutant, partager, prix_du_tarif


@pytest.mark.parametrize(
    ("prix", "coefficient", "attendu"),
    [("1.08", "1.1", 119), ("1.08", "0.9", 97), ("1.08", "0.5", 54), ("14.80", "0.9", 1332), ("0.285", "1", 29), ("0.005", "1", 1), ("0", "1", 0)],
)
def test_prix_du_tarif(prix: str, coefficient: str, attendu: int) -> None:
    assert prix_du_tarif(Decimal(prix), Decimal(coefficient)) == attendu


@pytest.mark.parametrize(("unitaire", "quantite", "attendu"), [(1332, 1250, 1665), (1, 500, 1), (1, 499, 0), (333, 3000, 999), (0, 5000, 0)])
def test_montant_d_une_ligne(unitaire: int, quantite: int, attendu: int) -> None:
    assert montant(unitaire, quantite) == attendu


def test_le_prix_coutant_ne_s_arrondit_qu_une_fois() -> None:
    # 180 œufs à 0,285 € : 51,30 €, et non 180 × 0,29 €
    assert montant_coutant(Decimal("0.285"), 180_000) == 5130


def test_demi_vers_le_haut() -> None:
    assert [arrondir(n, 2) for n in (-5, -3, -1, 1, 3, 5)] == [-3, -2, -1, 1, 2, 3]
    assert centimes(Decimal("12.505")) == 1251
    assert arrondir_decimal(Decimal("-0.5")) == -1


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**6), max_size=40))
def test_les_parts_font_le_total(total: int, poids: list[int]) -> None:
    parts = partager(total, poids)
    assert len(parts) == len(poids)
    assert sum(parts) == (total if poids else 0)
    assert all(part * total >= 0 for part in parts)


@given(st.integers(0, 10**6), st.lists(st.integers(1, 1000), min_size=1, max_size=30))
def test_une_part_est_a_moins_d_un_centime_du_juste(total: int, poids: list[int]) -> None:
    for part, un_poids in zip(partager(total, poids), poids, strict=True):
        assert abs(part * sum(poids) - total * un_poids) < sum(poids)


@given(st.integers(1, 5000), st.lists(st.integers(0, 10_000), min_size=1))
def test_ajouter_une_quantite_ne_baisse_jamais_le_total(prix: int, quantites: list[int]) -> None:
    totaux = [sum(montant(prix, quantite) for quantite in quantites[:n]) for n in range(len(quantites) + 1)]
    assert totaux == sorted(totaux)
