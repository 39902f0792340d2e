"""L'unité écrite dans une colonne à côté de la quantité : « 50 » et « g » font 50 g, « 2 » et « sac de 25 kg » ne se devinent pas.

Dans un tableau à une ligne par produit, la colonne vaut pour toute la ligne ; dans une grille, pour le produit juste à sa gauche.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cabas.constats import Refus
from cabas.lecture.colonnes import Colonne
from cabas.lecture.rangees import Rangee
from cabas.modele import Produit
from cabas.motifs import motif
from cabas.quantites import MILLE, UNITES, dans_l_unite, lire_contenu, lire_quantite
from cabas.recu import LigneLue
from cabas.typographie import simplifier

_INTITULES = frozenset({"unite", "unites", "unite de vente", "unite de mesure", "unite de commande", "conditionnement", "conditionnements"})
_CONNUES = frozenset(
    {"prix", "prix unitaire", "prix au kg", "pu", "p.u.", "pu ttc", "prix ttc", "rubrique", "rayon", "producteur", "productrice", "n°"}
)
"""Ce qui accompagne un produit dans une liste, et que personne n'attend de nous."""
A_COTE = _INTITULES | _CONNUES
_DEVANT = motif(r"^(?:au|a la|a l'|en|le|la|par|l'|/|1)\s*(?=\S)")
_MOTS = motif(r"\w+")
_A_LA_PIECE = frozenset({"piece", "pieces", "unite", "unites", "pc", "pcs", "u"})


def colonnes_d_unite(colonnes: Iterable[Colonne]) -> list[Colonne]:
    """Les colonnes qui disent l'unité d'une quantité, sauf si une correspondance en a fait autre chose."""
    return [colonne for colonne in colonnes if colonne.refus == "colonne-inconnue" and simplifier(colonne.intitule).rstrip(" :*") in _INTITULES]


def unites_a_cote(colonnes: Sequence[Colonne]) -> dict[int, int]:
    """Dans une grille : le rang de chaque quantité, et celui de sa colonne d'unité, la première à sa droite.

    Une colonne d'unité avant le premier produit annonce le contraire : chacun a la sienne à sa gauche.
    """
    dites = sorted(colonne.rang for colonne in colonnes_d_unite(colonnes))
    produits = sorted(un.rang for un in colonnes if un.role == "quantite" and un.ref)
    if not dites or not produits:
        return {}
    if dites[0] < produits[0]:
        return {rang: max(dite for dite in dites if dite < rang) for rang in produits}
    return {rang: min(dite for dite in dites if dite > rang) for rang in produits if rang < dites[-1]}


def selon_l_unite(ligne: LigneLue, dites: Iterable[str], produits: Mapping[str, Produit]) -> LigneLue:
    """La même ligne, sa quantité et sa tolérance dans l'unité dite à côté ; rejetée si celle-ci n'est pas celle du produit.

    `dites` : ce que disent les colonnes d'unité de cette rangée. Code : `quantite-illisible`.
    """
    produit = produits.get(ligne.produit)
    ecrites = [(dite, _DEVANT.sub("", simplifier(dite)).rstrip(" .")) for dite in dites if dite]
    if produit is None or ligne.refus or not ecrites:
        return ligne
    # « 500 g » est un conditionnement, pas une unité : « 1 500 g » en ferait mille cinq cents.
    nues = [propre for _dite, propre in ecrites if propre[:1].isalpha()]
    mesures = [(propre, une) for propre in nues if isinstance(une := lire_quantite(f"1 {propre}", produit.unite), int)]
    if mesures:
        unite, une = mesures[0]
        if ligne.unite and lire_quantite(f"1 {ligne.unite}", produit.unite) != une:
            return ligne._replace(refus=_refus(ligne, f"{ligne.unite} » et « {unite}", produit))
        return ligne if une == MILLE else ligne._replace(unite=unite, tolerance=dans_l_unite(ligne.tolerance, unite))
    if produit.unite == "piece" and all(_est_la_piece(dite, propre, produit) for dite, propre in ecrites):
        return ligne
    return ligne._replace(refus=_refus(ligne, ecrites[0][0], produit))


def _refus(ligne: LigneLue, dite: str, produit: Produit) -> Refus:
    en_clair = "pièces" if produit.unite == "piece" else UNITES[produit.unite]
    fait = f"« {ligne.lu or ligne.tolerance} » est compté en « {dite} » ; ce produit se compte en {en_clair}."
    return Refus("quantite-illisible", fait, f"Demander à la personne combien de {en_clair}, et l’écrire à la place.")


def _est_la_piece(dite: str, propre: str, produit: Produit) -> bool:
    """« pièce », ce que contient la pièce (« 500 g »), ou un mot de son nom (« boîte » pour « Œufs, boîte de 6 »)."""
    if propre in _A_LA_PIECE or propre in _MOTS.findall(simplifier(produit.nom)):
        return True
    contenu = lire_contenu(simplifier(dite))
    return contenu is not None and contenu == lire_contenu(produit.contenu)


def non_lues(colonnes: Sequence[Colonne], rangees: Sequence[Rangee]) -> list[str]:
    """Dans un tableau à une ligne par produit : les intitulés, remplis quelque part, que l'on ne lit pas."""
    connues = {colonne.rang for colonne in colonnes_d_unite(colonnes)}
    muettes = [un for un in colonnes if un.refus == "colonne-inconnue" and not un.produit and un.rang not in connues]
    return [un.intitule for un in muettes if simplifier(un.intitule) not in _CONNUES and any(cases[un.rang] for _numero, cases, _refus in rangees)]
