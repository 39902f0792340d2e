"""Ce que plusieurs verbes font : charger le dépôt, le contrôler, savoir l'heure."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cabas.constats import Constat, Refus
    from cabas.lecture.origines import Origine
    from cabas.modele import Depot

TEMOIN = Path(".build/fiches-verifiees")


def charger_depot(racine: Path, origine: Origine | None = None, marque: Path = TEMOIN) -> tuple[Depot, list[Constat]]:
    """Le dépôt et ses constats de lecture. Des fiches déjà vérifiées, à l'octet près, ne repassent pas par frictionless ; sans faute,
    elles ne sont pas même relues.

    `origine` : d'où lire les fiches (le disque, à défaut). `marque` : où garder le témoin de cette vérification, et à côté le dépôt lu.
    """
    from cabas.lecture.fichiers import ABSENT, lire_octets
    from cabas.lecture.memoire import TAILLE, rappeler, retenir
    from cabas.lecture.origines import Disque
    from cabas.lecture.releve import relever

    temoin = racine / marque
    memoire = temoin.with_suffix(".json")
    releve = relever(origine or Disque(racine))
    gardes = lire_octets(memoire, TAILLE)
    if not releve.constats and isinstance(gardes, bytes) and (depot := rappeler(gardes, releve.empreinte)):
        return depot, []
    from cabas.lecture.depot import comprendre
    from cabas.publication.ecriture import ecrire

    def deja_vu(empreinte: str) -> bool:
        try:
            return temoin.read_text(encoding="ascii").strip() == empreinte
        except (OSError, ValueError):
            return False

    depot, constats = comprendre(releve, deja_vu)
    if not constats:
        with suppress(OSError):
            ecrire(temoin, f"{releve.empreinte}\n")
            if gardes is ABSENT or isinstance(gardes, bytes):  # à la place d'un tube ou d'un lien, on n'écrit pas
                ecrire(memoire, retenir(depot, releve.empreinte), durable=False)
    return depot, constats


def controler_depot(racine: Path, maintenant: datetime) -> tuple[Depot, list[Constat]]:
    """Le dépôt, avec tous les constats : lecture et contrôles. Une commande ouverte se juge avec les fiches de son ouverture."""
    from cabas.cli.catalogue_fige import figer_les_ouvertes
    from cabas.constats import Emplacement, avertissement
    from cabas.controles import controler
    from cabas.controles.base import Contexte

    depot, constats = charger_depot(racine)
    figes, constats = figer_les_ouvertes(racine, depot, constats)
    suivis = lire_suivis(racine)
    if suivis is None and (racine / ".git").exists():
        constats.append(
            avertissement(
                "git-muet",
                Emplacement(".git"),
                "Git ne répond pas : on n’a pas pu vérifier que rien de privé n’est suivi.",
                "Installer git, ou vérifier à qui appartient le dossier.",
            )
        )
    contexte = Contexte(depot, maintenant, suivis or {}, figes)
    return depot, sorted([*constats, *controler(contexte)], key=lambda constat: constat.rang)


def lire_suivis(racine: Path) -> dict[str, str] | None:
    """Le texte des fichiers suivis par git (les binaires et les absents sont passés, mais leur chemin compte). `None` sans git."""
    from cabas.historique import fichiers_suivis
    from cabas.lecture.fichiers import TAILLE_BON, decoder_utf8, lire_octets

    chemins = fichiers_suivis(racine)
    if chemins is None:
        return None
    textes: dict[str, str] = {}
    for chemin in chemins:
        octets = lire_octets(racine / chemin, TAILLE_BON)
        texte = decoder_utf8(octets) if isinstance(octets, bytes) else ""
        textes[chemin] = texte if isinstance(texte, str) else ""
    return textes


def lire_maintenant(texte: str | None) -> datetime | Refus:
    """L'instant donné par `--maintenant` (heure de Paris), ou celui de l'horloge."""
    from cabas.temps import PARIS, lire_jour_ou_instant

    return datetime.now(PARIS) if texte is None else lire_jour_ou_instant(texte)
