"""L'état des lots d'une commande ouverte : `catalogue/commandes/<id>.etat.json`, contrôlé comme une fiche.

Du JSON est du YAML : le lecteur strict garde la ligne de chaque valeur, et aucun nombre ne passe par un flottant.
"""

from __future__ import annotations

from cabas.constats import Constat
from cabas.etats import EtatDesLots
from cabas.lecture.fiches import Rangs, construire, deplier
from cabas.lecture.yaml_strict import lire_yaml


def lire_etat(texte: str, relatif: str, commande: str, rangs: Rangs) -> tuple[EtatDesLots | None, list[Constat]]:
    """L'état, ou `None` s'il est faux, et pourquoi. Ajoute à `rangs` ce que frictionless contrôlera."""
    noeud, constats = lire_yaml(texte, relatif)
    if noeud is None:
        return None, constats
    constats += deplier("etats", noeud, relatif, {"commande": commande}, rangs)
    return construire("etats", noeud, relatif, {"commande": commande}, constats), constats
