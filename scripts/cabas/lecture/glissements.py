"""Une rangée dont les cases ont glissé sous d'autres intitulés : la reconnaître, pour la rejeter plutôt que la croire.

Nextcloud Forms et CryptPad écrivent une seule case pour une grille laissée vide, et Nextcloud une seule pour une ligne vide d'une grille
à plusieurs colonnes : tout ce qui suit glisse à gauche, quoi que ce soit. Une rangée qui se lit aussi bien glissée ne se croit pas.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from cabas.constats import Refus
from cabas.lecture.colonnes import Colonne, question_de
from cabas.lecture.rangees import Rangee
from cabas.modele import Produit
from cabas.motifs import motif
from cabas.quantites import lire_quantite

DOUTEUSE = Refus(
    "ligne-decalee",
    "Une grille laissée vide a peut-être fait glisser cette ligne : elle se lit de deux façons.",
    "Relire la réponse dans le service d’origine ; la recopier dans le classeur du mois.",
)
COURT = 6
"""Un nombre plus long que cela est peut-être un téléphone."""
_AILLEURS = motif(
    r"\s*(?:\d{1,2}\s?[h:]\s?(?:\d\d)?(?:\s?[-–àa]\s?\d{1,2}\s?[h:]\s?(?:\d\d)?)?|0[1-9](?:[ .-]?\d\d){4}|\S+@\S+\.\S+|\d\d/\d\d/\d{4}.+)\s*",
    re.IGNORECASE,
)
_SOUS_COLONNE = motif(r"\((.+) - ([^()]+)\)$")
_SANS_NOMBRE = frozenset({"courriel", "telephone", "nom", "prenom", "creneau", "tarif", "envoye_le", "statut"})
"""Les réponses qui, sauf preuve du contraire, ne sont pas un petit nombre."""


def a_glisse(cases: Sequence[str], quantites: Iterable[Colonne]) -> bool:
    """Vrai si un horaire, un téléphone, un mail ou une date avec son heure se trouve dans une colonne de produit, quantité ou tolérance."""
    for colonne in quantites:
        case = cases[colonne.rang]
        if case and not colonne.refus and (len(case) > COURT or not case.isdigit()) and _AILLEURS.fullmatch(case):
            return True
    return False


class Grille(NamedTuple):
    """Une grille : le rang de sa première colonne, ses lignes, et combien de colonnes du fichier fait chacune."""

    debut: int
    lignes: int
    par_ligne: int

    @property
    def largeur(self) -> int:
        """Combien de colonnes du fichier elle fait."""
        return self.lignes * self.par_ligne


def grilles(colonnes: Sequence[Colonne]) -> list[Grille]:
    """Les grilles d'un tableau, de produits ou non : des colonnes qui se suivent et posent la même question."""
    trouvees: list[Grille] = []
    for question, groupe in groupby(colonnes, lambda colonne: question_de(colonne.intitule)):
        suite = list(groupe)
        if question and len(suite) > 1 and suite[-1].rang - suite[0].rang == len(suite) - 1:
            par_ligne = _par_ligne([colonne.intitule for colonne in suite])
            trouvees.append(Grille(suite[0].rang, len(suite) // par_ligne, par_ligne))
    return trouvees


def _par_ligne(intitules: Sequence[str]) -> int:
    """Combien de colonnes fait une ligne : 2 pour « (Farine - Quantité) », « (Farine - Tolérance) », « (Miel - Quantité) »… ; sinon 1."""
    coupes = [_SOUS_COLONNE.search(intitule.strip()) for intitule in intitules]
    noms = [(coupe[1], coupe[2]) for coupe in coupes if coupe]
    if len(noms) < len(intitules):
        return 1
    lignes = [[sous for _ligne, sous in groupe] for _nom, groupe in groupby(noms, lambda nom: nom[0])]
    return len(lignes[0]) if all(ligne == lignes[0] for ligne in lignes) else 1


def decalees(colonnes: Sequence[Colonne], rangees: Sequence[Rangee], produits: Mapping[str, Produit]) -> frozenset[int]:
    """Les numéros des rangées qui se lisent aussi bien avec une grille, ou une ligne de grille, laissée vide et la suite glissée.

    `colonnes` : toutes celles du tableau, dans l'ordre. On ne choisit pas entre les deux lectures : la rangée est à rejeter.
    """
    siennes = grilles(colonnes)
    if not siennes:
        return frozenset()
    douteuses = [rangee for rangee in rangees if _Lecteur(siennes, rangee[1]).a_peut_etre_glisse()]
    if not douteuses:
        return frozenset()
    numeros = {rangee[0] for rangee in douteuses}
    sures = [cases for numero, cases, refus in rangees if numero not in numeros and not refus]
    genres = _genres(colonnes, sures, produits)
    return frozenset(numero for numero, cases, _refus in douteuses if _Lecteur(siennes, cases, genres).a_peut_etre_glisse())


class _Genre(NamedTuple):
    """Ce qu'une colonne peut contenir. `unite` : celle d'un produit ; `refuse` : un petit nombre n'y a pas sa place.

    `quantite` : pour une tolérance, le rang de la quantité du même produit, qui la précède ; sinon -1.
    """

    unite: str = ""
    refuse: bool = False
    quantite: int = -1


def _genres(colonnes: Sequence[Colonne], sures: Sequence[Sequence[str]], produits: Mapping[str, Produit]) -> dict[int, _Genre]:
    """Le genre de chaque colonne, d'après son intitulé et les rangées dont on est sûr."""
    genres: dict[int, _Genre] = {}
    for rang, colonne in ((colonne.rang, colonne) for colonne in colonnes):
        if colonne.ref and not colonne.refus:
            avant = genres.get(rang - 1)
            jumelle = colonne.role == "tolerance" and avant is not None and avant.unite and colonnes[_place(colonnes, rang - 1)].ref == colonne.ref
            genres[rang] = _Genre(produits[colonne.ref].unite, quantite=rang - 1 if jumelle else -1)
        elif colonne.role != "remarque":  # une remarque peut être un nombre
            vues = [cases[rang] for cases in sures if cases[rang]]
            genres[rang] = _Genre(refuse=not any(map(_petit_nombre, vues)) if vues else colonne.role in _SANS_NOMBRE)
    return genres


def _place(colonnes: Sequence[Colonne], rang: int) -> int:
    return next(place for place, colonne in enumerate(colonnes) if colonne.rang == rang)


def _petit_nombre(case: str) -> bool:
    return len(case) <= COURT and isinstance(lire_quantite(case, "kg"), int)


class _Lecteur:
    """Cherche une autre lecture d'une rangée : au moins une grille ou une ligne vide, et autant de cases vides au bout.

    Sans `genres`, n'importe quelle case peut être sous n'importe quel intitulé.
    """

    def __init__(self, grilles: Sequence[Grille], cases: Sequence[str], genres: Mapping[int, _Genre] | None = None) -> None:
        self._cases, self._fin = cases, len(cases) - 1  # la dernière case est celle des colonnes absentes
        self._grilles = {grille.debut: grille for grille in grilles}
        self._genres = genres or {}
        self._pas = {
            grille.debut + rang * grille.par_ligne: grille.par_ligne for grille in grilles for rang in range(grille.lignes) if grille.par_ligne > 1
        }
        # Une rangée déjà bancale ne dit rien contre l'autre lecture.
        self._exige = bool(genres) and all(self._va(rang, 0) for rang, genre in self._genres.items() if genre.unite)

    def a_peut_etre_glisse(self) -> bool:
        """Vrai si une lecture glissée tient, et met au moins une réponse sous un autre intitulé."""
        fin, pleines = self._fin, [rang for rang in range(self._fin) if self._cases[rang]]
        vides = fin - 1 - (pleines[-1] if pleines else fin)
        if vides < 1:
            return False
        atteints: list[set[int]] = [set() for _ in range(fin + 1)]
        rang = 0
        while rang < fin:
            pas = self._pas.get(rang, 1)
            for suite, recul in self._vides(rang, pas):
                departs = atteints[rang] | ({0} if pleines[-1] > rang else set())
                atteints[suite] |= {s + recul for s in departs if s + recul <= vides and not self._cases[rang - s]}
            if atteints[rang]:
                bons = {s for s in atteints[rang] if all(self._va(un, s) for un in range(rang, rang + pas))}
                atteints[rang + pas] |= bons
            rang += pas
        return bool(atteints[fin])

    def _vides(self, rang: int, pas: int) -> list[tuple[int, int]]:
        """Ce qui peut n'avoir laissé qu'une case à partir d'ici : où l'on reprend, et de combien la suite recule."""
        trouves = [(rang + pas, pas - 1)] if pas > 1 else []
        if grille := self._grilles.get(rang):
            trouves.append((rang + grille.largeur, grille.largeur - 1))
        return trouves

    def _va(self, rang: int, recul: int) -> bool:
        """La case lue sous cet intitulé, la rangée ayant reculé d'autant, y a-t-elle sa place ?"""
        case, genre = self._cases[rang - recul], self._genres.get(rang)
        if not case or genre is None:
            return True
        if not genre.unite:
            return not (genre.refuse and _petit_nombre(case))
        if recul and not self._exige:
            return True
        seule = genre.quantite >= 0 and not self._cases[genre.quantite - recul]
        return isinstance(lire_quantite(case, genre.unite), int) and not seule
