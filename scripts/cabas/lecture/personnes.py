"""De qui vient une rangée : cellule, bon, date, créneau, tarif… compris une fois par personne, même si son bon a vingt rangées."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from cabas.constats import Refus
from cabas.lecture.page import COUPEE, STATUTS_DE_LA_PAGE
from cabas.lecture.preambule import sans_explication
from cabas.recu import LigneLue, nouvelle
from cabas.typographie import sans_marques

ROLES = ("cellule", "bon", "commande", "groupement", "envoye_le", "creneau", "tarif", "nom", "prenom", "courriel", "brouillon", "statut")
"""Les colonnes qui parlent de la personne et de son bon, dans l'ordre où `_faire` les attend."""

_VALIDES = frozenset({"", "valide", "validé", "validee", "validée", "envoye", "envoyé", "ok", "oui"})
_BROUILLONS = frozenset({"brouillon", "draft", "inacheve", "inachevé", "incomplet", "en cours", "non"})
_OUI = frozenset({"1", "oui", "vrai", "true", "x", "yes"})


def _statut_inconnu(statut: str) -> Refus:
    """« Terminé », « Payé », « Annulé » : on ne devine pas si le bon compte."""
    fait = f"Le statut « {statut} » ne dit pas si ce bon compte."
    return Refus("statut-inconnu", fait, "Écrire « valide » ou « brouillon » dans la colonne, ou la vider si tout compte.")


Faire = Callable[..., LigneLue]
"""Fait une `LigneLue` d'une personne : numéro, colonne, produit, ce qu'on y lit, tolérance, refus, unité imposée."""


class Feuille(NamedTuple):
    """Ce qui vaut pour toute une feuille. `origine` : le nom sous lequel elle compte ; `datee` : une réponse sans date est inachevée."""

    groupement: str
    fichier: str
    origine: str
    de_la_page: bool
    datee: bool


def fabrique(feuille: Feuille, rangs: Mapping[str, int], autres: Sequence[int] = ()) -> Callable[[Sequence[str]], Faire]:
    """De quoi faire d'une rangée des `LigneLue`. `rangs` : la colonne de chaque rôle ; `autres` : celles qui nomment peut-être quelqu'un."""
    prendre = itemgetter(*(rangs[role] for role in ROLES), *autres)
    faires: dict[tuple[str, ...], Faire] = {}
    derniers: tuple[str, ...] = ()
    dernier: Faire

    def fabriquer(cases: Sequence[str]) -> Faire:
        nonlocal derniers, dernier
        dits = prendre(cases)
        if dits != derniers:  # les rangées d'un bon se suivent : presque toujours, c'est encore la même personne
            derniers, dernier = dits, faires.get(dits) or faires.setdefault(dits, _faire(feuille, dits))
        return dernier

    return fabriquer


def _faire(feuille: Feuille, dits: Sequence[str]) -> Faire:
    groupement, fichier, origine, de_la_page, datee = feuille
    cellule, bon, commande, lu_groupement, envoye, creneau, tarif, nom, prenom, courriel, brouillon, statut, *autres = map(sans_marques, dits)
    # Le code d'un bon se recalcule sur le nom tel qu'écrit : la cellule garde ses marques, et `identites` ne les montre ni ne les compare.
    cellule = dits[0] if cellule else ""
    nom_entier = f"{nom} {prenom}".strip()
    qui = cellule or nom_entier or courriel
    aussi = " ".join(autre for autre in autres if any(map(str.isalpha, autre)))
    # LimeSurvey laisse vide la date d'une réponse commencée et jamais envoyée.
    inacheve = brouillon.lower() in _OUI or statut.lower() not in _VALIDES or (datee and not envoye)
    inconnu = _statut_inconnu(statut) if inacheve and statut.lower() not in _VALIDES | _BROUILLONS else None
    creneau, tarif = sans_explication(creneau), sans_explication(tarif)
    coupe = COUPEE if de_la_page and statut not in STATUTS_DE_LA_PAGE else None

    def faire(numero: int, colonne: str, produit: str, lu: str, tolerance: str, refus: Refus | None, unite: str = "") -> LigneLue:
        return nouvelle(LigneLue, (
            groupement, fichier, numero, colonne, bon, qui, produit, lu, tolerance, commande, lu_groupement, envoye, creneau, tarif, nom_entier,
            inacheve, refus or coupe or inconnu, origine, unite, de_la_page, None, None, aussi,
        ))  # fmt: skip

    return faire


def modeles(feuille: Feuille, roles: Sequence[str]) -> Callable[[Sequence[str]], LigneLue]:
    """De quoi dire ce que les lignes d'une personne ont en commun, sans numéro, produit ni quantité. `roles` : de chaque case lue."""
    prendre = itemgetter(*(roles.index(role) if role in roles else -1 for role in ROLES))

    def modele(cases: Sequence[str]) -> LigneLue:
        return _faire(feuille, prendre((*cases, "")))(0, "quantite", "", "", "", None)

    return modele
