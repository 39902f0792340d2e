"""Monter le guide : où va chaque texte de `content/`, et ses liens réécrits en conséquence.

`content/guide/x.md` → `guide/x/`, `charte.md` → `charte/`, `missions/y.md` → `missions/y/`. Un lien écrit entre fichiers du dépôt
(« ../charte.md », « ../../catalogue/produits/x.yaml ») devient un lien entre pages : qui écrit suit les dossiers, qui lit
suit le site.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from cabas.calculs.moments import en_clair, lire_moments
from cabas.constats import Constat, Emplacement, Refus, erreur
from cabas.rendu.echappement import Lien, lignes_hors_code
from cabas.rendu.fiches import Fait
from cabas.typographie import enumerer

GUIDE = "content/guide"


class Texte(NamedTuple):
    """Un Markdown du dépôt : son chemin, son en-tête, son texte, et la ligne où celui-ci commence."""

    chemin: str
    entete: Mapping[str, Any]
    corps: str
    ligne: int = 1


def destination(chemin: str) -> PurePosixPath | None:
    """Où va un fichier de `content/guide` dans les pages préparées ; `None` s'il n'est pas du guide.

    >>> str(destination("content/guide/missions/caisse.md"))
    'missions/caisse/index.md'
    """
    if not chemin.startswith(GUIDE + "/"):
        return None
    relatif = PurePosixPath(chemin[len(GUIDE) + 1 :])
    racine = relatif.parts[0]
    if relatif == PurePosixPath("charte.md"):
        base = PurePosixPath("charte.md")
    elif racine == "missions" and len(relatif.parts) > 1:
        base = relatif
    else:
        base = PurePosixPath("guide") / relatif
    if base.suffix != ".md":
        return base
    return base if base.name == "index.md" else base.with_suffix("") / "index.md"


_LIEN = re.compile(r"(?P<avant>\]\(\s*<?)(?P<cible>[^)\s>]+)(?P<apres>>?(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\))")
_REFERENCE = re.compile(r"^(?P<avant> {0,3}\[[^\]^]+\]:\s+<?)(?P<cible>[^\s>]+)(?P<apres>.*)$", re.DOTALL)
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_ABSOLU = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|#")

Situer = Callable[[str], str | None]
"""Du chemin d'un fichier du dépôt à l'adresse à écrire dans la page, ou `None` s'il n'est pas publié."""


def relier(texte: Texte, situer: Situer, constats: list[Constat]) -> str:
    """Le texte, ses liens relatifs réécrits. Un lien vers un fichier absent ou non publié est un constat `lien-casse`."""
    dossier = posixpath.dirname(texte.chemin)
    sorties: list[str] = []
    for numero, (ligne, est_texte) in enumerate(lignes_hors_code(texte.corps), texte.ligne):

        def remplacer(trouve: re.Match[str], numero: int = numero) -> str:
            chemin, diese, ancre = trouve["cible"].partition("#")
            if not chemin or _ABSOLU.match(trouve["cible"]):
                return trouve[0]
            vise = posixpath.normpath(posixpath.join(dossier, chemin)).lstrip("/")
            adresse = situer(vise)
            if adresse is None:
                constats.append(
                    erreur("lien-casse", Emplacement(texte.chemin, numero), f"Le lien « {trouve['cible']} » ne mène à aucune page.",
                           "Écrire le chemin d’un fichier du dépôt, à partir de ce fichier-ci.")
                )
                return trouve[0]
            return f"{trouve['avant']}{adresse}{diese}{ancre}{trouve['apres']}"

        a_des_liens = est_texte and ("](" in ligne or "]:" in ligne)
        sorties.append(_REFERENCE.sub(remplacer, _hors_code_en_ligne(ligne, remplacer)) if a_des_liens else ligne)
    return "".join(sorties)


def _hors_code_en_ligne(ligne: str, remplacer: Callable[[re.Match[str]], str]) -> str:
    morceaux: list[str] = []
    fin = 0
    for code in _CODE.finditer(ligne):
        # Un libellé de lien peut être du code ([`x`](y)) : on ne coupe que ce qui ne précède pas une cible.
        if ligne[code.end() :].lstrip("`").startswith("]("):
            continue
        morceaux += [_LIEN.sub(remplacer, ligne[fin : code.start()]), code[0]]
        fin = code.end()
    return "".join([*morceaux, _LIEN.sub(remplacer, ligne[fin:])])


def quand_en_clair(code: str) -> str:
    """« cloture+1j avant 12h » → « le lendemain de la clôture, avant 12 h ». Un texte libre est rendu tel quel.

    >>> quand_en_clair("ouverture-3j")
    '3 jours avant l’ouverture'
    """
    lus = lire_moments(code)
    return code if isinstance(lus, Refus) else ", puis ".join(en_clair(moment) for moment in lus)


def _liste(valeur: Any) -> list[str]:
    return [str(element) for element in valeur] if isinstance(valeur, (list, tuple)) else [str(valeur)] if valeur else []


def faits_mission(entete: Mapping[str, Any]) -> list[Fait]:
    """Ce que dit l'en-tête d'une fiche mission : quand, combien de temps, qui, quels besoins."""
    faits = [
        Fait("Quand", quand_en_clair(str(entete.get("quand") or ""))),
        Fait("Durée", str(entete.get("duree") or "")),
        Fait("Qui", enumerer(_liste(entete.get("role")))),
        Fait("Besoins couverts", ", ".join(_liste(entete.get("besoins")))),
    ]
    return [fait for fait in faits if fait.texte]


def materiel(entete: Mapping[str, Any]) -> list[str]:
    """Ce qu'il faut préparer pour une mission."""
    return _liste(entete.get("materiel"))


_PARENTES = {"guide/index.md": "Guide", "missions/index.md": "Missions", "guide/technique/decisions/index.md": "Décisions"}


def fil(page: PurePosixPath, pages: Collection[str]) -> tuple[Lien, ...]:
    """Le fil d'Ariane d'une page du guide : ses pages mères qui existent, sauf l'accueil, que le thème pose.

    >>> fil(PurePosixPath("guide/commander/index.md"), ["guide/index.md"])
    (Lien(titre='Guide', adresse='../index.html'),)
    """
    meres = ["guide/index.md"] if page.parts[0] == "charte" else [str(parent / "index.md") for parent in reversed(page.parent.parents)]
    dossier = str(page.parent)
    return tuple(
        Lien(_PARENTES[mere], posixpath.relpath(mere.removesuffix(".md") + ".html", dossier)) for mere in meres if mere in _PARENTES and mere in pages
    )


def est_mission(page: PurePosixPath) -> bool:
    """La page préparée est-elle une fiche mission (et non leur liste) ?"""
    return page.parts[0] == "missions" and len(page.parts) == 3
