"""Écrire les totaux d'un groupement, et la part que le réseau lui rend. JSON lisible : une demande par ligne, aucun nom."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from cabas.recu import Retour, Totaux


def totaux_json(totaux: Totaux) -> bytes:
    """`totaux-<groupement>.json` : `produits` donne, par ref, des listes `[numéro, quantité, tolérance, tarif, heure]` en millièmes."""
    contenu = totaux.contenu
    return _ecrire({**contenu, "sceau": totaux.sceau}, contenu["produits"])


def attribue_json(retour: Retour) -> bytes:
    """`attribue-<groupement>.json` : pour chaque demande des totaux, dans le même ordre, `[numéro, attribué]` en millièmes.

    `frais`, en centimes : la part du groupement.
    """
    contenu = retour.contenu
    return _ecrire({**contenu, "sceau": retour.sceau}, contenu["produits"])


def _ecrire(contenu: Mapping[str, object], produits: Mapping[str, Sequence[object]]) -> bytes:
    """Le même JSON pour les mêmes données, avec une ligne par demande : qui l'envoie peut relire ce qui part."""
    blocs = []
    for ref, lignes in sorted(produits.items()):
        rangees = ",\n".join(f"      {json.dumps(ligne, ensure_ascii=False)}" for ligne in lignes)
        blocs.append(f"    {json.dumps(ref)}: [\n{rangees}\n    ]")
    autres = [f"  {json.dumps(nom)}: {json.dumps(valeur, ensure_ascii=False)}" for nom, valeur in contenu.items() if nom != "produits"]
    corps = "{\n" + ",\n".join(blocs) + "\n  }" if blocs else "{}"
    return ("{\n" + ",\n".join([*autres, f'  "produits": {corps}']) + "\n}\n").encode()
