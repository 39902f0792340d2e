"""Le catalogue d'une fusion : celui d'aujourd'hui, ou celui que la commande a figé en ouvrant (`catalogue: <révision>`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from cabas.calculs.fusion import Fusion
    from cabas.calculs.prix_figes import PrixChange
    from cabas.constats import Constat
    from cabas.controles.base import Fige
    from cabas.modele import Depot, Produit

MONTREES = 5
"""Combien de cellules on nomme à l'écran ; la sortie JSON les a toutes."""
_MOTS = {"pas": "pas", "contenu": "contenu", "maximum": "maximum", "tva": "TVA"}


class Catalogue(NamedTuple):
    """Les fiches avec lesquelles on fusionne. `present` : celles d'aujourd'hui ; `commit` : vide si rien n'est figé."""

    racine: Path
    identifiant: str
    depot: Depot
    present: Depot
    constats: list[Constat]
    commit: str = ""
    demandee: str = ""

    @property
    def fige(self) -> bool:
        """Vrai si les prix sont ceux d'une révision nommée par la commande."""
        return bool(self.commit)

    def revision(self) -> str:
        """La révision employée, avec « +modifications » si ce que l'on a lu sur le disque n'est pas enregistré."""
        from cabas.historique import FICHES, Revision, revision

        if not self.commit:
            return str(revision(self.racine, FICHES))
        lus = ("groupements", f"catalogue/commandes/{self.identifiant}.yaml")
        return str(Revision(self.commit[:12], revision(self.racine, lus).modifiee))

    def situer(self, constats: Iterable[Constat]) -> list[Constat]:
        """Les mêmes constats ; ceux d'une fiche figée disent de quelle révision elle vient, et comment s'en défaire."""
        from cabas.constats import Emplacement
        from cabas.lecture.origines import est_fige

        remede = f"Cette fiche est figée. Corriger celle d’aujourd’hui, puis : cabas ouvrir {self.identifiant} --annuler."
        return [
            constat._replace(emplacement=Emplacement(f"{self.demandee}:{lieu.fichier}", lieu.ligne), remede=remede)
            if self.commit and est_fige((lieu := constat.emplacement).fichier)
            else constat
            for constat in constats
        ]


def charger_catalogue(racine: Path, identifiant: str) -> Catalogue:
    """Les fiches d'une fusion. Si la révision figée ne se trouve pas, une erreur dit pourquoi : `sans-git`, `revision-introuvable`."""
    from cabas.cli.commun import charger_depot

    present, constats = charger_depot(racine)
    commande = present.commandes.get(identifiant)
    if commande is None or not commande.catalogue:
        return Catalogue(racine, identifiant, present, present, constats)
    return figer(racine, identifiant, present, commande.catalogue)


def figer(racine: Path, identifiant: str, present: Depot, demandee: str) -> Catalogue:
    """Le catalogue d'une commande à une révision. Ne regarde pas si la commande la nomme."""
    from cabas.cli.commun import TEMOIN, charger_depot
    from cabas.cli.impression import sans_controle
    from cabas.constats import Emplacement, Refus, erreur
    from cabas.historique import fiches_a, identifier
    from cabas.lecture.origines import CatalogueFige

    def absent(refus: Refus) -> Catalogue:
        fait = refus.fait if refus.code == "revision-introuvable" else f"Les prix sont figés à « {demandee} ». {refus.fait}"
        commande = present.commandes.get(identifiant)
        lieu = commande.source.a("catalogue") if commande else Emplacement(identifiant)
        return Catalogue(racine, identifiant, present, present, [erreur(refus.code, lieu, fait, refus.remede)])

    commit = identifier(racine, demandee)
    if isinstance(commit, Refus):
        return absent(commit)
    passees = fiches_a(racine, commit, ("catalogue",))
    if isinstance(passees, Refus):
        return absent(passees)
    depot, constats = charger_depot(racine, CatalogueFige(racine, passees), TEMOIN.with_name(f"fiches-figees-{commit[:12]}"))
    catalogue = Catalogue(racine, identifiant, depot, present, constats, commit, sans_controle(demandee))
    dits = [_faite_depuis(constat, present, identifiant) for constat in catalogue.situer(constats)]
    return catalogue._replace(constats=[*dits, *_mouvante(racine, present, identifiant, demandee, commit)])


def _faite_depuis(constat: Constat, present: Depot, identifiant: str) -> Constat:
    """Le même constat ; si la commande nomme une fiche qui existe aujourd'hui et pas à l'ouverture, il le dit."""
    from cabas.controles.commandes import pas_encore_la

    commande = present.commandes.get(identifiant)
    if constat.code != "produit-inconnu" or commande is None or constat.emplacement.fichier != commande.source.fichier:
        return constat
    quoi, absent, _suite = constat.message.partition(" n’existe pas dans ")
    if not absent or quoi.partition("« ")[2].removesuffix(" »") not in present.produits:
        return constat
    message, remede = pas_encore_la(commande, quoi, "au catalogue")
    return constat._replace(message=message, remede=remede)


def figer_les_ouvertes(racine: Path, present: Depot, constats: Iterable[Constat]) -> tuple[dict[str, Fige], list[Constat]]:
    """Les fiches de chaque commande ouverte dont la révision se retrouve, et les constats que donnent ces commandes-là, jugées avec elles.

    Sans git, ou dans une copie partielle, une commande se juge avec les fiches d'aujourd'hui : la fusion, elle, le refusera.
    """
    from cabas.controles.base import Fige

    figes: dict[str, Fige] = {}
    tous = list(constats)
    for identifiant, commande in sorted(present.commandes.items()):
        catalogue = figer(racine, identifiant, present, commande.catalogue) if commande.catalogue else None
        if catalogue is None or not catalogue.fige or identifiant not in catalogue.depot.commandes:
            continue
        figes[identifiant] = Fige(catalogue.depot, present)
        fiche = commande.source.fichier
        tous = [un for un in tous if un.emplacement.fichier != fiche] + [un for un in catalogue.constats if un.emplacement.fichier == fiche]
    return figes, tous


def _mouvante(racine: Path, present: Depot, identifiant: str, demandee: str, commit: str) -> list[Constat]:
    """Une branche avance à chaque enregistrement : la nommer ne fige rien, et il faut le dire."""
    from cabas.constats import avertissement
    from cabas.historique import etiquette

    commande = present.commandes.get(identifiant)
    if commande is None or commit.startswith(demandee.lower()) or etiquette(racine, demandee.removeprefix("refs/").removeprefix("tags/")) == commit:
        return []
    fait = f"« {demandee} » n’est ni une étiquette, ni un identifiant de révision : ce nom peut en désigner une autre demain."
    return [avertissement("revision-mouvante", commande.source.a("catalogue"), fait, f"Pour figer les prix, écrire catalogue: {commit[:12]}")]


def changements(catalogue: Catalogue, fusion: Fusion) -> tuple[PrixChange, ...]:
    """Les prix qui ont changé depuis la révision figée ; rien si elle ne l'est pas."""
    if not catalogue.fige:
        return ()
    from cabas.calculs.prix_figes import prix_changes

    return prix_changes(catalogue.depot, catalogue.present, fusion.commande, fusion.retenues)


def constats_de_prix(changes: Sequence[PrixChange]) -> list[Constat]:
    """Un avertissement par fiche changée : ce qui a changé, et quelles cellules en demandent."""
    from cabas.constats import avertissement
    from cabas.typographie import accorder, enumerer

    constats: list[Constat] = []
    for change in changes:
        noms = [cellule for _groupement, cellule in change.cellules[:MONTREES]]
        if (reste := len(change.cellules) - MONTREES) > 0:
            noms.append(accorder(reste, "autre"))
        combien = accorder(len(change.cellules), "cellule en demande", "cellules en demandent") if noms else "aucune cellule n’en demande"
        fait = f"{_dire_changement(change)} ; {combien}{f' ({enumerer(noms)})' if noms else ''}."
        quoi = "le produit peut encore être livré" if change.retire else "ce qui était annoncé est tenu"
        remede = f"Rien à faire si {quoi}. Sinon, prévenir ces cellules avant de changer quoi que ce soit."
        source = change.present.source.a(change.champs[0]) if change.present and change.champs else change.fige.source.a()
        constats.append(avertissement("prix-change", source, fait, remede if noms else "Rien à faire."))
    return constats


def _dire_changement(change: PrixChange) -> str:
    """« Farine : 1,40 €/kg à l’ouverture, 1,95 €/kg aujourd’hui. On compte 1,40 €/kg », et ce qui change d'autre."""
    from cabas.calculs.prix_figes import dire_valeur

    avant, apres = change.fige, change.present
    if apres is None:
        return f"{avant.nom} : au catalogue à l’ouverture, plus aujourd’hui. On le compte comme à l’ouverture"
    autres = [
        f"{_MOTS[champ]} {dire_valeur(getattr(avant, champ)).replace('.', ',') or 'aucun'} à l’ouverture, "
        f"{dire_valeur(getattr(apres, champ)).replace('.', ',') or 'aucun'} aujourd’hui"
        for champ in change.champs
        if champ in _MOTS
    ]
    if change.retire:
        autres.insert(0, "disponible à l’ouverture, plus aujourd’hui")
    elif "disponible" in change.champs:
        autres.insert(0, "pas disponible à l’ouverture, disponible aujourd’hui")
    ancien, nouveau = _prix_lisible(avant), _prix_lisible(apres)
    if ancien == nouveau:
        return f"{avant.nom} : {', '.join(autres)}. On compte comme à l’ouverture"
    suite = f" De plus : {', '.join(autres)}." if autres else ""
    return f"{avant.nom} : {ancien} à l’ouverture, {nouveau} aujourd’hui.{suite} On compte {ancien}"


def _prix_lisible(produit: Produit) -> str:
    from cabas.rendu.tables import prix_csv

    return f"{prix_csv(produit.prix)} €" + ("" if produit.unite == "piece" else f"/{produit.unite}")
