"""Le petit guide répond à tous les besoins du terrain, et dit vrai : exemples chiffrés, formulaire, modèles de mails, hébergeurs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from conftest import PAQUET, RACINE, dire
from jinja2 import Environment, StrictUndefined

from cabas.calculs.conditionnements import total_a_commander
from cabas.calculs.repartition import Demande, repartir
from cabas.quantites import lire_quantite
from cabas.rendu import besoins
from cabas.rendu.besoins import BESOINS, MARQUE, PARTIES, besoins_de, inserer, pages_par_besoin
from cabas.rendu.guide import Texte

GUIDE = RACINE / "content" / "guide"
MAILS = sorted((RACINE / "content" / "mails").iterdir())
BLOC = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Ce qu'un SMS de 160 signes sait écrire (GSM 03.38), sans les lettres grecques ni les signes de l'extension.
SIGNES_SMS = set("@£$¥èéùìòÇØøÅåÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà\n") | {
    chr(code) for code in (*range(48, 58), *range(65, 91), *range(97, 123))
}


def textes() -> list[Texte]:
    """Les pages du guide, telles qu'elles sont écrites, en-tête ôté."""
    lus = []
    for page in sorted(GUIDE.rglob("*.md")):
        texte = page.read_text(encoding="utf-8")
        corps = texte.split("---\n", 2)[2] if texte.startswith("---\n") else texte
        lus.append(Texte(page.relative_to(RACINE).as_posix(), {}, corps))
    return lus


def page(nom: str) -> str:
    return (GUIDE / nom).read_text(encoding="utf-8")


def test_les_besoins_sont_ceux_du_terrain():
    assert list(BESOINS) == [f"V{numero}" for numero in range(1, 28)] + [f"G{numero}" for numero in range(1, 16)]


def test_chaque_besoin_a_au_moins_une_page():
    assert [code for code, pages in pages_par_besoin(textes()).items() if not pages] == []


def test_chaque_page_finit_par_la_phrase_et_ne_cite_que_des_besoins_connus():
    fautes = []
    for texte in textes():
        codes = besoins_de(texte.corps)
        if "/technique/" in texte.chemin and codes is None:
            continue
        if codes is None:
            fautes.append(f"{texte.chemin} ne finit pas par « Cette page répond aux besoins … »")
            continue
        fautes += [f"{texte.chemin} : {code} n’est pas un besoin" for code in codes if code not in BESOINS]
        fautes += [f"{texte.chemin} : {code} est cité deux fois" for code in set(codes) if codes.count(code) > 1]
    dire(fautes)


def test_aucun_tableau_n_a_de_titre_de_colonne_vide():
    """Un lecteur d'écran annonce la colonne avant la case : un titre vide ne dit rien."""
    tetes = re.compile(r"^\|(.+)\|\n\|[-:| ]+\|$", re.MULTILINE)
    dire([f"{texte.chemin} : |{tete}|" for texte in textes() for tete in tetes.findall(texte.corps) if not all(map(str.strip, tete.split("|")))])


@pytest.mark.parametrize(
    ("corps", "attendu"),
    [
        ("# A\n\nCette page répond au besoin G14.\n", ["G14"]),
        ("# A\n\nCette page répond aux besoins V1, V2 et G3.\n\n", ["V1", "V2", "G3"]),
        ("# A\n\nCette page répond aux besoins V1, V2 et G3.\n\nUne suite.\n", None),
        ("# A\n\nCette page répond aux besoins X1.\n", None),
        ("", None),
    ],
)
def test_la_derniere_phrase_se_lit(corps, attendu):
    assert besoins_de(corps) == attendu


def test_ou_trouver_quoi_mene_a_chaque_page():
    ecrite = Texte("content/guide/ou-trouver-quoi.md", {}, page("ou-trouver-quoi.md"))
    autres = [
        Texte("content/guide/missions/caisse.md", {}, "# Tenir la caisse\n\nCette page répond aux besoins V13 et G11.\n"),
        Texte("content/guide/tresorerie.md", {}, "# La [trésorerie]\n\nCette page répond aux besoins G11 et V99.\n"),
        Texte("content/guide/brouillon.md", {}, "# Pas fini\n"),
    ]
    rendu = inserer(ecrite, [ecrite, *autres]).corps
    lignes = {ligne.split(" | ")[0].strip("| "): ligne for ligne in rendu.splitlines() if ligne.startswith("| ")}
    assert lignes["V13"].endswith("| [Tenir la caisse](missions/caisse.md) |")
    assert re.search(r"\| \[La .*trésorerie.*\]\(tresorerie\.md\), \[Tenir la caisse\]\(missions/caisse\.md\) \|$", lignes["G11"])
    assert "aucune page" in lignes["V1"]
    assert "V99" not in rendu
    assert "brouillon" not in rendu
    assert MARQUE not in rendu
    assert [ligne for ligne in rendu.splitlines() if ligne.startswith("## ")][: len(PARTIES)] == [f"## {partie}" for partie in PARTIES]


def test_une_page_sans_marque_reste_telle_quelle():
    texte = Texte("content/guide/a.md", {}, "# A\n")
    assert inserer(texte, [texte]) is texte
    assert besoins.titre_de(texte) == "A"


def exemples(nom: str) -> list[list[list[str]]]:
    """Les tableaux « demande, tolérance, reçoit » d'une page."""
    tableaux = re.findall(r"^\| (?:Cellule|Foyer) \| Demande \| Tolérance \| Reçoit \|\n\|[-|]+\|\n((?:\|.*\|\n)+)", page(nom), re.MULTILINE)
    return [[[case.strip() for case in ligne.strip("|").split("|")] for ligne in tableau.splitlines()] for tableau in tableaux]


def kilos(texte: str) -> int:
    lu = 0 if texte == "rien" else lire_quantite(texte, "kg")
    assert isinstance(lu, int)
    return lu


@pytest.mark.parametrize(("nom", "combien"), [("commander.md", 1), ("comment-marche-une-commande.md", 2)])
def test_les_exemples_de_lots_suivent_nos_regles(nom, combien):
    tableaux = exemples(nom)
    assert len(tableaux) == combien
    for *lignes, (_ensemble, somme, tolerances, recu) in tableaux:
        demandes = [Demande("g", cellule, kilos(demande), kilos(tolerance)) for cellule, demande, tolerance, _recoit in lignes]
        assert (sum(une.quantite for une in demandes), sum(une.tolerance for une in demandes)) == (kilos(somme), kilos(tolerances))
        commande = total_a_commander([25_000], kilos(somme), kilos(tolerances))
        assert commande == kilos(recu)
        assert repartir("prorata", commande, 500, demandes, "exemple") == [kilos(recoit) for *_reste, recoit in lignes]


def test_le_formulaire_pose_toutes_les_questions_de_la_fiche():
    champs = {champ["name"] for champ in json.loads((PAQUET / "schemas/producteurs.json").read_text(encoding="utf-8"))["fields"]}
    demandes = re.findall(r"`([a-z_]+)`", page("formulaire-producteur.md"))
    assert champs - {"slug"} == set(demandes)
    assert len(demandes) == len(set(demandes))


def marques(texte: str) -> set[str]:
    """Les valeurs qu'un modèle de mail attend."""
    sans_note = re.sub(r"\{#.*?#-?\}", "", texte, flags=re.DOTALL)
    return set(re.findall(r"(?:\{\{-? *|\{%-? *if |\{%-? *for \w+ in )([a-z_]+(?:\.[a-z_]+)*)", sans_note))


@pytest.mark.parametrize("modele", MAILS, ids=lambda chemin: chemin.name)
def test_un_modele_de_mail_explique_chacune_de_ses_marques(modele: Path):
    texte = modele.read_text(encoding="utf-8")
    notes = "".join(re.findall(r"\{#(.*?)#-?\}", texte, re.DOTALL))
    voisin = modele.with_name(modele.name.replace(".sms.txt", ".md"))
    notes += "".join(re.findall(r"\{#(.*?)#-?\}", voisin.read_text(encoding="utf-8"), re.DOTALL))
    assert marques(texte) - {"fenetre.distribution"} - set(re.findall(r"[a-z_]+(?:\.[a-z_]+)*", notes)) == set()


class Valeurs(dict):  # type: ignore[type-arg]
    """De quoi remplir un modèle : chaque nom rend un morceau de texte, ou une suite d'un élément pour une boucle."""

    def __getattr__(self, nom: str) -> object:
        return self.get(nom, f"‹{nom}›")


@pytest.mark.parametrize("modele", MAILS, ids=lambda chemin: chemin.name)
@pytest.mark.parametrize("plein", [True, False])
def test_un_modele_de_mail_se_remplit(modele: Path, plein: bool):
    distribution = Valeurs()
    valeurs: dict[str, object] = {
        "commande": Valeurs({} if plein else {"note": ""}), "groupement": Valeurs({} if plein else {"permanence": ""}),
        "fenetre": Valeurs({"distribution": distribution}), "adresse_bon": "‹bon›", "limite_reponse": "‹limite›",
        "adresse_inscription": "‹inscription›" if plein else "", "consignes": "‹consignes›" if plein else "",
        "changements": [Valeurs()], "manques": [Valeurs()], "ruptures": [Valeurs()] if plein else [],
    }  # fmt: skip
    rendu = Environment(undefined=StrictUndefined, autoescape=False).from_string(modele.read_text(encoding="utf-8")).render(valeurs)
    assert "{" not in rendu
    assert "\n\n\n\n" not in rendu
    assert "‹nom›" in rendu
    assert ("‹permanence›" in rendu) == (plein and "permanence" in modele.read_text(encoding="utf-8").split("#}")[-1])


@pytest.mark.parametrize("modele", [chemin for chemin in MAILS if chemin.name.endswith(".sms.txt")], ids=lambda chemin: chemin.name)
def test_un_sms_n_emploie_que_les_signes_qui_ne_le_raccourcissent_pas(modele: Path):
    texte = re.sub(r"\{#.*?#-?\}|\{\{.*?\}\}|\{%.*?%\}", "", modele.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert set(texte) - SIGNES_SMS == set()


def test_le_sms_montre_en_exemple_tient_en_un_seul():
    exemple = next(bloc.strip() for langue, bloc in BLOC.findall(page("messages.md")) if langue == "text")
    assert len(exemple) == 160
    assert set(exemple) <= SIGNES_SMS
    assert f"Elle fait {len(exemple)} signes" in page("messages.md")


def test_chaque_modele_de_mail_est_dans_le_guide():
    assert [chemin.name for chemin in MAILS if f"`{chemin.name}`" not in page("messages.md")] == []


def test_les_reglages_des_hebergeurs_construisent_et_publient():
    gitlab, github = (yaml.safe_load(bloc) for langue, bloc in BLOC.findall(page("heberger.md")) if langue == "yaml")
    assert gitlab["pages"]["script"] == ["make", "mv site public"]
    assert gitlab["pages"]["artifacts"]["paths"] == ["public"]
    assert gitlab["verifier"]["script"] == ["make"]
    etapes = github["jobs"]["construire"]["steps"]
    assert [etape["run"] for etape in etapes if "run" in etape] == ["make"]
    assert etapes[-1]["with"]["path"] == "site"
    assert github["permissions"] == {"contents": "read", "pages": "write", "id-token": "write"}
    assert github["jobs"]["publier"]["needs"] == "construire"
    for bloc in (gitlab["variables"]["GIT_DEPTH"], str(etapes[0]["with"]["fetch-depth"])):
        assert bloc == "0"  # l'histoire entière : sans elle, les prix figés ne se retrouvent pas
