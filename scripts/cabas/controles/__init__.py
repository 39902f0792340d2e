"""Les contrôles du dépôt : une liste explicite, une question chacun.

`CONTROLES` est la liste ; `controler(contexte)` les pose tous. Ajouter un contrôle : écrire une fonction pure dont la
docstring est la question, l'ajouter ici, et donner un bon et un mauvais exemple dans les tests.
"""

from __future__ import annotations

from cabas.constats import Constat, Gravite
from cabas.controles import annuaires, commandes, etats, missions, partage, produits, traductions, vie_privee
from cabas.controles.base import Contexte, Controle

_E, _A = Gravite.ERREUR, Gravite.AVERTISSEMENT

CONTROLES: tuple[Controle, ...] = (
    Controle("maximum-hors-pas", _E, produits.pas_du_maximum),
    Controle("seuil-sans-effet", _A, produits.seuil_sans_effet),
    Controle("lot-hors-pas", _E, produits.pas_du_lot),
    Controle("lot-absent", _E, produits.lot_complet_sans_lot),
    Controle("lots-faux", _E, partage.lots_supplementaires),
    Controle("vrac-interdit", _E, produits.vrac_interdit),
    Controle("coupe-sans-kilo", _E, produits.coupe_sans_kilo),
    Controle("contenu-inattendu", _E, produits.contenu_sans_piece),
    Controle("prix-nul", _E, produits.prix_nul),
    Controle("prix-ancien", _A, produits.prix_ancien),
    Controle("prix-futur", _A, produits.prix_futur),
    Controle("nom-en-double", _A, produits.nom_en_double),
    Controle("allergene-oublie", _A, produits.allergene_oublie),
    Controle("identifiant-reserve", _E, produits.ref_reservee),
    Controle("coordonnees-fausses", _E, annuaires.coordonnees_fausses),
    Controle("producteur-sans-produit", _A, annuaires.producteur_sans_produit),
    Controle("tarifs-absents", _E, annuaires.tarifs_absents),
    Controle("tarif-inconnu", _E, annuaires.tarif_inconnu),
    Controle("code-en-double", _E, annuaires.code_en_double),
    Controle("service-incomplet", _E, annuaires.service_incomplet),
    Controle("fenetre-desordre", _E, commandes.fenetre_desordre),
    Controle("fenetre-en-double", _E, commandes.fenetre_en_double),
    Controle("creneau-faux", _E, commandes.creneau_faux),
    Controle("creneau-adhesion", _E, commandes.creneau_adhesion),
    Controle("produit-inconnu", _E, commandes.produit_inconnu),
    Controle("produit-indisponible", _E, commandes.produit_indisponible),
    Controle("produit-hors-saison", _E, commandes.produit_hors_saison),
    Controle("commande-vide", _E, commandes.commande_vide),
    Controle("sauf-inutile", _A, commandes.sauf_inutile),
    Controle("limite-hors-pas", _E, partage.limite_hors_pas),
    Controle("limite-inutile", _A, partage.limite_inutile),
    Controle("cellier-sans-budget", _A, partage.cellier_sans_budget),
    Controle("delai-trop-court", _A, commandes.delai_trop_court),
    Controle("etat-faux", _A, etats.etat_faux),
    Controle("etat-perime", _A, etats.etat_perime),
    Controle("quand-illisible", _E, missions.quand_illisible),
    Controle("besoin-inconnu", _E, missions.besoin_inconnu),
    Controle("mission-incomplete", _A, missions.mission_incomplete),
    Controle("traduction-absente", _A, traductions.traduction_absente),
    Controle("prive-suivi", _E, vie_privee.prive_suivi),
    Controle("donnee-personnelle", _E, vie_privee.donnee_personnelle),
)


def controler(contexte: Contexte) -> list[Constat]:
    """Tous les constats de tous les contrôles, rangés par fichier et par ligne."""
    return sorted((constat for controle in CONTROLES for constat in controle.constats(contexte)), key=lambda constat: constat.rang)
