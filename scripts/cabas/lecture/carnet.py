"""Ce que l'on retient d'un fichier de bons à l'autre : les octets déjà lus, et les remarques que les gens ont laissées.

Un fichier joint à un mail y est comme les autres : le même tableau, joint deux fois ou enregistré à côté, ne compte qu'une fois.
"""

from __future__ import annotations

import hashlib

from cabas.constats import Constat, Emplacement, avertissement
from cabas.recu import Remarque


class Carnet:
    """Le carnet d'une lecture. `remarques` : dans l'ordre des fichiers, une par personne et par texte."""

    def __init__(self) -> None:
        self._vus: dict[tuple[str, str], str] = {}
        self.remarques: list[Remarque] = []

    def premier(self, fichier: str, empreinte: str) -> str:
        """Le premier fichier lu de ce dossier qui a cette empreinte : lui-même, presque toujours."""
        return self._vus.setdefault((fichier.rpartition("/")[0], empreinte), fichier)

    def jumeau(self, fichier: str, octets: bytes) -> str:
        """Le fichier déjà lu dont celui-ci est la copie exacte ; vide s'il n'y en a pas."""
        premier = self.premier(fichier, hashlib.sha256(octets).hexdigest())
        return "" if premier == fichier else premier


def en_double(fichier: str, jumeau: str) -> Constat:
    """Ce que l'on dit d'un fichier qui est la copie d'un autre."""
    fait = f"Ce fichier est la copie exacte de {jumeau.rpartition('/')[2]} : ses bons ne comptent qu’une fois."
    return avertissement("fichier-en-double", Emplacement(fichier), fait, "En garder un seul.")
