"""Ce que l'on retient d'un fichier de bons à l'autre : les octets déjà lus, et les remarques que les gens ont laissées.

Un fichier joint à un mail y est comme les autres : le même tableau, joint deux fois ou enregistré à côté, ne compte qu'une fois.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from cabas.constats import Constat, Emplacement, avertissement
from cabas.lecture.cases import sans_ip
from cabas.lecture.colonnes import Colonne
from cabas.recu import Remarque
from cabas.typographie import simplifier

_RIEN = frozenset({"", "-", "--", "/", ".", "0", "non", "ras", "r.a.s", "r.a.s.", "rien", "neant", "aucun", "aucune", "x"})
"""Ce que les gens écrivent pour ne rien dire."""


class Carnet:
    """Le carnet d'une lecture. `remarques` : dans l'ordre des fichiers, une par personne et par texte."""

    def __init__(self) -> None:
        self._vus: dict[tuple[str, str], str] = {}
        self._dites: set[tuple[str, str, str, str]] = set()
        self.remarques: list[Remarque] = []

    def jumeau(self, fichier: str, octets: bytes, empreinte: str = "") -> str:
        """Le fichier déjà lu de ce dossier dont celui-ci est la copie exacte ; vide s'il n'y en a pas, ou s'ils n'ont rien dedans."""
        cle = (fichier.rpartition("/")[0], empreinte or hashlib.sha256(octets).hexdigest())
        premier = self._vus.setdefault(cle, fichier)
        return "" if premier == fichier or not octets.strip() else premier

    def noter(self, groupement: str, fichier: str, origine: str, dites: Iterable[tuple[int, str, str]]) -> None:
        """Retient ces remarques (ligne, de qui, texte). `origine` : le nom sous lequel le fichier compte, celui de son jumeau s'il en est la copie.

        Un bon répète sa remarque à chacune de ses lignes, et un fil de mails la cite : elle n'est retenue qu'une fois.
        """
        for ligne, qui, texte in dites:
            cle = (groupement, origine, qui, texte)
            if cle not in self._dites and simplifier(texte) not in _RIEN:
                self._dites.add(cle)
                self.remarques.append(Remarque(groupement, fichier, ligne, qui, sans_ip(texte)))


def en_double(fichier: str, jumeau: str) -> Constat:
    """Ce que l'on dit d'un fichier qui est la copie d'un autre."""
    fait = f"Ce fichier est la copie exacte de {jumeau.rpartition('/')[2]} : ses bons ne comptent qu’une fois."
    return avertissement("fichier-en-double", Emplacement(fichier), fait, "En garder un seul.")


def remarques_de(
    colonnes: Iterable[Colonne], rangs: Mapping[str, int], rangees: Iterable[tuple[int, Sequence[str], object]]
) -> list[tuple[int, str, str]]:
    """Ce que les gens ont écrit dans les colonnes de remarque : (ligne, de qui, texte). Une rangée rejetée en bloc n'a plus de colonnes."""
    siens = [colonne.rang for colonne in colonnes if colonne.role == "remarque"]
    siens += [rang for rang in (rangs.get("remarque", -1),) if rang >= 0 and rang not in siens]
    if not siens:
        return []
    justes = [(numero, cases) for numero, cases, refus in rangees if not refus]
    return [(numero, qui_parle(cases, rangs), cases[rang]) for numero, cases in justes for rang in siens if cases[rang]]


def qui_parle(cases: Sequence[str], rangs: Mapping[str, int]) -> str:
    """De qui est une rangée, tel qu'écrit : son code, à défaut son nom, à défaut son adresse."""
    cellule, nom, prenom, courriel = (cases[rangs.get(role, -1)] for role in ("cellule", "nom", "prenom", "courriel"))
    return cellule or f"{nom} {prenom}".strip() or courriel
