"""Refait les mesures de la conception et affiche les rapports. Ce n'est pas un essai : une machine occupée ne fait rien échouer.

    make banc                 tout, sauf le million de lignes
    .venv/bin/python tests/bancs/banc.py demarrage fusion site million

Chaque commande est lancée entière, comme le ferait une personne, tour à tour avec ses rivales, dans la même séance.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from mesure import Mesure, comparer, lancer
from reseau import COMMANDE, ecrire_bons, ecrire_depot

from cabas.typographie import nombre

RACINE = Path(__file__).resolve().parents[2]
RIVAUX = Path(__file__).parent / "rivaux"
CABAS = (sys.executable, "-m", "cabas")

PRODUIT = "abricots-secs"
"""La fiche que l'on change pour mesurer `servir`."""
REPOS = 1.0
PATIENCE = 120.0
"""Secondes : entre deux corrections, et avant de renoncer à voir la page changer."""

# Le rival du site : Material tel qu'il sort de sa boîte, sans notre thème ni notre menu réduit.
MATERIAL_SEUL = {
    "site_name": "Banc",
    "theme": {"name": "material", "language": "fr", "font": False},
    "plugins": [{"search": {"lang": "fr"}}],
    "markdown_extensions": ["admonition", "attr_list", "md_in_html", "tables", "toc"],
}


def rival(nom: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, str(RIVAUX / f"{nom}.py"), *arguments)


def titre(texte: str) -> None:
    print(f"\n{texte}\n{'-' * len(texte)}")


def rapporter(notre: Mesure, nom: str, rivale: Mesure, cible: float | None) -> None:
    """Une ligne : nous, l'autre, le rapport, la cible s'il y en a une, et si elle est tenue."""
    rapport = notre.secondes / rivale.secondes
    ligne = f"  {notre.secondes:8.3f} s   {nom:<28} {rivale.secondes:8.3f} s   rapport {rapport:5.2f}"
    if cible is not None:
        ligne += f"   cible {cible:4.2f}   {'tenu' if rapport <= cible else 'PAS TENU'}"
    print(ligne.replace(".", ","))


def demarrage() -> None:
    titre("Démarrer : cabas --help contre Python nu avec argparse")
    releves = comparer({"cabas": (*CABAS, "--help"), "argparse": rival("argparse_nu", "--help")}, fois=15)
    rapporter(releves["cabas"], "Python et argparse", releves["argparse"], 1.5)


def somme(sortie: str) -> str:
    """Le total de toutes les quantités d'un rival : de quoi vérifier que tout le monde a fait le même travail."""
    return f"{sum(float(ligne.split(';')[1]) for ligne in sortie.splitlines() if ';' in ligne):.1f}"


def somme_du_recap(prive: Path) -> str:
    with (prive / COMMANDE / "sorties" / "recap-produits.csv").open(encoding="utf-8-sig", newline="") as lignes:
        return f"{sum(float(ligne['quantite'].replace(',', '.')) for ligne in csv.DictReader(lignes, delimiter=';')):.1f}"


def fusionner(dossier: Path, lignes: int, fichiers: int, rivaux: dict[str, float | None], fois: int) -> Mesure:
    """Fusionne des bons fabriqués, contre des rivaux qui ne font que lire et sommer. `rivaux` : nom → cible, s'il y en a une."""
    titre(f"Fusionner {nombre(lignes)} lignes en {nombre(fichiers)} fichiers, tout compris, contre lire et sommer")
    depot, prive = dossier / "depot", dossier / f"prive-{lignes}"
    if not depot.exists():
        ecrire_depot(depot)
        (depot / ".build").mkdir()  # comme après un premier make : des fiches déjà vérifiées ne sont pas revérifiées
    ecrire_bons(prive, lignes, fichiers)
    commandes = {"cabas": (*CABAS, "fusionner", COMMANDE, "--depot", str(depot), "--prive", str(prive), "--sans-classeur", "--sans-producteurs")}
    commandes |= {nom: rival(nom, str(prive / COMMANDE)) for nom in rivaux}
    releves = comparer(commandes, fois)
    totaux = {nom: somme(releves[nom].sortie) for nom in rivaux} | {"cabas": somme_du_recap(prive)}
    if len(set(totaux.values())) > 1:
        sys.exit(f"Le banc s’arrête : les totaux diffèrent, la comparaison ne vaut rien.\n{totaux}")
    for nom, cible in rivaux.items():
        rapporter(releves["cabas"], nom.replace("avec_", ""), releves[nom], cible)
    print(f"  mémoire : {releves['cabas'].megaoctets:.0f} Mo")
    return releves["cabas"]


def fusion() -> None:
    with tempfile.TemporaryDirectory() as nom:
        fusionner(Path(nom), 10_000, 400, {"avec_pandas": 1.0, "avec_polars": 1.0, "avec_duckdb": 1.0, "nu": None}, fois=5)
        fusionner(Path(nom), 100_000, 1_000, {"avec_pandas": 1.0, "avec_polars": None, "avec_duckdb": None, "nu": 4.0}, fois=3)


def million() -> None:
    with tempfile.TemporaryDirectory() as nom:
        releve = fusionner(Path(nom), 1_000_000, 8, {"nu": None}, fois=1)
        print(f"  cible : 400 Mo   {'tenu' if releve.megaoctets <= 400 else 'PAS TENU'}")


def site() -> None:
    titre("Construire le site : tout, contre MkDocs Material seul sur les mêmes pages ; puis sans rien changer ; puis une fiche")
    with tempfile.TemporaryDirectory() as nom:
        copie = Path(nom) / "depot"
        copier_le_depot(copie)
        construire = (*CABAS, "construire", "--depot", str(copie))
        lancer((*CABAS, "verifier", "--depot", str(copie)))  # le rival non plus ne compile pas son Python ce jour-là
        shutil.rmtree(copie / ".build", ignore_errors=True)
        premiere = lancer(construire)
        deuxieme = lancer(construire)
        reglage = Path(nom) / "seul.yml"
        reglage.write_text(json.dumps(MATERIAL_SEUL | {"docs_dir": str(copie / ".build/pages"), "site_dir": f"{nom}/seul"}), encoding="utf-8")
        seul = lancer((sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", str(reglage)), copie)
        rapporter(premiere, "MkDocs Material seul", seul, 1.5)
        rapporter(deuxieme, "notre première construction", premiere, 0.25)
        print(f"  processeur : {premiere.processeur:.1f} s ; sans rien changer {deuxieme.processeur:.1f} s ; Material seul {seul.processeur:.1f} s")
        print(f"  une fiche changée, dans servir : {fiche_changee(copie):.2f} s   cible : environ 1 s")


def copier_le_depot(copie: Path) -> None:
    """Les fichiers du dépôt, tels qu'ils sont sur le disque, sans ce qui est construit."""
    suivis = subprocess.run(
        ["git", "-C", RACINE, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], capture_output=True, text=True, check=True
    )
    for chemin in suivis.stdout.split("\0"):
        if chemin and (RACINE / chemin).is_file():
            (copie / chemin).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(RACINE / chemin, copie / chemin)


def fiche_changee(copie: Path, fois: int = 3) -> float:
    """Secondes (médiane) entre l'enregistrement d'une fiche de produit et sa page changée, demandée à `cabas servir`."""
    commande = (*CABAS, "servir", "--sans-navigateur", "--depot", str(copie))
    fiche = copie / "catalogue/produits" / f"{PRODUIT}.yaml"
    avec = subprocess.Popen(
        commande, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )
    try:
        assert avec.stdout is not None
        adresse = next((trouve[0] for ligne in avec.stdout if (trouve := re.search(r"http://127\.0\.0\.1:\d+/", ligne))), "")
        page = f"{adresse}catalogue/{PRODUIT}/index.html"
        durees = []
        for tour in range(fois + 1):  # le premier tour chauffe
            time.sleep(REPOS)
            mot = f"Mesure{tour}"
            fiche.write_text(re.sub(r"(?m)^description:.*$", f"description: {mot}.", fiche.read_text(encoding="utf-8")), encoding="utf-8")
            debut = time.perf_counter()
            while mot not in urllib.request.urlopen(page, timeout=10).read().decode():
                if time.perf_counter() - debut > PATIENCE:
                    sys.exit("Le banc s’arrête : la fiche changée ne se voit pas dans servir.")
                time.sleep(0.02)
            durees.append(time.perf_counter() - debut)
        return statistics.median(durees[1:])
    finally:
        avec.send_signal(signal.SIGINT)
        avec.communicate()


BANCS: dict[str, Callable[[], None]] = {"demarrage": demarrage, "fusion": fusion, "site": site, "million": million}


def principal(choix: list[str]) -> None:
    inconnus = [nom for nom in choix if nom not in BANCS]
    if inconnus:
        sys.exit(f"Banc inconnu : {', '.join(inconnus)}. On peut demander : {', '.join(BANCS)}.")
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # les rivaux sont déjà compilés : cabas aussi, après le tour de chauffe
    print("Des rapports, mesurés dans la même séance. Plus petit est meilleur ; fermer les autres programmes avant de conclure.")
    for nom in choix or ["demarrage", "fusion", "site"]:
        BANCS[nom]()


if __name__ == "__main__":
    principal(sys.argv[1:])
