"""Le chantier d'un groupement : ses cellules encore libres, les fichiers déjà déposés, et de quoi inventer un bon ordinaire."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cabas.calculs.code_court import ALPHABET, LONGUEUR, code_court, texte_du_bon
from cabas.demonstration.faits import REMPLACEE, RETENUE, Bon, Contexte, Fichier
from cabas.demonstration.formes import Forme, page
from cabas.demonstration.paniers import REMARQUES, Main, article, cout, creneau, instant, plage, tirer
from cabas.recu import Adherent

PAGE = Forme("page", "page-{}.csv", page, Main.VIRGULE, grille=False, courte=False, datee=True)
SAISIE = PAGE._replace(nom="saisie", datee=False)
"""Le même fichier, tapé par l'équipe d'après un papier ou un appel."""


@dataclass(slots=True)
class Chantier:
    """L'état, qui change, de la fabrication d'un groupement. `soldes` : crédit voulu par cellule (centimes)."""

    contexte: Contexte
    adherents: dict[str, Adherent]
    libres: list[str]
    fichiers: list[Fichier] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    soldes: dict[str, int] = field(default_factory=dict)
    identifiants: set[str] = field(default_factory=set)

    def cellule(self) -> Adherent:
        """Une cellule qui n'a encore rien commandé."""
        return self.adherents[self.libres.pop()]

    def identifiant(self) -> str:
        """Un code court, jamais deux fois le même dans un groupement."""
        while (code := "".join(self.contexte.alea.choices(ALPHABET, k=LONGUEUR))) in self.identifiants:
            pass
        self.identifiants.add(code)
        return code

    def tarif(self, cellule: Adherent) -> str:
        """Le tarif que donne l'adhésion d'une cellule ; "" si on ne la connaît pas."""
        return next((adhesion.tarif for adhesion in self.contexte.groupement.adhesions if adhesion.code == cellule.adhesion), "")

    def bon(self, cellule: Adherent, forme: Forme = PAGE, nombre: int = 0) -> Bon:
        """Un bon sans accident, écrit comme le veut la forme. `nombre` de produits : au hasard si 0."""
        contexte, alea = self.contexte, self.contexte.alea
        produits = tirer(contexte, contexte.vitrine if forme.courte else contexte.produits, nombre or alea.randrange(5, 16))
        moment = creneau(contexte, cellule, self.places)
        return Bon(
            cellule=cellule,
            articles=tuple(article(contexte, produit, forme.main, avec_tolerance=not forme.grille) for produit in produits),
            signe=self.signe(cellule),
            identifiant=self.identifiant() if forme.datee else "",
            envoi=instant(contexte) if forme.datee else None,
            commande=contexte.commande.id,
            groupement=contexte.groupement.slug,
            creneau=moment,
            plage=plage(contexte, moment),
            tarif=self.tarif(cellule),
            remarque=alea.choice(REMARQUES),
        )

    def signe(self, cellule: Adherent) -> str:
        """Le code ou le nom, tel qu'une personne l'écrit : casse, espaces et accents décomposés n'y changent rien."""
        decompose = unicodedata.normalize("NFD", cellule.nom)
        nom = cellule.nom
        return self.contexte.alea.choice(
            (cellule.cellule, cellule.cellule, cellule.cellule.lower(), nom, nom, nom.upper(), nom.replace(" ", "  ") + " ", decompose)
        )

    def deposer(self, forme: Forme, bons: Sequence[Bon], nom: str = "") -> None:
        """Écrit un fichier (en mémoire) et note ce que ses cellules devront pouvoir payer."""
        contenu = forme.ecrire(self.contexte, bons)
        self.fichiers.append(Fichier(self.contexte.groupement.slug, nom or forme.fichier, forme.nom, contenu, tuple(bons)))
        for bon in bons:
            credit = self.soldes.get(bon.cellule.cellule, 1_000) + cout(self.contexte, bon)
            self.soldes[bon.cellule.cellule] = -(-credit // 500) * 500

    def deposer_page(self, bon: Bon) -> None:
        """Un bon de la page web : un fichier à lui seul, nommé par son code court."""
        coder = code(bon)
        self.deposer(PAGE, (bon._replace(identifiant=coder),), PAGE.fichier.format(coder))

    def remplacer(self, bon: Bon, accident: str) -> Bon:
        """Le même bon, suivi d'un autre plus récent : remplacé, ou additionné là où `plusieurs_bons` vaut `ajouter`."""
        if self.contexte.groupement.plusieurs_bons == "ajouter":
            return bon.marquer("bons-ajoutes", RETENUE)
        return bon.marquer(accident, REMPLACEE)

    def changer(self, cellule: Adherent, **champs: str) -> Adherent:
        """Corrige la fiche d'une cellule dans `adherents.csv`."""
        nouvelle = cellule._replace(**champs)
        self.adherents[cellule.cellule] = nouvelle
        return nouvelle


def code(bon: Bon) -> str:
    """Le code court qu'affiche la page pour ce bon."""
    lignes = ((article.ref, article.quantite, article.tolerance) for article in bon.articles)
    return code_court(texte_du_bon(bon.commande, bon.groupement, bon.signe, bon.creneau, bon.tarif, lignes))


def decaler(bon: Bon, ecart: timedelta) -> datetime | None:
    """L'instant d'envoi d'un bon, avancé ou reculé ; rien s'il n'en a pas."""
    return bon.envoi + ecart if bon.envoi else None


def au_meme_creneau(bon: Bon, ancien: Bon) -> Bon:
    """Un second envoi garde le créneau et l'écriture du premier."""
    return bon._replace(creneau=ancien.creneau, plage=ancien.plage, signe=ancien.signe)
