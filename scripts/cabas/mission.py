"""La fiche mission : une tâche du groupement ou du réseau, qui peut la prendre, et quand. Ses champs sont ceux de `schemas/missions.json`."""

from typing import NamedTuple

from cabas.constats import Source


class Mission(NamedTuple):
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
    source: Source = Source("")
