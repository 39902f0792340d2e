"""Les agendas à importer (`.ics`, RFC 5545) : les dates d'un groupement, ou du réseau. Mêmes fiches, mêmes octets.

L'heure est celle de Paris, avec sa règle d'été écrite dans le fichier : un agenda d'ailleurs affiche la bonne heure. Un
identifiant ne change pas quand la date change : réimporter déplace l'événement au lieu d'en ajouter un.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from cabas.calculs.agenda import Evenement, Genre, titre
from cabas.temps import PARIS
from cabas.typographie import date_longue, heure


def agenda_ics(evenements: Iterable[Evenement], nom: str) -> str:
    """Le fichier d'un agenda, fins de ligne comprises."""
    from icalendar import Calendar

    agenda = Calendar()
    agenda.add("prodid", "-//cabas//agenda//FR")
    agenda.add("version", "2.0")
    agenda.add("calscale", "GREGORIAN")
    agenda.add("x-wr-calname", nom)
    agenda.add("x-wr-timezone", "Europe/Paris")
    agenda.add_component(_paris())
    for un in evenements:
        agenda.add_component(_evenement(un))
    texte: str = agenda.to_ical().decode()
    return texte


def _evenement(un: Evenement) -> Any:
    from icalendar import Event

    fait = Event()
    fait.add("uid", f"{un.cle}@cabas")
    # L'instant d'écriture : celui où la commande ouvre, pour que les mêmes fiches donnent les mêmes octets.
    fait.add("dtstamp", un.commande.fenetres[0].ouverture.astimezone(UTC))
    if un.entier:
        jour = un.debut.astimezone(PARIS).date()
        fait.add("dtstart", jour)
        fait.add("dtend", jour + timedelta(days=1))
        fait.add("transp", "TRANSPARENT")
    else:
        fait.add("dtstart", un.debut.astimezone(PARIS))
        if un.fin:
            fait.add("dtend", un.fin.astimezone(PARIS))
    ou = un.groupement.nom if un.groupement else "tout le réseau"
    precision = f" ({un.precision})" if un.precision else ""
    fait.add("summary", f"{titre(un)}{precision} · {ou}")
    if un.lieu:
        fait.add("location", un.lieu)
    fait.add("description", "\n".join(_details(un)))
    fait.add("categories", ["Mission" if un.mission else "Commande"])
    return fait


def _details(un: Evenement) -> list[str]:
    lignes = [un.commande.titre]
    if un.mission:
        lignes += [f"Qui : {un.mission.role}.", f"Durée : {un.mission.duree}.", f"La fiche est sur le site : missions, « {un.mission.titre} »."]
    if un.genre is Genre.CLOTURE:
        lignes.append(f"Dernier moment pour envoyer un bon : {date_longue(un.debut.astimezone(PARIS).date())} à {heure(un.debut)}.")
    if un.genre is Genre.DISTRIBUTION:
        lignes.append("Apportez votre récapitulatif, vos sacs, vos bocaux et vos bouteilles.")
    if un.creneaux:
        noms = {adhesion.code: adhesion.nom for adhesion in un.groupement.adhesions} if un.groupement else {}
        lignes.append("Créneaux :")
        lignes += [
            f"- {une.debut:%H:%M} à {une.fin:%H:%M}" + (f", {noms.get(une.adhesion, une.adhesion)}" if une.adhesion else "") for une in un.creneaux
        ]
    return lignes


def _paris() -> Any:
    """Le fuseau de Paris, écrit une fois pour toutes : heure d'été du dernier dimanche de mars au dernier d'octobre."""
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

    fuseau = Timezone()
    fuseau.add("tzid", "Europe/Paris")
    for classe, nom, avant, apres, mois, heures in ((TimezoneDaylight, "CEST", 1, 2, 3, 2), (TimezoneStandard, "CET", 2, 1, 10, 3)):
        regle = classe()
        regle.add("tzname", nom)
        regle.add("tzoffsetfrom", timedelta(hours=avant))
        regle.add("tzoffsetto", timedelta(hours=apres))
        regle.add("dtstart", datetime(1996, mois, 31 if mois == 3 else 27, heures))
        regle.add("rrule", {"freq": "yearly", "bymonth": mois, "byday": "-1su"})
        fuseau.add_component(regle)
    return fuseau
