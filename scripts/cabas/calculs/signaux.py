"""Ce qu'une fusion sait d'une cellule et qu'il faut dire, sans rien rejeter : inconnue, adhésion passée, crédit trop court.

Règle : contrats.md §5 (`cellule-inconnue`, `adhesion-perimee`, `credit-insuffisant`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from cabas.argent import montant
from cabas.calculs.identites import Identites
from cabas.calculs.jugement import LigneJugee, Sort
from cabas.calculs.retenues import Article
from cabas.modele import Fenetre, Groupement
from cabas.temps import PARIS
from cabas.typographie import euros

Prix = Callable[[str, str], int]
"""Le prix unitaire (centimes) d'un produit à un tarif."""


class Signaux:
    """Les signaux d'un groupement. `soldes` : le crédit de chaque cellule, en centimes, sous le nom qu'on lui a écrit."""

    def __init__(self, groupement: Groupement | None, identites: Identites, soldes: Mapping[str, int], fenetre: Fenetre | None, prix: Prix) -> None:
        self._credit = groupement is not None and groupement.credit
        self._identites, self._prix = identites, prix
        self._soldes: dict[str, int] = {}
        for ecriture, solde in soldes.items():
            cellule = identites.cellule(ecriture)
            self._soldes[cellule] = self._soldes.get(cellule, 0) + solde
        self._jour = fenetre.cloture.astimezone(PARIS).date() if fenetre else None

    def poser(self, finales: list[LigneJugee]) -> list[LigneJugee]:
        """Pose sur les lignes retenues ce qu'il faut dire de leur cellule."""
        signaux = {cellule: self._signal(cellule, cout) for cellule, cout in self._couts(finales).items()}
        if not any(signaux.values()):
            return finales
        libres = {jugee.cellule for jugee in finales if jugee.sort is Sort.RETENUE and not jugee.code}
        dits: set[str] = set()
        return [_avec_signal(jugee, signaux.get(jugee.cellule), libres, dits) for jugee in finales]

    def a_dire(self, cellule: str, articles: Sequence[Article]) -> bool:
        """Vrai s'il faut signaler quelque chose d'une cellule qui demande cela, et rien d'autre."""
        cout = sum(montant(un.prix_unitaire, un.quantite) for un in articles) if self._credit else 0
        return self._signal(cellule, cout) is not None

    def _couts(self, finales: Iterable[LigneJugee]) -> dict[str, int]:
        """Ce que demande chaque cellule, en centimes ; 0 partout si le groupement ne regarde pas le crédit."""
        retenues = [jugee for jugee in finales if jugee.sort is Sort.RETENUE]
        couts = dict.fromkeys((jugee.cellule for jugee in retenues), 0)
        for jugee in retenues if self._credit else ():
            couts[jugee.cellule] += montant(self._prix(jugee.lue.produit, self._identites.tarif(jugee.cellule, jugee.lue.tarif)), jugee.quantite)
        return couts

    def _signal(self, cellule: str, cout: int) -> tuple[str, str, str] | None:
        if self._credit:
            solde = self._soldes.get(cellule, 0)
            if cout > solde:
                return (
                    "credit-insuffisant",
                    f"{cellule} demande {euros(cout)} et n’a que {euros(solde)} de crédit.",
                    "Demander un versement, ou réduire le bon avec la cellule.",
                )
        if self._identites.connues and self._identites.adherent(cellule) is None:
            return ("cellule-inconnue", f"« {cellule} » n’est pas dans adherents.csv.", "Corriger le nom, ou ajouter la cellule.")
        if self._jour and self._identites.perimee(cellule, self._jour):
            return ("adhesion-perimee", f"L’adhésion de {cellule} est finie.", "La renouveler à la distribution.")
        return None


def _avec_signal(jugee: LigneJugee, signal: tuple[str, str, str] | None, libres: set[str], dits: set[str]) -> LigneJugee:
    """Le signal d'une cellule, sur ses lignes sans autre code. Si elle n'en a aucune, il s'ajoute à ce que dit la première."""
    if signal is None or jugee.sort is not Sort.RETENUE or (jugee.code and jugee.cellule in libres | dits):
        return jugee
    code, message, remede = signal
    if not jugee.code:
        return jugee._replace(code=code, message=message, remede=remede)
    dits.add(jugee.cellule)
    return jugee._replace(message=f"{jugee.message} {message}", remede=f"{jugee.remede} {remede}".strip())
