"""The numbers of a result as they are written to a figure's JSON file."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from replication.maps import Firing
from replication.plots import Untestable
from replication.results import Factors, RankGrid, Saliency, TopTokens

Shown = RankGrid | TopTokens | Saliency | Factors | Firing | Untestable
DIGITS = 6  # of a number that is not whole; the last bits of a float32 are not the same everywhere


def numbers_of(result: Shown) -> dict[str, Any]:
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
    from replication.factors import energy

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
