"""Ce qui ne doit jamais être suivi par git : le dossier privé, et tout ce qui désigne une personne."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cabas.constats import Emplacement
from cabas.controles.base import Contexte, Fait
from cabas.motifs import motif

_TELEPHONE = motif(r"(?<![\w.+/-])(?:0[1-9]|(?:\+|00)33[ .-]?(?:\(0\)[ .-]?)?[1-9])(?:[ .-]?\d\d){4}(?![\w/-])")
_COURRIEL = motif(r"(?<![\w.+%/-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_IBAN = motif(r"(?<!\w)[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
_FICTIFS = ("exemple.org", "example.org", "example.com", "exemple.fr")


def prive_suivi(contexte: Contexte) -> Iterator[Fait]:
    """Le dossier privé est-il bien hors de git ?"""
    for chemin in contexte.suivis:
        if "prive" in chemin.split("/")[:-1]:
            yield Fait(
                Emplacement(chemin),
                "Ce fichier du dossier privé est suivi par git.",
                f"git rm --cached '{chemin}', puis prévenir l’équipe : l’historique garde une copie.",
            )


def donnee_personnelle(contexte: Contexte) -> Iterator[Fait]:
    """Les fichiers suivis sont-ils sans téléphone, adresse mail ni compte bancaire d'une personne ?"""
    declares = _contacts_declares(contexte)
    for chemin, texte in contexte.suivis.items():
        for numero, ligne in enumerate(texte.splitlines(), 1):
            for quoi, trouve in _trouver(ligne):
                if _reduire(trouve) not in declares:
                    yield Fait(
                        Emplacement(chemin, numero),
                        f"On lit ici {quoi} : {_masquer(trouve)}",
                        "L’ôter. Un contact professionnel se déclare dans la fiche du producteur ou du groupement.",
                    )


def _trouver(ligne: str) -> Iterator[tuple[str, str]]:
    if "@" in ligne:
        for trouve in _COURRIEL.finditer(ligne):
            domaine = trouve[0].rpartition("@")[2].lower()
            if not domaine.endswith(_FICTIFS) and not trouve[0].startswith("git@"):
                yield "une adresse mail", trouve[0]
    for trouve in _TELEPHONE.finditer(ligne):
        if not _reduire(trouve[0]).startswith("063998"):
            yield "un numéro de téléphone", trouve[0]
    for trouve in _IBAN.finditer(ligne):
        if est_iban(trouve[0]):
            yield "un numéro de compte bancaire", trouve[0]


def est_iban(texte: str) -> bool:
    """Vrai si la clé de contrôle (ISO 13616, modulo 97) est juste."""
    serre = texte.replace(" ", "")
    if not 15 <= len(serre) <= 34:
        return False
    return int("".join(str(int(lettre, 36)) for lettre in serre[4:] + serre[:4])) % 97 == 1


def _reduire(texte: str) -> str:
    """Un contact sans ses espaces, en minuscules ; un téléphone ramené à la forme 06…"""
    serre = re.sub(r"[\s.()-]", "", texte).lower() if "@" not in texte else texte.lower()
    return re.sub(r"^(?:\+|00)33(?:0)?", "0", serre)


def _masquer(texte: str) -> str:
    """De quoi reconnaître la donnée sans la recopier dans un journal public."""
    return f"« {texte[:3]}… »"


def _contacts_declares(contexte: Contexte) -> frozenset[str]:
    contacts = {producteur.courriel for producteur in contexte.depot.producteurs.values()}
    contacts |= {producteur.telephone for producteur in contexte.depot.producteurs.values()}
    contacts |= {groupement.reponse for groupement in contexte.depot.groupements.values()}
    return frozenset(_reduire(contact) for contact in contacts if contact)
