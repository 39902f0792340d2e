"""Jusqu'où un vieux classeur (XLS) est rempli, et quelles cases portent une erreur : lu dans ses octets, avant toute bibliothèque.

Un XLS est un petit disque (des secteurs enchaînés) dont un fichier, « Workbook », est une suite d'enregistrements. Un nombre
faux dans l'un ou l'autre ferait réserver une mémoire sans fin à qui s'y fierait : ici, tout est comparé à la taille du fichier.
Sources : les documents publics [MS-CFB] et [MS-XLS].
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from struct import unpack_from

from cabas.lecture.cases_xml import CASES_MAX, Demesure, Etendue, Examen, Fautives, adresse

FIN_DE_CHAINE = 0xFFFFFFFE
_RESERVES, _RANG_MAX = 0xFFFFFFFA, 0xFFFFFFFC
_MINI, _PETIT = 64, 4096
_MINI_MAX = 64
_ERREURS = {0x00: "#NUL!", 0x07: "#DIV/0!", 0x0F: "#VALEUR!", 0x17: "#REF!", 0x1D: "#NOM?", 0x24: "#NOMBRE!", 0x2A: "#N/A", 0x2B: "#CHARGEMENT"}
_BOUNDSHEET, _FILEPASS, _SST, _DIMENSIONS, _EOF = 0x85, 0x2F, 0xFC, 0x200, 0x0A
_FORMULE, _BOOL_OU_ERREUR, _SUITE_DE_NOMBRES = 0x06, 0x205, 0xBD
_PLEINES = frozenset({0x203, 0x204, 0x27E, 0xFD})


class Protege(Exception):
    """Le classeur est chiffré."""


def examiner_xls(octets: bytes) -> list[Examen]:
    """Un `Examen` par feuille, dans l'ordre. Lève `Demesure`, `Protege`, `ValueError` si le fichier se contredit."""
    flux = _classeur(octets)
    feuilles: list[int] = []
    for genre, debut, taille in _enregistrements(flux, 0):
        if genre == _FILEPASS:
            raise Protege
        if genre == _BOUNDSHEET:
            feuilles.append(*unpack_from("<I", flux, debut))
        elif genre == _SST and taille >= 8 and unpack_from("<I", flux, debut + 4)[0] * 3 > len(flux):
            raise ValueError("plus de textes que d'octets")
    return [Examen(_feuille(flux, position)) for position in feuilles]


def _feuille(flux: bytes, position: int) -> Fautives:
    fautives: Fautives = {}
    etendue = Etendue()
    for genre, debut, taille in _enregistrements(flux, position):
        if genre == _DIMENSIONS:
            _annonce(flux, debut, taille)
        elif genre in _PLEINES or genre in (_FORMULE, _BOOL_OU_ERREUR, _SUITE_DE_NOMBRES):
            if taille < 8:
                raise ValueError("enregistrement trop court")
            ligne, colonne = unpack_from("<HH", flux, debut)
            if genre == _FORMULE and taille >= 14 and flux[debut + 12 : debut + 14] == b"\xff\xff" and flux[debut + 6] == 2:
                fautives[ligne + 1, colonne] = _ERREURS.get(flux[debut + 8], "#ERREUR")
            elif genre == _BOOL_OU_ERREUR and flux[debut + 7] == 1:
                fautives[ligne + 1, colonne] = _ERREURS.get(flux[debut + 6], "#ERREUR")
            elif genre == _SUITE_DE_NOMBRES:
                colonne = unpack_from("<H", flux, debut + taille - 2)[0]
            etendue.remplir(ligne + 1, colonne)
    return fautives


def _annonce(flux: bytes, debut: int, taille: int) -> None:
    """Ce que la feuille dit de sa taille : le lecteur réserve autant de mémoire, pleine ou non."""
    premiere, derniere, gauche, droite = unpack_from("<IIHH" if taille >= 14 else "<HHHH", flux, debut)
    if derniere and droite and (premiere >= derniere or gauche >= droite):
        raise ValueError("dimensions à l'envers")
    if (derniere - premiere) * (droite - gauche) > CASES_MAX:
        raise Demesure(adresse(derniere, droite - 1))


def _enregistrements(flux: bytes, position: int) -> Iterator[tuple[int, int, int]]:
    """(genre, où commence le contenu, sa taille), jusqu'à la fin de cette partie."""
    while position + 4 <= len(flux):
        genre, taille = unpack_from("<HH", flux, position)
        if genre == _EOF:
            return
        if position + 4 + taille > len(flux):
            raise ValueError("enregistrement coupé")
        yield genre, position + 4, taille
        position += 4 + taille


class _Disque:
    """Les secteurs du fichier, et la chaîne qui dit lequel suit lequel. Rien n'est lu hors du fichier."""

    def __init__(self, octets: bytes) -> None:
        if len(octets) < 512 or unpack_from("<H", octets, 32)[0] != 6 or (cran := unpack_from("<H", octets, 30)[0]) not in (9, 12):
            raise ValueError("en-tête")
        self.octets, self.secteur, self.entier = octets, 1 << cran, "<I" if cran == 9 else "<Q"
        self.combien = (len(octets) - 1) // self.secteur  # le premier secteur est l'en-tête
        longueur_dossier, longueur_fat, self.dossier = unpack_from("<III", octets, 40)
        self.mini_fat, self.longueur_mini, difat = unpack_from("<III", octets, 60)
        if max(longueur_dossier, longueur_fat) > self.combien or self.longueur_mini > _MINI_MAX:
            raise ValueError("en-tête")
        fats = list(unpack_from("<109I", octets, 76))
        tours = 0
        while difat < _RESERVES:
            *suite, difat = self._mots(difat)
            fats += suite
            if (tours := tours + 1) > self.combien:
                raise ValueError("boucle")
        self.chaine = [suivant for rang in fats if rang < _RANG_MAX for suivant in self._mots(rang)]

    def _lire(self, rang: int) -> bytes:
        if rang >= self.combien:
            raise ValueError("secteur absent")
        return self.octets[(rang + 1) * self.secteur : (rang + 2) * self.secteur]

    def _mots(self, rang: int) -> list[int]:
        brut = self._lire(rang)
        return list(unpack_from(f"<{len(brut) // 4}I", brut))

    def contenu(self, rang: int) -> bytes:
        """Un fichier du disque, à partir de son premier secteur."""
        return b"".join(map(self._lire, _suivre(rang, self.chaine, self.combien)))


def _classeur(octets: bytes) -> bytes:
    """Le fichier « Workbook » de ce petit disque : dans ses secteurs, ou, s'il est court, dans ceux de 64 octets de la racine."""
    disque = _Disque(octets)
    entrees = disque.contenu(disque.dossier)
    fiches: dict[str, tuple[int, int]] = {}
    for debut in range(0, len(entrees) - 127, 128):
        nom = entrees[debut : debut + 64].decode("utf-16-le", "replace").partition("\0")[0]
        fiches.setdefault(nom, (unpack_from("<I", entrees, debut + 116)[0], unpack_from(disque.entier, entrees, debut + 120)[0]))
    if "EncryptedPackage" in fiches:
        raise Protege
    place, longueur = fiches.get("Workbook") or fiches["Book"]
    racine, longueur_racine = unpack_from("<I", entrees, 116)[0], unpack_from(disque.entier, entrees, 120)[0]
    if max(longueur, longueur_racine) > len(octets):
        raise ValueError("longueur")
    minis = disque.contenu(racine)[:longueur_racine] if disque.longueur_mini else b""
    brut = disque.contenu(disque.mini_fat) if disque.longueur_mini else b""
    if longueur >= _PETIT:
        return disque.contenu(place)[:longueur]
    rangs = _suivre(place, unpack_from(f"<{len(brut) // 4}I", brut), len(minis) // _MINI)
    return b"".join(minis[rang * _MINI : (rang + 1) * _MINI] for rang in rangs)[:longueur]


def _suivre(rang: int, chaine: Sequence[int], combien: int) -> list[int]:
    """Les secteurs d'un fichier, dans l'ordre. Une chaîne qui sort du disque ou qui tourne en rond est une faute."""
    rangs: list[int] = []
    while rang != FIN_DE_CHAINE:
        if rang >= min(combien, len(chaine)) or len(rangs) >= combien:
            raise ValueError("chaîne")
        rangs.append(rang)
        rang = chaine[rang]
    return rangs
