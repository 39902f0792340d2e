"""Toutes les pages Markdown du site, en mémoire : du dépôt et des textes à `{chemin: contenu}`.

Rien n'est lu ni écrit ici. Chaque page est un `…/index.md` : son adresse finit donc par `index.html`, et s'ouvre aussi depuis
une clé USB (ADR « adresses »). Dans l'en-tête, `source` dit quel fichier du dépôt corriger.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from markupsafe import Markup

from cabas.calculs.chiffres import au_plus_pres
from cabas.calculs.histoire_des_prix import versions_par_ref
from cabas.calculs.offre import ordonner, par_rubrique, proposes
from cabas.constats import Constat
from cabas.modele import Commande, Depot, Groupement, Producteur, Produit
from cabas.rendu import besoins, guide, livret, missions
from cabas.rendu.calendrier import RendezVous, creneaux, ligne, rendez_vous
from cabas.rendu.carte import Carte, Ensemble
from cabas.rendu.echappement import Lien, entete, litteral, presentation, typographier_markdown
from cabas.rendu.fiches import adhesions, depuis, faits_producteur, faits_produit, prix, prix_mesure, sans_reponse
from cabas.rendu.guide import Texte
from cabas.rendu.pages_de_donnees import histoire_du_prix, pages_de_donnees

Pages = dict[PurePosixPath, str]
LARGE = ("navigation",)
NUE = ("navigation", "toc")
NOUVELLES = 3
"""Combien d'actualités récentes la page d'un groupement montre."""
QUI_NOUS_SOMMES = (
    "Nous sommes des voisines et des voisins qui achetons ensemble, directement à celles et ceux qui produisent. Chacun·e prend sa "
    "part du travail, personne ne gagne d’argent sur ce que nous commandons, et tout se décide en réunion."
)
PORTES = (
    ("guide/commander", "Commander, pas à pas", "Sur papier, au téléphone, dans un tableur ou sur une page web."),
    ("charte", "Notre charte", "Ce à quoi nous tenons, en une page."),
    ("missions", "Donner un coup de main", "Chaque tâche a sa fiche : ce qu’il faut faire, et combien de temps."),
    ("guide", "Le petit guide", "Tout ce qu’il faut pour rejoindre un groupement, ou en monter un."),
)


RIEN = Ensemble()


class _Porte(NamedTuple):
    adresse: str
    titre: str
    texte: str


def _gabarits() -> Any:
    from cabas.rendu.environnement import environnement

    gabarits = environnement()
    gabarits.filters.update(tel_quel=litteral, prix=prix, prix_mesure=prix_mesure, depuis=depuis, en_clair=guide.quand_en_clair)
    return gabarits


class _Atelier:
    """Ce que partagent les pages pendant une préparation."""

    def __init__(self, depot: Depot, maintenant: datetime, ensemble: Ensemble) -> None:
        self.depot, self.maintenant, self.ensemble = depot, maintenant, ensemble
        self.gabarits = _gabarits()
        self.rendez_vous = rendez_vous(depot, maintenant)
        self.versions = versions_par_ref(ensemble.histoire)
        self.pages: Pages = {}
        self.constats: list[Constat] = []
        self.carte = Carte(depot, ensemble)
        self.monte = {texte.chemin: page for texte in ensemble.textes if (page := guide.destination(texte.chemin))}

    def poser(self, chemin: str, gabarit: str, tete: str, **valeurs: object) -> None:
        corps = self.gabarits.get_template(f"pages/{gabarit}.md.j2").render(maintenant=self.maintenant, **valeurs)
        self.pages[PurePosixPath(chemin)] = tete + _sans_blancs(corps)

    def photo(self, nom: str, remontee: str) -> str:
        return f"{remontee}photos/{nom}" if nom and nom in self.ensemble.photos else ""


def _sans_blancs(corps: str) -> str:
    """Une seule ligne vide de suite : les gabarits en sèment."""
    lignes = [ligne.rstrip() for ligne in corps.splitlines()]
    return "\n".join(ligne for rang, ligne in enumerate(lignes) if ligne or (rang and lignes[rang - 1])).strip() + "\n"


def pages(depot: Depot, maintenant: datetime, ensemble: Ensemble = RIEN) -> tuple[Pages, list[Constat]]:
    """Toutes les pages préparées pour MkDocs, et les constats (liens cassés des textes)."""
    atelier = _Atelier(depot, maintenant, ensemble)
    _accueil(atelier)
    _catalogue(atelier)
    _producteurs(atelier)
    _groupements(atelier)
    _guide(atelier)
    for page in pages_de_donnees(depot, maintenant, ensemble.histoire):
        atelier.poser(page[0], page[1], page[2], **page[3])
    return atelier.pages, atelier.constats


def _par_commande(lignes: Iterable[RendezVous]) -> list[tuple[Commande, list[RendezVous]]]:
    rangees: dict[str, tuple[Commande, list[RendezVous]]] = {}
    for un in lignes:
        rangees.setdefault(un.commande.id, (un.commande, []))[1].append(un)
    return list(rangees.values())


def _noms(fiches: Iterable[Any]) -> list[Any]:
    return sorted(fiches, key=lambda fiche: (fiche.nom.casefold(), fiche.slug))


def _accueil(atelier: _Atelier) -> None:
    depot = atelier.depot
    siens: dict[str, list[RendezVous]] = {}
    for un in atelier.rendez_vous:
        siens.setdefault(un.groupement.slug, []).append(un)
    groupements = _noms(depot.groupements.values())
    dates = [ligne(groupement, siens.get(groupement.slug, [])) for groupement in groupements] if siens else []
    ouvertes = {date.prochain.commande.id for date in dates if date.prochain}
    montees = {str(page.parent) for page in atelier.monte.values()}
    atelier.poser(
        "index.md", "accueil", entete(hide=NUE, description="Quand commander, où est le bon, quand et où venir chercher."),
        groupements=groupements,
        dates=dates,
        notes=[commande for identifiant, commande in sorted(depot.commandes.items()) if identifiant in ouvertes and commande.note],
        qui=presentation(atelier.ensemble.accueil) or Markup(f"<p>{litteral(QUI_NOUS_SOMMES)}</p>"),
        nombre_producteurs=len(depot.producteurs),
        nombre_produits=sum(produit.disponible for produit in depot.produits.values()),
        livret=livret.liens("") if any(livret.en_est(texte.chemin) for texte in atelier.ensemble.textes) else "",
        portes=[_Porte(f"{page}/index.html", titre, texte) for page, titre, texte in PORTES if page in montees],
    )


def _catalogue(atelier: _Atelier) -> None:
    depot = atelier.depot
    atelier.poser(
        "catalogue/index.md", "catalogue", entete(hide=LARGE, description="Tous les produits, au prix coûtant, rubrique par rubrique."),
        rubriques=list(par_rubrique(depot, depot.produits.values())), compte=len(depot.produits), producteurs=depot.producteurs,
    )
    ouvertes = [(commande, lignes, {produit.ref for produit in proposes(depot, commande)}) for commande, lignes in _par_commande(atelier.rendez_vous)]
    for produit in depot.produits.values():
        _produit(atelier, produit, [(commande, lignes) for commande, lignes, refs in ouvertes if produit.ref in refs])


def _produit(atelier: _Atelier, produit: Produit, commandes: list[tuple[Commande, list[RendezVous]]]) -> None:
    producteur = atelier.depot.producteurs.get(produit.producteur)
    rubrique = next((rubrique for rubrique in atelier.depot.rubriques if rubrique.code == produit.rubrique), None)
    fil = [Lien("Catalogue", "../index.html"), *([Lien(rubrique.nom, f"../index.html#rubrique-{rubrique.code}")] if rubrique else [])]
    atelier.poser(
        f"catalogue/{produit.ref}/index.md", "produit",
        entete(hide=NUE, fil=fil, title=produit.nom, description=f"{produit.nom} : {prix(produit)}, prix coûtant.", source=produit.source.fichier),
        produit=produit, producteur=producteur, faits=faits_produit(produit),
        passe=histoire_du_prix(atelier.ensemble.histoire, atelier.versions, produit, atelier.maintenant),
        photo=atelier.photo(produit.photo, "../../"),
        commandes=[(commande, [un for un in lignes if not un.close]) for commande, lignes in commandes if any(not un.close for un in lignes)],
    )


def _producteurs(atelier: _Atelier) -> None:
    depot = atelier.depot
    produits: dict[str, list[Produit]] = {}
    for produit in ordonner(depot, depot.produits.values()):
        produits.setdefault(produit.producteur, []).append(produit)
    fiches = _noms(depot.producteurs.values())
    atelier.poser(
        "producteurs/index.md", "producteurs", entete(hide=NUE, description="Les fermes, moulins et ateliers à qui nous achetons."),
        producteurs=[(fiche, produits.get(fiche.slug, [])) for fiche in fiches],
    )
    for fiche in fiches:
        atelier.poser(
            f"producteurs/{fiche.slug}/index.md", "producteur",
            entete(
                hide=NUE, fil=(Lien("Producteurs et productrices", "../index.html"),),
                title=fiche.nom, description=f"{fiche.nom}, {fiche.commune}.", source=fiche.source.fichier,
            ),
            fiche=fiche, produits=produits.get(fiche.slug, []), faits=faits_producteur(fiche), sans_reponse=sans_reponse(fiche),
            au_plus_pres=au_plus_pres(fiche, depot),
            presentation=_presentation(atelier, fiche, f"producteurs/{fiche.slug}"),
            photo=atelier.photo(fiche.photo, "../../"),
        )


def _groupements(atelier: _Atelier) -> None:
    prochains: dict[str, list[RendezVous]] = {}
    for un in atelier.rendez_vous:
        prochains.setdefault(un.groupement.slug, []).append(un)
    groupements = _noms(atelier.depot.groupements.values())
    atelier.poser(
        "groupements/index.md", "groupements", entete(hide=NUE, description="Les groupements du réseau et leurs prochaines dates."),
        groupements=[(groupement, next(iter(prochains.get(groupement.slug, [])), None)) for groupement in groupements],
    )
    for groupement in groupements:
        atelier.poser(
            f"groupements/{groupement.slug}/index.md", "groupement",
            entete(
                hide=NUE, fil=(Lien("Groupements", "../index.html"),), title=groupement.nom,
                description=f"{groupement.nom}, {groupement.commune} : dates, bon, adhésions.", source=groupement.source.fichier,
            ),
            groupement=groupement, adhesions=adhesions(groupement),
            rejoindre=PurePosixPath("guide/rejoindre/index.md") in atelier.monte.values(),
            rendez_vous=[(un, creneaux(un.fenetre, groupement.adhesions)) for un in prochains.get(groupement.slug, [])],
            presentation=_presentation(atelier, groupement, f"groupements/{groupement.slug}"),
            nouvelles=atelier.ensemble.nouvelles.get(groupement.slug, ())[:NOUVELLES], slug=groupement.slug,
        )
        tete, valeurs = missions.cette_semaine(atelier.depot, groupement, atelier.maintenant)
        atelier.poser(f"groupements/{groupement.slug}/cette-semaine/index.md", "cette-semaine", tete, **valeurs)


def _presentation(atelier: _Atelier, fiche: Producteur | Groupement, dossier: str) -> Markup:
    texte = Texte(fiche.source.fichier, {}, fiche.presentation, fiche.source.lignes.get("presentation", 1))
    return presentation(guide.relier(texte, atelier.carte.pour_html("", dossier), atelier.constats))


def _guide(atelier: _Atelier) -> None:
    toutes = {str(une) for une in atelier.monte.values()}
    for texte in atelier.ensemble.textes:
        page = atelier.monte.get(texte.chemin)
        if page is None:
            continue
        titre = str(texte.entete.get("titre") or texte.entete.get("title") or "")
        complet = besoins.inserer(texte, atelier.ensemble.textes)
        corps = typographier_markdown(guide.relier(complet, atelier.carte.pour_mkdocs(str(page.parent)), atelier.constats))
        fil = guide.fil(page, toutes)
        if guide.est_mission(page):
            corps = _mission(atelier, texte, corps)
        corps = corps.replace(livret.MARQUE, livret.liens("../" * (len(page.parts) - 1)))
        if missions.LISTE in corps:
            corps = corps.replace(missions.LISTE, missions.liste(atelier.depot.missions))
        source = str(texte.entete.get("source") or texte.chemin)
        tete = entete(fil=fil, title=titre, description=str(texte.entete.get("description") or ""), source=source)
        atelier.pages[page] = tete + corps.strip() + "\n"


def _mission(atelier: _Atelier, texte: Texte, corps: str) -> str:
    """La fiche mission : le titre, l'essentiel en tête, puis le texte."""
    imprimable = PurePosixPath(texte.chemin).stem in atelier.depot.missions
    titre, bloc = missions.bloc_de_tete(atelier.gabarits.get_template("pages/mission.md.j2"), texte, imprimable=imprimable)
    premiere, _saut, suite = corps.lstrip().partition("\n")
    if not premiere.startswith("# "):
        premiere, suite = titre, corps
    return "\n\n".join([premiere, _sans_blancs(bloc), suite.strip()])
