"""Les correspondances d'un groupement : ce que veulent dire les colonnes de ses formulaires, écrit une fois pour toutes.

`groupements/<slug>.correspondances.yaml` est public : il ne contient que des intitulés. Une table s'applique aux fichiers de
bons dont le nom va à son motif, avant la reconnaissance automatique. La première table qui convient est la bonne.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from cabas.constats import Constat, Emplacement, Source, avertissement, erreur
from cabas.lecture.colonnes import UNITE, Catalogue, Colonne
from cabas.lecture.fiches import Rangs, deplier, source_de
from cabas.lecture.intitules import roles_connus
from cabas.lecture.profils import Profil
from cabas.lecture.releve import CORRESPONDANCES
from cabas.lecture.schemas import proche
from cabas.lecture.yaml_strict import Noeud, lire_yaml
from cabas.modele import Correspondance, Depot
from cabas.motifs import motif
from cabas.typographie import enumerer, simplifier

IGNORER = "ignorer"
_UNITE_AJOUTEE = motif(r" \((?:kg|g|l|cl|ml|pieces?)\)$")
COLONNES = "colonnes/"
"""Dans la source d'une table, ce qui précède un intitulé pour retrouver sa ligne."""


def propre(intitule: str) -> str:
    """Un intitulé, espaces réduits : c'est ainsi qu'il se compare."""
    return " ".join(unicodedata.normalize("NFC", intitule.replace("\ufeff", "")).split())


def sans_double(nom: str) -> str:
    """Le nom qu'avait un fichier avant qu'un navigateur ne le range à côté du premier : « form (1).csv » est « form.csv ».

    >>> sans_double("form (1).csv"), sans_double("form(12).csv"), sans_double("Bon (responses).csv")
    ('form.csv', 'form.csv', 'Bon (responses).csv')
    """
    return re.sub(r"(?<=\S) ?\([1-9]\d?\)(?=\.[^.]*$)", "", nom)


def _plat(nom: str) -> str:
    """Un nom de fichier tel qu'il se compare : Windows et macOS n'en distinguent pas la casse."""
    return unicodedata.normalize("NFC", nom).casefold()


def roles() -> list[str]:
    """Les informations qu'une colonne peut porter, outre une quantité de produit."""
    return sorted({role for role in roles_connus().values() if role} | {IGNORER})


def lire_correspondances(texte: str, fichier: str, rangs: Rangs) -> tuple[tuple[Correspondance, ...], list[Constat]]:
    """Les tables d'un fichier. Range dans `rangs` de quoi les contrôler par leur schéma."""
    racine, constats = lire_yaml(texte, fichier)
    if racine is None:
        return (), constats
    if not isinstance(racine.valeur, tuple):
        fait, remede = "On attend une liste de tables.", "Commencer par un tiret : - fichier: formulaire*.csv."
        return (), [*constats, erreur("fiche-invalide", Emplacement(fichier, 1), fait, remede)]
    tables: list[Correspondance] = []
    for element in racine.valeur:
        dits = deplier("correspondances", element, fichier, {}, rangs)
        constats += dits
        if not dits and isinstance(element.valeur, dict) and (table := _table(element.valeur, source_de(element, fichier), constats)):
            tables.append(table)
    return tuple(tables), constats


def _table(contenu: Mapping[str, Noeud], source: Source, constats: list[Constat]) -> Correspondance | None:
    motif, lues, passees = (contenu.get(cle) for cle in ("fichier", "colonnes", "ignorer"))
    colonnes = lues.valeur if lues and isinstance(lues.valeur, dict) else {}
    ignorer = passees.valeur if passees and isinstance(passees.valeur, tuple) else ()
    if motif is None or not isinstance(motif.valeur, str) or not motif.valeur:
        return None
    lignes = {COLONNES + propre(intitule): cible.ligne for intitule, cible in colonnes.items()}
    lignes |= {COLONNES + propre(un.valeur): un.ligne for un in ignorer if isinstance(un.valeur, str)}
    constats += [
        erreur("type-inattendu", Emplacement(source.fichier, noeud.ligne), "On attend un mot.", "Écrire « intitulé »: ref.")
        for noeud in (*colonnes.values(), *ignorer)
        if not isinstance(noeud.valeur, str)
    ]
    return Correspondance(
        motif.valeur,
        {propre(intitule): cible.valeur for intitule, cible in colonnes.items() if isinstance(cible.valeur, str)},
        tuple(propre(un.valeur) for un in ignorer if isinstance(un.valeur, str)),
        declare.valeur if (declare := contenu.get("encodage")) and isinstance(declare.valeur, str) else "",
        Source(source.fichier, source.ligne, {**source.lignes, **lignes}),
    )


def juger_correspondances(depot: Depot) -> list[Constat]:
    """Chaque fichier a-t-il son groupement, et chaque colonne une information connue ou une ref ?"""
    constats: list[Constat] = []
    for slug, tables in depot.correspondances.items():
        if slug not in depot.groupements:
            lieu = Emplacement(f"groupements/{slug}{CORRESPONDANCES}")
            constats.append(erreur("groupement-inconnu", lieu, f"« {slug} » n’est pas un groupement.", "Renommer le fichier comme sa fiche."))
        for table in tables:
            for intitule, cible in table.colonnes.items():
                if comprendre_cible(cible, depot.produits) is None:
                    constats.append(_inconnue(table, intitule, cible, depot))
    return constats


def _inconnue(table: Correspondance, intitule: str, cible: str, depot: Depot) -> Constat:
    voisin = proche(cible, [*roles(), *depot.produits])
    remede = f"Vouliez-vous dire « {voisin} » ?" if voisin else f"Écrire une ref du catalogue, ou {enumerer(roles(), 'ou')}."
    fait = f"« {intitule} » : « {cible} » n’est ni une information connue, ni une ref du catalogue."
    return erreur("correspondance-inconnue", table.source.a(COLONNES + intitule), fait, remede)


def comprendre_cible(cible: str, produits: Iterable[str]) -> tuple[str, str] | None:
    """Le rôle et la ref que désigne une cible ; `None` si elle ne désigne rien. Un rôle vide : la colonne n'est pas lue."""
    if cible in roles():
        return ("" if cible == IGNORER else cible), ""
    for prefixe, role in (("", "quantite"), ("q-", "quantite"), ("t-", "tolerance")):
        if cible.startswith(prefixe) and cible.removeprefix(prefixe) in produits:
            return role, cible.removeprefix(prefixe)
    return None


class CatalogueMene(Catalogue):
    """Un catalogue qui reconnaît d'abord les intitulés d'une table, puis les autres. `vus` : ceux qu'il a rencontrés."""

    def __init__(self, base: Catalogue, table: Correspondance) -> None:
        super().__init__(base.produits.values(), base.tarifs)
        self.table = table
        self.encodage = table.encodage
        cibles = {**table.colonnes, **dict.fromkeys(table.ignorer, IGNORER)}
        self._comprises = {intitule: sens for intitule, cible in cibles.items() if (sens := comprendre_cible(cible, base.produits))}
        self.dites = self._comprises.keys()
        self._exemples = {role: intitule for intitule, role in reversed(list(roles_connus().items()))}
        self.vus: set[str] = set()
        self.servi = False

    def _dit(self, intitule: str) -> str:
        """L'intitulé tel que la table l'écrit ; l'unité d'un second étage d'en-tête y a peut-être été ajoutée."""
        exact = propre(intitule)
        return exact if exact in self._comprises else _UNITE_AJOUTEE.sub("", exact)

    def _compter(self, cases: list[str]) -> int:
        """Chaque intitulé de la table compte comme s'il était écrit à notre façon ; deux suffisent à faire un en-tête."""
        sens = [self._comprises.get(self._dit(case)) for case in cases]
        traduites = [case if un is None else f"[{un[1]}]" if un[1] else self._exemples[un[0]] for case, un in zip(cases, sens, strict=True)]
        connues = sum(un is not None for un in sens)
        return super()._compter(traduites) or (connues if connues > 1 else 0)

    def _comprendre(self, intitules: list[str]) -> list[Colonne]:
        """« Quantité » écrit au-dessus de deux colonnes ne dit pas de quel produit est chacune : aucune n'est lue, plutôt que la mauvaise."""
        repetes = {intitule for intitule, nombre in Counter(map(propre, intitules)).items() if nombre > 1}
        colonnes = super()._comprendre(intitules)
        return [une._replace(ref="", refus="colonne-ambigue", produit=True) if self._est_forcee(une, repetes) else une for une in colonnes]

    def _est_forcee(self, colonne: Colonne, repetes: set[str]) -> bool:
        """Vrai si c'est la table seule, et non l'intitulé, qui fait de plusieurs colonnes la quantité d'un même produit."""
        repetee = colonne.role == "quantite" and bool(colonne.ref) and propre(colonne.intitule) in repetes
        return repetee and self._chercher(colonne.intitule) != [colonne.ref]

    def _une(self, index: int, intitule: str, *, en_grille: bool, profil: Profil | None) -> Colonne:
        dit = self._dit(intitule)
        if dit not in self._comprises:
            return super()._une(index, intitule, en_grille=en_grille, profil=profil)
        sens = self._comprises[dit]
        self.vus.add(dit)
        unite = trouve[1] if sens[1] and (trouve := UNITE.search(simplifier(intitule))) else ""
        return Colonne(index, intitule, *sens, unite)


class Catalogues:
    """Le catalogue qui convient à chaque fichier de bons."""

    def __init__(self, depot: Depot) -> None:
        produits = depot.produits.values()
        self._sans_groupement = Catalogue(produits)
        self._bases = {slug: Catalogue(produits, groupement.tarifs) for slug, groupement in depot.groupements.items()}
        self._menes = {slug: [CatalogueMene(self._base(slug), table) for table in tables] for slug, tables in depot.correspondances.items()}
        for un in (*self._bases.values(), *(mene for menes in self._menes.values() for mene in menes)):
            # Mêmes produits : ce que l'un a compris d'une case vaut pour tous.
            un.cases_lues, un.ecrits = self._sans_groupement.cases_lues, self._sans_groupement.ecrits

    def _base(self, groupement: str) -> Catalogue:
        return self._bases.get(groupement, self._sans_groupement)

    def pour(self, groupement: str, nom: str) -> Catalogue:
        """Celui de la première table dont le motif va à ce nom de fichier, ou au nom d'avant le double d'un navigateur ; sinon, l'ordinaire."""
        menes = self._menes.get(groupement, ())
        for compare in dict.fromkeys((nom, sans_double(nom))) if menes else ():
            for mene in menes:
                if fnmatchcase(_plat(compare), _plat(mene.table.fichier)):
                    mene.servi = True
                    return mene
        return self._base(groupement)

    def jamais_vus(self) -> list[Constat]:
        """Les intitulés d'une table que ses fichiers n'ont pas : le formulaire a peut-être changé."""
        return [
            avertissement(
                "correspondance-inutile",
                mene.table.source.a(COLONNES + intitule),
                f"Aucun fichier « {mene.table.fichier} » n’a de colonne « {intitule} ».",
                "Recopier l’intitulé tel qu’il est dans le fichier, ou ôter cette ligne.",
            )
            for menes in self._menes.values()
            for mene in menes
            if mene.servi
            for intitule in (*mene.table.colonnes, *mene.table.ignorer)
            if intitule not in mene.vus
        ]
