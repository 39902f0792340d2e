"""Le français écrit comme il faut : insécables, pluriels, dates."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from cabas import typographie as t


def test_montants_et_quantites() -> None:
    assert t.euros(123456) == "1\u202f234,56\u00a0€"
    assert t.euros(-5) == "\u22120,05\u00a0€"
    assert t.nombre(-1234) == "\u22121\u202f234"
    assert t.quantite(-2500, "kg") == "\u22122,5\u00a0kg"
    assert t.quantite(2500, "kg") == "2,5\u00a0kg"
    assert t.quantite(500, "kg") == "500\u00a0g"
    assert t.quantite(1000, "piece") == "1\u00a0pièce"
    assert t.quantite(3000, "piece") == "3\u00a0pièces"
    assert t.nombre_csv(-1250) == "-1,25"
    assert t.euros_csv(-1205) == "-12,05"


@pytest.mark.parametrize(("compte", "attendu"), [(0, "0\u00a0sac"), (1, "1\u00a0sac"), (2, "2\u00a0sacs"), (3841, "3\u202f841\u00a0sacs")])
def test_accord(compte: int, attendu: str) -> None:
    assert t.accorder(compte, "sac") == attendu


def test_dates() -> None:
    assert t.date_longue(date(2026, 12, 1)) == "mardi 1er\u00a0décembre 2026"
    assert t.instant_long(datetime(2026, 12, 1, 17, 30, tzinfo=UTC)) == "mardi 1er\u00a0décembre 2026 à 18\u00a0h\u00a030"
    assert (
        t.plage(datetime(2026, 12, 17, 15, tzinfo=UTC), datetime(2026, 12, 17, 18, tzinfo=UTC))
        == "jeudi 17\u00a0décembre 2026, de 16\u00a0h à 19\u00a0h"
    )


def test_enumerer() -> None:
    assert [t.enumerer(liste) for liste in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a et b", "a, b et c"]


@pytest.mark.parametrize(
    ("avant", "apres"),
    [
        ("« oui »", "«\u00a0oui\u00a0»"),
        ("Prêt ?", "Prêt\u202f?"),
        ("prix : 2 €", "prix\u00a0: 2\u00a0€"),
        ("25 kg", "25\u00a0kg"),
        ("l'huile", "l’huile"),
        ("à 16:30", "à 16:30"),
        ('Écrire {nom: sac de 25 kg} ou "Riz : long" ?', 'Écrire {nom: sac de 25 kg} ou "Riz : long"\u202f?'),
        ("https://exemple.org", "https://exemple.org"),
    ],
)
def test_typographier(avant: str, apres: str) -> None:
    assert t.typographier(avant) == apres
    assert t.typographier(apres) == apres
