"""Le bon dans un tableur : une ligne par personne, une colonne par produit. Rempli et déposé dans bons/, il est lu sans réglage.

Entre : les intitulés de la grille (`rendu.bons`), ce que chaque colonne accepte. Sort : les octets d'un classeur d'une
seule feuille, sans ligne de total : tout ce qui est sous l'en-tête est une commande.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from cabas.documents.classeur import VERT, nouveau_classeur
from cabas.quantites import MILLE

LIGNES = 200


def bon_xlsx(titre: str, intitules: Sequence[str], pas: Mapping[str, int], choix: Mapping[str, Sequence[str]]) -> bytes:
    """Le classeur à remplir. `pas` : par intitulé de produit, en millièmes ; `choix` : par intitulé, les valeurs proposées.

    Une quantité qui n'est pas un multiple du pas est signalée tout de suite, sans être refusée : on peut vouloir insister.
    """
    import xlsxwriter.utility

    tampon = io.BytesIO()
    classeur = nouveau_classeur(tampon, titre)
    feuille = classeur.add_worksheet("Bons")
    tete = classeur.add_format({"bold": True, "text_wrap": True, "valign": "top", "font_color": "#ffffff", "bg_color": VERT, "border": 1})
    texte, nombre = classeur.add_format({"num_format": "@"}), classeur.add_format({"num_format": "0.###"})
    feuille.set_row(0, 90)
    feuille.freeze_panes(1, 1)
    feuille.set_landscape()
    feuille.set_paper(9)
    feuille.repeat_rows(0)
    feuille.repeat_columns(0)
    feuille.set_footer(f"&L{titre.replace('&', '&&')}&RPage &P sur &N")
    for rang, intitule in enumerate(intitules):
        feuille.write_string(0, rang, intitule, tete)
        feuille.set_column(rang, rang, 14, nombre if intitule in pas else texte)
        if intitule in pas:
            lettre = xlsxwriter.utility.xl_col_to_name(rang)
            feuille.data_validation(1, rang, LIGNES, rang, _regle(f"{lettre}2", pas[intitule]))
        elif choix.get(intitule):
            feuille.data_validation(
                1,
                rang,
                LIGNES,
                rang,
                {
                    "validate": "list",
                    "source": list(choix[intitule]),
                    "error_type": "warning",
                    "error_title": "À vérifier",
                    "error_message": "Cette valeur n’est pas dans la liste.",
                },
            )
    classeur.close()
    return tampon.getvalue()


def _regle(case: str, pas: int) -> dict[str, object]:
    entier, reste = divmod(pas, MILLE)
    lisible = f"{entier},{reste:03d}".rstrip("0") if reste else str(entier)
    return {
        "validate": "custom",
        "value": f"=AND({case}>=0,MOD(ROUND({case}*1000,0),{pas})=0)",
        "error_type": "warning",
        "error_title": "À vérifier",
        "error_message": f"Ce produit se commande par {lisible}.",
    }
