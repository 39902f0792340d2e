"""Les accidents d'un vrai mois, un par cellule, chacun avec le sort et le code qu'il doit recevoir.

Deux familles : ceux qui touchent une case (`DANS_UNE_CASE`, `DANS_UN_BON_CANONIQUE`) et ceux qui touchent un bon entier
(`accidents_de_bon`). Un accident impossible avec ce catalogue rend `None` : on essaie le suivant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from cabas.calculs.offre import maximum_par_bon
from cabas.demonstration.chantier import Chantier
from cabas.demonstration.faits import REJETEE, RETENUE, Article, Bon
from cabas.demonstration.formes import Forme
from cabas.demonstration.paniers import ecrire, pas_permis, quantite
from cabas.modele import Produit
from cabas.quantites import MILLE

ILLISIBLES = ("une douzaine", "un peu", "2 ou 3", "oui", "1.250,5")
INCONNUS = ("farine-t56", "lentilles-violettes", "comte-48-mois", "oeufs-d-autruche")
COLONNES_INCONNUES = ("Paniers surprise", "Levain de la voisine")

type_accident = Callable[[Chantier, Forme, Bon], Bon | None]


def _offerts(chantier: Chantier, forme: Forme, bon: Bon) -> list[Produit]:
    """Les produits que la forme propose et que ce bon ne demande pas encore, mêlés."""
    pris = {article.ref for article in bon.articles}
    produits = [produit for produit in (chantier.contexte.vitrine if forme.courte else chantier.contexte.produits) if produit.ref not in pris]
    chantier.contexte.alea.shuffle(produits)
    return produits


def _ajouter(bon: Bon, *articles: Article) -> Bon:
    return bon._replace(articles=bon.articles + articles)


def _rejet(ref: str, lu: str, code: str) -> Article:
    return Article(ref, lu, 0, accident=code, sort=REJETEE, code=code)


def plafonnee(chantier: Chantier, forme: Forme, bon: Bon) -> Bon | None:
    """Plus que le maximum : ramenée au maximum, et signalée."""
    for produit in _offerts(chantier, forme, bon):
        maximum = maximum_par_bon(produit, chantier.contexte.commande)
        if maximum:
            code = "quantite-plafonnee"
            lu = ecrire(chantier.contexte.alea, maximum + 2 * produit.pas, produit.unite, forme.main)
            return _ajouter(bon, Article(produit.ref, lu, maximum, accident=code, code=code))
    return None


def suspecte(chantier: Chantier, forme: Forme, bon: Bon) -> Bon | None:
    """Des grammes dans une colonne de kilos : gardée, et signalée. Pas chez qui paie d'avance : le crédit s'en mêlerait."""
    if chantier.contexte.groupement.credit:
        return None
    for produit in _offerts(chantier, forme, bon):
        demande = chantier.contexte.alea.choice((250, 500)) * MILLE
        if produit.unite == "kg" and not produit.lot_complet and demande % produit.pas == 0 and pas_permis(chantier.contexte, produit) == 10_000:
            code = "quantite-suspecte"
            lu = ecrire(chantier.contexte.alea, demande, "", forme.main).strip()
            return _ajouter(bon, Article(produit.ref, lu, demande, accident=code, code=code))
    return None


def illisible(chantier: Chantier, forme: Forme, bon: Bon) -> Bon | None:
    """Un mot, ou un nombre ambigu."""
    produits = sorted(_offerts(chantier, forme, bon), key=lambda produit: "oeuf" not in produit.ref)
    return _ajouter(bon, _rejet(produits[0].ref, chantier.contexte.alea.choice(ILLISIBLES), "quantite-illisible")) if produits else None


def negative(chantier: Chantier, forme: Forme, bon: Bon) -> Bon | None:
    """Un moins tapé pour un tiret."""
    produits = _offerts(chantier, forme, bon)
    return _ajouter(bon, _rejet(produits[0].ref, "-1", "quantite-negative")) if produits else None


def hors_pas(chantier: Chantier, forme: Forme, bon: Bon) -> Bon | None:
    """Une quantité qui tombe entre deux pas."""
    for produit in _offerts(chantier, forme, bon):
        if produit.pas % 2 == 0:
            lu = ecrire(chantier.contexte.alea, produit.pas * 3 // 2, "", forme.main).strip()
            return _ajouter(bon, _rejet(produit.ref, lu, "quantite-hors-pas"))
    return None


def colonne_inconnue(chantier: Chantier, forme: Forme, bon: Bon) -> Bon | None:
    """Une colonne ajoutée par le groupement, qui n'est aucun produit."""
    colonne = chantier.contexte.alea.choice(COLONNES_INCONNUES)
    return _ajouter(bon, _rejet("", "2", "colonne-inconnue")._replace(colonne=colonne)) if forme.grille else None


def colonne_ambigue(chantier: Chantier, forme: Forme, bon: Bon) -> Bon | None:
    """Une colonne pour deux produits : on ne sait pas lequel est demandé."""
    colonne = intitule_ambigu(chantier.contexte.produits)
    return _ajouter(bon, _rejet("", "1", "colonne-ambigue")._replace(colonne=colonne)) if forme.grille and colonne else None


def intitule_ambigu(produits: Iterable[Produit]) -> str:
    """« Comté, 12 ou 18 mois [comte-12-mois] [comte-18-mois] » : les deux premiers produits de même premier mot. "" s'il n'y en a pas."""
    premiers: dict[str, str] = {}
    for produit in produits:
        mot = produit.nom.split()[0]
        if mot in premiers:
            return f"{mot} au choix [{premiers[mot]}] [{produit.ref}]"
        premiers[mot] = produit.ref
    return ""


DANS_UNE_CASE: tuple[type_accident, ...] = (illisible, plafonnee, colonne_inconnue, suspecte, hors_pas, colonne_ambigue, negative)


def produit_inconnu(chantier: Chantier, _forme: Forme, bon: Bon) -> Bon | None:
    """Une ref qui n'est pas au catalogue."""
    refs = [ref for ref in INCONNUS if ref not in chantier.contexte.depot.produits]
    return _ajouter(bon, _rejet(chantier.contexte.alea.choice(refs), "1", "produit-inconnu"))


def hors_commande(chantier: Chantier, _forme: Forme, bon: Bon) -> Bon | None:
    """Un produit du catalogue que cette commande ne propose pas."""
    offerts = {produit.ref for produit in chantier.contexte.produits}
    autres = sorted(ref for ref in chantier.contexte.depot.produits if ref not in offerts)
    return _ajouter(bon, _rejet(chantier.contexte.alea.choice(autres), "1", "produit-hors-commande")) if autres else None


def en_double(chantier: Chantier, forme: Forme, bon: Bon) -> Bon | None:
    """Le même produit deux fois dans un bon : les quantités s'ajoutent, et la seconde est signalée."""
    for produit in _offerts(chantier, forme, bon):
        demande = quantite(chantier.contexte, produit)
        if pas_permis(chantier.contexte, produit) >= 2 * demande // produit.pas:
            lu = ecrire(chantier.contexte.alea, demande, produit.unite, forme.main)
            premier = Article(produit.ref, lu, demande)
            return _ajouter(bon, premier, premier._replace(accident="produit-en-double", code="produit-en-double"))
    return None


def tolerance_seule(chantier: Chantier, forme: Forme, bon: Bon) -> Bon | None:
    """« Rien pour moi, mais je complète le lot s'il le faut » : une ligne retenue, de quantité nulle."""
    for produit in _offerts(chantier, forme, bon):
        if produit.lot_complet and pas_permis(chantier.contexte, produit) >= 2:
            return _ajouter(bon, Article(produit.ref, "0", 0, 2 * produit.pas, accident="tolerance-seule", sort=RETENUE))
    return None


DANS_UN_BON_CANONIQUE: tuple[type_accident, ...] = (
    produit_inconnu, en_double, hors_commande, tolerance_seule, suspecte, plafonnee, illisible, hors_pas, negative,
)  # fmt: skip


def abimer(chantier: Chantier, forme: Forme, bon: Bon, file: list[type_accident]) -> Bon:
    """Le premier accident possible de la file, qui passe ensuite en dernier : chacun a son tour."""
    for accident in list(file):
        abime = accident(chantier, forme, bon)
        if abime is not None:
            file.remove(accident)
            file.append(accident)
            return abime
    return bon


def glisser(bon: Bon, colonnes: Sequence[Produit], quantites: int) -> Bon:
    """Une première grille laissée vide : ce qui suit glisse à gauche, et le créneau tombe sous un produit.

    `quantites` : combien de cases remplies ont glissé avec le créneau.
    """
    lus = [*(article.lu for article in bon.articles[:quantites]), bon.plage or "17h-18h"]
    articles = tuple(_rejet(produit.ref, lu, "ligne-decalee") for produit, lu in zip(colonnes[1:], lus, strict=False))
    return bon._replace(articles=articles, plage="", glisse=True)
