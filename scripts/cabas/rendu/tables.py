"""Les tables d'une fusion en CSV français, et son bilan en JSON. Mêmes entrées, mêmes octets. Colonnes : contrats.md §5."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

import cabas
from cabas.argent import centimes
from cabas.calculs.fusion import Fusion
from cabas.calculs.jugement import LigneJugee, Sort
from cabas.calculs.ordinaires import BonOrdinaire
from cabas.calculs.rangs import graine
from cabas.calculs.recap import Recap
from cabas.calculs.reseau import nombre_de_cellules
from cabas.calculs.servis import Attribution, Servi, par_bon, par_cellule
from cabas.recu import Ecrit
from cabas.rendu.csv_francais import LIGNE, Cases, assembler_csv, ecrire_csv, proteger
from cabas.rendu.decisions import champs_ecrits
from cabas.typographie import INSECABLE, euros_csv, nombre_csv

if TYPE_CHECKING:
    from cabas.calculs.difference import Difference

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


def journal_csv(fusion: Fusion) -> Iterator[bytes]:
    """`journal.csv`, un peu à la fois : il peut ne pas tenir en mémoire."""
    return assembler_csv(COLONNES["journal.csv"], _journal(fusion))


def lignes_csv(recap: Recap) -> Iterator[bytes]:
    """`lignes.csv`, de même."""
    return assembler_csv(COLONNES["lignes.csv"], _lignes(recap))


def repartition_csv(recap: Recap) -> Iterator[bytes]:
    """`repartition.csv`, de même."""
    return assembler_csv(COLONNES["repartition.csv"], _repartition(recap))


def tables(fusion: Fusion, recap: Recap) -> dict[str, bytes]:
    """Les cinq CSV d'une fusion, par nom de fichier."""
    longues = {"journal.csv": journal_csv(fusion), "lignes.csv": lignes_csv(recap), "repartition.csv": repartition_csv(recap)}
    return petites_tables(recap) | {nom: b"".join(octets) for nom, octets in longues.items()}


def petites_tables(recap: Recap) -> dict[str, bytes]:
    """Les CSV d'une fusion qui ont une ligne par produit, ou par produit et groupement."""
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
    return {nom: ecrire_csv(COLONNES[nom], rangees) for nom, rangees in lignes.items()}


def difference_csv(difference: Difference) -> bytes:
    """`difference.csv` : ce qui a changé depuis la dernière fusion différente, une ligne par quantité."""
    rangees = []
    for une in difference.ecarts:
        nombres = (nombre_csv(valeur) for valeur in (une.avant, une.apres, une.apres - une.avant))
        rangees.append((une.quoi, une.groupement, proteger(une.cellule), une.produit, *nombres))
    return ecrire_csv(COLONNES["difference.csv"], rangees)


def _journal(fusion: Fusion) -> Iterator[str]:
    cases, textes = Cases(), Cases(proteges=True)
    fins = _FinsOrdinaires(textes)
    for jugee in fusion.jugees:
        if not isinstance(jugee, BonOrdinaire):
            lue = jugee.lue
            debut, qui = f"{cases[lue.groupement]};{textes[lue.fichier]}", f"{textes[jugee.nom_du_bon]};{textes[jugee.cellule]}"
            lu = textes[lue.lu or lue.tolerance]
            yield f"{debut};{lue.ligne};{textes[lue.colonne]};{qui};{textes[lue.produit]};{lu};{_sort(jugee, cases)}"
            continue
        modele, numeros, ecrits = jugee.lu
        fins.bon = jugee
        debut = f"{cases[modele.groupement]};{textes[modele.fichier]};"
        qui = f";{textes[modele.colonne]};{textes[jugee.cle[2]]};{textes[jugee.cellule]}"
        yield LIGNE.join([f"{debut}{numero}{qui}{fin}" for numero, fin in zip(numeros, map(fins.__getitem__, ecrits), strict=True)])


class _FinsOrdinaires(dict[Ecrit, str]):
    """La fin d'une ligne sur laquelle il n'y a rien à dire, faite une fois pour tous ceux qui écrivent de même. `bon` : celui que l'on écrit."""

    bon: BonOrdinaire

    def __init__(self, textes: Cases) -> None:
        super().__init__()
        self._textes = textes

    def __missing__(self, ecrit: Ecrit) -> str:
        un = self.bon.articles[self.bon.lu.ecrits.index(ecrit)]
        lu = self._textes[ecrit.lu or ecrit.tolerance]
        fin = f";{self._textes[ecrit.produit]};{lu};{nombre_csv(un.quantite)};{nombre_csv(un.tolerance)};{Sort.RETENUE.value};;"
        return self.setdefault(ecrit, fin)


def _sort(jugee: LigneJugee, cases: Cases) -> str:
    garde = jugee.sort is Sort.RETENUE
    demande = nombre_csv(jugee.quantite) if garde or jugee.quantite else ""
    en_plus = nombre_csv(jugee.tolerance) if garde or jugee.tolerance else ""
    return f"{demande};{en_plus};{jugee.sort};{jugee.code};{cases[jugee.message]}"


class _Fins(dict[Servi, str]):
    """La fin d'une ligne, faite une fois pour tous ceux qui sont servis de même."""

    def __init__(self, faire: Callable[[Servi], str]) -> None:
        super().__init__()
        self._faire = faire

    def __missing__(self, servi: Servi) -> str:
        return self.setdefault(servi, self._faire(servi))


def _lignes(recap: Recap) -> Iterator[str]:
    cases, textes = Cases(), Cases(proteges=True)

    def fin(un: Servi) -> str:
        demande = f"{cases[un.produit]};{nombre_csv(un.quantite)};{nombre_csv(un.tolerance)};{nombre_csv(un.attribue)}"
        return f"{demande};{euros_csv(un.prix_unitaire)};{euros_csv(un.montant)}"

    fins = _Fins(fin)
    for groupement, cellule, nom, creneau, tarif, servis in par_bon(recap.bons):
        debut = f"{cases[groupement]};{textes[cellule]};{textes[nom]};{textes[creneau]};{cases[tarif]};"
        yield debut + (LIGNE + debut).join(map(fins.__getitem__, servis))


def _repartition(recap: Recap) -> Iterator[str]:
    cases, textes = Cases(), Cases(proteges=True)
    dire, phrase, regle = recap.explications.attribution, recap.explications.phrase, recap.explications.regle

    def fin(une: Attribution) -> str:
        nombres = f"{nombre_csv(une.demande)};{nombre_csv(une.tolerance)};{nombre_csv(une.attribue)}"
        return f"{cases[une.produit]};{nombres};{une.regle};{cases[une.motif]};{nombre_csv(une.du_cellier)}"

    def la_meme(un: Servi) -> str:
        nombres = f"{nombre_csv(un.quantite)};{nombre_csv(un.tolerance)};{nombre_csv(un.attribue)}"
        return f"{cases[un.produit]};{nombres};{regle};{cases[phrase(un)]};0"

    fins = _Fins(la_meme)
    a_part = bool(recap.explications.propres)
    for groupement, cellule, servis in par_cellule(recap.bons):
        debut = f"{cases[groupement]};{textes[cellule]};"
        siennes = [fin(dire(groupement, cellule, un)) if un.a_part else fins[un] for un in servis] if a_part else map(fins.__getitem__, servis)
        yield debut + (LIGNE + debut).join(siennes)


def _graines(fusion: Fusion, recap: Recap) -> dict[str, str]:
    """La graine de chaque produit dont la part s'explique cellule par cellule, donc de tous ceux que l'on a tirés au sort.

    D'un partage que le réseau a rendu, on ne sait pas lesquels : on les donne toutes.
    """
    tires = {ref for _groupement, _cellule, ref in recap.explications.propres} or recap.explications.raisons
    return {ref: graine(fusion.commande.id, ref) for ref in sorted(tires)}


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
        **({"graines": _graines(fusion, recap)} if fusion.commande.repartition == "tirage" else {}),
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
