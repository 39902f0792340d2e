"""Ce qui porte sur le site entier, une fois assemblé : la recherche, qui doit trouver aussi les actualités, et le plan du site.

Entre : le dossier du site assemblé. Rien ici ne change une page.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from cabas.publication.flux_par_groupement import A_CHERCHER

INDEX = PurePosixPath("search/search_index.json")
SANS_INTERET = ("404.html",)


def completer(site: Path, actualites: str = "actualites") -> None:
    """Ajoute les articles à l'index de recherche de Material, et l'écrit deux fois : pour un serveur, et pour une clé USB.

    Sans serveur, un navigateur ne lit pas de JSON voisin : le même index est un script, qui pose `__index`.
    """
    releve, index = site / actualites / A_CHERCHER, site / INDEX
    articles = json.loads(releve.read_text(encoding="utf-8")) if releve.is_file() else []
    releve.unlink(missing_ok=True)
    if not index.is_file():
        return
    contenu = json.loads(index.read_text(encoding="utf-8"))
    contenu["docs"] += [{**article, "location": f"{actualites}/{article['location']}"} for article in articles]
    texte = json.dumps(contenu, ensure_ascii=False, separators=(",", ":"))
    index.write_text(texte, encoding="utf-8")
    index.with_suffix(".js").write_text(f"var __index = {texte};\n", encoding="utf-8")


def plan_du_site(site: Path, site_url: str) -> None:
    """`sitemap.xml` : toutes les pages, celles de MkDocs, de Pelican et les bons, sauf ce qui n'est que pour les bénévoles.

    Sans adresse publique, il n'y en a pas.
    """
    for nom in ("sitemap.xml", "sitemap.xml.gz"):
        (site / nom).unlink(missing_ok=True)
    if not site_url:
        return
    base = site_url.rstrip("/")
    pages = sorted(page.relative_to(site).as_posix() for page in site.rglob("*.html") if page.name != "permanence.html")
    lieux = [f"<url><loc>{escape(f'{base}/{quote(page)}')}</loc></url>" for page in pages if page not in SANS_INTERET]
    entete = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    (site / "sitemap.xml").write_text(entete + "\n".join(lieux) + "\n</urlset>\n", encoding="utf-8")
