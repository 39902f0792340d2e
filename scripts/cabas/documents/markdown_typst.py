"""Du Markdown à un document Typst, sans passer par du texte Typst : un arbre de données, que `gabarits/markdown.typ` compose.

Un nom qui ressemble à du code reste un nom : rien de ce que les gens écrivent n'entre dans le texte d'un gabarit. Le même
Markdown sert au site ; ce que le papier ne sait pas faire (image, HTML) y devient du texte, jamais une faute.

Entre : un Markdown (titres, paragraphes, listes, cases `[ ]`, tableaux, citations, code, définitions, encarts « !!! », gras,
italique, liens). Sort : une liste de blocs, des dictionnaires que JSON sait écrire, tous avec leur `genre` :

    titre (niveau, ancre, contenu, page) · para (contenu) · liste (ordre, debut, cases, elements) · citation (blocs) · code (texte)
    tableau (alignements, entete, lignes) · definitions (elements) · encart (titre, blocs) · filet
    champ (forme, hauteur, contenu) : une question de formulaire, et de quoi y répondre
    dans une ligne : texte · gras · italique · code · lien (adresse, contenu) · case (cochee) · saut
    dans un champ : choix (contenu), une case et ce qu'elle dit · trait (contenu), de quoi écrire
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any
from xml.etree.ElementTree import Element  # le genre des nœuds : on ne lit ici aucun XML

from cabas.typographie import typographier

Bloc = dict[str, Any]
Adresser = Callable[[str], str]
"""D'une adresse écrite dans le texte à celle du papier : une adresse du web, `#ancre` d'un titre, ou rien (le texte seul)."""

_EXTENSIONS = ("admonition", "attr_list", "def_list", "fenced_code", "sane_lists", "tables", "toc")
_REMISE = re.compile("\x02wzxhzdk:(\\d+)\x03")
_CASE = re.compile(r"\[([ xX])\]\s+")
_TITRES = re.compile(r"h([1-6])")
_CHAMP = re.compile(r"\bcabas-(ligne|reponse|champ|cadre)(?: cabas-cadre--(\d+))?")
_BLOCS = frozenset({"p", "ul", "ol", "dl", "blockquote", "pre", "table", "div", "hr", "h1", "h2", "h3", "h4", "h5", "h6"})


def sur_le_web(adresse: str) -> str:
    """Garde ce qui mène quelque part depuis un papier : une adresse entière. Le reste devient du texte."""
    return adresse if re.match(r"(?:https?|mailto|tel):", adresse) else ""


def blocs(texte: str, adresser: Adresser = sur_le_web) -> list[Bloc]:
    """Les blocs d'un Markdown, dans l'ordre."""
    markdown = _lecteur()
    markdown.reset()
    lignes = texte.split("\n")
    for avant in markdown.preprocessors:
        lignes = avant.run(lignes)
    racine = markdown.parser.parseDocument(lignes).getroot()
    for traitement in markdown.treeprocessors:
        neuve = traitement.run(racine)
        racine = racine if neuve is None else neuve
    return _Lecture(markdown.htmlStash.rawHtmlBlocks, adresser).suite(racine)


_PAR_FIL = threading.local()


def _lecteur() -> Any:
    """Un lecteur par fil d'exécution : il garde, pendant une lecture, ce qu'il a mis de côté. Deux fils s'y mêleraient."""
    if not hasattr(_PAR_FIL, "lecteur"):
        from markdown import Markdown

        markdown = Markdown(extensions=list(_EXTENSIONS))
        # Le HTML écrit par une personne s'imprime tel quel ; une mise en page pour l'écran n'a pas cours ici.
        markdown.preprocessors.deregister("html_block")
        markdown.inlinePatterns.deregister("html")
        markdown.treeprocessors.deregister("prettify")
        _PAR_FIL.lecteur = markdown
    return _PAR_FIL.lecteur


class _Lecture:
    """Ce qu'il faut savoir pour lire un arbre : le code que Markdown a mis de côté, et où mènent les liens."""

    def __init__(self, remise: list[Any], adresser: Adresser) -> None:
        self.remise, self.adresser = remise, adresser

    def suite(self, parent: Element) -> list[Bloc]:
        """Les blocs d'un élément. Du texte nu, comme celui d'un élément de liste serrée, devient un paragraphe."""
        trouves: list[Bloc] = []
        nu: list[Bloc] = self._texte(parent.text)
        for enfant in parent:
            if enfant.tag in _BLOCS:
                trouves += _paragraphe(nu)
                nu = []
                trouves += self._bloc(enfant)
            else:
                nu += self._en_ligne(enfant)
            nu += self._texte(enfant.tail)
        return trouves + _paragraphe(nu)

    def _bloc(self, element: Element) -> list[Bloc]:
        nom = element.tag
        if titre := _TITRES.fullmatch(nom):
            bloc = {"genre": "titre", "niveau": int(titre[1]), "ancre": element.get("id", ""), "contenu": _rogner(self.ligne(element))}
            return [bloc | ({"page": True} if "cabas-page" in element.get("class", "") else {})]
        if nom == "p":
            return self._code_mis_de_cote(element.text or "") or _champ(element, _paragraphe(self.ligne(element)))
        if nom in ("ul", "ol"):
            return [self._liste(element)]
        if nom == "table":
            return [self._tableau(element)]
        if nom == "dl":
            return [self._definitions(element)]
        if nom == "pre":
            return [{"genre": "code", "texte": "".join(element.itertext()).rstrip("\n")}]
        if nom == "blockquote":
            return [{"genre": "citation", "blocs": self.suite(element)}]
        if nom == "hr":
            return [{"genre": "filet"}]
        return self._division(element)

    def _division(self, element: Element) -> list[Bloc]:
        contenu = self.suite(element)
        if "admonition" not in element.get("class", ""):
            return contenu
        en_tete = element.find("p[@class='admonition-title']")
        titre = self.ligne(en_tete) if en_tete is not None else []
        return [{"genre": "encart", "titre": titre, "blocs": contenu[1:] if en_tete is not None else contenu}]

    def _code_mis_de_cote(self, texte: str) -> list[Bloc]:
        """Un bloc de code clôturé : Markdown l'a déjà écrit en HTML, et n'a laissé qu'un numéro."""
        trouve = _REMISE.fullmatch(texte.strip())
        if trouve is None:
            return []
        lu = unescape(re.sub(r"<[^>]+>", "", str(self.remise[int(trouve[1])])))
        return [{"genre": "code", "texte": lu.rstrip("\n")}]

    def _liste(self, element: Element) -> Bloc:
        elements = [self.suite(enfant) for enfant in element]
        debut = element.get("start", "1")
        return {
            "genre": "liste",
            "ordre": element.tag == "ol",
            "debut": int(debut) if debut.isdecimal() else 1,
            "cases": bool(elements) and all(_cocher(un) for un in elements),
            "elements": elements,
        }

    def _tableau(self, element: Element) -> Bloc:
        rangees = [[self.ligne(case) for case in rangee] for rangee in element.iter("tr")]
        premieres = list(next(element.iter("tr"), element))
        alignements = [re.sub(r".*text-align:\s*(\w+).*", r"\1", case.get("style", "")) or "left" for case in premieres]
        return {"genre": "tableau", "alignements": alignements, "entete": rangees[0] if rangees else [], "lignes": rangees[1:]}

    def _definitions(self, element: Element) -> Bloc:
        elements: list[Bloc] = []
        for enfant in element:
            if enfant.tag == "dt":
                elements.append({"terme": self.ligne(enfant), "blocs": []})
            elif elements:
                elements[-1]["blocs"] += self.suite(enfant)
        return {"genre": "definitions", "elements": elements}

    def ligne(self, element: Element) -> list[Bloc]:
        """Le contenu d'une ligne : textes, gras, liens…"""
        contenu = self._texte(element.text)
        for enfant in element:
            contenu += self._en_ligne(enfant)
            contenu += self._texte(enfant.tail)
        return contenu

    def _en_ligne(self, element: Element) -> list[Bloc]:
        nom = element.tag
        if nom == "code":
            return [{"genre": "code", "texte": unescape("".join(element.itertext()))}]
        if nom == "br":
            return [{"genre": "saut"}]
        if nom == "img":
            return self._texte(element.get("alt"))
        contenu = self.ligne(element)
        if nom == "em" and "cabas-trait" in element.get("class", ""):
            return [{"genre": "trait", "contenu": contenu}]
        if nom == "em" and "cabas-case" in element.get("class", ""):
            return [{"genre": "choix", "contenu": contenu}]
        if nom in ("strong", "em"):
            return [{"genre": "gras" if nom == "strong" else "italique", "contenu": contenu}]
        if nom == "a" and (adresse := self.adresser(unescape(element.get("href", "").replace("\x02amp\x03", "&")))):
            return [{"genre": "lien", "adresse": adresse, "contenu": contenu}]
        return contenu

    def _texte(self, brut: str | None) -> list[Bloc]:
        """Un texte, sa typographie posée. Ce que Markdown avait protégé est rendu : `&amp;`, une adresse mail brouillée."""
        lu = _REMISE.sub(lambda trouve: str(self.remise[int(trouve[1])]), (brut or "").replace("\x02amp\x03", "&"))
        propre = re.sub(r"\s+", " ", unescape(lu).replace("\u00a0", " "))
        return [{"genre": "texte", "texte": typographier(propre)}] if propre else []


def _paragraphe(contenu: list[Bloc]) -> list[Bloc]:
    vide = all(un["genre"] == "texte" and not un["texte"].strip() for un in contenu)
    return [] if vide else [{"genre": "para", "contenu": _rogner(contenu)}]


def _champ(element: Element, blocs: list[Bloc]) -> list[Bloc]:
    """Une question de formulaire (`{: .cabas-ligne }`…) : le paragraphe, sa forme, et combien de lignes pour y répondre."""
    trouve = _CHAMP.search(element.get("class", ""))
    if trouve is None:
        return blocs
    return [{"genre": "champ", "forme": trouve[1], "hauteur": int(trouve[2] or 2), "contenu": bloc["contenu"]} for bloc in blocs]


def _rogner(contenu: list[Bloc]) -> list[Bloc]:
    """Sans blanc au début ni à la fin : Typst les garderait."""
    gardes = [dict(un) for un in contenu]
    if not gardes:
        return gardes
    if gardes[0]["genre"] == "texte":
        gardes[0]["texte"] = gardes[0]["texte"].lstrip(" ")
    if gardes[-1]["genre"] == "texte":
        gardes[-1]["texte"] = gardes[-1]["texte"].rstrip(" ")
    return [un for un in gardes if un["genre"] != "texte" or un["texte"]]


def _cocher(element: list[Bloc]) -> bool:
    """Vrai si un élément de liste commence par `[ ]` ou `[x]` : la marque devient une case."""
    premier = element[0]["contenu"][0] if element and element[0]["genre"] == "para" and element[0]["contenu"] else {"genre": ""}
    marque = _CASE.match(premier["texte"]) if premier["genre"] == "texte" else None
    if marque is None:
        return False
    premier["texte"] = premier["texte"][marque.end() :]
    element[0]["contenu"].insert(0, {"genre": "case", "cochee": marque[1] != " "})
    return True


def textes(noeuds: list[Any]) -> Iterator[str]:
    """Tout ce qui se lit dans des blocs, dans l'ordre : pour chercher, ou pour reconnaître un titre."""
    for noeud in noeuds:
        if isinstance(noeud, list):
            yield from textes(noeud)
            continue
        if "texte" in noeud:
            yield noeud["texte"]
        yield from textes([noeud.get(cle, []) for cle in ("terme", "titre", "contenu", "entete", "lignes", "elements", "blocs")])
