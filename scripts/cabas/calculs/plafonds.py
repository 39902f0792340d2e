"""La tolérance aussi s'arrête au maximum par bon : quantité et tolérance ensemble ne le dépassent jamais (décision 8).

Entre : les lignes d'un groupement, quantités déjà ramenées. Sort : les mêmes, leurs tolérances ramenées à ce qui reste sous le
maximum, dans l'ordre des lignes ; `quantite-plafonnee` sur celles que cela change, si elles ne disaient rien d'autre.
"""

from __future__ import annotations

from cabas.calculs.jugement import CleDeBon, LigneJugee, Sort
from cabas.calculs.offre import maximum_par_bon
from cabas.modele import Commande, Depot, Produit
from cabas.typographie import de, quantite


def ramener_les_tolerances(jugees: list[LigneJugee], depot: Depot, commande: Commande) -> list[LigneJugee]:
    """Les lignes d'un groupement. Sans tolérance sur un produit qui a un maximum, ce sont les mêmes."""
    voulues = {jugee.lue.produit for jugee in jugees if jugee.tolerance and jugee.sort is Sort.RETENUE}
    maximums = {ref: maximum for ref in voulues if (maximum := maximum_par_bon(depot.produits[ref], commande)) is not None}
    if not maximums:
        return jugees
    places: dict[tuple[CleDeBon, str], int] = {}
    for jugee in jugees:
        if jugee.sort is Sort.RETENUE and jugee.lue.produit in maximums:
            cle = (jugee.bon, jugee.lue.produit)
            places[cle] = places.get(cle, maximums[jugee.lue.produit]) - jugee.quantite
    ramenees = []
    for jugee in jugees:
        place = places.get((jugee.bon, jugee.lue.produit)) if jugee.tolerance and jugee.sort is Sort.RETENUE else None
        if place is not None:
            places[(jugee.bon, jugee.lue.produit)] = place - min(place, jugee.tolerance)
            if place < jugee.tolerance:
                jugee = _ramenee(jugee, place, depot.produits[jugee.lue.produit], maximums[jugee.lue.produit])  # noqa: PLW2901
        ramenees.append(jugee)
    return ramenees


def _ramenee(jugee: LigneJugee, place: int, produit: Produit, maximum: int) -> LigneJugee:
    voulue, accordee, limite = (quantite(valeur, produit.unite) for valeur in (jugee.tolerance, place, maximum))
    sort = f"ramenée à {accordee}" if place else "non gardée"
    dit = f"Tolérance de {voulue} {de(produit.nom)} : {sort}, le maximum est {limite} par bon, tolérance comprise."
    message, remede = f"{jugee.message} {dit}".strip(), jugee.remede or "Prévenir la personne."
    return jugee._replace(tolerance=place, code=jugee.code or "quantite-plafonnee", message=message, remede=remede)
