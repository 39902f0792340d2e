"""Nos dataclasses et nos tuples nommés se conduisent comme ceux de la bibliothèque standard."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import pickle
import pkgutil
import subprocess
import sys
import typing

import pytest

import cabas
from cabas import legeres
from cabas.constats import Emplacement, Source
from cabas.modele import Depot, Lot, Produit
from cabas.motifs import motif

MANIERES = {
    "la nôtre": (legeres.dataclass, legeres.field, legeres.replace),
    "standard": (dataclasses.dataclass, dataclasses.field, dataclasses.replace),
}


@pytest.mark.parametrize("maniere", MANIERES)
def test_une_dataclass_se_conduit_pareil(maniere):
    dataclass, field, replace = MANIERES[maniere]

    @dataclass(frozen=True, slots=True, order=True)
    class Fait:
        """Un fait."""

        nom: str
        rang: int = 0
        vus: dict = field(default_factory=dict, compare=False)
        source: str = field(default="ici", compare=False, repr=False)

        @property
        def double(self):
            return self.rang * 2

    un = Fait("a", 1)
    assert (un.nom, un.rang, un.vus, un.source, un.double) == ("a", 1, {}, "ici", 2)
    assert Fait("a").vus is not Fait("a").vus
    assert un == Fait("a", 1, {"x": 1}, source="là")
    assert hash(un) == hash(Fait("a", 1, source="là"))
    assert un != Fait("a", 2)
    assert un != ("a", 1)
    assert sorted([Fait("b"), un, Fait("a")]) == [Fait("a"), un, Fait("b")]
    assert repr(un).endswith("Fait(nom='a', rang=1, vus={})")
    assert replace(un, rang=5) == legeres.replace(un, rang=5) == dataclasses.replace(un, rang=5) == Fait("a", 5)
    assert [champ.name for champ in dataclasses.fields(Fait)] == ["nom", "rang", "vus", "source"] == list(Fait.__match_args__)
    assert dataclasses.is_dataclass(un)
    assert dataclasses.asdict(un) == {"nom": "a", "rang": 1, "vus": {}, "source": "ici"}
    assert copy.deepcopy(un) == copy.copy(un) == un
    assert Fait.__doc__ == "Un fait."
    assert not hasattr(un, "__dict__")
    for geste in (lambda: setattr(un, "nom", "b"), lambda: delattr(un, "nom")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            geste()
    for arguments, nommes in (((), {}), (("a", 1, {}, "ici", "trop"), {}), (("a",), {"inconnu": 1}), (("a",), {"nom": "b"})):
        with pytest.raises(TypeError):
            Fait(*arguments, **nommes)
    with pytest.raises(TypeError):
        replace(un, inconnu=1)


@pytest.mark.parametrize("maniere", MANIERES)
def test_une_dataclass_qui_change_ne_sert_pas_de_cle(maniere):
    dataclass, field, _replace = MANIERES[maniere]

    @dataclass(slots=True)
    class Sac:
        contenu: list = field(default_factory=list)

    sac = Sac()
    sac.contenu = [1]
    assert sac == Sac([1])
    with pytest.raises(TypeError):
        hash(sac)


@pytest.mark.parametrize("base", [legeres.NamedTuple, typing.NamedTuple])
def test_un_tuple_nomme_se_conduit_pareil(base):
    class Paire(base):
        """Une paire."""

        gauche: int
        droite: str = "d"

        @property
        def somme(self):
            return f"{self.gauche}{self.droite}"

    un = Paire(1)
    assert un == (1, "d")
    assert (un.somme, un._replace(droite="x"), un._asdict()) == ("1d", (1, "x"), {"gauche": 1, "droite": "d"})
    assert (Paire._fields, Paire._field_defaults, Paire.__doc__, Paire.__module__) == (("gauche", "droite"), {"droite": "d"}, "Une paire.", __name__)
    assert isinstance(un, tuple)
    with pytest.raises(TypeError):
        Paire()


def test_les_faits_passent_d_un_processus_a_l_autre():
    source = Source("a.yaml", 3, {"nom": 4})
    assert pickle.loads(pickle.dumps((Lot(3, "sac"), source, Depot()))) == (Lot(3, "sac"), source, Depot())
    assert pickle.loads(pickle.dumps(source)).a("nom") == Emplacement("a.yaml", 4)


def test_toutes_nos_classes_se_decrivent():
    """`__dataclass_fields__` n'est fait qu'à la demande : il doit l'être juste, pour chacune."""
    vues = 0
    for module in pkgutil.walk_packages(cabas.__path__, "cabas."):
        if module.name.startswith(("cabas.documents", "cabas.__main__")):
            continue  # Typst et XlsxWriter n'y changent rien
        for classe in vars(importlib.import_module(module.name)).values():
            if isinstance(classe, type) and dataclasses.is_dataclass(classe) and classe.__module__ == module.name:
                assert tuple(champ.name for champ in dataclasses.fields(classe)) == classe.__match_args__
                vues += 1
    assert vues > 40


def test_une_fusion_ne_charge_pas_ce_qui_ne_lui_sert_pas():
    """Le prix d'une petite fusion, c'est d'abord ce qu'elle charge."""
    modules = (
        "cabas.cli.fusionner, cabas.cli.commun, cabas.lecture.releve, cabas.lecture.memoire, cabas.modele, cabas.controles, cabas.lecture.colonnes"
    )
    programme = f"import sys, {modules}; print(*sorted(sys.modules))"
    charges = subprocess.run([sys.executable, "-c", programme], capture_output=True, text=True, check=True).stdout.split()
    assert not {"yaml", "dataclasses", "inspect", "importlib.resources", "difflib", "subprocess", "zipfile"} & set(charges)


def test_un_motif_se_conduit_comme_une_expression_compilee():
    assert motif(r"\d+").findall("a1b22") == ["1", "22"]
    assert motif(rb"[a-z]").search(b"1a")[0] == b"a"
    paresseux = motif("(?i)a")
    assert paresseux.pattern == "(?i)a"
    assert paresseux.fullmatch("A")
    with pytest.raises(AttributeError):
        _ = paresseux.inconnu


def test_un_produit_garde_ses_vingt_sept_champs():
    assert len(dataclasses.fields(Produit)) == len(Produit.__slots__) == len(Produit.__match_args__)
