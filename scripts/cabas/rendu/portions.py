"""Ce qu'on commande en une fois, tel qu'un autre logiciel de commande sait le lire : une quantité, une unité, un prix.

Chez eux, on commande un nombre entier d'articles. Chez nous, des pas : 250 g d'un produit vendu au kilo. Un article est donc un
pas, à son prix : abricots à 9 € le kilo, par 250 g, font un article de 250 g à 2,25 €.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from cabas.argent import montant_coutant
from cabas.modele import Produit
from cabas.quantites import MILLE, lire_contenu


class Portion(NamedTuple):
    """Un article : `quantite` en millièmes de `unite` (`kg`, `L` ou `piece`), `centimes` au prix coûtant."""

    quantite: int
    unite: str
    centimes: int

    @property
    def prix(self) -> Decimal:
        """Le prix de l'article, en euros, au centime."""
        return Decimal(self.centimes) / 100

    @property
    def petite(self) -> tuple[Decimal, str]:
        """La quantité sans décimale inutile : (250, "g"), (1, "kg"), (75, "cl") se dit (750, "ml"), (6, "piece")."""
        if self.unite == "piece" or self.quantite % MILLE == 0:
            return Decimal(self.quantite) / MILLE, self.unite.lower()
        return Decimal(self.quantite), {"kg": "g", "L": "ml"}[self.unite]


def portion(produit: Produit) -> Portion:
    """L'article d'un produit. Une pièce dont on sait le poids ou le volume se mesure ; sinon elle se compte."""
    prix = montant_coutant(produit.prix, produit.pas)
    if produit.unite != "piece":
        return Portion(produit.pas, produit.unite, prix)
    contenu = lire_contenu(produit.contenu)
    if contenu and contenu[0] != "piece" and produit.pas == MILLE:
        return Portion(contenu[1], contenu[0], prix)
    combien = contenu[1] if contenu and contenu[0] == "piece" else MILLE
    return Portion(produit.pas * combien // MILLE, "piece", prix)
