"""Le rang de chacun·e, quand la règle sert les demandes l'une après l'autre : dans l'ordre d'arrivée, ou tiré au sort.

Entre : les demandes d'un produit. Sort : ce qu'en dit la phrase d'une cellule, « rang 3 sur 5 par ordre d’arrivée ». Avec la graine
du bilan, chacun·e peut refaire le tirage et retrouver ces rangs (contrats.md §6 : « graine publiée »).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cabas.calculs.repartition import Demande, ordre
from cabas.typographie import enumerer

DITS: Mapping[str, str] = {"premier-arrive": "par ordre d’arrivée", "tirage": "au tirage au sort"}
"""Les règles qui rangent, et comment leur rang se dit. Les autres donnent à chacun·e une part qui n'a pas de rang."""


def graine(commande: str, ref: str) -> str:
    """La graine du tirage d'un produit : « 2026-12/farine-t65 »."""
    return f"{commande}/{ref}"


def rangs_dits(regle: str, graine: str, demandes: Sequence[tuple[tuple[str, str], Demande]], ou: str = "") -> dict[tuple[str, str], str]:
    """Par (groupement, cellule) telle qu'on la nomme : son rang, ou ses rangs si plusieurs de ses bons se comparent. Vide sans ordre.

    `demandes` : qui l'on nomme, et ce que la règle compare. `ou` : « du groupement », quand on ne range que lui.
    """
    if regle not in DITS:
        return {}
    rangs: dict[tuple[str, str], list[int]] = {}
    for rang, indice in enumerate(ordre(regle, [demande for _qui, demande in demandes], graine), 1):
        rangs.setdefault(demandes[indice][0], []).append(rang)
    fin = f"sur {len(demandes)}{f' {ou}' if ou else ''} {DITS[regle]}"
    return {qui: f"{'rang' if len(siens) == 1 else 'rangs'} {enumerer([str(un) for un in siens])} {fin}" for qui, siens in rangs.items()}
