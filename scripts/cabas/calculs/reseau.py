"""Fusionner à plusieurs sans échanger de noms : des lignes anonymes, numérotées produit par produit.

Entre : les lignes retenues, avec leurs cellules. Sort : les mêmes sous un jeton (« anonyme-00003 »), ou un `Totaux` à donner
au réseau ; et l'inverse, des lignes anonymes à répartir. Le numéro garde l'ordre qui départage dans un groupement et rien
d'autre : il repart de zéro à chaque produit, le panier d'une personne ne se recompose donc pas. Règle : décision 15.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from cabas.calculs.conditionnements import lots_de
from cabas.calculs.fusion import Fusion
from cabas.calculs.offre import limites_des_groupements, maximum_par_bon, prix_unitaire, proposes, tarif_de, total_permis
from cabas.calculs.retenues import Retenue, bons_de
from cabas.constats import Refus
from cabas.modele import Commande, Depot
from cabas.recu import LigneTotal, Totaux
from cabas.temps import PARIS
from cabas.typographie import instant_long

FICHIER = "totaux.json"


def jeton(rang: int) -> str:
    """Le nom d'une cellule que l'on ne connaît pas. Les jetons se rangent comme leurs numéros."""
    return f"anonyme-{rang:05d}"


def anonymes(commande: Commande, retenues: Sequence[Retenue]) -> list[Retenue]:
    """Les lignes d'un seul produit sous leurs jetons, dans le même ordre. Rien n'y dit plus qui demande.

    Déjà anonymes, elles restent les mêmes : c'est ce qui fait que le réseau trouve le même partage avec ou sans les bons.
    """
    sorties: list[Retenue] = list(retenues)
    groupements: dict[str, list[int]] = {}
    for indice, retenue in enumerate(retenues):
        groupements.setdefault(retenue.groupement, []).append(indice)
    for groupement, indices in groupements.items():
        cles = [_cle(commande, retenues[indice]) for indice in indices]
        rangs = {cle: rang for rang, cle in enumerate(_jetons_tires(commande, groupement, retenues[indices[0]].produit, cles))}
        for indice, cle in zip(indices, cles, strict=True):
            nom = jeton(rangs[cle])
            fichier = f"{commande.id}/{groupement}/{FICHIER}"
            sorties[indice] = retenues[indice]._replace(cellule=nom, bon=nom, fichier=fichier, ligne=rangs[cle])
    return sorties


def dans_l_ordre_des_totaux(commande: Commande, retenues: Sequence[Retenue]) -> list[tuple[int, Retenue]]:
    """Les lignes d'un produit et d'un groupement, anonymes, dans l'ordre où ses totaux les donnent ; chacune avec son rang parmi `retenues`."""
    return sorted(enumerate(anonymes(commande, retenues)), key=lambda une: une[1].ligne)


def _cle(commande: Commande, retenue: Retenue) -> tuple[object, ...]:
    """Ce qui range une ligne dans son groupement, avec la règle de la commande : la cellule, ou l'arrivée du bon."""
    if commande.repartition != "premier-arrive":
        return (retenue.cellule,)
    if retenue.envoi is None:
        return (1, retenue.fichier, retenue.ligne, retenue.cellule)
    return (0, retenue.envoi.timestamp(), retenue.cellule, retenue.fichier, retenue.ligne)


def _jetons_tires(commande: Commande, groupement: str, ref: str, cles: Iterable[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Les clés, chacune à la place de son numéro. Au tirage, le premier sorti ici prend le jeton que le réseau sortira le premier."""
    ordre = sorted(set(cles))  # des uplets de même forme, ou que leur premier nombre départage
    if commande.repartition != "tirage":
        return ordre

    def billet(cellule: str) -> str:
        """Le même que celui de `repartition` ; un essai tient les deux égaux."""
        return hashlib.sha256(f"{commande.id}/{ref}/{groupement}/{cellule}".encode()).hexdigest()

    sortis = sorted(ordre, key=lambda cle: billet(str(cle[0])))
    places = sorted(range(len(ordre)), key=lambda rang: billet(jeton(rang)))
    return [cle for _place, cle in sorted(zip(places, sortis, strict=True))]


def totaux_de(depot: Depot, fusion: Fusion, groupement: str, revision: str = "", provisoire: str = "") -> Totaux:
    """Ce qu'un groupement dit au réseau : par produit, des quantités sans nom. L'heure n'y est que si la règle s'en sert.

    `provisoire` : ce que rend `avant_l_heure`.
    """
    commande = fusion.commande
    produits: dict[str, tuple[LigneTotal, ...]] = {}
    siennes = sorted((une for une in fusion.retenues if une.groupement == groupement), key=lambda une: une.produit)
    for ref, lignes in groupby(siennes, key=lambda une: une.produit):
        rangees = [une for _rang, une in dans_l_ordre_des_totaux(commande, list(lignes))]
        produits[ref] = tuple(
            LigneTotal(une.ligne, une.quantite, une.tolerance, une.tarif, _heure(une.envoi) if commande.repartition == "premier-arrive" else "")
            for une in rangees
        )
    cellules = len({une.cellule for une in siennes})
    fenetre = commande.fenetre(groupement)
    return Totaux(
        *(commande.id, groupement, commande.repartition, empreinte_de_l_offre(depot, commande, groupement), revision),
        *(cellules, fusion.comptes, produits, _heure(fenetre.cloture) if fenetre else "", provisoire),
    )


def avant_l_heure(commande: Commande, groupement: str, instant: datetime, provisoire: bool = False) -> str:
    """L'instant d'une fusion qui n'est pas la dernière d'un groupement (ISO, à la minute) ; vide quand plus aucun bon ne peut arriver."""
    fenetre = commande.fenetre(groupement)
    tot = provisoire or (fenetre is not None and instant <= fenetre.cloture)
    return instant.astimezone(PARIS).replace(second=0, microsecond=0).isoformat() if tot else ""


def _heure(envoi: datetime | None) -> str:
    return envoi.isoformat() if envoi else ""


def empreinte_de_l_offre(depot: Depot, commande: Commande, groupement: str) -> str:
    """L'empreinte de tout ce dont dépend le partage : règle, prix, pas, lots, limites, tarifs. Égale des deux côtés, ou rien."""
    produits = [
        (une.ref, une.unite, une.pas, str(une.prix), une.lot.quantite if une.lot and une.lot_complet else 0, maximum_par_bon(une, commande),
         total_permis(une, commande))
        for une in sorted(proposes(depot, commande), key=lambda une: une.ref)
    ]  # fmt: skip
    fiche = depot.groupements[groupement]
    tarifs = [(tarif.code, str(tarif.coefficient)) for tarif in fiche.tarifs]
    partage = [
        (une.ref, [lot.quantite for lot in lots_de(une)] if une.lots else [], limites_des_groupements(une, commande).get(groupement))
        for une in proposes(depot, commande)
        if une.lots or limites_des_groupements(une, commande)
    ]
    texte = json.dumps([commande.id, commande.repartition, groupement, fiche.plusieurs_bons, tarifs, produits, sorted(partage, key=str)])
    return hashlib.sha256(texte.encode()).hexdigest()


def juger_totaux(depot: Depot, commande: Commande, totaux: Totaux) -> Refus | None:
    """Pourquoi ces totaux ne peuvent pas entrer dans cette commande ; `None` s'ils le peuvent."""
    if totaux.commande != commande.id:
        fait = f"Ces totaux sont ceux de la commande « {totaux.commande} », pas de {commande.id}."
        return Refus("totaux-mal-ranges", fait, "Les ranger dans le dossier de leur commande.")
    if commande.fenetre(totaux.groupement) is None:
        fait = f"« {totaux.groupement} » ne participe pas à cette commande."
        return Refus("totaux-mal-ranges", fait, "Vérifier le dossier, et les fenêtres de la commande.")
    if totaux.offre != empreinte_de_l_offre(depot, commande, totaux.groupement):
        fait = "Ces totaux n’ont pas été faits avec le même catalogue : un prix, un lot, une limite, un tarif ou la règle de partage a changé."
        return Refus("totaux-autre-catalogue", fait, "Mettre à jour le dépôt des deux côtés, refusionner dans le groupement, redéposer ses totaux.")
    tarifs = {tarif.code for tarif in depot.groupements[totaux.groupement].tarifs}
    connus = {produit.ref: produit for produit in proposes(depot, commande)}
    for ref, lignes in totaux.produits.items():
        if ref not in connus or any(ligne.tarif not in tarifs or (ligne.quantite + ligne.tolerance) <= 0 for ligne in lignes):
            return Refus("totaux-illisibles", f"« {ref} » : ce produit, un de ses tarifs ou une quantité n’est pas de cette commande.", REMEDE)
    return None


def juger_le_moment(commande: Commande, totaux: Totaux, instant: datetime) -> Refus | None:
    """Pourquoi des totaux ne disent pas tout ce qu'un groupement a commandé ; `None` si rien ne l'indique.

    Ne s'applique pas à une fusion elle-même provisoire, ni avant la clôture : ce que l'on fait alors est à refaire.
    """
    fenetre = commande.fenetre(totaux.groupement)
    if fenetre is None or instant <= fenetre.cloture:
        return None
    if totaux.provisoire:
        fait = f"Ces totaux sont provisoires (au {instant_long(datetime.fromisoformat(totaux.provisoire))}) : des bons ont pu arriver depuis."
        return Refus("totaux-provisoires", fait, "Le groupement refusionne après sa clôture, sans --provisoire, et renvoie ses totaux.")
    if totaux.cloture and datetime.fromisoformat(totaux.cloture) < fenetre.cloture:
        avant, apres = instant_long(datetime.fromisoformat(totaux.cloture)), instant_long(fenetre.cloture)
        fait = f"Ces totaux s’arrêtent au {avant}, et ce groupement clôt le {apres} : les bons arrivés entre les deux n’y sont pas."
        return Refus("totaux-provisoires", fait, "Mettre à jour le dépôt des deux côtés, refusionner dans le groupement, redéposer ses totaux.")
    return None


REMEDE = "Demander au groupement de refaire sa fusion et de renvoyer le fichier."


def avec_totaux(depot: Depot, fusion: Fusion, totaux: Sequence[Totaux]) -> Fusion:
    """La fusion du réseau : les bons que l'on a, et les totaux des autres. Sa répartition ne connaît plus que des jetons."""
    bons = [*fusion.bons, *bons_de(retenue for un in totaux for retenue in retenues_de(depot, un))]
    bons.sort(key=itemgetter(0, 1, 2))
    comptes = {nom: valeur + sum(un.comptes.get(nom, 0) for un in totaux) for nom, valeur in fusion.comptes.items()}
    return Fusion(
        fusion.commande, fusion.jugees, tuple(bons), fusion.acceptes, comptes, fusion.decisions, fusion.ecarts, tuple(totaux)
    )  # fmt: skip


def retenues_de(depot: Depot, totaux: Totaux) -> list[Retenue]:
    """Les lignes d'un groupement dont on n'a que les totaux. Les prix sont ceux de notre catalogue : les siens n'y sont pas."""
    retenues = []
    fiche = depot.groupements[totaux.groupement]
    for ref, lignes in totaux.produits.items():
        for numero, ligne in enumerate(lignes):
            nom = jeton(ligne.rang)
            prix = prix_unitaire(depot.produits[ref], tarif_de(fiche, ligne.tarif))
            envoi = datetime.fromisoformat(ligne.envoye_le) if ligne.envoye_le else None
            fichier = f"{totaux.commande}/{totaux.groupement}/{FICHIER}"
            bon = f"{nom}/{numero:05d}"
            demande = (ref, ligne.quantite, ligne.tolerance, "", ligne.tarif)
            retenues.append(Retenue(totaux.groupement, nom, bon, *demande, prix, envoi, fichier, ligne.rang))
    return retenues


def nombre_de_cellules(fusion: Fusion) -> int:
    """Combien de cellules ont commandé, y compris celles dont on n'a que des totaux."""
    totaux = {un.groupement: un.cellules for un in fusion.totaux or ()}
    return len({(un.groupement, un.cellule) for un in fusion.bons if un.groupement not in totaux}) + sum(totaux.values())
