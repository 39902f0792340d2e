"""Les personnes à prévenir : le tableau, et un texte à lire au téléphone ou à coller dans un message."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from cabas.calculs.a_prevenir import APrevenir
from cabas.modele import Commande, Depot
from cabas.rendu.csv_francais import ecrire_csv, proteger
from cabas.typographie import accorder, typographier

TABLEAU, TEXTE = "a-prevenir.csv", "a-prevenir.txt"
COLONNES = "motif;groupement;cellule;nom;telephone;courriel;produit;detail;phrase"


def fichiers_a_prevenir(depot: Depot, commande: Commande, liste: Sequence[APrevenir], mention: str = "") -> dict[str, bytes]:
    """`a-prevenir.csv`, une ligne par chose à dire, et `a-prevenir.txt`, un message par personne. `mention` : si c'est provisoire."""
    rangees = ((une.motif, une.groupement, *(proteger(texte) for texte in une[2:8]), typographier(f"Bonjour, {une.dit}")) for une in liste)
    texte = typographier(_texte(depot, commande, liste, mention)).replace("\n", "\r\n")
    return {TABLEAU: ecrire_csv(COLONNES, rangees), TEXTE: f"\ufeff{texte}".encode()}


def _texte(depot: Depot, commande: Commande, liste: Sequence[APrevenir], mention: str) -> str:
    personnes = [list(groupe) for _qui, groupe in groupby(liste, key=lambda une: (une.groupement, une.cellule))]
    entete = f"{commande.titre} : {accorder(len(personnes), 'personne')} à prévenir" if personnes else f"{commande.titre} : personne à prévenir"
    blocs = [entete + (f" ({mention})" if mention else "") + "."]
    blocs += [_message(depot, commande, choses) for choses in personnes]
    return "\n\n".join(blocs) + "\n"


def _message(depot: Depot, commande: Commande, choses: Sequence[APrevenir]) -> str:
    """Deux lignes : qui, où ; puis un seul message, poli et entier."""
    premiere = choses[0]
    nom = depot.groupements[premiere.groupement].nom if premiere.groupement in depot.groupements else premiere.groupement
    qui = ", ".join(dict.fromkeys(filter(None, (nom, premiere.cellule, premiere.nom, premiere.telephone, premiere.courriel))))
    phrases = " ".join(f"{une.dit[0].upper()}{une.dit[1:]}" for une in choses)
    fin = "Merci de nous répondre dès que possible, et à bientôt." if any(une.attend_une_reponse for une in choses) else "Merci, et à bientôt."
    return f"{qui}\nBonjour, ici le groupement {nom}, pour la commande « {commande.titre} ». {phrases} {fin}"
