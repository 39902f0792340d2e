"""Les bons sans histoire : presque tous. Rien à rejeter, à remplacer, à ramener ni à signaler ; leurs lignes se traitent ensemble.

Entre : les bons lus d'un seul tenant dans un groupement. Sort : ceux sur lesquels il n'y a rien à dire, déjà chiffrés, et le reste,
ligne par ligne, que `fusion` juge comme toujours. Un bon n'est sans histoire que si sa cellule n'a que lui : ce qu'il devient ne
dépend alors d'aucun autre. Un essai tient que ce détour ne change rien à ce qui sort.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple, cast

from cabas.calculs.demandes import Articles
from cabas.calculs.jugement import CleDeBon, Juge, LigneJugee, Sort
from cabas.calculs.retenues import Article, BonRetenu
from cabas.recu import BonLu, LigneLue, Recue, nouvelle

_PRODUIT = attrgetter("produit")


class BonOrdinaire(NamedTuple):
    """Un bon sur lequel il n'y a rien à dire. `articles` : un par ligne lue, dans le même ordre."""

    lu: BonLu
    cellule: str
    cle: CleDeBon
    envoi: datetime | None
    tarif: str
    articles: Sequence[Article]

    @property
    def fichier(self) -> str:
        """Le fichier d'où il vient."""
        return self.lu.modele.fichier

    def lignes(self) -> Iterator[LigneJugee]:
        """Ses lignes, une par une, toutes retenues."""
        for lue, article in zip(self.lu.lignes(), self.articles, strict=True):
            dits = (lue, self.cellule, self.cle, Sort.RETENUE, article.quantite, article.tolerance, self.envoi, "", "", "")
            yield nouvelle(LigneJugee, dits)

    def retenu(self) -> BonRetenu:
        """Ce qu'on en retient : ses articles, dans l'ordre des refs."""
        modele, premiere = self.lu.modele, self.lu.numeros[0]
        qui = (self.cle[0], self.cellule, self.cle[2], modele.creneau, self.tarif, self.envoi, modele.fichier)
        return BonRetenu(*qui, (premiere,) * len(self.articles), sorted(self.articles, key=_PRODUIT))


class Comptoir(NamedTuple):
    """Ce qu'il faut savoir d'un groupement pour trier ses bons.

    `tarif` : le code que paie une cellule qui en écrit un ; `articles` : à ce tarif, ce que veut dire chaque écriture ; `a_dire` : vrai
    s'il faut signaler quelque chose d'une cellule qui demande cela.
    """

    tarif: Callable[[str, str], str]
    articles: Callable[[str], Articles]
    a_dire: Callable[[str, Sequence[Article]], bool]


def mettre_a_part(recues: Iterable[Recue], juge: Juge, comptoir: Comptoir) -> tuple[list[BonOrdinaire], list[LigneLue]]:
    """Les bons sans histoire, et toutes les autres lignes, chacun dans l'ordre reçu."""
    toutes = [(recue, juge.lire_bon(recue.modele) if isinstance(recue, BonLu) else juge.bon_de(recue)) for recue in recues]
    seules = Counter(bon.cellule for _recue, bon in toutes)
    ordinaires: list[BonOrdinaire] = []
    autres: list[LigneLue] = []
    for recue, bon in toutes:
        if not isinstance(recue, BonLu):
            autres.append(recue)
            continue
        if seules[bon.cellule] == 1 and bon.refus is None and not bon.doute and bon.tel_quel and not recue.modele.brouillon:
            tarif = comptoir.tarif(bon.cellule, recue.modele.tarif)
            articles = _tous(list(map(comptoir.articles(tarif).__getitem__, recue.ecrits)))
            if articles and not comptoir.a_dire(bon.cellule, articles):
                ordinaires.append(BonOrdinaire(recue, bon.cellule, bon.cle, bon.envoi, tarif, articles))
                continue
        autres += recue.lignes()
    return ordinaires, autres


def _tous(articles: list[Article | None]) -> list[Article]:
    """Les articles d'un bon, si l'on n'a rien à dire d'aucun et si aucun produit n'y revient ; sinon, rien."""
    if None in articles:
        return []
    surs = cast("list[Article]", articles)
    return surs if len(set(map(_PRODUIT, surs))) == len(surs) else []
