"""La lecture de `yaml_strict`, évènement par évènement. À part, car charger YAML coûte dix millisecondes que l'on épargne s'il ne sert pas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from cabas.constats import Constat, Emplacement, avertissement, erreur
from cabas.lecture.yaml_strict import Noeud

PROFONDEUR = 20
_LECTEUR: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _Rejet(Exception):
    """Interne à ce module : porte un constat hors de la descente."""

    def __init__(self, code: str, ligne: int, message: str, remede: str) -> None:
        super().__init__(code)
        self.code, self.ligne, self.message, self.remede = code, ligne, message, remede


_EXPLICATIONS = (
    ("tab character", "une tabulation sert de retrait", "Remplacer les tabulations par des espaces."),
    (
        "cannot start any token",
        "une tabulation, un @ ou un accent grave ne peut pas être là",
        "Remplacer les tabulations par des espaces, ou mettre le texte entre guillemets.",
    ),
    ("mapping values are not allowed", "il y a un deux-points de trop", 'Mettre le texte entre guillemets : nom: "Riz : long".'),
    ("expected ':'", "il manque un deux-points, ou un guillemet n’est pas fermé", "Écrire « clé: valeur », et fermer les guillemets."),
    ("unexpected end of stream", "un guillemet ou un crochet n’est pas fermé", "Le fermer."),
    ("expected ',' or", "un crochet ou une accolade n’est pas fermé", "Le fermer, et séparer les éléments par des virgules."),
    ("expected key", "le retrait change au milieu de la fiche", "Aligner toutes les clés sur la même colonne."),
    ("expected <block end>", "le retrait change au milieu de la fiche", "Aligner toutes les clés sur la même colonne."),
    ("control characters", "il y a un caractère invisible interdit", "Retaper la ligne."),
)


def lire(texte: str, fichier: str, decalage: int) -> tuple[Noeud | None, list[Constat]]:
    """Ce que rend `yaml_strict.lire_yaml`."""
    constats = list(_commentaires_colles(texte, fichier, decalage))
    evenements = yaml.parse(texte, Loader=_LECTEUR)
    try:
        lecture = _Descente(evenements, decalage, fichier, constats)
        noeud = lecture.document()
    except _Rejet as rejet:
        constats.append(erreur(rejet.code, Emplacement(fichier, rejet.ligne), rejet.message, rejet.remede))
        return None, constats
    except yaml.YAMLError as faute:
        constats.append(_expliquer(faute, fichier, decalage))
        return None, constats
    if noeud is None or noeud.valeur == "":
        constats.append(erreur("fichier-vide", Emplacement(fichier), "La fiche est vide.", "La remplir d’après content/modeles, ou ôter le fichier."))
        return None, constats
    return noeud, constats


def _expliquer(faute: yaml.YAMLError, fichier: str, decalage: int) -> Constat:
    debut, fin = getattr(faute, "context_mark", None), getattr(faute, "problem_mark", None)
    marque = debut if debut and "end of stream" in str(getattr(faute, "problem", "")) else fin or debut
    probleme = f"{getattr(faute, 'problem', '')} {getattr(faute, 'context', '')} {getattr(faute, 'reason', '')}"
    inconnu = ("la mise en forme est cassée ici", "Comparer avec le modèle de content/modeles.")
    explication, remede = next(((dit, fait) for indice, dit, fait in _EXPLICATIONS if indice in probleme), inconnu)
    ligne = marque.line + 1 + decalage if marque else 0
    return erreur("yaml-illisible", Emplacement(fichier, ligne), f"La fiche ne se lit pas : {explication}.", remede)


_COLLE = re.compile(r"^\s*(?:- )?[\w-]+:\s+[^\s\"'\[{#][^\"'\[{]* #(?=[^\s#])")


def _commentaires_colles(texte: str, fichier: str, decalage: int) -> Iterator[Constat]:
    """« nom: Miel #1 » se lit « Miel » : on le dit."""
    for numero, ligne in enumerate(texte.splitlines(), 1):
        if " #" in ligne and _COLLE.match(ligne):
            yield avertissement(
                "commentaire-colle",
                Emplacement(fichier, numero + decalage),
                "Ce qui suit « # » n’est pas lu : YAML y voit un commentaire.",
                "Mettre le texte entre guillemets, ou une espace après le #.",
            )


class _Descente:
    """Descend le flux d'évènements et bâtit les nœuds. Ce que YAML permet et que nous refusons est refusé ici."""

    def __init__(self, evenements: Iterator[Any], decalage: int, fichier: str, constats: list[Constat]) -> None:
        self._evenements, self._decalage, self._fichier, self._constats = evenements, decalage, fichier, constats

    def document(self) -> Noeud | None:
        racine: Noeud | None = None
        documents = 0
        for evenement in self._evenements:
            if isinstance(evenement, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _Rejet(
                        "yaml-plusieurs-documents",
                        self._ligne(evenement),
                        "Le fichier contient plusieurs fiches séparées par « --- ».",
                        "Faire un fichier par fiche.",
                    )
            elif isinstance(evenement, yaml.NodeEvent):
                racine = self._noeud(evenement, 0)
        return racine

    def _ligne(self, evenement: Any) -> int:
        return int(evenement.start_mark.line) + 1 + self._decalage

    def _noeud(self, evenement: Any, profondeur: int) -> Noeud:
        ligne = self._ligne(evenement)
        if isinstance(evenement, yaml.AliasEvent) or evenement.anchor:
            raise _Rejet("yaml-alias", ligne, "La fiche utilise un renvoi (& ou *).", "Écrire la valeur en entier, ou la mettre entre guillemets.")
        if evenement.tag and evenement.tag != "!":
            raise _Rejet("yaml-etiquette", ligne, "La fiche utilise une étiquette (!).", "L’ôter, ou mettre le texte entre guillemets.")
        if profondeur > PROFONDEUR:
            raise _Rejet("yaml-trop-profond", ligne, "La fiche a trop de niveaux.", "Comparer avec le modèle de content/modeles.")
        if isinstance(evenement, yaml.ScalarEvent):
            return Noeud(str(evenement.value), ligne)
        if isinstance(evenement, yaml.SequenceStartEvent):
            return Noeud(self._suite(profondeur), ligne)
        return Noeud(self._dictionnaire(profondeur), ligne)

    def _suite(self, profondeur: int) -> tuple[Noeud, ...]:
        elements: list[Noeud] = []
        for evenement in self._evenements:
            if isinstance(evenement, yaml.SequenceEndEvent):
                break
            elements.append(self._noeud(evenement, profondeur + 1))
        return tuple(elements)

    def _dictionnaire(self, profondeur: int) -> dict[str, Noeud]:
        contenu: dict[str, Noeud] = {}
        for evenement in self._evenements:
            if isinstance(evenement, yaml.MappingEndEvent):
                break
            cle = self._noeud(evenement, profondeur + 1)
            valeur = self._noeud(next(self._evenements), profondeur + 1)
            if not isinstance(cle.valeur, str):
                raise _Rejet("yaml-illisible", cle.ligne, "Une clé doit être un mot.", "Comparer avec le modèle de content/modeles.")
            if cle.valeur in contenu:
                self._constats.append(
                    erreur(
                        "cle-en-double",
                        Emplacement(self._fichier, cle.ligne),
                        f"« {cle.valeur} » est écrit deux fois (déjà ligne {contenu[cle.valeur].ligne}).",
                        "Garder une seule des deux lignes.",
                    )
                )
                continue
            contenu[cle.valeur] = Noeud(valeur.valeur, cle.ligne) if isinstance(valeur.valeur, str) else valeur
        return contenu
