"""Les instants : à l'heure de Paris, jamais deux fois, jamais inexistants."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from cabas.constats import Refus
from cabas.temps import lire_envoi, lire_heure, lire_instant, lire_jour, lire_jour_ou_instant


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [("2026-12-07T20:00", datetime(2026, 12, 7, 19, 0, tzinfo=UTC)), ("2026-07-07T20:00", datetime(2026, 7, 7, 18, 0, tzinfo=UTC))],
)
def test_instant_de_paris(texte: str, attendu: datetime) -> None:
    assert lire_instant(texte) == attendu


@pytest.mark.parametrize(
    ("texte", "code"),
    [
        ("2027-03-28T02:30", "instant-inexistant"),
        ("2026-10-25T02:30", "instant-ambigu"),
        ("2026-12-07T20:00Z", "instant-illisible"),
        ("2026-12-07T20:00+01:00", "instant-illisible"),
        ("2026-13-07T20:00", "instant-illisible"),
        ("2026-02-30T20:00", "instant-illisible"),
        ("2026-12-07", "instant-illisible"),
        ("7 décembre", "instant-illisible"),
    ],
)
def test_instant_refuse(texte: str, code: str) -> None:
    lu = lire_instant(texte)
    assert isinstance(lu, Refus)
    assert lu.code == code


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("2026-03-14T08:12:03.512Z", datetime(2026, 3, 14, 8, 12, 3, 512000, tzinfo=UTC)),
        ("2026-03-14T09:12:03+01:00", datetime(2026, 3, 14, 8, 12, 3, tzinfo=UTC)),
        ("2026-03-14 09:12:03", datetime(2026, 3, 14, 8, 12, 3, tzinfo=UTC)),
        ("14/03/2026 09:12:03", datetime(2026, 3, 14, 8, 12, 3, tzinfo=UTC)),
        ("14/03/2026 - 09:12", datetime(2026, 3, 14, 8, 12, tzinfo=UTC)),
        ("14/03/2026", datetime(2026, 3, 13, 23, 0, tzinfo=UTC)),
        ("2026-03-14", datetime(2026, 3, 13, 23, 0, tzinfo=UTC)),
        ("2026/03/14 9:12:03 AM UTC+1", datetime(2026, 3, 14, 8, 12, 3, tzinfo=UTC)),
        ("2026/07/14 12:05:00 PM UTC+2", datetime(2026, 7, 14, 10, 5, tzinfo=UTC)),
        ("2026/12/07 8:00:01 PM UTC", datetime(2026, 12, 7, 20, 0, 1, tzinfo=UTC)),
        ("2026/12/07 8:00:01 PM GMT", datetime(2026, 12, 7, 20, 0, 1, tzinfo=UTC)),
        ("2026/12/07 8:00:01 PM UTC+0", datetime(2026, 12, 7, 20, 0, 1, tzinfo=UTC)),
        ("2026/12/07 8:00:01 PM", datetime(2026, 12, 7, 19, 0, 1, tzinfo=UTC)),
    ],
)
def test_date_d_envoi(texte: str, attendu: datetime) -> None:
    assert lire_envoi(texte) == attendu


@pytest.mark.parametrize(
    "texte",
    ["hier", "2026/03/14 13:00:00 PM UTC+1", "2026/03/40 9:00:00 AM UTC+1", "31/02/2026 10:00", "2026-99-99", "", "0001-01-01T00:00:00+14:00"],
)
def test_date_d_envoi_illisible(texte: str) -> None:
    assert lire_envoi(texte) is None


def test_jours_et_heures() -> None:
    assert lire_jour("2026-02-28") == date(2026, 2, 28)
    assert lire_jour("2026-02-29") is None
    assert lire_heure("16h30") == lire_heure("16:30")
    assert lire_heure("25:00") is None
    assert lire_jour_ou_instant("2026-12-16") == datetime(2026, 12, 15, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("46000.5", datetime(2025, 12, 9, 11, 0, tzinfo=UTC)),
        ("46000,5", datetime(2025, 12, 9, 11, 0, tzinfo=UTC)),
        ("46363", datetime(2026, 12, 6, 23, 0, tzinfo=UTC)),
        ("46202.999988", datetime(2026, 6, 29, 21, 59, 59, tzinfo=UTC)),  # une seconde avant minuit, heure d’été
        ("46202.99999999999", datetime(2026, 6, 29, 22, 0, tzinfo=UTC)),
        ("42005", datetime(2014, 12, 31, 23, 0, tzinfo=UTC)),
        ("42004", None),
        ("99999", None),
        ("73415", datetime(2100, 12, 30, 23, 0, tzinfo=UTC)),
        ("73416", None),
        ("46000.", None),
        ("-46000", None),
        ("46000.5 kg", None),
        ("١٢٣٤٥", None),
        (f"46000.{'9' * 5000}", datetime(2025, 12, 9, 23, 0, tzinfo=UTC)),
    ],
)
def test_date_serie_d_un_tableur(texte: str, attendu: datetime | None) -> None:
    """Un tableur compte les jours depuis le 30 décembre 1899 ; une case qui a perdu son format montre ce nombre."""
    assert lire_envoi(texte) == attendu
