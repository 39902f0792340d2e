"""Préparer, en mémoire, tout ce qu'on donne à MkDocs et à Pelican : pages, articles, menu, lettre, images nettoyées.

Entre : ce que le dépôt contient, déjà lu (`Sources`). Sort : une `Preparation`. Rien n'est écrit ici.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from cabas.constats import Constat, Emplacement, Refus, avertissement, erreur
from cabas.modele import Depot
from cabas.passe import Histoire
from cabas.publication import actualites, guide, images, relecture
from cabas.rendu import donnees_ouvertes, missions, schema_org
from cabas.rendu.calendrier import rendez_vous
from cabas.rendu.carte import Carte, Ensemble
from cabas.rendu.echappement import typographier_markdown
from cabas.rendu.guide import Texte, relier
from cabas.rendu.nouvelles import entete_article, finir_entete
from cabas.rendu.pages import pages
from cabas.rendu.pages_ouvertes import LISTE, pages_ouvertes
from cabas.temps import PARIS
from cabas.typographie import jour_du_mois


class Sources(NamedTuple):
    """Ce que le dépôt contient, déjà lu et contrôlé.

    `annexes` : les octets des images de `content/`, par chemin. `empreinte` : celle de tous les octets lus. `figes` : par commande
    dont les prix sont figés, le dépôt tel qu'il était à son ouverture : ses bons le suivent. `histoire` : ce que git sait des fiches passées.
    """

    depot: Depot
    constats: list[Constat]
    reglage: Mapping[str, Any]
    textes: tuple[Texte, ...] = ()
    articles: tuple[Texte, ...] = ()
    annexes: Mapping[str, bytes] = {}
    accueil: str = ""
    revision: str = ""
    exemple: bool = False
    empreinte: str = ""
    figes: Mapping[str, Depot] = {}
    histoire: Histoire = Histoire()


class Preparation(NamedTuple):
    """Ce qu'on donne à MkDocs et à Pelican, en mémoire. `ouvertes` : les données ouvertes, posées à côté des pages."""

    pages: dict[PurePosixPath, bytes]
    articles: dict[PurePosixPath, bytes]
    nav: list[Any]
    reseau: dict[str, Any]
    sources: dict[str, str]
    constats: list[Constat]
    ouvertes: dict[PurePosixPath, bytes]


def theme() -> Path:
    """Le dossier du thème, où que le paquet soit installé."""
    return Path(str(files("cabas").joinpath("theme")))


def polices() -> dict[PurePosixPath, bytes]:
    """Les fichiers de la lettre du site et leur licence, pris à leur paquet ; en WOFF2 s'il en a."""
    origine = Path(str(files("fontpkg_atkinson_hyperlegible")))
    trouvees = sorted((origine / "files").glob("*.woff2")) or sorted((origine / "files").glob("*.ttf"))
    dossier = PurePosixPath("assets/polices")
    return {dossier / fichier.name: fichier.read_bytes() for fichier in trouvees} | {dossier / "OFL.txt": (origine / "LICENSE").read_bytes()}


def preparer(sources: Sources, maintenant: datetime) -> Preparation:
    """Tout ce qu'on donne à MkDocs et à Pelican, sans rien écrire."""
    annexes, constats = _annexes(sources.annexes)
    publies = {article.chemin: actualites.adresse(article.chemin, article.corps) for article in sources.articles}
    constats += relecture.tout_relire(sources.depot, sources.textes, sources.articles, publies)
    ensemble = Ensemble(
        sources.textes, frozenset(annexes), publies,
        frozenset(PurePosixPath(chemin).name for chemin in annexes if chemin.startswith("content/photos/")), sources.accueil, sources.histoire,
        relecture.nouvelles(sources.articles, publies),
    )
    textes, fautes = pages(sources.depot, maintenant, ensemble)
    site = _site(sources, maintenant, constats)
    textes = schema_org.completer(textes, sources.depot, rendez_vous(sources.depot, maintenant), site)
    textes |= pages_ouvertes(sources.depot, site, textes)
    carte = Carte(sources.depot, ensemble)
    constats += fautes
    articles = {
        PurePosixPath(PurePosixPath(article.chemin).name): _article(article, carte, constats).encode() for article in sources.articles
    }
    cycle = [mission.slug for suite in missions.ordonner(sources.depot.missions).values() for mission in suite]
    nav, absentes = guide.menu(sources.reglage, textes, frozenset({"actualites/index.html"}), cycle)
    fichiers = {page: texte.encode() for page, texte in textes.items()} | polices()
    fichiers |= {PurePosixPath(carte.page(chemin) or ""): octets for chemin, octets in annexes.items()}
    reseau = _reseau(sources, maintenant, nav, textes)
    ouvertes = donnees_ouvertes.fichiers(sources.depot, site)
    return Preparation(fichiers, articles, nav, reseau, _origines(sources, carte), [*constats, *absentes], ouvertes)


def _site(sources: Sources, maintenant: datetime, constats: list[Constat]) -> donnees_ouvertes.Site:
    """Ce que les données ouvertes disent d'elles-mêmes. Une licence inconnue est un constat, et les données n'en ont alors aucune."""
    licence = donnees_ouvertes.lire_licence(sources.reglage)
    if isinstance(licence, Refus):
        constats.append(avertissement(licence.code, Emplacement(guide.REGLAGE), licence.fait, licence.remede))
        licence = donnees_ouvertes.LICENCES["aucune"]
    nom, adresse = str(sources.reglage.get("site_name") or "cabas"), str(sources.reglage.get("site_url") or "")
    return donnees_ouvertes.Site(nom, maintenant.astimezone(PARIS).date(), adresse, sources.revision, licence)


def _annexes(lues: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[Constat]]:
    gardees: dict[str, bytes] = {}
    constats: list[Constat] = []
    for chemin, octets in lues.items():
        propre = images.nettoyer(octets)
        if len(octets) > images.LOURDE:
            constats.append(images.trop_lourde(chemin, len(octets)))
        if isinstance(propre, Refus):
            constats.append(erreur(propre.code, Emplacement(chemin), propre.fait, propre.remede))
        else:
            gardees[chemin] = propre
    return gardees, constats


def _article(article: Texte, carte: Carte, constats: list[Constat]) -> str:
    relie = relier(article, carte.pour_html(actualites.RACINE), constats)
    tete, saut, corps = relie.partition("\n\n")
    return actualites.preparer(article.chemin, f"{tete}{saut}{typographier_markdown(corps)}", finir_entete(entete_article(article)))


def _reseau(sources: Sources, maintenant: datetime, nav: list[Any], textes: Mapping[PurePosixPath, str]) -> dict[str, Any]:
    """Ce que l'en-tête et le pied de toutes les pages disent du réseau."""
    reglage = sources.reglage
    jour = maintenant.astimezone(PARIS).date()
    presents = (("Commander", "guide/commander"), ("Charte", "charte"), ("Guide", "guide"), ("Catalogue", "catalogue"))
    pied = [{"titre": titre, "adresse": f"{page}/index.html"} for titre, page in presents if PurePosixPath(page, "index.md") in textes]
    pied.append({"titre": "Données ouvertes", "adresse": f"{LISTE.with_suffix('.html')}"})
    return {
        "nom": str(reglage.get("site_name") or "cabas"),
        "description": str(reglage.get("site_description") or ""),
        "depot": str(reglage.get("repo_url") or "").rstrip("/"),
        "modifier": str(reglage.get("edit_uri") or "").strip("/"),
        "annonce": f"Réseau d’exemple, arrêté au {jour_du_mois(jour)} {jour.year}." if sources.exemple else "",
        "menu": guide.onglets(nav),
        "pied": [*pied, {"titre": "Flux des actualités", "adresse": "actualites/flux.atom.xml"}],
        "groupements": {slug: groupement.nom for slug, groupement in sorted(sources.depot.groupements.items())},
        "dossiers": sorted({page.parts[0] for page in textes if len(page.parts) > 1} | {"actualites", "bons", "assets"}),
    }


def _origines(sources: Sources, carte: Carte) -> dict[str, str]:
    """De chaque page construite au fichier du dépôt à corriger."""
    depot = sources.depot
    fiches = [fiche.source.fichier for famille in (depot.produits, depot.producteurs, depot.groupements) for fiche in famille.values()]
    sources_de = {chemin: chemin for chemin in fiches}
    sources_de |= {texte.chemin: str(texte.entete.get("source") or texte.chemin) for texte in (*sources.textes, *sources.articles)}
    origines: dict[str, str] = {}
    for chemin, origine in sources_de.items():
        page = carte.page(chemin)
        if page:
            origines[f"{page.removesuffix('.md')}.html" if page.endswith(".md") else page] = origine
    return origines
