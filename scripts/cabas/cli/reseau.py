"""`cabas fusionner --reseau` et `--groupement` : additionner les totaux des groupements, ou fusionner le sien seul."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from cabas.calculs.fusion import Fusion
    from cabas.calculs.recap import Recap
    from cabas.constats import Constat, Refus
    from cabas.lecture.fichiers_de_bons import Recu
    from cabas.modele import Commande, Depot
    from cabas.recu import Retour, Totaux


def ajouter_les_totaux(prive: Path, depot: Depot, fusion: Fusion, recu: Recu, instant: datetime | None = None) -> Fusion:
    """La fusion du réseau. Les constats et les empreintes des totaux vont dans `recu`. `instant` : `None` si elle est provisoire."""
    from cabas.calculs.reseau import avec_totaux, juger_le_moment, juger_totaux
    from cabas.lecture.totaux import lire_totaux

    commande = fusion.commande

    def juger(un: Totaux) -> Refus | None:
        return juger_totaux(depot, commande, un) or (juger_le_moment(commande, un, instant) if instant else None)

    avec_bons = frozenset(recue.groupement for recue in recu.recues)
    totaux, constats, empreintes = lire_totaux(prive, commande.id, avec_bons, juger)
    representes = {un.groupement for un in totaux}
    recu.constats = [constat for constat in recu.constats if constat.code != "aucun-bon" or _dossier(constat) not in representes] + constats
    recu.empreintes |= empreintes
    return avec_totaux(depot, fusion, totaux)


def un_seul_groupement(prive: Path, commande: str, recu: Recu, groupement: str) -> None:
    """Ne garde de ce qui est reçu que ce qui touche un groupement, et ce qui est commun : les autres fusionnent chez eux."""

    def est_sien(relatif: str) -> bool:
        """Vrai pour ses fichiers, et pour ceux de toute la commande ou de tout le réseau (décisions, cellier)."""
        dossier, *suite = relatif.split("/")
        if dossier == commande:
            return len(suite) < 2 or suite[0] == groupement
        return not suite or dossier == groupement

    def est_le_sien(constat: Constat) -> bool:
        dossier, _barre, relatif = constat.emplacement.fichier.partition("/")
        return dossier != prive.name or est_sien(relatif)

    recu.recues = [recue for recue in recu.recues if recue.groupement == groupement]
    recu.remarques = [remarque for remarque in recu.remarques if remarque.groupement == groupement]
    recu.empreintes = {chemin: somme for chemin, somme in recu.empreintes.items() if est_sien(chemin)}
    recu.ignores = {chemin: raison for chemin, raison in recu.ignores.items() if est_sien(chemin)}
    recu.constats = [constat for constat in recu.constats if est_le_sien(constat)]


def frais_a_plusieurs(recap: Recap, fusion: Fusion, groupement: str) -> Recap:
    """Le même récap, sans frais qui ne seraient pas les bons : un groupement seul ne sait pas sa part, des totaux n'ont pas de cellules."""
    from cabas.calculs.frais import partager_a_plusieurs

    if groupement and len(fusion.commande.fenetres) > 1:
        return recap._replace(frais=())
    return recap._replace(frais=partager_a_plusieurs(fusion.commande, recap.lignes, fusion.totaux)) if fusion.totaux else recap


def relire_le_retour(prive: Path, depot: Depot, fusion: Fusion, recap: Recap, recu: Recu, groupement: str) -> tuple[Recap, Retour | None]:
    """Le récap d'un groupement, servi comme le réseau l'a décidé si son retour est là et lui va. Les constats vont dans `recu`."""
    from cabas.calculs.reseau import totaux_de
    from cabas.calculs.retour import avec_retour, juger_retour
    from cabas.lecture.retour import lire_retour

    retour, constats, empreintes = lire_retour(
        prive, fusion.commande.id, groupement, lambda un: juger_retour(depot, totaux_de(depot, fusion, groupement), un)
    )
    recu.constats += constats
    recu.empreintes |= empreintes
    return (recap, None) if retour is None else (avec_retour(depot, fusion, recap, retour), retour)


def _dossier(constat: Constat) -> str:
    """Le groupement d'un constat situé dans `prive/<commande>/<groupement>/…`."""
    return "".join(constat.emplacement.fichier.split("/")[2:3])


def juger_les_options(commande: Commande, reseau: bool, groupement: str, publier: bool = False) -> list[Constat]:
    """Ce qui ne va pas ensemble, ou un groupement qui n'est pas de cette commande."""
    from cabas.cli.impression import sans_controle
    from cabas.constats import Emplacement, erreur
    from cabas.typographie import enumerer

    ici = Emplacement(f"catalogue/commandes/{commande.id}.yaml")
    if reseau and groupement:
        fait = "--reseau additionne les groupements, --groupement n’en fusionne qu’un."
        return [erreur("options-contraires", ici, fait, "Ne garder que l’une des deux options.")]
    if publier and groupement:
        fait = "--publier montre l’état des lots de tout le réseau, --groupement n’en connaît qu’une part."
        return [erreur("options-contraires", ici, fait, "Ne garder que l’une des deux options.")]
    if groupement and commande.fenetre(groupement) is None:
        connus = enumerer(sorted(fenetre.groupement for fenetre in commande.fenetres), "ou")
        fait = f"« {sans_controle(groupement)} » ne participe pas à cette commande."
        return [erreur("mauvais-groupement", ici, fait, f"Choisir {connus}.")]
    return []
