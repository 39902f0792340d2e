"""Les services de formulaires que l'on reconnaît : un profil par service, en données (`donnees/profils/*.json`).

Un profil est reconnu à ses ancres, des intitulés que ce service écrit toujours, comparés sans casse ni accents. Jamais au
contenu des réponses. Sans profil, c'est la lecture générale. Règle : un profil précise, il ne devine pas.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from cabas.lecture.donnees import lire_dossier
from cabas.typographie import simplifier

ANCRE_MAX = 80
FORME_MAX = 60
"""Au-delà, ce ne sont plus des intitulés de service : les chercher ne ferait que coûter."""


class Profil(NamedTuple):
    """Ce qu'un service met autour des réponses. Les champs sont ceux de `schemas/profils.json`, intitulés simplifiés.

    `ancres` : chaque suite suffit à reconnaître. `forme` : à défaut, l'allure de toute la ligne, intitulés joints par « | ».
    `roles` : ce que portent les colonnes du service. `ecarter` : celles que l'on ne lit pas. `comptes` : celles qui décrivent
    le compte de la personne, lues seulement si aucune question ne demande son nom. `datee` : une réponse sans date n'a jamais été
    envoyée. `glisse` : une grille laissée vide décale la suite. `refus` : ce n'est pas un fichier de bons.
    """

    code: str
    nom: str
    exporter: str
    entetes: int = 1
    ancres: tuple[frozenset[str], ...] = ()
    forme: str = ""
    roles: Mapping[str, str] = {}
    ecarter: frozenset[str] = frozenset()
    comptes: frozenset[str] = frozenset()
    anonymes: frozenset[str] = frozenset()
    choix: tuple[str, ...] = ()
    fuseau: str = ""
    datee: bool = False
    glisse: bool = False
    refus: str = ""
    remede: str = ""

    def role(self, intitule: str) -> str | None:
        """Le rôle d'un intitulé du service ; vide s'il ne se lit pas, `None` si c'est une question du formulaire."""
        propre = simplifier(intitule)
        return "" if propre in self.ecarter else self.roles.get(propre)

    def largeur(self, presents: frozenset[str]) -> int:
        """De combien d'intitulés est faite la plus longue suite d'ancres que l'on voit ; 0 si aucune n'y est entière."""
        return max((len(suite) for suite in self.ancres if suite <= presents), default=0)


@lru_cache(maxsize=1)
def profils() -> tuple[Profil, ...]:
    """Tous les profils, dans l'ordre de leurs codes."""
    return tuple(_profil(code, json.loads(texte)) for code, texte in lire_dossier("donnees/profils").items())


def _profil(code: str, lu: dict[str, Any]) -> Profil:
    ecarter, comptes, anonymes = (frozenset(map(simplifier, lu.pop(cle, ()))) for cle in ("ecarter", "comptes", "anonymes"))
    ancres = tuple(frozenset(map(simplifier, suite)) for suite in lu.pop("ancres", ()))
    roles = {simplifier(intitule): role for intitule, role in lu.pop("roles", {}).items()}
    choix = tuple(lu.pop("choix", ()))
    return Profil(code, ancres=ancres, roles=roles, ecarter=ecarter, comptes=comptes, anonymes=anonymes, choix=choix, **lu)


@lru_cache(maxsize=1)
def _toutes_les_ancres() -> frozenset[str]:
    return frozenset(intitule for profil in profils() for suite in profil.ancres for intitule in suite)


def reconnaitre(intitules: Sequence[str]) -> Profil | None:
    """Le profil dont c'est la ligne d'intitulés : celui qui a le plus d'ancres, ou `None`."""
    return _reconnaitre(tuple(intitules))


@lru_cache(maxsize=64)
def _reconnaitre(intitules: tuple[str, ...]) -> Profil | None:
    presents = frozenset(simplifier(case) for case in intitules if case and len(case) < ANCRE_MAX)
    if not _toutes_les_ancres().isdisjoint(presents):
        largeur, rang = max((profil.largeur(presents), -rang) for rang, profil in enumerate(profils()))
        if largeur:
            return profils()[-rang]
    ligne = "|".join(map(simplifier, intitules)) if len(intitules) < FORME_MAX and max(map(len, intitules), default=0) < ANCRE_MAX else ""
    return next((profil for profil in profils() if profil.forme and re.fullmatch(profil.forme, ligne)), None) if ligne else None
