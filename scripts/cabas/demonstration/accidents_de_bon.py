"""Les accidents qui touchent un bon entier : envoyé deux fois, trop tard, au mauvais endroit, sans nom, sans crédit.

Chacun prend une ou deux cellules au chantier et y dépose lui-même ses fichiers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from cabas.demonstration.cellules import ascii_minuscule
from cabas.demonstration.chantier import PAGE, SAISIE, Chantier, au_meme_creneau, code, decaler
from cabas.demonstration.faits import BROUILLON, REJETEE, REMPLACEE, RETENUE, Bon
from cabas.recu import Adherent

type_accident_de_bon = Callable[[Chantier], None]

PASSANTS = ("Swann Visiteur", "Charlie Detour", "Sacha Passage", "Maxime Ailleurs", "Lou Horsliste", "Eden Inconnu")


def deux_envois(chantier: Chantier) -> None:
    """Le dernier envoi avant la clôture gagne tout entier, quel que soit le nom des fichiers."""
    ancien = chantier.bon(chantier.cellule())
    ancien = ancien._replace(envoi=decaler(ancien, timedelta(hours=-chantier.contexte.alea.randrange(1, 20))))
    plus_tard = decaler(ancien, timedelta(hours=chantier.contexte.alea.randrange(1, 20)))
    nouveau = au_meme_creneau(chantier.bon(ancien.cellule), ancien)._replace(envoi=plus_tard)
    chantier.deposer_page(chantier.remplacer(ancien, "deux-envois"))
    chantier.deposer_page(nouveau)


def meme_instant(chantier: Chantier) -> None:
    """Un double appui : même instant, le dernier fichier dans l'ordre des noms gagne."""
    un = chantier.bon(chantier.cellule())
    deux = au_meme_creneau(chantier.bon(un.cellule), un)._replace(envoi=un.envoi)
    perdant, gagnant = sorted((un, deux), key=code)
    chantier.deposer_page(chantier.remplacer(perdant, "meme-instant"))
    chantier.deposer_page(gagnant)


def copie(chantier: Chantier) -> None:
    """La même pièce jointe enregistrée deux fois : mêmes octets, même code. Elle ne compte qu'une fois."""
    bon = chantier.bon(chantier.cellule())
    bon = bon._replace(identifiant=code(bon))
    chantier.deposer(PAGE, (bon.marquer("copie", REMPLACEE),), f"page-{bon.identifiant} (1).csv")
    chantier.deposer(PAGE, (bon,), f"page-{bon.identifiant}.csv")


def deux_papiers(chantier: Chantier) -> None:
    """Deux bons papier recopiés, sans date : le dernier fichier dans l'ordre des noms gagne."""
    ancien = chantier.bon(chantier.cellule())
    nouveau = au_meme_creneau(chantier.bon(ancien.cellule), ancien)
    papiers = [bon._replace(envoi=None, identifiant="") for bon in (ancien, nouveau)]
    chantier.deposer(SAISIE, (chantier.remplacer(papiers[0], "deux-papiers"),), "papier-jeudi.csv")
    chantier.deposer(SAISIE, (papiers[1],), "papier-vendredi.csv")


def deux_ecritures(chantier: Chantier) -> None:
    """Un appel noté en deux fois, sous le code puis sous le nom : un seul bon, rien n'est remplacé."""
    bon = chantier.bon(chantier.cellule(), nombre=8)._replace(envoi=None, identifiant="", creneau="", tarif="", remarque="")
    bon = bon.marquer("deux-ecritures", RETENUE)
    sous_le_code = bon._replace(signe=bon.cellule.cellule, articles=bon.articles[:4])
    sous_le_nom = bon._replace(signe=bon.cellule.nom, articles=bon.articles[4:])
    chantier.deposer(SAISIE, (sous_le_code, sous_le_nom), "appels-du-soir.csv")


def brouillon(chantier: Chantier) -> None:
    """Un bon commencé, jamais validé."""
    chantier.deposer_page(en_brouillon(chantier.bon(chantier.cellule())))


def brouillon_puis_bon(chantier: Chantier) -> None:
    """Un brouillon, puis le vrai bon : le brouillon reste un brouillon, même s'il est plus récent."""
    bon = chantier.bon(chantier.cellule())
    chantier.deposer_page(bon)
    chantier.deposer_page(en_brouillon(au_meme_creneau(chantier.bon(bon.cellule), bon)))


def en_brouillon(bon: Bon) -> Bon:
    """Le même bon, non validé."""
    return bon._replace(brouillon=True).marquer("brouillon", BROUILLON)


def en_retard(chantier: Chantier, bon: Bon, retard: timedelta) -> Bon:
    """Le même bon, envoyé après la clôture."""
    envoi = (chantier.contexte.fenetre.cloture + retard).replace(microsecond=0)
    return bon._replace(envoi=envoi).marquer("hors-delai", REJETEE, "hors-delai")


def hors_delai(chantier: Chantier) -> None:
    """Une seconde après la clôture ; et, d'une autre cellule, à la seconde même de la clôture : celui-là compte."""
    chantier.deposer_page(en_retard(chantier, chantier.bon(chantier.cellule()), timedelta(seconds=1)))
    juste = chantier.bon(chantier.cellule())
    chantier.deposer_page(juste._replace(envoi=chantier.contexte.fenetre.cloture))


def retard_apres_bon(chantier: Chantier) -> None:
    """Un bon à l'heure, puis un autre trop tard : le premier reste."""
    bon = chantier.bon(chantier.cellule())
    chantier.deposer_page(bon)
    chantier.deposer_page(en_retard(chantier, au_meme_creneau(chantier.bon(bon.cellule), bon), timedelta(hours=9)))


def mauvaise_commande(chantier: Chantier) -> None:
    """La page d'un autre mois, gardée dans l'historique du téléphone."""
    autres = sorted(commande for commande in chantier.contexte.depot.commandes if commande != chantier.contexte.commande.id)
    bon = chantier.bon(chantier.cellule())._replace(commande=autres[0] if autres else "2020-01")
    chantier.deposer_page(bon.marquer("mauvaise-commande", REJETEE, "mauvaise-commande"))


def mauvais_groupement(chantier: Chantier) -> None:
    """Le bon du groupement voisin."""
    autres = sorted(slug for slug in chantier.contexte.depot.groupements if slug != chantier.contexte.groupement.slug)
    bon = chantier.bon(chantier.cellule())._replace(groupement=autres[0] if autres else "ailleurs")
    chantier.deposer_page(bon.marquer("mauvais-groupement", REJETEE, "mauvais-groupement"))


def cellule_absente(chantier: Chantier) -> None:
    """Un bon sans nom : on ne sait pas à qui il est."""
    bon = chantier.bon(Adherent(""))._replace(signe="")
    chantier.deposer_page(bon.marquer("cellule-absente", REJETEE, "cellule-absente"))


def cellule_inconnue(chantier: Chantier) -> None:
    """Une personne qui n'est pas dans `adherents.csv` : retenue, et signalée."""
    nom = chantier.contexte.alea.choice(PASSANTS)
    bon = chantier.bon(Adherent(nom, nom))._replace(signe=nom)
    chantier.deposer_page(_signaler(bon, "cellule-inconnue"))


def nom_proche(chantier: Chantier) -> None:
    """La personne inconnue est peut-être inscrite : quelqu'un qui n'a rien commandé porte son nom, écrit dans l'autre sens."""
    inconnus = (bon.signe for fichier in chantier.fichiers for bon in fichier.bons if bon.signe in PASSANTS)
    if (inconnu := next(inconnus, "")) and chantier.libres:
        nom = " ".join(reversed(inconnu.split()))
        chantier.changer(chantier.adherents[chantier.libres[0]], nom=nom, courriel=f"{ascii_minuscule(nom)}@exemple.org")


def adhesion_perimee(chantier: Chantier) -> None:
    """Une adhésion finie avant l'ouverture : retenue, et signalée."""
    fin = (chantier.contexte.fenetre.ouverture - timedelta(days=chantier.contexte.alea.randrange(30, 90))).date()
    cellule = chantier.changer(chantier.cellule(), adhesion_jusqu_au=fin.isoformat())
    chantier.deposer_page(_signaler(chantier.bon(cellule), "adhesion-perimee"))


def credit_insuffisant(chantier: Chantier) -> None:
    """Une cellule qui n'a pas versé assez : retenue, et signalée."""
    cellule = chantier.cellule()
    chantier.deposer_page(_signaler(chantier.bon(cellule), "credit-insuffisant"))
    chantier.soldes[cellule.cellule] = 50


def _signaler(bon: Bon, code: str) -> Bon:
    return bon.marquer(code, bon.articles[0].sort, code)


ACCIDENTS_DE_BON: tuple[type_accident_de_bon, ...] = (
    deux_envois, brouillon, hors_delai, mauvaise_commande, adhesion_perimee, cellule_absente, copie, deux_papiers, cellule_inconnue,
    brouillon_puis_bon, mauvais_groupement, retard_apres_bon, meme_instant, deux_ecritures,
)  # fmt: skip

LA_OU_TOUT_S_AJOUTE: tuple[type_accident_de_bon, ...] = (deux_envois, copie, deux_papiers)
"""Dans un groupement qui additionne les bons, seule la copie d'un même bon est remplacée."""
