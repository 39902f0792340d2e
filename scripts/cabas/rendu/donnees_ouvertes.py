"""Les données ouvertes du site : le catalogue, dans notre format et dans ceux que d'autres logiciels savent lire.

Entre : le dépôt et ce qu'on sait du site. Sort : `{chemin: octets}`, depuis la racine du site. Aucune donnée personnelle : ni
adhérent·e, ni groupement, ni courriel, ni téléphone, ni position. Un fichier se moissonne ; la page d'un·e producteur·rice se lit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from cabas.calculs.mots_de_commande import d_une_ligne
from cabas.calculs.offre import prix_de_mesure
from cabas.constats import Refus
from cabas.modele import Depot, Lot, Produit
from cabas.quantites import MILLE
from cabas.rendu.csv_pairs import camap_csv, ofn_csv
from cabas.rendu.dfc import dfc_json
from cabas.rendu.fiches import COUTANT
from cabas.rendu.gdxp import liste_de_prix_json

Fichiers = dict[PurePosixPath, bytes]
FORMAT = "1.0"
SCHEMA = "catalogue.schema.json"
PAR_PRODUCTEUR = PurePosixPath("donnees")


class Licence(NamedTuple):
    """Ce qu'on permet à qui reprend les données."""

    nom: str
    adresse: str
    permet: str


LICENCES = {
    "licence-ouverte-2.0": Licence(
        "Licence Ouverte 2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
        "Chacun·e reprend ces données comme il lui plaît, en disant d’où elles viennent et de quand elles datent.",
    ),
    "odbl-1.0": Licence(
        "ODbL 1.0", "https://opendatacommons.org/licenses/odbl/1-0/",
        "Chacun·e reprend ces données en disant d’où elles viennent, et partage de même la base qu’il ou elle en fait.",
    ),
    "aucune": Licence("Aucune licence", "", "Le réseau n’a pas encore choisi de licence : demandez-lui avant de reprendre ces données."),
}  # fmt: skip
PAR_DEFAUT = "licence-ouverte-2.0"


class Site(NamedTuple):
    """Ce que les données disent d'elles-mêmes. `adresse` : celle du site, ou rien ; `revision` : celle du catalogue, ou rien."""

    nom: str
    jour: date
    adresse: str = ""
    revision: str = ""
    licence: Licence = LICENCES[PAR_DEFAUT]

    def lien(self, page: str, depuis: str = "") -> str:
        """L'adresse d'une page : entière si l'on connaît celle du site, sinon relative (`depuis` : ce qui remonte à la racine)."""
        return f"{self.adresse.rstrip('/')}/{page}" if self.adresse else f"{depuis}{page}"


def lire_licence(reglage: Mapping[str, Any]) -> Licence | Refus:
    """Celle que nomme `extra.cabas.licence_donnees` dans mkdocs.yml ; la Licence Ouverte si rien n'est dit. Refus : `licence-inconnue`."""
    extra = reglage.get("extra")
    propre = extra.get("cabas") if isinstance(extra, Mapping) else None
    demandee = propre.get("licence_donnees") if isinstance(propre, Mapping) else None
    if demandee is None or str(demandee) in LICENCES:
        return LICENCES[PAR_DEFAUT if demandee is None else str(demandee)]
    return Refus("licence-inconnue", f"« {demandee} » n’est pas une licence que cabas connaît.", f"Écrire l’une de : {', '.join(LICENCES)}.")


def fichiers(depot: Depot, site: Site) -> Fichiers:
    """Tous les fichiers de données ouvertes."""
    sortie: Fichiers = {
        PurePosixPath("catalogue.json"): catalogue_json(depot, site),
        PurePosixPath(SCHEMA): schema_publie(),
        PurePosixPath("catalogue.dfc.jsonld"): dfc_json(depot, site.adresse),
        PurePosixPath("catalogue.ofn.csv"): ofn_csv(depot),
        PurePosixPath("catalogue.gdxp.json"): liste_de_prix_json(depot, site.nom, site.jour),
    }
    for slug, produits in produits_par_producteur(depot).items():
        sortie[PAR_PRODUCTEUR / "camap" / f"{slug}.csv"] = camap_csv(produits)
        sortie[PAR_PRODUCTEUR / "dfc" / f"{slug}.json"] = dfc_json(depot, site.adresse, slug)
    return sortie


def produits_par_producteur(depot: Depot) -> dict[str, list[Produit]]:
    """Les produits de chaque producteur·rice qui en a."""
    par_producteur: dict[str, list[Produit]] = {}
    for _ref, produit in sorted(depot.produits.items(), key=lambda un: (un[1].producteur, un[0])):
        par_producteur.setdefault(produit.producteur, []).append(produit)
    return par_producteur


def schema_publie() -> bytes:
    """Le schéma de `catalogue.json`, tel qu'il est publié à côté."""
    return files("cabas").joinpath("donnees", SCHEMA).read_bytes()


def schema() -> dict[str, Any]:
    """Le même, lu."""
    lu: dict[str, Any] = json.loads(schema_publie())
    return lu


def catalogue_json(depot: Depot, site: Site) -> bytes:
    """Le catalogue, dans notre format : prix coûtants et quantités en chaînes exactes, dans l'ordre des refs."""
    donnees = {
        "$schema": SCHEMA,
        "format": FORMAT,
        "titre": f"Catalogue de {site.nom}",
        "date": site.jour.isoformat(),
        "revision": site.revision,
        "site": site.adresse,
        "licence": {"nom": site.licence.nom, "adresse": site.licence.adresse},
        "monnaie": "EUR",
        "rubriques": [{"code": rubrique.code, "nom": rubrique.nom} for rubrique in depot.rubriques],
        "producteurs": [
            {
                "slug": fiche.slug, "nom": fiche.nom, "commune": fiche.commune, "labels": list(fiche.labels),
                "valide_le": fiche.valide_le.isoformat(), "page": f"producteurs/{fiche.slug}/index.html",
            }
            for _slug, fiche in sorted(depot.producteurs.items())
        ],
        "produits": [_produit(produit) for _ref, produit in sorted(depot.produits.items())],
    }  # fmt: skip
    return (json.dumps(donnees, ensure_ascii=False, indent=1) + "\n").encode()


def _nombre(milliemes: int) -> str:
    return f"{Decimal(milliemes) / MILLE:f}"


def _lot(lot: Lot) -> dict[str, str]:
    return {"quantite": _nombre(lot.quantite), "nom": lot.nom}


def _produit(produit: Produit) -> dict[str, Any]:
    mesure = prix_de_mesure(produit, COUTANT)
    return {
        "ref": produit.ref,
        "nom": produit.nom,
        "producteur": produit.producteur,
        "rubrique": produit.rubrique,
        "unite": produit.unite,
        "pas": _nombre(produit.pas),
        "prix": str(produit.prix),
        "prix_depuis": produit.prix_depuis.isoformat(),
        "prix_de_mesure": {"prix": f"{Decimal(mesure[0]) / 100:.2f}", "unite": mesure[1]} if mesure else None,
        "tva": str(produit.tva),
        "vente": produit.vente,
        "allergenes": list(produit.allergenes),
        "contenu": produit.contenu,
        "lot": _lot(produit.lot) if produit.lot else None,
        "lots": [_lot(un) for un in produit.lots],
        "lot_complet": produit.lot_complet,
        "maximum": _nombre(produit.maximum) if produit.maximum else None,
        "consigne": str(produit.consigne) if produit.consigne else None,
        "origine": produit.origine,
        "labels": list(produit.labels),
        "placement": produit.placement,
        "saison": list(produit.saison),
        "disponible": produit.disponible,
        "description": d_une_ligne(produit.description),
        "page": f"catalogue/{produit.ref}/index.html",
    }
