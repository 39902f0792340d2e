"""Nettoyer les rangées d'un tableau de bons, avant d'en lire les quantités : qui écrit, et quand.

Entre : les rangées mises au carré, ce qu'on sait du service. Sort : les mêmes, changées sur place.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from cabas.lecture.cases import dater, mois_d_abord, sans_ip
from cabas.lecture.colonnes import Colonne
from cabas.lecture.intitules import Personnes
from cabas.lecture.profils import Profil
from cabas.lecture.rangees import Rangee
from cabas.temps import lire_envoi
from cabas.typographie import simplifier

_JAMAIS = datetime.min.replace(tzinfo=UTC)


def nettoyer(rangees: list[Rangee], colonnes: Sequence[Colonne], profil: Profil, envoye: int, personnes: Personnes) -> None:
    """« anonymous » n'est le nom de personne ; les dates se lisent toutes de la même façon ; une ligne au nom de deux personnes se rejette.

    `envoye` : la colonne de la date d'envoi. Un service qui date aussi la modification y met la plus récente : c'est elle qui compte.
    """
    if personnes.jumelles:
        rangees[:] = [(numero, cases, refus or personnes.refuser(cases)) for numero, cases, refus in rangees]
    du_service = [(colonne.rang, simplifier(colonne.intitule)) for colonne in colonnes] if profil.roles else []
    comptes = [rang for rang, simple in du_service if simple in profil.comptes]
    dates = [rang for rang, simple in du_service if profil.roles.get(simple) == "envoye_le"] or [envoye]
    mois_devant = mois_d_abord({cases[rang] for _numero, cases, _refus in rangees for rang in dates})
    if not (comptes or profil.ecarter or profil.fuseau or mois_devant or len(dates) > 1):
        return  # rien n'est à changer : c'est le cas de tout ce que nous écrivons nous-mêmes
    for _numero, cases, _refus in rangees:
        for rang in comptes:
            if simplifier(cases[rang]) in profil.anonymes:
                cases[rang] = ""
        if profil.ecarter:
            cases[:] = map(sans_ip, cases)
        lues = [dater(cases[rang], profil.fuseau, mois_devant=mois_devant) for rang in dates]
        cases[envoye] = lues[0] if len(lues) == 1 else max(lues, key=_instant)  # à égalité, la première : celle de l'envoi


def _instant(date: str) -> datetime:
    return (lire_envoi(date) if date else None) or _JAMAIS
