"""Le bon d'un groupement, dit comme une suite de questions : la matière commune à tous les services de formulaires.

Entre : le dépôt, une commande, un groupement. Sort : un `Formulaire`, en mots, espaces ordinaires, sans saut de ligne. Les intitulés sont
ceux que nos lecteurs reconnaissent : un rôle connu, la ref entre crochets, ou « (t-ref) » pour une tolérance (contrats.md §4).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from cabas.calculs import affichage
from cabas.calculs.mots_de_commande import d_une_ligne
from cabas.calculs.offre import maximum_par_bon, par_rubrique, proposes
from cabas.modele import Commande, Depot, Fenetre, Groupement, Produit
from cabas.quantites import MILLE
from cabas.typographie import FINE, INSECABLE, instant_long

MOTS_CONNUS = ("Foyer", "Cellule")
"""Les mots d'un groupement que nos lecteurs reconnaissent seuls dans un intitulé ; un autre mot devient « Cellule »."""
VALEURS_ENUMEREES = 60
"""Jusque-là, un motif énumère les quantités permises : le maximum y est. Au-delà, il ne tient que le pas."""
NOM_MAX = 150
"""Un intitulé doit garder sa ref : nos lecteurs le coupent à 400 signes."""

Intituler = Callable[[Groupement, Produit], str]


class Question(NamedTuple):
    """Une question. `code` : son nom de champ (« cellule », « q-farine-t65 », « t-lentilles »), que nos lecteurs connaissent aussi.

    `genre` : texte, long, choix, quantite. `choix` : (code, « code (ce qu'il veut dire) »). Pour une quantité, `pas` et
    `maximum` en millièmes, et `motif` : l'expression régulière, sans ancre, accolade ni barre oblique, de ce qui est permis.
    """

    code: str
    genre: str
    intitule: str
    aide: str = ""
    obligatoire: bool = False
    choix: tuple[tuple[str, str], ...] = ()
    pas: int = 0
    maximum: int | None = None
    motif: str = ""


class Rayon(NamedTuple):
    """Une rubrique (son code, son nom) et ses questions de quantité et de tolérance."""

    code: str
    nom: str
    questions: tuple[Question, ...]


class Formulaire(NamedTuple):
    """Un bon entier. `avant` : qui commande ; `apres` : le mot libre. `identifiant` : lettres ASCII, chiffres et tirets."""

    identifiant: str
    titre: str
    presentation: tuple[str, ...]
    vie_privee: str
    cloture: datetime
    cloture_dite: str
    avant: tuple[Question, ...]
    rayons: tuple[Rayon, ...]
    apres: tuple[Question, ...]

    def questions(self) -> tuple[Question, ...]:
        """Toutes les questions, dans l'ordre : c'est aussi l'ordre des colonnes de l'export."""
        return (*self.avant, *(question for rayon in self.rayons for question in rayon.questions), *self.apres)


def composer_formulaire(depot: Depot, commande: Commande, fenetre: Fenetre, groupement: Groupement, intituler: Intituler) -> Formulaire:
    """Le formulaire d'un groupement. `intituler` : l'intitulé d'une colonne de produit, prix et ref compris (`rendu.bons.intitule`)."""
    rayons = [
        Rayon(
            rubrique.code,
            simple(rubrique.nom),
            tuple(question for produit in liste for question in _du_produit(commande, groupement, produit, intituler)),
        )
        for rubrique, liste in par_rubrique(depot, proposes(depot, commande))
    ]
    return Formulaire(
        identifiant=f"bon-{commande.id}-{groupement.slug}",
        titre=simple(f"Bon de commande, {groupement.nom}, {commande.titre}"),
        presentation=tuple(map(simple, _presentation(commande, fenetre, groupement))),
        vie_privee=simple(vie_privee(groupement)),
        cloture=fenetre.cloture,
        cloture_dite=simple(instant_long(fenetre.cloture)),
        avant=_avant(fenetre, groupement),
        rayons=tuple(rayons),
        apres=(Question("remarque", "long", "Remarque", "Un mot pour nous, si vous voulez."),),
    )


def simple(texte: str) -> str:
    """Un texte d'une seule ligne, sans caractère de commande, aux espaces ordinaires : un service les garde tels quels."""
    return " ".join(d_une_ligne(texte).replace(INSECABLE, " ").replace(FINE, " ").split())


def vie_privee(groupement: Groupement) -> str:
    """Ce que deviennent les données, à montrer dans le formulaire lui-même."""
    qui = f"{groupement.nom} ({groupement.structure})" if groupement.structure else groupement.nom
    ou = groupement.reponse if "@" in groupement.reponse else "dites-le à la permanence"
    return (
        f"Vos données : votre nom, votre contact et votre commande vont au groupement {qui}. Ils servent à préparer la distribution et à vous "
        f"prévenir, rien d’autre. Les réponses sont ôtées de ce service après la clôture, et le détail est effacé quand les comptes de la "
        f"distribution sont faits. Pour les voir, les corriger ou les effacer : {ou}."
    )


def _presentation(commande: Commande, fenetre: Fenetre, groupement: Groupement) -> list[str]:
    retour = "s’ajoute aux précédents" if groupement.plusieurs_bons == "ajouter" else "remplace l’ancien en entier"
    lieu = affichage.lieu_de_distribution(fenetre, groupement)
    quand = f"Distribution : {instant_long(fenetre.distribution.debut)}{f', {lieu}' if lieu else ''}." if fenetre.distribution else ""
    phrases = [
        f"À envoyer avant le {instant_long(fenetre.cloture)}. Un nouveau bon {retour}, jusqu’à la clôture.",
        quand,
        "Écrivez la quantité voulue, dans l’unité dite. Laissez vide ce que vous ne voulez pas.",
        commande.note,
        f"Vous préférez le papier ? À la permanence : {groupement.permanence}." if groupement.permanence else "",
    ]
    return [phrase for phrase in phrases if phrase]


def _avant(fenetre: Fenetre, groupement: Groupement) -> tuple[Question, ...]:
    """Qui commande. Un seul tarif ne se demande pas, une fenêtre sans créneau n'en demande pas."""
    mot = groupement.mot_cellule.capitalize()
    creneaux = tuple((code, simple(f"{code} ({dit})")) for code, dit in affichage.creneaux_lisibles(fenetre, groupement))
    tarifs = tuple((tarif.code, simple(f"{tarif.code} ({tarif.nom})")) for tarif in groupement.tarifs)
    questions = [
        Question("cellule", "texte", mot if mot in MOTS_CONNUS else "Cellule", "Votre code, ou le nom de votre inscription.", obligatoire=True),
        Question("nom", "texte", "Nom", "Qui remplit ce bon."),
        Question("telephone", "texte", "Téléphone", "Pour vous prévenir le jour de la distribution."),
        Question("courriel", "texte", "Courriel", "Si vous en avez un."),
        Question("creneau", "choix", "Créneau", "Quand vous viendrez chercher votre commande.", choix=creneaux),
        Question("tarif", "choix", "Tarif", "Il suit votre adhésion. Il n’est écrit sur aucun document affiché.", choix=tarifs),
    ]
    return tuple(question for question in questions if question.genre != "choix" or len(question.choix) > (question.code == "tarif"))


def _du_produit(commande: Commande, groupement: Groupement, produit: Produit, intituler: Intituler) -> list[Question]:
    """La quantité, puis la tolérance là où il faut des lots entiers."""
    nom = simple(produit.nom).replace("[", "(").replace("]", ")")[:NOM_MAX]
    intitule = simple(intituler(groupement, produit._replace(nom=nom)))
    maximum, lot = maximum_par_bon(produit, commande), affichage.lot_lisible(produit)
    dits = [
        f"En {affichage.COURT[produit.unite]}",
        affichage.pas_lisible(produit),
        affichage.maximum_lisible(produit, commande),
        affichage.consigne_lisible(produit),
        "coupé et pesé sur place" if produit.vente == "coupe" else "",
        f"allergènes : {affichage.allergenes(produit)}" if produit.allergenes else "",
    ]
    questions = [
        Question(
            f"q-{produit.ref}", "quantite", intitule, simple(", ".join(filter(None, dits)) + "."),
            pas=produit.pas, maximum=maximum, motif=motif_de_quantite(produit.pas, maximum),
        )
    ]  # fmt: skip
    if lot:
        aide = simple(f"Par {lot} entier. Ce que vous accepteriez en plus pour le compléter, en {affichage.COURT[produit.unite]}.")
        sans_fin = motif_de_quantite(produit.pas, None)
        questions.append(Question(f"t-{produit.ref}", "quantite", f"Tolérance, {nom} (t-{produit.ref})", aide, pas=produit.pas, motif=sans_fin))
    return questions


def motif_de_quantite(pas: int, maximum: int | None) -> str:
    """L'expression régulière d'une quantité au pas et sous le maximum (millièmes), virgule ou point.

    >>> motif_de_quantite(500, 1000), motif_de_quantite(500, None)
    ('0([.,]0+)?|0[.,]50*|1([.,]0+)?', '[0-9]+([.,](0+|50*))?')
    """
    if maximum is not None and pas and maximum // pas <= VALEURS_ENUMEREES:
        return "|".join(_ecriture(valeur) for valeur in range(0, maximum + 1, pas))
    if pas and MILLE % pas == 0 and MILLE // pas <= VALEURS_ENUMEREES:
        fins = "|".join(f"{reste:03d}".rstrip("0") + "0*" for reste in range(pas, MILLE, pas))
        return f"[0-9]+([.,](0+{'|' if fins else ''}{fins}))?"
    return "[0-9]+([.,][0-9]+)?"


def _ecriture(milliemes: int) -> str:
    entier, reste = divmod(milliemes, MILLE)
    return f"{entier}[.,]{f'{reste:03d}'.rstrip('0')}0*" if reste else f"{entier}([.,]0+)?"
