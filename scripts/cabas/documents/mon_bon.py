"""Mon bon, dans un tableur : une feuille pour une personne, qui se lit de haut en bas sur un téléphone.

Entre : le dépôt, une commande, un groupement. Sort : les octets d'un classeur. Tout y est verrouillé, sauf ce que l'on remplit ;
le total se calcule en direct, au tarif choisi. Rempli et déposé dans bons/, il est lu sans réglage : les intitulés du tableau
sont ceux du bon canonique, chaque produit porte sa ref entre crochets, et la personne est dite au-dessus
(`lecture.preambule`).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cabas.calculs import affichage
from cabas.calculs.offre import maximum_par_bon, par_rubrique, prix_unitaire, proposes
from cabas.documents.classeur import PAPIER, VERT, nouveau_classeur
from cabas.modele import Commande, Depot, Groupement, Produit
from cabas.quantites import MILLE
from cabas.typographie import INSECABLE, instant_long, plage

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

INTITULES = ("Produit", "Vendu", "Prix (€)", "Au plus", "Quantité", "Tolérance", "Montant (€)", "À savoir")
LARGEURS = (46, 15, 10, 10, 11, 11, 12, 46)
PRODUIT, VENDU, PRIX, AU_PLUS, QUANTITE, TOLERANCE, MONTANT, SAVOIR = range(8)
"""Rangs des colonnes."""
CHAMPS = ("cellule", "nom", "telephone", "courriel", "creneau", "tarif", "remarque")
PREMIER_CHAMP = 3
"""La ligne (à partir de 0) de « Cellule », sous le titre et le mode d'emploi."""
LISTES = "Listes"
"""La feuille cachée : les choix (colonnes A et B), et le prix de chaque produit à chaque tarif (à partir de C), même ligne."""
LIGNE = 20.0
"""La hauteur d'une ligne de texte, en points : les tableurs ne la recalculent pas tous à l'ouverture."""


def mon_bon_xlsx(depot: Depot, commande: Commande, groupement: Groupement) -> bytes:
    """Le classeur d'une seule personne. Mêmes entrées, mêmes octets."""
    tampon = io.BytesIO()
    classeur = nouveau_classeur(tampon, f"{groupement.nom}, {commande.titre}")
    styles = _styles(classeur)
    feuille = classeur.add_worksheet("Mon bon")
    listes = classeur.add_worksheet(LISTES)
    _mettre_en_page(feuille, f"{groupement.nom}, {commande.titre}")
    _tete(feuille, styles, depot, commande, groupement)
    _champs(feuille, listes, styles, commande, groupement)
    _produits(feuille, listes, styles, depot, commande, groupement)
    listes.very_hidden()
    classeur.close()
    return tampon.getvalue()


def _styles(classeur: Any) -> dict[str, Any]:
    base = {"font_name": "Calibri", "font_size": 12, "valign": "vcenter"}
    saisie = {**base, "locked": False, "border": 1, "bg_color": "#fffbe9"}
    return {
        "titre": classeur.add_format({**base, "bold": True, "font_size": 14, "font_color": "#ffffff", "bg_color": VERT}),
        "total": classeur.add_format(
            {**base, "bold": True, "font_size": 14, "font_color": "#ffffff", "bg_color": VERT, "num_format": '#,##0.00" €"'}
        ),
        "aide": classeur.add_format({**base, "text_wrap": True, "valign": "top"}),
        "etiquette": classeur.add_format({**base, "bold": True}),
        "rubrique": classeur.add_format({**base, "bold": True, "bg_color": PAPIER, "top": 1}),
        "intitule": classeur.add_format({**base, "bold": True, "text_wrap": True, "font_color": "#ffffff", "bg_color": VERT}),
        "texte": classeur.add_format({**base, "text_wrap": True, "bottom": 4}),
        "detail": classeur.add_format({**base, "text_wrap": True, "bottom": 4, "font_size": 10}),
        "euros": classeur.add_format({**base, "num_format": "#,##0.00", "bottom": 4}),
        "saisie": classeur.add_format({**saisie, "num_format": "@"}),
        "quantite": classeur.add_format({**saisie, "num_format": "0.###"}),
        "ferme": classeur.add_format({**base, "bottom": 4}),
    }


def _mettre_en_page(feuille: Worksheet, pied: str) -> None:
    """A4 en hauteur, une page de large ; la ligne du total reste en vue ; seules les cases à remplir se modifient."""
    for rang, largeur in enumerate(LARGEURS):
        feuille.set_column(rang, rang, largeur)
    feuille.freeze_panes(1, 0)
    feuille.set_paper(9)
    feuille.fit_to_pages(1, 0)
    feuille.set_footer(f"&L{pied.replace('&', '&&')}&RPage &P sur &N")
    feuille.hide_gridlines(2)
    feuille.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})


def _tete(feuille: Worksheet, styles: dict[str, Any], depot: Depot, commande: Commande, groupement: Groupement) -> None:
    fenetre = commande.fenetre(groupement.slug)
    if fenetre is None:
        raise ValueError(f"La commande {commande.id} n’a pas de fenêtre pour {groupement.slug}.")
    premiere = PREMIER_CHAMP + len(CHAMPS) + 2
    derniere = premiere + _hauteur(depot, commande)
    feuille.merge_range(0, PRODUIT, 0, TOLERANCE, f"{groupement.nom}, {commande.titre} : total", styles["titre"])
    feuille.write_formula(0, MONTANT, f"=SUM(G{premiere + 1}:G{derniere})", styles["total"], 0)
    distribution = fenetre.distribution
    ou = affichage.lieu_de_distribution(fenetre, groupement)
    retrait = f"À chercher {plage(distribution.debut, distribution.fin)}{f', {ou}' if ou else ''}." if distribution else ""
    entiers = any(produit.lot_complet for produit in proposes(depot, commande))
    tolerance = " « Tolérance » : ce que vous acceptez de prendre en plus, pour compléter un lot entier." if entiers else ""
    aide = f"Remplissez les cases claires, puis renvoyez ce fichier avant le {instant_long(fenetre.cloture)}. {retrait}{tolerance}"
    feuille.merge_range(1, PRODUIT, 1, MONTANT, aide.replace(INSECABLE, " "), styles["aide"])
    feuille.set_row(1, 3 * LIGNE)


def _champs(feuille: Worksheet, listes: Worksheet, styles: dict[str, Any], commande: Commande, groupement: Groupement) -> None:
    """Qui commande, à quel tarif, pour quel créneau. Les choix sont des listes ; leur code est lu avant la parenthèse."""
    fenetre = commande.fenetre(groupement.slug)
    creneaux = affichage.creneaux_lisibles(fenetre, groupement) if fenetre else []
    choix = {
        "creneau": [f"{code} ({dit})".replace(INSECABLE, " ") for code, dit in creneaux],
        "tarif": [f"{tarif.code} ({tarif.nom})" for tarif in groupement.tarifs],
    }
    etiquettes = dict(zip(CHAMPS, (groupement.mot_cellule.capitalize(), "Nom", "Téléphone", "Courriel", "Créneau", "Tarif", "Remarque"), strict=True))
    etiquettes["cellule"] = "Cellule" if etiquettes["cellule"] not in ("Foyer", "Cellule") else etiquettes["cellule"]
    for rang, champ in enumerate(CHAMPS):
        ligne = PREMIER_CHAMP + rang
        feuille.write_string(ligne, PRODUIT, f"{etiquettes[champ]} :", styles["etiquette"])
        feuille.merge_range(ligne, VENDU, ligne, MONTANT, "", styles["saisie"])
        if champ == "tarif":
            feuille.write_string(ligne, VENDU, choix["tarif"][0], styles["saisie"])
        if valeurs := choix.get(champ):
            colonne = list(choix).index(champ)
            listes.write_column(0, colonne, valeurs)
            lettre = "AB"[colonne]
            source = f"={LISTES}!${lettre}$1:${lettre}${len(valeurs)}"
            feuille.data_validation(ligne, VENDU, ligne, VENDU, {"validate": "list", "source": source, **_alerte("Choisissez dans la liste.")})


def _produits(feuille: Worksheet, listes: Worksheet, styles: dict[str, Any], depot: Depot, commande: Commande, groupement: Groupement) -> None:
    """Le tableau : rubrique après rubrique, une ligne par produit."""
    ligne = PREMIER_CHAMP + len(CHAMPS) + 1
    for rang, intitule in enumerate(INTITULES):
        feuille.write_string(ligne, rang, intitule, styles["intitule"])
    feuille.repeat_rows(ligne)
    case_tarif = f"$B${PREMIER_CHAMP + CHAMPS.index('tarif') + 1}"
    for rubrique, produits in par_rubrique(depot, proposes(depot, commande)):
        ligne += 1
        feuille.merge_range(ligne, PRODUIT, ligne, SAVOIR, rubrique.nom, styles["rubrique"])
        for produit in produits:
            ligne += 1
            prix = [prix_unitaire(produit, tarif) for tarif in groupement.tarifs]
            for rang, montant in enumerate(prix):
                listes.write_number(ligne, 2 + rang, Decimal(montant) / 100)
            _un_produit(feuille, styles, ligne, depot, commande, produit, prix, case_tarif)


def _un_produit(
    feuille: Worksheet, styles: dict[str, Any], ligne: int, depot: Depot, commande: Commande, produit: Produit, prix: Sequence[int], tarif: str
) -> None:
    n = ligne + 1
    maximum = maximum_par_bon(produit, commande)
    pas = affichage.pas_lisible(produit)
    nom = f"{affichage.nom_complet(produit)} [{produit.ref}]".replace(INSECABLE, " ")
    savoir = _a_savoir(depot, produit)
    feuille.set_row(ligne, LIGNE * max(-(-len(nom) // LARGEURS[PRODUIT]), -(-len(savoir) // (LARGEURS[SAVOIR] + 4))))
    feuille.write_string(ligne, PRODUIT, nom, styles["texte"])
    feuille.write_string(ligne, VENDU, ", ".join(filter(None, [affichage.COURT[produit.unite], pas])).replace(INSECABLE, " "), styles["detail"])
    if len(set(prix)) == 1:
        feuille.write_number(ligne, PRIX, Decimal(prix[0]) / 100, styles["euros"])
    else:
        tous = f"{LISTES}!C{n}:{chr(ord('C') + len(prix) - 1)}{n}"
        choisi = f"IFERROR(INDEX({tous},MATCH({tarif},{LISTES}!$B$1:$B${len(prix)},0)),{LISTES}!C{n})"
        feuille.write_formula(ligne, PRIX, f"={choisi}", styles["euros"], Decimal(prix[0]) / 100)
    feuille.write_string(ligne, AU_PLUS, affichage.mesurer(maximum, produit.unite).replace(INSECABLE, " ") if maximum else "", styles["detail"])
    feuille.write_blank(ligne, QUANTITE, None, styles["quantite"])
    feuille.data_validation(ligne, QUANTITE, ligne, QUANTITE, regle_de_quantite(f"E{n}", produit.pas, maximum, pas))
    feuille.write_blank(ligne, TOLERANCE, None, styles["quantite" if produit.lot_complet else "ferme"])
    if produit.lot_complet:
        feuille.data_validation(ligne, TOLERANCE, ligne, TOLERANCE, regle_de_quantite(f"F{n}", produit.pas, maximum, pas, f"E{n}"))
    feuille.write_formula(ligne, MONTANT, f'=IF(E{n}="","",IFERROR(ROUND(E{n}*C{n},2),"à revoir"))', styles["euros"], "")
    feuille.write_string(ligne, SAVOIR, savoir, styles["detail"])


def _a_savoir(depot: Depot, produit: Produit) -> str:
    allergenes, lot = affichage.allergenes(produit), affichage.lot_lisible(produit)
    dits = [
        affichage.provenance(depot, produit),
        f"allergènes : {allergenes}" if allergenes else "",
        f"par {lot} entier" if lot else "",
        affichage.consigne_lisible(produit),
    ]
    return " · ".join(filter(None, dits)).replace(INSECABLE, " ")


def _hauteur(depot: Depot, commande: Commande) -> int:
    """Combien de lignes prennent les produits et leurs titres de rubrique."""
    return sum(1 + len(produits) for _rubrique, produits in par_rubrique(depot, proposes(depot, commande)))


def regle_de_quantite(case: str, pas: int, maximum: int | None, pas_dit: str, avec: str = "") -> dict[str, Any]:
    """La validation d'une case : multiple du pas, au plus le maximum (millièmes). Elle prévient, sans effacer ce qui est tapé.

    `avec` : pour une tolérance, la case de la quantité, qui compte dans le même maximum.
    """
    conditions = [f"{case}>=0", f"MOD(ROUND({case}*1000,0),{pas})=0"]
    dits = [f"Ce produit se commande {pas_dit or 'à l’unité'}".replace(INSECABLE, " ")]
    if maximum is not None:
        tout = f"({case}+N({avec}))" if avec else case
        conditions.append(f"ROUND({tout}*1000,0)<={maximum}")
        entier, reste = divmod(maximum, MILLE)
        dits.append(f"au plus {entier}" + (f",{reste:03d}".rstrip("0") if reste else "") + (", quantité comprise" if avec else ""))
    return {"validate": "custom", "value": f"=AND({','.join(conditions)})", **_alerte(f"{', '.join(dits)}.")}


def _alerte(message: str) -> dict[str, str]:
    return {"error_type": "warning", "error_title": "À vérifier", "error_message": message}
