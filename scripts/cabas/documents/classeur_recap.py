"""`recap.xlsx` : le récap pour les gens. Un accueil, une feuille par vue, une par groupement, une par producteur·rice.

Les feuilles se tiennent entre elles : quantités et montants sont des sommes de la feuille « Lignes », que chacun·e peut suivre.
"""

from __future__ import annotations

from cabas.calculs.fusion import Fusion
from cabas.calculs.palettes import palettes
from cabas.calculs.recap import Recap
from cabas.calculs.reseau import nombre_de_cellules
from cabas.documents.classeur import Bloc, Case, Feuille, Formule, classeur_xlsx, lettre, reference
from cabas.documents.feuilles_a_regler import a_regler, decisions, manques
from cabas.documents.feuilles_de_partage import feuilles_de_partage
from cabas.documents.feuilles_de_recap import (
    Noms,
    en_euros,
    feuille_groupements,
    feuille_lignes,
    feuille_palettes,
    feuille_produits,
    feuille_repartition,
    plages,
)
from cabas.documents.feuilles_par_partenaire import feuille_du_groupement, feuille_du_producteur
from cabas.documents.mise_en_page import noms_de_feuilles
from cabas.modele import Depot
from cabas.temps import PARIS
from cabas.typographie import simplifier

REGLES = {
    "prorata": "au prorata des demandes",
    "plafond": "un même plafond pour tous",
    "premier-arrive": "dans l’ordre d’arrivée",
    "tirage": "par tirage au sort",
}


def recap_xlsx(depot: Depot, fusion: Fusion, recap: Recap, mention: str = "") -> bytes:
    """Le classeur d'une fusion. `mention` : « provisoire, au… », en tête de l'accueil et au pied de chaque page."""
    noms = Noms(depot)
    charges = palettes(depot, recap)
    vues = [
        feuille_produits(noms, recap),
        feuille_groupements(noms, recap),
        feuille_palettes(noms, charges),
        manques(recap),
        feuille_repartition(noms, recap),
        feuille_lignes(noms, recap),
        a_regler(fusion),
        decisions(fusion),
        *feuilles_de_partage(depot, recap),
    ]
    groupements = sorted({ligne.groupement for ligne in recap.groupements})
    producteurs = sorted({ligne.producteur for ligne in recap.produits}, key=lambda slug: (simplifier(noms.producteur(slug)), slug))
    voulus = [noms.groupement(slug) for slug in groupements] + [noms.producteur(slug) for slug in producteurs]
    onglets = noms_de_feuilles(voulus, ["Accueil", *(vue.nom for vue in vues)])
    siennes = [feuille_du_groupement(noms, recap, slug, onglet) for slug, onglet in zip(groupements, onglets, strict=False)]
    leurs = [feuille_du_producteur(noms, recap, slug, onglet) for slug, onglet in zip(producteurs, onglets[len(groupements) :], strict=True)]
    commande = fusion.commande
    pied, avis = f"{commande.titre} ({commande.id})", []
    if mention:
        pied = f"{pied}, {mention}"
        avis = [Bloc(f"{mention[0].upper()}{mention[1:]}", (), [["Rien n’est définitif : des bons peuvent encore arriver."]])]
    accueil = [*avis, *_accueil(noms, fusion, recap, vues)]
    return classeur_xlsx(f"Récap : {commande.titre}", pied, [*vues, *siennes, *leurs], accueil, plages(recap))


def _accueil(noms: Noms, fusion: Fusion, recap: Recap, vues: list[Feuille]) -> list[Bloc]:
    commande, comptes = fusion.commande, fusion.comptes
    dates: list[list[Case]] = []
    for fenetre in commande.fenetres:
        distribution = fenetre.distribution.debut if fenetre.distribution else None
        instants = (fenetre.ouverture, fenetre.cloture, fenetre.livraison, distribution)
        dates.append([noms.groupement(fenetre.groupement), *(instant and instant.astimezone(PARIS) for instant in instants)])
    produits, lignes = vues[0], vues[5]
    totaux: list[list[Case]] = [
        ["À payer aux producteur·rices", _total(produits, "Montant", recap.total_producteurs)],
        ["À recevoir des cellules", _total(lignes, "Montant", recap.total_cellules)],
    ]
    identite: list[list[Case]] = [
        ["Commande", commande.id],
        ["Partage", REGLES.get(commande.repartition, commande.repartition)],
        ["Note", commande.note],
    ]
    sorts = (("Reçues", "lues"), ("Retenues", "retenues"), ("Remplacées", "remplacees"), ("Brouillons", "brouillons"), ("Rejetées", "rejetees"))
    compte: list[list[Case]] = [[mot, comptes.get(code, 0)] for mot, code in sorts]
    compte += [
        ["Cellules", nombre_de_cellules(fusion)],
        ["Produits demandés", len(recap.produits)],
        ["Décisions appliquées", len(fusion.decisions)],
    ]
    return [
        Bloc("La commande", (), [rangee for rangee in identite if rangee[1]]),
        Bloc("Les dates", ("Groupement", "Ouverture", "Clôture", "Livraison", "Distribution"), dates),
        Bloc("Quantités", (), compte),
        Bloc("Totaux", (), totaux),
    ]


def _total(feuille: Feuille, titre: str, centimes: int) -> Case:
    """Le total au bas d'une colonne d'une autre feuille, tel que cette feuille le calcule."""
    if not feuille.rangees:
        return 0
    rang = next(rang for rang, colonne in enumerate(feuille.colonnes) if colonne.titre == titre)
    return Formule(f"={reference(feuille.nom, f'${lettre(rang)}${len(feuille.rangees) + 2}')}", en_euros(centimes))
