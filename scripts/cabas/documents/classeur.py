"""Écrire un classeur pour les gens : feuilles décrites comme des données, titres figés, filtres, totaux vivants.

Tout texte est écrit comme texte : rien de ce qu'une personne a saisi ne devient une formule. Les montants sont des
formules qui se recalculent et portent déjà leur valeur. Mêmes entrées, mêmes octets.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from xlsxwriter import Workbook

Case = str | Decimal | int | None
VERT = "#1f6f54"
PAPIER = "#f3efe4"


class Colonne(NamedTuple):
    """Une colonne de feuille : intitulé, largeur, genre (`texte`, `quantite`, `euros`, `entier`), formule de ligne ou total."""

    titre: str
    largeur: int
    genre: str = "texte"
    formule: str = ""
    total: bool = False


class Feuille(NamedTuple):
    """Une feuille : son nom, ses colonnes, ses rangées de valeurs brutes."""

    nom: str
    colonnes: Sequence[Colonne]
    rangees: Sequence[Sequence[Case]]


def nouveau_classeur(tampon: io.BytesIO, titre: str) -> Workbook:
    """Un classeur vide, écrit dans `tampon` : tout texte y reste du texte, et sa date est fixe (mêmes entrées, mêmes octets)."""
    import xlsxwriter

    classeur = xlsxwriter.Workbook(tampon, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    classeur.set_properties({"title": titre, "created": datetime(2000, 1, 1), "author": "cabas"})
    return classeur


def classeur_xlsx(titre: str, pied: str, feuilles: Sequence[Feuille]) -> bytes:
    """Un classeur fait de ces feuilles. `pied` s'imprime au bas de chaque page."""
    tampon = io.BytesIO()
    classeur = nouveau_classeur(tampon, titre)
    styles = _styles(classeur)
    for feuille in feuilles:
        _ecrire(classeur, styles, feuille, pied)
    classeur.close()
    return tampon.getvalue()


def _styles(classeur: Workbook) -> dict[str, Any]:
    base: dict[str, Any] = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
    formats = {"texte": "@", "quantite": "#,##0.###", "euros": '#,##0.00" €"', "entier": "#,##0"}
    styles = {genre: classeur.add_format({**base, "num_format": motif}) for genre, motif in formats.items()}
    styles |= {
        f"{genre}-total": classeur.add_format({**base, "num_format": motif, "bold": True, "top": 1, "bg_color": PAPIER})
        for genre, motif in formats.items()
    }
    styles["titre"] = classeur.add_format({**base, "bold": True, "text_wrap": True, "font_color": "#ffffff", "bg_color": VERT})
    return styles


def _ecrire(classeur: Workbook, styles: dict[str, Any], feuille: Feuille, titre: str) -> None:
    """Une feuille : intitulés figés et filtrés, rangées, ligne de totaux, impression en paysage sur une page de large."""
    page = classeur.add_worksheet(feuille.nom)
    page.freeze_panes(1, 1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_footer(f"&L{titre} — {feuille.nom}&RPage &P sur &N")
    for rang, colonne in enumerate(feuille.colonnes):
        page.set_column(rang, rang, colonne.largeur)
        page.write_string(0, rang, colonne.titre, styles["titre"])
    for numero, rangee in enumerate(feuille.rangees, 1):
        for rang, (colonne, case) in enumerate(zip(feuille.colonnes, rangee, strict=True)):
            if case is None:
                page.write_blank(numero, rang, None, styles[colonne.genre])
            elif isinstance(case, str):
                page.write_string(numero, rang, case, styles["texte"])
            elif colonne.formule:
                page.write_formula(numero, rang, colonne.formule.format(n=numero + 1), styles[colonne.genre], case)
            else:
                page.write_number(numero, rang, case, styles[colonne.genre])
    derniere = len(feuille.rangees)
    page.autofilter(0, 0, max(derniere, 1), len(feuille.colonnes) - 1)
    if derniere:
        _totaux(page, styles, feuille, derniere)


def _totaux(page: Any, styles: dict[str, Any], feuille: Feuille, derniere: int) -> None:
    for rang, colonne in enumerate(feuille.colonnes):
        if colonne.total:
            lettre = chr(ord("A") + rang)
            somme = sum((Decimal(case) for rangee in feuille.rangees if (case := rangee[rang]) is not None), Decimal(0))
            page.write_formula(derniere + 1, rang, f"=SUM({lettre}2:{lettre}{derniere + 1})", styles[f"{colonne.genre}-total"], somme)
        else:
            page.write_string(derniere + 1, rang, "Total" if rang == 0 else "", styles["texte-total"])
