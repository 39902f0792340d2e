"""Le bon papier : un A4 noir et blanc à remplir au stylo, où le prix imprimé est celui que l'on paie.

Entre : le dépôt, une commande, un groupement, un tarif. Sort : les octets d'un PDF balisé. En 12 points, la mise en page se
resserre jusqu'à tenir sur une feuille recto verso ; en gros caractères, elle prend la place qu'il lui faut.

Ce qui se répète n'est dit qu'une fois : le pas le plus courant en tête, l'origine la plus courante dans le titre de la
rubrique. Les allergènes, eux, sont toujours à côté du produit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from cabas.calculs import affichage, envoi
from cabas.calculs.offre import maximum_par_bon, par_rubrique, proposes
from cabas.documents.code_qr import adresse_du_bon, code_qr, identite_de_feuille
from cabas.documents.composition import composer
from cabas.documents.serrage import EN_GROS, GABARIT, GROS, Serrage, composer_serre
from cabas.modele import Commande, Creneau, Depot, Fenetre, Groupement, Produit, Tarif
from cabas.quantites import MILLE
from cabas.typographie import INSECABLE, enumerer, instant_long, plage, typographier

_LETTRES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def bon_pdf(
    depot: Depot, commande: Commande, groupement: Groupement, tarif: Tarif, corps: int = 12, revision: str = "", site_url: str = ""
) -> bytes:  # fmt: skip
    """Le PDF du bon à un tarif. `corps` : taille de la lettre en points, 12, ou 16 pour les gros caractères.

    `site_url` : l'adresse publique du site, pour le code QR du bon en ligne ; vide, ce code n'est pas imprimé.
    """
    donnees = donnees_du_bon(depot, commande, groupement, tarif, revision, site_url)
    if corps >= GROS:
        return composer(GABARIT, mettre_en_page(donnees, corps, EN_GROS._replace(petit=corps), colonnes=1))
    return composer_serre(donnees, corps, mettre_en_page)


def carnet_pdf(
    depot: Depot, commande: Commande, groupement: Groupement, tarif: Tarif, numeros: Iterable[int], site_url: str = ""
) -> bytes:  # fmt: skip
    """Un carnet : un bon par numéro, chacun sur sa feuille, prêt à imprimer recto verso. Le numéro est écrit, et dans le code QR."""
    donnees = donnees_du_bon(depot, commande, groupement, tarif, "", site_url)
    lettre = serie(groupement, tarif)
    return composer_serre({**donnees, "numeros": [f"{numero}{lettre}" for numero in numeros]}, 12, mettre_en_page)


def serie(groupement: Groupement, tarif: Tarif) -> str:
    """La lettre d'un tarif, à la suite des numéros : deux carnets du même groupement n'ont pas de bon en commun. Vide s'il n'y a qu'un tarif."""
    return _LETTRES[groupement.tarifs.index(tarif) % len(_LETTRES)] if len(groupement.tarifs) > 1 else ""


def mettre_en_page(donnees: dict[str, Any], corps: int, serrage: Serrage, colonnes: int = 2) -> dict[str, Any]:
    """Ce que lit le gabarit : les mots, les mesures, les codes QR, et une feuille par numéro (une seule, sans numéro, à défaut)."""
    adresse = donnees["adresse"]
    en_ligne = {**code_qr(adresse, f"Code QR du bon en ligne : {adresse}"), "lisible": adresse.partition("//")[2]} if adresse else None
    feuilles = [_feuille(donnees, numero) for numero in donnees.get("numeros", ("",))]
    return {**donnees, **serrage._asdict(), "corps": corps, "colonnes": colonnes, "en_ligne": en_ligne, "feuilles": feuilles}


def _feuille(donnees: dict[str, Any], numero: str) -> dict[str, Any]:
    """Ce qui distingue une feuille : son numéro, son code, son pied."""
    faits = donnees["feuille"]
    contenu = identite_de_feuille(faits["commande"], faits["groupement"], faits["lettre"], numero)
    dit = f", bon n°{INSECABLE}{numero}" if numero else f", bon {faits['serie']}" if faits["serie"] else ""
    return {
        "numero": numero,
        "code": code_qr(contenu, f"Code QR de cette feuille : {contenu}"),
        "pied": typographier(f"{donnees['groupement']}, commande {faits['commande']}{dit}{faits['revision']}"),
    }


def donnees_du_bon(
    depot: Depot, commande: Commande, groupement: Groupement, tarif: Tarif, revision: str, site_url: str = ""
) -> dict[str, Any]:  # fmt: skip
    """Tout ce qu'imprime le gabarit, en mots. Rien n'y dit le nom du tarif : une lettre suffit à la permanence."""
    fenetre = commande.fenetre(groupement.slug)
    if fenetre is None:
        raise ValueError(f"La commande {commande.id} n’a pas de fenêtre pour {groupement.slug}.")
    produits = proposes(depot, commande)
    pas = _pas_courants(produits)
    numeros = {produit.ref: rang for rang, produit in enumerate(produits, 1)}
    rayons = [_rayon(depot, commande, rubrique.nom, liste, tarif, pas, numeros) for rubrique, liste in par_rubrique(depot, produits)]
    distribution = fenetre.distribution
    dits = {
        "groupement": groupement.nom,
        "commande": commande.titre,
        "mot": groupement.mot_cellule.capitalize(),
        "cloture": instant_long(fenetre.cloture),
        "rendre": _ou_rendre(groupement),
        "distribution": plage(distribution.debut, distribution.fin) if distribution else "la date vous sera dite",
        "lieu": affichage.lieu_de_distribution(fenetre, groupement),
        "mode": _mode_d_emploi(pas),
        "lots": any(affichage.lot_lisible(produit) for produit in produits),
        "a_savoir": _a_savoir(produits),
        "question": _a_qui_demander(groupement),
        "donnees": _donnees_personnelles(groupement),
    }
    return {
        **{nom: typographier(dit) if isinstance(dit, str) else dit for nom, dit in dits.items()},
        "titre": f"Bon de commande, {groupement.nom}, {commande.titre}",
        "auteur": groupement.structure or groupement.nom,
        "date": list(fenetre.ouverture.timetuple()[:3]),
        "adresse": adresse_du_bon(site_url, commande.id, groupement.slug),
        "feuille": {
            "commande": commande.id,
            "groupement": groupement.slug,
            "lettre": _LETTRES[groupement.tarifs.index(tarif) % len(_LETTRES)],
            "serie": serie(groupement, tarif),
            "revision": f", catalogue {revision}" if revision else "",
        },
        "creneaux": [_heures(creneau) for creneau in _creneaux(fenetre, groupement, tarif)],
        "rayons": rayons,
    }


def _pas_courants(produits: list[Produit]) -> dict[str, int]:
    """Le pas le plus courant de chaque unité : on ne le répète pas à chaque ligne."""
    pas: dict[str, Counter[int]] = {}
    for produit in produits:
        pas.setdefault(produit.unite, Counter())[produit.pas] += 1
    return {unite: compte.most_common(1)[0][0] for unite, compte in pas.items()}


def _mode_d_emploi(pas: dict[str, int]) -> str:
    mots = {"kg": "au kilo", "L": "au litre"}
    par = [f"{mot} par {affichage.mesurer(pas[unite], unite)}" for unite, mot in mots.items() if pas.get(unite, MILLE) != MILLE]
    phrases = [
        "Écrivez la quantité dans la case.",
        "Le prix est celui de l’unité imprimée dedans.",
        f"On commande {enumerer(par)}, sauf mention." if par else "",
        "L’origine du titre vaut pour sa rubrique, sauf mention.",
    ]
    return " ".join(filter(None, phrases))


def _a_savoir(produits: list[Produit]) -> str:
    """Ce qui peut changer le prix à payer le jour venu."""
    dits = []
    if any(produit.vente == "coupe" for produit in produits):
        dits.append("Un produit coupé sur place est pesé : son prix peut changer un peu.")
    if any(produit.consigne is not None for produit in produits):
        dits.append("La consigne se paie en plus, et se rend avec le contenant.")
    return " ".join(dits)


def _ou_rendre(groupement: Groupement) -> str:
    lieux = [f"à la permanence ({groupement.permanence})"] if groupement.permanence else []
    if contact := envoi.contact(groupement):
        lieux.append(f"ou sa photo à {contact}" if lieux else f"sa photo à {contact}")
    return ", ".join(lieux)


def _a_qui_demander(groupement: Groupement) -> str:
    """Sur le talon : la feuille rendue, c'est tout ce qui reste."""
    lieux = [f"la permanence ({groupement.permanence})"] if groupement.permanence else []
    lieux += [groupement.reponse] if "@" in groupement.reponse else []
    return f"Une question, un changement : {', ou '.join(lieux)}." if lieux else ""


def _donnees_personnelles(groupement: Groupement) -> str:
    qui = f"{groupement.nom} ({groupement.structure})" if groupement.structure else groupement.nom
    contact, service = envoi.contact(groupement) or "la permanence", envoi.service(groupement)
    passe = f" Un bon envoyé depuis la page passe par {envoi.hote(service)}." if service else ""
    return (
        f"Vos données : votre nom, votre contact et votre commande restent au groupement {qui}, pour préparer la distribution et vous "
        f"prévenir. Le détail est effacé une fois les comptes faits. Pour les voir, les corriger ou les effacer : {contact}.{passe}"
    )


def _creneaux(fenetre: Fenetre, groupement: Groupement, tarif: Tarif) -> list[Creneau]:
    """Les créneaux ouverts à qui paie ce tarif ; tous, si aucun ne l'est."""
    ouvertes = {"", *(adhesion.code for adhesion in groupement.adhesions if adhesion.tarif == tarif.code)}
    return [creneau for creneau in fenetre.creneaux if creneau.adhesion in ouvertes] or list(fenetre.creneaux)


def _heures(creneau: Creneau) -> str:
    """« 16 h à 16 h 30 »."""
    return f"{affichage.heure_seule(creneau.debut)}{INSECABLE}à{INSECABLE}{affichage.heure_seule(creneau.fin)}"


def _rayon(
    depot: Depot, commande: Commande, nom: str, produits: list[Produit], tarif: Tarif, pas: dict[str, int], numeros: dict[str, int]
) -> dict[str, Any]:
    """Une rubrique. Son titre porte l'origine d'au moins la moitié de ses produits, s'ils sont trois ou plus. `numeros` : leur rang
    parmi les produits proposés, celui que l'on tape à la permanence.
    """
    (courante, compte), *_ = Counter(affichage.provenance(depot, produit) for produit in produits).most_common(1)
    origine = courante if compte >= 3 and 2 * compte >= len(produits) else ""
    lignes = [{"numero": numeros[produit.ref], **_ligne(depot, commande, produit, tarif, pas, origine)} for produit in produits]
    return {"nom": typographier(nom), "origine": origine, "produits": lignes}


def _ligne(depot: Depot, commande: Commande, produit: Produit, tarif: Tarif, pas: dict[str, int], origine: str) -> dict[str, Any]:
    contenu, provenance, maximum = _contenu(produit), affichage.provenance(depot, produit), maximum_par_bon(produit, commande)
    dits = [
        ", ".join(dit for dit in (contenu, _mesure(produit, tarif)) if dit),
        "" if provenance == origine else provenance,
        "" if produit.pas == pas[produit.unite] else f"par {affichage.mesurer(produit.pas, produit.unite)}",
        "" if maximum is None else f"max. {affichage.mesurer(maximum, produit.unite)}",
        affichage.consigne_lisible(produit),
    ]
    return {
        "nom": typographier(produit.nom),
        "lot": bool(affichage.lot_lisible(produit)),
        "prix": affichage.prix_lisible(produit, tarif).partition(INSECABLE)[0],
        "unite": affichage.COURT[produit.unite],
        "allergenes": affichage.allergenes(produit),
        "dits": [dit for dit in dits if dit],
    }


def _contenu(produit: Produit) -> str:
    """Le contenu d'une pièce, s'il n'est pas déjà dans son nom."""
    contenu = affichage.contenu_lisible(produit)
    return "" if affichage.nom_complet(produit) == produit.nom else contenu


def _mesure(produit: Produit, tarif: Tarif) -> str:
    """Le prix au kilo ou au litre ; rien quand la pièce fait juste un kilo ou un litre, et que son prix le dit déjà."""
    mesure = affichage.mesure_lisible(produit, tarif)
    return "" if mesure.partition("/")[0] == affichage.prix_lisible(produit, tarif) else mesure
