"""Des octets à des lignes de texte : CSV de toute origine, XLSX, XLS, ODS. Aucune heuristique statistique.

L'encodage se lit à sa marque, ou c'est UTF-8 strict, ou c'est l'encodage de Windows. Le séparateur est celui qui fait
reconnaître le plus d'intitulés : l'appelant dit lesquels il connaît (`compter`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

from cabas.constats import Refus
from cabas.lecture.classeurs import illisible, lire_feuilles
from cabas.lecture.encodages import decoder

SEPARATEURS = (";", ",", "\t", "|")
LIGNES_D_ENTETE = 12
SANS_ENTETE = -1
PAS_D_ENTETE = (
    "Écrire la ref entre crochets dans l’intitulé de chaque produit : [farine-t65] ; ou « cabas importer --apprendre », suivi de ce fichier."
)
LIGNES_MAX = 200_000
COLONNES_MAX = 1_000
CASE_MAX = 20_000
Compter = Callable[[list[str]], int]


class Tableau(NamedTuple):
    """Une feuille lue : `lignes[i]` est (numéro dans le fichier, cases). `entete` est l'index de la ligne d'intitulés, ou
    `SANS_ENTETE` pour une feuille remplie dont on ne reconnaît rien. `masquee` : on a ses lignes, mais elle ne compte pas.
    """

    feuille: str
    lignes: list[tuple[int, list[str]]]
    entete: int
    masquee: bool = False

    @property
    def porte_des_bons(self) -> bool:
        """Vrai pour une feuille que l'on lit."""
        return self.entete != SANS_ENTETE and not self.masquee


def lire_tableaux(octets: bytes, compter: Compter, encodage: str = "") -> list[Tableau] | Refus:
    """Toutes les feuilles dont on reconnaît l'en-tête, ou un refus `fichier-illisible` qui dit pourquoi.

    `encodage` : celui que déclare le groupement, pour un texte qui n'est ni marqué ni en UTF-8.
    """
    if not octets.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        return illisible("Le fichier est vide.", "Demander à la personne de l’envoyer de nouveau.")
    tete = octets.lstrip()[:16].lower()
    for signature, quoi in _AUTRES:
        if tete.startswith(signature):
            return illisible(
                f"C’est {quoi}, pas un tableau : cabas ne sait pas la lire.", "Recopier la commande dans un tableau, ou la saisir à la permanence."
            )
    if octets.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _classeur(octets, compter)
    texte = decoder(octets, encodage)
    return texte if isinstance(texte, Refus) else _texte(texte, compter)


_AUTRES = (
    (b"\xff\xd8\xff", "une photo"),
    (b"\x89png", "une image"),
    (b"gif8", "une image"),
    (b"%pdf", "une page PDF"),
    (b"<html", "une page web"),
    (b"<!doctype html", "une page web"),
)
"""Les premiers octets, en minuscules, de ce que l'on reçoit souvent à la place d'un tableau."""


def _texte(texte: str, compter: Compter) -> list[Tableau] | Refus:
    decalage = 0
    separateurs: tuple[str, ...] = SEPARATEURS
    premiere, _fin, suite = texte.partition("\n")
    if premiere.strip("\r ").lower().startswith("sep=") and len(premiere.strip("\r ")) == 5:
        texte, decalage, separateurs = suite, 1, (premiere.strip("\r ")[4],)
    essais: list[tuple[int, int, int, str]] = []
    for rang, separateur in enumerate(separateurs):
        for index, cases in enumerate(_essayer(texte, separateur)):
            if score := compter(cases):
                essais.append((score, -index, -rang, separateur))
            if score and score == len(cases):
                break
        if essais and max(essais)[0] > 2 and max(essais)[0] == len(cases):
            break  # tout l'en-tête est reconnu : aucun autre séparateur ne fera mieux
    if not essais:
        return illisible(
            "On n’y reconnaît ni « cellule » ou « nom », ni aucun produit du catalogue.",
            PAS_D_ENTETE,
        )
    _score, moins_index, _rang, separateur = max(essais)
    lignes = _sans_guillemet(texte, separateur, 1 + decalage) or _avec_guillemets(texte, separateur, decalage)
    return lignes if isinstance(lignes, Refus) else [Tableau("", lignes, _index_de(lignes, -moins_index, compter))]


def _avec_guillemets(texte: str, separateur: str, decalage: int) -> list[tuple[int, list[str]]] | Refus:
    """Les lignes d'un texte où une case peut en couvrir plusieurs ; ou le refus d'un guillemet perdu, d'un tableau démesuré."""
    lignes: list[tuple[int, list[str]]] = []
    lecteur = csv.reader(io.StringIO(texte, newline=""), delimiter=separateur, strict=True)
    numero = 1 + decalage
    limite = csv.field_size_limit(CASE_MAX)  # réglage de tout le processus, qu'une autre bibliothèque a pu lever
    try:
        for cases in lecteur:
            lignes.append((numero, cases))
            if lecteur.line_num + decalage > numero and _avale(cases, separateur):
                return illisible(
                    f"Un guillemet ouvert à la ligne {numero} avale les lignes qui le suivent.",
                    "Ôter ce guillemet, ou ouvrir le fichier dans un tableur et l’enregistrer en XLSX.",
                )
            numero = lecteur.line_num + 1 + decalage
            if len(lignes) > LIGNES_MAX or len(cases) > COLONNES_MAX:
                return illisible("Le tableau est démesuré.", "Vérifier que c’est bien le fichier des bons.")
    except csv.Error as faute:
        return illisible(
            f"Un guillemet n’est pas fermé, ou le fichier est coupé, vers la ligne {numero} ({_dire(faute)}).",
            "Le télécharger de nouveau, ou l’ouvrir dans un tableur et l’enregistrer en XLSX.",
        )
    finally:
        csv.field_size_limit(limite)
    return lignes


def _sans_guillemet(texte: str, separateur: str, premier: int) -> list[tuple[int, list[str]]]:
    """Les lignes d'un texte sans un seul guillemet : une rangée par ligne, rien à surveiller. Rien si le texte n'est pas si simple."""
    if '"' in texte:
        return []
    limite = csv.field_size_limit(CASE_MAX)
    try:
        rangees = list(csv.reader(io.StringIO(texte, newline=""), delimiter=separateur, strict=True))
    except csv.Error:
        return []
    finally:
        csv.field_size_limit(limite)
    return list(enumerate(rangees, premier)) if len(rangees) <= LIGNES_MAX and max(map(len, rangees)) <= COLONNES_MAX else []


def _avale(cases: list[str], separateur: str) -> bool:
    """Vrai si une case contient une rangée (assez de séparateurs, sans espace après, un nombre seul) : un guillemet s'est perdu."""
    for ligne in (ligne for case in cases if "\n" in case or "\r" in case for ligne in case.splitlines()):
        morceaux = [morceau.strip('"') for morceau in ligne.split(separateur)]
        rangee = len(morceaux) > max(2, len(cases) - 2) and not any(morceau.startswith(" ") for morceau in morceaux)
        if rangee and any(morceau.replace(",", "").replace(".", "").isdigit() for morceau in morceaux):
            return True
    return False


def _dire(faute: csv.Error) -> str:
    return "case trop longue" if "field larger" in str(faute) else "guillemets mal placés"


def _index_de(lignes: list[tuple[int, list[str]]], index: int, compter: Compter) -> int:
    """La ligne d'en-tête ; l'essai portait sur le même début de fichier, donc sur les mêmes lignes."""
    return (
        index
        if index < len(lignes) and compter(lignes[index][1])
        else max(range(min(len(lignes), LIGNES_D_ENTETE)), key=lambda rang: compter(lignes[rang][1]))
    )


def _essayer(texte: str, separateur: str) -> Iterator[list[str]]:
    """Les premières rangées d'un texte, une à une : d'ordinaire la première est l'en-tête, et l'on n'a que faire des autres."""
    lignes = islice(io.StringIO(texte[: 40 * CASE_MAX], newline=""), LIGNES_D_ENTETE)
    with suppress(csv.Error):
        yield from csv.reader(lignes, delimiter=separateur)


def _classeur(octets: bytes, compter: Compter) -> list[Tableau] | Refus:
    feuilles = lire_feuilles(octets)
    if isinstance(feuilles, Refus):
        return feuilles
    tableaux: list[Tableau] = []
    for (nom, lignes), visible in feuilles:
        if len(lignes) > LIGNES_MAX or any(len(cases) > COLONNES_MAX for _numero, cases in lignes[:1]):
            return illisible("Le tableau est démesuré.", "Vérifier que c’est bien le fichier des bons.")
        scores = [(compter(cases), -index) for index, (_numero, cases) in enumerate(lignes[:LIGNES_D_ENTETE])]
        if scores and max(scores)[0]:
            tableaux.append(Tableau(nom, lignes, -max(scores)[1], masquee=not visible))
        elif visible and any(any(cases) for _numero, cases in lignes):
            tableaux.append(Tableau(nom, [], SANS_ENTETE))
    if not any(tableau.porte_des_bons for tableau in tableaux):
        if masquees := [tableau.feuille for tableau in tableaux if tableau.masquee]:
            return illisible(f"La feuille « {masquees[0]} » est masquée, et aucune autre n’a d’intitulés connus.", "L’afficher, puis enregistrer.")
        return illisible("Aucune feuille n’a d’intitulés connus.", PAS_D_ENTETE)
    return tableaux
