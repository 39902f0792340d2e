"""Écrire le français : montants, quantités, dates, pluriels, espaces insécables. Le seul endroit qui le fait.

Rien ici ne dépend de la langue de la machine. Les espaces insécables n'existent pas dans nos sources : elles naissent ici.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache

from cabas.motifs import motif
from cabas.quantites import MILLE, UNITES
from cabas.temps import PARIS

INSECABLE = "\u00a0"
FINE = "\u202f"
MOINS = "\u2212"
"""Le signe moins, dans ce que lisent des gens. Un fichier garde le trait d'union du clavier, que tout tableur comprend."""
MOIS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre")
JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def _milliers(entier: int) -> str:
    return f"{entier:,}".replace(",", FINE)


def nombre(entier: int) -> str:
    """Un entier avec ses milliers séparés : 3841 → « 3 841 »."""
    return f"{MOINS}{_milliers(-entier)}" if entier < 0 else _milliers(entier)


def _decimales(milliemes: int) -> str:
    reste = abs(milliemes) % MILLE
    return f",{reste:03d}".rstrip("0") if reste else ""


@lru_cache(maxsize=65536)
def nombre_csv(milliemes: int) -> str:
    """Une quantité pour un fichier : virgule décimale, sans séparateur de milliers ni zéro inutile. 2500 → « 2,5 »."""
    signe = "-" if milliemes < 0 else ""
    return f"{signe}{abs(milliemes) // MILLE}{_decimales(milliemes)}"


@lru_cache(maxsize=65536)
def euros_csv(centimes: int) -> str:
    """Un montant pour un fichier : 1250 → « 12,50 »."""
    signe = "-" if centimes < 0 else ""
    return f"{signe}{abs(centimes) // 100},{abs(centimes) % 100:02d}"


def euros(centimes: int) -> str:
    """Un montant à lire : 1250 → « 12,50 € »."""
    signe = MOINS if centimes < 0 else ""
    return f"{signe}{_milliers(abs(centimes) // 100)},{abs(centimes) % 100:02d}{INSECABLE}€"


def quantite_nue(milliemes: int) -> str:
    """Une quantité à lire, sans son unité : 1250500 → « 1 250,5 »."""
    signe = MOINS if milliemes < 0 else ""
    return f"{signe}{_milliers(abs(milliemes) // MILLE)}{_decimales(milliemes)}"


@lru_cache(maxsize=65536)
def quantite(milliemes: int, unite: str) -> str:
    """Une quantité à lire : « 2,5 kg », « 1 pièce », « 3 pièces », et « 500 g » sous le kilo."""
    if unite == "kg" and 0 < milliemes < MILLE:
        return f"{milliemes}{INSECABLE}g"
    mot = UNITES[unite]
    if unite == "piece" and abs(milliemes) >= 2 * MILLE:
        mot += "s"
    return f"{quantite_nue(milliemes)}{INSECABLE}{mot}"


def accorder(compte: int, singulier: str, pluriel: str = "") -> str:
    """Un nombre et son mot accordé : 0 ou 1 au singulier. `accorder(3, "sac")` → « 3 sacs »."""
    mot = singulier if abs(compte) < 2 else (pluriel or singulier + "s")
    return f"{nombre(compte)}{INSECABLE}{mot}"


def enumerer(elements: Sequence[str], lien: str = "et") -> str:
    """« a », « a et b », « a, b et c »."""
    if len(elements) < 2:
        return "".join(elements)
    return f"{', '.join(elements[:-1])} {lien} {elements[-1]}"


def jour_du_mois(jour: date) -> str:
    """« 1er décembre », « 12 décembre »."""
    quantieme = "1er" if jour.day == 1 else str(jour.day)
    return f"{quantieme}{INSECABLE}{MOIS[jour.month - 1]}"


def date_longue(jour: date) -> str:
    """« mardi 1er décembre 2026 »."""
    return f"{JOURS[jour.weekday()]} {jour_du_mois(jour)} {jour.year}"


def date_courte(jour: date) -> str:
    """« 01/12/2026 »."""
    return f"{jour.day:02d}/{jour.month:02d}/{jour.year}"


def heure(instant: datetime) -> str:
    """« 18 h », « 18 h 30 » (heure de Paris)."""
    local = instant.astimezone(PARIS)
    return f"{local.hour}{INSECABLE}h" + (f"{INSECABLE}{local.minute:02d}" if local.minute else "")


def instant_long(instant: datetime) -> str:
    """« mardi 1er décembre 2026 à 18 h 30 » (heure de Paris)."""
    local = instant.astimezone(PARIS)
    return f"{date_longue(local.date())} à {heure(local)}"


def plage(debut: datetime, fin: datetime) -> str:
    """« jeudi 17 décembre 2026, de 16 h à 19 h »."""
    local = debut.astimezone(PARIS)
    if local.date() != fin.astimezone(PARIS).date():
        return f"du {instant_long(debut)} au {instant_long(fin)}"
    return f"{date_longue(local.date())}, de {heure(debut)} à {heure(fin)}"


# Chaque motif commence par le signe cherché : une page entière se parcourt sans s'arrêter à chaque lettre.
_REGLES = (
    (motif(r"'(?<=\w')(?=\w)"), "’"),
    (motif(r"«(?: +|(?=[^\s\u00a0\u202f]))"), f"«{INSECABLE}"),
    (motif(r" +»|»(?<=[^\s\u00a0\u202f]»)"), f"{INSECABLE}»"),
    (motif(r" (?:(?<=\S )|(?<=^ )) *([;!?])(?=\s|$)"), FINE + r"\1"),
    (motif(r" (?:(?<=\S )|(?<=^ )) *:(?=\s|$)"), f"{INSECABLE}:"),
    (motif(r" (?<=\d ) *(?=(?:€|kg|g|L|cl|mL|h|%)(?:\W|$))"), INSECABLE),
)


COURT = 200
"""En signes : un texte plus long ne se répète guère."""
_A_RECOPIER = motif(r"(\"[^\"\n]*\"|\{[^}\n]*\}|`[^`\n]*`)")


def typographier(texte: str) -> str:
    """Pose les espaces insécables d'un texte français déjà écrit avec des espaces ordinaires.

    Ce qui est entre guillemets droits, accolades ou accents graves est à recopier tel quel : on n'y touche pas.
    """
    return _typographier_court(texte) if len(texte) <= COURT else _typographier(texte)


@lru_cache(maxsize=8192)
def _typographier_court(texte: str) -> str:
    """Un nom, une phrase : le même revient à chaque bon."""
    return _typographier(texte)


def _typographier(texte: str) -> str:
    morceaux = _A_RECOPIER.split(texte)
    for rang in range(0, len(morceaux), 2):
        for cherche, remplacement in _REGLES:
            morceaux[rang] = cherche.sub(remplacement, morceaux[rang])
    return "".join(morceaux)


@lru_cache(maxsize=16384)
def simplifier(texte: str) -> str:
    """Un texte à comparer : minuscules sans accents ni ligatures, apostrophes droites, espaces simples."""
    if not texte.isascii():
        texte = texte.casefold().replace("œ", "oe").replace("æ", "ae").replace("’", "'").replace("\ufeff", "")
        texte = "".join(lettre for lettre in unicodedata.normalize("NFKD", texte) if not unicodedata.combining(lettre))
    return " ".join(texte.casefold().split())


_SENS_D_ECRITURE = str.maketrans(dict.fromkeys("\u202a\u202b\u202c\u2066\u2067\u2068\u2069"))
_AU_BORD = "\u200e\u200f\u061c\ufeff"
_RENVERSE = ("\u202d", "\u202e")
_INVISIBLES = str.maketrans(dict.fromkeys("\u200b\u2060\u202a\u202b\u202c\u2066\u2067\u2068\u2069\u200e\u200f\u061c\ufeff"))


def sans_marques(texte: str) -> str:
    """Un texte copié d'un téléphone, sans les marques invisibles qui l'entourent pour dire son sens d'écriture.

    L'arabe se lit pareil sans elles ; celles qui sont utiles entre deux lettres restent. Un texte qu'une marque écrit à
    l'envers n'est pas touché : on doit voir qu'il est étrange.
    """
    if texte.isascii() or any(map(texte.__contains__, _RENVERSE)):
        return texte
    return texte.translate(_SENS_D_ECRITURE).strip(_AU_BORD)


def sans_invisibles(texte: str) -> str:
    """Un texte à comparer : sans aucune marque de sens d'écriture, ni espace de largeur nulle."""
    return texte if texte.isascii() else texte.translate(_INVISIBLES)


def de(nom: str) -> str:
    """« de farine », « d’huile », « de haricots » : l'élision devant voyelle et h muet."""
    mot = simplifier(nom)
    return f"d’{nom}" if mot[:1] in tuple("aeiouy") or mot.startswith(_H_MUETS) else f"de {nom}"


_H_MUETS = ("huil", "herb", "huitr", "hydro", "hibisc")
