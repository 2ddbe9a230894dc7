"""The one place that chooses how results are drawn: by their type."""

from collections.abc import Iterator, Sequence
from functools import singledispatch
from typing import Any

from matplotlib.figure import Figure

from replication.figures.drawing.attention import attention_page
from replication.figures.drawing.circuit import circuit_page
from replication.figures.drawing.contributions import contributions_page
from replication.figures.drawing.curves import curves_page
from replication.figures.drawing.factors import factors_page
from replication.figures.drawing.formulas import formulas_page
from replication.figures.drawing.lens import positions_page, uncertainty_page, words_page
from replication.figures.drawing.neurons import neurons_page
from replication.figures.drawing.norm_parts import norm_parts_page
from replication.figures.drawing.panels import Results
from replication.figures.drawing.patching import effects_page
from replication.figures.drawing.ranks import ranks_page
from replication.figures.drawing.saliency import saliency_page
from replication.figures.drawing.tuned import tuned_page
from replication.results.attention import LayerAttention
from replication.results.circuit import CircuitMap
from replication.results.contributions import Contributions
from replication.results.factors import Factors
from replication.results.lens import FormulaVariants, PositionGrid, Uncertainty, WordProbabilities
from replication.results.neurons import Firing
from replication.results.norm_parts import NormParts
from replication.results.patching import PatchingEffects
from replication.results.ranks import RankGrid, TopTokens
from replication.results.saliency import Saliency
from replication.results.sets import LayerCurves
from replication.results.tuned import LensQuality, WatchedReadings
from replication.results.untestable import Untestable


def draw(results: Results, title: str, **options: Any) -> Figure:
    """A page of results that are all of one type, or ``Untestable``.

    ``options`` are those of the type's own page: ``chosen`` (numbers of generated tokens; those
    that are not there are left out) for saliency, ``last_layer`` for top tokens. ``TypeError`` for
    a type that is not drawn.
    """
    shown = [result for group in results.values() for result in group]
    first = next((one for one in shown if not isinstance(one, Untestable)), None)
    if first is None:
        return ranks_page(results, title)
    return _page(first, results, title, **options)


@singledispatch
def _page(first: Any, results: Results, title: str, **options: Any) -> Figure:
    raise TypeError(f"{type(first).__name__} is not drawn: expected one of {', '.join(_drawn())}")


def _drawn() -> Iterator[str]:
    return (kind.__name__ for kind in _page.registry if kind is not object)


@_page.register
def _(first: TopTokens, results: Results, title: str, *, last_layer: bool = False) -> Figure:
    return ranks_page(results, title, last_layer)


@_page.register
def _(first: Saliency, results: Results, title: str, *, chosen: Sequence[int] = (0,)) -> Figure:
    # A text of your own may be continued by fewer tokens than the figure's.
    there = [number for number in chosen if number < len(first.shares)]
    return saliency_page(results, title, there or [0])


for kind, page in (
    (RankGrid, ranks_page),
    (Factors, factors_page),
    (Firing, neurons_page),
    (LayerAttention, attention_page),
    (FormulaVariants, formulas_page),
    (NormParts, norm_parts_page),
    (PositionGrid, positions_page),
    (Uncertainty, uncertainty_page),
    (WordProbabilities, words_page),
    (PatchingEffects, effects_page),
    (LayerCurves, curves_page),
    (LensQuality, tuned_page),
    (WatchedReadings, tuned_page),
    (CircuitMap, circuit_page),
    (Contributions, contributions_page),
):
    _page.register(kind, lambda _, results, title, page=page: page(results, title))
