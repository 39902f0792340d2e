"""Ce que git sait : la révision présente, les fichiers suivis, les fiches d'une révision passée. Seul à importer GitPython.

Hors de git (dépôt téléchargé en zip), tout répond, et le dit : révision vide, aucun fichier suivi, refus `sans-git`. Rien
n'est jamais changé dans le dossier de travail ; la seule chose que l'on pose est une étiquette.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from cabas.constats import Refus
from cabas.motifs import motif

SANS_GIT = "sans-git"
FICHES = ("catalogue", "groupements")
PRODUITS = "catalogue/produits"
ETAT_DES_LOTS = ".etat.json"
"""Ce qui n'est pas une fiche : publier où en sont les lots ne change pas le catalogue avec lequel on fusionne."""
_REVISION = motif(r"[^\s\x00-\x1f:^~?*\[\\-][^\s\x00-\x1f:?*\[\\]*")
_T = TypeVar("_T")


class Revision(NamedTuple):
    """La révision du catalogue : identifiant court, et si des fiches ont été changées sans être enregistrées."""

    identifiant: str
    modifiee: bool = False

    def __str__(self) -> str:
        return f"{self.identifiant}+modifications" if self.modifiee else self.identifiant


def revision(racine: Path, dossiers: tuple[str, ...] = FICHES) -> Revision:
    """La révision présente du dépôt. `modifiee` ne regarde que les dossiers donnés.

    Chaque fusion la demande : une seule question à git, sans charger GitPython, qui coûte dix fois plus qu'elle.
    """
    if not (racine / ".git").exists():
        return Revision(SANS_GIT)
    import shutil
    import subprocess

    git = shutil.which("git")
    if git is None:
        return Revision(SANS_GIT)
    demande = ("status", "--porcelain=v2", "--branch", "--no-renames", "--untracked-files=all", "-z", "--", *dossiers)
    try:
        reponse = subprocess.run([git, "-C", str(racine), *demande], capture_output=True, check=True, env=_milieu(racine))
    except (OSError, subprocess.CalledProcessError):
        return Revision(SANS_GIT)
    lignes = reponse.stdout.decode(errors="surrogateescape").split("\0")
    identifiant = next((ligne.split()[-1] for ligne in lignes if ligne.startswith("# branch.oid ")), "")
    if not identifiant or identifiant == "(initial)":
        return Revision("sans-enregistrement", modifiee=True)
    return Revision(identifiant[:12], any(ligne and ligne[0] != "#" and not ligne.endswith(ETAT_DES_LOTS) for ligne in lignes))


def _milieu(racine: Path) -> dict[str, str]:
    """Ni un dépôt du dessus, ni celui d'un crochet git qui nous aurait lancés : celui de cette racine, sans y toucher."""
    milieu = {cle: valeur for cle, valeur in os.environ.items() if cle not in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")}
    return milieu | {"GIT_CEILING_DIRECTORIES": str(racine.resolve().parent), "GIT_OPTIONAL_LOCKS": "0"}


def depot_de(dossier: Path) -> Path | None:
    """La racine du dépôt git où se trouve un dossier ; `None` hors de git. Ne fait que regarder les dossiers du dessus."""
    return next((un for un in (dossier, *dossier.parents) if (un / ".git").exists()), None)


def ignores(racine: Path, chemins: Sequence[Path]) -> bool | None:
    """Vrai si git ignore tous ces chemins, qu'ils existent ou non. `None` si git ne répond pas."""
    import shutil
    import subprocess

    git = shutil.which("git")
    if git is None:
        return None
    demande = [git, "-C", str(racine), "check-ignore", "-z", "--stdin"]
    try:
        reponse = subprocess.run(demande, input=b"\0".join(map(os.fsencode, chemins)), capture_output=True, check=False, env=_milieu(racine))
    except OSError:
        return None
    return None if reponse.returncode not in (0, 1) else reponse.stdout.count(b"\0") == len(chemins)


def fichiers_suivis(racine: Path) -> list[str] | None:
    """Les chemins suivis par git, relatifs à la racine, triés ; `None` hors de git, ou si git ne répond pas."""
    suivis = _interroger(racine, lambda depot: sorted(chemin for chemin in depot.git.ls_files("-z").split("\0") if chemin))
    return None if isinstance(suivis, Refus) else suivis


def modifiees(racine: Path, dossiers: tuple[str, ...] = FICHES) -> list[str] | Refus:
    """Les fichiers de ces dossiers qui ont été changés, ajoutés ou ôtés sans être enregistrés. Refus : `sans-git`."""
    return _interroger(racine, lambda depot: _modifiees(depot, racine, dossiers))


def identifier(racine: Path, demandee: str) -> str | Refus:
    """L'identifiant complet du commit que désigne une révision ou une étiquette. Refus : `sans-git`, `revision-introuvable`."""

    def chercher(depot: Any) -> str | Refus:
        if _REVISION.fullmatch(demandee):
            from git.exc import GitCommandError, GitCommandNotFound

            try:
                return str(depot.git.rev_parse("--verify", "--quiet", f"{demandee}^{{commit}}"))
            except GitCommandNotFound:
                raise
            except GitCommandError:
                pass  # git répond, et ne connaît pas cette révision
        if depot.git.rev_parse("--is-shallow-repository") == "true":
            fait = f"La révision « {demandee} » n’est pas ici : cette copie du dépôt n’a que la fin de l’histoire."
            return Refus("revision-introuvable", fait, "Chercher le reste : git fetch --unshallow --tags. Puis recommencer.")
        fait = f"La révision « {demandee} » n’est pas dans ce dépôt."
        return Refus("revision-introuvable", fait, "Chercher les étiquettes : git fetch --tags. Sinon, corriger la ligne « catalogue ».")

    return _interroger(racine, chercher)


def fiches_a(racine: Path, demandee: str, dossiers: tuple[str, ...] = FICHES, maximum: int = 1_000_000) -> Mapping[str, bytes | None] | Refus:
    """Les fichiers de ces dossiers tels qu'ils étaient à une révision, par chemin, sans toucher au dossier de travail.

    `None` : ce n'est pas un fichier ordinaire (un lien). D'un fichier plus gros que `maximum`, on ne lit qu'un octet de
    plus. Refus : `sans-git`, `revision-introuvable`.
    """
    commit = identifier(racine, demandee)
    if isinstance(commit, Refus):
        return commit

    def lire(depot: Any) -> dict[str, bytes | None]:
        arbre = depot.commit(commit).tree
        presents = {objet.name: objet for objet in arbre}
        # Un seul « git cat-file --batch » reste ouvert pour tous les fichiers : GitPython le tient.
        return {
            objet.path: objet.data_stream.read(maximum + 1) if objet.type == "blob" and stat.S_ISREG(objet.mode) else None
            for dossier in dossiers
            if dossier in presents
            for objet in _feuilles(presents[dossier])
        }

    return _interroger(racine, lire)


def journal(racine: Path, marque: str, dossier: str = PRODUITS) -> str | Refus:
    """Tout ce qui a changé dans un dossier depuis le début, en un seul `git log`, du plus ancien au plus récent.

    Chaque enregistrement de la branche (une fusion compte pour un) s'ouvre par `marque`, son identifiant et son instant en
    secondes. Refus : `sans-git`.
    """

    def lire(depot: Any) -> str:
        if not depot.head.is_valid():
            return ""
        # Ni couleur, ni préfixe, ni outil réglés sur cette machine : le journal est le même partout.
        options = ("--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--src-prefix=a/", "--dst-prefix=b/", "--diff-algorithm=myers")
        suivi = ("--first-parent", "-m", "--reverse", "-p", "-U0", f"--format={marque}%H %ct")
        return str(depot.git.log(*suivi, *options, "--", dossier))

    return _interroger(racine, lire)


def entiere(racine: Path) -> bool:
    """Faux si cette copie n'a que la fin de l'histoire (`git clone --depth`)."""
    return _interroger(racine, lambda depot: str(depot.git.rev_parse("--is-shallow-repository"))) != "true"


def instant(racine: Path, demandee: str) -> datetime | Refus:
    """Quand une révision a été enregistrée. Refus : `sans-git`, `revision-introuvable`."""
    commit = identifier(racine, demandee)
    if isinstance(commit, Refus):
        return commit
    return _interroger(racine, lambda depot: datetime.fromtimestamp(depot.commit(commit).committed_date, UTC))


def etiquette(racine: Path, nom: str) -> str | None:
    """Le commit que désigne une étiquette ; `None` si elle n'existe pas, ou sans git."""
    commit = identifier(racine, f"refs/tags/{nom}")
    return None if isinstance(commit, Refus) else commit


def poser_etiquette(racine: Path, nom: str, commit: str) -> Refus | None:
    """Pose une étiquette simple sur un commit. Refus : `sans-git`."""
    posee = _interroger(racine, lambda depot: str(depot.git.tag("--no-sign", nom, commit)))
    return posee if isinstance(posee, Refus) else None


def oter_etiquette(racine: Path, nom: str) -> Refus | None:
    """Ôte une étiquette. Refus : `sans-git`."""
    otee = _interroger(racine, lambda depot: str(depot.git.tag("--delete", nom)))
    return otee if isinstance(otee, Refus) else None


def _modifiees(depot: Any, racine: Path, dossiers: tuple[str, ...]) -> list[str]:
    """Ce que `git status` dit de ces dossiers ; un fichier renommé compte pour son nouveau nom."""
    # Un dossier ôté en entier doit compter : on ne se fie pas à ce qui est sur le disque, mais git veut connaître le chemin.
    suivis = set(depot.git.ls_files("-z", "--", *dossiers).split("\0"))
    connus = [nom for nom in dossiers if (racine / nom).exists() or any(chemin == nom or chemin.startswith(f"{nom}/") for chemin in suivis)]
    if not connus:
        return []
    etats = str(depot.git.status("--porcelain", "--no-renames", "--untracked-files=all", "-z", "--", *connus, strip_newline_in_stdout=False))
    return sorted({etat[3:] for etat in etats.split("\0") if etat and not etat.endswith(ETAT_DES_LOTS)})


def _feuilles(objet: Any) -> Iterator[Any]:
    if objet.type != "tree":
        yield objet
        return
    for enfant in objet:
        yield from _feuilles(enfant)


def _interroger(racine: Path, question: Callable[[Any], _T]) -> _T | Refus:
    """Pose une question à git. S'il ne peut pas répondre, un refus `sans-git` dit pourquoi, et quoi faire."""
    if not (racine / ".git").exists():
        if any((dessus / ".git").exists() for dessus in racine.resolve().parents):
            fait = "Ce dossier est dans un dépôt git, mais ce n’en est pas la racine : son histoire n’est pas à lui seul."
            return Refus(SANS_GIT, fait, "Mettre les fiches à la racine de leur propre dépôt git : là, git init, puis enregistrer. Et recommencer.")
        fait = "Ce dossier n’a pas d’histoire : il vient d’un zip, ou git n’y a jamais servi."
        return Refus(SANS_GIT, fait, "Cloner le dépôt : git clone, suivi de son adresse. Y copier prive/, et recommencer là.")
    absent = Refus(SANS_GIT, "Le programme git n’est pas installé.", "L’installer (voir le guide, page « Installer »), et recommencer.")
    try:
        from git import Repo
        from git.exc import GitCommandNotFound, GitError, ODBError
    except ImportError:  # GitPython refuse de se charger sans l'exécutable git
        return absent
    try:
        with Repo(racine) as depot:
            return question(depot)
    except GitCommandNotFound:
        return absent
    except (GitError, ODBError, ValueError, OSError):
        return Refus(SANS_GIT, "Git ne répond pas dans ce dossier.", "Y taper git status : ce qu’il dit explique pourquoi.")
