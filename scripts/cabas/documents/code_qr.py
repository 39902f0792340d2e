"""Les deux codes QR d'un bon papier : l'adresse du bon en ligne, et la feuille elle-même.

Tracés en vecteurs (SVG), jamais en image tramée : nets à toute imprimante. Correction M (15 % du code peut être taché ou plié).
Un module fait au moins 0,4 mm et le code au moins quinze millimètres : un vieux téléphone les lit.
"""

from __future__ import annotations

from typing import TypedDict

COTE, MODULE = 150, 4
"""Le plus petit côté d'un code et d'un module, en dixièmes de millimètre."""


class CodeQR(TypedDict):
    """Ce que lit le gabarit : le tracé, le côté en dixièmes de millimètre (sans la marge), et ce que dit le code, en mots."""

    svg: str
    cote: int
    dit: str


def code_qr(contenu: str, dit: str) -> CodeQR:
    """Le code d'un texte, sans marge : le gabarit garde quatre modules de blanc autour. `dit` : le texte de remplacement."""
    import segno

    code = segno.make_qr(contenu, error="m", boost_error=False)
    modules = len(code.matrix)
    svg = code.svg_inline(border=0, dark="#000", omitsize=True)
    return {"svg": svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1), "cote": max(COTE, modules * MODULE), "dit": dit}


def adresse_du_bon(site_url: str, commande: str, groupement: str) -> str:
    """L'adresse publique d'un bon ; vide si le site ne dit pas la sienne : pas de code plutôt qu'un code faux.

    >>> adresse_du_bon("https://reseau.exemple.org/x", "2026-12", "les-tilleuls")
    'https://reseau.exemple.org/x/bons/2026-12/les-tilleuls/'
    """
    return f"{site_url.rstrip('/')}/bons/{commande}/{groupement}/" if site_url.startswith(("https://", "http://")) else ""


def identite_de_feuille(commande: str, groupement: str, lettre: str, numero: str = "") -> str:
    """Ce que dit le code d'une feuille : « CABAS », la commande, le groupement, la lettre du tarif, le numéro s'il y en a un.

    En capitales, un code QR tient dans moins de modules : il se lit de plus loin. Les identifiants n'en ont aucune, rien ne se perd.

    >>> identite_de_feuille("2026-12", "les-tilleuls", "B", "12B")
    'CABAS 2026-12 LES-TILLEULS B 12B'
    """
    return " ".join(filter(None, ("CABAS", commande, groupement, lettre, numero))).upper()
