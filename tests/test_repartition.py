"""La répartition : les scénarios d'une référente, et ce qui est vrai quelles que soient les demandes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cabas.argent import montant_coutant
from cabas.calculs.approvisionnement import Achat, acheter, completer, depassees, limiter
from cabas.calculs.attribution import attribuer, expliquer, prevoir, s_explique_a_part
from cabas.calculs.conditionnements import compter, manque_pour_un_lot, total_a_commander, totaux
from cabas.calculs.frais import partager_frais
from cabas.calculs.repartition import REGLES, Demande, motif, repartir
from cabas.calculs.retenues import Retenue
from cabas.calculs.servis import LigneBon
from cabas.modele import Commande, Lot, Produit, Selection
from cabas.recu import Stock
from cabas.regles_de_partage import Cellier, Limite, LimiteGroupement

SCENARIOS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "scenarios/repartition.yaml").read_text(encoding="utf-8"))


def mil(valeur: object) -> int:
    return int(Decimal(str(valeur)) * 1000)


def produit(lots: tuple[int, ...] = (), pas: int = 1000, unite: str = "kg") -> Produit:
    autres = tuple(Lot(taille, f"sac de {taille // 1000} kg") for taille in lots)
    return Produit(
        "p", "Produit", "x", "r", unite, pas, Decimal(1), date(2026, 1, 1), Decimal(0), "vrac", (),
        lot=autres[0] if autres else None, lot_complet=bool(autres), lots=autres[1:],
    )  # fmt: skip


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["nom"])
def test_scenario(scenario: dict[str, Any]) -> None:
    demandes = []
    for rang, (cellule, (quantite, tolerance, *heure)) in enumerate(scenario["demandes"].items()):
        envoi = datetime.fromisoformat(f"2026-12-01T{heure[0]}").replace(tzinfo=UTC) if heure else None
        en_plus = 0 if "sans_tolerance" in scenario else mil(tolerance)
        demandes.append(Demande(scenario.get("groupements", {}).get(cellule, "g"), cellule, mil(quantite), en_plus, envoi, "f.csv", rang))
    lots = scenario.get("lot", [])
    pas = mil(scenario.get("pas", 1 if {"disponible", "lot"} & scenario.keys() else 0.5))
    fiche = produit(tuple(mil(taille) for taille in (lots if isinstance(lots, list) else [lots])), min(pas, mil(scenario.get("pas", 0.5))))
    total = mil(scenario["total"]) if "total" in scenario else None
    regle = scenario.get("regle", "prorata")
    limites = {groupement: mil(limite) for groupement, limite in scenario.get("limites", {}).items()}
    limites = depassees(limites, ((d.groupement, d.quantite + d.tolerance) for d in demandes))
    admises = limiter(regle, pas, demandes, limites, "essai/produit")
    achat = acheter(fiche, sum(d.quantite for d in admises), sum(d.tolerance for d in admises), total, mil(scenario.get("stock", 0)))
    if "commande" in scenario:
        assert achat.a_commander == mil(scenario["commande"])
    if "paquets" in scenario:
        assert compter([mil(taille) for taille in lots], achat.a_commander) == tuple(scenario["paquets"])
        assert achat.lots == sum(scenario["paquets"])
    assert achat.pris == mil(scenario.get("pris", 0))
    disponible = mil(scenario["disponible"]) if "disponible" in scenario else achat.disponible
    parts = repartir(regle, disponible, pas, admises, "essai/produit")
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
    lots = total_a_commander((taille,), quantites, tolerances) // taille
    assert lots * taille <= quantites + tolerances, "on ne commande jamais ce que personne n'accepte"
    assert (lots + 1) * taille > quantites, "on ne laisse jamais un lot plein"


TAILLES = st.lists(st.integers(1, 12), min_size=1, max_size=3, unique=True).map(lambda tailles: tuple(sorted(tailles, reverse=True)))


def force_brute(tailles: tuple[int, ...], haut: int) -> dict[int, int]:
    """Le plus petit nombre de paquets de chaque total, en les essayant tous."""
    trouves: dict[int, int] = {}
    for compte in product(*(range(haut // taille + 1) for taille in tailles)):
        somme = sum(taille * nombre for taille, nombre in zip(tailles, compte, strict=True))
        if somme <= haut:
            trouves[somme] = min(sum(compte), trouves.get(somme, haut))
    return trouves


@given(TAILLES, st.integers(0, 70), st.integers(0, 30), st.none() | st.integers(0, 90), st.integers(0, 70))
@settings(max_examples=300, deadline=None)
def test_la_meilleure_combinaison_de_lots(tailles: tuple[int, ...], quantites: int, tolerances: int, total: int | None, stock: int) -> None:
    """La recherche rapide trouve ce que trouve la recherche naïve, mot à mot d'après la règle."""
    stock = min(stock, quantites)
    tous = force_brute(tailles, quantites + tolerances + max(tailles))
    haut = quantites + tolerances if total is None else min(quantites + tolerances, total)
    couvre = [somme for somme in tous if quantites - stock <= somme <= haut]
    attendu = min(couvre, key=lambda somme: (tous[somme], max(0, somme - quantites), somme), default=None)
    if attendu is None:
        attendu = max(somme for somme in tous if somme <= min(haut, quantites))
    assert total_a_commander(tailles, quantites, tolerances, total, stock) == attendu
    compte = compter(tailles, attendu)
    assert compte is not None
    assert sum(compte) == tous[attendu]
    assert sum(taille * nombre for taille, nombre in zip(tailles, compte, strict=True)) == attendu
    suivant = min((somme for somme in tous if somme > quantites + tolerances and (total is None or somme <= total)), default=None)
    assert manque_pour_un_lot(tailles, quantites, tolerances, total) == (0 if suivant is None else suivant - quantites - tolerances)


@given(TAILLES, st.integers(0, 4000), st.integers(0, 15))
@settings(max_examples=60, deadline=None)
def test_la_table_courte_ne_perd_rien(tailles: tuple[int, ...], bas: int, large: int) -> None:
    """Poser les grands lots d'avance ne change aucun plus petit nombre de paquets."""
    nombres = [0, *[10**9] * (bas + large)]
    for somme in range(1, bas + large + 1):
        nombres[somme] = min((nombres[somme - taille] + 1 for taille in tailles if taille <= somme), default=10**9)
    assert totaux(tailles, bas, bas + large) == {somme: nombres[somme] for somme in range(bas, bas + large + 1) if nombres[somme] < 10**9}


@given(situations(), st.dictionaries(st.sampled_from("gh"), st.integers(0, 200)), st.randoms(use_true_random=False))
def test_les_limites_de_groupement(situation: tuple[str, int, int, list[Demande]], limites: dict[str, int], hasard: Any) -> None:
    regle, disponible, pas, demandes = situation
    demandes = [demande._replace(groupement="gh"[rang % 2]) for rang, demande in enumerate(demandes)]
    limites = {groupement: limite * pas for groupement, limite in limites.items()}
    admises = limiter(regle, pas, demandes, limites, "graine")
    for avant, apres in zip(demandes, admises, strict=True):
        assert 0 <= apres.quantite <= avant.quantite
        assert 0 <= apres.tolerance <= avant.tolerance
        assert apres.quantite % pas == apres.tolerance % pas == 0
    for groupement in "gh":
        voulu = sum(d.quantite + d.tolerance for d in demandes if d.groupement == groupement)
        admis = sum(d.quantite + d.tolerance for d in admises if d.groupement == groupement)
        assert admis == min(voulu, limites.get(groupement, voulu)), "rien au-dessus de la limite, et rien de perdu en dessous"
    parts = repartir(regle, disponible, pas, admises, "graine")
    assert sum(parts) == min(disponible, sum(d.quantite + d.tolerance for d in admises))
    melange = list(demandes)
    hasard.shuffle(melange)
    autres = limiter(regle, pas, melange, limites, "graine")
    assert {d.cellule: d for d in autres} == {d.cellule: d for d in admises}, "l'ordre ne compte pas"


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 30), st.integers(0, 8)), max_size=8), st.integers(0, 12000))
def test_le_cellier_tient_son_budget(manques: list[tuple[int, int, int]], budget: int) -> None:
    """Complétés : les moins chers, dans le budget ; le premier qui ne l'est pas n'y tenait plus."""
    achats = {}
    for rang, (lot, prix, quantites) in enumerate(manques):
        fiche = produit((lot * 1000,))._replace(ref=f"p{rang}", prix=Decimal(prix) / 4)
        achats[fiche.ref] = (fiche, quantites * 1000, acheter(fiche, quantites * 1000, 0))
    finals = completer(Cellier(complete=True, budget=Decimal(budget) / 100), achats)
    cout = {ref: montant_coutant(fiche.prix, achat.manque) for ref, (fiche, _voulu, achat) in achats.items() if achat.manque}
    completes = [ref for ref in cout if finals[ref].complete]
    depense = sum(cout[ref] for ref in completes)
    assert depense <= budget
    assert all(depense + cout[ref] > budget for ref in cout if ref not in completes)
    assert all((cout[fait], fait) < (cout[ref], ref) for fait in completes for ref in cout if ref not in completes)
    for ref in completes:
        assert finals[ref].a_commander == achats[ref][1] + finals[ref].complete
        assert finals[ref].a_commander % achats[ref][0].lot.quantite == finals[ref].manque == finals[ref].pris == 0
    sans = {ref: achat for ref, (_fiche, _voulu, achat) in achats.items()}
    assert completer(None, achats) == completer(Cellier(complete=True), achats) == completer(Cellier(budget=Decimal(99)), achats) == sans


@given(st.integers(0, 10**5), st.sampled_from(["montant", "cellule"]), st.lists(st.tuples(st.integers(0, 6), st.integers(0, 5000)), max_size=12),
       st.randoms(use_true_random=False))  # fmt: skip
def test_les_frais_tombent_juste(frais: int, selon: str, servies: list[tuple[int, int]], hasard: Any) -> None:
    lignes = [
        LigneBon("gh"[rang % 2], f"C{rang % 5}", "", "", "", "p", attribue, 0, attribue, 1, montant)
        for rang, (attribue, montant) in enumerate(servies)
    ]
    parts = partager_frais(frais, selon, lignes)
    servis = {(ligne.groupement, ligne.cellule) for ligne in lignes if ligne.attribue}
    assert sum(une.part for une in parts) == (frais if servis else 0)
    assert all(une.part >= 0 for une in parts)
    assert {(une.groupement, une.cellule) for une in parts} == (servis if frais else set())
    if selon == "cellule" and parts:
        assert max(une.part for une in parts) - min(une.part for une in parts) <= 1
    melange = list(lignes)
    hasard.shuffle(melange)
    assert partager_frais(frais, selon, melange) == parts


def test_qui_prend_plus_paie_plus_de_frais() -> None:
    lignes = [LigneBon("g", cellule, "", "", "", "p", 1000, 0, 1000, 1, montant) for cellule, montant in (("a", 3000), ("b", 1000), ("c", 1000))]
    assert [une.part for une in partager_frais(1001, "montant", lignes)] == [601, 200, 200]
    assert [une.part for une in partager_frais(1001, "cellule", lignes)] == [334, 334, 333]
    assert partager_frais(1001, "montant", [ligne._replace(attribue=0) for ligne in lignes]) == ()


def test_un_achat_ordinaire() -> None:
    assert acheter(produit((25000,)), 30000, 0) == Achat(25000, 1, manque=20000, lot=25000)
    assert acheter(produit((25000,)), 60000, 0, 40000) == Achat(25000, 1, plafonne=True)


def test_le_tirage_change_avec_la_graine() -> None:
    demandes = [Demande("g", cellule, 1000) for cellule in "abcdefgh"]
    tirages = {tuple(repartir("tirage", 3000, 1000, demandes, f"2026-12/{ref}")) for ref in ("farine-t65", "miel", "comte", "riz")}
    assert len(tirages) > 1


@pytest.mark.parametrize(
    ("demande", "tolerance", "part", "unite", "attendu"),
    [
        (3000, 0, 1000, "kg", "3\u00a0kg demandés, 1\u00a0kg attribué : sac incomplet"),
        (500, 0, 2, "kg", "500\u00a0g demandés, 2\u00a0g attribués : sac incomplet"),
        (1000, 0, 1, "kg", "1\u00a0kg demandé, 1\u00a0g attribué : sac incomplet"),
        (500, 0, 0, "L", "0,5\u00a0L demandé, 0\u00a0L attribué : sac incomplet"),
        (3000, 0, 3000, "piece", "3\u00a0pièces demandées, 3\u00a0pièces attribuées : servi en entier"),
        (2000, 2000, 3000, "kg", "2\u00a0kg demandés, 3\u00a0kg attribués : complète un lot (jusqu’à 4\u00a0kg acceptés)"),
    ],
)
def test_motif(demande: int, tolerance: int, part: int, unite: str, attendu: str) -> None:
    assert motif(unite, demande, tolerance, part, "sac incomplet") == attendu


def test_plusieurs_bons_d_une_cellule_ont_chacun_leur_rang() -> None:
    commande = Commande("2026-12", "Essai", Selection(tous=True), (), repartition="premier-arrive", limites=(Limite("p", None, 4000),))
    noms = ["A-1", "B-2", "A-1"]
    retenues = [Retenue("g", nom, f"b{rang}", "p", 2000, 0, "", "", 100, None, "f", rang) for rang, nom in enumerate(noms)]
    besoin = prevoir(commande, produit(()), retenues)
    parts = attribuer(commande, besoin, besoin.achat.disponible)
    dits = {une.cellule: une.motif.replace("\u00a0", " ") for une in expliquer(commande, besoin, retenues, besoin.achat, parts)}
    assert dits == {
        "A-1": "4 kg demandés, 2 kg attribués : quantité limitée à 4 kg pour le réseau, rangs 1 et 3 sur 3 par ordre d’arrivée",
        "B-2": "2 kg demandés, 2 kg attribués : servi en entier, rang 2 sur 3 par ordre d’arrivée",
    }


@pytest.mark.parametrize("regle", sorted(REGLES))
def test_une_phrase_ne_dit_un_rang_que_si_la_regle_range_et_choisit(regle: str) -> None:
    """Et l’explication cellule par cellule, qui coûte, ne se fait que là."""
    commande = Commande("2026-12", "Essai", Selection(tous=True), (), repartition=regle)
    for total, range_ici in ((None, False), (3000, True), (9000, False)):
        limitee = commande._replace(limites=(Limite("p", None, total),) if total else ())
        retenues = [Retenue("g", nom, "", "p", 2000, 0, "", "", 100, None, "f", 1) for nom in "ab"]
        besoin = prevoir(limitee, produit(()), retenues)
        attendu = range_ici and regle in ("premier-arrive", "tirage")
        assert s_explique_a_part(limitee, besoin, besoin.achat) is attendu
        parts = attribuer(limitee, besoin, besoin.achat.disponible)
        assert all(("rang " in une.motif) is attendu for une in expliquer(limitee, besoin, retenues, besoin.achat, parts))


def test_toutes_les_phrases(instantane: Any) -> None:
    """Chaque phrase que peut lire un·e membre, dans l'ordre où on les rencontre : à relire à voix haute."""
    base = Commande("2026-12", "Essai", Selection(tous=True), ())
    lot, meule = produit((25000,)), produit((9000,), 500)._replace(lot=Lot(9000, "meule"))
    oeufs, limites = produit((), 1000, "piece"), (LimiteGroupement("g", 6000),)
    situations: list[tuple[str, Commande, Produit, list[tuple[str, int, int]], int]] = [
        ("servi, et un sac incomplet", base, lot, [("g", 30, 0), ("h", 2, 0), ("h", 0, 2)], 0),
        ("un lot complété par les tolérances", base, lot, [("g", 20, 4), ("h", 0, 3)], 0),
        ("une meule, au demi-kilo", base, meule, [("g", 10, 0), ("h", 1, 0)], 0),
        ("une limite du réseau", base._replace(limites=(Limite("p", None, 5000),)), oeufs, [("g", 6, 0), ("h", 1, 0)], 0),
        ("une limite de groupement", base._replace(limites=(Limite("p", None, None, limites),)), oeufs, [("g", 8, 0), ("g", 1, 0), ("h", 1, 0)], 0),
        ("les deux", base._replace(limites=(Limite("p", None, 5000, limites),)), oeufs, [("g", 8, 0), ("h", 4, 0)], 0),
        ("limite de groupement, puis sac", base._replace(limites=(Limite("p", None, None, limites),)), lot, [("g", 8, 0), ("h", 30, 0)], 0),
        ("le cellier donne", base._replace(cellier=Cellier(True)), oeufs, [("g", 8, 0), ("h", 2, 0)], 4),
        ("le cellier donne tout", base._replace(cellier=Cellier(True)), oeufs, [("g", 1, 0), ("h", 2, 0)], 9),
        ("le cellier donne, et cela ne suffit pas", base._replace(cellier=Cellier(True)), lot, [("g", 8, 0), ("h", 4, 0)], 6),
        ("le cellier complète", base._replace(cellier=Cellier(complete=True, budget=Decimal(9))), lot, [("g", 15, 1), ("h", 4, 0), ("h", 0, 2)], 0),
        ("le cellier et une limite du réseau", base._replace(cellier=Cellier(True), limites=(Limite("p", None, 3000),)), oeufs, [("g", 9, 0)], 5),
        ("des pièces en plus", base, produit((12000,), 1000, "piece"), [("g", 8, 4), ("h", 0, 2)], 0),
        ("un seul en plus", base, produit((2000,)), [("g", 1, 0), ("h", 0, 1)], 0),
    ]
    rouges, arrivee, tirage = (Limite("p", None, 5000),), base._replace(repartition="premier-arrive"), base._replace(repartition="tirage")
    trois, quatre = [("g", 3, 0), ("g", 3, 0), ("h", 3, 0)], (LimiteGroupement("g", 4000),)
    situations += [
        ("par ordre d’arrivée", arrivee._replace(limites=rouges), oeufs, trois, 0),
        ("par ordre d’arrivée, pour finir un lot", arrivee, lot, [("g", 20, 3), ("h", 3, 4), ("h", 0, 2)], 0),
        ("par ordre d’arrivée, il y en a pour tout le monde", arrivee, oeufs, trois, 0),
        ("par ordre d’arrivée, il n’y en a pour personne", arrivee, lot, trois, 0),
        ("au tirage au sort", tirage._replace(limites=rouges), oeufs, trois, 0),
        (
            "au tirage au sort, dans un groupement",
            tirage._replace(limites=(Limite("p", None, None, quatre),)),
            oeufs,
            trois,
            0,
        ),
        ("au tirage au sort, partout", tirage._replace(limites=(Limite("p", None, 5000, quatre),)), oeufs, trois, 0),
        ("au tirage au sort, après le cellier", tirage._replace(cellier=Cellier(True), limites=rouges), oeufs, trois, 1),
    ]
    dits: list[str] = []
    for titre, commande, fiche, voeux, stock in situations:
        retenues = [
            Retenue(groupement, f"C{rang}", "", "p", quantite * 1000, tolerance * 1000, "", "", 100, None, "f", rang)
            for rang, (groupement, quantite, tolerance) in enumerate(voeux)
        ]
        besoin = prevoir(commande, fiche, retenues, Stock("p", stock * 1000))
        achat = completer(commande.cellier, {"p": (fiche, besoin.voulu, besoin.achat)})["p"]
        parts = attribuer(commande, besoin, achat.disponible)
        dits += [f"\n{titre}", *(f"  {part.groupement} : {part.motif}" for part in expliquer(commande, besoin, retenues, achat, parts))]
    instantane("\n".join(dits).lstrip().replace("\u00a0", " ") + "\n")
