"""Fabriquer un XLS, octet par octet, comme l'écrivait un tableur d'avant 2007 : un petit disque, et dedans une suite d'enregistrements."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

ERREURS = {"#DIV/0!": 0x07, "#REF!": 0x17, "#NOM?": 0x1D, "#N/A": 0x2A}
_SECTEUR = 512
_LIBRE, _FIN, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def enregistrement(genre: int, contenu: bytes) -> bytes:
    return struct.pack("<HH", genre, len(contenu)) + contenu


def case(ligne: int, colonne: int, valeur: str | float) -> bytes:
    """Un nombre, un texte, ou une formule en erreur (`=#N/A`)."""
    ou = struct.pack("<HHH", ligne, colonne, 0)
    if isinstance(valeur, int | float):
        return enregistrement(0x203, ou + struct.pack("<d", valeur))
    if valeur.startswith("=#"):
        return enregistrement(0x06, ou + bytes((2, 0, ERREURS[valeur[1:]], 0, 0, 0, 0xFF, 0xFF)) + bytes(8))
    if valeur.startswith("#"):
        return enregistrement(0x205, ou + bytes((ERREURS[valeur], 1)))
    return enregistrement(0x204, ou + struct.pack("<HB", len(valeur), 1) + valeur.encode("utf-16-le"))


def feuille(rangees: Sequence[Sequence[str | float]], dimensions: tuple[int, int] | None = None) -> bytes:
    """Une feuille. `dimensions` : ce qu'elle prétend faire, en lignes et en colonnes."""
    lignes, colonnes = dimensions or (len(rangees), max(map(len, rangees)))
    cases = b"".join(case(ligne, colonne, valeur) for ligne, rangee in enumerate(rangees) for colonne, valeur in enumerate(rangee) if valeur != "")
    annonce = enregistrement(0x200, struct.pack("<IIHHH", 0, lignes, 0, colonnes, 0))
    return enregistrement(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0)) + annonce + cases + enregistrement(0x0A, b"")


def xls(feuilles: Mapping[str, bytes], globaux: bytes = b"") -> bytes:
    """Un classeur de ces feuilles. `globaux` : des enregistrements de plus, en tête."""
    tete = enregistrement(0x809, struct.pack("<HHHHII", 0x600, 0x05, 0, 0, 0, 0)) + globaux
    place = len(tete) + sum(4 + 8 + 2 * len(nom) for nom in feuilles) + 4
    for nom, octets in feuilles.items():
        tete += enregistrement(0x85, struct.pack("<IBBBB", place, 0, 0, len(nom), 1) + nom.encode("utf-16-le"))
        place += len(octets)
    return disque((tete + enregistrement(0x0A, b"") + b"".join(feuilles.values())).ljust(4096, b"\0"))


def disque(flux: bytes, nom: str = "Workbook") -> bytes:
    """Un disque d'un seul fichier : un secteur d'en-tête, un pour la table, un pour le dossier, puis le fichier."""
    combien = -(-len(flux) // _SECTEUR)
    assert combien <= 126
    table = [_FAT, _FIN, *range(3, 2 + combien), _FIN]
    entete = bytearray(_SECTEUR)
    entete[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", entete, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIII", entete, 40, 0, 1, 1, 0, 4096, _FIN, 0, _FIN, 0)
    struct.pack_into("<109I", entete, 76, 0, *[_LIBRE] * 108)
    fiches = _fiche("Root Entry", 5, _FIN, 0) + _fiche(nom, 2, 2, len(flux))
    return (
        bytes(entete)
        + struct.pack("<128I", *table, *[_LIBRE] * (128 - len(table)))
        + fiches.ljust(_SECTEUR, b"\0")
        + flux.ljust(combien * _SECTEUR, b"\0")
    )


def _fiche(nom: str, genre: int, debut: int, longueur: int) -> bytes:
    fiche = bytearray(128)
    fiche[: 2 * len(nom)] = nom.encode("utf-16-le")
    struct.pack_into("<HBB", fiche, 64, 2 * len(nom) + 2, genre, 1)
    struct.pack_into("<II", fiche, 116, debut, longueur)
    return bytes(fiche)
