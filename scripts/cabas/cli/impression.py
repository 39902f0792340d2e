"""Le seul endroit qui imprime : constats, phrases, barre d'avancement. En texte pour les gens, en JSON pour les outils."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from cabas.constats import Constat

LARGEUR = 20
ATTENTE = 1.0
"""En dessous d'une seconde, une barre d'avancement n'est que du clignotement."""

REDITES = 5
"""Au-delà, un même fait du même fichier noie les autres : on dit seulement combien de fois, et où."""


class Imprimeur:
    """Parle à la personne. En JSON, tout est gardé et sort d'un coup à la fin (`clore`)."""

    def __init__(self, forme: str = "texte", flux: TextIO | None = None, erreurs: TextIO | None = None) -> None:
        self._json = forme == "json"
        self._flux, self._erreurs = flux or sys.stdout, erreurs or sys.stderr
        self._contenu: dict[str, Any] = {}
        self._debut = time.monotonic()
        self._barre = False
        self._situer: Callable[[str], str] = str
        for sortie in (self._flux, self._erreurs):
            if hasattr(sortie, "reconfigure"):
                sortie.reconfigure(errors="replace")

    def situer(self, nom: str, dit: str) -> None:
        """Ailleurs qu'à sa place, le dossier privé se dit en entier : « b/2026-12 » devient « /a/b/2026-12 », que l'on peut ouvrir."""
        if nom != dit:
            debut = re.compile(rf"(?<![\w/.-]){re.escape(nom)}/(?=[\w<])")
            self._situer = lambda texte: debut.sub(lambda _trouve: f"{sans_controle(dit)}/", texte)

    def dire(self, phrase: str = "") -> None:
        """Une ligne pour la personne (rien en JSON)."""
        self._finir_barre()
        if not self._json:
            self._flux.write(f"{phrase}\n")

    def poser(self, cle: str, valeur: Any) -> None:
        """Une donnée pour la sortie JSON (rien en texte)."""
        self._contenu[cle] = valeur

    def constats(self, constats: Sequence[Constat], au_plus: int | None = None) -> None:
        """Les constats, un par un : `fichier:ligne: [code] fait`, puis le remède. Le même fait, répété, n'est dit que `REDITES` fois."""
        constats = list(map(self._situe, constats))
        self._contenu.setdefault("constats", []).extend(_en_json(constat) for constat in constats)
        montres = constats if au_plus is None else constats[:au_plus]
        lignes: dict[tuple[str, ...], list[int]] = {}
        for constat in montres:
            lignes.setdefault(_fait(constat), []).append(constat.emplacement.ligne)
        dits: dict[tuple[str, ...], int] = {}
        for constat in montres:
            fait = _fait(constat)
            dits[fait] = deja = dits.get(fait, 0) + 1
            if deja <= REDITES:
                self.dire(phrase_du_constat(constat))
            if deja == REDITES and (autres := sorted(lignes[fait])[REDITES:]):
                self.dire(_redite(autres))

    def _situe(self, constat: Constat) -> Constat:
        """Le constat, avec des chemins que la personne peut ouvrir."""
        if self._situer is str:
            return constat
        ou = constat.emplacement._replace(fichier=self._situer(constat.emplacement.fichier))
        return constat._replace(emplacement=ou, message=self._situer(constat.message), remede=self._situer(constat.remede))

    def bilan(self, constats: Sequence[Constat], lus: str) -> None:
        """« 2 erreurs, 1 avertissement (144 fiches lues). »"""
        from cabas.typographie import accorder

        erreurs = sum(constat.gravite == "erreur" for constat in constats)
        alertes = len(constats) - erreurs
        quoi = ", ".join([*([accorder(erreurs, "erreur")] if erreurs else []), *([accorder(alertes, "avertissement")] if alertes else [])])
        self.dire(f"{quoi or 'Rien à signaler'} ({lus}).")

    def avancer(self, fait: int, total: int, quoi: str) -> None:
        """La barre d'avancement, sur le terminal seulement et passé une seconde."""
        if self._json or time.monotonic() - self._debut < ATTENTE or not self._erreurs.isatty():
            return
        plein = LARGEUR * fait // max(total, 1)
        self._erreurs.write(f"\r{quoi}  {'█' * plein}{'░' * (LARGEUR - plein)}  {fait}/{total}")
        self._erreurs.flush()
        self._barre = True

    def clore(self, code: int) -> int:
        """Sort le JSON s'il y a lieu ; rend le code de sortie."""
        self._finir_barre()
        if self._json:
            import json

            self._contenu.setdefault("constats", [])
            self._contenu["code"] = code
            self._flux.write(json.dumps(self._contenu, ensure_ascii=False, indent=2) + "\n")
        self._flux.flush()
        return code

    def _finir_barre(self) -> None:
        if self._barre:
            self._erreurs.write("\r" + " " * 60 + "\r")
            self._barre = False


def _fait(constat: Constat) -> tuple[str, ...]:
    """Ce que dit un constat, sans sa ligne."""
    return (constat.emplacement.fichier, constat.code, constat.message, constat.remede)


def _redite(lignes: Sequence[int]) -> str:
    """« … et 12 autres lignes de ce fichier disent la même chose (19 à 161). »"""
    if len(lignes) == 1:
        return f"    … et une autre ligne de ce fichier dit la même chose ({lignes[0]})."
    return f"    … et {len(lignes)} autres lignes de ce fichier disent la même chose ({lignes[0]} à {lignes[-1]})."


def phrase_du_constat(constat: Constat) -> str:
    """Un constat tel qu'il s'imprime, espaces insécables comprises."""
    from cabas.typographie import typographier

    ligne = f"{constat.emplacement}: [{constat.code}] {typographier(sans_controle(constat.message))}"
    return f"{ligne}\n    → {typographier(sans_controle(constat.remede))}" if constat.remede else ligne


def sans_controle(texte: str) -> str:
    """Un texte sans caractère qui agirait sur le terminal."""
    return "".join(lettre if lettre.isprintable() or lettre in "\u00a0\u202f" else "�" for lettre in texte)


def _en_json(constat: Constat) -> dict[str, Any]:
    return {
        "code": constat.code,
        "gravite": str(constat.gravite),
        "fichier": constat.emplacement.fichier,
        "ligne": constat.emplacement.ligne,
        "message": constat.message,
        "remede": constat.remede,
    }
