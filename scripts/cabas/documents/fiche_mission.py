"""La fiche mission à imprimer : un A4 noir et blanc, des cases à cocher, de la place pour écrire qui et quand.

Entre : une `Mission`. Sort : les octets d'un PDF balisé, les mêmes à chaque fois.
"""

from __future__ import annotations

from typing import Any

from cabas.calculs.moments import en_clair, lire_moments
from cabas.constats import Refus
from cabas.documents.composition import composer_malgre_tout
from cabas.documents.markdown_typst import Bloc, blocs, textes
from cabas.mission import Mission
from cabas.typographie import simplifier, typographier

GABARIT = "fiche-mission.typ"
_FINIR = "c'est fini quand"
_REPOND = "cette page repond"


def fiche_pdf(mission: Mission) -> bytes:
    """Le PDF d'une fiche."""
    return composer_malgre_tout(GABARIT, donnees_de_la_fiche(mission))


def donnees_de_la_fiche(mission: Mission) -> dict[str, Any]:
    """Tout ce qu'imprime le gabarit, en mots. Les étapes numérotées et la liste de fin deviennent des cases."""
    corps = a_cocher([bloc for bloc in blocs(mission.presentation) if not (bloc["genre"] == "titre" and bloc["niveau"] == 1)])
    return {
        "titre": mission.titre,
        "auteur": "Le réseau",
        "nom": typographier(mission.titre),
        "faits": faits(mission),
        "materiel": [typographier(objet) for objet in mission.materiel],
        # La dernière phrase renvoie à la liste des besoins : utile à l'écran, pas sur une table de distribution.
        "corps": [bloc for bloc in corps if not _dit(bloc).startswith(_REPOND)],
        "pied": f"Fiche mission : {typographier(mission.titre)}",
    }


def a_cocher(corps: list[Bloc]) -> list[Bloc]:
    """Les mêmes blocs : les étapes numérotées et la liste de fin sont marquées `a_cocher`."""
    a_finir = False
    for bloc in corps:
        if bloc["genre"] == "titre":
            a_finir = _dit(bloc).startswith(_FINIR)
        elif bloc["genre"] == "liste":
            bloc["a_cocher"] = bloc["ordre"] or a_finir
    return corps


def faits(mission: Mission) -> list[dict[str, str]]:
    """L'essentiel d'une fiche : quand, combien de temps, qui, avec quelle commande. Un fait vide est ôté."""
    dits = [("Quand", quand(mission)), ("Durée", mission.duree), ("Qui", mission.role), ("Avec l’ordinateur", mission.commande_outil)]
    return [{"nom": nom, "dit": typographier(dit[:1].upper() + dit[1:] if nom != "Avec l’ordinateur" else dit)} for nom, dit in dits if dit]


def quand(mission: Mission) -> str:
    """Le moment en clair ; tel qu'il est écrit s'il ne se lit pas."""
    lus = lire_moments(mission.quand)
    return mission.quand if isinstance(lus, Refus) else ", puis ".join(en_clair(moment) for moment in lus)


def _dit(bloc: Bloc) -> str:
    return simplifier("".join(textes([bloc])))
