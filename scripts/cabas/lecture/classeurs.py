"""Des octets d'un classeur (XLSX, XLS, ODS) à des lignes de texte, sans qu'une case se perde.

`garde_classeur` juge le fichier avant tout : le démesuré et l'étrange sont refusés sans être dépliés. Une feuille masquée est rendue
comme telle. Une formule en erreur, ou jamais calculée, se lirait vide : elle est rendue par son erreur, pour être rejetée.
"""

from __future__ import annotations

import io
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from cabas.constats import Refus

JAMAIS_CALCULEE = "#CALCUL"
Feuille = tuple[str, list[tuple[int, list[str]]]]


def illisible(fait: str, remede: str) -> Refus:
    """Un refus de tout le fichier."""
    return Refus("fichier-illisible", fait, remede)


def lire_feuilles(octets: bytes) -> list[tuple[Feuille, bool]] | Refus:
    """Toutes les feuilles, et si elles se voient. Refus : `fichier-illisible`."""
    from cabas.lecture.garde_classeur import ABIME, fautives_par_nom, juger

    if isinstance(jugees := juger(octets), Refus):
        return _pas_un_classeur(octets) if jugees == ABIME else jugees
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        classeur = CalamineWorkbook.from_filelike(io.BytesIO(octets))
        visibles = {feuille.name: str(feuille.visible).endswith(".Visible") for feuille in classeur.sheets_metadata}
        feuilles = [(nom, classeur.get_sheet_by_name(nom).to_python(skip_empty_area=False)) for nom in visibles]
    except (CalamineError, OSError, ValueError, RuntimeError):
        return _pas_un_classeur(octets)
    except BaseException as faute:  # une panique de la bibliothèque Rust n'est pas une Exception
        if type(faute).__name__ != "PanicException":
            raise
        return illisible("Le classeur est abîmé.", "L’ouvrir dans un tableur et l’enregistrer de nouveau, ou le redemander.")
    fautives = fautives_par_nom(jugees, [feuille.name for feuille in classeur.sheets_metadata])
    if isinstance(fautives, Refus):
        return fautives
    return [((nom, _lignes(brutes, fautives.get(nom, {}))), visibles[nom]) for nom, brutes in feuilles]


def _lignes(brutes: list[list[Any]], fautives: dict[tuple[int, int], str]) -> list[tuple[int, list[str]]]:
    lignes = [(numero, [en_texte(case) for case in ligne]) for numero, ligne in enumerate(brutes, 1)]
    if fautives:  # une case en erreur peut être la seule de sa ligne ou de sa colonne : le tableau s'agrandit pour elle
        large = max(max(rang for _numero, rang in fautives) + 1, *(len(cases) for _numero, cases in lignes), 0)
        lignes += [(numero, []) for numero in range(len(lignes) + 1, max(numero for numero, _rang in fautives) + 1)]
        lignes = [(numero, cases + [""] * (large - len(cases))) for numero, cases in lignes]
    for (numero, rang), erreur in fautives.items():
        lignes[numero - 1][1][rang] = erreur
    return lignes


_MAIL_D_OUTLOOK = "__substg1.0_".encode("utf-16-le")
_TEXTE_DE_WORD = "WordDocument".encode("utf-16-le")


def _pas_un_classeur(octets: bytes) -> Refus:
    """Ce que l'on répond à ce que le lecteur de classeurs ne sait pas ouvrir : ce que c'est, si on le voit ; sinon, qu'il est abîmé."""
    noms = _membres(octets)
    if _TEXTE_DE_WORD in octets or any(nom.startswith("word/") for nom in noms):
        return illisible("C’est un texte (Word), pas un tableau.", "Recopier la commande dans un tableau, ou la saisir à la permanence.")
    if _MAIL_D_OUTLOOK in octets:
        remede = "Le transférer et l’enregistrer au format .eml, ou déposer seulement le fichier joint."
        return illisible("C’est un mail enregistré par Outlook (.msg) : cabas ne sait pas l’ouvrir.", remede)
    if any(nom.endswith(".iwa") for nom in noms):
        return illisible("C’est un document Numbers ou Pages.", "L’exporter en XLSX ou en CSV, puis déposer ce fichier-là.")
    if noms and not any(nom == "content.xml" or nom.startswith("xl/") for nom in noms):
        return illisible("C’est une archive (.zip), pas un tableau.", "L’ouvrir, et déposer un par un les fichiers qu’elle contient.")
    return illisible("Le classeur est abîmé ou coupé.", "L’ouvrir dans un tableur et l’enregistrer de nouveau, ou le redemander.")


def _membres(octets: bytes) -> list[str]:
    """Les noms de ce que contient une archive ; rien si ce n'en est pas une."""
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return []


def en_texte(case: Any) -> str:
    """Une case typée d'un classeur, en texte. Les nombres perdent les miettes du binaire (0,30000000000000004 → 0.3)."""
    if isinstance(case, str):
        return case
    if case is None:
        return ""
    if isinstance(case, bool):
        return "vrai" if case else "faux"
    if isinstance(case, int):
        return str(case)
    if isinstance(case, datetime):
        return case.isoformat(timespec="seconds")
    if isinstance(case, date | time):
        return case.isoformat()
    if isinstance(case, (Decimal,)) or type(case).__name__ == "float":
        try:
            exact = Decimal(repr(case)).quantize(Decimal("1e-9")).normalize()
        except ArithmeticError:
            return str(case)
        return format(exact, "f")
    return str(case)
