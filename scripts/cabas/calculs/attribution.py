"""Attribuer : de ce que les cellules demandent d'un produit à ce que chacune aura, avec la phrase qui l'explique.

Trois temps, parce que le budget du cellier se partage entre les produits : `prevoir` un achat, le compléter
(`approvisionnement.completer`), puis `attribuer` et `expliquer`. Quantités en millièmes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from cabas.argent import partager
from cabas.calculs.approvisionnement import Achat, acheter, depassees, limiter
from cabas.calculs.conditionnements import lots_de
from cabas.calculs.offre import limites_des_groupements, total_permis
from cabas.calculs.rangs import DITS, graine, rangs_dits
from cabas.calculs.repartition import Demande, motif, repartir
from cabas.calculs.retenues import Retenue
from cabas.calculs.servis import Attribution, Raison
from cabas.modele import Commande, Produit
from cabas.recu import Stock, nouvelle
from cabas.typographie import quantite


class Groupe(NamedTuple):
    """Des bons que la règle regarde comme une seule demande : `rangs` parmi les retenues, `admise` une fois limitée."""

    rangs: tuple[int, ...]
    admise: Demande


class Besoin(NamedTuple):
    """Ce que le réseau demande d'un produit. `groupes` est vide tant qu'aucune limite de groupement ne joue."""

    produit: Produit
    retenues: Sequence[Retenue]
    quantites: int
    tolerances: int
    groupes: tuple[Groupe, ...]
    achat: Achat

    @property
    def voulu(self) -> int:
        """Tout ce que les cellules peuvent avoir, tolérances comprises, limites des groupements comprises."""
        if not self.groupes:
            return self.quantites + self.tolerances
        return sum(groupe.admise.quantite + groupe.admise.tolerance for groupe in self.groupes)


def prevoir(
    commande: Commande, produit: Produit, retenues: Sequence[Retenue], stock: Stock | None = None, sommes: tuple[int, int] | None = None
) -> Besoin:
    """Ce qui est demandé d'un produit, ramené aux limites des groupements, et ce qu'il faudrait en commander.

    `sommes` : les quantités et les tolérances, si on les connaît déjà ; les retenues ne servent alors qu'aux limites.
    """
    quantites, tolerances = sommes or (sum(retenue.quantite for retenue in retenues), sum(retenue.tolerance for retenue in retenues))
    limites = depassees(
        limites_des_groupements(produit, commande), ((retenue.groupement, retenue.quantite + retenue.tolerance) for retenue in retenues)
    )
    groupes: tuple[Groupe, ...] = ()
    fermes, en_plus = quantites, tolerances
    if limites:
        libres = _grouper(commande, retenues)
        admises = limiter(commande.repartition, produit.pas, [groupe.admise for groupe in libres], limites, graine(commande.id, produit.ref))
        groupes = tuple(Groupe(groupe.rangs, admise) for groupe, admise in zip(libres, admises, strict=True))
        fermes, en_plus = sum(demande.quantite for demande in admises), sum(demande.tolerance for demande in admises)
    reserve = stock.quantite if stock and commande.cellier and commande.cellier.stock_d_abord else 0
    achat = acheter(produit, fermes, en_plus, total_permis(produit, commande), reserve)
    return Besoin(produit, retenues, quantites, tolerances, groupes, achat)


def se_dispute(besoin: Besoin, achat: Achat) -> bool:
    """Vrai si l'on ne peut pas simplement donner à chacun·e ce qu'il ou elle demande, ou s'il faut dire d'où cela vient."""
    return bool(besoin.groupes or achat.pris or achat.complete or achat.disponible != besoin.quantites)


def s_explique_a_part(commande: Commande, besoin: Besoin, achat: Achat) -> bool:
    """Vrai si la phrase dépend de la cellule, et pas seulement de ce qu'elle demande et reçoit."""
    return bool(besoin.groupes or achat.pris or (commande.repartition in DITS and _choisit(besoin, achat)))


def _choisit(besoin: Besoin, achat: Achat) -> bool:
    """Vrai si la règle a eu à choisir : il y a de quoi servir quelqu'un, et ni toutes les demandes, ni elles seules."""
    fermes = sum(groupe.admise.quantite for groupe in besoin.groupes) if besoin.groupes else besoin.quantites
    return 0 < achat.disponible < besoin.voulu and achat.disponible != fermes


def raison_de(commande: Commande, besoin: Besoin, achat: Achat) -> Raison:
    """Ce qui explique les parts d'un produit à toutes les cellules."""
    produit = besoin.produit
    complete = f"{_lot_accorde(produit, 'complété', 'complétée')} par le cellier" if achat.complete else ""
    return Raison(produit.unite, _causes(commande, produit, achat), complete)


def _grouper(commande: Commande, retenues: Sequence[Retenue]) -> tuple[Groupe, ...]:
    """Les demandes à comparer. `premier-arrive` ordonne les bons ; les autres règles comparent les cellules."""
    rangs: dict[tuple[str, ...], list[int]] = {}
    for indice, retenue in enumerate(retenues):
        cle = (retenue.groupement, retenue.cellule) if commande.repartition != "premier-arrive" else (str(indice),)
        rangs.setdefault(cle, []).append(indice)
    return tuple(Groupe(tuple(indices), _demande([retenues[indice] for indice in indices])) for indices in rangs.values())


_DEMANDE = itemgetter(0, 1, 4, 5, 9, 10, 11)
"""Les champs d'une `Retenue` dont est faite une `Demande`."""


def _demande(retenues: list[Retenue]) -> Demande:
    demande = nouvelle(Demande, _DEMANDE(retenues[0]))
    if len(retenues) == 1:
        return demande
    quantites, tolerances = sum(retenue.quantite for retenue in retenues), sum(retenue.tolerance for retenue in retenues)
    return demande._replace(quantite=quantites, tolerance=tolerances)


def attribuer(commande: Commande, besoin: Besoin, disponible: int) -> list[int]:
    """La part de chaque retenue, dans leur ordre, de ce qui est disponible (commande et cellier)."""
    retenues = besoin.retenues
    if not besoin.groupes and disponible == besoin.quantites:
        return [retenue.quantite for retenue in retenues]  # tout le monde est servi : aucune règle n'a à choisir
    produit, semee = besoin.produit, graine(commande.id, besoin.produit.ref)
    if not besoin.groupes and len({(retenue.groupement, retenue.cellule) for retenue in retenues}) == len(retenues):
        # Presque toujours : un seul bon demande ce produit pour chaque cellule, il n'y a rien à réunir.
        return repartir(commande.repartition, disponible, produit.pas, [nouvelle(Demande, _DEMANDE(retenue)) for retenue in retenues], semee)
    groupes = besoin.groupes or _grouper(commande, retenues)
    obtenues = repartir(commande.repartition, disponible, produit.pas, [groupe.admise for groupe in groupes], semee)
    parts = [0] * len(retenues)
    for groupe, obtenue in zip(groupes, obtenues, strict=True):
        if len(groupe.rangs) == 1:
            parts[groupe.rangs[0]] = obtenue
            continue
        for rang, part in zip(groupe.rangs, _detailler([retenues[rang] for rang in groupe.rangs], obtenue), strict=True):
            parts[rang] = part
    return parts


def _detailler(retenues: list[Retenue], obtenue: int) -> list[int]:
    """Ce qu'une cellule a obtenu, réparti entre ses bons : les quantités d'abord, puis les tolérances."""
    parts = []
    for retenue in retenues:
        parts.append(min(retenue.quantite, obtenue))
        obtenue -= parts[-1]
    for rang, retenue in enumerate(retenues):
        plus = min(retenue.tolerance, obtenue)
        parts[rang] += plus
        obtenue -= plus
    return parts


def expliquer(commande: Commande, besoin: Besoin, nommees: Sequence[Retenue], achat: Achat, parts: Sequence[int]) -> Iterator[Attribution]:
    """Une attribution par cellule, dans l'ordre où elles demandent. `nommees` : les retenues du besoin, avec les noms à montrer."""
    sommes: dict[tuple[str, str], tuple[int, int, int]] = {}
    for retenue, part in zip(nommees, parts, strict=True):
        cle = (retenue.groupement, retenue.cellule)
        if deja := sommes.get(cle):
            sommes[cle] = (deja[0] + retenue.quantite, deja[1] + retenue.tolerance, deja[2] + part)
        else:
            sommes[cle] = (retenue.quantite, retenue.tolerance, part)
    produit, regle, dire = besoin.produit, commande.repartition, _phrases(commande, besoin, nommees, achat)
    pris = _pris_au_cellier(besoin, nommees, achat, {cle: attribue for cle, (_q, _t, attribue) in sommes.items()})
    for cle, somme in sommes.items():
        du_cellier = pris.get(cle, 0)
        yield nouvelle(Attribution, (*cle, produit.ref, *somme, regle, dire(cle, somme, du_cellier), du_cellier))


Dire = Callable[[tuple[str, str], tuple[int, int, int], int], str]
"""La phrase d'une cellule (groupement, cellule) : de ce qu'elle demande, accepte en plus, reçoit ; et de ce qui vient du cellier."""


def _phrases(commande: Commande, besoin: Besoin, nommees: Sequence[Retenue], achat: Achat) -> Dire:
    """De quoi dire à chaque cellule pourquoi elle a ce qu'elle a."""
    produit = besoin.produit
    _unite, causes, complete = raison_de(commande, besoin, achat)
    admises: dict[tuple[str, str], int] = {}
    for groupe in besoin.groupes:
        cle = (groupe.admise.groupement, nommees[groupe.rangs[0]].cellule)
        admises[cle] = admises.get(cle, 0) + groupe.admise.quantite
    limites = limites_des_groupements(produit, commande) if admises else {}
    partout, chez_soi = _rangs(commande, besoin, nommees, achat)

    def dire(cle: tuple[str, str], somme: tuple[int, int, int], pris: int) -> str:
        demande, tolerance, attribue = somme
        cause, admise, rang = causes, admises.get(cle, demande), partout.get(cle) or chez_soi.get(cle, "")
        if admise < demande:
            limite = f"quantité limitée à {quantite(limites[cle[0]], produit.unite)} pour ce groupement"
            cause = limite if attribue >= admise else f"{limite}, puis {causes}"
            rang = chez_soi.get(cle, "") if attribue >= admise else rang
        dit = motif(produit.unite, demande, tolerance, attribue, cause, pris, complete)
        return f"{dit}, {rang}" if rang else dit

    return dire


def _rangs(
    commande: Commande, besoin: Besoin, nommees: Sequence[Retenue], achat: Achat
) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], str]]:
    """Le rang de chaque cellule parmi toutes, si la règle a choisi entre toutes ; et dans son groupement, si sa limite a fait choisir."""
    regle, semee = commande.repartition, graine(commande.id, besoin.produit.ref)
    if regle not in DITS:
        return {}, {}
    groupes = besoin.groupes or _grouper(commande, besoin.retenues)
    demandes = [((nommees[groupe.rangs[0]].groupement, nommees[groupe.rangs[0]].cellule), groupe.admise) for groupe in groupes]
    chez_soi: dict[tuple[str, str], str] = {}
    voulus = ((retenue.groupement, retenue.quantite + retenue.tolerance) for retenue in besoin.retenues)
    for limite, permis in depassees(limites_des_groupements(besoin.produit, commande), voulus).items():
        if permis:
            chez_soi |= rangs_dits(regle, semee, [une for une in demandes if une[0][0] == limite], "du groupement")
    return rangs_dits(regle, semee, demandes) if _choisit(besoin, achat) else {}, chez_soi


def _pris_au_cellier(
    besoin: Besoin, nommees: Sequence[Retenue], achat: Achat, attribues: Mapping[tuple[str, str], int]
) -> dict[tuple[str, str], int]:
    """Chacun·e prend au cellier la même part de ce qu'il ou elle reçoit, au pas près. À égalité, l'ordre des noms que l'on compare."""
    if not achat.pris:
        return {}
    noms: dict[tuple[str, str], str] = {}
    for comparee, retenue in zip(besoin.retenues, nommees, strict=True):
        noms.setdefault((retenue.groupement, retenue.cellule), comparee.cellule)
    pas = besoin.produit.pas
    ordre = sorted(attribues, key=lambda cle: (noms[cle], cle[0]))
    parts = partager(achat.pris // pas, [attribues[cle] // pas for cle in ordre])
    return {cle: part * pas for cle, part in zip(ordre, parts, strict=True)}


def _causes(commande: Commande, produit: Produit, achat: Achat) -> str:
    """Pourquoi une part est plus petite que ce qui est admis : « sac incomplet », « quantité limitée à 80 kg pour le réseau »."""
    total = total_permis(produit, commande)
    if achat.plafonne and total is not None:
        if achat.pris:  # le cellier s'ajoute à la limite : sans le dire, on recevrait plus que la « limite »
            return f"on n’en commande que {quantite(total, produit.unite)} pour tout le réseau, en plus du cellier"
        return f"quantité limitée à {quantite(total, produit.unite)} pour le réseau"
    return _lot_accorde(produit, "incomplet", "incomplète")


def _lot_accorde(produit: Produit, masculin: str, feminin: str) -> str:
    """« sac incomplet », « meule complétée » : le plus petit des lots."""
    lots = lots_de(produit)
    mot = (lots[-1].nom.split() if lots else [])[:1] or ["lot"]
    return f"{mot[0]} {feminin if mot[0] in FEMININS else masculin}"


FEMININS = frozenset({"caisse", "boîte", "boite", "meule", "palette", "cagette", "bouteille", "tomme", "part", "barquette"})
