# ruff: noqa: F811 - une fixture venue d’un autre module porte le nom de l’argument qui la demande
"""Un tableau trop large pour l'écran défile dans son cadre : cela se voit, s'atteint au clavier, se nomme, et ne s'imprime pas."""

from __future__ import annotations

import pytest
from conftest import attendre
from test_site_construit import adresses, mini, navigateur, onglet, vrai  # noqa: F401 - les sites et le navigateur

PAGE = "guide/lire-le-recap/index.html"
CADRES = """[...document.querySelectorAll('.md-typeset__scrollwrap')].map(cadre => [
    cadre.scrollWidth > cadre.clientWidth, cadre.tabIndex === 0, cadre.getAttribute('role'), cadre.getAttribute('aria-label')])"""


@pytest.mark.parametrize("largeur", [320, 360])
def test_un_tableau_qui_defile_s_atteint_et_se_nomme(onglet, adresses, largeur):
    onglet.set_viewport_size({"width": largeur, "height": 800})
    onglet.goto(adresses["vrai"] + PAGE)
    attendre(onglet, "document.querySelectorAll('.md-typeset__scrollwrap[role=region]').length > 0")
    cadres = onglet.evaluate(CADRES)
    defilent = [cadre for cadre in cadres if cadre[0]]
    assert 0 < len(defilent) < len(cadres)
    assert all(atteint and role == "region" for _deborde, atteint, role, _nom in defilent)
    noms = [nom for *_reste, nom in defilent]
    assert all(nom.startswith("Tableau") and " : " in nom.replace("\u00a0", " ") and not nom.endswith("#") for nom in noms)
    assert len(set(noms)) == len(noms)
    assert [cadre[1:] for cadre in cadres if not cadre[0]] == [[False, None, None]] * (len(cadres) - len(defilent))


def test_le_clavier_fait_defiler_et_l_ecran_large_oublie_le_cadre(onglet, adresses):
    onglet.set_viewport_size({"width": 320, "height": 800})
    onglet.goto(adresses["vrai"] + PAGE)
    attendre(onglet, "document.querySelectorAll('.md-typeset__scrollwrap[role=region]').length > 0")
    onglet.locator(".md-typeset__scrollwrap[role=region]").first.focus()
    onglet.keyboard.press("ArrowRight")
    attendre(onglet, "document.activeElement.scrollLeft > 0")
    onglet.set_viewport_size({"width": 1280, "height": 800})
    attendre(onglet, "document.querySelectorAll('.md-typeset__scrollwrap[role]').length === 0")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_l_ombre_montre_de_quel_cote_il_reste_a_lire(navigateur, adresses, theme):
    """Au bord droit d'un tableau qui défile, les points changent de couleur en allant vers le bord ; une fois au bout, plus."""
    from io import BytesIO

    from PIL import Image

    contexte = navigateur.new_context(viewport={"width": 320, "height": 800}, color_scheme=theme)
    page = contexte.new_page()
    page.goto(adresses["vrai"] + PAGE)
    attendre(page, "document.querySelectorAll('.md-typeset__scrollwrap[role=region]').length > 0")
    cadre = page.locator(".md-typeset__scrollwrap[role=region]").first

    def ombre(droite: bool) -> int:
        """L'écart de couleur entre le bord et trois lettres plus loin, le long de la première rangée."""
        image = Image.open(BytesIO(cadre.screenshot())).convert("L")
        au_bord, plus_loin = (image.width - 4, image.width - 40) if droite else (3, 40)
        return abs(int(image.getpixel((au_bord, 4))) - int(image.getpixel((plus_loin, 4))))

    assert ombre(droite=True) > 12
    assert ombre(droite=False) < 4
    cadre.evaluate("cadre => { cadre.scrollLeft = 10000; }")
    assert ombre(droite=True) < 4
    assert ombre(droite=False) > 12
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.querySelector('.md-typeset__scrollwrap')).backgroundImage") == "none"
    contexte.close()
