"""La ligne de commande parle français, répond 0, 1 ou 2, et admet ses options des deux côtés du verbe."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cabas.cli import VERBES, analyseur, principal

ANGLAIS = re.compile(
    r"\b(usage:|the|show this help|options:|positional|error|invalid|required|arguments? are|exit|message and|default|file|folder|choose from)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("verbe", ["", *VERBES])
def test_l_aide_est_en_francais(verbe: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as sortie:
        principal([verbe, "--help"] if verbe else ["--help"])
    assert sortie.value.code == 0
    aide = capsys.readouterr().out
    assert not ANGLAIS.findall(aide), aide
    assert aide.startswith("usage : cabas")


def test_chaque_verbe_a_son_aide() -> None:
    sous_commandes = next(action for action in analyseur()._actions if action.dest == "verbe")
    aides = {action.dest: action.help for action in sous_commandes._get_subactions()}
    assert aides == VERBES
    assert all(aides.values())


@pytest.mark.parametrize(
    ("arguments", "dit"),
    [
        (["fusioner"], "n’est pas admis"),
        (["fusionner"], "il manque : COMMANDE"),
        (["verifier", "--nimporte"], "argument inconnu : --nimporte"),
        (["verifier", "--format", "xml"], "« xml » n’est pas admis"),
        (["verifier", "--depot"], "une valeur est attendue"),
    ],
)
def test_mauvais_usage(arguments: list[str], dit: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as sortie:
        principal(arguments)
    assert sortie.value.code == 2
    erreur = capsys.readouterr().err
    assert dit in erreur
    assert not ANGLAIS.findall(erreur), erreur


@pytest.mark.parametrize(
    ("arguments", "dit"),
    [
        (["fusioner", "--format", "json"], "n’est pas admis"),
        (["--format=json", "fusionner"], "il manque : COMMANDE"),
        (["verifier", "--format", "texte", "--nimporte", "--format", "json"], "argument inconnu : --nimporte"),
        (["--format", "json"], "il manque : VERBE"),
    ],
)
def test_mauvais_usage_en_json(arguments: list[str], dit: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code: object = principal(arguments)
    except SystemExit as sortie:
        code = sortie.code
    lu = json.loads(capsys.readouterr().out)
    assert (code, lu["code"]) == (2, 2)
    (constat,) = lu["constats"]
    assert (constat["code"], constat["gravite"]) == ("mauvais-usage", "erreur")
    assert dit in constat["message"]
    assert constat["remede"].startswith("usage : cabas")


@pytest.mark.parametrize(
    ("faute", "code"),
    [(OSError(28, "x", "/a/b"), "ordinateur-refuse"), (KeyboardInterrupt(), "interruption"), (ZeroDivisionError(), "erreur-de-cabas")],
)
@pytest.mark.parametrize("forme", ["texte", "json"])
def test_ce_qui_arrete_tout_se_dit_aussi_en_json(
    mini_depot: Path, forme: str, faute: BaseException, code: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def casser(*_arguments: object) -> None:
        raise faute

    monkeypatch.setattr("cabas.cli.verifier.executer", casser)
    assert principal(["verifier", "--depot", str(mini_depot), "--format", forme]) == 2
    vu = capsys.readouterr()
    if forme == "texte":
        assert (vu.out, vu.err.strip().splitlines()[0].endswith("Rien n’est resté à moitié écrit.")) == ("", True)
        return
    lu = json.loads(vu.out)
    assert (lu["code"], [(un["code"], un["gravite"]) for un in lu["constats"]], vu.err) == (2, [(code, "erreur")], "")


def test_sans_verbe_on_montre_l_aide(capsys: pytest.CaptureFixture[str]) -> None:
    assert principal([]) == 2
    assert "usage : cabas" in capsys.readouterr().out


def test_options_avant_ou_apres_le_verbe(mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    avant = ["--depot", str(mini_depot), "--format", "json", "verifier", "--maintenant", "2026-11-22T12:00"]
    apres = ["verifier", "--maintenant", "2026-11-22T12:00", "--depot", str(mini_depot), "--format", "json"]
    sorties = []
    for arguments in (avant, apres):
        assert principal(arguments) == 0
        sorties.append(json.loads(capsys.readouterr().out))
    assert sorties[0] == sorties[1] == {"constats": [], "code": 0}


def test_verifier(
    mini_depot: Path, modifier: Callable[[str, str, str], Path], capsys: pytest.CaptureFixture[str], instantane: Callable[..., None]
) -> None:
    modifier("catalogue/produits/farine-t65.yaml", "origine: Drôme", "orgine: Drôme")
    modifier("catalogue/produits/lentilles-vertes.yaml", "prix_depuis: 2026-09-01", "prix_depuis: 2025-09-01")
    modifier("catalogue/commandes/2026-12.yaml", "produits: tous", "produits: [farine-t56]")
    assert principal(["verifier", "--depot", str(mini_depot), "--maintenant", "2026-11-22"]) == 1
    instantane(capsys.readouterr().out)


def test_verifier_un_avertissement_ne_bloque_pas(mini_depot: Path, modifier: Callable[[str, str, str], Path]) -> None:
    modifier("catalogue/produits/lentilles-vertes.yaml", "prix_depuis: 2026-09-01", "prix_depuis: 2025-09-01")
    assert principal(["verifier", "--depot", str(mini_depot), "--maintenant", "2026-11-22"]) == 0


def test_verifier_liste(capsys: pytest.CaptureFixture[str], instantane: Callable[..., None]) -> None:
    assert principal(["verifier", "--liste"]) == 0
    instantane(capsys.readouterr().out)


@pytest.mark.parametrize("arguments", [["verifier", "--depot", "/nulle/part"], ["verifier", "--maintenant", "demain"]])
def test_verifier_mal_lance(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert principal(arguments) == 2
    assert capsys.readouterr().out


def test_tous_les_messages_de_lecture(mini_depot: Path, instantane: Callable[..., None]) -> None:
    """Chaque phrase que peut lire une personne, une fois, relue par une personne."""
    import shutil

    from test_controles import SCENARIOS, abimer, relire

    from cabas.cli.impression import phrase_du_constat

    phrases: list[str] = []
    for rang, scenario in enumerate(SCENARIOS):
        copie = shutil.copytree(mini_depot, mini_depot.parent / f"copie-{rang}")
        constats = [constat for constat in relire(copie, abimer(copie, scenario)) if constat.code == scenario["code"]]
        phrases.append(phrase_du_constat(constats[0]))
    instantane("\n".join(phrases))


def test_python_m_cabas(mini_depot: Path) -> None:
    fini = subprocess.run(
        [sys.executable, "-m", "cabas", "verifier", "--depot", str(mini_depot), "--maintenant", "2026-11-22"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert fini.returncode == 0, fini.stderr
    assert fini.stdout.startswith("Rien à signaler")


def test_un_meme_fait_repete_n_est_dit_que_quelques_fois() -> None:
    from io import StringIO

    from cabas.cli.impression import REDITES, Imprimeur
    from cabas.constats import Emplacement, erreur

    redits = [erreur("ligne-decalee", Emplacement("a.csv", ligne), "Les cases ont glissé.", "Ressaisir.") for ligne in range(2, 20)]
    autre = erreur("produit-inconnu", Emplacement("a.csv", 30), "Produit inconnu.", "Corriger.")
    flux = StringIO()
    Imprimeur(flux=flux).constats([*redits, autre])
    dit = flux.getvalue()
    assert dit.count("[ligne-decalee]") == REDITES
    assert "… et 13 autres lignes de ce fichier disent la même chose (7 à 19)." in dit
    assert "a.csv:30: [produit-inconnu]" in dit
    tout = StringIO()
    machine = Imprimeur("json", tout)
    machine.constats([*redits, autre])
    machine.clore(1)
    assert tout.getvalue().count('"ligne-decalee"') == len(redits)


@pytest.mark.parametrize("ou", ["dehors", "dessous", "prive-ailleurs", "relatif", "habituel"])
def test_un_constat_donne_un_chemin_que_l_on_peut_ouvrir(
    mini_depot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ou: str
) -> None:
    """Le dossier privé n'est pas toujours `prive` : son seul dernier nom ne mènerait nulle part."""
    (ici := tmp_path / "ici").mkdir()
    monkeypatch.chdir(ici)
    prive, donne = {
        "dehors": (tmp_path / "clef/b", str(tmp_path / "clef/b")),
        "dessous": (ici / "usb/b", str(ici / "usb/b")),
        "prive-ailleurs": (tmp_path / "autre/prive", str(tmp_path / "autre/prive")),
        "relatif": (tmp_path / "clef/b", "../clef/b"),
        "habituel": (mini_depot / "prive", ""),
    }[ou]
    for nom, texte in (("bons/a.csv", "cellule;produit;quantite\nA-1;farine-t65;-1\nA-1;farine-t65;99\n"), ("perdu.csv", "x\n")):
        (chemin := prive / "2026-12/les-tilleuls" / nom).parent.mkdir(parents=True, exist_ok=True)
        chemin.write_text(texte, encoding="utf-8")
    options = ["--depot", str(mini_depot), *(["--prive", donne] if donne else []), "--sans-classeur", "--sans-producteurs"]
    assert principal(["fusionner", "2026-12", *options, "--format", "json"]) == 1
    constats = {constat["code"]: constat for constat in json.loads(capsys.readouterr().out)["constats"]}
    base = mini_depot if ou == "habituel" else ici
    for code in ("quantite-negative", "quantite-plafonnee", "fichier-hors-bons"):
        assert (base / constats[code]["fichier"]).samefile(prive / "2026-12/les-tilleuls" / constats[code]["fichier"].partition("les-tilleuls/")[2])
    ranger = constats["fichier-hors-bons"]["remede"].removeprefix("Le ranger dans ").removesuffix(".")
    assert (base / ranger).samefile(prive / "2026-12/les-tilleuls/bons")
    journal = (prive / "2026-12/sorties/journal.csv").read_text(encoding="utf-8-sig")
    assert ";2026-12/les-tilleuls/bons/a.csv;" in journal, "les CSV gardent leurs chemins relatifs au dossier privé"
    principal(["fusionner", "2026-12", *options])
    dit = capsys.readouterr().out
    assert f"{constats['quantite-negative']['fichier']}:2: [quantite-negative]" in dit
