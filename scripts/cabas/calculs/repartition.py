"""Répartir : qui reçoit quoi quand il n'y en a pas pour tout le monde.

Quatre règles, toutes reproductibles, toutes explicables (contrats.md §6). Les quantités sont des millièmes d'unité ;
rien n'est attribué plus finement que le pas. Entre : des `Demande`. Sort : une part par demande, dans le même ordre.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from cabas.argent import partager
from cabas.typographie import quantite


class Demande(NamedTuple):
    """Ce qu'une cellule demande d'un produit : quantité, tolérance, et de quoi ordonner (instant, fichier, ligne)."""

    groupement: str
    cellule: str
    quantite: int
    tolerance: int = 0
    envoye_le: datetime | None = None
    fichier: str = ""
    ligne: int = 0

    @property
    def qui(self) -> tuple[str, str]:
        """La clé d'égalité : à mérite égal, l'ordre des cellules."""
        return (self.cellule, self.groupement)


_QUI = itemgetter(1, 0)
"""`Demande.qui`, pour des milliers d'un coup."""


def repartir(regle: str, disponible: int, pas: int, demandes: Sequence[Demande], graine: str) -> list[int]:
    """Les parts, une par demande. Σ parts ≤ disponible ; chaque part ≤ quantité + tolérance, multiple du pas.

    `graine` ne sert qu'au tirage : « commande/produit ».
    """
    quantites = [demande.quantite for demande in demandes]
    tolerances = [demande.tolerance for demande in demandes]
    reste = disponible // pas * pas
    servir = REGLES[regle]
    parts = quantites if sum(quantites) <= reste else servir(reste, pas, demandes, quantites, graine)
    reste -= sum(parts)
    if reste and any(tolerances):
        plus = list(tolerances) if sum(tolerances) <= reste else servir(reste, pas, demandes, tolerances, graine)
        parts = [part + ajout for part, ajout in zip(parts, plus, strict=True)]
    return parts


def _par_cellule(demandes: Sequence[Demande]) -> list[int]:
    """Les rangs des demandes, dans l'ordre des cellules : ce qui départage à mérite égal."""
    qui = list(map(_QUI, demandes))
    return sorted(range(len(qui)), key=qui.__getitem__)


def _tour_a_tour(reste: int, ordre: Sequence[int], voeux: Sequence[int]) -> list[int]:
    parts = [0] * len(voeux)
    for rang in ordre:
        parts[rang] = min(voeux[rang], reste)
        reste -= parts[rang]
    return parts


def ordre(regle: str, demandes: Sequence[Demande], graine: str) -> list[int]:
    """Les rangs des demandes, dans l'ordre où `premier-arrive` ou `tirage` les sert l'une après l'autre."""
    return sorted(range(len(demandes)), key=_arrivee(demandes) if regle == "premier-arrive" else _billet(demandes, graine))


def _arrivee(demandes: Sequence[Demande]) -> Callable[[int], tuple[Any, ...]]:
    """Par date d'envoi ; sans date, après, dans l'ordre des fichiers. La règle de Foodsoft."""

    def rang(indice: int) -> tuple[object, ...]:
        demande = demandes[indice]
        if demande.envoye_le is None:
            return (1, demande.fichier, demande.ligne, demande.qui)
        return (0, demande.envoye_le.timestamp(), demande.qui, demande.fichier, demande.ligne)

    return rang


def _billet(demandes: Sequence[Demande], graine: str) -> Callable[[int], tuple[Any, ...]]:
    """Dans un ordre tiré au sort, que chacun·e peut refaire : l'empreinte SHA-256 de « graine/groupement/cellule »."""

    def rang(indice: int) -> tuple[str, tuple[str, str], int]:
        demande = demandes[indice]
        billet = f"{graine}/{demande.groupement}/{demande.cellule}"
        return (hashlib.sha256(billet.encode()).hexdigest(), demande.qui, indice)

    return rang


def _premier_arrive(reste: int, _pas: int, demandes: Sequence[Demande], voeux: Sequence[int], graine: str) -> list[int]:
    """Dans l'ordre d'arrivée, jusqu'à épuisement."""
    return _tour_a_tour(reste, ordre("premier-arrive", demandes, graine), voeux)


def _tirage(reste: int, _pas: int, demandes: Sequence[Demande], voeux: Sequence[int], graine: str) -> list[int]:
    """Dans un ordre tiré au sort, jusqu'à épuisement."""
    return _tour_a_tour(reste, ordre("tirage", demandes, graine), voeux)


def _prorata(reste: int, pas: int, demandes: Sequence[Demande], voeux: Sequence[int], _graine: str) -> list[int]:
    """La même part de sa quantité pour chacun·e, au pas près, les plus grands restes d'abord."""
    ordre = _par_cellule(demandes)
    parts = [0] * len(demandes)
    for indice, part in zip(ordre, partager(reste // pas, [voeux[indice] for indice in ordre]), strict=True):
        parts[indice] = part * pas
    return parts


def _plafond(reste: int, pas: int, demandes: Sequence[Demande], voeux: Sequence[int], _graine: str) -> list[int]:
    """Un même plafond pour tou·tes, le plus haut possible ; les pas qui restent vont par ordre de cellule."""
    bas, haut = 0, max(voeux, default=0) // pas
    while bas < haut:
        milieu = (bas + haut + 1) // 2
        if sum(min(voeu, milieu * pas) for voeu in voeux) <= reste:
            bas = milieu
        else:
            haut = milieu - 1
    parts = [min(voeu, bas * pas) for voeu in voeux]
    reste -= sum(parts)
    for indice in _par_cellule(demandes):
        if reste >= pas and voeux[indice] - parts[indice] >= pas:
            parts[indice] += pas
            reste -= pas
    return parts


Regle = Callable[[int, int, Sequence[Demande], Sequence[int], str], list[int]]
REGLES: Mapping[str, Regle] = {
    "premier-arrive": _premier_arrive,
    "prorata": _prorata,
    "plafond": _plafond,
    "tirage": _tirage,
}


@lru_cache(maxsize=65536)
def motif(unite: str, demande: int, tolerance: int, part: int, cause: str, du_cellier: int = 0, complete: str = "") -> str:
    """La phrase qu'une personne accepte : ce qu'elle a demandé, ce qu'elle aura, pourquoi.

    `cause` : pourquoi elle a moins ; `du_cellier` : ce qui vient du stock commun ; `complete` : « sac complété par le cellier ».
    """
    recu = _accorder(unite, part, "attribué")
    if du_cellier:
        recu += f", du cellier{'' if du_cellier == part else f' pour {quantite(du_cellier, unite)}'}"
    if not demande:
        suite = f", {complete}" if complete and part else ""
        return f"seulement pour compléter un lot (jusqu’à {_accorder(unite, tolerance, 'accepté')}) : {recu}{suite}"
    suite = f", {complete}" if complete else ""
    debut = f"{_accorder(unite, demande, 'demandé')}, {recu}"
    if part == demande:
        return f"{debut} : servi en entier{suite}"
    if part > demande:
        return f"{debut} : complète un lot (jusqu’à {_accorder(unite, demande + tolerance, 'accepté')}){suite}"
    return f"{debut} : {cause}"


def _accorder(unite: str, milliemes: int, participe: str) -> str:
    """« 3 pièces demandées », « 1 kg attribué », « 500 g demandés » : sous le kilo, on compte des grammes."""
    feminin = "e" if unite == "piece" else ""
    pluriel = milliemes >= (2 if unite == "kg" and milliemes < 1000 else 2000)
    return f"{quantite(milliemes, unite)} {participe}{feminin}{'s' if pluriel else ''}"
