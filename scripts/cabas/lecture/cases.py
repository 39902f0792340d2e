"""Ce que dit une case d'un tableau de bons : rien, une quantité, des choix cochés, une date ; et ce qu'on peut en montrer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from cabas.constats import Refus
from cabas.lecture.colonnes import REF, Catalogue, Colonne
from cabas.motifs import motif
from cabas.quantites import lire_quantite
from cabas.typographie import enumerer, sans_marques, simplifier

_ZEROS = frozenset({"0", "0,0", "0.0", "0,00", "0.00"})
_BARRES = motif(r"\s*(\d{1,2})/(\d{1,2})(/\d{4}\b.*)", re.ASCII | re.DOTALL)
_SANS_DECALAGE = motif(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?", re.ASCII)


def sans_produit(colonne: Colonne) -> Colonne:
    """Une colonne « quantité » dans un tableau sans colonne « produit » : ses nombres sont rejetés, jamais tus."""
    if colonne.role in ("quantite", "tolerance") and not colonne.ref and not colonne.refus:
        return colonne._replace(role="quantite", refus="colonne-inconnue", produit=True)
    return colonne


def ref_de(case: str) -> str:
    """La ref d'une case de produit : nue, ou entre crochets après le nom (« Farine T65 [farine-t65] »)."""
    case = sans_marques(case)
    return trouvee[1] if case.endswith("]") and (trouvee := REF.search(case)) else case.strip("[] ")


def comprendre_produit(case: str, catalogue: Catalogue) -> tuple[str, str]:
    """La ref d'une case de produit, et l'unité où se lit sa quantité (`kg` si l'on ne connaît pas le produit)."""
    compris = catalogue.cases_lues.get(case)
    if compris is None:
        ref = ref_de(case)
        if ref not in catalogue.produits:
            nommes = catalogue.nommes(ref)
            ref = nommes[0] if len(nommes) == 1 else ref  # deux produits de ce nom : le refus les propose
        elif ref != case and (autres := autres_nommes(case, ref, catalogue)):
            ref = f"{catalogue.produits[autres[0]].nom} [{ref}]"  # ce n'est aucune ref : la quantité sera rejetée, et l'on dira pourquoi
        produit = catalogue.produits.get(ref)
        compris = catalogue.cases_lues[case] = (ref, produit.unite if produit else "kg")
    return compris


def autres_nommes(texte: str, ref: str, catalogue: Catalogue) -> list[str]:
    """Les refs des autres produits dont le nom exact est écrit à côté de cette ref : « Farine T80 [farine-t65] »."""
    nommes = catalogue.nommes_avec_prix(" ".join(REF.sub(" ", texte).split()).strip(" -–,:"))
    return [] if ref in nommes else nommes


def tout(cases: Sequence[str]) -> str:
    """Les cases d'une rangée qu'on ne sait plus lire, mises bout à bout pour qu'on la retrouve. Jamais d'adresse IP."""
    return " | ".join(sans_ip(case) for case in cases if case)[:120]


def sans_ip(case: str) -> str:
    """La case, masquée si c'est une adresse IP : un décalage a pu la pousser hors de la colonne que l'on écarte."""
    if case.count(".") != 3 and case.count(":") < 2:
        return case
    import ipaddress

    try:
        ipaddress.ip_address(case)
    except ValueError:
        return case
    return "(adresse IP)"


@lru_cache(maxsize=4096)
def est_nulle(texte: str, unite: str) -> bool:
    """Vrai pour une case vide ou qui vaut zéro : ce n'est pas une quantité reçue."""
    return not texte or texte in _ZEROS or lire_quantite(texte, unite) == 0


def refus_de(colonne: Colonne) -> Refus | None:
    """Pourquoi une colonne entière est rejetée, s'il le faut."""
    if not colonne.refus:
        return None
    if colonne.doute[0]:
        return Refus(colonne.refus, f"La colonne « {colonne.intitule} » {colonne.doute[0]}", colonne.doute[1])
    fait = "correspond à plusieurs produits" if colonne.refus == "colonne-ambigue" else "ne correspond à aucun produit du catalogue"
    return Refus(colonne.refus, f"La colonne « {colonne.intitule} » {fait}.", _remede(colonne))


def _remede(colonne: Colonne) -> str:
    if colonne.proches:
        return f"Écrire la ref dans l’intitulé ; produits proches : {enumerer([f'[{ref}]' for ref in colonne.proches], 'ou')}."
    return "Écrire la ref du produit entre crochets dans l’intitulé, ou ôter la colonne."


def coches(texte: str, separateurs: Sequence[str], catalogue: Catalogue) -> tuple[list[tuple[str, str]], str]:
    """Les produits cochés dans une question à choix multiple : (ref, mot lu), et ce qui reste sans correspondre à rien.

    Un choix n'est un produit que s'il en est le nom exact. Le premier séparateur qui en fait trouver est le bon.
    """
    for separateur in separateurs:
        choix = [mot.strip() for mot in texte.split(separateur) if mot.strip()]
        trouves = [(refs[0], mot) for mot in choix if len(refs := catalogue.noms.get(simplifier(mot), [])) == 1]
        if trouves:
            pris = {mot for _ref, mot in trouves}
            return trouves, separateur.join(mot for mot in choix if mot not in pris)
    return [], texte


def sans_quantite(mot: str) -> Refus:
    """Un produit coché n'est pas une quantité : on ne suppose pas « un »."""
    return Refus(
        "quantite-illisible", f"« {mot} » est coché, sans dire combien.", "Demander combien à la personne ; au formulaire, une question par produit."
    )


def mois_d_abord(dates: Iterable[str]) -> bool:
    """Vrai si ces dates prouvent qu'elles s'écrivent mois/jour : une au moins a un « mois » au-delà de 12, aucune l'inverse."""
    paires = [(int(trouve[1]), int(trouve[2])) for date in dates if (trouve := _BARRES.match(date))]
    return any(second > 12 for _premier, second in paires) and all(premier <= 12 for premier, _second in paires)


def dater(date: str, fuseau: str, *, mois_devant: bool) -> str:
    """Une date d'envoi telle que `temps.lire_envoi` la lit : jour d'abord, et « Z » si le service écrit en temps universel."""
    if mois_devant and (trouve := _BARRES.match(date)):
        return f"{trouve[2]}/{trouve[1]}{trouve[3]}"
    return f"{date}Z" if fuseau == "UTC" and _SANS_DECALAGE.fullmatch(date) else date
