"""Les agendas à importer : celui du réseau et celui de chaque groupement, gardés en réserve : un agenda inchangé n'est pas réécrit."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path, PurePosixPath

from cabas.calculs.agenda import du_groupement, du_reseau
from cabas.modele import Depot, Groupement
from cabas.publication.dossiers import Fichiers
from cabas.publication.reserve import Piece, dessin, prendre, ranger

DESSIN = ("rendu/agenda.py", "calculs/agenda.py", "calculs/moments.py", "calculs/permanences.py", "typographie.py")
"""Ce qui écrit les agendas, dans notre paquet."""
NOM = "agenda.ics"


def agendas(depot: Depot, reserve: Path) -> Fichiers:
    """Tous les agendas, en mémoire : `agenda.ics` et `groupements/<slug>/agenda.ics`. `reserve` : le dossier du cache."""
    # Le texte d'une fiche mission n'entre pas dans l'agenda : le corriger ne le refait pas.
    missions = [repr(mission._replace(presentation="", materiel=())) for _slug, mission in sorted(depot.missions.items())]
    commun = hashlib.sha256("\0".join([_dessin(), repr(sorted(depot.commandes.items())), *missions]).encode()).hexdigest()
    pieces = [_piece(depot, commun, None), *(_piece(depot, commun, groupement) for _slug, groupement in sorted(depot.groupements.items()))]
    fichiers = {piece.chemin: prendre(piece, reserve) for piece in pieces}
    ranger(reserve, (piece.empreinte for piece in pieces))
    return fichiers


def _piece(depot: Depot, commun: str, groupement: Groupement | None) -> Piece:
    def fabriquer() -> bytes:
        from cabas.rendu.agenda import agenda_ics

        dates = du_groupement(depot, groupement) if groupement else du_reseau(depot)
        return agenda_ics(dates, groupement.nom if groupement else "Toutes les dates du réseau").encode()

    dit = repr(groupement) if groupement else repr(sorted(depot.groupements.items()))
    chemin = PurePosixPath("groupements", groupement.slug, NOM) if groupement else PurePosixPath(NOM)
    return Piece(chemin, hashlib.sha256(f"{commun}\0{dit}".encode()).hexdigest(), fabriquer)


@cache
def _dessin() -> str:
    return dessin(DESSIN, ("icalendar",))
