"""Le code court d'un bon collé dit-il encore ce que le bon contient ? Sinon, une ligne s'est perdue ou a changé en route.

Entre : les `LigneLue` d'une commande. Sort : un constat `code-faux` par bon collé d'un mail dont le code ne tombe pas juste.
Le bon est gardé : une personne compare.
"""

from __future__ import annotations

from collections.abc import Iterable

from cabas.calculs.code_court import code_court, normaliser_code, texte_du_bon
from cabas.constats import Constat, Emplacement, avertissement
from cabas.quantites import lire_quantite
from cabas.recu import COLLE, LigneLue


def codes_faux(lignes: Iterable[LigneLue], prive: str) -> list[Constat]:
    """Un avertissement par bon collé dont le code manque ou ne correspond pas. `prive` : le nom du dossier privé."""
    bons: dict[tuple[str, str, str], list[LigneLue]] = {}
    for ligne in lignes:
        if ligne.colonne == COLLE and not ligne.refus:
            bons.setdefault((ligne.fichier, ligne.bon, "" if ligne.bon else ligne.cellule), []).append(ligne)
    return [_constat(du_bon[0], prive) for du_bon in bons.values() if not _juste(du_bon)]


def _juste(lignes: list[LigneLue]) -> bool:
    """Le bon écrit par la page n'a ni unité ni texte dans ses quantités : ce qui ne se lit pas a été changé."""
    demandes: list[tuple[str, int, int]] = []
    for ligne in lignes:
        quantite, tolerance = (lire_quantite(texte, "kg") if texte else 0 for texte in (ligne.lu, ligne.tolerance))
        if not isinstance(quantite, int) or not isinstance(tolerance, int):
            return False
        demandes.append((ligne.produit, quantite, tolerance))
    un = lignes[0]
    return normaliser_code(un.bon) == code_court(texte_du_bon(un.commande_lue, un.groupement_lu, un.cellule, un.creneau, un.tarif, demandes))


def _constat(ligne: LigneLue, prive: str) -> Constat:
    fait = f"Le code {ligne.bon} ne correspond pas au contenu de ce bon" if ligne.bon else "Ce bon collé n’a plus son code"
    return avertissement(
        "code-faux",
        Emplacement(f"{prive}/{ligne.fichier}", ligne.ligne),
        f"{fait} : une ligne s’est peut-être perdue, ou a changé. Il est gardé tel quel.",
        "Comparer avec le mail reçu et son total. Si vous l’avez corrigé exprès, rien à faire.",
    )
