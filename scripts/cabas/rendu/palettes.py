"""`palettes.csv` : ce qui va sur la palette de chaque groupement, dans l'ordre où on la prépare."""

from __future__ import annotations

from collections.abc import Iterable

from cabas.calculs.palettes import LignePalette
from cabas.rendu.csv_francais import Cases, assembler_csv
from cabas.typographie import nombre_csv

COLONNES = "groupement;placement;producteur;produit;nom;unite;quantite;lots;detail;lot"


def palettes_csv(lignes: Iterable[LignePalette]) -> bytes:
    """Une ligne par groupement et produit. `lots` : lots entiers, tels quels ; `detail` : ce qui reste à peser ou à compter."""
    cases, textes = Cases(), Cases(proteges=True)
    rangees = (
        f"{cases[une.groupement]};{une.placement};{cases[une.producteur]};{cases[une.produit]};{textes[une.nom]};{une.unite};"
        f"{nombre_csv(une.quantite)};{'' if une.lots is None else une.lots};{nombre_csv(une.detail)};{textes[une.lot]}"
        for une in lignes
    )
    return b"".join(assembler_csv(COLONNES, rangees))
