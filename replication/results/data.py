"""Results as plain data for JSON, by one rule for every type."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from pydantic import BaseModel

UNWRITTEN = {"written": False}
"""Metadata of a field that is too large to be written, such as the weight of every neuron."""


def as_data(value: Any, digits: int | None = None) -> Any:
    """A result, or what it holds, as JSON has it: a result becomes a mapping of its fields.

    What stands behind a result is written beside it and not in it. ``digits`` are those kept of a
    number that is not whole, for the last bits of a float32 are not the same on every machine.
    """
    match value:
        case np.ndarray():
            return as_data(value.tolist(), digits)
        case float():
            return value if digits is None else float(f"{value:.{digits}g}")
        case Mapping():
            return {key: as_data(item, digits) for key, item in value.items()}
        case tuple() | list():
            return [as_data(item, digits) for item in value]
        case BaseModel():
            return value.model_dump(mode="json")
        case _ if is_dataclass(value):
            return {
                field.name: as_data(getattr(value, field.name), digits)
                for field in fields(value)
                if field.name != "provenance" and field.metadata.get("written", True)
            }
        case _:
            return value
