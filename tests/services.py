"""Ce qu'un service de formulaires fait du fichier qu'on lui donne : ses questions, puis l'export de ses réponses.

Chaque fonction ne lit que le fichier écrit, comme le service : `(code, intitulé)` par question. `exporter` rend les octets de
l'export, aux formes relevées sur le terrain. Une réponse est une case par question : `REPONSES` dit ce que les gens écrivent.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
from html.parser import HTMLParser

from exports import classeur, entre_guillemets
from python_calamine import CalamineWorkbook

Questions = list[tuple[str, str]]
REPONSES = (
    {"cellule": "A-017", "nom": "Zoé Œuvré", "telephone": "=1+1", "creneau": "q1", "tarif": "solidaire",
     "q-farine-t65": "2.5", "q-lentilles-vertes": "10", "t-lentilles-vertes": "2", "q-piege": "1"},
    {"cellule": "B-002", "nom": "Ali Fictif", "creneau": "o1", "tarif": "quartier", "q-comte-12-mois": "0.5", "t-piege": "3"},
)  # fmt: skip
LUES = [
    ("A-017", "farine-t65", 2500, 0, "q1", "solidaire"),
    ("A-017", "lentilles-vertes", 10000, 2000, "q1", "solidaire"),
    ("A-017", "piege", 1000, 0, "q1", "solidaire"),
    ("B-002", "comte-12-mois", 500, 0, "o1", "quartier"),
    ("B-002", "piege", 0, 3000, "o1", "quartier"),
]
ENVOI = "2026-12-01T10:12:03.000+01:00"


def feuilles(octets: bytes) -> dict[str, list[dict[str, str]]]:
    """Un XLSForm, feuille par feuille."""
    livre = CalamineWorkbook.from_filelike(io.BytesIO(octets))
    lues = {nom: livre.get_sheet_by_name(nom).to_python() for nom in livre.sheet_names}
    return {nom: [dict(zip(map(str, rangees[0]), map(str, rangee), strict=True)) for rangee in rangees[1:]] for nom, rangees in lues.items()}


def questions_kobo(octets: bytes, *, groupes: str = "", etiquettes: bool = False) -> Questions:
    """Celles que Kobo met en colonnes, notes comprises. `groupes` : ce qui sépare la question de son groupe dans l'export."""
    trouvees, groupe = [], ""
    for rangee in feuilles(octets)["survey"]:
        label = rangee["label::Français (fr)"]
        if rangee["type"] in ("begin_group", "end_group"):
            groupe = (label if etiquettes else rangee["name"]) if rangee["type"] == "begin_group" else ""
        else:
            nom = (label if etiquettes else "") or rangee["name"]
            trouvees.append((rangee["name"], f"{groupe}{groupes}{nom}" if groupe and groupes else nom))
    return trouvees


def choix_kobo(octets: bytes) -> dict[str, str]:
    return {rangee["name"]: rangee["label::Français (fr)"] for rangee in feuilles(octets)["choices"]}


def rangees(questions: Questions, choix: dict[str, str], decimale: str = ".") -> list[list[str]]:
    """Une case par question et par réponse ; un choix y est écrit comme le service l'écrit, un nombre avec sa décimale."""
    return [
        [ENVOI if code == "envoye_le" else choix.get(case := reponse.get(code, ""), case).replace(".", decimale) for code, _intitule in questions]
        for reponse in REPONSES
    ]


KOBO = ["_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status", "_submitted_by", "__version__", "_tags", "_index"]
ODK = ["meta-instanceID", "KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected", "Status", "ReviewState", "DeviceID",
       "Edits", "FormVersion"]  # fmt: skip


def _tableau_kobo(octets: bytes, *, groupes: str, etiquettes: bool) -> list[list[str]]:
    questions = questions_kobo(octets, groupes=groupes, etiquettes=etiquettes)
    cases = rangees(questions, choix_kobo(octets) if etiquettes else {})
    fins = [[f"4123{rang}", f"uuid-{rang}", "2026-12-01 09:12:05", "", "", "submitted_via_web", "", "v1", "", str(rang)] for rang in (1, 2)]
    return [[*(intitule for _code, intitule in questions), *KOBO], *([*ligne, *fin] for ligne, fin in zip(cases, fins, strict=True))]


def kobo(octets: bytes) -> dict[str, bytes]:
    """Les façons d'exporter de Kobo et d'ODK Central : noms ou intitulés, avec ou sans groupes, CSV ou classeur."""
    exports = {
        f"kobo-{'intitules' if etiquettes else 'noms'}{'-groupes' if groupes else ''}.csv": entre_guillemets(
            [[case.replace('"', '""') for case in ligne] for ligne in _tableau_kobo(octets, groupes=groupes, etiquettes=etiquettes)], ";"
        ).encode()
        for groupes in ("", "/")
        for etiquettes in (False, True)
    }
    noms = _tableau_kobo(octets, groupes="", etiquettes=False)
    exports["kobo.xlsx"] = classeur([[float(case) if re.fullmatch(r"\d+\.?\d*", case) else case for case in ligne] for ligne in noms])
    questions = questions_kobo(octets, groupes="-")
    lignes = [["SubmissionDate", *(intitule for _code, intitule in questions), *ODK]]
    for rang, cases in enumerate(rangees(questions, {}), 1):
        lignes.append(
            ["2026-12-01T09:12:05.123Z", *cases, f"uuid:{rang}", f"uuid:{rang}", "12", "Permanence", "0", "0", "", "", "collect:a", "0", "v1"]
        )
    return {**exports, "odk.csv": en_csv(lignes, ",", "\n")}


def en_csv(lignes: list[list[str]], separateur: str, fin: str, *, partout: bool = False, encodage: str = "utf-8") -> bytes:
    tampon = io.StringIO()
    csv.writer(tampon, delimiter=separateur, lineterminator=fin, quoting=csv.QUOTE_ALL if partout else csv.QUOTE_MINIMAL).writerows(lignes)
    return tampon.getvalue().encode(encodage)


def structure_limesurvey(octets: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(octets.decode("utf-8-sig"), newline=""), delimiter="\t"))


def limesurvey(octets: bytes) -> dict[str, bytes]:
    """Intitulés entiers, sans balise, comme son export les rend (les entités d'abord, selon la version) ; réponses entières."""
    questions: Questions = []
    choix: dict[str, str] = {}
    for ligne in structure_limesurvey(octets):
        texte = html.unescape(re.sub(r"<[^>]*>", "", ligne["text"]))
        if ligne["class"] == "Q":
            ref = re.search(r"\[([a-z0-9-]+)\]$|\(t-([a-z0-9-]+)\)$", texte)
            questions.append(((f"q-{ref[1]}" if ref[1] else f"t-{ref[2]}") if ref else ligne["name"], texte))
        elif ligne["class"] == "A":
            choix[texte.partition(" (")[0]] = texte
    avant = ["ID de la réponse", "Date de soumission", "Dernière page", "Langue de départ"]
    cases = [[str(rang + 2), "2026-12-01 10:12:03", "9", "fr", *ligne] for rang, ligne in enumerate(rangees(questions, choix), 1)]
    entete = [*avant, *(intitule for _code, intitule in questions)]
    entetes = {"limesurvey.csv": entete, "limesurvey-sans-balises.csv": [re.sub(r"<[^>]*>", "", intitule) for intitule in entete]}
    return {nom: en_csv([titres, *cases], ";", "\r\n", partout=True, encodage="utf-8-sig") + b"\r\n" for nom, titres in entetes.items()}


def code_de(intitule: str) -> str:
    """Le champ que désigne un intitulé, comme une personne le comprend."""
    fixes = {"Foyer": "cellule", "Nom": "nom", "Téléphone": "telephone", "Courriel": "courriel", "Créneau": "creneau", "Tarif": "tarif"}
    trouve = re.search(r"\[([a-z0-9-]+)\]$", intitule)
    tolerance = re.search(r"\((t-[a-z0-9-]+)\)$", intitule)
    return f"q-{trouve[1]}" if trouve else tolerance[1] if tolerance else fixes.get(intitule, intitule)


def bon_du_script(texte: str) -> dict[str, object]:
    """Les données d'un script Google : `var BON = {…};`."""
    trouve = re.search(r"^var BON = (\{.*?^\});$", texte, re.DOTALL | re.MULTILINE)
    assert trouve
    bon: dict[str, object] = json.loads(trouve[1])
    return bon


def google(posees: list[dict[str, object]]) -> dict[str, bytes]:
    """Téléchargement direct, et par la feuille de calcul réglée en français. `posees` : les questions que le script a créées."""
    questions = [(code_de(str(une["titre"])), str(une["titre"])) for une in posees]
    choix = _choix(posees)
    intitules = ["Horodateur", *(intitule for _code, intitule in questions)]
    direct = [["2026/12/01 10:12:03 AM UTC+1", *ligne] for ligne in rangees(questions, choix)]
    feuille = [["01/12/2026 10:12:03", *ligne] for ligne in rangees(questions, choix, ",")]
    return {
        "google-direct.csv": en_csv([intitules, *direct], ",", "\n", partout=True),
        "google-sheets.csv": en_csv([intitules, *feuille], ",", "\r\n"),
    }


def _choix(posees: list[dict[str, object]]) -> dict[str, str]:
    textes = [str(texte) for une in posees for texte in une["choix"]]  # type: ignore[attr-defined]
    return {texte.partition(" (")[0]: texte for texte in textes}


def nextcloud(posees: list[dict[str, object]]) -> dict[str, bytes]:
    """Une apostrophe devant ce qu'un tableur prendrait pour une formule, intitulés compris."""
    questions = [(code_de(str(une["titre"])), str(une["titre"])) for une in posees]
    avant = ["Identifiant utilisateur", "Nom d'affichage de l'utilisateur", "Horodatage"]
    cases = [["", "Utilisateur anonyme", "2026-12-01T10:12:03+01:00", *ligne] for ligne in rangees(questions, _choix(posees))]
    lignes = [[*avant, *(intitule for _code, intitule in questions)], *cases]
    sures = [[f"'{case}" if case.startswith(("=", "+", "-", "@")) else case for case in ligne] for ligne in lignes]
    return {"nextcloud.csv": en_csv(sures, ",", "\n", partout=True, encodage="utf-8-sig")}


class Recette(HTMLParser):
    """Ce que l'on copie dans la recette : les intitulés, et les choix « clé|libellé »."""

    def __init__(self, texte: str) -> None:
        super().__init__()
        self.copies: dict[str, list[str]] = {"intitule": [], "choix": []}
        self.balises: set[str] = set()
        self._ou = ""
        self.feed(texte)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.balises.add(tag)
        self._ou = dict(attrs).get("class") or "" if tag == "code" else ""
        if self._ou in self.copies:
            self.copies[self._ou].append("")

    def handle_endtag(self, tag: str) -> None:
        self._ou = "" if tag == "code" else self._ou

    def handle_data(self, data: str) -> None:
        if self._ou in self.copies:
            self.copies[self._ou][-1] += data


def framaforms(octets: bytes) -> dict[str, bytes]:
    """Trois lignes d'en-tête ; les choix exportés par leur clé ou par leur libellé."""
    recette = Recette(octets.decode())
    questions = [(code_de(intitule), intitule) for intitule in recette.copies["intitule"]]
    libelles = {cle: libelle for cle, _barre, libelle in (copie.partition("|") for copie in recette.copies["choix"])}
    avant = ["Séquentiel", "SID", "Heure de soumission", "Heure de complétion", "Heure de modification", "Brouillon", "Adresse IP", "UID",
             "Nom d'utilisateur"]  # fmt: skip
    vides = [""] * (len(avant) + len(questions) - 1)
    exports = {}
    for nom, choix in (("framaforms-libelles.csv", libelles), ("framaforms-cles.csv", {})):
        jour = "01/12/2026 - 10:12"
        cases = [
            [str(rang), f"4821{rang}", jour, jour, jour, "0", "", "0", "Anonyme", *ligne] for rang, ligne in enumerate(rangees(questions, choix), 1)
        ]
        tetes = [["Bon", *vides], ["Détails de la soumission", *vides], [*avant, *(intitule for _code, intitule in questions)]]
        exports[nom] = en_csv([*tetes, *cases], ";", "\n", partout=True)
    return exports
