"""L'agenda : relu par icalendar et par les règles du format, à l'heure de Paris, le même à chaque fois ; et la page qui en vient."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path, PurePosixPath

import pytest
from conftest import RACINE
from icalendar import Calendar

from cabas.calculs.agenda import Genre, du_groupement, du_reseau
from cabas.lecture.depot import charger
from cabas.modele import Depot
from cabas.publication.agendas import agendas
from cabas.rendu.agenda import agenda_ics
from cabas.rendu.missions import deux_semaines, prochaine
from cabas.rendu.pages import pages
from cabas.temps import PARIS

PENDANT = datetime(2026, 12, 3, 12, 0, tzinfo=PARIS)
AVANT = datetime(2026, 10, 2, 12, 0, tzinfo=PARIS)
FINI = datetime(2027, 2, 1, 12, 0, tzinfo=PARIS)


def deja_vus(_empreinte: str) -> bool:
    """Les schémas ont leurs essais : ici on ne les refait pas."""
    return True


@pytest.fixture(scope="module")
def reseau() -> Depot:
    return charger(RACINE, deja_vus)[0]


@pytest.fixture
def depot(mini_depot: Path) -> Depot:
    return charger(mini_depot, deja_vus)[0]


def ics(depot: Depot, slug: str = "") -> str:
    groupement = depot.groupements.get(slug)
    return agenda_ics(du_groupement(depot, groupement) if groupement else du_reseau(depot), "Essai")


def evenements(texte: str) -> list:
    return list(Calendar.from_ical(texte).walk("VEVENT"))


def tous(depot: Depot) -> list[str]:
    return [ics(depot), *(ics(depot, slug) for slug in depot.groupements)]


def test_chaque_agenda_suit_les_regles_du_format(reseau):
    for texte in tous(reseau):
        lignes = texte.encode().split(b"\r\n")
        assert b"\n" not in b"".join(lignes), "une fin de ligne n’est pas CRLF"
        assert lignes[-1] == b""
        assert [ligne for ligne in lignes if len(ligne) > 75] == []
        faits = evenements(texte)
        assert len({un["UID"] for un in faits}) == len(faits) > 10
        for un in faits:
            assert {"UID", "DTSTAMP", "DTSTART", "SUMMARY"} <= set(un)
            assert un["DTSTAMP"].dt.utcoffset() == timedelta(0)
            if "DTEND" in un:
                assert un["DTEND"].dt > un["DTSTART"].dt
        assert Calendar.from_ical(texte)["VERSION"] == "2.0"


def test_memes_fiches_memes_octets(reseau):
    assert tous(reseau) == tous(charger(RACINE, deja_vus)[0])


def test_seuls_les_agendas_changes_sont_reecrits(depot, tmp_path):
    reserve = tmp_path / "reserve"
    premiers = agendas(depot, reserve)
    assert set(map(str, premiers)) == {"agenda.ics", "groupements/la-remise/agenda.ics", "groupements/les-tilleuls/agenda.ics"}
    for garde in reserve.iterdir():
        garde.write_bytes(b"garde")
    assert set(agendas(depot, reserve).values()) == {b"garde"}
    renomme = depot.groupements["la-remise"]._replace(nom="La Grange")
    seconds = agendas(depot._replace(groupements={**depot.groupements, "la-remise": renomme}), reserve)
    refaits = {str(chemin) for chemin, octets in seconds.items() if octets != b"garde"}
    assert refaits == {"agenda.ics", "groupements/la-remise/agenda.ics"}
    assert len(list(reserve.iterdir())) == 3


def test_les_dates_sont_celles_des_fiches_a_l_heure_de_paris(depot):
    faits = {un["UID"]: un for un in evenements(ics(depot, "les-tilleuls"))}
    ouverture, distribution = (faits[f"2026-12.les-tilleuls.{nom}@cabas"] for nom in ("ouverture", "distribution"))
    assert ouverture["DTSTART"].to_ical() == b"20261201T080000"
    assert ouverture["DTSTART"].params["TZID"] == "Europe/Paris"
    assert ouverture["DTSTART"].dt.astimezone(UTC) == datetime(2026, 12, 1, 7, tzinfo=UTC)
    assert (distribution["DTSTART"].dt, distribution["DTEND"].dt) == (
        datetime(2026, 12, 17, 16, tzinfo=PARIS), datetime(2026, 12, 17, 19, tzinfo=PARIS))  # fmt: skip
    assert distribution["LOCATION"] == "Salle des fêtes"
    assert "16:00 à 17:30, Habitant·e du quartier" in distribution["DESCRIPTION"]
    livraison = faits["2026-12.les-tilleuls.livraison@cabas"]
    assert livraison["DTSTART"].dt == date(2026, 12, 16)
    caisse = faits["2026-12.les-tilleuls.mission.caisse.1@cabas"]
    assert (caisse["SUMMARY"], caisse["DTSTART"].dt) == ("Tenir la caisse · Les Tilleuls", date(2026, 12, 17))


def test_le_fuseau_ecrit_dans_le_fichier_connait_l_heure_d_ete(depot):
    """Un agenda qui ne connaît que le fichier (et pas Europe/Paris) doit trouver la même heure que Paris, jour après jour."""
    fuseau = next(iter(Calendar.from_ical(ics(depot)).walk("VTIMEZONE"))).to_tz(lookup_tzid=False)
    for rang in range(0, 800, 5):
        instant = datetime(2026, 1, 1, 12) + timedelta(days=rang)
        assert fuseau.utcoffset(instant) == instant.replace(tzinfo=PARIS).utcoffset(), instant


def test_une_date_deplacee_garde_son_identifiant(depot):
    commande = depot.commandes["2026-12"]
    plus_tard = tuple(une._replace(cloture=une.cloture + timedelta(days=1)) for une in commande.fenetres)
    deplace = depot._replace(commandes={"2026-12": commande._replace(fenetres=plus_tard)})
    avant, apres = ({un["UID"]: un["DTSTART"].dt for un in evenements(ics(un_depot, "les-tilleuls"))} for un_depot in (depot, deplace))
    assert avant.keys() == apres.keys()
    assert [uid for uid in avant if avant[uid] != apres[uid]] == ["2026-12.les-tilleuls.cloture@cabas"]


def test_le_reseau_a_toutes_les_dates_et_ses_missions_a_lui(reseau):
    communes = {mission.slug for mission in reseau.missions.values() if mission.portee == "reseau"}
    assert {un.mission.slug for un in du_reseau(reseau) if un.mission} == communes - {"accompagnement"}
    for groupement in reseau.groupements.values():
        siens = du_groupement(reseau, groupement)
        assert {un.cle for un in siens if un.genre is not Genre.MISSION} <= {un.cle for un in du_reseau(reseau)}
        assert not {un.mission.slug for un in siens if un.mission} & communes
        assert siens == sorted(siens, key=lambda un: un.debut.astimezone(PARIS).date())


def test_une_permanence_comprise_a_ses_dates(reseau):
    siens = du_groupement(reseau, reseau.groupements["beaubrun"])
    seances = [un for un in siens if un.genre is Genre.PERMANENCE and un.commande.id == "2026-12"]
    assert [(un.debut.day, un.debut.hour) for un in seances] == [(23, 14), (25, 17), (30, 14), (2, 17)]
    tenir = [un for un in siens if un.mission and un.mission.slug == "permanence-de-commande" and un.commande.id == "2026-12"]
    assert [un.debut for un in tenir] == [un.debut - timedelta(minutes=30) for un in seances]


def test_un_nom_hostile_ne_casse_pas_l_agenda(depot):
    mechant = "A; B, C\\n: D\r\nDTSTART:19700101\nBEGIN:VEVENT " + "é" * 90
    groupement = depot.groupements["les-tilleuls"]._replace(nom=mechant)
    texte = ics(depot._replace(groupements={"les-tilleuls": groupement}), "les-tilleuls")
    faits = evenements(texte)
    assert len(faits) == len(evenements(ics(depot, "les-tilleuls")))
    assert all(len(ligne) <= 75 for ligne in texte.encode().split(b"\r\n"))
    assert all("1970" not in str(un["DTSTART"].dt) for un in faits)


# --- Cette semaine


def _page(depot: Depot, maintenant: datetime, slug: str = "les-tilleuls") -> str:
    texte = pages(depot, maintenant)[0][PurePosixPath(f"groupements/{slug}/cette-semaine/index.md")]
    return re.sub("[\u00a0\u202f]", " ", texte)


def test_la_page_dit_les_quatorze_jours_qui_viennent(depot):
    premiere, seconde = deux_semaines(du_groupement(depot, depot.groupements["les-tilleuls"]), PENDANT)
    assert [[ligne.titre for ligne in jour.lignes] for jour in premiere.jours] == [["Les bons ferment"]]
    assert [[ligne.titre for ligne in jour.lignes] for jour in seconde.jours] == [["Livraison"]]
    page = _page(depot, PENDANT)
    assert "### Lundi 7 décembre" in page
    assert "à 20 h" in page
    assert "Tenir la caisse" not in page


def test_la_page_suit_l_horloge_et_mene_aux_fiches(depot):
    page = _page(depot, datetime(2026, 12, 17, 18, 0, tzinfo=PARIS))
    assert "### Aujourd’hui, jeudi 17 décembre" in page
    assert '<a href="../../../missions/caisse/index.html">Tenir la caisse</a>' in page
    assert "de 16 h à 19 h" in page
    assert "Salle des fêtes" in page
    assert "../agenda.ics" in page


def test_le_meme_jour_on_recoit_avant_de_ranger(reseau):
    jour = [un.mission.slug for un in du_groupement(reseau, reseau.groupements["les-tilleuls"])
            if un.mission and un.entier and un.debut == datetime(2026, 11, 26, tzinfo=PARIS)]  # fmt: skip
    assert jour == ["reception", "rangement"]


def test_la_page_vide_le_dit(depot):
    assert "Rien de prévu ces quatorze jours. Ensuite : Les bons ouvrent : mardi 1er décembre (Commande de décembre)." in re.sub(
        r"&#(\d+);", lambda trouve: chr(int(trouve[1])), _page(depot, AVANT)
    )
    assert "La prochaine commande sera annoncée ici." in _page(depot, FINI)
    assert prochaine([], PENDANT) == ""


def test_la_page_du_groupement_mene_a_son_agenda(depot):
    texte = pages(depot, PENDANT)[0][PurePosixPath("groupements/les-tilleuls/index.md")]
    assert 'href="agenda.ics"' in texte
    assert 'href="cette-semaine/index.html"' in texte
