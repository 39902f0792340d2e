"""Le serrage d'un bon papier : jusqu'où resserrer les lignes pour que tout tienne sur une feuille recto verso.

Le chercher demande plusieurs compositions. On le cherche donc une fois par liste de produits, sur un bon neutre : prix les plus
longs, en-tête d'un groupement moyen. Ce que donne la recherche ne dépend que du bon à composer : même bon, mêmes octets, quel que soit
celui que l'on compose d'abord. Un bon qui déborde quand même cherche son propre serrage.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple

from cabas.documents.composition import composer, compter_pages, pages_du_pdf
from cabas.typographie import INSECABLE, typographier

GABARIT = "bon.typ"
GROS = 16
FEUILLE = 2
"""Une feuille a deux faces."""


class Serrage(NamedTuple):
    """Corps des précisions (points), hauteur d'une ligne à remplir (dixièmes de mm), blanc au-dessus du nom (centièmes)."""

    petit: float
    ligne: int
    air: int


SERRAGES = (
    Serrage(10, 72, 95),
    Serrage(10, 66, 95),
    Serrage(9.5, 62, 85),
    Serrage(9, 58, 80),
    Serrage(9, 54, 75),
    Serrage(8.5, 54, 75),
    Serrage(8.5, 51, 65),
    Serrage(8.5, 51, 55),
    Serrage(8.5, 50, 50),
    Serrage(8, 51, 75),
    Serrage(8, 50, 50),
)
"""Du plus aéré au plus serré. Le nom, le prix et l'unité restent dans le corps demandé."""

LIBRE = SERRAGES[1]
"""Quand le catalogue ne tient de toute façon pas sur une feuille, inutile de se serrer."""

EN_GROS = Serrage(GROS, 86, 110)
"""En gros caractères, tout est du même corps."""

_NEUTRE: dict[str, Any] = {
    "titre": "Bon neutre",
    "auteur": "cabas",
    "date": [2026, 1, 1],
    "groupement": "Groupement du quartier",
    "commande": "Commande de septembre",
    "mot": "Cellule",
    "cloture": "mercredi 30 septembre 2026 à 20 h",
    "rendre": "à la permanence (lundi de 14 h à 16 h et mercredi de 17 h à 19 h, à l’accueil de la maison), ou sa photo à groupement@exemple.org",
    "distribution": "vendredi 27 novembre 2026, de 15 h 30 à 18 h 30",
    "lieu": "Gymnase de la maison de quartier",
    "question": "Une question ? Passez à la permanence (lundi de 14 h à 16 h et mercredi de 17 h à 19 h, à l’accueil), ou groupement@exemple.org.",
    "donnees": "Vos données : " + "votre nom, votre contact et votre commande restent au groupement. " * 4,
    "feuille": {"commande": "2026-09", "groupement": "groupement-du-quartier", "lettre": "A", "serie": "A", "revision": ""},
}
"""Un en-tête de longueur moyenne, et les mots d'un talon."""

UNE_LIGNE = 4
"""Combien de créneaux tiennent sur une ligne du bon. Au-delà, le bon neutre en a deux."""

_VERROU = Lock()
_PRIX = re.compile(rf"\d+,\d\d(?={INSECABLE}€/)")

MettreEnPage = Callable[[dict[str, Any], int, Serrage], dict[str, Any]]


def composer_serre(donnees: dict[str, Any], corps: int, mettre_en_page: MettreEnPage) -> bytes:
    """Le PDF du bon, au serrage le plus aéré qui le fait tenir sur une feuille ; à `LIBRE` s'il n'y tient pas."""
    neutre = json.dumps(bon_neutre(donnees), ensure_ascii=False, sort_keys=True)
    with _VERROU:  # plusieurs bons avancent à la fois : un seul cherche, les autres attendent sa réponse
        rang = _serrage_neutre(neutre, corps, mettre_en_page)
    combien = len(donnees.get("numeros", ("",)))
    if rang < len(SERRAGES):
        pdf = composer(GABARIT, mettre_en_page(donnees, corps, SERRAGES[rang]))
        if pages_du_pdf(pdf) <= combien * FEUILLE:
            return pdf
    plus_serre = chercher(donnees, corps, mettre_en_page, rang + 1 if rang < len(SERRAGES) else 0, serre=True)
    return composer(GABARIT, mettre_en_page(donnees, corps, SERRAGES[plus_serre] if plus_serre < len(SERRAGES) else LIBRE))


def bon_neutre(donnees: dict[str, Any]) -> dict[str, Any]:
    """Le même bon sans rien qui vienne du groupement ni du tarif : des mots de longueur moyenne, les prix les plus longs."""
    rayons = [{**rayon, "produits": [_sans_prix(produit) for produit in rayon["produits"]]} for rayon in donnees["rayons"]]
    gardes = {nom: donnees[nom] for nom in ("mode", "lots", "a_savoir")}
    return {
        **{nom: typographier(dit) if isinstance(dit, str) else dit for nom, dit in _NEUTRE.items()},
        **gardes,
        "rayons": rayons,
        "creneaux": [typographier("16 h à 16 h 30")] * (UNE_LIGNE if len(donnees["creneaux"]) <= UNE_LIGNE else 2 * UNE_LIGNE),
        "adresse": "https://reseau.exemple.org/bons/2026-09/groupement-du-quartier/" if donnees["adresse"] else "",
    }


def _sans_prix(produit: dict[str, Any]) -> dict[str, Any]:
    return {**produit, "prix": "88,88", "dits": [_PRIX.sub("88,88", dit) for dit in produit["dits"]]}


@lru_cache(maxsize=64)
def _serrage_neutre(neutre: str, corps: int, mettre_en_page: MettreEnPage) -> int:
    return chercher(json.loads(neutre), corps, mettre_en_page)


def chercher(donnees: dict[str, Any], corps: int, mettre_en_page: MettreEnPage, depuis: int = 0, *, serre: bool = False) -> int:
    """Le rang du serrage le plus aéré qui tient, à partir de `depuis` ; `len(SERRAGES)` si aucun.

    On cherche par moitiés : plus on serre, moins il y a de pages. `serre` : le bon neutre débordait, la réponse est sans doute parmi
    les plus serrés ; on part d'eux, en doublant le pas. La réponse est la même, en deux essais au lieu de quatre.
    """

    def tient(rang: int) -> bool:
        return compter_pages(GABARIT, mettre_en_page(donnees, corps, SERRAGES[rang])) <= FEUILLE

    bas, haut = depuis, len(SERRAGES) - 1
    if bas > haut or not tient(haut):
        return len(SERRAGES)
    pas = 1
    while serre and bas < haut:
        essai = max(haut - pas, bas)
        if not tient(essai):
            bas = essai + 1
            break
        haut, pas = essai, 2 * pas
    while bas < haut:
        milieu = (bas + haut) // 2
        bas, haut = (bas, milieu) if tient(milieu) else (milieu + 1, haut)
    return haut
