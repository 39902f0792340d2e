"""Charger le dépôt public : toutes les fiches, contrôlées par leur schéma.

Entre : la racine du dépôt, ou une `Origine` (le disque, une révision passée). Sort : un `Depot` (les fiches saines) et les
constats (les autres). Ne lève jamais sur une donnée fausse. Le contrôle par frictionless est sauté quand les mêmes octets
l'ont déjà passé (`temoin`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import cabas
from cabas.constats import Constat, Emplacement, Refus, avertissement, erreur
from cabas.etats import EtatDesLots
from cabas.lecture.correspondances import SUFFIXE, juger_correspondances, lire_correspondances
from cabas.lecture.entetes import lire_entete
from cabas.lecture.etats import SUFFIXE as SUFFIXE_D_ETAT
from cabas.lecture.etats import lire_etat
from cabas.lecture.fiches import Rangs, construire, deplier
from cabas.lecture.fichiers import decoder_utf8, nom_lisible
from cabas.lecture.origines import Disque, Origine
from cabas.lecture.schemas import empreinte_des_schemas
from cabas.lecture.traductions import DOSSIER, juger_traductions, langue_de, lire_traduction
from cabas.lecture.yaml_strict import Noeud, lire_yaml
from cabas.legeres import replace
from cabas.modele import Commande, Correspondance, Depot, Groupement, Producteur, Produit, Rubrique

DOSSIERS = (
    ("produits", "catalogue/produits", ".yaml", "ref"),
    ("producteurs", "catalogue/producteurs", ".md", "slug"),
    ("groupements", "groupements", ".md", "slug"),
    ("commandes", "catalogue/commandes", ".yaml", "id"),
    ("missions", "content/guide/missions", ".md", "slug"),
)
UNIQUES = frozenset({"produits", "producteurs", "groupements", "commandes", "rubriques", "missions"})
Progres = Callable[[int, int], None]


class _Lot:
    """Ce que l'on a lu, avant d'en bâtir le dépôt."""

    def __init__(self) -> None:
        self.noeuds: list[tuple[str, str, str, Noeud, str]] = []
        self.presentations: dict[str, int] = {}
        self.correspondances: dict[str, tuple[str, str]] = {}
        self.etats: dict[str, tuple[str, str]] = {}
        self.traductions: dict[str, tuple[str, dict[str, Noeud]]] = {}
        self.constats: list[Constat] = []
        self.empreinte = hashlib.sha256(f"{cabas.__version__}\0{empreinte_des_schemas()}".encode())


def charger(racine: Path | Origine, deja_vu: Callable[[str], bool] | None = None) -> tuple[Depot, list[Constat]]:
    """Lit toutes les fiches, d'où qu'elles viennent. `deja_vu(empreinte)` dit si ces octets ont déjà passé le contrôle des schémas sans faute.

    Codes propres : `dossier-absent`, `fichier-inattendu`, `encodage`, `fichier-…`, et ceux de `yaml_strict`, `schemas`,
    `fiches`.
    """
    lot, origine = _Lot(), Disque(racine) if isinstance(racine, Path) else racine
    for nom, dossier, suffixe, _cle in DOSSIERS:
        _lire_dossier(origine, nom, dossier, suffixe, lot)
    rubriques = _lire_rubriques(origine, lot)
    _lire_traductions(origine, lot)
    rangs: Rangs = {nom: [] for nom in UNIQUES}
    cles = {nom: cle for nom, _dossier, _suffixe, cle in DOSSIERS}
    for nom, identifiant, chemin, noeud, _texte in lot.noeuds:
        lot.constats += deplier(nom, noeud, chemin, {cles[nom]: identifiant}, rangs)
    for element in rubriques:
        lot.constats += deplier("rubriques", element, "catalogue/rubriques.yaml", {}, rangs)
    tables: dict[str, tuple[Correspondance, ...]] = {}
    for slug, (relatif, texte) in lot.correspondances.items():
        tables[slug], dits = lire_correspondances(texte, relatif, rangs)
        lot.constats += dits
    etats: dict[str, EtatDesLots] = {}
    for identifiant, (relatif, texte) in lot.etats.items():
        etat, dits = lire_etat(texte, relatif, identifiant, rangs)
        lot.constats += dits
        if etat is not None:
            etats[identifiant] = etat
    if deja_vu is None or lot.constats or not deja_vu(lot.empreinte.hexdigest()):
        from cabas.lecture.schemas import controler

        lot.constats += controler(rangs, UNIQUES)
    depot = _batir(lot, rubriques, cles, tables, etats)
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


def _lire_dossier(origine: Origine, nom: str, dossier: str, suffixe: str, lot: _Lot) -> None:
    noms = origine.noms(dossier)
    if nom == "missions":
        # Un réseau peut n'en avoir aucune ; à côté des fiches, leur liste et des photos, que le site lit.
        noms = [un for un in noms or () if un.endswith(suffixe) and un != "index.md"]
    if noms is None:
        lot.constats.append(
            erreur(
                "dossier-absent",
                Emplacement(dossier),
                "Le dossier n’existe pas.",
                "Vérifier que la commande est lancée à la racine du dépôt, ou la donner par --depot.",
            )
        )
        return
    for fichier in sorted(noms):
        relatif = f"{dossier}/{nom_lisible(fichier)}"
        if fichier.startswith("."):
            continue
        a_cote = {"groupements": (SUFFIXE, lot.correspondances), "commandes": (SUFFIXE_D_ETAT, lot.etats)}.get(nom)
        if a_cote and fichier.endswith(a_cote[0]):
            if (texte := _texte(origine, f"{dossier}/{fichier}", relatif, lot)) is not None:
                a_cote[1][fichier.removesuffix(a_cote[0])] = (relatif, texte)
            continue
        if PurePosixPath(fichier).suffix != suffixe:
            lot.constats.append(
                avertissement(
                    "fichier-inattendu",
                    Emplacement(relatif),
                    "Ce fichier n’est pas une fiche : il n’est pas lu.",
                    f"Les fiches de ce dossier finissent par « {suffixe} ».",
                )
            )
            continue
        if (texte := _texte(origine, f"{dossier}/{fichier}", relatif, lot)) is not None:
            _lire_fiche(nom, PurePosixPath(fichier).stem, relatif, texte, lot)


def _lire_fiche(nom: str, identifiant: str, relatif: str, texte: str, lot: _Lot) -> None:
    presentation = ""
    if relatif.endswith(".md"):
        noeud, presentation, constats = lire_entete(texte, relatif)
        lot.presentations[relatif] = texte.count("\n", 0, max(texte.rfind(presentation), 0)) + 1
    else:
        noeud, constats = lire_yaml(texte, relatif)
    lot.constats += constats
    if noeud is not None:
        lot.noeuds.append((nom, identifiant, relatif, noeud, presentation))


def _lire_traductions(origine: Origine, lot: _Lot) -> None:
    """Les traductions sont facultatives, et à part du témoin : leur forme est vérifiée ici, en entier, chaque fois."""
    for fichier in sorted(origine.noms(DOSSIER) or ()):
        relatif = f"{DOSSIER}/{nom_lisible(fichier)}"
        if fichier.startswith("."):
            continue
        if not langue_de(fichier):
            fait, remede = "Ce fichier n’est pas une traduction : il n’est pas lu.", "Un fichier par langue, comme « ar.yaml »."
            lot.constats.append(avertissement("fichier-inattendu", Emplacement(relatif), fait, remede))
        elif (texte := _texte(origine, f"{DOSSIER}/{fichier}", relatif, lot)) is not None:
            noms, constats = lire_traduction(texte, relatif)
            lot.traductions[langue_de(fichier)] = (relatif, noms)
            lot.constats += constats


def _texte(origine: Origine, chemin: str, relatif: str, lot: _Lot) -> str | None:
    octets = origine.octets(chemin)
    texte = octets if isinstance(octets, Refus) else decoder_utf8(octets)
    if isinstance(texte, Refus):
        lot.constats.append(erreur(texte.code, Emplacement(relatif), texte.fait, texte.remede))
        return None
    lot.empreinte.update(f"{relatif}\0{len(texte)}\0{texte}".encode())
    return texte


def _lire_rubriques(origine: Origine, lot: _Lot) -> Iterator[Noeud] | tuple[Noeud, ...]:
    relatif = "catalogue/rubriques.yaml"
    texte = _texte(origine, relatif, relatif, lot)
    if texte is None:
        return ()
    noeud, constats = lire_yaml(texte, relatif)
    lot.constats += constats
    if noeud is None:
        return ()
    if not isinstance(noeud.valeur, tuple):
        lot.constats.append(
            erreur(
                "fiche-invalide",
                Emplacement(relatif, 1),
                "On attend une liste de rubriques.",
                "Une ligne par rubrique : - {code: farines, nom: Farines}.",
            )
        )
        return ()
    return noeud.valeur


def _batir(lot: _Lot, rubriques: Any, cles: dict[str, str], tables: dict[str, tuple[Correspondance, ...]], etats: dict[str, EtatDesLots]) -> Depot:
    fiches: dict[str, dict[str, Any]] = {nom: {} for nom in cles}
    for nom, identifiant, chemin, noeud, presentation in lot.noeuds:
        ajouts: dict[str, Any] = {cles[nom]: identifiant}
        if nom in ("producteurs", "groupements", "missions"):
            ajouts["presentation"] = presentation
        fiche = construire(nom, noeud, chemin, ajouts, lot.constats)
        if fiche is not None:
            if presentation:  # un lien faux dans le texte se dit à sa ligne
                lignes = {**fiche.source.lignes, "presentation": lot.presentations[chemin]}
                fiche = replace(fiche, source=replace(fiche.source, lignes=lignes))
            fiches[nom][identifiant] = fiche
    produits: dict[str, Produit] = fiches["produits"]
    producteurs: dict[str, Producteur] = fiches["producteurs"]
    groupements: dict[str, Groupement] = fiches["groupements"]
    commandes: dict[str, Commande] = fiches["commandes"]
    rangees: list[Rubrique] = [
        rubrique for element in rubriques if (rubrique := construire("rubriques", element, "catalogue/rubriques.yaml", {}, lot.constats)) is not None
    ]
    noms = {langue: {chemin: str(nom.valeur) for chemin, nom in lus.items()} for langue, (_fichier, lus) in lot.traductions.items()}
    return Depot(produits, producteurs, tuple(rangees), groupements, commandes, tables, etats, fiches["missions"], noms)
