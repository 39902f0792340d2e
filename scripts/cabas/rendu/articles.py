"""Ce que la page du bon dit de chaque produit, rubrique par rubrique, dans la langue de qui lit.

Entre : le dépôt, une commande, un groupement, une `Langue`. Sort : des mots, sans balise sauf l'attribut `lang` d'un nom resté
en français. À plusieurs tarifs, les prix se suivent dans l'ordre des tarifs (« 1,26 · 1,54 €/kg ») : le script montre le bon.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from cabas.argent import centimes
from cabas.calculs import affichage
from cabas.calculs.etat_provisoire import le_lot, lot_a_completer
from cabas.calculs.offre import maximum_par_bon, par_rubrique, prix_de_mesure, prix_unitaire, proposes
from cabas.etats import EtatDesLots
from cabas.modele import Commande, Depot, Fenetre, Groupement, Produit
from cabas.quantites import MILLE
from cabas.rendu.langues import Langue
from cabas.temps import PARIS
from cabas.typographie import INSECABLE, euros, heure, jour_du_mois

SEPARE = " · "
EN_FRANCAIS = Markup(' lang="fr"')


def ecrire_rayons(
    depot: Depot, commande: Commande, groupement: Groupement, langue: Langue, photos: frozenset[str] = frozenset()
) -> list[dict[str, object]]:
    """Les rubriques et leurs articles, dans l'ordre du catalogue. `photos` : celles que le site sert."""
    noms = {} if langue.est_francaise else depot.traductions.get(langue.code, {})
    return [
        {
            "code": rubrique.code,
            **_nommer(noms.get(f"rubriques/{rubrique.code}"), rubrique.nom, langue),
            "articles": [
                _article(depot, commande, groupement, produit, noms.get(f"produits/{produit.ref}"), langue)
                | {"photo": produit.photo if produit.photo in photos else ""}
                for produit in liste
            ],
        }
        for rubrique, liste in par_rubrique(depot, proposes(depot, commande))
    ]


def ecrire_creneaux(fenetre: Fenetre, groupement: Groupement, langue: Langue) -> list[tuple[str, str]]:
    """Les créneaux à choisir : (code, « de 16 h à 16 h 30, Habitant·e du quartier »)."""
    noms = {adhesion.code: adhesion.nom for adhesion in groupement.adhesions}
    return [
        (un.code, langue.creneau(un.debut, un.fin) + (f", {noms.get(un.adhesion, un.adhesion)}" if un.adhesion else "")) for un in fenetre.creneaux
    ]


def _nommer(traduit: str | None, francais: str, langue: Langue) -> dict[str, object]:
    """Le nom à montrer ; en français, et dit comme tel, s'il n'est pas traduit."""
    return {"nom": traduit or francais, "fr": "" if traduit or langue.est_francaise else EN_FRANCAIS}


def _article(depot: Depot, commande: Commande, groupement: Groupement, produit: Produit, traduit: str | None, langue: Langue) -> dict[str, object]:
    """Un produit tel que la page le montre."""
    producteur = depot.producteurs.get(produit.producteur)
    complet = affichage.nom_complet(produit)
    if traduit:
        contenu = produit.contenu and complet != produit.nom and complet.removeprefix(f"{produit.nom}, ")
        traduit = f"{traduit}, {_contenu(contenu, langue)}" if contenu else traduit
    en_francais = [", ".join(filter(None, [producteur.nom if producteur else "", affichage.provenance(depot, produit)])), ", ".join(produit.labels)]
    maximum = maximum_par_bon(produit, commande)
    dits = [
        "" if produit.pas == MILLE else langue.dire("pas", q=langue.mesurer(produit.pas, produit.unite)),
        "" if maximum is None else langue.dire("maximum", q=langue.mesurer(maximum, produit.unite)),
        "" if produit.consigne is None else langue.dire("consigne", prix=euros(centimes(produit.consigne))),
        langue.dire("coupe") if produit.vente == "coupe" else "",
    ]
    if langue.est_francaise:
        dits, en_francais = dits + en_francais, []
    elif traduit:
        en_francais = [complet, *en_francais]
    allergenes = langue.enumerer(langue.faits["allergenes"].get(code, code) for code in produit.allergenes)
    return {
        **_nommer(traduit, complet, langue),
        "ref": produit.ref,
        "unite": langue.faits["unites"][produit.unite],
        "dits": [dit for dit in dits if dit],
        "dits_en_francais": [dit for dit in en_francais if dit],
        "allergenes": langue.dire("allergenes", liste=allergenes) if allergenes else "",
        **_prix(produit, groupement, langue),
        "lot": _lot(produit, langue),
        "manque": _manque(produit, depot.etats.get(commande.id), langue),
    }


def _manque(produit: Produit, etat: EtatDesLots | None, langue: Langue) -> str:
    """« Il manque 3 kg pour compléter le sac de 25 kg (au 21 novembre, 18 h). » ; vide s'il n'y a rien à en dire."""
    lot = lot_a_completer(produit, etat)
    if lot is None or etat is None or lot.manque is None:
        return ""
    instant = etat.instant.astimezone(PARIS)
    if langue.est_francaise:
        quel, quand = le_lot(produit, lot.lot), f"{jour_du_mois(instant.date())}, {heure(instant)}"
    else:
        quel, quand = langue.mesurer(lot.lot, produit.unite), langue.instant(instant)
    return langue.dire("manque", q=langue.mesurer(lot.manque, produit.unite), lot=quel, date=quand)


def _contenu(contenu: str, langue: Langue) -> str:
    """« 250 g », « 33 cL », « 50 pièces », avec les unités de la langue."""
    nombre, _, mot = contenu.replace(INSECABLE, " ").rpartition(" ")
    return f"{nombre}{INSECABLE}{langue.faits['unites'].get({'pièce': 'piece', 'pièces': 'pieces'}.get(mot, mot), mot)}"


def _prix(produit: Produit, groupement: Groupement, langue: Langue) -> dict[str, str]:
    """Le prix de l'unité à chaque tarif, et celui du kilo ou du litre pour une pièce."""
    unites = langue.faits["unites"]
    prix = _suite([prix_unitaire(produit, tarif) for tarif in groupement.tarifs])
    mesures = [prix_de_mesure(produit, tarif) for tarif in groupement.tarifs] if produit.unite == "piece" else []
    sues = [mesure for mesure in mesures if mesure]
    return {
        "prix": prix if produit.unite == "piece" else f"{prix}/{unites[produit.unite]}",
        "mesure": f"{_suite([montant for montant, _unite in sues])}/{unites[sues[0][1]]}" if sues else "",
    }


def _suite(montants: Sequence[int]) -> str:
    """« 1,26 · 1,54 € » ; « 1,26 € » si tous sont égaux."""
    if len(set(montants)) == 1:
        return euros(montants[0])
    return SEPARE.join(euros(montant).removesuffix(f"{INSECABLE}€") for montant in montants) + f"{INSECABLE}€"


def _lot(produit: Produit, langue: Langue) -> tuple[str, str] | None:
    """Ce qui précède et ce qui suit la case « en plus » d'un produit vendu par lots entiers. Hors du français, le lot est sa taille."""
    lu = affichage.lot_lisible(produit)
    if not lu or produit.lot is None:
        return None
    lot = lu if langue.est_francaise else langue.mesurer(produit.lot.quantite, produit.unite)
    avant, _, apres = langue.dire("tolerance", lot=lot, case="\0").partition("\0")
    return avant, apres
