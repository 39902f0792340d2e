"""cabas : le catalogue, les bons et les récaps d'un réseau de groupements d'achat, dans un dépôt git.

Le chemin d'une donnée : `lecture` (fichiers → modèle) → `controles` et `calculs` (fonctions pures) →
`rendu` et `documents` (modèle → texte, PDF, classeurs) → `publication` (seul à écrire) → `cli` (seul à parler).
"""

__version__ = "0.1.0"
