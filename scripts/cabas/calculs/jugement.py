"""Juger chaque ligne reçue, seule : est-elle dans les délais, pour cette commande, d'un produit proposé, d'une quantité lisible ?

Entre : des `LigneLue`. Sort : pour chacune une `LigneJugee`, retenue jusqu'à preuve du contraire, brouillon, ou rejetée avec son code.
Ce qui dépend des autres lignes (remplacement, plafond) est dans `fusion`. Règle : contrats.md §5.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from cabas.calculs.demandes import Demandes
from cabas.calculs.identites import Identites
from cabas.calculs.lignes_de_service import ligne_de_service
from cabas.constats import Refus
from cabas.modele import Commande, Fenetre
from cabas.motifs import motif
from cabas.quantites import dans_l_unite
from cabas.recu import LigneLue, nouvelle
from cabas.temps import PARIS, lire_envoi
from cabas.typographie import enumerer, instant_long


class Sort(StrEnum):
    """Ce que devient une quantité reçue. Une seule de ces quatre choses."""

    RETENUE = "retenue"
    REMPLACEE = "remplacee"
    REJETEE = "rejetee"
    BROUILLON = "brouillon"


_ECRIRE_LA_DATE = "Rien à faire si le bon est arrivé à temps. Sinon, écrire la date comme 2026-12-07T19:30, ou annuler le bon."
_NOMMER = (
    "Écrire le code ou le nom dans la colonne « cellule ». Si une autre colonne le dit, l’apprendre : « cabas importer --apprendre », "
    "suivi de ce fichier."
)
REJETS_DU_BON = frozenset({
    "mauvaise-commande", "mauvais-groupement", "cellule-absente", "hors-delai", "ligne-decalee", "fichier-illisible", "bon-dans-une-case",
    "statut-inconnu", "bon-annule",
})  # fmt: skip
"""Les rejets qui touchent le bon entier : un tel bon n'en remplace aucun autre."""


_FEUILLE = motif(r"(\.(?:xlsx|xlsm|xls|ods))#.*$", re.IGNORECASE)
"""Deux feuilles d'un même classeur font un seul fichier : elles ne se remplacent pas l'une l'autre."""

CleDeBon = tuple[str, str, str, str]


class LigneJugee(NamedTuple):
    """Une ligne et son sort. `quantite` et `tolerance` en millièmes (0 si illisibles) ; `envoi` : l'instant, s'il est lu.

    `bon` est la clé du bon : groupement, cellule, identifiant, fichier.
    """

    lue: LigneLue
    cellule: str
    bon: CleDeBon
    sort: Sort
    quantite: int = 0
    tolerance: int = 0
    envoi: datetime | None = None
    code: str = ""
    message: str = ""
    remede: str = ""

    @property
    def nom_du_bon(self) -> str:
        """Celui que donne le fichier ; à défaut celui qu'on lui a fait de son fichier, de sa cellule et de son instant."""
        return self.bon[2]


_DE_LA_LIGNE = frozenset({"ligne", "colonne", "produit", "lu", "tolerance"})
DU_BON = itemgetter(*(rang for rang, champ in enumerate(LigneLue._fields) if champ not in _DE_LA_LIGNE))
"""Tout ce qui ne change pas d'une ligne à l'autre d'un même bon : vingt lignes ne font qu'un jugement."""


class DitDuBon(NamedTuple):
    """Ce qu'on sait de lignes qui se suivent avant d'en lire les quantités. `cle` : la clé du bon ; `doute` : sa date ne se lit pas.

    `refus` : ce qui les rejette toutes. `tel_quel` : les quantités se lisent comme elles sont écrites, sans unité imposée ni décision.
    """

    cellule: str
    cle: CleDeBon
    envoi: datetime | None
    doute: str
    refus: Refus | None
    tel_quel: bool


class Juge:
    """Juge les lignes d'un groupement : tout ce qui ne change pas d'une ligne à l'autre est préparé une fois."""

    def __init__(self, commande: Commande, groupement: str, identites: Identites, demandes: Demandes) -> None:
        self._commande, self._groupement, self._demandes, self._identites = commande, groupement, demandes, identites
        self._accepter: frozenset[tuple[str, str]] = frozenset()
        self._fenetre: Fenetre | None = commande.fenetre(groupement)
        self._cloture = self._fenetre.cloture.astimezone(UTC) if self._fenetre else None
        self._cellules: dict[str, str] = {}
        self._bons: dict[tuple[object, ...], DitDuBon] = {}

    def accepter(self, bons: Collection[tuple[str, str]]) -> None:
        """Prend ces bons malgré leur retard : cellule et identifiant de chacun."""
        self._accepter = frozenset(bons)
        self._bons = {dits: bon for dits, bon in self._bons.items() if (bon.cellule, bon.cle[2]) not in self._accepter}

    def juger(self, lues: Iterable[LigneLue]) -> list[LigneJugee]:
        """Le sort de chaque ligne, vue seule, dans le même ordre."""
        jugees: list[LigneJugee] = []
        for dits, groupe in groupby(lues, DU_BON):
            du_bon = list(groupe)
            jugees += self._juger_bon(self._bons.get(dits) or self.bon_de(du_bon[0]), du_bon)
        return jugees

    def bon_de(self, lue: LigneLue) -> DitDuBon:
        """Ce que disent du bon toutes les lignes qui ressemblent à celle-ci, avant d'en lire les quantités."""
        dits = DU_BON(lue)
        return self._bons.get(dits) or self._bons.setdefault(dits, self.lire_bon(lue))

    @staticmethod
    def est_brouillon(bon: DitDuBon, lue: LigneLue) -> bool:
        """Vrai si cette ligne est d'un bon commencé, pas validé, que rien d'autre ne rejette."""
        return lue.brouillon and not (bon.refus and bon.refus.code in REJETS_DU_BON)

    def _juger_bon(self, bon: DitDuBon, lues: Sequence[LigneLue]) -> Iterator[LigneJugee]:
        """Le sort de lignes que rien ne distingue, sinon le produit et les quantités."""
        cellule, cle, envoi, doute, refus, tel_quel = bon
        if self.est_brouillon(bon, lues[0]):
            dit = ("", "Commencé, pas validé.", "Prévenir la personne avant la clôture.")
            yield from (LigneJugee(lue, cellule, cle, Sort.BROUILLON, 0, 0, envoi, *dit) for lue in lues)
            return
        code, remede = ("date-illisible", _ECRIRE_LA_DATE) if doute else ("", "")
        for lue in lues:
            demande = refus or (self._demandes.lire(lue.produit, lue.lu, lue.tolerance) if tel_quel else self._demande(lue))
            if isinstance(demande, Refus):
                yield LigneJugee(lue, cellule, cle, Sort.REJETEE, 0, 0, envoi, *demande)
            else:
                yield nouvelle(LigneJugee, (lue, cellule, cle, Sort.RETENUE, *demande, envoi, code, doute, remede))

    def _cellule(self, ecriture: str) -> str:
        connue = self._cellules.get(ecriture)
        if connue is None:
            connue = self._cellules[ecriture] = self._identites.cellule(ecriture)
        return connue

    def lire_bon(self, lue: LigneLue) -> DitDuBon:
        """La même chose, lue à l'instant : quand on sait que cette ligne est seule à le dire."""
        cellule = self._cellule(lue.cellule)
        envoi = lire_envoi(lue.envoye_le) if lue.envoye_le else None
        # À défaut d'identifiant : fichier, cellule et instant, quelle que soit leur écriture.
        nom = lue.bon or f"{lue.origine}/{cellule}/{_ecrire_instant(envoi) if envoi else lue.envoye_le}"
        fichier = _FEUILLE.sub(r"\1", lue.fichier) if "#" in lue.fichier else lue.fichier
        doute = f"On ne lit pas la date d’envoi « {lue.envoye_le} » : le bon est réputé dans les délais." if lue.envoye_le and envoi is None else ""
        refus = lue.refus
        if not (refus and refus.code in REJETS_DU_BON) and not lue.brouillon:
            refus = self._bon_refuse(lue, cellule, nom, envoi) or refus
        tel_quel = not (lue.unite or lue.decision or lue.decision_tolerance)
        return DitDuBon(cellule, (lue.groupement, cellule, nom, fichier), envoi, doute, refus, tel_quel)

    def _bon_refuse(self, lue: LigneLue, cellule: str, nom: str, envoi: datetime | None) -> Refus | None:
        if lue.commande_lue and lue.commande_lue != self._commande.id:
            return Refus(
                "mauvaise-commande",
                f"Ce bon est pour la commande « {lue.commande_lue} », pas pour {self._commande.id}.",
                "Le ranger dans le dossier de sa commande, ou demander un nouveau bon.",
            )
        if self._fenetre is None:
            return Refus(
                "mauvais-groupement",
                f"« {self._groupement} » ne participe pas à cette commande.",
                "Ranger le fichier dans le dossier du bon groupement.",
            )
        if lue.groupement_lu and lue.groupement_lu != self._groupement:
            return Refus(
                "mauvais-groupement",
                f"Ce bon est pour « {lue.groupement_lu} », pas pour {self._groupement}.",
                "Le ranger dans le dossier de ce groupement.",
            )
        if not lue.cellule.strip():
            return Refus("cellule-absente", "On ne sait pas de qui vient cette ligne.", _NOMMER)
        if (sorte := ligne_de_service(lue.cellule)) and self._identites.adherent(lue.cellule) is None:
            fait = f"« {lue.cellule} » : c’est une ligne {sorte}, pas une personne."
            return Refus("cellule-absente", fait, "Ôter cette ligne du fichier. Si c’est une personne, l’inscrire dans adherents.csv.")
        if codes := self._identites.homonymes(lue.cellule):
            fait = f"Plusieurs adhérent·es s’appellent « {lue.cellule} » : on ne sait pas de qui est ce bon."
            return Refus("cellule-absente", fait, f"Écrire le code à la place du nom : {enumerer(codes, 'ou')}.")
        if envoi is not None and self._cloture is not None and envoi > self._cloture:
            if (cellule, nom) in self._accepter:
                return None
            retard = f"Envoyé ou modifié le {instant_long(envoi)}" + (f" et {envoi.second} s" if envoi.second else "")
            return Refus(
                "hors-delai",
                f"{retard}, après la clôture du {instant_long(self._cloture)}.",
                f'Pour l’accepter quand même : --accepter "{nom}".',
            )
        return None

    def _demande(self, lue: LigneLue) -> tuple[int, int] | Refus:
        """La quantité et la tolérance d'une ligne (millièmes), ou ce qui les fait refuser."""
        texte = a_lire(lue)
        demande = self._demandes.lire(lue.produit, texte, lue.decision_tolerance.tolerance if lue.decision_tolerance else lue.tolerance)
        if isinstance(demande, Refus) and lue.unite and not lue.decision:
            # On montre ce que la personne a écrit ; l'unité, c'est la colonne qui la disait.
            return demande._replace(fait=demande.fait.replace(f"« {texte} »", f"« {lue.lu} » (colonne en {lue.unite})"))
        return demande


@lru_cache(maxsize=65536)
def _ecrire_instant(envoi: datetime) -> str:
    """Un instant à l'heure de Paris, sous une seule forme : `10:00`, `10:00:00` et `09:00Z` nomment le même bon."""
    local = envoi.astimezone(PARIS)
    texte = (local if local.fold else local.replace(tzinfo=None)).isoformat()
    return texte[:16] if len(texte) == 19 and texte.endswith(":00") else texte


def a_lire(lue: LigneLue) -> str:
    """« 500 » dans une colonne « Comté (g) » se lit « 500 g ». Une correction, elle, est dans l'unité du produit."""
    return lue.decision.quantite if lue.decision else dans_l_unite(lue.lu, lue.unite)
