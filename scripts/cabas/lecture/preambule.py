"""Ce qu'un bon dit au-dessus de son tableau : « Cellule : c-012 », « Tarif : quartier (Quartier) ».

Un bon pour une seule personne ne répète pas qui commande à chaque ligne. Entre : les lignes d'avant l'en-tête. Sort : ce
qu'elles disent, par rôle de colonne ; rien n'est deviné, l'étiquette doit être un de nos intitulés.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cabas.lecture.intitules import roles_connus
from cabas.lecture.rangees import oter_apostrophe
from cabas.motifs import motif
from cabas.typographie import simplifier

PERSONNE = ("cellule", "nom", "prenom", "courriel")
_CHOIX = motif(r"([a-z0-9]+(?:-[a-z0-9]+)*) \(.+\)")
ROLES = (*PERSONNE, "commande", "groupement", "bon", "envoye_le", "creneau", "tarif", "remarque")


def lire_preambule(lignes: Iterable[tuple[int, list[str]]]) -> dict[str, str]:
    """Les valeurs dites par « étiquette : valeur », dans deux cases qui se suivent. La première de chaque rôle gagne."""
    dits: dict[str, str] = {}
    for _numero, cases in lignes:
        pleines = [case.strip() for case in cases if case.strip()]
        if len(pleines) != 2 or not pleines[0].endswith(":"):
            continue
        role = roles_connus().get(simplifier(pleines[0].rstrip(": \u00a0\u202f")), "")
        if role in ROLES:
            dits.setdefault(role, _du_role(role, oter_apostrophe(pleines[1])))
    return dits


def completer(dits: dict[str, str], rangs: dict[str, int], largeur: int) -> tuple[dict[str, int], list[str]]:
    """Des colonnes de plus pour ce que le tableau ne dit pas : leurs rangs, et leurs valeurs, les mêmes à chaque ligne."""
    neufs = [role for role in dits if rangs.get(role, -1) < 0]
    return {**rangs, **{role: largeur + rang for rang, role in enumerate(neufs)}}, [dits[role] for role in neufs]


def elargir(rangees: Sequence[tuple[int, list[str], object]], valeurs: Sequence[str]) -> None:
    """Ajoute ces valeurs à chaque rangée, avant la case vide qui la termine."""
    for _numero, cases, _refus in rangees:
        cases[-1:] = [*valeurs, ""]


def _du_role(role: str, valeur: str) -> str:
    return sans_explication(valeur) if role in ("creneau", "tarif") else valeur


def sans_explication(valeur: str) -> str:
    """Le code d'un choix de nos listes : « quartier (Quartier) » est le code, suivi de ce qu'il veut dire. Un autre texte ne change pas."""
    return trouve[1] if valeur.endswith(")") and (trouve := _CHOIX.fullmatch(valeur)) else valeur
