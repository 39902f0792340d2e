"""La commande à chaque producteur·rice : les mêmes comptes que le récap, quatre présentations, et aucun nom de cellule."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from conftest import MINI_RESEAU
from hypothesis import given, settings
from hypothesis import strategies as st
from test_bon_papier import pages, texte

from cabas.calculs.commande_producteur import CommandeProducteur, Part, commandes_producteurs
from cabas.calculs.fusion import Fusion, fusionner
from cabas.calculs.mots_de_commande import livraison_dite, lots_dits, minimum_dit, pluriel, prix_dit
from cabas.calculs.recap import Recap, recapituler
from cabas.cli import principal
from cabas.documents.commande_producteur import commande_pdf
from cabas.lecture.bons import lire_bons
from cabas.lecture.colonnes import Catalogue
from cabas.lecture.depot import charger
from cabas.modele import Depot, Lot
from cabas.regles_de_partage import Cellier
from cabas.rendu.commande_producteur import commande_csv, commande_eml, commande_txt, destinataire, epeler
from cabas.temps import PARIS

DEPOT, _CONSTATS = charger(MINI_RESEAU)
DECEMBRE = DEPOT.commandes["2026-12"]
TAILLES = {produit.ref: produit.lot.quantite for produit in DEPOT.produits.values() if produit.lot}
BONS = {
    "les-tilleuls": "A-1;farine-t65;10\nA-1;lentilles-vertes;18\nA-1;jus-de-pomme;7\nSECRET;farine-t65;5",
    "la-remise": "Z-9;lentilles-vertes;7\nZ-9;oeufs-plein-air;180\nZ-9;comte-12-mois;2,25\nZ-9;farine-t65;10",
}


def fondre(depot: Depot, bons: dict[str, str]) -> tuple[Fusion, Recap]:
    lues = []
    for groupement, lignes in bons.items():
        corps = f"cellule;produit;quantite\n{lignes}\n"
        lues += lire_bons(corps.encode(), f"{groupement}.csv", groupement, Catalogue(depot.produits.values()))[0]
    fusion = fusionner(depot, depot.commandes["2026-12"], lues, {}, {})
    return fusion, recapituler(depot, fusion)


def commandes(depot: Depot = DEPOT, bons: dict[str, str] = BONS) -> dict[str, CommandeProducteur]:
    return {une.producteur.slug: une for une in commandes_producteurs(depot, DECEMBRE, fondre(depot, bons)[1])}


def moulin(**changements: object) -> CommandeProducteur:
    une = commandes()["moulin-des-sorbiers"]
    return une._replace(producteur=une.producteur._replace(**changements))  # type: ignore[arg-type]


def relire(octets: bytes) -> EmailMessage:
    message = message_from_bytes(octets, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def lettre(une: CommandeProducteur) -> EmailMessage:
    return relire(commande_eml(une, b"%PDF-essai", commande_csv(une)))


def test_les_totaux_sont_ceux_du_recap():
    _fusion, recap = fondre(DEPOT, BONS)
    toutes = commandes_producteurs(DEPOT, DECEMBRE, recap)
    assert [une.producteur.slug for une in toutes] == ["fruitiere-des-essarts", "moulin-des-sorbiers"]
    assert sum(une.total for une in toutes) == recap.total_producteurs
    assert {ligne.produit: (ligne.quantite, ligne.montant) for une in toutes for ligne in une.lignes} == {
        ligne.produit: (ligne.a_commander, ligne.montant) for ligne in recap.produits
    }


@given(st.lists(st.tuples(st.sampled_from(sorted(DEPOT.produits)), st.integers(1, 40), st.sampled_from(sorted(BONS))), max_size=15))
@settings(max_examples=80, deadline=None)
def test_rien_ne_se_perd_entre_le_recap_et_les_palettes(demandes: list[tuple[str, int, str]]):
    bons: dict[str, str] = {}
    for rang, (ref, pas, groupement) in enumerate(demandes):
        bons[groupement] = bons.get(groupement, "") + f"C{rang};{ref};{pas * DEPOT.produits[ref].pas / 1000:g}\n".replace(".", ",")
    _fusion, recap = fondre(DEPOT, bons)
    toutes = commandes_producteurs(DEPOT, DECEMBRE, recap)
    assert sum(une.total for une in toutes) == recap.total_producteurs
    for une in toutes:
        assert une.lignes
        palettes = [part for destination in une.destinations for part in destination.parts] + list(une.restes)
        for ligne in une.lignes:
            assert ligne.quantite == sum(part.quantite for part in palettes if part.libelle == ligne.libelle) > 0
            assert ligne.lots is None or ligne.lots * TAILLES[ligne.produit] == ligne.quantite


def test_les_lots_et_les_prix_se_disent():
    dits = {ligne.produit: (lots_dits(ligne), prix_dit(ligne), ligne.libelle) for une in commandes().values() for ligne in une.lignes}
    assert dits == {
        "comte-12-mois": ("", "14,80\u00a0€/kg", "Comté AOP 12 mois"),
        "oeufs-plein-air": ("1\u00a0plateau de 180", "0,285\u00a0€", "Œufs de plein air"),
        "farine-t65": ("1\u00a0sac de 25 kg", "1,40\u00a0€/kg", "Farine de blé T65"),
        "jus-de-pomme": ("", "2,35\u00a0€", "Jus de pomme, 1\u00a0L"),
        "lentilles-vertes": ("1\u00a0sac de 25 kg", "3,60\u00a0€/kg", "Lentilles vertes"),
    }


def test_plusieurs_lots_et_le_cellier_se_disent():
    """Deux tailles de sacs, et un sac complété par le cellier : ce que lit et entend la productrice."""
    lentilles = DEPOT.produits["lentilles-vertes"]._replace(lots=(Lot(5000, "sac de 5 kg"),))
    aide = DECEMBRE._replace(cellier=Cellier(complete=True, budget=Decimal(50)))
    depot = DEPOT._replace(produits={**DEPOT.produits, "lentilles-vertes": lentilles}, commandes={"2026-12": aide})
    fusion, _recap = fondre(depot, {"les-tilleuls": "A-1;lentilles-vertes;53\n"})
    recap = recapituler(depot, fusion)
    (une,) = commandes_producteurs(depot, aide, recap)
    (ligne,) = une.lignes
    assert (ligne.quantite, ligne.lots, lots_dits(ligne)) == (55_000, 3, "2\u00a0sacs de 25 kg et 1\u00a0de 5 kg")
    assert une.pour_le_cellier == (Part("Lentilles vertes", 2_000, "kg"),)
    assert une.restes == ()
    assert "2 sacs de 25 kilos et 1 de 5 kilos : Lentilles vertes. En tout, 55 kilos." in " ".join(commande_txt(une).decode().split())
    imprimee = texte(commande_pdf(une))
    for dit in ("2 sacs de 25 kg", "et 1 de 5 kg", "Le cellier · notre stock commun 2 kg Lentilles vertes"):
        assert dit in imprimee


@pytest.mark.parametrize(
    ("un", "plusieurs"),
    [("caisse de 5 kg", "caisses de 5 kg"), ("plateau de 30", "plateaux de 30"), ("colis", "colis"), ("grand bocal de miel", "grands bocaux de miel"),
     ("quart de meule", "quarts de meule"), ("lot", "lots"), ("petit", "petits"), ("noix", "noix")],
)  # fmt: skip
def test_pluriel(un: str, plusieurs: str):
    assert pluriel(un) == plusieurs


def test_un_sac_partage_va_sur_deux_palettes():
    une = commandes()["moulin-des-sorbiers"]
    assert {destination.groupement: [(part.libelle, part.quantite) for part in destination.parts] for destination in une.destinations} == {
        "la-remise": [("Farine de blé T65", 10000), ("Lentilles vertes", 7000)],
        "les-tilleuls": [("Farine de blé T65", 15000), ("Jus de pomme, 1\u00a0L", 7000), ("Lentilles vertes", 18000)],
    }
    assert {ligne.produit: ligne.partage for ligne in une.lignes} == {"farine-t65": True, "jus-de-pomme": False, "lentilles-vertes": True}


def test_ce_qui_n_est_a_personne_est_dit():
    _fusion, recap = fondre(DEPOT, BONS)
    reste = tuple(ligne._replace(reste=500) if ligne.produit == "farine-t65" else ligne for ligne in recap.produits)
    une = commandes_producteurs(DEPOT, DECEMBRE, recap._replace(produits=reste))[1]
    assert une.restes == (Part("Farine de blé T65", 500, "kg"),)
    assert "Le reste, pour le réseau" in texte(commande_pdf(une))


def test_sans_rien_a_commander_pas_de_commande():
    assert commandes(bons={"les-tilleuls": "A-1;lentilles-vertes;3"}) == {}


@pytest.mark.parametrize(
    ("minimum", "manque", "dit"),
    [
        (None, 0, ""),
        ("0", 0, ""),
        ("141.45", 0, ""),
        ("141.46", 1, "il manque 0,01\u00a0€ pour atteindre le minimum de 141,46\u00a0€"),
        ("176.65", 3520, "il manque 35,20\u00a0€ pour atteindre le minimum de 176,65\u00a0€"),
        ("150", 855, "il manque 8,55\u00a0€ pour atteindre le minimum de 150\u00a0€"),
    ],
)
def test_minimum(minimum: str | None, manque: int, dit: str):
    une = moulin(minimum=None if minimum is None else Decimal(minimum))
    assert une.total == 14145
    assert une.manque_minimum == manque
    assert minimum_dit(une) == dit


def test_dates_delai_et_qui_se_deplace():
    une = commandes()["moulin-des-sorbiers"]
    assert une.a_passer_le == date(2026, 12, 9)
    assert moulin(delai_jours=None).a_passer_le is None
    assert not une.a_chercher
    assert commandes()["fruitiere-des-essarts"].a_chercher
    assert une.de == "les groupements La Remise et Les Tilleuls"
    assert une.arretee_le == datetime(2026, 12, 8, 22, tzinfo=PARIS)
    assert livraison_dite(datetime(2026, 12, 16, tzinfo=PARIS)) == "mercredi 16\u00a0décembre 2026"
    assert livraison_dite(datetime(2026, 12, 16, 14, 30, tzinfo=PARIS)) == "mercredi 16\u00a0décembre 2026 à 14\u00a0h\u00a030"
    assert livraison_dite(None) == "date à convenir"


def test_les_contacts_sont_ceux_des_groupements():
    ecrivent = {slug: un._replace(reponse=f"{slug}@exemple.org") for slug, un in DEPOT.groupements.items()}
    une = commandes(DEPOT._replace(groupements=ecrivent))["moulin-des-sorbiers"]
    assert une.contacts == ("la-remise@exemple.org", "les-tilleuls@exemple.org")
    corps = lettre(une).get_body()
    assert corps is not None
    assert "écrivez à la-remise@exemple.org ou les-tilleuls@exemple.org." in " ".join(corps.get_content().split())
    service = {slug: un._replace(reponse="https://formulaires.exemple.org/bon") for slug, un in DEPOT.groupements.items()}
    assert commandes(DEPOT._replace(groupements=service))["moulin-des-sorbiers"].contacts == ()


def test_beaucoup_de_groupements_ne_se_nomment_pas_d_un_souffle():
    structure = {slug: un._replace(structure="La Table") for slug, un in DEPOT.groupements.items()}
    assert commandes(DEPOT._replace(groupements=structure))["moulin-des-sorbiers"].de == "La Table"
    assert commandes(bons={"la-remise": BONS["la-remise"]})["moulin-des-sorbiers"].de == "le groupement La Remise"
    _fusion, recap = fondre(DEPOT, BONS)
    autres = tuple(part._replace(groupement=f"{part.groupement}-{rang}") for part in recap.groupements for rang in range(2))
    une = commandes_producteurs(DEPOT, DECEMBRE, recap._replace(groupements=autres))[1]
    assert une.de == "4 groupements d’achat qui commandent ensemble"
    assert une.a_passer_le is None
    assert "date à convenir" in commande_txt(une).decode()


def test_csv():
    octets = commande_csv(commandes()["fruitiere-des-essarts"])
    assert octets.decode("utf-8") == (
        "\ufeffproduit;nom;lots;lot;quantite;unite;prix_unitaire;montant\r\n"
        "comte-12-mois;Comté AOP 12 mois;;;2,25;kg;14,80;33,30\r\n"
        "oeufs-plein-air;Œufs de plein air;1;plateau de 180;180;piece;0,285;51,30\r\n"
    )


def test_csv_sans_formule():
    une = moulin()
    piege = une._replace(lignes=(une.lignes[0]._replace(nom="=1+1", lot="@sac"),))
    (ligne,) = csv.DictReader(io.StringIO(commande_csv(piege).decode("utf-8-sig")), delimiter=";")
    assert (ligne["nom"], ligne["lot"]) == ("'=1+1", "'@sac")


def test_txt(instantane):
    une = moulin(minimum=Decimal(150))
    lu = commande_txt(une).decode()
    instantane(lu)
    assert max(len(ligne) for ligne in lu.splitlines()) <= 72
    assert ";" not in lu
    assert "\t" not in lu


@pytest.mark.parametrize(
    ("ecrit", "dit"),
    [("25 kg", "25 kilos"), ("1 kg", "1 kilo"), ("1,5 L", "1,5 litre"), ("33 cL", "33 centilitres"), ("2 kg de gros", "2 kilos de gros"),
     ("500 g", "500 grammes"), ("6 gousses", "6 gousses"), ("T 65 Largo", "T 65 Largo")],
)  # fmt: skip
def test_les_unites_se_lisent_a_voix_haute(ecrit: str, dit: str):
    assert epeler(ecrit).replace("\u00a0", " ") == dit


def test_eml(instantane):
    une = moulin(minimum=Decimal(150))
    pdf, tableau = commande_pdf(une), commande_csv(une)
    octets = commande_eml(une, pdf, tableau)
    assert b"\n" not in octets.replace(b"\r\n", b"")
    message = relire(octets)
    assert message["Subject"] == "Commande de décembre (2026-12) : Moulin des Sorbiers"
    assert str(message["To"]) == "Moulin des Sorbiers <moulin@exemple.org>"
    assert message["Date"].datetime == une.arretee_le
    assert message["From"] is None
    corps = message.get_body()
    assert corps is not None
    instantane(corps.get_content())
    joints = {piece.get_filename(): piece for piece in message.iter_attachments()}
    assert list(joints) == ["commande-2026-12-moulin-des-sorbiers.pdf", "commande-2026-12-moulin-des-sorbiers.csv"]
    assert joints["commande-2026-12-moulin-des-sorbiers.pdf"].get_payload(decode=True) == pdf
    assert joints["commande-2026-12-moulin-des-sorbiers.csv"].get_payload(decode=True) == tableau


@pytest.mark.parametrize(
    "courriel",
    ["", "moulin", "moulin@", "@exemple.org", "a@b@exemple.org", "moulin@exemple.org\r\nBcc: x@exemple.org", "a b@exemple.org", "é@exemple.org",
     f"moulin@{'exämple.org'}", "a..b@exemple.org", "<moulin@exemple.org>", "moulin@exemple.org,x@exemple.org", f"{'a' * 300}@exemple.org", "a@-"],
)  # fmt: skip
def test_une_adresse_fautive_ne_part_nulle_part(courriel: str):
    message = lettre(moulin(courriel=courriel))
    assert message["To"] is None
    assert message["Bcc"] is None


@pytest.mark.parametrize(
    "nom", ["Moulin\r\nBcc: espion@exemple.org", "Moulin\n\nCorps", "Moulin\u2028Bcc: a@exemple.org", '"Moulin" <x@exemple.org>,']
)
def test_un_nom_n_ajoute_pas_d_en_tete(nom: str):
    une = moulin(nom=nom)
    une = une._replace(commande=DECEMBRE._replace(titre=f"Titre\r\nX-Piege: 1\n{nom}"))
    message = lettre(une)
    assert set(message.keys()) == {"Subject", "To", "Date", "Message-ID", "X-Unsent", "MIME-Version", "Content-Type"}
    assert [adresse.addr_spec for adresse in message["To"].addresses] == ["moulin@exemple.org"]
    assert "\n" not in str(message["Subject"])
    assert "\nBcc" not in commande_txt(une).decode()


@given(st.text(max_size=40), st.text(max_size=40))
@settings(max_examples=150, deadline=None)
def test_le_mail_ne_casse_jamais(nom: str, courriel: str):
    une = moulin(nom=nom, commune=nom, telephone=courriel, courriel=courriel)
    message = lettre(une)
    assert len(list(message.iter_attachments())) == 2
    assert (message["To"] is None) == (destinataire(nom, courriel) is None)
    assert commande_txt(une)


def test_pdf():
    une = commandes()["moulin-des-sorbiers"]
    pdf = commande_pdf(une)
    assert b"/MarkInfo" in pdf
    assert b"pdfuaid" in pdf
    assert set(re.findall(rb"/FontName\s*/[A-Z]{6}\+(\w+)", pdf)) <= {b"AtkinsonHyperlegible", b"NotoSans", b"NotoSansArabic"}
    lu = texte(pdf)
    for dit in (
        "Commande de décembre", "Moulin des Sorbiers", "Allex", "06 39 98 00 01", "moulin@exemple.org", "Les groupements La Remise et Les Tilleuls",
        "Livraison attendue", "mercredi 16 décembre 2026 : La Remise (Colomiers) et Les Tilleuls (Villefranche)",
        "Lentilles vertes 1 sac de 25 kg 25 kg 3,60 €/kg 90,00 €", "Total TTC, consignes en plus 141,45 €", "À préparer pour chaque groupement",
        "nous l’ouvrons à l’arrivée", "18 kg Lentilles vertes", "Commande 2026-12, Moulin des Sorbiers page 1 / 1",
    ):  # fmt: skip
        assert dit in lu, dit
    assert "Nous viendrons chercher la commande à Poligny, avant ces livraisons" in texte(commande_pdf(commandes()["fruitiere-des-essarts"]))


def test_une_longue_commande_repete_son_en_tete():
    une = commandes()["moulin-des-sorbiers"]
    (premiere, *_) = une.lignes
    longue = une._replace(lignes=tuple(premiere._replace(libelle=f"Farine numéro {rang}") for rang in range(90)))
    pdf = commande_pdf(longue)
    assert pages(pdf) == 3
    lu = texte(pdf)
    assert lu.count("Produit Lots Quantité Prix Montant") == 3
    assert all(f"Farine numéro {rang} " in lu for rang in range(90))


def test_un_nom_hostile_ou_sans_lettre_dans_nos_polices_s_imprime():
    assert "#panic(1) *gras* $x$" in texte(commande_pdf(moulin(nom="#panic(1) *gras* $x$")))
    assert "Moulin ? des Sorbiers" in texte(commande_pdf(moulin(nom="Moulin \U0001f955 des Sorbiers")))
    assert "?" not in texte(commande_pdf(moulin(nom="\u0645\u0637\u062d\u0646\u0629", commune="Łódź")))
    toutes = "".join(map(chr, [*range(32, 127), *range(0xA1, 0xAD), *range(0xAE, 0x180)])) + "’“”–—…€"
    assert pages(commande_pdf(moulin(nom=f"\U0001f955 {toutes}"))) >= 1


def test_aucune_cellule_ne_part_chez_la_productrice():
    for une in commandes().values():
        lu = texte(commande_pdf(une)) + commande_txt(une).decode() + commande_csv(une).decode() + str(lettre(une))
        assert not re.search(r"A-1|Z-9|SECRET", lu)


def fichiers(sorties: Path) -> dict[str, bytes]:
    return {chemin.relative_to(sorties).as_posix(): chemin.read_bytes() for chemin in sorties.rglob("*") if chemin.is_file()}


def deposer_les_bons(racine: Path) -> Path:
    for groupement, lignes in BONS.items():
        bons = racine / "prive/2026-12" / groupement / "bons"
        bons.mkdir(parents=True)
        (bons / "a.csv").write_text(f"cellule;produit;quantite\n{lignes}\n", encoding="utf-8")
    return racine / "prive/2026-12/sorties"


def test_la_fusion_les_ecrit_et_ote_les_anciennes(mini_depot: Path, capsys: pytest.CaptureFixture[str]):
    sorties = deposer_les_bons(mini_depot)
    lancer = ["fusionner", "2026-12", "--depot", str(mini_depot), "--sans-classeur"]
    assert principal(lancer) == 0
    dit = capsys.readouterr().out
    assert "Moulin des Sorbiers : il manque 8,55\u00a0€ pour atteindre le minimum de 150\u00a0€." in dit
    assert "sorties/producteurs" in dit
    premiers = fichiers(sorties)
    noms = {f"producteurs/{slug}.{suffixe}" for slug in ("fruitiere-des-essarts", "moulin-des-sorbiers") for suffixe in ("pdf", "csv", "txt", "eml")}
    assert {nom for nom in premiers if nom.startswith("producteurs/")} == noms
    joint = relire(premiers["producteurs/moulin-des-sorbiers.eml"]).iter_attachments()
    assert [piece.get_payload(decode=True) for piece in joint] == [
        premiers[f"producteurs/moulin-des-sorbiers.{suffixe}"] for suffixe in ("pdf", "csv")
    ]

    shutil.rmtree(mini_depot / "prive/2026-12/la-remise")
    (mini_depot / "prive/2026-12/les-tilleuls/bons/a.csv").write_text("cellule;produit;quantite\nA-1;farine-t65;10\n", encoding="utf-8")
    principal(lancer)
    assert {nom for nom in fichiers(sorties) if nom.startswith("producteurs/")} == {nom for nom in noms if "moulin" in nom}

    capsys.readouterr()
    principal([*lancer, "--sans-producteurs"])
    assert not (sorties / "producteurs").exists()
    assert "sorties/producteurs" not in capsys.readouterr().out


def test_les_memes_octets_d_un_processus_a_l_autre(mini_depot: Path):
    sorties = deposer_les_bons(mini_depot)
    vus = []
    for graine in ("1", "2"):
        lancer = [sys.executable, "-m", "cabas", "fusionner", "2026-12", "--depot", str(mini_depot), "--sans-classeur"]
        subprocess.run(lancer, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": graine})
        vus.append(fichiers(sorties))
        shutil.rmtree(sorties)
    assert vus[0] == vus[1]
    assert len(vus[0]) == 10 + 2 * 4
