"""Les exports des services de formulaires, octet pour octet comme ils sortent : séparateur, en-têtes, dates, guillemets.

Aucun ne porte nos refs : les intitulés sont les noms du catalogue, habillés par chaque service à sa façon.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from cabas.constats import Refus
from cabas.demonstration.classeurs import xlsx
from cabas.demonstration.faits import Bon, Contexte
from cabas.demonstration.formes import CRENEAU, NOM, TELEPHONE, Colonne, Forme, grille, nom_et_unite, nom_seul
from cabas.demonstration.paniers import Main
from cabas.demonstration.tableaux import Dialecte, csv
from cabas.modele import Produit
from cabas.quantites import lire_quantite
from cabas.temps import PARIS


def _datee(intitule: str, ecrire: Callable[[datetime], str], apres: timedelta = timedelta()) -> Colonne:
    """Une colonne d'horodatage, à l'heure de Paris, au format du service."""
    return Colonne(intitule, lambda bon, _: ecrire((bon.envoi + apres).astimezone(PARIS)) if bon.envoi else "")


def _fixe(intitule: str, texte: str) -> Colonne:
    return Colonne(intitule, lambda *_: texte)


def _google(instant: datetime) -> str:
    heure, moitie = (instant.hour % 12 or 12), ("AM" if instant.hour < 12 else "PM")
    decalage = (instant.utcoffset() or timedelta()) // timedelta(hours=1)
    return f"{instant:%Y/%m/%d} {heure}:{instant:%M:%S} {moitie} UTC+{decalage}"


def google_forms(contexte: Contexte, bons: Sequence[Bon]) -> bytes:
    """Google Forms, téléchargement direct."""
    lignes = grille(contexte, bons, (_datee("Horodateur", _google), NOM), lambda _, produit: f"Produits [{produit.nom}]", (CRENEAU,))
    return csv(lignes, Dialecte(partout=True, sans_fin=True))


def google_sheets(contexte: Contexte, bons: Sequence[Bon]) -> bytes:
    """Le même, passé par un tableur en ligne réglé en français."""
    avant = (_datee("Horodateur", lambda instant: f"{instant:%d/%m/%Y %H:%M:%S}"), NOM)
    return csv(grille(contexte, bons, avant, lambda _, produit: f"Produits [{produit.nom}]", (CRENEAU,)), Dialecte(fin="\r\n", sans_fin=True))


def tally(contexte: Contexte, bons: Sequence[Bon]) -> bytes:
    """Tally : identifiant d'envoi, heure universelle."""
    avant = (
        Colonne("Submission ID", lambda bon, _: bon.identifiant),
        Colonne("Respondent ID", lambda bon, _: bon.identifiant[::-1].lower()),
        Colonne("Submitted at", lambda bon, _: f"{bon.envoi.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if bon.envoi else ""),
        NOM,
    )
    return csv(grille(contexte, bons, avant, nom_et_unite), Dialecte())


def liberaforms(contexte: Contexte, bons: Sequence[Bon]) -> bytes:
    """LiberaForms : date en dernière colonne."""
    apres = (_datee("Créé", lambda instant: f"{instant:%Y-%m-%d %H:%M:%S}"),)
    return csv(grille(contexte, bons, (_fixe("Marqué", "False"), NOM), nom_et_unite, apres), Dialecte(fin="\r\n"))


def microsoft_forms(contexte: Contexte, bons: Sequence[Bon]) -> bytes:
    """Microsoft Forms : un classeur, de vraies dates, le compte de qui répond (ici personne) avant la question du même nom."""
    debut = _datee("Heure de début", lambda instant: f"{instant:%Y-%m-%d %H:%M:%S}", timedelta(minutes=-4))
    avant = (
        Colonne("ID", lambda _, rang: str(rang)),
        debut,
        _datee("Heure de fin", lambda instant: f"{instant:%Y-%m-%d %H:%M:%S}"),
        _fixe("Adresse de messagerie", "anonymous"),
        _fixe("Nom", ""),
        _fixe("Heure de la dernière modification", ""),
        NOM._replace(intitule="Nom2"),
    )
    return xlsx(grille(contexte, bons, avant, nom_et_unite), "Sheet1", (1, 2))


def grist(contexte: Contexte, bons: Sequence[Bon]) -> bytes:
    """Une table Grist exportée en CSV : une colonne numérique que personne n'a remplie y vaut zéro."""
    entete, *lignes = grille(contexte, bons, (NOM, CRENEAU), nom_seul)
    return csv([entete, *([*ligne[:2], *(case or "0" for case in ligne[2:])] for ligne in lignes)], Dialecte(fin="\r\n"))


def limesurvey(contexte: Contexte, bons: Sequence[Bon]) -> bytes:
    """LimeSurvey : dix décimales, une ligne vide à la fin."""
    avant = (
        Colonne("ID de la réponse", lambda _, rang: str(rang + 2)),
        _datee("Date de soumission", lambda instant: f"{instant:%Y-%m-%d %H:%M:%S}"),
        _fixe("Dernière page", "2"),
        _fixe("Langue de départ", "fr"),
        NOM,
    )
    lignes = grille(contexte, bons, avant, lambda _, produit: f"Produits [{produit.nom}][Quantité]")
    return csv(lignes, Dialecte(";", "utf-8-sig", "\r\n", partout=True)) + b"\r\n"


def nextcloud(contexte: Contexte, bons: Sequence[Bon]) -> bytes:
    """Nextcloud Forms : une grille de nombres, puis le créneau. Un bon qui a glissé porte déjà ses quantités au mauvais endroit."""
    avant = (
        _fixe("Identifiant utilisateur", ""),
        _fixe("Nom d'affichage de l'utilisateur", "Utilisateur anonyme"),
        _datee("Horodatage", datetime.isoformat),
        NOM,
    )
    lignes = grille(contexte, bons, avant, lambda _, produit: f"Produits ({produit.nom} - Quantité)", (CRENEAU,))
    return csv(lignes, Dialecte(encodage="utf-8-sig", partout=True))


def cryptpad(contexte: Contexte, bons: Sequence[Bon]) -> bytes:
    """CryptPad : heure universelle ; une grille laissée vide raccourcit la ligne."""
    avant = (
        Colonne("Heure", lambda bon, rang: f"{bon.envoi.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{rang * 37 % 1000:03d}Z" if bon.envoi else ""),
        _fixe("Participant·e", "Visiteur·se"),
        NOM,
    )
    entete, *reponses = grille(contexte, bons, avant, lambda _, produit: f"Produits | {produit.nom}", (CRENEAU,))
    courtes = [ligne[: len(avant) + 2] if bon.glisse else ligne for bon, ligne in zip(bons, reponses, strict=True)]
    return csv([entete, *courtes], Dialecte(sans_fin=True))


_FRAMAFORMS = (
    Colonne("Séquentiel", lambda _, rang: str(rang)),
    Colonne("SID", lambda _, rang: str(48_200 + 4 * rang)),
    _datee("Heure de soumission", lambda instant: f"{instant:%d/%m/%Y - %H:%M}", timedelta(minutes=-3)),
    Colonne("Heure de complétion", lambda bon, _: f"{bon.envoi.astimezone(PARIS):%d/%m/%Y - %H:%M}" if bon.envoi and not bon.brouillon else ""),
    _datee("Heure de modification", lambda instant: f"{instant:%d/%m/%Y - %H:%M}"),
    Colonne("Brouillon", lambda bon, _: "1" if bon.brouillon else "0"),
    Colonne("Adresse IP", lambda _, rang: f"203.0.113.{rang + 6}"),
    _fixe("UID", "0"),
    _fixe("Nom d'utilisateur", "Anonyme"),
    NOM,
    TELEPHONE,
    CRENEAU,
)


def _framaforms(contexte: Contexte, bons: Sequence[Bon], dialecte: Dialecte) -> bytes:
    """Trois lignes d'en-tête : le titre, les groupes de questions, les intitulés. Le comté s'y demande en grammes."""
    lignes = grille(contexte, [_peser(contexte, bon) for bon in bons], _FRAMAFORMS, _nom_et_unite_du_fromage)
    vides = [""] * (len(lignes[0]) - 1)
    groupes = ["Détails de la soumission", *vides]
    groupes[len(_FRAMAFORMS)] = "Produits"
    return csv([[contexte.commande.titre, *vides], groupes, *lignes], dialecte)


def _au_gramme(produit: Produit) -> bool:
    return "comte" in produit.ref and produit.unite == "kg"


def _nom_et_unite_du_fromage(contexte: Contexte, produit: Produit) -> str:
    return f"{produit.nom} (g)" if _au_gramme(produit) else nom_et_unite(contexte, produit)


def _peser(contexte: Contexte, bon: Bon) -> Bon:
    """Le même bon, les quantités de comté écrites en grammes (1,5 → 1500), comme le veut l'intitulé de sa colonne."""
    legers = {produit.ref for produit in contexte.vitrine if _au_gramme(produit)}
    articles = []
    for article in bon.articles:
        lu = lire_quantite(article.lu, "kg") if article.ref in legers else Refus("", "")
        articles.append(article._replace(lu=str(lu)) if isinstance(lu, int) else article)
    return bon._replace(articles=tuple(articles))


def framaforms(contexte: Contexte, bons: Sequence[Bon]) -> bytes:
    """Framaforms, texte délimité par des points-virgules."""
    return _framaforms(contexte, bons, Dialecte(";", partout=True))


def framaforms_virgule(contexte: Contexte, bons: Sequence[Bon]) -> bytes:
    """Le même, par des virgules."""
    return _framaforms(contexte, bons, Dialecte(partout=True))


def framaforms_xls(contexte: Contexte, bons: Sequence[Bon]) -> bytes:
    """Le même, « Excel (anciennes versions) » : du texte UTF-16 à tabulations qui se fait passer pour un classeur."""
    return _framaforms(contexte, bons, Dialecte("\t", "utf-16", partout=True))


def colonnes_de_grille(contexte: Contexte) -> tuple[Produit, ...]:
    """Les produits de la grille, dans l'ordre de ses colonnes : là où tombent les quantités qui glissent."""
    return contexte.vitrine


FORMULAIRES = (
    Forme("google-forms", "google-forms.csv", google_forms, Main.POINT, datee=True),
    Forme("google-sheets", "google-sheets.csv", google_sheets, Main.VIRGULE, datee=True),
    Forme("tally", "tally.csv", tally, Main.POINT, datee=True),
    Forme("liberaforms", "liberaforms.csv", liberaforms, Main.POINT, datee=True),
    Forme("microsoft-forms", "microsoft-forms.xlsx", microsoft_forms, Main.POINT, datee=True),
    Forme("grist", "grist.csv", grist, Main.LIBRE),
    Forme("limesurvey", "limesurvey.csv", limesurvey, Main.DIX_DECIMALES, datee=True),
    Forme("nextcloud", "nextcloud.csv", nextcloud, Main.POINT, datee=True),
    Forme("nextcloud-decale", "nextcloud-decale.csv", nextcloud, Main.POINT, datee=True),
    Forme("cryptpad", "cryptpad.csv", cryptpad, Main.VIRGULE, datee=True),
    Forme("framaforms", "framaforms.csv", framaforms, Main.POINT, datee=True),
    Forme("framaforms-virgule", "framaforms-virgule.csv", framaforms_virgule, Main.POINT, datee=True),
    Forme("framaforms-xls", "framaforms-ancien.xls", framaforms_xls, Main.POINT, datee=True),
)
