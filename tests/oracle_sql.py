"""Une seconde fusion, naïve, en SQL, écrite d'après le contrat (contrats.md §4 à §7) et la décision 8 : l'oracle de `test_oracle`.

Elle ne partage avec `cabas` ni une ligne ni une structure. Python n'y fait que ce que SQLite ne sait pas : Unicode, SHA-256.
Quantités en millièmes, montants en centimes, prix et coefficients en millièmes. Là où le contrat laisse le choix (quel code
dire quand deux causes sont vraies), elle rend tous les codes vrais : l'outil doit en dire un.
"""

from __future__ import annotations

import hashlib
import sqlite3
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

TABLES = {
    "commande": "id, repartition, selection, frais, frais_selon, stock_d_abord, budget",
    "choisi": "quoi",
    "sauf": "ref",
    "limite": "produit, maximum, total",
    "limite_groupement": "produit, groupement, total",
    "stock": "produit, quantite, prix",
    "accepte": "bon",
    "produit": "ref, producteur, unite, pas, prix, lot, lot_complet, maximum, disponible, saison, seuil",
    "groupement": "slug, ajouter, credit",
    "tarif": "groupement, code, rang, coefficient",
    "adhesion": "groupement, code, tarif",
    "adherent": "groupement, cellule, nom, adhesion, jusqu_au",
    "mouvement": "groupement, cellule, montant",
    "fenetre": "groupement, cloture, mois",
    "fichier": "groupement, nom, texte",
    "brut": "groupement, fichier, ligne, cellule, produit, quantite, tolerance, commande, groupement_lu, bon, envoye_le, tarif, statut",
}

UTC = """CASE WHEN x GLOB '*Z' OR x GLOB '*+[0-9][0-9]:[0-9][0-9]' THEN datetime(x) ELSE datetime(x, CASE
    WHEN datetime(x) >= datetime(strftime('%Y', x) || '-03-31', '-6 days', 'weekday 0', '+3 hours')
     AND datetime(x) < datetime(strftime('%Y', x) || '-10-31', '-6 days', 'weekday 0', '+3 hours') THEN '-2 hours' ELSE '-1 hours' END) END"""

LIRE = f"""
CREATE TABLE instant AS SELECT lu, {UTC} AS utc FROM (SELECT DISTINCT envoye_le AS lu, CASE WHEN envoye_le GLOB '??/??/????*'
    THEN substr(envoye_le, 7, 4) || '-' || substr(envoye_le, 4, 2) || '-' || substr(envoye_le, 1, 2) || substr(envoye_le, 11)
    ELSE envoye_le END AS x FROM brut);
CREATE TABLE close AS SELECT groupement, date(x) AS jour, {UTC} AS utc FROM (SELECT groupement, cloture AS x FROM fenetre);

CREATE TABLE nombre AS
WITH textes AS (SELECT quantite AS lu FROM brut UNION SELECT tolerance FROM brut),
propre AS (SELECT lu, CASE trim(lu) WHEN '½' THEN '0.5' WHEN '1/2' THEN '0.5' ELSE trim(replace(lu, char(8239), ' ')) END AS t FROM textes),
unite AS (SELECT lu, t, CASE WHEN t LIKE '%kg' THEN 'kg' WHEN t LIKE '%g' THEN 'g' WHEN t LIKE '%cl' THEN 'cl' WHEN t LIKE '%l' THEN 'L'
    ELSE '' END AS u FROM propre),
corps AS (SELECT lu, u, replace(replace(substr(t, 1, length(t) - length(u)), ' ', ''), ',', '.') AS n, t LIKE '-%' AS moins FROM unite),
coupe AS (SELECT *, CASE WHEN moins THEN substr(n, 2) ELSE n END || '.' AS m FROM corps),
parties AS (SELECT *, substr(m, 1, instr(m, '.') - 1) AS ent, rtrim(substr(m, instr(m, '.') + 1), '.') AS dec FROM coupe),
valeur AS (SELECT *, m GLOB '[0-9]*' AND ent || dec NOT GLOB '*[^0-9]*' AS bon FROM parties)
SELECT lu, u, CASE WHEN lu = '' THEN 'vide' WHEN NOT bon THEN 'quantite-illisible'
    WHEN moins AND CAST(ent || dec AS INTEGER) > 0 THEN 'quantite-negative' ELSE '' END AS faute,
  CASE WHEN bon THEN CAST(ent || dec AS INTEGER) * CASE u WHEN 'g' THEN 1 WHEN 'cl' THEN 10 ELSE 1000 END END AS haut,
  CAST('1' || substr('000000000', 1, length(dec)) AS INTEGER) AS bas FROM valeur;
CREATE TABLE rien AS SELECT lu FROM nombre WHERE faute = 'vide' OR haut = 0;
DELETE FROM brut WHERE quantite IN (SELECT lu FROM rien) AND tolerance IN (SELECT lu FROM rien);
"""

IDENTITES = """
CREATE TABLE ecriture AS SELECT groupement, cellule FROM brut UNION SELECT groupement, cellule FROM mouvement;
CREATE TABLE qui AS SELECT e.groupement, e.cellule AS ecrite, coalesce(
    (SELECT a.cellule FROM adherent a WHERE a.groupement = e.groupement AND forme(a.cellule) = forme(e.cellule)),
    (SELECT min(a.cellule) FROM adherent a WHERE a.groupement = e.groupement AND forme(a.nom) = forme(e.cellule) HAVING count(*) = 1),
    (SELECT min(reduite(b.cellule)) FROM brut b WHERE b.groupement = e.groupement AND forme(b.cellule) = forme(e.cellule)),
    e.cellule) AS cellule,
  NOT EXISTS (SELECT 1 FROM adherent a WHERE a.groupement = e.groupement AND forme(a.cellule) = forme(e.cellule))
  AND 1 < (SELECT count(*) FROM adherent a WHERE a.groupement = e.groupement AND forme(a.nom) = forme(e.cellule)) AS homonyme FROM ecriture e;
CREATE TABLE solde AS SELECT q.groupement, q.cellule, sum(m.montant) AS montant FROM mouvement m
    JOIN qui q ON q.groupement = m.groupement AND q.ecrite = m.cellule GROUP BY 1, 2;
CREATE TABLE propose AS SELECT p.* FROM produit p, commande c WHERE p.disponible AND p.ref NOT IN (SELECT ref FROM sauf)
    AND (c.selection = 'tous' OR CASE c.selection WHEN 'refs' THEN p.ref ELSE p.producteur END IN (SELECT quoi FROM choisi))
    AND (p.saison = '' OR EXISTS (SELECT 1 FROM fenetre f WHERE instr(p.saison, ',' || f.mois || ',')));
"""

JUGER = """
CREATE TABLE lue AS
SELECT b.*, q.cellule AS qui, q.homonyme, i.utc, p.unite, p.seuil, p.pas, CASE WHEN b.statut = 'brouillon' THEN 1 ELSE 0 END AS brouillon,
  CASE WHEN b.bon <> '' THEN b.bon ELSE (SELECT min(g.nom) FROM fichier f JOIN fichier g USING (groupement, texte)
       WHERE f.groupement = b.groupement AND f.nom = b.fichier) || '/' || q.cellule || '/' || coalesce(i.utc, b.envoye_le) END AS nom_bon,
  nq.faute AS fq, nt.faute AS ft, nq.u AS uq, nt.u AS ut, nq.haut AS hq, nq.bas AS bq, nt.haut AS ht, nt.bas AS bt
FROM brut b JOIN qui q ON q.groupement = b.groupement AND q.ecrite = b.cellule JOIN instant i ON i.lu = b.envoye_le
  JOIN nombre nq ON nq.lu = b.quantite JOIN nombre nt ON nt.lu = b.tolerance LEFT JOIN produit p ON p.ref = b.produit;

CREATE TABLE jugee AS
SELECT l.*,
  CASE WHEN l.commande NOT IN ('', c.id) THEN 'mauvaise-commande,' ELSE '' END
  || CASE WHEN f.groupement IS NULL OR l.groupement_lu NOT IN ('', l.groupement) THEN 'mauvais-groupement,' ELSE '' END
  || CASE WHEN trim(l.cellule) = '' OR homonyme THEN 'cellule-absente,' ELSE '' END
  || CASE WHEN l.utc > k.utc AND l.nom_bon NOT IN (SELECT bon FROM accepte) THEN 'hors-delai,' ELSE '' END AS du_bon,
  CASE WHEN l.unite IS NULL THEN 'produit-inconnu,' WHEN l.produit NOT IN (SELECT ref FROM propose) THEN 'produit-hors-commande,' ELSE
    CASE WHEN fq <> 'vide' THEN CASE WHEN fq <> '' THEN fq || ','
      WHEN uq IN ('kg', 'g') AND unite <> 'kg' OR uq IN ('L', 'cl') AND unite <> 'L' THEN 'quantite-illisible,'
      WHEN hq % bq OR hq / bq % pas THEN 'quantite-hors-pas,' ELSE '' END ELSE '' END
    || CASE WHEN ft <> 'vide' THEN CASE WHEN ft <> '' THEN ft || ','
      WHEN ut IN ('kg', 'g') AND unite <> 'kg' OR ut IN ('L', 'cl') AND unite <> 'L' THEN 'quantite-illisible,'
      WHEN ht % bt OR ht / bt % pas THEN 'quantite-hors-pas,' ELSE '' END ELSE '' END END AS de_la_ligne
FROM lue l JOIN commande c LEFT JOIN fenetre f ON f.groupement = l.groupement LEFT JOIN close k ON k.groupement = l.groupement;

CREATE TABLE bon AS
SELECT groupement, qui, nom_bon, fichier, row_number() OVER (
    PARTITION BY groupement, qui, CASE WHEN (SELECT ajouter FROM groupement WHERE slug = j.groupement) THEN nom_bon ELSE '' END
    ORDER BY coalesce(max(utc), '') DESC, fichier DESC, max(ligne) DESC) = 1 AS gagne
FROM jugee j WHERE NOT brouillon AND du_bon = '' GROUP BY 1, 2, 3, 4;

CREATE TABLE sort AS
SELECT j.*, CASE WHEN brouillon THEN 'brouillon' WHEN du_bon || de_la_ligne <> '' THEN 'rejetee' WHEN b.gagne THEN 'retenue' ELSE 'remplacee' END
  AS sort,
  coalesce(hq / bq, 0) AS q, coalesce(ht / bt, 0) AS t,
  (SELECT min(m) FROM (SELECT maximum AS m FROM produit WHERE ref = j.produit UNION ALL SELECT maximum FROM limite WHERE produit = j.produit)) AS m
FROM jugee j LEFT JOIN bon b USING (groupement, qui, nom_bon, fichier);

CREATE TABLE ligne AS
SELECT *, CASE WHEN m IS NULL THEN q ELSE min(m, cumul) - min(m, cumul - q) END AS garde,
  CASE WHEN m IS NULL THEN t ELSE min(place, cumul_t) - min(place, cumul_t - t) END AS garde_t FROM (
  SELECT *, sum(q) OVER (PARTITION BY groupement, qui, nom_bon, fichier, produit ORDER BY ligne) AS cumul,
    sum(t) OVER (PARTITION BY groupement, qui, nom_bon, fichier, produit ORDER BY ligne) AS cumul_t,
    max(0, m - sum(q) OVER (PARTITION BY groupement, qui, nom_bon, fichier, produit)) AS place,
    row_number() OVER (PARTITION BY groupement, qui, nom_bon, fichier, produit ORDER BY ligne) AS fois,
    (SELECT x.tarif FROM sort x WHERE x.sort = 'retenue' AND x.tarif <> '' AND x.groupement = s.groupement AND x.qui = s.qui
      AND x.nom_bon = s.nom_bon AND x.fichier = s.fichier ORDER BY x.ligne LIMIT 1) AS tarif_lu FROM sort s WHERE sort = 'retenue');
"""

RETENIR = """
CREATE TABLE retenue AS
SELECT groupement, qui, nom_bon, fichier, l.produit, sum(garde) AS q, sum(garde_t) AS t, min(ligne) AS ligne, max(utc) AS utc, pr.prix,
  coalesce((SELECT h.tarif FROM adherent a JOIN adhesion h ON h.groupement = a.groupement AND h.code = a.adhesion
            WHERE a.groupement = l.groupement AND a.cellule = l.qui),
           (SELECT code FROM tarif WHERE groupement = l.groupement AND code = l.tarif_lu),
           (SELECT code FROM tarif WHERE groupement = l.groupement AND rang = 0)) AS le_tarif, 0 AS prix_unitaire
FROM ligne l JOIN produit pr ON pr.ref = l.produit GROUP BY 1, 2, 3, 4, 5;
UPDATE retenue SET prix_unitaire = (SELECT (2 * prix * coefficient + 10000) / 20000 FROM tarif WHERE groupement = retenue.groupement AND code =
  le_tarif);

CREATE TABLE demande AS
SELECT dense_rank() OVER (ORDER BY cle) AS id, * FROM (SELECT r.rowid AS r, r.*, CASE (SELECT repartition FROM commande) WHEN 'premier-arrive'
    THEN r.rowid ELSE groupement || '/' || qui || '/' || produit END AS cle FROM retenue r);
CREATE TABLE qui_demande AS
SELECT id, produit, groupement, pas, sum(q) AS q, sum(t) AS t, qui || char(0) || groupement AS rang,
  empreinte((SELECT id FROM commande) || '/' || produit || '/' || groupement || '/' || qui) AS billet,
  CASE WHEN utc IS NULL THEN '1' || groupement || '/' || fichier || printf('/%06d', ligne)
       ELSE '0' || utc || qui || char(0) || groupement || '/' || fichier || printf('/%06d', ligne) END AS arrivee
FROM (SELECT d.*, p.pas FROM demande d JOIN produit p ON p.ref = d.produit) GROUP BY id;

-- La limite de chaque groupement : la règle, appliquée dans le groupement seul.
CREATE TABLE voeu AS SELECT id, produit || char(0) || groupement AS produit, pas, q AS v, coalesce((SELECT total FROM limite_groupement l
    WHERE l.produit = d.produit AND l.groupement = d.groupement), 1 << 32) / pas * pas AS dispo, rang, billet, arrivee FROM qui_demande d;
"""

# Entre les deux partages : `admis_q` et `admis_t` (id, part), ce que permettent les groupements.
ACHETER = """
UPDATE qui_demande SET q = (SELECT part FROM admis_q a WHERE a.id = qui_demande.id), t = (SELECT part FROM admis_t a WHERE a.id = qui_demande.id);
CREATE TABLE besoin AS
SELECT b.*, r.q AS lu_q, r.t AS lu_t, r.bons FROM (
  SELECT d.produit, p.prix, p.lot, p.lot_complet, p.pas, sum(d.q) AS q, sum(d.t) AS t,
    coalesce((SELECT total FROM limite WHERE produit = d.produit), 1 << 40) AS total,
    CASE WHEN (SELECT stock_d_abord FROM commande) THEN coalesce((SELECT quantite FROM stock s WHERE s.produit = d.produit), 0) / p.pas * p.pas
      ELSE 0 END AS reserve
  FROM qui_demande d JOIN produit p ON p.ref = d.produit GROUP BY 1) b
JOIN (SELECT produit, sum(q) AS q, sum(t) AS t, count(*) AS bons FROM retenue GROUP BY 1) r USING (produit);
UPDATE besoin SET reserve = min(reserve, q);
CREATE TABLE nombre_de_lots AS WITH RECURSIVE n(produit, k, lot, fin) AS (
  SELECT produit, 0, lot, q + t + 2 * lot FROM besoin WHERE lot_complet UNION ALL SELECT produit, k + 1, lot, fin FROM n WHERE k * lot <= fin)
  SELECT produit, k, k * lot AS somme FROM n;
ALTER TABLE besoin ADD lots;
UPDATE besoin SET lots = coalesce(
  (SELECT min(k) FROM nombre_de_lots n WHERE n.produit = besoin.produit AND somme >= q - reserve AND somme <= min(q + t, total)),
  (SELECT max(k) FROM nombre_de_lots n WHERE n.produit = besoin.produit AND somme <= min(q, total))) WHERE lot_complet;
ALTER TABLE besoin ADD n; ALTER TABLE besoin ADD pris; ALTER TABLE besoin ADD manque DEFAULT 0; ALTER TABLE besoin ADD ajoute DEFAULT 0;
UPDATE besoin SET n = CASE WHEN lot_complet THEN lots * lot ELSE min(q - reserve, total) END;
UPDATE besoin SET pris = CASE WHEN lot_complet THEN min(reserve, max(0, q - n)) / pas * pas ELSE reserve END;
UPDATE besoin SET manque = coalesce((SELECT min(somme) FROM nombre_de_lots k WHERE k.produit = besoin.produit AND somme > q + t
    AND somme <= total) - q - t, 0) WHERE lot_complet AND n + pris < q;
UPDATE besoin SET ajoute = manque WHERE produit IN (SELECT produit FROM (
    SELECT produit, sum(cout) OVER (ORDER BY cout, produit ROWS UNBOUNDED PRECEDING) AS cumul FROM (
      SELECT produit, (2 * prix * manque + 10000) / 20000 AS cout FROM besoin WHERE manque > 0)) WHERE cumul <= (SELECT budget FROM commande));
UPDATE besoin SET n = q + t + ajoute, pris = 0, lots = (q + t + ajoute) / lot WHERE ajoute > 0;
DELETE FROM voeu;
INSERT INTO voeu SELECT id, produit, d.pas, d.q, (n + pris) / d.pas * d.pas, rang, billet, arrivee FROM qui_demande d JOIN besoin b USING (produit);
"""

# Le plus grand reste : `a_partager(tas, total, poids, rang, qui)` → parts dont la somme est le total.
PLUS_GRAND_RESTE = """SELECT tas, rang, base + (numero <= total - sum(base) OVER (PARTITION BY tas)) AS part FROM (
  SELECT *, total * poids / s AS base, row_number() OVER (PARTITION BY tas ORDER BY total * poids % s DESC, rang) AS numero FROM (
    SELECT tas, total, rang, CASE WHEN sum(poids) OVER (PARTITION BY tas) THEN poids ELSE 1 END AS poids,
      CASE WHEN sum(poids) OVER (PARTITION BY tas) THEN sum(poids) OVER (PARTITION BY tas) ELSE count(*) OVER (PARTITION BY tas) END AS s
    FROM a_partager))"""
PARTAGER = f"""
CREATE TABLE cellule AS SELECT groupement, qui, produit, sum(q) AS q, sum(t) AS t, sum(attribue) AS attribue, qui || char(0) || groupement AS rang
  FROM servie GROUP BY 1, 2, 3;
CREATE TABLE a_partager AS SELECT produit AS tas, pris / pas AS total, attribue / pas AS poids, rang FROM cellule JOIN besoin USING (produit)
  WHERE pris > 0;
CREATE TABLE du_cellier AS SELECT tas AS produit, rang, part * pas AS part FROM ({PLUS_GRAND_RESTE}) JOIN besoin ON produit = tas;
DELETE FROM a_partager;
INSERT INTO a_partager SELECT 'frais', (SELECT frais FROM commande), CASE (SELECT frais_selon FROM commande) WHEN 'cellule' THEN 1
  ELSE sum(montant) END, qui || char(0) || groupement FROM servie WHERE attribue > 0 AND (SELECT frais FROM commande) > 0 GROUP BY groupement, qui;
CREATE TABLE part_de_frais AS {PLUS_GRAND_RESTE};
CREATE TABLE cellier AS SELECT ref, p.prix AS cout, coalesce(s.prix, p.prix) AS paye, coalesce(s.quantite, 0) AS avant, coalesce(b.pris, 0) AS pris,
    coalesce(b.ajoute, 0) AS ajoute FROM produit p LEFT JOIN stock s ON s.produit = ref LEFT JOIN besoin b ON b.produit = ref
  WHERE (SELECT stock_d_abord FROM commande) IS NOT NULL AND (s.produit IS NOT NULL OR b.pris > 0 OR b.ajoute > 0);
"""

# `voeu(id, produit, pas, v, dispo, rang, billet, arrivee)` → `part(id, part)`
TOUR = """SELECT id, max(0, min(v, dispo - coalesce(
  sum(v) OVER (PARTITION BY produit ORDER BY {ordre} ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW), 0))) AS part FROM voeu"""
REGLES = {
    "premier-arrive": TOUR.format(ordre="arrivee"),
    "tirage": TOUR.format(ordre="billet"),
    "prorata": """SELECT id, CASE WHEN s <= dispo THEN v ELSE (base + (numero <= n - sum(base) OVER (PARTITION BY produit))) * pas END AS part FROM (
        SELECT *, n * v / s AS base, row_number() OVER (PARTITION BY produit ORDER BY n * v % s DESC, rang) AS numero FROM (
          SELECT *, dispo / pas AS n, max(1, sum(v) OVER (PARTITION BY produit)) AS s FROM voeu))""",
    "plafond": """WITH RECURSIVE haut AS (SELECT produit, max(v) AS v, pas FROM voeu GROUP BY 1),
        essai(produit, c, pas, v) AS (SELECT produit, 0, pas, v FROM haut UNION ALL SELECT produit, c + pas, pas, v FROM essai WHERE c < v),
        plafond AS (SELECT e.produit, max(c) AS c FROM essai e
          WHERE (SELECT sum(min(w.v, e.c)) FROM voeu w WHERE w.produit = e.produit) <= (SELECT dispo FROM voeu w WHERE w.produit = e.produit)
            GROUP BY 1),
        servi AS (SELECT w.*, min(v, c) AS p, v > c AS encore, dispo - sum(min(v, c)) OVER (PARTITION BY produit) AS reste FROM voeu w JOIN
          plafond USING (produit))
        SELECT id, p + CASE WHEN encore AND row_number() OVER (PARTITION BY produit, encore ORDER BY rang) <= reste / pas THEN pas ELSE 0 END AS
          part FROM servi""",
}

SORTIES = {
    "recap-produits": """SELECT b.produit, b.lu_q, b.lu_t, coalesce(b.lots, ''), b.n, b.n - (SELECT sum(attribue) FROM servie s WHERE s.produit =
      b.produit),
        prix, (2 * prix * n + 10000) / 20000, bons, pris, ajoute FROM besoin b""",
    "frais": "SELECT DISTINCT groupement, qui, part FROM part_de_frais JOIN cellule USING (rang)",
    "cellier": """SELECT ref, avant - pris + ajoute, CASE WHEN ajoute > 0 AND paye <> cout THEN 10 * ((2 * (paye * (avant - pris) + cout * ajoute)
        + 10 * (avant - pris + ajoute)) / (20 * (avant - pris + ajoute))) ELSE paye END, avant, pris, ajoute, (2 * paye * pris + 10000) / 20000,
      (2 * cout * ajoute + 10000) / 20000 FROM cellier""",
    "lignes": """SELECT groupement, qui, CASE WHEN nom_bon GLOB '*/*' THEN '' ELSE nom_bon END, le_tarif, produit, q, t, attribue,
        prix_unitaire, montant FROM servie""",
    "repartition": """SELECT groupement, qui, produit, q, t, attribue, coalesce(part, 0) FROM cellule LEFT JOIN du_cellier USING (produit, rang)""",
    "recap-groupements": """SELECT groupement, produit, sum(q), sum(attribue), sum(montant), coalesce((SELECT sum(part) FROM du_cellier d JOIN cellule
        c USING (produit, rang) WHERE c.produit = s.produit AND c.groupement = s.groupement), 0) FROM servie s GROUP BY 1, 2""",
    "journal": """SELECT s.groupement, s.fichier, s.ligne, s.qui, s.produit, s.sort, coalesce(l.garde, s.q), CASE s.sort WHEN 'rejetee' THEN
      s.du_bon || s.de_la_ligne
        WHEN 'remplacee' THEN CASE WHEN s.envoye_le <> '' AND s.utc IS NULL THEN 'date-illisible,' ELSE '' END
        WHEN 'retenue' THEN CASE WHEN l.garde < s.q OR l.garde_t < s.t THEN 'quantite-plafonnee,' ELSE '' END || CASE WHEN
          s.q >= coalesce(s.seuil, CASE s.unite WHEN 'kg' THEN 100000 END) THEN 'quantite-suspecte,' ELSE '' END
        || CASE WHEN l.fois > 1 THEN 'produit-en-double,' ELSE '' END || CASE WHEN s.envoye_le <> '' AND s.utc IS NULL THEN 'date-illisible,'
          ELSE '' END
        || CASE WHEN (SELECT credit FROM groupement WHERE slug = s.groupement) AND coalesce((SELECT montant FROM solde d WHERE d.groupement =
          s.groupement AND d.cellule = s.qui), 0)
             < (SELECT sum((2 * r.prix_unitaire * r.q + 1000) / 2000) FROM retenue r WHERE r.groupement = s.groupement AND r.qui = s.qui) THEN
               'credit-insuffisant,' ELSE '' END
        || CASE WHEN s.groupement IN (SELECT groupement FROM adherent) AND NOT EXISTS (SELECT 1 FROM adherent a WHERE a.groupement = s.groupement
          AND a.cellule = s.qui)
             THEN 'cellule-inconnue,' ELSE '' END
        || CASE WHEN EXISTS (SELECT 1 FROM adherent a JOIN close k USING (groupement) WHERE a.groupement = s.groupement AND a.cellule = s.qui AND
          a.jusqu_au < k.jour)
             THEN 'adhesion-perimee,' ELSE '' END
        || CASE WHEN s.tarif <> '' AND s.tarif <> l.tarif_lu AND NOT EXISTS (SELECT 1 FROM adherent a JOIN adhesion h ON h.groupement = a.groupement
          AND h.code = a.adhesion WHERE a.groupement = s.groupement AND a.cellule = s.qui)
          AND coalesce((SELECT rang FROM tarif WHERE groupement = s.groupement AND code = s.tarif), 0)
            <> coalesce((SELECT rang FROM tarif WHERE groupement = s.groupement AND code = l.tarif_lu), 0)
             THEN 'tarif-different,' ELSE '' END ELSE '' END
        FROM sort s LEFT JOIN ligne l USING (groupement, fichier, ligne)""",
    "bilan": """SELECT (SELECT count(*) FROM sort), (SELECT count(*) FROM sort WHERE sort = 'retenue'), (SELECT count(*) FROM sort WHERE sort =
      'remplacee'),
        (SELECT count(*) FROM sort WHERE sort = 'rejetee'), (SELECT count(*) FROM sort WHERE sort = 'brouillon'),
        coalesce((SELECT sum((2 * prix * n + 10000) / 20000) FROM besoin), 0), coalesce((SELECT sum(montant) FROM servie), 0),
        coalesce((SELECT sum(part) FROM part_de_frais), 0)""",
}


def reduite(texte: str) -> str:
    return " ".join(unicodedata.normalize("NFC", texte).split())


def fusionner_en_sql(tables: Mapping[str, Iterable[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    """Entre : une fenêtre en tables (`TABLES`). Sort : les rangées de chaque sortie, triées."""
    base = sqlite3.connect(":memory:")
    base.create_function("reduite", 1, reduite, deterministic=True)
    base.create_function("forme", 1, lambda texte: reduite(texte).casefold(), deterministic=True)
    base.create_function("empreinte", 1, lambda texte: hashlib.sha256(texte.encode()).hexdigest(), deterministic=True)
    for nom, colonnes in TABLES.items():
        base.execute(f"CREATE TABLE {nom} ({colonnes})")
        base.executemany(f"INSERT INTO {nom} VALUES ({','.join('?' * (colonnes.count(',') + 1))})", tables.get(nom, ()))
    base.executescript(LIRE + IDENTITES + JUGER + RETENIR)
    (regle,) = base.execute("SELECT repartition FROM commande").fetchone()
    base.executescript(f"""
        CREATE TABLE admis_q AS {REGLES[regle]};
        UPDATE voeu SET v = (SELECT t FROM qui_demande d WHERE d.id = voeu.id), dispo = dispo
            - (SELECT sum(part) FROM admis_q JOIN voeu w USING (id) WHERE w.produit = voeu.produit);
        CREATE TABLE admis_t AS {REGLES[regle]};
        {ACHETER}
        CREATE TABLE pour_quantite AS {REGLES[regle]};
        UPDATE voeu SET v = (SELECT t FROM qui_demande d WHERE d.id = voeu.id), dispo = dispo
            - (SELECT sum(part) FROM pour_quantite JOIN qui_demande d USING (id) WHERE d.produit = voeu.produit);
        CREATE TABLE pour_tolerance AS {REGLES[regle]};
        CREATE TABLE servie AS SELECT *, (2 * prix_unitaire * attribue + 1000) / 2000 AS montant FROM (
          SELECT d.*, max(0, min(d.q, a.part - avant_q)) + max(0, min(d.t, b.part - avant_t)) AS attribue
          FROM (SELECT *, coalesce(sum(q) OVER (PARTITION BY id ORDER BY nom_bon, fichier ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW), 0) AS
            avant_q,
                  coalesce(sum(t) OVER (PARTITION BY id ORDER BY nom_bon, fichier ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW), 0) AS avant_t
                    FROM demande) d
          JOIN pour_quantite a USING (id) JOIN pour_tolerance b USING (id));
        {PARTAGER}""")
    return {nom: sorted(base.execute(requete).fetchall(), key=repr) for nom, requete in SORTIES.items()}
