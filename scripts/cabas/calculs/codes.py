"""Le code court d'un bon dit-il encore ce que le bon contient ? Sinon, une ligne s'est perdue ou a changé en route.

Entre : ce qui est reçu pour une commande. Sort : un constat `code-faux` par bon dont le code ne tombe pas juste, qu'il soit collé d'un
mail ou dans le fichier de notre page. Le bon est gardé : une personne compare. Un bon d'ailleurs a l'identifiant qu'il veut.
"""

from __future__ import annotations

from collections.abc import Iterable

from cabas.calculs.code_court import code_court, normaliser_code, ressemble_a_un_code, texte_du_bon
from cabas.constats import Constat, Emplacement, avertissement
from cabas.quantites import lire_quantite
from cabas.recu import COLLE, BonLu, LigneLue, Recue, deplier


def codes_faux(recues: Iterable[Recue], prive: str) -> list[Constat]:
    """Un avertissement par bon dont le code ne correspond pas, ou manque s'il est collé. `prive` : le nom du dossier privé."""
    bons: dict[tuple[str, str, str], list[LigneLue]] = {}
    suspects = (recue for recue in recues if not isinstance(recue, BonLu) or recue.modele.de_la_page)
    for ligne in deplier(suspects):
        if not ligne.refus and (ligne.colonne == COLLE or (ligne.de_la_page and ressemble_a_un_code(ligne.bon))):
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
    recu = "le mail reçu et son total" if ligne.colonne == COLLE else "le fichier reçu, ou avec la personne : elle a son total"
    return avertissement(
        "code-faux",
        Emplacement(f"{prive}/{ligne.fichier}", ligne.ligne),
        f"{fait} : une ligne s’est peut-être perdue, ou a changé. Il est gardé tel quel.",
        f"Comparer avec {recu}. Si vous l’avez corrigé exprès, rien à faire.",
    )
