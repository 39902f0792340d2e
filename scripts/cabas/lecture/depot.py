"""Charger le dépôt public : toutes les fiches, contrôlées par leur schéma.

Entre : la racine du dépôt, ou une `Origine` (le disque, une révision passée). Sort : un `Depot` (les fiches saines) et les
constats (les autres). Ne lève jamais sur une donnée fausse. Le contrôle par frictionless est sauté quand les mêmes octets
l'ont déjà passé (`temoin`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from cabas.constats import Constat, Emplacement, erreur
from cabas.etats import EtatDesLots
from cabas.lecture.correspondances import juger_correspondances, lire_correspondances
from cabas.lecture.entetes import lire_entete
from cabas.lecture.etats import lire_etat
from cabas.lecture.fiches import Rangs, construire, deplier
from cabas.lecture.origines import Disque, Origine
from cabas.lecture.releve import DOSSIERS, RUBRIQUES, Releve, Texte, relever
from cabas.lecture.traductions import juger_traductions, lire_traduction
from cabas.lecture.yaml_strict import Noeud, lire_yaml
from cabas.modele import Commande, Correspondance, Depot, Groupement, Producteur, Produit, Rubrique

CLES = {genre: cle for genre, _dossier, _suffixe, cle in DOSSIERS}
"""Par genre de fiche, le champ que donne le nom du fichier."""
UNIQUES = frozenset({*CLES, "rubriques"})


class _Lot:
    """Ce que l'on a lu, avant d'en bâtir le dépôt."""

    def __init__(self) -> None:
        self.rangs: Rangs = {nom: [] for nom in UNIQUES}
        self.noeuds: list[tuple[str, str, str, Noeud, str]] = []
        self.presentations: dict[str, int] = {}
        self.rubriques: tuple[Noeud, ...] = ()
        self.correspondances: dict[str, tuple[Correspondance, ...]] = {}
        self.etats: dict[str, EtatDesLots] = {}
        self.traductions: dict[str, tuple[str, dict[str, Noeud]]] = {}
        self.constats: list[Constat] = []


def charger(racine: Path | Origine, deja_vu: Callable[[str], bool] | None = None) -> tuple[Depot, list[Constat]]:
    """Lit toutes les fiches, d'où qu'elles viennent. `deja_vu(empreinte)` dit si ces octets ont déjà passé le contrôle des schémas sans faute.

    Codes : ceux de `releve`, `yaml_strict`, `schemas`, `fiches`.
    """
    return comprendre(relever(Disque(racine) if isinstance(racine, Path) else racine), deja_vu)


def comprendre(releve: Releve, deja_vu: Callable[[str], bool] | None = None) -> tuple[Depot, list[Constat]]:
    """Le dépôt que disent des fiches relevées, et tout ce qui ne va pas, relevé compris."""
    lot = _Lot()
    lot.constats += releve.constats
    for texte in releve.textes:
        _lire(texte, lot)
    for genre, identifiant, chemin, noeud, _presentation in lot.noeuds:
        lot.constats += deplier(genre, noeud, chemin, {CLES[genre]: identifiant}, lot.rangs)
    for element in lot.rubriques:
        lot.constats += deplier("rubriques", element, RUBRIQUES, {}, lot.rangs)
    for texte in releve.textes:
        _lire_a_cote(texte, lot)
    if deja_vu is None or lot.constats or not deja_vu(releve.empreinte):
        from cabas.lecture.schemas import controler

        lot.constats += controler(lot.rangs, UNIQUES)
    depot = _batir(lot)
    return depot, sans_redites(lot.constats + juger_correspondances(depot) + juger_traductions(depot, lot.traductions))


def sans_redites(constats: list[Constat]) -> list[Constat]:
    """Un seul constat par champ quand la conversion redit ce que le schéma a dit (le premier : celui du schéma).

    Les deux commencent leur phrase par le nom du champ : c'est lui, avec l'emplacement, qui fait la clé.
    """
    vus: set[tuple[Emplacement, str]] = set()
    gardes: list[Constat] = []
    for constat in constats:
        champ, deux_points, _suite = constat.message.partition(" : ")
        if deux_points and (constat.emplacement, champ) in vus:
            continue
        vus.add((constat.emplacement, champ))
        gardes.append(constat)
    return sorted(gardes, key=lambda constat: constat.rang)


def _lire(lu: Texte, lot: _Lot) -> None:
    """Une fiche, les rubriques ou une traduction, en nœuds. Les traductions sont à part du témoin : leur forme est vérifiée ici, chaque fois."""
    if lu.genre in CLES:
        presentation = ""
        if lu.relatif.endswith(".md"):
            noeud, presentation, constats = lire_entete(lu.texte, lu.relatif)
            lot.presentations[lu.relatif] = lu.texte.count("\n", 0, max(lu.texte.rfind(presentation), 0)) + 1
        else:
            noeud, constats = lire_yaml(lu.texte, lu.relatif)
        lot.constats += constats
        if noeud is not None:
            lot.noeuds.append((lu.genre, lu.identifiant, lu.relatif, noeud, presentation))
    elif lu.genre == "rubriques":
        lot.rubriques = _lire_rubriques(lu.texte, lot)
    elif lu.genre == "traductions":
        noms, constats = lire_traduction(lu.texte, lu.relatif)
        lot.traductions[lu.identifiant] = (lu.relatif, noms)
        lot.constats += constats


def _lire_a_cote(lu: Texte, lot: _Lot) -> None:
    """Une table de correspondances, ou l'état des lots d'une commande : contrôlés par leur schéma, après les fiches."""
    if lu.genre == "correspondances":
        lot.correspondances[lu.identifiant], constats = lire_correspondances(lu.texte, lu.relatif, lot.rangs)
        lot.constats += constats
    elif lu.genre == "etats":
        etat, constats = lire_etat(lu.texte, lu.relatif, lu.identifiant, lot.rangs)
        lot.constats += constats
        if etat is not None:
            lot.etats[lu.identifiant] = etat


def _lire_rubriques(texte: str, lot: _Lot) -> tuple[Noeud, ...]:
    noeud, constats = lire_yaml(texte, RUBRIQUES)
    lot.constats += constats
    if noeud is None:
        return ()
    if not isinstance(noeud.valeur, tuple):
        lot.constats.append(
            erreur(
                "fiche-invalide",
                Emplacement(RUBRIQUES, 1),
                "On attend une liste de rubriques.",
                "Une ligne par rubrique : - {code: farines, nom: Farines}.",
            )
        )
        return ()
    return noeud.valeur


def _batir(lot: _Lot) -> Depot:
    fiches: dict[str, dict[str, Any]] = {nom: {} for nom in CLES}
    for nom, identifiant, chemin, noeud, presentation in lot.noeuds:
        ajouts: dict[str, Any] = {CLES[nom]: identifiant}
        if nom in ("producteurs", "groupements", "missions"):
            ajouts["presentation"] = presentation
        fiche = construire(nom, noeud, chemin, ajouts, lot.constats)
        if fiche is not None:
            if presentation:  # un lien faux dans le texte se dit à sa ligne
                lignes = {**fiche.source.lignes, "presentation": lot.presentations[chemin]}
                fiche = fiche._replace(source=fiche.source._replace(lignes=lignes))
            fiches[nom][identifiant] = fiche
    produits: dict[str, Produit] = fiches["produits"]
    producteurs: dict[str, Producteur] = fiches["producteurs"]
    groupements: dict[str, Groupement] = fiches["groupements"]
    commandes: dict[str, Commande] = fiches["commandes"]
    rangees: list[Rubrique] = [
        rubrique for element in lot.rubriques if (rubrique := construire("rubriques", element, RUBRIQUES, {}, lot.constats)) is not None
    ]
    noms = {langue: {chemin: str(nom.valeur) for chemin, nom in lus.items()} for langue, (_fichier, lus) in lot.traductions.items()}
    return Depot(produits, producteurs, tuple(rangees), groupements, commandes, lot.correspondances, lot.etats, fiches["missions"], noms)
