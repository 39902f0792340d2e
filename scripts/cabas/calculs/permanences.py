"""Les séances d'une permanence, datées, quand sa phrase le permet. Ce qu'on ne comprend pas n'a pas de date : on ne devine pas.

Compris : « mardi de 17 h à 19 h », plusieurs de suite (« et », virgule), puis le lieu, puis « pendant la semaine de
commande » ou « les deux semaines avant la clôture ». Le reste de la phrase ne doit rien dire d'autre du calendrier.
"""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import NamedTuple

from cabas.temps import PARIS
from cabas.typographie import JOURS

_HEURE = r"(\d{1,2}) ?h(?: ?(\d\d))?"
_SEANCE = re.compile(rf"({'|'.join(JOURS)})s? de {_HEURE} à {_HEURE}(?: et |, (?=(?:{'|'.join(JOURS)})s? de )|)")
_CONNUS = re.compile(r"pendant la semaine de commande|les deux semaines avant la clôture")
_CALENDRIER = re.compile(rf"semaine|mois|sauf|premier|dernier|vacances|pair|sur deux|rendez-vous|{'|'.join(JOURS)}")
QUINZAINE = timedelta(days=14)


class Seance(NamedTuple):
    """Une permanence : son début et sa fin, à l'heure de Paris."""

    debut: datetime
    fin: datetime


def seances(phrase: str, ouverture: datetime, cloture: datetime) -> list[Seance]:
    """Les séances qui commencent entre l'ouverture et la clôture ; aucune si la phrase ne se comprend pas en entier."""
    texte = " ".join(phrase.lower().split())
    plages, fin = [], 0
    while trouve := _SEANCE.match(texte, fin):
        plages.append((JOURS.index(trouve[1]), _heure(trouve[2], trouve[3]), _heure(trouve[4], trouve[5])))
        fin = trouve.end()
    if not plages or _CALENDRIER.search(_CONNUS.sub("", texte[fin:])):
        return []
    debut = max(ouverture, cloture - QUINZAINE) if "deux semaines avant la clôture" in texte else ouverture
    jours = [debut.astimezone(PARIS).date() + timedelta(days=rang) for rang in range((cloture - debut).days + 2)]
    trouvees = [
        Seance(datetime.combine(jour, de, PARIS), datetime.combine(jour, a, PARIS))
        for jour in jours
        for semaine, de, a in plages
        if jour.weekday() == semaine and de is not None and a is not None and de < a
    ]
    return sorted(une for une in trouvees if debut <= une.debut <= cloture)


def _heure(heures: str, minutes: str | None) -> time | None:
    return time(int(heures), int(minutes or 0)) if int(heures) < 24 and int(minutes or 0) < 60 else None
