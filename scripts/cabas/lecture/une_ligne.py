"""Ajouter ou ôter une ligne d'une fiche YAML, sans toucher à un seul autre octet.

Réécrire une fiche par une bibliothèque lui ferait perdre ses commentaires et sa mise en forme. On change donc le texte, puis
on relit : si la fiche ne dit pas exactement la même chose à une ligne près, on refuse (`fiche-a-la-main`).
"""

from __future__ import annotations

from typing import Any

from cabas.constats import Refus
from cabas.lecture.fichiers import decoder_utf8
from cabas.lecture.yaml_strict import lire_yaml


def ajouter_ligne(octets: bytes, cle: str, valeur: str) -> bytes | Refus:
    """La fiche, avec `cle: valeur` à la fin de son premier niveau. Garde ses fins de ligne, et sa dernière ligne inachevée."""
    fin = b"\r\n" if b"\r\n" in octets else b"\n"
    achevee = octets.endswith(b"\n")
    neufs = octets + (b"" if achevee else fin) + f"{cle}: {valeur}".encode() + (fin if achevee else b"")
    return neufs if _sait(neufs) == {**(_sait(octets) or {}), cle: valeur} else _refus(f"Y ajouter à la main : {cle}: {valeur}")


def oter_ligne(octets: bytes, cle: str) -> bytes | Refus:
    """La fiche sans la ligne de cette clé : l'inverse exact d'`ajouter_ligne`."""
    lignes = octets.splitlines(keepends=True)
    rangs = [rang for rang, ligne in enumerate(lignes) if ligne.startswith(f"{cle}:".encode())]
    neufs = b"".join(ligne for rang, ligne in enumerate(lignes) if rang not in rangs)
    if rangs == [len(lignes) - 1] and not octets.endswith(b"\n"):
        neufs = neufs.removesuffix(b"\n").removesuffix(b"\r")
    garde = {autre: valeur for autre, valeur in (_sait(octets) or {}).items() if autre != cle}
    return neufs if len(rangs) == 1 and _sait(neufs) == garde else _refus(f"En ôter la ligne « {cle} » à la main.")


def _sait(octets: bytes) -> dict[str, Any] | None:
    """Ce que dit une fiche, ou `None` si elle ne se lit pas sans faute."""
    texte = decoder_utf8(octets)
    if isinstance(texte, Refus):
        return None
    noeud, constats = lire_yaml(texte, "")
    if noeud is None or not isinstance(noeud.valeur, dict) or any(constat.gravite == "erreur" for constat in constats):
        return None
    brut: dict[str, Any] = noeud.brut
    return brut


def _refus(remede: str) -> Refus:
    return Refus("fiche-a-la-main", "Cette fiche est écrite d’une façon que l’on ne sait pas modifier sans risque.", remede)
