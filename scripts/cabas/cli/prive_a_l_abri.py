"""Un dossier privé donné par `--prive` est-il à l'abri de git ? Sinon, un `git add` de trop publie des noms et des téléphones.

Rien à demander pour `prive/`, à sa place : le dépôt l'ignore, et `cabas verifier` le tient.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from cabas.constats import Constat

TEMOINS = ("groupement/bons/bon", "sorties/recap.xlsx", "sorties/journal.csv")
"""Ce qu'une commande a de plus privé. Git doit tout ignorer : ignorer les CSV ne cache pas les classeurs."""


def exposition(racine: Path, prive: Path, dit: str, commande: str) -> list[Constat]:
    """Le constat `prive-expose`, ou rien. Une erreur dans le dépôt du réseau, qui est publié ; ailleurs, un avertissement.

    `dit` : le dossier privé, tel qu'on le tape. Hors de git, ou si git ne répond pas, on n'en dit rien.
    """
    if prive == racine / "prive":
        return []
    from cabas.historique import depot_de, ignores

    depot = depot_de(prive)
    if depot is None or ignores(depot, [prive / commande / temoin for temoin in TEMOINS]) is not False:
        return []
    from cabas.constats import Emplacement, avertissement, erreur

    ici = Emplacement(dit)
    motif = "/" + re.sub(r"([\\*?\[\]])", r"\\\1", prive.relative_to(depot).as_posix()) + "/"
    ou = "" if prive == depot else f", ou ajouter la ligne {motif}"  # à la racine, la règle ferait ignorer tout le dépôt
    if depot == depot_de(racine):
        fait = "Ce dossier est dans le dépôt du réseau, et git ne l’ignore pas : des noms et des téléphones y seraient publiés."
        return [erreur("prive-expose", ici, fait, f"Le sortir du dépôt{ou and f'{ou} à son fichier .gitignore'}.")]
    fait = "Ce dossier est dans un dépôt git qui ne l’ignore pas : des noms et des téléphones pourraient y être enregistrés."
    remede = f"Le ranger ailleurs{ou and f'{ou} au fichier .gitignore de ce dépôt'}."
    return [avertissement("prive-expose", ici, fait, remede)]
