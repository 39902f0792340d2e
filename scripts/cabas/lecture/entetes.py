"""Séparer l'en-tête YAML d'un Markdown de son texte."""

from __future__ import annotations

from cabas.constats import Constat, Emplacement, erreur
from cabas.lecture.yaml_strict import Noeud, lire_yaml


def lire_entete(texte: str, fichier: str) -> tuple[Noeud | None, str, list[Constat]]:
    """Entre : un Markdown qui commence par `---`. Sort : le nœud de l'en-tête, le texte qui suit, les constats.

    Code : `entete-absent`.
    """
    lignes = texte.splitlines(keepends=True)
    if not texte.strip():
        return (
            None,
            "",
            [erreur("fichier-vide", Emplacement(fichier), "La fiche est vide.", "La remplir d’après content/modeles, ou ôter le fichier.")],
        )
    if lignes[0].rstrip() != "---":
        return (
            None,
            texte,
            [
                erreur(
                    "entete-absent",
                    Emplacement(fichier, 1),
                    "La fiche ne commence pas par un en-tête.",
                    "Commencer par une ligne « --- », les champs, puis une ligne « --- ».",
                )
            ],
        )
    for numero, ligne in enumerate(lignes[1:], 1):
        if ligne.rstrip() == "---":
            noeud, constats = lire_yaml("".join(lignes[1:numero]), fichier, decalage=1)
            return noeud, "".join(lignes[numero + 1 :]).strip(), constats
    return (
        None,
        "",
        [erreur("entete-absent", Emplacement(fichier, 1), "L’en-tête n’est pas fermé.", "Ajouter une ligne « --- » après le dernier champ.")],
    )
