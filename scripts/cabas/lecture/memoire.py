"""Se souvenir d'un dépôt lu sans faute : tant que rien n'a changé, ni les fiches ni cabas, on ne relit pas cent trente YAML.

Entre et sort : un `Depot`, et les octets d'un fichier de `.build`. Du JSON, jamais `pickle` : ce fichier ne peut rien exécuter, et
n'a le droit de fabriquer que les classes nommées ici. Sa première ligne scelle le reste : abîmé ou périmé, il ne sert pas.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from cabas.constats import Source
from cabas.etats import EtatDeLot, EtatDesLots
from cabas.mission import Mission
from cabas.modele import (
    Adhesion,
    Commande,
    Correspondance,
    Coupe,
    Creneau,
    Depot,
    Distribution,
    Fenetre,
    Groupement,
    Lot,
    Producteur,
    Produit,
    Rubrique,
    Selection,
    Tarif,
)
from cabas.regles_de_partage import Cellier, Limite, LimiteGroupement
from cabas.service import ChampReserve, Service
from cabas.temps import PARIS

TAILLE = 64_000_000
_PAQUET = Path(__file__).parents[1]
_CLASSES = (
    *(Adhesion, Cellier, ChampReserve, Commande, Correspondance, Coupe, Creneau, Depot, Distribution, EtatDeLot, EtatDesLots),
    *(Fenetre, Groupement, Limite, LimiteGroupement, Lot, Mission, Producteur, Produit, Rubrique, Selection, Service, Source, Tarif),
)
_FABRIQUES: Mapping[str, Callable[..., Any]] = {
    "": lambda *elements: elements,
    "Decimal": Decimal,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "datetime": lambda texte: datetime.fromisoformat(texte).replace(tzinfo=PARIS),
    **{classe.__name__: classe for classe in _CLASSES},
}
"""Ce qu'une liste JSON peut être, d'après son premier élément ; les suivants sont les arguments. Sans nom : un tuple."""


def retenir(depot: Depot, empreinte: str) -> bytes:
    """Les octets à garder. `empreinte` : celle du relevé des fiches."""
    corps = json.dumps(_coder(depot), ensure_ascii=False, separators=(",", ":")).encode()
    return b"\n".join((_sceau(empreinte, corps), corps))


def rappeler(octets: bytes, empreinte: str) -> Depot | None:
    """Le dépôt que l'on avait retenu, ou `None` si ces octets ne sont pas ceux qu'on a écrits pour ces fiches et ce cabas-là."""
    sceau, _saut, corps = octets.partition(b"\n")
    if sceau != _sceau(empreinte, corps):
        return None
    try:
        depot = _decoder(json.loads(corps))
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError):  # forgé : un fichier scellé par nous se décode
        return None
    return depot if isinstance(depot, Depot) else None


def _sceau(empreinte: str, corps: bytes) -> bytes:
    """Lie le contenu aux fiches, et au code qui les comprend : la taille et la date de nos modules disent s'il a changé."""
    modules = sorted(
        (entree.name, etat.st_size, etat.st_mtime_ns)
        for dossier in (_PAQUET, _PAQUET / "lecture")
        for entree in os.scandir(dossier)
        if entree.name.endswith(".py") and (etat := entree.stat())
    )
    return hashlib.sha256(f"{empreinte}{modules}\n".encode() + corps).hexdigest().encode()


def _coder(valeur: Any) -> Any:
    if valeur is None or isinstance(valeur, str | int):
        return valeur
    if isinstance(valeur, tuple):  # un fait du modèle est un uplet qui a un nom
        return [type(valeur).__name__ if type(valeur) is not tuple else "", *map(_coder, valeur)]
    if isinstance(valeur, Mapping):
        return {cle: _coder(contenu) for cle, contenu in valeur.items()}
    if isinstance(valeur, datetime):  # une fiche n'a que des instants de Paris
        return ["datetime", valeur.astimezone(PARIS).replace(tzinfo=None).isoformat()]
    if isinstance(valeur, date | time):
        return [type(valeur).__name__, valeur.isoformat()]
    return [type(valeur).__name__, str(valeur)]  # un prix, un coefficient : `Decimal`


def _decoder(code: Any) -> Any:
    if type(code) is list:
        genre, *arguments = code
        return _FABRIQUES[genre](*[_decoder(un) if type(un) in _COMPOSES else un for un in arguments])
    if type(code) is dict:
        return {cle: _decoder(un) if type(un) in _COMPOSES else un for cle, un in code.items()}
    return code


_COMPOSES = (list, dict)
