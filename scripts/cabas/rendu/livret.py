"""Le livret du guide, vu des pages : quelles pages y entrent, et les liens qui y mènent. Le livret lui-même : `documents.livret`."""

from __future__ import annotations

from markupsafe import Markup

from cabas.rendu.guide import GUIDE, destination

LIVRET, CAHIER = "guide.pdf", "guide-cahier.pdf"
MARQUE = "<!-- le livret -->"
"""Dans une page du guide, l'endroit où vont les deux liens."""


def en_est(chemin: str) -> bool:
    """Ce fichier est-il une page du livret : du guide, et hors des pages techniques ?

    >>> en_est("content/guide/charte.md"), en_est("content/guide/technique/architecture.md")
    (True, False)
    """
    return destination(chemin) is not None and not chemin.startswith(f"{GUIDE}/technique/")


def liens(remontee: str) -> Markup:
    """Les deux liens, en HTML. `remontee` : le chemin de la page à la racine du site."""
    return Markup(
        f'<p class="cabas-mission__imprimer"><a class="cabas-bouton" href="{remontee}{LIVRET}">Le livret</a> '
        f'<a class="cabas-bouton" href="{remontee}{CAHIER}">À plier en cahiers</a></p>'
    )
