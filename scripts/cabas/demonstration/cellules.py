"""Les cellules inventées : des prénoms courants, des noms de famille qui n'existent pas, des téléphones réservés à la fiction.

Les numéros 06 39 98 xx xx ne sont attribués à personne, et exemple.org n'appartient à aucun groupement.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from random import Random

from cabas.demonstration.tableaux import Dialecte, csv
from cabas.modele import Groupement
from cabas.recu import Adherent
from cabas.temps import dans_jours
from cabas.typographie import euros_csv

_PRENOMS = (
    "Adèle Aïcha Alain Amina André Anouk Antoine Aurore Awa Basile Béatrice Bilal Brahim Camille Catherine Cécile Chantal Claude "
    "Denis Djamila Dominique Éliane Élodie Émile Estelle Fatima Félix Fatou Françoise Gabriel Gaëlle Georges Gisèle Hélène Hugo "
    "Ibrahim Inès Irène Jacques Jeanne Jérôme Joël Josiane Karim Khadija Laure Léa Léon Lila Linh Louise Lucien Maëlle Malika "
    "Marcel Mariam Martine Mathis Mehdi Monique Nadia Nathalie Noé Noémie Odette Omar Pascal Paulette Pierre Rachid Raphaël "
    "Renée Rose Salomé Samira Sébastien Simone Solange Sonia Sylvain Thérèse Thomas Valérie Victor Yann Yasmine Yvette Zoé"
)
_NOMS = (
    "Exemple Fictif Démo Dupré-Essai Modèle Maquette Gabarit Spécimen Inventé Imaginaire Prototype Canevas Échantillon Ébauche "
    "Témoin Factice Postiche Pseudonyme Croquis Esquisse Brouillon-Net Patron-Papier Figurant Doublure Essai-Martel Testard-Fictif "
    "Faussemont Nullepart Quelconque Untel Personne Lambda Paradigme Simulé Décor Trompe-Lœil Variante Hypothèse Conjecture "
    "Supposé Prétendu Mirage Chimère Utopie Fabule Conte-Bleu Roman-Feint"
)
_CELLULES = (
    "Aubépine Bergeronnette Blaireau Bleuet Bourdon Bruyère Capucine Chouette Cigale Coccinelle Coquelicot Crapaud Écureuil Églantine "
    "Épeire Fauvette Fougère Genêt Grillon Hérisson Hirondelle Houblon Libellule Loriot Lucane Luciole Marguerite Mélisse Merle "
    "Mésange Mimosa Mulot Myosotis Noisette Orvet Pâquerette Pervenche Pinson Pissenlit Rainette Rossignol Roitelet Salamandre "
    "Sauge Sureau Tilleul Tournesol Triton Verveine Violette"
)
PRENOMS, NOMS, CELLULES = (tuple(liste.split()) for liste in (_PRENOMS, _NOMS, _CELLULES))


def ascii_minuscule(texte: str) -> str:
    """« Noël Exemple » → « noel.exemple » : la partie locale d'une adresse inventée."""
    nu = unicodedata.normalize("NFD", texte.replace("œ", "oe")).encode("ascii", "ignore").decode("ascii")
    return nu.lower().replace(" ", ".")


def inventer(groupement: Groupement, lettre: str, effectif: int, rang: int, ouverture: date, alea: Random) -> dict[str, Adherent]:
    """Les adhérent·es d'un groupement, par code (A-001…). `rang` sépare les numéros de téléphone des groupements."""
    noms = _noms(groupement, effectif, alea)
    adherents: dict[str, Adherent] = {}
    for numero, nom in enumerate(noms, 1):
        code = f"{lettre}-{numero:03d}"
        serie = (rang * 1200 + numero * 7) % 10_000
        adhesion = alea.choice(groupement.adhesions).code if groupement.adhesions else ""
        fin = dans_jours(ouverture, alea.randrange(60, 330))
        telephone = f"06 39 98 {serie // 100:02d} {serie % 100:02d}"
        adherents[code] = Adherent(code, nom, telephone, f"{ascii_minuscule(nom)}@exemple.org", adhesion, fin.isoformat())
    return adherents


def _noms(groupement: Groupement, effectif: int, alea: Random) -> list[str]:
    """Des noms distincts. Un groupement à crédit nomme ses cellules ; les autres nomment des personnes."""
    if groupement.credit and effectif <= len(CELLULES):
        return alea.sample(CELLULES, effectif)
    nombre = len(PRENOMS) * len(NOMS)
    rangs = alea.sample(range(nombre), min(effectif, nombre))
    noms = [f"{PRENOMS[rang % len(PRENOMS)]} {NOMS[rang // len(PRENOMS)]}" for rang in rangs]
    return noms + [f"{PRENOMS[rang % len(PRENOMS)]} Exemple {rang}" for rang in range(nombre, effectif)]


def ecrire_adherents(adherents: Iterable[Adherent]) -> bytes:
    """Le contenu d'`adherents.csv`."""
    return csv([Adherent._fields, *adherents], Dialecte(";"))


def ecrire_mouvements(soldes: Mapping[str, int], ouverture: date, alea: Random) -> bytes:
    """Le contenu de `mouvements.csv`. Entre : le solde voulu par cellule (centimes) ; un versement et une commande passée y mènent."""
    lignes: list[tuple[str, ...]] = []
    for code, solde in sorted(soldes.items()):
        ancienne = alea.randrange(800, 6_000)
        moyen = alea.choice(("cheque", "especes", "virement"))
        piece = f"{alea.randrange(10_000_000):07d}" if moyen == "cheque" else ""
        verse = dans_jours(ouverture, -alea.randrange(40, 70)).isoformat()
        servi = dans_jours(ouverture, -alea.randrange(5, 30)).isoformat()
        lignes.append((verse, code, "credit", euros_csv(solde + ancienne), moyen, piece, ""))
        lignes.append((servi, code, "commande", euros_csv(-ancienne), "", "", "commande précédente"))
    lignes.sort()
    return csv([("date", "cellule", "type", "montant", "moyen", "piece", "note"), *lignes], Dialecte(";"))
