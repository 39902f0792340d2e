"""La commande à un·e producteur·rice, en texte : un tableau (CSV), des phrases à lire au téléphone, un mail prêt à envoyer.

Entre : une `CommandeProducteur`. Sort : des octets, les mêmes à chaque fois. Le mail s'ouvre comme un brouillon : il n'a
pas d'expéditeur, le logiciel de courrier y met celui de la personne qui l'envoie.
"""

from __future__ import annotations

import hashlib
import re
import textwrap
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from cabas.calculs import affichage
from cabas.calculs.commande_producteur import CommandeProducteur, LigneCommande
from cabas.calculs.mots_de_commande import d_une_ligne, livraison_dite, livraisons_dites, lots_dits, minimum_dit, prix_dit, titre_des_livraisons
from cabas.rendu.csv_francais import ecrire_csv, proteger
from cabas.rendu.tables import prix_csv
from cabas.typographie import INSECABLE, accorder, date_longue, enumerer, euros, euros_csv, nombre, nombre_csv, typographier

LARGEUR = 72
COLONNES = "produit;nom;lots;lot;quantite;unite;prix_unitaire;montant"


def commande_csv(commande: CommandeProducteur) -> bytes:
    """Le tableau, à la française : une ligne par produit, sans ligne de titre ni de total."""
    return ecrire_csv(
        COLONNES,
        (
            (
                ligne.produit,
                proteger(ligne.nom),
                "" if ligne.lots is None else str(ligne.lots),
                proteger(ligne.lot.replace(INSECABLE, " ")),
                nombre_csv(ligne.quantite),
                ligne.unite,
                prix_csv(ligne.prix),
                euros_csv(ligne.montant),
            )
            for ligne in commande.lignes
        ),
    )


def commande_txt(commande: CommandeProducteur) -> bytes:
    """Ce que l'on lit au téléphone : une phrase courte par produit, les lots d'abord, les unités en toutes lettres."""
    producteur = commande.producteur
    passer = commande.a_passer_le
    avant = [
        f"À : {d_une_ligne(producteur.nom)}, {d_une_ligne(producteur.commune)}.",
        f"Téléphone : {d_une_ligne(producteur.telephone)}." if producteur.telephone else "",
        f"À passer au plus tard le {date_longue(passer)} (délai de {accorder(producteur.delai_jours or 0, 'jour')})." if passer else "",
        f"Avant d’appeler : {minimum_dit(commande)}." if commande.manque_minimum else "",
    ]
    apres = [
        f"C’est tout : {accorder(len(commande.lignes), 'produit')}.",
        f"Total : {_somme_dite(commande.total)}, toutes taxes comprises{_consignes(commande)}.",
    ]
    blocs = [
        ["COMMANDE À LIRE AU TÉLÉPHONE"],
        avant,
        [f"Bonjour, j’appelle pour {commande.de}.", f"C’est pour la commande {commande.commande.id}, « {_titre(commande)} »."],
        *([_phrase(ligne)] for ligne in commande.lignes),
        apres,
        _livraisons(commande),
        [f"Pouvez-vous me redire les quantités, et me confirmer {_les_dates(commande)} ?"],
    ]
    return _composer(blocs).encode()


def commande_eml(commande: CommandeProducteur, pdf: bytes, tableau: bytes) -> bytes:
    """Le mail prêt à envoyer, PDF et CSV joints. Sans adresse valable dans la fiche, il n'a pas de destinataire."""
    nom = f"commande-{commande.commande.id}-{commande.producteur.slug}"
    texte = corps_du_mail(commande)
    empreinte = hashlib.sha256(b"\0".join((nom.encode(), texte.encode(), pdf, tableau))).hexdigest()
    message = EmailMessage(policy=SMTP)
    message["Subject"] = d_une_ligne(f"{_titre(commande)} ({commande.commande.id}) : {commande.producteur.nom}")
    if adresse := destinataire(commande.producteur.nom, commande.producteur.courriel):
        message["To"] = adresse
    message["Date"] = commande.arretee_le
    message["Message-ID"] = f"<{empreinte[:32]}@cabas.invalid>"
    message["X-Unsent"] = "1"  # certains logiciels ouvrent alors le fichier comme un brouillon
    message.set_content(texte, cte="quoted-printable")
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename=f"{nom}.pdf")
    message.add_attachment(tableau, maintype="text", subtype="csv", filename=f"{nom}.csv", params={"charset": "utf-8", "header": "present"})
    message.set_boundary(f"=_cabas-{empreinte[32:]}")
    return message.as_bytes()


_ADRESSE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


def destinataire(nom: str, courriel: str) -> Address | None:
    """L'adresse d'un mail ; `None` si ce n'en est pas une. Aucun texte de fiche ne peut y ajouter d'en-tête."""
    if len(courriel) > 254 or _ADRESSE.fullmatch(courriel) is None:
        return None
    compte, _arobase, domaine = courriel.partition("@")
    return Address(d_une_ligne(nom), compte, domaine)


def corps_du_mail(commande: CommandeProducteur) -> str:
    """Le texte du mail : la commande, les dates, ce que l'on demande, où répondre."""
    demandes = [f"Pouvez-vous nous confirmer les quantités, les prix et {_les_dates(commande)} ?"]
    if commande.manque_minimum:
        demandes.append(f"Nous savons qu’{minimum_dit(commande)} : pouvez-vous tout de même préparer cette commande ?")
    demandes.append("Si un produit manque, dites-le-nous dès que possible : nous préviendrons les personnes.")
    blocs = [
        ["Bonjour,"],
        [f"Voici ce que nous vous commandons ({_titre(commande)}, {commande.commande.id})."],
        [f"- {_resume(ligne)}" for ligne in commande.lignes],
        [f"Total : {euros(commande.total)} TTC{_consignes(commande)}."],
        _livraisons(commande),
        ["En pièces jointes : la commande à imprimer (PDF), avec ce qui revient à chaque groupement, et le même tableau (CSV)."],
        demandes,
        [f"Pour nous joindre : répondez à ce message{', ou écrivez à ' if commande.contacts else ''}{enumerer(commande.contacts, 'ou')}."],
        ["Merci pour votre travail, et à bientôt,", f"{commande.de[:1].upper()}{commande.de[1:]}"],
    ]
    return _composer(blocs)


def _titre(commande: CommandeProducteur) -> str:
    return d_une_ligne(commande.commande.titre)


def _consignes(commande: CommandeProducteur) -> str:
    return ", consignes en plus" if any(ligne.consigne for ligne in commande.lignes) else ""


def _les_dates(commande: CommandeProducteur) -> str:
    return "les dates" if len(list(livraisons_dites(commande))) > 1 else "la date"


def _livraisons(commande: CommandeProducteur) -> list[str]:
    sans_date = livraison_dite(None)
    dites = [f"- {jour if jour == sans_date else f'le {jour}'} : {noms}" for jour, noms in livraisons_dites(commande)]
    return [f"{titre_des_livraisons(commande)} :", *(dites or [f"- {sans_date}"])]


def _resume(ligne: LigneCommande) -> str:
    """« 3 sacs de 25 kg : Lentilles vertes (75 kg à 3,60 €/kg) »."""
    quantite, lots = affichage.mesurer(ligne.quantite, ligne.unite), lots_dits(ligne)
    return f"{lots or quantite} : {ligne.libelle} ({f'{quantite} à ' if lots else ''}{prix_dit(ligne)})"


def _phrase(ligne: LigneCommande) -> str:
    """« 3 sacs de 25 kilos : Lentilles vertes. En tout, 75 kilos. »"""
    quantite, lots = affichage.mesurer(ligne.quantite, ligne.unite), lots_dits(ligne)
    phrase = f"{lots or quantite} : {ligne.libelle}."
    if lots and not (ligne.lots == 1 and quantite.replace(INSECABLE, " ") in lots.replace(INSECABLE, " ")):
        phrase += f" En tout, {quantite}."
    return epeler(phrase)


_UNITES_DITES = {"kg": "kilo", "g": "gramme", "l": "litre", "cl": "centilitre", "ml": "millilitre"}
_MESURE = re.compile(r"(?P<entier>\d+)(?P<reste>,\d+)?[ \u00a0\u202f](?P<unite>kg|g|cl|ml|l)\b", re.IGNORECASE)


def epeler(phrase: str) -> str:
    """Les unités en toutes lettres, pour que la voix ne bute pas : « 25 kg » → « 25 kilos », « 1,5 L » → « 1,5 litre »."""

    def dire(mesure: re.Match[str]) -> str:
        mot = _UNITES_DITES[mesure["unite"].lower()] + ("s" if int(mesure["entier"]) > 1 else "")
        return f"{mesure['entier']}{mesure['reste'] or ''}{INSECABLE}{mot}"

    return _MESURE.sub(dire, phrase)


def _somme_dite(montant: int) -> str:
    """« 1 234 euros et 50 centimes »."""
    entiers, reste = divmod(montant, 100)
    dite = f"{nombre(entiers)}{INSECABLE}euro{'s' if entiers > 1 else ''}"
    return f"{dite} et {accorder(reste, 'centime')}" if reste else dite


def _composer(blocs: list[list[str]]) -> str:
    """Des paragraphes d'au plus 72 signes de large, séparés par une ligne vide. Une phrase vide est passée."""
    paragraphes = []
    for bloc in blocs:
        lignes = [
            ligne
            for phrase in bloc
            for ligne in textwrap.wrap(
                typographier(phrase), LARGEUR, subsequent_indent="  " if phrase.startswith("- ") else "", break_on_hyphens=False
            )
        ]
        if lignes:
            paragraphes.append("\n".join(lignes))
    return "\n\n".join(paragraphes) + "\n"
