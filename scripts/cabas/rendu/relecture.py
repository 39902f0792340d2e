"""Relire un Markdown avant de le publier : rien qui agisse, rien qui casse la lecture. Chaque faute a son fichier et sa ligne.

Entre : un texte du guide, une actualité, la présentation d'une fiche. Sort : des constats. Un texte sans faute ne contient ni
balise HTML, ni adresse qui exécute, ni image d'un autre site, ni image sans texte, ni niveau de titre sauté.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cabas.constats import Constat, Emplacement, Gravite, erreur
from cabas.rendu.echappement import lignes_hors_code
from cabas.rendu.guide import Texte

_CODE = re.compile(r"(?<!\\)(`+)(?!`).*?(?<!`)\1(?!`)")
_BALISE = re.compile(r"<(?P<nom>/?[a-zA-Z][a-zA-Z0-9-]*|!(?!--[^<>]*-->)|\?)(?![^\s>]*[:@])[^>]*>?")
"""Une balise, même inachevée. Un commentaire fermé sur sa ligne ne fait rien ; `<https://…>` et `<a@b>` sont des liens."""
_ATTRIBUTS = re.compile(r"\{:?(?P<liste>[ ]*(?:[.#\w-][^}\n]*)?)\}[ ]*")
_ATTRIBUT_SUR = re.compile(r"[.#][\w-]+")
_IMAGE = re.compile(r"!\[(?P<texte>[^\]]*)\](?:\(\s*<?(?P<cible>[^)\s>]+))?")
_CIBLE = re.compile(r"\]\(\s*<?(?P<lien>[^)\s>]+)|^ {0,3}\[[^\]^]+\]:\s*<?(?P<reference>[^\s>]+)|<(?P<auto>[a-zA-Z][a-zA-Z0-9+.-]*:[^>\s]*)>")
_TITRE = re.compile(r" {0,3}(?P<dieses>#{1,6})(?:\s|$)")
_SOULIGNE = re.compile(r" {0,3}(?:(?P<un>=+)|(?P<deux>-{3,}))\s*$")
_LISTE = re.compile(r"\s*(?:[-*+]|\d+[.)])\s|\[\^|.*:::?\s*$|:\s|!!!|\?\?\?")
SUIVIS = frozenset({"http", "https", "mailto", "tel", "sms", "geo"})

REMEDES = {
    "adresse-double": "Renommer l’un des deux, ou changer son « Slug ».",
    "attribut-interdit": "N’écrire entre accolades qu’une classe (.nom) ou une ancre (#nom).",
    "html-interdit": "L’écrire en Markdown, ou entre accents graves (`<balise>`) pour la montrer.",
    "image-sans-texte": "Décrire l’image entre les crochets : ![ce que l’on y voit](photo.jpg).",
    "lien-interdit": "Écrire le chemin d’un fichier du dépôt, ou une adresse https://, mailto: ou tel:.",
    "ressource-exterieure": "Copier l’image dans le dépôt : nos pages ne demandent rien à personne.",
    "titre-double": "Commencer les parties par deux dièses : ##.",
    "titre-saute": "Descendre d’un niveau à la fois : # puis ## puis ###.",
}


class Regles(NamedTuple):
    """Ce qui change d'une sorte de texte à l'autre : le niveau du titre déjà écrit, et si une balise bloque ou est seulement ôtée."""

    niveau: int = 0
    bloque: bool = True


DU_GUIDE = Regles()
D_ARTICLE = Regles(niveau=1)
DE_FICHE = Regles(niveau=1, bloque=False)
"""La présentation d'une fiche est assainie de toute façon (`echappement.presentation`) : le constat dit ce qui en est ôté."""


def relire(texte: Texte, regles: Regles = DU_GUIDE) -> list[Constat]:
    """Les fautes d'un texte, dans l'ordre des lignes.

    Codes : `html-interdit`, `attribut-interdit`, `lien-interdit`, `ressource-exterieure`, `image-sans-texte`, `titre-double`,
    `titre-saute`.
    """
    constats: list[Constat] = []
    gravite = Gravite.ERREUR if regles.bloque else Gravite.AVERTISSEMENT
    niveau = regles.niveau
    for numero, ligne, avant in _lignes(texte):
        for code, fait in _fautes(ligne):
            constats.append(Constat(code, gravite, Emplacement(texte.chemin, numero), fait, REMEDES[code]))
        nouveau = _niveau(ligne, avant)
        if nouveau:
            code = _juger_titre(nouveau, niveau, regles)
            if code:
                fait = f"Un titre de niveau {nouveau} suit un titre de niveau {niveau}." if niveau else f"Le premier titre est de niveau {nouveau}."
                constats.append(Constat(code, gravite, Emplacement(texte.chemin, numero), fait, REMEDES[code]))
            niveau = nouveau
    return constats


def _lignes(texte: Texte) -> Iterator[tuple[int, str, str]]:
    """Les lignes de texte : numéro, contenu sans ce qui est entre accents graves, ligne d'avant. Le code en retrait n'en est pas."""
    avant, en_liste, en_code = "", False, False
    for numero, (brute, est_texte) in enumerate(lignes_hors_code(texte.corps), texte.ligne):
        ligne = brute.rstrip("\n")
        retrait = ligne.startswith(("    ", "\t"))
        if ligne.strip() and not retrait:
            en_liste, en_code = bool(_LISTE.match(ligne)), False
        elif retrait and not avant.strip() and not en_liste:
            en_code = True
        if est_texte and not (en_code and retrait):
            yield numero, _CODE.sub("`", ligne), avant
        avant = ligne


def _fautes(ligne: str) -> Iterator[tuple[str, str]]:
    """Ce que dit une ligne et qui ne peut pas être publié."""
    balise = next((balise for balise in _BALISE.finditer(ligne) if not ligne[: balise.start()].endswith("\\")), None)
    if balise:
        yield "html-interdit", f"Une balise HTML est écrite ici : « {balise[0][:60]} »."
    for bloc in _ATTRIBUTS.finditer(ligne):
        mauvais = [mot for mot in bloc["liste"].split() if not _ATTRIBUT_SUR.fullmatch(mot)]
        if mauvais and (bloc[0].startswith("{:") or "=" in bloc["liste"]):
            yield "attribut-interdit", f"« {mauvais[0][:60]} » n’est ni une classe ni une ancre."
    images = {image["cible"] for image in _IMAGE.finditer(ligne) if image["cible"]}
    for image in _IMAGE.finditer(ligne):
        if not image["texte"].strip():
            yield "image-sans-texte", f"L’image « {image['cible'] or '?'} » n’a pas de texte pour qui ne la voit pas."
    for trouve in _CIBLE.finditer(ligne):
        cible = trouve["lien"] or trouve["reference"] or trouve["auto"]
        schema = _schema(cible)
        if cible in images and (schema or cible.startswith(("//", "\\"))):
            yield "ressource-exterieure", f"L’image « {cible[:80]} » n’est pas dans le dépôt."
        elif schema and schema not in SUIVIS:
            yield "lien-interdit", f"Le lien « {cible[:80]} » n’est pas une adresse que l’on peut suivre."


def _schema(cible: str) -> str:
    """Le schéma d'une adresse, entités et blancs défaits comme le ferait un navigateur ; vide si elle est relative."""
    from html import unescape
    from urllib.parse import unquote

    nue = re.sub(r"[\x00-\x20]", "", unquote(unescape(cible))).lower()
    trouve = re.match(r"([a-z][a-z0-9+.-]*):", nue)
    return trouve[1] if trouve else ""


def _niveau(ligne: str, avant: str) -> int:
    """Le niveau du titre que fait cette ligne, 0 si ce n'en est pas un."""
    trouve = _TITRE.match(ligne)
    if trouve:
        return len(trouve["dieses"])
    souligne = _SOULIGNE.match(ligne)
    if souligne is None or not avant.strip() or "|" in avant or _TITRE.match(avant) or _LISTE.match(avant):
        return 0
    return 1 if souligne["un"] else 2


def _juger_titre(nouveau: int, niveau: int, regles: Regles) -> str:
    if nouveau == 1 and niveau and regles.bloque:
        return "titre-double"
    # Une présentation est abaissée d'un niveau sous le titre de la fiche : elle peut commencer par # ou par ##.
    return "titre-saute" if nouveau > niveau + 1 else ""


def adresses_doubles(publies: Iterable[tuple[str, str]], reservees: Iterable[str] = ()) -> list[Constat]:
    """Deux fichiers qui iraient à la même adresse, ou à une adresse que le site garde pour lui. Entre : (fichier, adresse).

    Sans égard aux majuscules : un disque de Windows ou de Mac n'en a pas. Code : `adresse-double`, sur le second fichier.
    """
    prises = {adresse.casefold(): "le site lui-même" for adresse in reservees}
    constats: list[Constat] = []
    for chemin, adresse in publies:
        premier = prises.setdefault(adresse.casefold(), chemin)
        if premier != chemin:
            fait = f"Cette page irait à l’adresse « {adresse} », déjà prise par {premier}."
            constats.append(erreur("adresse-double", Emplacement(chemin), fait, REMEDES["adresse-double"]))
    return constats
