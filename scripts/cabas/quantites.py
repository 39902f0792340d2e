"""Les quantités : des millièmes d'unité entiers (g, mL, millième de pièce), et la lecture de ce que les gens écrivent.

« 2,5 », « 500 g », « ½ », « 1 250,5 », « ٣ » entrent ; un entier sort, ou un `Refus` qui dit pourquoi. On ne devine
jamais : un nombre ambigu est refusé. Règle : contrats.md §4.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

from cabas.constats import Refus
from cabas.motifs import motif

MILLE = 1000
SEUIL_SUSPECT = 100 * MILLE
"""À partir de 100 kg dans un bon, on soupçonne des grammes écrits dans une colonne de kilos (contrats.md §4)."""

LISIBLE = 60
"""Au-delà, une case se montre abrégée : le journal garde tout."""

UNITES = {"kg": "kg", "L": "L", "piece": "pièce"}

_SUFFIXES: dict[str, tuple[str, int]] = {
    **dict.fromkeys(("kg", "kgs", "kilo", "kilos", "kilogramme", "kilogrammes"), ("kg", 1000)),
    **dict.fromkeys(("g", "gr", "gramme", "grammes"), ("kg", 1)),
    **dict.fromkeys(("l", "litre", "litres"), ("L", 1000)),
    **dict.fromkeys(("dl", "décilitre", "décilitres"), ("L", 100)),
    **dict.fromkeys(("cl", "centilitre", "centilitres"), ("L", 10)),
    **dict.fromkeys(("ml", "millilitre", "millilitres"), ("L", 1)),
    **dict.fromkeys(("pièce", "pièces", "piece", "pieces", "pc", "pcs", "unité", "unités", "unite", "unites"), ("piece", 1000)),
}
_FRACTIONS = {
    "½": "1/2",
    "¼": "1/4",
    "¾": "3/4",
    "⅕": "1/5",
    "⅖": "2/5",
    "⅗": "3/5",
    "⅘": "4/5",
    "⅛": "1/8",
    "⅜": "3/8",
    "⅝": "5/8",
    "⅞": "7/8",
    "⅓": "1/3",
    "⅔": "2/3",
}
_ESPACES = motif(r"[\s\u00a0\u202f\u2009\u2007]+")
_NOMBRE = motif(
    r"(?P<signe>[-+\u2212]?) ?"
    r"(?:(?P<entier>\d{1,12}|\d{1,3}(?: \d{3}){1,3})(?:[.,](?P<decimales>\d{1,20}))?"
    r"|[.,](?P<seules>\d{1,20})"
    r"|(?:(?P<plus>\d{1,6}) )?(?P<haut>\d{1,6}) ?/ ?(?P<bas>\d{1,6}))"
    r" ?(?P<unite>[^\W\d_]*)\.?"
)
_SCIENTIFIQUE = motif(r"[-+]?\d[\d.,]*e[-+]?\d+", re.IGNORECASE)

_ERREUR_DE_TABLEUR = motif(r"#[^\W_/]+(?:/[A0])?[!?]?|#{2,}|err ?: ?\d+", re.IGNORECASE)
_MOIS = "janv|jan|févr|fév|mars|avr|avril|mai|juin|juil|juillet|août|sept|oct|nov|déc"
_DATE_DE_TABLEUR = motif(
    rf"(?P<jour>\d\d?)(?:(?P<trait>[/.-])(?P<mois>\d\d?)(?P=trait)(?:\d{{4}}|\d\d)|[- ](?:{_MOIS})\.?(?:[- ]\d{{2,4}})?)"
    rf"|\d{{4}}-(?P<mois_iso>\d\d)-(?P<jour_iso>\d\d)(?:[T ]00:00(?::00)?)?|(?:{_MOIS})\.?-\d\d",
    re.IGNORECASE,
)


def normaliser_chiffres(texte: str) -> str:
    """Ramène toute écriture de chiffre (arabe, persane, pleine chasse…), de virgule, de fraction et d'espace à l'ASCII."""
    if texte.isascii():
        return _ESPACES.sub(" ", texte).strip()
    lettres: list[str] = []
    for lettre in unicodedata.normalize("NFC", texte):
        if lettre in _FRACTIONS:
            lettres.append(" " + _FRACTIONS[lettre])
        elif lettre == "\u2044":
            lettres.append("/")
        elif lettre in "\u066b\u060c\uff0c":
            lettres.append(",")
        elif lettre == "\uff0e":
            lettres.append(".")
        elif lettre == "\u066c":
            lettres.append(" ")
        elif (chiffre := unicodedata.decimal(lettre, None)) is not None:
            lettres.append(str(chiffre))
        elif unicodedata.category(lettre) != "Cf":  # les marques de sens d'écriture ne se voient pas
            lettres.append(lettre)
    return _ESPACES.sub(" ", "".join(lettres)).strip()


def dans_l_unite(texte: str, unite: str) -> str:
    """Un nombre nu prend l'unité de sa colonne ; ce qui dit déjà la sienne, ou n'est pas un nombre, reste tel quel.

    >>> dans_l_unite("500", "g"), dans_l_unite("½", "kg"), dans_l_unite("250.", "g"), dans_l_unite("1 kg", "g"), dans_l_unite("2", "")
    ('500 g', '½ kg', '250 g', '1 kg', '2')
    """
    nu = any(map(str.isnumeric, texte)) and not any(map(str.isalpha, texte))
    return f"{texte.rstrip('. ')} {unite}" if unite and nu else texte


def _illisible(texte: str, unite: str, raison: str) -> Refus:
    exemple = {"kg": "2,5 ou 500 g", "L": "2 ou 75 cl", "piece": "3"}[unite]
    lu = texte.strip()
    abrege = lu if len(lu) <= LISIBLE else f"{lu[:LISIBLE]}…"
    return Refus("quantite-illisible", f"« {abrege} » {raison}", f"Écrire un nombre, comme {exemple}.")


@lru_cache(maxsize=4096)
def lire_quantite(texte: str, unite: str) -> int | Refus:
    """Lit une quantité écrite à la main. Entre : le texte d'une case et l'unité du produit. Sort : des millièmes, ou un refus.

    Une case vide vaut 0, et zéro n'a pas d'unité : « 0 kg » d'une pièce vaut 0. Refus possibles : `quantite-illisible`,
    `quantite-negative`, `quantite-hors-pas` (plus fin que le millième).

    >>> lire_quantite("2,5 kg", "kg"), lire_quantite("500 g", "kg"), lire_quantite("1/2", "L")
    (2500, 500, 500)
    """
    propre = normaliser_chiffres(texte)
    if not propre:
        return 0
    trouve = _NOMBRE.fullmatch(propre)
    if trouve is None:
        return _dire_pourquoi(texte, propre, unite)
    entier, decimales = trouve["entier"] or "", trouve["decimales"] or ""
    if unite == "piece" and len(decimales) == 3 and entier.isdigit() and int(entier):
        # « 1.000 » : mille pour qui sépare les milliers, un pour qui écrit des décimales. On ne compte pas des millièmes de pièce.
        autre = f"{entier},{decimales}".rstrip("0").rstrip(",")
        return _illisible(texte, unite, f"est ambigu : {autre} ou {entier}{decimales} pièces ?")
    famille, facteur = unite, MILLE
    if suffixe := trouve["unite"].lower():
        if suffixe not in _SUFFIXES:
            return _illisible(texte, unite, f"n’est pas une quantité : unité « {trouve['unite']} » inconnue.")
        famille, facteur = _SUFFIXES[suffixe]
    if trouve["bas"]:
        numerateur, denominateur = int(trouve["haut"]) + int(trouve["plus"] or 0) * int(trouve["bas"]), int(trouve["bas"])
        if denominateur == 0:
            return _illisible(texte, unite, "divise par zéro.")
    else:
        decimales = (decimales or trouve["seules"] or "").rstrip("0")
        denominateur = 10 ** len(decimales)
        numerateur = int((entier or "0").replace(" ", "") + decimales)
    milliemes_lus, reste = divmod(numerateur * facteur, denominateur)
    if famille != unite and numerateur:
        return _illisible(texte, unite, f"n’est pas compté dans la bonne unité : ce produit se compte en {UNITES[unite]}.")
    if trouve["signe"] in ("-", "\u2212") and (milliemes_lus or reste):
        return Refus("quantite-negative", f"« {texte.strip()} » est négatif.", "Écrire une quantité positive, ou vider la case.")
    if trouve["signe"] == "+":
        return _illisible(texte, unite, "commence par un signe plus : quantité, ou ajout à un autre bon ?")
    if reste:
        return Refus("quantite-hors-pas", f"« {texte.strip()} » est plus fin que le millième d’unité.", "Arrondir au pas du produit.")
    return milliemes_lus


def _venu_d_un_tableur(propre: str) -> Refus | None:
    """Une formule qui ne donne rien, ou ce qu'un tableur a pris pour une date : la personne, elle, avait écrit autre chose."""
    if propre == "#CALCUL":
        remede = "Ouvrir le classeur dans un tableur et l’enregistrer, ou y écrire le nombre."
        return Refus("quantite-illisible", "La formule de cette case n’a jamais été calculée.", remede)
    if _ERREUR_DE_TABLEUR.fullmatch(propre):
        fait = f"« {propre} » : la formule de cette case est en erreur."
        return Refus("quantite-illisible", fait, "La corriger dans le tableur, ou y écrire le nombre.")
    if (date := _DATE_DE_TABLEUR.fullmatch(propre)) is None:
        return None
    jour, mois = date["jour"] or date["jour_iso"], date["mois"] or date["mois_iso"]
    avant = f" « {int(jour)}/{int(mois)} » ou « {int(jour)},{int(mois)} »" if jour and mois else " un nombre"
    fait = f"« {propre} » est une date : un tableur a sans doute transformé{avant}."
    return Refus("quantite-illisible", fait, "Demander combien à la personne, et écrire le nombre dans une case au format texte.")


def _dire_pourquoi(texte: str, propre: str, unite: str) -> Refus:
    if refus := _venu_d_un_tableur(propre):
        return refus
    if "," in propre and "." in propre:
        return _illisible(texte, unite, "est ambigu : la virgule et le point ne peuvent pas servir ensemble.")
    if _SCIENTIFIQUE.fullmatch(propre):
        return _illisible(texte, unite, "est écrit comme une puissance de dix : un tableur l’a peut-être transformé.")
    return _illisible(texte, unite, "n’est pas une quantité.")


def lire_decimal(texte: str) -> Decimal | None:
    """Un nombre de fiche : chiffres, point décimal, rien d'autre. `None` sinon (ni NaN, ni 1e9, ni virgule)."""
    return Decimal(texte) if re.fullmatch(r"-?\d{1,12}(\.\d{1,12})?", texte, re.ASCII) else None


def milliemes(valeur: Decimal) -> int | None:
    """Une quantité de fiche en millièmes ; `None` si elle est plus fine que le millième."""
    exact = valeur * MILLE
    return int(exact) if exact == exact.to_integral_value() else None


_CONTENU = motif(r"(\d+(?:[.,]\d+)?) ?([A-Za-z]+)")


def lire_contenu(texte: str) -> tuple[str, int] | None:
    """Ce que contient une pièce : « 500 g » → ("kg", 500), « 1 L » → ("L", 1000), « 6 pieces » → ("piece", 6000)."""
    trouve = _CONTENU.fullmatch(texte.strip())
    if trouve is None or trouve[2].lower() not in _SUFFIXES:
        return None
    famille, facteur = _SUFFIXES[trouve[2].lower()]
    exact = Decimal(trouve[1].replace(",", ".")) * facteur
    if exact <= 0 or exact != exact.to_integral_value():
        return None
    return famille, int(exact)
