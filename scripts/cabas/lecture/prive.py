"""Le dossier privé : tout ce qui y est arrivé pour une commande. Jamais suivi par git, jamais publié.

Entre : `prive/`, un identifiant de commande, le dépôt. Sort : un `Recu` — les lignes lues, les adhérent·es, les crédits,
l'empreinte de chaque fichier, les fichiers ignorés et pourquoi.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path

from cabas.constats import Constat, Emplacement, Refus, avertissement, erreur
from cabas.lecture.annexes import lire_annexes
from cabas.lecture.cellier import NOM as CELLIER
from cabas.lecture.cellier import lire_cellier
from cabas.lecture.decisions import NOM as DECISIONS
from cabas.lecture.decisions import lire_decisions
from cabas.lecture.fichiers import TAILLE_FICHE, lire_octets, nom_lisible
from cabas.lecture.fichiers_de_bons import Progres, Recu, lire_les_bons, relatif_a
from cabas.modele import Depot

VOISINS = frozenset({"bons", "sorties", "originaux", "reception.csv", "paiements.csv", "servi.csv", "caisse.yaml", "totaux.json", "attribue.json"})
"""Ce que le dossier d'un groupement peut contenir d'autre que des bons (contrats.md §3 et §10)."""


def lire_prive(prive: Path, commande: str, depot: Depot, progres: Progres | None = None, pendant: Callable[[], object] = lambda: None) -> Recu:
    """Lit tous les bons d'une commande, groupement par groupement, dans l'ordre des noms.

    `pendant` : ce qu'il y a d'autre à faire d'ici la fin, si un double lit une partie des fichiers.

    Codes : `dossier-absent`, `dossier-inattendu`, `fichier-hors-bons`, `aucun-bon`, `fichier-en-double`, et ceux de `bons` et
    d'`annexes`.
    """
    recu = Recu()
    base = prive / commande
    if not base.is_dir():
        recu.constats.append(
            erreur(
                "dossier-absent",
                Emplacement(f"{prive.name}/{commande}"),
                "Aucun bon n’est arrivé : ce dossier n’existe pas.",
                f"Le créer, et déposer les bons dans {prive.name}/{commande}/<groupement>/bons/.",
            )
        )
        return recu
    fichiers = _fichiers(prive, base, depot, recu)
    lus = lire_les_bons(prive, fichiers, depot, progres, pendant)
    recu.recues, recu.empreintes = lus.recues, recu.empreintes | lus.empreintes
    recu.remarques = lus.remarques
    recu.constats += lus.constats
    for groupement in sorted({groupement for groupement, _chemin in fichiers}):
        annexes = lire_annexes(prive, groupement)
        recu.adherents[groupement], recu.soldes[groupement] = annexes.adherents, annexes.soldes
        recu.empreintes |= annexes.empreintes
        recu.constats += annexes.constats
    reserve = lire_cellier(prive, commande, depot)
    recu.cellier = reserve.stock
    recu.empreintes |= reserve.empreintes
    recu.constats += reserve.constats
    recu.constats += _groupements_sans_bon(prive, commande, depot, {groupement for groupement, _chemin in fichiers})
    return recu


def _fichiers(prive: Path, base: Path, depot: Depot, recu: Recu) -> list[tuple[str, Path]]:
    trouves: list[tuple[str, Path]] = []
    for dossier in sorted(base.iterdir(), key=lambda chemin: chemin.name):
        nom = nom_lisible(dossier.name)
        if dossier.name in ("sorties", CELLIER) or dossier.name.startswith("."):
            continue
        if dossier.name == DECISIONS and not dossier.is_dir():
            _lire_decisions(dossier, prive, recu)
            continue
        if not dossier.is_dir() or _mene_a_un_voisin(dossier):
            recu.ignores[f"{base.name}/{nom}"] = "lien" if dossier.is_symlink() else "hors d’un dossier de bons"
            recu.constats.append(_hors_bons(prive, base, dossier))
            continue
        if dossier.name not in depot.groupements:
            recu.constats.append(
                avertissement(
                    "dossier-inattendu",
                    Emplacement(f"{prive.name}/{base.name}/{nom}"),
                    f"« {nom} » n’est pas un groupement du réseau : ses bons seront rejetés.",
                    "Renommer le dossier comme la fiche du groupement.",
                )
            )
        trouves += _bons(prive, dossier, recu)
    return trouves


def _mene_a_un_voisin(dossier: Path) -> bool:
    """Vrai d'un lien vers un autre dossier de la même commande : ses bons y sont déjà lus, les relire les compterait deux fois."""
    return dossier.is_symlink() and Path(os.path.realpath(dossier)).is_relative_to(os.path.realpath(dossier.parent))


def _hors_bons(prive: Path, base: Path, chemin: Path) -> Constat:
    """Pourquoi ce qui est à la place d'un dossier de groupement n'est pas lu."""
    ici = f"{prive.name}/{base.name}"
    fait, remede = "Ce fichier n’est pas dans un dossier de bons : il n’est pas lu.", f"Le ranger dans {ici}/<groupement>/bons/."
    if chemin.is_symlink():
        fait, remede = "Ce lien ne mène pas à un dossier : rien n’est lu.", "Le refaire vers le dossier du groupement, ou l’ôter."
        if chemin.is_dir():
            fait, remede = "Ce lien mène à un dossier déjà lu : il n’est pas suivi.", "L’ôter, ou le refaire vers le dossier de ce groupement."
    return avertissement("fichier-hors-bons", Emplacement(f"{ici}/{nom_lisible(chemin.name)}"), fait, remede)


def _lire_decisions(chemin: Path, prive: Path, recu: Recu) -> None:
    """Les décisions de la personne référente. Un fichier que l'on ne sait pas ouvrir se dit : rien n'est alors appliqué."""
    relatif = relatif_a(prive, chemin)
    octets = lire_octets(chemin, TAILLE_FICHE)
    if isinstance(octets, Refus):
        fait = f"{octets.fait} Aucune décision n’est appliquée."
        recu.constats.append(erreur("decision-fausse", Emplacement(f"{prive.name}/{relatif}"), fait, octets.remede))
        return
    recu.empreintes[relatif] = hashlib.sha256(octets).hexdigest()
    recu.decisions, constats = lire_decisions(octets, f"{prive.name}/{relatif}")
    recu.constats += constats


def _groupements_sans_bon(prive: Path, commande: str, depot: Depot, vus: set[str]) -> list[Constat]:
    """Un groupement dont aucun bon n'est arrivé : peut-être un dossier mal nommé, peut-être un oubli."""
    attendus = [fenetre.groupement for fenetre in depot.commandes[commande].fenetres] if commande in depot.commandes else []
    return [
        avertissement(
            "aucun-bon",
            Emplacement(f"{prive.name}/{commande}/{groupement}/bons"),
            "Aucun bon n’est arrivé pour ce groupement.",
            "Vérifier le nom du dossier, ou que le groupement a bien commandé.",
        )
        for groupement in attendus
        if groupement not in vus
    ]


def _bons(prive: Path, dossier: Path, recu: Recu) -> list[tuple[str, Path]]:
    bons = dossier / "bons"
    gardes: list[tuple[str, Path]] = []
    for chemin in sorted(dossier.iterdir(), key=lambda chemin: chemin.name):
        reseau = (f"totaux-{dossier.name}.json", f"attribue-{dossier.name}.json")
        if chemin.name not in VOISINS and chemin.name not in reseau and not chemin.name.startswith("."):
            relatif = relatif_a(prive, chemin)
            recu.ignores[relatif] = "hors d’un dossier de bons"
            fait = "Ceci n’est pas dans le dossier « bons » : ce n’est pas lu."
            recu.constats.append(
                avertissement(
                    "fichier-hors-bons", Emplacement(f"{prive.name}/{relatif}"), fait, f"Le ranger dans {prive.name}/{relatif_a(prive, bons)}/."
                )
            )
    # `scandir` dit d'un coup ce qu'est chaque fichier : une question de moins au système par bon.
    for entree in sorted(os.scandir(bons), key=attrgetter("name")) if bons.is_dir() else ():
        chemin = bons / entree.name
        if raison := _a_ignorer(entree):
            recu.ignores[relatif_a(prive, chemin)] = raison
        elif entree.is_dir():
            recu.ignores[relatif := relatif_a(prive, chemin)] = "dossier"
            recu.constats.append(
                avertissement(
                    "dossier-inattendu",
                    Emplacement(f"{prive.name}/{relatif}"),
                    "Les dossiers rangés parmi les bons ne sont pas lus.",
                    "Remonter leurs fichiers d’un niveau.",
                )
            )
        else:
            gardes.append((dossier.name, chemin))
    return gardes


def _a_ignorer(entree: os.DirEntry[str]) -> str:
    nom = entree.name
    if nom.startswith((".~lock", "~$", "lock.")) and (nom.startswith("~$") or nom.endswith("#")):
        return "verrou de tableur"
    if nom.startswith(".") or nom in ("Thumbs.db", "desktop.ini"):
        return "fichier caché"
    return "lien" if entree.is_symlink() else ""
