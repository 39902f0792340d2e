"""De quoi faire une page qui se suffit à elle-même : son style et son script, et la politique qui n'autorise qu'eux.

Entre : des noms de fichiers de `gabarits`. Sort : du texte à poser dans la page, et la valeur de `Content-Security-Policy`.
Le bon à remplir et la page de la permanence s'en servent.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from urllib.parse import urlsplit

from markupsafe import Markup

from cabas.rendu.compactage import compacter_script, compacter_style
from cabas.rendu.environnement import lire_gabarit


@cache
def style_de(*noms: str) -> str:
    """Des styles bout à bout, compactés."""
    return compacter_style("\n".join(map(lire_gabarit, noms)))


@cache
def script_de(*noms: str) -> str:
    """Des scripts bout à bout, compactés ensemble : un nom partagé est raccourci de la même façon partout."""
    return compacter_script("\n".join(map(lire_gabarit, noms)))


def en_json(donnees: object) -> Markup:
    """Du JSON serré, à mettre dans une balise `script` : rien n'y ferme la balise."""
    texte = json.dumps(donnees, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for lettre in "<>&\u2028\u2029":
        texte = texte.replace(lettre, f"\\u{ord(lettre):04x}")
    return Markup(texte)


def politique(style: str, script: str, reponse: str = "") -> str:
    """Ce que la page a le droit de faire : son propre style, son propre script, et l'adresse de réponse si c'en est une."""
    service = "'none'"
    if reponse.startswith("https://"):
        service = f"https://{urlsplit(reponse).netloc}"
    regles = {
        "default-src": "'none'",
        "style-src": _empreinte(style),
        "script-src": _empreinte(script),
        "img-src": "data:",
        "connect-src": service,
        "form-action": service,
        "base-uri": "'none'",
    }
    return "; ".join(f"{regle} {valeur}" for regle, valeur in regles.items())


def _empreinte(texte: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(texte.encode()).digest()).decode()}'"
