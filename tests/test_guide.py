"""Le guide ne dérive pas du code : chaque code de la fusion y est expliqué, chaque classe du modèle est au lexique."""

from __future__ import annotations

import ast
import re
from datetime import datetime
from pathlib import Path

from cabas.temps import PARIS

RACINE = Path(__file__).parents[1]
PAQUET = RACINE / "scripts/cabas"
FUSION = tuple(
    f"{couche}/{module}.py"
    for couche, modules in (
        ("calculs", "jugement fusion decisions codes tarifs proches confusions remplacement reseau retour"),
        ("lecture", "bons rangees intitules prive annexes colonnes tableaux decisions courrier lettres correspondances une_ligne"),
        ("lecture", "anciennes_sorties page tolerances cellier totaux retour"),
        ("cli", "fusionner une_fusion corriger catalogue_fige ouvrir provisoire reseau prive_a_l_abri"),
        (".", "historique"),
    )
    for module in modules.split()
)
AILLEURS = {"dossier-absent", "fichier-illisible", "fiche-invalide", "type-inattendu", "groupement-inconnu"}
MAINTENANT = datetime(2026, 11, 22, 12, tzinfo=PARIS)


def codes(fichier: str) -> set[str]:
    """Les codes qu'un module peut rendre : premier argument de Refus, erreur, avertissement, ou `code=`, `refus=`."""
    trouves: set[str] = set()
    for noeud in ast.walk(ast.parse((PAQUET / fichier).read_text(encoding="utf-8"))):
        if isinstance(noeud, ast.Call):
            nom = getattr(noeud.func, "id", getattr(noeud.func, "attr", ""))
            valeurs = [*noeud.args[:1]] if nom in ("Refus", "erreur", "avertissement") else []
            valeurs += [mot.value for mot in noeud.keywords if mot.arg in ("code", "refus")]
            trouves |= {
                valeur.value for valeur in valeurs if isinstance(valeur, ast.Constant) and isinstance(valeur.value, str) and "-" in valeur.value
            }
        if isinstance(noeud, ast.Tuple) and noeud.elts and fichier == "calculs/fusion.py":
            premier = noeud.elts[0]
            if isinstance(premier, ast.Constant) and re.fullmatch(r"[a-z]+(-[a-z]+)+", str(premier.value)):
                trouves.add(str(premier.value))
    return trouves


def test_chaque_code_de_la_fusion_est_explique() -> None:
    page = (RACINE / "content/guide/que-veut-dire-ce-message.md").read_text(encoding="utf-8")
    lignes = re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)
    expliques = set(lignes)
    assert [code for code in sorted(expliques) if lignes.count(code) > 1] == []
    rendus = set().union(*(codes(fichier) for fichier in FUSION))
    assert len(rendus) > 15
    assert rendus - expliques - AILLEURS == set()


def test_chaque_classe_du_modele_est_au_lexique() -> None:
    lexique = (RACINE / "content/guide/lexique.md").read_text(encoding="utf-8")
    for module in ("modele", "mission", "regles_de_partage", "recu", "constats", "etats"):
        classes = [noeud.name for noeud in ast.parse((PAQUET / f"{module}.py").read_text(encoding="utf-8")).body if isinstance(noeud, ast.ClassDef)]
        assert [nom for nom in classes if not re.search(rf"\b{nom}\b", lexique)] == [], module


def test_les_modeles_a_copier_sont_justes(mini_depot: Path) -> None:
    from cabas.controles import controler
    from cabas.controles.base import Contexte
    from cabas.lecture.depot import charger

    for nom, cible in (("produit.yaml", "catalogue/produits"), ("producteur.md", "catalogue/producteurs"), ("groupement.md", "groupements")):
        texte = (RACINE / "content/modeles" / nom).read_text(encoding="utf-8")
        (mini_depot / cible / f"copie-{nom}").write_text(texte.replace("rubrique: farines", "rubrique: epicerie"), encoding="utf-8")
    texte = (RACINE / "content/modeles/commande.yaml").read_text(encoding="utf-8")
    (mini_depot / "catalogue/commandes/copie.yaml").write_text(texte, encoding="utf-8")
    depot, constats = charger(mini_depot)
    constats += controler(Contexte(depot, MAINTENANT))
    assert [f"{constat.emplacement} {constat.code}" for constat in constats if constat.gravite == "erreur"] == []


def test_chaque_decision_est_dans_la_liste() -> None:
    decisions = RACINE / "content/guide/technique/decisions"
    liste = (decisions / "index.md").read_text(encoding="utf-8")
    fiches = sorted(chemin.name for chemin in decisions.glob("0*.md"))
    assert [nom for nom in fiches if f"]({nom})" not in liste] == []
    assert [int(nom[:4]) for nom in fiches] == list(range(1, len(fiches) + 1))
