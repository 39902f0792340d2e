"""Un export par service, octet pour octet comme le service l'écrit : séparateur, marque, fins de ligne, en-têtes, dates.

Deux réponses partout, tout est inventé. `EXPORTS[nom]` est (profil attendu, octets) ; les produits sont ceux du réseau miniature.
"""

from __future__ import annotations

import io
import json

import xlsxwriter

IP = "203.0.113.7"
FRAMAFORMS = [
    ["Bon de mars", *[""] * 12],
    ["Détails de la soumission", *[""] * 9, "Produits", "", ""],
    ["Séquentiel", "SID", "Heure de soumission", "Heure de complétion", "Heure de modification", "Brouillon", "Adresse IP", "UID",
     "Nom d'utilisateur", "Nom", "Farine de blé T65 (kg)", "Lentilles vertes (kg)", "Comté AOP 12 mois (g)"],
    ["1", "48211", "14/03/2026 - 09:12", "14/03/2026 - 09:15", "14/03/2026 - 09:15", "0", IP, "0", "Anonyme", "Zoé Œuvré", "2.5", "1", ""],
    ["2", "48215", "14/03/2026 - 18:40", "", "14/03/2026 - 18:40", "1", IP, "0", "Anonyme", "Ali Fictif", "", "", "500"],
]  # fmt: skip
CRYPTPAD = {
    "questions": {"q1": "Nom", "q2": {"question": "Produits", "items": ["Farine de blé T65", "Lentilles vertes"]}, "q3": "Créneau"},
    "responses": [
        {"_time": "2026-03-14T08:12:03.512Z", "_name": "Visiteur·se", "q1": "Zoé Œuvré", "q2": ["2,5 kg", "1"], "q3": '"_time": 14h'},
        {"_time": "2026-03-14T17:40:55.001Z", "_name": "Visiteur·se", "q1": "Ali Fictif", "q2": [""], "q3": "15h-16h"},
        {"_time": "2026-03-14T17:50:55.001Z", "_name": "Visiteur·se", "q1": "Lou Fictif", "q2": ["3", "", "1"], "q3": "15h-16h"},
    ],
}


def entre_guillemets(lignes: list[list[str]], separateur: str, fin: str = "\n") -> str:
    return "".join(separateur.join(f'"{case}"' for case in ligne) + fin for ligne in lignes)


def classeur(lignes: list[list[str | float]]) -> bytes:
    tampon = io.BytesIO()
    livre = xlsxwriter.Workbook(tampon)
    feuille = livre.add_worksheet("Sheet1")
    for numero, ligne in enumerate(lignes):
        feuille.write_row(numero, 0, ligne)
    livre.close()
    return tampon.getvalue()


COCHES = "Jus de pomme;Œufs de plein air;"


def microsoft(nom_demande: str, *, connecte: bool) -> bytes:
    qui = ["zoe@exemple.org", "Zoé Œuvré"] if connecte else ["anonymous", ""]
    autre = ["ali@exemple.org", "Ali Fictif"] if connecte else ["anonymous", ""]
    return classeur([
        ["ID", "Heure de début", "Heure de fin", "Adresse de messagerie", "Nom", "Heure de la dernière modification",
         *([nom_demande] if nom_demande else []), "Farine de blé T65 (kg)", "Lentilles vertes (kg)", "Et quoi d’autre ?"],
        [1, "2026-03-14 09:10:00", "2026-03-14 09:12:03", *qui, "", *(["Zoé Œuvré"] if nom_demande else []), 2.5, 1, COCHES],
        [2, "2026-03-14 18:39:00", "2026-03-14 18:40:55", *autre, "", *(["Ali Fictif"] if nom_demande else []), "", 3, ""],
    ])  # fmt: skip


EXPORTS: dict[str, tuple[str, bytes]] = {
    "framaforms-virgule.csv": ("framaforms", entre_guillemets(FRAMAFORMS, ",").encode()),
    "framaforms-point-virgule.csv": ("framaforms", entre_guillemets(FRAMAFORMS, ";").encode()),
    "framaforms-tabulation.tsv": ("framaforms", entre_guillemets(FRAMAFORMS, "\t").encode()),
    "framaforms-ancien.xls": ("framaforms", b"\xff\xfe" + entre_guillemets(FRAMAFORMS, "\t").encode("utf-16-le")),
    "framaforms.xlsx": ("framaforms", classeur(FRAMAFORMS)),  # type: ignore[arg-type]
    "nextcloud.csv": (
        "nextcloud-forms",
        entre_guillemets([
            ["Identifiant utilisateur", "Nom d'affichage de l'utilisateur", "Horodatage", "Nom", "Produits (Farine de blé T65 - Quantité)",
             "Produits (Lentilles vertes - Quantité)", "Créneau"],
            ["", "Utilisateur anonyme", "2026-03-14T09:12:03+01:00", "Zoé Œuvré", "2.5", "1", "14h-15h"],
            ["", "Utilisateur anonyme", "2026-03-14T18:40:55+01:00", "Ali Fictif", "", "3", "15h-16h"],
        ], ",").encode("utf-8-sig"),
    ),
    "cryptpad.csv": (
        "cryptpad",
        "Heure,Participant·e,Nom,Produits | Farine de blé T65,Produits | Lentilles vertes,Créneau\n"
        '2026-03-14T08:12:03.512Z,Visiteur·se,Zoé Œuvré,"2,5 kg",1,14h-15h\n2026-03-14T17:40:55.001Z,Visiteur·se,Ali Fictif,,15h-16h'.encode(),
    ),
    "cryptpad.json": ("cryptpad", json.dumps(CRYPTPAD, indent=2, ensure_ascii=False).encode()),
    "liberaforms.csv": (
        "liberaforms",
        "Marqué,Nom,Farine de blé T65 (kg),Produits du mois,Créé\r\n"
        'False,Zoé Œuvré,2.5,"Comté AOP 12 mois, Jus de pomme, Autre chose",2026-03-14 09:12:03\r\n'
        "False,Ali Fictif,,,2026-03-14 18:40:55\r\n".encode(),
    ),
    "google-direct.csv": (
        "google-forms",
        entre_guillemets([
            ["Horodateur", "Adresse e-mail", "Nom", "Produits [Farine de blé T65]", "Produits [Lentilles vertes]"],
            ["2026/03/14 9:12:03 AM UTC+1", "compte@exemple.org", "Zoé Œuvré", "2,5", "1"],
        ], ",").encode(),
    ),
    "google-sheets.csv": (
        "google-forms",
        'Horodateur,Nom,Produits [Farine de blé T65],Produits [Lentilles vertes]\r\n14/03/2026 09:12:03,Zoé Œuvré,"2,5",1'.encode(),
    ),
    "google-sheets-en.csv": (
        "google-forms",
        "Timestamp,Email Address,Products [Farine de blé T65],Products [Lentilles vertes]\r\n3/14/2026 9:12:03,Zoé Œuvré,2.5,1\r\n"
        "3/4/2026 9:12:03,Ali Fictif,,2".encode(),
    ),
    "microsoft-anonyme.xlsx": ("microsoft-forms", microsoft("Votre nom", connecte=False)),
    "microsoft-nom2.xlsx": ("microsoft-forms", microsoft("Nom2", connecte=True)),
    "microsoft-connecte.xlsx": ("microsoft-forms", microsoft("", connecte=True)),
    "microsoft-sans-personne.xlsx": ("microsoft-forms", microsoft("", connecte=False)),
    "tally.csv": (
        "tally",
        "Submission ID,Respondent ID,Submitted at,Nom,Farine de blé T65 (kg),Lentilles vertes (kg)\n"
        "PgYbzQ,l0WyWk,2026-03-14 08:12:03,Zoé Œuvré,2.5,1\n".encode(),
    ),
    "limesurvey.csv": (
        "limesurvey",
        entre_guillemets([
            ["ID de la réponse", "Date de soumission", "Dernière page", "Langue de départ", "Nom", "Produits [Farine de blé T65][Quantité]",
             "Produits [Lentilles vertes][Quantité]"],
            ["3", "2026-03-14 09:12:03", "2", "fr", "Zoé Œuvré", "2.5000000000", "1.0000000000"],
            ["4", "", "1", "fr", "Ali Fictif", "2.0000000000", ""],
        ], ";", "\r\n").encode("utf-8-sig") + b"\r\n",
    ),
    "kobo.csv": (
        "kobo",
        entre_guillemets([
            ["start", "end", "Nom", "Farine de blé T65 (kg)", "Lentilles vertes (kg)", "_id", "_uuid", "_submission_time", "_validation_status",
             "_notes", "_status", "_submitted_by", "__version__", "_tags", "_index"],
            ["2026-03-14T09:10:03.512+01:00", "2026-03-14T09:12:03.512+01:00", "Zoé Œuvré", "2.5", "1", "412345678",
             "3f1c0a52-0000-4000-8000-00000000c0b0", "2026-03-14 08:12:05", "", "", "submitted_via_web", "", "vQx7", "", "1"],
        ], ";").encode(),
    ),
    "odk.csv": (
        "odk",
        "SubmissionDate,Nom,rayon1-q-farine-t65,rayon1-q-lentilles-vertes,meta-instanceID,KEY,SubmitterID,SubmitterName,AttachmentsPresent,"
        "AttachmentsExpected,Status,ReviewState,DeviceID,Edits,FormVersion\n"
        "2026-03-14T08:12:05.123Z,Zoé Œuvré,2.5,1,uuid:3f1c0a52,uuid:3f1c0a52,12,Permanence,0,0,,,collect:abc,0,d41d8cd98f\n".encode(),
    ),
    "grist.csv": ("", "Nom,Farine de blé T65 (kg),Lentilles vertes (kg)\nZoé Œuvré,2.5,1\n".encode()),
    "helloasso.csv": (
        "helloasso",
        "Référence commande;Date de la commande;Statut de la commande;Nom adhérent;Email payeur;Moyen de paiement;Tarif;Montant tarif\r\n"
        "100;14/03/2026 09:12;Validé;FICTIF;ali@exemple.org;Carte bancaire;Adhésion solidaire;20,00\r\n".encode("utf-8-sig"),
    ),
    "foodsoft.csv": ("foodsoft", "Numéro;Quantité;Unité;Nom;Prix;Prix total\n12;2;sac 25 kg;Farine de blé T65;18,75;37,50\n".encode("iso-8859-15")),
    "framadate.csv": (
        "framadate",
        ',"14/03/2026","14/03/2026",\r\n,"14h-15h","15h-16h",\r\n"Ali Fictif","Oui","Si nécessaire",\r\n'.encode(),
    ),
}  # fmt: skip
