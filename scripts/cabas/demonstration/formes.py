"""Les formes d'un bon : le fichier canonique, la grille d'une permanence, le tableur. Chaque forme rend les octets d'un fichier.

Entre : le contexte d'un groupement et des bons. Les exports des services de formulaires sont dans `formulaires`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from cabas.calculs.offre import prix_unitaire
from cabas.demonstration.classeurs import ods, xlsx
from cabas.demonstration.faits import Article, Bon, Contexte
from cabas.demonstration.paniers import Main, cout
from cabas.demonstration.tableaux import EXCEL_FR, EXCEL_FR_UTF8, Dialecte, csv
from cabas.modele import Produit
from cabas.quantites import UNITES
from cabas.typographie import euros_csv, nombre_csv

COLONNES = (
    "cellule", "produit", "quantite", "tolerance", "commande", "groupement", "bon", "envoye_le", "creneau", "tarif", "nom", "telephone",
    "courriel", "remarque", "statut",
)  # fmt: skip

type_ecrire = Callable[[Contexte, Sequence[Bon]], bytes]
type_intitule = Callable[[Contexte, Produit], str]


class Forme(NamedTuple):
    """Un chemin qu'empruntent les bons. `grille` : une colonne par produit. `courte` : seulement la vitrine. `datee` : envoi connu."""

    nom: str
    fichier: str
    ecrire: type_ecrire
    main: Main
    grille: bool = True
    courte: bool = True
    datee: bool = False


class Colonne(NamedTuple):
    """Une colonne qui n'est pas un produit : son intitulé, et ce qu'y met le bon de rang donné."""

    intitule: str
    valeur: Callable[[Bon, int], str]


def avec_ref(contexte: Contexte, produit: Produit) -> str:
    """« Farine T65, 1,20 €/kg [farine-t65] » : l'intitulé de nos propres grilles."""
    prix = euros_csv(prix_unitaire(produit, contexte.groupement.tarifs[0]))
    return f"{produit.nom}, {prix} €/{UNITES[produit.unite]} [{produit.ref}]"


def nom_seul(_contexte: Contexte, produit: Produit) -> str:
    """« Farine T65 »."""
    return produit.nom


def nom_et_unite(_contexte: Contexte, produit: Produit) -> str:
    """« Farine T65 (kg) »."""
    return f"{produit.nom} ({UNITES[produit.unite]})"


def signature(bon: Bon, _rang: int) -> str:
    """Comment la cellule s'est nommée dans le fichier."""
    return bon.signe


NOM = Colonne("Nom", signature)
CRENEAU = Colonne("Créneau", lambda bon, _: bon.plage)
TELEPHONE = Colonne("Téléphone", lambda bon, _: bon.cellule.telephone)


def grille(
    contexte: Contexte, bons: Sequence[Bon], avant: Sequence[Colonne], intitule: type_intitule, apres: Sequence[Colonne] = (), *, courte: bool = True
) -> list[list[str]]:
    """Une ligne par bon, une colonne par produit ; les colonnes que personne n'a prévues viennent à la suite des produits."""
    produits = contexte.vitrine if courte else contexte.produits
    en_trop = list(dict.fromkeys(article.colonne for bon in bons for article in bon.articles if article.colonne))
    lignes = [
        [
            *(colonne.intitule for colonne in avant),
            *(intitule(contexte, produit) for produit in produits),
            *en_trop,
            *(colonne.intitule for colonne in apres),
        ]
    ]
    for rang, bon in enumerate(bons, 1):
        cases = {article.colonne or article.ref: article.lu for article in bon.articles}
        lignes.append(
            [
                *(colonne.valeur(bon, rang) for colonne in avant),
                *(cases.get(produit.ref, "") for produit in produits),
                *(cases.get(titre, "") for titre in en_trop),
                *(colonne.valeur(bon, rang) for colonne in apres),
            ]
        )
    return lignes


def canonique(bons: Sequence[Bon]) -> list[tuple[str, ...]]:
    """Les bons sous la forme canonique, toutes colonnes."""
    return [COLONNES, *(_ligne(bon, article) for bon in bons for article in bon.articles)]


def _ligne(bon: Bon, article: Article) -> tuple[str, ...]:
    cellule = bon.cellule
    envoi = bon.envoi.isoformat() if bon.envoi else ""
    nom = cellule.nom if bon.signe else ""
    tolerance = nombre_csv(article.tolerance) if article.tolerance else ""
    return (
        bon.signe, article.ref, article.lu, tolerance, bon.commande, bon.groupement, bon.identifiant, envoi, bon.creneau, bon.tarif, nom,
        cellule.telephone if nom else "", cellule.courriel if nom else "", bon.remarque, "brouillon" if bon.brouillon else "valide",
    )  # fmt: skip


def page(_contexte: Contexte, bons: Sequence[Bon]) -> bytes:
    """Le fichier que télécharge la page du bon."""
    return csv(canonique(bons), Dialecte(";"))


def telephone(_contexte: Contexte, bons: Sequence[Bon]) -> bytes:
    """Les appels notés par l'équipe : quatre colonnes, dans l'ordre où elles sont venues."""
    lignes = [
        (article.ref, article.lu, bon.signe, nombre_csv(article.tolerance) if article.tolerance else "") for bon in bons for article in bon.articles
    ]
    return csv([("produit", "quantite", "cellule", "tolerance"), *lignes], Dialecte("\t", fin="\r\n"))


def canonique_xlsx(_contexte: Contexte, bons: Sequence[Bon]) -> bytes:
    """La forme canonique dans un classeur."""
    return xlsx(canonique(bons), "bons")


_PERMANENCE = (
    Colonne("cellule", lambda bon, _: bon.cellule.cellule if bon.signe else ""),
    Colonne("nom", lambda bon, _: bon.cellule.nom if bon.signe else ""),
    Colonne("telephone", lambda bon, _: bon.cellule.telephone if bon.signe else ""),
    Colonne("creneau", lambda bon, _: bon.creneau),
)
_REMARQUE = (Colonne("remarque", lambda bon, _: bon.remarque),)
_LISTE = (NOM, CRENEAU)


def permanence_xlsx(contexte: Contexte, bons: Sequence[Bon]) -> bytes:
    """Le tableur de la permanence, une ligne par personne."""
    return xlsx(grille(contexte, bons, _PERMANENCE, avec_ref, _REMARQUE, courte=False), "Permanence")


def permanence_ods(contexte: Contexte, bons: Sequence[Bon]) -> bytes:
    """Le même, fait avec LibreOffice."""
    return ods(grille(contexte, bons, _PERMANENCE, avec_ref, _REMARQUE, courte=False), "Permanence")


def papier(contexte: Contexte, bons: Sequence[Bon]) -> bytes:
    """La grille vide du site, remplie d'après les bons papier."""
    return csv(grille(contexte, bons, _PERMANENCE, avec_ref, _REMARQUE, courte=False), EXCEL_FR_UTF8)


def tableau_partage(contexte: Contexte, bons: Sequence[Bon]) -> bytes:
    """Un tableau fait par le groupement : les noms du catalogue, sans ref, virgules de LibreOffice."""
    return csv(grille(contexte, bons, _LISTE, nom_seul), Dialecte())


def _total(contexte: Contexte) -> Colonne:
    """Le total que calculait la feuille : ce n'est pas une quantité."""
    return Colonne("Total (€)", lambda bon, _: f"{euros_csv(cout(contexte, bon))}\u00a0€")


def excel(contexte: Contexte, bons: Sequence[Bon]) -> bytes:
    """« CSV (séparateur : point-virgule) » d'un Excel français : Windows-1252, et pas de caractère qu'il n'a pas."""
    return csv(grille(contexte, bons, _LISTE, nom_et_unite, (_total(contexte),)), EXCEL_FR)


def excel_utf8(contexte: Contexte, bons: Sequence[Bon]) -> bytes:
    """« CSV UTF-8 » d'un Excel français."""
    return csv(grille(contexte, bons, _LISTE, nom_et_unite, (_total(contexte),)), EXCEL_FR_UTF8)


FORMES = (
    Forme("telephone", "telephone.tsv", telephone, Main.LIBRE, grille=False, courte=False),
    Forme("canonique-xlsx", "tableur-partage.xlsx", canonique_xlsx, Main.VIRGULE, grille=False, courte=False, datee=True),
    Forme("permanence-xlsx", "permanence-mardi.xlsx", permanence_xlsx, Main.LIBRE, courte=False),
    Forme("permanence-ods", "permanence-samedi.ods", permanence_ods, Main.LIBRE, courte=False),
    Forme("papier", "papier.csv", papier, Main.LIBRE, courte=False),
    Forme("tableau-partage", "tableau-du-hall.csv", tableau_partage, Main.LIBRE),
    Forme("excel-cp1252", "excel.csv", excel, Main.LIBRE),
    Forme("excel-utf8", "excel-utf8.csv", excel_utf8, Main.LIBRE),
)
