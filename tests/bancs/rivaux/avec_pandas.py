"""pandas : lire et sommer, rien d'autre."""

import sys
from pathlib import Path

import pandas as pd

fichiers = sorted(Path(sys.argv[1]).glob("*/bons/*.csv"))
lignes = pd.concat([pd.read_csv(fichier, sep=";", decimal=",", usecols=["produit", "quantite"]) for fichier in fichiers])
for ref, total in lignes.groupby("produit")["quantite"].sum().sort_index().items():
    print(f"{ref};{total:.3f}")
