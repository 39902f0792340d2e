"""La carte du site : quel fichier du dépôt devient quelle page. Sert à traduire les liens que les gens écrivent."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import NamedTuple

from cabas.modele import Depot
from cabas.passe import Histoire
from cabas.rendu import guide
from cabas.rendu.guide import Situer, Texte
from cabas.rendu.nouvelles import Nouvelle


class Ensemble(NamedTuple):
    """Ce que la publication donne aux pages, déjà lu : textes du guide, autres fichiers publiés, adresses des actualités, passé des fiches."""

    textes: tuple[Texte, ...] = ()
    annexes: frozenset[str] = frozenset()
    actualites: Mapping[str, str] = {}
    photos: frozenset[str] = frozenset()
    accueil: str = ""
    histoire: Histoire = Histoire()
    nouvelles: Mapping[str, tuple[Nouvelle, ...]] = {}
    """Par groupement, ses actualités, la plus récente d'abord."""


class Carte:
    """Du chemin d'un fichier du dépôt à la page préparée (`…/index.md`) ou au fichier publié."""

    def __init__(self, depot: Depot, ensemble: Ensemble) -> None:
        self._annexes = ensemble.annexes
        self._pages: dict[str, str] = {
            "catalogue/produits": "catalogue/index.md",
            "catalogue/producteurs": "producteurs/index.md",
            "groupements": "groupements/index.md",
            "content/actualites": "actualites/index.html",
            **ensemble.actualites,
        }
        for famille, fiches in (("catalogue", depot.produits), ("producteurs", depot.producteurs), ("groupements", depot.groupements)):
            self._pages.update({fiche.source.fichier: f"{famille}/{cle}/index.md" for cle, fiche in fiches.items()})
        for texte in ensemble.textes:
            page = guide.destination(texte.chemin)
            if page:
                self._pages[texte.chemin] = str(page)

    def page(self, vise: str) -> str | None:
        """La page d'un fichier ou d'un dossier du dépôt, ou `None` s'il n'est pas publié."""
        trouvee = self._pages.get(vise) or self._pages.get(f"{vise}/index.md")
        if trouvee is None and vise in self._annexes:
            return str(guide.destination(vise) or vise.removeprefix("content/"))
        return trouvee

    def pour_mkdocs(self, dossier: str) -> Situer:
        """Les liens d'une page Markdown de ce dossier : vers d'autres `.md`, que MkDocs contrôle et traduit."""
        return lambda vise: None if (page := self.page(vise)) is None else posixpath.relpath(page, dossier)

    def pour_html(self, prefixe: str, dossier: str = "") -> Situer:
        """Les liens d'un texte déjà en HTML : depuis ce dossier, ou depuis la racine si un préfixe la nomme."""

        def situer(vise: str) -> str | None:
            page = self.page(vise)
            if page is None:
                return None
            adresse = f"{page.removesuffix('.md')}.html" if page.endswith(".md") else page
            return f"{prefixe}/{adresse}" if prefixe else posixpath.relpath(adresse, dossier)

        return situer
