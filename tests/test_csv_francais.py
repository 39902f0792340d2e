"""Aller vite sans changer un octet : nos raccourcis donnent ce que donne le module `csv`."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabas.constats import Refus
from cabas.lecture import tableaux
from cabas.rendu.csv_francais import Cases, assembler_csv, ecrire_csv, proteger

TEXTES = st.text(st.sampled_from("ab é;\"'\r\n\t=+-@,|’ "), max_size=8)
RANGEES = st.lists(st.lists(TEXTES, min_size=2, max_size=5), max_size=6)


@given(RANGEES)
def test_des_cases_assemblees_font_le_csv_du_module_csv(rangees: list[list[str]]) -> None:
    cases, textes = Cases(), Cases(proteges=True)
    vite = b"".join(assembler_csv("un;deux", (";".join(cases[case] for case in rangee) for rangee in rangees)))
    assert vite == ecrire_csv("un;deux", map(tuple, rangees))
    vite = b"".join(assembler_csv("un;deux", (";".join(textes[case] for case in rangee) for rangee in rangees)))
    assert vite == ecrire_csv("un;deux", (tuple(map(proteger, rangee)) for rangee in rangees))


@given(RANGEES)
def test_une_case_se_relit_telle_qu_on_l_a_ecrite(rangees: list[list[str]]) -> None:
    cases = Cases()
    texte = b"".join(assembler_csv("un;deux", (";".join(cases[case] for case in rangee) for rangee in rangees))).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(texte, newline=""), delimiter=";", strict=True))[1:] == rangees


@given(st.text(st.sampled_from("ab1é;,\r\n\t' \u2028\x0b\x85"), min_size=1, max_size=60), st.sampled_from(";,\t|"), st.integers(0, 1))
def test_sans_guillemet_une_rangee_est_une_ligne(texte: str, separateur: str, decalage: int) -> None:
    lentes = tableaux._avec_guillemets(texte, separateur, decalage)
    assert not isinstance(lentes, Refus)
    assert tableaux._sans_guillemet(texte, separateur, 1 + decalage) == lentes


def test_un_tableau_demesure_ou_une_case_geante_passent_par_la_lecture_qui_explique() -> None:
    for texte in ("a;b\n" + ";" * tableaux.COLONNES_MAX + "\n", "a;b\n" + "x" * (tableaux.CASE_MAX + 1) + ";1\n", 'a;"b"\n1;2\n'):
        assert tableaux._sans_guillemet(texte, ";", 1) == []


@pytest.mark.parametrize("nombre", [0, 1, 4095, 4096, 4097, 8192])
def test_une_grande_table_est_ecrite_entiere_a_chaque_bord_de_lot(nombre: int) -> None:
    """Les lignes passent en octets par lots : ni ligne perdue ni fin de ligne en trop là où un lot finit."""
    lignes = [f"é{rang};{rang}" for rang in range(nombre)]
    assert b"".join(assembler_csv("un;deux", iter(lignes))) == "\r\n".join(("\ufeffun;deux", *lignes, "")).encode()
