"""Ce qu'une page dit aux moteurs de recherche : du JSON-LD schema.org, que le thème pose en tête de la page.

Un navigateur ne l'exécute pas : la politique de sécurité des pages n'a rien à en admettre. Le texte d'une fiche n'y peut ni fermer
la balise, ni en ouvrir une : `<`, `>` et `&` y sont écrits par leur numéro. Il ne dit rien que la page ne dise déjà en clair.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from cabas.calculs.affichage import ALLERGENES
from cabas.modele import Depot, Distribution, Groupement, Producteur, Produit
from cabas.rendu.calendrier import RendezVous
from cabas.rendu.donnees_ouvertes import Site
from cabas.rendu.echappement import une_ligne
from cabas.rendu.fiches import saison
from cabas.temps import PARIS

CONTEXTE = "https://schema.org"
MESURES = {"kg": "KGM", "L": "LTR", "piece": "C62"}
"""Les codes d'unité de l'UN/CEFACT que schema.org demande."""
REMONTEE = "../../"
CHAMP = "donnees_structurees"
"""Le champ de l'en-tête que lit le thème (`main.html`)."""
_DANGERS = {ord(signe): f"\\u{ord(signe):04x}" for signe in "<>&\u2028\u2029"}


def texte_sur(donnees: Mapping[str, Any]) -> str:
    """Les données en JSON, sur une ligne. Rien de ce qu'elles disent ne peut fermer la balise qui les porte."""
    texte = json.dumps({"@context": CONTEXTE, **donnees}, ensure_ascii=False, separators=(",", ":"))
    return texte.translate(_DANGERS)


def completer(pages: Mapping[PurePosixPath, str], depot: Depot, rendez_vous: Iterable[RendezVous], site: Site) -> dict[PurePosixPath, str]:
    """Les pages, celles des fiches avec leurs données dans leur en-tête (`CHAMP`). `rendez_vous` : ceux qu'annoncent les pages des groupements."""
    dates: dict[str, list[RendezVous]] = {}
    for un in rendez_vous:
        dates.setdefault(un.groupement.slug, []).append(un)
    rubriques = {rubrique.code: rubrique.nom for rubrique in depot.rubriques}
    donnees = {
        **{f"catalogue/{ref}": _produit(fiche, depot.producteurs.get(fiche.producteur), rubriques, site) for ref, fiche in depot.produits.items()},
        **{f"producteurs/{slug}": _producteur(fiche, site) for slug, fiche in depot.producteurs.items()},
        **{f"groupements/{slug}": _groupement(fiche, dates.get(slug, []), site) for slug, fiche in depot.groupements.items()},
    }
    ajouts = {PurePosixPath(dossier, "index.md"): json.dumps(texte_sur(contenu), ensure_ascii=False) for dossier, contenu in donnees.items()}
    return {page: _poser(texte, ajouts[page]) if page in ajouts else texte for page, texte in pages.items()}


def _poser(page: str, valeur: str) -> str:
    """La page, une ligne de plus dans son en-tête YAML. `valeur` : un texte JSON, que YAML lit de même."""
    return page.replace("---\n", f"---\n{CHAMP}: {valeur}\n", 1)


def _ici(page: str, site: Site) -> dict[str, str]:
    """L'identité de ce que décrit une page : son adresse, si l'on connaît celle du site ; relative, elle ne dirait rien."""
    adresse = site.lien(f"{page}/index.html")
    return {"@id": adresse, "url": adresse} if site.adresse else {}


def _propriete(nom: str, valeur: str) -> dict[str, str]:
    return {"@type": "PropertyValue", "name": nom, "value": valeur}


def _produit(produit: Produit, producteur: Producteur | None, rubriques: Mapping[str, str], site: Site) -> dict[str, Any]:
    prix = {"price": str(produit.prix), "priceCurrency": "EUR"}
    allergenes = ", ".join(ALLERGENES.get(code, code) for code in produit.allergenes) or "aucun à signaler"
    faits = {"Allergènes": allergenes, "Labels": ", ".join(produit.labels), "Origine": produit.origine, "Saison": saison(produit.saison)}
    return {
        "@type": "Product",
        **_ici(f"catalogue/{produit.ref}", site),
        "name": une_ligne(produit.nom),
        "sku": produit.ref,
        "category": une_ligne(rubriques.get(produit.rubrique, produit.rubrique)),
        **({"description": une_ligne(produit.description)} if produit.description else {}),
        **({"manufacturer": _reference(producteur, site)} if producteur else {}),
        "additionalProperty": [_propriete(nom, une_ligne(valeur)) for nom, valeur in faits.items() if valeur],
        "offers": {
            "@type": "Offer",
            **prix,
            "availability": f"{CONTEXTE}/{'InStock' if produit.disponible else 'OutOfStock'}",
            "priceSpecification": {
                "@type": "UnitPriceSpecification",
                "name": "Prix coûtant, toutes taxes comprises",
                **prix,
                "valueAddedTaxIncluded": True,
                "validFrom": produit.prix_depuis.isoformat(),
                "referenceQuantity": {"@type": "QuantitativeValue", "value": 1, "unitCode": MESURES[produit.unite]},
            },
        },
    }


def _reference(fiche: Producteur, site: Site) -> dict[str, str]:
    adresse = site.lien(f"producteurs/{fiche.slug}/index.html", REMONTEE)
    return {"@type": "Organization", "@id": adresse, "name": une_ligne(fiche.nom), "url": adresse}


def _commune(commune: str) -> dict[str, str]:
    return {"@type": "PostalAddress", "addressLocality": une_ligne(commune), "addressCountry": "FR"}


def _producteur(fiche: Producteur, site: Site) -> dict[str, Any]:
    """Un·e producteur·rice. Courriel et téléphone professionnels : la page les affiche déjà ; la position, non."""
    return {
        "@type": "Organization",
        **_ici(f"producteurs/{fiche.slug}", site),
        "name": une_ligne(fiche.nom),
        "address": _commune(fiche.commune),
        **({"email": une_ligne(fiche.courriel)} if fiche.courriel else {}),
        **({"telephone": une_ligne(fiche.telephone)} if fiche.telephone else {}),
    }


def _groupement(fiche: Groupement, dates: Iterable[RendezVous], site: Site) -> dict[str, Any]:
    """Un groupement et ses prochaines distributions. Ni équipe, ni adresse où part le bon."""
    evenements = [_evenement(un, un.fenetre.distribution, site) for un in dates if un.fenetre.distribution]
    return {
        "@type": "Organization",
        **_ici(f"groupements/{fiche.slug}", site),
        "name": une_ligne(fiche.nom),
        "address": _commune(fiche.commune),
        **({"parentOrganization": {"@type": "Organization", "name": une_ligne(fiche.structure)}} if fiche.structure else {}),
        **({"event": evenements} if evenements else {}),
    }


def _evenement(un: RendezVous, distribution: Distribution, site: Site) -> dict[str, Any]:
    organisateur = {"@type": "Organization", **_ici(f"groupements/{un.groupement.slug}", site), "name": une_ligne(un.groupement.nom)}
    return {
        "@type": "Event",
        "name": une_ligne(f"Distribution : {un.commande.titre}, {un.groupement.nom}"),
        "startDate": distribution.debut.astimezone(PARIS).isoformat(),
        "endDate": distribution.fin.astimezone(PARIS).isoformat(),
        "eventAttendanceMode": f"{CONTEXTE}/OfflineEventAttendanceMode",
        "location": {"@type": "Place", "name": une_ligne(un.lieu or un.groupement.nom), "address": _commune(un.groupement.commune)},
        "organizer": organisateur,
    }
