"""Écrire sans jamais laisser un fichier à moitié : un fichier, ou tout un dossier d'un coup.

`ecrire` remplace un fichier par un renommage. `deposer` remplace un dossier entier : le nouveau est préparé à côté, puis
mis en place ; si la machine s'éteint au milieu, `reprendre` finit ou défait au lancement suivant.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from cabas.a_deux import Double


def ecrire(chemin: Path, contenu: bytes | str, *, durable: bool = True) -> bool:
    """Écrit un fichier s'il diffère. Sort : vrai s'il a changé. Crée les dossiers qui manquent.

    `durable` : attendre que le disque l'ait. Faux pour ce qu'on relit et compare de toute façon avant de s'en servir.
    """
    octets = contenu.encode() if isinstance(contenu, str) else contenu
    try:
        if chemin.read_bytes() == octets:
            return False
    except OSError:
        pass
    chemin.parent.mkdir(parents=True, exist_ok=True)
    provisoire = chemin.with_name(f".{chemin.name}.{os.getpid()}.tmp")
    try:
        _ecrire_durablement(provisoire, octets) if durable else provisoire.write_bytes(octets)
        provisoire.replace(chemin)
    except OSError:
        provisoire.unlink(missing_ok=True)
        raise
    return True


class ACote:
    """De grands fichiers écrits à côté d'un dossier, un peu à la fois : `deposer` n'aura qu'à les y ranger.

    Ce qu'une écriture interrompue y aurait laissé est ôté d'abord. `ensemble` : ce que l'on commence s'écrit pendant que le programme continue.
    """

    def __init__(self, dossier: Path, *, ensemble: bool = False) -> None:
        self._voisin = dossier.with_name(f".{dossier.name}-a-cote")
        self._ensemble = ensemble
        self._en_cours: list[Double[None]] = []
        self._chemins: dict[str, Path] = {}
        shutil.rmtree(self._voisin, ignore_errors=True)

    def commencer(self, fichiers: Mapping[str, Iterable[bytes]]) -> None:
        """Commence des fichiers, l'un après l'autre ; sans `ensemble`, ils ne s'écriront qu'à la fin."""
        self._chemins |= {nom: self._voisin / nom for nom in fichiers}
        self._en_cours.append(Double(lambda: self._ecrire(fichiers), quand_meme=self._ensemble))

    def finir(self, derniers: Mapping[str, Iterable[bytes]]) -> dict[str, Path]:
        """Écrit les derniers, attend les autres. Sort tous leurs chemins."""
        self._chemins |= {nom: self._voisin / nom for nom in derniers}
        self._ecrire(derniers)
        for double in self._en_cours:
            double.resultat()
        return self._chemins

    def _ecrire(self, fichiers: Mapping[str, Iterable[bytes]]) -> None:
        for nom, morceaux in fichiers.items():
            _ecrire_peu_a_peu(self._voisin / nom, morceaux)

    def ranger(self) -> None:
        """Ôte ce qui resterait à côté. À appeler dans tous les cas : ces fichiers portent des noms, et de la place."""
        for double in self._en_cours:
            double.oublier()
        shutil.rmtree(self._voisin, ignore_errors=True)


def _ecrire_peu_a_peu(chemin: Path, morceaux: Iterable[bytes]) -> None:
    chemin.parent.mkdir(parents=True, exist_ok=True)
    with chemin.open("wb") as fichier:
        fichier.writelines(morceaux)
        fichier.flush()
        os.fsync(fichier.fileno())


def deposer(dossier: Path, fichiers: Mapping[str, bytes | Path], remplaces: tuple[str, ...] = ()) -> None:
    """Met en place un dossier fait de `fichiers` (chemins relatifs) et de ce qui s'y trouvait d'autre.

    D'un fichier déjà écrit (`ACote`), on donne le chemin : il est déplacé.

    Ce que la commande réécrit remplace l'ancien ; ce qu'une autre commande y a mis reste, sauf dans les sous-dossiers
    `remplaces` : il n'y a plus, là, que ce qui est dans `fichiers`.
    """
    reprendre(dossier)
    dossier.parent.mkdir(parents=True, exist_ok=True)
    en_cours = dossier.with_name(f".{dossier.name}-en-cours")
    shutil.rmtree(en_cours, ignore_errors=True)
    try:
        if dossier.is_dir():
            shutil.copytree(dossier, en_cours, symlinks=True, copy_function=_lier)
        else:
            en_cours.mkdir()
        for reste in (*remplaces, *(chemin.name for chemin in en_cours.glob(".*-a-cote"))):
            _oter(en_cours / reste)
        for nom, contenu in fichiers.items():
            cible = en_cours / nom
            cible.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(contenu, Path):
                contenu.replace(cible)
            else:
                cible.unlink(missing_ok=True)
                _ecrire_durablement(cible, contenu)
    except OSError:
        shutil.rmtree(en_cours, ignore_errors=True)
        raise
    en_cours.rename(_pret(dossier))
    reprendre(dossier)


def reprendre(dossier: Path) -> None:
    """Finit une mise en place interrompue : un dossier prêt prend la place ; sinon l'ancien revient."""
    pret, avant = _pret(dossier), dossier.with_name(f".{dossier.name}-avant")
    if pret.is_dir():
        if dossier.exists():
            shutil.rmtree(avant, ignore_errors=True)
            dossier.rename(avant)
        pret.rename(dossier)
    elif avant.is_dir() and not dossier.exists():
        avant.rename(dossier)
    shutil.rmtree(avant, ignore_errors=True)


def _pret(dossier: Path) -> Path:
    return dossier.with_name(f".{dossier.name}-pret")


def _oter(chemin: Path) -> None:
    """Ôte un dossier et ce qu'il contient. D'un lien, seul le lien est ôté : ce qu'il désigne n'est pas à nous."""
    if chemin.is_dir() and not chemin.is_symlink():
        shutil.rmtree(chemin)
    else:
        chemin.unlink(missing_ok=True)


def _lier(source: str, cible: str) -> str:
    """Garde un fichier sans le recopier quand le disque le permet."""
    try:
        os.link(source, cible)
    except OSError:
        shutil.copy2(source, cible)
    return cible


def _ecrire_durablement(chemin: Path, octets: bytes) -> None:
    with chemin.open("wb") as fichier:
        fichier.write(octets)
        fichier.flush()
        os.fsync(fichier.fileno())
