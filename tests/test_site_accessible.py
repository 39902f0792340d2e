# ruff: noqa: F811 - une fixture venue d’un autre module porte le nom de l’argument qui la demande
"""axe-core n’a rien à redire à aucune sorte de page, en clair comme en sombre. Les bons ont leur essai (`test_bon_en_ligne`)."""

from __future__ import annotations

import pytest
from accessibilite import violations
from test_site_construit import adresses, mini, navigateur, vrai  # noqa: F401 - les sites et le navigateur
from test_site_politique import CHAQUE_SORTE

TROP_LONGUES = ("guide/technique/donnees/index.html", "catalogue/index.html")
"""Les plus longues : axe y passe dix fois plus de temps qu’ailleurs. Leurs morceaux sont sur d’autres pages de la liste."""
SORTES = (*(page for page in CHAQUE_SORTE if page not in TROP_LONGUES), "guide/formulaire-producteur/index.html")


@pytest.mark.parametrize(("theme", "largeur"), [("light", 360), ("dark", 1280)])
def test_axe_n_a_rien_a_redire_a_aucune_sorte_de_page(navigateur, adresses, theme, largeur):
    # La politique des pages interdit d’évaluer un texte : c’est notre outil qui la contourne, pas la page.
    contexte = navigateur.new_context(viewport={"width": largeur, "height": 800}, color_scheme=theme, bypass_csp=True)
    onglet = contexte.new_page()
    trouvees = []
    for page in SORTES:
        onglet.goto(adresses["vrai"] + page, wait_until="load")
        trouvees += [f"{page} {une}" for une in violations(onglet)]
    contexte.close()
    assert not trouvees, "\n" + "\n".join(trouvees)


def test_axe_voit_bien_ce_qui_ne_va_pas(navigateur, adresses):
    contexte = navigateur.new_context(bypass_csp=True)
    onglet = contexte.new_page()
    onglet.goto(adresses["mini"] + "charte/index.html")
    onglet.evaluate(
        "document.querySelector('article').insertAdjacentHTML('beforeend', '<img src=\"x.png\"><p style=\"color: #ddd; background: #eee\">pâle</p>')"
    )
    regles = {une.split()[0] for une in violations(onglet)}
    contexte.close()
    assert {"image-alt", "color-contrast"} <= regles
