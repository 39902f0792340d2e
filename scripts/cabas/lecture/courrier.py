"""Les bons arrivés dans un mail : collés dans un `.txt`, ou dans un `.eml` enregistré. Ramenés à la forme canonique.

Un bon est entre nos deux lignes-marques (« --- bon cabas --- » et « --- fin du bon --- », que `gabarits/bon.js` écrit). Ce
qui est hors des marques n'est pas lu. Un bloc coupé ou abîmé est refusé en entier, jamais lu à moitié. Les fichiers joints
à un `.eml` sont lus comme s'ils étaient dans le dossier.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from cabas.constats import Constat, Emplacement, Refus, avertissement
from cabas.lecture.classeurs import illisible
from cabas.lecture.encodages import decoder
from cabas.lecture.larges import MARQUES, marquer
from cabas.lecture.rangees import ligne_illisible
from cabas.lecture.tableaux import Tableau
from cabas.motifs import motif
from cabas.recu import COLLE, LigneLue

if TYPE_CHECKING:
    from cabas.lecture.lettres import Lettre

TETES = ("commande", "groupement", "bon", "envoye_le", "cellule", "nom", "telephone", "courriel", "creneau", "tarif", "remarque", "statut")
ENTETE = ["produit", "quantite", "tolerance", *TETES]
TABLEAUX = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".json", ".eml")
_INDICE = motif(rb"bon\W{1,8}cabas|fin\W{1,8}du\W{1,8}bon", re.IGNORECASE)
# Des messageries changent les tirets doublés en tirets longs, et les espaces en insécables.
_DEBUT = motif(r"[-–—]+\s*bon\s+cabas\s*[-–—]+", re.IGNORECASE)
_FIN = motif(r"[-–—]+\s*fin\s+du\s+bon\s*[-–—]+", re.IGNORECASE)
_CITATION = motif(r"(?:\s*[>|])+")
_INVISIBLES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u200b": None, "\u2060": None, "\ufeff": None})
_LIGNE = motif(r"([A-Za-z0-9][\w-]*)\s*:\s*(.*)", re.ASCII | re.DOTALL)
_TOLERANCE = motif(r"(.*?)\s*\(\s*\+\s*([^()]*?)\s*\)", re.DOTALL)
_DANS_UNE_CASE = Refus(
    "bon-dans-une-case",
    "Une case contient un bon collé en entier : il n’est pas lu ici.",
    "Copier ce texte dans un fichier .txt à lui, à côté de celui-ci.",
)
_REMEDE = "Recopier tout le message, de « --- bon cabas --- » à « --- fin du bon --- », ou demander à la personne de renvoyer son bon."


class Bloc(NamedTuple):
    """Un bon trouvé dans un texte : la ligne de sa marque, son code, et son tableau ou ce qui le fait refuser."""

    numero: int
    bon: str
    contenu: Tableau | Refus


Lus = tuple[list[LigneLue], list[Constat]]


def est_un_courrier(octets: bytes, fichier: str) -> bool:
    """Vrai pour un mail enregistré, et pour un texte où se trouve l'une de nos marques."""
    if octets.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return False
    if fichier.lower().endswith(".eml"):
        return True
    large = marquer(octets).startswith(MARQUES)
    if not large and not cite_un_bon(octets):
        return False
    texte = decoder(octets)
    return isinstance(texte, str) and porte_une_marque(texte)


def cite_un_bon(octets: bytes) -> bool:
    """Vrai si l'une de nos marques peut s'y trouver. Un motif sans casse coûte cher : on cherche d'abord ses mots."""
    bas = octets.lower()
    return (b"cabas" in bas or b"fin" in bas) and _INDICE.search(octets) is not None


def est_un_tableau_qui_cite(octets: bytes, fichier: str) -> bool:
    """Vrai pour un CSV ou un classeur qui peut porter un bon collé dans une de ses cases : c'est d'abord un tableau."""
    classeur = octets.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))
    return classeur or (fichier.lower().endswith((".csv", ".tsv")) and cite_un_bon(octets))


def bons_dans_les_cases(tableau: Tableau, fichier: str, groupement: str) -> list[LigneLue]:
    """Une ligne rejetée par case où quelqu'un a collé un bon entier : le tableau est lu, ce bon-là ne l'est pas, et ne se perd pas."""
    court = fichier.rpartition("/")[2]
    return [
        LigneLue(groupement, fichier, numero, "", "", "", "", case[:120], "", refus=_DANS_UNE_CASE, origine=court)
        for numero, cases in tableau.lignes
        for case in cases
        if len(case) > len("bon cabas") and porte_une_marque(case)
    ]


def porte_une_marque(texte: str) -> bool:
    """Vrai si le texte contient le début ou la fin d'un bon."""
    return bool(_DEBUT.search(texte) or _FIN.search(texte))


def lire_courrier(
    octets: bytes, fichier: str, groupement: str, lire_tableau: Callable[[Tableau, str], Lus], lire_piece: Callable[[bytes, str], Lus]
) -> Lus:
    """Tous les bons d'un mail ou d'un texte. `lire_tableau` lit un bon mis en tableau ; `lire_piece`, un fichier joint."""
    from cabas.lecture.lettres import ouvrir_lettre  # le module email est long à charger, et les mails sont rares

    lettre = ouvrir_lettre(octets, porte_une_marque) if fichier.lower().endswith(".eml") else _texte_seul(octets)
    if isinstance(lettre, Refus):
        return [ligne_illisible(fichier, groupement, lettre)], []
    lignes: list[LigneLue] = []
    constats: list[Constat] = []
    vus: dict[object, int] = {}
    for texte in lettre.textes:
        for bloc in blocs(texte):
            cle = _identite(bloc)
            vus[cle] = rang = vus.get(cle, 0) + 1
            if isinstance(bloc.contenu, Refus):
                lignes.append(ligne_illisible(fichier, groupement, bloc.contenu)._replace(ligne=bloc.numero, colonne=COLLE))
                continue
            # Le même bon cité deux fois : sous deux noms de fichier, la fusion n'en garde qu'un.
            lues, dits = lire_tableau(bloc.contenu, fichier if rang == 1 else f"{fichier}#{rang}")
            lignes += [ligne._replace(colonne=COLLE) for ligne in lues]
            constats += dits
    lus = len(lignes)
    noms: set[str] = set()
    for nom, piece in lettre.pieces:
        if nom.lower().endswith(TABLEAUX):
            lues, dits = lire_piece(piece, f"{fichier}#{_nom_libre(nom, noms)}")
            lignes += lues
            constats += dits
            lus += 1
        else:
            fait = f"Le fichier joint « {nom} » n’est pas lu : ce n’est pas un tableau."
            constats.append(avertissement("piece-jointe-ignoree", Emplacement(fichier), fait, "L’ouvrir ; s’il porte une commande, la recopier."))
    if not lus:
        vide = illisible(
            "Ce mail ne contient pas de bon : ni nos deux lignes-marques, ni tableau joint.", "Recopier sa commande dans le classeur du mois."
        )
        lignes.append(ligne_illisible(fichier, groupement, vide))
    return lignes, constats


def _identite(bloc: Bloc) -> object:
    """Ce qui fait que deux blocs sont le même bon : son code, ou, si on l'a ôté, tout ce qu'il dit, sauf la remarque, qui se replie."""
    if bloc.bon or isinstance(bloc.contenu, Refus):
        return bloc.bon
    remarque = ENTETE.index("remarque")
    return tuple((*cases[:remarque], *cases[remarque + 1 :]) for _numero, cases in bloc.contenu.lignes)


def _nom_libre(nom: str, pris: set[str]) -> str:
    """Deux fichiers joints du même nom sont deux fichiers. « bon_2.csv » se range après « bon.csv » : à égalité, le dernier joint gagne."""
    debut, point, fin = nom.rpartition(".")
    libre = next(essai for rang in count(1) if (essai := nom if rang == 1 else f"{debut}_{rang}{point}{fin}") not in pris)
    pris.add(libre)
    return libre


def _texte_seul(octets: bytes) -> Lettre | Refus:
    texte = decoder(octets)
    from cabas.lecture.lettres import Lettre

    return texte if isinstance(texte, Refus) else Lettre((texte,), ())


def blocs(texte: str) -> Iterator[Bloc]:
    """Chaque bon d'un texte, dans l'ordre. Une marque sans l'autre est un bon coupé."""
    ouvert = 0
    dedans: list[tuple[int, str]] = []
    colle = False
    for numero, brute in enumerate(texte.splitlines(), 1):
        ligne = _CITATION.sub("", brute.translate(_INVISIBLES), count=1) if _CITATION.match(brute.translate(_INVISIBLES)) else brute
        ligne = ligne.translate(_INVISIBLES).strip()
        debut, fin = _DEBUT.search(ligne), _FIN.search(ligne)
        if debut:
            if ouvert:
                yield _refuse(ouvert, dedans, "la fin de ce bon manque, un autre commence avant elle")
            ouvert, dedans, colle = numero, [], bool(ligne[debut.end() :].strip())
        elif fin and ouvert:
            colle = colle or bool(ligne[: fin.start()].strip())
        if fin and not ouvert:
            yield _refuse(numero, [], "le début de ce bon manque")
        elif fin:
            yield _refuse(ouvert, dedans, "ses lignes sont collées bout à bout") if colle else _clore(ouvert, dedans)
            ouvert = 0
        elif ouvert and not debut and ligne:
            dedans.append((numero, ligne))
    if ouvert:
        yield _refuse(ouvert, dedans, "la fin de ce bon manque")


def _refuse(numero: int, dedans: list[tuple[int, str]], pourquoi: str) -> Bloc:
    """Un bon coupé. Le fait nomme ce qu'on en sait, pour qu'on retrouve la personne."""
    connus = {trouve[1]: trouve[2] for _numero, ligne in dedans if (trouve := _LIGNE.fullmatch(ligne))}
    qui = ", ".join(connus[cle].strip() for cle in ("cellule", "nom", "bon") if connus.get(cle, "").strip())
    fait = f"Un bon collé d’un mail ne se lit pas en entier : {pourquoi}{f' ({qui})' if qui else ''}. Rien n’en est retenu."
    return Bloc(numero, "", illisible(fait, _REMEDE))


def _clore(numero: int, dedans: list[tuple[int, str]]) -> Bloc:
    """Le tableau d'un bon entier. Une ligne repliée par une messagerie est rendue à la ligne d'avant."""
    entrees: list[tuple[int, str, str]] = []
    for rang, ligne in dedans:
        trouve = _LIGNE.fullmatch(ligne)
        repliee = not trouve or (entrees and entrees[-1][1] == "remarque" and trouve[1].lower() not in TETES and not trouve[2][:1].isdigit())
        if not repliee and trouve:
            entrees.append((rang, trouve[1].lower(), trouve[2]))
        elif entrees:
            entrees[-1] = (entrees[-1][0], entrees[-1][1], f"{entrees[-1][2]} {ligne}".strip())
        else:
            return _refuse(numero, dedans, f"on n’attend pas « {ligne[:40]} » à sa première ligne")
    tetes: dict[str, str] = {}
    for _rang, nom, valeur in entrees:
        if nom in TETES and tetes.setdefault(nom, valeur) != valeur:
            return _refuse(numero, dedans, f"« {nom} » y est deux fois")
    produits = [(rang, nom, valeur) for rang, nom, valeur in entrees if nom not in TETES]
    if not produits:
        return _refuse(numero, dedans, "aucun produit n’y reste")
    communes = [tetes.get(nom, "") for nom in TETES]
    lignes: list[tuple[int, list[str]]] = [(numero, ENTETE)]
    for rang, ref, valeur in produits:
        plus = _TOLERANCE.fullmatch(valeur)
        lignes.append((rang, [ref, plus[1] if plus else valeur, plus[2] if plus else "", *communes]))
    return Bloc(numero, tetes.get("bon", ""), Tableau("", lignes, 0))
