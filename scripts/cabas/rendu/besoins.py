"""« Où trouver quoi » : de chaque besoin du terrain aux pages du guide qui y répondent.

Une page dit à quoi elle répond dans sa dernière phrase : « Cette page répond aux besoins V4 et G2. » Le tableau en est tiré à
chaque construction ; il prend la place d'une marque, pour que le reste de la page s'écrive comme les autres.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence

from cabas.rendu.echappement import litteral
from cabas.rendu.guide import GUIDE, Texte

MARQUE = "<!-- besoins -->"

PARTIES: Mapping[str, Mapping[str, str]] = {
    "Les tâches d’un groupement": {
        "V1": "annoncer la commande par mail",
        "V2": "prévenir qui n’a pas d’ordinateur",
        "V3": "trouver des bénévoles",
        "V4": "tenir la permanence",
        "V5": "changer un bon déjà donné",
        "V6": "rattraper les bons pas finis",
        "V7": "ramener une quantité au maximum",
        "V8": "relancer les bénévoles",
        "V9": "préparer et imprimer",
        "V10": "rappeler la distribution et les manques",
        "V11": "décharger et installer",
        "V12": "accueillir, de stand en stand",
        "V13": "tenir la caisse",
        "V14": "ranger et compter le stock",
        "V15": "compter la caisse, remplir le suivi, remettre l’enveloppe",
        "V16": "faire connaître le groupement",
        "V17": "se rencontrer entre groupements",
    },
    "Ce que fait la structure porteuse": {
        "V18": "tenir un catalogue commun",
        "V19": "commander pour tout le réseau",
        "V20": "faire le récap du mois",
        "V21": "préparer les palettes et livrer",
        "V22": "fournir le matériel qui manque",
        "V23": "préparer les bons et le mail type",
        "V24": "ouvrir et clore chaque groupement",
        "V25": "réunir les tableaux de suivi",
        "V26": "relever et déposer les caisses",
        "V27": "former et accompagner",
    },
    "La vie d’un groupement par cellules": {
        "G1": "un guide pour toutes et tous, des tâches partagées",
        "G2": "rejoindre",
        "G3": "monter un groupement, essaimer",
        "G4": "choisir une productrice ou un producteur",
        "G5": "définir une commande",
        "G6": "passer une commande, crédit et tolérance",
        "G7": "envoyer la commande à la productrice",
        "G8": "recevoir, transporter, distribuer",
        "G9": "reçu autrement que commandé",
        "G10": "se réunir et décider au consensus",
        "G11": "tenir la trésorerie",
        "G12": "tenir le cellier",
        "G13": "faire tourner les équipes, transmettre",
        "G14": "héberger, sauvegarder, remettre en route",
        "G15": "dire nos chiffres",
    },
}
BESOINS: Mapping[str, str] = {code: nom for partie in PARTIES.values() for code, nom in partie.items()}
"""Chaque besoin et son nom court, dans l'ordre."""

_PHRASE = re.compile(r"Cette page répond (?:au besoin|aux besoins) (?P<codes>[VG]\d+(?:(?:, | et )[VG]\d+)*)\.")
_TITRE = re.compile(r"^# (.+)$", re.MULTILINE)


def besoins_de(corps: str) -> list[str] | None:
    r"""Les besoins que dit la dernière ligne d'une page, dans son ordre ; `None` si elle ne finit pas par la phrase.

    >>> besoins_de("# Caisse\n\nCette page répond aux besoins V13, V15 et G11.\n")
    ['V13', 'V15', 'G11']
    """
    lignes = corps.rstrip().splitlines()
    trouve = _PHRASE.fullmatch(lignes[-1].strip()) if lignes else None
    return re.findall(r"[VG]\d+", trouve["codes"]) if trouve else None


def titre_de(texte: Texte) -> str:
    """Le titre d'une page : celui qui s'affiche, ou à défaut celui de son en-tête."""
    trouve = _TITRE.search(texte.corps)
    return trouve[1].strip() if trouve else str(texte.entete.get("titre") or texte.chemin)


def pages_par_besoin(textes: Iterable[Texte]) -> dict[str, list[Texte]]:
    """Les pages qui répondent à chaque besoin connu : le guide d'abord, puis les missions, puis le reste, par chemin."""
    par_besoin: dict[str, list[Texte]] = {code: [] for code in BESOINS}
    for texte in sorted(textes, key=_rang):
        for code in besoins_de(texte.corps) or []:
            if code in par_besoin and MARQUE not in texte.corps:
                par_besoin[code].append(texte)
    return par_besoin


def _rang(texte: Texte) -> tuple[bool, bool, str]:
    relatif = texte.chemin.removeprefix(f"{GUIDE}/")
    return ("/" in relatif, not relatif.startswith("missions/"), relatif)


def inserer(texte: Texte, textes: Sequence[Texte]) -> Texte:
    """La page, le tableau à la place de sa marque. Une page sans marque est rendue telle quelle.

    Les liens sont ceux que l'on écrirait à la main, d'un fichier à l'autre : `rendu.guide.relier` les mènera aux pages.
    """
    if MARQUE not in texte.corps:
        return texte
    par_besoin, dossier = pages_par_besoin(textes), posixpath.dirname(texte.chemin)
    morceaux = []
    for partie, besoins in PARTIES.items():
        lignes = [f"| {code} | {nom} | {_liens(par_besoin[code], dossier)} |" for code, nom in besoins.items()]
        morceaux.append("\n".join([f"## {partie}", "", "| N° | Besoin | Pages |", "|---|---|---|", *lignes]))
    return texte._replace(corps=texte.corps.replace(MARQUE, "\n\n".join(morceaux), 1))


def _liens(pages: Iterable[Texte], dossier: str) -> str:
    liens = [f"[{litteral(titre_de(page))}]({posixpath.relpath(page.chemin, dossier)})" for page in pages]
    return ", ".join(liens) or "aucune page pour l’instant"
