"""Ce qui arrive dans le dossier privé, tel que lu : une quantité, une ligne ; une personne, une ligne.

Rien de ceci ne sort du dossier privé. Colonnes : contrats.md §3 et §4.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from cabas.constats import VIDE, Refus, Source

COLLE = "bon collé"
"""La « colonne » d'une quantité lue dans le corps d'un mail : elle n'a pas d'intitulé, mais son bon a un code à vérifier."""


nouvelle = tuple.__new__
"""`nouvelle(LigneLue, (…))` : un uplet nommé sans relire ses noms, deux fois plus vite. Pour ce que l'on fait cent mille fois."""


class Adherent(NamedTuple):
    """Une ligne d'`adherents.csv` : dossier privé, jamais publiée."""

    cellule: str
    nom: str = ""
    telephone: str = ""
    courriel: str = ""
    adhesion: str = ""
    adhesion_jusqu_au: str = ""


class Decision(NamedTuple):
    """Une décision de la personne référente, lue dans `prive/<commande>/decisions.yaml`. Ce qui ne la concerne pas est vide.

    `lu` : ce qui était écrit quand on a décidé ; `quantite`, ou `tolerance` si c'est elle que l'on corrige : ce qu'il faut lire à la
    place, dans l'unité du produit.
    """

    action: str
    bon: str = ""
    groupement: str = ""
    cellule: str = ""
    aussi: str = ""
    fichier: str = ""
    ligne: int = 0
    colonne: str = ""
    produit: str = ""
    lu: str = ""
    quantite: str = ""
    tolerance: str = ""
    qui: str = ""
    pourquoi: str = ""
    source: Source = Source("")


class Stock(NamedTuple):
    """Ce que le cellier a en réserve d'un produit : millièmes d'unité, et ce qu'il a payé une unité (`None` : prix coûtant)."""

    produit: str
    quantite: int
    prix: Decimal | None = None


class Remarque(NamedTuple):
    """Une remarque laissée avec un bon : de qui (tel qu'écrit), dans quel fichier, à quelle ligne. Dossier privé, jamais publiée."""

    groupement: str
    fichier: str
    ligne: int
    cellule: str
    texte: str


class LigneLue(NamedTuple):
    """Une quantité telle que reçue, avec de quoi la retrouver.

    `fichier` est relatif au dossier privé ; `bon` est vide si le fichier n'en nomme pas ; `origine` est alors le nom sous
    lequel ce fichier compte (celui de son jumeau, s'il en est la copie). `unite` : celle que l'intitulé impose (« (g) »).
    `refus` : ce que la lecture seule suffit à rejeter. `de_la_page` : le fichier est celui que télécharge notre page, son code se
    vérifie. `decision` : la correction qui vaut pour cette quantité ; `decision_tolerance` : celle qui vaut pour sa tolérance.
    `aussi` : ce que disent les colonnes qui ont seulement l'air d'un nom ; il distingue des personnes, et n'en nomme aucune.
    """

    groupement: str
    fichier: str
    ligne: int
    colonne: str
    bon: str
    cellule: str
    produit: str
    lu: str
    tolerance: str = ""
    commande_lue: str = ""
    groupement_lu: str = ""
    envoye_le: str = ""
    creneau: str = ""
    tarif: str = ""
    nom: str = ""
    brouillon: bool = False
    refus: Refus | None = None
    origine: str = ""
    unite: str = ""
    de_la_page: bool = False
    decision: Decision | None = None
    decision_tolerance: Decision | None = None
    aussi: str = ""

    @property
    def nom_entier(self) -> str:
        """Tout ce que le bon dit du nom de la personne."""
        return f"{self.nom} {self.aussi}".strip()


class Ecrit:
    """Un produit et ce qu'on en demande, tels qu'écrits. Mille bons qui demandent « 2,5 » de la même farine partagent le même objet."""

    __slots__ = ("lu", "produit", "tolerance")

    def __init__(self, produit: str, lu: str, tolerance: str) -> None:
        self.produit, self.lu, self.tolerance = produit, lu, tolerance

    def __reduce__(self) -> tuple[Any, tuple[str, str, str]]:
        """Venu d'un autre programme, il redevient celui que l'on a déjà."""
        return ecrit, (self.produit, self.lu, self.tolerance)


@cache
def ecrit(produit: str, lu: str, tolerance: str) -> Ecrit:
    """Le seul `Ecrit` de ces trois textes."""
    return Ecrit(produit, lu, tolerance)


class BonLu(NamedTuple):
    """Des lignes qui se suivent dans un fichier, que rien ne distingue sinon le numéro, le produit et les quantités.

    `modele` : ce qu'elles ont en commun ; `numeros` et `ecrits` vont ensemble, un par ligne.
    """

    modele: LigneLue
    numeros: Sequence[int]
    ecrits: Sequence[Ecrit]

    @property
    def groupement(self) -> str:
        """Celui du dossier où le fichier est rangé."""
        return self.modele.groupement

    def lignes(self) -> Iterator[LigneLue]:
        """Les mêmes, une par une."""
        groupement, fichier, _ligne, colonne, bon, cellule, _produit, _lu, _tolerance, *suite = self.modele
        for numero, un in zip(self.numeros, self.ecrits, strict=True):
            yield nouvelle(LigneLue, (groupement, fichier, numero, colonne, bon, cellule, un.produit, un.lu, un.tolerance, *suite))


Recue = LigneLue | BonLu
"""Ce que donne la lecture d'un fichier : des lignes une par une, ou un bon d'un seul tenant quand rien n'y est à redire."""


def deplier(recues: Iterable[Recue]) -> Iterator[LigneLue]:
    """Toutes les lignes, une par une, dans le même ordre."""
    for recue in recues:
        if isinstance(recue, BonLu):
            yield from recue.lignes()
        else:
            yield recue


class LigneTotal(NamedTuple):
    """Une demande sans nom : son numéro dans le produit, ses millièmes demandés et acceptés en plus, le tarif, l'heure s'il la faut."""

    rang: int
    quantite: int
    tolerance: int
    tarif: str
    envoye_le: str = ""


class Totaux(NamedTuple):
    """Ce qu'un groupement dit au réseau quand il fusionne chez lui : ni nom, ni code de cellule, ni bon. Voir la décision 15.

    `offre` : l'empreinte du catalogue employé ; `comptes` : lues, retenues, remplacées, rejetées, brouillons. `cloture` : celle de son
    dossier ; `provisoire` : quand on a fusionné, si c'était avant elle ou avec `--provisoire`. Instants ISO, avec fuseau.
    """

    commande: str
    groupement: str
    regle: str
    offre: str
    revision: str = ""
    cellules: int = 0
    comptes: Mapping[str, int] = VIDE
    produits: Mapping[str, tuple[LigneTotal, ...]] = VIDE
    cloture: str = ""
    provisoire: str = ""

    @property
    def contenu(self) -> dict[str, Any]:
        """Tout ce que dit le fichier, sauf son sceau. Ce qui est vide n'y est pas : un fichier d'avant se lit encore."""
        return {
            "format": "cabas-totaux-1",
            **{nom: getattr(self, nom) for nom in ("commande", "groupement", "regle", "offre", "revision", "cellules")},
            **{nom: valeur for nom, valeur in (("cloture", self.cloture), ("provisoire", self.provisoire)) if valeur},
            "comptes": dict(self.comptes),
            "produits": {ref: [list(ligne) for ligne in lignes] for ref, lignes in self.produits.items()},
        }

    @property
    def sceau(self) -> str:
        """L'empreinte du contenu : un fichier abîmé ou retouché à la main se voit. Ce n'est pas une signature."""
        return _empreinte(self.contenu)

    @property
    def demandes(self) -> str:
        """L'empreinte de ce qui est demandé, et de rien d'autre : ni la révision de git, ni les comptes n'y changent quelque chose."""
        return _empreinte({ref: [list(ligne) for ligne in lignes] for ref, lignes in self.produits.items()})


class Retour(NamedTuple):
    """Ce que le réseau rend à un groupement : par produit, des `(numéro, attribué)` en millièmes, dans l'ordre de ses totaux.

    `totaux`, `offre`, `demandes` : les empreintes des totaux reçus. `frais` : sa part en bloc, en centimes.
    """

    commande: str
    groupement: str
    totaux: str
    offre: str
    demandes: str
    frais: int = 0
    produits: Mapping[str, tuple[tuple[int, int], ...]] = VIDE

    @property
    def contenu(self) -> dict[str, Any]:
        """Tout ce que dit le fichier, sauf son sceau."""
        return {
            "format": "cabas-attribue-1",
            **{nom: getattr(self, nom) for nom in ("commande", "groupement", "totaux", "offre", "demandes", "frais")},
            "produits": {ref: [list(part) for part in parts] for ref, parts in self.produits.items()},
        }

    @property
    def sceau(self) -> str:
        """L'empreinte du contenu, comme pour les totaux."""
        return _empreinte(self.contenu)


def _empreinte(contenu: object) -> str:
    return hashlib.sha256(json.dumps(contenu, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
