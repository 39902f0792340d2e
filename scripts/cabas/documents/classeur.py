"""Écrire un classeur pour les gens : feuilles décrites comme des données, titres figés, filtres, totaux vivants, pages prêtes.

Tout texte est écrit comme texte : rien de ce qu'une personne a saisi ne devient une formule. Les montants et les sommes
sont des formules qui se recalculent et portent déjà leur valeur. Mêmes entrées, mêmes octets.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from cabas.documents.mise_en_page import HAUTEUR, HAUTEUR_MAXIMUM, lignes_de, mettre_en_page
from cabas.typographie import typographier

if TYPE_CHECKING:
    from xlsxwriter import Workbook

VERT = "#1f6f54"
PAPIER = "#f3efe4"
LARGEURS = (34, 17, 17, 17, 17)
"""Les colonnes de l'accueil."""
MOTIFS = {"texte": "@", "quantite": "General", "euros": '#,##0.00" €"', "entier": "#,##0", "instant": "dd/mm/yyyy hh:mm", "jour": "dd/mm/yyyy"}


class Formule(NamedTuple):
    """Une case qui se recalcule : la formule (en anglais, comme dans le fichier), sa valeur, son genre."""

    texte: str
    valeur: Decimal | int
    genre: str = "euros"


Case = str | Decimal | int | datetime | Formule | None


class Colonne(NamedTuple):
    """Une colonne : intitulé, largeur au plus, genre (`texte`, `quantite`, `euros`, `entier`), formule de ligne, total en bas.

    Dans `formule`, `{n}` est le numéro de la ligne. La largeur est celle du contenu, sans dépasser `largeur` : au-delà, on va à la ligne.
    """

    titre: str
    largeur: int
    genre: str = "texte"
    formule: str = ""
    total: bool = False


class Feuille(NamedTuple):
    """Une feuille : son nom, ses colonnes, ses rangées de valeurs brutes, et ce que le sommaire en dit.

    `titre` : le nom en entier, quand l'onglet est trop court pour lui. `a_l_ecran` : combien de colonnes, à droite, ne s'impriment pas.
    """

    nom: str
    colonnes: Sequence[Colonne]
    rangees: Sequence[Sequence[Case]]
    sujet: str = ""
    titre: str = ""
    a_l_ecran: int = 0


class Bloc(NamedTuple):
    """Un petit tableau de l'accueil : un titre, des intitulés, des rangées."""

    titre: str
    intitules: Sequence[str]
    rangees: Sequence[Sequence[Case]]


def lettre(rang: int) -> str:
    """La lettre d'une colonne, à partir de 0 : 0 → « A », 26 → « AA »."""
    nom = ""
    rang += 1
    while rang:
        rang, reste = divmod(rang - 1, 26)
        nom = chr(ord("A") + reste) + nom
    return nom


def reference(feuille: str, cellule: str) -> str:
    """Une référence vers une autre feuille : `'L''Épi'!$A$1`."""
    return f"'{feuille.replace(chr(39), chr(39) * 2)}'!{cellule}"


def nouveau_classeur(tampon: io.BytesIO, titre: str) -> Workbook:
    """Un classeur vide, écrit dans `tampon` : tout texte y reste du texte, et sa date est fixe (mêmes entrées, mêmes octets)."""
    import xlsxwriter

    from cabas.documents.formules import FeuilleRapide

    classeur = xlsxwriter.Workbook(tampon, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    classeur.worksheet_class = FeuilleRapide
    classeur.set_properties({"title": titre, "created": datetime(2000, 1, 1), "author": "cabas"})
    return classeur


def classeur_xlsx(titre: str, pied: str, feuilles: Sequence[Feuille], accueil: Sequence[Bloc] = (), plages: Mapping[str, str] | None = None) -> bytes:
    """Un classeur fait de ces feuilles, précédées d'un accueil s'il y en a un. `pied` s'imprime au bas de chaque page.

    `plages` : les plages nommées dont se servent les formules.
    """
    tampon = io.BytesIO()
    classeur = nouveau_classeur(tampon, titre)
    styles = _styles(classeur)
    if accueil:
        _ecrire_accueil(classeur, styles, titre, pied, accueil, feuilles)
    for feuille in feuilles:
        _ecrire(classeur, styles, feuille, pied)
    for nom, plage in (plages or {}).items():
        classeur.define_name(nom, f"={plage}")
    classeur.close()
    return tampon.getvalue()


def _styles(classeur: Workbook) -> dict[str, Any]:
    base: dict[str, Any] = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
    styles = {genre: classeur.add_format({**base, "num_format": motif, "text_wrap": genre == "texte"}) for genre, motif in MOTIFS.items()}
    styles |= {
        f"{genre}-total": classeur.add_format({**base, "num_format": motif, "bold": True, "top": 1, "bg_color": PAPIER})
        for genre, motif in MOTIFS.items()
    }
    styles["titre"] = classeur.add_format({**base, "bold": True, "text_wrap": True, "font_color": "#ffffff", "bg_color": VERT})
    for nom in ("texte", "titre"):  # un texte ne touche pas le nombre de la colonne d'avant
        styles[nom].set_align("left")
        styles[nom].set_indent(1)
    styles["grand"] = classeur.add_format({**base, "bold": True, "font_size": 18})
    styles["bloc"] = classeur.add_format({**base, "bold": True, "font_size": 13, "font_color": VERT})
    styles["lien"] = classeur.add_format({**base, "underline": 1, "font_color": VERT, "text_wrap": True})
    return styles


def _ecrire_accueil(classeur: Workbook, styles: dict[str, Any], titre: str, pied: str, blocs: Sequence[Bloc], feuilles: Sequence[Feuille]) -> None:
    """La première feuille : le titre, les blocs, puis un lien vers chaque feuille."""
    page = classeur.add_worksheet("Accueil")
    page.hide_gridlines(2)
    for rang, largeur in enumerate(LARGEURS):
        page.set_column(rang, rang, largeur)
    page.write_string(0, 0, titre, styles["grand"])
    ligne = 2
    for bloc in blocs:
        page.write_string(ligne, 0, bloc.titre, styles["bloc"])
        ligne += 1
        for rang, intitule in enumerate(bloc.intitules):
            page.write_string(ligne, rang, intitule, styles["titre"])
        ligne += bool(bloc.intitules)
        for rangee in bloc.rangees:
            if len(rangee) == 2 and isinstance(dit := rangee[1], str):
                page.write_string(ligne, 0, str(rangee[0]), styles["texte"])
                _a_droite(page, styles, ligne, dit)
                ligne += 1
                continue
            for rang, case in enumerate(rangee):
                _ecrire_case(page, styles, (ligne, rang), case, Colonne("", 0, "entier" if isinstance(case, int) else "quantite"))
            ligne += 1
        ligne += 1
    page.write_string(ligne, 0, "Dans ce classeur", styles["bloc"])
    for feuille in feuilles:
        ligne += 1
        titre = feuille.titre or feuille.nom
        page.write_url(ligne, 0, f"internal:{reference(feuille.nom, 'A1')}", styles["lien"], titre, f"Aller à {feuille.nom}")
        _a_droite(page, styles, ligne, feuille.sujet if titre == feuille.nom else typographier(f"{feuille.sujet} (onglet « {feuille.nom} »)"), titre)
    mettre_en_page(page, "Accueil", pied, (ligne, 4))


def _a_droite(page: Any, styles: dict[str, Any], ligne: int, texte: str, a_gauche: str = "") -> None:
    """Un texte sur toutes les colonnes de l'accueil sauf la première, et la hauteur qu'il leur faut."""
    page.merge_range(ligne, 1, ligne, len(LARGEURS) - 1, texte, styles["texte"])
    page.set_row(ligne, min(HAUTEUR_MAXIMUM, HAUTEUR * max(lignes_de(texte, sum(LARGEURS[1:])), lignes_de(a_gauche, LARGEURS[0]))))


def _ecrire(classeur: Workbook, styles: dict[str, Any], feuille: Feuille, pied: str) -> None:
    """Une feuille : intitulés figés et filtrés, rangées, ligne de totaux, page prête à imprimer."""
    page = classeur.add_worksheet(feuille.nom)
    page.freeze_panes(1, 1)
    page.repeat_rows(0)
    largeurs = [_largeur(colonne, rang, feuille.rangees) for rang, colonne in enumerate(feuille.colonnes)]
    for rang, colonne in enumerate(feuille.colonnes):
        page.set_column(rang, rang, largeurs[rang])
        page.write_string(0, rang, colonne.titre, styles["titre"])
    titres = max(lignes_de(colonne.titre, large - 1) for colonne, large in zip(feuille.colonnes, largeurs, strict=True))
    page.set_row(0, min(HAUTEUR_MAXIMUM, HAUTEUR * titres))
    for numero, rangee in enumerate(feuille.rangees, 1):
        for rang, (colonne, case) in enumerate(zip(feuille.colonnes, rangee, strict=True)):
            _ecrire_case(page, styles, (numero, rang), case, colonne)
        if (hauteur := max((lignes_de(case, large) for case, large in zip(rangee, largeurs, strict=True) if isinstance(case, str)), default=1)) > 1:
            page.set_row(numero, min(HAUTEUR_MAXIMUM, HAUTEUR * hauteur))
    derniere = len(feuille.rangees)
    page.autofilter(0, 0, max(derniere, 1), len(feuille.colonnes) - 1)
    totaux = derniere > 0 and any(colonne.total for colonne in feuille.colonnes)
    if totaux:
        _totaux(page, styles, feuille, derniere)
    imprimees = len(feuille.colonnes) - feuille.a_l_ecran
    mettre_en_page(page, feuille.titre or feuille.nom, pied, (derniere + totaux, imprimees - 1), sum(largeurs[:imprimees]))


def _ecrire_case(page: Any, styles: dict[str, Any], place: tuple[int, int], case: Case, colonne: Colonne) -> None:
    if case is None:
        page.write_blank(*place, None, styles[colonne.genre])
    elif isinstance(case, Formule):
        page.write_formula(*place, case.texte, styles[case.genre], case.valeur)
    elif isinstance(case, str):
        page.write_string(*place, case, styles["texte"])
    elif isinstance(case, datetime):
        page.write_datetime(*place, case.replace(tzinfo=None), styles["instant" if case.hour or case.minute else "jour"])
    elif colonne.formule:
        page.write_formula(*place, colonne.formule.format(n=place[0] + 1), styles[colonne.genre], case)
    else:
        page.write_number(*place, case, styles[colonne.genre])


def _largeur(colonne: Colonne, rang: int, rangees: Sequence[Sequence[Case]]) -> int:
    """La largeur juste : un nombre a celle de sa colonne ; un texte, celle du plus long, sans la dépasser."""
    mot = max(map(len, colonne.titre.split())) + 3
    if colonne.genre != "texte":
        return max(colonne.largeur, mot)
    contenu = max((len(case) for rangee in rangees if isinstance(case := rangee[rang], str)), default=0) + 2
    return min(max(contenu, mot), max(colonne.largeur, mot))


def _totaux(page: Any, styles: dict[str, Any], feuille: Feuille, derniere: int) -> None:
    for rang, colonne in enumerate(feuille.colonnes):
        if colonne.total:
            nom = lettre(rang)
            somme = sum((Decimal(str(case)) for rangee in feuille.rangees if (case := rangee[rang]) is not None), Decimal(0))
            page.write_formula(derniere + 1, rang, f"=SUM({nom}2:{nom}{derniere + 1})", styles[f"{colonne.genre}-total"], somme)
        else:
            page.write_string(derniere + 1, rang, "Total" if rang == 0 else "", styles["texte-total"])
