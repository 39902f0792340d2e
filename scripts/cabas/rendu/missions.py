"""Les pages des missions : l'en-tête d'une fiche, la liste de toutes, et les deux semaines qui viennent d'un groupement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from cabas.calculs.agenda import Evenement, Genre, du_groupement, sans_date, titre
from cabas.calculs.moments import PHASES, lire_moments, phase, rang
from cabas.constats import Refus
from cabas.mission import Mission
from cabas.modele import Depot, Groupement
from cabas.rendu.calendrier import jour as jour_lisible
from cabas.rendu.echappement import Lien, entete, litteral
from cabas.rendu.guide import Texte, faits_mission, materiel, quand_en_clair
from cabas.temps import PARIS
from cabas.typographie import heure

SEMAINE = 7
LISTE = "<!-- la liste des missions -->"
"""Dans content/guide/missions/index.md, l'endroit où va la liste."""


class Ligne(NamedTuple):
    """Une date à lire : son heure (vide pour une journée), ce qui se passe, où, la fiche qui l'explique, et pour quelle commande."""

    heures: str
    titre: str
    lieu: str
    precision: str
    mission: Mission | None
    commande: str


class Journee(NamedTuple):
    """Un jour où il se passe quelque chose."""

    nom: str
    lignes: list[Ligne]


class Semaine(NamedTuple):
    """Les jours d'une semaine, et comment on l'appelle."""

    titre: str
    jours: list[Journee]


def bloc_de_tete(gabarit: Any, texte: Texte, *, imprimable: bool) -> tuple[str, str]:
    """La première ligne d'une fiche (son titre), et son résumé rendu par le gabarit."""
    faits = faits_mission(texte.entete)
    commande = str(texte.entete.get("commande_outil") or "")
    bloc: str = gabarit.render(faits=faits, materiel=materiel(texte.entete), commande=commande, imprimable=imprimable)
    nom = str(texte.entete.get("titre") or PurePosixPath(texte.chemin).stem)
    return f"# {litteral(nom)}", bloc


def ordonner(missions: Mapping[str, Mission]) -> dict[str, list[Mission]]:
    """Les missions dans l'ordre du cycle, par moment ; une mission dont le moment ne se lit pas n'y est pas."""
    rangees: dict[str, list[tuple[tuple[int, int, int], Mission]]] = {}
    for _slug, mission in sorted(missions.items()):
        lus = lire_moments(mission.quand)
        if not isinstance(lus, Refus):
            rangees.setdefault(phase(lus[0]), []).append((rang(lus[0]), mission))
    return {
        nom: [mission for _rang, mission in sorted(rangees[nom], key=lambda paire: (paire[0], paire[1].slug))] for nom in PHASES if nom in rangees
    }


def liste(missions: Mapping[str, Mission]) -> str:
    """La liste des missions, en Markdown, dans l'ordre du cycle, une partie par moment."""
    morceaux = []
    for nom, suite in ordonner(missions).items():
        morceaux += [f"## {nom}", "", "| Mission | Quand | Durée | Qui |", "|---|---|---|---|", *(_rangee(mission) for mission in suite), ""]
    return "\n".join(morceaux)


def _rangee(mission: Mission) -> str:
    cases = (f"[{litteral(mission.titre)}]({mission.slug}/index.md)", *map(litteral, (quand_en_clair(mission.quand), mission.duree, mission.role)))
    return f"| {' | '.join(cases)} |"


def cette_semaine(depot: Depot, groupement: Groupement, maintenant: datetime) -> tuple[str, dict[str, Any]]:
    """L'en-tête et les valeurs de la page « cette semaine » d'un groupement."""
    tete = entete(
        hide=("navigation", "toc"),
        fil=(Lien("Groupements", "../../index.html"), Lien(groupement.nom, "../index.html")),
        title=f"Cette semaine, {groupement.nom}",
        source=groupement.source.fichier,
        description=f"{groupement.nom} : les dates et les missions des deux semaines qui viennent.",
    )
    dates = du_groupement(depot, groupement)
    semaines, suite = deux_semaines(dates, maintenant), prochaine(dates, maintenant)
    return tete, {"groupement": groupement, "semaines": semaines, "prochaine": suite, "toute_l_annee": sans_date(depot)}


def deux_semaines(evenements: Iterable[Evenement], maintenant: datetime) -> list[Semaine]:
    """Ce qui arrive dans les quatorze jours, aujourd'hui compris, en deux semaines ; une semaine vide reste, sans jour."""
    aujourd_hui = maintenant.astimezone(PARIS).date()
    par_jour: dict[date, list[Evenement]] = {}
    for un in evenements:
        par_jour.setdefault(un.debut.astimezone(PARIS).date(), []).append(un)
    semaines = []
    for nom, debut in (("Les sept jours qui viennent", 0), ("La semaine d’après", SEMAINE)):
        jours = [aujourd_hui + timedelta(days=debut + rang) for rang in range(SEMAINE)]
        journees = [Journee(_nom(jour, maintenant), [_ligne(un) for un in par_jour[jour]]) for jour in jours if jour in par_jour]
        semaines.append(Semaine(nom, journees))
    return semaines


def prochaine(evenements: Iterable[Evenement], maintenant: datetime) -> str:
    """La première date au-delà des quatorze jours, en une phrase ; vide s'il n'y en a pas."""
    fin = maintenant.astimezone(PARIS).date() + timedelta(days=2 * SEMAINE)
    suivant = next((un for un in evenements if un.debut.astimezone(PARIS).date() >= fin and un.genre is not Genre.MISSION), None)
    return f"{titre(suivant)} : {jour_lisible(suivant.debut, maintenant)} ({suivant.commande.titre})." if suivant else ""


def _nom(jour: date, maintenant: datetime) -> str:
    dit = jour_lisible(datetime.combine(jour, datetime.min.time(), PARIS), maintenant)
    ecart = (jour - maintenant.astimezone(PARIS).date()).days
    return {0: f"Aujourd’hui, {dit}", 1: f"Demain, {dit}"}.get(ecart, dit.capitalize())


def _ligne(un: Evenement) -> Ligne:
    heures = "" if un.entier else f"de {heure(un.debut)} à {heure(un.fin)}" if un.fin else f"à {heure(un.debut)}"
    lieu = "" if un.genre is Genre.PERMANENCE else un.lieu
    return Ligne(heures, titre(un), lieu, un.precision, un.mission, un.commande.titre)
