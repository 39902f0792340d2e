"""Reconnaître les intitulés d'un tableau de bons : colonnes de service, et colonnes de produit. On ne devine jamais.

Une colonne de produit porte la ref entre crochets, ou s'appelle `q-<ref>`, ou porte exactement le nom d'un seul produit
(grilles `Question [Ligne]`, `Question (Ligne)`, `Question | Ligne` comprises). Règle : contrats.md §4.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cabas.lecture.intitules import role_de
from cabas.lecture.profils import Profil, reconnaitre
from cabas.modele import Produit, Tarif
from cabas.motifs import motif
from cabas.typographie import simplifier

if TYPE_CHECKING:
    from cabas.lecture.d_un_trait import Ecrits, Plan


REF = motif(r"\[\s*([a-z0-9]+(?:-[a-z0-9]+)*)\s*\]")
_TOLERANCE = motif(r"\btolerance\b|^jusqu'a\b|^en plus\b")
_CHAMP = motif(r"(?:.*[(/]|rayon\d+-)?([qt])-([a-z0-9]+(?:-[a-z0-9]+)*)\)?")
"""Le nom d'un champ de notre page, seul, entre parenthèses à la fin (« Tolérance, Lentilles (t-lentilles) »), ou
précédé du groupe où Kobo et ODK rangent la question (« rayon2/q-lentilles », « rayon2-q-lentilles »)."""
UNITE = motif(r"\s*\((kg|g|l|cl|ml|piece|pieces)\)$")
PRIX_ECRIT = (
    r"(?P<euros>\d{1,5}(?:[.,]\d{1,3})?) ?(?:€|euros?\b|eur\b) ?(?P<cents>(?<=\d€)\d\d\b)?"
    r"(?: ?(?:/|par\b|les?\b|la\b|l'|pour\b) ?(?:(?P<nombre>\d{1,3})\b ?)?(?:une? )?(?P<unite>[a-z]+)?)?"
)
"""Un prix, dans un texte simplifié : « 3,50€ / kg », « 3€50 le kilo », « 2,40 euros la piece », « 1,71 € les 6 »."""
_PRIX = motif(rf"\s*[-,–(:]?\s*(?:a )?{PRIX_ECRIT}\s*\)?$")
INTITULE_MAX = 400
"""Au-delà, ce n'est pas un intitulé : le chercher coûterait le carré de sa longueur."""
_GRILLES = (motif(r"\[([^\[\]]+)\](?:\s*\[[^\[\]]+\])?$"), motif(r"\((.+?)(?: - [^()]+)?\)$"), motif(r"\|\s*([^|]+)$"))


class Colonne(NamedTuple):
    """Une colonne comprise : son rôle (« quantite », « tolerance » ou un nom de service), sa ref, son unité imposée.

    `refus` non vide : la colonne est rejetée en bloc (`colonne-inconnue`, `colonne-ambigue`) ; `produit` : elle avait
    l'air d'une colonne de produit ; `doute` : pourquoi elle est rejetée et que faire, quand les mots d'usage n'y suffisent pas.
    """

    rang: int
    intitule: str
    role: str
    ref: str = ""
    unite: str = ""
    refus: str = ""
    proches: tuple[str, ...] = ()
    produit: bool = False
    doute: tuple[str, str] = ("", "")


class Catalogue:
    """Les produits, cherchables par ref et par nom simplifié. `tarifs` : ceux du groupement ; `encodage` : celui qu'il déclare.

    `cases_lues` : ce que les lecteurs de bons ont déjà compris d'une case de produit, ref et unité ; `plans` : d'un en-tête entier ;
    `ecrits` : de trois cases sous cet en-tête (voir `d_un_trait`).
    """

    encodage = ""
    dites: Collection[str] = ()
    """Les intitulés dont une correspondance dit le sens : il n'y a plus à en douter."""

    def __init__(self, produits: Iterable[Produit], tarifs: Sequence[Tarif] = ()) -> None:
        self.tarifs = tuple(tarifs)
        self.produits = {produit.ref: produit for produit in produits}
        self.noms: dict[str, list[str]] = {}
        self._trouves: dict[str, list[str]] = {}
        self.cases_lues: dict[str, tuple[str, str]] = {}
        self.plans: dict[str, Plan | None] = {}
        self.ecrits: dict[frozenset[str], Ecrits] = {}
        self._entetes: dict[tuple[str, ...], int] = {}
        self._lues: dict[tuple[str, ...], list[Colonne]] = {}
        for ref in sorted(self.produits):
            self.noms.setdefault(simplifier(self.produits[ref].nom), []).append(ref)

    def compter(self, cases: list[str]) -> int:
        """Combien d'intitulés on reconnaît ; 0 si cela ne peut pas être une ligne d'en-tête."""
        cle = tuple(cases)
        if not (compte := self._entetes.get(cle, 0)) and (compte := self._compter(cases)):
            self._entetes[cle] = compte  # mille bons ont le même en-tête
        return compte

    def _compter(self, cases: list[str]) -> int:
        if reconnaitre(cases):
            return sum(bool(case.strip()) for case in cases)
        lus = [role_de(simplifier(case)) if case.strip() else None for case in cases]
        roles = ["?" if role is None else role for role in lus]
        reconnus = sum(role != "?" for role in roles)
        produits = sum(bool(role == "?" and case.strip() and self._chercher(case)) for role, case in zip(roles, cases, strict=True))
        longue = {"produit", "quantite"} <= set(roles)
        nommee = set(roles) & {"cellule", "nom", "courriel", "telephone"} and sum(bool(case.strip()) for case in cases) > 1
        return reconnus + produits if longue or nommee or produits > 1 else 0

    def _chercher(self, intitule: str) -> list[str]:
        """Les refs que peut désigner un intitulé : aucune, une, ou plusieurs (ambigu)."""
        if len(intitule) > INTITULE_MAX:
            return []
        trouves = self._trouves.get(intitule)
        if trouves is None:
            trouves = self._trouves[intitule] = self._chercher_vraiment(intitule)
        return trouves

    def _chercher_vraiment(self, intitule: str) -> list[str]:
        trouvees = [ref for ref in REF.findall(intitule) if ref in self.produits]
        if trouvees:
            return sorted(set(trouvees))
        if (champ := _CHAMP.fullmatch(intitule.strip())) and champ[2] in self.produits:
            return [champ[2]]
        for candidat in self._candidats(intitule):
            if candidat in self.noms:
                return self.noms[candidat]
        return []

    def nommes(self, texte: str) -> list[str]:
        """Les refs des produits dont ce texte est le nom exact, sans casse ni accents."""
        return self.noms.get(simplifier(texte), []) if len(texte) <= INTITULE_MAX else []

    def nommes_avec_prix(self, intitule: str) -> list[str]:
        """Les mêmes, prix, unité et question de grille mis à part."""
        return next((self.noms[candidat] for candidat in self._candidats(intitule) if candidat in self.noms), [])

    def _nomme(self, intitule: str) -> bool:
        """Vrai si l'intitulé entier (prix et unité mis à part) est le nom d'un produit."""
        return any(candidat in self.noms for candidat in self._candidats(intitule, grille=False))

    @staticmethod
    def _candidats(intitule: str, *, grille: bool = True) -> list[str]:
        candidats = _formes(intitule) if grille else [simplifier(intitule)]
        for candidat in list(candidats):
            sans_unite = UNITE.sub("", candidat)
            candidats += [sans_unite, _PRIX.sub("", candidat).strip(" -,"), _PRIX.sub("", sans_unite).strip(" -,")]
        return candidats

    def _contenant(self, propre: str) -> list[str]:
        """Les refs d'au moins deux produits dont le nom contient tous les mots de l'intitulé (« Farine »)."""
        mots = {mot for mot in re.split(r"\W+", UNITE.sub("", propre)) if len(mot) > 2}
        refs = sorted(ref for nom, refs in self.noms.items() for ref in refs if mots and mots <= set(re.split(r"\W+", nom)))
        return refs if len(refs) > 1 else []

    def proches(self, intitule: str) -> tuple[str, ...]:
        """Les refs des produits dont le nom ressemble : à montrer, jamais à utiliser."""
        from difflib import SequenceMatcher, get_close_matches

        entier = UNITE.sub("", simplifier(intitule))
        formes = {entier, *(trouve[1] for motif in _GRILLES if (trouve := motif.search(entier)))}  # « Produits [Miel] », c'est aussi « Miel »
        ressemblants = {nom for forme in formes for nom in get_close_matches(forme, list(self.noms), n=3, cutoff=0.6)}
        noms = sorted(ressemblants, key=lambda nom: (-max(SequenceMatcher(None, nom, forme).ratio() for forme in formes), nom))
        mots = {mot for mot in re.split(r"\W+", entier) if len(mot) > 3}
        noms += [nom for nom in self.noms if mots & set(re.split(r"\W+", nom)) and nom not in noms]
        return tuple(ref for nom in noms[:3] for ref in self.noms[nom])[:3]

    def cite(self, texte: str) -> bool:
        """Vrai si un texte libre nomme un produit du catalogue en entier (« Comté AOP 12 mois, Miel »)."""
        propre = simplifier(texte)
        return any(nom in propre for nom in self.noms if len(nom) > 3)

    def comprendre(self, intitules: list[str]) -> list[Colonne]:
        """Le rôle de chaque colonne. Les intitulés vides de droite sont passés."""
        cle = tuple(intitules)
        if cle not in self._lues:
            self._lues[cle] = self._comprendre(intitules)
        return self._lues[cle]

    def _comprendre(self, intitules: list[str]) -> list[Colonne]:
        from cabas.lecture.doutes import douter

        colonnes: list[Colonne] = []
        profil = reconnaitre(intitules)
        propres = [" ".join(brut[:INTITULE_MAX].replace("\ufeff", "").split()) for brut in intitules]
        questions = Counter(question for intitule in propres if (question := question_de(intitule)))
        for index, intitule in enumerate(propres):
            if intitule:
                colonnes.append(self._une(index, intitule, en_grille=questions[question_de(intitule)] > 1, profil=profil))
            elif any(map(str.strip, intitules[index + 1 :])):  # un intitulé effacé : ses nombres ne se perdent pas
                colonnes.append(Colonne(index, f"colonne {index + 1}, sans intitulé", "quantite", refus="colonne-inconnue"))
        return douter(_sans_comptes(colonnes, profil) if profil else colonnes, self)

    def _une(self, index: int, intitule: str, *, en_grille: bool, profil: Profil | None) -> Colonne:
        """Une colonne. « Produits [Miel] » n'est une ligne de grille que si d'autres colonnes posent la même question."""
        propre = simplifier(intitule)
        role = profil.role(intitule) if profil else None
        role = role_de(propre) if role is None else role
        if role is not None:
            return Colonne(index, intitule, role)
        refs = self._chercher(intitule)
        if refs and not en_grille and not REF.search(intitule) and not _CHAMP.fullmatch(intitule.strip()) and not self._nomme(intitule):
            refs = []
        champ = _CHAMP.fullmatch(intitule.strip())
        tolerance = champ[1] == "t" if champ else bool(_TOLERANCE.search(REF.sub("", propre)))
        sans_ref = " ".join(REF.sub(" ", propre).split())
        formes = (*_formes(intitule), sans_ref, _PRIX.sub("", sans_ref))  # « Comté (g) [comte] - 14,80 €/kg »
        unite = next((trouve[1] for forme in formes if (trouve := UNITE.search(forme))), "")
        if len(refs) == 1:
            return Colonne(index, intitule, "tolerance" if tolerance else "quantite", refs[0], unite)
        refs = refs or self._contenant(propre)
        if refs:
            return Colonne(index, intitule, "quantite", refus="colonne-ambigue", proches=tuple(refs[:3]), produit=True)
        proches = self.proches(intitule)
        return Colonne(
            index,
            intitule,
            "quantite",
            refus="colonne-inconnue",
            proches=proches,
            produit=bool(proches or unite or _PRIX.search(propre) or REF.search(intitule)),
        )


QUI = frozenset({"cellule", "nom"})
"""Ce qui suffit à dire de qui vient un bon, quand une question le demande."""


def _sans_comptes(colonnes: list[Colonne], profil: Profil) -> list[Colonne]:
    """Ôte leur rôle aux colonnes du compte de la personne, si une question demande son nom : c'est elle qui compte."""
    vus: set[str] = set()
    comptes: set[int] = set()
    for colonne in colonnes:
        propre = simplifier(colonne.intitule)
        if propre in profil.comptes and propre not in vus:  # la deuxième de ce nom est une question
            vus.add(propre)
            comptes.add(colonne.rang)
    demande = any(colonne.role in QUI and colonne.rang not in comptes for colonne in colonnes)
    return [colonne._replace(role="") if demande and colonne.rang in comptes else colonne for colonne in colonnes]


def _formes(intitule: str) -> list[str]:
    """L'intitulé simplifié, et la ligne de grille qu'il porte peut-être : « comte (g) » dans « Produits [Comté (g)] »."""
    return [simplifier(intitule), *(simplifier(trouve[1]) for motif in _GRILLES if (trouve := motif.search(intitule.strip())))]


def question_de(intitule: str) -> str:
    """Ce qui précède la ligne d'une grille : « Produits » dans « Produits [Miel] », « Produits (Miel - Quantité) »…"""
    trouve = next((trouve for motif in _GRILLES if (trouve := motif.search(intitule.strip()))), None)
    return simplifier(intitule[: trouve.start()]) if trouve else ""
