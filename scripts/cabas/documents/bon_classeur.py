"""La grille dans un tableur : une ligne par personne, une colonne par produit. Remplie et déposée dans bons/, elle est lue sans réglage.

Entre : le dépôt, une commande, un groupement, les intitulés de la grille (`rendu.bons`). Sort : les octets d'un classeur, sans ligne
de total : tout ce qui est sous l'en-tête est une commande. La dernière colonne dit à chaque personne ce qu'elle doit ; les
prix dont elle a besoin sont sur une feuille cachée, sans intitulé, que nos lecteurs ne prennent pas pour des quantités.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cabas.calculs.affichage import pas_lisible
from cabas.calculs.offre import maximum_par_bon, prix_unitaire, proposes
from cabas.documents.classeur import VERT, nouveau_classeur
from cabas.documents.mon_bon import regle_de_quantite
from cabas.modele import Commande, Depot, Groupement

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

LIGNES = 200
PRIX = "Prix"
TOTAL = "Total (€)"


def bon_xlsx(depot: Depot, commande: Commande, groupement: Groupement, intitules: Sequence[str]) -> bytes:
    """Le classeur à remplir pour plusieurs personnes. `intitules` : ceux de `bon.csv`, refs entre crochets.

    Une quantité hors du pas ou au-dessus du maximum est signalée tout de suite, sans être refusée : on peut vouloir insister.
    Seul l'en-tête et les totaux sont verrouillés.
    """
    tampon = io.BytesIO()
    titre = f"{groupement.nom}, {commande.titre}"
    classeur = nouveau_classeur(tampon, titre)
    feuille, prix = classeur.add_worksheet("Bons"), classeur.add_worksheet(PRIX)
    tete = classeur.add_format({"bold": True, "text_wrap": True, "valign": "top", "font_color": "#ffffff", "bg_color": VERT, "border": 1})
    styles = {
        "texte": classeur.add_format({"num_format": "@", "locked": False}),
        "quantite": classeur.add_format({"num_format": "0.###", "locked": False}),
        "total": classeur.add_format({"num_format": "#,##0.00", "bold": True}),
    }
    _mettre_en_page(feuille, titre)
    _colonnes(feuille, styles, tete, depot, commande, groupement, intitules)
    _totaux(feuille, prix, styles, tete, depot, commande, groupement, intitules)
    prix.very_hidden()
    classeur.close()
    return tampon.getvalue()


def _mettre_en_page(feuille: Worksheet, titre: str) -> None:
    feuille.set_row(0, 90)
    feuille.freeze_panes(1, 1)
    feuille.set_landscape()
    feuille.set_paper(9)
    feuille.repeat_rows(0)
    feuille.repeat_columns(0)
    feuille.set_footer(f"&L{titre.replace('&', '&&')}&RPage &P sur &N")
    feuille.protect("", {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True})


def _refs(depot: Depot, commande: Commande, intitules: Sequence[str]) -> tuple[dict[int, str], dict[int, str]]:
    """Le rang de chaque colonne de quantité (« … [ref] ») et de tolérance (« … (t-ref) »), et sa ref."""
    proposees = {produit.ref for produit in proposes(depot, commande)}
    dites = {rang: intitule.rpartition(marque)[2][:-1] for marque in ("[", "(t-") for rang, intitule in enumerate(intitules) if marque in intitule}
    connues = {rang: ref for rang, ref in dites.items() if ref in proposees}
    return tuple({rang: ref for rang, ref in connues.items() if intitules[rang].endswith(fin)} for fin in ("]", ")"))  # type: ignore[return-value]


def _colonnes(
    feuille: Worksheet, styles: dict[str, Any], tete: Any, depot: Depot, commande: Commande, groupement: Groupement, intitules: Sequence[str]
) -> None:
    from xlsxwriter.utility import xl_col_to_name

    fenetre = commande.fenetre(groupement.slug)
    choix = {"creneau": [creneau.code for creneau in fenetre.creneaux] if fenetre else [], "tarif": [tarif.code for tarif in groupement.tarifs]}
    quantites, tolerances = _refs(depot, commande, intitules)
    refs, places = quantites | tolerances, {ref: rang for rang, ref in quantites.items()}
    for rang, intitule in enumerate(intitules):
        feuille.write_string(0, rang, intitule, tete)
        feuille.set_column(rang, rang, 14, styles["quantite" if rang in refs else "texte"])
        if rang in refs:
            produit = depot.produits[refs[rang]]
            maximum, avec = maximum_par_bon(produit, commande), places.get(refs[rang]) if rang in tolerances else None
            autre = "" if avec is None else f"{xl_col_to_name(avec)}2"
            regle = regle_de_quantite(f"{xl_col_to_name(rang)}2", produit.pas, maximum, pas_lisible(produit), autre)
            feuille.data_validation(1, rang, LIGNES, rang, regle)
        elif choix.get(intitule):
            liste = {"validate": "list", "source": choix[intitule], "error_type": "warning", "error_title": "À vérifier"}
            feuille.data_validation(1, rang, LIGNES, rang, {**liste, "error_message": "Cette valeur n’est pas dans la liste."})


def _totaux(
    feuille: Worksheet, prix: Worksheet, styles: dict[str, Any], tete: Any, depot: Depot, commande: Commande, groupement: Groupement,
    intitules: Sequence[str],
) -> None:  # fmt: skip
    """La colonne de droite : ce que doit la personne de la ligne, au tarif qu'elle a choisi (le premier, à défaut)."""
    from xlsxwriter.utility import xl_col_to_name

    quantites = {ref: rang for rang, ref in _refs(depot, commande, intitules)[0].items()}
    if not quantites:
        return
    premier, dernier = xl_col_to_name(min(quantites.values())), xl_col_to_name(max(quantites.values()))
    for numero, tarif in enumerate(groupement.tarifs):
        prix.write_string(numero, 0, tarif.code)
        for ref, rang in quantites.items():
            prix.write_number(numero, rang, Decimal(prix_unitaire(depot.produits[ref], tarif)) / 100)
    ou_tarif, combien, rang_total = xl_col_to_name(list(intitules).index("tarif")), len(groupement.tarifs), len(intitules)
    feuille.write_string(0, rang_total, TOTAL, tete)
    feuille.set_column(rang_total, rang_total, 12)
    for n in range(2, LIGNES + 2):
        colonne = f"IFERROR(MATCH({ou_tarif}{n},{PRIX}!$A$1:$A${combien},0),1)"
        au_tarif = f"INDEX({PRIX}!${premier}$1:${dernier}${combien},{colonne},0)"
        cases = f"{premier}{n}:{dernier}{n}"
        formule = f'=IF(COUNTA({cases})=0,"",IFERROR(SUMPRODUCT(ROUND({cases}*{au_tarif},2)),"à revoir"))'
        feuille.write_formula(n - 1, rang_total, formule, styles["total"], "")
