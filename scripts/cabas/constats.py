"""Ce que l'on constate : une donnée fausse est un fait à dire, jamais une exception.

Entre : ce que lisent `lecture` et `controles`. Sort : des `Constat`, qu'un seul imprimeur (`cli.impression`) écrit
sous la forme `fichier:ligne: [code] fait` puis le remède.
"""

import errno
from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

VIDE: Mapping[str, Any] = MappingProxyType({})
"""Rien, par défaut, là où un fait attend une table. Personne ne peut la remplir : elle sert à tous."""


class Gravite(StrEnum):
    """À quel point un constat empêche de continuer."""

    ERREUR = "erreur"
    AVERTISSEMENT = "avertissement"


class Emplacement(NamedTuple):
    """Un endroit qu'une personne peut ouvrir : chemin relatif au dépôt, ligne à partir de 1 (0 : le fichier entier)."""

    fichier: str
    ligne: int = 0

    def __str__(self) -> str:
        return f"{self.fichier}:{self.ligne}" if self.ligne else self.fichier


class Source(NamedTuple):
    """D'où vient une fiche : son fichier, sa première ligne, et la ligne de chacun de ses champs (qui n'y changent rien)."""

    fichier: str
    ligne: int = 1
    lignes: Mapping[str, int] = VIDE

    def __eq__(self, autre: object) -> bool:
        return isinstance(autre, Source) and self[:2] == autre[:2]

    def __hash__(self) -> int:
        return hash(self[:2])

    def __repr__(self) -> str:
        """Sans les lignes : déplacer un champ dans sa fiche ne refait ni le site, ni le livret."""
        return f"Source({self.fichier!r})"

    def __ne__(self, autre: object) -> bool:
        return not self == autre

    def a(self, champ: str = "") -> Emplacement:
        """L'emplacement d'un champ ; à défaut, celui de la fiche."""
        return Emplacement(self.fichier, self.lignes.get(champ, self.ligne))


class Constat(NamedTuple):
    """Un fait, là où il est, et ce qu'il faut faire. Le `code` est stable : les tests et le guide s'y réfèrent."""

    code: str
    gravite: Gravite
    emplacement: Emplacement
    message: str
    remede: str = ""

    @property
    def rang(self) -> tuple[str, int, str, str]:
        """Ordre d'affichage : par fichier, par ligne, puis par code."""
        return (self.emplacement.fichier, self.emplacement.ligne, self.code, self.message)


class Refus(NamedTuple):
    """Pourquoi une valeur n'a pas été comprise. Devient un constat ou une ligne rejetée chez qui connaît le fichier."""

    code: str
    fait: str
    remede: str = ""


_RAISONS = {
    errno.EACCES: "droits insuffisants",
    errno.EPERM: "droits insuffisants",
    errno.ENOENT: "introuvable",
    errno.ENOSPC: "disque plein",
    errno.EROFS: "disque en lecture seule",
    errno.EDQUOT: "quota dépassé",
    errno.EFBIG: "fichier trop gros pour ce disque",
    errno.EIO: "le disque ne répond pas",
    errno.EISDIR: "c’est un dossier",
    errno.ENOTDIR: "ce n’est pas un dossier",
    errno.EBUSY: "ouvert ailleurs",
    errno.EEXIST: "ce nom est déjà pris",
    errno.ENOTEMPTY: "ce dossier n’est pas vide",
    errno.EXDEV: "c’est sur un autre disque",
    errno.ELOOP: "un lien y tourne en rond",
    errno.ENAMETOOLONG: "nom trop long",
    errno.EMFILE: "trop de fichiers ouverts",
    errno.ENOMEM: "la mémoire manque",
}


def raison(faute: OSError) -> str:
    """Pourquoi le système refuse, en français."""
    return _RAISONS.get(faute.errno or 0, f"erreur {faute.errno} du système")


def erreur(code: str, emplacement: Emplacement, message: str, remede: str = "") -> Constat:
    """Un constat qui empêche de publier ou de fusionner."""
    return Constat(code, Gravite.ERREUR, emplacement, message, remede)


def avertissement(code: str, emplacement: Emplacement, message: str, remede: str = "") -> Constat:
    """Un constat à regarder, qui n'empêche rien."""
    return Constat(code, Gravite.AVERTISSEMENT, emplacement, message, remede)


def erreurs(constats: Iterable[Constat]) -> list[Constat]:
    """Les seuls constats qui empêchent de continuer."""
    return [constat for constat in constats if constat.gravite is Gravite.ERREUR]
