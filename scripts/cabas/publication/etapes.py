"""Construire le site, étape par étape : vérifier, préparer les pages, MkDocs et Pelican, les bons, les liens, mettre en place.

Tout se prépare dans `.build/`. Le site en place n'est remplacé qu'à la fin, d'un coup, et seulement si rien n'est faux. Chaque
partie garde l'empreinte de ce dont elle vient : ce qui n'a pas changé n'est pas refait.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from cabas.calculs.offre import fenetres
from cabas.constats import Constat, erreurs
from cabas.modele import Depot
from cabas.publication import actualites, agendas, bons, dossiers, guide, liens, livret, missions, politique, recherche, relecture
from cabas.publication.ecriture import ecrire
from cabas.publication.preparation import Preparation, Sources, preparer, theme
from cabas.publication.verrou import verrouiller
from cabas.temps import PARIS
from cabas.typographie import accorder

ATELIER = ".build"
OUTILS = ("mkdocs", "mkdocs-material", "markdown", "pymdown-extensions", "pelican")
Annoncer = Callable[[str], None]
Processus = subprocess.Popen[str]


def construire(racine: Path, sortie: Path, maintenant: datetime, annoncer: Annoncer, lire: Callable[[], Sources]) -> list[Constat]:
    """Construit le site du dépôt `racine` dans `sortie`. Sort les constats ; s'il y a une erreur, `sortie` n'est pas touché.

    `lire` charge et contrôle le dépôt. Lève `verrou.Occupe` si une autre construction est en cours.
    """
    with verrouiller(racine / ATELIER):
        dossiers.reprendre(sortie.resolve())
        return _Chantier(racine, sortie, annoncer).mener(lire, maintenant)


class _Chantier:
    """Une construction : ses dossiers, et le souvenir de la précédente."""

    def __init__(self, racine: Path, sortie: Path, annoncer: Annoncer) -> None:
        self.sortie, self.annoncer = sortie.resolve(), annoncer
        self.atelier = racine / ATELIER
        self.theme = theme()
        self.memoire = self.atelier / "construction.json"
        self.liens = self.atelier / "cache" / "liens.json"
        self.souvenir: dict[str, str] = _souvenir(self.memoire)

    def mener(self, lire: Callable[[], Sources], maintenant: datetime) -> list[Constat]:
        # Une première construction sait qu'il lui faudra MkDocs : il se charge pendant que les fiches se lisent.
        mkdocs = None if self.souvenir else guide.chauffer(self.atelier)
        try:
            sources = lire()
            if erreurs(sources.constats):
                return sources.constats
            tout = dossiers.empreinte({}, sources.empreinte, _code(), *(version(outil) for outil in OUTILS))
            if self._rien_de_neuf(tout, maintenant):
                self.annoncer("Rien n’a changé depuis la dernière construction.")
                return sources.constats
            mkdocs = mkdocs or guide.chauffer(self.atelier)
            return self._tout_faire(sources, maintenant, tout, mkdocs)
        finally:
            if mkdocs is not None:
                guide.renoncer(mkdocs)

    def _tout_faire(self, sources: Sources, maintenant: datetime, tout: str, mkdocs: Processus) -> list[Constat]:
        """Les bons papier, les plus longs, partent d'abord : ils avancent pendant que tout le reste se prépare."""
        site_url = str(sources.reglage.get("site_url") or "")
        papiers = bons.EnCours(sources.depot, maintenant, self.atelier / "cache" / "bons", sources.figes, site_url)
        try:
            return self._construire(sources, maintenant, tout, mkdocs, papiers)
        finally:
            papiers.renoncer()

    def _construire(self, sources: Sources, maintenant: datetime, tout: str, mkdocs: Processus, papiers: bons.EnCours) -> list[Constat]:
        prepare = preparer(sources, maintenant, self.atelier)
        constats = [*sources.constats, *prepare.constats, *livret.inconnus(sources.textes)]
        if erreurs(constats):
            return constats
        compte = sum(page.suffix == ".md" for page in prepare.pages)
        self.annoncer(f"{accorder(compte, 'page')} et {accorder(len(prepare.articles), 'actualité')} préparées.")
        parts, refus = self._parties(sources, prepare, mkdocs, papiers)
        if refus:
            return [*constats, *refus]
        self.souvenir.update(zip(("guide", "actualites"), parts))
        constats += self._poser(prepare.sources, sources)
        if not erreurs(constats):
            fin = echeance(sources.depot, maintenant).timestamp()
            self.souvenir[self._cle] = f"{tout} {dossiers.etat(self.sortie)} {maintenant.timestamp()} {fin}"
        ecrire(self.memoire, json.dumps(self.souvenir, indent=1, sort_keys=True))
        return constats

    @property
    def _cle(self) -> str:
        return f"site:{self.sortie}"

    def _rien_de_neuf(self, tout: str, maintenant: datetime) -> bool:
        """Le site en place vient-il des mêmes octets, sans qu'on y ait touché, et dit-il encore vrai à cet instant ?"""
        if not self.sortie.is_dir():
            return False
        avant, etat, depuis, jusque = [*self.souvenir.get(self._cle, "").split(" "), "", "", "", ""][:4]
        return avant == tout and etat == dossiers.etat(self.sortie) and float(depuis) <= maintenant.timestamp() < float(jusque)

    def _parties(self, sources: Sources, prepare: Preparation, mkdocs: Processus, papiers: bons.EnCours) -> tuple[list[str], list[Constat]]:
        """MkDocs et Pelican dans leurs processus, les pages des bons ici pendant ce temps. Sort l'empreinte du guide et des actualités."""
        outils = [*(version(outil) for outil in OUTILS), politique.politique((), ())]
        allure = dossiers.lire_dossier(self.theme)
        reglage = json.dumps([prepare.nav, prepare.reseau, sources.reglage], sort_keys=True, ensure_ascii=False)
        du_guide = dossiers.empreinte({**allure, **prepare.pages}, reglage, *outils)
        des_actualites = dossiers.empreinte({**allure, **prepare.articles}, reglage, *outils)
        site_url = str(sources.reglage.get("site_url") or "")

        dossiers.synchroniser(self.atelier / "pages", prepare.pages)
        ecrire(self.atelier / guide.REGLAGE, guide.reglage_derive(self.atelier, self.theme, prepare.reseau, prepare.nav))
        guide_a_faire = not self._intact("guide", du_guide)
        if guide_a_faire:
            guide.lancer(mkdocs)
        pelican = None if self._intact("actualites", des_actualites) else self._lancer_pelican(sources, prepare)
        a_cote = livret.lancer(livret.livre(sources.depot, sources.textes, prepare.nav, sources.reglage), self.atelier / "cache" / "livret")
        try:
            photos = frozenset(page.name for page in prepare.pages if page.parts[0] == "photos")
            pages = papiers.pages(sources.revision, photos)
            self.annoncer(f"{accorder(sum(chemin.name == 'index.html' for chemin in pages), 'bon')} de commande.")
            releves = [octets for chemin, octets in pages.items() if chemin.suffix == ".html"]
            des_agendas = agendas.agendas(sources.depot, self.atelier / "cache" / "agendas")
            dossiers.synchroniser(self.atelier / "missions", missions.fiches(sources.depot, self.atelier / "cache" / "missions"))
        finally:
            refus = guide.attendre(mkdocs, prepare.sources) if guide_a_faire else []
            refus += actualites.attendre(pelican, site_url, self.atelier / "actualites") if pelican else []
        # Ce qui suit MkDocs n'attend pas les derniers bons papier.
        if guide_a_faire and not refus:
            guide.apres(self.atelier / "guide")
            releves += [page.read_bytes() for page in (self.atelier / "guide").rglob("*.html")]
        liens.avancer(releves, self.liens)
        dossiers.synchroniser(self.atelier / "racine", {**des_agendas, **prepare.ouvertes, **a_cote.result()})
        dossiers.synchroniser(self.atelier / "bons", papiers.finir())
        return [du_guide, des_actualites], refus

    def _intact(self, partie: str, empreinte: str) -> bool:
        """La partie est-elle déjà construite, à partir des mêmes octets ? Sinon, on oublie l'ancienne : elle va changer."""
        if self.souvenir.get(partie) == empreinte and (self.atelier / partie / "index.html").exists():
            return True
        if self.souvenir.pop(partie, None):
            ecrire(self.memoire, json.dumps(self.souvenir, indent=1, sort_keys=True))
        return False

    def _lancer_pelican(self, sources: Sources, prepare: Preparation) -> Processus:
        from material import __file__ as material

        feuilles = actualites.feuilles_de_style(Path(material).parent / "templates")
        (self.atelier / "articles").mkdir(exist_ok=True)
        dossiers.synchroniser(self.atelier / "articles", prepare.articles)
        reglages = actualites.reglages(sources.reglage, prepare.reseau, self.theme, self.atelier / "articles", self.atelier / "actualites", feuilles)
        return actualites.lancer(self.atelier / "pelican.json", reglages)

    def _poser(self, origines: Mapping[str, str], sources: Sources) -> list[Constat]:
        """Assemble, complète la recherche et le plan du site, contrôle les liens, met en place si rien n'est faux."""
        neuf = self.atelier / "site"
        parties = {nom: self.atelier / nom for nom in ("actualites", "bons", "missions")}
        # Les agendas, le livret et les données ouvertes vont à côté des pages, à la racine : « . » les pose après le guide, au même endroit.
        dossiers.assembler(neuf, {"": self.atelier / "guide", ".": self.atelier / "racine", **parties})
        recherche.completer(neuf)
        recherche.plan_du_site(neuf, str(sources.reglage.get("site_url") or ""))
        textes = {texte.chemin: texte for texte in (*sources.textes, *sources.articles)}
        constats = relecture.situer(liens.verifier(neuf, origines, self.liens), textes)
        if not erreurs(constats):
            dossiers.mettre_en_place(neuf, self.sortie)
        return constats


def _souvenir(fichier: Path) -> dict[str, str]:
    try:
        lu = json.loads(fichier.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return lu if isinstance(lu, dict) else {}


def _code() -> str:
    """L'empreinte de notre paquet, par les noms, tailles et dates : le changer refait le site."""
    return dossiers.etat(Path(str(files("cabas"))))


def echeance(depot: Depot, maintenant: datetime) -> datetime:
    """Jusqu'à quand le site dit vrai sans être refait : minuit à Paris, ou avant, si une commande ouvre, ferme ou finit."""
    local = maintenant.astimezone(PARIS)
    minuit = datetime.combine(local.date() + timedelta(days=1), time(), PARIS)
    bornes = (
        borne
        for _commande, fenetre in fenetres(depot)
        for borne in (fenetre.ouverture, fenetre.cloture, fenetre.distribution.fin if fenetre.distribution else fenetre.cloture)
    )
    return min([minuit, *(borne for borne in bornes if borne > maintenant)])
