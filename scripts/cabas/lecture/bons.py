"""Les bons reçus, sous toutes leurs formes, ramenés à des `LigneLue`. Rien ne se perd : une quantité, une ligne.

Entre : les octets d'un fichier de `prive/<commande>/<groupement>/bons/`. Sort : une `LigneLue` par quantité ni vide ni
nulle, et les constats de lecture. Un fichier illisible donne une seule ligne, rejetée. Règle : contrats.md §4 et §5.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from cabas.constats import Constat, Emplacement, Refus, avertissement
from cabas.lecture.colonnes import Catalogue, Colonne, remede_de_colonne, simplifier
from cabas.lecture.tableaux import CASE_MAX, Tableau, lire_tableaux
from cabas.quantites import lire_quantite
from cabas.recu import LigneLue

_DECALAGE = re.compile(
    r"\s*(?:\d{1,2}\s?[h:]\s?(?:\d\d)?(?:\s?[-–àa]\s?\d{1,2}\s?[h:]\s?(?:\d\d)?)?|0[1-9](?:[ .-]?\d\d){4}|\S+@\S+\.\S+|\d\d/\d\d/\d{4}.*)\s*",
    re.IGNORECASE,
)
_OUI = frozenset({"1", "oui", "vrai", "true", "x", "yes"})
_BROUILLONS = frozenset({"brouillon", "draft"})
DECALEE = Refus(
    "ligne-decalee",
    "Les cases de cette ligne ont glissé : on ne sait plus à quel produit va chaque quantité.",
    "Relire la réponse dans le service d’origine, et la ressaisir.",
)


def lire_bons(octets: bytes, fichier: str, groupement: str, catalogue: Catalogue, jumeau: str = "") -> tuple[list[LigneLue], list[Constat]]:
    """Toutes les quantités d'un fichier. `fichier` est le chemin à afficher ; `jumeau`, celui d'un fichier identique déjà
    lu : leurs bons portent alors le même nom, et ne s'additionnent pas.
    """
    lu = lire_tableaux(octets, catalogue.compter)
    if isinstance(lu, Refus):
        return [ligne_illisible(fichier, groupement, lu)], []
    lignes: list[LigneLue] = []
    constats: list[Constat] = []
    for tableau in lu:
        lecture = _Lecture(fichier if len(lu) == 1 else f"{fichier}#{tableau.feuille}", groupement, catalogue, tableau, jumeau or fichier)
        lignes += lecture.lignes()
        constats += lecture.constats
    return lignes, constats


def ligne_illisible(fichier: str, groupement: str, refus: Refus) -> LigneLue:
    """La ligne unique, rejetée, d'un fichier qui ne se lit pas."""
    return LigneLue(
        groupement, fichier, 0, "", "", "", "", "", origine=fichier.rpartition("/")[2], refus=Refus("fichier-illisible", refus.fait, refus.remede)
    )


def oter_apostrophe(texte: str) -> str:
    """Ôte l'apostrophe qu'un export a mise devant `= + - @` pour désarmer un tableur (la nôtre comprise)."""
    return texte[1:] if len(texte) > 1 and texte[0] == "'" and texte[1] in "=+-@\t\r0123456789" else texte


class _Lecture:
    """La lecture d'une feuille : colonnes comprises une fois, puis ligne à ligne."""

    def __init__(self, fichier: str, groupement: str, catalogue: Catalogue, tableau: Tableau, nom: str) -> None:
        self.court = nom.rpartition("/")[2] + (f"#{tableau.feuille}" if "#" in fichier else "")
        self.fichier, self.groupement, self.catalogue, self.tableau = fichier, groupement, catalogue, tableau
        self.constats: list[Constat] = []
        self.numero_entete, intitules = tableau.lignes[tableau.entete]
        self.largeur = len(intitules)
        while self.largeur and not intitules[self.largeur - 1].strip():
            self.largeur -= 1
        self.colonnes = catalogue.comprendre(intitules)
        self.services: dict[str, int] = {}
        for colonne in self.colonnes:
            if colonne.role and not colonne.ref and not colonne.refus:
                self.services.setdefault(colonne.role, colonne.rang)

    def lignes(self) -> list[LigneLue]:
        corps = [(numero, cases) for numero, cases in self.tableau.lignes[self.tableau.entete + 1 :] if any(case.strip() for case in cases)]
        if not corps:
            self.constats.append(
                avertissement(
                    "fichier-sans-ligne", Emplacement(self.fichier), "Le fichier n’a que des intitulés.", "Vérifier que c’est bien le bon export."
                )
            )
        longue = "produit" in self.services and "quantite" in self.services
        return (self._longues if longue else self._grille)(corps)

    def _lecteur(self, role: str, defaut: str = "") -> Callable[[Sequence[str]], str]:
        index = self.services.get(role)
        if index is None:
            return lambda _cases: defaut
        return lambda cases: oter_apostrophe(cases[index].strip()) if index < len(cases) else defaut

    def _longues(self, corps: list[tuple[int, list[str]]]) -> list[LigneLue]:
        """La forme canonique : une ligne par produit."""
        produit, quantite, tolerance = self._lecteur("produit"), self._lecteur("quantite"), self._lecteur("tolerance")
        fabrique = self._fabrique()
        lignes: list[LigneLue] = []
        for numero, cases in corps:
            ref, lu, plus = produit(cases), quantite(cases), tolerance(cases)
            if (not lu and not plus) or (lu in _ZEROS and (not plus or plus in _ZEROS)):
                continue
            connu = self.catalogue.produits.get(ref)
            unite = connu.unite if connu else "kg"
            if est_nulle(lu, unite) and est_nulle(plus, unite):
                continue
            lignes.append(fabrique(numero, cases, "quantite", ref, lu, plus, self._forme(cases)))
        return lignes

    def _grille(self, corps: list[tuple[int, list[str]]]) -> list[LigneLue]:
        """Une ligne par personne, une colonne par produit."""
        fabrique, envoye_le = self._fabrique(), self._lecteur("envoye_le")
        quantites, tolerances = self._colonnes_de_produit()
        lignes: list[LigneLue] = []
        for numero, cases in corps:
            refus = self._forme(cases) or self._glissement(cases, quantites)
            avant = len(lignes)
            restantes = dict(tolerances)
            for colonne, unite in quantites:
                lu = oter_apostrophe(cases[colonne.rang].strip()) if colonne.rang < len(cases) else ""
                liee = restantes.pop(colonne.ref, None) if colonne.ref else None
                plus = oter_apostrophe(cases[liee.rang].strip()) if liee and liee.rang < len(cases) else ""
                if (lu or plus) and self._compte(colonne, lu, plus, unite):
                    lignes.append(fabrique(numero, cases, colonne.intitule, colonne.ref, lu, plus, refus or _refus_de(colonne), colonne.unite))
            for ref, seule in restantes.items():
                plus = oter_apostrophe(cases[seule.rang].strip()) if seule.rang < len(cases) else ""
                if plus and not est_nulle(plus, self.catalogue.produits[ref].unite):
                    lignes.append(fabrique(numero, cases, seule.intitule, ref, "", plus, refus))
            if len(lignes) == avant and envoye_le(cases):
                self._bon_vide(numero, cases, refus, lignes, fabrique)
        return lignes

    def _bon_vide(self, numero: int, cases: Sequence[str], refus: Refus | None, lignes: list[LigneLue], fabrique: Callable[..., LigneLue]) -> None:
        """Une réponse sans quantité : décalée, elle se rejette ; sinon on la signale (la personne annule peut-être)."""
        if refus:
            lignes.append(fabrique(numero, cases, "", "", " ".join(case for case in cases if case.strip())[:80], "", refus))
        else:
            self.constats.append(
                avertissement(
                    "bon-vide",
                    Emplacement(self.fichier, numero),
                    "Cette réponse ne demande rien.",
                    "Si la personne annule sa commande, ôter aussi sa réponse d’avant.",
                )
            )

    def _colonnes_de_produit(self) -> tuple[list[tuple[Colonne, str]], dict[str, Colonne]]:
        tolerances = {colonne.ref: colonne for colonne in self.colonnes if colonne.role == "tolerance" and colonne.ref}
        quantites = [
            (colonne, self.catalogue.produits[colonne.ref].unite if colonne.ref else "kg")
            for colonne in self.colonnes
            if colonne.role == "quantite" and (colonne.ref or colonne.refus)
        ]
        return quantites, tolerances

    def _compte(self, colonne: Colonne, lu: str, plus: str, unite: str) -> bool:
        """Cette case est-elle une quantité reçue ? Dans une colonne étrangère au catalogue, un mot n'en est pas une."""
        if est_nulle(lu, unite) and est_nulle(plus, unite):
            return False
        return bool(not colonne.refus or colonne.produit or isinstance(lire_quantite(lu, unite), int))

    def _forme(self, cases: Sequence[str]) -> Refus | None:
        """La ligne a-t-elle autant de cases que l'en-tête ?"""
        if len(cases) < self.largeur or any(case.strip() for case in cases[self.largeur :]):
            return DECALEE
        if any(len(case) > CASE_MAX for case in cases):
            return Refus("fichier-illisible", "Une case est démesurée.", "Vérifier le fichier d’origine.")
        return None

    @staticmethod
    def _glissement(cases: Sequence[str], quantites: Sequence[tuple[Colonne, str]]) -> Refus | None:
        """Un horaire, un téléphone ou une date dans une colonne de produit trahit un glissement (Nextcloud, CryptPad)."""
        for colonne, _unite in quantites:
            case = cases[colonne.rang] if colonne.rang < len(cases) else ""
            if case and not colonne.refus and not case.isdigit() and _DECALAGE.fullmatch(case):
                return DECALEE
        return None

    def _fabrique(self) -> Callable[..., LigneLue]:
        """La fonction qui fait d'une case une `LigneLue` : tout ce qui vient des autres cases de sa ligne est ici."""
        roles = ("cellule", "bon", "commande", "groupement", "envoye_le", "creneau", "tarif", "nom", "courriel", "brouillon", "statut")
        cellule, bon, commande, lu_groupement, envoye, creneau, tarif, nom, courriel, brouillon, statut = (self._lecteur(role) for role in roles)
        groupement, fichier, origine = self.groupement, self.fichier, self.court
        # LimeSurvey laisse vide la date de soumission d'une réponse commencée et jamais envoyée.
        sans_date_inachevee = {"id de la reponse", "date de soumission"} <= {simplifier(colonne.intitule) for colonne in self.colonnes}

        def fabriquer(
            numero: int, cases: Sequence[str], colonne: str, produit: str, lu: str, tolerance: str, refus: Refus | None, unite: str = ""
        ) -> LigneLue:
            quand = envoye(cases)
            qui = cellule(cases) or nom(cases) or courriel(cases)
            inacheve = brouillon(cases).lower() in _OUI or statut(cases).lower() in _BROUILLONS or (sans_date_inachevee and not quand)
            recue = LigneLue(
                groupement, fichier, numero, colonne, bon(cases), qui, produit, lu, tolerance, commande(cases), lu_groupement(cases), quand
            )
            return recue._replace(
                creneau=creneau(cases), tarif=tarif(cases), nom=nom(cases), brouillon=inacheve, refus=refus, origine=origine, unite=unite
            )

        return fabriquer


_ZEROS = frozenset({"0", "0,0", "0.0", "0,00", "0.00"})


def est_nulle(texte: str, unite: str) -> bool:
    """Vrai pour une case vide ou qui vaut zéro : ce n'est pas une quantité reçue."""
    return not texte or texte in _ZEROS or lire_quantite(texte, unite) == 0


def _refus_de(colonne: Colonne) -> Refus | None:
    if not colonne.refus:
        return None
    fait = "correspond à plusieurs produits" if colonne.refus == "colonne-ambigue" else "ne correspond à aucun produit du catalogue"
    return Refus(colonne.refus, f"La colonne « {colonne.intitule} » {fait}.", remede_de_colonne(colonne))
