"""Des nœuds YAML aux fiches du modèle, en suivant le schéma.

Deux temps : `deplier` sort de chaque nœud les rangs bruts à contrôler (une fiche, ses sous-tables, ses listes) et dit les
clés inconnues ; `construire` convertit et bâtit la dataclass, ou rend `None` si un champ ne se convertit pas.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from cabas.constats import Constat, Refus, Source, erreur
from cabas.etats import EtatDeLot, EtatDesLots
from cabas.lecture.conversion import scalaire
from cabas.lecture.schemas import Rang, champs, proche
from cabas.lecture.yaml_strict import Noeud
from cabas.mission import Mission
from cabas.modele import (
    Adhesion,
    Commande,
    Coupe,
    Creneau,
    Distribution,
    Fenetre,
    Groupement,
    Lot,
    Producteur,
    Produit,
    Rubrique,
    Selection,
    Tarif,
)
from cabas.regles_de_partage import Cellier, Limite, LimiteGroupement
from cabas.service import ChampReserve, Service

CLASSES: Mapping[str, Callable[..., Any]] = {
    "produits": Produit,
    "lot": Lot,
    "coupe": Coupe,
    "rubriques": Rubrique,
    "producteurs": Producteur,
    "groupements": Groupement,
    "tarifs": Tarif,
    "adhesions": Adhesion,
    "commandes": Commande,
    "limites": Limite,
    "limites_groupements": LimiteGroupement,
    "cellier_de_commande": Cellier,
    "fenetres": Fenetre,
    "distribution": Distribution,
    "creneaux": Creneau,
    "etats": EtatDesLots,
    "etats_de_lot": EtatDeLot,
    "missions": Mission,
    "service": Service,
    "champs_reserves": ChampReserve,
}
Rangs = dict[str, list[Rang]]


def source_de(noeud: Noeud, fichier: str) -> Source:
    """La source d'un dictionnaire : la ligne de chacune de ses clés."""
    contenu = noeud.valeur if isinstance(noeud.valeur, dict) else {}
    return Source(fichier, noeud.ligne, {cle: valeur.ligne for cle, valeur in contenu.items()})


def deplier(nom: str, noeud: Noeud, fichier: str, ajouts: Mapping[str, str], rangs: Rangs) -> list[Constat]:
    """Range dans `rangs` la fiche et ses sous-tables, en texte brut. Codes : `fiche-invalide`, `cle-inconnue`."""
    source = source_de(noeud, fichier)
    if not isinstance(noeud.valeur, dict):
        return [erreur("fiche-invalide", source.a(), "On attend ici une suite de « clé: valeur ».", "Comparer avec le modèle de content/modeles.")]
    connus, constats, valeurs = champs(nom), [], dict[str, Any](ajouts)
    for cle, valeur in noeud.valeur.items():
        if cle not in connus or cle in ajouts:
            voisin = proche(cle, [connu for connu in connus if connu not in ajouts])
            remede = f"Vouliez-vous dire « {voisin} » ?" if voisin else "L’ôter, ou voir les champs admis dans content/modeles."
            constats.append(erreur("cle-inconnue", source.a(cle), f"« {cle} » n’est pas un champ de cette fiche.", remede))
            continue
        valeurs[cle] = valeur.brut if valeur.valeur != "" else None
        constats += _deplier_champ(connus[cle], cle, valeur, source, rangs)
        if isinstance(valeur.valeur, dict | tuple) and connus[cle]["type"] not in ("array", "object", "any"):
            valeurs[cle] = str(valeur.brut)
            constats.append(
                erreur(
                    "type-inattendu",
                    source.a(cle),
                    f"{cle} : on attend une seule valeur.",
                    f"Écrire par exemple {cle}: {connus[cle].get('example', '')}.",
                )
            )
            valeurs.pop(cle)
    rangs.setdefault(nom, []).append(Rang(valeurs, source))
    return constats


def _deplier_champ(champ: Mapping[str, Any], cle: str, valeur: Noeud, source: Source, rangs: Rangs) -> list[Constat]:
    if valeur.valeur == "":
        return []
    attendu = {"array": tuple, "object": dict}.get(champ["type"])
    if attendu and not isinstance(valeur.valeur, attendu):
        forme = "une liste, entre crochets ou un tiret par ligne" if attendu is tuple else "des champs « clé: valeur »"
        return [erreur("type-inattendu", source.a(cle), f"{cle} : on attend {forme}.", "Comparer avec le modèle de content/modeles.")]
    if "objet" in champ:
        return deplier(champ["objet"], valeur, source.fichier, {}, rangs)
    constats: list[Constat] = []
    if "lignes" in champ and isinstance(valeur.valeur, dict):
        for sous_cle, ligne in valeur.valeur.items():
            constats += deplier(champ["lignes"], _ligne(champ, ligne), source.fichier, {champ["cle"]: sous_cle}, rangs)
    elif "lignes" in champ and isinstance(valeur.valeur, tuple):
        for ligne in valeur.valeur:
            constats += deplier(champ["lignes"], ligne, source.fichier, {}, rangs)
    return constats


def _ligne(champ: Mapping[str, Any], noeud: Noeud) -> Noeud:
    """Une ligne de sous-table, dépliée : « les-tilleuls: 20 » se lit comme « les-tilleuls: {total: 20} » (champ `valeur`)."""
    return Noeud({champ["valeur"]: noeud}, noeud.ligne) if "valeur" in champ and isinstance(noeud.valeur, str) else noeud


@lru_cache(maxsize=64)
def _noms_de_champs(classe: Callable[..., Any]) -> frozenset[str]:
    return frozenset(getattr(classe, "__match_args__"))  # noqa: B009


def construire(nom: str, noeud: Noeud, fichier: str, ajouts: Mapping[str, Any], constats: list[Constat]) -> Any | None:
    """Bâtit la fiche. Ajoute à `constats` ce qui ne se convertit pas ; rend `None` si un champ manque ou est faux."""
    if not isinstance(noeud.valeur, dict):
        return None
    classe, source = CLASSES[nom], source_de(noeud, fichier)
    valeurs: dict[str, Any] = dict(ajouts)
    complet = True
    for cle, champ in champs(nom).items():
        valeur = noeud.valeur.get(cle)
        if valeur is None or valeur.valeur == "":
            if champ.get("constraints", {}).get("required") and cle not in valeurs:
                complet = False
            continue
        converti = _convertir(champ, valeur, fichier, constats)
        if isinstance(converti, Refus):
            constats.append(erreur(converti.code, source.a(cle), f"{cle} : {converti.fait}", converti.remede))
            complet = False
        elif converti is None:
            complet = False
        else:
            valeurs[cle] = converti
    if not complet:
        return None
    if "source" in _noms_de_champs(classe):
        valeurs["source"] = source
    return classe(**valeurs)


def _convertir(champ: Mapping[str, Any], noeud: Noeud, fichier: str, constats: list[Constat]) -> Any:
    """La valeur typée d'un champ ; un `Refus` si elle est fausse ; `None` si sa faute est déjà dite."""
    if champ["name"] == "produits" and champ["type"] == "any":
        return _selection(noeud)
    if "objet" in champ:
        return construire(champ["objet"], noeud, fichier, {}, constats)
    if "lignes" in champ:
        paires = (
            [(_ligne(champ, ligne), {champ["cle"]: cle}) for cle, ligne in noeud.valeur.items()]
            if isinstance(noeud.valeur, dict) and "cle" in champ
            else []
        )
        if isinstance(noeud.valeur, tuple):
            paires = [(ligne, {}) for ligne in noeud.valeur]
        elements = [construire(champ["lignes"], ligne, fichier, ajouts, constats) for ligne, ajouts in paires]
        return None if any(element is None for element in elements) else tuple(elements)
    if champ["type"] == "array":
        if not isinstance(noeud.valeur, tuple):
            return None
        elements = [scalaire(champ["element"], element) for element in noeud.valeur]
        return next((element for element in elements if isinstance(element, Refus)), tuple(elements))
    return scalaire(champ, noeud)


def _selection(noeud: Noeud) -> Selection | Refus:
    if noeud.valeur == "tous":
        return Selection(tous=True)
    if isinstance(noeud.valeur, tuple) and all(isinstance(element.valeur, str) for element in noeud.valeur):
        return Selection(refs=tuple(str(element.valeur) for element in noeud.valeur))
    if isinstance(noeud.valeur, dict) and set(noeud.valeur) == {"producteurs"} and isinstance(noeud.brut["producteurs"], list):
        return Selection(producteurs=tuple(str(slug) for slug in noeud.brut["producteurs"]))
    return Refus(
        "selection-illisible",
        "on ne comprend pas quels produits sont proposés.",
        "Écrire « tous », une liste de refs, ou {producteurs: [slug, slug]}.",
    )
