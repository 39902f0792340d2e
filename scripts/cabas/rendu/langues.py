"""Le bon dans plusieurs langues : ses phrases (`donnees/langues/<code>.json`), ses dates, ses quantités.

Entre : un code de langue. Sort : une `Langue`, qui sait écrire. La version simple est une langue de plus : du français, avec
d'autres mots ; ce qu'elle ne redit pas est pris au français. Les chiffres et les montants s'écrivent partout comme en France :
c'est ainsi qu'ils sont sur les étiquettes et les reçus.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, time
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from cabas import typographie
from cabas.calculs.affichage import heure_seule
from cabas.quantites import MILLE
from cabas.temps import PARIS

FRANCAIS, SIMPLE = "fr", "simple"
LANGUES = ("en", "ar", "tr", "es", "pt", "uk")
"""Les langues que nous savons écrire, outre le français."""


class Langue(NamedTuple):
    """Une langue du bon. `faits` : le contenu de son fichier."""

    code: str
    faits: Mapping[str, Any]

    @property
    def est_francaise(self) -> bool:
        """Vrai pour le français et sa version simple : les règles de typographie s'y appliquent."""
        return bool(self.faits["lang"] == FRANCAIS)

    def phrase(self, cle: str, **valeurs: object) -> Markup:
        """Une phrase de la page, échappée ; `*ceci*` y est en gras, `{nom}` y est remplacé."""
        texte = re.sub(r"\*([^*]+)\*", r"<b>\1</b>", str(escape(self.faits["page"][cle])))
        return Markup(_remplacer(texte, {nom: escape(valeur) for nom, valeur in valeurs.items()}))  # échappée morceau par morceau

    def dire(self, cle: str, **valeurs: object) -> str:
        """Un bout de phrase sur un produit, en texte brut."""
        return _remplacer(self.faits["produit"][cle], valeurs)

    def script(self) -> dict[str, str]:
        """Les phrases du script, prêtes à l'emploi."""
        poser = typographie.typographier if self.est_francaise else str
        return {cle: poser(texte) for cle, texte in self.faits["script"].items()}

    def mesurer(self, milliemes: int, unite: str) -> str:
        """« 2,5 kg », « 500 g », « 75 cL », « 3 pièces »."""
        mots = self.faits["unites"]
        if unite == "L" and 0 < milliemes < MILLE and milliemes % 10 == 0:
            return f"{milliemes // 10}{typographie.INSECABLE}{mots['cL']}"
        if unite == "kg" and 0 < milliemes < MILLE:
            return f"{milliemes}{typographie.INSECABLE}{mots['g']}"
        mot = mots["pieces" if unite == "piece" and milliemes >= 2 * MILLE else unite]
        return f"{typographie.quantite_nue(milliemes)}{typographie.INSECABLE}{mot}"

    def enumerer(self, elements: Iterable[str]) -> str:
        """« gluten, lait et œufs »."""
        suite = list(elements)
        return "".join(suite) if len(suite) < 2 else f"{', '.join(suite[:-1])}{self.faits['et']}{suite[-1]}"

    def heure(self, moment: time) -> str:
        """« 16 h 30 », ou « 16:30 » hors du français."""
        return heure_seule(moment) if self.est_francaise else f"{moment:%H:%M}"

    def date(self, instant: datetime) -> str:
        """Le jour en toutes lettres, à l'heure de Paris."""
        jour = instant.astimezone(PARIS).date()
        if self.est_francaise:
            return typographie.date_longue(jour)
        noms = {"jour": self.faits["jours"][jour.weekday()], "mois": self.faits["mois"][jour.month - 1]}
        return _remplacer(self.faits["date"], {**noms, "n": jour.day, "annee": jour.year})

    def instant(self, instant: datetime) -> str:
        """Le jour et l'heure."""
        return _remplacer(self.faits["instant"], {"date": self.date(instant), "heure": self.heure(instant.astimezone(PARIS).time())})

    def plage(self, debut: datetime, fin: datetime) -> str:
        """D'un instant à un autre, en ne disant le jour qu'une fois s'il est le même."""
        tot, tard = debut.astimezone(PARIS), fin.astimezone(PARIS)
        if tot.date() != tard.date():
            return _remplacer(self.faits["du_au"], {"debut": self.instant(debut), "fin": self.instant(fin)})
        heures = {"debut": self.heure(tot.time()), "fin": self.heure(tard.time())}
        return _remplacer(self.faits["plage"], {"date": self.date(debut), **heures})

    def creneau(self, debut: time, fin: time) -> str:
        """« de 16 h à 16 h 30 »."""
        return _remplacer(self.faits["creneau"], {"debut": self.heure(debut), "fin": self.heure(fin)})


def adresse(code: str) -> str:
    """Le fichier du bon dans une langue : `index.html`, `index.ar.html`, `simple.html`."""
    return {FRANCAIS: "index.html", SIMPLE: "simple.html"}.get(code, f"index.{code}.html")


@cache
def langue(code: str = FRANCAIS) -> Langue:
    """La langue d'un code. La version simple prend au français ce qu'elle ne redit pas."""
    faits = _lire(code)
    if code == SIMPLE:
        propres = faits
        faits = {cle: {**un, **propres.get(cle, {})} if isinstance(un, dict) else propres.get(cle, un) for cle, un in _lire(FRANCAIS).items()}
    return Langue(code, faits)


def _lire(code: str) -> dict[str, Any]:
    lus: dict[str, Any] = json.loads(files("cabas").joinpath("donnees", "langues", f"{code}.json").read_text(encoding="utf-8"))
    return lus


def _remplacer(texte: str, valeurs: Mapping[str, object]) -> str:
    """Chaque `{nom}` par sa valeur, en une fois : une valeur qui contient une accolade reste ce qu'elle est."""
    return re.sub(r"\{(\w+)\}", lambda trouve: str(valeurs[trouve[1]]), texte)
