"""De quoi faire une page qui se suffit à elle-même : son style et son script, et la politique qui n'autorise qu'eux.

Entre : des noms de fichiers de `gabarits`. Sort : du texte à poser dans la page, et la valeur de `Content-Security-Policy`.
Le bon à remplir et la page de la permanence s'en servent.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache

from markupsafe import Markup

from cabas.rendu.compactage import compacter_script, compacter_style
from cabas.rendu.environnement import lire_gabarit

_DEBUT = "const commun = (function () {"
_LETTRES = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKMNOPQRSTUVWXYZ"
"""Sans `L`, qui est une unité."""
_PHRASE = re.compile(r"(?<=\bT\.)[a-z_]+\b|(?<=\bdit\(')[a-z_]+(?=')")
_COMMUN = re.compile(r"const \{[^}]*\} = commun;")


@cache
def style_de(*noms: str) -> str:
    """Des styles bout à bout, compactés."""
    return compacter_style("\n".join(map(lire_gabarit, noms)))


@cache
def script_de(nom: str, *sans: str) -> str:
    """Le script d'une page, `bon-commun.js` posé dedans à la place de `const { … } = commun` : ses noms se raccourcissent comme les autres.

    `sans` : les noms des parties à laisser, entre `// [nom]` et `// [/nom]`.
    """
    tete, _, corps = lire_gabarit("bon-commun.js").partition(_DEBUT)
    page, posees = _COMMUN.subn(lambda _: corps.rpartition("\n  return {")[0], lire_gabarit(nom))
    if posees != 1 or not corps:
        raise ValueError(f"{nom} n’emploie pas le script commun comme prévu.")
    courtes = cles_courtes(nom)
    page = _PHRASE.sub(lambda phrase: courtes[phrase[0]], page)
    for partie in sans:
        page = re.sub(rf"// \[{partie}\].*?// \[/{partie}\]", "", page, flags=re.DOTALL)
    return compacter_script(tete + page)


@cache
def cles_courtes(nom: str) -> dict[str, str]:
    """Les phrases que le script d'une page nomme (`T.garde`, `dit('repris')`), et la lettre qui les désigne dans la page : « a », « b »…

    Une phrase que le script désigne par une variable garde son nom.
    """
    noms = dict.fromkeys(_PHRASE.findall(lire_gabarit(nom)))
    return dict(zip(noms, _LETTRES, strict=False)) | {cle: cle for cle in list(noms)[len(_LETTRES) :]}


def en_json(donnees: object) -> Markup:
    """Du JSON serré, à mettre dans une balise `script` : rien n'y ferme la balise."""
    texte = json.dumps(donnees, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for lettre in "<>&\u2028\u2029":
        texte = texte.replace(lettre, f"\\u{ord(lettre):04x}")
    return Markup(texte)


def politique(style: str, script: str, ou: str = "'none'", *, photos: bool = False) -> str:
    """Ce que la page a le droit de faire : son style, son script, les photos du site s'il y en a. `ou` : à qui elle peut parler."""
    regles = {
        "default-src": "'none'",
        "style-src": _empreinte(style),
        "script-src": _empreinte(script),
        "img-src": "'self' data:" if photos else "data:",
        "connect-src": ou,
        "form-action": ou,
        "base-uri": "'none'",
    }
    return "; ".join(f"{regle} {valeur}" for regle, valeur in regles.items())


def _empreinte(texte: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(texte.encode()).digest()).decode()}'"
