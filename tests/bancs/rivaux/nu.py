"""La boucle nue : csv et un dictionnaire. Ni contrôle, ni remplacement, ni répartition, ni sorties."""

import csv
import sys
from pathlib import Path

totaux: dict[str, float] = {}
for fichier in sorted(Path(sys.argv[1]).glob("*/bons/*.csv")):
    with fichier.open(encoding="utf-8", newline="") as lignes:
        lecteur = csv.reader(lignes, delimiter=";")
        entete = next(lecteur)
        produit, quantite = entete.index("produit"), entete.index("quantite")
        for ligne in lecteur:
            totaux[ligne[produit]] = totaux.get(ligne[produit], 0.0) + float(ligne[quantite].replace(",", "."))
for ref, total in sorted(totaux.items()):
    print(f"{ref};{total:.3f}")
