"""The numbers of a result as they are written to a figure's JSON file."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from replication.results.factors import Factors
from replication.results.neurons import Firing
from replication.results.ranks import RankGrid, TopTokens
from replication.results.saliency import Saliency
from replication.results.untestable import Untestable

Shown = RankGrid | TopTokens | Saliency | Factors | Firing | Untestable
"""Results of the articles' experiments; answers to questions may be drawn too."""
DIGITS = 6  # of a number that is not whole; the last bits of a float32 are not the same everywhere


def numbers_of(result: Any) -> dict[str, Any]:
    """Every number drawn of a result, by name, and its kind."""
    match result:
        case Untestable():
            return {"kind": "untestable", "reason": result.reason}
        case RankGrid() | TopTokens():
            return {"layers": result.layers, "tokens": result.tokens} | _lens_numbers(result)
        case Saliency():
            return _saliency_numbers(result)
        case Factors():
            return _factor_numbers(result)
        case Firing():
            return _firing_numbers(result)
        case _:
            kind = re.sub(r"(?<!^)(?=[A-Z])", "_", type(result).__name__).lower()
            return {"kind": kind} | _fields(result)


def _fields(result: Any) -> dict[str, Any]:
    """The fields of an answer; what stands behind it is written apart."""
    return {
        field.name: _plain(getattr(result, field.name))
        for field in fields(result)
        if field.name != "provenance"
    }


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    match value:
        case np.ndarray():
            return _plain(value.tolist())
        case float():
            return float(f"{value:.{DIGITS}g}")
        case Mapping():
            return {key: _plain(item) for key, item in value.items()}
        case tuple() | list():
            return [_plain(item) for item in value]
        case _ if is_dataclass(value):
            return _fields(value)
        case _:
            return value


def _lens_numbers(result: RankGrid | TopTokens) -> dict[str, Any]:
    if isinstance(result, RankGrid):
        ranks = result.ranks.tolist()
        return {"kind": result.kind, "vocabulary": result.vocabulary, "ranks": ranks}
    shares = _rounded(result.probabilities)
    return {"kind": "top_tokens", "target": result.target, "probabilities": shares}


def _saliency_numbers(saliency: Saliency) -> dict[str, Any]:
    rows = [saliency.row(generated) for generated in range(len(saliency.shares))]
    return {
        "kind": "saliency",
        "tokens": saliency.tokens,
        "n_input": saliency.n_input,
        "method": saliency.method,
        "of": saliency.of,
        "shares": _rounded(rows),
    }


def _factor_numbers(factors: Factors) -> dict[str, Any]:
    from replication.measures.factors import energy

    return {
        "kind": "factors",
        "tokens": factors.tokens,
        "n_input": factors.n_input,
        "layers": factors.layers,
        "count": len(factors.activity),
        "energy": None if factors.neurons is None else _rounded([energy(factors)])[0],
        "activity": _rounded(factors.activity),
    }


def _firing_numbers(firing: Firing) -> dict[str, Any]:
    return {
        "kind": "clusters",
        "layer": firing.layer,
        "tokens": firing.tokens,
        "sizes": firing.sizes.tolist(),
        "mean_firing": _rounded(firing.means),
        "drawn": {
            "neurons": firing.neurons.tolist(),
            "clusters": firing.labels.tolist(),
            "firing": _rounded(firing.values),
        },
    }


def _rounded(rows: Iterable[np.ndarray]) -> list[list[float]]:
    return [[float(f"{number:.{DIGITS}g}") for number in row] for row in rows]
