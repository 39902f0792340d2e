"""Le dossier privé : tout ce qui y est arrivé pour une commande. Jamais suivi par git, jamais publié.

Entre : `prive/`, un identifiant de commande, le dépôt. Sort : un `Recu` — les lignes lues, les adhérent·es, les crédits,
l'empreinte de chaque fichier, les fichiers ignorés et pourquoi.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from cabas.constats import Constat, Emplacement, Refus, avertissement, erreur
from cabas.lecture.bons import ligne_illisible, lire_bons, oter_apostrophe
from cabas.lecture.colonnes import Catalogue
from cabas.lecture.fichiers import TAILLE_BON, lire_octets, nom_lisible
from cabas.lecture.schemas import champs
from cabas.lecture.tableaux import decoder
from cabas.modele import Depot
from cabas.recu import Adherent, LigneLue

Progres = Callable[[int, int], None]


@dataclass(slots=True)
class Recu:
    """Ce qui est arrivé pour une commande. Les chemins sont relatifs au dossier privé."""

    lignes: list[LigneLue] = field(default_factory=list)
    adherents: dict[str, list[Adherent]] = field(default_factory=dict)
    soldes: dict[str, dict[str, int]] = field(default_factory=dict)
    empreintes: dict[str, str] = field(default_factory=dict)
    ignores: dict[str, str] = field(default_factory=dict)
    constats: list[Constat] = field(default_factory=list)


def lire_prive(prive: Path, commande: str, depot: Depot, progres: Progres | None = None) -> Recu:
    """Lit tous les bons d'une commande, groupement par groupement, dans l'ordre des noms.

    Codes : `dossier-absent`, `dossier-inattendu`, `fichier-hors-bons`, `fichier-sans-ligne`, `bon-vide`.
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
    catalogue = Catalogue(depot.produits.values())
    fichiers = _fichiers(prive, base, depot, recu)
    for rang, (groupement, chemin) in enumerate(fichiers):
        _lire_un(prive, chemin, groupement, catalogue, recu)
        if progres:
            progres(rang + 1, len(fichiers))
    for groupement in sorted({groupement for groupement, _chemin in fichiers}):
        _lire_annexes(prive, groupement, recu)
    return recu


def _fichiers(prive: Path, base: Path, depot: Depot, recu: Recu) -> list[tuple[str, Path]]:
    trouves: list[tuple[str, Path]] = []
    for dossier in sorted(base.iterdir(), key=lambda chemin: chemin.name):
        nom = nom_lisible(dossier.name)
        if dossier.name == "sorties" or dossier.name.startswith("."):
            continue
        if dossier.is_symlink() or not dossier.is_dir():
            recu.ignores[f"{base.name}/{nom}"] = "hors d’un dossier de bons"
            if dossier.name != "decisions.yaml":
                recu.constats.append(
                    avertissement(
                        "fichier-hors-bons",
                        Emplacement(f"{prive.name}/{base.name}/{nom}"),
                        "Ce fichier n’est pas dans un dossier de bons : il n’est pas lu.",
                        f"Le ranger dans {prive.name}/{base.name}/<groupement>/bons/.",
                    )
                )
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


def _bons(prive: Path, dossier: Path, recu: Recu) -> list[tuple[str, Path]]:
    bons = dossier / "bons"
    gardes: list[tuple[str, Path]] = []
    for chemin in sorted(bons.iterdir(), key=lambda chemin: chemin.name) if bons.is_dir() else ():
        relatif = _relatif(prive, chemin)
        if raison := _a_ignorer(chemin):
            recu.ignores[relatif] = raison
        elif chemin.is_dir():
            recu.ignores[relatif] = "dossier"
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


def _a_ignorer(chemin: Path) -> str:
    if chemin.name.startswith((".~lock", "~$", "lock.")) and (chemin.name.startswith("~$") or chemin.name.endswith("#")):
        return "verrou de tableur"
    if chemin.name.startswith(".") or chemin.name in ("Thumbs.db", "desktop.ini"):
        return "fichier caché"
    return "lien" if chemin.is_symlink() else ""


def _relatif(prive: Path, chemin: Path) -> str:
    return "/".join(nom_lisible(partie) for partie in chemin.relative_to(prive).parts)


def _lire_un(prive: Path, chemin: Path, groupement: str, catalogue: Catalogue, recu: Recu) -> None:
    relatif = _relatif(prive, chemin)
    octets = lire_octets(chemin, TAILLE_BON)
    if isinstance(octets, Refus):
        recu.lignes.append(ligne_illisible(relatif, groupement, octets))
        return
    empreinte = hashlib.sha256(octets).hexdigest()
    jumeau = next((vu for vu, autre in recu.empreintes.items() if autre == empreinte and vu.rpartition("/")[0] == relatif.rpartition("/")[0]), "")
    if jumeau:
        recu.constats.append(
            avertissement(
                "fichier-en-double",
                Emplacement(f"{prive.name}/{relatif}"),
                f"Ce fichier est la copie exacte de {jumeau.rpartition('/')[2]} : ses bons ne comptent qu’une fois.",
                "En garder un seul.",
            )
        )
    recu.empreintes[relatif] = empreinte
    lignes, constats = lire_bons(octets, relatif, groupement, catalogue, jumeau)
    recu.lignes += lignes
    recu.constats += [
        replace(constat, emplacement=Emplacement(f"{prive.name}/{constat.emplacement.fichier}", constat.emplacement.ligne)) for constat in constats
    ]


def _lire_annexes(prive: Path, groupement: str, recu: Recu) -> None:
    """`adherents.csv` et `mouvements.csv`. Absents : on fait sans."""
    recu.adherents[groupement] = [
        Adherent(*(ligne.get(nom, "") for nom in Adherent._fields))
        for _numero, ligne in _lire_csv(prive, groupement, "adherents", recu)
        if ligne.get("cellule")
    ]
    soldes: dict[str, int] = {}
    for numero, ligne in _lire_csv(prive, groupement, "mouvements", recu):
        centimes = lire_montant(ligne.get("montant", ""))
        if centimes is None:
            recu.constats.append(
                erreur(
                    "montant-illisible",
                    Emplacement(f"{prive.name}/{groupement}/mouvements.csv", numero),
                    f"« {ligne.get('montant', '')} » n’est pas un montant.",
                    "Écrire comme 12,50 ou -12,50.",
                )
            )
            continue
        soldes[ligne["cellule"]] = soldes.get(ligne["cellule"], 0) + centimes
    recu.soldes[groupement] = soldes


def _lire_csv(prive: Path, groupement: str, nom: str, recu: Recu) -> Sequence[tuple[int, Mapping[str, str]]]:
    chemin = prive / groupement / f"{nom}.csv"
    if not chemin.exists():
        return []
    affiche = f"{prive.name}/{groupement}/{nom}.csv"
    octets = lire_octets(chemin, TAILLE_BON)
    texte = octets if isinstance(octets, Refus) else decoder(octets)
    if isinstance(texte, Refus):
        recu.constats.append(erreur("fichier-illisible", Emplacement(affiche), texte.fait, texte.remede))
        return []
    if isinstance(octets, bytes):
        recu.empreintes[f"{groupement}/{nom}.csv"] = hashlib.sha256(octets).hexdigest()
    separateur = max(";,\t", key=texte.partition("\n")[0].count)
    try:
        lecteur = csv.reader(io.StringIO(texte, newline=""), delimiter=separateur, strict=True)
        entete = [intitule.strip().casefold() for intitule in next(lecteur, [])]
        lignes = [
            (lecteur.line_num, dict(zip(entete, (oter_apostrophe(case.strip()) for case in cases), strict=False))) for cases in lecteur if any(cases)
        ]
    except csv.Error:
        recu.constats.append(
            erreur(
                "fichier-illisible",
                Emplacement(affiche),
                "Un guillemet n’est pas fermé, ou le fichier est coupé.",
                "L’ouvrir dans un tableur et l’enregistrer de nouveau.",
            )
        )
        return []
    absentes = [champ["name"] for champ in champs(nom).values() if champ.get("constraints", {}).get("required") and champ["name"] not in entete]
    if absentes:
        recu.constats.append(
            erreur(
                "colonne-absente", Emplacement(affiche, 1), f"Il manque la colonne « {absentes[0]} ».", f"En-tête attendu : {';'.join(champs(nom))}."
            )
        )
        return []
    return lignes


def lire_montant(texte: str) -> int | None:
    """Un montant écrit à la française (« 12,50 », « -3 € », « 1 250,00 ») en centimes ; `None` s'il ne se lit pas."""
    propre = "".join(texte.replace("€", "").replace("\u2212", "-").split()).replace(",", ".")
    signe, chiffres = (-1, propre[1:]) if propre.startswith("-") else (1, propre.removeprefix("+"))
    entier, point, decimales = chiffres.partition(".")
    if not (entier.isascii() and entier.isdigit() and len(entier) < 10) or (
        point and not (decimales.isascii() and decimales.isdigit() and len(decimales) <= 2)
    ):
        return None
    return signe * (int(entier) * 100 + int((decimales + "00")[:2] if point else 0))
