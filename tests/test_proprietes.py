"""Ce qui est vrai de toute fusion : rien ne se perd, l'ordre ne compte pas, mêmes entrées mêmes octets."""

from __future__ import annotations

import random
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cabas.argent import centimes, montant_coutant
from cabas.calculs.commande_producteur import commandes_producteurs
from cabas.calculs.conditionnements import compter, tailles_de
from cabas.calculs.fusion import fusionner
from cabas.calculs.jugement import Sort
from cabas.calculs.recap import recapituler
from cabas.calculs.repartition import REGLES
from cabas.cli import principal
from cabas.lecture.depot import charger
from cabas.modele import Depot, Lot
from cabas.recu import LigneLue, Stock
from cabas.regles_de_partage import Cellier, Limite, LimiteGroupement
from cabas.rendu.tables import bilan, tables

MINI_RESEAU = Path(__file__).parent / "donnees/mini-reseau"
DEPOT, _CONSTATS = charger(MINI_RESEAU)
QUANTITES = st.sampled_from(["1", "2,5", "0,5", "12", "250", "-1", "une", "0,3", "25", "3 kg", "500 g", "½"])
DATES = st.sampled_from(["", "2026-12-02T10:00", "2026-12-03T10:00", "2026-12-07T20:00:01", "2026-12-07T20:00", "hier"])


@st.composite
def lignes(tirer: st.DrawFn) -> list[LigneLue]:
    """Des lignes comme la lecture en fait : un numéro par ligne de fichier, un bon peut-être nommé."""
    nombre = tirer(st.integers(0, 25))
    return [
        LigneLue(
            tirer(st.sampled_from(["les-tilleuls", "la-remise", "ailleurs"])),
            fichier := tirer(st.sampled_from(["a.csv", "b.csv"])),
            rang + 2,
            "quantite",
            tirer(st.sampled_from(["", "X1", "X2"])),
            tirer(st.sampled_from(["A-1", "a-1", "B-2", "Émile", "E\u0301mile", ""])),
            tirer(st.sampled_from([*DEPOT.produits, "inconnu"])),
            tirer(QUANTITES),
            tirer(st.sampled_from(["", "1", "5", "beaucoup"])),
            envoye_le=tirer(DATES),
            brouillon=tirer(st.booleans()) and tirer(st.booleans()),
            origine=fichier,
        )
        for rang in range(nombre)
    ]


def resultats(depot: Depot, recues: list[LigneLue]) -> dict[str, bytes]:
    fusion = fusionner(depot, depot.commandes["2026-12"], recues, {}, {})
    recap = recapituler(depot, fusion)
    return {**tables(fusion, recap), "bilan.json": bilan(fusion, recap, {}, {}, "essai")}


@given(lignes())
@settings(max_examples=150, deadline=None)
def test_conservation(recues: list[LigneLue]) -> None:
    fusion = fusionner(DEPOT, DEPOT.commandes["2026-12"], recues, {}, {})
    recap = recapituler(DEPOT, fusion)
    assert fusion.comptes["lues"] == len(recues) == len(fusion.lignes)
    assert fusion.comptes["lues"] == sum(fusion.comptes[sort] for sort in ("retenues", "remplacees", "rejetees", "brouillons"))
    retenu = sum(ligne.quantite for ligne in fusion.lignes if ligne.sort is Sort.RETENUE)
    for somme in (
        sum(ligne.quantite for ligne in recap.produits),
        sum(ligne.quantite for ligne in recap.groupements),
        sum(ligne.quantite for ligne in recap.lignes),
        sum(part.demande for part in recap.attributions),
    ):
        assert somme == retenu
    for produit in recap.produits:
        attribue = sum(part.attribue for part in recap.attributions if part.produit == produit.produit)
        assert produit.reste == produit.a_commander - attribue >= 0
    assert all(ligne.code for ligne in fusion.lignes if ligne.sort is Sort.REJETEE)
    assert all(0 <= part.attribue <= part.demande + part.tolerance for part in recap.attributions)


@st.composite
def partages(tirer: st.DrawFn) -> tuple[Depot, dict[str, Stock]]:
    """Le réseau miniature, avec des limites, un cellier, des frais et des lots tirés au sort."""
    produits = {ref: un._replace(lot_complet=tirer(st.booleans())) for ref, un in DEPOT.produits.items()}
    sac = Lot(5000, "sac de 5 kg")
    produits["lentilles-vertes"] = produits["lentilles-vertes"]._replace(lots=(sac,) if tirer(st.booleans()) else ())
    pas = st.none() | st.integers(0, 30)
    limites = []
    for un in produits.values():
        total, parts = tirer(pas), {slug: tirer(pas) for slug in ("les-tilleuls", "la-remise")}
        par_groupement = tuple(LimiteGroupement(slug, nombre * un.pas) for slug, nombre in parts.items() if nombre is not None)
        limites.append(Limite(un.ref, None, None if total is None else total * un.pas, par_groupement))
    cellier = tirer(st.none() | st.builds(Cellier, st.booleans(), st.booleans(), st.none() | st.sampled_from([Decimal(5), Decimal("60.50")])))
    commande = DEPOT.commandes["2026-12"]._replace(
        limites=tuple(limites),
        cellier=cellier,
        frais=tirer(st.none() | st.sampled_from([Decimal("45.01"), Decimal(0)])),
        frais_selon=tirer(st.sampled_from(["montant", "cellule"])),
        repartition=tirer(st.sampled_from(sorted(REGLES))),
    )
    stock = {ref: Stock(ref, tirer(st.integers(0, 20_000))) for ref in tirer(st.sets(st.sampled_from(sorted(produits))))}
    return DEPOT._replace(produits=produits, commandes={"2026-12": commande}), stock


@given(lignes(), partages(), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_le_partage_conserve_tout(recues: list[LigneLue], partage: tuple[Depot, dict[str, Stock]], hasard: random.Random) -> None:
    depot, stock = partage
    commande = depot.commandes["2026-12"]
    recap = recapituler(depot, fusionner(depot, commande, recues, {}, {}), stock)
    for part in recap.attributions:
        assert 0 <= part.du_cellier <= part.attribue <= part.demande + part.tolerance
    depense = 0
    for ligne in recap.produits:
        produit, miennes = depot.produits[ligne.produit], [part for part in recap.attributions if part.produit == ligne.produit]
        assert ligne.reste == ligne.a_commander - sum(part.attribue for part in miennes)
        assert ligne.sans_preneur == 0, "tout ce qui est commandé va à quelqu’un, ou au cellier"
        assert ligne.du_cellier == sum(part.du_cellier for part in miennes) <= stock.get(ligne.produit, Stock("", 0)).quantite
        assert not (ligne.du_cellier and ligne.au_cellier)
        limite = next(une for une in commande.limites if une.produit == ligne.produit)
        assert limite.total is None or ligne.a_commander <= limite.total
        for une in limite.groupements:
            assert sum(part.attribue for part in miennes if part.groupement == une.groupement) <= une.total
        if produit.lot_complet:
            compte = compter(tailles_de(produit), ligne.a_commander)
            assert compte is not None
            assert sum(compte) == ligne.lots
        depense += montant_coutant(produit.prix, ligne.au_cellier)
    assert depense <= (centimes(commande.cellier.budget or Decimal(0)) if commande.cellier and commande.cellier.complete else 0)
    assert sum(une.part for une in recap.frais) in (0, centimes(commande.frais or Decimal(0)))
    assert bool(recap.frais) == bool(commande.frais and any(ligne.attribue for ligne in recap.lignes))
    melange = list(recues)
    hasard.shuffle(melange)
    autre = recapituler(depot, fusionner(depot, commande, melange, {}, {}), stock)
    for quoi in ("produits", "groupements", "lignes", "attributions", "manques", "frais", "cellier"):
        assert getattr(autre, quoi) == getattr(recap, quoi), f"{quoi} : l’ordre ne compte pas"
    envois = commandes_producteurs(depot, commande, recap)
    for une in envois:
        palettes = [part for destination in une.destinations for part in destination.parts] + list(une.pour_le_cellier)
        for commandee in une.lignes:
            assert commandee.quantite == sum(part.quantite for part in palettes if part.libelle == commandee.libelle)


@given(lignes())
@settings(max_examples=100, deadline=None)
def test_une_cellule_n_a_qu_un_bon_retenu(recues: list[LigneLue]) -> None:
    fusion = fusionner(DEPOT, DEPOT.commandes["2026-12"], recues, {}, {})
    bons: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for ligne in fusion.lignes:
        if ligne.sort is Sort.RETENUE:
            bons.setdefault((ligne.lue.groupement, ligne.cellule), set()).add((ligne.nom_du_bon, ligne.lue.fichier))
    assert all(len(retenus) == 1 for retenus in bons.values())


@given(lignes(), st.integers(0, 10**6))
@settings(max_examples=100, deadline=None)
def test_l_ordre_de_lecture_ne_change_pas_un_octet(recues: list[LigneLue], graine: int) -> None:
    melange = list(recues)
    random.Random(graine).shuffle(melange)
    assert resultats(DEPOT, melange) == resultats(DEPOT, recues)


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_n_importe_quels_octets(octets: bytes) -> None:
    from cabas.lecture.bons import lire_bons
    from cabas.lecture.colonnes import Catalogue

    recues, _constats = lire_bons(octets, "a.csv", "les-tilleuls", Catalogue(DEPOT.produits.values()))
    fusion = fusionner(DEPOT, DEPOT.commandes["2026-12"], recues, {}, {})
    assert fusion.comptes["lues"] == len(recues)


@given(st.text("ABab1;\"\n\r,\t'éœ€=+-@½ ", max_size=120))
@settings(max_examples=150, deadline=None)
def test_n_importe_quel_tableau(corps: str) -> None:
    from cabas.lecture.bons import lire_bons
    from cabas.lecture.colonnes import Catalogue

    octets = f"cellule;produit;quantite\nA-1;farine-t65;1\n{corps}".encode()
    recues, _constats = lire_bons(octets, "a.csv", "les-tilleuls", Catalogue(DEPOT.produits.values()))
    assert recues, "la ligne juste est lue, ou le fichier entier est rejeté : jamais le silence"


@pytest.mark.parametrize("graine", range(3))
def test_les_memes_bons_dans_un_autre_dossier(tmp_path: Path, graine: int) -> None:
    """Autre ordre d'écriture, autre chemin, deux fois de suite : les mêmes octets, classeur et commandes aux producteur·rices compris."""
    textes = {
        f"f{rang}.csv": f"cellule;produit;quantite;envoye_le\nA-{rang % 4};farine-t65;{rang % 5 + 1};2026-12-0{rang % 6 + 1}T10:00\n"
        for rang in range(12)
    }
    sorties = []
    for essai, nom in enumerate(("un", "deux", "un")):
        racine = tmp_path / nom
        if not racine.exists():
            shutil.copytree(MINI_RESEAU, racine)
        bons = racine / "prive/2026-12/les-tilleuls/bons"
        bons.mkdir(parents=True, exist_ok=True)
        for fichier in random.Random(graine * 10 + essai).sample(sorted(textes), len(textes)):
            (bons / fichier).write_text(textes[fichier], encoding="utf-8")
        assert principal(["fusionner", "2026-12", "--depot", str(racine), "--format", "json"]) == 0
        dossier = racine / "prive/2026-12/sorties"
        sorties.append({chemin.relative_to(dossier).as_posix(): chemin.read_bytes() for chemin in sorted(dossier.rglob("*")) if chemin.is_file()})
    assert sorties[0] == sorties[1] == sorties[2]
    assert set(sorties[0]) == {
        "journal.csv",
        "lignes.csv",
        "recap-produits.csv",
        "recap-groupements.csv",
        "repartition.csv",
        "bilan.json",
        "palettes.csv",
        "a-prevenir.csv",
        "a-prevenir.txt",
        "gdxp.json",
        "recap.xlsx",
        *(f"producteurs/moulin-des-sorbiers.{suffixe}" for suffixe in ("pdf", "csv", "txt", "eml")),
    }
