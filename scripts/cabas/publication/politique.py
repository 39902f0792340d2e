"""La politique de sécurité des pages : elle n'y laisse tourner que nos scripts, et n'y laisse venir que nos fichiers.

Entre : un dossier de pages construites (MkDocs ou Pelican). Chaque page reçoit une balise `Content-Security-Policy` où ses scripts
en ligne sont admis par leur empreinte. Un script n'y a droit que si la page témoin, où personne d'autre que nous n'écrit, le porte
aussi : celui qu'un texte aurait glissé n'est pas admis, il ne s'exécute pas.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path

_SCRIPT = re.compile(r"<script(?P<attributs>[^>]*)>(?P<corps>.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
_STYLE = re.compile(r"<style(?P<attributs>[^>]*)>(?P<corps>.*?)</style\s*>", re.DOTALL | re.IGNORECASE)
_CHARSET = re.compile(r"<meta charset=[\"']?utf-8[\"']?\s*/?>", re.IGNORECASE)
_REMONTEE = re.compile(r"\"\.{1,2}(?:/\.\.)*/?(?=[\"a-z])")
MARQUE = "Content-Security-Policy"
NOS_FICHIERS = "'self' file:"
"""Notre site, et lui seul. Sur une clé USB, un navigateur ne reconnaît pas toujours un fichier voisin comme « le même site » :
`file:` le lui dit. Sur le web, une page n'a de toute façon pas le droit d'ouvrir un fichier de l'appareil."""


def empreintes(texte: str, sorte: re.Pattern[str] = _SCRIPT) -> dict[str, str]:
    """Des morceaux en ligne d'une page (sans profondeur) à leur empreinte, telle qu'une politique l'écrit. Les données n'en sont pas."""
    trouvees: dict[str, str] = {}
    for morceau in sorte.finditer(texte):
        if "src=" in morceau["attributs"] or "json" in morceau["attributs"]:
            continue
        corps = morceau["corps"].replace("\r\n", "\n")
        trouvees[_REMONTEE.sub('"', corps)] = f"'sha256-{b64encode(hashlib.sha256(corps.encode()).digest()).decode()}'"
    return trouvees


def politique(scripts: Iterable[str], styles: Iterable[str]) -> str:
    """La politique d'une page. Ni `unsafe-inline` ni `unsafe-eval` ; `data:` pour les icônes de la feuille de style seulement."""
    regles = {
        "default-src": "'none'",
        "script-src": " ".join([NOS_FICHIERS, *sorted(scripts)]),
        "style-src": " ".join([NOS_FICHIERS, *sorted(styles)]),
        "img-src": f"{NOS_FICHIERS} data:",
        "font-src": NOS_FICHIERS,
        "connect-src": NOS_FICHIERS,
        "worker-src": NOS_FICHIERS,
        "form-action": NOS_FICHIERS,
        "base-uri": "'none'",
    }
    return "; ".join(f"{nom} {valeur}" for nom, valeur in regles.items())


def poser(dossier: Path, temoins: Iterable[str], seules: Iterable[str] | None = None) -> None:
    """Écrit sa politique dans chaque page du dossier, ou dans ces `seules` pages.

    `temoins` : les pages dont les scripts et les styles en ligne sont les nôtres.
    """
    choisies = dossier.rglob("*.html") if seules is None else (dossier / page for page in seules)
    pages = {page: page.read_text(encoding="utf-8") for page in sorted(choisies)}
    textes = [(dossier / temoin).read_text(encoding="utf-8") for temoin in temoins if (dossier / temoin).is_file()]
    scripts = {corps for texte in textes for corps in empreintes(texte)}
    styles = {corps for texte in textes for corps in empreintes(texte, _STYLE)}
    for page, texte in pages.items():
        if MARQUE in texte.partition("</head>")[0]:
            continue
        admis = [empreinte for corps, empreinte in empreintes(texte).items() if corps in scripts]
        allures = [empreinte for corps, empreinte in empreintes(texte, _STYLE).items() if corps in styles]
        balise = f'<meta http-equiv="{MARQUE}" content="{politique(admis, allures)}">'
        tete = _CHARSET.search(texte)
        if tete:
            page.write_bytes(f"{texte[: tete.end()]}\n    {balise}{texte[tete.end() :]}".encode())
