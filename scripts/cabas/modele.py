"""Le domaine, en faits immuables. Les champs de chaque fiche sont ceux de son schéma (`schemas/<nom>.json`).

Unités : prix et consignes en euros exacts (`Decimal`), quantités en millièmes d'unité (`int`), montants en centimes
(`int`), instants avec fuseau. `source` dit de quel fichier, et de quelle ligne, vient chaque champ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from cabas.constats import Source
from cabas.etats import EtatDesLots
from cabas.mission import Mission
from cabas.regles_de_partage import Cellier, Limite
from cabas.service import Service

_SANS_SOURCE = Source("")


@dataclass(frozen=True, slots=True)
class Lot:
    """Le conditionnement de la productrice : 25 kg, « sac de 25 kg »."""

    quantite: int
    nom: str = ""


@dataclass(frozen=True, slots=True)
class Coupe:
    """Ce qu'on attend d'un produit à la coupe : poids des pièces (millièmes de kg), part de pertes."""

    pieces: tuple[int, ...]
    pertes: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Rubrique:
    """Une rubrique du catalogue ; l'ordre est celui de `rubriques.yaml`."""

    code: str
    nom: str
    source: Source = field(default=_SANS_SOURCE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Produit:
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
    source: Source = field(default=_SANS_SOURCE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Producteur:
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
    source: Source = field(default=_SANS_SOURCE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Tarif:
    """Un coefficient appliqué au prix coûtant."""

    code: str
    nom: str
    coefficient: Decimal


@dataclass(frozen=True, slots=True)
class Adhesion:
    """Une adhésion proposée : son montant en euros, et le tarif qu'elle donne."""

    code: str
    nom: str
    montant: Decimal
    tarif: str


@dataclass(frozen=True, slots=True)
class Groupement:
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
    source: Source = field(default=_SANS_SOURCE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Creneau:
    """Une plage de la distribution, réservée ou non à une adhésion."""

    code: str
    debut: time
    fin: time
    adhesion: str = ""
    places: int | None = None


@dataclass(frozen=True, slots=True)
class Distribution:
    """Quand et où l'on vient chercher."""

    debut: datetime
    fin: datetime
    lieu: str = ""


@dataclass(frozen=True, slots=True)
class Fenetre:
    """Le calendrier d'une commande dans un groupement."""

    groupement: str
    ouverture: datetime
    cloture: datetime
    livraison: datetime | None = None
    distribution: Distribution | None = None
    creneaux: tuple[Creneau, ...] = ()
    source: Source = field(default=_SANS_SOURCE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Selection:
    """Quels produits entrent dans une commande : tous, une liste de refs, ou ceux de producteur·rices."""

    tous: bool = False
    refs: tuple[str, ...] = ()
    producteurs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Commande:
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
    source: Source = field(default=_SANS_SOURCE, compare=False, repr=False)

    def fenetre(self, groupement: str) -> Fenetre | None:
        """La fenêtre d'un groupement, s'il en a une."""
        return next((fenetre for fenetre in self.fenetres if fenetre.groupement == groupement), None)


@dataclass(frozen=True, slots=True)
class Correspondance:
    """Ce que veulent dire les colonnes des fichiers d'un formulaire. `colonnes` : intitulé vers information, ref ou `t-ref`.

    `encodage` : celui des fichiers qui ne disent pas le leur (`mac-roman` pour un vieux tableur de Mac).
    """

    fichier: str
    colonnes: Mapping[str, str] = field(default_factory=dict)
    ignorer: tuple[str, ...] = ()
    encodage: str = ""
    source: Source = field(default=_SANS_SOURCE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Depot:
    """Tout ce que dit le dépôt public. Un sac de données, sans comportement."""

    produits: Mapping[str, Produit] = field(default_factory=dict)
    producteurs: Mapping[str, Producteur] = field(default_factory=dict)
    rubriques: tuple[Rubrique, ...] = ()
    groupements: Mapping[str, Groupement] = field(default_factory=dict)
    commandes: Mapping[str, Commande] = field(default_factory=dict)
    correspondances: Mapping[str, tuple[Correspondance, ...]] = field(default_factory=dict)
    etats: Mapping[str, EtatDesLots] = field(default_factory=dict)
    missions: Mapping[str, Mission] = field(default_factory=dict)
    traductions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # langue → produits/<ref>, rubriques/<code> → nom
