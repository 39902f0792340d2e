"""DuckDB : lire et sommer, rien d'autre."""

import sys

import duckdb

demande = """
    select produit, sum(quantite) from read_csv(?, delim=';', header=true, decimal_separator=',', types={'quantite': 'DOUBLE'})
    group by produit order by produit
"""
for ref, total in duckdb.execute(demande, [f"{sys.argv[1]}/*/bons/*.csv"]).fetchall():
    print(f"{ref};{total:.3f}")
