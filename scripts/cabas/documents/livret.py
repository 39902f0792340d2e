"""Le livret : tout le guide en un petit livre A5 à photocopier, et le même imposé en cahiers, à plier.

Entre : un `Livre`, des parties et des chapitres en Markdown. Sort : les octets de deux PDF, les mêmes à chaque fois. Le livret
est balisé (PDF/UA-1). Le cahier ne l'est pas : il n'est fait que d'images de pages, pour l'imprimante.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from cabas.documents.composition import composer_malgre_tout, compter_pages, reprendre_un_pdf, signes_absents
from cabas.documents.fiche_mission import a_cocher, faits
from cabas.documents.markdown_typst import Adresser, Bloc, blocs, sur_le_web, textes
from cabas.mission import Mission
from cabas.typographie import typographier

GABARIT = "livret.typ"
GABARIT_DU_CAHIER = "cahier.typ"
FEUILLES = 8
"""Combien de feuilles A4 se plient ensemble : au-delà, le pli bâille et l'agrafeuse ne traverse plus. Huit feuilles font 32 pages."""
PAGES_PAR_FEUILLE = 4
EQUIVALENTS = {"→": "->"}
"""Ce qu'écrit le livret à la place d'un signe que nos lettres n'ont pas. Les autres deviennent « ? », et un constat le dit."""
_AILLEURS = "site:"
_LARGE = 3
"""À partir de trois colonnes, un tableau a besoin qu'on répartisse la largeur."""


COUPURE = "\u200b"
"""Où l'on peut couper un nom de code dans une case étroite, sans tiret. Jamais dans une commande à recopier."""
LIGNE, MARGE, MOT_LE_PLUS_LONG, RENVOI = 66, 3, 14, 11
"""En signes : une ligne du livret, ce que prennent les bords d'une case, le mot que l'on ne coupe pas, « (page 123) »."""


class Chapitre(NamedTuple):
    """Une page du guide : le chemin de son fichier (les liens en partent), son Markdown, et sa mission si c'en est une."""

    chemin: str
    corps: str
    mission: Mission | None = None


class Partie(NamedTuple):
    """Une suite de chapitres sous un même nom."""

    titre: str
    chapitres: tuple[Chapitre, ...]


class Livre(NamedTuple):
    """Tout ce qu'imprime le livret. `adresse` est celle du site, si on la connaît."""

    reseau: str
    parties: tuple[Partie, ...]
    adresse: str = ""


def livret_pdf(livre: Livre) -> bytes:
    """Le livret, page à page, en A5. Des pages de notes le mènent à un multiple de quatre : ce qu'il faut à des feuilles pliées."""
    donnees = donnees_du_livret(livre)
    # Typst se souvient de ce qu'il vient de mettre en page : compter d'abord ne coûte presque rien.
    notes = -compter_pages(GABARIT, donnees) % PAGES_PAR_FEUILLE
    return composer_malgre_tout(GABARIT, {**donnees, "notes": notes})


def cahier_pdf(livret: Path) -> bytes:
    """Le livret imposé : des A4 couchés, recto verso, à retourner sur le bord court et à plier par paquets de huit. `livret` : son fichier."""
    ordre = imposer(pages_du_pdf(livret.read_bytes()))
    return reprendre_un_pdf(GABARIT_DU_CAHIER, {"titre": "Le petit guide, à plier", "faces": ordre}, livret)


def pages_du_pdf(pdf: bytes) -> int:
    """Le nombre de pages d'un PDF fait par nous."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def imposer(pages: int, feuilles: int = FEUILLES) -> list[tuple[int, int]]:
    """L'ordre des pages : pour chaque face de feuille, la page de gauche et celle de droite (0 : une page blanche).

    >>> imposer(8)
    [(8, 1), (2, 7), (6, 3), (4, 5)]
    """
    faces: list[tuple[int, int]] = []
    for debut in range(0, pages, feuilles * PAGES_PAR_FEUILLE):
        reste = min(pages - debut, feuilles * PAGES_PAR_FEUILLE)
        compte = -(-reste // PAGES_PAR_FEUILLE) * PAGES_PAR_FEUILLE
        rangs = [debut + rang if rang <= reste else 0 for rang in range(1, compte + 1)]
        for feuille in range(compte // PAGES_PAR_FEUILLE):
            gauche, droite = rangs[compte - 1 - 2 * feuille], rangs[2 * feuille]
            faces += [(gauche, droite), (rangs[2 * feuille + 1], rangs[compte - 2 - 2 * feuille])]
    return faces


def donnees_du_livret(livre: Livre) -> dict[str, Any]:
    """Tout ce que compose le gabarit. Un lien vers une autre page du guide mène à son titre ; vers le reste du site, il le dit."""
    chapitres = [chapitre for partie in livre.parties for chapitre in partie.chapitres]
    rangs = {chapitre.chemin: rang for rang, chapitre in enumerate(chapitres)}
    faits_chapitres = [_chapitre(chapitre, rang, rangs) for rang, chapitre in enumerate(chapitres)]
    ancres = {bloc["ancre"] for fait in faits_chapitres for bloc in _tous(fait["corps"]) if bloc.get("genre") == "titre"}
    for fait in faits_chapitres:
        _rattraper(fait["corps"], ancres)
    suite = iter(faits_chapitres)
    return {
        "titre": "Le petit guide",
        "auteur": typographier(livre.reseau),
        "adresse": livre.adresse,
        "notes": 0,
        "parties": [{"titre": typographier(partie.titre), "chapitres": [next(suite) for _ in partie.chapitres]} for partie in livre.parties],
    }


def a_la_lettre(texte: str) -> str:
    """Le texte, avec les seuls signes que nos polices savent dessiner."""
    for signe in signes_absents(texte):
        texte = texte.replace(signe, EQUIVALENTS.get(signe, "?"))
    return texte


def _chapitre(chapitre: Chapitre, rang: int, rangs: dict[str, int]) -> dict[str, Any]:
    lus = blocs(a_la_lettre(chapitre.corps), _adresser(chapitre, rangs))
    if chapitre.mission:
        lus = a_cocher(lus)
    premier = next((bloc for bloc in lus if bloc["genre"] == "titre" and bloc["niveau"] == 1), None)
    titre = premier["contenu"] if premier else [{"genre": "texte", "texte": chapitre.mission.titre if chapitre.mission else chapitre.chemin}]
    corps = [bloc for bloc in lus if bloc is not premier]
    _preparer(corps, rang)
    mission = chapitre.mission
    return {
        "ancre": f"{rang}:",
        # Un titre sans ses liens : il est repris dans la table et en tête de page.
        "titre": typographier("".join(textes(titre))),
        "faits": faits(mission) if mission else [],
        "materiel": [typographier(objet) for objet in mission.materiel] if mission else [],
        "corps": corps,
    }


def _adresser(chapitre: Chapitre, rangs: dict[str, int]) -> Adresser:
    def adresser(adresse: str) -> str:
        if sur_le_web(adresse):
            return adresse
        chemin, _diese, ancre = adresse.partition("#")
        vise = posixpath.normpath(posixpath.join(posixpath.dirname(chapitre.chemin), unquote(chemin))) if chemin else chapitre.chemin
        rang = rangs.get(vise, rangs.get(f"{vise.removesuffix('/index.md')}.md", rangs.get(f"{vise}/index.md")))
        return _AILLEURS if rang is None else f"#{rang}:{ancre}"

    return adresser


def _tous(noeuds: Sequence[Any]) -> Iterator[Bloc]:
    """Tous les nœuds d'un arbre, dans l'ordre."""
    for noeud in noeuds:
        if isinstance(noeud, list):
            yield from _tous(noeud)
        elif isinstance(noeud, dict):
            yield noeud
            yield from _tous([noeud[cle] for cle in ("terme", "titre", "contenu", "entete", "lignes", "elements", "blocs") if cle in noeud])


def _preparer(corps: list[Bloc], rang: int) -> None:
    """Ce qu'un livre demande de plus : des titres qui descendent d'un niveau à la fois, des ancres uniques, des colonnes."""
    niveau = 2
    for noeud in _tous(corps):
        if noeud.get("genre") == "titre":
            niveau = min(max(noeud["niveau"] + 1, 3), niveau + 1)
            noeud.update(niveau=niveau, ancre=f"{rang}:{noeud['ancre']}")
        elif noeud.get("genre") == "tableau" and len(noeud["alignements"]) >= _LARGE:
            for dedans in _tous([noeud["entete"], noeud["lignes"]]):
                if dedans["genre"] == "code" and re.fullmatch(r"[\w.]{14,}", dedans["texte"]):
                    dedans["texte"] = re.sub(r"(?<=[._])", COUPURE, dedans["texte"])
            noeud["colonnes"] = _colonnes(noeud)


def _colonnes(tableau: Bloc) -> list[int]:
    """La largeur de chaque colonne, en signes : d'abord son plus long mot, puis sa part de ce qui reste selon ce qu'elle dit."""
    rangees = [tableau["entete"], *tableau["lignes"]]
    mots, moyennes = [], []
    for colonne in range(len(tableau["alignements"])):
        noeuds = list(_tous([rangee[colonne] for rangee in rangees if colonne < len(rangee)]))
        mots.append(max((_insecable(noeud) for noeud in noeuds), default=1) + MARGE)
        signes = sum(len(noeud.get("texte", "")) for noeud in noeuds) + RENVOI * sum(noeud["genre"] == "lien" for noeud in noeuds)
        moyennes.append(signes // max(len(rangees), 1))
    besoins = [max(moyenne - mot, 0) for moyenne, mot in zip(moyennes, mots)]
    reste = max(LIGNE - sum(mots), 0)
    return [mot + reste * besoin // max(sum(besoins), 1) for mot, besoin in zip(mots, besoins)]


def _insecable(noeud: Bloc) -> int:
    """Ce qu'on ne peut pas couper, en signes : un mot se coupe s'il est long, un code seulement à ses barres et à ses tirets.

    « 60,00 € » ne se coupe pas : l'espace d'avant un signe y sera insécable.
    """
    morceaux = re.split(rf"[ \t\n](?![€%:;!?»])|{COUPURE}|(?<=[/-])", noeud.get("texte", ""))
    return max(len(morceau) if noeud["genre"] == "code" else min(len(morceau), MOT_LE_PLUS_LONG) for morceau in morceaux)


def _rattraper(noeuds: Sequence[Any], ancres: set[str]) -> None:
    """Un lien vers un titre qui n'existe pas mène au chapitre ; un lien vers le reste du site devient « … (sur le site) »."""
    for noeud in _tous(noeuds):
        if noeud.get("genre") != "lien":
            continue
        if noeud["adresse"] == _AILLEURS:
            noeud.update(genre="ailleurs")
        elif noeud["adresse"].startswith("#") and noeud["adresse"][1:] not in ancres:
            noeud["adresse"] = noeud["adresse"].partition(":")[0] + ":"
