"""Un texte en UTF-16 auquel il manque sa marque : on la lui rend. Un octet nul sur deux ne peut être rien d'autre.

Entre : les octets d'un fichier. Sort : les mêmes, marqués s'il le faut. Aucune statistique : tous les octets nuls sont du même
côté, les deux premiers caractères en ont un, et la moitié des caractères au moins (chiffres, séparateurs, lettres sans accent).
"""

from __future__ import annotations

import codecs

MARQUES = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def marquer(octets: bytes) -> bytes:
    """Les octets, précédés de leur marque si c'est de l'UTF-16 qui n'en a pas."""
    for cote, marque in enumerate(MARQUES, 1):
        # Petit-boutien, le zéro est le second octet de chaque caractère ; gros-boutien, le premier.
        if octets[cote % 2 : 4 : 2] == b"\0\0" and len(octets) >= 4:
            lettres, zeros = octets[(cote + 1) % 2 :: 2], octets[cote % 2 :: 2]
            if b"\0" not in lettres and 2 * zeros.count(0) >= len(zeros):
                return marque + octets
    return octets
