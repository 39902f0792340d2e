"""Remplacer : de plusieurs bons d'une même cellule, lequel vaut. Le plus récent, ou tous si le groupement les ajoute.

Entre : les lignes jugées, par bon. Sort : pour chaque bon, celui qui compte à sa place — lui-même, presque toujours — et ce qu'il faut en
dire. Règle : contrats.md §4 et §5.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from cabas.calculs.confusions import se_rapprochent
from cabas.calculs.jugement import REJETS_DU_BON, CleDeBon, LigneJugee, Sort, a_lire
from cabas.constats import Constat, Emplacement, avertissement
from cabas.quantites import lire_quantite
from cabas.typographie import instant_long

_JAMAIS = datetime.min.replace(tzinfo=UTC)
Bons = Mapping[CleDeBon, Sequence[LigneJugee]]


def _envoi(bon: Sequence[LigneJugee]) -> datetime:
    return max((jugee.envoi for jugee in bon if jugee.envoi), default=_JAMAIS)


def bons_gagnants(bons: Bons, *, ajouter: bool) -> dict[CleDeBon, CleDeBon]:
    """Le bon qui vaut pour chaque bon. `ajouter` : deux bons d'une cellule s'additionnent, sauf s'ils portent le même nom."""
    rivaux: dict[tuple[str, str], list[CleDeBon]] = {}
    for cle in bons:
        rivaux.setdefault((cle[1], cle[2] if ajouter else ""), []).append(cle)

    def date(cle: CleDeBon) -> tuple[datetime, str, int]:
        return _envoi(bons[cle]), cle[3], max(jugee.lue.ligne for jugee in bons[cle])

    gagnants: dict[CleDeBon, CleDeBon] = {}
    for cles in rivaux.values():
        gagnant = max(reversed(cles), key=date) if len(cles) > 1 else cles[0]  # à égalité, le dernier lu
        gagnants.update(dict.fromkeys(cles, gagnant))
    return gagnants


def phrases_de_remplacement(bons: Bons, gagnants: Mapping[CleDeBon, CleDeBon]) -> dict[CleDeBon, str]:
    """Par quel bon chaque bon est remplacé, et pourquoi celui-là. Un bon qui vaut n'y est pas."""
    return {cle: _phrase(bons[cle], bons[gagnant]) for cle, gagnant in gagnants.items() if cle != gagnant}


def _phrase(perdu: Sequence[LigneJugee], gagnant: Sequence[LigneJugee]) -> str:
    lui, moi = gagnant[0].lue, perdu[0].lue
    avant, apres, fichier = _envoi(perdu), _envoi(gagnant), lui.fichier.rpartition("/")[2]
    le_dernier = "le plus bas dans le fichier compte" if lui.fichier == moi.fichier else "le dernier fichier dans l’ordre des noms compte"
    if avant == apres:
        meme = "sans date, comme celui-ci" if apres == _JAMAIS else f"envoyé au même instant, {instant_long(apres)}"
        dit = f"Remplacé par un autre bon {meme} ({fichier}) : {le_dernier}."
    elif avant == _JAMAIS:
        dit = f"Remplacé par un bon du {instant_long(apres)} ({fichier}) : de celui-ci, on n’a pas la date."
    else:
        dit = f"Remplacé par un bon plus récent du {instant_long(apres)} ({fichier})."
    etranger = moi.nom_entier and lui.nom_entier and not se_rapprochent(moi.nom_entier, lui.nom_entier)
    return f"{dit} Il est au nom de « {lui.nom_entier} »." if etranger else dit


def remplacer(jugee: LigneJugee, message: str) -> LigneJugee:
    """La ligne d'un bon remplacé, qui dit par quel autre."""
    doute = jugee.code == "date-illisible"  # sa date n'a pas été lue : il était peut-être le plus récent des deux
    return jugee._replace(sort=Sort.REMPLACEE, message=f"{jugee.message} {message}" if doute else message)


def bons_de_meme_date(lignes: Iterable[LigneJugee], ajoutent: Collection[str], prive: str) -> Iterator[Constat]:
    """Un avertissement par bon que rien ne dit plus ancien que celui qui le remplace, s'ils ne demandent pas la même chose.

    Entre : les lignes d'une fusion ; les groupements qui additionnent les bons ; le nom du dossier privé.
    """
    cellules: dict[tuple[str, str], dict[CleDeBon, list[LigneJugee]]] = {}
    remplacees: dict[tuple[str, str], None] = {}
    for jugee in lignes:
        if jugee.sort is Sort.BROUILLON or jugee.code in REJETS_DU_BON:
            continue
        qui = (jugee.lue.groupement, jugee.cellule)
        cellules.setdefault(qui, {}).setdefault(jugee.bon, []).append(jugee)
        if jugee.sort is Sort.REMPLACEE:
            remplacees[qui] = None
    for qui in remplacees:
        bons = cellules[qui]
        for cle, gagnante in bons_gagnants(bons, ajouter=qui[0] in ajoutent).items():
            perdu, gagnant = bons[cle], bons[gagnante]
            if cle != gagnante and _envoi(perdu) == _envoi(gagnant) and _demandes(perdu) != _demandes(gagnant):
                yield _constat(perdu, gagnant, prive)


def _demandes(bon: Sequence[LigneJugee]) -> list[tuple[str, str, str]]:
    """Ce que demande un bon, quelle que soit la façon de l'écrire."""
    lues = ((jugee.lue.produit, lire_quantite(a_lire(jugee.lue), "kg"), lire_quantite(jugee.lue.tolerance, "kg")) for jugee in bon)
    return sorted((produit, str(lu), str(plus)) for produit, lu, plus in lues)


def _constat(perdu: Sequence[LigneJugee], gagnant: Sequence[LigneJugee], prive: str) -> Constat:
    moi, lui = perdu[0].lue, gagnant[0].lue
    instant = _envoi(gagnant)
    quand = "sans date" if instant == _JAMAIS else f"envoyés au même instant, {instant_long(instant)},"
    noms = [lue.fichier.rpartition("/")[2] for lue in (lui, moi)]
    sort = f"{noms[0]} compte, {noms[1]} est remplacé" if noms[0] != noms[1] else f"celui de la ligne {lui.ligne} compte, celui-ci est remplacé"
    fait = f"Deux bons de {perdu[0].cellule} {quand} ne demandent pas la même chose : {sort}."
    remede = "Demander à la personne lequel est le bon, et ôter l’autre."
    return avertissement("bons-de-meme-date", Emplacement(f"{prive}/{moi.fichier}", moi.ligne), fait, remede)
