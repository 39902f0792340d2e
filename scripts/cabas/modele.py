"""Le domaine, en faits immuables. Les champs de chaque fiche sont ceux de son schéma (`schemas/<nom>.json`).

Unités : prix et consignes en euros exacts (`Decimal`), quantités en millièmes d'unité (`int`), montants en centimes
(`int`), instants avec fuseau. `source` dit de quel fichier, et de quelle ligne, vient chaque champ.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

from cabas.constats import VIDE, Source
from cabas.etats import EtatDesLots
from cabas.mission import Mission
from cabas.regles_de_partage import Cellier, Limite
from cabas.service import Service

_SANS_SOURCE = Source("")


class Lot(NamedTuple):
    """Le conditionnement de la productrice : 25 kg, « sac de 25 kg »."""

    quantite: int
    nom: str = ""


class Coupe(NamedTuple):
    """Ce qu'on attend d'un produit à la coupe : poids des pièces (millièmes de kg), part de pertes."""

    pieces: tuple[int, ...]
    pertes: Decimal = Decimal(0)


class Rubrique(NamedTuple):
    """Une rubrique du catalogue ; l'ordre est celui de `rubriques.yaml`."""

    code: str
    nom: str
    source: Source = _SANS_SOURCE


class Produit(NamedTuple):
    """Une fiche produit. `prix` est le prix coûtant TTC d'une unité, en euros."""

    ref: str
    nom: str
    producteur: str
    rubrique: str
    unite: str
    pas: int
    prix: Decimal
    prix_depuis: date
    tva: Decimal
    vente: str
    allergenes: tuple[str, ...]
    contenu: str = ""
    lot: Lot | None = None
    lot_complet: bool = False
    maximum: int | None = None
    seuil_suspect: int | None = None
    consigne: Decimal | None = None
    origine: str = ""
    labels: tuple[str, ...] = ()
    placement: str = "ambiant"
    saison: tuple[int, ...] = ()
    disponible: bool = True
    description: str = ""
    photo: str = ""
    coupe: Coupe | None = None
    lots: tuple[Lot, ...] = ()
    source: Source = _SANS_SOURCE


class Producteur(NamedTuple):
    """Une fiche producteur·rice : identité, réponses aux questions de l'annuaire, présentation (Markdown)."""

    slug: str
    nom: str
    commune: str
    valide_le: date
    labels: tuple[str, ...] = ()
    mode_production: str = ""
    surface: str = ""
    commercialisation: str = ""
    points_livraison: str = ""
    emplois: str = ""
    materiel_besoins: str = ""
    materiel_offres: str = ""
    echange_temps: str = ""
    visites: str = ""
    conditionnements: str = ""
    contenants: str = ""
    autres_contacts: str = ""
    periodes_recolte: str = ""
    periodes_rupture: str = ""
    livraison: str = ""
    minimum: Decimal | None = None
    delai_jours: int | None = None
    courriel: str = ""
    telephone: str = ""
    coordonnees: tuple[Decimal, ...] = ()
    photo: str = ""
    presentation: str = ""
    source: Source = _SANS_SOURCE


class Tarif(NamedTuple):
    """Un coefficient appliqué au prix coûtant."""

    code: str
    nom: str
    coefficient: Decimal


class Adhesion(NamedTuple):
    """Une adhésion proposée : son montant en euros, et le tarif qu'elle donne."""

    code: str
    nom: str
    montant: Decimal
    tarif: str


class Groupement(NamedTuple):
    """Un groupement du réseau. Le premier tarif est celui de qui n'en a pas."""

    slug: str
    nom: str
    commune: str
    tarifs: tuple[Tarif, ...]
    adhesions: tuple[Adhesion, ...]
    structure: str = ""
    coordonnees: tuple[Decimal, ...] = ()
    lieu: str = ""
    permanence: str = ""
    mot_cellule: str = "foyer"
    credit: bool = False
    plusieurs_bons: str = "dernier"
    reponse: str = ""
    service: Service | None = None
    equipes: tuple[str, ...] = ()
    langues: tuple[str, ...] = ()
    presentation: str = ""
    source: Source = _SANS_SOURCE


class Creneau(NamedTuple):
    """Une plage de la distribution, réservée ou non à une adhésion."""

    code: str
    debut: time
    fin: time
    adhesion: str = ""
    places: int | None = None


class Distribution(NamedTuple):
    """Quand et où l'on vient chercher."""

    debut: datetime
    fin: datetime
    lieu: str = ""


class Fenetre(NamedTuple):
    """Le calendrier d'une commande dans un groupement."""

    groupement: str
    ouverture: datetime
    cloture: datetime
    livraison: datetime | None = None
    distribution: Distribution | None = None
    creneaux: tuple[Creneau, ...] = ()
    source: Source = _SANS_SOURCE


class Selection(NamedTuple):
    """Quels produits entrent dans une commande : tous, une liste de refs, ou ceux de producteur·rices."""

    tous: bool = False
    refs: tuple[str, ...] = ()
    producteurs: tuple[str, ...] = ()


class Commande(NamedTuple):
    """Une commande collective : une sélection de produits, une fenêtre par groupement, une règle de répartition."""

    id: str
    titre: str
    produits: Selection
    fenetres: tuple[Fenetre, ...]
    sauf: tuple[str, ...] = ()
    limites: tuple[Limite, ...] = ()
    note: str = ""
    frais: Decimal | None = None
    repartition: str = "prorata"
    catalogue: str = ""
    frais_selon: str = "montant"
    cellier: Cellier | None = None
    source: Source = _SANS_SOURCE

    def fenetre(self, groupement: str) -> Fenetre | None:
        """La fenêtre d'un groupement, s'il en a une."""
        return next((fenetre for fenetre in self.fenetres if fenetre.groupement == groupement), None)


class Correspondance(NamedTuple):
    """Ce que veulent dire les colonnes des fichiers d'un formulaire. `colonnes` : intitulé vers information, ref ou `t-ref`.

    `encodage` : celui des fichiers qui ne disent pas le leur (`mac-roman` pour un vieux tableur de Mac).
    """

    fichier: str
    colonnes: Mapping[str, str] = VIDE
    ignorer: tuple[str, ...] = ()
    encodage: str = ""
    source: Source = _SANS_SOURCE


class Depot(NamedTuple):
    """Tout ce que dit le dépôt public. Un sac de données, sans comportement."""

    produits: Mapping[str, Produit] = VIDE
    producteurs: Mapping[str, Producteur] = VIDE
    rubriques: tuple[Rubrique, ...] = ()
    groupements: Mapping[str, Groupement] = VIDE
    commandes: Mapping[str, Commande] = VIDE
    correspondances: Mapping[str, tuple[Correspondance, ...]] = VIDE
    etats: Mapping[str, EtatDesLots] = VIDE
    missions: Mapping[str, Mission] = VIDE
    traductions: Mapping[str, Mapping[str, str]] = VIDE  # langue → produits/<ref>, rubriques/<code> → nom
