"""Le catalogue en JSON-LD, dans le vocabulaire du Data Food Consortium (contexte 1.16).

Un produit (`SuppliedProduct`) est à une entreprise (`Enterprise`), est cité par une ligne de catalogue (`CatalogItem`) que propose
une offre (`Offer`). Les deux sens de chaque lien sont écrits : sans `dfc-b:referencedBy`, un lecteur connu ne trouve pas le prix.

Sources : contexte et ontologie 1.16 (dépôt datafoodconsortium/ontology), mesures, types et facettes (dépôt
datafoodconsortium/taxonomies). Ces listes ne sont pas recopiées : nous n'en nommons que les codes dont nous nous servons.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cabas.calculs.mots_de_commande import d_une_ligne
from cabas.modele import Depot, Producteur, Produit
from cabas.rendu.json_exact import ecrire, nombre
from cabas.rendu.portions import portion

CONTEXTE = "https://w3id.org/dfc/ontology/context/context_1.16.0.json"
RACINE = "dfc"
UNITES = {"kg": "dfc-m:Kilogram", "g": "dfc-m:Gram", "l": "dfc-m:Litre", "ml": "dfc-m:Millilitre", "piece": "dfc-m:Piece"}
ALLERGENES = {
    "gluten": "CerealsWithGluten",
    "crustaces": "Crustaceans",
    "oeufs": "Eggs",
    "poissons": "Fishs",
    "arachides": "Peanuts",
    "soja": "Soy",
    "lait": "LactoseMilks",
    "fruits-a-coque": "Nuts",
    "celeri": "Celeriac",
    "moutarde": "Mustard",
    "sesame": "SesameSeeds",
    "sulfites": "Sulphites",
    "lupin": "Lupine",
    "mollusques": "Molluscs",
}
LABELS = {"ab": "Organic-AB", "aop": "AOP_EU", "demeter": "Demeter"}
TYPES = {
    "farines": "savory-groceries",
    "pates-riz": "savory-groceries",
    "legumes-secs": "dried-vegetable",
    "fruits-secs": "local-grocery-store",
    "huiles": "savory-groceries",
    "epices": "aromatic",
    "sucre": "sweet-groceries",
    "cafe": "local-grocery-store",
    "boissons": "drink",
    "maison": "inedible",
}
"""Le type qui dit vrai pour toute la rubrique, par code. Une rubrique mêlée (« Fruits et légumes ») n'en a pas : mieux vaut rien que faux."""


def dfc_json(depot: Depot, base: str = "", producteur: str = "") -> bytes:
    """Le catalogue, ou celui d'un·e producteur·rice. `base` : l'adresse publique du site ; vide, les identifiants sont relatifs."""
    racine = f"{base.rstrip('/')}/{RACINE}" if base else RACINE
    produits = [produit for _ref, produit in sorted(depot.produits.items()) if producteur in ("", produit.producteur)]
    slugs = sorted({produit.producteur for produit in produits} | {slug for slug in depot.producteurs if producteur in ("", slug)})
    graphe = [_entreprise(racine, slug, depot.producteurs.get(slug), [un for un in produits if un.producteur == slug]) for slug in slugs]
    for produit in produits:
        graphe += _produit(racine, produit)
    return ecrire({"@context": CONTEXTE, "@graph": graphe})


def _entreprise(racine: str, slug: str, fiche: Producteur | None, produits: Iterable[Produit]) -> dict[str, Any]:
    refs = [produit.ref for produit in produits]
    return {
        "@id": f"{racine}/Enterprises/{slug}",
        "@type": "dfc-b:Enterprise",
        "dfc-b:name": d_une_ligne(fiche.nom if fiche else slug),
        "dfc-b:supplies": [f"{racine}/SuppliedProducts/{ref}" for ref in refs],
        "dfc-b:manages": [f"{racine}/CatalogItems/{ref}" for ref in refs],
    }


def _produit(racine: str, produit: Produit) -> list[dict[str, Any]]:
    """Les trois nœuds d'un produit : lui, sa ligne de catalogue, son offre."""
    lui, ligne, offre = (f"{racine}/{famille}/{produit.ref}" for famille in ("SuppliedProducts", "CatalogItems", "Offers"))
    entreprise = f"{racine}/Enterprises/{produit.producteur}"
    article = portion(produit)
    combien, unite = article.petite
    # Rien ne dit un stock dans nos fiches : -1 veut dire « sur commande », 0 « pas en ce moment », comme OFN les lit.
    stock = "-1" if produit.disponible else "0"
    type_dfc = TYPES.get(produit.rubrique, "")
    certifications = sorted({f"dfc-f:{LABELS[label.casefold()]}" for label in produit.labels if label.casefold() in LABELS})
    return [
        {
            "@id": lui,
            "@type": "dfc-b:SuppliedProduct",
            "dfc-b:name": d_une_ligne(produit.nom),
            "dfc-b:description": d_une_ligne(produit.description),
            "dfc-b:suppliedBy": entreprise,
            "dfc-b:referencedBy": ligne,
            **({"dfc-b:hasType": f"dfc-pt:{type_dfc}"} if type_dfc else {}),
            "dfc-b:hasQuantity": {"@type": "dfc-b:QuantitativeValue", "dfc-b:hasUnit": UNITES[unite], "dfc-b:value": nombre(combien)},
            **({"dfc-b:hasCertification": certifications} if certifications else {}),
            "dfc-b:hasAllergenCharacteristic": [
                {"@type": "dfc-b:AllergenCharacteristic", "dfc-b:hasAllergenDimension": f"dfc-m:{ALLERGENES[code]}"}
                for code in produit.allergenes
                if code in ALLERGENES
            ],
        },
        {
            "@id": ligne,
            "@type": "dfc-b:CatalogItem",
            "dfc-b:sku": produit.ref,
            "dfc-b:references": lui,
            "dfc-b:managedBy": entreprise,
            "dfc-b:stockLimitation": stock,
            "dfc-b:offeredThrough": offre,
        },
        {
            "@id": offre,
            "@type": "dfc-b:Offer",
            "dfc-b:offers": ligne,
            "dfc-b:stockLimitation": stock,
            "dfc-b:hasPrice": {
                "@type": "dfc-b:Price",
                "dfc-b:value": nombre(article.prix),
                "dfc-b:VATrate": nombre(produit.tva),
                "dfc-b:hasUnit": "dfc-m:Euro",
            },
        },
    ]
