"""La maison tient debout : sens des flèches, pureté du noyau, taille des modules.

Les tableaux ci-dessous sont la règle. Un essai qui échoue ici dit quel fichier, quelle ligne, et quelle règle.
"""

from __future__ import annotations

import ast
import doctest
import importlib
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PAQUET, dire

MODULES = sorted(PAQUET.rglob("*.py"))

NOYAU = {
    "argent", "quantites", "temps", "mission", "regles_de_partage", "modele", "recu", "constats", "etats", "passe", "service", "typographie",
    "motifs", "calculs",
}  # fmt: skip

# Qui a le droit d'importer qui. Un paquet peut toujours s'importer lui-même.
FLECHES: dict[str, set[str]] = {
    "argent": set(),
    "motifs": set(),
    "constats": set(),
    "quantites": {"constats", "motifs", "argent"},
    "temps": {"constats", "motifs"},
    "etats": {"constats"},
    "passe": set(),
    "mission": {"constats"},
    "regles_de_partage": set(),
    "service": set(),
    "modele": {"argent", "quantites", "temps", "constats", "etats", "mission", "regles_de_partage", "service"},
    "recu": {"argent", "quantites", "temps", "constats", "modele"},
    "typographie": {"argent", "motifs", "quantites", "temps"},
    "a_deux": set(),
    "calculs": NOYAU,
    "controles": NOYAU,
    "lecture": NOYAU - {"calculs"} | {"a_deux"},
    "historique": NOYAU - {"calculs"},
    "rendu": NOYAU,
    "documents": NOYAU,
    "publication": NOYAU | {"rendu", "documents", "a_deux"},
    "demonstration": NOYAU | {"documents", "publication"},
    "cli": NOYAU | {"controles", "lecture", "historique", "rendu", "documents", "publication", "demonstration"},
    "__main__": {"cli"},
    "__init__": set(),
}

# Chaque bibliothèque a sa pièce : la remplacer un jour ne touche qu'à une pièce.
BIBLIOTHEQUES: dict[str, set[str]] = {
    "yaml": {"lecture"},
    "frictionless": {"lecture"},
    "python_calamine": {"lecture"},
    "git": {"historique"},
    "jinja2": {"rendu"},
    "markdown": {"rendu", "documents/markdown_typst.py"},  # le même arbre, pour l’écran et pour le papier
    "markupsafe": {"rendu"},
    "nh3": {"rendu"},
    "icalendar": {"rendu"},
    "typst": {"documents"},
    "xlsxwriter": {"documents", "demonstration"},  # la démonstration fabrique les classeurs que les gens envoient
    "segno": {"documents"},
    "fontpkg": {"documents", "publication"},
    "fontpkg_atkinson_hyperlegible": {"documents", "publication"},
    "fontpkg_noto_sans": {"documents", "publication"},
    "fontpkg_noto_sans_arabic": {"documents", "publication"},
    "PIL": {"publication/images.py"},
    "mkdocs": {"publication"},
    "material": {"publication"},
    "pelican": {"publication"},
    "watchfiles": {"publication", "cli/surveillance.py"},
}

# Le noyau doit pouvoir tourner dans un navigateur : ni fichier, ni processus, ni réseau, ni horloge.
HORS_DU_NOYAU = {"asyncio", "glob", "http", "io", "locale", "multiprocessing", "os", "pathlib", "shutil", "socket", "ssl", "subprocess",
                 "sys", "tempfile", "threading", "time", "urllib"}  # fmt: skip
HORLOGES = {"now", "today", "utcnow"}

ECRITURES = {"write_text", "write_bytes", "touch", "mkdir", "unlink", "rmdir", "rmtree", "copytree", "copyfile", "symlink_to"}
QUI_ECRIT = ("publication", "demonstration")
QUI_PARLE = ("cli/impression.py",)
LIGNES_PAR_MODULE = 250


def nom(module: Path) -> str:
    """Le chemin d'un module dans le paquet, comme « cli/surveillance.py »."""
    return module.relative_to(PAQUET).as_posix()


def piece(module: Path) -> str:
    """La pièce de la maison où se trouve un module : « argent », « lecture », « cli »…"""
    return module.relative_to(PAQUET).parts[0].removesuffix(".py")


def arbre(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"), str(module))


def imports(module: Path) -> Iterator[tuple[int, str]]:
    """Les modules importés, même tardivement, avec leur ligne. `from cabas import argent` donne « cabas.argent »."""
    for noeud in ast.walk(arbre(module)):
        if isinstance(noeud, ast.Import):
            yield from ((noeud.lineno, alias.name) for alias in noeud.names)
        elif isinstance(noeud, ast.ImportFrom):
            assert not noeud.level, f"{nom(module)}:{noeud.lineno}: import relatif ; écrire le nom entier, cabas.…"
            for alias in noeud.names:
                yield noeud.lineno, f"{noeud.module}.{alias.name}" if noeud.module == "cabas" else str(noeud.module)


def appels(module: Path) -> Iterator[tuple[int, str, ast.Call]]:
    """Les appels d'un module : ligne, dernier nom appelé (« write_text » pour `chemin.write_text()`), nœud."""
    for noeud in ast.walk(arbre(module)):
        if isinstance(noeud, ast.Call):
            cible = noeud.func
            yield noeud.lineno, cible.attr if isinstance(cible, ast.Attribute) else getattr(cible, "id", ""), noeud


def du_noyau() -> list[Path]:
    return [module for module in MODULES if piece(module) in NOYAU]


def test_les_fleches_vont_dans_un_sens():
    fautes = []
    for module in MODULES:
        permises = FLECHES.get(piece(module))
        assert permises is not None, f"{nom(module)} : pièce inconnue. Dire dans FLECHES ce qu’elle peut importer."
        for ligne, importe in imports(module):
            if not importe.startswith("cabas."):
                continue
            voisine = importe.split(".")[1]
            if voisine in FLECHES and voisine != piece(module) and voisine not in permises:
                fautes.append(f"scripts/cabas/{nom(module)}:{ligne}: « {piece(module)} » ne doit pas importer « {voisine} »")
    dire(fautes)


def test_chaque_bibliotheque_a_sa_piece():
    fautes = []
    for module in MODULES:
        for ligne, importe in imports(module):
            racine_importee = importe.split(".")[0]
            if racine_importee == "cabas" or racine_importee in sys.stdlib_module_names:
                continue
            permises = BIBLIOTHEQUES.get(racine_importee, set())
            if not permises & {piece(module), nom(module)}:
                fautes.append(
                    f"scripts/cabas/{nom(module)}:{ligne}: « {racine_importee} » n’est permis que dans {sorted(permises) or 'BIBLIOTHEQUES'}"
                )
    dire(fautes)


def test_le_noyau_est_pur():
    fautes = []
    for module in du_noyau():
        for ligne, importe in imports(module):
            racine_importee = importe.split(".")[0]
            if racine_importee != "cabas" and (racine_importee not in sys.stdlib_module_names or racine_importee in HORS_DU_NOYAU):
                fautes.append(f"scripts/cabas/{nom(module)}:{ligne}: le noyau n’importe pas « {racine_importee} »")
        for ligne, appele, _ in appels(module):
            if appele in HORLOGES | {"open"}:
                fautes.append(f"scripts/cabas/{nom(module)}:{ligne}: « {appele} » dans le noyau ; le passer en argument")
    dire(fautes)


def test_ni_flottant_pour_l_argent_ni_pour_les_quantites():
    fautes = []
    for module in MODULES:
        if piece(module) not in {"argent", "quantites", "calculs"}:
            continue
        for noeud in ast.walk(arbre(module)):
            if isinstance(noeud, ast.Constant) and isinstance(noeud.value, float):
                fautes.append(f"scripts/cabas/{nom(module)}:{noeud.lineno}: littéral flottant {noeud.value}")
            elif isinstance(noeud, ast.Name) and noeud.id == "float":
                fautes.append(f"scripts/cabas/{nom(module)}:{noeud.lineno}: float")
    dire(fautes)


def test_publication_est_seule_a_ecrire():
    fautes = []
    for module in MODULES:
        if piece(module) in QUI_ECRIT:
            continue
        for ligne, appele, noeud in appels(module):
            modes = [valeur.value for valeur in [*noeud.args, *(cle.value for cle in noeud.keywords)] if isinstance(valeur, ast.Constant)]
            ouvre = appele == "open" and any(isinstance(mode, str) and re.fullmatch(r"[rwxabt]*[wxa+][rwxabt+]*", mode) for mode in modes)
            if appele in ECRITURES or ouvre:
                fautes.append(f"scripts/cabas/{nom(module)}:{ligne}: « {appele} » ; passer par publication.ecriture")
    dire(fautes)


def test_l_imprimeur_est_seul_a_parler():
    dire([
        f"scripts/cabas/{nom(module)}:{ligne}: print"
        for module in MODULES if nom(module) not in QUI_PARLE
        for ligne, appele, _ in appels(module) if appele == "print"
    ])  # fmt: skip


def test_la_langue_ne_vient_jamais_de_la_machine():
    dire([f"scripts/cabas/{nom(module)}:{ligne}: setlocale" for module in MODULES for ligne, appele, _ in appels(module) if appele == "setlocale"])


def test_les_modules_sont_courts():
    tailles = {nom(module): len(module.read_text(encoding="utf-8").splitlines()) for module in MODULES}
    dire(
        [f"scripts/cabas/{module}: {taille} lignes, {LIGNES_PAR_MODULE} au plus" for module, taille in tailles.items() if taille > LIGNES_PAR_MODULE]
    )


def test_les_noms_sont_ascii():
    dire([f"scripts/cabas/{nom(module)}" for module in MODULES if not nom(module).isascii()])
    for module in MODULES:
        with tokenize.open(module) as lignes:
            jetons = [jeton for jeton in tokenize.generate_tokens(lignes.readline) if jeton.type == tokenize.NAME]
        dire([f"scripts/cabas/{nom(module)}:{jeton.start[0]}: {jeton.string}" for jeton in jetons if not jeton.string.isascii()])


def test_chaque_module_dit_ce_qu_il_fait():
    dire([f"scripts/cabas/{nom(module)}: pas de docstring" for module in MODULES if not ast.get_docstring(arbre(module))])


@pytest.mark.parametrize("module", [module for module in MODULES if ">>>" in module.read_text(encoding="utf-8")], ids=nom)
def test_les_exemples_des_docstrings_disent_vrai(module: Path):
    importe = importlib.import_module("cabas." + nom(module).removesuffix(".py").replace("/", "."))
    assert doctest.testmod(importe).failed == 0


def test_une_fusion_se_charge_sans_dataclasses():
    """Décision 19 : elles coûtaient le sixième d'une fusion. Ce qui n'est pas sur son chemin peut en avoir."""
    programme = (
        "import sys\n"
        "from cabas.cli import analyseur\n"
        "analyseur({'fusionner'})\n"
        "import cabas.lecture.prive, cabas.controles, cabas.lecture.memoire\n"
        "from cabas.cli.une_fusion import charger_la_suite\n"
        "charger_la_suite()\n"
        "print(sorted({'dataclasses', 'inspect'} & set(sys.modules)), 'cabas.calculs.recap' in sys.modules)"
    )
    fini = subprocess.run([sys.executable, "-c", programme], capture_output=True, text=True, encoding="utf-8", check=True)
    assert fini.stdout.split("\n")[0] == "[] True"


def test_cabas_help_ne_charge_que_la_bibliotheque_standard():
    programme = (
        "import sys; avant = set(sys.modules)\n"
        "from cabas.cli import principal\n"
        "try: principal(['--help'])\n"
        "except SystemExit: pass\n"
        "sys.stderr.write('\\n'.join(sorted({nom.split('.')[0] for nom in set(sys.modules) - avant})))"
    )
    aide = subprocess.run([sys.executable, "-c", programme], capture_output=True, text=True, encoding="utf-8", check=False)
    if aide.returncode:
        pytest.fail(f"cabas --help échoue : {aide.stderr.strip().splitlines()[-1]}", pytrace=False)
    charges = set(aide.stderr.split())
    assert "cabas" in charges
    de_trop = {module for module in charges if module != "cabas" and module not in sys.stdlib_module_names}
    assert not de_trop, f"import à rendre tardif : {sorted(de_trop)}"
