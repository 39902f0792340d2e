"""Les tables d'une fusion en CSV français, et son bilan en JSON. Mêmes entrées, mêmes octets.

UTF-8 avec marque, `;`, virgule décimale, CRLF, sans ligne de titre ni de total : un tableur français les ouvre d'un double
clic. Un texte qui commencerait une formule est précédé d'une apostrophe. Colonnes : contrats.md §5.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal

import cabas
from cabas.argent import centimes
from cabas.calculs.difference import Difference
from cabas.calculs.fusion import Fusion
from cabas.calculs.jugement import Sort
from cabas.calculs.recap import Recap
from cabas.calculs.reseau import nombre_de_cellules
from cabas.rendu.decisions import champs_ecrits
from cabas.typographie import INSECABLE, euros_csv, nombre_csv

COLONNES: Mapping[str, str] = {
    "journal.csv": "groupement;fichier;ligne;colonne;bon;cellule;produit;lu;quantite;tolerance;sort;code;message",
    "lignes.csv": "groupement;cellule;bon;creneau;tarif;produit;quantite;tolerance;attribue;prix_unitaire;montant",
    "recap-produits.csv": "produit;nom;producteur;unite;quantite;tolerance;lots;a_commander;reste;prix_unitaire;montant;bons;"
    "du_cellier;au_cellier;detail_lots",
    "recap-groupements.csv": "groupement;produit;quantite;attribue;montant;du_cellier",
    "repartition.csv": "groupement;cellule;produit;demande;tolerance;attribue;regle;motif;du_cellier",
    "difference.csv": "quoi;groupement;cellule;produit;avant;apres;difference",
}
_FORMULES = frozenset("=+-@\t\r")


def proteger(texte: str) -> str:
    """Un texte qu'un tableur prendrait pour une formule est précédé d'une apostrophe ; nos lecteurs l'ôtent."""
    return f"'{texte}" if texte[:1] in _FORMULES else texte


def prix_csv(prix: Decimal) -> str:
    """Un prix coûtant, exact : deux décimales au moins. 14.8 → « 14,80 », 0.285 → « 0,285 »."""
    if prix * 100 == (prix * 100).to_integral_value():
        return euros_csv(centimes(prix))
    return format(prix.normalize(), "f").replace(".", ",")


def tables(fusion: Fusion, recap: Recap) -> dict[str, bytes]:
    """Les cinq CSV d'une fusion, par nom de fichier."""
    lignes: dict[str, Iterable[tuple[str, ...]]] = {
        "journal.csv": _journal(fusion),
        "lignes.csv": _lignes(recap),
        "recap-produits.csv": (
            (
                ligne.produit,
                proteger(ligne.nom),
                ligne.producteur,
                ligne.unite,
                nombre_csv(ligne.quantite),
                nombre_csv(ligne.tolerance),
                "" if ligne.lots is None else str(ligne.lots),
                nombre_csv(ligne.a_commander),
                nombre_csv(ligne.reste),
                prix_csv(ligne.prix),
                euros_csv(ligne.montant),
                str(ligne.bons),
                nombre_csv(ligne.du_cellier),
                nombre_csv(ligne.au_cellier),
                proteger(ligne.detail),
            )
            for ligne in recap.produits
        ),
        "recap-groupements.csv": (
            (
                *(ligne.groupement, ligne.produit, nombre_csv(ligne.quantite), nombre_csv(ligne.attribue), euros_csv(ligne.montant)),
                nombre_csv(ligne.du_cellier),
            )
            for ligne in recap.groupements
        ),
        "repartition.csv": (
            (
                part.groupement,
                proteger(part.cellule),
                part.produit,
                nombre_csv(part.demande),
                nombre_csv(part.tolerance),
                nombre_csv(part.attribue),
                part.regle,
                part.motif,
                nombre_csv(part.du_cellier),
            )
            for part in recap.attributions
        ),
    }
    return {nom: ecrire_csv(COLONNES[nom], rangees) for nom, rangees in lignes.items()}


def difference_csv(difference: Difference) -> bytes:
    """`difference.csv` : ce qui a changé depuis la dernière fusion différente, une ligne par quantité."""
    rangees = []
    for une in difference.ecarts:
        nombres = (nombre_csv(valeur) for valeur in (une.avant, une.apres, une.apres - une.avant))
        rangees.append((une.quoi, une.groupement, proteger(une.cellule), une.produit, *nombres))
    return ecrire_csv(COLONNES["difference.csv"], rangees)


def _journal(fusion: Fusion) -> Iterable[tuple[str, ...]]:
    for jugee in fusion.lignes:
        lue, garde = jugee.lue, jugee.sort is Sort.RETENUE
        yield (
            lue.groupement,
            proteger(lue.fichier),
            str(lue.ligne),
            proteger(lue.colonne),
            proteger(lue.bon),
            proteger(jugee.cellule),
            proteger(lue.produit),
            proteger(lue.lu),
            nombre_csv(jugee.quantite) if garde or jugee.quantite else "",
            nombre_csv(jugee.tolerance) if garde or jugee.tolerance else "",
            jugee.sort.value,
            jugee.code,
            jugee.message,
        )


def _lignes(recap: Recap) -> Iterable[tuple[str, ...]]:
    for ligne in recap.lignes:
        yield (
            ligne.groupement,
            proteger(ligne.cellule),
            proteger(ligne.bon),
            proteger(ligne.creneau),
            ligne.tarif,
            ligne.produit,
            nombre_csv(ligne.quantite),
            nombre_csv(ligne.tolerance),
            nombre_csv(ligne.attribue),
            euros_csv(ligne.prix_unitaire),
            euros_csv(ligne.montant),
        )


def ecrire_csv(entete: str, rangees: Iterable[tuple[str, ...]]) -> bytes:
    """Un CSV à la française. `entete` : les intitulés séparés par `;`."""
    texte = io.StringIO(newline="")
    texte.write(f"\ufeff{entete}\r\n")
    csv.writer(texte, delimiter=";", lineterminator="\r\n").writerows(rangees)
    return texte.getvalue().encode()


def bilan(
    fusion: Fusion,
    recap: Recap,
    empreintes: Mapping[str, str],
    ignores: Mapping[str, str],
    revision: str,
    fige: bool = False,
    mention: str = "",
) -> bytes:
    """Le bilan d'une fusion : comptes, totaux en centimes, empreintes des fichiers lus, révision du catalogue, version.

    `fige` : le catalogue est celui de la révision nommée par la commande, et non celui d'aujourd'hui. `mention` : « provisoire, au… ».
    """
    contenu = {
        "commande": fusion.commande.id,
        "regle": fusion.commande.repartition,
        **fusion.comptes,
        "cellules": nombre_de_cellules(fusion),
        "total_producteurs": recap.total_producteurs,
        "total_cellules": recap.total_cellules,
        "frais": sum(part.part for part in recap.frais),
        "acceptes": list(fusion.acceptes),
        "decisions": [champs_ecrits(decision) for decision in fusion.decisions],
        "fichiers": dict(sorted(empreintes.items())),
        "ignores": dict(sorted(ignores.items())),
        "revision": revision,
        "catalogue_fige": fige,
        "version": cabas.__version__,
        **({"provisoire": mention.replace(INSECABLE, " ")} if mention else {}),
    }
    if fusion.totaux is not None:
        contenu["totaux"] = {un.groupement: {"sceau": un.sceau, "revision": un.revision, **un.comptes} for un in fusion.totaux}
    return (json.dumps(contenu, ensure_ascii=False, indent=2) + "\n").encode()
