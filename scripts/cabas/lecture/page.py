"""Reconnaître le fichier que télécharge notre page : son en-tête exact, dans l'ordre. Lui seul a un code à vérifier.

Le même ordre est dans `gabarits/bon.js` (`COLONNES`) : un essai tient les deux égaux.
"""

from __future__ import annotations

from cabas.constats import Refus

ENTETE_DE_LA_PAGE = [
    "cellule", "produit", "quantite", "tolerance", "commande", "groupement", "bon", "envoye_le", "creneau", "tarif", "nom", "telephone",
    "courriel", "remarque", "statut",
]  # fmt: skip

STATUTS_DE_LA_PAGE = frozenset({"", "valide", "brouillon"})
"""La page écrit `valide`, nos outils `brouillon`. « val » est la fin d'un fichier coupé, pas un brouillon."""

COUPEE = Refus(
    "ligne-decalee",
    "Cette ligne est coupée : le fichier n’est pas arrivé entier, et d’autres lignes manquent peut-être.",
    "Demander à la personne de renvoyer son bon.",
)
