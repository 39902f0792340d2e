"""La commande à chaque producteur·rice : quoi, combien, à quel prix, pour quel groupement.

Entre : le dépôt, une commande, son récap. Sort : une `CommandeProducteur` par personne chez qui il y a quelque chose à
commander. La somme des totaux est celle du récap. Aucun nom de cellule n'y entre : ce document part chez quelqu'un d'autre.
Quantités en millièmes, montants en centimes, prix coûtants en euros exacts.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from cabas.argent import centimes
from cabas.calculs.affichage import nom_du_lot
from cabas.calculs.conditionnements import compter, lots_de
from cabas.calculs.mots_de_commande import d_une_ligne, libelle
from cabas.calculs.offre import ordonner
from cabas.calculs.recap import LigneProduit, Recap
from cabas.modele import Commande, Depot, Producteur, Produit
from cabas.temps import PARIS, dans_jours
from cabas.typographie import enumerer

NOMMES = 3
"""Au-delà, les noms des groupements ne se disent plus d'un souffle : leur liste est celle des livraisons."""


class LigneCommande(NamedTuple):
    """Un produit à commander. `lots` : `None` quand la quantité n'est pas un nombre entier de lots.

    `reste` : ce qui n'est attribué à personne. `partage` : vrai si un lot est à ouvrir entre plusieurs groupements.
    `detail` : les lots en mots, quand le produit en a plusieurs. `au_cellier` : ce que garde le stock commun.
    """

    produit: str
    nom: str
    libelle: str
    lots: int | None
    lot: str
    quantite: int
    unite: str
    prix: Decimal
    montant: int
    reste: int
    consigne: bool
    partage: bool
    detail: str = ""
    au_cellier: int = 0


class Part(NamedTuple):
    """Ce qui va sur une palette : un produit et sa quantité."""

    libelle: str
    quantite: int
    unite: str


class Destination(NamedTuple):
    """Un groupement à servir, où lui répondre, le jour où il attend sa part (`None` : date à convenir), et cette part."""

    groupement: str
    nom: str
    commune: str
    contact: str
    livraison: datetime | None
    parts: tuple[Part, ...]


class CommandeProducteur(NamedTuple):
    """Ce que le réseau commande à une personne. `de` : qui commande."""

    producteur: Producteur
    commande: Commande
    lignes: tuple[LigneCommande, ...]
    destinations: tuple[Destination, ...]
    de: str

    @property
    def contacts(self) -> tuple[str, ...]:
        """Les adresses où répondre, sans redite."""
        return tuple(dict.fromkeys(une.contact for une in self.destinations if une.contact))

    @property
    def total(self) -> int:
        """Ce que coûtera cette commande, en centimes."""
        return sum(ligne.montant for ligne in self.lignes)

    @property
    def restes(self) -> tuple[Part, ...]:
        """Ce qui est commandé et attribué à personne."""
        return tuple(Part(ligne.libelle, ligne.reste, ligne.unite) for ligne in self.lignes if ligne.reste > 0)

    @property
    def pour_le_cellier(self) -> tuple[Part, ...]:
        """Ce que le stock commun garde, pour avoir complété un lot."""
        return tuple(Part(ligne.libelle, ligne.au_cellier, ligne.unite) for ligne in self.lignes if ligne.au_cellier)

    @property
    def manque_minimum(self) -> int:
        """Ce qui manque pour atteindre le minimum, en centimes ; 0 s'il est atteint, ou s'il n'y en a pas."""
        return max(0, centimes(self.producteur.minimum or Decimal(0)) - self.total)

    @property
    def a_chercher(self) -> bool:
        """Vrai s'il faut aller chercher la marchandise."""
        return self.producteur.livraison == "a_chercher"

    @property
    def arretee_le(self) -> datetime:
        """La dernière clôture : l'heure, toujours la même, dont sont datés les documents."""
        return max(fenetre.cloture for fenetre in self.commande.fenetres)

    @property
    def a_passer_le(self) -> date | None:
        """Le dernier jour pour commander, délai compris. `None` si le délai ou la livraison ne sont pas connus."""
        jours = [destination.livraison.astimezone(PARIS).date() for destination in self.destinations if destination.livraison]
        if not jours or self.producteur.delai_jours is None:
            return None
        return dans_jours(min(jours), -self.producteur.delai_jours)


def commandes_producteurs(depot: Depot, commande: Commande, recap: Recap) -> list[CommandeProducteur]:
    """Une commande par producteur·rice, dans l'ordre des identifiants. Qui n'a rien à livrer n'en a pas."""
    lignes = {ligne.produit: ligne for ligne in recap.produits if ligne.a_commander}
    par_producteur: dict[str, list[Produit]] = {}
    for produit in ordonner(depot, (depot.produits[ref] for ref in lignes)):
        par_producteur.setdefault(produit.producteur, []).append(produit)
    attribues: dict[str, dict[str, int]] = {}
    for part in recap.groupements:
        if livre := part.attribue - part.du_cellier:
            attribues.setdefault(part.produit, {})[part.groupement] = livre
    return [_commande(depot, commande, slug, par_producteur[slug], lignes, attribues) for slug in sorted(par_producteur)]


def _commande(
    depot: Depot, commande: Commande, slug: str, produits: list[Produit], recap: dict[str, LigneProduit], attribues: dict[str, dict[str, int]]
) -> CommandeProducteur:
    parts: dict[str, list[Part]] = {}
    for produit in produits:
        for groupement, attribue in attribues.get(produit.ref, {}).items():
            parts.setdefault(groupement, []).append(Part(libelle(produit), attribue, produit.unite))
    destinations = sorted(
        (_destination(depot, commande, groupement, tuple(parts[groupement])) for groupement in parts),
        key=lambda une: (une.livraison is None, une.livraison or commande.fenetres[0].cloture, une.nom, une.groupement),
    )
    lignes = tuple(_ligne(produit, recap[produit.ref], attribues.get(produit.ref, {})) for produit in produits)
    return CommandeProducteur(depot.producteurs[slug], commande, lignes, tuple(destinations), _de(depot, destinations))


def _ligne(produit: Produit, ligne: LigneProduit, attribues: dict[str, int]) -> LigneCommande:
    tailles = [lot.quantite for lot in lots_de(produit)]
    compte = compter(tailles, ligne.a_commander)
    lot = "" if compte is None else ligne.detail or d_une_ligne(nom_du_lot(produit, lots_de(produit)[-1]))
    return LigneCommande(
        produit.ref,
        d_une_ligne(produit.nom),
        libelle(produit),
        None if compte is None else sum(compte),
        lot,
        ligne.a_commander,
        produit.unite,
        produit.prix,
        ligne.montant,
        ligne.sans_preneur,
        produit.consigne is not None,
        compte is not None and any(attribue % tailles[-1] for attribue in attribues.values()),
        ligne.detail,
        ligne.au_cellier,
    )


def _destination(depot: Depot, commande: Commande, slug: str, parts: tuple[Part, ...]) -> Destination:
    groupement, fenetre = depot.groupements.get(slug), commande.fenetre(slug)
    livraison = fenetre.livraison if fenetre else None
    if groupement is None:
        return Destination(slug, slug, "", "", livraison, parts)
    contact = d_une_ligne(groupement.reponse) if "@" in groupement.reponse else ""
    return Destination(slug, d_une_ligne(groupement.nom), d_une_ligne(groupement.commune), contact, livraison, parts)


def _de(depot: Depot, destinations: list[Destination]) -> str:
    """Qui commande : la structure commune à tous les groupements servis ; à défaut leurs noms, ou leur nombre s'ils sont beaucoup."""
    structures = {depot.groupements[une.groupement].structure for une in destinations if une.groupement in depot.groupements}
    if len(structures) == 1 and (structure := structures.pop()):
        return d_une_ligne(structure)
    if len(destinations) > NOMMES:
        return f"{len(destinations)} groupements d’achat qui commandent ensemble"
    noms = enumerer([une.nom for une in destinations])
    return f"les groupements {noms}" if len(destinations) > 1 else f"le groupement {noms}"
