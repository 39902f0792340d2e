"""Ce que git sait : la révision présente, l'état du dépôt, les fichiers suivis. Seul à importer GitPython.

Hors de git (dépôt téléchargé en zip), tout répond, et le dit : révision vide, aucun fichier suivi.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SANS_GIT = "sans-git"


@dataclass(frozen=True, slots=True)
class Revision:
    """La révision du catalogue : identifiant court, et si des fiches ont été changées sans être enregistrées."""

    identifiant: str
    modifiee: bool = False

    def __str__(self) -> str:
        return f"{self.identifiant}+modifications" if self.modifiee else self.identifiant


def revision(racine: Path, dossiers: tuple[str, ...] = ("catalogue", "groupements")) -> Revision:
    """La révision présente du dépôt. `modifiee` ne regarde que les dossiers donnés."""
    if not (racine / ".git").exists():
        return Revision(SANS_GIT)
    try:
        from git import Repo
        from git.exc import GitError
    except ImportError:  # GitPython refuse de se charger sans l'exécutable git
        return Revision(SANS_GIT)
    try:
        with Repo(racine) as depot:
            if not depot.head.is_valid():
                return Revision("sans-enregistrement", modifiee=True)
            present = [dossier for dossier in dossiers if (racine / dossier).exists()]
            modifiee = bool(depot.git.status("--porcelain", "--", *present)) if present else False
            return Revision(depot.head.commit.hexsha[:12], modifiee)
    except (GitError, ValueError, OSError):
        return Revision(SANS_GIT)


def fichiers_suivis(racine: Path) -> list[str] | None:
    """Les chemins suivis par git, relatifs à la racine, triés ; `None` hors de git, ou si git ne répond pas."""
    if not (racine / ".git").exists():
        return None
    try:
        from git import Repo
        from git.exc import GitError
    except ImportError:
        return None
    try:
        with Repo(racine) as depot:
            return sorted(chemin for chemin in depot.git.ls_files("-z").split("\0") if chemin)
    except (GitError, ValueError, OSError):
        return None
