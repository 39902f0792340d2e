"""Les pages qui ne sont écrites par personne : la carte, les chiffres, les saisons, ce qui a changé. Elles naissent des fiches.

Entre : le dépôt, l'instant, ce que la publication a déjà lu. Sort, par page : son chemin, son gabarit, son en-tête, ses valeurs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from cabas.argent import centimes
from cabas.calculs.changements import Changement, Comparaison, Genre, comparaisons
from cabas.calculs.chiffres import compter
from cabas.calculs.histoire_des_prix import ecart, serie
from cabas.calculs.offre import par_rubrique
from cabas.modele import Depot, Produit
from cabas.passe import FichePassee, Histoire, Version
from cabas.rendu.carte_de_france import Lieu, dessiner
from cabas.rendu.courbe import courbe
from cabas.rendu.echappement import entete, litteral
from cabas.rendu.fiches import UNITES, depuis, saison
from cabas.temps import PARIS
from cabas.typographie import MOIS, euros, jour_du_mois, typographier

MOINS = "\u2212"
Page = tuple[str, str, str, dict[str, Any]]
SANS_MENU = ("navigation", "toc")
TITRES = {
    Genre.NOUVEAU: "Nouveaux",
    Genre.RETOUR: "De retour",
    Genre.ARRIVE: "Arrivés",
    Genre.HAUSSE: "En hausse",
    Genre.BAISSE: "En baisse",
    Genre.REVU: "Prix revus",
    Genre.UNITE: "Vendus autrement",
    Genre.PARTI: "Partis du catalogue",
    Genre.ABSENT: "Pas cette fois",
}


def pages_de_donnees(depot: Depot, maintenant: datetime, histoire: Histoire) -> Iterator[Page]:
    """La carte, les chiffres, les saisons et les changements, prêts à poser."""
    yield _carte(depot)
    tete = entete(hide=SANS_MENU, description="Combien nous sommes, ce que nous achetons et d’où cela vient.")
    yield "chiffres/index.md", "chiffres", tete, {"chiffres": compter(depot, maintenant)}
    yield _saisons(depot, maintenant)
    yield _changements(depot, maintenant, histoire)


# --- La carte ---


def _carte(depot: Depot) -> Page:
    groupements = sorted(depot.groupements.values(), key=lambda fiche: (fiche.nom.casefold(), fiche.slug))
    producteurs = sorted(depot.producteurs.values(), key=lambda fiche: (fiche.nom.casefold(), fiche.slug))
    eux = [
        Lieu(_lettre(rang), fiche.nom, fiche.commune, fiche.coordonnees, f"../groupements/{fiche.slug}/index.html", groupement=True)
        for rang, fiche in enumerate(groupements)
    ]
    elles = [
        Lieu(str(rang), fiche.nom, fiche.commune, fiche.coordonnees, f"../producteurs/{fiche.slug}/index.html", groupement=False)
        for rang, fiche in enumerate(producteurs, 1)
    ]
    tete = entete(hide=SANS_MENU, description="Où sont les groupements du réseau, et les fermes à qui ils achètent.")
    return "carte/index.md", "carte", tete, {"dessin": dessiner([*eux, *elles]), "groupements": eux, "producteurs": elles}


def _lettre(rang: int) -> str:
    """A, B… Z, puis AA, AB : les repères des groupements."""
    tour, reste = divmod(rang, 26)
    return (_lettre(tour - 1) if tour else "") + chr(ord("A") + reste)


# --- Les saisons ---


class LigneDeSaison(NamedTuple):
    """Un produit de saison, et ses douze mois."""

    produit: Produit
    mois: tuple[bool, ...]
    en_clair: str


def _saisons(depot: Depot, maintenant: datetime) -> Page:
    mois = maintenant.astimezone(PARIS).month
    suivant = mois % 12 + 1
    saisonniers = [produit for produit in depot.produits.values() if produit.saison]
    lignes = [
        (
            rubrique,
            [LigneDeSaison(produit, tuple(numero in produit.saison for numero in range(1, 13)), saison(produit.saison)) for produit in produits],
        )
        for rubrique, produits in par_rubrique(depot, saisonniers)
    ]
    tous = [produit for _rubrique, produits in par_rubrique(depot, saisonniers) for produit in produits]
    valeurs = {
        "lignes": lignes,
        "mois": mois,
        "nom_du_mois": MOIS[mois - 1],
        "nom_du_suivant": MOIS[suivant - 1],
        "mois_de_l_annee": MOIS,
        "maintenant_bon": [produit for produit in tous if mois in produit.saison],
        "bientot": [produit for produit in tous if suivant in produit.saison and mois not in produit.saison],
        "derniers": {produit.ref for produit in tous if mois in produit.saison and suivant not in produit.saison},
        "toute_l_annee": sum(not produit.saison and produit.disponible for produit in depot.produits.values()),
        "producteurs": depot.producteurs,
        "recoltes": sorted(
            (fiche for fiche in depot.producteurs.values() if fiche.periodes_recolte or fiche.periodes_rupture),
            key=lambda fiche: (fiche.nom.casefold(), fiche.slug),
        ),
    }
    return (
        "saisons/index.md",
        "saisons",
        entete(hide=SANS_MENU, description="Ce qui est de saison ce mois-ci, et le calendrier des récoltes."),
        valeurs,
    )


# --- Ce qui a changé ---


class LigneDeChangement(NamedTuple):
    """Un produit qui a changé : s'il a encore une page, et ce que l'on en dit."""

    ref: str
    nom: str
    en_ligne: bool
    texte: str


def _changements(depot: Depot, maintenant: datetime, histoire: Histoire) -> Page:
    parties = [
        (une, f"{jour_du_mois(une.ouverture_avant)} {une.ouverture_avant.year}", _par_genre(depot, une))
        for une in comparaisons(depot, histoire, maintenant)
    ]
    debut = histoire.debut
    tete = entete(hide=SANS_MENU, description="Nouveaux produits, départs, prix en hausse ou en baisse, d’une commande à l’autre.")
    valeurs = {"parties": parties, "absente": histoire.absente, "debut": depuis(debut.astimezone(PARIS).date()) if debut else ""}
    return "changements/index.md", "changements", tete, valeurs


def _par_genre(depot: Depot, une: Comparaison) -> list[tuple[str, list[LigneDeChangement]]]:
    rangees: dict[Genre, list[LigneDeChangement]] = {}
    for change in une.changements:
        rangees.setdefault(change.genre, []).append(LigneDeChangement(change.ref, change.nom, change.ref in depot.produits, _dire(change)))
    return [(TITRES[genre], lignes) for genre, lignes in rangees.items()]


def _dire(change: Changement) -> str:
    """Ce que l'on dit d'un changement : le prix, l'ancien et le nouveau, l'écart juste."""
    avant, apres = change.avant, change.apres
    if change.genre in (Genre.HAUSSE, Genre.BAISSE) and avant and apres:
        return f"{_prix(avant)}, puis {_prix(apres)} : {pourcent(change.dixiemes)}"
    if change.genre is Genre.UNITE and avant and apres:
        return f"{_prix(avant)}{_contenu(avant)}, puis {_prix(apres)}{_contenu(apres)}"
    if change.genre is Genre.REVU and apres and apres.prix_depuis:
        return f"{_prix(apres)}, {depuis(apres.prix_depuis)}"
    if change.genre is Genre.ABSENT:
        return f"Saison : {saison(apres.saison)}" if apres and saison(apres.saison) else ""
    return _prix(apres) if apres and change.genre is not Genre.PARTI else ""


def _prix(fiche: FichePassee) -> str:
    return f"{euros(centimes(fiche.prix))} {UNITES[fiche.unite]}"


def _contenu(fiche: FichePassee) -> str:
    return typographier(f" ({fiche.contenu})") if fiche.contenu else ""


def pourcent(dixiemes: int) -> str:
    r"""Un écart à lire : 71 → « + 7,1 % », -250 → « \u2212 25 % », 0 → « moins de 0,1 % »."""
    if dixiemes == 0:
        return "moins de 0,1\u00a0%"
    entier, reste = divmod(abs(dixiemes), 10)
    return f"{'+' if dixiemes > 0 else MOINS}\u00a0{entier}{f',{reste}' if reste else ''}\u00a0%"


# --- L'histoire d'un prix ---


def histoire_du_prix(histoire: Histoire, versions: Mapping[str, list[Version]], produit: Produit, maintenant: datetime) -> dict[str, Any]:
    """Pour la page d'un produit : la courbe, la table qui dit la même chose, et une phrase s'il n'y a rien à dessiner."""
    une = serie(produit, versions.get(produit.ref, []))
    lignes = [
        (
            f"{jour_du_mois(releve.jour)} {releve.jour.year}",
            f"{euros(centimes(releve.prix))} {UNITES[produit.unite]}",
            pourcent(ecart(avant.prix, releve.prix)) if avant else "",
        )
        for avant, releve in zip((None, *une.releves), une.releves)
    ]
    phrase = histoire.absente
    if not phrase and une.unite_depuis:
        phrase = f"Vendu autrement jusqu’au {jour_du_mois(une.unite_depuis)} {une.unite_depuis.year} : les prix d’avant ne se comparent pas."
    elif not phrase and len(lignes) < 2 and histoire.debut:
        debut = histoire.debut.astimezone(PARIS).date()
        phrase = f"Aucun autre prix connu : l’histoire de nos fiches commence le {jour_du_mois(debut)} {debut.year}."
    return {"courbe": courbe(une, maintenant.astimezone(PARIS).date(), litteral(produit.nom)), "lignes": lignes, "phrase": phrase}
