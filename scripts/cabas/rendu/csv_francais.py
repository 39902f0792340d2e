"""Un CSV à la française : UTF-8 avec marque, `;`, CRLF. Un tableur français l'ouvre d'un double clic.

Un texte qui commencerait une formule est précédé d'une apostrophe (`proteger`). Les grandes tables répètent peu de textes un
très grand nombre de fois : chacun n'est protégé et mis entre guillemets qu'une fois (`Cases`). Mêmes octets que le module
`csv` : un essai les compare.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice

_FORMULES = frozenset("=+-@\t\r")
LIGNE = "\r\n"
LOT = 256
"""Les morceaux que l’on met en octets à la fois : une grande table n’est jamais toute en texte en mémoire."""


def proteger(texte: str) -> str:
    """Un texte qu'un tableur prendrait pour une formule est précédé d'une apostrophe ; nos lecteurs l'ôtent."""
    return f"'{texte}" if texte[:1] in _FORMULES else texte


class Cases(dict[str, str]):
    """Ce que devient un texte dans une case : `Cases()["a;b"]` → « "a;b" » avec ses guillemets. Se souvient de tout.

    `proteges` : des textes venus de quelqu'un, qui ne doivent pas commencer une formule.
    """

    def __init__(self, *, proteges: bool = False) -> None:
        super().__init__()
        self._proteges = proteges

    def __missing__(self, texte: str) -> str:
        case = proteger(texte) if self._proteges else texte
        if '"' in case or ";" in case or "\r" in case or "\n" in case:
            case = '"' + case.replace('"', '""') + '"'
        self[texte] = case
        return case


def assembler_csv(entete: str, morceaux: Iterable[str]) -> Iterator[bytes]:
    """Un CSV dont chaque ligne est déjà faite de `Cases` jointes par `;`, en octets, un peu à la fois. `entete` : les intitulés.

    Un morceau : une ligne, ou plusieurs jointes par `LIGNE`.
    """
    yield f"\ufeff{entete}{LIGNE}".encode()
    suite = iter(morceaux)
    while lot := list(islice(suite, LOT)):
        lot.append("")
        yield LIGNE.join(lot).encode()


def ecrire_csv(entete: str, rangees: Iterable[tuple[str, ...]]) -> bytes:
    """Un CSV dont on donne les cases, déjà protégées s'il le faut. `entete` : les intitulés séparés par `;`."""
    texte = io.StringIO(newline="")
    texte.write(f"\ufeff{entete}\r\n")
    csv.writer(texte, delimiter=";", lineterminator="\r\n").writerows(rangees)
    return texte.getvalue().encode()
