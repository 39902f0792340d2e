"""Ce que nous ajoutons à Pelican, dans son processus : une page et un flux par groupement, et de quoi chercher dans les actualités.

Pelican sait faire un flux par rubrique ou par autrice ; le groupement qui écrit n'est ni l'une ni l'autre. Le champ `Groupement` de
l'article décide. Tout passe par les écrivains de Pelican : mêmes gabarits, mêmes adresses, même flux Atom.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cabas.rendu.echappement import texte_nu

DOSSIER = "groupements"
A_CHERCHER = "recherche.json"
"""Le relevé des articles, laissé à côté des pages : `recherche.completer` le prend et ne le publie pas."""


def adresse(groupement: str, racine: str = "") -> str:
    """La page des actualités d'un groupement, depuis `/actualites/` ou depuis `racine`."""
    return f"{racine}{DOSSIER}/{groupement}/index.html"


def inscrire() -> None:
    """Se branche sur Pelican : après les articles, avant qu'il ne finisse."""
    from pelican import signals

    signals.article_writer_finalized.connect(_ecrire)


def _ecrire(generateur: Any, writer: Any) -> None:
    ecrivain = writer  # Pelican passe ses arguments par leur nom
    noms: dict[str, str] = generateur.settings["GROUPEMENTS"]
    par_groupement: dict[str, list[Any]] = {}
    for article in generateur.articles:
        slug = getattr(article, "groupement", "")
        if slug in noms:
            par_groupement.setdefault(slug, []).append(article)
    for slug, articles in sorted(par_groupement.items()):
        page, flux = adresse(slug), f"{DOSSIER}/{slug}/flux.atom.xml"
        ecrivain.write_file(
            page, generateur.get_template("groupement"), generateur.context, relative_urls=True, url=page,
            template_name="groupement", articles=articles, nom=noms[slug], slug=slug,
        )
        ecrivain.write_feed(articles, generateur.context, flux, flux, feed_title=noms[slug])
    _relever(generateur)


def _relever(generateur: Any) -> None:
    """Titre, adresse et texte nu de chaque article, du plus récent au plus ancien."""
    releve = [{"location": un.url, "title": texte_nu(un.title), "text": texte_nu(un.content)} for un in generateur.articles]
    fichier = Path(generateur.output_path) / A_CHERCHER
    fichier.parent.mkdir(parents=True, exist_ok=True)
    fichier.write_text(json.dumps(releve, ensure_ascii=False), encoding="utf-8")
