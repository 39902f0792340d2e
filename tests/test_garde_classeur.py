"""Un classeur est jugé avant d'être lu : ce qui est démesuré ou piégé est refusé, et une formule en erreur se voit toujours."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from conftest import MINI_RESEAU, feuilles_visibles
from test_entrees_hostiles import archive, classeur
from vieux_classeurs import disque, enregistrement, feuille, xls

from cabas.calculs.identites import Identites, cle
from cabas.constats import Refus
from cabas.demonstration.classeurs import ods
from cabas.lecture import classeurs
from cabas.lecture.bons import lire_bons
from cabas.lecture.cases_ods import _sans_histoire as ods_sans_histoire
from cabas.lecture.cases_xml import _sans_histoire, adresse, examiner_feuille
from cabas.lecture.colonnes import Catalogue
from cabas.lecture.depot import charger
from cabas.lecture.fichiers_de_bons import lire_les_bons
from cabas.lecture.larges import marquer
from cabas.lecture.tableaux import CASE_MAX, lire_tableaux

DEPOT, _CONSTATS = charger(MINI_RESEAU)
CATALOGUE = Catalogue(DEPOT.produits.values())
ENTETE = ("cellule", "produit", "quantite")
FEUILLE = "xl/worksheets/sheet1.xml"
CALCEXT = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'


def modifier(octets: bytes, membre: str, changer: Callable[[str], str]) -> bytes:
    """Le même classeur, une partie changée."""
    with zipfile.ZipFile(io.BytesIO(octets)) as livre:
        membres = {nom: livre.read(nom) for nom in livre.namelist()}
    avant = membres[membre].decode()
    membres[membre] = changer(avant).encode()
    assert membres[membre] != avant.encode()
    return archive(membres)


def lues(octets: bytes, nom: str = "a.xlsx") -> list[tuple[str, str]]:
    """Ce qui est lu d'un fichier : (cellule, quantité), ou (« », fait du refus)."""
    lignes, _constats = lire_bons(octets, nom, "les-tilleuls", CATALOGUE)
    return [(ligne.cellule, ligne.lu) if not ligne.refus else ("", ligne.refus.fait) for ligne in lignes]


def avec_erreur(valeur: object = "#DIV/0!") -> bytes:
    """Un XLSX dont la quantité de B est une formule en erreur, et celle de C jamais calculée."""
    tampon = io.BytesIO()
    livre = xlsxwriter.Workbook(tampon)
    page = livre.add_worksheet("Bons")
    for numero, rangee in enumerate((ENTETE, ("A", "farine-t65", 2), ("B", "farine-t65"), ("C", "farine-t65"))):
        page.write_row(numero, 0, rangee)
    page.write_formula(2, 2, "=1/0", None, valeur)
    page.write_formula(3, 2, "=1+1", None, "")
    livre.close()
    return tampon.getvalue()


def retourner(xml: str) -> str:
    return re.sub(r'<c r="(\w+)"([^>]*?)(/?)>', r'<c\2 r="\1"\3>', xml)


def prefixer(xml: str) -> str:
    return re.sub(r"<(/?)(?!\?)", r"<\1x:", xml).replace(" xmlns=", " xmlns:x=")


def sans_place(xml: str) -> str:
    return re.sub(r'<c r="\w+"', "<c", xml)


def apostrophes(xml: str) -> str:
    return xml.replace('t="e"', "t = 'e'")


def jamais_calculee(xml: str) -> str:
    return re.sub(r'<c r="C4"[^>]*>.*?</c>', '<c r="C4"><f>1+1</f></c>', xml)


ECRITURES = {"telle quelle": str, "attributs retournés": retourner, "préfixe": prefixer, "sans place": sans_place, "apostrophes": apostrophes}


@pytest.mark.parametrize("ecriture", ECRITURES)
def test_une_formule_en_erreur_se_voit_quelle_que_soit_l_ecriture(ecriture: str) -> None:
    octets = modifier(avec_erreur(), FEUILLE, lambda xml: ECRITURES[ecriture](jamais_calculee(xml)))
    assert lues(octets) == [("A", "2"), ("B", "#DIV/0!"), ("C", classeurs.JAMAIS_CALCULEE)]


def test_une_feuille_rangee_ailleurs_et_nommee_dans_le_desordre() -> None:
    """Les attributs d'une feuille dans un autre ordre : son nom et sa place se retrouvent."""
    octets = modifier(
        avec_erreur(), "xl/workbook.xml", lambda xml: re.sub(r'<sheet name="(.*?)" (.*?) r:id="(.*?)"/>', r'<sheet r:id="\3" \2 name="\1"/>', xml)
    )
    assert lues(octets)[1] == ("B", "#DIV/0!")


def test_une_erreur_dont_on_ne_trouve_pas_la_feuille_fait_refuser() -> None:
    octets = modifier(avec_erreur(), "xl/_rels/workbook.xml.rels", lambda xml: xml.replace("worksheets/sheet1.xml", "worksheets/autre.xml"))
    assert isinstance(feuilles_visibles(octets), Refus)


def erreur_ods(*, ecrite: str) -> bytes:
    """Un ODS dont la quantité de B est une formule en erreur, telle que l'écrit un tableur."""
    return modifier(
        ods((ENTETE, ("A", "farine-t65", "2"), ("B", "farine-t65", "7")), "Bons"),
        "content.xml",
        lambda xml: re.sub(r"<table:table-cell[^>]*><text:p>7.*?cell>", ecrite, xml),
    )


ODS = {
    "LibreOffice": (
        (
            f'<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" {CALCEXT} calcext:value-type="error">'
            "<text:p>#DIV/0!</text:p></table:table-cell>"
        ),
        "#DIV/0!",
    ),
    "un autre": (
        '<table:table-cell table:formula="of:=1/0" office:value-type="float" office:value="0"><text:p>#NOM ?</text:p></table:table-cell>',
        "#NOM ?",
    ),
    "jamais calculée": ('<table:table-cell table:formula="of:=1+1"/>', classeurs.JAMAIS_CALCULEE),
}


@pytest.mark.parametrize("tableur", ODS)
def test_une_formule_en_erreur_d_un_ods(tableur: str) -> None:
    ecrite, attendu = ODS[tableur]
    assert lues(erreur_ods(ecrite=ecrite), "a.ods") == [("A", "2"), ("B", attendu)]


def test_un_ods_dont_la_formule_dit_un_texte_vide_est_une_case_vide() -> None:
    assert lues(erreur_ods(ecrite='<table:table-cell table:formula="of:=&quot;&quot;"><text:p/></table:table-cell>'), "a.ods") == [("A", "2")]


def test_une_note_n_est_pas_une_erreur() -> None:
    note = (
        '<table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2">'
        "<office:annotation><text:p>#REF!</text:p></office:annotation><text:p>2</text:p></table:table-cell>"
    )
    assert lues(erreur_ods(ecrite=note), "a.ods") == [("A", "2"), ("B", "2")]


def test_une_formule_en_erreur_d_un_vieux_classeur() -> None:
    rangees = (ENTETE, ("A", "farine-t65", 2), ("B", "farine-t65", "=#DIV/0!"), ("Zoé", "farine-t65", "#N/A"))
    octets = xls({"Notes": feuille((("bonjour",),)), "Bons": feuille(rangees)})
    assert lues(octets, "a.xls") == [("A", "2"), ("B", "#DIV/0!"), ("Zoé", "#N/A")]


def test_un_vieux_classeur_sain_se_lit() -> None:
    lu = feuilles_visibles(xls({"Bons": feuille((ENTETE, ("A", "farine-t65", 2.5)))}))
    assert lu == [("Bons", [(1, list(ENTETE)), (2, ["A", "farine-t65", "2.5"])])]


def remplacer(octets: bytes, place: int, valeur: int) -> bytes:
    return octets[:place] + struct.pack("<I", valeur) + octets[place + 4 :]


SAIN = xls({"Bons": feuille((ENTETE, ("A", "farine-t65", 2)))})
PIEGES_XLS = {
    "secteur absent": remplacer(SAIN, 48, 0x00FFFFFF),
    "chaîne libre": remplacer(SAIN, 512 + 4 * 3, 0xFFFFFFFF),
    "chaîne en rond": remplacer(SAIN, 512 + 4 * 5, 2),
    "longueur folle": remplacer(SAIN, 1024 + 128 + 120, 0x7FFFFFFF),
    "table folle": remplacer(SAIN, 44, 0x7FFFFFFF),
    "minis fous": remplacer(SAIN, 64, 0x00FFFFFF),
    "textes fous": xls({"Bons": feuille((ENTETE,))}, enregistrement(0xFC, struct.pack("<II", 1, 0x7FFFFFFF))),
    "dimensions folles": xls({"Bons": feuille((ENTETE, ("A", "farine-t65", 2)), (0x00FFFFFF, 0xFFFF))}),
    "case lointaine": xls(
        {"Bons": feuille((ENTETE,)).replace(enregistrement(0x0A, b""), enregistrement(0x203, struct.pack("<HHHd", 0xFFFF, 0xFFFF, 0, 1)))}
    ),
    "coupé": SAIN[:1500],
    "protégé": xls({"Bons": feuille((ENTETE,))}, enregistrement(0x2F, b"\1\0")),
    "chiffré": disque(bytes(4096), "EncryptedPackage"),
    "autre chose": disque(bytes(4096), "WordDocument"),
}
GRILLE_ODS = ods((ENTETE, ("A", "farine-t65", "2")), "Bons")
PIEGES = {
    **{f"xls, {nom}": octets for nom, octets in PIEGES_XLS.items()},
    "case folle": modifier(classeur(ENTETE), FEUILLE, lambda xml: xml.replace('r="B1"', 'r="ZZZZZZZ1"')),
    "ligne zéro": modifier(classeur(ENTETE), FEUILLE, lambda xml: xml.replace('r="B1"', 'r="B0"')),
    "ods, rangées": modifier(
        GRILLE_ODS, "content.xml", lambda xml: xml.replace("<table:table-row>", '<table:table-row table:number-rows-repeated="1048576">', 1)
    ),
    "ods, colonnes": modifier(
        GRILLE_ODS, "content.xml", lambda xml: xml.replace("<table:table-cell ", '<table:table-cell table:number-columns-repeated="16384" ', 1)
    ),
    "ods, colonnes folles": modifier(
        GRILLE_ODS,
        "content.xml",
        lambda xml: xml.replace("<table:table-cell ", '<table:table-cell table:number-columns-repeated="18446744073709551615" ', 1),
    ),
    "ods, vides puis vides": modifier(
        GRILLE_ODS,
        "content.xml",
        lambda xml: xml.replace("</table:table-row>", '<table:table-cell table:number-columns-repeated="1000000"/>' * 3 + "</table:table-row>"),
    ),
    "ods, espaces": modifier(GRILLE_ODS, "content.xml", lambda xml: xml.replace("<text:p>A", '<text:p><text:s text:c="99999999999"/>A')),
    "en UTF-16": archive({"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": "<worksheet><sheetData/></worksheet>".encode("utf-16")}),
    "binaire": archive({"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"\0"}),
    "deux fois la même partie": archive({"xl/workbook.xml": b"<a/>", "XL/Workbook.xml": b"<a/>"}),
    "deux classeurs en un": archive({"xl/workbook.xml": b"<a/>", "content.xml": b"<a/>"}),
}


DTD = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
ENTITES = {
    "feuille": modifier(classeur(ENTETE), FEUILLE, lambda xml: xml.replace("<worksheet", f"{DTD}<worksheet", 1)),
    "textes": modifier(classeur(ENTETE), "xl/sharedStrings.xml", lambda xml: xml.replace("<sst", f"{DTD}<sst", 1)),
    "ods": modifier(GRILLE_ODS, "content.xml", lambda xml: xml.replace("<office:document-content", f"{DTD}<office:document-content", 1)),
}


@pytest.mark.parametrize("ou", ENTITES)
def test_un_classeur_qui_declare_des_entites_est_refuse(ou: str) -> None:
    """Une case à entité se lirait vide, sans un mot."""
    lu = feuilles_visibles(ENTITES[ou])
    assert isinstance(lu, Refus)
    assert "entités XML" in lu.fait


@pytest.mark.parametrize("piege", PIEGES)
def test_un_classeur_piege_est_refuse_sans_etre_donne_au_lecteur(piege: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Le lecteur de tableurs réserverait une mémoire sans fin, ce qui tue le programme sans un mot : il ne doit pas même être appelé."""
    import python_calamine

    monkeypatch.delattr(python_calamine, "CalamineWorkbook")
    lu = feuilles_visibles(PIEGES[piege])
    assert isinstance(lu, Refus)
    assert lu.code == "fichier-illisible"
    assert lu.fait
    assert lu.remede


LOIN = {"XFD1048576": (1048575, 16383), "B1048576": (1048575, 1), "XFD3": (2, 16383), "AAA100001": (100_000, 702)}


@pytest.mark.parametrize("case", LOIN)
def test_une_case_perdue_au_loin_dit_laquelle(case: str) -> None:
    tampon = io.BytesIO()
    livre = xlsxwriter.Workbook(tampon)
    page = livre.add_worksheet("Bons")
    page.write_row(0, 0, ENTETE)
    page.write_string(*LOIN[case], " ")
    livre.close()
    assert lues(tampon.getvalue()) == [("", f"Le tableau va jusqu’à la case {case} : il est démesuré.")]


def test_des_cases_vides_mais_colorees_jusqu_au_bord_ne_genent_pas() -> None:
    """Un tableur garde une case par case colorée : vide, elle ne compte pas."""
    tampon = io.BytesIO()
    livre = xlsxwriter.Workbook(tampon)
    page = livre.add_worksheet("Bons")
    for numero, rangee in enumerate((ENTETE, ("A", "farine-t65", 2))):
        page.write_row(numero, 0, rangee)
    page.write_blank(1048575, 16383, None, livre.add_format({"bg_color": "yellow"}))
    livre.close()
    assert lues(tampon.getvalue()) == [("A", "2")]


def test_un_ods_tel_que_l_ecrit_un_tableur_se_lit() -> None:
    """Chaque rangée finit par des milliers de cases vides, et la feuille par un million de rangées vides."""

    def jusqu_au_bord(xml: str) -> str:
        xml = xml.replace("</table:table-row>", '<table:table-cell table:number-columns-repeated="16381"/></table:table-row>')
        vide = '<table:table-cell table:number-columns-repeated="16384"/>'
        fin = f'<table:table-row table:number-rows-repeated="1048574">{vide}</table:table-row></table:table>'
        return xml.replace("</table:table>", fin)

    octets = modifier(GRILLE_ODS, "content.xml", jusqu_au_bord)
    assert lues(octets, "a.ods") == [("A", "2")]
    with zipfile.ZipFile(io.BytesIO(octets)) as livre:
        assert ods_sans_histoire(livre.read("content.xml"))


def test_le_coup_d_oeil_et_la_vraie_lecture_disent_pareil() -> None:
    """Ce qu'on juge d'un coup d'œil n'a jamais de case en erreur pour qui lit tout ; tout le reste est lu pour de bon."""
    with zipfile.ZipFile(io.BytesIO(classeur(ENTETE, ("A", "farine-t65", 2)))) as livre:
        sain = livre.read(FEUILLE)
    assert _sans_histoire(sain)
    assert examiner_feuille(sain).fautives == {}
    for marque in (b' t="e"', b" t='e'", b' t ="e"', b' t= "e"', b' t\n=\n"e"'):
        xml = re.sub(rb'(<c r="C2")[^>]*><v>2</v>', rb"\1" + marque + rb"><v>#N/A</v>", sain)
        assert xml != sain
        assert examiner_feuille(xml).fautives == {(2, 2): "#N/A"}, marque


@pytest.mark.parametrize(("ligne", "colonne", "nom"), [(1, 0, "A1"), (2, 25, "Z2"), (3, 26, "AA3"), (1048576, 16383, "XFD1048576")])
def test_adresse(ligne: int, colonne: int, nom: str) -> None:
    assert adresse(ligne, colonne) == nom


TEXTE = "cellule;produit;quantite\nZoé Œuvré;farine-t65;2,5\nعلي;farine-t65;1\n"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_un_texte_large_sans_sa_marque(codec: str) -> None:
    assert lues(TEXTE.encode(codec), "a.csv") == [("Zoé Œuvré", "2,5"), ("علي", "1")]


@pytest.mark.parametrize("octets", [b"", b"\0", b"\0\0\0\0", b"a\0", TEXTE.encode(), TEXTE.encode().replace(b"2", b"2\0"), b"c\0e\0" + b"abcdef" * 9])
def test_ce_qui_n_est_pas_un_texte_large_ne_change_pas(octets: bytes) -> None:
    assert marquer(octets) == octets


def test_une_case_trop_longue_ne_s_appelle_pas_un_guillemet() -> None:
    lu = lire_tableaux(f"{';'.join(ENTETE)}\nA;farine-t65;1\nB;farine-t65;{'9' * (CASE_MAX + 1)}\n".encode(), CATALOGUE.compter)
    assert isinstance(lu, Refus)
    assert lu.fait == "Une case de la ligne 3 est démesurée : plus de 20 000 signes."
    perdu = lire_tableaux(('cellule;produit;quantite\nA;"farine-t65;1\n' + "B;farine-t65;1\n" * CASE_MAX).encode(), CATALOGUE.compter)
    assert isinstance(perdu, Refus)
    assert "guillemet" in perdu.fait


def test_des_fichiers_vides_ne_sont_copies_de_rien(tmp_path: Path) -> None:
    dossier = tmp_path / "prive/2026-12/les-tilleuls/bons"
    dossier.mkdir(parents=True)
    for nom in ("a.csv", "b.csv", "c.txt"):
        (dossier / nom).write_bytes(b"" if nom < "c" else b"\n")
    (dossier / "d.csv").write_bytes(TEXTE.encode())
    (dossier / "e.csv").write_bytes(TEXTE.encode())
    recu = lire_les_bons(tmp_path / "prive", [("les-tilleuls", chemin) for chemin in sorted(dossier.iterdir())], DEPOT, None, lambda: None)
    assert [(constat.code, constat.emplacement.fichier[-5:]) for constat in recu.constats] == [("fichier-en-double", "e.csv")]
    assert sum(ligne.refus is not None and ligne.refus.fait == "Le fichier est vide." for ligne in recu.lignes) == 3


COLLES = ["\u202aZoé Été\u202c", "\u2068Zoé Été\u2069", "\u200eZoé Été", "Zoé \u202aÉté\u202c", "\ufeffZoé Été\u200f", "Zoé\u200b Été"]


@pytest.mark.parametrize("ecrit", COLLES)
def test_un_nom_colle_d_un_telephone_est_la_meme_personne(ecrit: str) -> None:
    identites = Identites(None, (), [ecrit, "Zoé Été"])
    assert cle(ecrit) == cle("Zoé Été")
    assert identites.cellule(ecrit) == identites.cellule("Zoé Été") == "Zoé Été"


def test_seul_un_nom_colle_se_montre_sans_ses_marques() -> None:
    assert Identites(None, (), ["\u202aعلي\u202c"]).cellule("\u202aعلي\u202c") == "علي"
    assert Identites(None, (), ["می\u200cخواهم"]).cellule("می\u200cخواهم") == "می\u200cخواهم"  # le liant sans chasse du persan reste


def test_une_case_collee_d_un_telephone_se_lit() -> None:
    entete = "cellule;produit;quantite;envoye_le;creneau;nom"
    octets = f"{entete}\nA-1;\u202afarine-t65\u202c;\u206802,5\u2069;\u200e2026-12-02T10:00;\u202aq1\u202c;\u202aZoé\u202c\n".encode()
    (ligne,), constats = lire_bons(octets, "a.csv", "les-tilleuls", CATALOGUE)
    assert (ligne.produit, ligne.envoye_le, ligne.creneau, ligne.nom, ligne.refus, constats) == (
        "farine-t65",
        "2026-12-02T10:00",
        "q1",
        "Zoé",
        None,
        [],
    )


def test_des_messages_transferes_sans_fin() -> None:
    octets = b"From: a@exemple.org\nMIME-Version: 1.0\n" + b"Content-Type: message/rfc822\n\n" * 3000 + b"x"
    ((_cellule, fait),) = lues(octets, "a.eml")
    assert fait == "Ce mail est fait de messages transférés les uns dans les autres, bien trop profond."
