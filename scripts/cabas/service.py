"""Le service qui reçoit les bons envoyés depuis la page. Ses champs sont ceux de `schemas/service.json` et `schemas/champs_reserves.json`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChampReserve:
    """Un champ que le service attend : `_subject`, `access_key` (une clé publique), `form-name`… Une `valeur` vide est un piège à robots."""

    nom: str
    valeur: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """Un service de formulaires. `genre` : `formspree`, `web3forms`, `netlify` ou `simple` ; `adresse` vide : celle du genre, s'il en a une."""

    genre: str
    adresse: str = ""
    champs: tuple[ChampReserve, ...] = ()
