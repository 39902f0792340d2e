"""Écrire un tableau en octets, comme le font les tableurs et les services : séparateur, encodage, fins de ligne, guillemets."""

from __future__ import annotations

import csv as _csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Dialecte(NamedTuple):
    """Les manies d'un logiciel. `partout` : toutes les cases entre guillemets. `fin` : fin de ligne."""

    separateur: str = ","
    encodage: str = "utf-8"
    fin: str = "\n"
    partout: bool = False
    sans_fin: bool = False


EXCEL_FR = Dialecte(";", "cp1252", "\r\n")
EXCEL_FR_UTF8 = Dialecte(";", "utf-8-sig", "\r\n")


def csv(lignes: Iterable[Sequence[str]], dialecte: Dialecte) -> bytes:
    """Les octets d'un tableau. Un caractère que l'encodage n'a pas devient « ? », comme dans un vieux tableur."""
    tampon = io.StringIO()
    _csv.writer(
        tampon, delimiter=dialecte.separateur, lineterminator=dialecte.fin, quoting=_csv.QUOTE_ALL if dialecte.partout else _csv.QUOTE_MINIMAL
    ).writerows(lignes)
    texte = tampon.getvalue()
    if dialecte.encodage == "cp1252":
        texte = unicodedata.normalize("NFC", texte)
    if dialecte.sans_fin:
        texte = texte.removesuffix(dialecte.fin)
    if dialecte.encodage == "utf-16":
        return b"\xff\xfe" + texte.encode("utf-16-le")
    return texte.encode(dialecte.encodage, "replace")
