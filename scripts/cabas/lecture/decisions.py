"""Lire `prive/<commande>/decisions.yaml` : la liste des décisions de la personne référente.

Entre : des octets. Sort : des `Decision` et des constats, chacun à sa ligne. Une décision fausse (`decision-fausse`) n'est pas
appliquée, et n'empêche pas les autres. Champs : `schemas/decisions.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cabas.constats import Constat, Refus, Source, erreur
from cabas.lecture.conversion import scalaire
from cabas.lecture.fichiers import decoder_utf8
from cabas.lecture.schemas import champs, proche
from cabas.lecture.yaml_strict import Noeud, lire_yaml
from cabas.recu import Decision
from cabas.typographie import enumerer

NOM = "decisions.yaml"
ACTIONS: Mapping[str, tuple[str, str]] = {
    "accepter": ("bon", "groupement cellule"),
    "meme-cellule": ("cellule aussi groupement", ""),
    "corriger": ("fichier ligne colonne lu quantite", "cellule produit"),
    "annuler": ("", "bon cellule groupement"),
}
"""Par action : les champs obligatoires, puis les facultatifs, en plus de `qui` et `pourquoi`."""
_TELS_QUELS = ("bon", "lu", "fichier", "colonne")
"""Ce qui se compare à un fichier reçu : on le garde comme il est écrit, espaces compris."""
_MODELE = "Comparer avec les exemples du guide, page « Fusionner les bons », partie « Garder ses décisions »."


def lire_decisions(octets: bytes, fichier: str) -> tuple[list[Decision], list[Constat]]:
    """Toutes les décisions bien écrites, et ce qui ne va pas dans les autres. `fichier` : le chemin à afficher."""
    texte = decoder_utf8(octets)
    if isinstance(texte, Refus):
        return [], [_fausse(Source(fichier), "", texte.fait, texte.remede)]
    if not _contenu(texte):
        return [], []
    racine, constats = lire_yaml(texte, fichier)
    if racine is None:
        return [], constats
    if not isinstance(racine.valeur, tuple):
        return [], [*constats, _fausse(Source(fichier, racine.ligne), "", "On attend une liste : un tiret devant chaque décision.", _MODELE)]
    decisions: list[Decision] = []
    for noeud in racine.valeur:
        lue = _lire_une(noeud, fichier)
        if isinstance(lue, Constat):
            constats.append(lue)
        else:
            decisions.append(lue)
    return decisions, constats


def _contenu(texte: str) -> bool:
    """Faux si le fichier n'a que des lignes vides et des commentaires : il n'y a alors rien à appliquer."""
    return any(ligne.strip() and not ligne.lstrip().startswith("#") for ligne in texte.splitlines())


def _fausse(source: Source, champ: str, fait: str, remede: str) -> Constat:
    return erreur("decision-fausse", source.a(champ), f"{fait} Cette décision n’est pas appliquée.", remede)


def _lire_une(noeud: Noeud, fichier: str) -> Decision | Constat:
    if not isinstance(noeud.valeur, dict):
        return _fausse(Source(fichier, noeud.ligne), "", "On attend ici une suite de « clé: valeur ».", _MODELE)
    lignes = {cle: valeur.ligne for cle, valeur in noeud.valeur.items()}
    source = Source(fichier, noeud.ligne, lignes)
    connus = champs("decisions")
    valeurs: dict[str, Any] = {}
    for cle, valeur in noeud.valeur.items():
        if cle not in connus:
            voisin = proche(cle, list(connus))
            return _fausse(source, cle, f"« {cle} » n’est pas un champ de décision.", f"Vouliez-vous dire « {voisin} » ?" if voisin else _MODELE)
        lu = scalaire(connus[cle], valeur)
        if isinstance(lu, Refus):
            return _fausse(source, cle, f"{cle} : {lu.fait}", lu.remede)
        valeurs[cle] = " ".join(lu.split()) if isinstance(lu, str) and cle not in _TELS_QUELS else lu
    if "fichier" in valeurs:
        valeurs["fichier"] = _relatif(valeurs["fichier"], fichier)
    return _juger_champs(valeurs, source) or Decision(**valeurs, source=source)


def _relatif(vise: str, fichier: str) -> str:
    """Le chemin du journal, que l'on ait recopié celui d'un constat (`prive/2026-12/…`) ou commencé au groupement."""
    prive, commande = fichier.split("/")[:2]
    relatif = vise.removeprefix(f"{prive}/")
    return relatif if relatif.startswith(f"{commande}/") else f"{commande}/{relatif}"


def _juger_champs(valeurs: Mapping[str, Any], source: Source) -> Constat | None:
    """Ce qui manque à une décision, ou ce qu'elle a de trop ; `None` si elle est complète."""
    action = valeurs.get("action")
    if not action:
        return _fausse(source, "action", "Le champ « action » manque.", f"Choisir {enumerer(list(ACTIONS), 'ou')}.")
    obligatoires, facultatifs = (noms.split() for noms in ACTIONS[action])
    if action == "annuler" and "bon" not in valeurs:
        obligatoires = ["cellule", "groupement"]
    if action == "corriger" and "tolerance" in valeurs:  # l'une ou l'autre : chaque case corrigée a sa décision, et son « lu »
        obligatoires[obligatoires.index("quantite")] = "tolerance"
    for nom in (*obligatoires, "qui", "pourquoi"):
        # « lu » peut être vide : une tolérance écrite seule est une quantité reçue.
        if nom not in valeurs or (isinstance(valeurs[nom], str) and not valeurs[nom].strip() and nom != "lu"):
            return _fausse(source, nom, f"Le champ « {nom} » manque (action : {action}).", f"L’ajouter. {_MODELE}")
    for nom in valeurs:
        if nom not in {"action", "qui", "pourquoi", *obligatoires, *facultatifs}:
            return _fausse(source, nom, f"« {nom} » n’a pas de sens ici (action : {action}).", f"L’ôter. {_MODELE}")
    return None
