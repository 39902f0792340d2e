"""`cabas fusionner --corriger` : revoir une à une les quantités douteuses et les retards, et garder ce que l'on décide.

Montre le fait, propose, écrit `decisions.yaml` d'un coup en gardant ce qui y était. Les fichiers reçus ne sont que lus.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from cabas.cli.impression import Imprimeur, sans_controle

if TYPE_CHECKING:
    from pathlib import Path

    from cabas.calculs.fusion import Fusion
    from cabas.calculs.jugement import LigneJugee
    from cabas.constats import Constat
    from cabas.modele import Depot
    from cabas.recu import Decision

A_REVOIR = ("quantite-illisible", "quantite-negative", "quantite-hors-pas", "quantite-suspecte", "hors-delai")
ACCEPTABLES = ("quantite-suspecte", "hors-delai")
ENTETE = "# Les décisions de cette commande, appliquées à chaque fusion. Le guide les explique : « Garder ses décisions ».\n"


class _Fin(Exception):
    """La personne s'arrête là. Interne à ce module."""


def corriger(arguments: argparse.Namespace, imprimeur: Imprimeur) -> int:
    """Parcourt, demande, écrit. Sort : 0, on peut refaire la fusion ; 2, rien n'a été écrit."""
    from cabas.cli.fusionner import fusionner_dossier
    from cabas.cli.une_fusion import Options
    from cabas.typographie import accorder

    affiche = f"{arguments.prive_dit}/{arguments.commande}/decisions.yaml"
    if arguments.format == "json":
        return _impossible(imprimeur, affiche, "--corriger pose des questions : il ne va pas avec --format json.")
    apercu = fusionner_dossier(arguments.depot, arguments.prive, arguments.commande, imprimeur, arguments.accepter, Options(ecrire=False))
    if apercu.code == 2 or apercu.fusion is None or apercu.depot is None:
        return 2
    cas = a_revoir(apercu.fusion, apercu.depot)
    if not cas:
        imprimeur.dire("Rien à revoir : ni quantité douteuse, ni bon en retard.")
        return 0
    imprimeur.dire(f"{accorder(len(cas), 'cas', 'cas')} à revoir. Rien n’est écrit avant la fin.")
    entretien = _Entretien(imprimeur, apercu.depot, arguments.prive_dit)
    try:
        for rang, un in enumerate(cas, 1):
            entretien.revoir(un, f"{rang}/{len(cas)}")
    except _Fin:
        pass
    except EOFError:
        if not entretien.decisions and not entretien.reponses:
            return _impossible(imprimeur, affiche, "Personne ne répond : l’entrée est fermée.")
        if entretien.decisions and not entretien.pourquoi:
            return _impossible(imprimeur, affiche, "Une décision ne s’écrit pas sans dire qui décide, et pourquoi.")
    if entretien.decisions:
        constats = _ajouter(arguments.prive / arguments.commande, entretien.signees(), affiche)
        if constats:
            imprimeur.constats(constats)
            return 2
        imprimeur.dire(f"{accorder(len(entretien.decisions), 'décision écrite', 'décisions écrites')} dans {affiche}.")
    imprimeur.dire()
    return 0


class Cas(NamedTuple):
    """Une ligne à revoir ; `tolerance` : c'est sa tolérance qui ne se lit pas."""

    jugee: LigneJugee
    tolerance: bool = False


def a_revoir(fusion: Fusion, depot: Depot) -> list[Cas]:
    """Ce qu'une décision peut régler, dans l'ordre du journal : un retard une fois par bon, une quantité une fois par case."""
    cas: list[Cas] = []
    retards: set[tuple[str, str]] = set()
    for jugee in fusion.singulieres:
        if jugee.code == "hors-delai" and (jugee.lue.groupement, jugee.nom_du_bon) not in retards:
            retards.add((jugee.lue.groupement, jugee.nom_du_bon))
            cas.append(Cas(jugee))
        elif jugee.code in A_REVOIR and jugee.code != "hors-delai":
            cas += [Cas(jugee, tolerance) for tolerance in _fautives(jugee, depot)]
    return cas


def _fautives(jugee: LigneJugee, depot: Depot) -> list[bool]:
    """Les cases d'une ligne à revoir : la quantité (faux), la tolérance (vrai), ou les deux."""
    from cabas.calculs.jugement import a_lire
    from cabas.quantites import est_rien

    corrigee = jugee.lue.decision_tolerance
    plus = corrigee.tolerance if corrigee else jugee.lue.tolerance
    tolerance = not est_rien(plus) and bool(_refus(plus, jugee, depot))
    quantite = jugee.code in ACCEPTABLES or bool(_refus(a_lire(jugee.lue), jugee, depot))
    return [False] * quantite + [True] * tolerance


def _refus(texte: str, jugee: LigneJugee, depot: Depot) -> str:
    """Pourquoi cette quantité ne serait pas prise, ou une chaîne vide."""
    from cabas.constats import Refus
    from cabas.quantites import lire_quantite
    from cabas.typographie import quantite

    produit = depot.produits[jugee.lue.produit]
    lu = lire_quantite(texte, produit.unite)
    if isinstance(lu, Refus):
        return lu.fait
    return f"Ce produit se commande par {quantite(produit.pas, produit.unite)}." if lu % produit.pas else ""


class _Entretien:
    """Les questions, une par une. `decisions` : celles que l'on a prises ; `reponses` : combien de fois on a répondu."""

    def __init__(self, imprimeur: Imprimeur, depot: Depot, prive: str) -> None:
        self._imprimeur, self._depot, self._prive = imprimeur, depot, prive
        self.decisions: list[Decision] = []
        self.reponses = 0
        self.qui = self.pourquoi = ""

    def signees(self) -> list[Decision]:
        """Les décisions, avec qui et pourquoi."""
        return [decision._replace(qui=self.qui, pourquoi=self.pourquoi) for decision in self.decisions]

    def revoir(self, cas: Cas, rang: str) -> None:
        """Montre un cas et demande que faire. Lève `_Fin` si la personne s'arrête."""
        from cabas.quantites import UNITES

        jugee, lue = cas.jugee, cas.jugee.lue
        produit = "" if jugee.code == "hors-delai" else f", {self._depot.produits[lue.produit].nom}"
        self._dire(f"\n{rang}  {self._prive}/{lue.fichier}:{lue.ligne} : {jugee.cellule}{produit}")
        self._dire(f"    [{jugee.code}] {jugee.message}")
        unite = "" if jugee.code == "hors-delai" else UNITES[self._depot.produits[lue.produit].unite]
        quoi = f"la tolérance, « {lue.tolerance} »" if cas.tolerance else ""
        choix = [f"une quantité ({unite}) : corriger {quoi}".strip()] if unite else []
        choix += ["a : accepter"] if jugee.code in ACCEPTABLES and not cas.tolerance else []
        self._dire(f"    {' ; '.join([*choix, 'entrée : laisser', 'f : finir'])}")
        while reponse := self._demander():
            if reponse.lower() == "f":
                raise _Fin
            if decision := self._comprendre(reponse, cas):
                self.decisions.append(decision)
                self._signer()
                return

    def _comprendre(self, reponse: str, cas: Cas) -> Decision | None:
        """La décision que dit une réponse ; `None`, après l'avoir dit, si l'on n'a pas compris."""
        from cabas.calculs.jugement import a_lire
        from cabas.recu import Decision

        jugee, lue = cas.jugee, cas.jugee.lue
        accepte = reponse.lower() == "a" and jugee.code in ACCEPTABLES and not cas.tolerance
        if jugee.code == "hors-delai":
            if accepte:
                return Decision("accepter", bon=jugee.nom_du_bon, groupement=lue.groupement)
            self._dire("    Répondre a, f, ou entrée.")
            return None
        if not accepte and (refus := _refus(reponse, jugee, self._depot)):
            self._dire(f"    {refus}")
            return None
        quantite = a_lire(lue) if accepte else reponse
        endroit = Decision("corriger", fichier=lue.fichier, ligne=lue.ligne, colonne=lue.colonne)
        endroit = endroit._replace(cellule=" ".join(lue.cellule.split()), produit=lue.produit)
        if cas.tolerance:
            return endroit._replace(lu=lue.tolerance, tolerance=quantite)
        return endroit._replace(lu=lue.lu, quantite=quantite)

    def _signer(self) -> None:
        """Qui décide, et pourquoi : demandé une fois, pour toutes les décisions de la séance."""
        while not self.qui:
            self._dire("    Qui décide ?")
            self.qui = self._demander()
        while not self.pourquoi:
            self._dire("    Pourquoi ? (en quelques mots, pour toutes les décisions de ce soir)")
            self.pourquoi = self._demander()

    def _dire(self, phrase: str) -> None:
        from cabas.typographie import typographier

        self._imprimeur.dire("\n".join(typographier(sans_controle(ligne)) for ligne in phrase.split("\n")))

    def _demander(self) -> str:
        try:
            reponse = input("    > ")
        except (RuntimeError, ValueError) as faute:  # entrée absente, fermée, ou qui n'est pas du texte
            raise EOFError from faute
        self.reponses += 1
        return " ".join(reponse.split())


def _ajouter(dossier: Path, decisions: Iterable[Decision], affiche: str) -> list[Constat]:
    """Ajoute des décisions au fichier, d'un seul tenant. Sort : pourquoi on n'a rien écrit, s'il y a lieu."""
    from cabas.constats import Emplacement, Refus, erreur
    from cabas.lecture.decisions import NOM, lire_decisions
    from cabas.lecture.fichiers import TAILLE_FICHE, lire_octets
    from cabas.publication.ecriture import ecrire
    from cabas.publication.verrou import Occupe, verrouiller
    from cabas.rendu.decisions import decisions_yaml

    neuves = list(decisions)
    try:
        with verrouiller(dossier):
            octets = lire_octets(dossier / NOM, TAILLE_FICHE)
            if isinstance(octets, Refus):
                if octets.code != "fichier-absent":
                    return [erreur("decision-fausse", Emplacement(affiche), octets.fait, octets.remede)]
                octets = ENTETE.encode()
            retrait = re.search(rb"^( *)-(?= |$)", octets, re.MULTILINE)
            debut = octets if octets.endswith(b"\n") or not octets else octets + b"\n"
            entier = debut + decisions_yaml(neuves, retrait[1].decode() if retrait else "").encode()
            avant, apres = lire_decisions(octets, affiche)[0], lire_decisions(entier, affiche)[0]
            if len(apres) != len(avant) + len(neuves):
                fait = "Ce fichier ne se lit pas comme une liste : rien n’y est ajouté."
                return [erreur("decision-fausse", Emplacement(affiche), fait, "Le corriger, ou le renommer, puis recommencer.")]
            ecrire(dossier / NOM, entier)
    except Occupe as occupe:
        return [
            erreur("fusion-en-cours", Emplacement(affiche), f"Une fusion est en cours ({occupe}).", "Attendre qu’elle finisse, puis recommencer.")
        ]
    return []


def _impossible(imprimeur: Imprimeur, affiche: str, fait: str) -> int:
    from cabas.constats import Emplacement, erreur

    remede = f"Lancer --corriger dans un terminal, ou écrire {affiche} à la main : le guide en donne un exemple."
    imprimeur.constats([erreur("saisie-impossible", Emplacement(affiche), f"{fait} Rien n’est écrit.", remede)])
    return 2
