"""Le prix écrit dans l'intitulé d'une colonne (« Tomate ronde - 3,50€ / kg »), comparé à celui du catalogue.

Le récap se calcule toujours au prix du catalogue : une différence se signale (`prix-different`) et ne bloque rien. C'est
souvent un formulaire recopié du mois d'avant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from cabas.argent import arrondir_decimal, centimes, prix_du_tarif
from cabas.constats import Constat, Emplacement, avertissement
from cabas.lecture.colonnes import PRIX_ECRIT, Catalogue, Colonne
from cabas.modele import Produit, Tarif
from cabas.motifs import motif
from cabas.quantites import UNITES, normaliser_chiffres
from cabas.typographie import enumerer, euros, simplifier

_PRIX = motif(PRIX_ECRIT)
_AU_POIDS = {"kg": "kg", "kilo": "kg", "kilos": "kg", "l": "L", "litre": "L", "litres": "L"}
_MESURES = frozenset({"g", "gr", "gramme", "grammes", "cl", "ml", "dl"})


class PrixLu(NamedTuple):
    """Un prix écrit : des euros exacts, pour `nombre` unités ; `unite` est vide si l'intitulé ne la dit pas."""

    montant: Decimal
    nombre: int = 1
    unite: str = ""


def lire_prix(intitule: str) -> list[PrixLu]:
    """Les prix écrits dans un intitulé.

    >>> lire_prix("Tomate ronde - 3,50€ / kg")
    [PrixLu(montant=Decimal('3.50'), nombre=1, unite='kg')]
    >>> lire_prix("Œufs, 1€71 les 6")
    [PrixLu(montant=Decimal('1.71'), nombre=6, unite='')]
    """
    lus: list[PrixLu] = []
    for trouve in _PRIX.finditer(simplifier(normaliser_chiffres(intitule))):
        montant = Decimal(f"{trouve['euros'].replace(',', '.')}{'.' + trouve['cents'] if trouve['cents'] else ''}")
        lus.append(PrixLu(montant, int(trouve["nombre"] or 1), trouve["unite"] or ""))
    return lus


def prix_differents(colonnes: Iterable[Colonne], catalogue: Catalogue, lieu: Emplacement) -> list[Constat]:
    """Une fois par colonne de produit, les prix lus dont aucun n'est celui du catalogue, tarifs du groupement compris.

    Code : `prix-different`. Un prix donné dans une autre unité que celle du produit ne se compare pas.
    """
    constats: list[Constat] = []
    for colonne in colonnes if catalogue.tarifs else ():  # sans les tarifs du groupement, on ne sait pas quel prix il annonce
        if not colonne.ref or colonne.role != "quantite" or ("€" not in colonne.intitule and "eur" not in colonne.intitule.casefold()):
            continue
        produit = catalogue.produits[colonne.ref]
        lus = [lu for lu in lire_prix(colonne.intitule) if lu.nombre and _meme_unite(lu.unite, produit)]
        if lus and not any(_est_au_catalogue(lu, produit, catalogue.tarifs) for lu in lus):
            constats.append(_dire(colonne, lus[0], produit, catalogue.tarifs, lieu))
    return constats


def _meme_unite(unite: str, produit: Produit) -> bool:
    if not unite:
        return True
    return unite not in _MESURES and _AU_POIDS.get(unite, "piece") == produit.unite


def _est_au_catalogue(lu: PrixLu, produit: Produit, tarifs: Sequence[Tarif]) -> bool:
    """Le prix exact, ou celui d'un tarif, au centime ; pour plusieurs unités, au centime du total ou de l'unité."""
    if lu.montant == produit.prix * lu.nombre:
        return True
    vu = centimes(lu.montant)
    coefficients = [Decimal(1), *(tarif.coefficient for tarif in tarifs)]
    return any(
        vu in (lu.nombre * prix_du_tarif(produit.prix, coefficient), arrondir_decimal(produit.prix * coefficient * lu.nombre * 100))
        for coefficient in coefficients
    )


def _dire(colonne: Colonne, lu: PrixLu, produit: Produit, tarifs: Sequence[Tarif], lieu: Emplacement) -> Constat:
    coefficients = [tarif.coefficient for tarif in tarifs] or [Decimal(1)]
    attendus = list(dict.fromkeys(euros(prix_du_tarif(produit.prix, coefficient)) for coefficient in coefficients))
    pour = f" les {lu.nombre}" if lu.nombre > 1 else ""
    fait = (
        f"L’intitulé « {colonne.intitule} » annonce {euros(centimes(lu.montant))}{pour} ; "
        f"le catalogue dit {enumerer(attendus, 'ou')} par {UNITES[produit.unite]}."
    )
    remede = "Le récap compte au prix du catalogue. Corriger le formulaire, ou la fiche, et prévenir les personnes si le prix annoncé était plus bas."
    return avertissement("prix-different", lieu, fait, remede)
