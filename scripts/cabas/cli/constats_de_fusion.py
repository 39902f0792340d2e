"""Ce qu'une fusion a trouvé, en constats à imprimer : du journal à `fichier:ligne: [code] fait`."""

from __future__ import annotations

from cabas.calculs.fusion import Fusion
from cabas.calculs.jugement import Sort
from cabas.constats import Constat, Emplacement, Gravite

_UNE_FOIS = frozenset({
    "adhesion-perimee", "bon-accepte", "bon-annule", "cellule-absente", "cellule-inconnue", "cellule-reunie", "colonne-ambigue", "colonne-inconnue",
    "credit-insuffisant", "date-illisible", "hors-delai", "ligne-decalee", "mauvais-groupement", "mauvaise-commande",
})  # fmt: skip
"""Les codes qui disent la même chose à chaque ligne d'un bon : on ne les imprime qu'une fois, le journal les garde tous."""


def constats_de(fusion: Fusion, prive: str) -> list[Constat]:
    """Un constat par ligne rejetée ou signalée, dans l'ordre du journal. `prive` : le nom du dossier privé."""
    constats: list[Constat] = []
    vus: set[tuple[str, str, str]] = set()
    for jugee in fusion.singulieres:
        if not jugee.code:
            continue
        gravite = Gravite.ERREUR if jugee.sort is Sort.REJETEE and jugee.code != "bon-annule" else Gravite.AVERTISSEMENT
        cle = (jugee.lue.fichier, jugee.code, jugee.message if jugee.code != "ligne-decalee" else str(jugee.lue.ligne))
        if jugee.code in _UNE_FOIS and cle in vus:
            continue
        vus.add(cle)
        constats.append(Constat(jugee.code, gravite, Emplacement(f"{prive}/{jugee.lue.fichier}", jugee.lue.ligne), jugee.message, jugee.remede))
    for decision, refus in fusion.ecarts:
        gravite = Gravite.ERREUR if refus.code == "decision-perimee" else Gravite.AVERTISSEMENT
        constats.append(Constat(refus.code, gravite, decision.source.a("action"), refus.fait, refus.remede))
    return constats
