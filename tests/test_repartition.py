"""La répartition : les scénarios d'une référente, et ce qui est vrai quelles que soient les demandes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cabas.calculs.repartition import REGLES, Demande, a_repartir, lots_a_commander, motif, repartir
from cabas.modele import Lot, Produit

SCENARIOS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "scenarios/repartition.yaml").read_text(encoding="utf-8"))


def mil(valeur: object) -> int:
    return int(Decimal(str(valeur)) * 1000)


def produit(lot: int | None = None, pas: int = 1000, unite: str = "kg") -> Produit:
    return Produit(
        "p",
        "Produit",
        "x",
        "r",
        unite,
        pas,
        Decimal(1),
        date(2026, 1, 1),
        Decimal(0),
        "vrac",
        (),
        lot=Lot(lot, "sac de 25 kg") if lot else None,
        lot_complet=bool(lot),
    )


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["nom"])
def test_scenario(scenario: dict[str, Any]) -> None:
    demandes = []
    for rang, (cellule, (quantite, tolerance, *heure)) in enumerate(scenario["demandes"].items()):
        envoi = datetime.fromisoformat(f"2026-12-01T{heure[0]}").replace(tzinfo=UTC) if heure else None
        demandes.append(Demande("g", cellule, mil(quantite), mil(tolerance), envoi, "f.csv", rang))
    fiche = produit(mil(scenario["lot"]) if "lot" in scenario else None, mil(scenario.get("pas", 0.5)))
    total = mil(scenario["total"]) if "total" in scenario else None
    commande, _lots = a_repartir(fiche, sum(d.quantite for d in demandes), sum(d.tolerance for d in demandes), total)
    if "commande" in scenario:
        assert commande == mil(scenario["commande"])
    disponible = mil(scenario["disponible"]) if "disponible" in scenario else commande
    pas = mil(scenario.get("pas", 1 if "disponible" in scenario or "lot" in scenario else 0.5))
    parts = repartir(scenario.get("regle", "prorata"), disponible, pas, demandes, "essai/produit")
    if "attendu" in scenario:
        assert {d.cellule: part for d, part in zip(demandes, parts, strict=True)} == {
            cellule: mil(part) for cellule, part in scenario["attendu"].items()
        }


@st.composite
def situations(tirer: st.DrawFn) -> tuple[str, int, int, list[Demande]]:
    pas = tirer(st.sampled_from([1, 50, 250, 500, 1000]))
    nombres = st.integers(0, 40).map(lambda n: n * pas)
    dates = st.none() | st.datetimes(datetime(2026, 12, 1), datetime(2026, 12, 7), timezones=st.just(UTC))
    cellules = tirer(st.lists(st.text("abcdé-1", min_size=1, max_size=4), unique=True, max_size=12))
    demandes = [Demande("g", cellule, tirer(nombres), tirer(nombres), tirer(dates), "f", rang) for rang, cellule in enumerate(cellules)]
    return tirer(st.sampled_from(sorted(REGLES))), tirer(st.integers(0, 900)) * pas, pas, demandes


@given(situations())
def test_ce_qui_est_toujours_vrai(situation: tuple[str, int, int, list[Demande]]) -> None:
    regle, disponible, pas, demandes = situation
    parts = repartir(regle, disponible, pas, demandes, "graine")
    voulu = sum(demande.quantite + demande.tolerance for demande in demandes)
    assert sum(parts) == min(disponible, voulu), "rien ne se perd : on attribue tout, ou tout ce qui est voulu"
    for demande, part in zip(demandes, parts, strict=True):
        assert 0 <= part <= demande.quantite + demande.tolerance
        assert part % pas == 0
    if sum(demande.quantite for demande in demandes) <= disponible:
        assert all(part >= demande.quantite for demande, part in zip(demandes, parts, strict=True)), "les quantités passent avant les tolérances"


@given(situations(), st.randoms(use_true_random=False))
def test_l_ordre_des_demandes_ne_change_rien(situation: tuple[str, int, int, list[Demande]], hasard: Any) -> None:
    regle, disponible, pas, demandes = situation
    melange = list(demandes)
    hasard.shuffle(melange)
    droit = dict(zip([d.cellule for d in demandes], repartir(regle, disponible, pas, demandes, "g"), strict=True))
    tordu = dict(zip([d.cellule for d in melange], repartir(regle, disponible, pas, melange, "g"), strict=True))
    assert droit == tordu


@given(situations())
def test_prorata_et_plafond_sont_equitables(situation: tuple[str, int, int, list[Demande]]) -> None:
    _regle, disponible, pas, demandes = situation
    quantites = [demande.quantite for demande in demandes]
    if sum(quantites) <= disponible:
        return
    for demande, part in zip(demandes, repartir("prorata", disponible, pas, demandes, "g"), strict=True):
        assert abs(part * sum(quantites) - disponible * demande.quantite) < pas * sum(quantites), "à moins d'un pas du juste"
    parts = repartir("plafond", disponible, pas, demandes, "g")
    manquants = [part for demande, part in zip(demandes, parts, strict=True) if part < demande.quantite]
    assert all(part <= min(manquants) + pas for part in parts), "personne ne dépasse d'un pas qui manque encore"


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 50_000))
def test_lots(quantites: int, tolerances: int, taille: int) -> None:
    lots = lots_a_commander(quantites, tolerances, taille)
    assert lots * taille <= quantites + tolerances, "on ne commande jamais ce que personne n'accepte"
    assert (lots + 1) * taille > quantites, "on ne laisse jamais un lot plein"


def test_le_tirage_change_avec_la_graine() -> None:
    demandes = [Demande("g", cellule, 1000) for cellule in "abcdefgh"]
    tirages = {tuple(repartir("tirage", 3000, 1000, demandes, f"2026-12/{ref}")) for ref in ("farine-t65", "miel", "comte", "riz")}
    assert len(tirages) > 1


@pytest.mark.parametrize(
    ("demande", "tolerance", "part", "unite", "attendu"),
    [
        (3000, 0, 1000, "kg", "3\u00a0kg demandés, 1\u00a0kg attribué : sac incomplet"),
        (3000, 0, 3000, "piece", "3\u00a0pièces demandées, 3\u00a0pièces attribuées : servi en entier"),
        (2000, 2000, 3000, "kg", "2\u00a0kg demandés, 3\u00a0kg attribués : complète un lot (jusqu’à 4\u00a0kg acceptés)"),
    ],
)
def test_motif(demande: int, tolerance: int, part: int, unite: str, attendu: str) -> None:
    assert motif(unite, demande, tolerance, part, "sac incomplet") == attendu
