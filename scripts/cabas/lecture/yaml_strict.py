"""Lire YAML sans surprise : tout scalaire est du texte, tant que le schéma n'en dit pas plus.

`01000`, `18:30`, `non` restent ce qu'on a tapé. Une clé en double, un alias, une étiquette, plusieurs documents dans un
fichier sont des constats. Chaque valeur sait sa ligne. Règle : contrats.md §1.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from cabas.constats import Constat


class Noeud(NamedTuple):
    """Une valeur YAML et sa ligne : un texte, une suite, ou un dictionnaire dont on garde la ligne des clés."""

    valeur: str | tuple[Noeud, ...] | dict[str, Noeud]
    ligne: int

    @property
    def brut(self) -> Any:
        """La valeur sans les lignes : `str`, `list` ou `dict`."""
        if isinstance(self.valeur, dict):
            return {cle: noeud.brut for cle, noeud in self.valeur.items()}
        if isinstance(self.valeur, tuple):
            return [noeud.brut for noeud in self.valeur]
        return self.valeur


def lire_yaml(texte: str, fichier: str, decalage: int = 0) -> tuple[Noeud | None, list[Constat]]:
    """Lit un document YAML. Sort son nœud racine (`None` s'il est vide ou cassé) et les constats.

    `decalage` s'ajoute aux numéros de ligne (en-tête d'un Markdown). Codes : `yaml-illisible`, `cle-en-double`,
    `yaml-alias`, `yaml-etiquette`, `yaml-plusieurs-documents`, `yaml-trop-profond`, `fichier-vide`, `commentaire-colle`.
    """
    from cabas.lecture.descente_yaml import lire

    return lire(texte, fichier, decalage)
