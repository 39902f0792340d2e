"""Corriger une case d'un fichier reçu, sans y toucher : trouver la ligne visée, vérifier qu'elle dit encore ce que l'on a vu.

Entre : les lignes reçues et les décisions « corriger ». Sort : les mêmes lignes, chacune avec sa correction, et pourquoi les autres
décisions ne s'appliquent pas. Règle : décision 12.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from cabas.calculs.demandes import Demandes
from cabas.calculs.jugement import REJETS_DU_BON, LigneJugee, Sort, a_lire
from cabas.constats import Refus
from cabas.recu import Decision, LigneLue

_OTER = "Ôter cette décision, ou la refaire d’après le journal."

Case = tuple[str, int, str, bool]
"""Fichier, ligne, colonne ; vrai pour la tolérance, qui se corrige à part."""


def sans_objet(fait: str) -> Refus:
    """Une décision qui ne trouve rien à quoi s'appliquer, ou qui ne changerait rien."""
    return Refus("decision-sans-objet", fait, _OTER)


def attacher(
    lignes: Sequence[LigneLue], decisions: Sequence[Decision], demandes: Demandes, refus: dict[Decision, Refus]
) -> tuple[Sequence[LigneLue], set[Decision]]:
    """Attache à chaque ligne visée sa correction. Deux corrections d'une même case : la dernière écrite vaut.

    Sort : les lignes, et les décisions attachées ; `refus` reçoit pourquoi les autres ne le sont pas.
    """
    corrections: dict[Case, Decision] = {}
    for decision in decisions:
        if ancienne := corrections.get(_visee(decision)):
            refus[ancienne] = sans_objet("Une autre décision, plus bas, corrige la même case.")
        corrections[_visee(decision)] = decision
    if not corrections:
        return lignes, set()
    rangs: dict[Case, list[int]] = {}
    for rang, lue in enumerate(lignes):
        ou = (_nfc(lue.fichier), lue.ligne, _nfc(lue.colonne))
        for case in ((*ou, False), (*ou, True)):
            if case in corrections:
                rangs.setdefault(case, []).append(rang)
    corrigees, attachees = list(lignes), set()
    for case, candidats in rangs.items():
        decision = corrections[case]
        justes = [rang for rang in candidats if _inchangee(lignes[rang], decision)]
        if pourquoi := _refuser([lignes[rang] for rang in candidats], [lignes[rang] for rang in justes], decision, demandes):
            refus[decision] = pourquoi
        else:
            visee = corrigees[justes[0]]
            corrigees[justes[0]] = visee._replace(decision_tolerance=decision) if decision.tolerance else visee._replace(decision=decision)
            attachees.add(decision)
    return corrigees, attachees


def corrections_de(lue: LigneLue) -> list[Decision]:
    """Les corrections que porte une ligne : celle de sa quantité, celle de sa tolérance."""
    return [decision for decision in (lue.decision, lue.decision_tolerance) if decision]


def oter_si_sans_effet(jugee: LigneJugee, demandes: Demandes) -> tuple[LigneJugee, str]:
    """La ligne sans ses corrections, et pourquoi elles ne changent rien ; la ligne telle quelle, et rien, si elles comptent."""
    nue = jugee.lue._replace(decision=None, decision_tolerance=None)
    if jugee.sort is Sort.REMPLACEE:
        ecrites = demandes.lire(nue.produit, a_lire(nue), nue.tolerance)
        if isinstance(ecrites, Refus):  # sans elles, cette ligne serait rejetée
            return jugee, ""
        return jugee._replace(lue=nue, quantite=ecrites[0], tolerance=ecrites[1]), "Un bon plus récent remplace celui de cette ligne."
    if jugee.sort is Sort.BROUILLON:
        return jugee._replace(lue=nue), "Cette ligne est d’un bon commencé, pas validé."
    if jugee.sort is Sort.REJETEE and jugee.code in REJETS_DU_BON:
        return jugee._replace(lue=nue), f"Le bon entier de cette ligne est rejeté ({jugee.code})."
    return jugee, ""


def _nfc(texte: str) -> str:
    return unicodedata.normalize("NFC", texte).strip()


def _visee(decision: Decision) -> Case:
    return (_nfc(decision.fichier), decision.ligne, _nfc(decision.colonne), bool(decision.tolerance))


def _case(lue: LigneLue, decision: Decision) -> str:
    """Ce que dit la case que vise une correction : celle de la quantité, ou celle de la tolérance."""
    return lue.tolerance if decision.tolerance else lue.lu


def _inchangee(lue: LigneLue, decision: Decision) -> bool:
    """Vrai si la case dit encore ce que la personne a vu. Le journal protège « -2 » d'une apostrophe : on l'admet."""
    lu = _nfc(_case(lue, decision))
    meme_produit = not decision.produit or decision.produit == lue.produit
    meme_cellule = not decision.cellule or " ".join(_nfc(decision.cellule).casefold().split()) == " ".join(_nfc(lue.cellule).casefold().split())
    return meme_produit and meme_cellule and _nfc(decision.lu) in (lu, f"'{lu}")


def _refuser(candidates: Sequence[LigneLue], justes: Sequence[LigneLue], decision: Decision, demandes: Demandes) -> Refus | None:
    """Pourquoi une correction ne peut pas s'appliquer à ces lignes, ou rien."""
    if not justes:
        vue = min(candidates, key=lambda lue: (lue.lu, lue.cellule, lue.produit))
        presente = _case(vue, decision)
        fait = f"On avait lu « {decision.lu} » ; on lit maintenant « {presente} » ({vue.cellule or 'sans nom'}, {vue.produit or 'sans produit'})."
        return Refus("decision-perimee", f"{fait} La décision n’est pas appliquée.", "Vérifier avec la personne, puis refaire la décision ou l’ôter.")
    if len(justes) > 1:
        return sans_objet("Plusieurs quantités répondent à cette description : on ne sait pas laquelle corriger.")
    lectures = demandes.lectures(justes[0].produit)
    if refus := justes[0].refus or (lectures if isinstance(lectures, Refus) else None):
        return sans_objet(f"Corriger la quantité ne suffit pas : cette ligne est rejetée pour une autre raison ({refus.code}).")
    lu = 0 if isinstance(lectures, Refus) else lectures[decision.tolerance or decision.quantite]
    if isinstance(lu, Refus):
        champ = "tolerance" if decision.tolerance else "quantite"
        remede = f"Changer « {champ} » dans cette décision : une quantité juste, dans l’unité du produit."
        return Refus("decision-fausse", f"{lu.fait} La décision n’est pas appliquée.", remede)
    return None
