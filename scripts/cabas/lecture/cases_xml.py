"""Jusqu'où un tableau est rempli, et quelles cases portent une erreur de formule : lu dans le XML même, avant toute bibliothèque.

Entre : le XML d'une feuille de XLSX. Sort : un `Examen`. Une définition de type (DOCTYPE, donc toute entité) est refusée. Un nom
peut porter un préfixe, et une case ne pas dire où elle est : le format le permet.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from xml.parsers import expat

from cabas.lecture.classeurs import JAMAIS_CALCULEE
from cabas.motifs import motif

LIGNES_MAX, COLONNES_MAX = 200_000, 1_000
CASES_MAX = 2_000_000
"""Ce qu'on accepte de déplier : le plus grand tableau de bons en a cinquante fois moins."""
GRILLE = 1 << 20
"""Un tableur n'a pas plus de lignes ; au-delà, le nombre est inventé."""
ERREUR = "#ERREUR"
Fautives = dict[tuple[int, int], str]
"""Les cases (ligne à partir de 1, colonne à partir de 0) en erreur, et ce qu'elles montrent."""

_CASES = motif(rb'<c r="([A-Z]{1,3})([1-9]\d{0,6})"')
_REF = motif(r"([A-Za-z]{1,3})(\d{1,7})")


class Demesure(Exception):
    """Le tableau irait jusqu'à cette case (« B1048576 »)."""


class Entites(Exception):
    """Le XML déclare des entités."""


class Etendue:
    """Jusqu'où un tableau est rempli, case après case."""

    def __init__(self) -> None:
        self.lignes = self.colonnes = 0
        self._basse = self._droite = (0, 0)

    def remplir(self, ligne: int, colonne: int) -> None:
        """Tient compte d'une case pleine ; `Demesure` si le tableau serait trop grand pour être déplié."""
        if ligne > self.lignes:
            self.lignes, self._basse = ligne, (ligne, colonne)
        if colonne >= self.colonnes:
            self.colonnes, self._droite = colonne + 1, (ligne, colonne)
        if self.lignes > LIGNES_MAX or (self.lignes * self.colonnes > CASES_MAX and self.colonnes <= COLONNES_MAX):
            raise Demesure(adresse(*self._basse))
        if self.colonnes > COLONNES_MAX:
            raise Demesure(adresse(*self._droite))


class Examen(NamedTuple):
    """Ce qu'on sait d'une feuille avant de la lire."""

    fautives: Fautives


def adresse(ligne: int, colonne: int) -> str:
    """Le nom d'une case, comme un tableur l'écrit : (3, 27) → « AB3 »."""
    lettres, reste = "", colonne + 1
    while reste:
        reste, rang = divmod(reste - 1, 26)
        lettres = chr(65 + rang) + lettres
    return f"{lettres}{ligne}"


def rang_de(lettres: str) -> int:
    """Le rang d'une colonne, à partir de 0 : « AB » → 27."""
    rang = 0
    for lettre in lettres.upper():
        rang = rang * 26 + ord(lettre) - 64
    return rang - 1


def examiner_feuille(xml: bytes) -> Examen:
    """Une feuille de XLSX. Lève `Demesure`, `Entites`, `ValueError` (une case qui n'existe pas), `ExpatError`."""
    return Examen({}) if _sans_histoire(xml) else _FeuilleXlsx().lire(xml)


def _sans_histoire(xml: bytes) -> bool:
    """Vrai si l'on voit d'un coup d'œil que la feuille est petite et sans formule : le cas de presque toutes."""
    if b"<!" in xml or b"\0" in xml:
        return False
    debut, fin = xml.find(b"<sheetData"), xml.rfind(b"</sheetData>")
    corps = xml[debut:fin]
    # Une formule, une erreur (quelle que soit l'écriture de l'attribut), un préfixe, une case qui ne dit pas où elle est.
    if (
        debut < 0
        or fin < 0
        or any(map(corps.__contains__, (b"<f", b":f", b":c", b":r", b'="e', b"='", b"= ", b" =", b"=\n", b"\n=", b"=\t", b"=\r")))
    ):
        return False
    cases = _CASES.findall(corps)
    if len(cases) != corps.count(b"<c"):
        return False
    lignes = max((int(numero) for numero in {numero for _lettres, numero in cases}), default=0)
    colonnes = max((rang_de(lettres.decode()) for lettres in {lettres for lettres, _numero in cases}), default=0) + 1
    return lignes <= LIGNES_MAX and colonnes <= COLONNES_MAX and lignes * colonnes <= CASES_MAX


class Lecteur:
    """Un parcours du XML par la bibliothèque standard, qui n'ouvre aucune entité : la première déclaration l'arrête."""

    def lire_tout(self, xml: bytes) -> None:
        """Tout le XML. Lève `Entites` s'il en déclare, `ExpatError` s'il est mal formé."""
        lecteur = expat.ParserCreate()
        lecteur.buffer_text = True
        lecteur.StartDoctypeDeclHandler = _refuser_les_entites
        lecteur.StartElementHandler, lecteur.EndElementHandler, lecteur.CharacterDataHandler = self.debut, self.fin, self.texte
        lecteur.Parse(xml, True)

    def debut(self, nom: str, attributs: dict[str, str]) -> None:
        """Une balise s'ouvre."""

    def fin(self, nom: str) -> None:
        """Une balise se ferme."""

    def texte(self, texte: str) -> None:
        """Du texte, entre deux balises."""


def _refuser_les_entites(*_dits: Any) -> None:
    raise Entites


class _FeuilleXlsx(Lecteur):
    def __init__(self) -> None:
        self.ligne, self.colonne = 1, 0
        self.genre, self.valeur = "", ""
        self.formule = self.plein = self.dans_valeur = self.dans_case = self.dans_donnees = False
        self.fautives: Fautives = {}
        self.etendue = Etendue()

    def lire(self, xml: bytes) -> Examen:
        self.lire_tout(xml)
        return Examen(self.fautives)

    def debut(self, nom: str, attributs: dict[str, str]) -> None:
        local = nom.rpartition(":")[2]
        if local == "sheetData":
            self.dans_donnees = True
        elif not self.dans_donnees:
            return
        elif local == "c":
            self.ici = self._situer(attributs.get("r"))
            self.genre, self.valeur, self.dans_case = attributs.get("t", "n"), "", True
            self.formule = self.plein = False
        elif local == "row":
            self.ligne = int(attributs.get("r", self.ligne))
        elif self.dans_case:
            self.dans_valeur = local == "v"
            self.formule = self.formule or local == "f"
            self.plein = self.plein or local == "is"

    def _situer(self, ref: str | None) -> tuple[int, int]:
        """Où est cette case : là où elle le dit, sinon à la suite de la précédente."""
        if ref is None:
            ligne, colonne = self.ligne, self.colonne
        elif trouve := _REF.fullmatch(ref):
            ligne, colonne = int(trouve[2]), rang_de(trouve[1])
        else:
            raise ValueError(ref)
        if not 1 <= ligne <= GRILLE:
            raise ValueError(ligne)
        return ligne, colonne

    def texte(self, texte: str) -> None:
        if self.dans_valeur:
            self.valeur += texte

    def fin(self, nom: str) -> None:
        local = nom.rpartition(":")[2]
        if local == "v":
            self.dans_valeur = False
        elif local == "c" and self.dans_case:
            if self.genre == "e":
                self.fautives[self.ici] = self.valeur or ERREUR
            elif self.formule and not self.valeur and not self.plein and self.genre != "str":
                self.fautives[self.ici] = JAMAIS_CALCULEE
            if self.valeur or self.plein or self.ici in self.fautives:
                self.etendue.remplir(*self.ici)
            self.dans_case, self.colonne = False, self.ici[1] + 1
        elif local == "row":
            self.ligne, self.colonne = self.ligne + 1, 0
        elif local == "sheetData":
            self.dans_donnees = False


def sans_entites(xml: bytes) -> bool:
    """Vrai si le XML ne déclare rien en tête. Aucun tableur n'écrit de DOCTYPE, et le lecteur rendrait vides les cases à entité."""
    return not any(map(xml.__contains__, (b"<!DOCTYPE", b"<!doctype", b"<!ENTITY")))


def examiner_plan(classeur: bytes, liens: bytes) -> list[str]:
    """La partie de l'archive (en minuscules) où est chaque feuille, dans l'ordre des onglets."""
    cibles = {lien.get("Id", ""): lien.get("Target", "") for lien in _balises(liens, "Relationship")}
    identifiants = [
        next((valeur for nom, valeur in feuille.items() if nom.endswith(":id")), feuille.get("id", "")) for feuille in _balises(classeur, "sheet")
    ]
    return [_absolu(cibles.get(identifiant, "")) for identifiant in identifiants]


def _absolu(cible: str) -> str:
    relatif = cible.replace("\\", "/").removeprefix("/").removeprefix("xl/").removeprefix("./").lower()
    return f"xl/{relatif}"


class _Balises(Lecteur):
    def __init__(self, voulue: str) -> None:
        self.voulue = voulue
        self.trouvees: list[dict[str, str]] = []

    def debut(self, nom: str, attributs: dict[str, str]) -> None:
        if nom.rpartition(":")[2] == self.voulue:
            self.trouvees.append(attributs)


def _balises(xml: bytes, voulue: str) -> list[dict[str, str]]:
    balises = _Balises(voulue)
    balises.lire_tout(xml)
    return balises.trouvees
