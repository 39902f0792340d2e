"""Le dossier de la démonstration : vidé et refait à chaque fois, jamais celui d'un vrai groupement."""

from __future__ import annotations

import shutil
from pathlib import Path

TEMOIN = ".demonstration"
"""Ce fichier dit que tout est inventé dans ce dossier, et qu'on peut donc l'effacer."""


def faire_place(prive: Path) -> bool:
    """Rend un dossier privé vide et marqué. Faux, sans rien toucher, s'il contient autre chose qu'une démonstration."""
    if prive.is_symlink() or (prive.exists() and not prive.is_dir()):
        return False
    if prive.is_dir() and any(prive.iterdir()) and not (prive / TEMOIN).is_file():
        return False
    shutil.rmtree(prive, ignore_errors=True)
    prive.mkdir(parents=True)
    (prive / TEMOIN).write_text("Tout est inventé ici. « cabas demo » efface et refait ce dossier.\n", encoding="utf-8")
    return True
