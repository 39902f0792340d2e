"""Le service qui reçoit les bons envoyés depuis la page. Ses champs sont ceux de `schemas/service.json` et `schemas/champs_reserves.json`."""

from typing import NamedTuple


class ChampReserve(NamedTuple):
    """Un champ que le service attend : `_subject`, `access_key` (une clé publique), `form-name`… Une `valeur` vide est un piège à robots."""

    nom: str
    valeur: str = ""


class Service(NamedTuple):
    """Un service de formulaires. `genre` : `formspree`, `web3forms`, `netlify` ou `simple` ; `adresse` vide : celle du genre, s'il en a une."""

    genre: str
    adresse: str = ""
    champs: tuple[ChampReserve, ...] = ()
