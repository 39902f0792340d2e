"""Les noms du catalogue dans d'autres langues : `catalogue/traductions/<code>.yaml`, que chacun·e peut corriger.

Entre : le texte d'un fichier. Sort : des noms par chemin (`produits/<ref>`, `rubriques/<code>`), et des constats. Un nom absent
n'est pas une faute ici : le bon le montre en français, et un contrôle le compte (`traduction-absente`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cabas.constats import Constat, Emplacement, avertissement, erreur
from cabas.lecture.schemas import proche
from cabas.lecture.yaml_strict import Noeud, lire_yaml
from cabas.modele import Depot

FAMILLES = ("produits", "rubriques")
LONGUEUR = 80
"""Autant que le nom français : il doit tenir à la même place."""


def lire_traduction(texte: str, fichier: str) -> tuple[dict[str, Noeud], list[Constat]]:
    """Les noms d'un fichier, avec leur ligne.

    Codes : ceux de `yaml_strict`, `fiche-invalide`, `cle-inconnue`, `type-inattendu`, `texte-trop-long`.
    """
    racine, constats = lire_yaml(texte, fichier)
    if racine is None:
        return {}, constats
    if not isinstance(racine.valeur, dict):
        fait, remede = "On attend ici des produits et des rubriques.", "Commencer par produits: puis une ligne « ref: nom » par produit."
        return {}, [*constats, erreur("fiche-invalide", Emplacement(fichier, 1), fait, remede)]
    noms: dict[str, Noeud] = {}
    for famille, noeud in racine.valeur.items():
        lieu = Emplacement(fichier, noeud.ligne)
        if famille not in FAMILLES:
            constats.append(erreur("cle-inconnue", lieu, f"« {famille} » n’est pas un champ de cette fiche.", "Écrire produits ou rubriques."))
        elif isinstance(noeud.valeur, dict):
            noms |= {f"{famille}/{cle}": nom for cle, nom in noeud.valeur.items() if nom.valeur != ""}
        elif noeud.valeur != "":
            constats.append(erreur("type-inattendu", lieu, f"{famille} : on attend une suite de « ref: nom ».", "Écrire une ligne par nom."))
    constats += _juger_les_noms(noms, fichier)
    return {chemin: nom for chemin, nom in noms.items() if isinstance(nom.valeur, str)}, constats


def _juger_les_noms(noms: Mapping[str, Noeud], fichier: str) -> Iterator[Constat]:
    for chemin, nom in noms.items():
        lieu = Emplacement(fichier, nom.ligne)
        if not isinstance(nom.valeur, str):
            yield erreur("type-inattendu", lieu, f"{chemin} : on attend un nom.", "Écrire « ref: nom ».")
        elif len(nom.valeur) > LONGUEUR:
            yield erreur("texte-trop-long", lieu, f"{chemin} : {len(nom.valeur)} lettres, {LONGUEUR} au plus.", "Raccourcir le nom.")


def juger_traductions(depot: Depot, lues: Mapping[str, tuple[str, Mapping[str, Noeud]]]) -> list[Constat]:
    """Chaque nom traduit est-il celui d'un produit ou d'une rubrique du catalogue ? `lues` : par langue, le fichier et ses noms."""
    connus = {f"produits/{ref}" for ref in depot.produits} | {f"rubriques/{rubrique.code}" for rubrique in depot.rubriques}
    constats = []
    for fichier, noms in lues.values():
        for chemin, nom in noms.items():
            if chemin not in connus:
                voisin = proche(chemin, sorted(connus))
                remede = f"Vouliez-vous dire « {voisin.partition('/')[2]} » ?" if voisin else "Ôter cette ligne."
                fait = f"« {chemin.partition('/')[2]} » n’est pas au catalogue : ce nom ne sert pas."
                constats.append(avertissement("traduction-inutile", Emplacement(fichier, nom.ligne), fait, remede))
    return constats
