"""Les missions : leur moment se lit et se date, leur fiche s'imprime, chaque besoin du terrain a la sienne."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path, PurePosixPath

import pytest
from conftest import RACINE
from hypothesis import given, settings
from hypothesis import strategies as st

from cabas.calculs.moments import PHASES, REPERES, RYTHMES, Moment, dater, en_clair, lire_moments, phase, rang
from cabas.calculs.permanences import seances
from cabas.cli import VERBES
from cabas.constats import Refus
from cabas.documents.fiche_mission import donnees_de_la_fiche, fiche_pdf
from cabas.lecture.depot import charger
from cabas.mission import Mission
from cabas.publication import missions
from cabas.rendu.missions import liste
from cabas.temps import PARIS

FICHES = charger(RACINE, lambda _empreinte: True)[0].missions
PREVUES = """annonce appel-aux-benevoles permanence-de-commande brouillons-et-depassements fusion-des-bons commande-aux-productrices
    preparer-la-distribution etiquettes-et-decoupe rappel reception distribution caisse rangement suivi-et-enveloppe ambassade rencontres
    catalogue-du-mois palettes materiel bons-et-modeles accompagnement accueil cellier tresorerie assemblee"""


def paris(mois: int, jour: int, heure: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, mois, jour, heure, minute, tzinfo=PARIS)


CYCLE = {
    "ouverture": [paris(10, 20, 8)],
    "cloture": [paris(10, 24, 20)],
    "permanence": [paris(10, 21, 17), paris(10, 23, 17)],
    "livraison": [paris(10, 29)],
    "distribution": [paris(10, 30, 16)],
}


# --- La grammaire


@pytest.mark.parametrize(
    ("texte", "attendu", "clair"),
    [
        ("distribution", Moment("distribution"), "le jour de la distribution"),
        ("cloture+1j avant 12h", Moment("cloture", 1, "j", time(12), avant=True), "le lendemain de la clôture, avant 12 h"),
        ("cloture -1j à 18h30", Moment("cloture", -1, "j", time(18, 30)), "la veille de la clôture, à 18 h 30"),
        ("ouverture-3j", Moment("ouverture", -3), "3 jours avant l’ouverture"),
        ("livraison+2j", Moment("livraison", 2), "2 jours après la livraison"),
        ("distribution-2h", Moment("distribution", -2, "h"), "2 heures avant la distribution"),
        ("permanence-30min", Moment("permanence", -30, "min"), "30 minutes avant la permanence"),
        ("distribution+1h", Moment("distribution", 1, "h"), "1 heure après la distribution"),
        ("mensuel", Moment("mensuel"), "une fois par mois"),
    ],
)
def test_un_moment_se_lit_et_se_dit(texte, attendu, clair):
    assert lire_moments(texte) == (attendu,)
    assert en_clair(attendu) == clair


def test_plusieurs_moments_se_suivent():
    assert lire_moments("ouverture puis distribution-3j") == (Moment("ouverture"), Moment("distribution", -3))


@pytest.mark.parametrize(
    "texte",
    ["", "un jour", "cloture+1", "cloture+1j avant", "cloture+1j avant 25h", "cloture avant 12h75", "distribution-2h à 12h", "mensuel+1j", "+1j",
     "cloture+1j puis", "puis cloture", "cloture + j", "fermeture"],
)  # fmt: skip
def test_ce_qui_ne_se_lit_pas_est_refuse_avec_un_remede(texte):
    refus = lire_moments(texte)
    assert isinstance(refus, Refus)
    assert (refus.code, bool(refus.fait), bool(refus.remede)) == ("quand-illisible", True, True)


@pytest.mark.parametrize(("texte", "propose"), [("clôture+1j", "« cloture »"), ("ouvertur", "« ouverture »"), ("mensuelle", "« mensuel »")])
def test_le_repere_le_plus_proche_est_propose(texte, propose):
    refus = lire_moments(texte)
    assert isinstance(refus, Refus)
    assert propose in refus.remede


ECRITS = st.builds(
    lambda repere, ecart, unite, heure, avant: (
        f"{repere}{f'{ecart:+d}{unite}' if ecart else ''}"
        + (f" {'avant' if avant else 'à'} {heure.hour}h{heure.minute:02d}" if heure is not None and (unite == "j" or not ecart) else "")
    ),
    st.sampled_from(sorted(REPERES)), st.integers(-400, 400), st.sampled_from(["j", "h", "min"]), st.none() | st.times(), st.booleans(),
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(ECRITS, min_size=1, max_size=3))
def test_tout_ce_que_la_grammaire_permet_se_lit_se_dit_et_se_date(ecrits):
    lus = lire_moments(" puis ".join(ecrits))
    assert not isinstance(lus, Refus), ecrits
    assert len(lus) == len(ecrits)
    for moment in lus:
        assert en_clair(moment)
        assert phase(moment) in PHASES
        assert rang(moment)[0] == PHASES.index(phase(moment))
        dates = dater(moment, CYCLE)
        assert len(dates) == len(CYCLE[moment.repere])
        assert all(une.debut.tzinfo is PARIS for une in dates)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_un_texte_quelconque_est_lu_ou_refuse_jamais_une_faute(texte):
    assert isinstance(lire_moments(texte), Refus | tuple)


# --- Les dates


@pytest.mark.parametrize(
    ("texte", "debut", "entier", "precision"),
    [
        ("distribution", paris(10, 30), True, ""),
        # Dans la nuit du 24 au 25 octobre 2026 on passe à l'heure d'hiver : un jour reste un jour, une heure reste une heure.
        ("cloture+1j avant 12h", paris(10, 25), True, "avant 12 h"),
        ("cloture+1j à 20h", paris(10, 25, 20), False, ""),
        ("cloture+24h", paris(10, 25, 19), False, ""),
        ("distribution-2h", paris(10, 30, 14), False, ""),
        # La livraison n'a qu'un jour : deux heures avant minuit ne voudraient rien dire.
        ("livraison-2h", paris(10, 29), True, ""),
        ("livraison-1j", paris(10, 28), True, ""),
    ],
)
def test_un_moment_se_date(texte, debut, entier, precision):
    (moment,) = lire_moments(texte)
    (date,) = dater(moment, CYCLE)
    assert (date.debut, date.debut.utcoffset(), date.entier, date.precision) == (debut, debut.utcoffset(), entier, precision)


def test_une_permanence_a_plusieurs_dates_et_un_rythme_aucune():
    assert [une.debut for une in dater(Moment("permanence", -30, "min"), CYCLE)] == [paris(10, 21, 16, 30), paris(10, 23, 16, 30)]
    assert dater(Moment("mensuel"), CYCLE) == []
    assert dater(Moment("livraison"), {**CYCLE, "livraison": []}) == []


@pytest.mark.parametrize(
    ("phrase", "dates"),
    [
        ("mardi de 17 h à 19 h, dans le hall", [(11, 24, 17, 0), (12, 1, 17, 0)]),
        ("Lundi de 14h à 16h et mercredi de 17 h 30 à 19 h, à l’accueil", [(11, 23, 14, 0), (11, 25, 17, 30), (11, 30, 14, 0), (12, 2, 17, 30)]),
        ("samedi de 10 h à 12 h, dans l’ancienne école, les deux semaines avant la clôture", [(11, 21, 10, 0), (11, 28, 10, 0)]),
        ("mardi de 17 h à 19 h pendant la semaine de commande, dans le hall", [(11, 24, 17, 0), (12, 1, 17, 0)]),
        ("le premier mardi de 17 h à 19 h", []),
        ("mardi de 17 h à 19 h, une semaine sur deux", []),
        ("mardi de 17 h à 19 h, sauf vacances", []),
        ("mardi de 17 h à 19 h, ou sur rendez-vous", []),
        ("mardi de 19 h à 17 h", []),
        ("tous les jours", []),
        ("", []),
    ],
)
def test_une_permanence_n_a_de_date_que_si_on_la_comprend_en_entier(phrase, dates):
    trouvees = seances(phrase, paris(11, 21, 8), paris(12, 4, 20))
    assert [(une.debut.month, une.debut.day, une.debut.hour, une.debut.minute) for une in trouvees] == dates
    assert all(timedelta(hours=1) <= une.fin - une.debut <= timedelta(hours=3) for une in trouvees)


def test_les_deux_semaines_avant_la_cloture_ne_sont_pas_trois():
    phrase = "samedi de 10 h à 12 h, les deux semaines avant la clôture"
    assert [une.debut.day for une in seances(phrase, paris(11, 1, 8), paris(12, 4, 20))] == [21, 28]


# --- Les fiches du réseau


def test_chaque_besoin_de_v_a_sa_fiche():
    couverts = {besoin for mission in FICHES.values() for besoin in mission.besoins}
    assert [f"V{numero}" for numero in range(1, 28) if f"V{numero}" not in couverts] == []
    assert {"G2", "G7", "G8", "G9", "G10", "G11", "G12"} <= couverts


def test_les_fiches_prevues_sont_la():
    assert set(PREVUES.split()) <= set(FICHES)


@pytest.mark.parametrize("slug", sorted(FICHES))
def test_une_fiche_se_tient(slug):
    fiche = FICHES[slug]
    assert fiche.presentation.startswith(f"# {fiche.titre}\n")
    assert fiche.besoins
    assert fiche.materiel
    dits = re.search(r"Cette page répond aux? besoins? (.+)\.$", fiche.presentation)
    assert dits
    assert set(fiche.besoins) <= set(re.findall(r"[VG]\d+", dits[1])), "l’en-tête et la dernière ligne ne disent pas les mêmes besoins"
    cites = set(re.findall(r"`cabas ([a-z]+)", f"{fiche.presentation} `{fiche.commande_outil}`"))
    assert cites <= set(VERBES), "cette fiche promet une commande qui n’existe pas"


def test_la_liste_des_missions_suit_le_cycle():
    rendu = liste(FICHES)
    assert re.findall(r"^## (.+)$", rendu, re.MULTILINE) == list(PHASES)
    rangs = [rendu.index(f"]({slug}/index.md)") for slug in ("annonce", "permanence-de-commande", "fusion-des-bons", "distribution", "assemblee")]
    assert rangs == sorted(rangs)
    assert rendu.count("/index.md)") == len(FICHES)


# --- La fiche à imprimer


def _pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


@pytest.mark.parametrize("slug", ["annonce", "fusion-des-bons"])
def test_une_fiche_imprimee_est_balisee_et_toujours_la_meme(slug):
    pdf = fiche_pdf(FICHES[slug])
    assert pdf == fiche_pdf(FICHES[slug])
    assert b"CreationDate" not in pdf, "la date de composition changerait les octets"
    assert b"pdfuaid:part" in pdf
    assert b"/StructTreeRoot" in pdf
    assert 1 <= _pages(pdf) <= 3


def test_les_etapes_et_la_fin_deviennent_des_cases_et_les_pieges_non():
    donnees = donnees_de_la_fiche(FICHES["caisse"])
    sections: dict[str, list[bool]] = {}
    for bloc in donnees["corps"]:
        if bloc["genre"] == "titre":
            nom = bloc["contenu"][0]["texte"]
        elif bloc["genre"] == "liste":
            sections.setdefault(nom, []).append(bloc["a_cocher"])
    assert sections["Avec chaque personne"] == [True]
    assert sections["C’est fini quand"] == [True]
    assert sections["Les pièges"] == [False]
    assert [bloc for bloc in donnees["corps"] if bloc["genre"] == "titre" and bloc["niveau"] == 1] == []


@pytest.mark.parametrize(
    "texte",
    ['# X\n\n<script>alert(1)</script> #eval("1") $x$ @y `#let`\n\n1. *a* _b_ \\ [x](javascript:1)', "", "# X", "🥕 العربية 漢字",
     '- [ ] à faire\n- [x] fait\n\n| a | b |\n|---|---:|\n| 1 | 2 |\n\n```sh\ncabas <x> & "y"\n```\n\nmot\n:   sens'],
)  # fmt: skip
def test_une_fiche_hostile_ou_vide_s_imprime_quand_meme(texte):
    mission = Mission("x", '#panic("non") *T*', "quand on veut", "1 h", "qui", materiel=("#x", "[y]"), presentation=texte)
    assert _pages(fiche_pdf(mission)) >= 1


def test_seules_les_fiches_changees_sont_recomposees(mini_depot: Path, modifier: Callable[[str, str, str], Path], tmp_path, monkeypatch):
    from cabas.documents import fiche_mission

    faites: list[str] = []
    monkeypatch.setattr(fiche_mission, "fiche_pdf", lambda mission: faites.append(mission.slug) or mission.titre.encode())
    une = charger(mini_depot)[0]
    depot = une._replace(missions={**une.missions, "autre": une.missions["caisse"]._replace(slug="autre", titre="Autre")})
    premieres = missions.fiches(depot, tmp_path / "reserve")
    assert set(premieres) == {PurePosixPath("caisse/fiche.pdf"), PurePosixPath("autre/fiche.pdf")}
    assert missions.fiches(depot, tmp_path / "reserve") == premieres
    assert sorted(faites) == ["autre", "caisse"]
    change = depot._replace(missions={**depot.missions, "autre": depot.missions["autre"]._replace(duree="5 h")})
    missions.fiches(change, tmp_path / "reserve")
    assert sorted(faites) == ["autre", "autre", "caisse"]
    assert len(list((tmp_path / "reserve").iterdir())) == 2


def test_les_rythmes_n_ont_pas_de_repere():
    assert not set(RYTHMES) & set(REPERES)


def test_le_menu_suit_le_cycle() -> None:
    from pathlib import PurePosixPath

    from cabas.publication.guide import menu

    reglage = {"nav": [{"Missions": ["missions/index.md"]}]}
    pages = [PurePosixPath("missions/index.md"), *(PurePosixPath(f"missions/{slug}/index.md") for slug in ("caisse", "annonce", "zebre"))]
    nav, constats = menu(reglage, pages, frozenset(), ["annonce", "caisse"])
    assert nav == [{"Missions": ["missions/index.md", "missions/annonce/index.md", "missions/caisse/index.md", "missions/zebre/index.md"]}]
    assert constats == []
