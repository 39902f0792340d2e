"""Un texte de fiche, converti selon le type de son champ. Plus strict que frictionless : ni NaN, ni 1e9, ni devinette."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from cabas.constats import Refus
from cabas.lecture.yaml_strict import Noeud
from cabas.quantites import lire_decimal, milliemes
from cabas.temps import lire_heure, lire_instant, lire_jour, lire_jour_ou_instant


def scalaire(champ: Mapping[str, Any], noeud: Noeud) -> Any:
    """Un texte converti selon le type du champ, plus strictement que frictionless (ni NaN, ni 1e9, ni date bizarre)."""
    texte = noeud.valeur
    if not isinstance(texte, str):
        return Refus("type-inattendu", "on attend une seule valeur.", "Comparer avec le modèle de content/modeles.")
    converti = _TEXTUELS.get(champ.get("textuel", ""), _TYPES[champ["type"]])(texte, champ)
    return _borner(texte, champ) or converti


def _borner(texte: str, champ: Mapping[str, Any]) -> Refus | None:
    """Le minimum et le maximum d'un nombre : les éléments de liste n'ont que ce contrôle-ci."""
    contraintes, lu = champ.get("constraints", {}), lire_decimal(texte)
    if lu is None or champ["type"] not in ("number", "integer"):
        return None
    if "minimum" in contraintes and lu < Decimal(contraintes["minimum"]):
        return Refus("nombre-trop-petit", f"{texte} est trop petit (au moins {contraintes['minimum']}).", "Corriger le nombre.")
    if "maximum" in contraintes and lu > Decimal(contraintes["maximum"]):
        return Refus("nombre-trop-grand", f"{texte} est trop grand (au plus {contraintes['maximum']}).", "Corriger le nombre.")
    return None


def _nombre(texte: str, champ: Mapping[str, Any]) -> Decimal | int | Refus:
    lu = lire_decimal(texte)
    if lu is None:
        return Refus("nombre-illisible", f"« {texte} » n’est pas un nombre.", "Des chiffres et un point décimal : 12.50.")
    permis = champ.get("constraints", {}).get("enum")
    if permis and lu not in [Decimal(valeur) for valeur in permis]:
        return Refus("valeur-interdite", f"« {texte} » n’est pas une valeur admise.", f"Choisir parmi {', '.join(permis)}.")
    if champ.get("mesure") == "quantite":
        entier = milliemes(lu)
        return Refus("quantite-trop-fine", f"« {texte} » est plus fin que le millième.", "Trois décimales au plus.") if entier is None else entier
    return lu


def _entier(texte: str, _champ: Mapping[str, Any]) -> int | Refus:
    if not (texte.isascii() and texte.isdigit() and len(texte) < 10):
        return Refus("nombre-illisible", f"« {texte} » n’est pas un nombre entier.", "Des chiffres seulement.")
    return int(texte)


def _booleen(texte: str, champ: Mapping[str, Any]) -> bool | Refus:
    if texte in champ["trueValues"]:
        return True
    if texte in champ["falseValues"]:
        return False
    return Refus("type-inattendu", f"« {texte} » n’est ni vrai ni faux.", "Écrire true ou false.")


def _jour(texte: str, _champ: Mapping[str, Any]) -> date | Refus:
    return lire_jour(texte) or Refus("type-inattendu", f"« {texte} » n’est pas une date.", "Écrire comme 2026-12-01.")


def _texte(texte: str, champ: Mapping[str, Any]) -> str | Refus:
    permis = champ.get("constraints", {}).get("enum")
    if permis and texte not in permis:
        return Refus("valeur-interdite", f"« {texte} » n’est pas une valeur admise.", f"Choisir parmi {', '.join(permis)}.")
    return texte


def _heure(texte: str, _champ: Mapping[str, Any]) -> time | Refus:
    return lire_heure(texte) or Refus("heure-illisible", f"« {texte} » n’est pas une heure.", 'Écrire comme "16:30".')


_TYPES: Mapping[str, Callable[[str, Mapping[str, Any]], Any]] = {
    "string": _texte,
    "number": _nombre,
    "integer": _entier,
    "boolean": _booleen,
    "date": _jour,
}
_TEXTUELS: Mapping[str, Callable[[str, Mapping[str, Any]], Any]] = {
    "instant": lambda texte, _champ: lire_instant(texte),
    "jour": lambda texte, _champ: lire_jour_ou_instant(texte),
    "heure": _heure,
}
