"""Ce qu'on vérifie sur les commandes et leurs fenêtres."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from cabas.calculs.offre import choisis, en_saison, jour_de_livraison, mois_de_livraison, proposes
from cabas.controles.base import Contexte, Fait
from cabas.modele import Commande, Fenetre
from cabas.temps import PARIS
from cabas.typographie import MOIS, accorder, date_longue, enumerer, instant_long


def _fenetres(contexte: Contexte) -> Iterator[tuple[Commande, Fenetre]]:
    for commande in contexte.depot.commandes.values():
        for fenetre in commande.fenetres:
            yield commande, fenetre


def fenetre_desordre(contexte: Contexte) -> Iterator[Fait]:
    """Les dates se suivent-elles : ouverture, clôture, livraison, distribution ?"""
    for _commande, fenetre in _fenetres(contexte):
        distribution = fenetre.distribution
        if not fenetre.ouverture < fenetre.cloture:
            yield _desordre(fenetre, "cloture", "ferme", fenetre.cloture, "après son ouverture", fenetre.ouverture)
        if fenetre.livraison and not fenetre.cloture < fenetre.livraison:
            yield _desordre(fenetre, "livraison", "est livrée", fenetre.livraison, "après la clôture", fenetre.cloture)
        if distribution and distribution.debut < (fenetre.livraison or fenetre.cloture):
            yield _desordre(fenetre, "distribution", "est distribuée", distribution.debut, "après la livraison", fenetre.livraison or fenetre.cloture)
        if distribution and not distribution.debut < distribution.fin:
            yield _desordre(fenetre, "distribution", "finit de se distribuer", distribution.fin, "après le début", distribution.debut)


def _desordre(fenetre: Fenetre, champ: str, verbe: str, instant: datetime, attendu: str, autre: datetime) -> Fait:
    return Fait(
        fenetre.source.a(champ),
        f"La commande de {fenetre.groupement} {verbe} le {_quand(instant)} : il faut que ce soit {attendu}, le {_quand(autre)}.",
        "Corriger l’une des deux dates.",
    )


def _quand(instant: datetime) -> str:
    """Une livraison sans heure se dit sans heure."""
    local = instant.astimezone(PARIS)
    return instant_long(instant) if local.hour or local.minute else date_longue(local.date())


def fenetre_en_double(contexte: Contexte) -> Iterator[Fait]:
    """Chaque groupement n'a-t-il qu'une fenêtre par commande ?"""
    for commande in contexte.depot.commandes.values():
        for groupement, compte in Counter(fenetre.groupement for fenetre in commande.fenetres).items():
            if compte > 1:
                yield Fait(
                    commande.source.a("fenetres"),
                    f"{groupement} a {compte} fenêtres dans cette commande.",
                    "N’en garder qu’une, ou faire deux commandes.",
                )


def creneau_faux(contexte: Contexte) -> Iterator[Fait]:
    """Chaque créneau tient-il dans sa distribution ?"""
    for _commande, fenetre in _fenetres(contexte):
        for creneau in fenetre.creneaux:
            if creneau.debut >= creneau.fin:
                yield Fait(fenetre.source.a("creneaux"), f"Le créneau {creneau.code} finit avant d’avoir commencé.", "Corriger ses heures.")
            elif fenetre.distribution and not (
                fenetre.distribution.debut.astimezone(PARIS).time() <= creneau.debut
                and creneau.fin <= fenetre.distribution.fin.astimezone(PARIS).time()
            ):
                yield Fait(
                    fenetre.source.a("creneaux"),
                    f"Le créneau {creneau.code} sort des heures de la distribution.",
                    "Corriger ses heures, ou celles de la distribution.",
                )


def creneau_adhesion(contexte: Contexte) -> Iterator[Fait]:
    """Chaque créneau réservé l'est-il à une adhésion du groupement ?"""
    for _commande, fenetre in _fenetres(contexte):
        groupement = contexte.depot.groupements.get(fenetre.groupement)
        codes = {adhesion.code for adhesion in groupement.adhesions} if groupement else set()
        for creneau in fenetre.creneaux:
            if groupement and creneau.adhesion and creneau.adhesion not in codes:
                yield Fait(
                    fenetre.source.a("creneaux"),
                    f"Le créneau {creneau.code} est réservé à « {creneau.adhesion} », qui n’est pas une adhésion de {groupement.nom}.",
                    f"Choisir {enumerer(sorted(codes), 'ou')}.",
                )


def produit_inconnu(contexte: Contexte) -> Iterator[Fait]:
    """Chaque produit et chaque producteur·rice cités dans une commande existent-ils ?"""
    for commande in contexte.depot.commandes.values():
        depot, fige = contexte.pour(commande), contexte.figes.get(commande.id)
        produits, producteurs = (depot.produits, fige and fige.present.produits), (depot.producteurs, fige and fige.present.producteurs)
        for champ, cites, (connus, presents), ou in (
            ("produits", commande.produits.refs, produits, "au catalogue"),
            ("sauf", commande.sauf, produits, "au catalogue"),
            ("produits", commande.produits.producteurs, producteurs, "dans l’annuaire des producteur·rices"),
        ):
            for cite in cites:
                if cite not in connus:
                    quoi = f"{champ} : « {cite} »"
                    absent = f"{quoi} n’est pas {ou}.", f"Corriger {'la ref' if connus is depot.produits else 'le nom'}, ou créer la fiche."
                    fait, remede = pas_encore_la(commande, quoi, ou) if presents and cite in presents else absent
                    yield Fait(commande.source.a(champ), fait, remede)


def pas_encore_la(commande: Commande, quoi: str, ou: str) -> tuple[str, str]:
    """Ce qui s'est passé et que faire, quand une commande ouverte nomme une fiche faite depuis. `quoi` : « produits : « miel » »."""
    fait = f"{quoi} n’était pas {ou} à l’ouverture ({commande.catalogue}) : la commande garde les fiches d’alors."
    return fait, f"L’ôter de la commande ; ou cabas ouvrir {commande.id} --annuler, enregistrer, puis rouvrir."


def produit_indisponible(contexte: Contexte) -> Iterator[Fait]:
    """Chaque produit choisi nommément est-il disponible ?"""
    for commande in contexte.depot.commandes.values():
        for ref in commande.produits.refs:
            produit = contexte.pour(commande).produits.get(ref)
            if produit and not produit.disponible and ref not in commande.sauf:
                yield Fait(
                    commande.source.a("produits"),
                    f"{produit.nom} n’est pas disponible : il ne sera pas proposé.",
                    "L’ôter de la commande, ou corriger « disponible » sur sa fiche.",
                )


def produit_hors_saison(contexte: Contexte) -> Iterator[Fait]:
    """Chaque produit choisi nommément est-il de saison au mois de la livraison ?"""
    for commande in contexte.depot.commandes.values():
        mois = mois_de_livraison(commande)
        for ref in commande.produits.refs:
            produit = contexte.pour(commande).produits.get(ref)
            if produit and ref not in commande.sauf and not en_saison(produit, mois):
                noms = enumerer([MOIS[numero - 1] for numero in sorted(mois)], "ou")
                yield Fait(
                    commande.source.a("produits"),
                    f"{produit.nom} n’est pas de saison en {noms} : il ne sera pas proposé.",
                    "L’ôter de la commande, ou corriger « saison » sur sa fiche.",
                )


def commande_vide(contexte: Contexte) -> Iterator[Fait]:
    """Chaque commande propose-t-elle au moins un produit, à au moins un groupement ?"""
    for commande in contexte.depot.commandes.values():
        if not commande.fenetres:
            yield Fait(commande.source.a("fenetres"), "La commande n’a aucune fenêtre.", "Ajouter une fenêtre par groupement.")
        elif not proposes(contexte.pour(commande), commande):
            yield Fait(commande.source.a("produits"), "La commande ne propose aucun produit.", "Vérifier produits, sauf, et la saison des produits.")


def sauf_inutile(contexte: Contexte) -> Iterator[Fait]:
    """Chaque produit écarté par « sauf » serait-il proposé sans cela ?"""
    for commande in contexte.depot.commandes.values():
        sans = {produit.ref for produit in choisis(contexte.pour(commande), _sans_sauf(commande))}
        for ref in commande.sauf:
            if ref in contexte.pour(commande).produits and ref not in sans:
                yield Fait(commande.source.a("sauf"), f"« {ref} » n’était pas choisi : « sauf » ne sert à rien ici.", "L’ôter de la liste.")


def _sans_sauf(commande: Commande) -> Commande:
    return Commande(commande.id, commande.titre, commande.produits, commande.fenetres)


def delai_trop_court(contexte: Contexte) -> Iterator[Fait]:
    """Reste-t-il à chaque producteur·rice le délai demandé entre la clôture et la livraison ?"""
    for commande, fenetre in _fenetres(contexte):
        depot = contexte.pour(commande)
        if fenetre.livraison is None or fenetre.livraison < contexte.maintenant:
            continue
        jours = (jour_de_livraison(fenetre) - fenetre.cloture.astimezone(PARIS).date()).days
        slugs = sorted({produit.producteur for produit in proposes(depot, commande)})
        presses = [producteur for slug in slugs if (producteur := depot.producteurs.get(slug)) and (producteur.delai_jours or 0) > jours]
        if presses:
            noms = enumerer([f"{producteur.nom} ({accorder(producteur.delai_jours or 0, 'jour')})" for producteur in presses])
            groupement = contexte.depot.groupements.get(fenetre.groupement)
            nom = groupement.nom if groupement else fenetre.groupement
            yield Fait(
                fenetre.source.a("livraison"),
                f"{nom} est livré {accorder(jours, 'jour')} après la clôture. Il faut plus à : {noms}.",
                "Avancer la clôture, reculer la livraison, ou prévenir.",
            )
