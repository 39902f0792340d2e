"""Les données ouvertes : le schéma publié, et la forme que d'autres logiciels attendent. Rien n'est téléchargé."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path, PurePosixPath

import jsonschema
import pytest
from conftest import RACINE

from cabas.constats import Refus, Source
from cabas.lecture.depot import charger
from cabas.modele import Depot, Lot, Produit
from cabas.publication.preparation import Sources, preparer
from cabas.rendu.calendrier import rendez_vous
from cabas.rendu.csv_pairs import CAMAP, OFN, est_bio
from cabas.rendu.dfc import ALLERGENES as ALLERGENES_DFC
from cabas.rendu.dfc import CONTEXTE, TYPES, dfc_json
from cabas.rendu.donnees_ouvertes import LICENCES, PAR_DEFAUT, Site, fichiers, lire_licence, schema
from cabas.rendu.pages import pages
from cabas.rendu.pages_ouvertes import FORMAT, LISTE, pages_ouvertes
from cabas.rendu.portions import Portion, portion
from cabas.rendu.schema_org import CHAMP, completer, texte_sur
from cabas.temps import PARIS

MAINTENANT = datetime(2026, 12, 3, 12, 0, tzinfo=PARIS)
SITE = Site("Essai", date(2026, 12, 3), "https://exemple.org/cabas/", "abc123")
SANS_ADRESSE = SITE._replace(adresse="")
PIRATE = '</script><script>alert(1)</script> & "x"\u2028<!--'


@pytest.fixture
def depot(mini_depot: Path) -> Depot:
    return charger(mini_depot)[0]


@pytest.fixture(scope="module")
def vrai() -> Depot:
    return charger(RACINE, lambda _empreinte: True)[0]


def lire_csv(octets: bytes) -> tuple[tuple[str, ...], list[dict[str, str]]]:
    rangees = list(csv.reader(io.StringIO(octets.decode("utf-8"))))
    entete = tuple(rangees[0])
    return entete, [dict(zip(entete, rangee, strict=True)) for rangee in rangees[1:]]


def changer(depot: Depot, **champs: object) -> Depot:
    farine = depot.produits["farine-t65"]._replace(**champs)  # type: ignore[arg-type]
    return depot._replace(produits={**depot.produits, "farine-t65": farine})


def donnees_de(page: str) -> dict:
    """Ce que le thème posera en tête de la page."""
    [ligne] = re.findall(rf"^{CHAMP}: (.+)$", page.split("---\n")[1], re.MULTILINE)
    return json.loads(json.loads(ligne))


# --- catalogue.json et son schéma ---


@pytest.mark.parametrize("lequel", ["depot", "vrai"])
def test_le_catalogue_suit_son_schema(lequel, request):
    depot = request.getfixturevalue(lequel)
    jsonschema.Draft202012Validator.check_schema(schema())
    juge = jsonschema.Draft202012Validator(schema())
    catalogue = json.loads(fichiers(depot, SITE)[PurePosixPath("catalogue.json")])
    assert [erreur.message for erreur in juge.iter_errors(catalogue)] == []
    assert {produit["ref"] for produit in catalogue["produits"]} == depot.produits.keys()
    assert (catalogue["date"], catalogue["revision"], catalogue["licence"]["nom"]) == ("2026-12-03", "abc123", "Licence Ouverte 2.0")


@pytest.mark.parametrize(
    ("champ", "valeur"),
    [
        ("prix", 1.4),
        ("prix", "1,40"),
        ("pas", "0.5 kg"),
        ("allergenes", ["blé"]),
        ("saison", [13]),
        ("unite", "g"),
        ("inconnu", 1),
        ("prix_de_mesure", {"prix": "2"}),
    ],
)
def test_le_schema_sait_refuser(depot, champ, valeur):
    catalogue = json.loads(fichiers(depot, SITE)[PurePosixPath("catalogue.json")])
    catalogue["produits"][0][champ] = valeur
    assert list(jsonschema.Draft202012Validator(schema()).iter_errors(catalogue))


def test_les_prix_et_les_quantites_restent_exacts(depot):
    catalogue = json.loads(fichiers(changer(depot, prix=Decimal("0.285"), saison=(6, 7)), SITE)[PurePosixPath("catalogue.json")])
    lus = {produit["ref"]: produit for produit in catalogue["produits"]}
    farine = lus["farine-t65"]
    assert (farine["prix"], farine["pas"], farine["lot"]["quantite"], farine["tva"], farine["saison"]) == ("0.285", "0.5", "25", "5.5", [6, 7])
    assert farine["prix_de_mesure"] == {"prix": "0.29", "unite": "kg"}
    assert lus["oeufs-plein-air"]["prix_de_mesure"] is None
    assert lus["jus-de-pomme"]["prix_de_mesure"] == {"prix": "2.35", "unite": "L"}


def test_la_page_du_format_nomme_chaque_champ_du_schema(depot):
    page = pages_ouvertes(depot, SITE)[FORMAT]
    lu = schema()
    champs = [nom for objet in (lu, *lu["$defs"].values()) for nom in objet.get("properties", {})]
    assert len(champs) > 40
    assert [nom for nom in champs if f"| `{nom}` |" not in page] == []


# --- Aucune donnée personnelle ---


def test_aucun_contact_ni_position_ne_sort_dans_un_fichier(vrai):
    personnels = {valeur for fiche in vrai.producteurs.values() for valeur in (fiche.courriel, fiche.telephone) if valeur}
    personnels |= {fiche.reponse for fiche in vrai.groupements.values() if fiche.reponse} | vrai.groupements.keys()
    assert len(personnels) > 20
    for chemin, octets in fichiers(vrai, SITE).items():
        texte = octets.decode()
        assert [valeur for valeur in personnels if valeur in texte] == [], chemin
        assert not re.search(r"coordonnees|latitude|longitude|@exemple|06[ .]?39", texte), chemin


# --- Les articles d'autres logiciels ---


@pytest.mark.parametrize(
    ("unite", "pas", "contenu", "prix", "attendu", "petite"),
    [
        ("kg", 250, "", "9.00", Portion(250, "kg", 225), (250, "g")),
        ("kg", 1000, "", "9.00", Portion(1000, "kg", 900), (1, "kg")),
        ("kg", 2500, "", "2", Portion(2500, "kg", 500), (2500, "g")),
        ("L", 500, "", "3.33", Portion(500, "L", 167), (500, "ml")),
        ("piece", 1000, "75 cL", "6.50", Portion(750, "L", 650), (750, "ml")),
        ("piece", 1000, "6 pieces", "1.71", Portion(6000, "piece", 171), (6, "piece")),
        ("piece", 6000, "500 g", "2", Portion(6000, "piece", 1200), (6, "piece")),
        ("piece", 1000, "", "2", Portion(1000, "piece", 200), (1, "piece")),
    ],
)
def test_un_article_est_ce_qu_on_commande_en_une_fois(depot, unite, pas, contenu, prix, attendu, petite):
    produit = depot.produits["farine-t65"]._replace(unite=unite, pas=pas, contenu=contenu, prix=Decimal(prix))
    assert portion(produit) == attendu
    assert portion(produit).petite == petite


def test_ofn_a_ses_en_tetes_et_une_ligne_par_produit(vrai):
    entete, lignes = lire_csv(fichiers(vrai, SITE)[PurePosixPath("catalogue.ofn.csv")])
    attendu = (
        "producer,sku,name,display_name,category,description,units,unit_type,variant_unit_name,price,on_hand,available_on,on_demand,"
        "shipping_category,tax_category"
    )
    assert entete == OFN == tuple(attendu.split(","))
    assert sorted(ligne["sku"] for ligne in lignes) == sorted(vrai.produits)
    for ligne in lignes:
        assert ligne["unit_type"] in {"g", "kg", "ml", "l", ""}
        assert bool(ligne["unit_type"]) != bool(ligne["variant_unit_name"])
        assert Decimal(ligne["units"]) > 0
        assert Decimal(ligne["price"]) == portion(vrai.produits[ligne["sku"]]).prix > 0
        assert ligne["producer"] in {fiche.nom for fiche in vrai.producteurs.values()}
        assert ligne["category"] in {rubrique.nom for rubrique in vrai.rubriques}
        assert (ligne["on_demand"], ligne["on_hand"]) == (("1", "") if vrai.produits[ligne["sku"]].disponible else ("0", "0"))


def test_camap_a_un_fichier_par_producteur_et_dix_colonnes(vrai):
    tous = fichiers(vrai, SITE)
    lus: dict[str, tuple[str, dict[str, str]]] = {}
    for chemin, octets in tous.items():
        if chemin.parent == PurePosixPath("donnees/camap"):
            entete, lignes = lire_csv(octets)
            assert entete == CAMAP
            assert len(entete) == 10
            for ligne in lignes:
                assert ligne["Référence unique"] not in lus
                lus[ligne["Référence unique"]] = (chemin.stem, ligne)
    assert lus.keys() == vrai.produits.keys()
    for ref, (slug, ligne) in lus.items():
        produit: Produit = vrai.produits[ref]
        assert slug == produit.producteur
        assert ligne["Unité"].lower() in {"kg", "g", "l", "ml", "piece"}
        assert Decimal(ligne["Prix TTC"]) == portion(produit).prix
        assert (ligne["Vrac"], ligne["Prix variable selon pesée"]) == (str(int(produit.vente == "vrac")), str(int(produit.vente == "coupe")))


def test_le_bio_est_un_label_certifie(depot):
    farine = depot.produits["farine-t65"]
    assert est_bio(farine._replace(labels=("AB", "AOP")))
    assert not est_bio(farine._replace(labels=("Cosmétique bio", "AOP")))


def test_un_texte_hostile_ne_fait_ni_formule_ni_ligne_de_plus(depot):
    pirate = changer(depot, nom='=HYPERLINK("https://exemple.org")', description="une\nligne, et une autre\x01\x0112")
    tous = fichiers(pirate, SITE)
    _entete, lignes = lire_csv(tous[PurePosixPath("catalogue.ofn.csv")])
    farine = next(ligne for ligne in lignes if ligne["sku"] == "farine-t65")
    assert (farine["name"], farine["description"][:20]) == ('\'=HYPERLINK("https://exemple.org")', "une ligne, et une au")
    assert len(lignes) == len(pirate.produits)
    for chemin, octets in tous.items():
        if chemin.suffix != ".csv":
            json.loads(octets)


# --- Data Food Consortium ---


@pytest.mark.parametrize("site", [SITE, SANS_ADRESSE])
def test_chaque_produit_dfc_se_relie_dans_les_deux_sens(vrai, site):
    document = json.loads(dfc_json(vrai, site.adresse), parse_float=Decimal)
    assert document["@context"] == CONTEXTE == "https://w3id.org/dfc/ontology/context/context_1.16.0.json"
    noeuds = {noeud["@id"]: noeud for noeud in document["@graph"]}
    assert len(noeuds) == len(document["@graph"]) == 3 * len(vrai.produits) + len(vrai.producteurs)
    assert all(identifiant.startswith("https://exemple.org/cabas/dfc/" if site.adresse else "dfc/") for identifiant in noeuds)
    vus = 0
    for lui in [noeud for noeud in noeuds.values() if noeud["@type"] == "dfc-b:SuppliedProduct"]:
        ligne = noeuds[lui["dfc-b:referencedBy"]]
        offre = noeuds[ligne["dfc-b:offeredThrough"]]
        produit = vrai.produits[ligne["dfc-b:sku"]]
        entreprise = noeuds[lui["dfc-b:suppliedBy"]]
        assert (ligne["@type"], ligne["dfc-b:references"]) == ("dfc-b:CatalogItem", lui["@id"])
        assert (offre["@type"], offre["dfc-b:offers"]) == ("dfc-b:Offer", ligne["@id"])
        assert lui["@id"] in entreprise["dfc-b:supplies"]
        assert ligne["@id"] in entreprise["dfc-b:manages"]
        prix = offre["dfc-b:hasPrice"]
        assert (prix["dfc-b:hasUnit"], Decimal(prix["dfc-b:value"]), Decimal(prix["dfc-b:VATrate"])) == (
            "dfc-m:Euro",
            portion(produit).prix,
            produit.tva,
        )
        combien, unite = portion(produit).petite
        mesure = {"kg": "Kilogram", "g": "Gram", "l": "Litre", "ml": "Millilitre", "piece": "Piece"}[unite]
        assert (lui["dfc-b:hasQuantity"]["dfc-b:hasUnit"], Decimal(lui["dfc-b:hasQuantity"]["dfc-b:value"])) == (f"dfc-m:{mesure}", combien)
        assert len(lui["dfc-b:hasAllergenCharacteristic"]) == len(produit.allergenes)
        assert lui.get("dfc-b:hasType") == (f"dfc-pt:{TYPES[produit.rubrique]}" if produit.rubrique in TYPES else None)
        vus += 1
    assert vus == len(vrai.produits)


def test_les_quatorze_allergenes_ont_leur_nom_dfc():
    from cabas.calculs.affichage import ALLERGENES

    assert ALLERGENES_DFC.keys() == ALLERGENES.keys()
    assert len(set(ALLERGENES_DFC.values())) == 14


def test_le_dfc_d_un_producteur_n_a_que_les_siens(depot):
    graphe = json.loads(fichiers(depot, SITE)[PurePosixPath("donnees/dfc/moulin-des-sorbiers.json")])["@graph"]
    assert {noeud["dfc-b:sku"] for noeud in graphe if "dfc-b:sku" in noeud} == {"farine-t65", "jus-de-pomme", "lentilles-vertes"}
    assert [noeud["dfc-b:name"] for noeud in graphe if noeud["@type"] == "dfc-b:Enterprise"] == ["Moulin des Sorbiers"]


# --- GDXP ---


def test_la_liste_de_prix_gdxp_suit_sa_documentation(depot):
    texte = fichiers(changer(depot, disponible=False, lot=Lot(25_000), lot_complet=True), SITE)[PurePosixPath("catalogue.gdxp.json")].decode()
    description = json.loads((RACINE / "tests/donnees/schemas/gdxp-1.json").read_text(encoding="utf-8"))
    # Une liste de prix a la même enveloppe qu'une réservation : ni dates, ni quantités commandées.
    fournisseur, article = description["$defs"]["fournisseur"], description["$defs"]["produit"]
    fournisseur["required"] = [nom for nom in fournisseur["required"] if nom not in ("orderInfo", "order")]
    article["required"] = [nom for nom in article["required"] if nom != "bookingInfo"]
    juge = jsonschema.Draft202012Validator(description)
    assert [erreur.message for erreur in juge.iter_errors(json.loads(texte))] == []
    liste = json.loads(texte, parse_float=Decimal)
    assert liste["subject"]["name"] == "Essai"
    fournisseurs = [bloc["supplier"] for bloc in liste["blocks"]]
    assert not any(un["contacts"] or "orderInfo" in un for un in fournisseurs)
    articles = {produit["sku"]: produit for un in fournisseurs for produit in un["products"]}
    assert articles.keys() == depot.produits.keys()
    farine = articles["farine-t65"]
    assert (farine["um"], farine["active"], "bookingInfo" in farine) == ("kg", False, False)
    assert {cle: Decimal(valeur) for cle, valeur in farine["orderInfo"].items()} == {
        "packageQty": 25, "minQty": 0, "mulQty": Decimal("0.5"), "maxQty": 10, "availableQty": 0, "umPrice": Decimal("1.40"),
        "vatRate": Decimal("5.5"), "shippingCost": 0,
    }  # fmt: skip


# --- schema.org ---


def _completees(depot: Depot, site: Site) -> dict[PurePosixPath, str]:
    return completer(pages(depot, MAINTENANT)[0], depot, rendez_vous(depot, MAINTENANT), site)


def test_une_page_produit_dit_son_prix_et_de_qui_il_vient(depot):
    donnees = donnees_de(_completees(depot, SITE)[PurePosixPath("catalogue/farine-t65/index.md")])
    offre = donnees["offers"]
    assert (donnees["@context"], donnees["@type"], donnees["sku"]) == ("https://schema.org", "Product", "farine-t65")
    assert donnees["url"] == "https://exemple.org/cabas/catalogue/farine-t65/index.html"
    assert (offre["price"], offre["priceCurrency"], offre["availability"]) == ("1.40", "EUR", "https://schema.org/InStock")
    assert offre["priceSpecification"]["referenceQuantity"] == {"@type": "QuantitativeValue", "value": 1, "unitCode": "KGM"}
    assert donnees["manufacturer"]["@id"] == "https://exemple.org/cabas/producteurs/moulin-des-sorbiers/index.html"
    assert {"@type": "PropertyValue", "name": "Allergènes", "value": "gluten"} in donnees["additionalProperty"]


def test_sans_adresse_publique_rien_n_est_invente(depot):
    completees = _completees(depot, SANS_ADRESSE)
    donnees = donnees_de(completees[PurePosixPath("catalogue/farine-t65/index.md")])
    assert "url" not in donnees
    assert donnees["manufacturer"]["url"] == "../../producteurs/moulin-des-sorbiers/index.html"
    assert not any("exemple.org/cabas" in page for page in completees.values())


def test_un_groupement_annonce_ses_distributions(depot):
    donnees = donnees_de(_completees(depot, SITE)[PurePosixPath("groupements/les-tilleuls/index.md")])
    [evenement] = donnees["event"]
    assert (donnees["@type"], evenement["@type"]) == ("Organization", "Event")
    assert (evenement["startDate"], evenement["endDate"]) == ("2026-12-17T16:00:00+01:00", "2026-12-17T19:00:00+01:00")
    assert evenement["location"]["name"] == "Salle des fêtes"
    assert evenement["organizer"]["@id"] == donnees["@id"]


def test_un_producteur_ne_dit_que_ce_que_montre_sa_page(vrai):
    completees = completer(pages(vrai, MAINTENANT)[0], vrai, (), SITE)
    for slug, fiche in vrai.producteurs.items():
        page = completees[PurePosixPath(f"producteurs/{slug}/index.md")]
        donnees = donnees_de(page)
        assert donnees.keys() <= {"@context", "@type", "@id", "url", "name", "address", "email", "telephone"}
        visible = page.split("---\n", 2)[2]
        assert all(valeur in visible for valeur in (donnees.get("email", ""), donnees.get("telephone", "")))
        assert donnees["address"]["addressLocality"] == fiche.commune


def test_un_nom_hostile_ne_sort_pas_de_sa_balise(depot):
    from cabas.lecture.yaml_strict import lire_yaml

    page = _completees(changer(depot, nom=PIRATE, source=Source("x.yaml")), SITE)[PurePosixPath("catalogue/farine-t65/index.md")]
    noeud, constats = lire_yaml(page.split("---\n")[1], "page")
    assert constats == []
    pose = noeud.brut[CHAMP]
    assert not set("<>&\u2028\u2029") & set(pose)
    assert json.loads(pose) == donnees_de(page)
    assert json.loads(pose)["name"] == PIRATE.replace("\u2028", " ")
    assert texte_sur({"x": "&<>"}).count("\\u00") == 3


# --- La licence et les pages ---


@pytest.mark.parametrize(
    ("reglage", "attendue"),
    [({}, PAR_DEFAUT), ({"extra": {"cabas": {}}}, PAR_DEFAUT), ({"extra": {"cabas": {"licence_donnees": "odbl-1.0"}}}, "odbl-1.0")],
)
def test_la_licence_se_choisit(reglage, attendue):
    assert lire_licence(reglage) == LICENCES[attendue]


def test_une_licence_inconnue_se_dit_et_n_en_donne_aucune(depot):
    reglage = {"extra": {"cabas": {"licence_donnees": "domaine-public"}}}
    assert isinstance(lire_licence(reglage), Refus)
    prepare = preparer(Sources(depot, [], reglage), MAINTENANT)
    assert [(constat.code, str(constat.gravite)) for constat in prepare.constats] == [("licence-inconnue", "avertissement")]
    assert json.loads(prepare.ouvertes[PurePosixPath("catalogue.json")])["licence"] == {"nom": "Aucune licence", "adresse": ""}
    assert "n’a pas encore choisi" in prepare.pages[LISTE].decode().replace("\u00a0", " ")


def test_chaque_fichier_est_lie_depuis_la_page(vrai):
    page = pages_ouvertes(vrai, SITE)[LISTE]
    assert [str(chemin) for chemin in fichiers(vrai, SITE) if f'href="../../../{chemin}"' not in page] == []


def test_les_memes_fiches_donnent_les_memes_octets(depot):
    assert fichiers(depot, SITE) == fichiers(depot, SITE)
    assert {chemin.name for chemin in fichiers(Depot(), SITE)} == {
        "catalogue.json", "catalogue.schema.json", "catalogue.dfc.jsonld", "catalogue.ofn.csv", "catalogue.gdxp.json",
    }  # fmt: skip
