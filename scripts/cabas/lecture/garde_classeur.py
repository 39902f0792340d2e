"""Juger un classeur avant de le confier au lecteur de tableurs : volume, étendue, entités, formules en erreur.

Entre : les octets d'un XLSX, d'un ODS ou d'un XLS. Sort : par feuille, les cases en erreur, que le lecteur rendrait vides ; ou un
refus `fichier-illisible`. Le lecteur réserve la mémoire de tout le rectangle qu'un fichier annonce : une case perdue en bas à
droite l'arrêterait net, et la fusion avec lui. Rien ne lui est donc donné qui n'ait été mesuré ici.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cabas.constats import Refus
from cabas.lecture.classeurs import illisible

if TYPE_CHECKING:
    import zipfile

    from cabas.lecture.cases_xml import Examen, Fautives

DEPLIE_MAX = 60_000_000
MEMBRES_MAX = 2_000
ABIME = illisible("Le classeur est abîmé ou coupé.", "L’ouvrir dans un tableur et l’enregistrer de nouveau, ou le redemander.")
_XML_LARGE = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
"""Le début d'un XML en UTF-16, avec ou sans sa marque : le lecteur n'y verrait que des cases vides."""
_VOLUME = illisible("Le classeur se déplierait en un volume démesuré.", "Vérifier d’où il vient ; ne pas l’ouvrir en cas de doute.")
_ENTITES = illisible(
    "Le classeur déclare des entités XML, qu’aucun tableur n’écrit : des cases s’y liraient vides.",
    "Vérifier d’où il vient ; l’ouvrir dans un tableur et l’enregistrer de nouveau en XLSX.",
)
_PROTEGE = illisible("Le classeur est protégé par un mot de passe.", "L’enregistrer sans mot de passe, ou le redemander.")
_BINAIRE = illisible("C’est un classeur binaire (XLSB) : on n’y voit pas les formules en erreur.", "L’enregistrer en XLSX depuis un tableur.")
_SANS_FEUILLE = illisible(
    "Une formule est en erreur dans ce classeur, et l’on ne sait pas dans quelle feuille.", "L’enregistrer de nouveau en XLSX depuis un tableur."
)


def juger(octets: bytes) -> list[Fautives] | Refus:
    """Par feuille et dans l'ordre, les cases en erreur ; une liste vide si le classeur n'en a aucune. Ou un refus."""
    import struct
    import zipfile
    import zlib
    from xml.parsers.expat import ExpatError

    from cabas.lecture.cases_xls import Protege, examiner_xls
    from cabas.lecture.cases_xml import Demesure, Entites

    try:
        examens = _examiner_archive(octets) if octets.startswith(b"PK") else examiner_xls(octets)
    except Demesure as faute:
        return illisible(
            f"Le tableau va jusqu’à la case {faute} : il est démesuré.",
            "Dans le tableur, supprimer les lignes et les colonnes inutiles, jusqu’à cette case, puis enregistrer.",
        )
    except Entites:
        return _ENTITES
    except Protege:
        return _PROTEGE
    except (ExpatError, ValueError, KeyError, ArithmeticError, OSError, EOFError, zipfile.BadZipFile, zlib.error, struct.error, RuntimeError):
        return ABIME
    if isinstance(examens, Refus):
        return examens
    return [examen.fautives for examen in examens] if any(examen.fautives for examen in examens) else []


def fautives_par_nom(fautives: list[Fautives], noms: Sequence[str]) -> dict[str, Fautives] | Refus:
    """Les cases en erreur de chaque feuille, sous le nom que lui donne le lecteur."""
    if not fautives:
        return {}
    return dict(zip(noms, fautives, strict=True)) if len(noms) == len(fautives) else _SANS_FEUILLE


def _examiner_archive(octets: bytes) -> Sequence[Examen] | Refus:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        membres = archive.infolist()
        if len(membres) > MEMBRES_MAX or sum(membre.file_size for membre in membres) > DEPLIE_MAX:
            return _VOLUME
        noms = {membre.filename.replace("\\", "/").lower(): membre for membre in membres}
        # Deux membres du même nom : on ne saurait pas lequel sera lu. Une compression qu'aucun tableur n'emploie : de même.
        if len(noms) < len(membres) or any(membre.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for membre in membres):
            return ABIME
        if "content.xml" in noms:
            return ABIME if any(nom.startswith("xl/") for nom in noms) else _examiner_ods(archive, noms)
        return _BINAIRE if "xl/workbook.bin" in noms else _examiner_xlsx(archive, noms)


def _examiner_ods(archive: zipfile.ZipFile, noms: dict[str, zipfile.ZipInfo]) -> Sequence[Examen] | Refus:
    from cabas.lecture.cases_ods import examiner_ods

    manifeste = noms.get("meta-inf/manifest.xml")
    if manifeste and b"encryption-data" in archive.read(manifeste):
        return _PROTEGE
    return examiner_ods(archive.read(noms["content.xml"]))


def _examiner_xlsx(archive: zipfile.ZipFile, noms: dict[str, zipfile.ZipInfo]) -> Sequence[Examen] | Refus:
    """Toute partie qui a l'air d'une feuille est examinée, où qu'elle soit rangée ; le classeur dit ensuite laquelle est laquelle."""
    from cabas.lecture.cases_xml import Entites, Examen, examiner_feuille, examiner_plan, sans_entites

    examens: dict[str, Examen] = {}
    plans: dict[str, bytes] = {}
    for nom, membre in noms.items():
        xml = archive.read(membre)  # lu en entier : une taille fausse, une somme fausse, sont des fautes
        if xml.startswith(_XML_LARGE) and not nom.startswith(("xl/media/", "customxml/")) and not nom.endswith(".bin"):
            return ABIME
        feuille = b"sheetData" in xml
        if (feuille or nom.endswith((".xml", ".rels"))) and not sans_entites(xml):
            raise Entites
        if feuille:
            examens[nom] = examiner_feuille(xml)
        elif nom in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
            plans[nom] = xml
    if not any(examen.fautives for examen in examens.values()):
        return ()
    if len(plans) < 2:
        return _SANS_FEUILLE
    parties = examiner_plan(plans["xl/workbook.xml"], plans["xl/_rels/workbook.xml.rels"])
    if any(examen.fautives and nom not in parties for nom, examen in examens.items()):
        return _SANS_FEUILLE
    return [examens.get(partie, Examen({})) for partie in parties]
