"""Ce qu'une commande propose, à quel prix, et où elle en est.

Entre : le dépôt, une commande, une fenêtre. Sort : des produits dans l'ordre du catalogue (rubrique, puis nom), des prix
en centimes, un état. Le bon papier, la page, le récap et l'inventaire suivent tous cet ordre.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum

from cabas.argent import arrondir, prix_du_tarif
from cabas.modele import Commande, Depot, Fenetre, Groupement, Produit, Rubrique, Tarif
from cabas.quantites import MILLE, SEUIL_SUSPECT, lire_contenu
from cabas.temps import PARIS


class Etat(StrEnum):
    """Où en est une fenêtre."""

    A_VENIR = "a-venir"
    OUVERTE = "ouverte"
    CLOSE = "close"
    DISTRIBUEE = "distribuee"


def etat(fenetre: Fenetre, maintenant: datetime) -> Etat:
    """L'état d'une fenêtre à un instant donné. À la seconde de la clôture, c'est encore ouvert."""
    if maintenant < fenetre.ouverture:
        return Etat.A_VENIR
    if maintenant <= fenetre.cloture:
        return Etat.OUVERTE
    if fenetre.distribution is None or maintenant <= fenetre.distribution.fin:
        return Etat.CLOSE
    return Etat.DISTRIBUEE


def ordonner(depot: Depot, produits: Iterable[Produit]) -> list[Produit]:
    """Les produits dans l'ordre du catalogue : rubrique, puis nom, puis ref."""
    rangs = {rubrique.code: rang for rang, rubrique in enumerate(depot.rubriques)}
    return sorted(produits, key=lambda produit: (rangs.get(produit.rubrique, len(rangs)), produit.nom.casefold(), produit.ref))


def choisis(depot: Depot, commande: Commande) -> list[Produit]:
    """Les produits que désigne une commande (avant de regarder saison et disponibilité), dans l'ordre du catalogue."""
    selection = commande.produits
    sauf = set(commande.sauf)
    return ordonner(
        depot,
        (
            produit
            for produit in depot.produits.values()
            if produit.ref not in sauf and (selection.tous or produit.ref in selection.refs or produit.producteur in selection.producteurs)
        ),
    )


def proposes(depot: Depot, commande: Commande) -> list[Produit]:
    """Les produits que l'on peut commander : désignés, disponibles, et en saison au mois de la livraison.

    « En saison » : il suffit d'une fenêtre dont le mois de livraison convient.
    """
    mois = mois_de_livraison(commande)
    return [produit for produit in choisis(depot, commande) if produit.disponible and en_saison(produit, mois)]


def mois_de_livraison(commande: Commande) -> frozenset[int]:
    """Les mois où la commande est livrée (à défaut de livraison, distribuée ; à défaut, close)."""
    return frozenset(jour_de_livraison(fenetre).month for fenetre in commande.fenetres)


def jour_de_livraison(fenetre: Fenetre) -> date:
    """Le jour, à Paris, où la marchandise arrive."""
    instant = fenetre.livraison or (fenetre.distribution.debut if fenetre.distribution else fenetre.cloture)
    return instant.astimezone(PARIS).date()


def en_saison(produit: Produit, mois: Iterable[int]) -> bool:
    """Vrai si le produit existe à l'un de ces mois. Sans saison, il existe toute l'année."""
    return not produit.saison or any(numero in produit.saison for numero in mois)


def par_rubrique(depot: Depot, produits: Iterable[Produit]) -> Iterator[tuple[Rubrique, list[Produit]]]:
    """Les produits groupés par rubrique, dans l'ordre d'affichage ; les rubriques vides sont passées."""
    rangees: dict[str, list[Produit]] = {}
    for produit in ordonner(depot, produits):
        rangees.setdefault(produit.rubrique, []).append(produit)
    for rubrique in depot.rubriques:
        if rubrique.code in rangees:
            yield rubrique, rangees[rubrique.code]


def tarif_de(groupement: Groupement, code: str) -> Tarif:
    """Le tarif d'un groupement par son code ; à défaut, le premier (contrats.md §4)."""
    return next((tarif for tarif in groupement.tarifs if tarif.code == code), groupement.tarifs[0])


def prix_unitaire(produit: Produit, tarif: Tarif) -> int:
    """Ce que paie une personne pour une unité, en centimes."""
    return prix_du_tarif(produit.prix, tarif.coefficient)


def prix_de_mesure(produit: Produit, tarif: Tarif) -> tuple[int, str] | None:
    """Le prix au kilo ou au litre d'une pièce, calculé : (centimes, "kg" ou "L"). `None` si la pièce ne se mesure pas.

    Pour un produit déjà vendu au kilo ou au litre, c'est son prix unitaire.
    """
    if produit.unite != "piece":
        return prix_unitaire(produit, tarif), produit.unite
    contenu = lire_contenu(produit.contenu)
    if contenu is None or contenu[0] == "piece":
        return None
    famille, milliemes = contenu
    return arrondir(prix_unitaire(produit, tarif) * MILLE, milliemes), famille


def maximum_par_bon(produit: Produit, commande: Commande) -> int | None:
    """Le maximum d'un produit dans un bon : le plus petit de la fiche et de la commande (millièmes)."""
    limites = [limite.maximum for limite in commande.limites if limite.produit == produit.ref and limite.maximum is not None]
    if produit.maximum is not None:
        limites.append(produit.maximum)
    return min(limites, default=None)


def seuil_suspect(produit: Produit) -> int | None:
    """À partir de combien (millièmes) une quantité est suspecte : le seuil de la fiche ; à défaut, 100 kg (contrats.md §4). `None` : jamais."""
    if produit.seuil_suspect is not None:
        return produit.seuil_suspect
    return SEUIL_SUSPECT if produit.unite == "kg" else None


def total_permis(produit: Produit, commande: Commande) -> int | None:
    """Ce que le réseau peut commander à la productrice au plus, s'il y a une limite (millièmes)."""
    return next((limite.total for limite in commande.limites if limite.produit == produit.ref), None)


def limites_des_groupements(produit: Produit, commande: Commande) -> dict[str, int]:
    """Ce que chaque groupement limité peut avoir du produit, toutes ses cellules ensemble (millièmes)."""
    trouvee = next((limite for limite in commande.limites if limite.produit == produit.ref), None)
    return {une.groupement: une.total for une in trouvee.groupements} if trouvee else {}


def fenetres(depot: Depot, groupement: str = "") -> list[tuple[Commande, Fenetre]]:
    """Toutes les fenêtres (d'un groupement, ou de tous), par date d'ouverture puis identifiant."""
    return sorted(
        ((commande, fenetre) for commande in depot.commandes.values() for fenetre in commande.fenetres if groupement in ("", fenetre.groupement)),
        key=lambda paire: (paire[1].ouverture, paire[0].id, paire[1].groupement),
    )
