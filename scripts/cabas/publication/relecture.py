"""Relire tout ce que des contributeur·rices ont écrit, avant de rien construire : le guide, les actualités, les présentations.

Entre : le dépôt et ses textes, déjà lus. Sort : les constats de `rendu.relecture` et de `rendu.nouvelles`, et les actualités de
chaque groupement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from cabas.constats import Constat, Emplacement, Gravite
from cabas.modele import Depot, Groupement, Producteur
from cabas.rendu import guide
from cabas.rendu import nouvelles as rubrique
from cabas.rendu.guide import Texte
from cabas.rendu.nouvelles import Nouvelle
from cabas.rendu.relecture import D_ARTICLE, DE_FICHE, DU_GUIDE, Regles, adresses_doubles, relire
from cabas.typographie import date_longue

ACTUALITES = "actualites"


def tout_relire(depot: Depot, textes: Iterable[Texte], articles: Sequence[Texte], publies: Mapping[str, str]) -> list[Constat]:
    """Tous les constats des textes. `publies` : l'adresse de chaque article, par fichier."""
    textes = tuple(textes)
    constats: list[Constat] = []
    for texte in textes:
        # Un titre écrit dans l'en-tête d'une fiche mission est posé par nous : le texte continue au niveau 2.
        regles = Regles(niveau=1) if texte.entete.get("titre") and not texte.corps.lstrip().startswith("# ") else DU_GUIDE
        constats += relire(texte, regles)
    for article in articles:
        constats += rubrique.controler_entete(article, depot.groupements) + _de_l_article(article)
    fiches: list[Producteur | Groupement] = [*depot.producteurs.values(), *depot.groupements.values()]
    for fiche in fiches:
        if fiche.presentation:
            constats += relire(Texte(fiche.source.fichier, {}, fiche.presentation, fiche.source.lignes.get("presentation", 1)), DE_FICHE)
    pages = [(texte.chemin, str(page.with_suffix(".html"))) for texte in textes if (page := guide.destination(texte.chemin))]
    reservees = [f"{ACTUALITES}/{nom}/index.html" for nom in rubrique.RESERVES]
    return constats + adresses_doubles([*pages, *publies.items()], reservees)


def _de_l_article(article: Texte) -> list[Constat]:
    """Les fautes d'un article. Dans son titre et ses mots-clés, une balise ne bloque pas : les gabarits n'en gardent que le texte."""
    champs = rubrique.entete_article(article)
    nus = {champ.ligne for nom, champ in champs.items() if nom != "summary"}
    return [
        constat._replace(gravite=Gravite.AVERTISSEMENT) if constat.code == "html-interdit" and constat.emplacement.ligne in nus else constat
        for constat in relire(article, D_ARTICLE)
    ]


def nouvelles(articles: Iterable[Texte], publies: Mapping[str, str]) -> dict[str, tuple[Nouvelle, ...]]:
    """Par groupement, ses actualités, la plus récente d'abord."""
    dates: list[tuple[str, str, str, Nouvelle]] = []
    for article in articles:
        champs = rubrique.entete_article(article)
        quand = rubrique.lire_date(article, champs)
        groupement = rubrique.valeur(champs, "groupement")
        if quand is None or not groupement or rubrique.valeur(champs, "status") == "draft":
            continue
        titre = rubrique.valeur(champs, "title") or PurePosixPath(article.chemin).stem
        prochaine = rubrique.lire_quand(rubrique.valeur(champs, "prochaine")) if "prochaine" in champs else ""
        une = Nouvelle(titre, publies[article.chemin], date_longue(quand.date()), prochaine)
        dates.append((groupement, quand.isoformat(), article.chemin, une))
    rangees: dict[str, tuple[Nouvelle, ...]] = {}
    for groupement, _quand, _chemin, une in sorted(dates, key=lambda rang: rang[:3], reverse=True):
        rangees[groupement] = (*rangees.get(groupement, ()), une)
    return rangees


def situer(constats: list[Constat], textes: Mapping[str, Texte]) -> list[Constat]:
    """Les mêmes constats, à la ligne du texte qui les cause, quand l'adresse fautive s'y trouve. `textes` : par chemin."""
    return sorted((_situer(constat, textes.get(constat.emplacement.fichier)) for constat in constats), key=lambda constat: constat.rang)


def _situer(constat: Constat, texte: Texte | None) -> Constat:
    citation = re.search(r"« (.+?) »", constat.message)
    if texte is None or citation is None or constat.emplacement.ligne:
        return constat
    adresse, diese, ancre = citation[1].partition("#")
    morceaux = [morceau for morceau in adresse.split("/") if morceau not in ("..", ".", "", "index.html")]
    for aiguille in (f"{diese}{ancre}" if diese else "", citation[1], *reversed(morceaux)):
        rang = next((rang for rang, ligne in enumerate(texte.corps.splitlines(), texte.ligne) if aiguille and aiguille in ligne), 0)
        if rang:
            return constat._replace(emplacement=Emplacement(constat.emplacement.fichier, rang))
    return constat
