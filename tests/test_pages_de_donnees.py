"""Les pages nées des fiches et de git : prix au fil du temps, ce qui a changé, carte, chiffres, saisons. Valeurs, liens, dessins."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from math import hypot
from pathlib import Path, PurePosixPath

import pytest
from conftest import MINI_RESEAU, RACINE
from hypothesis import given
from hypothesis import strategies as st

from cabas.calculs.changements import Genre, comparaisons
from cabas.calculs.chiffres import au_plus_pres, compter
from cabas.calculs.distances import kilometres, mediane
from cabas.calculs.histoire_des_prix import Releve, Serie, ecart, presente, serie, versions_par_ref
from cabas.cli.passe_du_catalogue import HISTOIRE_PARTIELLE, SANS_HISTOIRE, lire_histoire
from cabas.constats import erreurs
from cabas.lecture.depot import charger
from cabas.lecture.journal import MARQUE, lire_journal
from cabas.modele import Depot
from cabas.passe import Histoire
from cabas.rendu.carte import Ensemble
from cabas.rendu.carte_de_france import Lieu, dessiner
from cabas.rendu.courbe import courbe
from cabas.rendu.pages import pages
from cabas.rendu.pages_de_donnees import pourcent
from cabas.rendu.projection import contours, ecarter, france, projeter
from cabas.temps import PARIS

PENDANT = datetime(2026, 12, 3, 12, 0, tzinfo=PARIS)
FARINE, COMTE, JUS = (f"catalogue/produits/{ref}.yaml" for ref in ("farine-t65", "comte-12-mois", "jus-de-pomme"))
OCTOBRE = """titre: Commande d’octobre
produits: tous
sauf: [oeufs-plein-air]
fenetres:
  - groupement: les-tilleuls
    ouverture: 2026-10-01T08:00
    cloture: 2026-10-07T20:00
    livraison: 2026-10-16
"""
NOIX = """nom: "Noix : en coque"  # de l'année
producteur: moulin-des-sorbiers
rubrique: epicerie
saison: [9, 10, 11, 12]
unite: kg
pas: 0.5
prix: '6.00'  # à revoir
prix_depuis: 2026-10-20
tva: 5.5
vente: vrac
allergenes: [fruits-a-coque]
"""


def git(racine: Path, jour: str, *arguments: str) -> str:
    env = {**os.environ, "GIT_AUTHOR_DATE": f"{jour}T12:00:00+0100", "GIT_COMMITTER_DATE": f"{jour}T12:00:00+0100",
           "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}  # fmt: skip
    identite = ("-c", "user.name=Essai", "-c", "user.email=essai@exemple.org", "-c", "init.defaultBranch=main")
    return subprocess.run(["git", *identite, *arguments], cwd=racine, env=env, capture_output=True, text=True, check=True).stdout.strip()


def enregistrer(racine: Path, jour: str) -> str:
    git(racine, jour, "add", "--all")
    git(racine, jour, "commit", "--quiet", "--message", jour)
    return git(racine, jour, "rev-parse", "HEAD")


def changer(racine: Path, chemin: str, avant: str, apres: str) -> None:
    texte = (racine / chemin).read_text(encoding="utf-8")
    assert avant in texte
    (racine / chemin).write_text(texte.replace(avant, apres, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def reseau(tmp_path_factory) -> Path:
    """Le réseau miniature et son histoire : prix en hausse par une branche fusionnée, en baisse, contenu changé, arrivée, départ."""
    racine = shutil.copytree(MINI_RESEAU, tmp_path_factory.mktemp("histoire") / "reseau")
    (racine / "catalogue/commandes/2026-10.yaml").write_text(OCTOBRE, encoding="utf-8")
    git(racine, "2026-09-15", "init", "--quiet")
    enregistrer(racine, "2026-09-15")
    git(racine, "2026-10-19", "switch", "--quiet", "--create", "prix")
    changer(racine, FARINE, "prix: 1.40\nprix_depuis: 2026-09-01", "prix: 9.90\nprix_depuis: 2026-10-20")
    enregistrer(racine, "2026-10-19")
    changer(racine, FARINE, "prix: 9.90", "prix: 1.50 # revu à la réunion")
    enregistrer(racine, "2026-10-20")
    git(racine, "2026-10-25", "switch", "--quiet", "main")
    changer(racine, COMTE, "prix: 14.80", "prix: 13.32")
    (racine / "catalogue/produits/noix.yaml").write_text(NOIX, encoding="utf-8")
    (racine / "catalogue/produits/lentilles-vertes.yaml").unlink()
    changer(racine, JUS, "contenu: 1 L\n", "")
    changer(racine, JUS, "producteur:", "contenu: 75 cL\nproducteur:")
    enregistrer(racine, "2026-10-25")
    git(racine, "2026-10-26", "merge", "--quiet", "--no-ff", "--message", "fusion", "prix")
    return racine


@pytest.fixture(scope="module")
def lu(reseau) -> tuple[Depot, Histoire]:
    depot, constats = charger(reseau)
    assert erreurs(constats) == []
    return depot, lire_histoire(reseau, depot)


def page(depot: Depot, chemin: str, histoire: Histoire, maintenant: datetime = PENDANT) -> str:
    faite = pages(depot, maintenant, Ensemble(histoire=histoire))[0][PurePosixPath(chemin)]
    return faite.replace("&nbsp;", " ").replace("\u00a0", " ").replace("\u202f", " ")


def dessins(texte: str) -> list[ET.Element]:
    """Les SVG d'une page, lus comme du XML : un dessin mal formé échoue ici."""
    return [ET.fromstring(trouve) for trouve in re.findall(r"<svg.*?</svg>", texte, flags=re.DOTALL)]


# --- Le passé des fiches ---


def test_le_journal_redit_les_fiches_d_aujourd_hui(lu):
    depot, histoire = lu
    dernieres = {ref: versions[-1].fiche for ref, versions in versions_par_ref(histoire).items()}
    assert dernieres.pop("lentilles-vertes") is None
    assert dernieres == {ref: presente(produit) for ref, produit in depot.produits.items()}


def test_une_branche_fusionnee_compte_une_fois_et_pas_ses_brouillons(lu):
    depot, histoire = lu
    versions = versions_par_ref(histoire)["farine-t65"]
    assert [str(version.fiche.prix) for version in versions if version.fiche] == ["1.40", "1.50"]
    assert [str(version.instant.date()) for version in versions] == ["2026-09-15", "2026-10-26"]
    assert serie(depot.produits["farine-t65"], versions).releves == (
        Releve(date(2026, 9, 1), Decimal("1.40")), Releve(date(2026, 10, 20), Decimal("1.50")),
    )  # fmt: skip


def test_sans_nouveau_prix_depuis_c_est_le_jour_de_l_enregistrement_qui_compte(lu):
    depot, histoire = lu
    releves = serie(depot.produits["comte-12-mois"], versions_par_ref(histoire)["comte-12-mois"]).releves
    assert [(releve.jour, releve.prix) for releve in releves][1:] == [(date(2026, 10, 25), Decimal("13.32"))]


def test_un_contenu_change_ne_se_compare_pas(lu):
    depot, histoire = lu
    une = serie(depot.produits["jus-de-pomme"], versions_par_ref(histoire)["jus-de-pomme"])
    assert (len(une.releves), une.unite_depuis) == (1, date(2026, 10, 25))
    assert "Vendu autrement jusqu’au 25 octobre 2026" in page(depot, "catalogue/jus-de-pomme/index.md", histoire)


def test_une_correction_pas_encore_enregistree_est_le_dernier_prix(lu):
    depot, histoire = lu
    farine = depot.produits["farine-t65"]._replace(prix=Decimal("1.60"), prix_depuis=date(2026, 11, 30))
    assert serie(farine, versions_par_ref(histoire)["farine-t65"]).releves[-1] == Releve(date(2026, 11, 30), Decimal("1.60"))


def test_un_seul_git_log_pour_tout_le_catalogue(reseau, lu, monkeypatch):
    from git.cmd import Git

    from cabas.cli import passe_du_catalogue

    appels: list[str] = []
    vrai = Git.execute
    monkeypatch.setattr(
        Git, "execute", lambda self, commande, *reste, **options: (appels.append(commande[1]), vrai(self, commande, *reste, **options))[1]
    )
    passe_du_catalogue._versions.cache_clear()
    assert lire_histoire(reseau, lu[0]).versions == lu[1].versions
    assert appels.count("log") == 1
    assert not {"show", "blame"} & set(appels)
    assert len(appels) <= 6, "le nombre d'appels ne dépend pas de celui des versions"
    lire_histoire(reseau, lu[0])
    assert appels.count("log") == 1, "relu sans que rien n'ait été enregistré"


def test_hors_de_git_et_dans_une_copie_superficielle_une_phrase_et_pas_d_erreur(reseau, lu, tmp_path):
    depot = lu[0]
    git(tmp_path, "2026-12-01", "clone", "--quiet", "--depth", "1", reseau.as_uri(), "copie")
    assert lire_histoire(tmp_path / "copie", depot) == Histoire(absente=HISTOIRE_PARTIELLE)
    zip_ = shutil.copytree(reseau, tmp_path / "zip", ignore=shutil.ignore_patterns(".git"))
    sans = lire_histoire(zip_, depot)
    assert sans == Histoire(absente=SANS_HISTOIRE)
    assert "d’une copie sans histoire" in page(depot, "catalogue/farine-t65/index.md", sans)
    assert "<svg" not in page(depot, "catalogue/farine-t65/index.md", sans)
    assert "d’une copie sans histoire" in page(depot, "changements/index.md", sans)


def test_un_depot_sans_enregistrement_n_a_pas_d_histoire(mini_depot):
    git(mini_depot, "2026-12-01", "init", "--quiet")
    assert lire_histoire(mini_depot, Depot()) == Histoire()


@pytest.mark.parametrize(
    "ligne", ["prix: beaucoup", "prix: -1", "prix: 0", "prix: NaN", "prix: Infinity", "prix:", "unite: seau", "prix: 1e999999999"]
)
def test_une_fiche_illisible_du_passe_est_passee_sans_bruit(ligne):
    tete = f"{MARQUE}abc 1790000000\n\ndiff --git a/x b/x\n--- /dev/null\n+++ b/catalogue/produits/x.yaml\n@@ -0,0 +1,3 @@\n"
    bonne = f"{tete}+unite: kg\n+prix: 2\n"
    assert [version.fiche.prix for version in lire_journal(bonne) if version.fiche] == [Decimal(2)]
    assert lire_journal(f"{bonne}+{ligne}\n") == () or ligne == "prix:"
    assert lire_journal(f"{MARQUE}abc pas-une-date\n{tete[20:]}") == ()
    assert lire_journal("n'importe quoi\n+prix: 2") == ()


@given(st.text(max_size=200))
def test_aucun_journal_ne_fait_d_exception(texte):
    lire_journal(f"{MARQUE}a 1790000000\ndiff --git a b\n--- a/x.yaml\n+++ b/x.yaml\n@@ -1 +1 @@\n+unite: kg\n+prix: {texte}")
    lire_journal(texte)


# --- L'écart juste ---


@given(st.decimals("0.001", "9999", places=3), st.decimals("0.001", "9999", places=3))
def test_l_ecart_est_celui_des_fractions(avant, apres):
    exact = (Fraction(apres) - Fraction(avant)) / Fraction(avant) * 1000
    assert abs(ecart(avant, apres) - exact) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("dixiemes", "dit"), [(71, "+ 7,1 %"), (-250, "\u2212 25 %"), (0, "moins de 0,1 %"), (1000, "+ 100 %"), (-3, "\u2212 0,3 %")]
)
def test_l_ecart_se_lit(dixiemes, dit):
    assert pourcent(dixiemes).replace("\u00a0", " ") == dit


# --- La courbe ---


def test_la_courbe_est_bien_formee_se_dit_et_a_sa_table(lu):
    depot, histoire = lu
    texte = page(depot, "catalogue/farine-t65/index.md", histoire)
    (dessin,) = dessins(texte)
    espace = "{http://www.w3.org/2000/svg}"
    assert dessin.attrib["role"] == "img"
    assert dessin.attrib["aria-labelledby"].split() == [dessin[0].attrib["id"], dessin[1].attrib["id"]]
    assert (dessin[0].text or "").endswith("Farine de blé T65")
    assert dessin[1].text == "1,40 € à partir du 01/09/2026, puis 1,50 € à partir du 20/10/2026."
    assert {element.text for element in dessin.iter(f"{espace}text")} == {"1,40 €", "1,50 €", "01/09/2026", "03/12/2026"}
    assert '<tr><th scope="row">20 octobre 2026</th><td>1,50 € le kilo</td><td>+ 7,1 %</td></tr>' in texte


@given(
    st.lists(
        st.tuples(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.decimals("0.01", "999", places=2)),
        min_size=2,
        max_size=30,
        unique_by=lambda paire: paire[0],
    )
)
def test_toute_courbe_tient_dans_son_cadre(paires):
    dessin = ET.fromstring(courbe(Serie(tuple(Releve(*paire) for paire in sorted(paires))), date(2026, 1, 1), "x"))
    for rond in dessin.iter("{http://www.w3.org/2000/svg}circle"):
        assert 0 <= float(rond.attrib["cx"]) <= 300
        assert 0 <= float(rond.attrib["cy"]) <= 130


# --- Ce qui a changé ---


def test_ce_qui_a_change_entre_deux_commandes(lu):
    depot, histoire = lu
    (une,) = comparaisons(depot, histoire, PENDANT)
    assert (une.avant.id, une.apres.id, une.connue) == ("2026-10", "2026-12", True)
    assert [(change.genre, change.ref, change.dixiemes) for change in une.changements] == [
        (Genre.NOUVEAU, "noix", 0), (Genre.RETOUR, "oeufs-plein-air", 0), (Genre.HAUSSE, "farine-t65", 71),
        (Genre.BAISSE, "comte-12-mois", -100), (Genre.UNITE, "jus-de-pomme", 0), (Genre.PARTI, "lentilles-vertes", 0),
    ]  # fmt: skip
    texte = page(depot, "changements/index.md", histoire)
    assert "1,40 € le kilo, puis 1,50 € le kilo &#58; &#43; 7,1 %" in texte
    assert "2,35 € la pièce &#40;1 L&#41;, puis 2,35 € la pièce &#40;75 cL&#41;" in texte
    assert 'href="../catalogue/noix/index.html"' in texte
    assert "lentilles-vertes/index.html" not in texte


def test_une_revision_figee_dit_le_catalogue_de_la_commande(lu, reseau):
    depot = lu[0]
    premiere = git(reseau, "2026-12-01", "rev-list", "--max-parents=0", "HEAD")
    fige = depot._replace(commandes={**depot.commandes, "2026-12": depot.commandes["2026-12"]._replace(catalogue=premiere)})
    histoire = lire_histoire(reseau, fige)
    assert histoire.revisions == {"2026-12": datetime(2026, 9, 15, 11, 0, tzinfo=UTC)}
    (une,) = comparaisons(fige, histoire, PENDANT)
    assert [(change.genre, change.ref) for change in une.changements] == [(Genre.RETOUR, "oeufs-plein-air")]


def test_sans_histoire_on_ne_dit_que_ce_que_disent_les_fiches(lu):
    depot = lu[0]
    (une,) = comparaisons(depot, Histoire(), PENDANT)
    assert not une.connue
    assert [(change.genre, change.ref) for change in une.changements] == [
        (Genre.ARRIVE, "oeufs-plein-air"), (Genre.REVU, "farine-t65"), (Genre.REVU, "noix"),
    ]  # fmt: skip


def test_deux_commandes_de_selections_differentes_ne_font_ni_depart_ni_arrivee(lu):
    depot, histoire = lu
    seule = depot.commandes["2026-12"]._replace(produits=depot.commandes["2026-12"].produits._replace(tous=False, refs=("farine-t65",)))
    (une,) = comparaisons(depot._replace(commandes={**depot.commandes, "2026-12": seule}), histoire, PENDANT)
    assert [change.ref for change in une.changements] == ["farine-t65"]


def test_une_seule_commande_ouverte_ne_se_compare_pas(lu):
    depot, histoire = lu
    assert comparaisons(depot, histoire, datetime(2026, 11, 1, tzinfo=PARIS)) == []
    assert "Il faut deux commandes" in page(depot, "changements/index.md", histoire, datetime(2026, 11, 1, tzinfo=PARIS))


# --- La carte ---


@pytest.fixture(scope="module")
def vrai() -> Depot:
    return charger(RACINE)[0]


def test_la_carte_montre_tous_les_lieux_et_la_liste_redit_tout(vrai):
    faites = pages(vrai, PENDANT)[0]
    texte = faites[PurePosixPath("carte/index.md")]
    (dessin,) = dessins(texte)
    espace = "{http://www.w3.org/2000/svg}"
    assert dessin[0].tag == f"{espace}title"
    sur_la_carte = [lien.attrib["href"] for lien in dessin.iter(f"{espace}a")]
    liste = re.findall(r'<li id="lieu-[^"]+">.*?<a href="([^"]+)"', texte)
    assert len(liste) == len(set(liste)) == len(vrai.groupements) + len(vrai.producteurs)
    assert set(liste) - set(sur_la_carte) == {"../producteurs/cooperativa-los-ribazos/index.html"}
    assert texte.count("(hors de la carte)") == 1
    for adresse in liste:
        assert PurePosixPath(adresse.removeprefix("../")).with_suffix(".md") in faites
    assert all(lien.attrib["aria-label"] and lien.find(f"{espace}title") is not None for lien in dessin.iter(f"{espace}a"))
    assert "http" not in texte.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize("famille", ["groupements", "producteurs"])
def test_une_fiche_mene_a_sa_place_sur_la_carte(vrai, famille):
    faites = pages(vrai, PENDANT)[0]
    for slug in getattr(vrai, famille):
        assert f'href="../../carte/index.html#lieu-{famille}-{slug}"' in faites[PurePosixPath(famille, slug, "index.md")]
        assert f'id="lieu-{famille}-{slug}"' in faites[PurePosixPath("carte/index.md")]


def test_un_nom_hostile_reste_du_texte_dans_la_carte():
    pirate = '<script>alert(1)</script> " onload="x {{ 7*7 }}'
    dessin = dessiner([Lieu("A", pirate, "Lyon", (Decimal("45.76"), Decimal("4.84")), "../groupements/x/index.html", groupement=True)])
    (lien,) = ET.fromstring(dessin.svg).iter("{http://www.w3.org/2000/svg}a")
    assert lien.attrib["aria-label"] == f"A \u2013 {pirate}, Lyon"
    assert "<script" not in dessin.svg


@pytest.mark.parametrize("points", [[(45.76, 4.84)], [(50.6, 3.06), (43.3, 5.4)], [(48.39, -4.49), (48.58, 7.75)], [(45.76, 4.84)] * 40])
def test_de_un_a_quarante_lieux_la_carte_tient(points):
    lieux = [Lieu(str(rang), "x", "y", tuple(Decimal(str(degre)) for degre in point), "z", groupement=False) for rang, point in enumerate(points)]
    dessin = dessiner(lieux)
    assert dessin.dehors == ()
    boite = [float(nombre) for nombre in ET.fromstring(dessin.svg).attrib["viewBox"].split()]
    assert boite[2] == 400
    assert 250 < boite[3] < 800


def test_sans_coordonnees_ou_outre_mer_le_lieu_reste_dans_la_liste():
    lieux = [
        Lieu("A", "a", "Saint-Denis", (Decimal("-20.88"), Decimal("55.45")), "z", groupement=True),
        Lieu("B", "b", "c", (), "z", groupement=True),
    ]
    dessin = dessiner(lieux)
    assert (dessin.svg, dessin.dehors) == ("", tuple(lieux))


def test_le_contour_est_celui_de_la_france():
    def dedans(latitude: float, longitude: float) -> bool:
        x, y = projeter(latitude, longitude)
        dans = False
        for contour in contours():
            for (xa, ya), (xb, yb) in zip(contour, (*contour[1:], contour[0])):
                if (ya > y) != (yb > y) and x < (xb - xa) * (y - ya) / (yb - ya) + xa:
                    dans = not dans
        return dans

    assert all(dedans(*ville) for ville in [(48.86, 2.35), (45.76, 4.84), (43.6, 1.44), (48.11, -1.68), (42.15, 9.1)])
    assert not any(dedans(*ville) for ville in [(46.2, 6.15), (50.85, 4.35), (41.39, 2.17), (51.5, -0.13), (45.07, 7.69)])
    assert france().contient(projeter(48.39, -4.49))
    assert not france().contient(projeter(37.44, -4.2))


@given(st.lists(st.tuples(st.floats(0, 400), st.floats(0, 400)), min_size=1, max_size=25))
def test_les_reperes_ne_se_chevauchent_pas(places):
    poses = ecarter(places, 20)
    assert len(poses) == len(places)
    assert poses[0] == places[0]
    for rang, (x, y) in enumerate(poses):
        assert all(hypot(x - a, y - b) >= 19.99 for a, b in poses[:rang])


# --- Les chiffres ---

DEGRES = st.tuples(st.decimals("-90", "90", places=3), st.decimals("-180", "180", places=3))


@given(DEGRES, DEGRES)
def test_une_distance_est_la_meme_dans_les_deux_sens(depart, arrivee):
    assert kilometres(depart, arrivee) == kilometres(arrivee, depart)
    assert kilometres(depart, depart) == 0
    assert 0 <= (kilometres(depart, arrivee) or 0) <= 20016


def test_les_distances_inconnues_ne_comptent_pas():
    assert kilometres((), (Decimal(45), Decimal(4))) is None
    assert mediane([None, 10, 30, 20]) == 20
    assert mediane([40, 10]) == 10
    assert mediane([None]) is None


def test_les_chiffres_sont_comptes_et_suivent_les_fiches(vrai):
    chiffres = compter(vrai, PENDANT)
    disponibles = [produit for produit in vrai.produits.values() if produit.disponible]
    assert (chiffres.groupements, chiffres.producteurs, chiffres.produits) == (len(vrai.groupements), len(vrai.producteurs), len(disponibles))
    assert sum(ligne.produits for ligne in chiffres.rubriques) == chiffres.produits
    assert chiffres.produits + chiffres.indisponibles == len(vrai.produits)
    parti = next(produit for produit in disponibles if "AB" in produit.labels)
    apres = compter(vrai._replace(produits={**vrai.produits, parti.ref: parti._replace(disponible=False)}), PENDANT)
    assert (apres.produits, apres.produits_ab, apres.indisponibles) == (chiffres.produits - 1, chiffres.produits_ab - 1, chiffres.indisponibles + 1)
    texte = page(vrai, "chiffres/index.md", Histoire())
    assert f"<strong>{chiffres.produits}</strong> produits disponibles" in texte
    assert f"la moitié des trajets font {chiffres.mediane} km ou moins" in texte


def test_les_valeurs_du_petit_reseau(lu):
    chiffres = compter(lu[0], PENDANT)
    assert (chiffres.commandes, chiffres.ouvertes, chiffres.distributions, chiffres.tarifs, chiffres.mediane) == (2, 1, 0, 3, None)
    assert "pas de distance à compter" in page(lu[0], "chiffres/index.md", lu[1])


def test_le_groupement_le_plus_proche(vrai):
    trouve = au_plus_pres(vrai.producteurs["moulin-des-sorbiers"], vrai)
    assert trouve is not None
    assert (trouve[0].slug, trouve[1]) == ("la-cigale", 10)
    assert "À 10 km à vol d’oiseau du groupement le plus proche" in page(vrai, "producteurs/moulin-des-sorbiers/index.md", Histoire())


# --- Les saisons, et les pages complétées ---


def test_ce_qui_est_de_saison_ce_mois_ci(lu):
    depot, histoire = lu
    decembre = page(depot, "saisons/index.md", histoire)
    assert "## De saison en décembre" in decembre
    assert "La saison s’arrête à la fin du mois" in decembre
    ligne = re.search(r'<tr><th scope="row"><a href="../catalogue/noix/index.html">.*?</tr>', decembre)
    assert ligne
    assert [bool(re.search("oui", case)) for case in re.findall(r"<td.*?</td>", ligne[0])] == [False] * 8 + [True] * 4
    aout = page(depot, "saisons/index.md", histoire, datetime(2026, 8, 3, tzinfo=PARIS))
    assert "n’est bon à prendre ce mois-ci" in aout
    assert "En septembre : " in aout


def test_un_depot_vide_le_dit_sur_chaque_page():
    attendus = {"carte": "la carte attend sa première fiche", "chiffres": "pas de distance à compter", "saisons": "Aucun produit n’a de saison",
                "changements": "Il faut deux commandes"}  # fmt: skip
    for nom, phrase in attendus.items():
        assert phrase in page(Depot(), f"{nom}/index.md", Histoire())


@pytest.mark.parametrize("nom", ["carte", "chiffres", "saisons", "changements"])
def test_aucun_signe_double_ne_peut_passer_seul_a_la_ligne(lu, nom):
    depot, histoire = lu
    corps = pages(depot, PENDANT, Ensemble(histoire=histoire))[0][PurePosixPath(nom, "index.md")].split("---\n", 2)[2]
    assert re.findall(r"\w+ [:;!?»](?:\s|$)", re.sub(r"<[^>]*>|\{[^}]*\}", "", corps)) == []


def test_la_fiche_dit_le_prix_du_lot_les_questions_restantes_et_comment_rejoindre(lu):
    depot, histoire = lu
    assert "37,50 €, prix coûtant" in page(depot, "catalogue/farine-t65/index.md", histoire)
    assert "Reste à demander : labels, mode de production" in page(depot, "producteurs/fruitiere-des-essarts/index.md", histoire)
    assert "Venez nous voir à la prochaine distribution (jeudi 17 décembre, de 16 h à 19 h)" in page(
        depot, "groupements/les-tilleuls/index.md", histoire
    )
    assert "Versez un crédit, puis remplissez votre premier bon" in page(depot, "groupements/la-remise/index.md", histoire)
