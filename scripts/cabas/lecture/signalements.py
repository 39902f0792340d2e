"""Ce que la lecture d'un fichier de bons signale sans rien rejeter : une feuille qui n'est pas lue, une réponse qui ne demande rien."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cabas.constats import Constat, Emplacement, avertissement
from cabas.lecture.cases import est_nulle
from cabas.lecture.colonnes import Catalogue
from cabas.lecture.encodages import est_abime
from cabas.lecture.intitules import NOMMER, est_douteux
from cabas.lecture.tableaux import Tableau
from cabas.typographie import accorder, simplifier


def feuille_non_lue(tableau: Tableau, fichier: str, catalogue: Catalogue) -> list[Constat]:
    """Une feuille remplie dont on ne reconnaît aucun intitulé ; ou une feuille masquée, si elle porte des quantités."""
    if tableau.masquee:
        return _feuille_masquee(tableau, fichier, catalogue)
    fait = f"La feuille « {tableau.feuille} » n’est pas lue : on n’y reconnaît aucun intitulé."
    return [avertissement("feuille-ignoree", Emplacement(fichier), fait, "Rien à faire si elle ne contient pas de commande.")]


def _feuille_masquee(tableau: Tableau, fichier: str, catalogue: Catalogue) -> list[Constat]:
    """On ne la lit pas, on ne la tait pas. Celles où rien n'est demandé n'intéressent personne."""
    _numero, intitules = tableau.lignes[tableau.entete]
    rangs = [une.rang for une in catalogue.comprendre(intitules) if une.role == "quantite" and (une.produit or not une.refus)]
    suite = [cases for _numero, cases in tableau.lignes[tableau.entete + 1 :]]
    if not any(rang < len(cases) and not est_nulle(cases[rang].strip(), "kg") for cases in suite for rang in rangs):
        return []
    fait = f"La feuille « {tableau.feuille} » est masquée : ses quantités ne sont pas lues."
    remede = "L’afficher si elle porte une commande ; sinon, l’ôter ou ne rien faire."
    return [avertissement("feuille-ignoree", Emplacement(fichier), fait, remede)]


def fichier_sans_ligne(fichier: str) -> Constat:
    """Un en-tête, et rien dessous."""
    return avertissement("fichier-sans-ligne", Emplacement(fichier), "Le fichier n’a que des intitulés.", "Vérifier que c’est bien le bon export.")


def colonnes_ignorees(intitules: Iterable[str], lieu: Emplacement) -> list[Constat]:
    """Un constat `colonne-ignoree` par intitulé. De celui qui a l'air de nommer quelqu'un, on dit comment l'apprendre."""
    return [
        avertissement(
            "colonne-ignoree",
            lieu,
            f"La colonne « {intitule} » n’est pas lue : ce n’est ni un produit, ni une information connue.",
            NOMMER if est_douteux(simplifier(intitule)) else "Rien à faire si ce n’est pas une commande.",
        )
        for intitule in sorted(intitules)
    ]


def reponse_vide(fichier: str, numero: int) -> Constat:
    """Une réponse datée, sans une quantité : la personne annule peut-être."""
    remede = "Si la personne annule sa commande, ôter aussi sa réponse d’avant."
    return avertissement("bon-vide", Emplacement(fichier, numero), "Cette réponse ne demande rien.", remede)


def rien_de_demande(fichier: str, numero: int) -> Constat:
    """Des rangées, et pas une quantité : le bon n'a pas été rempli, ou il l'a été à côté. `numero` : la première."""
    fait = "Rien n’est demandé ici : aucune quantité n’est dans une colonne de quantité."
    remede = "Ouvrir le fichier : les nombres sont peut-être dans une autre colonne. Si la personne annule, ôter aussi son bon d’avant."
    return avertissement("bon-vide", Emplacement(fichier, numero), fait, remede)


def accents_abimes(rangees: Iterable[tuple[int, Sequence[str], object]], fichier: str) -> list[Constat]:
    """Des cases dont les accents étaient déjà perdus quand le fichier nous est arrivé : un nom y serait faux. Un seul constat par feuille."""
    trouvees = [(numero, case) for numero, cases, _refus in rangees for case in cases if est_abime(case)]
    if not trouvees:
        return []
    numero, case = trouvees[0]
    suite = f" ; {accorder(len(trouvees) - 1, 'autre case', 'autres cases')} aussi" if len(trouvees) > 1 else ""
    fait = f"« {case[:40]} » a des accents abîmés{suite}."
    remede = "Télécharger de nouveau le fichier, ou le redemander ; si c’est un nom, le corriger à la main."
    return [avertissement("accents-abimes", Emplacement(fichier, numero), fait, remede)]
