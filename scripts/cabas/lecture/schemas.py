"""Les schémas (Table Schema, dans `cabas/schemas`) et leur contrôle par frictionless.

Entre : des rangs (une fiche, ou une ligne d'une sous-table, en texte brut). Sort : des constats en français, rattachés au
fichier et à la ligne du champ. Frictionless dit ce qui est faux ; les phrases sont à nous, par type d'erreur.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from cabas.constats import Constat, Source, erreur
from cabas.lecture.donnees import lire_donnee, lire_dossier
from cabas.quantites import lire_decimal
from cabas.typographie import enumerer

Schema = Mapping[str, Any]


class Rang(NamedTuple):
    """Une ligne de table à contrôler : ses valeurs brutes (texte, listes, dictionnaires) et d'où elle vient."""

    valeurs: Mapping[str, Any]
    source: Source


@lru_cache(maxsize=64)
def schema(nom: str) -> Schema:
    """Le schéma d'une table, par son nom (`produits`, `fenetres`, `bons`…)."""
    contenu: Schema = json.loads(lire_donnee(f"schemas/{nom}.json"))
    return contenu


@lru_cache(maxsize=1)
def empreinte_des_schemas() -> str:
    """Change dès qu'un schéma change : ce qui a été contrôlé par l'ancien ne l'est plus."""
    return hashlib.sha256("".join(lire_dossier("schemas").values()).encode()).hexdigest()


@lru_cache(maxsize=64)
def champs(nom: str) -> dict[str, dict[str, Any]]:
    """Les champs d'un schéma, par nom, dans l'ordre."""
    return {champ["name"]: champ for champ in schema(nom)["fields"]}


def proche(mot: str, possibles: Sequence[str]) -> str:
    """Le mot le plus proche parmi les possibles, ou une chaîne vide."""
    from difflib import get_close_matches

    trouves = get_close_matches(mot.casefold(), [possible.casefold() for possible in possibles], n=1, cutoff=0.6)
    return next((possible for possible in possibles if trouves and possible.casefold() == trouves[0]), "")


def en_yaml(exemple: Any) -> str:
    """Un exemple de schéma, écrit comme on l'écrirait dans une fiche."""
    if isinstance(exemple, dict):
        return "{" + ", ".join(f"{cle}: {en_yaml(valeur)}" for cle, valeur in exemple.items()) + "}"
    if isinstance(exemple, list):
        return "[" + ", ".join(en_yaml(valeur) for valeur in exemple) + "]"
    return str(exemple)


def controler(tables: Mapping[str, Sequence[Rang]], uniques: frozenset[str]) -> list[Constat]:
    """Contrôle des tables par frictionless, clés étrangères comprises.

    `uniques` : les tables dont la clé primaire vaut pour tout le dépôt (les sous-tables n'ont d'unicité que dans leur
    fiche, et c'est `controles` qui la juge).
    """
    from frictionless import Checklist, Package, Resource
    from frictionless import Schema as SchemaFrictionless
    from frictionless.resources import TableResource

    ressources: list[Resource] = []
    for nom, rangs in tables.items():
        descripteur = dict(schema(nom))
        if nom not in uniques:
            descripteur.pop("primaryKey", None)
        descripteur["fields"] = [_pour_frictionless(champ) for champ in schema(nom)["fields"]]
        noms = list(champs(nom))
        donnees = [{champ: rang.valeurs.get(champ) for champ in noms} for rang in rangs] or [dict.fromkeys(noms)][:0]
        ressources.append(
            TableResource(
                name=nom,
                data=[noms, *([ligne[champ] for champ in noms] for ligne in donnees)],
                schema=SchemaFrictionless.from_descriptor(descripteur),
            )
        )
    rapport = Package(resources=ressources).validate(Checklist(), limit_errors=100_000)
    constats: list[Constat] = []
    for tache in rapport.tasks:
        for faute in tache.errors:
            constats.extend(_traduire(tache.name, tables[tache.name], faute))
    return constats


def _pour_frictionless(champ: Mapping[str, Any]) -> dict[str, Any]:
    """Un champ sans nos ajouts ; listes et objets sont contrôlés à part, comme des tables."""
    garde = {cle: valeur for cle, valeur in champ.items() if cle in ("name", "title", "type", "constraints", "trueValues", "falseValues")}
    if garde["type"] in ("array", "object", "any"):
        garde["type"] = "any"
    return garde


def _traduire(nom: str, rangs: Sequence[Rang], faute: Any) -> list[Constat]:
    """Une erreur de frictionless, dite en français par son type."""
    numero = getattr(faute, "row_number", None)
    if numero is None:
        return []
    rang = rangs[numero - 2]
    champ = getattr(faute, "field_name", None)
    if champ is None:
        champ = (list(getattr(faute, "field_names", None) or []) or [""])[0]
    definition = champs(nom).get(champ, {})
    if faute.type == "primary-key":
        champ = schema(nom)["primaryKey"]
    lu = rang.valeurs.get(champ)
    code, message, remede = _phrases(faute.type, getattr(faute, "note", ""), definition, champ, lu, faute)
    return [erreur(code, rang.source.a(champ), message, remede)]


def _phrases(genre: str, note: str, definition: Mapping[str, Any], champ: str, lu: Any, faute: Any) -> tuple[str, str, str]:
    exemple = en_yaml(definition.get("example", ""))
    if genre == "type-error" and definition.get("type") == "boolean":
        return "type-inattendu", f"{champ} : « {lu} » n’est ni vrai ni faux.", f"Écrire {champ}: true, ou {champ}: false."
    if genre == "type-error":
        return (
            "type-inattendu",
            f"{champ} : « {lu} » n’est pas {_GENRES.get(definition.get('type', ''), 'du texte')}.",
            f"Écrire par exemple {champ}: {exemple}.",
        )
    if genre == "foreign-key":
        table = getattr(faute, "reference_name", "")
        return (
            _ETRANGERES.get(table, "reference-inconnue"),
            f"{champ} : « {lu} » n’existe pas dans {_LIEUX.get(table, table)}.",
            "Corriger le nom, ou créer la fiche.",
        )
    if genre == "primary-key":
        return "identifiant-en-double", f"« {lu} » existe déjà.", "Donner un autre identifiant à l’une des deux fiches."
    return _phrases_de_contrainte(note, definition, champ, lu)


def _phrases_de_contrainte(note: str, definition: Mapping[str, Any], champ: str, lu: Any) -> tuple[str, str, str]:
    contraintes, exemple = definition.get("constraints", {}), en_yaml(definition.get("example", ""))
    if "required" in note:
        return "champ-absent", f"Le champ « {champ} » manque.", f"Ajouter une ligne « {champ}: {exemple} »."
    if "enum" in note:
        permis = [str(valeur) for valeur in contraintes.get("enum", [])]
        voisin = proche(str(lu), permis)
        return (
            "valeur-interdite",
            f"{champ} : « {lu} » n’est pas une valeur admise.",
            f"Vouliez-vous dire « {voisin} » ?" if voisin else f"Choisir {enumerer(permis, 'ou')}.",
        )
    if ("minimum" in note or "maximum" in note) and lire_decimal(str(lu)) is None:
        return "nombre-illisible", f"{champ} : « {lu} » n’est pas un nombre.", f"Écrire par exemple {champ}: {exemple}."
    if "minimum" in note:
        return "nombre-trop-petit", f"{champ} : {lu} est trop petit (au moins {contraintes.get('minimum')}).", "Corriger le nombre."
    if "maximum" in note and "maxLength" not in note:
        return "nombre-trop-grand", f"{champ} : {lu} est trop grand (au plus {contraintes.get('maximum')}).", "Corriger le nombre."
    if "maxLength" in note:
        return (
            "texte-trop-long",
            f"{champ} : le texte dépasse {contraintes.get('maxLength')} caractères.",
            "Le raccourcir, et mettre le détail dans la description.",
        )
    if champ in ("ref", "slug", "id", "code"):
        return "identifiant-invalide", f"« {lu} » n’est pas un identifiant.", "Minuscules sans accent, chiffres et tirets : farine-t65."
    return "forme-inattendue", f"{champ} : « {lu} » n’a pas la forme attendue.", f"Écrire par exemple {champ}: {exemple}."


_GENRES = {
    "number": "un nombre (point décimal, sans espace ni unité)",
    "integer": "un nombre entier",
    "date": "une date AAAA-MM-JJ",
}
_ETRANGERES = {
    "producteurs": "producteur-inconnu",
    "rubriques": "rubrique-inconnue",
    "groupements": "groupement-inconnu",
    "produits": "produit-inconnu",
}
_LIEUX = {
    "producteurs": "catalogue/producteurs",
    "rubriques": "catalogue/rubriques.yaml",
    "groupements": "groupements",
    "produits": "catalogue/produits",
}
