"""Ce que les gens écrivent à côté de leurs quantités : rien n'en est compté, rien ne s'en perd."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_bon_tableur import cases_de, remplir
from test_courrier import BON, citer

from cabas.cli import principal
from cabas.documents.mon_bon import mon_bon_xlsx
from cabas.lecture.depot import charger

ENTETE = "groupement;fichier;ligne;cellule;remarque"


def fusionner(depot: Path, capsys: pytest.CaptureFixture[str], bons: dict[str, str | bytes], *options: str) -> tuple[int, list[str]]:
    """Dépose des bons, fusionne ; rend le nombre annoncé, et les lignes de `remarques.csv` (rien si le fichier n'est pas écrit)."""
    for nom, contenu in bons.items():
        chemin = depot / "prive/2026-12" / nom
        chemin.parent.mkdir(parents=True, exist_ok=True)
        chemin.write_bytes(contenu.encode() if isinstance(contenu, str) else contenu)
    principal(["fusionner", "2026-12", "--depot", str(depot), "--format", "json", "--trace", "--sans-classeur", "--sans-producteurs", *options])
    dit = json.loads(capsys.readouterr().out)
    ecrit = Path(dit["sorties"]) / "remarques.csv"
    lignes = ecrit.read_text(encoding="utf-8-sig").splitlines() if ecrit.exists() else [ENTETE]
    assert lignes[0] == ENTETE
    return dit["remarques"], lignes[1:]


def test_une_remarque_se_lit_une_fois_d_ou_qu_elle_vienne(mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    depot, _constats = charger(mini_depot)
    vierge = mon_bon_xlsx(depot, depot.commandes["2026-12"], depot.groupements["les-tilleuls"])
    classeur = remplir(vierge, {"B5": "Ana", "B10": "Je passe tard", f"E{cases_de(vierge)['farine-t65']}": "1"})
    canonique = "cellule;produit;quantite;remarque\nC-1;farine-t65;1;Merci !\nC-1;jus-de-pomme;1;Merci !\nC-2;farine-t65;1;-\n"
    grille = 'Nom,[farine-t65],Commentaire\nLéo,2,"et aussi 1 kg de comté"\nZoé,1,\nLou,,=1+1\n'
    assert fusionner(mini_depot, capsys, {
        "les-tilleuls/bons/a.csv": canonique, "les-tilleuls/bons/a (1).csv": canonique, "la-remise/bons/g.csv": grille,
        "les-tilleuls/bons/m.txt": BON + citer(BON), "les-tilleuls/bons/x.xlsx": classeur,
    }) == (5, [
        "la-remise;2026-12/la-remise/bons/g.csv;2;Léo;et aussi 1 kg de comté",
        "la-remise;2026-12/la-remise/bons/g.csv;4;Lou;'=1+1",
        "les-tilleuls;2026-12/les-tilleuls/bons/a (1).csv;2;C-1;Merci !",
        "les-tilleuls;2026-12/les-tilleuls/bons/m.txt;11;A-017;Je passerai tard, à vélo, avec deux cageots vides et les bocaux du mois dernier",
        "les-tilleuls;2026-12/les-tilleuls/bons/x.xlsx;13;Ana;Je passe tard",
    ])  # fmt: skip


def test_sans_remarque_pas_de_fichier_et_l_ancien_s_en_va(mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bon = "cellule;produit;quantite;remarque\nC-1;farine-t65;1;{}\n"
    assert fusionner(mini_depot, capsys, {"les-tilleuls/bons/a.csv": bon.format("Bonjour")})[0] == 1
    assert fusionner(mini_depot, capsys, {"les-tilleuls/bons/a.csv": bon.format("néant")}) == (0, [])


def test_un_groupement_seul_n_a_que_les_siennes(mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bon = "cellule;produit;quantite;remarque\nC-1;farine-t65;1;{}\n"
    bons: dict[str, str | bytes] = {f"{groupement}/bons/a.csv": bon.format(groupement) for groupement in ("les-tilleuls", "la-remise")}
    assert fusionner(mini_depot, capsys, bons, "--groupement", "la-remise") == (1, ["la-remise;2026-12/la-remise/bons/a.csv;2;C-1;la-remise"])
