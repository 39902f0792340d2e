"""Fusionner pendant la fenêtre : ce que dit `--provisoire`, ce qu'il écrit à part, ce qu'il publie."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from cabas.calculs.fusion import Fusion
    from cabas.calculs.recap import Recap
    from cabas.constats import Constat
    from cabas.modele import Commande, Depot

DOSSIER = "provisoire"
ETAT = "etat.json"


def mention(instant: datetime) -> str:
    """« provisoire, au samedi 21 novembre 2026 à 18 h »."""
    from cabas.typographie import instant_long

    return f"provisoire, au {instant_long(instant)}"


def constats_de_fenetre(commande: Commande, instant: datetime, provisoire: bool) -> list[Constat]:
    """Dit si l'on fusionne trop tôt (`fenetre-ouverte`), ou provisoirement alors que tout est clos (`fenetre-close`)."""
    from cabas.constats import avertissement
    from cabas.typographie import accorder, instant_long

    ouvertes = [fenetre for fenetre in commande.fenetres if instant <= fenetre.cloture]
    if bool(ouvertes) == provisoire or not commande.fenetres:
        return []
    if provisoire:
        fait = "Toutes les fenêtres sont closes : une fusion provisoire n’écrit pas les commandes aux producteur·rices."
        return [avertissement("fenetre-close", commande.source.a("fenetres"), fait, "Relancer sans --provisoire.")]
    derniere = max(ouvertes, key=lambda fenetre: fenetre.cloture)
    ou = accorder(len(ouvertes), "groupement")
    fait = f"La commande n’est pas close dans {ou} (jusqu’au {instant_long(derniere.cloture)}) : des bons peuvent encore arriver."
    remede = "Refaire la fusion après la clôture. D’ici là, ajouter --provisoire : rien n’est alors définitif."
    return [avertissement("fenetre-ouverte", derniere.source.a("cloture"), fait, remede)]


def publier_sans_provisoire() -> Constat:
    """Ce que l'on répond à `--publier` seul."""
    from cabas.constats import Emplacement, erreur

    fait = "--publier ne va qu’avec --provisoire : une fois la commande close, il n’y a plus de lot à compléter."
    return erreur("publier-sans-provisoire", Emplacement("--publier"), fait, "Écrire --provisoire --publier.")


def etat_en_json(depot: Depot, fusion: Fusion, recap: Recap, instant: datetime) -> bytes:
    """L'état des lots, anonyme, prêt à écrire."""
    from cabas.calculs.etat_provisoire import etat_des_lots
    from cabas.rendu.etats import etat_json

    return etat_json(etat_des_lots(depot, fusion, recap, instant)).encode()


def publier(racine: Path, commande: str, etat: bytes) -> Path:
    """Met l'état dans le catalogue, d'un coup. Sort : son chemin. Il reste à l'enregistrer dans git."""
    from cabas.lecture.releve import ETATS
    from cabas.publication.ecriture import ecrire

    chemin = racine / "catalogue" / "commandes" / f"{commande}{ETATS}"
    ecrire(chemin, etat)
    return chemin
