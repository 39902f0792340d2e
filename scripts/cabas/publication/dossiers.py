"""Des dossiers entiers : n'écrire que ce qui change, ôter ce qui n'existe plus, mettre un site en place d'un coup."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from cabas.publication.ecriture import ecrire

Fichiers = Mapping[PurePosixPath, bytes]


def empreinte(fichiers: Fichiers, *autres: str) -> str:
    """L'empreinte d'un ensemble de fichiers (noms et octets), et de ce qui l'accompagne."""
    somme = hashlib.sha256("\0".join(autres).encode())
    for chemin in sorted(fichiers):
        octets = fichiers[chemin]
        somme.update(f"\0{chemin}\0{len(octets)}\0".encode())
        somme.update(octets)
    return somme.hexdigest()


def contenu(dossier: Path) -> list[PurePosixPath]:
    """Les fichiers d'un dossier, par chemin relatif, triés. Les noms pointés au premier niveau (`.gitignore`) n'en sont pas."""
    trouves: list[PurePosixPath] = []
    for racine, sous_dossiers, noms in os.walk(dossier):
        premier = Path(racine) == dossier
        sous_dossiers[:] = [nom for nom in sous_dossiers if nom != "__pycache__" and not (premier and nom.startswith("."))]
        base = PurePosixPath(Path(racine).relative_to(dossier).as_posix())
        trouves += [base / nom for nom in noms if not (premier and nom.startswith("."))]
    return sorted(trouves)


def synchroniser(dossier: Path, fichiers: Fichiers) -> set[PurePosixPath]:
    """Fait qu'un dossier contienne exactement ces fichiers. Sort ceux qui ont changé (écrits ou ôtés).

    Chaque fichier est comparé à chaque fois : une coupure de courant n'y laisse rien de faux, inutile d'attendre le disque.
    """
    changes = {chemin for chemin, octets in fichiers.items() if ecrire(dossier / chemin, octets, durable=False)}
    for chemin in contenu(dossier):
        if chemin not in fichiers:
            (dossier / chemin).unlink()
            changes.add(chemin)
    _oter_dossiers_vides(dossier)
    return changes


def _oter_dossiers_vides(dossier: Path) -> None:
    for racine, _sous_dossiers, _noms in os.walk(dossier, topdown=False):
        if Path(racine) != dossier and not any(Path(racine).iterdir()):
            Path(racine).rmdir()


def lire_dossier(dossier: Path, ignorer: Iterable[str] = ()) -> dict[PurePosixPath, bytes]:
    """Les octets de chaque fichier d'un dossier, sauf sous les premiers noms à ignorer."""
    exclus = frozenset(ignorer)
    return {chemin: (dossier / chemin).read_bytes() for chemin in contenu(dossier) if chemin.parts[0] not in exclus}


def etat(dossier: Path) -> str:
    """Ce qu'un dossier a l'air d'être, sans lire les fichiers : noms, tailles, dates. Sert à voir qu'on n'y a pas touché."""
    somme = hashlib.sha256()
    for chemin in contenu(dossier):
        releve = (dossier / chemin).stat()
        somme.update(f"{chemin}\0{releve.st_size}\0{releve.st_mtime_ns}\0".encode())
    return somme.hexdigest()


def assembler(cible: Path, parties: Mapping[str, Path]) -> None:
    """Copie des dossiers dans un dossier neuf : `{"": guide, "bons": …}`. Une copie, jamais un lien : la suite réécrit sur place."""
    shutil.rmtree(cible, ignore_errors=True)
    for sous_dossier, origine in sorted(parties.items()):
        if origine.is_dir():
            shutil.copytree(origine, cible / sous_dossier, dirs_exist_ok=True, copy_function=shutil.copyfile)


def mettre_en_place(neuf: Path, sortie: Path) -> None:
    """Remplace `sortie` par `neuf`, en deux renommages. Les fichiers pointés de `sortie` (`.gitignore`, `.nojekyll`) survivent.

    À aucun moment un site à moitié écrit n'est visible. D'un disque à l'autre, on copie à côté d'abord. Interrompu entre les
    deux renommages, `reprendre` finit.
    """
    reprendre(sortie)
    sortie.parent.mkdir(parents=True, exist_ok=True)
    voisin, ancien = _voisins(sortie)
    for reste in (voisin, ancien):
        shutil.rmtree(reste, ignore_errors=True)
    shutil.move(neuf, voisin)
    if sortie.is_dir():
        for garde in sortie.iterdir():
            if garde.name.startswith("."):
                (shutil.copytree if garde.is_dir() else shutil.copy2)(garde, voisin / garde.name)
        sortie.rename(ancien)
    voisin.rename(sortie)
    shutil.rmtree(ancien, ignore_errors=True)


def reprendre(sortie: Path) -> None:
    """Finit une mise en place interrompue : l'ancien site ôté, le nouveau, entier, attend à côté."""
    voisin, ancien = _voisins(sortie)
    if ancien.is_dir() and not sortie.exists():
        (voisin if voisin.is_dir() else ancien).rename(sortie)


def _voisins(sortie: Path) -> tuple[Path, Path]:
    return sortie.with_name(f".{sortie.name}.neuf"), sortie.with_name(f".{sortie.name}.ancien")
