"""Lire les fichiers de bons d'une commande, l'un après l'autre, ou à deux quand il y en a beaucoup. Sort un `Recu`.

Deux fichiers aux mêmes octets, dans un même dossier, portent les mêmes bons : le second le dit (`fichier-en-double`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from cabas.a_deux import a_deux
from cabas.constats import Constat, Emplacement, Refus
from cabas.lecture.carnet import Carnet, en_double
from cabas.lecture.colonnes import Catalogue
from cabas.lecture.correspondances import Catalogues
from cabas.lecture.d_un_trait import lire_d_un_trait
from cabas.lecture.fichiers import TAILLE_BON, lire_octets, nom_lisible
from cabas.lecture.rangees import ligne_illisible
from cabas.modele import Depot
from cabas.recu import Adherent, Decision, LigneLue, Recue, Remarque, Stock, deplier

BEAUCOUP = 200
"""À partir de tant de fichiers, en faire lire une partie par un double fait gagner plus de temps que de se dédoubler n'en prend."""
AVANCE = 125
"""Ce que le double a le temps de lire pendant que l'on charge la suite du programme (`pendant`), en fichiers."""

Progres = Callable[[int, int], None]
Fichiers = Sequence[tuple[str, Path]]
"""Des fichiers de bons, chacun avec le groupement de son dossier."""


class Recu:
    """Ce qui est arrivé pour une commande. Les chemins sont relatifs au dossier privé."""

    def __init__(self) -> None:
        self.recues: list[Recue] = []
        self.adherents: dict[str, list[Adherent]] = {}
        self.soldes: dict[str, dict[str, int]] = {}
        self.empreintes: dict[str, str] = {}
        self.ignores: dict[str, str] = {}
        self.constats: list[Constat] = []
        self.remarques: list[Remarque] = []
        self.decisions: list[Decision] = []
        self.cellier: dict[str, Stock] = {}

    @property
    def lignes(self) -> list[LigneLue]:
        """Tout ce qui a été lu, une ligne par quantité."""
        return list(deplier(self.recues))


def lire_les_bons(prive: Path, fichiers: Fichiers, depot: Depot, progres: Progres | None, pendant: Callable[[], object]) -> Recu:
    """Ce que disent ces fichiers : lignes, empreintes, constats. `pendant` : ce qu'il y a à faire d'ici là, fait une fois."""
    catalogues = Catalogues(depot)
    milieu = len(fichiers) if depot.correspondances else _milieu([groupement for groupement, _chemin in fichiers])
    if milieu == len(fichiers):
        pendant()
        tout = _lire_bons(prive, fichiers, catalogues, progres)
        tout.constats += catalogues.jamais_vus()
        return tout

    def ici() -> Recu:
        pendant()
        return _lire_bons(prive, fichiers[:milieu], catalogues, progres and (lambda fait, _total: progres(fait, len(fichiers))))

    premiers, derniers = a_deux(ici, lambda: _lire_bons(prive, fichiers[milieu:], catalogues, None))
    if progres:
        progres(len(fichiers), len(fichiers))
    premiers.recues += derniers.recues
    premiers.empreintes |= derniers.empreintes
    premiers.constats += derniers.constats
    premiers.remarques += derniers.remarques
    return premiers


def _milieu(groupements: Sequence[str]) -> int:
    """Combien de fichiers lire ici, le reste allant à un double. On coupe entre deux groupements : deux copies restent du même côté."""
    combien = len(groupements)
    if combien < BEAUCOUP:
        return combien
    limites = [0, *(rang for rang in range(1, combien) if groupements[rang] != groupements[rang - 1])]
    return min(limites, key=lambda rang: abs(2 * rang - max(0, combien - AVANCE)))


def _lire_bons(prive: Path, fichiers: Fichiers, catalogues: Catalogues, progres: Progres | None) -> Recu:
    """Ce que disent ces fichiers : lignes, empreintes, constats."""
    recu = Recu()
    carnet = Carnet()
    for rang, (groupement, chemin) in enumerate(fichiers):
        _lire_un(prive, chemin, groupement, catalogues.pour(groupement, chemin.name), recu, carnet)
        if progres:
            progres(rang + 1, len(fichiers))
    recu.remarques = carnet.remarques
    return recu


def relatif_a(prive: Path, chemin: Path) -> str:
    """Le chemin d'un fichier dans le dossier privé. Sans `relative_to`, qui découpe tout le chemin, et coûte autant que lire le fichier."""
    return nom_lisible(chemin.as_posix().removeprefix(prive.as_posix()).lstrip("/"))


def _lire_un(prive: Path, chemin: Path, groupement: str, catalogue: Catalogue, recu: Recu, carnet: Carnet) -> None:
    """Lit un fichier de bons. `carnet` : ce que l'on retient des fichiers d'avant."""
    relatif = relatif_a(prive, chemin)
    octets = lire_octets(chemin, TAILLE_BON)
    if isinstance(octets, Refus):
        recu.recues.append(ligne_illisible(relatif, groupement, octets))
        return
    empreinte = hashlib.sha256(octets).hexdigest()
    jumeau = carnet.jumeau(relatif, octets, empreinte)
    if jumeau:
        recu.constats.append(en_double(f"{prive.name}/{relatif}", jumeau))
    recu.empreintes[relatif] = empreinte
    bons = lire_d_un_trait(octets, relatif, groupement, catalogue, jumeau, carnet)
    if bons is not None:
        recu.recues += bons
        return
    from cabas.lecture.bons import lire_bons  # quinze modules, dont un mois sans accident se passe

    lignes, constats = lire_bons(octets, relatif, groupement, catalogue, jumeau, carnet)
    recu.recues += lignes
    recu.constats += [
        constat._replace(emplacement=Emplacement(f"{prive.name}/{constat.emplacement.fichier}", constat.emplacement.ligne)) for constat in constats
    ]
