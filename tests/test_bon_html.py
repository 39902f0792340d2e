"""La page du bon, lue sans navigateur : ce qu'elle contient, ce qu'elle s'interdit, ce qu'elle pèse."""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import io
import json
import re
from collections import Counter
from datetime import datetime
from html.parser import HTMLParser

import pytest
from depot_de_bon import DECEMBRE, HOSTILE, JANVIER, MAINTENANT, etaler, grand_depot, groupement, petit_depot

from cabas.calculs.code_court import code_court, normaliser_code, texte_du_bon
from cabas.etats import EtatDeLot, EtatDesLots
from cabas.rendu.bons import bon_csv, bon_html
from cabas.temps import PARIS

VIDES = {"meta", "link", "input", "br", "path"}
SOUS_ENTENDUES = {"p", "li", "option", "dt", "dd"}
"""Les balises que la norme laisse ouvertes quand ce qui suit les ferme."""
FERMENT_UN_PARAGRAPHE = {"p", "div", "ul", "dl", "nav", "main", "form", "section", "fieldset", "header", "footer", "aside", "details", "h2", "h3"}


class Page(HTMLParser):
    """Les balises d'une page, leur texte, et de quoi voir qu'elle est bien fermée."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.balises: list[tuple[str, dict[str, str | None]]] = []
        self.pile: list[str] = []
        self.textes: dict[str, list[str]] = {}
        self.feed(html)
        self.close()
        assert not self.pile, self.pile

    def handle_starttag(self, tag, attrs):
        dessus = self.pile[-1] if self.pile else ""
        if (dessus == "p" and tag in FERMENT_UN_PARAGRAPHE) or (dessus, tag) in {("li", "li"), ("option", "option"), ("dt", "dd")}:
            self.pile.pop()
        self.balises.append((tag, dict(attrs)))
        if tag not in VIDES:
            self.pile.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.balises.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if self.pile[-1] != tag and self.pile[-1] in SOUS_ENTENDUES:
            self.pile.pop()
        assert self.pile.pop() == tag, (tag, self.pile, self.getpos())

    def handle_data(self, data):
        self.textes.setdefault(self.pile[-1] if self.pile else "", []).append(data)

    def trouver(self, balise: str, **attributs: str) -> list[dict[str, str | None]]:
        voulus = {cle.rstrip("_"): valeur for cle, valeur in attributs.items()}
        return [faits for nom, faits in self.balises if nom == balise and all(faits.get(cle) == valeur for cle, valeur in voulus.items())]

    def noms(self) -> dict[str, dict[str, str | None]]:
        return {str(faits["name"]): faits for nom, faits in self.balises if nom in {"input", "select", "textarea"} and "name" in faits}


def html(maintenant: datetime = MAINTENANT, ident: str = "2026-12", **du_groupement: object) -> str:
    depot = petit_depot(**du_groupement)
    return etaler(bon_html(depot, depot.commandes[ident], depot.groupements["les-tilleuls"], maintenant, "a1b2c3d"))


def test_les_noms_promis_y_sont():
    texte = html()
    page = Page(texte)
    noms = page.noms()
    for ref in petit_depot().produits:
        assert noms[f"q-{ref}"]["inputmode"] == "decimal"
        assert "type" not in noms[f"q-{ref}"]
        assert f'<input name="q-{ref}" inputmode="decimal"' in texte[: texte.index("</label>", texte.index(f'name="q-{ref}"'))]  # dans son étiquette
    assert [nom for nom in noms if nom.startswith("t-")] == ["t-lentilles-vertes"]
    assert {"cellule", "nom", "telephone", "courriel", "creneau", "tarif", "remarque"} <= set(noms)
    identifiants = Counter(str(faits["id"]) for _, faits in page.balises if "id" in faits)
    assert {"total", "code", "telecharger", "partager", "courriel", "imprimer", "effacer", "copier"} <= set(identifiants)
    assert "envoyer" not in identifiants
    assert max(identifiants.values()) == 1
    assert page.trouver("b", id="total")[0]["data-centimes"] == "0"
    assert page.trouver("html", lang="fr")


def test_un_seul_tarif_est_un_champ_cache():
    seul = groupement().tarifs[:1]
    noms = Page(html(tarifs=seul, adhesions=())).noms()
    assert noms["tarif"]["type"] == "hidden"
    assert noms["tarif"]["value"] == "quartier"


def test_chaque_tarif_a_son_prix_et_la_piece_son_prix_au_kilo():
    texte = html().replace("\u00a0", " ")
    assert "1,08 · 1,32 €/kg" in texte
    assert "4,87 · 5,96 € <small>16,23 · 19,87 €/kg</small>" in texte
    assert "Prix, dans cet ordre : Quartier · Solidaire." in texte
    donnees = json.loads(re.search(r'id="donnees">(.*?)</script>', texte)[1])
    assert donnees["tarifs"] == ["quartier", "solidaire"]
    assert donnees["produits"] == "Lkkk250:2000pp"  # le maximum de la commande l'emporte sur celui de la fiche


def test_allergenes_origine_et_lots_se_lisent():
    texte = html().replace("\u00a0", " ")
    assert "<b>Allergènes : fruits à coque</b>" in texte
    assert "Moulin des Sorbiers, Drôme" in texte
    assert "Par sac de 25 kg entier." in texte
    assert "consigne 0,30 €" in texte


def test_un_nom_hostile_reste_un_nom():
    page = Page(html(nom=HOSTILE, permanence=HOSTILE, lieu=HOSTILE, structure="</style><script>x</script>"))
    assert len(page.trouver("script")) == 2  # le nôtre, et les données
    assert not [nom for nom, faits in page.balises if any(cle.startswith("on") for cle in faits)]
    assert any(HOSTILE in texte for texte in page.textes["b"])
    assert not page.trouver("b", id="ici")


def test_la_page_n_appelle_personne_et_le_dit():
    texte = html()
    page = Page(texte)
    politique = str(page.trouver("meta", **{"http-equiv": "Content-Security-Policy"})[0]["content"])
    for balise, cle in (("style", "style-src"), ("script", "script-src")):
        corps = re.search(rf"<{balise}>(.*?)</{balise}>", texte, re.DOTALL)[1]
        empreinte = base64.b64encode(hashlib.sha256(corps.encode()).digest()).decode()
        assert f"{cle} 'sha256-{empreinte}'" in politique
    assert "default-src 'none'" in politique
    assert "connect-src 'none'" in politique
    assert "unsafe" not in politique
    assert not [faits for _, faits in page.balises if "src" in faits or "style" in faits]
    assert "https://" not in texte


def test_une_adresse_de_service_ouvre_l_envoi_et_lui_seul():
    texte = html(reponse="https://formulaires.exemple.org/bons?x=1")
    page = Page(texte)
    assert page.trouver("button", id="envoyer")
    assert page.trouver("form", action="https://formulaires.exemple.org/bons?x=1", method="post")
    assert "connect-src https://formulaires.exemple.org; form-action https://formulaires.exemple.org;" in texte


@pytest.mark.parametrize(("maintenant", "etat"), [
    (datetime(2026, 11, 19, 12, tzinfo=PARIS), "a-venir"), (MAINTENANT, "ouverte"),
    (datetime(2026, 12, 8, tzinfo=PARIS), "close"), (datetime(2027, 3, 1, tzinfo=PARIS), "close"),
])  # fmt: skip
def test_la_page_dit_ou_en_est_la_commande(maintenant: datetime, etat: str):
    montres = [faits["data-etat"] for _, faits in Page(html(maintenant)).balises if "data-etat" in faits and "hidden" not in faits]
    assert montres == [etat]


def test_une_commande_close_annonce_la_suivante():
    texte = html().replace("\u00a0", " ")
    assert f"{JANVIER.titre}</a> : la prochaine commande ouvre le lundi 4 janvier 2027 à 8 h" in texte
    assert "La prochaine n’est pas encore annoncée" in html(ident="2027-01")


def test_chaque_tarif_a_son_bon_papier_tant_qu_on_peut_commander():
    assert 'href="bon-solidaire.pdf"' in html()
    assert 'href="bon-gros-solidaire.pdf"' in html()
    assert 'href="bon-solidaire.pdf"' not in html(datetime(2026, 12, 8, tzinfo=PARIS))


def test_la_page_tient_dans_son_budget():
    depot = grand_depot(125)
    texte = bon_html(depot, DECEMBRE, depot.groupements["les-tilleuls"], MAINTENANT)
    assert len(gzip.compress(texte.encode(), 9)) <= 20 * 1024


def test_le_budget_tient_avec_l_etat_de_tous_les_lots():
    depot = grand_depot(125)
    lots = tuple(EtatDeLot(un.ref, 25000, 25000 - 500 * rang, 500 * rang) for rang, un in enumerate(depot.produits.values(), 1) if un.lot_complet)
    avec = depot._replace(etats={DECEMBRE.id: EtatDesLots(DECEMBRE.id, MAINTENANT, lots)})
    sans, texte = (bon_html(un, DECEMBRE, un.groupements["les-tilleuls"], MAINTENANT) for un in (depot, avec))
    assert etaler(texte).count('class="m"') == len(lots) > 30
    assert len(gzip.compress(texte.encode(), 9)) <= 20 * 1024
    assert len(gzip.compress(texte.encode(), 9)) - len(gzip.compress(sans.encode(), 9)) < 600


def test_un_groupement_sans_fenetre_est_une_faute_a_nous():
    with pytest.raises(ValueError, match="fenêtre"):
        bon_html(petit_depot(), DECEMBRE, groupement(slug="ailleurs"), MAINTENANT)


def test_la_grille_vide_porte_les_refs():
    depot = petit_depot()
    grille = bon_csv(depot, DECEMBRE, depot.groupements["les-tilleuls"])
    assert grille.startswith("\ufeffcellule;nom;telephone;courriel;creneau;tarif;remarque;")
    assert grille.endswith("\r\n")
    assert "Farine de blé T65, 1,08 ou 1,32 €/kg [farine-t65]" in grille
    assert grille.count("[") == len(depot.produits)
    assert "\u00a0" not in grille


def test_le_code_court_ne_depend_ni_de_l_ordre_ni_de_la_casse():
    lignes = [("farine-t65", 2500, 0), ("lentilles-vertes", 1000, 500)]
    code = code_court(texte_du_bon("2026-12", "les-tilleuls", " a-017 ", "q1", "quartier", lignes))
    assert code == code_court(texte_du_bon("2026-12", "les-tilleuls", "A-017", "q1", "quartier", lignes[::-1]))
    assert code != code_court(texte_du_bon("2026-12", "les-tilleuls", "A-017", "q1", "quartier", lignes[:1]))
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{6}", code)
    assert normaliser_code(" o1l-k7m") == "011K7M"


def test_la_grille_remplie_se_relit_sans_reglage():
    from cabas.lecture.bons import lire_bons
    from cabas.lecture.colonnes import Catalogue

    depot = petit_depot()
    grille = bon_csv(depot, DECEMBRE, depot.groupements["les-tilleuls"])
    (colonnes,) = csv.reader(io.StringIO(grille, newline=""), delimiter=";")
    cases = ["A-017" if colonne.endswith("cellule") else "2,5" if "[farine-t65]" in colonne else "" for colonne in colonnes]
    remplie = grille + ";".join(cases) + "\r\n"
    lues, constats = lire_bons(
        remplie.encode(), "grille.csv", "les-tilleuls", Catalogue(depot.produits.values(), depot.groupements["les-tilleuls"].tarifs)
    )
    assert not constats, "nos propres grilles annoncent nos propres prix"
    assert [(ligne.cellule, ligne.produit, ligne.lu, ligne.refus) for ligne in lues] == [("A-017", "farine-t65", "2,5", None)]
