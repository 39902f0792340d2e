"""Le code court d'un bon : six signes qu'on lit au téléphone, et que chacun peut recalculer.

Le même calcul tourne dans la page du bon (`gabarits/bon.js`) : un essai tient les deux égaux. Le code résume ce qui est
commandé et par qui, pas l'heure d'envoi ni le téléphone : envoyer deux fois le même bon donne deux fois le même code.

Condensé : FNV-1a sur 32 bits des octets UTF-8, puis le mélange final de MurmurHash3. Il tient en six lignes partout, sans
bibliothèque et même hors connexion. Il repère une erreur de recopie, il ne protège de personne.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from cabas.motifs import motif

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Base 32 de Crockford : ni I, ni L, ni O, ni U, qu'on confond à l'oral ou à l'écrit."""

LONGUEUR = 6

_ESPACES = motif("[ \t\r\n\u00a0\u202f\u2009\u2007]+")
_PAREILS = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None})
_MOT = 0xFFFFFFFF


def texte_du_bon(commande: str, groupement: str, cellule: str, creneau: str, tarif: str, lignes: Iterable[tuple[str, int, int]]) -> str:
    """Ce que résume le code. Entre : les colonnes du bon, et (ref, quantité, tolérance) en millièmes. Sort : un texte.

    L'ordre des lignes, la casse et les espaces de la cellule ne comptent pas.
    """
    qui = _ESPACES.sub(" ", unicodedata.normalize("NFC", cellule)).strip(" ").lower()
    demandes = sorted(f"{ref}={quantite}+{tolerance}" for ref, quantite, tolerance in lignes)
    return "\n".join([commande, groupement, qui, creneau, tarif, *demandes])


def code_court(texte: str) -> str:
    """Les six signes d'un texte.

    >>> code_court(texte_du_bon("2026-12", "les-tilleuls", "A-017", "q1", "quartier", [("farine-t65", 2500, 0)]))
    '1W66M9'
    """
    condense = 0x811C9DC5
    for octet in texte.encode():
        condense = (condense ^ octet) * 0x01000193 & _MOT
    condense = (condense ^ condense >> 16) * 0x85EBCA6B & _MOT
    condense = (condense ^ condense >> 13) * 0xC2B2AE35 & _MOT
    condense = (condense ^ condense >> 16) >> 2
    return "".join(ALPHABET[condense >> rang & 31] for rang in range(25, -1, -5))


def normaliser_code(dicte: str) -> str:
    """Un code tel que dicté ou recopié : minuscules, O pour zéro, I ou L pour un, espaces et tirets admis.

    >>> normaliser_code("k7m-2ox")
    'K7M20X'
    """
    return dicte.strip().upper().translate(_PAREILS)


def ressemble_a_un_code(identifiant: str) -> bool:
    """Vrai pour six signes de notre alphabet : un bon d'un autre outil a l'identifiant qu'il veut.

    >>> ressemble_a_un_code("1W66M9"), ressemble_a_un_code("V00001-0")
    (True, False)
    """
    return len(identifiant) == LONGUEUR and all(signe in ALPHABET for signe in identifiant)
