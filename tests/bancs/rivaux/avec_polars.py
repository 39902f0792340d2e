"""polars : lire et sommer, rien d'autre."""

import sys

import polars as pl

lignes = pl.scan_csv(f"{sys.argv[1]}/*/bons/*.csv", separator=";", decimal_comma=True, schema_overrides={"quantite": pl.Float64})
for ref, total in lignes.group_by("produit").agg(pl.col("quantite").sum()).sort("produit").collect().iter_rows():
    print(f"{ref};{total:.3f}")
