"""Du texte de `git log -p -U0` aux versions des fiches produit : ce que chaque enregistrement en a changé, ligne à ligne.

Entre : le journal, du plus ancien au plus récent, tel que le rend `historique.journal`. Sort : une `Version` par fiche touchée.
On ne relit pas les fiches du passé : les seules lignes suivies sont celles de premier niveau, et une valeur que l'on ne comprend
pas (un prix qui n'en est pas un) laisse la version précédente en place. Les fiches d'aujourd'hui, elles, sont lues en entier.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import PurePosixPath

from cabas.passe import FichePassee, Version
from cabas.quantites import UNITES

MARQUE = "\x01"
"""Ce qui ouvre un enregistrement dans le journal : aucune fiche n'en contient (le YAML strict le refuse)."""
_SUIVIS = frozenset({"nom", "producteur", "unite", "contenu", "prix", "prix_depuis", "disponible", "saison"})
_LIGNE = re.compile(r"([a-z_]+):[ \t]+(.*)")
_PRIX = re.compile(r"[0-9]{1,7}(\.[0-9]{1,6})?")
Champs = dict[str, str]


def lire_journal(texte: str) -> tuple[Version, ...]:
    """Les versions des fiches produit, de la plus ancienne à la plus récente."""
    return tuple(_versions(texte))


def _versions(texte: str) -> Iterator[Version]:
    connues: dict[str, Champs] = {}
    for enregistrement in texte.split(MARQUE)[1:]:
        tete, _saut, corps = enregistrement.partition("\n")
        try:
            instant = datetime.fromtimestamp(int(tete.split()[-1]), UTC)
        except (ValueError, IndexError, OverflowError, OSError):
            continue
        for ref, moins, plus, otee in _fichiers(corps):
            champs = {nom: valeur for nom, valeur in connues.get(ref, {}).items() if nom not in moins} | plus
            if otee:
                connues.pop(ref, None)
                yield Version(instant, ref, None)
                continue
            connues[ref] = champs
            fiche = _fiche(champs)
            if fiche is not None:
                yield Version(instant, ref, fiche)


def _fichiers(corps: str) -> Iterator[tuple[str, set[str], Champs, bool]]:
    """Chaque fiche d'un enregistrement : sa ref, les champs de ses lignes ôtées, ceux de ses lignes ajoutées, si elle part."""
    for morceau in re.split(r"^diff --git .*\n", corps, flags=re.MULTILINE)[1:]:
        entete, deux, lignes = morceau.partition("\n@@")
        noms = re.findall(r"^(?:---|\+\+\+) (?:[ab]/)?(\S.*?)\t?$", entete, flags=re.MULTILINE)
        chemins = [PurePosixPath(nom) for nom in noms if nom != "/dev/null"]
        if not deux or not chemins or chemins[-1].suffix != ".yaml":
            continue
        moins: set[str] = set()
        plus: Champs = {}
        for ligne in lignes.split("\n"):
            trouve = _LIGNE.match(ligne[1:]) if ligne[:1] in ("-", "+") else None
            if trouve is None or trouve[1] not in _SUIVIS:
                continue
            if ligne[0] == "-":
                moins.add(trouve[1])
            else:
                plus[trouve[1]] = _scalaire(trouve[2])
        yield chemins[-1].stem, moins, plus, noms[-1] == "/dev/null"


def _scalaire(brut: str) -> str:
    """Une valeur YAML d'une ligne, sans ses guillemets ni son commentaire."""
    texte = brut.strip()
    if texte[:1] in ('"', "'") and texte.find(texte[0], 1) > 0:
        return texte[1 : texte.index(texte[0], 1)]
    return re.split(r"\s#", texte, maxsplit=1)[0].strip()


def _fiche(champs: Champs) -> FichePassee | None:
    """La fiche que disent ces champs ; rien si son prix ou son unité ne se lisent pas."""
    if not _PRIX.fullmatch(champs.get("prix", "")) or champs.get("unite") not in UNITES:
        return None
    prix = Decimal(champs["prix"])
    if not prix:
        return None
    return FichePassee(
        champs.get("nom", ""),
        champs.get("producteur", ""),
        champs["unite"],
        champs.get("contenu", ""),
        prix,
        _jour(champs.get("prix_depuis", "")),
        champs.get("disponible", "true") not in ("false", "non", "no"),
        tuple(int(mois) for mois in re.findall(r"\d+", champs.get("saison", "")) if 1 <= int(mois[:3]) <= 12),
    )


def _jour(texte: str) -> date | None:
    try:
        return date.fromisoformat(texte)
    except ValueError:
        return None
