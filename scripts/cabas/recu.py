"""Ce qui arrive dans le dossier privé, tel que lu : une quantité, une ligne ; une personne, une ligne.

Rien de ceci ne sort du dossier privé. Colonnes : contrats.md §3 et §4.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from cabas.constats import Refus, Source

COLLE = "bon collé"
"""La « colonne » d'une quantité lue dans le corps d'un mail : elle n'a pas d'intitulé, mais son bon a un code à vérifier."""


class Adherent(NamedTuple):
    """Une ligne d'`adherents.csv` : dossier privé, jamais publiée."""

    cellule: str
    nom: str = ""
    telephone: str = ""
    courriel: str = ""
    adhesion: str = ""
    adhesion_jusqu_au: str = ""


class Decision(NamedTuple):
    """Une décision de la personne référente, lue dans `prive/<commande>/decisions.yaml`. Ce qui ne la concerne pas est vide.

    `lu` : ce qui était écrit quand on a décidé ; `quantite`, ou `tolerance` si c'est elle que l'on corrige : ce qu'il faut lire à la
    place, dans l'unité du produit.
    """

    action: str
    bon: str = ""
    groupement: str = ""
    cellule: str = ""
    aussi: str = ""
    fichier: str = ""
    ligne: int = 0
    colonne: str = ""
    produit: str = ""
    lu: str = ""
    quantite: str = ""
    tolerance: str = ""
    qui: str = ""
    pourquoi: str = ""
    source: Source = Source("")


class Stock(NamedTuple):
    """Ce que le cellier a en réserve d'un produit : millièmes d'unité, et ce qu'il a payé une unité (`None` : prix coûtant)."""

    produit: str
    quantite: int
    prix: Decimal | None = None


class LigneLue(NamedTuple):
    """Une quantité telle que reçue, avec de quoi la retrouver.

    `fichier` est relatif au dossier privé ; `bon` est vide si le fichier n'en nomme pas ; `origine` est alors le nom sous
    lequel ce fichier compte (celui de son jumeau, s'il en est la copie). `unite` : celle que l'intitulé impose (« (g) »).
    `refus` : ce que la lecture seule suffit à rejeter. `de_la_page` : le fichier est celui que télécharge notre page, son code se
    vérifie. `decision` : la correction qui vaut pour cette quantité ; `decision_tolerance` : celle qui vaut pour sa tolérance.
    """

    groupement: str
    fichier: str
    ligne: int
    colonne: str
    bon: str
    cellule: str
    produit: str
    lu: str
    tolerance: str = ""
    commande_lue: str = ""
    groupement_lu: str = ""
    envoye_le: str = ""
    creneau: str = ""
    tarif: str = ""
    nom: str = ""
    brouillon: bool = False
    refus: Refus | None = None
    origine: str = ""
    unite: str = ""
    de_la_page: bool = False
    decision: Decision | None = None
    decision_tolerance: Decision | None = None
