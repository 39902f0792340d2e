"""Les schémas et le modèle disent la même chose, et chaque exemple d'un schéma est valable."""

from __future__ import annotations

import dataclasses
import importlib
import json

import pytest
from conftest import PAQUET, dire

# Les classes de modele.py, de recu.py et d'etats.py décrites par un schéma ; `source` et `presentation` ne s'écrivent pas dans un champ.
FICHES = {
    "adherents": "Adherent", "adhesions": "Adhesion", "commandes": "Commande", "coupe": "Coupe", "creneaux": "Creneau",
    "decisions": "Decision", "etats": "EtatDesLots", "etats_de_lot": "EtatDeLot", "missions": "Mission",
    "correspondances": "Correspondance",
    "cellier": "Stock", "cellier_de_commande": "Cellier", "limites_groupements": "LimiteGroupement",
    "distribution": "Distribution", "fenetres": "Fenetre", "groupements": "Groupement", "limites": "Limite", "lot": "Lot",
    "producteurs": "Producteur", "produits": "Produit", "profils": "Profil", "rubriques": "Rubrique", "tarifs": "Tarif",
    "champs_reserves": "ChampReserve", "service": "Service",
}  # fmt: skip
MODULES = ("cabas.modele", "cabas.recu", "cabas.etats", "cabas.lecture.profils", "cabas.regles_de_partage", "cabas.service")
HORS_SCHEMA = {"source", "presentation"}
SANS_CLASSE = {
    "bons": "cellule produit quantite tolerance commande groupement bon envoye_le creneau tarif nom telephone courriel remarque statut",
    "mouvements": "date cellule type montant moyen piece note",
}


def lire_schema(nom_du_schema: str) -> dict:
    return json.loads((PAQUET / "schemas" / f"{nom_du_schema}.json").read_text(encoding="utf-8"))


def test_chaque_schema_a_sa_classe():
    schemas = {fichier.stem for fichier in (PAQUET / "schemas").glob("*.json")}
    assert schemas == FICHES.keys() | SANS_CLASSE.keys()


@pytest.mark.parametrize("schema", FICHES)
def test_les_champs_du_schema_sont_ceux_de_la_classe(schema: str):
    classe = next(
        getattr(module, FICHES[schema]) for module in map(importlib.import_module, MODULES) if hasattr(module, FICHES[schema])
    )
    champs = classe._fields if hasattr(classe, "_fields") else [champ.name for champ in dataclasses.fields(classe)]
    assert [champ["name"] for champ in lire_schema(schema)["fields"]] == [champ for champ in champs if champ not in HORS_SCHEMA]


@pytest.mark.parametrize("schema", SANS_CLASSE)
def test_les_colonnes_des_fichiers_prives_sont_celles_du_contrat(schema: str):
    assert [champ["name"] for champ in lire_schema(schema)["fields"]] == SANS_CLASSE[schema].split()


@pytest.mark.parametrize("schema", [*FICHES, *SANS_CLASSE])
def test_chaque_champ_est_explique_et_son_exemple_est_valable(schema: str):
    from frictionless import Field

    fautes = []
    for champ in lire_schema(schema)["fields"]:
        if not champ.get("title"):
            fautes.append(f"{schema}.{champ['name']} : pas de titre")
        if champ["type"] in {"any", "object"} or not champ.get("example"):
            continue
        element = champ.get("element", champ)
        exemples = champ["example"] if isinstance(champ["example"], list) else [champ["example"]]
        lecteur = Field.from_descriptor({"name": champ["name"], "type": element["type"], "constraints": element.get("constraints", {})})
        for exemple in exemples:
            _, remarques = lecteur.read_cell(exemple if isinstance(exemple, str) else str(exemple))
            if remarques:
                fautes.append(f"{schema}.{champ['name']} : l’exemple « {exemple} » est refusé ({', '.join(remarques)})")
    dire(fautes)
