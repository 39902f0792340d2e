"""Les bons de chaque fenêtre non distribuée : la page, la grille, le classeur, et les bons papier, gardés en cache.

Composer un bon papier coûte un dixième de seconde : il n'est refait que si ce qu'il dit, ou ce qui le dessine, a changé.
Typst travaille hors du verrou de Python : les bons papier avancent à côté, sur les cœurs que ce fil-ci n'occupe pas.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import cache
from pathlib import Path, PurePosixPath

from cabas.calculs.offre import Etat, etat, fenetres
from cabas.modele import Commande, Depot, Groupement
from cabas.publication.dossiers import Fichiers
from cabas.publication.reserve import Piece as _Piece
from cabas.publication.reserve import dessin
from cabas.publication.reserve import prendre as _prendre
from cabas.publication.reserve import ranger as _ranger

DESSIN = (
    "documents/bon_papier.py",
    "documents/code_qr.py",
    "documents/serrage.py",
    "documents/bon_classeur.py",
    "documents/mon_bon.py",
    "documents/classeur.py",
    "documents/formules.py",
    "documents/composition.py",
    "calculs/affichage.py",
    "gabarits/bon.typ",
    "gabarits/commun.typ",
)
"""Ce qui dessine les bons, dans notre paquet."""


def a_publier(depot: Depot, maintenant: datetime) -> list[tuple[Commande, Groupement, Etat]]:
    """Les bons à publier : une commande et un groupement par fenêtre qui n'est pas encore distribuée, et où elle en est."""
    return [
        (commande, depot.groupements[fenetre.groupement], ou)
        for commande, fenetre in fenetres(depot)
        if fenetre.groupement in depot.groupements and (ou := etat(fenetre, maintenant)) is not Etat.DISTRIBUEE
    ]


class EnCours:
    """Les bons d'un site, commencés : les fichiers coûteux avancent à côté. `pages` fait le reste, `finir` attend et rend tout."""

    def __init__(
        self, depot: Depot, maintenant: datetime, reserve: Path, figes: Mapping[str, Depot] | None = None, site_url: str = ""
    ) -> None:  # fmt: skip
        self.fichiers: dict[PurePosixPath, bytes] = {}
        self._reserve = reserve
        gardes = figes or {}
        self._publies = [(gardes.get(une.id, depot), une, groupement, ou) for une, groupement, ou in a_publier(depot, maintenant)]
        self._maintenant = maintenant
        self._ouvriers = ThreadPoolExecutor(max_workers=max(1, (os.cpu_count() or 1) - 1))
        self._papiers: list[tuple[_Piece, Future[bytes]]] = []
        self._utiles: set[str] = set()
        for vu, commande, groupement, ou in self._publies:
            combien = 1 if ou is Etat.CLOSE else len(groupement.tarifs)
            pieces = _papiers(vu, commande, groupement, PurePosixPath(commande.id, groupement.slug), combien, site_url)
            self._papiers += [(piece, self._ouvriers.submit(_prendre, piece, reserve)) for piece in pieces]

    def _faire(self, piece: _Piece) -> None:
        self.fichiers[piece.chemin] = _prendre(piece, self._reserve)
        self._utiles.add(piece.empreinte)

    def pages(self, revision: str, photos: frozenset[str] = frozenset()) -> Fichiers:
        """Les pages, les grilles, les classeurs. `photos` : les noms de celles que le site sert.

        Ici, et non à côté : c'est du Python, et deux fils de Python n'avancent pas plus vite qu'un.
        """
        from cabas.rendu.bons import bon_csv, bon_html, versions
        from cabas.rendu.etats import etat_json
        from cabas.rendu.langues import adresse
        from cabas.rendu.permanence import permanence_html

        for depot, commande, groupement, ou in self._publies:
            dossier = PurePosixPath(commande.id, groupement.slug)
            grille = bon_csv(depot, commande, groupement)
            for code in versions(groupement):
                self.fichiers[dossier / adresse(code)] = bon_html(depot, commande, groupement, self._maintenant, revision, code, photos).encode()
            self.fichiers[dossier / "permanence.html"] = permanence_html(depot, commande, groupement, revision).encode()
            self.fichiers[dossier / "bon.csv"] = grille.encode()
            if (lots := depot.etats.get(commande.id)) and ou is not Etat.CLOSE:
                self.fichiers[dossier / "etat.json"] = etat_json(lots).encode()
            for piece in _classeurs(depot, commande, groupement, dossier, grille):
                self._faire(piece)
        return self.fichiers

    def finir(self) -> Fichiers:
        """Tout ce que `bons/` contient. Un bon papier que personne n'a commencé se fait ici : le dernier venu ne regarde pas les autres."""
        commences = []
        for piece, a_venir in reversed(self._papiers):
            if a_venir.cancel():
                self._faire(piece)
            else:
                commences.append((piece, a_venir))
        for piece, a_venir in commences:
            self.fichiers[piece.chemin] = a_venir.result()
            self._utiles.add(piece.empreinte)
        self._ouvriers.shutdown()
        _ranger(self._reserve, self._utiles)
        return self.fichiers

    def renoncer(self) -> None:
        """Ce qui n'est pas commencé ne le sera pas ; sans effet si tout est fini."""
        self._ouvriers.shutdown(cancel_futures=True)


def bons(
    depot: Depot, maintenant: datetime, revision: str, reserve: Path, figes: Mapping[str, Depot] | None = None, site_url: str = "",
    photos: frozenset[str] = frozenset(),
) -> Fichiers:  # fmt: skip
    """Tous les fichiers de `bons/`, en mémoire : `<commande>/<groupement>/index.html`, `bon.csv`, `bon.xlsx`, `mon-bon.xlsx`,
    `bon*.pdf`, et `etat.json` si l'état des lots est publié et la commande pas encore close.

    À côté de `index.html`, la version simple (`simple.html`) et une page par langue du groupement (`index.ar.html`) ;
    `permanence.html`, pour taper les bons papier.
    `bon.pdf` et `bon-gros.pdf` sont au premier tarif ; `bon-<tarif>.pdf` et `bon-gros-<tarif>.pdf` aux autres, tant qu'on peut
    commander. `reserve` est le dossier du cache. `figes` : pour une commande ouverte, le dépôt de son ouverture, dont viennent les prix.
    `site_url` : l'adresse publique du site, que les bons papier impriment ; vide, ils n'en disent rien. `photos` : les noms de celles
    que le site sert.
    """
    en_cours = EnCours(depot, maintenant, reserve, figes, site_url)
    en_cours.pages(revision, photos)
    return en_cours.finir()


def _papiers(
    depot: Depot, commande: Commande, groupement: Groupement, dossier: PurePosixPath, combien: int, site_url: str
) -> Iterable[_Piece]:  # fmt: skip
    """Les bons papier, par tarif et par taille. Sans révision en pied : un commit étranger au bon ne doit pas le refaire."""
    from cabas.documents.bon_papier import bon_pdf, donnees_du_bon
    from cabas.documents.serrage import GROS

    for rang, tarif in enumerate(groupement.tarifs[:combien]):
        donnees = donnees_du_bon(depot, commande, groupement, tarif, "", site_url)
        for nom, corps in (("bon", 12), ("bon-gros", GROS)):
            yield _Piece(
                dossier / f"{nom}{f'-{tarif.code}' if rang else ''}.pdf",
                _empreinte(nom, donnees),
                lambda tarif=tarif, corps=corps: bon_pdf(depot, commande, groupement, tarif, corps, "", site_url),  # type: ignore[misc]
            )


def _classeurs(depot: Depot, commande: Commande, groupement: Groupement, dossier: PurePosixPath, grille: str) -> Iterable[_Piece]:
    """`bon.xlsx`, la grille pour plusieurs personnes, et `mon-bon.xlsx`, pour une seule."""
    from cabas.documents.bon_classeur import bon_xlsx
    from cabas.documents.mon_bon import mon_bon_xlsx

    intitules = next(csv.reader(io.StringIO(grille.removeprefix("\ufeff")), delimiter=";"))
    tarifs = [donnees_du_tarif(depot, commande, groupement, rang) for rang in range(len(groupement.tarifs))]
    dont = _empreinte("classeurs", intitules, tarifs)
    yield _Piece(dossier / "bon.xlsx", f"{dont}-grille", lambda: bon_xlsx(depot, commande, groupement, intitules))
    yield _Piece(dossier / "mon-bon.xlsx", f"{dont}-une", lambda: mon_bon_xlsx(depot, commande, groupement))


def donnees_du_tarif(depot: Depot, commande: Commande, groupement: Groupement, rang: int) -> object:
    """Tout ce que les bons disent à un tarif : de quoi savoir s'il faut les refaire."""
    from cabas.documents.bon_papier import donnees_du_bon

    return donnees_du_bon(depot, commande, groupement, groupement.tarifs[rang], "")


def _empreinte(*donnees: object) -> str:
    texte = json.dumps([_dessin(), *donnees], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(texte.encode()).hexdigest()


@cache
def _dessin() -> str:
    return dessin(DESSIN, ("typst", "xlsxwriter", "segno", "fontpkg-atkinson-hyperlegible"))
