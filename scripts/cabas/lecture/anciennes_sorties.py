"""Relire les tables d'une fusion passée, telles que `rendu.tables` les a écrites."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from cabas.constats import Refus
from cabas.lecture.annexes import lire_montant
from cabas.lecture.rangees import oter_apostrophe
from cabas.quantites import lire_quantite


class Passees(NamedTuple):
    """`lignes` : groupement, cellule, bon, produit, puis quantité, tolérance, attribué (millièmes), montant (centimes)."""

    lignes: tuple[tuple[str, str, str, str, int, int, int, int], ...]
    a_commander: dict[str, int]


def relire_sorties(lignes: bytes, produits: bytes) -> Passees | Refus:
    """Les octets de `lignes.csv` et de `recap-produits.csv`. Refus : quelqu'un les a changés, et on ne les comprend plus.

    Une table vidée n'a pas même d'en-tête : ce n'est pas une fusion où personne ne demandait rien.
    """
    try:
        lues = tuple(
            (
                *(ligne["groupement"], oter_apostrophe(ligne["cellule"]), oter_apostrophe(ligne["bon"]), ligne["produit"]),
                *(_milliemes(ligne["quantite"]), _milliemes(ligne["tolerance"]), _milliemes(ligne["attribue"]), _centimes(ligne["montant"])),
            )
            for ligne in _rangees(lignes)
        )
        return Passees(lues, {ligne["produit"]: _milliemes(ligne["a_commander"]) for ligne in _rangees(produits)})
    except (KeyError, TypeError, ValueError, csv.Error):
        return Refus("difference-impossible", "Les sorties de la fusion précédente ont été changées : on ne peut pas dire ce qui est nouveau.")


def _rangees(octets: bytes) -> Iterator[Mapping[str, str]]:
    lecteur = csv.DictReader(io.StringIO(octets.decode("utf-8-sig"), newline=""), delimiter=";", strict=True)
    if "produit" not in (lecteur.fieldnames or ()):
        raise ValueError("sans en-tête")
    return lecteur


def _milliemes(texte: str) -> int:
    lu = lire_quantite(texte, "kg")
    if isinstance(lu, int):
        return lu
    raise ValueError(texte)


def _centimes(texte: str) -> int:
    lu = lire_montant(texte)
    if lu is None:
        raise ValueError(texte)
    return lu
