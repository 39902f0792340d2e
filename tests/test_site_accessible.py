# ruff: noqa: F811 - une fixture venue d’un autre module porte le nom de l’argument qui la demande
"""axe-core n’a rien à redire à aucune sorte de page, en clair comme en sombre. Les bons ont leur essai (`test_bon_en_ligne`)."""

from __future__ import annotations

import pytest
from accessibilite import violations
from test_site_construit import adresses, mini, navigateur, vrai  # noqa: F401 - les sites et le navigateur

SORTES = (
    "index.html", "catalogue/comte-12-mois/index.html", "saisons/index.html", "changements/index.html", "carte/index.html", "chiffres/index.html",
    "producteurs/moulin-des-sorbiers/index.html", "groupements/les-tilleuls/index.html", "groupements/les-tilleuls/cette-semaine/index.html",
    "guide/reunions/index.html", "guide/formulaire-producteur/index.html", "missions/index.html", "missions/caisse/index.html",
    "actualites/index.html", "actualites/les-tilleuls-reunion-novembre-2026/index.html", "404.html",
)  # fmt: skip
"""Une page de chaque sorte. Les très longues (le catalogue, le format des données) n’ont rien d’autre, et axe y passe dix fois plus de temps."""


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
