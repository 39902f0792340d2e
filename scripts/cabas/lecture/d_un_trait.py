"""Lire d'un trait un fichier sans accident : notre forme canonique, une rangée par ligne, rien qui dépasse.

C'est presque tout ce qui arrive, et les dizaines de milliers de lignes d'un mois y sont lues colonne par colonne plutôt que case par
case. Au moindre doute — un guillemet, une ligne plus courte, un intitulé au milieu, une date américaine — on rend `None`, et `bons`
lit le fichier comme il lit tous les autres. Un essai tient que les deux chemins donnent les mêmes lignes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress, pairwise
from operator import ne
from typing import NamedTuple

from cabas.constats import Emplacement, Refus
from cabas.lecture.carnet import Carnet, qui_parle
from cabas.lecture.cases import comprendre_produit, est_nulle
from cabas.lecture.colonnes import Catalogue
from cabas.lecture.courrier import cite_un_bon
from cabas.lecture.encodages import est_abime
from cabas.lecture.page import ENTETE_DE_LA_PAGE
from cabas.lecture.personnes import ROLES, Feuille, modeles
from cabas.lecture.prix_lus import prix_differents
from cabas.lecture.profils import reconnaitre
from cabas.lecture.rangees import oter_apostrophe
from cabas.lecture.tableaux import CASE_MAX, LIGNES_MAX, lire_tableaux
from cabas.recu import BonLu, Ecrit, ecrit

_BLANCS = ("\t", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x1f", "; ", " ;", "\n ", " \n", "'")
"""Ce qui oblige à nettoyer chaque case : une espace au bord, l'apostrophe d'un tableur."""
_DOUTEUX = Ecrit("", "", "")


class Plan(NamedTuple):
    """Ce que dit un en-tête. `tetes` : les colonnes qui parlent de la personne, dans l'ordre de `roles` ; le reste, des rangs."""

    largeur: int
    tetes: tuple[int, ...]
    roles: tuple[str, ...]
    produit: int
    quantite: int
    tolerance: int
    remarque: int
    titres: frozenset[str]
    de_la_page: bool
    ecrits: Ecrits


class Ecrits(dict[tuple[str, ...], Ecrit | None]):
    """Ce que veulent dire trois cases (produit, quantité, tolérance) ; `None` : rien n'y est demandé."""

    def __init__(self, catalogue: Catalogue, titres: frozenset[str]) -> None:
        super().__init__()
        self._catalogue, self._titres = catalogue, titres
        self.doutes = False

    def __missing__(self, cases: tuple[str, ...]) -> Ecrit | None:
        produit, lu, plus = cases
        ref, unite = comprendre_produit(produit, self._catalogue)
        rien = est_nulle(lu, unite)
        compris = None if rien and est_nulle(plus, unite) else ecrit(ref, lu, plus)
        if compris is not None and (rien or not self._titres.isdisjoint(map(str.casefold, cases))):
            # Une tolérance seule, un intitulé au milieu : ligne à ligne.
            self.doutes, compris = True, _DOUTEUX
        self[cases] = compris
        return compris


def lire_d_un_trait(
    octets: bytes, fichier: str, groupement: str, catalogue: Catalogue, jumeau: str = "", carnet: Carnet | None = None
) -> list[BonLu] | None:
    """Les bons d'un fichier, ou `None` s'il faut le lire autrement. Mêmes paramètres que `bons.lire_bons` ; jamais de constat."""
    if not fichier.lower().endswith(".csv") or cite_un_bon(octets):
        return None
    try:
        texte = octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if est_abime(texte):
        return None
    entete, _fin, suite = texte.replace("\r\n", "\n").partition("\n")
    if entete not in catalogue.plans:
        catalogue.plans[entete] = _plan(entete, catalogue)
    plan = catalogue.plans[entete]
    colonnes = _colonnes(suite.rstrip("\n"), plan.largeur) if plan else []
    if not colonnes or not plan:
        return None
    ecrits = list(map(plan.ecrits.__getitem__, zip(colonnes[plan.produit], colonnes[plan.quantite], colonnes[plan.tolerance], strict=True)))
    if plan.ecrits.doutes and _DOUTEUX in ecrits:
        return None
    court = (jumeau or fichier).rpartition("/")[2]
    bons = _bons(plan, colonnes, ecrits, Feuille(groupement, fichier, court, plan.de_la_page, False))
    if bons and carnet and any(colonnes[plan.remarque]):
        carnet.noter(groupement, fichier, court, _remarques(plan, colonnes))
    return bons


def _plan(entete: str, catalogue: Catalogue) -> Plan | None:
    """Ce que dit cet en-tête, s'il est entièrement reconnu, séparé de `;`, et celui d'une liste de quantités."""
    intitules = entete.split(";")
    lus = lire_tableaux(entete.encode(), catalogue.compter)
    if '"' in entete or isinstance(lus, Refus) or lus[0].lignes != [(1, intitules)] or len(intitules) < 3:
        return None
    if catalogue.compter(intitules) != len(intitules) or reconnaitre(intitules):
        return None
    colonnes = catalogue.comprendre(intitules)
    if len({colonne.role for colonne in colonnes if colonne.role}) < sum(bool(colonne.role) for colonne in colonnes):
        return None  # deux colonnes pour la même chose
    rangs: dict[str, int] = {}
    for colonne in colonnes:
        if colonne.role:
            rangs[colonne.role] = colonne.rang
    seules = not any(colonne.ref or colonne.refus for colonne in colonnes)
    nommee = rangs.keys() & {"cellule", "nom", "courriel"}
    if not ({"produit", "quantite"} <= rangs.keys() and seules and nommee) or prix_differents(colonnes, catalogue, Emplacement("")):
        return None
    titres = frozenset(intitule.strip().casefold() for intitule in intitules)
    ecrits = catalogue.ecrits.setdefault(titres, Ecrits(catalogue, titres))
    roles = tuple(role for role in ROLES if role in rangs)
    return Plan(
        *(len(intitules), tuple(rangs[role] for role in roles), roles, rangs["produit"], rangs["quantite"], rangs.get("tolerance", -1)),
        *(rangs.get("remarque", -1), titres, [intitule.strip() for intitule in intitules] == ENTETE_DE_LA_PAGE, ecrits),
    )


def _colonnes(texte: str, largeur: int) -> list[list[str]]:
    """Les cases, colonne par colonne, propres ; une colonne vide de plus, au bout. Rien si une ligne n'a pas la bonne largeur."""
    nombre = texte.count("\n") + 1
    if not texte or '"' in texte or "\r" in texte or "\0" in texte or nombre > LIGNES_MAX:
        return []
    # Une marque après chaque ligne : si elles retombent toutes à leur place, chaque ligne a bien `largeur` cases.
    cases = texte.replace("\n", ";\n;").split(";")
    pas = largeur + 1
    if len(cases) != nombre * pas - 1 or cases[largeur::pas].count("\n") != nombre - 1:
        return []
    if len(texte) > CASE_MAX and max(map(len, cases)) > CASE_MAX:
        return []
    colonnes = [cases[rang::pas] for rang in range(largeur)]
    if not texte.isascii() or texte[0] == " " or texte[-1] == " " or any(map(texte.__contains__, _BLANCS)):
        colonnes = [list(map(oter_apostrophe, map(str.strip, colonne))) for colonne in colonnes]
    return [*colonnes, [""] * nombre]


def _remarques(plan: Plan, colonnes: list[list[str]]) -> Iterator[tuple[int, str, str]]:
    """Ce que les gens ont écrit à côté de leurs quantités : (ligne, de qui, texte)."""
    rangs = dict(zip(plan.roles, plan.tetes, strict=True))
    avant: tuple[str, ...] = ()
    for rang, dits in enumerate(zip(colonnes[plan.remarque], *(colonnes[tete] for tete in plan.tetes), strict=True)):
        if dits != avant:  # un bon répète sa remarque à chacune de ses lignes
            avant = dits
            if dits[0]:
                yield rang + 2, qui_parle([colonne[rang] for colonne in colonnes], rangs), dits[0]


def _bons(plan: Plan, colonnes: list[list[str]], ecrits: list[Ecrit | None], feuille: Feuille) -> list[BonLu] | None:
    tetes = list(zip(*(colonnes[rang] for rang in plan.tetes), strict=True))
    nombre = len(tetes)
    changements = compress(range(1, nombre), map(ne, tetes, tetes[1:]))
    bons: list[BonLu] = []
    modele_de = modeles(feuille, plan.roles)
    for debut, fin in pairwise((0, *changements, nombre)):
        modele = modele_de(tetes[debut])
        if "/" in modele.envoye_le or not plan.titres.isdisjoint(map(str.casefold, tetes[debut])):
            return None
        siens = ecrits[debut:fin]
        numeros: Sequence[int] = range(debut + 2, fin + 2)
        if None in siens:
            numeros = [numero for numero, un in zip(numeros, siens, strict=True) if un is not None]
            if not numeros and modele.envoye_le:
                return None  # une réponse qui ne demande rien : il faut peut-être le dire
        if numeros:
            bons.append(BonLu(modele, numeros, [un for un in siens if un is not None]))
    return bons or None  # un fichier où rien n'est demandé : `bons` sait dire pourquoi
