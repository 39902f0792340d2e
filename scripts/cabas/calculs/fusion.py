"""Fusionner : de toutes les lignes reçues, garder le dernier bon de chacun·e, ramener aux maximums, tout expliquer.

Entre : ce qui a été lu, le dépôt, une commande, les adhérent·es et leurs crédits. Sort : une `Fusion` — le sort de
chaque ligne, et ce qui est retenu, bon par bon et produit par produit. Règles : contrats.md §4 et §5.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, NamedTuple

from cabas.calculs.demandes import Articles, Demandes
from cabas.calculs.identites import Identites
from cabas.calculs.jugement import REJETS_DU_BON, CleDeBon, Juge, LigneJugee, Sort
from cabas.calculs.offre import tarif_de
from cabas.calculs.ordinaires import BonOrdinaire, Comptoir, mettre_a_part
from cabas.calculs.plafonds import ramener_les_tolerances
from cabas.calculs.remplacement import bons_gagnants, phrases_de_remplacement, remplacer
from cabas.calculs.retenues import BonRetenu, Retenue, bons_de, deplier
from cabas.calculs.signaux import Signaux
from cabas.calculs.tarifs import un_tarif_par_bon
from cabas.constats import VIDE, Refus
from cabas.modele import Commande, Depot
from cabas.recu import Adherent, BonLu, Decision, Recue, Totaux, nouvelle
from cabas.recu import deplier as lues_une_par_une
from cabas.typographie import de, quantite

if TYPE_CHECKING:
    from cabas.calculs.decisions import Decidees, Ecart


class FaitsDeFusion(NamedTuple):
    """Le résultat : `jugees` dit le sort de tout ce qui est arrivé, dans l'ordre des fichiers ; `bons`, ce qui entre dans le récap.

    `decisions` : celles qui ont servi ; `ecarts` : celles que l'on n'a pas appliquées, et pourquoi.
    `totaux` : ceux des groupements qui fusionnent chez eux ; `None` si l'on fusionne seul, et chaque cellule compte alors par son nom.
    """

    commande: Commande
    jugees: tuple[LigneJugee | BonOrdinaire, ...]
    bons: tuple[BonRetenu, ...]
    acceptes: tuple[str, ...] = ()
    comptes: Mapping[str, int] = VIDE
    decisions: tuple[Decision, ...] = ()
    ecarts: tuple[Ecart, ...] = ()
    totaux: tuple[Totaux, ...] | None = None


class Fusion(FaitsDeFusion):
    """Une fusion, et ce que l'on en tire une fois pour toutes."""

    @cached_property
    def lignes(self) -> tuple[LigneJugee, ...]:
        """Le sort de chaque ligne reçue. Une par une, elles prennent beaucoup de place : `singulieres` ou `premieres` suffisent souvent."""
        return tuple(ligne for jugee in self.jugees for ligne in (jugee.lignes() if isinstance(jugee, BonOrdinaire) else (jugee,)))

    @cached_property
    def singulieres(self) -> tuple[LigneJugee, ...]:
        """Les lignes des bons dont il y a quelque chose à dire."""
        return tuple(jugee for jugee in self.jugees if isinstance(jugee, LigneJugee))

    @cached_property
    def premieres(self) -> tuple[LigneJugee, ...]:
        """Les mêmes, et la première de chaque bon sans histoire : de quoi connaître tout le monde."""
        return tuple(next(jugee.lignes()) if isinstance(jugee, BonOrdinaire) else jugee for jugee in self.jugees)

    @cached_property
    def retenues(self) -> tuple[Retenue, ...]:
        """Ce qui est retenu, un produit d'un bon à la fois."""
        return tuple(deplier(self.bons))


def fusionner(
    depot: Depot,
    commande: Commande,
    recues: Iterable[Recue],
    adherents: Mapping[str, Sequence[Adherent]],
    soldes: Mapping[str, Mapping[str, int]],
    accepter: Collection[str] = (),
    decisions: Sequence[Decision] = (),
) -> Fusion:
    """Fusionne les bons d'une commande, groupement par groupement. `soldes` : centimes par groupement et cellule.

    `accepter` : les bons en retard que l'on prend pour cette fois, chacun nommé sans ambiguïté. Celui qui ne l'est pas reste en retard.
    """
    par_groupement: dict[str, list[Recue]] = {}
    demandes = Demandes(depot, commande)
    decidees: Decidees | None = None
    if decisions or accepter:
        from cabas.calculs.decisions import Decidees  # noqa: PLC0415 (presque toujours, il n'y a rien à décider ni à charger)

        decidees = Decidees(decisions, accepter)
    if decidees and decisions:  # une décision vise une ligne, une cellule ou un bon : toutes se regardent alors une par une
        recues = decidees.corriger(list(lues_une_par_une(recues)), demandes)
    for groupement, siennes in groupby(recues, attrgetter("groupement")):
        par_groupement.setdefault(groupement, []).extend(siennes)
    juges: dict[str, tuple[Identites, Juge]] = {}
    for groupement, recues_ici in par_groupement.items():
        ecritures = {recue.modele.cellule if isinstance(recue, BonLu) else recue.cellule for recue in recues_ici}
        identites = Identites(depot.groupements.get(groupement), adherents.get(groupement, ()), ecritures)
        juges[groupement] = identites, Juge(commande, groupement, identites, demandes)
        if decidees:
            decidees.inscrire(groupement, *juges[groupement], recues_ici)
    if decidees:  # un même identifiant peut être à plusieurs, d'un groupement à l'autre : tous les bons sont maintenant connus
        decidees.viser()
    jugees: list[LigneJugee | BonOrdinaire] = []
    bons: list[BonRetenu] = []
    for groupement, recues_ici in sorted(par_groupement.items()):
        identites, juge = juges[groupement]
        if decidees:
            juge.accepter(decidees.acceptes(groupement))
        etape = _Groupement(depot, commande, groupement, identites, demandes, soldes.get(groupement, {}))
        ordinaires, lignes = mettre_a_part(recues_ici, juge, etape.comptoir())
        jugees_seules = juge.juger(lignes)
        finales = etape.fusionner(decidees.annuler(groupement, jugees_seules) if decidees else jugees_seules)
        if decidees:
            finales = decidees.expliquer(groupement, identites, finales, demandes)
        jugees += sorted([*ordinaires, *finales], key=_place) if ordinaires else finales
        bons += sorted([*(un.retenu() for un in ordinaires), *bons_de(etape.retenues(finales))], key=itemgetter(1, 2))
    fusion = Fusion(commande, tuple(jugees), tuple(bons), comptes=compter(jugees))
    return fusion._replace(acceptes=decidees.noms_acceptes, decisions=decidees.utiles, ecarts=decidees.ecarts) if decidees else fusion


def _place(jugee: LigneJugee | BonOrdinaire) -> tuple[str, int]:
    """Le fichier et la ligne : l'ordre du journal."""
    if isinstance(jugee, BonOrdinaire):
        return jugee.fichier, jugee.lu.numeros[0]
    return jugee.lue.fichier, jugee.lue.ligne


def compter(jugees: Iterable[LigneJugee | BonOrdinaire]) -> dict[str, int]:
    """`lues`, `retenues`, `remplacees`, `rejetees`, `brouillons` : la première est la somme des quatre autres."""
    comptes: Counter[Sort] = Counter()
    for jugee in jugees:
        if isinstance(jugee, BonOrdinaire):
            comptes[Sort.RETENUE] += len(jugee.articles)
        else:
            comptes[jugee.sort] += 1
    noms = {"retenues": Sort.RETENUE, "remplacees": Sort.REMPLACEE, "rejetees": Sort.REJETEE, "brouillons": Sort.BROUILLON}
    return {"lues": comptes.total(), **{nom: comptes[sort] for nom, sort in noms.items()}}


class _Groupement:
    """La fusion d'un groupement : ce qui dépend de plusieurs lignes à la fois."""

    def __init__(
        self, depot: Depot, commande: Commande, groupement: str, identites: Identites, demandes: Demandes, soldes: Mapping[str, int]
    ) -> None:
        self._depot, self._commande, self._identites, self._demandes = depot, commande, identites, demandes
        self._groupement = depot.groupements.get(groupement)
        self._au_tarif: dict[str, Articles] = {}
        self._signaux = Signaux(self._groupement, identites, soldes, commande.fenetre(groupement), self._prix)

    def comptoir(self) -> Comptoir:
        """Ce qui suffit à reconnaître les bons sans histoire de ce groupement."""
        return Comptoir(self._identites.tarif, self._articles, self._signaux.a_dire)

    def _articles(self, tarif: str) -> Articles:
        """Ce que veut dire chaque écriture à un tarif ; au prix coûtant, si le groupement n'en a pas."""
        if tarif not in self._au_tarif:
            coefficient = tarif_de(self._groupement, tarif).coefficient if self._groupement and self._groupement.tarifs else Decimal(1)
            self._au_tarif[tarif] = self._demandes.articles(coefficient)
        return self._au_tarif[tarif]

    def fusionner(self, jugees: list[LigneJugee]) -> list[LigneJugee]:
        """Applique le remplacement, puis les plafonds et les signalements, aux lignes d'un groupement."""
        bons: dict[CleDeBon, list[LigneJugee]] = {}
        for cle, groupe in groupby(jugees, attrgetter("bon")):
            if gardees := [jugee for jugee in groupe if jugee.sort is not Sort.BROUILLON and jugee.code not in REJETS_DU_BON]:
                bons.setdefault(cle, []).extend(gardees)
        gagnants = bons_gagnants(bons, ajouter=self._groupement is not None and self._groupement.plusieurs_bons == "ajouter")
        phrases = phrases_de_remplacement(bons, gagnants)
        finales: list[LigneJugee] = []
        deja: dict[CleDeBon, dict[str, int]] = {cle: {} for cle in bons}
        for jugee in sorted(jugees, key=attrgetter("lue.fichier", "lue.ligne")):
            if jugee.sort is not Sort.RETENUE:
                finales.append(jugee)
            elif jugee.bon in phrases:
                finales.append(remplacer(jugee, phrases[jugee.bon]))
            else:
                finales.append(self._plafonner(jugee, deja[jugee.bon]))
        return self._signaux.poser(ramener_les_tolerances(un_tarif_par_bon(finales, self._identites), self._depot, self._commande))

    def _plafonner(self, jugee: LigneJugee, deja: dict[str, int]) -> LigneJugee:
        """Ramène au maximum par bon ; signale un produit écrit deux fois, une quantité suspecte. `deja` : ce qu'en a ce bon, par produit."""
        ref, voulue = jugee.lue.produit, jugee.quantite
        lectures = self._demandes.lectures(ref)
        if isinstance(lectures, Refus):  # jamais : une ligne retenue est d’un produit proposé
            return jugee
        maximum, suspecte = lectures.maximum, lectures.suspecte
        avant = deja.get(ref)
        if avant is None and voulue < lectures.seuil:
            deja[ref] = voulue
            return jugee
        produit = self._depot.produits[ref]
        permis = jugee.quantite if maximum is None else min(jugee.quantite, max(0, maximum - (avant or 0)))
        deja[ref] = (avant or 0) + permis
        if permis < jugee.quantite and maximum is not None:
            demande, accorde, limite = (quantite(valeur, produit.unite) for valeur in (jugee.quantite, permis, maximum))
            message = f"{demande} {de(produit.nom)} : ramené à {accorde}, le maximum est {limite} par bon."
            return jugee._replace(quantite=permis, code="quantite-plafonnee", message=message, remede="Prévenir la personne.")
        if not jugee.lue.decision and suspecte is not None and voulue >= suspecte:
            doute = "des grammes écrits pour des kilos ?" if produit.unite == "kg" else "est-ce bien cela ?"
            return jugee._replace(
                code="quantite-suspecte",
                message=f"{quantite(jugee.quantite, produit.unite)} {de(produit.nom)} : {doute}",
                remede="Demander à la personne ; corriger le bon s’il le faut.",
            )
        if avant is not None:
            return jugee._replace(
                code="produit-en-double",
                message=f"{produit.nom} est écrit deux fois dans ce bon : les quantités sont additionnées.",
                remede="Vérifier avec la personne que c’est voulu.",
            )
        return jugee

    def _prix(self, ref: str, tarif: str) -> int:
        return self._articles(tarif).prix(ref)

    def retenues(self, finales: Iterable[LigneJugee]) -> list[Retenue]:
        """Les lignes retenues, additionnées par bon et par produit ; triées par cellule, bon, produit, fichier."""
        bons: dict[tuple[str, str], list[LigneJugee]] = {}
        for cle, groupe in groupby(finales, attrgetter("bon")):
            if gardees := [jugee for jugee in groupe if jugee.sort is Sort.RETENUE]:
                bons.setdefault((cle[1], cle[2]), []).extend(gardees)
        rang = attrgetter("produit", "fichier")
        return [retenue for _cle, lignes in sorted(bons.items(), key=itemgetter(0)) for retenue in sorted(self._additionner(lignes), key=rang)]

    def _additionner(self, lignes: Iterable[LigneJugee]) -> Iterable[Retenue]:
        """Une retenue par bon et par produit, de lignes toutes retenues d'une même cellule."""
        sommes: dict[tuple[str, str], Retenue] = {}
        for lue, cellule, bon, _sort, quantites, tolerances, envoi, _code, _message, _remede in lignes:
            cle = (bon[3], lue.produit)
            if deja := sommes.get(cle):
                dernier = max((un for un in (deja.envoi, envoi) if un), default=None)  # l'heure d'un bon est celle de sa dernière ligne
                sommes[cle] = deja._replace(quantite=deja.quantite + quantites, tolerance=deja.tolerance + tolerances, envoi=dernier)
                continue
            tarif = self._identites.tarif(cellule, lue.tarif)
            prix = self._prix(lue.produit, tarif)
            demande = (bon[0], cellule, bon[2], lue.produit, quantites, tolerances, lue.creneau)
            sommes[cle] = nouvelle(Retenue, (*demande, tarif, prix, envoi, lue.fichier, lue.ligne))
        return sommes.values()
