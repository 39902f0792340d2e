"""Les intitulés de service, et surtout ceux qui disent de qui vient un bon : « Ton nom : », « 2. Prénom * », « Nom / prénom »…

Entre : un intitulé simplifié. Sort : son rôle, si on le connaît (`donnees/intitules.json`), aux petits mots et aux signes près pour une
personne ; ou le doute, s'il en a seulement l'air. Un doute ne nomme personne : il sert à voir que l'on a pris deux personnes pour une
(`calculs/confusions.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from cabas.constats import Refus
from cabas.lecture.donnees import lire_donnee
from cabas.motifs import motif
from cabas.typographie import simplifier

if TYPE_CHECKING:
    from cabas.lecture.colonnes import Colonne

ORNES = frozenset({"cellule", "nom", "prenom", "courriel", "telephone"})
"""Les rôles que l'on cherche sous leurs ornements : une quantité, elle, ne se devine pas."""
_QUI = ("cellule", "nom")
INTITULE_COURT = 60
NOMMER = "Si elle dit de qui vient le bon, l’apprendre : « cabas importer --apprendre », suivi de ce fichier. Sinon, rien à faire."
_COUPURES = motif(r"[\W_]+")
_NUMERO = motif(r"[a-z]?\d{1,3}")
_PETITS_MOTS = frozenset({
    "d", "l", "s", "de", "du", "des", "da", "la", "le", "les", "et", "ou", "and", "the", "a", "votre", "vos", "ton", "tes", "ta",
    "notre", "mon", "ma", "your", "quel", "quels", "quelle", "est", "sont", "what", "is", "indiquer", "indiquez", "ecrire", "ecrivez",
    "saisir", "saisissez", "merci", "svp", "obligatoire", "requis", "required",
})  # fmt: skip
_MOTS = frozenset({"nom", "noms", "prenom", "prenoms", "foyer", "cellule", "famille", "name", "surname"})
_AUTRE_CHOSE = frozenset({
    "combien", "nombre", "personne", "personnes", "qui", "produit", "produits", "product", "producteur", "productrice", "groupement",
    "reseau", "association", "rue", "ville", "commune", "lieu", "point", "adresse", "enfant", "enfants", "fichier", "utilisateur",
    "user", "username", "compte", "date", "deja", "depuis", "quartier", "adhesion",
})  # fmt: skip
"""« Combien de personnes dans le foyer ? », « Nom du produit », « Nom de la personne qui vient » ne disent pas de qui vient le bon."""


def _mots(propre: str) -> tuple[str, ...]:
    mots = [mot for mot in _COUPURES.split(propre) if mot]
    if len(mots) > 1 and _NUMERO.fullmatch(mots[0]):  # « 1. Nom », « Q0. Nom »
        del mots[0]
    return tuple(mot for mot in mots if mot not in _PETITS_MOTS)


@lru_cache(maxsize=1)
def roles_connus() -> Mapping[str, str]:
    """Le rôle de chaque intitulé de service connu, simplifié ; vide pour ce qu'on ignore."""
    roles = json.loads(lire_donnee("donnees/intitules.json"))
    return {intitule: "" if role == "ignorer" else role for role, intitules in roles.items() for intitule in intitules}


@lru_cache(maxsize=1)
def _des_personnes() -> Mapping[tuple[str, ...], str]:
    """Ceux qui parlent d'une personne, réduits à leurs mots. « Adhérent ? » n'en est pas : on y répond par oui ou non."""
    return {_mots(intitule): role for intitule, role in roles_connus().items() if role in ORNES and not intitule.startswith("adherent")}


@lru_cache(maxsize=4096)
def role_de(propre: str) -> str | None:
    """Le rôle d'un intitulé simplifié ; vide pour ce qu'on ignore, `None` si l'on ne le connaît pas."""
    connus = roles_connus()
    return connus.get(propre) if propre in connus or len(propre) > INTITULE_COURT else _des_personnes().get(_mots(propre))


def est_douteux(propre: str) -> bool:
    """Vrai si cet intitulé, que l'on ne connaît pas, pourrait dire de qui vient le bon."""
    mots = set(_COUPURES.split(propre))
    return len(propre) < INTITULE_COURT and not _MOTS.isdisjoint(mots) and mots.isdisjoint(_AUTRE_CHOSE)


class Personnes:
    """Ce que disent de la personne les colonnes que l'on ne lit pas. `autres` : leurs rangs ; `jumelles` : deux fois le même intitulé."""

    def __init__(self, colonnes: Sequence[Colonne], rangs: Mapping[str, int]) -> None:
        lues = {colonne.rang: colonne.intitule for colonne in colonnes if rangs.get(colonne.role) == colonne.rang}
        self.jumelles: list[tuple[int, int]] = []
        self.autres: list[int] = []
        for colonne in colonnes:
            if colonne.role in _QUI and colonne.rang not in lues:
                lue = rangs[colonne.role]
                if simplifier(lues[lue]) == simplifier(colonne.intitule):
                    self.jumelles.append((lue, colonne.rang))
                else:
                    self.autres.append(colonne.rang)
            elif colonne.refus and not colonne.produit and est_douteux(simplifier(colonne.intitule)):
                self.autres.append(colonne.rang)

    def refuser(self, cases: Sequence[str]) -> Refus | None:
        """Deux noms sous deux fois le même intitulé : ce sont deux tableaux côte à côte, et l'on ne sait pas à qui va quoi."""
        for lue, autre in self.jumelles:
            if cases[autre] and " ".join(cases[lue].casefold().split()) != " ".join(cases[autre].casefold().split()):
                fait = f"Deux colonnes disent de qui vient cette ligne : « {cases[lue]} » et « {cases[autre]} »."
                return Refus("cellule-absente", fait, "Deux tableaux côte à côte ? Les mettre l’un sous l’autre, ou en faire deux fichiers.")
        return None
