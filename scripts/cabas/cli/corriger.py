"""`cabas fusionner --corriger` : revoir une à une les quantités douteuses et les retards, et garder ce que l'on décide.

Montre le fait, propose, écrit `decisions.yaml` d'un coup en gardant ce qui y était. Les fichiers reçus ne sont que lus.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple

from cabas.cli.impression import Imprimeur, sans_controle

if TYPE_CHECKING:
    from cabas.calculs.demandes import Demandes
    from cabas.calculs.fusion import Fusion
    from cabas.calculs.jugement import LigneJugee
    from cabas.cli.une_fusion import Options
    from cabas.constats import Refus
    from cabas.modele import Depot
    from cabas.recu import Decision

A_REVOIR = ("quantite-illisible", "quantite-negative", "quantite-hors-pas", "quantite-suspecte", "hors-delai")
ACCEPTABLES = ("quantite-suspecte", "hors-delai")


class _Fin(Exception):
    """La personne s'arrête là. Interne à ce module."""


def corriger(arguments: argparse.Namespace, imprimeur: Imprimeur, options: Options) -> int:
    """Parcourt, demande, écrit. `options` : celles de la fusion qui suivra. Sort : 0, on peut la faire ; 2, rien n'a été écrit."""
    from cabas.calculs.demandes import Demandes
    from cabas.cli.ajout_de_decisions import ajout_impossible, ajouter
    from cabas.cli.clavier import preparer_le_clavier
    from cabas.cli.fusionner import fusionner_dossier
    from cabas.rendu.decisions import decisions_yaml
    from cabas.typographie import accorder

    affiche = f"{arguments.prive_dit}/{arguments.commande}/decisions.yaml"
    if arguments.format == "json":
        return _impossible(imprimeur, affiche, "--corriger pose des questions : il ne va pas avec --format json.")
    sans_ecrire = options._replace(producteurs=False, ecrire=False)
    apercu = fusionner_dossier(arguments.depot, arguments.prive, arguments.commande, imprimeur, arguments.accepter, sans_ecrire)
    if apercu.code == 2 or apercu.fusion is None or apercu.depot is None:
        return 2
    demandes = Demandes(apercu.depot, apercu.fusion.commande)
    cas = a_revoir(apercu.fusion, demandes)
    if not cas:
        imprimeur.dire("Rien à revoir : ni quantité douteuse, ni bon en retard.")
        return 0
    dossier = arguments.prive / arguments.commande
    if constats := ajout_impossible(dossier, affiche):  # avant la première question : aucune réponse ne sera perdue
        imprimeur.constats(constats)
        return 2
    imprimeur.dire(f"{accorder(len(cas), 'cas', 'cas')} à revoir. Rien n’est écrit avant la fin.")
    preparer_le_clavier()
    entretien = _Entretien(imprimeur, apercu.depot, demandes, arguments.prive_dit)
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
        if constats := ajouter(dossier, entretien.signees(), affiche):
            imprimeur.constats(constats)
            imprimeur.dire(f"\nVos réponses, à coller vous-même à la fin de {affiche} :\n\n{decisions_yaml(entretien.signees())}")
            return 2
        imprimeur.dire(f"{accorder(len(entretien.decisions), 'décision écrite', 'décisions écrites')} dans {affiche}.")
    imprimeur.dire()
    return 0


class Cas(NamedTuple):
    """Une ligne à revoir ; `tolerance` : c'est sa tolérance qui ne se lit pas."""

    jugee: LigneJugee
    tolerance: bool = False


def a_revoir(fusion: Fusion, demandes: Demandes) -> list[Cas]:
    """Ce qu'une décision peut régler, dans l'ordre du journal : un retard une fois par bon, une quantité une fois par case."""
    cas: list[Cas] = []
    retards: set[tuple[str, ...]] = set()
    for jugee in fusion.singulieres:
        if jugee.code == "hors-delai" and jugee.bon[:3] not in retards:
            retards.add(jugee.bon[:3])
            cas.append(Cas(jugee))
        elif jugee.code in A_REVOIR and jugee.code != "hors-delai":
            cas += [Cas(jugee, tolerance) for tolerance in _fautives(jugee, demandes)]
    return cas


def _fautives(jugee: LigneJugee, demandes: Demandes) -> list[bool]:
    """Les cases d'une ligne à revoir : la quantité (faux), la tolérance (vrai), ou les deux."""
    from cabas.calculs.jugement import a_lire

    ref = jugee.lue.produit
    quantite = jugee.code in ACCEPTABLES or bool(_refus(demandes, ref, a_lire(jugee.lue)))
    return [False] * quantite + [True] * bool(_refus(demandes, ref, _tolerance(jugee)))


def _tolerance(jugee: LigneJugee) -> str:
    """La tolérance d'une ligne, celle que l'on a corrigée s'il y en a une."""
    corrigee = jugee.lue.decision_tolerance
    return corrigee.tolerance if corrigee else jugee.lue.tolerance


def _refus(demandes: Demandes, ref: str, texte: str) -> Refus | None:
    """Pourquoi cette quantité d'un produit ne serait pas prise, ou rien."""
    from cabas.constats import Refus

    lu = demandes.lire(ref, texte, "")
    return lu if isinstance(lu, Refus) else None


class _Entretien:
    """Les questions, une par une. `decisions` : celles que l'on a prises ; `reponses` : combien de fois on a répondu."""

    def __init__(self, imprimeur: Imprimeur, depot: Depot, demandes: Demandes, prive: str) -> None:
        self._imprimeur, self._depot, self._demandes, self._prive = imprimeur, depot, demandes, prive
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
        self._dire(f"    {self._pourquoi_ce_cas(cas)}")
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

    def _pourquoi_ce_cas(self, cas: Cas) -> str:
        """Le code et le message : ceux de la ligne, ou ceux de sa seule tolérance si c'est elle que l'on revoit."""
        refus = _refus(self._demandes, cas.jugee.lue.produit, _tolerance(cas.jugee)) if cas.tolerance else None
        return f"[{refus.code}] Tolérance : {refus.fait}" if refus else f"[{cas.jugee.code}] {cas.jugee.message}"

    def _comprendre(self, reponse: str, cas: Cas) -> Decision | None:
        """La décision que dit une réponse ; `None`, après l'avoir dit, si l'on n'a pas compris."""
        from cabas.calculs.jugement import a_lire
        from cabas.recu import Decision

        jugee, lue = cas.jugee, cas.jugee.lue
        accepte = reponse.lower() == "a" and jugee.code in ACCEPTABLES and not cas.tolerance
        if jugee.code == "hors-delai":
            if accepte:
                return Decision("accepter", bon=jugee.nom_du_bon, groupement=lue.groupement, cellule=jugee.cellule)
            self._dire("    Répondre a, f, ou entrée.")
            return None
        if not accepte and (refus := _refus(self._demandes, lue.produit, reponse)):
            self._dire(f"    {refus.fait}")
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
        from cabas.cli.clavier import reparer

        try:
            reponse = reparer(input("    > "))
        except (RuntimeError, ValueError) as faute:  # entrée absente, fermée, ou qui n'est pas du texte
            raise EOFError from faute
        self.reponses += 1
        return " ".join(reponse.split())


def _impossible(imprimeur: Imprimeur, affiche: str, fait: str) -> int:
    from cabas.constats import Emplacement, erreur

    remede = f"Lancer --corriger dans un terminal, ou écrire {affiche} à la main : le guide en donne un exemple."
    imprimeur.constats([erreur("saisie-impossible", Emplacement(affiche), f"{fait} Rien n’est écrit.", remede)])
    return 2
