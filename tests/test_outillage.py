"""Les outils des essais marchent : le réseau miniature est sans faute, les instantanés comparent ce qu'il faut."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import normaliser

from cabas.lecture.depot import charger


def test_le_reseau_miniature_est_sans_faute(mini_depot: Path):
    depot, constats = charger(mini_depot)
    assert constats == []
    assert len(depot.produits) == 5
    assert [produit.ref for produit in depot.produits.values() if produit.lot_complet] == ["lentilles-vertes"]
    assert [groupement.slug for groupement in depot.groupements.values() if groupement.credit] == ["la-remise"]
    assert [len(commande.fenetres) for commande in depot.commandes.values()] == [2]


def test_modifier_change_une_fiche(mini_depot: Path, modifier):
    modifier("catalogue/produits/farine-t65.yaml", "unite: kg", "unite: sac")
    _, constats = charger(mini_depot)
    assert [(constat.emplacement.fichier, constat.emplacement.ligne) for constat in constats] == [("catalogue/produits/farine-t65.yaml", 4)]


def test_modifier_refuse_un_passage_absent(modifier):
    with pytest.raises(AssertionError):
        modifier("catalogue/produits/farine-t65.yaml", "ce texte n’y est pas", "")


def test_un_instantane_ne_depend_ni_de_la_machine_ni_du_jour(tmp_path: Path):
    texte = f"{tmp_path}/recap.csv  \r\nSHA-256 : {'a' * 64}\nPrix :\u00a012,50\u00a0€\u202f!\n\n"
    assert normaliser(texte, tmp_path) == "<dossier>/recap.csv\nSHA-256 : <empreinte>\nPrix :⍽12,50⍽€⎵!\n"


def test_le_reglage_du_site_se_lit() -> None:
    """Un mkdocs.yml illisible ne se verrait qu'à la construction."""
    from conftest import RACINE

    from cabas.cli.sources import lire_reglage

    reglage, constats = lire_reglage(RACINE)
    assert constats == []
    assert reglage["nav"]
