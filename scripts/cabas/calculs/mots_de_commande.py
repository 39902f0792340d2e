"""Les mots d'une commande à un·e producteur·rice : lots, prix, dates. Le papier, le mail et le téléphone disent la même chose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from cabas.argent import centimes
from cabas.calculs.affichage import nom_complet, nom_du_lot
from cabas.modele import Lot, Produit
from cabas.motifs import motif
from cabas.temps import PARIS
from cabas.typographie import INSECABLE, accorder, date_longue, enumerer, euros, instant_long

if TYPE_CHECKING:
    from cabas.calculs.commande_producteur import CommandeProducteur, LigneCommande

_COUPURES = motif(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def d_une_ligne(texte: str) -> str:
    """Un texte sans saut de ligne ni caractère de commande : il ne peut ni casser un en-tête de mail, ni une phrase."""
    return _COUPURES.sub(" ", texte).strip()


def libelle(produit: Produit) -> str:
    """Le nom d'un produit pour qui le prépare : « Purée d'amande, 300 g »."""
    return d_une_ligne(nom_complet(produit))


def lots_dits(ligne: LigneCommande) -> str:
    """« 3 sacs de 25 kg », « 2 sacs de 25 kg et 1 de 5 kg » ; vide quand la quantité ne fait pas des lots entiers."""
    if ligne.detail:
        return ligne.detail
    return "" if ligne.lots is None else accorder(ligne.lots, ligne.lot, pluriel(ligne.lot))


def compte_dit(produit: Produit, compte: Iterable[tuple[int, Lot]]) -> str:
    """Plusieurs lots d'un même produit : « 2 sacs de 25 kg et 1 de 5 kg ». Le contenant ne se répète pas."""
    dits: list[str] = []
    contenant = ""
    for nombre, lot in compte:
        if not nombre:
            continue
        nom = d_une_ligne(nom_du_lot(produit, lot))
        mot, espace, suite = nom.partition(" ")
        dits.append(f"{nombre}{INSECABLE}{suite}" if espace and mot == contenant else accorder(nombre, nom, pluriel(nom)))
        contenant = mot
    return enumerer(dits)


_DEVANT = frozenset({"demi", "double", "grand", "grande", "gros", "grosse", "petit", "petite"})


def pluriel(nom: str) -> str:
    """Le nom d'un lot au pluriel : seul le contenant s'accorde, avec l'adjectif qui le précède.

    >>> pluriel("sac de 25 kg"), pluriel("seau de 5 kg"), pluriel("petit bocal"), pluriel("demi-meule")
    ('sacs de 25 kg', 'seaux de 5 kg', 'petits bocaux', 'demi-meules')
    """
    mot, espace, suite = nom.partition(" ")
    if mot in _DEVANT and suite:
        suite = pluriel(suite)
    if mot.endswith("al"):
        mot = f"{mot[:-2]}aux"
    elif not mot.endswith(("s", "x", "z")):
        mot += "x" if mot.endswith(("au", "eu")) else "s"
    return mot + espace + suite


def prix_dit(ligne: LigneCommande) -> str:
    """Le prix coûtant, exact : « 14,80 €/kg », « 0,285 € » pour une pièce."""
    exact = ligne.prix * 100 == centimes(ligne.prix)
    dit = euros(centimes(ligne.prix)) if exact else f"{format(ligne.prix.normalize(), 'f').replace('.', ',')}{INSECABLE}€"
    return dit if ligne.unite == "piece" else f"{dit}/{ligne.unite}"


def minimum_dit(commande: CommandeProducteur) -> str:
    """« il manque 35,20 € pour atteindre le minimum de 150 € » ; vide s'il est atteint."""
    if not commande.manque_minimum:
        return ""
    minimum = euros(centimes(commande.producteur.minimum or Decimal(0))).replace(",00", "")
    return f"il manque {euros(commande.manque_minimum)} pour atteindre le minimum de {minimum}"


def livraison_dite(livraison: datetime | None) -> str:
    """« mercredi 16 décembre 2026 », avec l'heure s'il y en a une ; « date à convenir » sinon."""
    if livraison is None:
        return "date à convenir"
    local = livraison.astimezone(PARIS)
    return instant_long(livraison) if local.hour or local.minute else date_longue(local.date())


def livraisons_dites(commande: CommandeProducteur) -> Iterator[tuple[str, str]]:
    """Chaque date et qui l'attend : « mercredi 16 décembre 2026 », « La Remise (Colomiers) et Les Tilleuls (Villefranche) »."""
    par_date: dict[str, list[str]] = {}
    for une in commande.destinations:
        par_date.setdefault(livraison_dite(une.livraison), []).append(f"{une.nom} ({une.commune})" if une.commune else une.nom)
    for jour, noms in par_date.items():
        yield jour, enumerer(noms)


def titre_des_livraisons(commande: CommandeProducteur) -> str:
    """Qui se déplace : le producteur ou la productrice, ou nous."""
    if not commande.a_chercher:
        return "Livraison attendue"
    commune = d_une_ligne(commande.producteur.commune)
    return f"Nous viendrons chercher la commande{' à ' + commune if commune else ''}, avant ces livraisons"
