"""Écrire un classeur comme le ferait un tableur : XLSX (XlsxWriter) et ODS (un petit zip écrit à la main), aux octets constants."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape

import xlsxwriter

_NOMBRE = re.compile(r"\d+(,\d+)?", re.ASCII)
_JAMAIS = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_DATE_ZIP = (1980, 1, 1, 0, 0, 0)
_ENTETE_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_NOMS_ODS = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3"'
)


def _nombre(case: str) -> str:
    """Ce qu'un tableur français prend pour un nombre, au point décimal ; "" pour du texte."""
    return case.replace(",", ".") if _NOMBRE.fullmatch(case) else ""


def xlsx(lignes: Sequence[Sequence[str]], feuille: str, dates: Collection[int] = ()) -> bytes:
    """Un classeur XLSX d'une feuille : en-tête en gras, nombres typés, le reste en texte. `dates` : les colonnes de vraies dates."""
    tampon = io.BytesIO()
    classeur = xlsxwriter.Workbook(tampon, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    classeur.set_properties({"created": _JAMAIS})
    page = classeur.add_worksheet(feuille)
    gras = classeur.add_format({"bold": True, "text_wrap": True})
    jour = classeur.add_format({"num_format": "m/d/yy hh:mm:ss"})
    for rang, ligne in enumerate(lignes):
        for colonne, case in enumerate(ligne):
            if rang and case and colonne in dates:
                page.write_datetime(rang, colonne, datetime.fromisoformat(case), jour)
            elif rang and (nombre := _nombre(case)):
                page.write_number(rang, colonne, float(nombre))
            elif case:
                page.write_string(rang, colonne, case, None if rang else gras)
    page.freeze_panes(1, 1)
    classeur.close()
    return tampon.getvalue()


def ods(lignes: Sequence[Sequence[str]], feuille: str) -> bytes:
    """Un classeur ODS d'une feuille, avec les cases vides répétées comme les écrit LibreOffice."""
    rangees = "".join(f"<table:table-row>{_cases(ligne, rang)}</table:table-row>" for rang, ligne in enumerate(lignes))
    contenu = (
        f"{_ENTETE_XML}<office:document-content {_NOMS_ODS}><office:body><office:spreadsheet>"
        f'<table:table table:name="{escape(feuille)}">{rangees}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifeste = (
        f'{_ENTETE_XML}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODS}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w") as archive:
        for nom, texte in (("mimetype", _ODS), ("content.xml", contenu), ("META-INF/manifest.xml", manifeste)):
            methode = zipfile.ZIP_STORED if nom == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(nom, _DATE_ZIP), texte, compress_type=methode)
    return tampon.getvalue()


def _cases(ligne: Sequence[str], rang: int) -> str:
    morceaux: list[str] = []
    vides = 0
    for case in ligne:
        if not case:
            vides += 1
            continue
        if vides:
            morceaux.append(f'<table:table-cell table:number-columns-repeated="{vides}"/>')
            vides = 0
        if rang and (nombre := _nombre(case)):
            morceaux.append(f'<table:table-cell office:value-type="float" office:value="{nombre}"><text:p>{case}</text:p></table:table-cell>')
        else:
            morceaux.append(f'<table:table-cell office:value-type="string"><text:p>{escape(case)}</text:p></table:table-cell>')
    return "".join(morceaux)
