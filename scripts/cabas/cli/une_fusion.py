"""Une fusion, une fois tout lu et sous verrou : les calculs, les sorties, ce qui a changé depuis la précédente."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from cabas.calculs.a_prevenir import APrevenir
    from cabas.calculs.commande_producteur import CommandeProducteur
    from cabas.calculs.difference import Difference
    from cabas.calculs.fusion import Fusion
    from cabas.calculs.prix_figes import PrixChange
    from cabas.calculs.recap import Recap
    from cabas.cli.catalogue_fige import Catalogue
    from cabas.cli.impression import Imprimeur
    from cabas.constats import Constat
    from cabas.lecture.fichiers_de_bons import Recu
    from cabas.modele import Commande, Depot
    from cabas.publication.sorties_de_fusion import Grandes, Matiere
    from cabas.recu import Retour


SUITE = (
    "cabas.calculs.recap", "cabas.calculs.a_prevenir", "cabas.calculs.proches", "cabas.calculs.codes", "cabas.calculs.avant_l_ouverture",
    "cabas.lecture.retour", "cabas.cli.suivi_des_fusions", "cabas.cli.constats_de_fusion", "cabas.cli.recit_de_fusion", "cabas.publication.memoire",
    "cabas.publication.sorties_de_fusion", "cabas.rendu.tables", "cabas.rendu.gdxp", "cabas.rendu.a_prevenir", "cabas.rendu.palettes",
)  # fmt: skip


class Resultat(NamedTuple):
    """Ce qu'une fusion a donné : tout est écrit dans `sorties`, sauf si `code` vaut 2."""

    code: int
    depot: Depot | None = None
    fusion: Fusion | None = None
    recap: Recap | None = None
    sorties: Path | None = None
    constats: tuple[Constat, ...] = ()
    prix_changes: tuple[PrixChange, ...] = ()
    envois: tuple[CommandeProducteur, ...] = ()
    prevenir: tuple[APrevenir, ...] = ()
    difference: Difference | None = None
    instant: datetime | None = None
    mention: str = ""
    publie: Path | None = None
    groupement: str = ""
    retour: Retour | None = None


class Options(NamedTuple):
    """Ce qu'on écrit, où, et quand on est (`None` : l'heure de la machine).

    `provisoire` : à part, et sans commande à envoyer. `reseau` : avec les totaux déposés par les groupements ; `groupement` : un
    seul, dans ses propres sorties.
    """

    classeur: bool = True
    producteurs: bool = True
    ecrire: bool = True
    provisoire: bool = False
    publier: bool = False
    instant: datetime | None = None
    reseau: bool = False
    groupement: str = ""


def charger_la_suite() -> None:
    """Charge ce dont une fusion se servira une fois les bons lus : autant le faire pendant qu'un double les lit."""
    for module in SUITE:
        import_module(module)


def fusionner_sous_verrou(
    racine: Path, prive: Path, catalogue: Catalogue, recu: Recu, imprimeur: Imprimeur, accepter: list[str], options: Options
) -> tuple[Fusion, Resultat]:
    """La fusion elle-même, sous verrou : les calculs, puis les sorties mises en place d'un coup. `options.instant` est donné."""
    from cabas.calculs.a_prevenir import a_prevenir
    from cabas.calculs.fusion import fusionner
    from cabas.calculs.recap import recapituler
    from cabas.cli import provisoire
    from cabas.cli.reseau import ajouter_les_totaux, frais_a_plusieurs, relire_le_retour, un_seul_groupement
    from cabas.lecture.retour import retours_non_lus
    from cabas.lecture.totaux import totaux_non_lus
    from cabas.publication.sorties_de_fusion import Grandes, Matiere

    depot, commande, instant = catalogue.depot, catalogue.depot.commandes[catalogue.identifiant], options.instant
    if options.groupement:
        un_seul_groupement(prive, commande.id, recu, options.groupement)
    fusion = fusionner(depot, commande, recu.recues, recu.adherents, recu.soldes, accepter, recu.decisions)
    if options.reseau:
        fusion = ajouter_les_totaux(prive, depot, fusion, recu)
    elif not options.groupement:
        recu.constats += [*totaux_non_lus(prive, commande.id), *retours_non_lus(prive, commande.id)]
    imprimeur.avancer(1, 3, "Récap et répartition")
    sorties, mention = prive / commande.id / options.groupement / "sorties", ""
    if options.provisoire and instant is not None:
        sorties, mention = sorties / provisoire.DOSSIER, provisoire.mention(instant)
    grandes = Grandes(sorties, fusion) if options.ecrire else None
    try:
        recap = frais_a_plusieurs(recapituler(depot, fusion, recu.cellier), fusion, options.groupement)
        retour = None
        if options.groupement:
            recap, retour = relire_le_retour(prive, depot, fusion, recap, recu, options.groupement)
        if grandes:
            grandes.repartir(depot, fusion, recap, options.groupement)
        recu.constats += _constats_de_lecture(depot, fusion, recu, prive.name)
        imprimeur.avancer(2, 3, "Récap et répartition")
        envois = _envois(depot, commande, recap) if options.producteurs or any(un.minimum for un in depot.producteurs.values()) else ()
        resultat = Resultat(0, depot, fusion, recap, sorties, envois=envois, retour=retour)
        if grandes is None or instant is None:
            return fusion, resultat
        prevenir = a_prevenir(depot, fusion, recu.adherents, options.provisoire)
        origine = (recu.empreintes, recu.ignores, catalogue.revision(), catalogue.fige)
        matiere = Matiere(depot, fusion, recap, envois, *origine, prevenir, mention, options.groupement)
        resultat = resultat._replace(sorties=sorties, prevenir=prevenir, instant=instant, mention=mention, groupement=options.groupement)
        try:
            return fusion, _ecrire(racine, matiere, resultat, grandes, imprimeur, options)
        except OSError as faute:
            return fusion, Resultat(2, depot, constats=(_ecriture_impossible(faute, f"{prive.name}/{commande.id}/sorties"),))
    finally:
        if grandes:
            grandes.ranger()


def _constats_de_lecture(depot: Depot, fusion: Fusion, recu: Recu, prive: str) -> Iterator[Constat]:
    """Ce que la fusion a trouvé : les questions à poser, puis le sort de chaque ligne. `prive` : le nom du dossier privé."""
    from cabas.calculs.avant_l_ouverture import bons_d_avant_l_ouverture
    from cabas.calculs.codes import codes_faux
    from cabas.calculs.confusions import noms_differents
    from cabas.calculs.proches import cellules_proches
    from cabas.calculs.remplacement import bons_de_meme_date
    from cabas.calculs.tarifs import tarifs_inconnus
    from cabas.cli.constats_de_fusion import constats_de

    yield from codes_faux(recu.recues, prive)
    yield from cellules_proches(fusion.premieres, recu.adherents, prive)
    yield from noms_differents(fusion.premieres, recu.adherents, prive)
    yield from bons_de_meme_date(fusion.singulieres, [slug for slug, un in depot.groupements.items() if un.plusieurs_bons == "ajouter"], prive)
    yield from bons_d_avant_l_ouverture(fusion.commande, fusion.premieres, prive)
    yield from tarifs_inconnus(depot, fusion.premieres, recu.adherents, prive)
    yield from constats_de(fusion, prive)


def _ecrire(racine: Path, matiere: Matiere, resultat: Resultat, grandes: Grandes, imprimeur: Imprimeur, options: Options) -> Resultat:
    """Met toutes les sorties en place. Lève l'`OSError` d'un disque qui refuse : rien n'a alors changé."""
    from cabas.cli import provisoire
    from cabas.cli.suivi_des_fusions import depuis_la_precedente, retenir_celle_ci
    from cabas.publication.ecriture import deposer
    from cabas.publication.sorties_de_fusion import DIFFERENCE, REFAITS, preparer_sorties
    from cabas.rendu.tables import difference_csv

    sorties, instant = resultat.sorties, resultat.instant
    assert sorties is not None  # noqa: S101
    assert instant is not None  # noqa: S101
    avancer = lambda fait, total: imprimeur.avancer(fait, total, "Commandes à écrire")  # noqa: E731
    fichiers: dict[str, bytes | Path] = {**preparer_sorties(matiere, avancer, options.classeur, options.producteurs)}
    fichiers |= grandes.finir(matiere.recap)
    difference, constats = depuis_la_precedente(sorties, fichiers, matiere.recap)
    if difference:
        fichiers[DIFFERENCE] = difference_csv(difference)
    etat = provisoire.etat_en_json(matiere.depot, matiere.fusion, matiere.recap, instant) if options.provisoire else b""
    if etat:
        fichiers[provisoire.ETAT] = etat
    retenir_celle_ci(sorties, fichiers, instant)
    deposer(sorties, fichiers, remplaces=REFAITS)
    publie = provisoire.publier(racine, matiere.fusion.commande.id, etat) if etat and options.publier else None
    return resultat._replace(constats=tuple(constats), difference=difference, publie=publie)


def _envois(depot: Depot, commande: Commande, recap: Recap) -> tuple[CommandeProducteur, ...]:
    from cabas.calculs.commande_producteur import commandes_producteurs

    return tuple(commandes_producteurs(depot, commande, recap))


def _ecriture_impossible(faute: OSError, sorties: str) -> Constat:
    """L'ordinateur refuse d'écrire : les anciennes sorties sont intactes, et l'on dit pourquoi."""
    from cabas.constats import Emplacement, erreur, raison

    fait = f"Le récap ne s’écrit pas ({raison(faute)}). Les sorties d’avant sont intactes."
    remede = "Libérer de la place, vérifier les droits du dossier, fermer les fichiers ouverts, puis recommencer."
    return erreur("ecriture-impossible", Emplacement(sorties), fait, remede)
