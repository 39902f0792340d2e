"""Relever les fiches du dépôt : leurs textes, sans les comprendre. C'est tout ce qu'il faut pour savoir si rien n'a changé.

Entre : une `Origine`. Sort : un `Releve`, que `depot.batir` comprend, et dont l'empreinte suffit à reconnaître un dépôt déjà lu.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import cabas
from cabas.constats import Constat, Emplacement, Refus, avertissement, erreur
from cabas.lecture.fichiers import decoder_utf8, nom_lisible
from cabas.lecture.origines import Origine
from cabas.lecture.schemas import empreinte_des_schemas

DOSSIERS = (
    ("produits", "catalogue/produits", ".yaml", "ref"),
    ("producteurs", "catalogue/producteurs", ".md", "slug"),
    ("groupements", "groupements", ".md", "slug"),
    ("commandes", "catalogue/commandes", ".yaml", "id"),
    ("missions", "content/guide/missions", ".md", "slug"),
)
RUBRIQUES = "catalogue/rubriques.yaml"
TRADUCTIONS = "catalogue/traductions"
CORRESPONDANCES = ".correspondances.yaml"
ETATS = ".etat.json"
_A_COTE = {"groupements": (CORRESPONDANCES, "correspondances"), "commandes": (ETATS, "etats")}
"""Ce qui se range parmi les fiches d'un dossier sans en être : le suffixe, et ce que c'est."""


class Texte(NamedTuple):
    """Un fichier relevé : ce que c'est (`produits`, `etats`, `traductions`…), son identifiant, son chemin lisible, son texte."""

    genre: str
    identifiant: str
    relatif: str
    texte: str


class Releve:
    """Tout ce que l'on a relevé, dans l'ordre des dossiers puis des noms, et ce qui n'a pas pu l'être."""

    def __init__(self) -> None:
        self.textes: list[Texte] = []
        self.constats: list[Constat] = []
        self._somme = hashlib.sha256(f"{cabas.__version__}\0{empreinte_des_schemas()}".encode())

    @property
    def empreinte(self) -> str:
        """Change dès qu'un octet d'une fiche, un nom de fichier, un schéma ou la version de cabas change."""
        return self._somme.hexdigest()

    def relever(self, origine: Origine, chemin: str, genre: str, identifiant: str) -> None:
        """Ajoute un fichier, ou dit pourquoi il ne se lit pas."""
        relatif = nom_lisible(chemin)
        octets = origine.octets(chemin)
        texte = octets if isinstance(octets, Refus) else decoder_utf8(octets)
        if isinstance(texte, Refus):
            self.constats.append(erreur(texte.code, Emplacement(relatif), texte.fait, texte.remede))
            return
        self._somme.update(f"{relatif}\0{len(texte)}\0{texte}".encode())
        self.textes.append(Texte(genre, identifiant, relatif, texte))


def relever(origine: Origine) -> Releve:
    """Relève toutes les fiches. Codes : `dossier-absent`, `fichier-inattendu`, `encodage`, `fichier-…`."""
    releve = Releve()
    for genre, dossier, suffixe, _cle in DOSSIERS:
        noms = origine.noms(dossier)
        if genre == "missions":
            # Un réseau peut n'en avoir aucune ; à côté des fiches, leur liste et des photos, que le site lit.
            noms = [un for un in noms or () if un.endswith(suffixe) and un != "index.md"]
        if noms is None:
            releve.constats.append(
                erreur(
                    "dossier-absent",
                    Emplacement(dossier),
                    "Le dossier n’existe pas.",
                    "Vérifier que la commande est lancée à la racine du dépôt, ou la donner par --depot.",
                )
            )
            continue
        for nom in sorted(noms):
            if not nom.startswith("."):
                _ranger(origine, genre, dossier, suffixe, nom, releve)
    releve.relever(origine, RUBRIQUES, "rubriques", "")
    for nom in sorted(nom for nom in origine.noms(TRADUCTIONS) or () if not nom.startswith(".")):
        langue, suffixe = _couper(nom)
        if suffixe == ".yaml":
            releve.relever(origine, f"{TRADUCTIONS}/{nom}", "traductions", langue)
        else:
            fait, remede = "Ce fichier n’est pas une traduction : il n’est pas lu.", "Un fichier par langue, comme « ar.yaml »."
            releve.constats.append(avertissement("fichier-inattendu", Emplacement(f"{TRADUCTIONS}/{nom_lisible(nom)}"), fait, remede))
    return releve


def _ranger(origine: Origine, genre: str, dossier: str, suffixe: str, nom: str, releve: Releve) -> None:
    chemin = f"{dossier}/{nom}"
    identifiant, sien = _couper(nom)
    a_cote, autre_genre = _A_COTE.get(genre, ("", ""))
    if a_cote and nom.endswith(a_cote):
        releve.relever(origine, chemin, autre_genre, nom.removesuffix(a_cote))
    elif sien == suffixe:
        releve.relever(origine, chemin, genre, identifiant)
    else:
        releve.constats.append(
            avertissement(
                "fichier-inattendu",
                Emplacement(nom_lisible(chemin)),
                "Ce fichier n’est pas une fiche : il n’est pas lu.",
                f"Les fiches de ce dossier finissent par « {suffixe} ».",
            )
        )


def _couper(nom: str) -> tuple[str, str]:
    """Un nom de fichier et son suffixe, comme `PurePath` : « .yaml » est un nom sans suffixe, « a. » aussi."""
    debut, point, fin = nom.rpartition(".")
    return (debut, f".{fin}") if debut and point and fin else (nom, "")
