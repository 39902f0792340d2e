"""Que met-on dans un bon ? Des produits selon l'envie qu'ils font, des quantités d'après le prix, et la main qui les écrit.

Rien ici ne connaît les fichiers : un article est une quantité et son écriture.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from random import Random

from cabas.argent import arrondir_decimal, montant_coutant
from cabas.calculs.offre import maximum_par_bon
from cabas.demonstration.faits import Article, Bon, Contexte
from cabas.modele import Creneau, Produit
from cabas.quantites import MILLE
from cabas.recu import Adherent
from cabas.temps import PARIS
from cabas.typographie import nombre_csv

ENVIES = (
    ("farine-t65", 16), ("farine", 7), ("lentille", 12), ("oeuf", 14), ("comte", 14), ("pates", 7), ("riz", 6), ("huile", 5), ("pomme", 6),
    ("cafe", 6), ("chocolat", 5), ("pois-chiche", 6), ("flocons", 5), ("miel", 4), ("tomme", 4), ("savon", 3), ("lessive", 3),
)  # fmt: skip
"""Ce qu'on s'arrache dans un groupement : le premier mot trouvé dans la ref donne le poids, 2 à défaut."""

BUDGETS = (250, 300, 400, 400, 600, 600, 800, 1200)
"""Ce qu'une cellule met dans un produit, en centimes."""

REMARQUES = ("", "", "", "", "Je viendrai à vélo.", "Ma voisine passera prendre le sac.", "Merci à l’équipe !", "J’apporte mes bocaux ; deux sacs.")
HEURES = (8, 9, 10, 12, 12, 13, 14, 16, 17, 18, 18, 19, 20, 20, 21, 21, 22)
VITRINE = 26


class Main(StrEnum):
    """Qui écrit le nombre : une machine, un service de formulaires, un tableur français, une personne."""

    MACHINE = "machine"
    POINT = "point"
    VIRGULE = "virgule"
    DIX_DECIMALES = "dix-decimales"
    LIBRE = "libre"


def envie(produit: Produit) -> int:
    """Le poids d'un produit dans le tirage."""
    return next((poids for mot, poids in ENVIES if mot in produit.ref), 2)


def vitrine(produits: Sequence[Produit]) -> tuple[Produit, ...]:
    """Les produits qu'un formulaire court propose : les plus demandés, dont le nom seul ne prête à aucune confusion."""
    noms = [produit.nom.casefold() for produit in produits]
    clairs = [
        produit for produit in produits if not set(produit.nom) & set("()[]|,;-–/") and sum(produit.nom.casefold() in nom for nom in noms) == 1
    ]
    demandes = sorted(clairs, key=lambda produit: (-envie(produit), produit.ref))[:VITRINE]
    return tuple(produit for produit in produits if produit in demandes)


def tirer(contexte: Contexte, produits: Sequence[Produit], nombre: int) -> list[Produit]:
    """Des produits distincts, tirés selon l'envie, rendus dans l'ordre du catalogue."""
    restants, choisis = list(produits), list[Produit]()
    while restants and len(choisis) < nombre:
        produit = contexte.alea.choices(restants, [envie(restant) for restant in restants])[0]
        restants.remove(produit)
        choisis.append(produit)
    return [produit for produit in produits if produit in choisis]


def quantite(contexte: Contexte, produit: Produit) -> int:
    """Une quantité crédible, en millièmes : multiple du pas, sous le maximum, autour d'un petit budget."""
    prix_d_un_pas = max(1, montant_coutant(produit.prix, produit.pas))
    voulus = min(max(1, contexte.alea.choice(BUDGETS) // prix_d_un_pas), 12)
    return min(voulus, pas_permis(contexte, produit)) * produit.pas


def pas_permis(contexte: Contexte, produit: Produit) -> int:
    """Combien de pas tiennent sous le maximum d'un bon."""
    maximum = maximum_par_bon(produit, contexte.commande)
    return 10_000 if maximum is None else maximum // produit.pas


def tolerance(contexte: Contexte, produit: Produit, demande: int) -> int:
    """Jusqu'où une cellule monterait pour compléter un lot (millièmes). Zéro pour un produit sans lot complet."""
    libres = pas_permis(contexte, produit) - demande // produit.pas
    if not produit.lot_complet or libres < 1 or contexte.alea.random() < 0.4:
        return 0
    return min(contexte.alea.choice((1, 1, 2, 3)), libres) * produit.pas


def article(contexte: Contexte, produit: Produit, main: Main, *, avec_tolerance: bool = False) -> Article:
    """Une ligne de bon, écrite par une main donnée."""
    demande = quantite(contexte, produit)
    marge = tolerance(contexte, produit, demande) if avec_tolerance else 0
    return Article(produit.ref, ecrire(contexte.alea, demande, produit.unite, main), demande, marge)


def ecrire(alea: Random, milliemes: int, unite: str, main: Main) -> str:
    """Le texte d'une quantité. Une personne écrit comme elle parle : « 2,5 kg », « 500 g », « ½ », « 2.5 »."""
    virgule = nombre_csv(milliemes)
    point = virgule.replace(",", ".")
    if main is Main.DIX_DECIMALES:
        return f"{milliemes // MILLE}.{milliemes % MILLE:03d}0000000"
    if main is Main.POINT:
        return point
    if main is not Main.LIBRE:
        return virgule
    choix = [virgule, virgule, virgule, point, f" {virgule}", *_manieres(milliemes, virgule, unite)]
    return alea.choice(choix)


def _manieres(milliemes: int, virgule: str, unite: str) -> list[str]:
    """Les écritures propres à une unité ; les espaces insécables sont celles que posent téléphones et traitements de texte."""
    if unite == "piece":
        return [f"{virgule} pièces"] if milliemes >= 2 * MILLE else []
    manieres = [f"{virgule} {unite}", f"{virgule}\u00a0{unite}", f"{virgule}{unite.lower()}"]
    if milliemes == MILLE // 2:
        manieres += ["½", "1/2"]
    if milliemes % MILLE == MILLE // 2 and milliemes > MILLE:
        manieres.append(f"{milliemes // MILLE}\u00a0½")
    if milliemes < MILLE:
        manieres += [f"{milliemes} g", f"{milliemes}g"] if unite == "kg" else ([f"{milliemes // 10} cl"] if milliemes % 10 == 0 else [])
    return manieres


def instant(contexte: Contexte) -> datetime:
    """Un envoi pendant la fenêtre, à une heure où l'on est debout ; les dernières heures sont laissées aux accidents."""
    ouverture, alea = contexte.fenetre.ouverture.astimezone(PARIS), contexte.alea
    jours = max(1, (contexte.fenetre.cloture - ouverture).days)
    jour = (ouverture + timedelta(days=alea.randrange(jours))).date()
    moment = time(alea.choice(HEURES), alea.randrange(60), alea.randrange(60))
    return max(datetime.combine(jour, moment, PARIS), ouverture + timedelta(hours=1))


def creneau(contexte: Contexte, cellule: Adherent, places: dict[str, int]) -> str:
    """Un créneau ouvert à cette adhésion où il reste une place ; "" s'il n'y en a pas. Entame `places`."""
    libres: list[Creneau] = [
        creneau
        for creneau in contexte.fenetre.creneaux
        if creneau.adhesion in ("", cellule.adhesion) and (creneau.places is None or places.get(creneau.code, 0) < creneau.places)
    ]
    if not libres:
        return ""
    choisi = contexte.alea.choice(libres).code
    places[choisi] = places.get(choisi, 0) + 1
    return choisi


def plage(contexte: Contexte, code: str) -> str:
    """Un créneau en heures, « 16h-16h30 », comme dans la question d'un formulaire."""
    trouve = next((creneau for creneau in contexte.fenetre.creneaux if creneau.code == code), None)
    return f"{_heure(trouve.debut)}-{_heure(trouve.fin)}" if trouve else ""


def _heure(moment: time) -> str:
    return f"{moment.hour}h" + (f"{moment.minute:02d}" if moment.minute else "")


def cout(contexte: Contexte, bon: Bon) -> int:
    """Ce que le bon coûterait si tout était servi, tolérances comprises, en centimes, au tarif le plus haut du groupement."""
    coefficient = max((tarif.coefficient for tarif in contexte.groupement.tarifs), default=Decimal(1))
    return sum(
        arrondir_decimal(contexte.depot.produits[article.ref].prix * coefficient * (article.quantite + article.tolerance) / 10)
        for article in bon.articles
        if article.ref in contexte.depot.produits
    )
