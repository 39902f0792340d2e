"""Les instants : lus à l'heure de Paris, comparés en temps universel. « Maintenant » est toujours un argument.

Une heure qui n'existe pas (passage à l'heure d'été) ou qui existe deux fois (heure d'hiver) est refusée dans les fiches :
personne ne doit se demander quand ferme une commande.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from cabas.constats import Refus
from cabas.motifs import motif

PARIS = ZoneInfo("Europe/Paris")

_INSTANT = motif(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?", re.ASCII)
_GOOGLE = motif(r"(\d{4})/(\d\d?)/(\d\d?) (\d\d?):(\d\d)(?::(\d\d))? (AM|PM)(?: (UTC|GMT)([+-]\d{1,2})?)?", re.ASCII | re.IGNORECASE)
_FRANCAIS = motif(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d\d)(?!\d)(?:[ T-]+(?:à )?(\d{1,2})[:h](\d\d)(?::(\d\d))?)?", re.ASCII)

_SERIE = motif(r"(\d{5})(?:[.,](\d+))?", re.ASCII)
_JOUR_ZERO = datetime(1899, 12, 30)
_SERIES = range((datetime(2015, 1, 1) - _JOUR_ZERO).days, (datetime(2101, 1, 1) - _JOUR_ZERO).days)
"""Les dates-séries de tableur que l'on croit : des jours depuis le 30 décembre 1899, de 2015 à 2100."""


def lire_jour(texte: str) -> date | None:
    """Une date `AAAA-MM-JJ`, ou `None`."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", texte, re.ASCII):
        return None
    try:
        return date.fromisoformat(texte)
    except ValueError:
        return None


def lire_instant(texte: str) -> datetime | Refus:
    """Un instant de fiche `AAAA-MM-JJTHH:MM`, à l'heure de Paris. Sort un `datetime` avec fuseau, ou un refus.

    Refus : `instant-illisible`, `instant-inexistant`, `instant-ambigu`.
    """
    trouve = _INSTANT.fullmatch(texte)
    if trouve is None:
        return Refus("instant-illisible", f"« {texte} » n’est pas un instant.", "Écrire comme 2026-12-07T20:00 (heure de Paris, sans décalage).")
    try:
        naif = datetime(*(int(morceau or 0) for morceau in trouve.groups()))  # type: ignore[arg-type]
    except ValueError:
        return Refus("instant-illisible", f"« {texte} » n’existe pas au calendrier.", "Corriger la date ou l’heure.")
    tot, tard = naif.replace(tzinfo=PARIS, fold=0), naif.replace(tzinfo=PARIS, fold=1)
    if tot.astimezone(UTC).astimezone(PARIS).replace(tzinfo=None) != naif:
        return Refus(
            "instant-inexistant", f"« {texte} » n’existe pas : on passe à l’heure d’été cette nuit-là.", "Choisir une heure hors de 2 h à 3 h."
        )
    if tot.utcoffset() != tard.utcoffset():
        return Refus(
            "instant-ambigu", f"« {texte} » arrive deux fois : on passe à l’heure d’hiver cette nuit-là.", "Choisir une heure hors de 2 h à 3 h."
        )
    return tot


def lire_jour_ou_instant(texte: str) -> datetime | Refus:
    """Une date seule (lue à minuit, heure de Paris) ou un instant."""
    jour = lire_jour(texte)
    return datetime.combine(jour, time(), PARIS) if jour else lire_instant(texte)


def lire_heure(texte: str) -> time | None:
    """Une heure de créneau, `16:00` ou `16h00`."""
    trouve = re.fullmatch(r"([01]?\d|2[0-3])[:h]([0-5]\d)", texte, re.ASCII)
    return time(int(trouve[1]), int(trouve[2])) if trouve else None


@lru_cache(maxsize=65536)
def lire_envoi(texte: str) -> datetime | None:
    """L'instant d'envoi d'un bon : ISO 8601 (avec ou sans décalage) ou `14/03/2026 09:12:03`. `None` si illisible.

    Formes : ISO 8601, `14/03/2026 09:12:03`, celle de Google Forms, `2026/03/14 9:12:03 AM UTC+1` (« UTC » ou « GMT » seul : le temps universel), et
    la date-série d'un tableur dont la case a perdu son format, `46000.5` (le 9 décembre 2025 à midi). Sans décalage,
    l'heure est celle de Paris ; une heure ambiguë est prise à sa première occurrence. Une date seule vaut le début de
    cette journée : on ne rejette pas un bon sur un doute.
    """
    propre = texte.strip()
    if google := _GOOGLE.fullmatch(propre):
        return _lire_google(google)
    try:
        lu = datetime.fromisoformat(propre)
    except ValueError:
        trouve = _FRANCAIS.fullmatch(propre)
        if trouve is None:
            return _lire_serie(propre)
        jour, mois, annee, heure, minute, seconde = (int(morceau) if morceau else 0 for morceau in trouve.groups())
        try:
            lu = datetime(annee if annee > 99 else 2000 + annee, mois, jour, heure, minute, seconde)
        except ValueError:
            return None
    try:
        return (lu if lu.tzinfo else lu.replace(tzinfo=PARIS)).astimezone(UTC)
    except OverflowError:
        return None


def _lire_serie(texte: str) -> datetime | None:
    """Une date-série de tableur, à l'heure de Paris, à la seconde ; `None` si ce n'en est pas une plausible."""
    trouve = _SERIE.fullmatch(texte)
    if trouve is None or int(trouve[1]) not in _SERIES:
        return None
    chiffres = (trouve[2] or "0")[:12]  # la seconde se joue au sixième chiffre
    secondes = (2 * int(chiffres) * 86400 + 10 ** len(chiffres)) // (2 * 10 ** len(chiffres))
    return (_JOUR_ZERO + timedelta(days=int(trouve[1]), seconds=secondes)).replace(tzinfo=PARIS).astimezone(UTC)


def _lire_google(trouve: re.Match[str]) -> datetime | None:
    annee, mois, jour, heures, minutes, secondes = (int(morceau or 0) for morceau in trouve.groups()[:6])
    if not 1 <= heures <= 12:
        return None
    decalage = timezone(timedelta(hours=int(trouve[9] or 0))) if abs(int(trouve[9] or 0)) < 24 else UTC
    try:
        lu = datetime(annee, mois, jour, heures % 12 + (12 if trouve[7].upper() == "PM" else 0), minutes, secondes)
        return lu.replace(tzinfo=decalage if trouve[8] else PARIS).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def jours_entre(debut: date, fin: date) -> int:
    """Nombre de jours de `debut` à `fin`."""
    return (fin - debut).days


def dans_jours(jour: date, nombre: int) -> date:
    """Le jour qui vient `nombre` jours après."""
    return jour + timedelta(days=nombre)
