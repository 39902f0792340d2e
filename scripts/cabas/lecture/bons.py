"""Les bons reçus, sous toutes leurs formes, ramenés à des `LigneLue`. Rien ne se perd : une quantité, une ligne.

Entre : les octets d'un fichier de `prive/<commande>/<groupement>/bons/`. Sort : une `LigneLue` par quantité ni vide ni
nulle, et les constats de lecture. Un fichier illisible donne une seule ligne, rejetée. Règle : contrats.md §4 et §5.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from functools import partial

from cabas.constats import Constat, Emplacement, Refus
from cabas.lecture import signalements
from cabas.lecture.carnet import Carnet, en_double, remarques_de
from cabas.lecture.cases import coches, comprendre_produit, est_nulle, refus_de, sans_produit, sans_quantite, tout
from cabas.lecture.colonnes import Catalogue, Colonne
from cabas.lecture.courrier import Lus, bons_dans_les_cases, est_un_courrier, est_un_tableau_qui_cite, lire_courrier
from cabas.lecture.dates_de_tableur import DatesEgarees
from cabas.lecture.etages import composer
from cabas.lecture.glissements import DOUTEUSE, a_glisse, decalees
from cabas.lecture.intitules import Personnes
from cabas.lecture.nettoyage import nettoyer
from cabas.lecture.page import ENTETE_DE_LA_PAGE
from cabas.lecture.personnes import ROLES, Faire, Feuille, fabrique
from cabas.lecture.preambule import completer, elargir, lire_preambule
from cabas.lecture.prix_lus import prix_differents
from cabas.lecture.profils import Profil, reconnaitre
from cabas.lecture.rangees import DECALEE, Carre, Rangee, ligne_illisible
from cabas.lecture.reponses_json import est_un_json, lire_reponses
from cabas.lecture.tableaux import Tableau, lire_tableaux
from cabas.lecture.tolerances import DEUX_TOLERANCES, choisir, par_ref, situer
from cabas.lecture.unites import colonnes_d_unite, non_lues, selon_l_unite, unites_a_cote
from cabas.quantites import dans_l_unite, lire_quantite
from cabas.recu import LigneLue

_CHIFFRE = re.compile(r"\s*[\d½¼¾]")
_MELANGE = Refus(
    "colonne-inconnue",
    "Ce tableau a déjà une ligne par produit : une colonne de produit en plus n’y a pas de sens.",
    "Recopier cette quantité sur une ligne à elle.",
)
_DEUX_QUANTITES = Refus("colonne-ambigue", "Deux colonnes de quantité ne disent pas la même chose.", "Garder la bonne, ôter l’autre.")


def lire_bons(octets: bytes, fichier: str, groupement: str, catalogue: Catalogue, jumeau: str = "", carnet: Carnet | None = None) -> Lus:
    """Toutes les quantités d'un fichier. `fichier` est le chemin à afficher ; `jumeau`, celui d'un fichier identique déjà
    lu : leurs bons portent alors le même nom, et ne s'additionnent pas. `carnet` : ce que l'on retient d'un fichier à l'autre.
    """
    carnet = carnet or Carnet()
    cite = est_un_tableau_qui_cite(octets, fichier)
    courrier = est_un_courrier(octets, fichier)
    lu = None if courrier and not cite else _tableaux(octets, catalogue)
    if lu is None or (courrier and isinstance(lu, Refus)):

        def lire_un(tableau: Tableau, ou: str) -> Lus:
            lecture = _Lecture(ou, groupement, catalogue, tableau, jumeau or fichier)
            return lecture.lignes(carnet), lecture.constats

        def lire_piece(piece: bytes, ou: str) -> Lus:
            sien = carnet.jumeau(ou, piece)
            lignes, constats = lire_bons(piece, ou, groupement, catalogue, sien, carnet)
            return lignes, [en_double(ou, sien), *constats] if sien and not jumeau else constats

        return lire_courrier(octets, fichier, groupement, lire_un, lire_piece)
    if isinstance(lu, Refus):
        return [ligne_illisible(fichier, groupement, lu)], []
    lignes: list[LigneLue] = []
    constats: list[Constat] = []
    seul = sum(tableau.porte_des_bons for tableau in lu) == 1
    for tableau in lu:
        if not tableau.porte_des_bons:
            constats += signalements.feuille_non_lue(tableau, fichier, catalogue)
            continue
        ou = fichier if seul else f"{fichier}#{tableau.feuille}"
        if (profil := reconnaitre(tableau.lignes[tableau.entete][1])) and profil.refus:
            lignes.append(ligne_illisible(ou, groupement, Refus("fichier-illisible", profil.refus, profil.remede)))
            continue
        lecture = _Lecture(ou, groupement, catalogue, tableau, jumeau or fichier)
        lignes += lecture.lignes(carnet)
        constats += lecture.constats
        lignes += bons_dans_les_cases(tableau, ou, groupement) if cite else []
    return lignes, constats


def _tableaux(octets: bytes, catalogue: Catalogue) -> list[Tableau] | Refus:
    if est_un_json(octets):
        lus = lire_reponses(octets)
        return lus if isinstance(lus, Refus) else [tableau._replace(entier=True) for tableau in lus]
    lus = lire_tableaux(octets, catalogue.compter, catalogue.encodage)
    return lus if isinstance(lus, Refus) else [composer(tableau, catalogue) for tableau in lus]


SANS_PROFIL = Profil("", "", "")


class _Lecture:
    """La lecture d'une feuille : colonnes comprises une fois, puis ligne à ligne."""

    def __init__(self, fichier: str, groupement: str, catalogue: Catalogue, tableau: Tableau, nom: str) -> None:
        self.court = nom.rpartition("/")[2]
        self.fichier, self.groupement, self.catalogue, self.tableau = fichier, groupement, catalogue, tableau
        self.constats: list[Constat] = []
        self.carre = Carre(tableau)
        self.numero = self.carre.numero
        self.profil = reconnaitre(tableau.lignes[tableau.entete][1]) or SANS_PROFIL
        self.colonnes = catalogue.comprendre(tableau.lignes[tableau.entete][1])
        self.de_la_page = not tableau.feuille and self.carre.intitules == ENTETE_DE_LA_PAGE
        self.constats += prix_differents(self.colonnes, catalogue, Emplacement(fichier, self.numero))
        # Une colonne absente se lit au rang -1, où chaque rangée garde une case vide : aucun cas particulier ensuite.
        self.rangs: dict[str, int] = dict.fromkeys((*ROLES, "produit", "quantite", "tolerance"), -1)
        for colonne in reversed(self.colonnes):
            if colonne.role and not colonne.ref and not colonne.refus:
                self.rangs[colonne.role] = colonne.rang
        self.personnes = Personnes(self.colonnes, self.rangs)

    def lignes(self, carnet: Carnet) -> list[LigneLue]:
        longue = self.rangs["produit"] >= 0 and self.rangs["quantite"] >= 0
        noms = [rang for role in ("cellule", "nom", "courriel") if (rang := self.rangs[role]) >= 0]
        quantites = [colonne.rang for colonne in self.colonnes if colonne.role == "quantite" and not colonne.refus]
        rangees = self.carre.egarees(noms, quantites) + self.carre.suivantes()
        if longue and not noms:
            self.rangs, valeurs = completer(lire_preambule(self.tableau.lignes[: self.tableau.entete]), self.rangs, self.carre.largeur)
            elargir(rangees, valeurs)
        nettoyer(rangees, self.colonnes, self.profil, self.rangs["envoye_le"], self.personnes)
        if not rangees:
            self.constats.append(signalements.fichier_sans_ligne(self.fichier))
        self.constats += signalements.accents_abimes(rangees, self.fichier)
        carnet.noter(self.groupement, self.fichier, self.court, remarques_de(self.colonnes, self.rangs, rangees))
        lignes = (self._longues if longue else self._grille)(rangees)
        if rangees and not lignes and not any(constat.code == "bon-vide" for constat in self.constats):
            self.constats.append(signalements.rien_de_demande(self.fichier, rangees[0][0]))
        return lignes

    def _longues(self, rangees: list[Rangee]) -> list[LigneLue]:
        """La forme canonique : une ligne par produit. Une colonne de produit en plus n'y a pas sa place : elle est rejetée."""
        produit, quantite, cellule, envoye = (self.rangs[role] for role in ("produit", "quantite", "cellule", "envoye_le"))
        tolerances = [colonne for colonne in self.colonnes if colonne.role == "tolerance" and not colonne.ref]
        tolerance = tolerances[0].rang if tolerances else -1
        fabriquer, comprises = self._fabrique(), self.catalogue.cases_lues
        etrangeres = [colonne for colonne in self.colonnes if colonne.role in ("quantite", "tolerance") and (colonne.ref or colonne.produit)]
        doublons = [colonne.rang for colonne in self.colonnes if colonne[2:4] == ("quantite", "") and not colonne.refus and colonne.rang != quantite]
        lignes: list[LigneLue] = []
        vides: dict[tuple[str, str], int] = {}
        pleins: set[tuple[str, str]] = set()
        plusieurs, plein = len(tolerances) > 1, None
        dites = [colonne.rang for colonne in colonnes_d_unite(self.colonnes)]
        self.constats += signalements.colonnes_ignorees(non_lues(self.colonnes, rangees), Emplacement(self.fichier, self.numero))
        for numero, cases, forme in rangees:
            faire, lu, plus, refus = fabriquer(cases), cases[quantite], cases[tolerance], forme
            ref, unite = comprises.get(cases[produit]) or comprendre_produit(cases[produit], self.catalogue)
            disputees: Sequence[Colonne] = ()
            if plusieurs:
                plus, disputees = choisir(tolerances, cases)
            if doublons and not refus and any(cases[rang] not in ("", lu) for rang in doublons):
                refus = _DEUX_QUANTITES
            if refus or not (est_nulle(lu, unite) and est_nulle(plus, unite)):
                ou, lu = ("quantite", tout(cases) if refus else lu) if refus or not plus else situer("quantite", lu, plus, unite, tolerances, cases)
                ligne = faire(numero, ou, ref, lu, plus, refus)
                lignes.append(selon_l_unite(ligne, [cases[rang] for rang in dites], self.catalogue.produits) if dites else ligne)
                if faire is not plein:  # la même personne, la même date : déjà dit
                    plein = faire
                    pleins.add((cases[cellule], cases[envoye]))
            elif cases[envoye]:
                vides.setdefault((cases[cellule], cases[envoye]), numero)
            if etrangeres:
                restes = [colonne for colonne in etrangeres if not est_nulle(cases[colonne.rang], "kg")]
                lignes += [faire(numero, colonne.intitule, colonne.ref, cases[colonne.rang], "", refus or _MELANGE) for colonne in restes]
            if disputees:
                lignes += [faire(numero, colonne.intitule, ref, cases[colonne.rang], "", refus or DEUX_TOLERANCES) for colonne in disputees]
        for cle, numero in vides.items():
            if cle not in pleins:
                self.constats.append(signalements.reponse_vide(self.fichier, numero))
        return lignes

    def _fabrique(self) -> Callable[[Sequence[str]], Faire]:
        return fabrique(Feuille(self.groupement, self.fichier, self.court, self.de_la_page, self.profil.datee), self.rangs, self.personnes.autres)

    def _grille(self, rangees: list[Rangee]) -> list[LigneLue]:
        """Une ligne par personne, une colonne par produit."""
        fabriquer, dites = self._fabrique(), unites_a_cote(self.colonnes)
        quantites, tolerances = self._colonnes_de_produit(dites.values())
        produits = [colonne for colonne, _unite in quantites] + [une for siennes in tolerances.values() for une in siennes]
        glisse = self.profil.glisse and not self.tableau.entier
        douteuses = decalees(self.colonnes, rangees, self.catalogue.produits) if glisse else frozenset()
        dates = DatesEgarees(rangees, [colonne.rang for colonne, _unite in quantites if not colonne.refus])
        muettes: set[str] = set()
        lignes: list[LigneLue] = []
        for numero, cases, forme in rangees:
            faire = partial(fabriquer(cases), numero)
            decalee = a_glisse(cases, produits) or dates.ont_pu_glisser(cases)
            refus = forme or (DECALEE if decalee else DOUTEUSE if numero in douteuses else None)
            avant = len(lignes)
            restantes = dict(tolerances)
            for colonne, unite in quantites:
                siennes = restantes.pop(colonne.ref, ())
                lu, (plus, disputees) = cases[colonne.rang], choisir(siennes, cases)
                lignes += [faire(autre.intitule, colonne.ref, cases[autre.rang], "", refus or DEUX_TOLERANCES) for autre in disputees]
                if not lu and not plus:
                    continue
                if self._compte(colonne, lu, plus, unite):
                    if colonne.refus and not refus:
                        trouves, lu = coches(lu, self.profil.choix, self.catalogue)
                        lignes += [faire(colonne.intitule, ref, mot, "", sans_quantite(mot)) for ref, mot in trouves]
                        if not lu:
                            continue
                    ou, lu = situer(colonne.intitule, lu, plus, unite, siennes, cases)
                    plus = dans_l_unite(plus, next((une.unite for une in siennes if une.unite), colonne.unite))
                    ligne = faire(ou, colonne.ref, lu, plus, refus or refus_de(colonne), colonne.unite)
                    lignes.append(selon_l_unite(ligne, [cases[dites[colonne.rang]]], self.catalogue.produits) if colonne.rang in dites else ligne)
                elif colonne.refus and not est_nulle(lu, unite):
                    muettes.add(colonne.intitule)
            for ref, siennes in restantes.items():
                plus, disputees = choisir(siennes, cases)
                lignes += [faire(autre.intitule, ref, cases[autre.rang], "", refus or DEUX_TOLERANCES) for autre in disputees]
                if not est_nulle(plus, self.catalogue.produits[ref].unite):
                    lignes.append(faire(situer("", "", plus, "kg", siennes, cases)[0], ref, "", plus, refus))
            if len(lignes) == avant and (refus or cases[self.rangs["envoye_le"]]):
                self._bon_vide(numero, cases, refus, lignes, faire)
        self.constats += signalements.colonnes_ignorees(muettes, Emplacement(self.fichier, self.numero))
        return lignes

    def _bon_vide(self, numero: int, cases: Sequence[str], refus: Refus | None, lignes: list[LigneLue], faire: Faire) -> None:
        """Une réponse sans quantité : décalée, elle se rejette ; sinon on la signale (la personne annule peut-être)."""
        if refus:
            lignes.append(faire("", "", tout(cases), "", refus))
        else:
            self.constats.append(signalements.reponse_vide(self.fichier, numero))

    def _colonnes_de_produit(self, dites: Collection[int]) -> tuple[list[tuple[Colonne, str]], dict[str, list[Colonne]]]:
        tolerances = par_ref(self.colonnes)
        quantites = [
            (colonne, self.catalogue.produits[colonne.ref].unite if colonne.ref else "kg")
            for colonne in map(sans_produit, self.colonnes)
            if colonne.role == "quantite" and colonne.rang not in dites
        ]
        return quantites, tolerances

    def _compte(self, colonne: Colonne, lu: str, plus: str, unite: str) -> bool:
        """Cette case est-elle une quantité reçue ? Dans une colonne étrangère au catalogue, un mot n'en est pas une."""
        if est_nulle(lu, unite) and est_nulle(plus, unite):
            return False
        return bool(
            not colonne.refus or colonne.produit or _CHIFFRE.match(lu) or isinstance(lire_quantite(lu, unite), int) or self.catalogue.cite(lu)
        )
