"""Ce qui a changé entre deux fusions : lignes ajoutées, ôtées, changées ; ce que l'on commandera ; ce que cela coûte.

Entre : une fusion passée, relue de ses tables (`Precedente`), et le `Recap` d'aujourd'hui. Sort : une `Difference`.
Quantités en millièmes, montants en centimes. Règle : décision 13.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from cabas.calculs.recap import Recap

Cle = tuple[str, str, str]


class LignePassee(NamedTuple):
    """Une ligne de `lignes.csv`, telle qu'elle était."""

    groupement: str
    cellule: str
    bon: str
    produit: str
    quantite: int
    tolerance: int
    attribue: int
    montant: int


class Precedente(NamedTuple):
    """Une fusion passée. `a_commander` : par ref ; `instant` : quand elle a été faite, si on le sait."""

    lignes: tuple[LignePassee, ...]
    a_commander: Mapping[str, int]
    instant: datetime | None = None


class Ecart(NamedTuple):
    """Une chose qui a changé (millièmes). `quoi` : « demande-ajoutee », « attribue-change », « a-commander-change »…"""

    quoi: str
    groupement: str
    cellule: str
    produit: str
    avant: int
    apres: int


class Difference(NamedTuple):
    """Ce qui a changé depuis une fusion. `bons` : en plus (ou en moins, négatif) ; `montant` : centimes à recevoir des cellules."""

    ecarts: tuple[Ecart, ...]
    bons: int
    montant: int
    instant: datetime | None

    def compter(self, *quoi: str) -> int:
        """Combien de changements de ces sortes."""
        return sum(ecart.quoi in quoi for ecart in self.ecarts)


_MESURES = (
    ("demande", "demande-ajoutee", "demande-otee", "demande-changee"),
    ("tolerance", "tolerance-ajoutee", "tolerance-otee", "tolerance-changee"),
    ("attribue", "attribue-ajoute", "attribue-ote", "attribue-change"),
)


def comparer(avant: Precedente, recap: Recap) -> Difference:
    """Ce qui distingue le récap d'aujourd'hui de la fusion passée. Les lignes d'une cellule pour un produit s'additionnent."""
    aujourdhui = tuple(
        LignePassee(ligne.groupement, ligne.cellule, ligne.bon, ligne.produit, ligne.quantite, ligne.tolerance, ligne.attribue, ligne.montant)
        for ligne in recap.lignes
    )
    ecarts: list[Ecart] = []
    vieux, neufs = _sommes(avant.lignes), _sommes(aujourdhui)
    rien = (0, 0, 0)
    for cle in sorted(vieux.keys() | neufs.keys()):
        for rang, (_mesure, ajout, perte, change) in enumerate(_MESURES):
            ancien, nouveau = vieux.get(cle, rien)[rang], neufs.get(cle, rien)[rang]
            if ancien != nouveau:
                ecarts.append(Ecart(perte if cle not in neufs else ajout if cle not in vieux else change, *cle, ancien, nouveau))
    a_commander = {ligne.produit: ligne.a_commander for ligne in recap.produits}
    for ref in sorted(avant.a_commander.keys() | a_commander.keys()):
        ancien, nouveau = avant.a_commander.get(ref, 0), a_commander.get(ref, 0)
        if ancien != nouveau:
            ecarts.append(Ecart("a-commander-change", "", "", ref, ancien, nouveau))
    montant = sum(ligne.montant for ligne in aujourdhui) - sum(ligne.montant for ligne in avant.lignes)
    return Difference(tuple(ecarts), _bons(aujourdhui) - _bons(avant.lignes), montant, avant.instant)


def _sommes(lignes: Iterable[LignePassee]) -> dict[Cle, tuple[int, int, int]]:
    sommes: dict[Cle, tuple[int, int, int]] = {}
    for ligne in lignes:
        cle = (ligne.groupement, ligne.cellule, ligne.produit)
        deja = sommes.get(cle, (0, 0, 0))
        sommes[cle] = (deja[0] + ligne.quantite, deja[1] + ligne.tolerance, deja[2] + ligne.attribue)
    return sommes


def _bons(lignes: Iterable[LignePassee]) -> int:
    return len({(ligne.groupement, ligne.cellule, ligne.bon) for ligne in lignes})
