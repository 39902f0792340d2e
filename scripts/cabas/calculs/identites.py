"""Qui est qui : deux écritures désignent-elles la même cellule ?

Oui si elles sont égales en NFC, sans casse, espaces réduits, marques invisibles ôtées ; ou si l'une est le code et l'autre le nom d'une même ligne
d'`adherents.csv`. Jamais par ressemblance. Règle : contrats.md §4.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from cabas.modele import Groupement
from cabas.recu import Adherent
from cabas.temps import lire_jour
from cabas.typographie import sans_invisibles, sans_marques


@lru_cache(maxsize=65536)
def cle(texte: str) -> str:
    """La forme de comparaison d'un nom ou d'un code."""
    if not texte.isascii():
        texte = sans_invisibles(unicodedata.normalize("NFC", texte)).replace("’", "'")
    return " ".join(texte.casefold().split())


def ecritures_des_tarifs(groupement: Groupement) -> dict[str, str]:
    """Ce qu'on peut écrire pour un tarif, sous sa forme de comparaison : son code, ou son nom s'il n'est qu'à lui. Sort : le code."""
    noms = [cle(tarif.nom) for tarif in groupement.tarifs]
    par_nom = {nom: tarif.code for nom, tarif in zip(noms, groupement.tarifs, strict=True) if noms.count(nom) == 1}
    return par_nom | {cle(tarif.code): tarif.code for tarif in groupement.tarifs}


class Identites:
    """Les cellules d'un groupement. `adherents` vide : on ne connaît personne, et on ne le reproche à personne."""

    def __init__(self, groupement: Groupement | None, adherents: Sequence[Adherent], ecritures: Iterable[str]) -> None:
        self.connues = bool(adherents)
        self._par_cle: dict[str, Adherent] = {}
        noms: dict[str, list[Adherent]] = {}
        for adherent in adherents:
            self._par_cle.setdefault(cle(adherent.cellule), adherent)
            if adherent.nom.strip():
                noms.setdefault(cle(adherent.nom), []).append(adherent)
        self._homonymes: dict[str, list[str]] = {}
        for nom, porteurs in noms.items():
            codes = sorted({porteur.cellule for porteur in porteurs})
            if len({cle(code) for code in codes}) == 1:
                self._par_cle.setdefault(nom, self._par_cle[cle(porteurs[0].cellule)])
            elif nom not in self._par_cle:
                self._homonymes[nom] = codes
        self._adhesions = {adhesion.code: adhesion.tarif for adhesion in groupement.adhesions} if groupement else {}
        self._codes = ecritures_des_tarifs(groupement) if groupement else {}
        self._premier_tarif = groupement.tarifs[0].code if groupement and groupement.tarifs else ""
        self._connus: dict[str, Adherent | None] = {}
        self._tarifs: dict[tuple[str, str], str] = {}
        self._formes: dict[str, str] = {}
        self._reunies: dict[str, str] = {}
        for ecriture in sorted({" ".join(sans_marques(unicodedata.normalize("NFC", ecriture)).split()) for ecriture in ecritures}):
            self._formes.setdefault(cle(ecriture), ecriture)

    def cellule(self, ecriture: str) -> str:
        """Le nom sous lequel la cellule paraît partout : son code si on la connaît, sinon ce qu'elle a écrit."""
        nom = self.seule(ecriture)
        return self._reunies.get(cle(nom), nom) if self._reunies else nom

    def seule(self, ecriture: str) -> str:
        """La cellule de cette écriture, sans tenir compte des cellules réunies par une décision."""
        recherche = cle(ecriture)
        adherent = self._par_cle.get(recherche)
        return adherent.cellule if adherent else self._formes.get(recherche, " ".join(sans_marques(ecriture).split()))

    def reunir(self, cellule: str, aussi: str) -> str:
        """Fait d'`aussi` la même cellule que `cellule`. Sort : pourquoi ce serait sans objet, ou une chaîne vide."""
        vues = {self.seule(forme) for forme in self._formes.values()}
        autre, gardee = self.seule(aussi), self.cellule(cellule)
        if autre not in vues:
            return f"Aucun bon n’est au nom de « {aussi} »."
        if gardee not in vues and cle(gardee) not in self._par_cle:
            return f"« {cellule} » n’est ni sur un bon, ni dans adherents.csv."
        if self.cellule(aussi) == gardee:
            return f"« {aussi} » et « {cellule} » sont déjà la même cellule."
        for ancienne in [ancienne for ancienne, vers in self._reunies.items() if vers == autre]:
            self._reunies[ancienne] = gardee
        self._reunies[cle(autre)] = gardee
        return ""

    def adherent(self, cellule: str) -> Adherent | None:
        """La ligne d'`adherents.csv` de cette cellule."""
        if cellule not in self._connus:
            self._connus[cellule] = self._par_cle.get(cle(cellule))
        return self._connus[cellule]

    def homonymes(self, ecriture: str) -> list[str]:
        """Les codes des adhérent·es qui portent tous ce même nom, s'ils sont plusieurs : le nom seul ne dit pas qui."""
        return self._homonymes.get(cle(ecriture), []) if self._homonymes and cle(ecriture) not in self._reunies else []

    def tarif(self, cellule: str, lu: str) -> str:
        """Le code du tarif : celui de l'adhésion, à défaut celui du bon, à défaut le premier du groupement."""
        code = self._tarifs.get((cellule, lu))
        if code is None:
            code = self._tarifs[(cellule, lu)] = self._choisir_tarif(cellule, lu)
        return code

    def _choisir_tarif(self, cellule: str, lu: str) -> str:
        adherent = self.adherent(cellule)
        if adherent is None and not lu:
            return self._premier_tarif
        for code in (self._adhesions.get(adherent.adhesion, "") if adherent else "", lu):
            if connu := self._codes.get(cle(code)):
                return connu
        return self._premier_tarif

    def perimee(self, cellule: str, jour: date) -> bool:
        """Vrai si l'adhésion connue s'arrête avant ce jour."""
        adherent = self.adherent(cellule)
        fin = lire_jour(adherent.adhesion_jusqu_au) if adherent and adherent.adhesion_jusqu_au else None
        return fin is not None and fin < jour
