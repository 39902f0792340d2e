"""Les bons arrivés par mail : collés dans un .txt, ou enregistrés en .eml. Entiers et justes, ou dits."""

from __future__ import annotations

import csv
import io
import json
from email.message import EmailMessage
from pathlib import Path

import pytest

from cabas.calculs.code_court import code_court, texte_du_bon
from cabas.cli import principal

DEMANDES = [("farine-t65", 2500, 0), ("lentilles-vertes", 1000, 1000)]
CODE = code_court(texte_du_bon("2026-12", "les-tilleuls", "A-017", "q1", "quartier", DEMANDES))
REMARQUE = "Je passerai tard, à vélo, avec deux cageots vides et les bocaux du mois dernier"
BON = f"""--- bon cabas ---
commande: 2026-12
groupement: les-tilleuls
bon: {CODE}
envoye_le: 2026-12-03T12:00:00+01:00
cellule: A-017
nom: Camille Exemple
creneau: q1
tarif: quartier
remarque: {REMARQUE}
farine-t65: 2,5
lentilles-vertes: 1 (+ 1)
--- fin du bon ---
"""
AUTRE = BON.replace("A-017", "B-2").replace(CODE, code_court(texte_du_bon("2026-12", "les-tilleuls", "B-2", "q1", "quartier", DEMANDES)))
ATTENDU = [("A-017", "farine-t65", "2,5", "0", "retenue"), ("A-017", "lentilles-vertes", "1", "1", "retenue")]


def fusionner(depot: Path, capsys: pytest.CaptureFixture[str], **fichiers: bytes | str) -> tuple[list[tuple[str, ...]], list[str]]:
    """Dépose des fichiers, fusionne ; rend le journal (cellule, produit, quantité, tolérance, sort) et les codes des constats."""
    bons = depot / "prive/2026-12/les-tilleuls/bons"
    bons.mkdir(parents=True)
    for nom, contenu in fichiers.items():
        (bons / nom.replace("_", ".")).write_bytes(contenu.encode() if isinstance(contenu, str) else contenu)
    principal(["fusionner", "2026-12", "--depot", str(depot), "--format", "json", "--trace", "--sans-classeur", "--sans-producteurs"])
    codes = [constat["code"] for constat in json.loads(capsys.readouterr().out)["constats"]]
    texte = (depot / "prive/2026-12/sorties/journal.csv").read_text(encoding="utf-8-sig")
    journal = csv.DictReader(io.StringIO(texte, newline=""), delimiter=";")
    return [tuple(ligne[nom] for nom in ("cellule", "produit", "quantite", "tolerance", "sort")) for ligne in journal], [
        code for code in codes if code != "aucun-bon"
    ]


def courriel(texte: str, encodage: str, html: str = "") -> bytes:
    lettre = EmailMessage()
    lettre["From"], lettre["To"], lettre["Subject"] = "camille@exemple.org", "les-tilleuls@exemple.org", "Bon été"
    lettre.set_content(texte, cte=encodage)
    if html:
        lettre.add_alternative(html, subtype="html", cte=encodage)
    return lettre.as_bytes()


def citer(texte: str) -> str:
    return "Le 3 décembre, Camille a écrit :\n" + "".join(f"> {ligne}\n" for ligne in texte.splitlines())


HTML = "<html><head><style>p {}</style></head><body>" + "".join(f"<p>{ligne}&nbsp;</p>\n" for ligne in BON.splitlines()) + "</body></html>"
VARIANTES = {
    "tel_txt": BON,
    "crlf_txt": "Bonjour,\r\n2,5 kg : Farine, 2,70 €\r\n\r\n" + BON.replace("\n", "\r\n"),
    "cite_txt": citer(BON),
    "cite-deux-fois_txt": citer(citer(BON)),
    "insecables_txt": BON.replace(": ", ":\u00a0").replace("bon cabas", "bon\u00a0cabas"),
    "tirets-longs_txt": BON.replace("---", "—-"),
    "replie_txt": BON.replace("avec deux", "\navec deux").replace("(+ 1)", "\n  (+ 1)"),
    "replie-et-cite_txt": citer(BON.replace("avec deux", "\navec deux").replace("(+ 1)", "\n(+ 1)")),
    "aere_txt": BON.replace("\n", "\n\n"),
    "utf16_txt": BON.encode("utf-16"),
    "windows_txt": BON.encode("cp1252"),
    "qp_eml": courriel("Bonjour é,\n" + BON, "quoted-printable"),
    "base64_eml": courriel("Bonjour é,\n" + BON, "base64"),
    "html_eml": courriel("Version sans mise en forme", "base64", HTML),
    "double_eml": courriel(BON, "quoted-printable", HTML),
}


@pytest.mark.parametrize("nom", VARIANTES)
def test_un_bon_de_mail_se_lit_en_entier(mini_depot: Path, capsys: pytest.CaptureFixture[str], nom: str) -> None:
    assert fusionner(mini_depot, capsys, **{nom: VARIANTES[nom]}) == (ATTENDU, [])


def test_plusieurs_bons_dans_un_fichier(mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal, codes = fusionner(mini_depot, capsys, tous_txt=BON + "\nEt le suivant :\n" + AUTRE)
    assert codes == []
    assert [ligne[0] for ligne in journal] == ["A-017", "A-017", "B-2", "B-2"]
    assert {ligne[4] for ligne in journal} == {"retenue"}


def test_le_meme_bon_cite_dans_la_reponse_ne_compte_qu_une_fois(mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal, codes = fusionner(mini_depot, capsys, fil_txt=BON + citer(BON), copie_eml=courriel(BON, "base64"))
    assert codes == []
    assert sorted(ligne[4] for ligne in journal) == ["remplacee"] * 4 + ["retenue"] * 2


@pytest.mark.parametrize(
    "coupe",
    [
        BON.replace("--- fin du bon ---\n", ""),
        BON.replace("--- bon cabas ---\n", ""),
        BON.replace("\n", " "),
        BON[: BON.index("farine-t65")] + "--- fin du bon ---\n",
        BON.replace("--- bon cabas ---\n", "--- bon cabas ---\nBonjour,\n"),
        BON.replace("farine-t65: 2,5", "cellule: B-9\nfarine-t65: 2,5"),
    ],
)
def test_un_bon_coupe_est_rejete_en_entier(mini_depot: Path, capsys: pytest.CaptureFixture[str], coupe: str) -> None:
    """Et le bon entier qui le suit est lu."""
    journal, codes = fusionner(mini_depot, capsys, coupe_txt=coupe + "\n" + AUTRE)
    assert codes == ["fichier-illisible"]
    assert sorted(ligne[4] for ligne in journal) == ["rejetee", "retenue", "retenue"]


@pytest.mark.parametrize(
    ("change", "sorts"),
    [
        (BON.replace("farine-t65: 2,5\n", ""), ["retenue"]),
        (BON.replace("2,5", "25"), ["retenue", "retenue"]),
        (BON.replace(f"bon: {CODE}\n", ""), ["retenue", "retenue"]),
        (BON.replace("2,5", "2,5 Envoyé de mon téléphone"), ["rejetee", "retenue"]),
    ],
)
def test_un_bon_change_en_route_garde_ses_lignes_et_le_dit(
    mini_depot: Path, capsys: pytest.CaptureFixture[str], change: str, sorts: list[str]
) -> None:
    journal, codes = fusionner(mini_depot, capsys, change_txt=change)
    assert "code-faux" in codes
    assert [ligne[4] for ligne in journal] == sorts


def test_les_tableaux_joints_sont_lus_et_le_reste_est_dit(mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lettre = EmailMessage()
    lettre.set_content("Voici mon bon, le fichier est joint.")
    lettre.add_attachment(b"cellule;produit;quantite\nA-3;farine-t65;5\n", maintype="text", subtype="csv", filename="bon été.csv")
    lettre.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="logo.png")
    journal, codes = fusionner(mini_depot, capsys, joint_eml=lettre.as_bytes())
    assert journal == [("A-3", "farine-t65", "5", "0", "retenue")]
    assert codes == ["piece-jointe-ignoree"]


def test_un_mail_sans_bon_est_une_ligne_rejetee(mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal, codes = fusionner(mini_depot, capsys, vide_eml=courriel("Je prendrai deux kilos de farine.", "base64"))
    assert [ligne[4] for ligne in journal] == ["rejetee"]
    assert codes == ["fichier-illisible"]


TABLEAU = b"cellule;produit;quantite\nA-3;farine-t65;5\n"


def joindre(*tableaux: bytes) -> bytes:
    lettre = EmailMessage()
    lettre.set_content("Mon bon est joint.")
    for tableau in tableaux:
        lettre.add_attachment(tableau, maintype="text", subtype="csv", filename="bon.csv")
    return lettre.as_bytes()


def additionner(depot: Path) -> None:
    """Un groupement qui ajoute les bons d'une cellule : là, une copie qui passerait pour un autre bon compterait deux fois."""
    fiche = depot / "groupements/les-tilleuls.md"
    fiche.write_text(fiche.read_text(encoding="utf-8").replace("mot_cellule", "plusieurs_bons: ajouter\nmot_cellule"), encoding="utf-8")


@pytest.mark.parametrize("ajouter", [False, True])
@pytest.mark.parametrize(
    ("fichiers", "copies"),
    [
        ({"m_eml": joindre(TABLEAU, TABLEAU)}, 1),
        ({"m_eml": joindre(TABLEAU), "n_eml": joindre(TABLEAU) + b"\n"}, 1),
        ({"m_eml": joindre(TABLEAU), "n_eml": joindre(TABLEAU)}, 1),
        ({"bon_csv": TABLEAU, "m_eml": joindre(TABLEAU)}, 1),
        ({"m_eml": joindre(TABLEAU), "z_csv": TABLEAU}, 1),
        ({"a_csv": TABLEAU, "m_eml": joindre(TABLEAU, TABLEAU)}, 2),
    ],
)
def test_un_fichier_joint_deux_fois_ne_compte_qu_une(
    mini_depot: Path, capsys: pytest.CaptureFixture[str], fichiers: dict[str, bytes], copies: int, ajouter: bool
) -> None:
    if ajouter:
        additionner(mini_depot)
    journal, codes = fusionner(mini_depot, capsys, **fichiers)
    assert sorted(ligne[4] for ligne in journal) == ["remplacee"] * copies + ["retenue"]
    assert codes == ["fichier-en-double"] * copies


def test_deux_fichiers_joints_du_meme_nom_sont_deux_bons(mini_depot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Sans cela, la correction jointe après coup s'ajouterait à la première demande."""
    journal, codes = fusionner(mini_depot, capsys, m_eml=joindre(TABLEAU, TABLEAU.replace(b";5", b";2,5"), TABLEAU.replace(b"A-3", b"B-1")))
    assert sorted(journal) == [
        ("A-3", "farine-t65", "2,5", "0", "retenue"), ("A-3", "farine-t65", "5", "", "remplacee"), ("B-1", "farine-t65", "5", "0", "retenue"),
    ]  # fmt: skip
    assert codes == ["bons-de-meme-date"], "sans date, on demande lequel est le bon"


@pytest.mark.parametrize("ajouter", [False, True])
def test_un_bon_sans_code_cite_deux_fois_ne_compte_qu_une(mini_depot: Path, capsys: pytest.CaptureFixture[str], ajouter: bool) -> None:
    if ajouter:
        additionner(mini_depot)
    sans_code = BON.replace(f"bon: {CODE}\n", "")
    journal, codes = fusionner(mini_depot, capsys, fil_txt=sans_code + citer(sans_code.replace("avec deux", "\navec deux")))
    assert sorted(ligne[4] for ligne in journal) == ["remplacee"] * 2 + ["retenue"] * 2
    assert "produit-en-double" not in codes
