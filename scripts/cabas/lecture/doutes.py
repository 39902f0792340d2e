"""Les colonnes de produit dont on n'est pas sûr : on sait de quel produit elles parlent, pas ce qu'y veut dire un nombre.

Entre : les colonnes comprises d'un tableau. Sort : les mêmes, certaines rejetées en bloc (`colonne-ambigue`), avec leur raison :
une autre question sur le même produit, un conditionnement ou un prix « les 5 kg », une ref sous le nom d'un autre produit.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from cabas.lecture.cases import autres_nommes
from cabas.lecture.colonnes import PRIX_ECRIT, REF, UNITE, Catalogue, Colonne, question_de
from cabas.modele import Produit
from cabas.motifs import motif
from cabas.quantites import MILLE, UNITES, lire_contenu, normaliser_chiffres
from cabas.typographie import enumerer, simplifier

_PRIX = motif(PRIX_ECRIT)
_DE_BASE = {"kg": frozenset({"", "kg", "kgs", "kilo", "kilos", "kilogramme"}), "L": frozenset({"", "l", "litre", "litres"})}
_GROS = r"cartons?|caisses?|cagettes?|colis|palettes?|packs?|lots?"
_PETIT = r"sacs?|sachets?|bocal|bocaux|bidons?|seaux?|paquets?|bouteilles?|boites?|pots?|filets?|barquettes?|meules?|parts?|portions?|tranches?"
_EN_GROS = motif(rf"\b(?:{_GROS})\b")
EMBALLE = motif(rf"\b(?:{_GROS}|{_PETIT})\b|\d ?(?:kgs?|kilos?|g|gr|grammes?|l|litres?|dl|cl|ml)\b")
_DEMANDE = rf"\b(?:combien de|nombre de|nb de|nbre de|en) (?:{_GROS}|{_PETIT})\b"
_DEMANDE_EMBALLE = motif(_DEMANDE)
_COMPTE_EN_EMBALLAGES = motif(rf"\((?:{_GROS}|{_PETIT})\)|{_DEMANDE}|\bpar \d+ ?(?:kgs?|kilos?|g|gr|grammes?|l|litres?|dl|cl|ml)\b")
"""Ce qui fait douter même d'une colonne qui porte sa ref : elle dit ce que l'on compte, et ce n'est pas l'unité du produit."""
_PAR_TANT = motif(rf"(?:\b(?:{_GROS}|{_PETIT}|bottes?|plaquettes?)\b )?\b(?:par|de|les) (\d{{1,3}})\b(?! ?(?:kg|g|l|cl|ml|dl)\b)")


def douter(colonnes: Sequence[Colonne], catalogue: Catalogue) -> list[Colonne]:
    """Les mêmes colonnes ; celles dont on doute portent un refus. Une correspondance écrite par le groupement lève le doute."""
    doutees = [colonne if _est_dite(colonne, catalogue) else _douter_d_une(colonne, catalogue) for colonne in colonnes]
    contraires = _contraires([un for un in doutees if un.role == "quantite" and un.ref and not un.refus])
    return [_refuser(un, *_deux_questions(contraires[un.rang])) if un.rang in contraires and not _est_dite(un, catalogue) else un for un in doutees]


def _contraires(quantites: Sequence[Colonne]) -> dict[int, Colonne]:
    """Pour chaque colonne dont une autre question parle aussi : cette autre colonne. De même toute une question répétée à moitié."""
    par_ref: dict[str, dict[str, Colonne]] = {}
    par_question: dict[str, list[Colonne]] = {}
    for colonne in quantites:
        question = question_de(colonne.intitule)
        par_ref.setdefault(colonne.ref, {}).setdefault(question, colonne)
        par_question.setdefault(question, []).append(colonne)
    contraires: dict[int, Colonne] = {}
    for question, siennes in par_question.items():
        autres = {un.rang: autre for un in siennes for ailleurs, autre in par_ref[un.ref].items() if ailleurs != question}
        entiere = bool(question) and 2 * len(autres) >= len(siennes)
        contraires |= {un.rang: autres.get(un.rang) or next(iter(autres.values())) for un in siennes if un.rang in autres or (autres and entiere)}
    return contraires


def _est_dite(colonne: Colonne, catalogue: Catalogue) -> bool:
    return bool(catalogue.dites) and unicodedata.normalize("NFC", colonne.intitule) in catalogue.dites


def _douter_d_une(colonne: Colonne, catalogue: Catalogue) -> Colonne:
    if not colonne.ref or colonne.refus or colonne.role not in ("quantite", "tolerance"):
        return colonne
    if REF.search(colonne.intitule) and (autres := autres_nommes(colonne.intitule, colonne.ref, catalogue)):
        refs = enumerer([f"[{ref}]" for ref in (*autres, colonne.ref)], "ou")
        fait = f"porte la ref d’un produit et le nom d’un autre, « {catalogue.produits[autres[0]].nom} »."
        return _refuser(colonne, fait, f"Demander aux personnes lequel elles ont cru choisir, puis écrire sa ref : {refs}.")
    produit = catalogue.produits[colonne.ref]
    if emballe(colonne.intitule, produit):
        unite = UNITES[produit.unite]
        en_clair = "pièces" if produit.unite == "piece" else unite
        fait = f"annonce un conditionnement : « 2 » veut-il dire 2 {en_clair}, ou deux fois ce conditionnement ?"
        remede = (
            f"Si l’on a répondu en {en_clair}, écrire « ({unite}) » après le nom du produit, à la fin ; sinon, recopier les quantités en {en_clair}."
        )
        return _refuser(colonne, fait, remede)
    return colonne


def _refuser(colonne: Colonne, fait: str, remede: str) -> Colonne:
    return colonne._replace(refus="colonne-ambigue", produit=True, doute=(fait, remede))


def _deux_questions(autre: Colonne) -> tuple[str, str]:
    return (
        f"parle des mêmes produits qu’une autre, « {autre.intitule} » : on ne sait pas laquelle dit la quantité.",
        "Ôter celle qui n’est pas une quantité, ou l’écrire sous « ignorer » dans les correspondances du groupement.",
    )


def emballe(intitule: str, produit: Produit) -> bool:
    """Vrai si l'intitulé parle d'autre chose que de l'unité du produit : « 10 € les 5 kg », « (sacs) », « carton de 6 ».

    Une unité écrite à la fin, « (kg) », lève le doute ; le nom et le contenu du produit ne comptent pas. Sous sa ref, une quantité est
    dans l'unité du produit (contrats.md §4) : « sac de 25 kg [farine-t65] » décrit, « (sacs) [farine-t65] » demande autre chose.
    """
    propre = simplifier(normaliser_chiffres(REF.sub(" ", intitule)))
    if UNITE.search(propre.rstrip(" ]")):
        return False
    question = question_de(REF.sub(" ", intitule))
    ligne = propre.removeprefix(question)
    for connu in (simplifier(produit.nom), simplifier(produit.contenu)):
        ligne = ligne.replace(connu, " ") if connu else ligne
    if any(_prix_de_plusieurs(trouve["nombre"] or "", trouve["unite"] or "", produit) for trouve in _PRIX.finditer(ligne)):
        return True
    reste = _PRIX.sub(" ", ligne)
    if _DEMANDE_EMBALLE.search(question):
        return produit.unite != "piece" or _EN_GROS.search(question) is not None
    if REF.search(intitule):
        return _COMPTE_EN_EMBALLAGES.search(reste) is not None
    if produit.unite != "piece":
        return EMBALLE.search(reste) is not None
    tant = _PAR_TANT.search(reste)
    if tant and _est_le_compte(int(tant[1]), produit):
        reste = reste.replace(tant[0], " ")
        tant = None
    return tant is not None or _EN_GROS.search(reste) is not None


def _prix_de_plusieurs(nombre: str, unite: str, produit: Produit) -> bool:
    if produit.unite == "piece":
        return int(nombre or 1) != 1 and not _est_le_compte(int(nombre), produit)
    return int(nombre or 1) != 1 or unite not in _DE_BASE[produit.unite]


def _est_le_compte(nombre: int, produit: Produit) -> bool:
    """Vrai si ce nombre est ce que contient une pièce, ou ce qu'on en prend au moins : « les 6 », pour des œufs par six."""
    return lire_contenu(produit.contenu) == ("piece", nombre * MILLE) or produit.pas == nombre * MILLE
