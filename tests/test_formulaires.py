"""`cabas formulaire` : chaque fichier crée le bon dans un service, et l'export de ce service se lit sans réglage.

Aller-retour : le fichier écrit, ce que le service en fait (`services.py`), son export, `lire_bons`. Un produit piégé est du voyage.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import services
from depot_de_bon import DECEMBRE, petit_depot, produit
from hypothesis import given
from hypothesis import strategies as st

from cabas.calculs.formulaire import MOTS_CONNUS, Formulaire, motif_de_quantite
from cabas.cli import principal
from cabas.lecture.bons import lire_bons
from cabas.lecture.colonnes import Catalogue
from cabas.lecture.intitules import roles_connus
from cabas.lecture.preambule import sans_explication
from cabas.modele import Depot, Lot
from cabas.publication.formulaires import FICHIERS, fichiers_du_formulaire, formulaire_du_bon
from cabas.quantites import lire_quantite
from cabas.rendu.formulaires_traduits import formulaires_traduits
from cabas.temps import lire_envoi
from cabas.typographie import simplifier

PIEGE = '=HYPERLINK("x") ${q-nom} `{1+1}` </script><b>\\" [farine-t65] */ 🌾'


def depot_piege() -> Depot:
    """Le petit réseau, et un produit dont le nom essaie tout."""
    depot = petit_depot(mot_cellule="foyer")
    piege = produit("piege", PIEGE, "piece", 1000, "2.00", lot=Lot(12000, "carton de 12"), lot_complet=True)
    return depot._replace(produits={un.ref: un for un in (*depot.produits.values(), piege)})


DEPOT = depot_piege()
CATALOGUE = Catalogue(DEPOT.produits.values())


def formulaire(depot: Depot = DEPOT) -> Formulaire:
    commande = depot.commandes[DECEMBRE.id]
    return formulaire_du_bon(depot, commande, commande.fenetres[0], depot.groupements["les-tilleuls"])


BON = formulaire()
ECRITS = fichiers_du_formulaire(BON)
PARLEES = ("en", "ar", "tr", "es", "pt", "uk")


def traduits() -> dict[str, Formulaire]:
    """Le même bon dans toutes nos langues ; seules les lentilles ont un nom turc."""
    commande, depot = DEPOT.commandes[DECEMBRE.id], DEPOT._replace(traductions={"tr": {"produits/lentilles-vertes": "Yeşil mercimek"}})
    return formulaires_traduits(BON, depot, commande, commande.fenetres[0], DEPOT.groupements["les-tilleuls"]._replace(langues=PARLEES))


def octets(service: str) -> bytes:
    return ECRITS[FICHIERS[service]]


@pytest.fixture(scope="module")
def creees_par_google(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Les questions que le script crée, dans node et un Google Forms de carton."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node est absent : le script Google n’est pas exécuté.")
    script = tmp_path_factory.mktemp("google") / "essai.js"
    script.write_text(FAUX_GOOGLE + octets("google").decode() + "\ncreerLeBon(); console.log(JSON.stringify(vues));", encoding="utf-8")
    sortie = subprocess.run([node, str(script)], capture_output=True, text=True, encoding="utf-8", check=True).stdout
    vues: dict[str, Any] = json.loads(sortie.splitlines()[-1])
    assert vues["titre"] == BON.titre
    assert BON.vie_privee in vues["description"]
    assert vues["declencheur"] == ["fermerLeBon", int(BON.cloture.timestamp()) * 1000]
    return list(vues["questions"])


FAUX_GOOGLE = """
var vues = {questions: [], sections: []};
var Logger = {log: function () {}};
Date.now = function () { return 0; };
function element(genre) {
  var une = {genre: genre, choix: [], motif: ""};
  var facade = {
    setTitle: function (titre) { une.titre = titre; if (genre === "section") { vues.sections.push(titre); } return facade; },
    setHelpText: function (aide) { une.aide = aide; return facade; },
    setRequired: function (oui) { une.obligatoire = oui; return facade; },
    setChoiceValues: function (choix) { une.choix = choix; return facade; },
    setValidation: function (motif) { une.motif = motif; return facade; }
  };
  if (genre !== "section") { vues.questions.push(une); }
  return facade;
}
var FormApp = {
  create: function (titre) {
    vues.titre = titre;
    return {
      setTitle: function () {}, setDescription: function (texte) { vues.description = texte; }, setCollectEmail: function () {},
      setShowLinkToRespondAgain: function () {}, getId: function () { return "f"; }, getPublishedUrl: function () { return ""; },
      getEditUrl: function () { return ""; },
      addSectionHeaderItem: function () { return element("section"); }, addListItem: function () { return element("liste"); },
      addParagraphTextItem: function () { return element("long"); }, addTextItem: function () { return element("texte"); }
    };
  },
  createTextValidation: function () {
    var motif;
    var facade = {
      setHelpText: function () { return facade; },
      requireTextMatchesPattern: function (dit) { motif = dit; return facade; },
      build: function () { return motif; }
    };
    return facade;
  }
};
var PropertiesService = {getScriptProperties: function () { return {setProperty: function () {}}; }};
var ScriptApp = {newTrigger: function (nom) { return {timeBased: function () { return {at: function (quand) {
  vues.declencheur = [nom, quand.getTime()]; return {create: function () {}};
}}; }}; }};
"""


class FauxNextcloud(HTTPServer):
    """L'API de Nextcloud Forms, juste ce que le programme en demande. `refuser` : un mot du chemin ou du contenu qui le fâche."""

    def __init__(self, refuser: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Reponses)
        self.refuser, self.demandes = refuser, list[tuple[str, str, Any, str]]()

    def questions(self) -> list[dict[str, Any]]:
        """Les questions créées : titre, choix, motif."""
        creees: dict[str, dict[str, Any]] = {}
        for methode, chemin, contenu, _cle in self.demandes:
            if methode == "POST" and chemin.endswith("/questions"):
                creees[f"{chemin}/{len(creees) + 1}"] = {"titre": contenu["text"], "type": contenu["type"], "choix": [], "motif": ""}
            elif methode == "POST" and chemin.endswith("/options"):
                creees[chemin.removesuffix("/options")]["choix"] = contenu["optionTexts"]
            elif methode == "PATCH" and "extraSettings" in contenu["keyValuePairs"]:
                creees[chemin]["motif"] = contenu["keyValuePairs"]["extraSettings"]["validationRegex"]
        return list(creees.values())


class _Reponses(BaseHTTPRequestHandler):
    server: FauxNextcloud

    def _repondre(self) -> None:
        corps = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chemin = self.path.removeprefix("/ocs/v2.php/apps/forms/api/v3/forms")
        self.server.demandes.append((self.command, chemin, json.loads(corps) if corps else None, self.headers["Authorization"]))
        refuse = self.server.refuser and self.server.refuser in f"{chemin} {corps.decode()}" and self.command != "DELETE"
        nombre = sum(methode == "POST" and ou.endswith("/questions") for methode, ou, _contenu, _cle in self.server.demandes)
        donnee = {"id": nombre} if chemin.endswith("/questions") else {"id": 7, "hash": "abc"}
        octets_rendus = json.dumps({"ocs": {"data": donnee}}).encode()
        self.send_response((403 if "extraSettings" in self.server.refuser else 500) if refuse else 200)
        self.send_header("Content-Length", str(len(octets_rendus)))
        self.end_headers()
        self.wfile.write(octets_rendus)

    do_POST = do_PATCH = do_DELETE = _repondre  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Rien : les essais sont muets."""


@pytest.fixture
def programme(tmp_path: Path) -> Iterator[Any]:
    """Lance le programme Nextcloud contre un faux service : `programme(refuser)` rend (service, résultat)."""
    serveurs = []

    def lancer(refuser: str = "", **variables: str) -> tuple[FauxNextcloud, subprocess.CompletedProcess[str]]:
        serveur = FauxNextcloud(refuser)
        serveurs.append(serveur)
        threading.Thread(target=serveur.serve_forever, daemon=True).start()
        fichier = tmp_path / "bon.py"
        fichier.write_bytes(octets("nextcloud"))
        adresse = f"http://127.0.0.1:{serveur.server_port}/"
        acces = {"NEXTCLOUD_ADRESSE": adresse, "NEXTCLOUD_COMPTE": "moi", "NEXTCLOUD_JETON": "secret", "PYTHONIOENCODING": "utf-8"}
        milieu = {**{nom: valeur for nom, valeur in os.environ.items() if not nom.startswith("NEXTCLOUD")}, **acces, **variables}
        return serveur, subprocess.run(
            [sys.executable, str(fichier)], capture_output=True, text=True, encoding="utf-8", env=milieu, check=False, timeout=60
        )

    yield lancer
    for serveur in serveurs:
        serveur.shutdown()
        serveur.server_close()


def relire(exports: dict[str, bytes]) -> None:
    """Chaque export rend les quantités, tolérances, cellules, créneaux et tarifs de `services.REPONSES`, sans un mot de trop."""
    assert exports
    for nom, export in exports.items():
        lignes, constats = lire_bons(export, nom, "les-tilleuls", CATALOGUE)
        lues = [
            (
                un.cellule,
                un.produit,
                *(lire_quantite(texte, DEPOT.produits[un.produit].unite) for texte in (un.lu, un.tolerance)),
                un.creneau,
                un.tarif,
            )
            for un in lignes
        ]
        assert sorted(lues) == sorted(services.LUES), nom
        assert [un.refus for un in lignes if un.refus or un.brouillon] == [], nom
        assert {f"{envoi:%d %H:%M}" for un in lignes if (envoi := lire_envoi(un.envoye_le))} == {"01 09:12"}, nom
        assert [constat.code for constat in constats] == [], nom


def test_kobo_et_odk_aller_retour() -> None:
    exports = services.kobo(octets("kobo"))
    assert len(exports) == 6
    relire(exports)


def test_limesurvey_aller_retour() -> None:
    exports = services.limesurvey(octets("limesurvey"))
    assert exports["limesurvey.csv"] != exports["limesurvey-sans-balises.csv"], "le piège porte une balise"
    relire(exports)


def test_google_aller_retour(creees_par_google: list[dict[str, Any]]) -> None:
    relire(services.google(creees_par_google))


def test_nextcloud_aller_retour(programme: Any) -> None:
    service, fini = programme()
    assert (fini.returncode, fini.stderr) == (0, "")
    assert "/apps/forms/abc/edit" in fini.stdout
    reglages = service.demandes[1][2]["keyValuePairs"]
    assert reglages["expires"] == int(BON.cloture.timestamp())
    assert BON.vie_privee in reglages["description"]
    relire(services.nextcloud(service.questions()))


def test_framaforms_aller_retour() -> None:
    relire(services.framaforms(octets("framaforms")))


def test_chaque_service_pose_les_memes_questions(creees_par_google: list[dict[str, Any]], programme: Any) -> None:
    voulues = [question.intitule for question in BON.questions()]
    codes = [question.code for question in BON.questions()]
    assert [une["titre"] for une in creees_par_google] == voulues
    assert [une["titre"] for une in programme()[0].questions()] == voulues
    assert services.Recette(octets("framaforms").decode()).copies["intitule"] == voulues
    assert [ligne["name"] for ligne in services.structure_limesurvey(octets("limesurvey")) if ligne["class"] == "Q"][:6] == codes[:6]
    poses = [code for code, _intitule in services.questions_kobo(octets("kobo")) if not code.startswith(("note_", "envoye_le"))]
    assert [code for code in poses if code] == codes
    assert {"t-lentilles-vertes", "t-piege", "creneau", "tarif", "remarque"} < set(codes)
    assert "t-farine-t65" not in codes, "pas de tolérance là où un lot ne se complète pas"


def test_cloture_et_vie_privee_partout() -> None:
    kobo = " ".join(valeur for rangees in services.feuilles(octets("kobo")).values() for rangee in rangees for valeur in rangee.values())
    for service in ("limesurvey", "google", "nextcloud", "framaforms"):
        texte = octets(service).decode()
        lisible = json.dumps(services.bon_du_script(texte), ensure_ascii=False) if service == "google" else texte
        assert BON.vie_privee in lisible, service
        assert BON.cloture_dite in lisible, service
    assert BON.vie_privee in kobo
    assert BON.cloture_dite in kobo
    structure = {ligne["name"]: ligne["text"] for ligne in services.structure_limesurvey(octets("limesurvey")) if ligne["class"] == "S"}
    assert structure["expires"] == "2026-12-07 20:00:00"
    assert (structure["datestamp"], structure["ipaddr"], structure["anonymized"]) == ("Y", "N", "N")


def test_kobo_parle_les_langues_du_groupement(tmp_path: Path) -> None:
    langues = traduits()
    assert list(langues)[1:3] == ["العربية (ar)", "Türkçe (tr)"]
    classeur = fichiers_du_formulaire(BON, ["kobo"], langues)[FICHIERS["kobo"]]
    lues = services.feuilles(classeur)
    lentilles = next(rangee for rangee in lues["survey"] if rangee["name"] == "q-lentilles-vertes")
    assert lentilles["label::Türkçe (tr)"] == "Yeşil mercimek, 2,70 · 3,30 €/kg [lentilles-vertes]"
    assert "Lentilles vertes" in lentilles["hint::Türkçe (tr)"], "le nom de l’étiquette reste lisible"
    assert lentilles["label::English (en)"].startswith("Lentilles vertes, ")
    for nom in langues:
        muettes = [rangee["name"] for rangee in lues["survey"] if rangee["label::Français (fr)"] and not rangee[f"label::{nom}"]]
        textes = " ".join(rangee[f"label::{nom}"] for rangee in lues["survey"])
        assert muettes == [], nom
        assert "les-tilleuls@exemple.org" in textes, nom
        assert not re.search(r"\{\w+\}|\*|½", textes.replace("{q-nom}", "").replace("{1+1}", "").replace("*/", "")), nom
    relire(services.kobo(classeur))
    if convertir := pytest.importorskip("pyxform.xls2xform", reason="pyxform est absent : le XLSForm n’est pas converti."):
        chemin = tmp_path / "bon.xlsx"
        chemin.write_bytes(classeur)
        rendu = convertir.convert(str(chemin), validate=False)
        assert rendu.warnings == []
        assert rendu.xform.count("<translation ") == 1 + len(langues)


def test_limesurvey_garde_ses_bornes() -> None:
    lignes = services.structure_limesurvey(octets("limesurvey"))
    noms = [ligne["name"] for ligne in lignes if ligne["class"] == "Q"]
    assert len(set(noms)) == len(noms)
    assert [nom for nom in noms if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,19}", nom)] == []
    assert [ligne["name"] for ligne in lignes if ligne["class"] == "A" and not re.fullmatch(r"[A-Za-z0-9]{1,5}", ligne["name"])] == []
    assert [ligne["validation"] for ligne in lignes if re.search(r"[{}\\]", ligne["validation"])] == []


def test_les_textes_hostiles_n_agissent_nulle_part(creees_par_google: list[dict[str, Any]]) -> None:
    piege = next(question.intitule for question in BON.questions() if question.code == "q-piege")
    assert "</script><b>" in piege
    assert piege.endswith("[piege]")
    assert "[farine-t65]" not in piege
    for rangee in services.feuilles(octets("kobo"))["survey"]:
        assert not any("${" in valeur for valeur in rangee.values()), rangee
    for ligne in services.structure_limesurvey(octets("limesurvey")):
        actifs = r"</?(?!p>)[a-z]|[{}\\]" if ligne["name"] == "surveyls_welcometext" else r"[<>{}\\]"
        assert not re.search(actifs, ligne["text"] + ligne["help"]), ligne
    script = octets("google").decode()
    assert "</script" not in script
    assert script.split("var BON", 1)[1].split("function", 1)[0].isascii()
    assert any(une["titre"] == piege for une in creees_par_google)
    arbre = ast.parse(octets("nextcloud").decode())
    donnees = next(noeud.value for noeud in arbre.body if isinstance(noeud, ast.Assign) and ast.unparse(noeud.targets[0]) == "BON")
    assert any(question["intitule"] == piege for rayon in ast.literal_eval(donnees)["rayons"] for question in rayon["questions"])
    assert services.Recette(octets("framaforms").decode()).balises.isdisjoint({"script", "b", "img"})


def test_le_classeur_ne_contient_aucune_formule(tmp_path: Path) -> None:
    shutil.unpack_archive(shutil.copyfile(_poser(tmp_path), tmp_path / "f.zip"), tmp_path / "f")
    feuilles = "".join(fichier.read_text(encoding="utf-8") for fichier in (tmp_path / "f").rglob("*.xml"))
    assert "HYPERLINK" in feuilles
    assert "<f>" not in feuilles
    assert "<hyperlink" not in feuilles


def _poser(dossier: Path) -> Path:
    chemin = dossier / FICHIERS["kobo"]
    chemin.write_bytes(octets("kobo"))
    return chemin


def test_le_xlsform_passe_pyxform(tmp_path: Path) -> None:
    convertir = pytest.importorskip("pyxform.xls2xform", reason="pyxform est absent : le XLSForm n’est pas converti.")
    rendu = convertir.convert(str(_poser(tmp_path)), validate=False)
    assert rendu.warnings == []
    assert re.search(r'nodeset="[^"]*/q-comte-12-mois" type="decimal" constraint="[^"]*mod 250 = 0 and \. &lt;= 2"', rendu.xform)
    assert "${" not in rendu.xform
    assert 'type="string" required="true()"' in rendu.xform


def test_les_memes_octets() -> None:
    encore = fichiers_du_formulaire(formulaire(depot_piege()))
    assert {nom: hashlib.sha256(un).hexdigest() for nom, un in ECRITS.items()} == {nom: hashlib.sha256(un).hexdigest() for nom, un in encore.items()}


@given(pas=st.sampled_from([50, 100, 200, 250, 500, 1000, 2000, 5000]), maximum=st.none() | st.integers(1, 12), fois=st.integers(0, 80))
def test_le_motif_admet_ce_que_la_fusion_admet(pas: int, maximum: int | None, fois: int) -> None:
    plafond = maximum and maximum * pas
    for milliemes in (fois * pas, fois * pas + pas // 2):
        juste = milliemes % pas == 0 and (plafond is None or milliemes <= plafond)
        tenu = plafond is not None or pas <= 1000  # au-delà d'une unité et sans maximum, le motif ne tient pas le pas
        for texte in {f"{milliemes // 1000}.{milliemes % 1000:03d}", f"{milliemes / 1000:g}".replace(".", ",")}:
            admis = re.fullmatch(motif_de_quantite(pas, plafond), texte) is not None
            assert admis if juste else not (admis and tenu), (texte, pas, plafond)
    assert not re.fullmatch(motif_de_quantite(pas, plafond), "-1")
    assert not re.fullmatch(motif_de_quantite(pas, plafond), "beaucoup")


def test_les_intitules_fixes_sont_connus_des_lecteurs() -> None:
    assert {roles_connus()[simplifier(mot)] for mot in MOTS_CONNUS} == {"cellule"}
    fixes = [question for question in BON.questions() if not question.code.startswith(("q-", "t-"))]
    assert [question.code for question in fixes if roles_connus().get(simplifier(question.intitule)) != question.code] == []
    autre = formulaire(petit_depot(mot_cellule="maisonnée"))
    assert autre.avant[0].intitule == "Cellule"


def test_un_choix_se_lit_a_son_code() -> None:
    assert sans_explication("q1 (de 16 h à 16 h 30, Habitant·e (quartier))") == "q1"
    assert sans_explication("14h-15h") == "14h-15h"
    assert sans_explication("Salle A (étage)") == "Salle A (étage)"


@pytest.mark.parametrize("refuser", ["/questions/3", "/7/questions"])
def test_nextcloud_qui_refuse_ne_garde_rien(programme: Any, refuser: str) -> None:
    service, fini = programme(refuser)
    assert fini.returncode == 2
    assert "Rien n’y est resté" in fini.stderr
    assert service.demandes[-1][:2] == ("DELETE", "/7")
    assert "secret" not in fini.stdout + fini.stderr


def test_un_vieux_nextcloud_garde_le_bon_sans_controler_les_reponses(programme: Any) -> None:
    service, fini = programme("extraSettings")
    assert (fini.returncode, fini.stderr) == (0, "")
    assert "ne contrôle pas la forme" in fini.stdout
    relire(services.nextcloud(service.questions()))


def test_nextcloud_sans_jeton_ou_en_clair_ne_demande_rien(programme: Any) -> None:
    for variables, dit in (({"NEXTCLOUD_JETON": ""}, "NEXTCLOUD_JETON"), ({"NEXTCLOUD_ADRESSE": "http://nuage.exemple.org"}, "https://")):
        service, fini = programme("", **variables)
        assert (fini.returncode, service.demandes) == (2, [])
        assert dit in fini.stderr


MINI = ["formulaire", "2026-12", "les-tilleuls", "--maintenant", "2026-12-02T08:00"]


def test_le_verbe_ecrit_a_cote_des_bons(mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert principal([*MINI, "--depot", str(mini_depot)]) == 0
    dossier = mini_depot / "prive/2026-12/les-tilleuls/sorties/formulaires"
    assert sorted(chemin.name for chemin in dossier.iterdir()) == sorted(FICHIERS.values())
    assert "clôture le lundi 7 décembre 2026 à 20 h" in capsys.readouterr().out.replace("\u00a0", " ")


def test_le_verbe_n_ecrit_que_les_services_voulus(mini_depot: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sortie = tmp_path / "ici"
    code = principal([*MINI, "--service", "google", "--service", "kobo", "--sortie", str(sortie), "--depot", str(mini_depot), "--format", "json"])
    assert code == 0
    assert json.loads(capsys.readouterr().out)["fichiers"] == [str(sortie / FICHIERS["kobo"]), str(sortie / FICHIERS["google"])]
    assert sorted(chemin.name for chemin in sortie.iterdir()) == ["bon-google.gs", "bon-kobo.xlsx"]
    assert not (mini_depot / "prive").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "constat"),
    [
        (["2026-12", "les-tilleuls", "--maintenant", "2026-12-08T08:00"], 1, "commande-close"),
        (["2030-01", "les-tilleuls"], 2, "commande-inconnue"),
        (["2026-12", "ailleurs"], 2, "groupement-inconnu"),
        (["2026-12", "les-tilleuls", "--maintenant", "demain"], 2, "instant-illisible"),
    ],
)
def test_le_verbe_dit_ce_qui_ne_va_pas(mini_depot: Path, arguments: list[str], code: int, constat: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert principal(["formulaire", *arguments, "--depot", str(mini_depot), "--format", "json"]) == code
    assert [un["code"] for un in json.loads(capsys.readouterr().out)["constats"]] == [constat]
    assert (mini_depot / "prive").exists() == (code == 1)


@pytest.mark.parametrize(
    ("avant", "apres", "constat"),
    [
        ("produits: tous", "produits: [oeufs-plein-air]\nsauf: [oeufs-plein-air]", "formulaire-vide"),
        ("groupement: la-remise", None, "fenetre-absente"),
    ],
)
def test_un_bon_sans_produit_ou_sans_fenetre_ne_s_ecrit_pas(
    mini_depot: Path, modifier: Any, avant: str, apres: str | None, constat: str, capsys: pytest.CaptureFixture[str]
) -> None:
    fiche = "catalogue/commandes/2026-12.yaml"
    texte = (mini_depot / fiche).read_text(encoding="utf-8")
    modifier(fiche, "", texte.replace(avant, apres) if apres else texte[: texte.index(f"  - {avant}")])
    slug = "les-tilleuls" if apres else "la-remise"
    assert principal(["formulaire", "2026-12", slug, "--depot", str(mini_depot), "--format", "json"]) == 2
    assert [un["code"] for un in json.loads(capsys.readouterr().out)["constats"]] == [constat]
    assert not (mini_depot / "prive").exists()
