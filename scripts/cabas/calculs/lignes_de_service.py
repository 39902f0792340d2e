"""Une ligne de total, de prix ou d'exemple, dans un tableau de bons : elle a des nombres sous chaque produit, et n'est pas une personne.

Entre : ce qui est écrit à la place du nom. Sort : ce que c'est, ou une chaîne vide. Une personne inscrite dans `adherents.csv` n'est jamais
une ligne de total : c'est à l'appelant de le savoir.
"""

from __future__ import annotations

import re
from functools import lru_cache

from cabas.motifs import motif
from cabas.typographie import simplifier

_PEUT_ETRE = re.compile(r"[\W_]*(?:tot|sou|gra|som|\u03c3|pri|p\W?u|mon|moy|qua|sto|res|uni|min|max|ex|con|tar|cum)", re.IGNORECASE)
"""Comment commencent toutes ces lignes : savoir vite que presque personne ne s'appelle ainsi."""
_COUPURES = motif(r"[\W_]+")
_EXEMPLE = motif(r"[\W_]*(?:exemples?\b|ex\b[\W_]*[.:)])")
_SUITE = frozenset({
    "general", "generaux", "commande", "commandes", "commander", "de", "du", "des", "la", "le", "les", "l", "a", "au", "par", "pour", "en",
    "ht", "ttc", "kg", "g", "kilo", "kilos", "litre", "litres", "piece", "pieces", "unite", "unites", "unitaire", "unitaires", "u", "eur",
    "euro", "euros", "coutant", "achat", "vente", "public", "produit", "produits", "adherent", "adherents", "quantite", "quantites", "sac",
    "sacs", "lot", "lots", "tarif", "somme", "total", "totaux", "totale", "totales", "prix", "stock", "catalogue", "mini", "maxi",
    "minimum", "maximum", "reste", "restant", "restante",
})  # fmt: skip
"""Ce qui suit ces mots sans en faire une personne : « Prix au kg », mais pas « Prix Camille »."""
_SORTES = {
    **dict.fromkeys(("prix", "pu", "montant", "montants", "tarif", "tarifs"), "de prix"),
    **dict.fromkeys(("somme", "sommes", "\u03c3", "moyenne", "moyennes", "quantite", "quantites", "cumul"), "de total"),
    **dict.fromkeys(("stock", "reste", "restant"), "de stock"),
    **dict.fromkeys(("unite", "unites", "conditionnement", "conditionnements", "minimum", "maximum"), "d’intitulés"),
}


@lru_cache(maxsize=1024)
def _lire(ecrit: str) -> str:
    propre = simplifier(ecrit)
    if _EXEMPLE.match(propre):
        return "d’exemple"
    mots = [mot for mot in _COUPURES.split(propre) if mot]
    if mots[:2] == ["p", "u"]:  # « P.U. »
        mots[:2] = ["pu"]
    if mots[:1] in (["sous"], ["grand"]) and mots[1:2] in (["total"], ["totaux"]):
        del mots[0]
    if not mots:
        return ""
    if mots[0] in ("total", "totaux"):
        return "de total"
    return _SORTES.get(mots[0], "") if _SUITE.issuperset(mots[1:]) else ""


def ligne_de_service(ecrit: str) -> str:
    """De quoi est cette ligne : « de total », « de prix », « de stock », « d’exemple »… ; vide si c'est peut-être une personne.

    >>> ligne_de_service("TOTAL KG :"), ligne_de_service("P.U."), ligne_de_service("(exemple) Marie"), ligne_de_service("Prix Camille")
    ('de total', 'de prix', 'd’exemple', '')
    """
    return _lire(ecrit) if _PEUT_ETRE.match(ecrit) else ""
