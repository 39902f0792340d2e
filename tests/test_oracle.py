"""La fusion et son oracle en SQL doivent dire la même chose, au centime et au millième, sur des fenêtres tirées au sort.

CABAS_FENETRES règle leur nombre (60 par défaut ; 1000 pour une longue nuit). Un désaccord est réduit avant d'être montré :
on ôte des fichiers et des lignes tant qu'il demeure.
"""

from __future__ import annotations

import csv
import io
import json
import os
import random
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from oracle_sql import fusionner_en_sql, reduite

from cabas.calculs.fusion import fusionner
from cabas.calculs.recap import recapituler
from cabas.lecture.fichiers_de_bons import Recu
from cabas.lecture.prive import lire_prive
from cabas.modele import Adhesion, Commande, Depot, Fenetre, Groupement, Lot, Produit, Selection, Tarif
from cabas.recu import Stock
from cabas.regles_de_partage import Cellier, Limite, LimiteGroupement
from cabas.rendu.tables import bilan, tables
from cabas.rendu.tables_de_partage import tables_de_partage
from cabas.temps import PARIS

FENETRES = int(os.environ.get("CABAS_FENETRES", "60"))
PAQUET = 20
COLONNES = ("cellule", "produit", "quantite", "tolerance", "commande", "groupement", "bon", "envoye_le", "tarif", "statut")
OBLIGATOIRES = frozenset({"cellule", "produit", "quantite"})
Rangee = dict[str, str]
ADHERENTS = "cellule;nom;telephone;courriel;adhesion;adhesion_jusqu_au"
MOUVEMENTS = "date;cellule;type;montant;moyen;piece;note"
# Les heures de clôture voisines d'un changement d'heure sont celles qui trompent.
CLOTURES = (
    "2026-12-07T20:00",
    "2026-10-25T12:00",
    "2026-10-25T00:30",
    "2027-03-28T04:00",
    "2027-07-01T23:59",
    "2027-10-31T03:00",
    "2026-06-15T12:00",
)


class Monde(NamedTuple):
    """Une fenêtre entière : le dépôt, et ce qui est arrivé. `bons[groupement, fichier]` = (colonnes, rangées)."""

    depot: Depot
    bons: dict[tuple[str, str], tuple[tuple[str, ...], tuple[Rangee, ...]]]
    adherents: tuple[tuple[str, ...], ...] = ()
    mouvements: tuple[tuple[str, str, int], ...] = ()
    accepter: tuple[str, ...] = ()
    stock: tuple[Stock, ...] = ()

    @property
    def commande(self) -> Commande:
        return next(iter(self.depot.commandes.values()))


@dataclass
class Tirage:
    alea: random.Random
    produits: list[Produit] = field(default_factory=list)
    cellules: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def monde(self) -> Monde:
        alea = self.alea
        self.produits = [self.produit(rang) for rang in range(alea.randint(3, 7))]
        slugs = ["aaa", "la-remise", "les-tilleuls"][: alea.randint(1, 3)]
        groupements = {slug: self.groupement(slug) for slug in slugs}
        adherents = tuple(ligne for slug in slugs if alea.random() < 0.8 for ligne in self.adherents(slug))
        for slug in slugs:
            self.cellules[slug] += [("Zoé  Passage", "zoé passage"), ("E\u0301mile", "Émile")]
        commande = self.commande(slugs)
        bons: dict[tuple[str, str], tuple[tuple[str, ...], tuple[Rangee, ...]]] = {}
        for slug in slugs:
            bons |= self.fichiers(slug, commande)
        mouvements = tuple(
            (slug, alea.choice(cellule), alea.randint(-500, 9000)) for slug in slugs for cellule in self.cellules[slug] if alea.random() < 0.7
        )
        noms = sorted({rangee["bon"] for _colonnes, rangees in bons.values() for rangee in rangees if rangee["bon"]})
        accepter = tuple(nom for nom in noms if alea.random() < 0.2)
        depot = Depot({p.ref: p for p in self.produits}, {}, (), groupements, {commande.id: commande})
        return Monde(depot, bons, adherents, mouvements, accepter, tuple(self.stock()) if commande.cellier else ())

    def stock(self) -> Iterator[Stock]:
        """Un peu de tout au cellier, pas toujours au pas du produit, payé plus ou moins que le prix du jour."""
        for produit in self.produits:
            if self.alea.random() < 0.6:
                prix = Decimal(self.alea.randint(50, 3000)) / 100 if self.alea.random() < 0.6 else None
                finesse = 10 if produit.unite == "piece" else 1  # « 5,182 » pièces se lirait de deux façons, et se refuse
                yield Stock(produit.ref, self.alea.randint(0, 8 * produit.pas) // finesse * finesse, prix)

    def produit(self, rang: int) -> Produit:
        alea = self.alea
        unite = alea.choice(["kg", "kg", "L", "piece"])
        pas = alea.choice([1000, 6000]) if unite == "piece" else alea.choice([250, 500, 1000, 125])
        lot = Lot(pas * alea.randint(2, 30), "sac") if alea.random() < 0.7 else None
        return Produit(
            f"p{rang}", f"Produit {rang}", alea.choice(["moulin", "ferme"]), "r", unite, pas,
            Decimal(alea.randint(50, 30_000)) / alea.choice([100, 1000]), date(2026, 1, 1), Decimal("5.5"), "vrac", (),
            lot=lot, lot_complet=lot is not None and alea.random() < 0.7,
            maximum=pas * alea.randint(1, 12) if alea.random() < 0.4 else None,
            seuil_suspect=pas * alea.randint(2, 12) if alea.random() < 0.3 else None, disponible=alea.random() < 0.95,
            saison=tuple(sorted(alea.sample(range(1, 13), 8))) if alea.random() < 0.2 else (),
        )  # fmt: skip

    def groupement(self, slug: str) -> Groupement:
        alea = self.alea
        tarifs = tuple(Tarif(f"t{rang}", f"T{rang}", Decimal(alea.randint(800, 1250)) / 1000) for rang in range(alea.randint(1, 3)))
        adhesions = tuple(Adhesion(f"a{rang}", f"A{rang}", Decimal(1), alea.choice(tarifs).code) for rang in range(2))
        self.cellules[slug] = [(f"{slug[0].upper()}-{rang}", f"Camille Exemple {'ABCDEF'[rang]}") for rang in range(alea.randint(1, 5))]
        if alea.random() < 0.3:
            self.cellules[slug] += [("H-1", "Alix Homonyme"), ("H-2", "Alix Homonyme")]
        ajouter = "ajouter" if alea.random() < 0.35 else "dernier"
        return Groupement(slug, slug, "Ici", tarifs, adhesions, credit=alea.random() < 0.4, plusieurs_bons=ajouter)

    def adherents(self, slug: str) -> Iterator[tuple[str, ...]]:
        for code, nom in self.cellules[slug]:
            if self.alea.random() < 0.85:
                fin = self.alea.choice(["2030-01-01", "2020-01-01", "2026-12-07", "2026-12-06", ""])
                yield (slug, code, nom, self.alea.choice(["a0", "a1", "", "autre"]), fin)

    def commande(self, slugs: list[str]) -> Commande:
        alea = self.alea
        fenetres = []
        for slug in slugs[: len(slugs) if alea.random() < 0.9 else -1]:
            cloture = datetime.fromisoformat(alea.choice(CLOTURES)).replace(tzinfo=PARIS)
            livraison = cloture + timedelta(days=alea.randint(1, 40)) if alea.random() < 0.8 else None
            fenetres.append(Fenetre(slug, cloture - timedelta(days=7), cloture, livraison))
        refs = [produit.ref for produit in self.produits]
        partie = Selection(refs=tuple(alea.sample(refs, len(refs) - 1)))
        selection = alea.choice([Selection(tous=True)] * 4 + [Selection(producteurs=("moulin",)), partie])
        limites = tuple(
            Limite(
                p.ref,
                alea.choice([None, p.pas * alea.randint(1, 20)]),
                alea.choice([None, p.pas * alea.randint(1, 60)]),
                tuple(LimiteGroupement(slug, p.pas * alea.randint(0, 25)) for slug in slugs if alea.random() < 0.5),
            )
            for p in self.produits
            if alea.random() < 0.4
        )
        sauf = (alea.choice(refs),) if alea.random() < 0.15 else ()
        regle = alea.choice(["prorata", "prorata", "premier-arrive", "plafond", "tirage"])
        cellier = alea.choice([None, Cellier(True), Cellier(True, True, Decimal(alea.randint(0, 15000)) / 100), Cellier(False, True, Decimal(80))])
        frais = alea.choice([None, Decimal(alea.randint(1, 9000)) / 100])
        selon = alea.choice(["montant", "cellule"])
        return Commande(
            "2026-12", "Essai", selection, tuple(fenetres), sauf, limites, frais=frais, repartition=regle, frais_selon=selon, cellier=cellier
        )

    def fichiers(self, slug: str, commande: Commande) -> Iterator[tuple[tuple[str, str], tuple[tuple[str, ...], tuple[Rangee, ...]]]]:
        alea = self.alea
        fenetre = commande.fenetre(slug)
        for numero in range(alea.randint(1, 7)):
            rangees = tuple(rangee for _ in range(alea.randint(1, 5)) for rangee in self.bon(slug, fenetre.cloture if fenetre else None))
            utiles = [nom for nom in COLONNES if nom in OBLIGATOIRES or any(rangee[nom] for rangee in rangees)]
            contenu = (tuple(alea.sample(utiles, len(utiles))), rangees)
            yield (slug, f"{alea.choice('abcdé')}{numero}.csv"), contenu
            if alea.random() < 0.1:
                yield (slug, f"{alea.choice('abcdé')}{numero} (1).csv"), contenu

    def bon(self, slug: str, cloture: datetime | None) -> Iterator[Rangee]:
        alea = self.alea
        commun = {
            "cellule": self.ecrire(alea.choice(alea.choice(self.cellules[slug]))) if alea.random() < 0.98 else " ",
            "commande": alea.choice(["", "", "2026-12", "2026-12"] if alea.random() < 0.97 else ["2026-11"]),
            "groupement": alea.choice(["", slug, slug] if alea.random() < 0.97 else ["ailleurs"]),
            "bon": alea.choice(["", "", f"X{alea.randint(1, 9)}"]),
            "tarif": alea.choice(["", "t0", "t1", "t9"]),
            "statut": alea.choice(["", "", "valide"] if alea.random() < 0.95 else ["brouillon"]),
        }
        envois = self.envois(cloture) + (self.envois(cloture) if alea.random() < 0.05 else [])
        for _ in range(alea.randint(1, 5)):
            produit = alea.choice(self.produits)
            yield {
                **commun,
                "envoye_le": alea.choice(envois),
                "produit": produit.ref if alea.random() < 0.97 else "inconnu",
                "quantite": self.quantite(produit),
                "tolerance": alea.choice(["", "", "", "0", self.quantite(produit)]),
            }

    def ecrire(self, nom: str) -> str:
        return self.alea.choice([nom, nom, nom.upper(), nom.lower(), nom.replace(" ", "  ") + " "])

    def envois(self, cloture: datetime | None) -> list[str]:
        """Les écritures d'un même instant, proche de la clôture ; parfois rien, ou rien de lisible."""
        alea = self.alea
        if cloture is None or (sort := alea.random()) < 0.3:
            return [alea.choice(["", "", "hier"])]
        instant = (cloture - timedelta(minutes=alea.choice([0, 1, 59, 60, 61, 600, 5000]))).replace(fold=0)
        if sort > 0.85:
            instant = cloture + timedelta(seconds=alea.choice([1, 60, 3600]))
        simple = f"{instant:%Y-%m-%dT%H:%M:%S}"
        if sort < 0.35:
            return [simple[:10]]
        if sort < 0.6:
            return [instant.isoformat(), simple, f"{instant:%d/%m/%Y %H:%M:%S}"] if alea.random() < 0.5 else [simple]
        return [instant.isoformat()]

    def quantite(self, produit: Produit) -> str:
        alea = self.alea
        if alea.random() < 0.06:
            return alea.choice(["", "0", "-1", "-2,5", "une", "1e9", "NaN", "1.250,5", "0,0001", "½", "1/2", "500 g", "75 cl", "0,1", "0,000"])
        if alea.random() < 0.02:
            return alea.choice(["250", "1 250", "1\u202f250,5"])
        exact = Decimal(produit.pas * alea.randint(1, 12)) / 1000
        ecrit = format(exact.normalize(), "f")
        return alea.choice([ecrit, ecrit.replace(".", ","), f"{ecrit} {produit.unite}" if produit.unite != "piece" else ecrit])


def texte(contenu: tuple[tuple[str, ...], tuple[Rangee, ...]]) -> str:
    colonnes, rangees = contenu
    return "\n".join([";".join(colonnes), *(";".join(rangee[nom] for nom in colonnes) for rangee in rangees), ""])


def nombre(lu: str, facteur: int) -> int:
    return int(Decimal((lu or "0").replace(",", ".")) * facteur)


def recevoir(monde: Monde) -> Recu:
    """Ce que lit `cabas` : de vrais bons dans un vrai dossier."""
    with tempfile.TemporaryDirectory() as dossier:
        deposer(monde, Path(dossier))
        return lire_prive(Path(dossier), "2026-12", monde.depot)


def deposer(monde: Monde, prive: Path) -> None:
    """Le dossier privé de ce monde."""
    for (slug, fichier), contenu in monde.bons.items():
        chemin = prive / "2026-12" / slug / "bons" / fichier
        chemin.parent.mkdir(parents=True, exist_ok=True)
        chemin.write_text(texte(contenu), encoding="utf-8")
    for slug in monde.depot.groupements:
        (prive / slug).mkdir()
        membres = [f"{code};{nom};;;{adhesion};{fin}" for membre, code, nom, adhesion, fin in monde.adherents if membre == slug]
        if membres:
            (prive / slug / "adherents.csv").write_text("\n".join([ADHERENTS, *membres, ""]), encoding="utf-8")
        argent = [f"2026-01-01;{qui};credit;{Decimal(combien) / 100:.2f};;;" for membre, qui, combien in monde.mouvements if membre == slug]
        (prive / slug / "mouvements.csv").write_text("\n".join([MOUVEMENTS, *argent, ""]), encoding="utf-8")
    if monde.commande.cellier:
        reserve = [f"{un.produit};{Decimal(un.quantite) / 1000};{'' if un.prix is None else un.prix}" for un in monde.stock]
        (prive / "cellier.csv").write_text("\n".join(["produit;quantite;prix", *reserve, ""]), encoding="utf-8")


def selon_cabas(monde: Monde) -> dict[str, list[tuple[Any, ...]]]:
    """Les sorties de `cabas`, lues dans ses fichiers."""
    recu = recevoir(monde)
    fusion = fusionner(monde.depot, monde.commande, recu.recues, recu.adherents, recu.soldes, monde.accepter)
    recap = recapituler(monde.depot, fusion, recu.cellier)
    fichiers = {**tables(fusion, recap), **tables_de_partage(monde.commande, recap)}
    lues = {nom: list(csv.DictReader(io.StringIO(octets.decode("utf-8-sig")), delimiter=";")) for nom, octets in fichiers.items()}
    comptes = json.loads(bilan(fusion, recap, {}, {}, ""))
    m, c = 1000, 100
    sorties: dict[str, list[tuple[Any, ...]]] = {
        "recap-produits": [
            (r["produit"], nombre(r["quantite"], m), nombre(r["tolerance"], m), int(r["lots"]) if r["lots"] else "", nombre(r["a_commander"], m),
             nombre(r["reste"], m), nombre(r["prix_unitaire"], m), nombre(r["montant"], c), int(r["bons"]), nombre(r["du_cellier"], m),
             nombre(r["au_cellier"], m)) for r in lues["recap-produits.csv"]
        ],
        "lignes": [
            (r["groupement"], r["cellule"], "" if "/" in r["bon"] else r["bon"], r["tarif"], r["produit"], nombre(r["quantite"], m),
             nombre(r["tolerance"], m), nombre(r["attribue"], m), nombre(r["prix_unitaire"], c), nombre(r["montant"], c)) for r in lues["lignes.csv"]
        ],
        "repartition": [
            (r["groupement"], r["cellule"], r["produit"], nombre(r["demande"], m), nombre(r["tolerance"], m), nombre(r["attribue"], m),
             nombre(r["du_cellier"], m)) for r in lues["repartition.csv"]
        ],
        "frais": [(r["groupement"], r["cellule"], nombre(r["part"], c)) for r in lues.get("frais.csv", [])],
        "cellier": [
            (r["produit"], nombre(r["quantite"], m), nombre(r["prix"], m), nombre(r["avant"], m), nombre(r["pris"], m), nombre(r["ajoute"], m),
             nombre(r["valeur_prise"], c), nombre(r["cout_ajoute"], c)) for r in lues.get("cellier.csv", [])
        ],
        "recap-groupements": [
            (r["groupement"], r["produit"], nombre(r["quantite"], m), nombre(r["attribue"], m), nombre(r["montant"], c),
             nombre(r["du_cellier"], m)) for r in lues["recap-groupements.csv"]
        ],
        "journal": [
            (r["groupement"], r["fichier"].rpartition("/")[2], int(r["ligne"]), r["cellule"], r["produit"], r["sort"],
             nombre(r["quantite"], m) if r["sort"] in ("retenue", "remplacee") else 0, r["code"]) for r in lues["journal.csv"]
        ],
        "bilan": [
            tuple(comptes[nom] for nom in ("lues", "retenues", "remplacees", "rejetees", "brouillons"))
            + tuple(comptes[nom] for nom in ("total_producteurs", "total_cellules", "frais"))
        ],
    }  # fmt: skip
    return {nom: sorted(rangees, key=repr) for nom, rangees in sorties.items()}


def en_tables(monde: Monde) -> dict[str, Iterable[tuple[Any, ...]]]:
    """La même fenêtre, pour SQL : des textes tels qu'écrits, des nombres entiers."""
    un, depot = monde.commande, monde.depot
    selection = "tous" if un.produits.tous else "refs" if un.produits.refs else "producteurs"
    return {
        "commande": [
            (un.id, un.repartition, selection, int((un.frais or 0) * 100), un.frais_selon, un.cellier.stock_d_abord if un.cellier else None,
             int(un.cellier.budget * 100) if un.cellier and un.cellier.complete and un.cellier.budget is not None else 0)
        ],
        "limite_groupement": [(limite.produit, une.groupement, une.total) for limite in un.limites for une in limite.groupements],
        "stock": [(s.produit, s.quantite, None if s.prix is None else int(s.prix * 1000)) for s in monde.stock],
        "choisi": [(quoi,) for quoi in (*un.produits.refs, *un.produits.producteurs)],
        "sauf": [(ref,) for ref in un.sauf],
        "limite": [(limite.produit, limite.maximum, limite.total) for limite in un.limites],
        "accepte": [(bon,) for bon in monde.accepter],
        "produit": [
            (p.ref, p.producteur, p.unite, p.pas, int(p.prix * 1000), p.lot.quantite if p.lot else None, p.lot_complet, p.maximum, p.disponible,
             "".join(f",{mois}," for mois in p.saison), p.seuil_suspect) for p in depot.produits.values()
        ],
        "groupement": [(g.slug, g.plusieurs_bons == "ajouter", g.credit) for g in depot.groupements.values()],
        "tarif": [(g.slug, t.code, rang, int(t.coefficient * 1000)) for g in depot.groupements.values() for rang, t in enumerate(g.tarifs)],
        "adhesion": [(g.slug, a.code, a.tarif) for g in depot.groupements.values() for a in g.adhesions],
        "adherent": [(*ligne[:4], ligne[4] or "9999") for ligne in monde.adherents],
        "mouvement": monde.mouvements,
        "fenetre": [(f.groupement, f"{f.cloture:%Y-%m-%dT%H:%M}", (f.livraison or f.cloture).month) for f in un.fenetres],
        "fichier": [(slug, nom, texte(contenu)) for (slug, nom), contenu in monde.bons.items()],
        "brut": [
            (slug, nom, ligne, *(r[c] if c in colonnes else "" for c in COLONNES[:5]), r["groupement"] if "groupement" in colonnes else "",
             *(r[c] if c in colonnes else "" for c in COLONNES[6:]))
            for (slug, nom), (colonnes, rangees) in monde.bons.items() for ligne, r in enumerate(rangees, 2)
        ],
    }  # fmt: skip


def desaccords(monde: Monde) -> list[str]:
    """Ce sur quoi les deux fusions ne disent pas la même chose, une phrase par rangée."""
    cabas, oracle = selon_cabas(monde), fusionner_en_sql(en_tables(monde))
    fautes = []
    codes = {ligne[:3]: ligne for ligne in oracle.pop("journal")}
    journal = cabas.pop("journal")
    if len(journal) != len(codes):
        fautes.append(f"journal : cabas {len(journal)} lignes, oracle {len(codes)}")
    for ligne in journal:
        attendue = codes.get(ligne[:3], (*ligne[:3], *["absente"] * 5))
        possibles = [code for code in str(attendue[7]).split(",") if code] or [""]
        quantite = ligne[6] == attendue[6] or ligne[5] in ("rejetee", "brouillon")
        if ligne[3:6] != attendue[3:6] or not quantite or ligne[7] not in possibles:
            fautes.append(f"journal : cabas {ligne}, oracle {attendue}")
    for nom, rangees in cabas.items():
        fautes += [f"{nom} : cabas seul {rangee}" for rangee in rangees if rangee not in oracle[nom]]
        fautes += [f"{nom} : oracle seul {rangee}" for rangee in oracle[nom] if rangee not in rangees]
        if len(rangees) != len(oracle[nom]):
            fautes.append(f"{nom} : cabas {len(rangees)} rangées, oracle {len(oracle[nom])}")
    return fautes


def reduire(monde: Monde) -> Monde:
    """Le plus petit reste du désaccord : des fichiers, puis des lignes, ôtés tant qu'il demeure."""
    for cle in list(monde.bons):
        essai = monde._replace(bons={autre: contenu for autre, contenu in monde.bons.items() if autre != cle})
        if essai.bons and desaccords(essai):
            monde = essai
    for cle in list(monde.bons):
        for rangee in monde.bons[cle][1]:
            colonnes, rangees = monde.bons[cle]
            essai = monde._replace(bons={**monde.bons, cle: (colonnes, tuple(r for r in rangees if r is not rangee))})
            if desaccords(essai):
                monde = essai
    return monde


def montrer(monde: Monde) -> str:
    morceaux = [
        f"règle {monde.commande.repartition}, limites {monde.commande.limites}, accepter {monde.accepter}, {monde.commande.cellier}, {monde.stock}",
        *map(str, monde.adherents),
    ]
    morceaux += [f"{f.groupement} ferme le {f.cloture}" for f in monde.commande.fenetres] + [f"crédit {mouvement}" for mouvement in monde.mouvements]
    vus = {rangee["produit"] for _colonnes, rangees in monde.bons.values() for rangee in rangees}
    morceaux += [
        f"{p.ref} {p.unite} pas {p.pas} prix {p.prix} lot {p.lot} {p.lot_complet} max {p.maximum}"
        for p in monde.depot.produits.values()
        if p.ref in vus
    ]
    return "\n".join([*morceaux, *(f"--- {slug}/{fichier}\n{texte(contenu)}" for (slug, fichier), contenu in monde.bons.items())])


@pytest.mark.parametrize("premiere", range(0, FENETRES, PAQUET))
def test_la_fusion_et_l_oracle_s_accordent(premiere: int) -> None:
    for graine in range(premiere, min(premiere + PAQUET, FENETRES)):
        monde = Tirage(random.Random(graine)).monde()
        if desaccords(monde):
            petit = reduire(monde)
            pytest.fail(f"fenêtre {graine}\n" + "\n".join(desaccords(petit)) + "\n" + montrer(petit))


def atteinte(une: LimiteGroupement, limite: Limite, sorties: dict[str, list[tuple[Any, ...]]]) -> bool:
    """Vrai si le groupement demandait plus que sa limite, et l'a eue tout entière."""
    servis = [ligne for ligne in sorties["recap-groupements"] if ligne[:2] == (une.groupement, limite.produit)]
    return any(ligne[3] == une.total < ligne[2] for ligne in servis)


def test_les_fenetres_tirees_visitent_tout() -> None:
    """Un oracle qui ne verrait que des cas faciles ne prouverait rien : chaque sort, chaque code, chaque règle est passé par là."""
    vus: set[str] = set()
    for graine in range(min(FENETRES, 60)):
        monde = Tirage(random.Random(graine)).monde()
        vus.add(monde.commande.repartition)
        sorties = fusionner_en_sql(en_tables(monde))
        for ligne in sorties["journal"]:
            vus |= {ligne[5], *ligne[7].split(",")}
        vus |= {"le cellier donne" for ligne in sorties["recap-produits"] if ligne[9]} | {
            "il complète" for ligne in sorties["recap-produits"] if ligne[10]
        }
        vus |= {f"frais par {monde.commande.frais_selon}" for _part in sorties["frais"]}
        vus |= {"groupement limité" for limite in monde.commande.limites for une in limite.groupements if atteinte(une, limite, sorties)}
    attendus = "retenue remplacee rejetee brouillon prorata plafond tirage premier-arrive produit-inconnu produit-hors-commande quantite-illisible"
    attendus += " quantite-negative quantite-hors-pas cellule-absente hors-delai mauvaise-commande mauvais-groupement quantite-plafonnee"
    attendus += " quantite-suspecte produit-en-double date-illisible credit-insuffisant cellule-inconnue adhesion-perimee"
    assert {*attendus.split(), "le cellier donne", "il complète", "frais par montant", "frais par cellule", "groupement limité"} <= vus
    assert reduite(" E\u0301mile  B ") == "Émile B"
