"""Le livret du guide, `guide.pdf`, et le même en cahiers, `guide-cahier.pdf` : toutes les pages du menu, gardées en réserve.

Composer deux cents pages prend quelques secondes : on ne le refait que si un texte du guide, son ordre, ou ce qui le dessine a
changé. Ce que le livret ne sait pas rendre est dit, avec le fichier et la ligne.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any

from cabas.constats import Constat, Emplacement, avertissement
from cabas.documents.composition import signes_absents
from cabas.documents.livret import EQUIVALENTS, Chapitre, Livre, Partie, cahier_pdf, livret_pdf
from cabas.modele import Depot
from cabas.publication.dossiers import Fichiers
from cabas.publication.reserve import Piece, dessin, prendre, ranger
from cabas.rendu import besoins, missions
from cabas.rendu.echappement import lignes_hors_code
from cabas.rendu.guide import GUIDE, Texte, destination
from cabas.rendu.livret import CAHIER, LIVRET, en_est

DEBUT = "Pour commencer"
"""Le nom de la partie des pages qui sont hors de toute rubrique du menu : la première page du guide."""
DESSIN = (
    "documents/livret.py",
    "documents/fiche_mission.py",
    "documents/markdown_typst.py",
    "documents/composition.py",
    "calculs/moments.py",
    "typographie.py",
    "gabarits/livret.typ",
    "gabarits/cahier.typ",
    "gabarits/markdown.typ",
    "gabarits/commun.typ",
)
"""Ce qui dessine le livret, dans notre paquet."""
OUTILS = ("typst", "markdown", "fontpkg-atkinson-hyperlegible", "fontpkg-noto-sans")
_COMMENTAIRE = re.compile(r"<!--.*?-->", re.DOTALL)
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_INCONNUS = (
    (re.compile(r"!\[[^\]]*\]\("), "une image ; le livret n’en garde que la description", "Écrire dans le texte ce que l’image montre."),
    (re.compile(r"<(?!https?:|mailto:)/?[a-zA-Z][^>@]*>"), "du HTML ; le livret l’imprime tel quel", "L’écrire en Markdown."),
    (re.compile(r"\[\^[^\]]+\]"), "une note de bas de page ; le livret l’imprime telle quelle", "La mettre dans le texte, entre parenthèses."),
)


def livre(depot: Depot, textes: Sequence[Texte], nav: Sequence[Any], reglage: Mapping[str, Any]) -> Livre | None:
    """Le guide dans l'ordre du menu, hors technique ; une page qui n'est pas au menu est à la fin. `None` s'il n'y a pas de guide."""
    restent = {str(destination(texte.chemin)): texte for texte in textes if en_est(texte.chemin)}
    rangees: dict[str, list[Chapitre]] = {}
    for partie, page in [*_feuilles(nav, ()), *(("", page) for page in sorted(restent))]:
        if (texte := restent.pop(page, None)) is not None:
            rangees.setdefault(partie or (DEBUT if not rangees else "Et aussi"), []).append(_chapitre(depot, texte, textes))
    if not rangees:
        return None
    nom = str(reglage.get("site_name") or "cabas")
    parties = tuple(Partie(titre, tuple(chapitres)) for titre, chapitres in rangees.items())
    return Livre(nom, parties, str(reglage.get("site_url") or ""))


def livret(fait: Livre | None, reserve: Path) -> Fichiers:
    """`guide.pdf` et `guide-cahier.pdf`, en mémoire ; rien sans guide. `reserve` : le dossier du cache."""
    if fait is None:
        return {}
    dont = hashlib.sha256(f"{_dessin()}\0{fait!r}".encode()).hexdigest()
    page_a_page = Piece(PurePosixPath(LIVRET), dont, lambda: livret_pdf(fait))
    octets = prendre(page_a_page, reserve)
    cahier = Piece(PurePosixPath(CAHIER), f"{dont}-cahier", lambda: cahier_pdf(reserve / page_a_page.empreinte))
    fichiers = {page_a_page.chemin: octets, cahier.chemin: prendre(cahier, reserve)}
    ranger(reserve, (page_a_page.empreinte, cahier.empreinte))
    return fichiers


def lancer(fait: Livre | None, reserve: Path) -> Future[Fichiers]:
    """Compose le livret à côté, pendant que le reste avance. Sort de quoi l'attendre."""
    ouvrier = ThreadPoolExecutor(max_workers=1)
    a_venir = ouvrier.submit(livret, fait, reserve)
    ouvrier.shutdown(wait=False)
    return a_venir


def inconnus(textes: Iterable[Texte]) -> list[Constat]:
    """Un constat `livret-incomplet` par ligne que le livret ne rend pas comme le site."""
    return [
        avertissement("livret-incomplet", Emplacement(texte.chemin, ligne), f"Cette ligne a {fait}.", remede)
        for texte in textes
        if en_est(texte.chemin)
        for ligne, fait, remede in _lignes_inconnues(texte)
    ]


def _lignes_inconnues(texte: Texte) -> Iterator[tuple[int, str, str]]:
    absents = signes_absents(texte.corps) - set(EQUIVALENTS)
    corps = _COMMENTAIRE.sub(lambda trouve: "\n" * trouve[0].count("\n"), texte.corps)
    for numero, (ligne, est_texte) in enumerate(lignes_hors_code(corps), texte.ligne):
        for signe in sorted(absents & set(ligne)):
            yield numero, f"« {signe} », que nos lettres ne savent pas dessiner ; le livret imprime « ? »", "L’écrire avec un mot."
        if est_texte and not ligne.startswith("    "):
            nue = _CODE.sub("", ligne)
            yield from ((numero, fait, remede) for motif, fait, remede in _INCONNUS if motif.search(nue))


def _chapitre(depot: Depot, texte: Texte, textes: Sequence[Texte]) -> Chapitre:
    """Ce que le site calcule y est aussi : le tableau des besoins, la liste des missions. Un commentaire ne s'imprime pas."""
    corps = besoins.inserer(texte, textes).corps
    if missions.LISTE in corps:
        corps = corps.replace(missions.LISTE, missions.liste(depot.missions))
    mission = depot.missions.get(PurePosixPath(texte.chemin).stem) if texte.chemin.startswith(f"{GUIDE}/missions/") else None
    return Chapitre(texte.chemin, _sans_commentaires(corps), mission)


def _sans_commentaires(corps: str) -> str:
    suites = groupby(lignes_hors_code(corps), key=lambda paire: paire[1])
    morceaux = [(est_texte, "".join(ligne for ligne, _texte in suite)) for est_texte, suite in suites]
    return "".join(_COMMENTAIRE.sub("", morceau) if est_texte else morceau for est_texte, morceau in morceaux)


def _feuilles(entree: Any, noms: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Les pages du menu, dans l'ordre, et la partie de chacune."""
    if isinstance(entree, str):
        yield noms[-1] if noms else "", entree
    elif isinstance(entree, Mapping):
        for titre, valeur in entree.items():
            yield from _feuilles(valeur, noms if isinstance(valeur, str) else _partie(noms, str(titre), valeur))
    else:
        for un in entree:
            yield from _feuilles(un, noms)


def _partie(noms: tuple[str, ...], titre: str, valeur: Any) -> tuple[str, ...]:
    """Une rubrique du menu est une partie. Celle qui en contient d'autres, comme « Guide », leur laisse la place ; en dessous
    d'une partie, rien n'en ouvre une nouvelle.
    """
    if any(noms):
        return noms
    rangee = any(isinstance(un, Mapping) and not isinstance(next(iter(un.values())), str) for un in valeur)
    return (*noms, "" if rangee and not noms else titre)


@cache
def _dessin() -> str:
    return dessin(DESSIN, OUTILS)
