"""Les commandes aux producteur·rices, en quatre présentations : à imprimer, en tableau, à lire au téléphone, en mail.

Entre : les commandes, déjà calculées. Sort : les fichiers de `producteurs/`, en mémoire. Typst travaille hors du verrou
de Python : plusieurs PDF avancent à la fois.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cabas.calculs.commande_producteur import CommandeProducteur

DOSSIER = "producteurs"


def fichiers_des_producteurs(commandes: Sequence[CommandeProducteur], avancer: Callable[[int, int], None]) -> dict[str, bytes]:
    """`producteurs/<slug>.pdf`, `.csv`, `.txt` et `.eml`. `avancer(fait, total)` est appelé après chaque commande."""
    from concurrent.futures import ThreadPoolExecutor

    from cabas.documents.commande_producteur import commande_pdf
    from cabas.rendu.commande_producteur import commande_csv, commande_eml, commande_txt

    fichiers: dict[str, bytes] = {}
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as ouvriers:
        for rang, (une, pdf) in enumerate(zip(commandes, ouvriers.map(commande_pdf, commandes), strict=True), 1):
            tableau = commande_csv(une)
            presentations = {"pdf": pdf, "csv": tableau, "txt": commande_txt(une), "eml": commande_eml(une, pdf, tableau)}
            fichiers |= {f"{DOSSIER}/{une.producteur.slug}.{suffixe}": octets for suffixe, octets in presentations.items()}
            avancer(rang, len(commandes))
    return fichiers
