"""Les deux pages du guide sur les données ouvertes : la liste des fichiers, et le format de `catalogue.json` tiré de son schéma."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from cabas.modele import Depot
from cabas.rendu.donnees_ouvertes import PAR_PRODUCTEUR, SCHEMA, Site, produits_par_producteur, schema
from cabas.rendu.echappement import Lien, entete, litteral, typographier_markdown
from cabas.rendu.guide import fil
from cabas.typographie import enumerer

TECHNIQUE = PurePosixPath("guide/technique")
LISTE = TECHNIQUE / "donnees-ouvertes/index.md"
FORMAT = TECHNIQUE / "catalogue-json/index.md"
GABARIT = "pages/donnees-ouvertes.md.j2"
_GENRES = {
    "string": "texte",
    "integer": "nombre entier",
    "boolean": "vrai ou faux",
    "array": "liste",
    "object": "champs",
    "null": "null",
}


def pages_ouvertes(depot: Depot, site: Site, presentes: Iterable[PurePosixPath] = ()) -> dict[PurePosixPath, str]:
    """Les deux pages, en Markdown. `presentes` : les autres pages du site, pour le fil d'Ariane."""
    connues = {str(page) for page in presentes}
    return {LISTE: _liste(depot, site, fil(LISTE, connues)), FORMAT: _format(schema(), fil(FORMAT, connues))}


def _liste(depot: Depot, site: Site, ou: Sequence[Lien]) -> str:
    from cabas.rendu.environnement import environnement

    gabarits = environnement()
    gabarits.filters["tel_quel"] = litteral
    producteurs = [(slug, fiche.nom if (fiche := depot.producteurs.get(slug)) else slug) for slug in produits_par_producteur(depot)]
    tete = entete(
        fil=ou,
        title="Données ouvertes",
        description="Le catalogue à reprendre ailleurs : JSON, Data Food Consortium, Open Food Network, CamAP, GDXP.",
        source=f"scripts/cabas/gabarits/{GABARIT}",
    )
    corps = gabarits.get_template(GABARIT).render(
        site=site,
        producteurs=sorted(producteurs, key=lambda un: (un[1].casefold(), un[0])),
        dossier=str(PAR_PRODUCTEUR),
        racine="../../../",
    )
    lignes = [ligne.rstrip() for ligne in corps.splitlines()]
    corps = "\n".join(ligne for rang, ligne in enumerate(lignes) if ligne or (rang and lignes[rang - 1]))
    return tete + typographier_markdown(corps).strip() + "\n"


def _format(lu: Mapping[str, Any], ou: Sequence[Lien]) -> str:
    """Une partie par sorte d'objet, une ligne par champ."""
    tete = entete(
        fil=ou,
        title="Le format de catalogue.json",
        description="Chaque champ du catalogue en données ouvertes.",
        source=f"scripts/cabas/donnees/{SCHEMA}",
    )
    d_ou = (
        "Cette page est tirée du schéma publié à côté du catalogue (JSON Schema 2020-12). Un programme peut s’en servir pour vérifier ce qu’il lit."
    )
    morceaux = [
        "# Le format de catalogue.json",
        f"{lu['description']} {d_ou}",
        f'<p><a class="cabas-bouton" href="../../../{SCHEMA}">{SCHEMA}</a></p>',
        "## En tête",
        _tableau(lu),
        *[
            morceau
            for sous_schema in lu["$defs"].values()
            if "properties" in sous_schema
            for morceau in (f"## {sous_schema['title']}", sous_schema["description"], _tableau(sous_schema))
        ],
        "## Les nombres",
        lu["$defs"]["nombre_exact"]["description"],
    ]
    return tete + typographier_markdown("\n\n".join(morceaux)) + "\n"


def _tableau(objet: Mapping[str, Any]) -> str:
    rangees = [f"| `{nom}` | {_genre(champ)} | {_sens(champ)} |" for nom, champ in objet["properties"].items()]
    return "\n".join(["| Champ | Genre | Sens |", "|---|---|---|", *rangees])


def _genre(champ: Mapping[str, Any]) -> str:
    if "anyOf" in champ:
        return enumerer([_genre(un) for un in champ["anyOf"]], "ou")
    if "$ref" in champ:
        return str(champ["$ref"]).rpartition("/")[2].replace("_", " ")
    if champ.get("format") == "date":
        return "date"
    if champ.get("type") == "array":
        return f"liste ({_genre(champ['items'])})"
    if "enum" in champ or "const" in champ:
        return "au choix"
    return _GENRES[champ["type"]]


def _sens(champ: Mapping[str, Any]) -> str:
    morceaux = [f"{champ['title']}."]
    if champ.get("description"):
        morceaux.append(champ["description"])
    if "properties" in champ:
        morceaux.append(f"Champs : {enumerer([f'`{nom}`' for nom in champ['properties']])}.")
    if permis := champ.get("enum") or ([champ["const"]] if "const" in champ else []):
        morceaux.append(f"Admis : {enumerer([f'`{valeur}`' for valeur in permis], 'ou')}.")
    return " ".join(morceaux)
