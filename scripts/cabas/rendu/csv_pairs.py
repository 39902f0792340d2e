"""Le catalogue pour deux logiciels que des groupements français emploient : Open Food Network (CoopCircuits) et CamAP.

Sources : le modèle `public/product_list_template.csv` d'Open Food Network et le contrôle de ses imports ; l'import de produits de
CamAP (`Product.doImport`), qui saute la première ligne et lit dix colonnes dans l'ordre. Les deux veulent la virgule entre les
colonnes, le point dans les nombres, l'UTF-8 sans marque.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from cabas.calculs.mots_de_commande import d_une_ligne
from cabas.modele import Depot, Produit
from cabas.rendu.csv_francais import proteger
from cabas.rendu.portions import portion

OFN = (
    "producer", "sku", "name", "display_name", "category", "description", "units", "unit_type", "variant_unit_name", "price", "on_hand",
    "available_on", "on_demand", "shipping_category", "tax_category",
)  # fmt: skip
CAMAP = (
    "Nom du produit", "Prix TTC", "Référence unique", "Description", "Taux de TVA", "Quantité", "Unité", "Bio", "Vrac",
    "Prix variable selon pesée",
)  # fmt: skip
UNITES_CAMAP = {"kg": "Kg", "g": "g", "l": "L", "ml": "mL", "piece": "piece"}
BIO = frozenset({"ab", "agriculture biologique", "eurofeuille", "demeter", "bio cohérence"})
"""Les labels qui disent une agriculture biologique certifiée. « Cosmétique bio » n'en est pas."""


def ofn_csv(depot: Depot) -> bytes:
    """Tous les produits. Les catégories de livraison et de taxe dépendent de chaque boutique : l'écran d'import les propose."""
    rubriques = {rubrique.code: rubrique.nom for rubrique in depot.rubriques}
    rangees = []
    for _ref, produit in sorted(depot.produits.items()):
        producteur = depot.producteurs.get(produit.producteur)
        article = portion(produit)
        combien, unite = article.petite
        rangees.append((
            producteur.nom if producteur else produit.producteur, produit.ref, produit.nom, "",
            rubriques.get(produit.rubrique, produit.rubrique), produit.description, _nombre(combien), "" if unite == "piece" else unite,
            "pièce" if unite == "piece" else "", f"{article.prix:.2f}", "" if produit.disponible else "0", "",
            "1" if produit.disponible else "0", "", "",
        ))  # fmt: skip
    return _ecrire(OFN, rangees)


def camap_csv(produits: Iterable[Produit]) -> bytes:
    """Les produits d'un·e seul·e producteur·rice : chez CamAP, un catalogue est à un·e producteur·rice."""
    rangees = []
    for produit in sorted(produits, key=lambda produit: produit.ref):
        article = portion(produit)
        combien, unite = article.petite
        rangees.append((
            produit.nom, f"{article.prix:.2f}", produit.ref, produit.description, _nombre(produit.tva), _nombre(combien),
            UNITES_CAMAP[unite], _oui(est_bio(produit)), _oui(produit.vente == "vrac"), _oui(produit.vente == "coupe"),
        ))  # fmt: skip
    return _ecrire(CAMAP, rangees)


def est_bio(produit: Produit) -> bool:
    """Un de ses labels dit-il une agriculture biologique certifiée ?"""
    return any(label.casefold() in BIO for label in produit.labels)


def _oui(vrai: bool) -> str:
    return "1" if vrai else "0"


def _nombre(valeur: Decimal) -> str:
    return format(valeur.normalize(), "f")


def _ecrire(entete: Sequence[str], rangees: Iterable[Sequence[str]]) -> bytes:
    tampon = io.StringIO()
    feuille = csv.writer(tampon, lineterminator="\n")
    feuille.writerow(entete)
    feuille.writerows([proteger(d_une_ligne(case)) for case in rangee] for rangee in rangees)
    return tampon.getvalue().encode()
