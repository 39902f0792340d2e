"""Les tables d'une fusion en CSV français, et son bilan en JSON. Mêmes entrées, mêmes octets. Colonnes : contrats.md §5."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

import cabas
from cabas.argent import centimes
from cabas.calculs.difference import Difference
from cabas.calculs.fusion import Fusion
from cabas.calculs.jugement import Sort
from cabas.calculs.recap import Recap
from cabas.calculs.reseau import nombre_de_cellules
from cabas.rendu.csv_francais import Cases, assembler_csv, ecrire_csv, proteger
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


def prix_csv(prix: Decimal) -> str:
    """Un prix coûtant, exact : deux décimales au moins. 14.8 → « 14,80 », 0.285 → « 0,285 »."""
    if prix * 100 == (prix * 100).to_integral_value():
        return euros_csv(centimes(prix))
    return format(prix.normalize(), "f").replace(".", ",")


def tables(fusion: Fusion, recap: Recap) -> dict[str, bytes]:
    """Les cinq CSV d'une fusion, par nom de fichier."""
    lignes: dict[str, Iterable[tuple[str, ...]]] = {
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
    }
    longues = {"journal.csv": _journal(fusion), "lignes.csv": _lignes(recap), "repartition.csv": _repartition(recap)}
    fichiers = {nom: assembler_csv(COLONNES[nom], rangees) for nom, rangees in longues.items()}
    return fichiers | {nom: ecrire_csv(COLONNES[nom], rangees) for nom, rangees in lignes.items()}


def difference_csv(difference: Difference) -> bytes:
    """`difference.csv` : ce qui a changé depuis la dernière fusion différente, une ligne par quantité."""
    rangees = []
    for une in difference.ecarts:
        nombres = (nombre_csv(valeur) for valeur in (une.avant, une.apres, une.apres - une.avant))
        rangees.append((une.quoi, une.groupement, proteger(une.cellule), une.produit, *nombres))
    return ecrire_csv(COLONNES["difference.csv"], rangees)


def _journal(fusion: Fusion) -> Iterator[str]:
    cases, textes = Cases(), Cases(proteges=True)
    fichier_d_avant = bon_d_avant = None
    debut = qui = ""
    for lue, cellule, bon, sort, quantite, tolerance, _envoi, code, message, _remede in fusion.lignes:
        groupement, fichier, ligne, colonne, _nom, _ecrite, produit, lu, plus = lue[:9]
        if fichier is not fichier_d_avant or bon is not bon_d_avant:  # les lignes d'un bon se suivent : ce qu'elles répètent n'est écrit qu'une fois
            fichier_d_avant, bon_d_avant = fichier, bon
            debut, qui = f"{cases[groupement]};{textes[fichier]}", f"{textes[bon[2]]};{textes[cellule]}"
        garde = sort is Sort.RETENUE
        demande = nombre_csv(quantite) if garde or quantite else ""
        en_plus = nombre_csv(tolerance) if garde or tolerance else ""
        dit = f"{Sort.RETENUE.value};;" if garde and not code and not message else f"{sort};{code};{cases[message]}"
        yield f"{debut};{ligne};{textes[colonne]};{qui};{textes[produit]};{textes[lu or plus]};{demande};{en_plus};{dit}"


def _lignes(recap: Recap) -> Iterator[str]:
    cases, textes = Cases(), Cases(proteges=True)
    bon_d_avant: tuple[str, ...] = ()
    debut = ""
    for une in recap.lignes:
        if (bon := une[:5]) != bon_d_avant:
            bon_d_avant = bon
            groupement, cellule, nom, creneau, tarif = bon
            debut = f"{cases[groupement]};{textes[cellule]};{textes[nom]};{textes[creneau]};{cases[tarif]}"
        produit, quantite, tolerance, attribue, prix, montant = une[5:]
        yield (
            f"{debut};{cases[produit]};{nombre_csv(quantite)};{nombre_csv(tolerance)};{nombre_csv(attribue)};{euros_csv(prix)};{euros_csv(montant)}"
        )


def _repartition(recap: Recap) -> Iterator[str]:
    cases, textes = Cases(), Cases(proteges=True)
    fins: dict[tuple[object, ...], str] = {}
    for une in recap.attributions:
        if (fin := fins.get(une[3:])) is None:
            demande, tolerance, attribue, regle, motif, du_cellier = une[3:]
            fin = f"{nombre_csv(demande)};{nombre_csv(tolerance)};{nombre_csv(attribue)};{regle};{cases[motif]};{nombre_csv(du_cellier)}"
            fins[une[3:]] = fin
        groupement, cellule, produit = une[:3]
        yield f"{cases[groupement]};{textes[cellule]};{cases[produit]};{fin}"


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
