"""Les dataclasses et les tuples nommés de la bibliothèque standard, bien plus légers à charger. Mêmes mots, mêmes classes.

La bibliothèque standard écrit et compile une dizaine de méthodes par dataclass dès l'import : une milliseconde par classe, plus
sept pour se charger elle-même, soit le cinquième d'une petite fusion. Ici, les méthodes sont communes à toutes les classes, et
`__init__`, le seul propre à chacune, n'est compilé qu'à son premier objet. Pour mypy, et pour `dataclasses.fields` ou
`dataclasses.replace`, ce sont de vraies dataclasses. `typing.NamedTuple`, de même, compile chaque annotation pour la vérifier : mypy
le fait mieux, et deux fois moins cher.

Seule forme admise d'une dataclass : des cases (`slots`), sans héritage ni `__post_init__` ; `frozen` et `order` au choix.
"""

from __future__ import annotations

from collections import namedtuple
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace
    from typing import NamedTuple

__all__ = ["NamedTuple", "dataclass", "field", "replace"]

_ABSENT: Any = object()


class _Champ:
    """Ce qu'un champ dit de lui : sa valeur par défaut, ou de quoi la fabriquer, et s'il compte pour comparer et pour montrer."""

    __slots__ = ("compare", "default", "default_factory", "repr")

    def __init__(self, *, default: Any = _ABSENT, default_factory: Any = _ABSENT, compare: bool = True, repr: bool = True) -> None:  # noqa: A002
        self.default, self.default_factory, self.compare, self.repr = default, default_factory, compare, repr


def _dataclass(*, slots: bool, frozen: bool = False, order: bool = False) -> Any:
    """Le décorateur : rend une classe neuve, dont chaque champ annoté est une case."""
    assert slots, "une dataclass légère a des cases"  # noqa: S101

    def decorer(ecrite: type) -> type:
        corps = {nom: valeur for nom, valeur in ecrite.__dict__.items() if nom not in ("__dict__", "__weakref__")}
        champs: dict[str, _Champ] = {}
        for nom in corps.get("__annotations__", ()):
            defaut = corps.pop(nom, _ABSENT)
            champs[nom] = defaut if isinstance(defaut, _Champ) else _Champ(default=defaut)
        methodes: dict[str, Any] = {
            "__slots__": tuple(champs),
            "__match_args__": tuple(champs),
            "__dataclass_fields__": _VraisChamps(),
            "__champs__": champs,
            "__cle__": attrgetter(*(nom for nom, champ in champs.items() if champ.compare)),
            "__init__": _au_premier_objet,
            "__repr__": _montrer,
            "__eq__": _egaler,
            "__hash__": _empreinte if frozen else None,
            "__reduce__": _recopier,
        }
        if frozen:
            methodes |= {"__setattr__": _refuser, "__delattr__": _refuser}
        if order:
            methodes |= {"__lt__": _preceder}
        return type(ecrite)(ecrite.__name__, ecrite.__bases__, methodes | corps)

    return decorer


def _replace(objet: Any, /, **changements: Any) -> Any:
    """Le même objet, avec d'autres valeurs pour quelques champs. Une dataclass de la bibliothèque standard convient aussi."""
    return objet.__class__(**{nom: getattr(objet, nom) for nom in objet.__match_args__ if nom not in changements}, **changements)


class _VraisChamps:
    """`__dataclass_fields__`, fait par la bibliothèque standard si on le demande (`dataclasses.fields`, `dataclasses.replace`)."""

    def __get__(self, _objet: Any, classe: Any) -> dict[str, Any]:
        import dataclasses  # noqa: PLC0415 (cher, et presque jamais demandé)

        def decrire(champ: _Champ) -> Any:
            donnes = {nom: valeur for nom in _Champ.__slots__ if (valeur := getattr(champ, nom)) is not _ABSENT}
            return dataclasses.field(**donnes)

        decrits = [(nom, classe.__annotations__[nom], decrire(champ)) for nom, champ in classe.__champs__.items()]
        champs: dict[str, Any] = dataclasses.make_dataclass(classe.__name__, decrits).__dataclass_fields__  # type: ignore[attr-defined]
        classe.__dataclass_fields__ = champs
        return champs


def _au_premier_objet(self: Any, /, *valeurs: Any, **nommees: Any) -> None:
    """Le `__init__` d'une classe dont on n'a encore fait aucun objet : compile le sien, et le sert."""
    classe = type(self)
    # Poser une case par son descripteur est le seul moyen d'écrire dans un objet gelé, et le plus rapide.
    noms: dict[str, Any] = {f"_poser_{nom}": classe.__dict__[nom].__set__ for nom in classe.__champs__}
    arguments, gestes = ["self"], []
    for nom, champ in classe.__champs__.items():
        valeur, argument = nom, nom
        if champ.default_factory is not _ABSENT:
            noms |= {f"_faire_{nom}": champ.default_factory, "_ABSENT": _ABSENT}
            valeur, argument = f"_faire_{nom}() if {nom} is _ABSENT else {nom}", f"{nom}=_ABSENT"
        elif champ.default is not _ABSENT:
            noms[f"_defaut_{nom}"] = champ.default
            argument = f"{nom}=_defaut_{nom}"
        arguments.append(argument)
        gestes.append(f" _poser_{nom}(self, {valeur})\n")
    exec(f"def __init__({', '.join(arguments)}):\n{''.join(gestes)}", noms)  # noqa: S102 (des noms de champs, écrits dans nos sources)
    classe.__init__ = noms["__init__"]
    classe.__init__(self, *valeurs, **nommees)


def _montrer(self: Any) -> str:
    montres = (f"{nom}={getattr(self, nom)!r}" for nom, champ in self.__champs__.items() if champ.repr)
    return f"{type(self).__qualname__}({', '.join(montres)})"


def _egaler(self: Any, autre: Any) -> Any:
    return self.__cle__(self) == self.__cle__(autre) if type(autre) is type(self) else NotImplemented


def _preceder(self: Any, autre: Any) -> Any:
    return self.__cle__(self) < self.__cle__(autre) if type(autre) is type(self) else NotImplemented


def _empreinte(self: Any) -> int:
    return hash(self.__cle__(self))


def _recopier(self: Any) -> tuple[type, tuple[Any, ...]]:
    return type(self), tuple(getattr(self, nom) for nom in self.__champs__)


def _refuser(_self: Any, nom: str, *_valeur: Any) -> NoReturn:
    from dataclasses import FrozenInstanceError  # noqa: PLC0415 (presque jamais levée)

    raise FrozenInstanceError(f"cannot assign to field {nom!r}")


class _TupleNomme(type):
    """Fait d'une classe écrite sous `NamedTuple` un vrai `namedtuple`, avec ses méthodes."""

    def __new__(cls, nom: str, bases: tuple[type, ...], corps: dict[str, Any]) -> Any:
        champs = corps.get("__annotations__", {})
        if not champs:  # `NamedTuple` lui-même
            return super().__new__(cls, nom, bases, corps)
        faite = namedtuple(nom, champs, defaults=[corps.pop(champ) for champ in champs if champ in corps], module=corps["__module__"])  # type: ignore[misc]  # noqa: PYI024
        for cle, valeur in corps.items():
            setattr(faite, cle, valeur)
        return faite


class _NamedTuple(metaclass=_TupleNomme):
    __slots__ = ()


if not TYPE_CHECKING:
    dataclass, field, replace, NamedTuple = _dataclass, _Champ, _replace, _NamedTuple
