"""Ce qu'on vérifie sur les noms du catalogue dans d'autres langues."""

from __future__ import annotations

from collections.abc import Iterator

from cabas.constats import Emplacement
from cabas.controles.base import Contexte, Fait
from cabas.typographie import accorder

MONTRES = 5


def traduction_absente(contexte: Contexte) -> Iterator[Fait]:
    """Chaque produit et chaque rubrique ont-ils un nom dans les langues que publient les groupements ?"""
    depot = contexte.depot
    attendus = [f"rubriques/{rubrique.code}" for rubrique in depot.rubriques] + [f"produits/{ref}" for ref in depot.produits]
    for langue in sorted({langue for groupement in depot.groupements.values() for langue in groupement.langues}):
        noms = depot.traductions.get(langue, {})
        absents = [chemin.partition("/")[2] for chemin in attendus if chemin not in noms]
        if absents:
            montres = ", ".join(absents[:MONTRES]) + ("…" if len(absents) > MONTRES else ".")
            yield Fait(
                Emplacement(f"catalogue/traductions/{langue}.yaml"),
                f"{accorder(len(absents), 'nom')} à traduire, montrés en français : {montres}",
                "Écrire ces noms dans le fichier, même quelques-uns : chacun compte.",
            )
