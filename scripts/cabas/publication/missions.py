"""Les fiches mission à imprimer, une par mission, gardées en réserve : une fiche inchangée n'est pas recomposée.

Typst travaille hors du verrou de Python, et garde en mémoire ce que les fiches ont en commun : plusieurs avancent à la fois.
"""

from __future__ import annotations

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path, PurePosixPath

from cabas.mission import Mission
from cabas.modele import Depot
from cabas.publication.dossiers import Fichiers
from cabas.publication.reserve import Piece, dessin, prendre, ranger

DESSIN = (
    "documents/fiche_mission.py",
    "documents/markdown_typst.py",
    "documents/composition.py",
    "calculs/moments.py",
    "typographie.py",
    "gabarits/fiche-mission.typ",
    "gabarits/markdown.typ",
    "gabarits/commun.typ",
)
"""Ce qui dessine les fiches, dans notre paquet."""
OUTILS = ("typst", "markdown", "fontpkg-atkinson-hyperlegible")


def fiches(depot: Depot, reserve: Path) -> Fichiers:
    """Tous les fichiers de `missions/` qui ne viennent pas de MkDocs, en mémoire : `<slug>/fiche.pdf`. `reserve` : le dossier du cache."""
    pieces = [_piece(mission) for _slug, mission in sorted(depot.missions.items())]
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as ouvriers:
        octets = list(ouvriers.map(lambda piece: prendre(piece, reserve), pieces))
    ranger(reserve, (piece.empreinte for piece in pieces))
    return {piece.chemin: contenu for piece, contenu in zip(pieces, octets, strict=True)}


def _piece(mission: Mission) -> Piece:
    """L'empreinte vient de la fiche elle-même : savoir qu'elle n'a pas changé ne coûte pas de la lire."""
    dit = json.dumps([_dessin(), *(getattr(mission, champ) for champ in mission._fields if champ != "source")], ensure_ascii=False)

    def fabriquer() -> bytes:
        from cabas.documents.fiche_mission import fiche_pdf

        return fiche_pdf(mission)

    return Piece(PurePosixPath(mission.slug, "fiche.pdf"), hashlib.sha256(dit.encode()).hexdigest(), fabriquer)


@cache
def _dessin() -> str:
    return dessin(DESSIN, OUTILS)
