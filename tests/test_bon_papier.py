"""Le bon papier : une feuille, tout y est, les mêmes octets partout, et rien qui trahisse un tarif."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest
from depot_de_bon import DECEMBRE, HOSTILE, PRODUITS, grand_depot, groupement, petit_depot

from cabas.calculs.offre import prix_unitaire, proposes
from cabas.documents.bon_papier import bon_pdf, donnees_du_bon, mettre_en_page
from cabas.documents.composition import compter_pages
from cabas.documents.polices import fichiers_de_polices
from cabas.documents.serrage import GROS, SERRAGES
from cabas.typographie import euros

QUARTIER, SOLIDAIRE = groupement().tarifs
SANS_PDFTOTEXT = "pdftotext est absent : le texte du PDF n’est pas relu. Pour le relire : sudo apt install poppler-utils"


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def texte(pdf: bytes) -> str:
    outil = shutil.which("pdftotext")
    if outil is None:
        pytest.skip(SANS_PDFTOTEXT)
    lu = subprocess.run([outil, "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    return re.sub(r"[\s\u00a0\u202f]+", " ", lu)


def donnees(**du_groupement: object) -> dict[str, object]:
    depot = petit_depot(**du_groupement)
    return donnees_du_bon(depot, DECEMBRE, depot.groupements["les-tilleuls"], QUARTIER, "a1b2c3d")


def lignes(faits: dict[str, object]) -> dict[str, dict[str, object]]:
    return {ligne["nom"]: ligne for rayon in faits["rayons"] for ligne in rayon["produits"]}  # type: ignore[attr-defined]


def test_un_catalogue_de_125_produits_tient_sur_une_feuille():
    depot = grand_depot(125)
    seul = depot.groupements["les-tilleuls"]
    pdf = bon_pdf(depot, DECEMBRE, seul, seul.tarifs[0])
    assert pages(pdf) == 2
    lu = texte(pdf)
    assert lu.count("quantité") >= 11  # l'en-tête de chaque rubrique
    assert "page 2 / 2" in lu


@pytest.mark.parametrize(("numero", "site_url"), [("", ""), ("123B", "https://groupements.exemple.org/cabas/")])
def test_le_catalogue_d_exemple_tient_sur_une_feuille(racine, numero: str, site_url: str):
    """Seul, ou dans un carnet avec le code QR du bon en ligne, le plus chargé : jamais une deuxième feuille."""
    from cabas.lecture.depot import charger

    depot, _ = charger(racine)
    for commande in depot.commandes.values():
        for fenetre in commande.fenetres:
            un = depot.groupements[fenetre.groupement]
            faits = {**donnees_du_bon(depot, commande, un, un.tarifs[0], "" if numero else "a1b2c3d", site_url), "numeros": [numero]}
            assert compter_pages("bon.typ", mettre_en_page(faits, 12, SERRAGES[-1])) <= 2, (commande.id, un.slug)


def test_les_gros_caracteres_ont_les_memes_produits_sur_une_colonne():
    depot = petit_depot()
    gros = texte(bon_pdf(depot, DECEMBRE, depot.groupements["les-tilleuls"], QUARTIER, GROS))
    assert all(un.nom.split()[0] in gros for un in PRODUITS)
    assert "À garder" in gros


def test_le_talon_des_gros_caracteres_a_de_l_air():
    outil = shutil.which("pdftotext")
    if outil is None:
        pytest.skip(SANS_PDFTOTEXT)
    depot = petit_depot()
    pdf = bon_pdf(depot, DECEMBRE, depot.groupements["les-tilleuls"], QUARTIER, GROS)
    lu = subprocess.run([outil, "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode().rpartition("<page ")[2]
    mots = [(mot, float(haut), float(bas)) for haut, bas, mot in re.findall(r'yMin="([\d.]+)".*?yMax="([\d.]+)">([^<]+)<', lu)]
    garder, total = ([un[0] for un in mots].index(mot) for mot in ("garder", "Mon"))
    assert mots[garder + 1][1] > mots[garder][2], "le premier mot touche le titre"
    suivante = next(haut for _mot, haut, _bas in mots[total:] if haut > mots[total][2] - 5)
    assert suivante - mots[total][1] > 1.5 * GROS, "le texte touche « Mon total »"


def test_tout_ce_qu_il_faut_pour_commander_est_imprime():
    depot = petit_depot()
    lu = texte(bon_pdf(depot, DECEMBRE, depot.groupements["les-tilleuls"], QUARTIER, revision="a1b2c3d"))
    for dit in (
        "Les Tilleuls", "À rendre avant le lundi 7 décembre 2026 à 20 h", "jeudi 17 décembre 2026, de 16 h à 19 h", "Salle des fêtes", "Nom",
        "Téléphone", "Foyer n°", "mardi de 17 h à 19 h, centre social", "Signature", "Total", "Vos données", "À garder", "a1b2c3d", "2026-12",
    ):  # fmt: skip
        assert dit in lu, dit
    for un in proposes(depot, DECEMBRE):
        assert euros(prix_unitaire(un, QUARTIER)).partition("\u00a0")[0] in lu, un.ref


def test_une_ligne_dit_ce_qu_elle_vend():
    faits = lignes(donnees())
    assert faits["Farine de blé T65"] == {
        "numero": 2, "nom": "Farine de blé T65", "lot": False, "prix": "1,08", "unite": "kg", "allergenes": "gluten", "dits": ["Drôme"],
    }  # fmt: skip
    assert faits["Lentilles vertes"]["lot"] is True
    assert faits["Comté AOP 12 mois"]["dits"] == ["par 250\u00a0g", "max. 2\u00a0kg"]  # « Die » est dans le titre de la rubrique
    assert faits["Purée d’amandes"]["dits"][0] == "300\u00a0g, 16,23\u00a0€/kg"
    assert faits["Jus de pomme"]["dits"] == ["1\u00a0L", "consigne 0,30\u00a0€"]  # son prix est déjà celui d'un litre


def test_le_bon_ne_montre_que_les_creneaux_de_son_tarif_et_pas_son_nom():
    depot = petit_depot()
    un = depot.groupements["les-tilleuls"]
    quartier, solidaire = (donnees_du_bon(depot, DECEMBRE, un, tarif, "") for tarif in un.tarifs)
    assert quartier["creneaux"] == ["16\u00a0h\u00a0à\u00a016\u00a0h\u00a030", "17\u00a0h\u00a0à\u00a017\u00a0h\u00a030"]
    assert len(solidaire["creneaux"]) == 2
    pieds = [mettre_en_page(faits, 12, SERRAGES[0])["feuilles"][0]["pied"] for faits in (quartier, solidaire)]
    assert [pied.rpartition(", ")[2] for pied in pieds] == ["bon A", "bon B"]
    for faits in (quartier, solidaire):
        mots = json.dumps(faits, ensure_ascii=False).casefold()
        assert "quartier" not in mots
        assert "solidaire" not in mots
        assert "%" not in mots


def test_les_octets_sont_les_memes_deux_fois():
    depot = petit_depot()
    un = depot.groupements["les-tilleuls"]
    assert bon_pdf(depot, DECEMBRE, un, SOLIDAIRE) == bon_pdf(depot, DECEMBRE, un, SOLIDAIRE)


def test_le_pdf_est_balise_et_n_embarque_que_nos_polices():
    depot = petit_depot()
    pdf = bon_pdf(depot, DECEMBRE, depot.groupements["les-tilleuls"], QUARTIER)
    assert b"/MarkInfo" in pdf
    assert b"/Lang" in pdf
    assert set(re.findall(rb"/FontName\s*/[A-Z]{6}\+(\w+)", pdf)) <= {b"AtkinsonHyperlegible", b"NotoSans", b"NotoSansArabic"}
    assert [fichier.suffix for fichier in fichiers_de_polices()] == [".ttf"] * len(fichiers_de_polices())


def test_un_nom_qui_ressemble_a_du_code_reste_un_nom():
    depot = petit_depot(nom="#panic(1) *gras* $x$", permanence=HOSTILE)
    lu = texte(bon_pdf(depot, DECEMBRE, depot.groupements["les-tilleuls"], QUARTIER))
    assert "#panic(1) *gras* $x$" in lu
    assert "<script>alert(1)</script>" in lu


def test_une_commande_sans_creneau_ni_distribution_s_imprime():
    depot = petit_depot()
    (fenetre,) = DECEMBRE.fenetres
    nue = DECEMBRE._replace(fenetres=(fenetre._replace(creneaux=(), distribution=None),))
    pdf = bon_pdf(depot, nue, depot.groupements["les-tilleuls"]._replace(lieu="", permanence="", reponse=""), QUARTIER)
    assert pages(pdf) == 1


def test_le_numero_du_papier_est_celui_que_l_on_tape_a_la_permanence() -> None:
    depot = petit_depot()
    un = depot.groupements["les-tilleuls"]
    faits = donnees_du_bon(depot, DECEMBRE, un, un.tarifs[0], "")
    papier = [(ligne["numero"], ligne["nom"].replace("\u00a0", " ")) for rayon in faits["rayons"] for ligne in rayon["produits"]]
    assert [numero for numero, _nom in papier] == list(range(1, len(papier) + 1))
    assert len(papier) == len(proposes(depot, DECEMBRE))
    assert papier[1][1] == "Farine de blé T65"


@pytest.mark.parametrize("corps", [12, GROS])
def test_le_numero_est_colle_a_la_case(corps: int) -> None:
    """Dans l'ordre de lecture comme à l'œil : le prix, le numéro, puis la case. Qui saisit lit « 37 | 2,5 » sans traverser la ligne."""
    outil = shutil.which("pdftotext")
    if outil is None:
        pytest.skip(SANS_PDFTOTEXT)
    depot = petit_depot()
    pdf = bon_pdf(depot, DECEMBRE, depot.groupements["les-tilleuls"], QUARTIER, corps)
    lu = texte(pdf)
    for ligne in lignes(donnees()).values():
        assert f"{ligne['prix']} {ligne['numero']} {ligne['unite']}" in lu, ligne["nom"]
    boites = subprocess.run([outil, "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    mots = [(mot, float(gauche), float(droite)) for gauche, droite, mot in re.findall(r'xMin="([\d.]+)".*?xMax="([\d.]+)".*?>([^<]+)<', boites)]
    rang = next(rang for rang, un in enumerate(mots) if un[0] == "1,08")
    assert mots[rang + 1][0] == "2"
    assert 0 < mots[rang + 1][1] - mots[rang][2] < 12 * corps / 12  # le prix s’arrête juste avant
