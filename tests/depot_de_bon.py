"""Un petit réseau fait à la main pour essayer les bons, et un grand catalogue d'école pour leur poids."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal

from cabas.modele import (
    Adhesion,
    Commande,
    Creneau,
    Depot,
    Distribution,
    Fenetre,
    Groupement,
    Limite,
    Lot,
    Producteur,
    Produit,
    Rubrique,
    Selection,
    Tarif,
)
from cabas.temps import PARIS

MAINTENANT = datetime(2026, 11, 22, 12, tzinfo=PARIS)
HOSTILE = "<script>alert(1)</script>\"onload='x' &amp; =1+1"


def produit(ref: str, nom: str, unite: str = "kg", pas: int = 500, prix: str = "1.40", **autres: object) -> Produit:
    faits: dict[str, object] = {
        "producteur": "moulin", "rubrique": "farines", "prix_depuis": date(2026, 9, 1), "tva": Decimal("5.5"), "vente": "vrac", "allergenes": (),
        **autres,
    }  # fmt: skip
    return Produit(ref=ref, nom=nom, unite=unite, pas=pas, prix=Decimal(prix), **faits)  # type: ignore[arg-type]


PRODUITS = (
    produit("farine-t65", "Farine de blé T65", prix="1.20", allergenes=("gluten",), origine="Drôme", labels=("AB",)),
    produit("lentilles-vertes", "Lentilles vertes", prix="3.00", lot=Lot(25000, "sac de 25 kg"), lot_complet=True),
    produit("comte-12-mois", "Comté AOP 12 mois", pas=250, prix="14.80", rubrique="fromages", vente="coupe", allergenes=("lait",), maximum=3000),
    produit("puree-amandes", "Purée d’amandes", "piece", 1000, "5.415", rubrique="fromages", contenu="300 g", allergenes=("fruits-a-coque",)),
    produit("jus-pomme", "Jus de pomme", "piece", 1000, "2.75", rubrique="fromages", contenu="1 L", consigne=Decimal("0.30")),
    produit("hostile", HOSTILE, "L", 1000, "2.00", origine="<b>ici</b>"),
)


def groupement(**autres: object) -> Groupement:
    faits: dict[str, object] = {
        "slug": "les-tilleuls", "nom": "Les Tilleuls", "commune": "Villefranche-sur-Saône",
        "tarifs": (Tarif("quartier", "Quartier", Decimal("0.9")), Tarif("solidaire", "Solidaire", Decimal("1.1"))),
        "adhesions": (Adhesion("hab", "Habitant·e", Decimal(1), "quartier"), Adhesion("sol", "Solidaire", Decimal(20), "solidaire")),
        "structure": "Association des Tilleuls", "lieu": "Salle des fêtes", "permanence": "mardi de 17 h à 19 h, centre social",
        "reponse": "les-tilleuls@exemple.org",
        **autres,
    }  # fmt: skip
    return Groupement(**faits)  # type: ignore[arg-type]


def commande(ident: str, ouverture: datetime, cloture: datetime, distribution: datetime) -> Commande:
    fenetre = Fenetre(
        "les-tilleuls", ouverture, cloture, None,
        Distribution(distribution, distribution.replace(hour=distribution.hour + 3), "Salle des fêtes"),
        (Creneau("q1", time(16), time(16, 30), "hab"), Creneau("s1", time(18), time(18, 30), "sol"), Creneau("o1", time(17), time(17, 30))),
    )  # fmt: skip
    return Commande(ident, f"Commande {ident}", Selection(tous=True), (fenetre,), limites=(Limite("comte-12-mois", maximum=2000),))


def a(annee: int, mois: int, jour: int, heure: int) -> datetime:
    return datetime(annee, mois, jour, heure, tzinfo=PARIS)


DECEMBRE = commande("2026-12", a(2026, 11, 20, 8), a(2026, 12, 7, 20), a(2026, 12, 17, 16))
JANVIER = commande("2027-01", a(2027, 1, 4, 8), a(2027, 1, 10, 20), a(2027, 1, 20, 16))


def etaler(html: str) -> str:
    """Une page du bon, avec les guillemets que son corps serré n'a pas : les essais la lisent comme le gabarit l'écrit."""
    tete, balise, corps = html.partition("<body>")
    return tete + balise + re.sub(r"<[a-z][^<>]*>", lambda une: re.sub(r"=([^\s\"'=<>`]+)(?=[ >])", r'="\1"', une[0]), corps)


def petit_depot(**du_groupement: object) -> Depot:
    return Depot(
        produits={un.ref: un for un in PRODUITS},
        producteurs={"moulin": Producteur("moulin", "Moulin des Sorbiers", "Die", date(2026, 1, 1))},
        rubriques=(Rubrique("farines", "Farines et céréales"), Rubrique("fromages", "Fromages, œufs et produits frais")),
        groupements={"les-tilleuls": groupement(**du_groupement)},
        commandes={un.id: un for un in (DECEMBRE, JANVIER)},
    )


def grand_depot(combien: int = 125) -> Depot:
    """Un catalogue de la taille d'un vrai : noms, origines et allergènes aussi longs et aussi variés que dans la vie."""
    sortes = ("Farine", "Lentilles", "Haricots", "Huile", "Confiture", "Tomme", "Savon", "Graines", "Riz", "Semoule", "Miel")
    suites = ("de blé", "de Provence", "du moulin", "de montagne", "complet", "blanc demi-fin", "à l’ancienne", "d’été", "vert", "doux", "de garde")
    origines = ("Drôme", "Ain", "Loire", "Andalousie (Espagne)", "Monts du Lyonnais (Rhône)", "Drôme", "Camargue")
    rubriques = tuple(Rubrique(f"r{rang}", f"{sorte}s et compagnie") for rang, sorte in enumerate(sortes))
    produits = {}
    for rang in range(combien):
        sorte, suite = sortes[rang % len(sortes)], suites[(rang * 7 + rang // 11) % len(suites)]
        piece = rang % 3 == 0
        un = produit(
            f"{sorte.lower()}-{rang}-{suite.encode('ascii', 'ignore').decode().replace(' ', '-')}".strip("-"), f"{sorte} {suite} {rang}",
            "piece" if piece else "kg", 1000 if piece else (500, 500, 250)[rang % 3], f"{1 + rang * 0.37:.2f}", rubrique=f"r{rang % len(sortes)}",
            contenu="350 g" if piece else "", origine=origines[rang * 5 % len(origines)], labels=("AB",), maximum=3000 if rang % 5 == 0 else None,
            allergenes=(("gluten",), (), (), ("lait",), (), ("fruits-a-coque", "soja"))[rang % 6],
            lot=Lot(25000, "sac de 25 kg"), lot_complet=not piece and rang % 3 == 1,
        )  # fmt: skip
        produits[un.ref] = un
    seul = groupement(tarifs=(Tarif("coutant", "Prix coûtant", Decimal(1)),), adhesions=())
    return Depot(produits, petit_depot().producteurs, rubriques, {"les-tilleuls": seul}, {DECEMBRE.id: DECEMBRE})
