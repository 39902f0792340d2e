"""Des octets d'un classeur (XLSX, XLS, ODS) à des lignes de texte, sans qu'une case se perde.

Une feuille masquée est rendue comme telle. Une archive démesurée est refusée sans être dépliée. Une formule en erreur, ou jamais
calculée, se lirait vide : elle est rendue par son erreur, pour être rejetée et non oubliée.
"""

from __future__ import annotations

import io
import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from cabas.constats import Refus
from cabas.motifs import motif

DEPLIE_MAX = 60_000_000
JAMAIS_CALCULEE = "#CALCUL"
Feuille = tuple[str, list[tuple[int, list[str]]]]
_FEUILLE = motif(rb'<sheet\b[^>]*?name="([^"]*)"[^>]*?r:id="([^"]*)"')
_LIEN = motif(rb"<Relationship\b[^>]*>")
_CASE = motif(rb'<c r="([A-Z]{1,3})(\d{1,7})"((?:[^>/]|/(?!>))*)(?:/>|>(.*?)</c>)', re.DOTALL)
"""Une case, pleine ou vide (`<c … />`) : une case vide ne prend pas le contenu de la suivante."""
_VALEUR = motif(rb"<v[^>]*>([^<]+)</v>")


def illisible(fait: str, remede: str) -> Refus:
    """Un refus de tout le fichier."""
    return Refus("fichier-illisible", fait, remede)


def lire_classeur(octets: bytes) -> list[Feuille] | Refus:
    """Les feuilles visibles : leur nom, leurs lignes numérotées. Refus : `fichier-illisible`."""
    feuilles = lire_feuilles(octets)
    return feuilles if isinstance(feuilles, Refus) else [feuille for feuille, visible in feuilles if visible]


def lire_feuilles(octets: bytes) -> list[tuple[Feuille, bool]] | Refus:
    """Toutes les feuilles, et si elles se voient. Refus : `fichier-illisible`."""
    if octets.startswith(b"PK") and (refus := _bombe(octets)):
        return refus
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
    fautives = _formules_sans_valeur(octets)
    return [((nom, _lignes(brutes, fautives.get(nom, {}))), visibles[nom]) for nom, brutes in feuilles]


def _lignes(brutes: list[list[Any]], fautives: dict[tuple[int, int], str]) -> list[tuple[int, list[str]]]:
    lignes = [(numero, [en_texte(case) for case in ligne]) for numero, ligne in enumerate(brutes, 1)]
    for (numero, rang), erreur in fautives.items():
        if numero <= len(lignes) and rang < len(lignes[numero - 1][1]):
            lignes[numero - 1][1][rang] = erreur
    return lignes


def _formules_sans_valeur(octets: bytes) -> dict[str, dict[tuple[int, int], str]]:
    """Par feuille d'un XLSX, les cases (ligne, rang de colonne) dont la formule est en erreur ou n'a pas de valeur."""
    import zipfile

    trouvees: dict[str, dict[tuple[int, int], str]] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            liens = {_attribut(lien, b"Id"): _attribut(lien, b"Target") for lien in _LIEN.findall(archive.read("xl/_rels/workbook.xml.rels"))}
            for nom, identifiant in _FEUILLE.findall(archive.read("xl/workbook.xml")):
                cible = liens.get(identifiant.decode(), "").removeprefix("/").removeprefix("xl/")
                xml = archive.read(f"xl/{cible}")
                if b't="e"' in xml or b"<f" in xml:
                    trouvees[_desechapper(nom.decode())] = _fautives(xml)
    except (KeyError, zipfile.BadZipFile, OSError, ValueError, UnicodeDecodeError, NotImplementedError):
        return trouvees  # pas un XLSX, ou un XLSX étrange : calamine l'a lu, on s'en tient à ce qu'il a compris
    return trouvees


def _fautives(xml: bytes) -> dict[tuple[int, int], str]:
    cases: dict[tuple[int, int], str] = {}
    for lettres, numero, attributs, contenu in _CASE.findall(xml):
        valeur = _VALEUR.search(contenu)
        if b't="e"' in attributs:
            cases[int(numero), _rang(lettres)] = valeur[1].decode() if valeur else "#ERREUR"
        elif b"<f" in contenu and valeur is None and b't="str"' not in attributs:
            cases[int(numero), _rang(lettres)] = JAMAIS_CALCULEE
    return cases


def _attribut(balise: bytes, nom: bytes) -> str:
    trouve = re.search(rb"\b" + nom + rb'="([^"]*)"', balise)
    return trouve[1].decode() if trouve else ""


def _desechapper(texte: str) -> str:
    from html import unescape

    return unescape(texte)


def _rang(lettres: bytes) -> int:
    rang = 0
    for lettre in lettres:
        rang = rang * 26 + lettre - 64
    return rang - 1


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
    if noms and not any(nom.startswith("xl/") for nom in noms):
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


def _bombe(octets: bytes) -> Refus | None:
    """Refuse une archive qui se déplierait en un volume démesuré, sans la déplier."""
    import zipfile

    try:
        membres = zipfile.ZipFile(io.BytesIO(octets)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return illisible("Le classeur est abîmé ou coupé.", "L’ouvrir dans un tableur et l’enregistrer de nouveau, ou le redemander.")
    if len(membres) > 2_000 or sum(membre.file_size for membre in membres) > DEPLIE_MAX:
        return illisible("Le classeur se déplierait en un volume démesuré.", "Vérifier d’où il vient ; ne pas l’ouvrir en cas de doute.")
    return None


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
