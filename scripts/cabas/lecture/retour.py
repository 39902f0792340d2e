"""Lire ce que le réseau rend à un groupement qui fusionne chez lui : `attribue-<groupement>.json`, ou `attribue.json`.

Entre : le dossier privé. Sort : un `Retour` entier, scellé, jugé ; ou un constat qui dit pourquoi on ne s'en sert pas.
Codes : `retour-illisible`, `retour-modifie`, `retour-en-double`, `retour-non-lu`, et ceux de `calculs.retour`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cabas.constats import Constat, Emplacement, Refus, avertissement, erreur
from cabas.lecture.fichiers import TAILLE_BON, lire_octets, nom_lisible
from cabas.lecture.totaux import est_un_entier, objet_json
from cabas.recu import Retour

REMEDE = "Redemander ce fichier au réseau, et le ranger sans l’ouvrir dans un tableur."
SEUL = "Le partage est celui du groupement seul."
Juge = Callable[[Retour], Refus | None]


def fichiers_de_retour(prive: Path, commande: str, groupement: str) -> list[Path]:
    """Les retours rangés dans le dossier d'un groupement : un seul, en principe."""
    noms = (f"attribue-{groupement}.json", "attribue.json")
    return [chemin for nom in noms if (chemin := prive / commande / groupement / nom).exists()]


def lire_retour(prive: Path, commande: str, groupement: str, juger: Juge) -> tuple[Retour | None, list[Constat], dict[str, str]]:
    """Le retour d'un groupement s'il y en a un qui lui va, les constats, et l'empreinte du fichier lu."""
    chemins = fichiers_de_retour(prive, commande, groupement)
    if not chemins:
        return None, [], {}
    relatif = f"{commande}/{groupement}/{chemins[0].name}"
    ici = Emplacement(f"{prive.name}/{relatif}")
    if len(chemins) > 1:
        fait = f"Deux retours du réseau : {' et '.join(chemin.name for chemin in chemins)}. Aucun n’est lu. {SEUL}"
        return None, [erreur("retour-en-double", ici, fait, "Ne garder que le dernier reçu.")], {}
    octets = lire_octets(chemins[0], TAILLE_BON)
    lu = octets if isinstance(octets, Refus) else _comprendre(octets)
    refus = lu if isinstance(lu, Refus) else juger(lu)
    if refus is not None or isinstance(lu, Refus) or isinstance(octets, Refus):
        raison = refus or Refus("retour-illisible", "")
        code = raison.code if raison.code.startswith("retour-") else "retour-illisible"
        return None, [erreur(code, ici, f"{raison.fait} {SEUL}", raison.remede or REMEDE)], {}
    return lu, [], {relatif: hashlib.sha256(octets).hexdigest()}


def retours_non_lus(prive: Path, commande: str) -> list[Constat]:
    """Un retour du réseau est là, mais l'on fusionne sans `--groupement` : le dire, plutôt que de partager une autre fois."""
    base = prive / commande
    constats = []
    for dossier in sorted(base.iterdir(), key=lambda chemin: chemin.name) if base.is_dir() else ():
        for chemin in fichiers_de_retour(prive, commande, dossier.name):
            ici = Emplacement(f"{prive.name}/{commande}/{nom_lisible(dossier.name)}/{chemin.name}")
            fait, remede = "Le réseau a rendu ce partage, et cette fusion ne s’en sert pas.", f"--groupement {nom_lisible(dossier.name)}"
            constats.append(avertissement("retour-non-lu", ici, fait, f"Pour s’en servir : cabas fusionner {commande} {remede}"))
    return constats


def _comprendre(octets: bytes) -> Retour | Refus:
    donnees = objet_json(octets)
    if isinstance(donnees, Refus):
        return Refus("retour-illisible", "Ce n’est pas un fichier JSON que cabas a écrit.", REMEDE)
    retour = _en_retour(donnees)
    if retour is None:
        return Refus("retour-illisible", "Ce n’est pas un retour fait par cabas, ou il vient d’une autre version.", REMEDE)
    if donnees.get("sceau") != retour.sceau or set(donnees) != {*retour.contenu, "sceau"}:
        return Refus("retour-modifie", "Ce fichier a changé depuis que cabas l’a écrit.", REMEDE)
    return retour


def _en_retour(donnees: Mapping[str, Any]) -> Retour | None:
    textes = [donnees.get(nom) for nom in ("commande", "groupement", "totaux", "offre", "demandes")]
    produits, frais = donnees.get("produits"), donnees.get("frais")
    if donnees.get("format") != "cabas-attribue-1" or not all(isinstance(texte, str) for texte in textes):
        return None
    if not est_un_entier(frais) or not isinstance(produits, dict):
        return None
    parts: dict[str, tuple[tuple[int, int], ...]] = {}
    for ref, rangees in produits.items():
        if not isinstance(rangees, list) or not all(_est_une_part(rangee) for rangee in rangees):
            return None
        parts[ref] = tuple((rang, part) for rang, part in rangees)
    commande, groupement, totaux, offre, demandes = (nom_lisible(str(texte)) for texte in textes)
    return Retour(commande, groupement, totaux, offre, demandes, int(str(frais)), parts)


def _est_une_part(rangee: object) -> bool:
    return isinstance(rangee, list) and len(rangee) == 2 and all(est_un_entier(valeur) for valeur in rangee)
