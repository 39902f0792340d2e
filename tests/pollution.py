"""Des fichiers de bons abîmés, semés par une graine, à partir d'un fichier juste : variantes propres, et vraies pollutions.

Une variante propre dit la même chose autrement : tout doit être lu, sans une alarme. Une pollution abîme : chaque quantité est
lue juste, ou signalée, ou rejetée avec sa ligne. Ne sont pas semées les pollutions que rien ne distingue d'un fichier juste
(un chiffre changé, deux quantités échangées) ; les coupures indétectables sont comptées à part par `test_pollution`.
"""

from __future__ import annotations

import csv
import io
import random
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

CELLULES = ("A-1", "Émile Zay", "Zoë d’Arc", "B-2", "Noé Çelik", "C-3")
INTITULES = {
    "farine-t65": "Farine de blé T65, 1,40 €/kg [farine-t65]",
    "jus-de-pomme": "Jus de pomme",
    "lentilles-vertes": "Lentilles vertes (kg)",
    "oeufs-plein-air": "Œufs de plein air [oeufs-plein-air]",
}
# Toutes les quantités diffèrent : une case qui glisse donne forcément une valeur fausse, donc visible.
QUANTITES = {"farine-t65": "{}.5", "jus-de-pomme": "1{}", "lentilles-vertes": "3{}", "oeufs-plein-air": "{}"}
VERITE: dict[tuple[str, str], str] = {
    (cellule, ref): QUANTITES[ref].format(rang + 1 if ref != "oeufs-plein-air" else 42 + 6 * rang)
    for rang, cellule in enumerate(CELLULES)
    for ref in INTITULES
}


@dataclass(frozen=True)
class Table:
    """Un tableau et la façon de l'écrire."""

    lignes: tuple[tuple[str, ...], ...]
    grille: bool
    separateur: str = ";"
    fin: str = "\n"
    guillemets: Literal[0, 1] = csv.QUOTE_MINIMAL
    encodage: str = "utf-8"
    devant: str = ""

    def texte(self) -> str:
        tampon = io.StringIO(newline="")
        csv.writer(tampon, delimiter=self.separateur, lineterminator=self.fin, quoting=self.guillemets).writerows(self.lignes)
        return self.devant + tampon.getvalue()

    def octets(self) -> bytes:
        try:
            return self.texte().encode(self.encodage)
        except UnicodeEncodeError:
            return self.texte().encode("utf-8")


def juste(alea: random.Random, grille: bool) -> Table:
    """Un fichier juste : la grille d'un formulaire, ou la forme canonique ; quelques colonnes de service au hasard."""
    services = alea.sample(
        [("Créneau", "q1"), ("Remarque", "merci !"), ("nom_groupement", "ici"), ("Votre téléphone", "06 39 98 00 01")], alea.randint(0, 3)
    )
    titres = tuple(titre for titre, _case in services)
    suite = tuple(case for _titre, case in services)
    if grille:
        lignes = [("cellule", *INTITULES.values(), *titres)]
        lignes += [(cellule, *(VERITE[cellule, ref] for ref in INTITULES), *suite) for cellule in CELLULES]
    else:
        lignes = [("cellule", "produit", "quantite", *titres)] + [(cellule, ref, lu, *suite) for (cellule, ref), lu in VERITE.items()]
    return Table(tuple(lignes), grille, alea.choice(";,\t|"), alea.choice(["\n", "\r\n", "\r"]), alea.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))


def _partout(table: Table, changer: Callable[[str], str], entete: bool = True) -> Table:
    return replace(table, lignes=tuple(tuple(map(changer, ligne)) if rang or entete else ligne for rang, ligne in enumerate(table.lignes)))


def _quantites(table: Table, changer: Callable[[str], str]) -> Table:
    return _partout(table, lambda case: changer(case) if case.replace(".", "").isdigit() else case, entete=False)


def _permuter(table: Table, alea: random.Random) -> Table:
    ordre = alea.sample(range(len(table.lignes[0])), len(table.lignes[0]))
    return replace(table, lignes=tuple(tuple(ligne[rang] for rang in ordre) for ligne in table.lignes))


def _aerer(table: Table, alea: random.Random) -> Table:
    lignes = list(table.lignes)
    for _ in range(3):
        lignes.insert(alea.randint(1, len(lignes)), ("",) * alea.choice([1, len(lignes[0])]))
    return replace(table, lignes=tuple(lignes))


def _bavarder(table: Table, _alea: random.Random) -> Table:
    """Une remarque de plusieurs lignes, avec des virgules et des points-virgules : ce n'est pas un guillemet perdu."""
    suite = ((*ligne, "Merci, à mardi, 2 sacs\nOui; non; 12; on verra\n\n") for ligne in table.lignes[1:])
    return replace(table, lignes=((*table.lignes[0], "Observation"), *suite), guillemets=csv.QUOTE_ALL)


def _refuser(table: Table, alea: random.Random) -> Table:
    """Un produit dont personne ne veut : zéro n'est pas une quantité, même « 0 kg » d'une pièce."""
    riens = ["0", "0,0", "0 kg", "0,0 L", ""]
    if table.grille:
        suite = ((*ligne, alea.choice(riens)) for ligne in table.lignes[1:])
        return replace(table, lignes=((*table.lignes[0], "Comté AOP 12 mois"), *suite))
    modele = table.lignes[0]
    vides = [
        tuple({"cellule": cellule, "produit": "jus-de-pomme", "quantite": alea.choice(riens)}.get(titre, "") for titre in modele)
        for cellule in CELLULES
    ]
    return replace(table, lignes=(*table.lignes, *vides))


PROPRES: dict[str, Callable[[Table, random.Random], Table]] = {
    "tel quel": lambda table, _alea: table,
    "marque UTF-8": lambda table, _alea: replace(table, encodage="utf-8-sig"),
    "UTF-16": lambda table, _alea: replace(table, encodage="utf-16"),
    "Windows": lambda table, _alea: replace(table, encodage="cp1252"),
    "colonnes permutées": _permuter,
    "lignes vides": _aerer,
    "sans fin de ligne": lambda table, _alea: table,
    "préambule": lambda table, _alea: replace(table, devant=f"Commande de décembre{table.fin}{table.fin}Les Tilleuls{table.fin}"),
    "sep=": lambda table, _alea: replace(table, devant=f"sep={table.separateur}{table.fin}"),
    "colonnes vides à droite": lambda table, _alea: replace(table, lignes=tuple((*ligne, "", "") for ligne in table.lignes)),
    "majuscules": lambda table, _alea: replace(table, lignes=(tuple(t if "[" in t else t.upper() for t in table.lignes[0]), *table.lignes[1:])),
    "NFD": lambda table, _alea: _partout(table, lambda case: unicodedata.normalize("NFD", case)),
    "insécables": lambda table, _alea: _partout(table, lambda case: f"\u00a0{case.replace(' ', chr(160))} " if case else case),
    "chiffres arabes": lambda table, _alea: _quantites(table, lambda lu: "".join(chr(0x660 + int(c)) if c.isdigit() else "٫" for c in lu)),
    "pleine chasse": lambda table, _alea: _quantites(table, lambda lu: "".join(chr(0xFF10 + int(c)) if c.isdigit() else "," for c in lu)),
    "virgules": lambda table, _alea: _quantites(table, lambda lu: lu.replace(".", ",")),
    "zéros": lambda table, _alea: _quantites(table, lambda lu: f"{lu}0" if "." in lu else f"{lu},00"),
    "remarque sur deux lignes": _bavarder,
    "zéro dans une autre unité": _refuser,
    "deux colonnes de nom": lambda table, _alea: replace(
        table, lignes=tuple((*ligne, "Nom :" if not rang else f"Nom {ligne[0]}") for rang, ligne in enumerate(table.lignes))
    ),
    "en-tête répété": lambda table, alea: replace(
        table, lignes=(*table.lignes[: (rang := alea.randint(2, len(table.lignes) - 1))], table.lignes[0], *table.lignes[rang:])
    ),
}


def variantes_propres(graine: int) -> Iterator[tuple[str, bytes]]:
    """Chaque variante propre, sous les deux formes, en grille et en longueur."""
    for nom, varier in PROPRES.items():
        for grille in (False, True):
            alea = random.Random(f"{graine}/{nom}/{grille}")
            table = varier(juste(alea, grille), alea)
            octets = table.octets()
            yield (
                f"{nom}, {'grille' if grille else 'longue'}, {table.separateur!r} {table.fin!r}",
                octets.rstrip() if nom == "sans fin de ligne" else octets,
            )


def _une_ligne(table: Table, alea: random.Random, changer: Callable[[list[str]], list[str] | None]) -> Table:
    rang = alea.randint(1, len(table.lignes) - 1)
    ligne = changer(list(table.lignes[rang]))
    return table if ligne is None else replace(table, lignes=(*table.lignes[:rang], tuple(ligne), *table.lignes[rang + 1 :]))


def _une_case(table: Table, alea: random.Random, cases: list[str]) -> Table:
    """Une quantité remplacée par ce qu'on ne doit pas lire comme un nombre."""
    utiles = [(i, j) for i, ligne in enumerate(table.lignes) for j, case in enumerate(ligne) if i and case.replace(".", "").isdigit()]
    i, j = alea.choice(utiles)
    lignes = [list(ligne) for ligne in table.lignes]
    lignes[i][j] = alea.choice(cases)
    return replace(table, lignes=tuple(map(tuple, lignes)))


def _une_colonne(table: Table, alea: random.Random, changer: Callable[[list[str]], list[list[str]]], sans_texte: bool = False) -> Table:
    colonnes = [list(colonne) for colonne in zip(*table.lignes, strict=True)]
    rang = alea.randrange(1 if sans_texte else 0, len(colonnes))
    colonnes[rang : rang + 1] = changer(colonnes[rang])
    return replace(table, lignes=tuple(zip(*colonnes, strict=True)))


def _couper_ligne(table: Table, alea: random.Random) -> str:
    """Un retour à la ligne au milieu d'une rangée (jamais dans un nombre : rien ne le dirait)."""
    texte = table.texte()
    debut = texte.index(table.fin) + len(table.fin)
    places = [i for i in range(debut, len(texte) - 2) if texte[i] == table.separateur]
    rang = alea.choice(places) + alea.choice([0, 1])
    return texte[:rang] + table.fin + texte[rang:]


def _joindre(table: Table, alea: random.Random) -> str:
    lignes = table.texte().split(table.fin)
    rang = alea.randint(1, len(lignes) - 3)
    return table.fin.join([*lignes[:rang], lignes[rang] + lignes[rang + 1], *lignes[rang + 2 :]])


def _inserer(table: Table, alea: random.Random, quoi: str, apres_entete: bool = True) -> str:
    texte = table.texte()
    rang = alea.randint(texte.index(table.fin) + 1 if apres_entete else 0, len(texte))
    return texte[:rang] + quoi + texte[rang:]


def _oter_un_separateur(table: Table, alea: random.Random) -> str:
    texte = table.texte()
    debut = texte.index(table.fin)
    rang = alea.choice([i for i in range(debut, len(texte)) if texte[i] == table.separateur])
    return texte[:rang] + texte[rang + 1 :]


def _autre_separateur(table: Table, alea: random.Random) -> str:
    lignes = table.texte().split(table.fin)
    rang = alea.randint(1, len(lignes) - 2)
    lignes[rang] = lignes[rang].replace(table.separateur, alea.choice([s for s in ";\t|" if s != table.separateur]))
    return table.fin.join(lignes)


def _deux_fichiers(table: Table, alea: random.Random) -> str:
    """Un second fichier collé à la suite, ses colonnes dans un autre ordre, avec ou sans colonne de plus."""
    rang = alea.randint(2, len(table.lignes) - 1)
    autre = _permuter(replace(table, lignes=(table.lignes[0], *table.lignes[rang:])), alea)
    if alea.random() < 0.5:
        autre = replace(autre, lignes=tuple((*ligne, "horodateur" if not i else "") for i, ligne in enumerate(autre.lignes)))
    return replace(table, lignes=table.lignes[:rang]).texte() + autre.texte()


def _meler(table: Table, alea: random.Random) -> bytes:
    lignes = table.texte().split(table.fin)
    rang = alea.randint(1, len(lignes) - 2)
    return table.fin.encode().join(ligne.encode("cp1252" if i >= rang else "utf-8") for i, ligne in enumerate(lignes))


def _ligne_plus_longue(table: Table, alea: random.Random) -> Table:
    return _une_ligne(table, alea, lambda ligne: [*ligne[: (r := alea.randint(0, len(ligne)))], alea.choice(["", "x", "7"]), *ligne[r:]])


def _renommer(table: Table, alea: random.Random) -> Table:
    noms = ["Patates", "article", "nombre", "Farine bise", "Qui ?"]
    return _une_colonne(table, alea, lambda colonne: [[alea.choice(noms), *colonne[1:]]])


def _oter_un_intitule(table: Table, alea: random.Random) -> Table:
    rang = alea.randrange(len(table.lignes[0]))
    return replace(table, lignes=(table.lignes[0][:rang] + table.lignes[0][rang + 1 :], *table.lignes[1:]))


def _doubler(table: Table, alea: random.Random) -> Table:
    return _une_colonne(table, alea, lambda colonne: [colonne, [colonne[0], *alea.sample(colonne[1:], len(colonne) - 1)]])


def _case_geante(table: Table, alea: random.Random) -> Table:
    return _une_ligne(table, alea, lambda ligne: [*ligne[:-1], "9" * alea.choice([25_000, 140_000])])


# Pas un chiffre précédé d'une marque invisible : il se lit.
ILLISIBLES = ["1.250,5", "1,250.5", "-2", "−3", "NaN", "1e9", "INF", "=2+3", "+2", "0x10", "1_000", "deux", "2 sacs", "2-3", "2;5", "O", "l", "12h"]
ILLISIBLES += ["-", "non", "?", "1 2", "2..5", "500 ml", "#REF!"]
SALES: dict[str, Callable[[Table, random.Random], Table | str | bytes]] = {
    "quantité illisible": lambda table, alea: _une_case(table, alea, ILLISIBLES),
    "ligne plus courte": lambda table, alea: _une_ligne(table, alea, lambda ligne: ligne[: alea.randint(1, len(ligne) - 1)]),
    "ligne plus longue": _ligne_plus_longue,
    "case ôtée": lambda table, alea: _une_ligne(table, alea, lambda ligne: [*ligne[: (r := alea.randrange(len(ligne)))], *ligne[r + 1 :]]),
    "séparateur ôté": _oter_un_separateur,
    "séparateur ajouté": lambda table, alea: _inserer(table, alea, table.separateur),
    "autre séparateur": _autre_separateur,
    "ligne brisée": _couper_ligne,
    "lignes jointes": _joindre,
    "guillemet": lambda table, alea: _inserer(table, alea, '"'),
    "octet nul": lambda table, alea: _inserer(table, alea, "\0", apres_entete=False),
    "case géante": _case_geante,
    "intitulé effacé": lambda table, alea: _une_colonne(table, alea, lambda colonne: [["", *colonne[1:]]]),
    "intitulé renommé": _renommer,
    "intitulé ôté": _oter_un_intitule,
    "colonne doublée": _doubler,
    "colonne de nombres": lambda table, alea: _une_colonne(table, alea, lambda colonne: [colonne, ["Panais", *("7" for _ in colonne[1:])]]),
    "en-tête perdu": lambda table, _alea: replace(table, lignes=table.lignes[1:]),
    "deux fichiers collés": _deux_fichiers,
    "deux encodages": _meler,
    "lignes avant l’en-tête": lambda table, alea: replace(table, lignes=(*table.lignes[1:3], table.lignes[0], *table.lignes[3:])),
}  # fmt: skip


def pollutions(graine: int) -> Iterator[tuple[str, bytes]]:
    """Chaque pollution, sous les deux formes."""
    for nom, salir in SALES.items():
        for grille in (False, True):
            alea = random.Random(f"{graine}/{nom}/{grille}")
            table = juste(alea, grille)
            sale = salir(table, alea)
            octets = sale if isinstance(sale, bytes) else (sale if isinstance(sale, str) else sale.texte()).encode()
            yield f"{nom}, {'grille' if grille else 'longue'}", octets
