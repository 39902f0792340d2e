"""Les prix successifs d'un produit : ce que git a gardé, et la fiche d'aujourd'hui en dernier.

Entre : l'histoire des fiches, une fiche. Sort : une `Serie` de relevés (jour, prix exact en euros), du plus ancien au plus récent.
Un prix vaut à partir de son `prix_depuis` quand il a été revu avec lui ; sinon, à partir du jour où la fiche a été enregistrée.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from cabas.argent import arrondir
from cabas.modele import Produit
from cabas.passe import FichePassee, Histoire, Version
from cabas.temps import PARIS


class Releve(NamedTuple):
    """Un prix (euros, par unité de la fiche) et le jour où il commence à valoir."""

    jour: date
    prix: Decimal


class Serie(NamedTuple):
    """Les prix d'un produit dans son unité d'aujourd'hui. `unite_depuis` : le jour où l'unité ou le contenu a changé, s'il y en a un."""

    releves: tuple[Releve, ...]
    unite_depuis: date | None = None


def versions_par_ref(histoire: Histoire) -> Mapping[str, list[Version]]:
    """Les versions de chaque produit, dans l'ordre."""
    rangees: dict[str, list[Version]] = {}
    for version in histoire.versions:
        rangees.setdefault(version.ref, []).append(version)
    return rangees


def presente(produit: Produit) -> FichePassee:
    """La fiche d'aujourd'hui, réduite à ce que l'on suit."""
    return FichePassee(
        produit.nom, produit.producteur, produit.unite, produit.contenu, produit.prix, produit.prix_depuis, produit.disponible, produit.saison
    )


def serie(produit: Produit, versions: list[Version]) -> Serie:
    """Les prix successifs d'un produit. Avant un changement d'unité ou de contenu, les prix ne se comparent pas : ils sont laissés.

    Deux prix commençant le même jour : le dernier écrit vaut, l'autre était une correction.
    """
    aujourd_hui = presente(produit)
    vues = [(version.instant.astimezone(PARIS).date(), version.fiche) for version in versions if version.fiche]
    releves: list[Releve] = []
    mesure, unite_depuis, ecrit = _mesure(vues[0][1] if vues else aujourd_hui), None, None
    for enregistree, fiche in [*vues, (produit.prix_depuis, aujourd_hui)]:
        revu = fiche.prix_depuis is not None and fiche.prix_depuis != ecrit
        jour = fiche.prix_depuis if revu and fiche.prix_depuis else enregistree
        ecrit = fiche.prix_depuis
        if _mesure(fiche) != mesure:
            mesure, unite_depuis, releves = _mesure(fiche), max(jour, enregistree), []
        _ajouter(releves, Releve(jour, fiche.prix))
    return Serie(tuple(releves), unite_depuis)


def _ajouter(releves: list[Releve], releve: Releve) -> None:
    if releves and releve.jour <= releves[-1].jour:
        releve = Releve(releves[-1].jour, releve.prix) if releve.prix != releves[-1].prix else releves[-1]
        releves.pop()
    if not releves or releves[-1].prix != releve.prix:
        releves.append(releve)


def _mesure(fiche: FichePassee) -> tuple[str, str]:
    return fiche.unite, fiche.contenu


def ecart(avant: Decimal, apres: Decimal) -> int:
    """De combien un prix a bougé, en dixièmes de pour cent, demi vers le haut : 1,40 → 1,50 donne 71 (7,1 %).

    >>> ecart(Decimal("1.40"), Decimal("1.50")), ecart(Decimal("2"), Decimal("1.5"))
    (71, -250)
    """
    numerateur, denominateur = (apres - avant).as_integer_ratio()
    bas, haut = avant.as_integer_ratio()
    return arrondir(numerateur * haut * 1000, denominateur * bas)
