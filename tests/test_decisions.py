"""Des décisions qui durent : `decisions.yaml`, et `cabas fusionner --corriger` qui l'écrit."""

from __future__ import annotations

import io
import json
import os
import select
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_fusion import lire, verifier_conservation
from test_proprietes import DEPOT, lignes

from cabas.calculs.fusion import fusionner
from cabas.calculs.jugement import Sort
from cabas.calculs.recap import recapituler
from cabas.cli import principal
from cabas.constats import Source
from cabas.lecture.decisions import lire_decisions
from cabas.recu import Decision, LigneLue
from cabas.rendu.decisions import decisions_yaml
from cabas.rendu.tables import bilan, tables

BONS = (
    "bon;cellule;produit;quantite;envoye_le\n"
    "X1;A-1;farine-t65;une douzaine;2026-12-02T10:00\n"
    "X1;A-1;lentilles-vertes;250;2026-12-02T10:00\n"
    "X2;B-1;farine-t65;3;2026-12-09T10:00\n"
    "X2;B-1;jus-de-pomme;3;2026-12-09T10:00\n"
    "X3;C-1;farine-t65;0,3;2026-12-02T10:00\n"
)


@pytest.fixture
def dossier(mini_depot: Path) -> Path:
    bons = mini_depot / "prive/2026-12/les-tilleuls/bons"
    bons.mkdir(parents=True)
    (bons / "a.csv").write_text(BONS, encoding="utf-8")
    return mini_depot / "prive/2026-12"


def corriger(dossier: Path, reponses: str | None, monkeypatch: pytest.MonkeyPatch, *options: str) -> int:
    monkeypatch.setattr("sys.stdin", None if reponses is None else io.StringIO(reponses))
    return principal(["fusionner", "2026-12", "--depot", str(dossier.parents[1]), "--corriger", "--trace", "--sans-producteurs", *options])


def etat(dossier: Path) -> tuple[list[str], dict]:
    journal, bilan = lire(dossier / "sorties/journal.csv"), json.loads((dossier / "sorties/bilan.json").read_text(encoding="utf-8"))
    verifier_conservation(dossier / "sorties", bilan, journal)
    return [f"{ligne['cellule']} {ligne['quantite']} {ligne['sort']} {ligne['code']}".strip() for ligne in journal], bilan


def test_une_seance_entiere(dossier: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert corriger(dossier, "plein\n9,5\n\nAna\nau téléphone : d’accord\na\na\n\n", monkeypatch) == 1
    dit = capsys.readouterr().out.replace("\u00a0", " ")
    assert "1/4" in dit
    assert "3 décisions écrites dans prive/2026-12/decisions.yaml" in dit
    assert "3 décisions appliquées" in dit
    journal, bilan = etat(dossier)
    assert journal == [
        "A-1 9,5 retenue quantite-corrigee", "A-1 250 retenue quantite-corrigee", "B-1 3 retenue bon-accepte", "B-1 3 retenue bon-accepte",
        "C-1  rejetee quantite-hors-pas",
    ]  # fmt: skip
    assert {(decision["qui"], decision["pourquoi"]) for decision in bilan["decisions"]} == {("Ana", "au téléphone : d’accord")}
    assert bilan["decisions"][0] == {
        "action": "corriger", "cellule": "A-1", "fichier": "2026-12/les-tilleuls/bons/a.csv", "ligne": 2, "colonne": "quantite",
        "produit": "farine-t65", "lu": "une douzaine", "quantite": "9,5", "qui": "Ana", "pourquoi": "au téléphone : d’accord",
    }  # fmt: skip
    assert (dossier / "les-tilleuls/bons/a.csv").read_text(encoding="utf-8") == BONS
    avant = {chemin.name: chemin.read_bytes() for chemin in (dossier / "sorties").iterdir()}
    assert principal(["fusionner", "2026-12", "--depot", str(dossier.parents[1]), "--sans-producteurs"]) == 1
    assert {chemin.name: chemin.read_bytes() for chemin in (dossier / "sorties").iterdir()} == avant


def test_ce_qui_etait_ecrit_reste(dossier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ancien = "# vu dimanche\n  - {action: annuler, bon: X2, qui: Lou, pourquoi: déménage}"
    (dossier / "decisions.yaml").write_text(ancien, encoding="utf-8")
    assert corriger(dossier, "9,5\nAna\nau téléphone\nf\n", monkeypatch) == 1
    assert (dossier / "decisions.yaml").read_text(encoding="utf-8").startswith(ancien + "\n  - action: corriger\n")
    assert [decision["action"] for decision in etat(dossier)[1]["decisions"]] == ["annuler", "corriger"]


def test_une_liste_illisible_n_est_pas_abimee(dossier: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (dossier / "decisions.yaml").write_text("[]\n", encoding="utf-8")
    assert corriger(dossier, "9,5\nAna\nau téléphone\nf\n", monkeypatch) == 2
    assert "[decision-fausse]" in capsys.readouterr().out
    assert (dossier / "decisions.yaml").read_text(encoding="utf-8") == "[]\n"


@pytest.mark.parametrize(
    ("reponses", "code"), [(None, 2), ("", 2), ("9,5\n", 2), ("9,5\nAna\n", 2), ("\n", 1), ("f\n", 1), ("9,5\nAna\npar mail\n", 1)]
)
def test_une_entree_qui_s_arrete(
    dossier: Path, reponses: str | None, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert corriger(dossier, reponses, monkeypatch) == code
    assert ("[saisie-impossible]" in capsys.readouterr().out) == (code == 2)
    assert (dossier / "sorties").exists() == (code != 2)
    assert (dossier / "decisions.yaml").exists() == ("mail" in (reponses or ""))


def test_avec_le_format_json(dossier: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert corriger(dossier, "f\n", monkeypatch, "--format", "json") == 2
    assert json.loads(capsys.readouterr().out)["constats"][0]["code"] == "saisie-impossible"


def au_terminal(dossier: Path, reponses: list[bytes], *options: str, **reglages: str) -> tuple[int, str]:
    """Lance `--corriger` dans un vrai pseudo-terminal, et tape une réponse à chaque invite. Sort : le code, et tout ce qui s'est affiché."""
    pty = pytest.importorskip("pty")
    maitre, esclave = pty.openpty()
    commande = [sys.executable, "-m", "cabas", "fusionner", "2026-12", "--depot", str(dossier.parents[1]), "--corriger", "--sans-classeur"]
    reperes = {**os.environ, "NO_COLOR": "1", "TERM": "xterm", "PYTHONPATH": os.pathsep.join(sys.path), **reglages}
    with subprocess.Popen([*commande, "--sans-producteurs", *options], stdin=esclave, stdout=esclave, stderr=esclave, env=reperes) as processus:
        os.close(esclave)
        dit, restent = b"", list(reponses)
        while select.select([maitre], [], [], 60)[0]:
            try:
                lu = os.read(maitre, 65536)
            except OSError:  # le programme a fini : Linux le dit ainsi
                lu = b""
            if not lu:
                break
            dit += lu
            if dit.endswith(b"> "):
                dit += b"|"  # cette invite a eu sa réponse
                os.write(maitre, restent.pop(0) + b"\n" if restent else b"f\n")
        else:
            processus.kill()
        os.close(maitre)
    return processus.returncode, dit.decode("utf-8", "replace").replace("\u00a0", " ").replace("\u202f", " ")


NUMEROS = "bon;cellule;produit;quantite;envoye_le\n1;{};farine-t65;2;2026-12-10T10:00\n"


def test_au_terminal_deux_bons_de_meme_numero_se_demandent_tous_deux(dossier: Path) -> None:
    for fichier, cellule in (("a.csv", "Anne"), ("b  c.csv", "Zoé")):
        (dossier / "les-tilleuls/bons" / fichier).write_text(NUMEROS.format(cellule), encoding="utf-8")
    code, dit = au_terminal(dossier, [b"", b"a", b"Ana", b"panne de rezeau\x1b[D\x1b[D\x1b[D\x7fs"], LC_ALL="C.UTF-8")
    assert "2 cas à revoir" in dit
    assert "1 décision appliquée" in dit
    assert code == 1
    assert etat(dossier)[1]["decisions"] == [
        {"action": "accepter", "bon": "1", "groupement": "les-tilleuls", "cellule": "Zoé", "qui": "Ana", "pourquoi": "panne de reseau"}
    ]
    assert etat(dossier)[0] == ["Anne  rejetee hors-delai", "Zoé 2 retenue bon-accepte"]


def test_au_terminal_un_bon_aux_espaces_doubles_s_accepte(dossier: Path) -> None:
    (dossier / "les-tilleuls/bons/a.csv").rename(dossier / "les-tilleuls/bons/mes  bons.csv")
    (dossier / "les-tilleuls/bons/mes  bons.csv").write_text("cellule;produit;quantite;envoye_le\nA-1;farine-t65;2;2026-12-10T10:00\n")
    code, dit = au_terminal(dossier, [b"a", b"Ana", "réseau".encode()], LC_ALL="C")
    assert (code, etat(dossier)[0]) == (0, ["A-1 2 retenue bon-accepte"]), dit
    assert etat(dossier)[1]["decisions"][0]["pourquoi"] == "réseau"


def test_au_terminal_un_groupement_ne_revoit_que_ses_cas(dossier: Path) -> None:
    (dossier / "la-remise/bons").mkdir(parents=True)
    (dossier / "la-remise/bons/b.csv").write_text("cellule;produit;quantite\nX;farine-t65;neuf\n")
    _code, dit = au_terminal(dossier, [b"9", b"Ana", b"au guichet"], "--groupement", "la-remise")
    assert "1 cas à revoir" in dit
    assert "les-tilleuls" not in dit
    assert "1 décision appliquée" in dit


@pytest.mark.parametrize(
    "ecrit",
    [
        "- {action: accepter, bon: [}\n",
        "[{action: accepter, bon: zz, qui: a, pourquoi: b}]\n",
        "---\n- {action: accepter, bon: zz, qui: a, pourquoi: b}\n...\n",
        "accepter: X2\n",
    ],
)
def test_un_fichier_ou_l_on_ne_peut_rien_ajouter_se_dit_avant_la_premiere_question(
    dossier: Path, ecrit: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (dossier / "decisions.yaml").write_text(ecrit, encoding="utf-8")
    assert corriger(dossier, "9,5\nAna\nau téléphone\nf\n", monkeypatch) == 2
    dit = capsys.readouterr().out
    assert "[decision-fausse]" in dit
    assert "> " not in dit
    assert "1/4" not in dit
    assert (dossier / "decisions.yaml").read_text(encoding="utf-8") == ecrit


def test_un_fichier_abime_pendant_la_seance_ne_perd_pas_les_reponses(
    dossier: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from cabas.cli import corriger as module

    def demander(_entretien: object) -> str:
        (dossier / "decisions.yaml").write_text("[]\n", encoding="utf-8")
        return reponses.pop(0)

    reponses = ["9,5", "Ana", "au téléphone", "f"]
    monkeypatch.setattr(module._Entretien, "_demander", demander)
    assert corriger(dossier, "", monkeypatch) == 2
    dit = capsys.readouterr().out
    assert "- action: corriger\n" in dit
    assert '  quantite: "9,5"\n  qui: "Ana"\n' in dit


def test_une_saisie_qui_n_est_pas_en_utf_8_garde_ses_accents(dossier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entree = io.TextIOWrapper(io.BytesIO("9,5\nAna\nau téléphone\nf\n".encode("latin-1")), encoding="utf-8")
    monkeypatch.setattr("sys.stdin", entree)
    assert principal(["fusionner", "2026-12", "--depot", str(dossier.parents[1]), "--corriger", "--sans-producteurs", "--sans-classeur"]) == 1
    assert [une["pourquoi"] for une in etat(dossier)[1]["decisions"]] == ["au téléphone"]


TEXTES = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30)


@given(TEXTES, st.sampled_from(["", "  "]))
def test_ce_que_l_on_ecrit_se_relit(texte: str, retrait: str) -> None:
    decision = Decision("corriger", fichier="2026-12/a/bons/x.csv", ligne=2, colonne="q", lu=texte, quantite="2", qui="Ana", pourquoi="vu")
    relues, constats = lire_decisions(decisions_yaml([decision], retrait).encode(), "prive/2026-12/decisions.yaml")
    assert constats == []
    assert [relue._replace(source=decision.source) for relue in relues] == [decision]


@st.composite
def prises(tirer: st.DrawFn, recues: list[LigneLue]) -> list[Decision]:
    """Des décisions au hasard, les unes justes, les autres périmées ou sans objet."""
    decisions = []
    for rang in range(tirer(st.integers(0, 6))):
        lue = tirer(st.sampled_from(recues))
        signee = {"qui": "Ana", "pourquoi": f"raison {rang}", "source": Source("prive/2026-12/decisions.yaml", rang + 1)}
        qui = {"groupement": lue.groupement, "cellule": lue.cellule or "A-1"}
        faire = tirer(st.sampled_from(["corriger", "accepter", "annuler", "annuler-tout", "meme-cellule"]))
        if faire == "corriger":
            quantite = tirer(st.sampled_from(["2", "0", "1,5", "12", "250", "rien"]))
            lu = tirer(st.sampled_from([lue.lu, lue.lu, "autre"]))
            decisions.append(Decision("corriger", fichier=lue.fichier, ligne=lue.ligne, colonne=lue.colonne, lu=lu, quantite=quantite, **signee))
        elif faire in ("accepter", "annuler"):
            precisions = tirer(st.sampled_from([{}, qui, {"groupement": lue.groupement}]))
            decisions.append(Decision(faire, bon=tirer(st.sampled_from(["X1", "X2", "X9"])), **precisions, **signee))
        elif faire == "annuler-tout":
            decisions.append(Decision("annuler", **qui, **signee))
        else:
            decisions.append(Decision("meme-cellule", aussi=tirer(st.sampled_from(["A-1", "B-2", "Émile", "Z"])), **qui, **signee))
    return decisions


@given(lignes().filter(bool).flatmap(lambda recues: st.tuples(st.just(recues), prises(recues), st.permutations(recues))))
@settings(max_examples=150, deadline=None)
def test_rien_ne_se_perd_quoi_que_l_on_decide(cas: tuple[list[LigneLue], list[Decision], list[LigneLue]]) -> None:
    recues, decisions, melange = cas
    sorties = []
    for ordre in (recues, melange):
        fusion = fusionner(DEPOT, DEPOT.commandes["2026-12"], ordre, {}, {}, (), decisions)
        recap = recapituler(DEPOT, fusion)
        sorties.append({**tables(fusion, recap), "bilan.json": bilan(fusion, recap, {}, {}, "essai")})
    assert sorties[0] == sorties[1]
    assert fusion.comptes["lues"] == len(recues) == sum(fusion.comptes[sort] for sort in ("retenues", "remplacees", "rejetees", "brouillons"))
    assert sorted(ligne.lue.lu for ligne in fusion.lignes) == sorted(lue.lu for lue in recues)
    retenu = sum(ligne.quantite for ligne in fusion.lignes if ligne.sort is Sort.RETENUE)
    assert retenu == sum(ligne.quantite for ligne in recap.produits) == sum(part.demande for part in recap.attributions)
    assert sorted([*fusion.decisions, *(ecart.decision for ecart in fusion.ecarts)], key=lambda une: une.source.ligne) == decisions
    assert all(ecart.refus.fait for ecart in fusion.ecarts)
    for decision in fusion.decisions:
        if decision.bon:
            touchees = {(une.lue.groupement, une.cellule) for une in fusion.lignes if f"{decision.pourquoi}." in une.message}
            assert len(touchees) == 1, decision
    assert all(ligne.message for ligne in fusion.lignes if ligne.code)


TOLERANCES = "cellule;produit;quantite;tolerance\nA-1;lentilles-vertes;2;un peu\nB-1;lentilles-vertes;deux;beaucoup\nC-1;lentilles-vertes;250;0,3\n"


def decisions(*lignes: str) -> str:
    return "".join(f"- {{action: corriger, fichier: les-tilleuls/bons/a.csv, colonne: quantite, qui: Ana, pourquoi: vu, {une}}}\n" for une in lignes)


def test_une_tolerance_se_corrige_a_part(dossier: Path) -> None:
    (dossier / "les-tilleuls/bons/a.csv").write_text(TOLERANCES, encoding="utf-8")
    lancer = ["fusionner", "2026-12", "--depot", str(dossier.parents[1]), "--sans-producteurs", "--trace", "--sans-classeur"]
    (dossier / "decisions.yaml").write_text(
        decisions(
            'ligne: 2, lu: un peu, tolerance: "1"', 'ligne: 3, lu: beaucoup, tolerance: "0"', 'ligne: 3, lu: deux, quantite: "2"',
            'ligne: 4, lu: "0,3", tolerance: "1"',
        ),
        encoding="utf-8",
    )  # fmt: skip
    assert principal(lancer) == 0
    journal, bilan = etat(dossier)
    assert journal == ["A-1 2 retenue quantite-corrigee", "B-1 2 retenue quantite-corrigee", "C-1 250 retenue quantite-suspecte"]
    assert [(une["lu"], une.get("quantite"), une.get("tolerance")) for une in bilan["decisions"]] == [
        ("un peu", None, "1"), ("beaucoup", None, "0"), ("deux", "2", None), ("0,3", None, "1"),
    ]  # fmt: skip
    lignes = lire(dossier / "sorties/journal.csv")
    assert [ligne["tolerance"] for ligne in lignes] == ["1", "0", "1"]
    assert "Tolérance « un peu » : « 1 », corrigée par Ana" in lignes[0]["message"].replace("\u00a0", " ")
    assert "« deux » devient « 2 », corrigé par Ana" in lignes[1]["message"].replace("\u00a0", " ")


def test_une_tolerance_changee_depuis_perime_sa_decision(dossier: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (dossier / "les-tilleuls/bons/a.csv").write_text(TOLERANCES, encoding="utf-8")
    (dossier / "decisions.yaml").write_text(decisions('ligne: 2, lu: rien, tolerance: "1"'), encoding="utf-8")
    assert principal(["fusionner", "2026-12", "--depot", str(dossier.parents[1]), "--sans-producteurs", "--sans-classeur"]) == 1
    dit = capsys.readouterr().out.replace("\u00a0", " ")
    assert "[decision-perimee] On avait lu « rien » ; on lit maintenant « un peu »" in dit.replace("\u202f", " ")


@pytest.mark.parametrize(
    ("champs", "dit"), [('lu: a, tolerance: "1", quantite: "2"', "« quantite » n’a pas de sens"), ("lu: a", "« quantite » manque")]
)
def test_une_correction_vise_une_case(champs: str, dit: str) -> None:
    lues, constats = lire_decisions(decisions(f"ligne: 2, {champs}").encode(), "prive/2026-12/decisions.yaml")
    assert (lues, [constat.code for constat in constats]) == ([], ["decision-fausse"])
    assert dit in constats[0].message


def test_la_seance_demande_aussi_les_tolerances(dossier: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (dossier / "les-tilleuls/bons/a.csv").write_text(TOLERANCES, encoding="utf-8")
    assert corriger(dossier, "a\n1\nAna\npar mail\n2\n3\n250\n1\n", monkeypatch, "--sans-classeur") == 0
    dit = capsys.readouterr().out.replace("\u00a0", " ")
    assert "corriger la tolérance, « un peu »" in dit
    assert "[quantite-illisible] Tolérance : « beaucoup » n’est pas une quantité." in dit
    assert etat(dossier)[0] == ["A-1 2 retenue quantite-corrigee", "B-1 2 retenue quantite-corrigee", "C-1 250 retenue quantite-suspecte"]
    assert [ligne["tolerance"] for ligne in lire(dossier / "sorties/journal.csv")] == ["1", "3", "250"]
