"""What the arrays of a result are of: its annotations name the axes, its fields the places."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, get_args, get_type_hints

import numpy as np

COUNTED_FROM_NOUGHT = ("layer", "head", "neuron", "width", "step")
OF_TOKENS = ("position", "query", "key")
"""Axes whose places are tokens."""


@dataclass(frozen=True)
class Axis:
    """An axis of an array."""

    name: str
    places: tuple[str, ...]
    """The name of each place, or its number."""


@dataclass(frozen=True)
class NamedArray:
    """An array of a result."""

    name: str
    values: np.ndarray
    axes: tuple[Axis, ...]

    @property
    def told(self) -> str:
        """Its shape and range."""
        shape = " × ".join(f"{axis.name} {len(axis.places)}" for axis in self.axes)
        finite = self.values[np.isfinite(self.values)]
        ends = dict.fromkeys(map(number, (finite.min(), finite.max()))) if finite.size else ()
        return f"{shape}: {' to '.join(ends)}" if ends else shape

    def fitting(self, most: int) -> "NamedArray":
        """With at most so many numbers and two axes: medians over the longest axis while there are
        more. What is left out is told by the name.
        """
        array = self
        while array.values.size > most or array.values.ndim > 3:
            longest = int(np.argmax(array.values.shape))
            gone = array.axes[longest]
            array = NamedArray(
                f"{array.name}, median over {len(gone.places)} × {gone.name}",
                np.median(array.values, axis=longest),
                (*array.axes[:longest], *array.axes[longest + 1 :]),
            )
        return array


def arrays_of(result: Any) -> Iterator[NamedArray]:
    """The arrays that a result holds."""
    of_fields = _axis_names(type(result))
    for field in fields(result):
        values = getattr(result, field.name)
        if isinstance(values, np.ndarray):
            names = of_fields.get(field.name, ())
            yield NamedArray(
                field.name.replace("_", " "),
                values,
                tuple(_axis(result, *each) for each in zip(names, values.shape, strict=True)),
            )


def others_of(result: Any) -> dict[str, str]:
    """What else a result holds, shortly, by field; what stands behind it is left out."""
    return {
        field.name.replace("_", " "): _short(value)
        for field in fields(result)
        if field.name != "provenance"
        and not isinstance(value := getattr(result, field.name), np.ndarray)
    }


def number(value: Any) -> str:
    """A number in few characters.

    >>> number(12345), number(0.123456), number(-0.0), number(True)
    ('12345', '0.123', '0', 'True')
    """
    return f"{value + 0.0:.3g}" if isinstance(value, float | np.floating) else str(value)


def _axis_names(kind: type[Any]) -> dict[str, tuple[str, ...]]:
    """The names of the axes of each field that is an array."""
    found = {}
    for name, hint in get_type_hints(kind).items():
        written = (getattr(one, "dim_str", None) for one in (hint, *get_args(hint)))
        if axes := next(filter(None, written), ""):
            found[name] = tuple(axes.split())
    return found


def _axis(result: Any, name: str, count: int) -> Axis:
    plural = "tokens" if name in OF_TOKENS else f"{name}s"
    constant = getattr(sys.modules[type(result).__module__], plural.upper(), None)
    for given in (getattr(result, plural, None), constant):
        if isinstance(given, tuple) and len(given) == count:
            return Axis(name, tuple(map(_name, given)))
    first = 0 if name in COUNTED_FROM_NOUGHT else 1
    return Axis(name, tuple(map(str, range(first, first + count))))


def _name(value: Any) -> str:
    return str(getattr(value, "id", getattr(value, "clean", value)))


def _short(value: Any, most: int = 60) -> str:
    """What a value is, in one line."""
    match value:
        case str():
            told = repr(value)
        case tuple() | list():
            told = f"{len(value)}: {', '.join(_short(one, 20) for one in value[:8])}"
        case Mapping():
            told = ", ".join(
                f"{_short(key, 20)}: {_short(item, 20)}" for key, item in value.items()
            )
        case float() | np.floating():
            told = number(value)
        case _ if is_dataclass(value) and type(value).__str__ is object.__str__:
            told = type(value).__name__
        case _:
            told = str(value)
    return told if len(told) <= most else told[: most - 1] + "…"
