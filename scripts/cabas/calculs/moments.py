"""Le moment d'une mission, écrit par rapport à la commande : lu, dit en français, daté. La seule grammaire, la seule lecture.

    moments  = moment { « puis » moment }
    moment   = repère [ écart ] [ heure ]  |  rythme
    repère   = ouverture | cloture | permanence | livraison | distribution
    écart    = ( + | - ) nombre ( j | h | min )
    heure    = ( avant | à ) 12h[30]           avec un écart en jours seulement
    rythme   = mensuel | trimestriel | semestriel | annuel | permanent

`cloture+1j avant 12h` : le lendemain de la clôture, avant midi. `distribution-2h` : deux heures avant la distribution.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from cabas.constats import Refus
from cabas.motifs import motif
from cabas.temps import PARIS
from cabas.typographie import simplifier

REPERES: Mapping[str, str] = {
    "ouverture": "l’ouverture",
    "cloture": "la clôture",
    "permanence": "la permanence",
    "livraison": "la livraison",
    "distribution": "la distribution",
}
"""Dans l'ordre du cycle."""
RYTHMES: Mapping[str, str] = {
    "mensuel": "une fois par mois",
    "trimestriel": "tous les trois mois",
    "semestriel": "deux fois par an",
    "annuel": "une fois par an",
    "permanent": "toute l’année",
}
PHASES = ("Avant d’ouvrir", "Pendant la semaine de commande", "Avant la distribution", "Le jour venu", "Après la distribution", "Toute l’année")

Reperes = Mapping[str, Sequence[datetime]]
"""Les instants de chaque repère d'une commande ; une permanence en a plusieurs, une livraison pas encore fixée n'en a pas."""

_UNITES = {"h": "heure", "min": "minute"}
_MOMENT = motif(
    r"(?P<repere>[a-z]+)(?:\s*(?P<signe>[+-])\s*(?P<nombre>\d{1,3})\s*(?P<unite>j|h|min))?"
    r"(?:\s+(?P<precision>avant|à|a)\s+(?P<heures>\d{1,2})\s*h\s*(?P<minutes>\d\d)?)?"
)
_REMEDE = "Écrire par exemple : cloture+1j avant 12h, distribution-2h, livraison, mensuel."


class Moment(NamedTuple):
    """Un moment lu. `ecart` est compté en `unite` (j, h, min) ; `heure` est une limite (`avant`) ou un rendez-vous."""

    repere: str
    ecart: int = 0
    unite: str = "j"
    heure: time | None = None
    avant: bool = False


class Echeance(NamedTuple):
    """Un moment daté : un instant, ou une journée entière (`entier`, minuit à Paris), et sa limite en clair."""

    debut: datetime
    entier: bool
    precision: str = ""


@lru_cache(maxsize=1024)
def lire_moments(texte: str) -> tuple[Moment, ...] | Refus:
    """Les moments d'un champ `quand`, dans l'ordre. Refus : `quand-illisible`.

    >>> lire_moments("distribution-2h") == (Moment("distribution", -2, "h"),)
    True
    """
    lus = [_lire(morceau.strip()) for morceau in re.split(r"\s+puis\s+", texte.strip())]
    return next((lu for lu in lus if isinstance(lu, Refus)), tuple(lu for lu in lus if isinstance(lu, Moment)))


def _lire(texte: str) -> Moment | Refus:
    if texte in RYTHMES:
        return Moment(texte)
    trouve = _MOMENT.fullmatch(texte)
    if trouve is None or trouve["repere"] not in REPERES:
        mot = re.match(r"[a-z]*", simplifier(texte))
        from difflib import get_close_matches  # noqa: PLC0415 (une milliseconde, pour une fiche fausse seulement)

        proches = get_close_matches(mot[0] if mot else "", [*REPERES, *RYTHMES], n=1)
        remede = f"Vouliez-vous dire « {proches[0]} » ? {_REMEDE}" if proches and proches[0] != texte else _REMEDE
        return Refus("quand-illisible", f"« {texte} » n’est pas un moment de la commande.", remede)
    unite, heures, minutes = trouve["unite"] or "j", trouve["heures"], int(trouve["minutes"] or 0)
    if heures and (int(heures) > 23 or minutes > 59):
        return Refus("quand-illisible", f"« {texte} » : cette heure n’existe pas.", _REMEDE)
    if heures and unite != "j":
        return Refus("quand-illisible", f"« {texte} » compte en heures et donne aussi une heure.", "Garder l’un des deux. " + _REMEDE)
    ecart = int(trouve["signe"] + trouve["nombre"]) if trouve["nombre"] else 0
    return Moment(trouve["repere"], ecart, unite, time(int(heures), minutes) if heures else None, trouve["precision"] == "avant")


def en_clair(moment: Moment) -> str:
    """Le moment en français.

    >>> en_clair(Moment("cloture", 1, "j", time(12), avant=True))
    'le lendemain de la clôture, avant 12 h'
    """
    if moment.repere in RYTHMES:
        return RYTHMES[moment.repere]
    nom, nombre = REPERES[moment.repere], abs(moment.ecart)
    cote = "après" if moment.ecart > 0 else "avant"
    if moment.unite != "j":
        mot = _UNITES[moment.unite] + ("s" if nombre > 1 else "")
        return f"{nombre} {mot} {cote} {nom}"
    proches = {0: f"le jour de {nom}", 1: f"le lendemain de {nom}", -1: f"la veille de {nom}"}
    texte = proches.get(moment.ecart) or f"{nombre} jours {cote} {nom}"
    return ", ".join(filter(None, (texte, _limite(moment))))


def _limite(moment: Moment) -> str:
    if moment.heure is None:
        return ""
    minutes = f" {moment.heure.minute:02d}" if moment.heure.minute else ""
    return f"{'avant' if moment.avant else 'à'} {moment.heure.hour} h{minutes}"


def phase(moment: Moment) -> str:
    """La partie du cycle où tombe un moment : l'une de `PHASES`."""
    if moment.repere in RYTHMES:
        return PHASES[5]
    if moment.repere == "ouverture":
        return PHASES[0 if moment.ecart <= 0 else 1]
    if moment.repere == "permanence" or (moment.repere == "cloture" and moment.ecart <= 0):
        return PHASES[1]
    if moment.repere == "cloture" or (moment.ecart < 0 and moment.unite == "j"):
        return PHASES[2]
    return PHASES[4] if moment.ecart > 0 and moment.unite == "j" else PHASES[3]


def rang(moment: Moment) -> tuple[int, int, int]:
    """De quoi ranger des moments dans l'ordre du cycle : la phase, le repère, l'écart en minutes."""
    reperes = [*REPERES, *RYTHMES]
    minutes = {"j": 24 * 60, "h": 60, "min": 1}[moment.unite]
    return PHASES.index(phase(moment)), reperes.index(moment.repere), moment.ecart * minutes


def dater(moment: Moment, reperes: Reperes) -> list[Echeance]:
    """Les échéances d'un moment dans une commande ; aucune pour un rythme, ou un repère sans date.

    Un repère à minuit juste n'a pas d'heure connue : compter en heures depuis lui donne la journée entière.
    """
    return [_dater(moment, repere.astimezone(PARIS)) for repere in reperes.get(moment.repere, ())]


def _dater(moment: Moment, repere: datetime) -> Echeance:
    if moment.unite != "j" and repere.time() != time():
        duree = timedelta(**{"hours" if moment.unite == "h" else "minutes": moment.ecart})
        return Echeance((repere.astimezone(UTC) + duree).astimezone(PARIS), entier=False)
    jour = repere.date() + timedelta(days=moment.ecart if moment.unite == "j" else 0)
    if moment.heure is not None and not moment.avant:
        return Echeance(datetime.combine(jour, moment.heure, PARIS), entier=False)
    return Echeance(datetime.combine(jour, time(), PARIS), entier=True, precision=_limite(moment))
