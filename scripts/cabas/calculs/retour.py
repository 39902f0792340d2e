"""Le retour du réseau : ce qu'il attribue aux numéros d'un groupement redevient ce qu'auront ses cellules.

Entre : la fusion d'un groupement seul, son récap, et le `Retour` que le réseau a fait de ses totaux. Sort : le même récap, où
chaque ligne a exactement ce que le réseau lui attribue, chiffrée au tarif de sa cellule. Règle : décision 15.
"""

from __future__ import annotations

from collections.abc import Sequence

from cabas.argent import montant_coutant
from cabas.calculs.frais import partager_frais
from cabas.calculs.fusion import Fusion
from cabas.calculs.recap import LigneProduit, Recap
from cabas.calculs.reseau import dans_l_ordre_des_totaux
from cabas.calculs.retenues import Retenue, demandeurs
from cabas.calculs.servis import Explications, Raison, lignes_de, servir_les_bons
from cabas.constats import Refus
from cabas.modele import Depot
from cabas.recu import Retour, Totaux

CAUSE = "partagé entre tous les groupements"
REMEDE = "Redemander ce fichier au réseau, et le ranger sans l’ouvrir dans un tableur."


def retour_de(totaux: Totaux, recap: Recap) -> Retour:
    """Ce que le réseau rend à un groupement, une fois le partage fait : une part par demande de ses totaux, dans le même ordre."""
    parts: dict[str, list[tuple[int, int]]] = {ref: [] for ref in totaux.produits}
    for ligne in sorted((une for une in recap.lignes if une.groupement == totaux.groupement), key=lambda une: (une.produit, une.cellule, une.bon)):
        parts[ligne.produit].append((int(ligne.cellule.rpartition("-")[2]), ligne.attribue))
    frais = sum(part.part for part in recap.frais if part.groupement == totaux.groupement)
    produits = {ref: tuple(siennes) for ref, siennes in parts.items()}
    return Retour(totaux.commande, totaux.groupement, totaux.sceau, totaux.offre, totaux.demandes, frais, produits)


def juger_retour(depot: Depot, siens: Totaux, retour: Retour) -> Refus | None:
    """Pourquoi ce retour ne va pas avec les bons que l'on a ; `None` s'il y répond. `siens` : les totaux que feraient ces bons."""
    if (retour.commande, retour.groupement) != (siens.commande, siens.groupement):
        fait = f"Ce retour est celui de {retour.groupement} pour la commande « {retour.commande} »."
        return Refus("retour-mal-range", fait, f"Ranger ici celui de {siens.groupement} pour {siens.commande}.")
    if retour.offre != siens.offre:
        fait = "Le réseau n’a pas partagé avec le même catalogue : un prix, un lot, une limite, un tarif ou la règle a changé depuis."
        return Refus("retour-autre-catalogue", fait, f"Mettre à jour le dépôt, renvoyer totaux-{siens.groupement}.json, demander un nouveau retour.")
    if retour.demandes != siens.demandes:
        fait = "Les bons ne demandent plus la même chose que les totaux auxquels le réseau a répondu."
        remede = f"Renvoyer totaux-{siens.groupement}.json au réseau et demander un nouveau retour ; ou remettre les bons comme ils étaient."
        return Refus("retour-autres-bons", fait, remede)
    for ref in sorted({*siens.produits, *retour.produits}):
        demandes, parts = siens.produits.get(ref, ()), retour.produits.get(ref, ())
        pas = depot.produits[ref].pas if ref in depot.produits else 1
        if [part[0] for part in parts] != [une.rang for une in demandes] or any(
            part > une.quantite + une.tolerance or part % pas for une, (_rang, part) in zip(demandes, parts, strict=True)
        ):
            return Refus("retour-illisible", f"« {ref} » : ces parts ne sont pas celles des demandes que l’on a envoyées.", REMEDE)
    return None


def avec_retour(depot: Depot, fusion: Fusion, recap: Recap, retour: Retour) -> Recap:
    """Le récap d'un groupement, servi comme le réseau l'a décidé. `retour` a été jugé, et n'a qu'un groupement.

    Ce qu'il y a à commander est ce qui est attribué : les lots, les limites et le cellier sont l'affaire du réseau.
    """
    parts: dict[tuple[int, int], int] = {}
    for ref, (retenues, places) in demandeurs(fusion.bons, [une.produit for une in recap.produits]).items():
        parts |= zip(places, _dans_l_ordre_des_lignes(fusion, retenues, retour.produits[ref]), strict=True)
    bons = servir_les_bons(fusion.bons, parts, frozenset())
    sommes: dict[str, list[int]] = {}
    for bon in bons:
        for servi in bon.servis:
            somme = sommes.setdefault(servi.produit, [0, 0])
            somme[0] += servi.attribue
            somme[1] += servi.montant
    return recap._replace(
        produits=tuple(_tel_qu_attribue(une, sommes[une.produit][0]) for une in recap.produits),
        groupements=tuple(une._replace(attribue=sommes[une.produit][0], montant=sommes[une.produit][1], du_cellier=0) for une in recap.groupements),
        bons=bons,
        explications=Explications(recap.explications.regle, {ref: Raison(depot.produits[ref].unite, CAUSE, "") for ref in sommes}, {}),
        manques=(),
        frais=partager_frais(retour.frais, fusion.commande.frais_selon, lignes_de(bons)),
        cellier=(),
    )


def _tel_qu_attribue(ligne: LigneProduit, attribue: int) -> LigneProduit:
    """À commander : ce qui est attribué, ni plus ni moins."""
    cout = montant_coutant(ligne.prix, attribue)
    return ligne._replace(a_commander=attribue, montant=cout, lots=None, reste=0, du_cellier=0, au_cellier=0, detail="")


def _dans_l_ordre_des_lignes(fusion: Fusion, retenues: Sequence[Retenue], rendues: Sequence[tuple[int, int]]) -> list[int]:
    parts = [0] * len(retenues)
    for (rang, _anonyme), (_numero, part) in zip(dans_l_ordre_des_totaux(fusion.commande, retenues), rendues, strict=True):
        parts[rang] = part
    return parts
