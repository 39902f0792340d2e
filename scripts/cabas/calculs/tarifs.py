"""Un bon, un tarif : celui de sa première ligne qui en nomme un. Les lignes qui en nomment un autre le disent.

Ne compte que le tarif que le bon choisit : quand l'adhésion le donne, ce qui est écrit n'y change rien.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cabas.calculs.identites import Identites, cle, ecritures_des_tarifs
from cabas.calculs.jugement import CleDeBon, LigneJugee, Sort
from cabas.constats import Constat, Emplacement, avertissement
from cabas.modele import Depot, Groupement
from cabas.recu import Adherent
from cabas.typographie import enumerer


def un_tarif_par_bon(jugees: Sequence[LigneJugee], identites: Identites) -> list[LigneJugee]:
    """Les mêmes lignes, dans le même ordre. Une ligne retenue au tarif d'un autre est signalée : `tarif-different`."""
    premiers: dict[CleDeBon, str] = {}
    for jugee in jugees:
        if jugee.sort is Sort.RETENUE and jugee.lue.tarif:
            premiers.setdefault(jugee.bon, jugee.lue.tarif)
    if not premiers:
        return list(jugees)
    return [_accorder(jugee, premiers.get(jugee.bon, ""), identites) if jugee.sort is Sort.RETENUE else jugee for jugee in jugees]


def _accorder(jugee: LigneJugee, premier: str, identites: Identites) -> LigneJugee:
    lue = jugee.lue
    if lue.tarif == premier or not premier:
        return jugee
    compte, ecrit = identites.tarif(jugee.cellule, premier), identites.tarif(jugee.cellule, lue.tarif)
    jugee = jugee._replace(lue=lue._replace(tarif=premier))
    if not lue.tarif or compte == ecrit or jugee.code:
        return jugee
    fait = f"Ce bon dit deux tarifs : « {premier} », puis « {lue.tarif} ». On compte « {compte} » pour tout le bon."
    return jugee._replace(code="tarif-different", message=fait, remede="Demander à la personne ; corriger le tarif dans le fichier.")


def tarifs_inconnus(depot: Depot, lignes: Iterable[LigneJugee], adherents: Mapping[str, Sequence[Adherent]], prive: str) -> list[Constat]:
    """Ce qui fait payer, en silence, le premier tarif : un tarif ou une adhésion que la fiche du groupement ne connaît pas.

    Ne compte que ce qui est retenu. `prive` : le nom du dossier privé. Un constat par bon pour `tarif-inconnu`, par cellule pour
    `adhesion-inconnue`.
    """
    par_groupement = {
        groupement: _Tarifs(depot.groupements[groupement], siens) for groupement, siens in adherents.items() if groupement in depot.groupements
    }
    constats: dict[tuple[str, ...], Constat] = {}
    for jugee in lignes:
        tarifs = par_groupement.get(jugee.lue.groupement) if jugee.sort is Sort.RETENUE else None
        if tarifs is None:
            continue
        if adherent := tarifs.sans_tarif(jugee.cellule):
            constats.setdefault((adherent.cellule, jugee.lue.groupement), tarifs.dire_l_adhesion(adherent, prive))
        if jugee.lue.tarif and not tarifs.connait(jugee.cellule, jugee.lue.tarif):
            constats.setdefault(jugee.bon, tarifs.dire_le_tarif(jugee, prive))
    return list(constats.values())


class _Tarifs:
    """Les tarifs et les adhésions d'un groupement, et l'adhésion de chaque cellule connue."""

    def __init__(self, groupement: Groupement, adherents: Sequence[Adherent]) -> None:
        self._groupement = groupement
        self._ecritures = ecritures_des_tarifs(groupement)
        self._adhesions = {adhesion.code: adhesion.tarif for adhesion in groupement.adhesions}
        self._adherents: dict[str, Adherent] = {}
        for adherent in adherents:
            self._adherents.setdefault(cle(adherent.cellule), adherent)

    def sans_tarif(self, cellule: str) -> Adherent | None:
        """L'adhérent·e dont l'adhésion est écrite, et n'est pas de ce groupement."""
        adherent = self._adherents.get(cle(cellule))
        return adherent if adherent and adherent.adhesion and adherent.adhesion not in self._adhesions else None

    def connait(self, cellule: str, tarif: str) -> bool:
        """Vrai si ce tarif est de la fiche, ou si l'adhésion de la cellule le donne déjà."""
        adherent = self._adherents.get(cle(cellule))
        return cle(tarif) in self._ecritures or bool(adherent and self._adhesions.get(adherent.adhesion))

    def dire_l_adhesion(self, adherent: Adherent, prive: str) -> Constat:
        fait = f"« {adherent.adhesion} », l’adhésion de {adherent.cellule}, n’est pas dans la fiche du groupement : elle ne donne aucun tarif."
        remede = f"Écrire {enumerer(sorted(self._adhesions), 'ou')}." if self._adhesions else "Ajouter cette adhésion à la fiche du groupement."
        return avertissement("adhesion-inconnue", Emplacement(f"{prive}/{self._groupement.slug}/adherents.csv"), fait, remede)

    def dire_le_tarif(self, jugee: LigneJugee, prive: str) -> Constat:
        codes = [tarif.code for tarif in self._groupement.tarifs]
        fait = f"« {jugee.lue.tarif} » n’est pas un tarif de ce groupement : {jugee.cellule} paie le premier, « {codes[0]} »."
        ici = Emplacement(f"{prive}/{jugee.lue.fichier}", jugee.lue.ligne)
        return avertissement("tarif-inconnu", ici, fait, f"Demander à la personne ; écrire {enumerer(codes, 'ou')} dans le fichier.")
