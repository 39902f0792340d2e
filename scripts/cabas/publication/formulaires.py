"""Les fichiers qui créent le même bon dans les services de formulaires que les gens ont déjà."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from cabas.calculs.formulaire import Formulaire, composer_formulaire
from cabas.modele import Commande, Depot, Fenetre, Groupement

FICHIERS = {
    "kobo": "bon-kobo.xlsx",
    "limesurvey": "bon-limesurvey.txt",
    "google": "bon-google.gs",
    "nextcloud": "bon-nextcloud.py",
    "framaforms": "bon-framaforms.html",
}
"""Le fichier de chaque service."""


def formulaire_du_bon(depot: Depot, commande: Commande, fenetre: Fenetre, groupement: Groupement) -> Formulaire:
    """Le formulaire d'un groupement, avec les intitulés de la grille `bon.csv`."""
    from cabas.rendu.bons import intitule

    return composer_formulaire(depot, commande, fenetre, groupement, intitule)


def fichiers_du_formulaire(
    formulaire: Formulaire, services: Collection[str] = tuple(FICHIERS), traduits: Mapping[str, Formulaire] | None = None
) -> dict[str, bytes]:
    """Les fichiers des services voulus, par nom. `traduits` : les autres langues, pour qui sait en changer (Kobo). Mêmes entrées, mêmes octets."""
    from cabas.documents.xlsform import xlsform
    from cabas.rendu import formulaires

    textes = {service: getattr(formulaires, service) for service in FICHIERS if service != "kobo"}
    return {
        nom: xlsform(formulaire, traduits) if service == "kobo" else textes[service](formulaire).encode()
        for service, nom in FICHIERS.items()
        if service in services
    }
