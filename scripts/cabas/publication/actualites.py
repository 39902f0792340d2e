"""Pelican : les actualités et leur flux, sous `/actualites/`. Ses réglages se déduisent de `mkdocs.yml` ; il n'en a pas d'autres.

Les articles sont préparés (liens réécrits, espaces insécables) dans `.build/articles`, puis Pelican tourne dans son propre
processus : `python -m cabas.publication.actualites reglages.json`. Un lien vers une page du site y est écrit `RACINE` + adresse,
et remplacé selon la profondeur de la page qui le porte : un même texte est à la fois article, résumé et entrée du flux.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from cabas.constats import Constat, Emplacement, erreur
from cabas.publication import politique

DOSSIER = "actualites"
FLUX = "flux.atom.xml"
RACINE = "cabas-racine:/"
"""Marque d'un lien depuis la racine du site, dans un article préparé."""


def adresse(chemin: str, corps: str) -> str:
    """L'adresse publiée d'un article, depuis la racine du site : son `Slug`, à défaut son nom de fichier sans la date."""
    trouve = re.search(r"^slug:\s*(\S+)\s*$", corps.split("\n\n", 1)[0], re.IGNORECASE | re.MULTILINE)
    nom = trouve[1] if trouve else re.sub(r"^\d{4}-\d\d-\d\d-", "", PurePosixPath(chemin).stem)
    return f"{DOSSIER}/{nom}/index.html"


def preparer(chemin: str, texte: str, ajouts: str = "") -> str:
    """L'article prêt pour Pelican : son adresse et son fichier d'origine sont ajoutés à son en-tête, et `ajouts` avec eux."""
    ajouts += f"Origine: {chemin}\n"
    if not re.search(r"^slug:", texte.split("\n\n", 1)[0], re.IGNORECASE | re.MULTILINE):
        ajouts += f"Slug: {PurePosixPath(adresse(chemin, texte)).parent.name}\n"
    return f"---\n{ajouts}{texte[4:]}" if texte.startswith("---\n") else ajouts + texte


def reglages(reglage: Mapping[str, Any], reseau: Mapping[str, Any], theme: Path, articles: Path, sortie: Path, feuilles: list[str]) -> dict[str, Any]:
    """Les réglages de Pelican, tirés de ceux de MkDocs : nom, adresse, extensions Markdown. Les groupements sont dans `reseau`."""
    extensions = {}
    for entree in reglage.get("markdown_extensions") or ():
        nom, options = next(iter(entree.items())) if isinstance(entree, Mapping) else (entree, None)
        extensions[str(nom)] = {cle: _valeur(valeur) for cle, valeur in (options or {}).items()}
    site_url = str(reglage.get("site_url") or "").rstrip("/")
    return {
        "SITENAME": str(reglage.get("site_name") or "cabas"),
        "SITEURL": "",
        "RELATIVE_URLS": True,
        "FEED_DOMAIN": f"{site_url}/{DOSSIER}" if site_url else ".",
        "PATH": str(articles),
        "OUTPUT_PATH": str(sortie),
        "DELETE_OUTPUT_DIRECTORY": True,
        "THEME": str(theme / "pelican"),
        "THEME_TEMPLATES_OVERRIDES": [str(theme)],
        "THEME_STATIC_PATHS": [],
        "STATIC_PATHS": [],
        "PLUGINS": [],
        "MARKDOWN": {"extension_configs": {**extensions, "markdown.extensions.meta": {}}, "output_format": "html"},
        "JINJA_ENVIRONMENT": {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True},
        "LOCALE": ["C"],
        "TIMEZONE": "Europe/Paris",
        "DEFAULT_LANG": "fr",
        "DEFAULT_CATEGORY": "Nouvelles",
        "USE_FOLDER_AS_CATEGORY": False,
        "DEFAULT_DATE_FORMAT": "%Y-%m-%d",
        "FILENAME_METADATA": r"(?P<date>\d{4}-\d{2}-\d{2})-.*",
        "DIRECT_TEMPLATES": ["index", "archives"],
        "ARCHIVES_SAVE_AS": "archives/index.html",
        "ARTICLE_URL": "{slug}/index.html",
        "ARTICLE_SAVE_AS": "{slug}/index.html",
        "CATEGORY_URL": "rubriques/{slug}/index.html",
        "CATEGORY_SAVE_AS": "rubriques/{slug}/index.html",
        "TAG_URL": "mots-cles/{slug}/index.html",
        "TAG_SAVE_AS": "mots-cles/{slug}/index.html",
        "AUTHOR": str(reglage.get("site_name") or "cabas"),
        "AUTHOR_SAVE_AS": "",
        "AUTHORS_SAVE_AS": "",
        # Seule l'accueil des actualités se pagine : la page 2 d'un mot-clé « a1 » heurterait le mot-clé « a12 », et Pelican s'arrête.
        "DEFAULT_PAGINATION": 10,
        "PAGINATED_TEMPLATES": {"index": 10},
        "PAGINATION_PATTERNS": [[1, "{url}", "{save_as}"], [2, "page/{number}/index.html", "page/{number}/index.html"]],
        "FEED_ALL_ATOM": FLUX,
        "FEED_ALL_RSS": None,
        "CATEGORY_FEED_ATOM": None,
        "TRANSLATION_FEED_ATOM": None,
        "AUTHOR_FEED_ATOM": None,
        "AUTHOR_FEED_RSS": None,
        "CACHE_CONTENT": False,
        "LOAD_CONTENT_CACHE": False,
        "ADRESSE_PUBLIQUE": f"{site_url}/" if site_url else "",
        "GROUPEMENTS": dict(reseau.get("groupements") or {}),
        "RESEAU": dict(reseau),
        "FEUILLES": feuilles,
    }


def _valeur(valeur: Any) -> Any:
    """Le réglage est lu comme du texte : on rend leur type aux options des extensions Markdown."""
    if isinstance(valeur, str):
        if valeur in ("true", "false"):
            return valeur == "true"
        return int(valeur) if re.fullmatch(r"-?\d+", valeur) else valeur
    return valeur


def feuilles_de_style(material: Path) -> list[str]:
    """Les feuilles construites de Material (leur nom porte une empreinte), puis la nôtre, depuis la racine du site."""
    trouvees = [*sorted(material.glob("assets/stylesheets/**/main.*.min.css")), *sorted(material.glob("assets/stylesheets/**/palette.*.min.css"))]
    return [chemin.relative_to(material).as_posix() for chemin in trouvees] + ["assets/cabas.css"]


def lancer(fichier: Path, reglage: Mapping[str, Any]) -> subprocess.Popen[str]:
    """Démarre Pelican dans son processus, avec ces réglages écrits dans `fichier`."""
    fichier.parent.mkdir(parents=True, exist_ok=True)
    fichier.write_text(json.dumps(reglage, ensure_ascii=False, sort_keys=True), encoding="utf-8")
    commande = [sys.executable, "-m", "cabas.publication.actualites", str(fichier)]
    return subprocess.Popen(commande, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace")


def attendre(processus: subprocess.Popen[str], site_url: str, sortie: Path) -> list[Constat]:
    """Attend Pelican, puis situe les liens. Une plainte de Pelican devient un constat, sur le fichier qu'elle nomme."""
    plainte, _vide = processus.communicate()
    if processus.returncode:
        remede = "Comparer l’en-tête de l’article (Title, Date, Category) avec les autres."
        lignes = _lignes(plainte) or [f"code {processus.returncode}"]
        return [erreur("actualites-refusees", _lieu(ligne), f"Pelican n’a pas pu construire : {ligne}", remede) for ligne in lignes]
    situer(sortie, site_url)
    return []


def _lignes(plainte: str) -> list[str]:
    lignes = [re.sub(r"^\[[\d:]+\]\s*", "", ligne).strip() for ligne in plainte.splitlines()]
    return [ligne for ligne in lignes if ligne][-5:]


def _lieu(ligne: str) -> Emplacement:
    trouve = re.search(r"articles/([\w.-]+\.md)", ligne)
    return Emplacement(f"content/actualites/{trouve[1]}" if trouve else "content/actualites")


def situer(sortie: Path, site_url: str) -> None:
    """Remplace la marque de racine dans chaque page, selon sa profondeur ; finit le flux."""
    for page in sorted(sortie.rglob("*.html")):
        texte = page.read_text(encoding="utf-8")
        racine = "/".join([".."] * len(page.relative_to(sortie).parts))
        if RACINE in texte:
            page.write_text(texte.replace(f"{RACINE}/", f"{racine}/"), encoding="utf-8")
    for flux in sorted(sortie.rglob(FLUX)):
        dossier = "".join(f"{partie}/" for partie in flux.relative_to(sortie).parts[:-1])
        flux.write_text(finir_flux(flux.read_text(encoding="utf-8"), site_url, dossier), encoding="utf-8")
    politique.poser(sortie, ("index.html",))


_DANS_LA_PAGE = re.compile(r'&lt;a class="headerlink".*?&lt;/a&gt;', re.DOTALL)
_LIEN_DU_FLUX = re.compile(r'<link href="(?![a-z]+:)[./]*([^"]*)" rel="(alternate|self)"')


def finir_flux(texte: str, site_url: str, dossier: str = "") -> str:
    """Un flux valide : identifiants stables, liens entiers si l'adresse publique est connue, relatifs au flux sinon.

    `dossier` : où est ce flux sous `/actualites/` (« groupements/les-tilleuls/ »). Son premier lien mène à la page de ce dossier.
    """
    domaine = urlsplit(site_url).hostname or "cabas.invalid"
    base = f"{site_url.rstrip('/')}/{DOSSIER}/" if site_url else "../" * dossier.count("/")
    texte = _DANS_LA_PAGE.sub("", texte).replace(f"{RACINE}/", f"{site_url.rstrip('/')}/" if site_url else f"{base}../")
    identite = f"<id>tag:{domaine},2026:{DOSSIER}/{dossier}".rstrip("/")
    texte = texte.replace("tag:None,", f"tag:{domaine},").replace("<id>/</id>", f"{identite}</id>")
    return _LIEN_DU_FLUX.sub(lambda trouve: f'<link href="{base}{trouve[1] or f"{dossier}index.html"}" rel="{trouve[2]}"', texte)


def _construire(fichier: Path) -> int:
    """Le travail du sous-processus : Pelican, par son API."""
    from pelican import Pelican
    from pelican.settings import DEFAULT_CONFIG, configure_settings

    from cabas.publication import flux_par_groupement
    from cabas.typographie import date_longue, typographier

    flux_par_groupement.inscrire()
    lus: dict[str, Any] = json.loads(fichier.read_text(encoding="utf-8"))
    lus["JINJA_FILTERS"] = {"jour": lambda instant: date_longue(instant.date()), "fine": lambda texte: typographier(str(texte))}
    lus["PAGINATION_PATTERNS"] = [tuple(patron) for patron in lus["PAGINATION_PATTERNS"]]
    shutil.rmtree(lus["OUTPUT_PATH"], ignore_errors=True)
    Pelican(configure_settings({**DEFAULT_CONFIG, **lus})).run()
    return 0


if __name__ == "__main__":
    raise SystemExit(_construire(Path(sys.argv[1])))
