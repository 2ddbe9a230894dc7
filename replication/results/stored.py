"""Results as bytes and back: numbers exactly, and no code.

What is stored is a zip of NumPy arrays, one of which is JSON that says how they belong together.
Only this package's own types are made from it, each with its checks; pickle is not used.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from importlib import import_module
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

import numpy as np
from pydantic import BaseModel

from replication.results.untestable import NotTestable

_FAULTS = (AttributeError, BadZipFile, EOFError, ImportError, LookupError, OSError, TypeError)
STRUCTURE = "structure"
FROM = ("replication.base.", "replication.results.")
"""Where the types lie that may be stored."""


def stored(value: Any) -> bytes:
    """A result, or that there is none, as bytes; ``TypeError`` for what is neither."""
    arrays: dict[str, np.ndarray] = {}
    structure = json.dumps(_taken_apart(value, arrays))
    file = BytesIO()
    np.savez(file, allow_pickle=False, **{STRUCTURE: np.array(structure)}, **arrays)
    return file.getvalue()


def restored(content: bytes) -> Any:
    """What was stored; ``ValueError`` for bytes that hold no such thing."""
    try:
        with np.load(BytesIO(content), allow_pickle=False) as arrays:
            return _put_together(json.loads(str(arrays[STRUCTURE])), arrays)
    except (*_FAULTS, ValueError) as error:
        raise ValueError(f"no stored result ({type(error).__name__}: {error})") from error


def _taken_apart(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    """JSON of a value, its arrays laid aside: a list stands for a tuple, and a mapping with one key
    says by it what it holds.
    """
    match value:
        case None | bool() | int() | float() | str() if type(value) in _PLAIN:
            return value
        case np.ndarray() if value.dtype != object:
            arrays[f"array{len(arrays)}"] = value
            return {"array": f"array{len(arrays) - 1}"}
        case np.generic():
            return _taken_apart(value.item(), arrays)
        case tuple() if type(value) is tuple:
            return [_taken_apart(item, arrays) for item in value]
        case Mapping():
            pairs = [[_taken_apart(one, arrays) for one in pair] for pair in value.items()]
            return {"mapping": pairs}
        case NotTestable():
            return {"untestable": str(value)}
    kind = type(value)
    name = f"{kind.__module__}:{kind.__qualname__}"
    if not name.startswith(FROM):
        raise TypeError(f"a {name} is no result: expected one of {', '.join(FROM)}")
    if isinstance(value, tuple):
        return {"named": [name, [_taken_apart(item, arrays) for item in value]]}
    if isinstance(value, Enum):
        return {"member": [name, value.name]}
    if isinstance(value, BaseModel):
        return {"record": [name, value.model_dump(mode="json")]}
    assert is_dataclass(value)
    given = [[f.name, _taken_apart(getattr(value, f.name), arrays)] for f in fields(value)]
    return {"result": [name, given]}


_PLAIN = (type(None), bool, int, float, str)


def _put_together(value: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    if isinstance(value, list):
        return tuple(_put_together(item, arrays) for item in value)
    if not isinstance(value, dict):
        return value
    (what, held), *_ = value.items()
    match what:
        case "array":
            return arrays[held]
        case "mapping":
            return {_put_together(key, arrays): _put_together(item, arrays) for key, item in held}
        case "untestable":
            return NotTestable(held)
        case "named":
            return _type(held[0])(*(_put_together(item, arrays) for item in held[1]))
        case "member":
            return _type(held[0])[held[1]]
        case "record":
            return _type(held[0]).model_validate(held[1])
        case "result":
            return _type(held[0])(**{name: _put_together(item, arrays) for name, item in held[1]})
    raise ValueError(f"{what} is unknown")


def _type(name: str) -> Any:
    """A type of this package by its module and name; ``ValueError`` for any other."""
    module, _, kind = name.partition(":")
    found = getattr(import_module(module), kind) if name.startswith(FROM) else None
    if isinstance(found, type) and (
        is_dataclass(found) or issubclass(found, Enum | BaseModel | tuple)
    ):
        return found
    raise ValueError(f"{name} is no type of a result")
