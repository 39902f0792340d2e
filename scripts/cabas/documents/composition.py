"""Composer un PDF balisé (PDF/UA-1) avec Typst : un gabarit du paquet, des données, et rien d'autre.

Les données entrent par `donnees.json`, jamais dans le texte du gabarit : un nom qui ressemble à du code reste un nom. Rien
n'est lu sur la machine, sauf un PDF à reprendre, ni écrit ; mêmes données, mêmes octets. Typst refuse un titre
manquant ou un signe absent de nos polices : c'est une faute à nous, elle lève `typst.TypstError`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst

from cabas.documents.polices import dossiers_de_polices

COMMUNS = ("commun.typ", "markdown.typ")
"""Ce que tout gabarit peut importer."""

_HORS_LETTRE = re.compile("[^ -~\u00a0-\u00ac\u00ae-\u017f’“”–—…€\u202f]")


def composer(gabarit: str, donnees: Mapping[str, Any]) -> bytes:
    """Le PDF d'un gabarit (`bon.typ`). Les données sont ce que JSON sait écrire."""
    pdf: bytes = typst.compile(_fichiers(gabarit, donnees), font_paths=_polices(), pdf_standards=["ua-1"])
    return pdf


def composer_malgre_tout(gabarit: str, donnees: Mapping[str, Any]) -> bytes:
    """Comme `composer` ; mais un signe que nos polices ne savent pas dessiner devient « ? » : le document se fait quand même."""
    try:
        return composer(gabarit, donnees)
    except typst.TypstError:
        return composer(gabarit, json.loads(_HORS_LETTRE.sub("?", json.dumps(donnees, ensure_ascii=False))))


def reprendre_un_pdf(gabarit: str, donnees: Mapping[str, Any], repris: Path) -> bytes:
    """Comme `composer`, avec les pages d'un PDF du disque, que le gabarit trouve à `donnees.repris`. Sans balises : Typst ne sait pas les
    garder. Les octets ne passent pas par les données : ce serait une liste de plusieurs millions de nombres.
    """
    fichiers = _fichiers(gabarit, {**donnees, "repris": f"/{repris.name}"})
    pdf: bytes = typst.compile(fichiers, font_paths=_polices(), root=repris.parent)
    return pdf


def signes_absents(texte: str) -> set[str]:
    """Les signes d'un texte qu'aucune de nos polices ne sait dessiner. Typst les essaie un à un, deux millisecondes chacun."""
    return {signe for signe in set(_HORS_LETTRE.findall(texte)) if not signe.isspace() and _absent(signe)}


@cache
def _absent(signe: str) -> bool:
    lettre = '#import "commun.typ": polices\n#set document(title: "x", date: none)\n#set text(font: polices, fallback: false)'
    fichiers: Any = {"main.typ": f'{lettre}\n#"\\u{{{ord(signe):x}}}"'.encode(), "commun.typ": _gabarit("commun.typ")}
    try:
        typst.compile(fichiers, font_paths=_polices(), pdf_standards=["ua-1"])
    except typst.TypstError:
        return True
    return False


def compter_pages(gabarit: str, donnees: Mapping[str, Any]) -> int:
    """Le nombre de pages qu'aurait ce document. Le gabarit pose une étiquette `<pages>` sur son compte."""
    compilateur = typst.Compiler(_fichiers(gabarit, donnees), font_paths=_polices())
    return int(json.loads(compilateur.query("<pages>", field="value", one=True)))


def pages_du_pdf(pdf: bytes) -> int:
    """Le nombre de pages d'un PDF que Typst vient d'écrire : il n'en cache pas la liste."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@cache
def _polices() -> typst.Fonts:
    chemins = [str(dossier) for dossier in dossiers_de_polices()]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=chemins)


def _fichiers(gabarit: str, donnees: Mapping[str, Any]) -> Any:
    """Les fichiers d'une composition, en mémoire. Les types de Typst ne disent pas encore qu'il admet un dictionnaire."""
    communs = {nom: _gabarit(nom) for nom in COMMUNS}
    return {**communs, "main.typ": _gabarit(gabarit), "donnees.json": json.dumps(donnees, ensure_ascii=False).encode()}


@cache
def _gabarit(nom: str) -> bytes:
    return files("cabas").joinpath("gabarits", nom).read_bytes()
