"""L'état des lots en JSON, tel qu'on le garde dans le catalogue et tel que le site le publie. Une ligne par produit."""

from __future__ import annotations

import json

from cabas.etats import EtatDeLot, EtatDesLots
from cabas.temps import PARIS
from cabas.typographie import nombre_csv


def etat_json(etat: EtatDesLots) -> str:
    """Le texte de `<commande>.etat.json`. Quantités dans l'unité du produit, instant à l'heure de Paris."""
    instant = etat.instant.astimezone(PARIS).replace(tzinfo=None).isoformat(timespec="minutes")
    produits = ",\n".join(f"    {_lot(un)}" for un in etat.produits)
    return f'{{\n  "instant": {json.dumps(instant)},\n  "produits": [' + (f"\n{produits}\n  " if produits else "") + "]\n}\n"


def _lot(un: EtatDeLot) -> str:
    """Les nombres sont écrits à la main, exacts : JSON n'a que des flottants à nous proposer."""
    connus = (("lot", un.lot), ("demande", un.demande), ("manque", un.manque))
    nombres = [f'"{nom}": {nombre_csv(valeur).replace(",", ".")}' for nom, valeur in connus if valeur is not None]
    return "{" + ", ".join([f'"produit": {json.dumps(un.produit)}', *nombres]) + "}"
