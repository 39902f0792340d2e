"""Ce qui accompagne les bons dans le dossier privé : les adhérent·es et les mouvements d'argent d'un groupement.

Entre : `prive/<groupement>/adherents.csv` et `mouvements.csv`. Absents, on fait sans. Sort : des `Adherent`, des soldes en
centimes, et des constats : `colonne-absente`, `montant-illisible`, `date-d-adhesion`, `cellule-en-double`, `fichier-illisible`.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from cabas.constats import Constat, Emplacement, Refus, avertissement, erreur
from cabas.lecture.encodages import decoder
from cabas.lecture.fichiers import TAILLE_BON, lire_octets
from cabas.lecture.rangees import oter_apostrophe
from cabas.lecture.schemas import champs
from cabas.recu import Adherent
from cabas.temps import PARIS, lire_envoi, lire_jour
from cabas.typographie import sans_marques


class Annexes(NamedTuple):
    """Les annexes d'un groupement. `empreintes` : SHA-256 de chaque fichier lu, par chemin relatif au dossier privé."""

    adherents: list[Adherent]
    soldes: dict[str, int]
    empreintes: dict[str, str]
    constats: list[Constat]


def lire_annexes(prive: Path, groupement: str) -> Annexes:
    """Les adhérent·es et les soldes d'un groupement."""
    annexes = Annexes([], {}, {}, [])
    vues: set[str] = set()
    for numero, ligne in lire_annexe(prive, f"{groupement}/adherents.csv", annexes):
        if ligne.get("cellule"):
            emplacement = Emplacement(f"{prive.name}/{groupement}/adherents.csv", numero)
            annexes.adherents.append(_adherent(ligne, emplacement, annexes.constats))
            autre_ecriture = not any(case for nom, case in ligne.items() if nom not in ("cellule", "nom"))
            if ligne["cellule"].casefold() in vues and not autre_ecriture:
                fait = f"« {ligne['cellule']} » est déjà sur une autre ligne : la première compte."
                annexes.constats.append(avertissement("cellule-en-double", emplacement, fait, "Garder une ligne par cellule."))
            vues.add(ligne["cellule"].casefold())
    for numero, ligne in lire_annexe(prive, f"{groupement}/mouvements.csv", annexes):
        centimes = lire_montant(ligne.get("montant", ""))
        if centimes is None or not ligne.get("cellule"):
            emplacement = Emplacement(f"{prive.name}/{groupement}/mouvements.csv", numero)
            fait = f"« {ligne.get('montant', '')} » n’est pas un montant, ou la cellule manque."
            annexes.constats.append(erreur("montant-illisible", emplacement, fait, "Écrire la cellule, et un montant comme 12,50 ou -12,50."))
            continue
        annexes.soldes[ligne["cellule"]] = annexes.soldes.get(ligne["cellule"], 0) + centimes
    return annexes


def _adherent(ligne: Mapping[str, str], emplacement: Emplacement, constats: list[Constat]) -> Adherent:
    """Une ligne d'`adherents.csv`. Une date écrite 31/08/2027, comme le fait un tableur français, est comprise."""
    adherent = Adherent(*(ligne.get(nom, "") for nom in Adherent._fields))
    fin = adherent.adhesion_jusqu_au
    if not fin or lire_jour(fin):
        return adherent
    instant = lire_envoi(fin)
    if instant is None:
        constats.append(avertissement("date-d-adhesion", emplacement, f"On ne lit pas la date « {fin} ».", "Écrire comme 2027-08-31."))
        return adherent._replace(adhesion_jusqu_au="")
    return adherent._replace(adhesion_jusqu_au=instant.astimezone(PARIS).date().isoformat())


def lire_annexe(prive: Path, relatif: str, annexes: Annexes) -> Sequence[tuple[int, Mapping[str, str]]]:
    """Les lignes d'un fichier et leur numéro, par intitulé ; les constats et l'empreinte vont dans `annexes`. Le schéma a son nom."""
    chemin, affiche, nom = prive / relatif, f"{prive.name}/{relatif}", Path(relatif).stem
    if not chemin.exists():
        return []
    octets = lire_octets(chemin, TAILLE_BON)
    texte = octets if isinstance(octets, Refus) else decoder(octets)
    if isinstance(texte, Refus):
        annexes.constats.append(erreur("fichier-illisible", Emplacement(affiche), texte.fait, texte.remede))
        return []
    if isinstance(octets, bytes):
        annexes.empreintes[relatif] = hashlib.sha256(octets).hexdigest()
    separateur = max(";,\t", key=texte.partition("\n")[0].count)
    try:
        lecteur = csv.reader(io.StringIO(texte, newline=""), delimiter=separateur, strict=True)
        entete = [intitule.strip().casefold() for intitule in next(lecteur, [])]
        lignes = [
            (lecteur.line_num, dict(zip(entete, (oter_apostrophe(sans_marques(case.strip()).strip()) for case in cases), strict=False)))
            for cases in lecteur
            if any(cases)
        ]
    except csv.Error:
        annexes.constats.append(
            erreur(
                "fichier-illisible",
                Emplacement(affiche),
                "Un guillemet n’est pas fermé, ou le fichier est coupé.",
                "L’ouvrir dans un tableur et l’enregistrer de nouveau.",
            )
        )
        return []
    absentes = [champ["name"] for champ in champs(nom).values() if champ.get("constraints", {}).get("required") and champ["name"] not in entete]
    if absentes:
        annexes.constats.append(
            erreur(
                "colonne-absente", Emplacement(affiche, 1), f"Il manque la colonne « {absentes[0]} ».", f"En-tête attendu : {';'.join(champs(nom))}."
            )
        )
        return []
    return lignes


def lire_montant(texte: str) -> int | None:
    """Un montant écrit à la française (« 12,50 », « -3 € », « 1 250,00 ») en centimes ; `None` s'il ne se lit pas."""
    propre = "".join(texte.replace("€", "").replace("\u2212", "-").split()).replace(",", ".")
    signe, chiffres = (-1, propre[1:]) if propre.startswith("-") else (1, propre.removeprefix("+"))
    entier, point, decimales = chiffres.partition(".")
    if not (entier.isascii() and entier.isdigit() and len(entier) < 10) or (
        point and not (decimales.isascii() and decimales.isdigit() and len(decimales) <= 2)
    ):
        return None
    return signe * (int(entier) * 100 + int((decimales + "00")[:2] if point else 0))
