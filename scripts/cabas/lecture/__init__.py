"""Des fichiers au modèle. Bord d'entrée : seul à connaître YAML, les schémas, les CSV et les classeurs.

Chaque lecteur rend ce qu'il a compris et la liste des constats ; une donnée fausse ne lève jamais. `CODES` dit la
question que pose chaque code de lecture d'une fiche : `cabas verifier --liste` et la page « Contrôles » en viennent.
"""

from __future__ import annotations

from collections.abc import Mapping

_E, _A = "erreur", "avertissement"

CODES: Mapping[str, tuple[str, str]] = {
    "dossier-absent": (_E, "Chaque dossier attendu existe-t-il ?"),
    "fichier-inattendu": (_A, "N'y a-t-il que des fiches dans les dossiers de fiches ?"),
    "fichier-vide": (_E, "La fiche contient-elle quelque chose ?"),
    "fichier-lien": (_E, "La fiche est-elle un vrai fichier, et non un lien ?"),
    "fichier-special": (_E, "La fiche est-elle un fichier ordinaire ?"),
    "fichier-trop-gros": (_E, "La fiche a-t-elle une taille raisonnable ?"),
    "fichier-absent": (_E, "Le fichier attendu est-il là ?"),
    "fichier-inaccessible": (_E, "La fiche s'ouvre-t-elle ?"),
    "encodage": (_E, "La fiche est-elle un texte UTF-8 ?"),
    "entete-absent": (_E, "La fiche Markdown a-t-elle un en-tête entre deux lignes « --- » ?"),
    "yaml-illisible": (_E, "La mise en forme YAML se lit-elle ?"),
    "yaml-alias": (_E, "La fiche est-elle sans renvoi (& et *) ?"),
    "yaml-etiquette": (_E, "La fiche est-elle sans étiquette (!) ?"),
    "yaml-plusieurs-documents": (_E, "N'y a-t-il qu'une fiche par fichier ?"),
    "yaml-trop-profond": (_E, "La fiche a-t-elle peu de niveaux ?"),
    "commentaire-colle": (_A, "Aucun texte n'est-il pris pour un commentaire à cause d'un « # » ?"),
    "fiche-invalide": (_E, "La fiche est-elle faite de « clé: valeur » ?"),
    "cle-en-double": (_E, "Chaque clé n'est-elle écrite qu'une fois ?"),
    "cle-inconnue": (_E, "Chaque clé est-elle un champ connu ?"),
    "champ-absent": (_E, "Tous les champs obligatoires sont-ils remplis ?"),
    "type-inattendu": (_E, "Chaque valeur est-elle du genre attendu (nombre, date, vrai ou faux, liste) ?"),
    "valeur-interdite": (_E, "Chaque valeur est-elle parmi celles admises ?"),
    "forme-inattendue": (_E, "Chaque texte a-t-il la forme attendue ?"),
    "texte-trop-long": (_E, "Chaque texte tient-il dans sa place sur le bon ?"),
    "nombre-illisible": (_E, "Chaque nombre est-il fait de chiffres et d'un point ?"),
    "nombre-trop-petit": (_E, "Chaque nombre est-il assez grand ?"),
    "nombre-trop-grand": (_E, "Chaque nombre est-il assez petit ?"),
    "quantite-trop-fine": (_E, "Chaque quantité a-t-elle au plus trois décimales ?"),
    "identifiant-invalide": (_E, "Chaque identifiant est-il en minuscules sans accent, chiffres et tirets ?"),
    "identifiant-en-double": (_E, "Chaque identifiant est-il unique ?"),
    "producteur-inconnu": (_E, "Le producteur ou la productrice de chaque produit a-t-il une fiche ?"),
    "rubrique-inconnue": (_E, "La rubrique de chaque produit existe-t-elle ?"),
    "groupement-inconnu": (_E, "Le groupement de chaque fenêtre a-t-il une fiche ?"),
    "correspondance-inconnue": (_E, "Chaque colonne d'une correspondance va-t-elle à une information connue, ou à une ref ?"),
    "traduction-inutile": (_A, "Chaque nom traduit est-il celui d'un produit ou d'une rubrique du catalogue ?"),
    "selection-illisible": (_E, "Comprend-on quels produits une commande propose ?"),
    "instant-illisible": (_E, "Chaque instant est-il écrit AAAA-MM-JJTHH:MM, sans décalage ?"),
    "instant-inexistant": (_E, "Chaque instant existe-t-il (passage à l'heure d'été) ?"),
    "instant-ambigu": (_E, "Chaque instant n'arrive-t-il qu'une fois (passage à l'heure d'hiver) ?"),
    "heure-illisible": (_E, "Chaque heure de créneau se lit-elle ?"),
}
