"""`palettes.csv` : ce qui va sur la palette de chaque groupement, dans l'ordre où on la prépare."""

from __future__ import annotations

from collections.abc import Iterable

from cabas.calculs.palettes import LignePalette
from cabas.rendu.csv_francais import ecrire_csv, proteger
from cabas.typographie import nombre_csv

COLONNES = "groupement;placement;producteur;produit;nom;unite;quantite;lots;detail;lot"


def palettes_csv(lignes: Iterable[LignePalette]) -> bytes:
    """Une ligne par groupement et produit. `lots` : lots entiers, tels quels ; `detail` : ce qui reste à peser ou à compter."""
    return ecrire_csv(
        COLONNES,
        (
            (
                *(ligne.groupement, ligne.placement, ligne.producteur, ligne.produit, proteger(ligne.nom), ligne.unite),
                *(nombre_csv(ligne.quantite), "" if ligne.lots is None else str(ligne.lots), nombre_csv(ligne.detail), proteger(ligne.lot)),
            )
            for ligne in lignes
        ),
    )
