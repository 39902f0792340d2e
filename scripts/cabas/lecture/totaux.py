"""Lire les totaux que déposent les groupements qui fusionnent chez eux. Ce que le réseau leur rend se lit dans `lecture.retour`.

Entre : le dossier privé. Sort : des `Totaux` entiers et scellés, ou un constat qui dit pourquoi on ne les prend pas.
Codes : `totaux-illisibles`, `totaux-modifies`, `totaux-mal-ranges`, `totaux-en-double`, `totaux-non-lus`, et ceux de `calculs.reseau`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cabas.constats import Constat, Emplacement, Refus, avertissement, erreur
from cabas.lecture.fichiers import TAILLE_BON, decoder_utf8, lire_octets, nom_lisible
from cabas.recu import LigneTotal, Totaux

REMEDE = "Demander au groupement de refaire sa fusion et de renvoyer le fichier, sans l’ouvrir dans un tableur."
PLUS_GRAND = 10**12
"""Un milliard d'unités, en millièmes : au-delà, ce n'est pas une quantité."""
Juge = Callable[[Totaux], Refus | None]


def fichiers_de_totaux(prive: Path, commande: str) -> dict[str, list[Path]]:
    """Les fichiers de totaux déposés, par dossier de groupement : `totaux.json` ou `totaux-<groupement>.json`."""
    base = prive / commande
    trouves: dict[str, list[Path]] = {}
    for dossier in sorted(base.iterdir(), key=lambda chemin: chemin.name) if base.is_dir() else ():
        if dossier.name != "sorties" and not dossier.name.startswith(".") and dossier.is_dir() and not dossier.is_symlink():
            deposes = [dossier / nom for nom in ("totaux.json", f"totaux-{dossier.name}.json") if (dossier / nom).exists()]
            if deposes:
                trouves[dossier.name] = deposes
    return trouves


def lire_totaux(
    prive: Path, commande: str, avec_bons: frozenset[str], juger: Juge
) -> tuple[list[Totaux], list[Constat], dict[str, str]]:  # fmt: skip
    """Les totaux de tous les groupements dont on n'a pas les bons, les constats, et l'empreinte des fichiers lus."""
    gardes: list[Totaux] = []
    constats: list[Constat] = []
    empreintes: dict[str, str] = {}
    for groupement, chemins in fichiers_de_totaux(prive, commande).items():
        relatif = f"{commande}/{nom_lisible(groupement)}/{chemins[0].name}"
        ici = Emplacement(f"{prive.name}/{relatif}")
        if groupement in avec_bons:
            fait = "On a déjà les bons de ce groupement : ses totaux ne sont pas lus, il compterait deux fois."
            constats.append(avertissement("totaux-en-double", ici, fait, "Garder les bons, ou les totaux."))
            continue
        if len(chemins) > 1:
            fait = f"Deux fichiers de totaux pour ce groupement : {' et '.join(chemin.name for chemin in chemins)}. Aucun n’est lu."
            constats.append(erreur("totaux-en-double", ici, fait, "Ne garder que le dernier reçu."))
            continue
        octets = lire_octets(chemins[0], TAILLE_BON)
        lu = octets if isinstance(octets, Refus) else _comprendre(octets, groupement)
        refus = lu if isinstance(lu, Refus) else juger(lu)
        if isinstance(lu, Refus) or refus is not None:
            raison = refus or Refus("totaux-illisibles", "")
            code = raison.code if raison.code.startswith("totaux-") else "totaux-illisibles"
            constats.append(erreur(code, ici, f"{raison.fait} Ce groupement n’est pas compté.", raison.remede or REMEDE))
            continue
        gardes.append(lu)
        if isinstance(octets, bytes):
            empreintes[relatif] = hashlib.sha256(octets).hexdigest()
    return gardes, constats, empreintes


def totaux_non_lus(prive: Path, commande: str) -> list[Constat]:
    """Des totaux sont là, mais l'on fusionne sans `--reseau` : le dire, plutôt que d'oublier un groupement."""
    return [
        avertissement(
            "totaux-non-lus",
            Emplacement(f"{prive.name}/{commande}/{nom_lisible(groupement)}/{chemins[0].name}"),
            "Ce groupement a donné ses totaux, et cette fusion ne les lit pas.",
            f"Pour les compter : cabas fusionner {commande} --reseau",
        )
        for groupement, chemins in fichiers_de_totaux(prive, commande).items()
    ]


def _comprendre(octets: bytes, groupement: str) -> Totaux | Refus:
    donnees = objet_json(octets)
    if isinstance(donnees, Refus):
        return donnees
    totaux = _en_totaux(donnees)
    if totaux is None:
        return Refus("totaux-illisibles", "Ce n’est pas un fichier de totaux fait par cabas, ou il vient d’une autre version.", REMEDE)
    if donnees.get("sceau") != totaux.sceau or set(donnees) != {*totaux.contenu, "sceau"}:
        return Refus("totaux-modifies", "Ce fichier a changé depuis que cabas l’a écrit.", REMEDE)
    if totaux.groupement != groupement:
        fait = f"Ces totaux sont ceux de « {nom_lisible(totaux.groupement)} », pas de {nom_lisible(groupement)}."
        return Refus("totaux-mal-ranges", fait, "Les ranger dans le dossier de ce groupement.")
    return totaux


def objet_json(octets: bytes) -> dict[str, Any] | Refus:
    """Un objet JSON, ou un refus. Ni nombre à virgule, ni imbrication sans fond, ni clé en double."""
    texte = decoder_utf8(octets)
    if isinstance(texte, Refus):
        return texte
    try:
        donnees = json.loads(texte, parse_float=_refuser, parse_constant=_refuser, object_pairs_hook=_sans_double)
    except (ValueError, RecursionError):
        return Refus("totaux-illisibles", "Ce n’est pas un fichier JSON que cabas a écrit.", REMEDE)
    return donnees if isinstance(donnees, dict) else Refus("totaux-illisibles", "Ce n’est pas un fichier de totaux.", REMEDE)


def _refuser(texte: str) -> int:
    raise ValueError(texte)


def _sans_double(paires: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({nom for nom, _valeur in paires}) < len(paires):
        raise ValueError("clé en double")
    return dict(paires)


def _en_totaux(donnees: Mapping[str, Any]) -> Totaux | None:
    textes = [donnees.get(nom) for nom in ("commande", "groupement", "regle", "offre", "revision")]
    comptes, produits, cellules = donnees.get("comptes"), donnees.get("produits"), donnees.get("cellules")
    if donnees.get("format") != "cabas-totaux-1" or not all(isinstance(texte, str) for texte in textes):
        return None
    if not isinstance(comptes, dict) or not all(est_un_entier(valeur) for valeur in comptes.values()):
        return None
    if not isinstance(produits, dict) or not est_un_entier(cellules):
        return None
    instants = [donnees.get(nom, "") for nom in ("cloture", "provisoire")]
    if not all(isinstance(instant, str) and (not instant or _est_un_instant(instant)) for instant in instants):
        return None
    lignes: dict[str, tuple[LigneTotal, ...]] = {}
    for ref, rangees in produits.items():
        if not isinstance(rangees, list) or not all(_est_une_ligne(rangee) for rangee in rangees):
            return None
        lignes[ref] = tuple(LigneTotal(*rangee) for rangee in rangees)
    commande, groupement, regle, offre, revision = (str(texte) for texte in textes)
    return Totaux(commande, groupement, regle, offre, revision, int(str(cellules)), comptes, lignes, *map(str, instants))


def est_un_entier(valeur: object) -> bool:
    """Un entier de JSON, ni négatif ni démesuré."""
    return type(valeur) is int and 0 <= valeur < PLUS_GRAND


def _est_une_ligne(rangee: object) -> bool:
    return (
        isinstance(rangee, list)
        and len(rangee) == len(LigneTotal._fields)
        and all(est_un_entier(valeur) for valeur in rangee[:3])
        and rangee[0] < 100_000
        and all(isinstance(valeur, str) for valeur in rangee[3:])
        and (not rangee[4] or _est_un_instant(rangee[4]))
    )


def _est_un_instant(texte: str) -> bool:
    try:
        instant = datetime.fromisoformat(texte)
        return instant.utcoffset() is not None and bool(instant.astimezone(UTC)) and 1 < instant.year < 9999
    except (ValueError, OverflowError):
        return False
