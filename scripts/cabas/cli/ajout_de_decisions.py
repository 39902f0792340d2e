"""Ajouter des décisions à `decisions.yaml`, d'un seul tenant, sans rien changer à ce qui y était.

Entre : le dossier privé de la commande, les décisions signées. Sort : pourquoi rien n'est écrit, s'il y a lieu.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from cabas.constats import Constat
    from cabas.recu import Decision

ENTETE = "# Les décisions de cette commande, appliquées à chaque fusion. Le guide les explique : « Garder ses décisions ».\n"


def ajout_impossible(dossier: Path, affiche: str) -> list[Constat]:
    """Ce qui empêcherait d'ajouter une décision au fichier tel qu'il est. N'écrit rien."""
    from cabas.recu import Decision

    essai = _complete(dossier, [Decision("accepter", bon="essai", qui="essai", pourquoi="essai")], affiche)
    return [] if isinstance(essai, bytes) else essai


def ajouter(dossier: Path, decisions: Sequence[Decision], affiche: str) -> list[Constat]:
    """Ajoute des décisions au fichier. Sort : pourquoi l'on n'a rien écrit, s'il y a lieu. `affiche` : le chemin à dire."""
    from cabas.constats import Emplacement, erreur, raison
    from cabas.lecture.decisions import NOM
    from cabas.publication.ecriture import ecrire
    from cabas.publication.verrou import Occupe, verrouiller

    try:
        with verrouiller(dossier):
            entier = _complete(dossier, decisions, affiche)
            if not isinstance(entier, bytes):
                return entier
            ecrire(dossier / NOM, entier)
    except Occupe as occupe:
        fait = f"Une fusion est en cours ({occupe}) : rien n’est écrit."
        return [erreur("fusion-en-cours", Emplacement(affiche), fait, "Attendre qu’elle finisse, puis recommencer.")]
    except OSError as faute:
        fait = f"Ce fichier ne s’écrit pas ({raison(faute)}). Il est resté comme il était."
        return [erreur("ecriture-impossible", Emplacement(affiche), fait, "Libérer de la place, vérifier les droits du dossier, puis recommencer.")]
    return []


def _complete(dossier: Path, neuves: Sequence[Decision], affiche: str) -> bytes | list[Constat]:
    """Le fichier, suivi des décisions neuves ; ou pourquoi elles ne s'y liraient pas toutes."""
    from cabas.constats import Emplacement, Refus, erreur
    from cabas.lecture.decisions import NOM, lire_decisions
    from cabas.lecture.fichiers import TAILLE_FICHE, lire_octets
    from cabas.rendu.decisions import decisions_yaml

    octets = lire_octets(dossier / NOM, TAILLE_FICHE)
    if isinstance(octets, Refus):
        if octets.code != "fichier-absent":
            return [erreur("decision-fausse", Emplacement(affiche), octets.fait, octets.remede)]
        octets = ENTETE.encode()
    retrait = re.search(rb"^( *)-(?= |$)", octets, re.MULTILINE)
    debut = octets if octets.endswith(b"\n") or not octets else octets + b"\n"
    entier = debut + decisions_yaml(neuves, retrait[1].decode() if retrait else "").encode()
    (avant, deja), (apres, _constats) = lire_decisions(octets, affiche), lire_decisions(entier, affiche)
    if len(apres) == len(avant) + len(neuves):
        return entier
    fait = "On ne peut rien ajouter à la fin de ce fichier : on y attend une décision après l’autre, chacune à son tiret."
    remede = "Le corriger (ni « [ ] » autour de la liste, ni « ... » à la fin), ou le renommer, puis recommencer."
    return [*deja, erreur("decision-fausse", Emplacement(affiche), fait, remede)]
