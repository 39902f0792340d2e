"""Écrire les totaux d'un groupement, et la part que le réseau lui rend. JSON lisible : une demande par ligne, aucun nom."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from cabas.calculs.recap import Recap
from cabas.recu import Totaux


def totaux_json(totaux: Totaux) -> bytes:
    """`totaux-<groupement>.json` : `produits` donne, par ref, des listes `[numéro, quantité, tolérance, tarif, heure]` en millièmes."""
    contenu = totaux.contenu
    return _ecrire({**contenu, "sceau": totaux.sceau}, contenu["produits"])


def attribue_json(totaux: Totaux, recap: Recap) -> bytes:
    """`attribue-<groupement>.json` : pour chaque demande des totaux, dans le même ordre, ce que le réseau attribue (millièmes).

    `frais`, en centimes : la part du groupement, quand la commande a des frais.
    """
    parts: dict[str, list[list[object]]] = {ref: [] for ref in totaux.produits}
    for ligne in sorted((une for une in recap.lignes if une.groupement == totaux.groupement), key=lambda une: (une.produit, une.cellule, une.bon)):
        parts[ligne.produit].append([int(ligne.cellule.rpartition("-")[2]), ligne.attribue])
    frais = sum(part.part for part in recap.frais if part.groupement == totaux.groupement)
    tete = {"format": "cabas-attribue-1", "commande": totaux.commande, "groupement": totaux.groupement, "totaux": totaux.sceau}
    return _ecrire({**tete, "frais": frais} if recap.frais else tete, parts)


def _ecrire(contenu: Mapping[str, object], produits: Mapping[str, Sequence[object]]) -> bytes:
    """Le même JSON pour les mêmes données, avec une ligne par demande : qui l'envoie peut relire ce qui part."""
    blocs = []
    for ref, lignes in sorted(produits.items()):
        rangees = ",\n".join(f"      {json.dumps(ligne, ensure_ascii=False)}" for ligne in lignes)
        blocs.append(f"    {json.dumps(ref)}: [\n{rangees}\n    ]")
    autres = [f"  {json.dumps(nom)}: {json.dumps(valeur, ensure_ascii=False)}" for nom, valeur in contenu.items() if nom != "produits"]
    corps = "{\n" + ",\n".join(blocs) + "\n  }" if blocs else "{}"
    return ("{\n" + ",\n".join([*autres, f'  "produits": {corps}']) + "\n}\n").encode()
