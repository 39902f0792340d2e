"""Ce que veut dire une quantité écrite : des millièmes, ou ce qui la fait refuser. Ne dépend que du catalogue et de la commande.

Mille bons écrivent la même chose du même produit : chaque écriture n'est lue qu'une fois par fusion, tous groupements confondus.
"""

from __future__ import annotations

from decimal import Decimal

from cabas.argent import prix_du_tarif
from cabas.calculs.offre import maximum_par_bon, proposes, seuil_suspect
from cabas.calculs.retenues import Article
from cabas.constats import Refus
from cabas.modele import Commande, Depot, Produit
from cabas.quantites import lire_quantite
from cabas.recu import Ecrit
from cabas.typographie import enumerer, quantite, simplifier

_SANS_BORNE = 10**15
"""Plus de millièmes qu’aucun bon n’en demandera."""


class Demandes:
    """Les demandes d'une commande."""

    def __init__(self, depot: Depot, commande: Commande) -> None:
        self._depot, self._commande = depot, commande
        self._proposes: dict[str, Produit] = {produit.ref: produit for produit in proposes(depot, commande)}
        self._lectures: dict[str, Lectures | Refus] = {}
        self._articles: dict[Decimal, Articles] = {}

    def lectures(self, ref: str) -> Lectures | Refus:
        """Ce que veulent dire les quantités écrites pour un produit, ou pourquoi il ne se commande pas."""
        if ref not in self._lectures:
            self._lectures[ref] = self._produit_refuse(ref) or Lectures(self._proposes[ref], self._commande)
        return self._lectures[ref]

    def lire(self, ref: str, texte: str, plus: str) -> tuple[int, int] | Refus:
        """La quantité et la tolérance écrites pour un produit (millièmes), ou ce qui les fait refuser."""
        lectures = self.lectures(ref)
        if isinstance(lectures, Refus):
            return lectures
        lu, en_plus = lectures[texte], lectures[plus]
        if isinstance(lu, Refus):
            return lu
        return _tolerance_refusee(en_plus, texte if lu else "") if isinstance(en_plus, Refus) else (lu, en_plus)

    def articles(self, coefficient: Decimal) -> Articles:
        """Ce que veut dire chaque écriture, au prix d'un tarif."""
        if coefficient not in self._articles:
            self._articles[coefficient] = Articles(self, self._depot, coefficient)
        return self._articles[coefficient]

    def _inconnu(self, ecrit: str) -> Refus:
        """Ce qui est écrit n'est ni une ref, ni le nom d'un seul produit : ce qu'on peut en dire de plus utile."""
        nom, _crochet, ref = ecrit.removesuffix("]").rpartition(" [")
        if nom and ref in self._depot.produits:
            fait = f"« {nom} » et [{ref}] sont deux produits."
            return Refus("produit-inconnu", fait, "Demander lequel à la personne, et n’écrire que sa ref.")
        propre = simplifier(ecrit)
        if homonymes := sorted(un for un, produit in self._depot.produits.items() if simplifier(produit.nom) == propre):
            fait = f"Plusieurs produits s’appellent « {ecrit} »."
            return Refus("produit-inconnu", fait, f"Écrire la ref : {enumerer([f'[{un}]' for un in homonymes], 'ou')}.")
        if ouverte := self._commande.catalogue:
            fait = f"« {ecrit} » n’était pas au catalogue à l’ouverture ({ouverte})."
            return Refus("produit-inconnu", fait, "Si c’est une faute, écrire la ref du bon. Si la fiche est née depuis, prévenir la personne.")
        fait = f"« {ecrit} » n’est pas au catalogue."
        return Refus("produit-inconnu", fait, "Écrire la ref de la fiche, telle qu’elle est sur le bon entre crochets, ou le nom exact du produit.")

    def _produit_refuse(self, ref: str) -> Refus | None:
        if not ref.strip():
            return Refus("produit-inconnu", "Cette quantité n’a pas de produit.", "Demander lequel à la personne, et écrire sa ref.")
        if ref not in self._depot.produits:
            return self._inconnu(ref)
        if ref not in self._proposes:
            produit = self._depot.produits[ref]
            pourquoi = "n’est plus disponible" if not produit.disponible else "ne fait pas partie de cette commande"
            return Refus("produit-hors-commande", f"{produit.nom} {pourquoi}.", "Prévenir la personne, et lui proposer autre chose.")
        return None


def _tolerance_refusee(refus: Refus, quantite_lue: str) -> Refus:
    """Dit que c'est la tolérance qui ne va pas, et ce que devient la quantité écrite à côté."""
    suite = f" La quantité « {quantite_lue} », à côté, n’est donc pas retenue." if quantite_lue else ""
    return Refus(refus.code, f"Tolérance : {refus.fait}{suite}", f"{refus.remede.rstrip('.')} ; ou vider la tolérance.")


class Lectures(dict[str, int | Refus]):
    """Ce que veut dire chaque texte, pour un produit : des millièmes au pas, ou ce qui le fait refuser.

    `maximum` : par bon ; `suspecte` : la quantité qui étonne ; `seuil` : celle sous laquelle il n'y a rien à regarder.
    """

    def __init__(self, produit: Produit, commande: Commande) -> None:
        super().__init__()
        self._produit = produit
        self.maximum, self.suspecte = maximum_par_bon(produit, commande), seuil_suspect(produit)
        bornes = [borne for borne in (None if self.maximum is None else self.maximum + 1, self.suspecte) if borne is not None]
        self.seuil = min(bornes, default=_SANS_BORNE)

    def __missing__(self, texte: str) -> int | Refus:
        produit = self._produit
        lu = lire_quantite(texte, produit.unite)
        if isinstance(lu, int) and lu % produit.pas:
            dessous = lu // produit.pas * produit.pas
            possibles = [quantite(valeur, produit.unite) for valeur in (dessous, dessous + produit.pas) if valeur]
            fait = f"« {texte} » n’est pas un multiple de {quantite(produit.pas, produit.unite)} ({produit.nom})."
            lu = Refus("quantite-hors-pas", fait, f"Choisir {enumerer(possibles, 'ou')} avec la personne.")
        return self.setdefault(texte, lu)

    def tranquille(self, ecrit: Ecrit) -> tuple[int, int] | None:
        """La quantité et la tolérance d'un bon qui n'écrit que cela de ce produit, s'il n'y a rien à en dire."""
        voulue, plus = self[ecrit.lu], self[ecrit.tolerance]
        if isinstance(voulue, Refus) or isinstance(plus, Refus) or voulue >= self.seuil:
            return None
        return None if self.maximum is not None and voulue + plus > self.maximum else (voulue, plus)


class Articles(dict[Ecrit, Article | None]):
    """L'article que veut dire une écriture, au prix d'un tarif ; `None` s'il y a quoi que ce soit à en dire."""

    def __init__(self, demandes: Demandes, depot: Depot, coefficient: Decimal) -> None:
        super().__init__()
        self._demandes, self._depot, self._coefficient = demandes, depot, coefficient
        self._egaux: dict[tuple[str, tuple[int, int]], Article] = {}
        self._prix: dict[str, int] = {}

    def __missing__(self, ecrit: Ecrit) -> Article | None:
        ref = ecrit.produit
        lectures = self._demandes.lectures(ref)
        lue = None if isinstance(lectures, Refus) else lectures.tranquille(ecrit)
        article = None
        if lue is not None and (article := self._egaux.get((ref, lue))) is None:
            article = self._egaux[ref, lue] = Article(ref, *lue, self.prix(ref))
        self[ecrit] = article
        return article

    def prix(self, ref: str) -> int:
        """Le prix unitaire d'un produit à ce tarif, en centimes."""
        if ref not in self._prix:
            self._prix[ref] = prix_du_tarif(self._depot.produits[ref].prix, self._coefficient)
        return self._prix[ref]
