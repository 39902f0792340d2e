"""Ce qu'une fusion a trouvé, en constats à imprimer : du journal à `fichier:ligne: [code] fait`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cabas.calculs.fusion import Fusion
from cabas.calculs.jugement import Sort
from cabas.constats import Constat, Emplacement, Gravite, avertissement, erreur

_UNE_FOIS = frozenset({
    "adhesion-perimee", "bon-accepte", "bon-annule", "cellule-absente", "cellule-inconnue", "cellule-reunie", "colonne-ambigue", "colonne-inconnue",
    "credit-insuffisant", "date-illisible", "hors-delai", "ligne-decalee", "mauvais-groupement", "mauvaise-commande",
})  # fmt: skip
"""Les codes qui disent la même chose à chaque ligne d'un bon : on ne les imprime qu'une fois, le journal les garde tous."""


def constats_de(fusion: Fusion, prive: str) -> list[Constat]:
    """Un constat par ligne rejetée ou signalée, dans l'ordre du journal. `prive` : le nom du dossier privé."""
    constats: list[Constat] = []
    vus: set[tuple[str, str, str]] = set()
    for jugee in fusion.singulieres:
        if not jugee.code:
            continue
        gravite = Gravite.ERREUR if jugee.sort is Sort.REJETEE and jugee.code != "bon-annule" else Gravite.AVERTISSEMENT
        cle = (jugee.lue.fichier, jugee.code, jugee.message if jugee.code != "ligne-decalee" else str(jugee.lue.ligne))
        if jugee.code in _UNE_FOIS and cle in vus:
            continue
        vus.add(cle)
        constats.append(Constat(jugee.code, gravite, Emplacement(f"{prive}/{jugee.lue.fichier}", jugee.lue.ligne), jugee.message, jugee.remede))
    for decision, refus, grave in fusion.ecarts:
        gravite = Gravite.ERREUR if grave else Gravite.AVERTISSEMENT
        champ = "action" if refus.code != "decision-fausse" else "tolerance" if decision.tolerance else "quantite"
        constats.append(Constat(refus.code, gravite, decision.source.a(champ), refus.fait, refus.remede))
    return constats


def refus_d_accepter(fusion: Fusion, accepter: Iterable[str], prive: str) -> Iterator[Constat]:
    """Un constat par bon de `--accepter` que l'on n'a pas pris : inconnu, à plusieurs, ou annulé. `prive` : le nom du dossier privé."""
    from cabas.calculs.bons_vises import BonVise, ambigu, forme_de_bon
    from cabas.cli.impression import sans_controle

    pris = {forme_de_bon(nom) for nom in fusion.acceptes}
    ici = Emplacement(f"{prive}/{fusion.commande.id}")
    for ecrit in sorted({sans_controle(nom) for nom in accepter}):
        siens = [jugee for jugee in fusion.singulieres if forme_de_bon(jugee.nom_du_bon) == forme_de_bon(ecrit)]
        if any(jugee.code == "hors-delai" for jugee in siens):
            retards = {BonVise(*jugee.bon[:3], True) for jugee in siens if jugee.code in ("hors-delai", "bon-accepte")}
            remede = f"Lancer --corriger, qui demande bon par bon. Ou écrire la décision dans {ici.fichier}/decisions.yaml."
            yield erreur("decision-sans-objet", ici, f"--accepter : {ambigu(ecrit, retards).fait}", remede)
        elif forme_de_bon(ecrit) in pris:
            continue
        elif any(jugee.code == "bon-annule" for jugee in siens):
            fait = f"--accepter : une décision annule le bon « {ecrit} » : il reste annulé."
            yield avertissement("decision-sans-objet", ici, fait, "Ôter de decisions.yaml la décision qui l’annule, s’il faut le prendre.")
        else:
            fait = f"--accepter : aucun bon hors délai ne s’appelle « {ecrit} »."
            yield avertissement("bon-inconnu", ici, fait, "Recopier l’identifiant que donne le constat « hors-delai ».")
