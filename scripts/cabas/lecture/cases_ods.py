"""Les cases d'un ODS : jusqu'où chaque feuille est remplie, et quelles formules sont en erreur.

Une case ou une rangée peut y être répétée des milliers de fois : vide, elle ne coûte rien ; pleine, elle compte autant de fois.
"""

from __future__ import annotations

from cabas.lecture.cases_xml import CASES_MAX, COLONNES_MAX, ERREUR, GRILLE, LIGNES_MAX, Demesure, Etendue, Examen, Fautives, Lecteur, adresse
from cabas.lecture.classeurs import JAMAIS_CALCULEE
from cabas.motifs import motif

ESPACES_MAX = 20_000
_COMME_UNE_ERREUR = motif(r"#(?:[^\W\d_][\w/ \u00a0\u202f]*[!?]|N/[AD])|Err\s?:\s?\d+")
_REPETE = motif(rb'-repeated="(\d{1,7})"')
_VALEURS = ("office:value-type", "office:value", "office:string-value", "office:date-value", "office:time-value", "office:boolean-value")
_CASES = ("table:table-cell", "table:covered-table-cell")


def examiner_ods(xml: bytes) -> list[Examen]:
    """Toutes les feuilles d'un `content.xml`, dans l'ordre ; rien si l'on voit qu'aucune n'a de formule. Lève comme `examiner_feuille`."""
    if _sans_histoire(xml):
        return []
    lecteur = _ContenuOds()
    lecteur.lire_tout(xml)
    return [Examen(_deplier(fautes)) for fautes in lecteur.feuilles]


def _sans_histoire(xml: bytes) -> bool:
    """Vrai si l'on voit d'un coup d'œil que tout est petit et sans formule. On compte large : au moindre doute, on lira pour de bon."""
    if any(map(xml.__contains__, (b"formula", b"error", b"text:c", b"<!", b"\0", b"='"))):
        return False
    if xml.count(b"-repeated") != len(_REPETE.findall(xml)):
        return False
    for feuille in xml.split(b"</table:table>"):
        ligne = lignes = colonnes = poussees = 0
        for rangee in feuille.split(b"<table:table-row")[1:]:
            tete, _fin, cases = rangee.partition(b">")
            ligne += int(_REPETE.findall(tete)[0]) if b"-repeated" in tete else 1
            large = cases.count(b"<table:table-cell") + cases.count(b"<table:covered-table-cell")
            if b"-repeated" in cases:
                # La dernière case d'une rangée, vide, se répète jusqu'au bord de la grille : elle n'y compte pas.
                derniere = cases.rfind(b"<table:")
                utiles = cases if b"office:" in cases[derniere:] else cases[:derniere]
                large += sum(map(int, _REPETE.findall(utiles)))
            poussees += large
            if b"office:" in cases:
                lignes, colonnes = ligne, max(colonnes, large)
        if lignes > LIGNES_MAX or colonnes > COLONNES_MAX or max(poussees, lignes * colonnes) > CASES_MAX:
            return False
    return True


def _deplier(fautes: list[tuple[int, int, int, int, str]]) -> Fautives:
    return {(ligne + plus, colonne + loin): montre for ligne, fois, colonne, large, montre in fautes for plus in range(fois) for loin in range(large)}


class _ContenuOds(Lecteur):
    def __init__(self) -> None:
        self.feuilles: list[list[tuple[int, int, int, int, str]]] = []
        self.etendue = Etendue()
        self.ligne, self.fois, self.colonne, self.large = 1, 1, 0, 1
        self.vides = self.poussees = self.derniere = 0
        self.attributs: dict[str, str] = {}
        self.dans_table = self.dans_case = self.paragraphe = False
        self.en_note = 0
        self.montre = ""

    def debut(self, nom: str, attributs: dict[str, str]) -> None:
        if nom == "table:table":
            if self.dans_table:
                raise ValueError(nom)
            if "table:name" in attributs:
                self.feuilles.append([])
                self.etendue, self.dans_table, self.ligne = Etendue(), True, 1
        elif not self.dans_table:
            return
        elif nom in _CASES:
            self._entrer(attributs)
        elif nom == "table:table-row":
            self.fois, self.colonne, self.vides, self.derniere = _fois(attributs, "table:number-rows-repeated"), 0, 0, -1
        elif nom == "office:annotation":
            self.en_note += 1
        elif nom == "text:p" and self.dans_case and not self.en_note:
            self.paragraphe = True
        elif nom == "text:s" and int(attributs.get("text:c", "1")) > ESPACES_MAX:
            raise Demesure(adresse(self.ligne, self.colonne))

    def _entrer(self, attributs: dict[str, str]) -> None:
        self.attributs, self.dans_case, self.paragraphe, self.montre = attributs, True, False, ""
        self.large = _fois(attributs, "table:number-columns-repeated")
        self.poussees += self.vides  # des cases vides suivies d'une autre case se déplient une à une
        self.vides = self.large
        if "table:formula" in attributs or any(map(attributs.__contains__, _VALEURS)):
            self.poussees, self.vides, self.derniere = self.poussees + self.large, 0, self.colonne + self.large - 1
        if self.poussees > CASES_MAX:
            raise Demesure(adresse(self.ligne, self.colonne + self.large - 1))

    def texte(self, texte: str) -> None:
        if self.dans_case and not self.en_note:
            self.montre += texte

    def fin(self, nom: str) -> None:
        if nom in _CASES and self.dans_case:
            if montre := self._faute():
                self.feuilles[-1].append((self.ligne, self.fois, self.colonne, self.large, montre))
            self.colonne, self.dans_case = self.colonne + self.large, False
        elif nom == "table:table-row" and self.dans_table:
            if self.derniere >= 0:
                self.etendue.remplir(self.ligne + self.fois - 1, self.derniere)
            self.ligne += self.fois
        elif nom == "office:annotation":
            self.en_note -= 1
        elif nom == "table:table":
            self.dans_table = False

    def _faute(self) -> str:
        """Ce que montre la case si sa formule est en erreur, ou n'a jamais été calculée ; une chaîne vide sinon."""
        montre = self.montre.strip()
        if self.attributs.get("calcext:value-type") == "error":
            return montre or ERREUR
        if "table:formula" not in self.attributs:
            return ""
        if _COMME_UNE_ERREUR.fullmatch(montre):
            return montre
        return "" if self.paragraphe or any(map(self.attributs.__contains__, _VALEURS)) else JAMAIS_CALCULEE


def _fois(attributs: dict[str, str], nom: str) -> int:
    fois = int(attributs.get(nom, "1"))
    if not 1 <= fois <= GRILLE:
        raise ValueError(fois)
    return fois
