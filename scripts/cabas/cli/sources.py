"""Lire ce que le site publie : le dépôt contrôlé, `mkdocs.yml`, les textes et les images de `content/`."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cabas.constats import Constat
    from cabas.modele import Depot
    from cabas.publication.preparation import Sources
    from cabas.rendu.guide import Texte

REGLAGE = "mkdocs.yml"
TECHNIQUE = "content/guide/technique"
TABLES = (
    "produits",
    "lot",
    "coupe",
    "rubriques",
    "producteurs",
    "groupements",
    "tarifs",
    "adhesions",
    "commandes",
    "limites",
    "fenetres",
    "distribution",
    "creneaux",
    "etats",
    "etats_de_lot",
    "missions",
    "bons",
    "adherents",
    "mouvements",
)
REPRENDRE = "Reprendre mkdocs.yml dans le dépôt de cabas."


def lire_reglage(racine: Path) -> tuple[dict[str, Any], list[Constat]]:
    """`mkdocs.yml` en dictionnaire, tous scalaires en texte, et les constats."""
    from cabas.constats import Emplacement, Refus, erreur
    from cabas.lecture.fichiers import TAILLE_FICHE, decoder_utf8, lire_octets
    from cabas.lecture.yaml_strict import lire_yaml

    octets = lire_octets(racine / REGLAGE, TAILLE_FICHE)
    texte = octets if isinstance(octets, Refus) else decoder_utf8(octets)
    if isinstance(texte, Refus):
        return {}, [erreur("site-sans-reglage", Emplacement(REGLAGE), f"Le réglage du site ne se lit pas. {texte.fait}", REPRENDRE)]
    noeud, constats = lire_yaml(texte, REGLAGE)
    if noeud is None or not isinstance(noeud.valeur, dict):
        return {}, constats or [erreur("site-sans-reglage", Emplacement(REGLAGE), "Ce fichier n’est pas un réglage de site.", REPRENDRE)]
    return noeud.brut, constats


def date_figee(reglage: dict[str, Any]) -> str:
    """La date où un réseau d'exemple s'est arrêté (`extra.cabas.maintenant`), ou rien."""
    extra = reglage.get("extra")
    propre = extra.get("cabas") if isinstance(extra, dict) else None
    return str(propre.get("maintenant") or "") if isinstance(propre, dict) else ""


def lire_sources(racine: Path, maintenant: datetime, reglage: dict[str, Any], constats: list[Constat], *, vite: bool = False) -> Sources:
    """Tout ce que la publication demande. `constats` : ceux du réglage, déjà lu.

    `vite` : pour un aperçu, on saute les contrôles et les schémas ; la construction qui suit les fera.
    """
    from cabas.cli.commun import controler_depot
    from cabas.cli.passe_du_catalogue import lire_histoire
    from cabas.historique import revision
    from cabas.lecture.depot import charger
    from cabas.publication.preparation import Sources

    depot, controles = charger(racine, lambda _empreinte: True) if vite else controler_depot(racine, maintenant)
    tous = [*constats, *controles]
    figes = {} if vite else _figes(racine, depot, maintenant, tous)
    textes = _textes(racine, "content/guide", tous)
    if any(texte.chemin == f"{TECHNIQUE}/architecture.md" for texte in textes):
        textes += _techniques()
    articles = _textes(racine, "content/actualites", tous, entetes=False)
    accueil = "".join(texte.corps for texte in _textes(racine, "content/accueil.md", tous))
    annexes, presente = _annexes(racine, tous), "" if vite else str(revision(racine))
    histoire = lire_histoire(racine, depot)
    somme = hashlib.sha256(repr((depot, figes, reglage, textes, articles, accueil, presente, histoire)).encode())
    for chemin, octets in annexes.items():
        somme.update(f"{chemin}\0{len(octets)}\0".encode() + octets)
    exemple = bool(date_figee(reglage))
    return Sources(depot, tous, reglage, tuple(textes), tuple(articles), annexes, accueil, presente, exemple, somme.hexdigest(), figes, histoire)


def _figes(racine: Path, depot: Depot, maintenant: datetime, constats: list[Constat]) -> dict[str, Depot]:
    """Le dépôt de l'ouverture, pour chaque commande aux prix figés dont un bon se publie encore.

    Si la révision ne se trouve pas (dossier venu d'un zip, copie partielle), on le dit, et les bons montrent les prix présents.
    """
    from cabas.calculs.offre import Etat, etat
    from cabas.cli.catalogue_fige import figer
    from cabas.constats import Gravite

    figes: dict[str, Depot] = {}
    for identifiant, commande in depot.commandes.items():
        if not commande.catalogue or all(etat(fenetre, maintenant) is Etat.DISTRIBUEE for fenetre in commande.fenetres):
            continue
        catalogue = figer(racine, identifiant, depot, commande.catalogue)
        if catalogue.fige:
            figes[identifiant] = catalogue.depot._replace(commandes=depot.commandes, etats=depot.etats)
        else:
            constats += [constat._replace(gravite=Gravite.AVERTISSEMENT) for constat in catalogue.constats]
    return figes


def _techniques() -> list[Texte]:
    """Les pages tirées du code lui-même. Leur en-tête dit d'où : « Modifier cette page » y mène."""
    from cabas.controles import CONTROLES
    from cabas.lecture import CODES
    from cabas.lecture.schemas import schema
    from cabas.rendu.guide import Texte
    from cabas.rendu.technique import Question, page_controles, page_donnees

    lectures = [Question(code, gravite, question) for code, (gravite, question) in CODES.items()]
    controles = [Question(controle.code, str(controle.gravite), controle.question) for controle in CONTROLES]
    return [
        Texte(f"{TECHNIQUE}/controles.md", {"source": "scripts/cabas/controles/__init__.py"}, page_controles(lectures, controles)),
        Texte(f"{TECHNIQUE}/donnees.md", {"source": "scripts/cabas/schemas/produits.json"}, page_donnees([schema(nom) for nom in TABLES])),
    ]


def _textes(racine: Path, chemin: str, constats: list[Constat], *, entetes: bool = True) -> list[Texte]:
    """Les Markdown d'un dossier (ou un seul), avec leur en-tête. Un article garde le sien : c'est Pelican qui le lit."""
    from cabas.constats import Emplacement, Refus, erreur
    from cabas.lecture.entetes import lire_entete
    from cabas.lecture.fichiers import TAILLE_FICHE, decoder_utf8, lire_octets, nom_lisible
    from cabas.rendu.guide import Texte

    depart = racine / chemin
    lus: list[Texte] = []
    for fichier in sorted(depart.rglob("*.md")) if depart.is_dir() else [depart] if depart.exists() else []:
        relatif = nom_lisible(fichier.relative_to(racine).as_posix())
        octets = lire_octets(fichier, TAILLE_FICHE)
        texte = octets if isinstance(octets, Refus) else decoder_utf8(octets)
        if isinstance(texte, Refus):
            constats.append(erreur(texte.code, Emplacement(relatif), texte.fait, texte.remede))
        elif entetes and texte.startswith("---"):
            noeud, corps, fautes = lire_entete(texte, relatif)
            constats += [faute for faute in fautes if faute not in constats]  # une fiche mission a déjà été lue par le dépôt
            entete = noeud.brut if noeud is not None and isinstance(noeud.valeur, dict) else {}
            lus.append(Texte(relatif, entete, corps, texte.count("\n", 0, max(texte.find(corps), 0)) + 1))
        else:
            lus.append(Texte(relatif, {}, texte))
    return lus


def _annexes(racine: Path, constats: list[Constat]) -> dict[str, bytes]:
    """Les octets des images de `content/`, par chemin."""
    from cabas.constats import Emplacement, Refus, avertissement, erreur
    from cabas.lecture.fichiers import TAILLE_BON, lire_octets, nom_lisible
    from cabas.publication.images import DANGEREUX, SUFFIXES

    lues: dict[str, bytes] = {}
    for dossier in ("content/guide", "content/photos", "content/actualites"):
        for fichier in sorted((racine / dossier).rglob("*")):
            relatif = nom_lisible(fichier.relative_to(racine).as_posix())
            if fichier.is_dir() or fichier.suffix == ".md" or fichier.name.startswith("."):
                continue
            if fichier.suffix.lower() in DANGEREUX:
                fait = "Un dessin SVG peut contenir du script : nous n’en publions pas."
                constats.append(erreur("image-refusee", Emplacement(relatif), fait, "L’enregistrer en PNG ou en WebP."))
                continue
            if fichier.suffix.lower() not in SUFFIXES:
                fait = "Ce fichier n’est pas publié : ni texte, ni photo."
                constats.append(avertissement("annexe-ignoree", Emplacement(relatif), fait, "Publier des photos en JPEG, PNG ou WebP."))
                continue
            octets = lire_octets(fichier, TAILLE_BON)
            if isinstance(octets, Refus):
                constats.append(erreur(octets.code, Emplacement(relatif), octets.fait, octets.remede))
            else:
                lues[relatif] = octets
    return lues
