"""Tout ce qu'une fusion écrit dans `sorties/` : une ligne de `preparer_sorties` par famille de fichiers.

Ce qui est petit se prépare en mémoire ; ce qui a une ligne par quantité va tout de suite sur le disque, à côté.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cabas.publication.commandes_producteurs import DOSSIER, fichiers_des_producteurs
from cabas.rendu.tables_de_partage import CELLIER, FRAIS, tables_de_partage

if TYPE_CHECKING:
    from cabas.calculs.a_prevenir import APrevenir
    from cabas.calculs.commande_producteur import CommandeProducteur
    from cabas.calculs.fusion import Fusion
    from cabas.calculs.recap import Recap
    from cabas.modele import Commande, Depot

CLASSEUR = "recap.xlsx"
DIFFERENCE = "difference.csv"
RETOURS = "reseau"
BEAUCOUP = 5_000
"""À partir de tant de lignes, écrire le journal et la répartition pendant que l'on écrit le reste fait gagner du temps."""
REFAITS = (DOSSIER, CLASSEUR, DIFFERENCE, CELLIER, FRAIS, RETOURS)
"""Ce que chaque fusion refait en entier : une ancienne version n'y survit pas."""


class Matiere(NamedTuple):
    """Ce dont toutes les sorties sont tirées. `empreintes` : SHA-256 par fichier lu ; `fige` : les prix sont ceux d'une révision.

    `mention` : « provisoire, au… », sur ce que lisent des gens ; vide pour une fusion qui compte.
    `groupement` : le seul que l'on fusionne ; vide pour tout le réseau.
    """

    depot: Depot
    fusion: Fusion
    recap: Recap
    envois: Sequence[CommandeProducteur]
    empreintes: Mapping[str, str]
    ignores: Mapping[str, str]
    revision: str
    fige: bool
    prevenir: Sequence[APrevenir] = ()
    mention: str = ""
    groupement: str = ""


def preparer_sorties(matiere: Matiere, avancer: Callable[[int, int], None], classeur: bool, producteurs: bool) -> dict[str, bytes]:
    """Les fichiers à écrire, par chemin relatif à `sorties/`. Sans `classeur` ni `producteurs`, seulement les tables."""
    from cabas.rendu.a_prevenir import fichiers_a_prevenir
    from cabas.rendu.tables import bilan, petites_tables

    fusion, recap = matiere.fusion, matiere.recap
    fichiers = petites_tables(recap) | tables_de_partage(fusion.commande, recap)
    fichiers["bilan.json"] = bilan(fusion, recap, matiere.empreintes, matiere.ignores, matiere.revision, matiere.fige, matiere.mention)
    fichiers |= fichiers_a_prevenir(matiere.depot, fusion.commande, matiere.prevenir, matiere.mention)
    fichiers |= sorties_du_reseau(matiere)
    if classeur:
        from cabas.documents.classeur_recap import recap_xlsx

        fichiers[CLASSEUR] = recap_xlsx(matiere.depot, fusion, recap, matiere.mention)
    if producteurs:
        fichiers |= fichiers_des_producteurs(matiere.envois, avancer)
    return fichiers


class Grandes:
    """Le journal, les lignes, la répartition : une ligne par quantité. Écrits à côté de `sorties/`, le journal dès la fusion faite.

    Ce qui sert à livrer s'écrit avec eux : c'est autant de fait pendant que le reste se prépare.
    """

    def __init__(self, sorties: Path, fusion: Fusion) -> None:
        from cabas.publication.ecriture import ACote
        from cabas.rendu.tables import journal_csv

        self._a_cote = ACote(sorties, ensemble=fusion.comptes["lues"] > BEAUCOUP)
        self._a_cote.commencer({"journal.csv": journal_csv(fusion)})

    def repartir(self, depot: Depot, fusion: Fusion, recap: Recap, groupement: str) -> None:
        """Commence la répartition et ce qui sert à livrer : le récap est fait. `groupement` : le seul que l'on fusionne."""
        from cabas.rendu.tables import repartition_csv

        self._a_cote.commencer({"repartition.csv": repartition_csv(recap), **sorties_pour_livrer(depot, fusion.commande, recap, groupement)})

    def finir(self, recap: Recap) -> dict[str, Path]:
        """Leurs chemins, par nom."""
        from cabas.rendu.tables import lignes_csv

        return self._a_cote.finir({"lignes.csv": lignes_csv(recap)})

    def ranger(self) -> None:
        """À appeler quand tout est en place, ou que rien ne le sera."""
        self._a_cote.ranger()


def sorties_du_reseau(matiere: Matiere) -> dict[str, bytes]:
    """Ce que les groupements et le réseau s'échangent : les totaux de l'un, ce que l'autre attribue. Sans aucun nom."""
    seul, fusion = matiere.groupement, matiere.fusion
    if not (seul or fusion.totaux):
        return {}
    from cabas.calculs.reseau import totaux_de
    from cabas.calculs.retour import retour_de
    from cabas.rendu.totaux import attribue_json, totaux_json

    fichiers = {f"{RETOURS}/attribue-{un.groupement}.json": attribue_json(retour_de(un, matiere.recap)) for un in fusion.totaux or ()}
    if seul:
        fichiers[f"totaux-{seul}.json"] = totaux_json(totaux_de(matiere.depot, fusion, seul, matiere.revision))
    return fichiers


def sorties_pour_livrer(depot: Depot, commande: Commande, recap: Recap, groupement: str) -> dict[str, Iterator[bytes]]:
    """Ce qui sert après la commande : les palettes de la logisticienne, la réservation pour un autre réseau. Fait quand on l'écrit."""

    def les_palettes() -> Iterator[bytes]:
        from cabas.calculs.palettes import palettes
        from cabas.rendu.palettes import palettes_csv

        yield palettes_csv(palettes(depot, recap))

    def la_reservation() -> Iterator[bytes]:
        from cabas.rendu.gdxp import gdxp_json

        yield gdxp_json(depot, commande, recap)

    return {"palettes.csv": les_palettes()} | ({} if groupement else {"gdxp.json": la_reservation()})
