"""Qui prévenir, et de quoi : brouillons (V6) ; maximums dépassés, retards, quantités hors pas ou illisibles, produits inconnus (V7).

Entre : une `Fusion`, les adhérent·es, et si elle est provisoire. Sort : des `APrevenir`, dans l'ordre des groupements et des
cellules. Un bon que la personne a remplacé depuis ne la dérange pas. Données personnelles : dossier privé seulement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from cabas.calculs.fusion import Fusion
from cabas.calculs.identites import cle
from cabas.calculs.jugement import REJETS_DU_BON, CleDeBon, LigneJugee, Sort, a_lire
from cabas.calculs.mots_de_commande import d_une_ligne
from cabas.calculs.offre import maximum_par_bon
from cabas.modele import Depot, Produit
from cabas.quantites import LISIBLE, lire_quantite
from cabas.recu import Adherent
from cabas.typographie import accorder, de, enumerer, instant_long, quantite

MOTIFS = {
    "quantite-plafonnee": "maximum",
    "hors-delai": "retard",
    "quantite-hors-pas": "hors-pas",
    "quantite-illisible": "illisible",
    "quantite-negative": "illisible",
    "produit-inconnu": "produit-inconnu",
    "produit-hors-commande": "produit-inconnu",
}
"""Les codes du journal dont il faut parler à la personne, et le motif de la liste."""

ORDRE = ("brouillon", "retard", "maximum", "hors-pas", "illisible", "produit-inconnu")
SANS_REPONSE = frozenset({"maximum", "retard"})
"""Ce que l'on annonce sans rien demander."""


class APrevenir(NamedTuple):
    """Une chose à dire à une personne. `dit` : la phrase, sans le bonjour ; elle commence par une minuscule."""

    motif: str
    groupement: str
    cellule: str
    nom: str
    telephone: str
    courriel: str
    produit: str
    detail: str
    dit: str

    @property
    def attend_une_reponse(self) -> bool:
        """Vrai si la phrase pose une question, ou demande de faire quelque chose."""
        return self.motif not in SANS_REPONSE


def a_prevenir(depot: Depot, fusion: Fusion, adherents: Mapping[str, Sequence[Adherent]], provisoire: bool) -> tuple[APrevenir, ...]:
    """Tout ce qu'il faut dire, une entrée par personne et par chose. Une ligne sans cellule ni nom n'a personne à prévenir."""
    return tuple(sorted(_Liste(depot, fusion, adherents, provisoire).entrees(), key=_rang))


def _rang(une: APrevenir) -> tuple[str, str, int, str, str]:
    return (une.groupement, une.cellule, ORDRE.index(une.motif), une.produit, une.detail)


class _Liste:
    """La liste d'une fusion : les bons qui comptent, et qui est qui."""

    def __init__(self, depot: Depot, fusion: Fusion, adherents: Mapping[str, Sequence[Adherent]], provisoire: bool) -> None:
        self._depot, self._fusion, self._provisoire = depot, fusion, provisoire
        self._adherents: dict[tuple[str, str], Adherent] = {}
        for groupement, lignes in adherents.items():
            for adherent in lignes:
                self._adherents.setdefault((groupement, cle(adherent.cellule)), adherent)
        self._retenus: dict[tuple[str, str], set[CleDeBon]] = {}
        for bon, jugees in groupby(fusion.singulieres, attrgetter("bon")):
            if any(jugee.sort is Sort.RETENUE for jugee in jugees):
                self._retenus.setdefault((bon[0], bon[1]), set()).add(bon)

    def entrees(self) -> Iterator[APrevenir]:
        bons: dict[tuple[str, CleDeBon], list[LigneJugee]] = {}
        for jugee in self._fusion.singulieres:
            motif = "brouillon" if jugee.sort is Sort.BROUILLON else MOTIFS.get(jugee.code, "")
            if not motif or not (jugee.cellule or jugee.lue.nom) or self._remplace(jugee):
                continue
            if motif in ("brouillon", "retard"):
                bons.setdefault((motif, jugee.bon), []).append(jugee)
            else:
                yield self._entree(motif, jugee, jugee.lue.produit, jugee.message, self._dire(motif, jugee))
        for (motif, _bon), jugees in bons.items():
            noms = dict.fromkeys(self._nom(jugee.lue.produit) for jugee in jugees)
            detail = f"{accorder(len(jugees), 'quantité')} : {enumerer(list(noms))}"
            yield self._entree(motif, jugees[0], "", detail, self._dire_du_bon(motif, jugees[0]))

    def _remplace(self, jugee: LigneJugee) -> bool:
        """Vrai si un autre bon de la même cellule compte à la place de celui-ci : la personne a déjà corrigé."""
        if jugee.sort is not Sort.REJETEE or jugee.code in REJETS_DU_BON:
            return False
        groupement = self._depot.groupements.get(jugee.lue.groupement)
        ajouter = groupement is not None and groupement.plusieurs_bons == "ajouter"
        retenus = self._retenus.get((jugee.lue.groupement, jugee.cellule), set())
        return jugee.bon not in retenus and any(not ajouter or autre[2] == jugee.bon[2] for autre in retenus)

    def _entree(self, motif: str, jugee: LigneJugee, produit: str, detail: str, dit: str) -> APrevenir:
        adherent = self._adherents.get((jugee.lue.groupement, cle(jugee.cellule))) or Adherent(jugee.cellule)
        qui, nom = d_une_ligne(jugee.cellule or jugee.lue.nom), d_une_ligne(adherent.nom or jugee.lue.nom)
        contacts = (d_une_ligne(adherent.telephone), d_une_ligne(adherent.courriel))
        return APrevenir(motif, jugee.lue.groupement, qui, nom, *contacts, d_une_ligne(produit), d_une_ligne(detail), dit)

    def _nom(self, ref: str) -> str:
        produit = self._depot.produits.get(ref)
        return produit.nom if produit else d_une_ligne(ref)[:LISIBLE]

    def _cloture(self, jugee: LigneJugee) -> datetime | None:
        fenetre = self._fusion.commande.fenetre(jugee.lue.groupement)
        return fenetre.cloture if fenetre else None

    def _dire_du_bon(self, motif: str, jugee: LigneJugee) -> str:
        cloture = self._cloture(jugee)
        deja = (jugee.lue.groupement, jugee.cellule) in self._retenus
        if motif == "retard":
            secondes = f" et {accorder(jugee.envoi.second, 'seconde')}" if jugee.envoi and jugee.envoi.second else ""
            arrive = f"votre bon est arrivé le {instant_long(jugee.envoi)}{secondes}" if jugee.envoi else "votre bon est arrivé"
            apres = f"après la clôture du {instant_long(cloture)}" if cloture else "après la clôture"
            suite = " Celui d’avant, arrivé à temps, compte toujours." if deja else ""
            return f"{arrive}, {apres} : il n’est pas compté.{suite}"
        debut = "vous avez commencé un autre bon sans le valider" if deja else "vous avez commencé un bon sans le valider"
        reste = " Votre bon déjà validé compte toujours." if deja else ""
        if not self._provisoire:
            return f"{debut} avant la clôture : il n’est pas compté.{reste} Est-ce bien ce que vous vouliez ?"
        quand = f" avant le {instant_long(cloture)}" if cloture else ""
        return f"{debut}.{reste} Pour qu’il compte, pensez à le valider{quand}, ou dites-le-nous."

    def _dire(self, motif: str, jugee: LigneJugee) -> str:
        produit = self._depot.produits.get(jugee.lue.produit)
        if motif == "produit-inconnu" or produit is None:
            if not jugee.lue.produit.strip():
                return f"sur votre bon, la quantité « {d_une_ligne(jugee.lue.lu)[:LISIBLE]} » n’a pas de produit. Que vouliez-vous ?"
            if produit is None:
                return f"sur votre bon, « {self._nom(jugee.lue.produit)} » n’est pas dans notre catalogue. Quel produit vouliez-vous ?"
            return f"« {produit.nom} » n’est pas proposé dans cette commande. Voulez-vous autre chose à la place ?"
        if motif == "maximum":
            return self._dire_le_maximum(jugee, produit)
        lu, plus = self._fautif(jugee, produit)
        if motif == "hors-pas":
            return f"vous avez écrit « {lu} »{plus} pour « {produit.nom} ». {_proposer(lu, produit)}"
        faute = "ne peut pas être négative" if jugee.code == "quantite-negative" else "ne se lit pas"
        return f"sur votre bon, la quantité « {lu} »{plus} pour « {produit.nom} » {faute}. Combien en voulez-vous ?"

    def _dire_le_maximum(self, jugee: LigneJugee, produit: Produit) -> str:
        demande, maximum = lire_quantite(a_lire(jugee.lue), produit.unite), maximum_par_bon(produit, self._fusion.commande)
        voulu = quantite(demande, produit.unite) if isinstance(demande, int) else f"« {jugee.lue.lu} »"
        limite = f"le maximum est de {quantite(maximum, produit.unite)} par bon" if maximum is not None else "c’est plus que le maximum"
        if maximum is not None and isinstance(demande, int) and demande <= jugee.quantite:
            plus = f"nous avons noté {quantite(jugee.tolerance, produit.unite)} en plus" if jugee.tolerance else "nous n’avons rien noté en plus"
            return f"pour {produit.nom}, {limite}, ce que vous acceptez en plus compris : {plus}."
        accorde = f"nous avons noté {quantite(jugee.quantite, produit.unite)}" if jugee.quantite else "nous ne pouvons pas en noter davantage"
        return f"vous avez demandé {voulu} {de(produit.nom)} : {limite}, {accorde}."

    def _fautif(self, jugee: LigneJugee, produit: Produit) -> tuple[str, str]:
        """La case que l'on n'a pas pu prendre : la quantité, ou la tolérance (« à accepter en plus »)."""
        lu = lire_quantite(a_lire(jugee.lue), produit.unite)
        bonne = isinstance(lu, int) and lu % produit.pas == 0
        texte, plus = (jugee.lue.tolerance, " à accepter en plus") if bonne else (a_lire(jugee.lue), "")
        texte = d_une_ligne(texte)
        return (texte if len(texte) <= LISIBLE else f"{texte[:LISIBLE]}…"), plus


def _proposer(lu: str, produit: Produit) -> str:
    """« Il se commande par 500 g : préférez-vous 1 kg ou 1,5 kg ? »"""
    valeur = lire_quantite(lu, produit.unite)
    par = f"On le commande par {quantite(produit.pas, produit.unite)}"
    if not isinstance(valeur, int):
        return f"{par} : combien en voulez-vous ?"
    dessous = valeur // produit.pas * produit.pas
    choix = [quantite(milliemes, produit.unite) for milliemes in (dessous, dessous + produit.pas) if milliemes]
    return f"{par} : préférez-vous {enumerer(choix, 'ou')} ?" if len(choix) > 1 else f"{par} : voulez-vous {choix[0]} ?"
