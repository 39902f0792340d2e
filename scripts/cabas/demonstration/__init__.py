"""Un mois inventé, pour montrer et pour essayer : des cellules, des bons par tous les chemins, et les accidents d'usage.

Entre : le dépôt réel (son catalogue, ses groupements), une commande, un dossier privé temporaire, une graine. Sort : des
fichiers, et un `Resume` de ce qui a été semé, calculé sans la fusion.
"""

from __future__ import annotations

from cabas.demonstration.dossier import faire_place
from cabas.demonstration.faits import Accident, Resume
from cabas.demonstration.mois import engendrer
from cabas.demonstration.volume import engendrer_lignes

__all__ = ["Accident", "Resume", "engendrer", "engendrer_lignes", "faire_place"]
