"""Contrôler tout le site produit : chaque lien interne mène quelque part, chaque ancre existe, rien ne vient d'ailleurs.

Entre : le dossier d'un site construit par MkDocs, Pelican et nous. Sort : des constats. Une ressource d'un autre domaine (image,
script, police, feuille de style) est refusée : nos pages ne demandent rien à personne. Un lien que l'on suit, lui, peut sortir.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from cabas.constats import Constat, Emplacement, erreur
from cabas.publication.ecriture import ecrire
from cabas.publication.releve import Releve, adresses_css, relever

_AILLEURS = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_SUIVIS = ("http", "https", "mailto", "tel", "sms", "geo")

REMEDES = {
    "ancre-absente": "Vérifier le titre visé.",
    "lien-absolu": "Écrire une adresse relative.",
    "lien-casse": "Corriger l’adresse, ou créer la page.",
    "lien-dossier": "Ajouter index.html à la fin.",
    "lien-interdit": "Écrire une adresse https://, mailto: ou tel:.",
    "ressource-absente": "Vérifier son nom, ou l’ajouter au dépôt.",
    "ressource-exterieure": "Copier le fichier dans le dépôt : nos pages ne demandent rien à personne.",
    "script-en-ligne": "L’ôter : le site n’en a pas besoin.",
}


def verifier(site: Path, sources: Mapping[str, str], cache: Path | None = None) -> list[Constat]:
    """Contrôle un site entier. `sources` : de la page (`catalogue/x/index.html`) au fichier du dépôt à corriger.

    `cache` garde le relevé de chaque page par empreinte : seules les pages changées sont relues. Codes : `lien-casse`,
    `ancre-absente`, `lien-absolu`, `lien-dossier`, `lien-interdit`, `ressource-exterieure`, `ressource-absente`, `script-en-ligne`.
    """
    fichiers = {chemin.relative_to(site).as_posix() for chemin in site.rglob("*") if chemin.is_file()}
    releves = _relever_tout(site, sorted(nom for nom in fichiers if nom.endswith((".html", ".css"))), cache)
    controle = _Controle(fichiers, {nom: frozenset(releve.ancres) for nom, releve in releves.items()}, sources)
    for nom, releve in releves.items():
        controle.page(nom, releve)
    return sorted(controle.constats, key=lambda constat: constat.rang)


def avancer(pages: Iterable[bytes], cache: Path) -> None:
    """Relève d'avance des pages HTML déjà faites, pendant que d'autres se construisent."""
    connus = _lire(cache)
    for octets in pages:
        empreinte = hashlib.sha256(octets).hexdigest()
        if empreinte not in connus:
            connus[empreinte] = relever(octets.decode("utf-8", errors="replace"))
    _ecrire(cache, connus)


def _relever_tout(site: Path, noms: list[str], cache: Path | None) -> dict[str, Releve]:
    releves = _relever_les(site, noms, _lire(cache))
    if cache is not None:
        _ecrire(cache, dict(releves.values()))
    return {nom: releve for nom, (_empreinte, releve) in releves.items()}


def _relever_les(site: Path, noms: list[str], connus: Mapping[str, Releve]) -> dict[str, tuple[str, Releve]]:
    """L'empreinte et le relevé de chaque fichier ; seuls ceux qu'on ne connaît pas sont lus."""
    octets = {nom: (site / nom).read_bytes() for nom in noms}
    empreintes = {nom: hashlib.sha256(contenu).hexdigest() for nom, contenu in octets.items()}
    nouveaux = [nom for nom in noms if empreintes[nom] not in connus]
    faits = [_relever_un(nom, octets[nom].decode("utf-8", errors="replace")) for nom in nouveaux]
    neufs = {empreintes[nom]: fait for nom, fait in zip(nouveaux, faits, strict=True)}
    return {nom: (empreinte, neufs[empreinte] if empreinte in neufs else connus[empreinte]) for nom, empreinte in empreintes.items()}


def _relever_un(nom: str, texte: str) -> Releve:
    return relever(texte) if nom.endswith(".html") else Releve([], [(adresse, 0) for adresse in adresses_css(texte)], [], [])


def _lire(cache: Path | None) -> dict[str, Releve]:
    try:
        lus = json.loads(cache.read_text(encoding="utf-8")) if cache else {}
        return {empreinte: Releve(*releve) for empreinte, releve in lus.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _ecrire(cache: Path, releves: Mapping[str, Releve]) -> None:
    ecrire(cache, json.dumps(releves, separators=(",", ":")))


class _Controle:
    """Juge chaque relevé contre l'ensemble des fichiers et des ancres."""

    def __init__(self, fichiers: set[str], ancres: Mapping[str, frozenset[str]], sources: Mapping[str, str]) -> None:
        self.fichiers, self.ancres, self.sources = fichiers, ancres, sources
        self.dossiers = {str(parent) for nom in fichiers for parent in PurePosixPath(nom).parents}
        self.constats: set[Constat] = set()

    def page(self, nom: str, releve: Releve) -> None:
        for lien, ligne in releve.liens:
            self._lien(nom, lien, ligne)
        for ressource, ligne in releve.ressources:
            self._ressource(nom, ressource, ligne)
        for phrase, ligne in releve.fautes:
            self._dire("script-en-ligne", nom, ligne, phrase)

    def _dire(self, code: str, nom: str, ligne: int, fait: str) -> None:
        source = self.sources.get(nom)
        lieu = Emplacement(source) if source else Emplacement(f"site/{nom}", ligne)
        self.constats.add(erreur(code, lieu, fait, REMEDES[code]))

    def _lien(self, nom: str, lien: str, ligne: int) -> None:
        if _AILLEURS.match(lien):
            return
        morceaux = urlsplit(lien)
        if morceaux.scheme:
            if morceaux.scheme.lower() not in _SUIVIS:
                self._dire("lien-interdit", nom, ligne, f"Le lien « {lien[:80]} » n’est pas une adresse que l’on peut suivre.")
            return
        if lien.startswith("/"):
            self._dire("lien-absolu", nom, ligne, f"Le lien « {lien} » part de la racine : il casse sous un chemin et sur une clé USB.")
            return
        cible = self._cible(nom, morceaux.path)
        if cible in self.fichiers:
            if morceaux.fragment and cible.endswith(".html") and unquote(morceaux.fragment) not in self.ancres[cible]:
                self._dire("ancre-absente", nom, ligne, f"Le lien « {lien} » vise une partie qui n’existe pas dans la page.")
        elif cible in self.dossiers:
            self._dire("lien-dossier", nom, ligne, f"Le lien « {lien} » mène à un dossier : sans serveur, il n’ouvre pas de page.")
        else:
            self._dire("lien-casse", nom, ligne, f"Le lien « {lien} » ne mène à aucune page du site.")

    def _ressource(self, nom: str, ressource: str, ligne: int) -> None:
        if _AILLEURS.match(ressource):
            self._dire("ressource-exterieure", nom, ligne, f"La page va chercher « {ressource} » sur un autre site.")
            return
        morceaux = urlsplit(ressource)
        if morceaux.scheme in ("data", "blob") or not (morceaux.path or morceaux.scheme):
            return
        if morceaux.scheme or ressource.startswith("/") or self._cible(nom, morceaux.path) not in self.fichiers:
            self._dire("ressource-absente", nom, ligne, f"Le fichier « {ressource[:80]} » n’est pas dans le site.")

    def _cible(self, nom: str, chemin: str) -> str:
        return posixpath.normpath(posixpath.join(posixpath.dirname(nom), unquote(chemin))) if chemin else nom
