"""La fiche mission : une tâche du groupement ou du réseau, qui peut la prendre, et quand. Ses champs sont ceux de `schemas/missions.json`."""

from __future__ import annotations

from dataclasses import dataclass, field

from cabas.constats import Source


@dataclass(frozen=True, slots=True)
class Mission:
    """Une fiche mission. `quand` suit la grammaire de `calculs.moments` ; `presentation` est le texte de la fiche (Markdown)."""

    slug: str
    titre: str
    quand: str
    duree: str
    role: str
    portee: str = "groupement"
    materiel: tuple[str, ...] = ()
    besoins: tuple[str, ...] = ()
    commande_outil: str = ""
    presentation: str = ""
    source: Source = field(default=Source(""), compare=False, repr=False)
