"""Un en-tête sur plusieurs rangées, ramené à une seule : le nom en haut, le prix, l'unité, la ref ou « Tolérance » dessous.

Entre : un tableau et la rangée d'intitulés qu'on y a reconnue. Sort : le même tableau, son en-tête composé, les rangées d'en-tête en
moins. Une rangée n'est un étage que si chacune de ses cases en est une, jamais s'il s'y trouve un nombre nu : ce serait une commande.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cabas.lecture.colonnes import PRIX_ECRIT, REF, Catalogue, Colonne
from cabas.lecture.doutes import EMBALLE
from cabas.lecture.intitules import ORNES, role_de
from cabas.lecture.profils import reconnaitre
from cabas.lecture.tableaux import SANS_ENTETE, Tableau
from cabas.lecture.unites import A_COTE
from cabas.motifs import motif
from cabas.quantites import normaliser_chiffres
from cabas.typographie import simplifier

DESSOUS, DESSUS = 2, 3
"""Combien d'étages on cherche sous la rangée reconnue, et au-dessus."""
_PRIX = motif(PRIX_ECRIT)
_DEVISE = motif(r"(?:€|eur|euros?)(?: ?ttc)?(?: ?(?:/|par) ?\w+)?")
_UNITE = motif(r"\(?(?:en |au |a la |par |le |la |/ ?)?(?P<unite>kg|kgs|kilos?|g|gr|grammes?|l|litres?|cl|ml|pieces?|unites?)\)?")
_ECRITE = {"kgs": "kg", "kilo": "kg", "kilos": "kg", "gr": "g", "gramme": "g", "grammes": "g", "litre": "l", "litres": "l"}
_IDENTIFIANT = motif(r"submission_id|user_id|user_display_name|timestamp|question-id-\d+(?:-\d+)*")


class _Case(NamedTuple):
    """Ce que dit une case d'étage. `genre` : unite, prix, emballe, devise, ref, produit, role, a-cote ; vide : autre chose."""

    genre: str
    texte: str = ""
    ref: str = ""


def composer(tableau: Tableau, catalogue: Catalogue) -> Tableau:
    """Le même tableau, son en-tête sur une rangée. Rendu tel quel s'il y est déjà, ou si l'on n'est pas sûr."""
    if tableau.entete == SANS_ENTETE:
        return tableau
    lignes, rang = tableau.lignes, tableau.entete
    brut = [case.strip() for case in lignes[rang][1]]
    if reconnaitre(lignes[rang][1]):
        return _sans_identifiants(tableau)
    colonnes = {colonne.rang: colonne for colonne in catalogue.comprendre(lignes[rang][1])}
    roles = {colonne.role for colonne in colonnes.values() if not colonne.ref and not colonne.refus}
    if {"produit", "quantite"} <= roles:
        return tableau
    entete = _Entete(brut, colonnes, catalogue)
    otees = {rang}
    for suivant in range(rang + 1, min(rang + 1 + DESSOUS, len(lignes))):
        if not entete.poser_dessous(lignes[suivant][1]):
            break
        otees.add(suivant)
    otees |= {avant for avant in range(rang - 1, max(-1, rang - 1 - DESSUS), -1) if entete.poser_dessus(lignes[avant][1])}
    intitules = entete.intitules()
    if len(otees) == 1 or catalogue.compter(intitules) < catalogue.compter(lignes[rang][1]):
        return tableau
    # Le même en-tête, répété plus bas à chaque page, n'est pas une commande.
    etages = [[case.strip() for case in lignes[une][1]] for une in otees]
    gardees = [ligne for une, ligne in enumerate(lignes) if une not in otees and (une < rang or [case.strip() for case in ligne[1]] not in etages)]
    place = rang - sum(une < rang for une in otees)
    return tableau._replace(lignes=[*gardees[:place], (lignes[rang][0], intitules), *gardees[place:]], entete=place)


def _sans_identifiants(tableau: Tableau) -> Tableau:
    """Ôte la rangée où Nextcloud Forms range les numéros de ses questions, sous les intitulés."""
    apres = tableau.entete + 1
    pleines = [case.strip() for case in tableau.lignes[apres][1] if case.strip()] if apres < len(tableau.lignes) else []
    if not pleines or not all(map(_IDENTIFIANT.fullmatch, pleines)):
        return tableau
    return tableau._replace(lignes=[*tableau.lignes[:apres], *tableau.lignes[apres + 1 :]])


class _Entete:
    """Un en-tête que l'on compose. `noms` : l'intitulé de chaque colonne ; `suites` : ce que les étages y ajoutent."""

    def __init__(self, brut: Sequence[str], colonnes: Mapping[int, Colonne], catalogue: Catalogue) -> None:
        self._colonnes, self._catalogue = colonnes, catalogue
        self._brut, self._noms = brut, list(brut)
        self._refs: dict[int, str] = {}
        self._suites: dict[int, dict[str, str]] = {}

    def intitules(self) -> list[str]:
        """Les intitulés composés : le nom, la ref, le prix, et l'unité à la fin, où on la lit."""
        composes = []
        for rang, nom in enumerate(self._noms):
            suite, ref = self._suites.get(rang, {}), f"[{self._refs[rang]}]" if rang in self._refs else ""
            composes.append(
                " ".join(
                    [
                        nom,
                        *([ref] if ref and ref not in nom else []),
                        *([f"- {suite['prix']}"] if "prix" in suite else []),
                        *([f"- en {suite['emballe']}"] if "emballe" in suite else []),  # sous le nom, il dit ce que l'on compte
                        *([f"({suite['unite']})"] if "unite" in suite else []),
                    ]
                )
            )
        return composes

    def poser_dessous(self, cases: Sequence[str]) -> bool:
        """Ajoute une rangée de dessous, si c'en est un étage."""
        lues = self._lire(cases)
        etiquette = any(case.genre == "a-cote" for case in lues.values())
        if len(cases) > len(self._brut) or not any(case.genre not in ("", "devise", "a-cote") for case in lues.values()):
            return False
        if not all(self._a_sa_place(rang, case, etiquette=etiquette) for rang, case in lues.items()):
            return False
        for rang, case in lues.items():
            self._poser(rang, case)
        return True

    def poser_dessus(self, cases: Sequence[str]) -> bool:
        """Prend dans une rangée de dessus les intitulés qui manquent, et les produits des colonnes « Quantité » et « Tolérance »."""
        lues = self._lire(cases[: len(self._brut)])
        pris = False
        for rang in range(len(self._brut)):
            case, sous = lues.get(rang, _Case("")), self._sous(rang)
            if not self._noms[rang] and case.genre == "role":
                self._noms[rang] = case.texte
                pris = True
            elif case.genre == "produit" and REF.fullmatch(self._brut[rang]):
                self._noms[rang] = f"{case.texte} {self._brut[rang]}"  # le nom au-dessus de sa ref : on vérifiera qu'ils vont ensemble
                pris = True
            elif sous and (produit := self._au_dessus(lues, rang)):
                self._noms[rang] = produit.texte if sous == "quantite" else f"{produit.texte} - {self._brut[rang]}"
                self._refs[rang] = produit.ref
                pris = True
        return pris

    def _au_dessus(self, lues: Mapping[int, _Case], rang: int) -> _Case | None:
        """Le produit écrit au-dessus d'une colonne, ou plus à gauche si sa case est fusionnée."""
        gauche = next((un for un in range(rang, -1, -1) if un in lues), -1)
        trouve = lues.get(gauche)
        sans_autre = all(self._sous(un) for un in range(max(gauche, 0), rang + 1))
        return trouve if trouve and trouve.genre in ("produit", "ref") and sans_autre else None

    def _sous(self, rang: int) -> str:
        """« quantite » ou « tolerance », si cette colonne reconnue ne s'appelle que cela."""
        colonne = self._colonnes.get(rang)
        return colonne.role if colonne and not colonne.ref and not colonne.refus and colonne.role in ("quantite", "tolerance") else ""

    def _lire(self, cases: Sequence[str]) -> dict[int, _Case]:
        lues = {rang: self._comprendre(case.strip()) for rang, case in enumerate(cases) if case.strip()}
        # « Unité », à gauche, annonce l'étage ; sous un produit, c'est la pièce.
        pieces = [rang for rang, lue in lues.items() if lue.texte and lue.genre == "a-cote" and self._porte_un_produit(rang)]
        return lues | {rang: _Case("unite", lues[rang].texte) for rang in pieces}

    def _porte_un_produit(self, rang: int) -> bool:
        colonne = self._colonnes.get(rang)
        return bool(colonne and (colonne.ref or colonne.refus))

    def _comprendre(self, case: str) -> _Case:
        propre = simplifier(normaliser_chiffres(case))
        if trouve := _UNITE.fullmatch(propre):
            unite = trouve["unite"].replace("unite", "piece")
            return _Case("unite" if propre not in A_COTE else "a-cote", _ECRITE.get(unite, unite))
        if _PRIX.fullmatch(propre):
            return _Case("prix", case)
        if _DEVISE.fullmatch(propre):
            return _Case("devise")
        if (ref := REF.fullmatch(case)) and ref[1] in self._catalogue.produits:
            return _Case("ref", case, ref[1])
        if role_de(propre) is not None:
            return _Case("role", case)
        if propre in A_COTE:
            return _Case("a-cote")
        if len(refs := self._catalogue.nommes_avec_prix(case)) == 1:
            return _Case("produit", case, refs[0])
        # « 2 kg » ou « 2 sacs », sans nom, c'est peut-être une commande ; « sac de 2 kg », non.
        return _Case("emballe" if EMBALLE.search(propre) and not propre[0].isdigit() else "", case)

    def _a_sa_place(self, rang: int, case: _Case, *, etiquette: bool) -> bool:
        """Cette case d'un étage de dessous va-t-elle sous cet intitulé ?"""
        colonne, dessus = self._colonnes.get(rang), self._brut[rang]
        if colonne is None or not dessus:
            return case.genre in ("role", "produit", "ref") or (case.genre == "devise" and etiquette)
        if colonne.role in ORNES and not colonne.refus:
            return case.genre == "a-cote" or (case.genre == "role" and simplifier(case.texte) == simplifier(dessus))
        if colonne.ref:
            sous = case.genre == "role" and role_de(simplifier(case.texte)) in ("quantite", "tolerance")
            return sous or case.genre in ("unite", "prix", "devise", "emballe", "ref")
        if colonne.refus:
            return case.genre in ("unite", "prix", "devise", "ref", "produit")
        return case.genre in ("unite", "prix", "devise")

    def _poser(self, rang: int, case: _Case) -> None:
        if case.genre in ("unite", "prix", "emballe"):
            self._suites.setdefault(rang, {})[case.genre] = case.texte
            if case.genre == "emballe":  # avec sa ref, la colonne reste reconnue, et l'on dira pourquoi l'on en doute
                self._refs[rang] = self._colonnes[rang].ref
        elif case.genre == "ref":
            self._refs[rang] = case.ref
            self._noms[rang] = self._noms[rang] or case.texte
        elif case.genre == "produit":
            self._noms[rang] = case.texte
        elif case.genre == "role":
            self._poser_role(rang, case.texte)

    def _poser_role(self, rang: int, texte: str) -> None:
        """« Nom » sous une case vide est l'intitulé ; « Tolérance », sous un produit ou à sa droite, est celle de ce produit."""
        role = role_de(simplifier(texte))
        gauche = next((un for un in range(rang, -1, -1) if self._brut[un]), -1)
        produit = self._colonnes.get(gauche)
        if role in ("quantite", "tolerance") and produit and produit.ref:
            self._noms[rang] = self._brut[gauche] if role == "quantite" else f"{self._brut[gauche]} - {texte}"
            self._refs[rang] = produit.ref
        elif not self._noms[rang]:
            self._noms[rang] = texte
