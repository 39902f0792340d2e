"""Les faits de la démonstration : ce qu'une cellule écrit, dans quel fichier, et ce que la fusion devra en dire.

Chaque quantité semée connaît d'avance son sort et son code : la somme attendue se calcule ici, sans passer par la
fusion. Quantités en millièmes d'unité, instants avec fuseau.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from random import Random
from typing import NamedTuple

from cabas.modele import Commande, Depot, Fenetre, Groupement, Produit
from cabas.recu import Adherent

RETENUE, REMPLACEE, REJETEE, BROUILLON = "retenue", "remplacee", "rejetee", "brouillon"
SORTS = (RETENUE, REMPLACEE, REJETEE, BROUILLON)


class Contexte(NamedTuple):
    """Ce qu'il faut savoir pour inventer les bons d'un groupement. `vitrine` : les produits des formulaires courts."""

    depot: Depot
    commande: Commande
    groupement: Groupement
    fenetre: Fenetre
    produits: tuple[Produit, ...]
    vitrine: tuple[Produit, ...]
    alea: Random


class Article(NamedTuple):
    """Une quantité écrite. `quantite` : ce qui compte si elle est retenue. `colonne` : intitulé d'une colonne en trop."""

    ref: str
    lu: str
    quantite: int
    tolerance: int = 0
    colonne: str = ""
    accident: str = ""
    sort: str = RETENUE
    code: str = ""


class Bon(NamedTuple):
    """Ce qu'une cellule demande, tel qu'elle l'envoie. `signe` : comment elle écrit qui elle est ; `plage` : son
    créneau en heures, comme l'écrit un formulaire.
    """

    cellule: Adherent
    articles: tuple[Article, ...]
    signe: str = ""
    identifiant: str = ""
    envoi: datetime | None = None
    commande: str = ""
    groupement: str = ""
    creneau: str = ""
    plage: str = ""
    tarif: str = ""
    remarque: str = ""
    brouillon: bool = False
    glisse: bool = False

    def marquer(self, accident: str, sort: str, code: str = "") -> Bon:
        """Le même bon, dont toutes les lignes auront ce sort et ce code."""
        return self._replace(articles=tuple(article._replace(accident=accident, sort=sort, code=code) for article in self.articles))


class Accident(NamedTuple):
    """Un accident semé, et ce que la fusion doit en faire. `produit` vide : la ligne n'en désigne aucun."""

    type: str
    groupement: str
    fichier: str
    cellule: str
    produit: str
    quantite: str
    sort: str
    code: str
    colonne: str = ""


class Fichier(NamedTuple):
    """Un fichier déposé dans `bons/`. `forme` dit par quel chemin il est venu."""

    groupement: str
    nom: str
    forme: str
    contenu: bytes
    bons: tuple[Bon, ...] = ()
    accident: str = ""


class Resume(NamedTuple):
    """Ce qui a été semé : de quoi vérifier une fusion sans la refaire.

    `attendu` : total retenu par produit (millièmes). `comptes` : nombre de quantités par sort, et leur somme, `lues`.
    `ignores` : fichiers que la fusion doit laisser de côté. `formes` : nombre de fichiers par chemin.
    """

    cellules: int
    fichiers: int
    accidents: tuple[Accident, ...]
    attendu: Mapping[str, int]
    comptes: Mapping[str, int]
    formes: Mapping[str, int]
    ignores: tuple[str, ...] = ()


def resumer(fichiers: Iterable[Fichier]) -> Resume:
    """Le résumé des fichiers semés, par simple addition de ce que chaque quantité sait d'elle-même."""
    attendu: Counter[str] = Counter()
    comptes: Counter[str] = Counter(dict.fromkeys(("lues", *SORTS), 0))
    formes: Counter[str] = Counter()
    accidents: list[Accident] = []
    cellules: set[tuple[str, str]] = set()
    ignores: list[str] = []
    total = 0
    for fichier in fichiers:
        total += 1
        formes[fichier.forme] += 1
        if fichier.accident:
            _noter_fichier(fichier, accidents, ignores, comptes)
        for bon in fichier.bons:
            cellules.add((fichier.groupement, bon.cellule.cellule))
            for article in bon.articles:
                comptes["lues"] += 1
                comptes[article.sort] += 1
                if article.sort == RETENUE:
                    attendu[article.ref] += article.quantite
                if article.accident:
                    accidents.append(_accident(fichier, bon, article))
    retenus = {ref: quantite for ref, quantite in sorted(attendu.items()) if quantite}
    return Resume(len(cellules), total, tuple(sorted(accidents)), retenus, dict(comptes), dict(sorted(formes.items())), tuple(sorted(ignores)))


def _noter_fichier(fichier: Fichier, accidents: list[Accident], ignores: list[str], comptes: Counter[str]) -> None:
    """Un fichier abîmé est une ligne rejetée ; un verrou de tableur n'est rien, mais il doit être nommé."""
    if fichier.accident == "fichier-ignore":
        ignores.append(f"{fichier.groupement}/bons/{fichier.nom}")
        accidents.append(Accident(fichier.accident, fichier.groupement, fichier.nom, "", "", "", "", ""))
        return
    comptes["lues"] += 1
    comptes[REJETEE] += 1
    accidents.append(Accident(fichier.accident, fichier.groupement, fichier.nom, "", "", "", REJETEE, fichier.accident))


def _accident(fichier: Fichier, bon: Bon, article: Article) -> Accident:
    return Accident(
        article.accident, fichier.groupement, fichier.nom, bon.cellule.cellule, article.ref, article.lu, article.sort, article.code, article.colonne
    )
