"""L'atelier Jinja2, un seul pour tous les gabarits : tout est échappé, un nom inconnu est une erreur.

Entre : un nom de gabarit, dans `cabas/gabarits`. Sort : un gabarit muni des filtres de `typographie`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
import jinja2.bccache
from markupsafe import Markup

from cabas import typographie

FILTRES: dict[str, Callable[..., str]] = {
    "accorder": typographie.accorder,
    "date_courte": typographie.date_courte,
    "date_longue": typographie.date_longue,
    "enumerer": typographie.enumerer,
    "euros": typographie.euros,
    "euros_csv": typographie.euros_csv,
    "heure": typographie.heure,
    "instant_long": typographie.instant_long,
    "jour_du_mois": typographie.jour_du_mois,
    "nombre": typographie.nombre,
    "nombre_csv": typographie.nombre_csv,
    "plage": typographie.plage,
    "quantite": typographie.quantite,
    "quantite_nue": typographie.quantite_nue,
}


def lire_gabarit(nom: str) -> str:
    """Le texte d'un fichier de `cabas/gabarits`, où que le paquet soit installé."""
    return files("cabas").joinpath("gabarits", *nom.split("/")).read_text(encoding="utf-8")


def _charger(nom: str) -> str | None:
    try:
        return lire_gabarit(nom)
    except (FileNotFoundError, IsADirectoryError):
        return None


def _typographier(texte: Any) -> str:
    """Pose les insécables. Un texte déjà échappé le reste : on peut filtrer tout un morceau de page."""
    pose = typographie.typographier(str(texte))
    return Markup(pose) if hasattr(texte, "__html__") else pose  # n'ajoute que des espaces


def _poser(texte: Any, langue: Any) -> str:
    """Comme `_typographier`, en français seulement : les autres langues ont d'autres règles. Ôte les blancs entre deux balises."""
    serre = re.sub(r">\s*\n\s*<", "><", str(texte))
    pose = typographie.typographier(serre) if langue.est_francaise else serre
    return Markup(pose) if hasattr(texte, "__html__") else pose  # ne touche qu'à des espaces


@cache
def environnement() -> jinja2.Environment:
    """L'environnement partagé. Il échappe tout : un gabarit n'a rien à faire pour être sûr."""
    atelier = jinja2.Environment(
        loader=jinja2.FunctionLoader(_charger),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    atelier.filters.update(FILTRES)
    atelier.filters["typographier"] = _typographier
    atelier.filters["poser"] = _poser
    return atelier


class MemoireDeGabarits(jinja2.BytecodeCache):
    """Les gabarits déjà compilés, gardés d'un atelier au suivant dans un même processus, tant que leur texte ne change pas."""

    def __init__(self) -> None:
        self._compiles: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Pose ce qu'on en sait, s'il est là."""
        bucket.code = self._compiles.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Retient ce qui vient d'être compilé."""
        self._compiles[bucket.key, bucket.checksum] = bucket.code
