"""Le grand mode, pour le banc : des milliers de fichiers canoniques sans un accident, écrits vite.

Les groupements à crédit sont laissés de côté : il n'y a rien à signaler, tout est retenu.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from random import Random

from cabas.calculs.offre import maximum_par_bon, proposes
from cabas.demonstration.cellules import ecrire_adherents, inventer
from cabas.demonstration.faits import Resume
from cabas.demonstration.formes import COLONNES
from cabas.modele import Commande, Depot, Fenetre
from cabas.recu import Adherent
from cabas.temps import PARIS
from cabas.typographie import nombre_csv

PAR_BON = 10
_ENTETE = ";".join(COLONNES) + "\n"


def engendrer_lignes(depot: Depot, commande: str, prive: Path, lignes: int = 100_000, fichiers: int = 1_000, graine: int = 2026) -> Resume:
    """Écrit exactement `lignes` quantités dans `fichiers` fichiers canoniques, dix par bon, chacun d'une autre cellule."""
    choisie = depot.commandes[commande]
    fenetres = [fenetre for fenetre in choisie.fenetres if not depot.groupements[fenetre.groupement].credit] or list(choisie.fenetres)
    attendu: Counter[str] = Counter()
    cellules = 0
    for rang, fenetre in enumerate(fenetres):
        tailles = [lignes // fichiers + (numero < lignes % fichiers) for numero in range(rang, fichiers, len(fenetres))]
        cellules += _groupement(depot, choisie, fenetre, prive, tailles, Random(f"{graine}/{rang}"), attendu)
    comptes = {"lues": lignes, "retenue": lignes, "remplacee": 0, "rejetee": 0, "brouillon": 0}
    return Resume(cellules, fichiers, (), dict(sorted(attendu.items())), comptes, {"page": fichiers})


def _groupement(
    depot: Depot, commande: Commande, fenetre: Fenetre, prive: Path, tailles: list[int], alea: Random, attendu: Counter[str]
) -> int:
    """Les fichiers d'un groupement, un par taille. Rend le nombre de cellules."""
    groupement = depot.groupements[fenetre.groupement]
    effectif = sum(-(-taille // PAR_BON) for taille in tailles)
    ouverture = fenetre.ouverture.date()
    cellules = iter(inventer(groupement, "V", effectif, 0, ouverture, alea).values())
    dossier = prive / commande.id / groupement.slug / "bons"
    dossier.mkdir(parents=True, exist_ok=True)
    articles = _articles(depot, commande)
    envoi = (fenetre.ouverture + timedelta(hours=2)).astimezone(PARIS).isoformat()
    connues: list[Adherent] = []
    for numero, taille in enumerate(tailles):
        morceaux = [_ENTETE]
        for debut in range(0, taille, PAR_BON):
            cellule = next(cellules)
            connues.append(cellule)
            queue = f";{commande.id};{groupement.slug};V{numero:05d}-{debut};{envoi};;;;;;;valide\n"
            for ref, texte, milliemes in alea.sample(articles, min(PAR_BON, taille - debut)):
                attendu[ref] += milliemes
                morceaux.append(f"{cellule.cellule};{ref};{texte};{queue}")
        (dossier / f"lot-{numero:05d}.csv").write_text("".join(morceaux), encoding="utf-8", newline="")
    (prive / groupement.slug).mkdir(parents=True, exist_ok=True)
    (prive / groupement.slug / "adherents.csv").write_bytes(ecrire_adherents(connues))
    return effectif


def _articles(depot: Depot, commande: Commande) -> list[tuple[str, str, int]]:
    """Un article par produit proposé : deux pas, ou ce que permet le maximum ; texte et millièmes préparés une fois."""
    articles = []
    for produit in proposes(depot, commande):
        maximum = maximum_par_bon(produit, commande)
        milliemes = produit.pas if maximum is not None and maximum < 2 * produit.pas else 2 * produit.pas
        if milliemes < 100_000:
            articles.append((produit.ref, nombre_csv(milliemes), milliemes))
    return articles
