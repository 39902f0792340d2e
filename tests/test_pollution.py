"""Aucune erreur silencieuse sur des fichiers abîmés, aucune fausse alarme sur des fichiers justes. Les mesures s'affichent (-s).

CABAS_POLLUTIONS règle le nombre de graines (12 par défaut). Silencieuse : une quantité reçue qui n'est ni lue juste, ni
signalée, ni rejetée avec son fichier et sa ligne ; ou une quantité que personne n'a demandée.
"""

from __future__ import annotations

import os
import random
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from conftest import dire
from pollution import CELLULES, INTITULES, VERITE, juste, pollutions, variantes_propres

from cabas.calculs.confusions import noms_differents
from cabas.calculs.fusion import fusionner
from cabas.calculs.jugement import LigneJugee, Sort
from cabas.calculs.remplacement import bons_de_meme_date
from cabas.constats import Constat
from cabas.lecture.bons import lire_bons
from cabas.lecture.colonnes import Catalogue
from cabas.lecture.depot import charger
from cabas.quantites import lire_quantite

DEPOT, _CONSTATS = charger(Path(__file__).parent / "donnees/mini-reseau")
CATALOGUE = Catalogue(DEPOT.produits.values())
GRAINES = int(os.environ.get("CABAS_POLLUTIONS", "12"))
ATTENDUES = {cle: int(lire_quantite(lu, DEPOT.produits[cle[1]].unite)) for cle, lu in VERITE.items()}  # type: ignore[arg-type]


class Lecture(NamedTuple):
    """Ce que la fusion a fait d'un fichier."""

    lignes: tuple[LigneJugee, ...]
    constats: list[Constat]
    octets: bytes

    @property
    def retenues(self) -> Counter[tuple[str, str]]:
        sommes: Counter[tuple[str, str]] = Counter()
        for ligne in self.lignes:
            if ligne.sort is Sort.RETENUE:
                # Un signe de trop tombé dans un nom est une faute de frappe : la quantité, elle, est lue juste.
                sommes[re.sub(r'[";,|\t]', "", ligne.cellule), ligne.lue.produit] += ligne.quantite
        return sommes

    def silences(self) -> list[str]:
        """Les quantités perdues ou fausses dont rien ne parle."""
        retenues = self.retenues
        signalees = {(ligne.cellule, ligne.lue.produit) for ligne in self.lignes if ligne.sort is Sort.RETENUE and ligne.code}
        fautes = [f"{cle} : {quantite} retenus" for cle, quantite in retenues.items() if ATTENDUES.get(cle) != quantite and cle not in signalees]
        if any(ligne.lue.refus and ligne.lue.refus.code == "fichier-illisible" for ligne in self.lignes):
            return fautes
        rejets = [ligne for ligne in self.lignes if ligne.sort is Sort.REJETEE]
        perdues = [cle for cle in ATTENDUES.keys() - retenues.keys() if not any(self._parle(ligne, cle) for ligne in rejets)]
        return fautes + [f"{cle} : {VERITE[cle]} perdus" for cle in sorted(perdues)]

    def _parle(self, rejet: LigneJugee, cle: tuple[str, str]) -> bool:
        """Ce rejet désigne-t-il la ligne du fichier où était cette quantité (ou la suivante, si une ligne a été brisée) ?"""
        physiques = self.octets.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        texte = "\n".join(physiques[max(0, rejet.lue.ligne - 2) : rejet.lue.ligne + 1])
        la_meme = VERITE[cle] in texte or (rejet.cellule, rejet.lue.produit) == cle or (rejet.code == "ligne-decalee" and cle[0] in texte)
        return bool(rejet.code and rejet.message and rejet.lue.ligne) and la_meme

    def alarmes(self) -> list[str]:
        """Tout ce qui serait dit à la référente."""
        return [f"{constat.code} {constat.message}" for constat in self.constats] + [
            f"{ligne.code} {ligne.message}" for ligne in self.lignes if ligne.code
        ]


def lire(octets: bytes) -> Lecture:
    recues, constats = lire_bons(octets, "2026-12/les-tilleuls/bons/a.csv", "les-tilleuls", CATALOGUE)
    fusion = fusionner(DEPOT, DEPOT.commandes["2026-12"], recues, {}, {})
    questions = [*noms_differents(fusion.premieres, {}, "prive"), *bons_de_meme_date(fusion.singulieres, (), "prive")]
    return Lecture(fusion.lignes, [*constats, *questions], octets)


def test_variantes_propres_sans_fausse_alarme() -> None:
    fautes, combien = [], 0
    for graine in range(GRAINES):
        for nom, octets in variantes_propres(graine):
            combien += 1
            lecture = lire(octets)
            if lecture.retenues != ATTENDUES or lecture.alarmes():
                fautes.append(f"{nom} (graine {graine}) : {(lecture.alarmes() or lecture.silences())[:2]}")
    print(f"\nvariantes propres : {combien} fichiers, {len(fautes)} fausses alarmes")
    dire(fautes)


def test_pollutions_sans_erreur_silencieuse() -> None:
    fautes, combien, parlantes = [], 0, 0
    for graine in range(GRAINES):
        for nom, octets in pollutions(graine):
            combien += 1
            lecture = lire(octets)
            parlantes += bool(lecture.alarmes())
            fautes += [f"{nom} (graine {graine}) : {silence}" for silence in lecture.silences()]
    justes = combien - parlantes
    print(f"\npollutions : {combien} fichiers abîmés, {parlantes} signalés, {justes} lus justes malgré tout, {len(fautes)} erreurs silencieuses")
    dire(fautes)


def test_deux_colonnes_de_quantite_ne_se_devinent_pas() -> None:
    lecture = lire(b"cellule;produit;quantite;qte\nA-1;farine-t65;1;2\nA-1;jus-de-pomme;3;3\n")
    assert [(ligne.sort.value, ligne.code) for ligne in lecture.lignes] == [("rejetee", "colonne-ambigue"), ("retenue", "")]


def test_une_case_geante_ne_coute_pas_son_carre() -> None:
    """Soixante mille chiffres dans un intitulé ou dans une case : refusés avant d'être cherchés au catalogue."""
    for texte in ("cellule;produit;quantite;{}\nA-1;farine-t65;1;x\n", "cellule;produit;quantite;remarque\nA-1;farine-t65;1;{}\n"):
        assert lire(texte.format("9" * 19_000).encode()).retenues == {("A-1", "farine-t65"): 1000}


def test_coupures_a_chaque_octet() -> None:
    """Coupé en fin de ligne, ou dans la dernière case, un CSV étranger est un CSV juste : on le compte, on ne peut pas le voir."""
    fautes: list[str] = []
    comptes: Counter[str] = Counter()
    for grille in (False, True):
        for encodage in ("utf-8", "utf-8-sig", "utf-16"):
            table = juste(random.Random(f"coupe/{grille}"), grille)
            texte = table.texte()
            octets = texte.encode(encodage)
            for taille in range(1, len(octets)):
                comptes[_juger_la_coupure(octets[:taille], texte, encodage, table.fin, table.separateur, fautes)] += 1
    print("\ncoupures : " + ", ".join(f"{nombre} {nom}" for nom, nombre in sorted(comptes.items())))
    dire(fautes)


def _juger_la_coupure(octets: bytes, texte: str, encodage: str, fin: str, separateur: str, fautes: list[str]) -> str:
    lecture = lire(octets)
    reste = octets.decode("utf-16" if encodage == "utf-16" else "utf-8-sig", "ignore")
    lignes = reste.split(fin)
    derniere = lignes[-1]
    attendue = texte.split(fin)[len(lignes) - 1]
    fausses = [cle for cle, quantite in lecture.retenues.items() if ATTENDUES.get(cle) != quantite]
    avant = [cle for cle in ATTENDUES if cle not in lecture.retenues and _ecrite(cle, fin.join(lignes[:-1]))]
    if lecture.alarmes():
        if fausses:
            fautes.append(f"{encodage}, {len(octets)} octets : {fausses} faux")
        return "signalées"
    if not derniere.strip("\r\n") or derniere == attendue:
        if fausses or avant:
            fautes.append(f"{encodage}, {len(octets)} octets : {fausses} faux, {avant} perdus")
        return "en fin de ligne (indétectables)"
    if derniere.count(separateur) == attendue.count(separateur):
        return "dans la dernière case (indétectables)"
    fautes.append(f"{encodage}, {len(octets)} octets, muet : {derniere!r}")
    return "muettes"


def _ecrite(cle: tuple[str, str], texte: str) -> bool:
    return cle[0] in texte and VERITE[cle] in texte and (cle[1] in texte or INTITULES[cle[1]] in texte) and cle[0] in CELLULES
