"""Un mois de bons pour tout le réseau : chaque groupement a ses chemins, ses habitudes et ses accidents.

Tout est tiré d'une graine : les mêmes fiches et la même graine donnent les mêmes octets. Rien n'est écrit hors du
dossier privé donné.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random

from cabas.calculs.offre import proposes
from cabas.demonstration import accidents_de_bon as gros
from cabas.demonstration.accidents import DANS_UN_BON_CANONIQUE, DANS_UNE_CASE, abimer, glisser, type_accident
from cabas.demonstration.cellules import ecrire_adherents, ecrire_mouvements, inventer
from cabas.demonstration.chantier import PAGE, Chantier, au_meme_creneau, decaler
from cabas.demonstration.faits import Bon, Contexte, Fichier, Resume, resumer
from cabas.demonstration.formes import FORMES, Forme, permanence_xlsx
from cabas.demonstration.formulaires import FORMULAIRES, colonnes_de_grille
from cabas.demonstration.paniers import vitrine
from cabas.modele import Commande, Depot, Fenetre, Groupement

LETTRES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
EFFECTIFS = (34, 36, 32, 33, 35, 31)
EFFECTIF_A_CREDIT = 28
ABSENTS = 2
"""Combien de cellules, par groupement, ne commandent rien ce mois-ci."""

PAR_NOM = {forme.nom: forme for forme in (*FORMES, *FORMULAIRES)}
PLANS = (
    ("permanence-xlsx", "google-sheets"),
    ("papier", "framaforms", "google-forms"),
    ("permanence-ods", "framaforms-xls"),
    ("tableau-partage", "tally"),
    ("excel-cp1252", "liberaforms"),
    ("canonique-xlsx", "limesurvey", "cryptpad"),
    ("telephone", "nextcloud", "nextcloud-decale"),
    ("excel-utf8", "framaforms-virgule"),
)
"""Les chemins de chaque groupement, en plus de la page web. S'il y a moins de groupements que de plans, ils en cumulent."""

SUITES = {"liberaforms": "microsoft-forms", "tableau-partage": "grist"}
"""Des groupements changent de service en cours de commande : les derniers bons arrivent dans un autre fichier."""


def engendrer(depot: Depot, commande: str, prive: Path, graine: int = 2026) -> Resume:
    """Écrit un mois de bons dans `prive` et rend ce qui a été semé. La commande doit exister et avoir des fenêtres."""
    choisie = depot.commandes[commande]
    fenetres = sorted(choisie.fenetres, key=lambda fenetre: fenetre.groupement)
    rangs = {slug: rang for rang, slug in enumerate(sorted(depot.groupements))}
    cases, canoniques, bons = list(DANS_UNE_CASE), list(DANS_UN_BON_CANONIQUE), list(gros.ACCIDENTS_DE_BON)
    fichiers: list[Fichier] = []
    for numero, fenetre in enumerate(fenetres):
        groupement = depot.groupements[fenetre.groupement]
        chantier = ouvrir(depot, choisie, fenetre, rangs[groupement.slug], graine)
        for accident in _prendre(groupement, bons):
            accident(chantier)
        if groupement.credit:
            gros.credit_insuffisant(chantier)
        for nom in (nom for plan in PLANS[numero :: len(fenetres)] for nom in plan):
            _deposer_forme(chantier, PAR_NOM[nom], numero, cases, canoniques)
        _remplir(chantier, canoniques)
        gros.nom_proche(chantier)
        fichiers += [*chantier.fichiers, *_fichiers_abimes(chantier, numero)]
        _ecrire_cellules(prive, chantier)
    for fichier in fichiers:
        _ecrire(prive / commande / fichier.groupement / "bons" / fichier.nom, fichier.contenu)
    for slug in rangs.keys() - {fenetre.groupement for fenetre in fenetres}:
        adherents = inventer(depot.groupements[slug], _lettre(rangs[slug]), 20, rangs[slug], fenetres[0].ouverture.date(), Random(f"{graine}/{slug}"))
        _ecrire(prive / slug / "adherents.csv", ecrire_adherents(adherents.values()))
    return resumer(fichiers)


def _lettre(rang: int) -> str:
    return LETTRES[rang % len(LETTRES)]


def effectif(groupement: Groupement, rang: int) -> int:
    """Combien de cellules a un groupement."""
    return EFFECTIF_A_CREDIT if groupement.credit else EFFECTIFS[rang % len(EFFECTIFS)]


def ouvrir(depot: Depot, commande: Commande, fenetre: Fenetre, rang: int, graine: int, cellules: int = 0) -> Chantier:
    """Le chantier d'un groupement : son propre hasard, ses cellules mêlées. `cellules` : l'effectif ordinaire si 0."""
    groupement = depot.groupements[fenetre.groupement]
    alea = Random(f"{graine}/{commande.id}/{groupement.slug}")
    produits = tuple(proposes(depot, commande))
    nombre = cellules or effectif(groupement, rang)
    adherents = inventer(groupement, _lettre(rang), nombre, rang, fenetre.ouverture.date(), alea)
    libres = sorted(adherents)
    alea.shuffle(libres)
    return Chantier(Contexte(depot, commande, groupement, fenetre, produits, vitrine(produits), alea), adherents, libres)


def _prendre(groupement: Groupement, file: list[gros.type_accident_de_bon]) -> list[gros.type_accident_de_bon]:
    """Trois accidents de bon : les premiers possibles de la file, qui passent ensuite en dernier."""
    if groupement.plusieurs_bons == "ajouter":
        return list(gros.LA_OU_TOUT_S_AJOUTE)
    pris = [accident for accident in file if not (groupement.credit and accident is gros.cellule_inconnue)][:3]
    file[:] = [accident for accident in file if accident not in pris] + pris
    return pris


def _deposer_forme(chantier: Chantier, forme: Forme, numero: int, cases: list[type_accident], canoniques: list[type_accident]) -> None:
    """Un fichier de plusieurs bons : quatre ou cinq cellules, dont une qui se trompe de case."""
    bons = [chantier.bon(chantier.cellule(), forme) for _ in range(4 + numero % 2)]
    bons[1] = abimer(chantier, forme, bons[1], cases if forme.grille else canoniques)
    if forme.nom == "nextcloud-decale":
        bons[2] = glisser(bons[2], colonnes_de_grille(chantier.contexte), 2)
    elif forme.nom == "cryptpad":
        bons[2] = glisser(bons[2], colonnes_de_grille(chantier.contexte), 0)
    elif forme.nom.startswith("framaforms"):
        bons.append(gros.en_brouillon(chantier.bon(chantier.cellule(), forme)))
    elif forme.nom.startswith("google"):
        bons.append(_ancien(chantier, bons[0], forme))
    if forme.nom in ("tally", "limesurvey", "google-forms"):
        bons.append(gros.en_retard(chantier, chantier.bon(chantier.cellule(), forme), timedelta(days=1)))
    bons.sort(key=lambda bon: bon.envoi or chantier.contexte.fenetre.ouverture)
    if suite := SUITES.get(forme.nom):
        chantier.deposer(PAR_NOM[suite], bons[-2:])
        del bons[-2:]
    chantier.deposer(forme, bons)


def _ancien(chantier: Chantier, bon: Bon, forme: Forme) -> Bon:
    """Une première réponse au formulaire, que la suivante remplace."""
    ancien = au_meme_creneau(chantier.bon(bon.cellule, forme), bon)
    return chantier.remplacer(ancien._replace(envoi=decaler(bon, timedelta(minutes=-20))), "deux-envois")


def _remplir(chantier: Chantier, canoniques: list[type_accident]) -> None:
    """Tout le reste vient de la page web, un fichier par bon ; le premier a été corrigé à la main, et mal."""
    premier = chantier.bon(chantier.cellule())
    chantier.deposer_page(abimer(chantier, PAGE, premier, canoniques))
    while len(chantier.libres) > ABSENTS:
        chantier.deposer_page(chantier.bon(chantier.cellule()))


def _fichiers_abimes(chantier: Chantier, numero: int) -> list[Fichier]:
    """Une clé retirée trop tôt, et les verrous que laissent les tableurs ouverts."""
    slug = chantier.contexte.groupement.slug
    entier = permanence_xlsx(chantier.contexte, [chantier.bon(chantier.adherents[min(chantier.adherents)], PAR_NOM["permanence-xlsx"])])
    abimes = (
        Fichier(slug, "permanence-jeudi.xlsx", "abime", entier[: len(entier) // 2], accident="fichier-illisible"),
        Fichier(slug, ".~lock.permanence-samedi.ods#", "verrou", b",poste,demo,,;", accident="fichier-ignore"),
        Fichier(slug, "~$permanence-mardi.xlsx", "verrou", b"\x04demo" + b" " * 50, accident="fichier-ignore"),
    )
    return list(abimes[numero % 3 : numero % 3 + 1])


def _ecrire_cellules(prive: Path, chantier: Chantier) -> None:
    groupement, ouverture = chantier.contexte.groupement, chantier.contexte.fenetre.ouverture.date()
    _ecrire(prive / groupement.slug / "adherents.csv", ecrire_adherents(chantier.adherents.values()))
    if groupement.credit:
        soldes = {code: chantier.soldes.get(code, 2_000) for code in chantier.adherents}
        _ecrire(prive / groupement.slug / "mouvements.csv", ecrire_mouvements(soldes, ouverture, chantier.contexte.alea))


def _ecrire(chemin: Path, contenu: bytes) -> None:
    chemin.parent.mkdir(parents=True, exist_ok=True)
    chemin.write_bytes(contenu)
