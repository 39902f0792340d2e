"""Des bons partis avant l'ouverture : souvent les réponses du mois dernier, restées dans le même formulaire.

Entre : les lignes jugées d'une fusion. Sort : un constat `avant-ouverture` par fichier. Les bons restent comptés : une horloge
déréglée, ou un bon papier préparé d'avance, se voient de la même façon. C'est à une personne de trancher.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC

from cabas.calculs.jugement import CleDeBon, LigneJugee, Sort
from cabas.constats import Constat, Emplacement, avertissement
from cabas.modele import Commande
from cabas.typographie import accorder, instant_long


def bons_d_avant_l_ouverture(commande: Commande, lignes: Iterable[LigneJugee], prive: str) -> list[Constat]:
    """Un avertissement par fichier, à la première ligne retenue et datée d'avant l'ouverture. `prive` : le nom du dossier privé."""
    ouvertures = {fenetre.groupement: fenetre.ouverture.astimezone(UTC) for fenetre in commande.fenetres}
    premiers: dict[str, LigneJugee] = {}
    bons: dict[str, set[CleDeBon]] = {}
    for jugee in lignes:
        ouverture = ouvertures.get(jugee.lue.groupement)
        if jugee.sort is Sort.RETENUE and jugee.envoi is not None and ouverture is not None and jugee.envoi < ouverture:
            premiers.setdefault(jugee.lue.fichier, jugee)
            bons.setdefault(jugee.lue.fichier, set()).add(jugee.bon)
    return [_constat(len(bons[fichier]), jugee, instant_long(ouvertures[jugee.lue.groupement]), prive) for fichier, jugee in premiers.items()]


def _constat(combien: int, jugee: LigneJugee, ouverture: str, prive: str) -> Constat:
    fait = (
        f"{accorder(combien, 'bon porte', 'bons portent')} une date d’avant l’ouverture ({ouverture}) : une réponse d’un autre mois ? On le compte."
    )
    if combien > 1:
        fait = fait.replace("une réponse d’un autre mois ? On le compte.", "des réponses d’un autre mois ? On les compte.")
    remede = "Vérifier avec la personne ; pour l’écarter, ôter ces lignes du fichier, ou écrire une décision « annuler »."
    return avertissement("avant-ouverture", Emplacement(f"{prive}/{jugee.lue.fichier}", jugee.lue.ligne), fait, remede)
