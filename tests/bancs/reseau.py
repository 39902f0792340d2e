"""Un réseau de taille choisie, écrit sur le disque : mêmes nombres, mêmes octets à chaque fois (graine fixe)."""

from __future__ import annotations

import random
from pathlib import Path

COMMANDE = "2026-12"
PRODUITS = 130
GROUPEMENTS = 8
LIGNES_PAR_BON = 20
GRAINE = 20261122


def ecrire(chemin: Path, texte: str) -> None:
    chemin.parent.mkdir(parents=True, exist_ok=True)
    chemin.write_text(texte, encoding="utf-8")


def ecrire_depot(racine: Path) -> None:
    """Un dépôt public : un producteur, 130 produits, 8 groupements, une commande."""
    ecrire(racine / "catalogue/rubriques.yaml", "- {code: tout, nom: Tout}\n")
    ecrire(racine / "catalogue/producteurs/ferme.md", "---\nnom: Ferme\ncommune: Allex\nvalide_le: 2026-01-01\n---\n\nUne ferme.\n")
    for rang in range(PRODUITS):
        fiche = (
            f"nom: Produit numéro {rang}\nproducteur: ferme\nrubrique: tout\nunite: kg\npas: 0.5\nprix: {1 + rang / 10:.2f}\n"
            "prix_depuis: 2026-09-01\ntva: 5.5\nvente: vrac\nallergenes: []\nlot: {quantite: 25, nom: sac de 25 kg}\n"
            f"lot_complet: {'true' if rang % 5 == 0 else 'false'}\n"
        )
        ecrire(racine / f"catalogue/produits/produit-{rang:03d}.yaml", fiche)
    fenetres = []
    for rang in range(GROUPEMENTS):
        groupement = (
            f"---\nnom: Groupement {rang}\ncommune: Allex\ntarifs:\n  - {{code: seul, nom: Seul, coefficient: 1}}\n"
            "adhesions:\n  - {code: seule, nom: Seule, montant: 1, tarif: seul}\n---\n\nUn groupement.\n"
        )
        ecrire(racine / f"groupements/groupement-{rang}.md", groupement)
        fenetres.append(
            f"  - groupement: groupement-{rang}\n    ouverture: 2026-12-01T08:00\n    cloture: 2026-12-07T20:00\n    livraison: 2026-12-16\n"
            "    distribution: {debut: 2026-12-17T16:00, fin: 2026-12-17T19:00, lieu: Salle}\n"
        )
    ecrire(racine / f"catalogue/commandes/{COMMANDE}.yaml", "titre: Banc\nproduits: tous\nfenetres:\n" + "".join(fenetres))


def ecrire_bons(prive: Path, lignes: int, fichiers: int) -> None:
    """Des bons canoniques : `lignes` quantités dans `fichiers` fichiers, une vingtaine de produits par cellule."""
    hasard = random.Random(GRAINE)
    refs = [f"produit-{rang:03d}" for rang in range(PRODUITS)]
    cellule = 0
    for rang in range(fichiers):
        restent = lignes // fichiers
        rangees = ["cellule;produit;quantite;tolerance;envoye_le"]
        while restent > 0:
            cellule += 1
            envoi = f"2026-12-{hasard.randint(1, 6):02d}T{hasard.randint(8, 21):02d}:{hasard.randint(0, 59):02d}:00+01:00"
            for ref in hasard.sample(refs, min(LIGNES_PAR_BON, restent)):
                demi_kilos = hasard.randint(1, 12)
                rangees.append(f"C-{cellule:06d};{ref};{demi_kilos // 2},{demi_kilos % 2 * 5};{hasard.choice(('', '', '1'))};{envoi}")
            restent -= LIGNES_PAR_BON
        ecrire(prive / COMMANDE / f"groupement-{rang % GROUPEMENTS}" / "bons" / f"bons-{rang:04d}.csv", "\n".join(rangees) + "\n")
