"""The articles' interactive views, explorables, as HTML that works from disk, with no network.

``*_fragment(result)`` is a piece of a page; ``fragments.page`` puts pieces together. Nothing is
computed or judged here: an explorable has the numbers of its result, all of them.
"""

from replication.figures.drawing.cells import percent
from replication.pages.charts import factor_chart, rank_chart
from replication.pages.fragments import (
    Explorable,
    Fragment,
    Token,
    check_size,
    fragment,
    readable,
)
from replication.results.factors import Factors
from replication.results.ranks import RankGrid, TopGrid
from replication.results.saliency import Saliency


def rank_grid_fragment(grid: RankGrid, details: TopGrid | None = None) -> Fragment:
    """Layers by tokens, coloured by rank; what a cell holds is told under the pointer.

    ``details`` add the best tokens of every cell. ``ValueError`` if they are of another shape or
    of another subject, or if the grid is too large.
    """
    check_size("rank grid", *grid.ranks.shape)
    if details and details.probabilities.shape[:2] != grid.ranks.shape:
        raise ValueError(
            f"details of shape {details.probabilities.shape} do not fit ranks of shape "
            f"{grid.ranks.shape}: expected (layers, tokens, candidates)"
        )
    if details and details.provenance != grid.provenance:
        raise ValueError(f"details of {details.provenance}, but ranks of {grid.provenance}")
    tokens = [readable(token) for token in grid.tokens]
    what = "the words" if grid.kind == "watched" else "each token"
    return fragment(
        Explorable(
            kind="ranks",
            title=f"The rank of {what} after every layer",
            how="Point at a cell or tap it, or move through the grid with the two sliders. "
            "1 is what a layer would say first.",
            provenance=grid.provenance,
            data=rank_chart(grid, tokens, details),
            head=("layer", *tokens),
            rows=[(str(layer), *map(str, row)) for layer, row in enumerate(grid.ranks)],
        )
    )


def saliency_fragment(saliency: Saliency) -> Fragment:
    """The text, whose tokens are shaded by their share in the generated token pointed at.

    ``ValueError`` if nothing was generated, or if the text is too long.
    """
    check_size("saliency", *saliency.shares.shape)
    rows = [saliency.row(generated) for generated in range(len(saliency.shares))]
    outputs = range(saliency.n_input, len(saliency.tokens))
    names = [readable(token) for token in saliency.tokens]
    return fragment(
        Explorable(
            kind="saliency",
            title=f"What each generated token owes to those before it ({saliency.method})",
            how="Point at a framed token or tap it, or go from one to the next with the arrow "
            "keys: the shares of the tokens before it stand below them.",
            provenance=saliency.provenance,
            data={"rows": [row.tolist() for row in rows]},
            head=("generated", *names[:-1]),
            rows=[(names[at], *map(percent, row)) for at, row in zip(outputs, rows, strict=True)],
            strip=_strip(saliency.tokens, outputs),
        )
    )


def factors_fragment(factors: Factors) -> Fragment:
    """A sparkline for each factor and the text, each telling where the other is pointed at.

    ``ValueError`` if the text is too long.
    """
    check_size("factors", *factors.activity.shape)
    names = [readable(token) for token in factors.tokens]
    numbers = range(1, len(factors.activity) + 1)
    parted = "The dotted line parts input from generated tokens."
    return fragment(
        Explorable(
            kind="factors",
            title=f"Where {len(factors.activity)} factors of the neurons are active",
            how="Point at a sparkline or choose a factor: the text is shaded by its activity. "
            "Point at a token or move to it with the arrow keys: a line marks its place. Each "
            f"sparkline has a scale of its own. {parted if factors.n_input < len(names) else ''}",
            provenance=factors.provenance,
            data=factor_chart(factors, names),
            head=("token", *(f"factor {number}" for number in numbers)),
            rows=[
                (name, *(f"{value:.3g}" for value in column))
                for name, column in zip(names, factors.activity.T, strict=True)
            ],
            strip=_strip(factors.tokens, range(len(factors.tokens))),
        )
    )


def _strip(tokens: tuple[str, ...], live: range) -> list[Token]:
    return [
        Token(readable(token), number in live, "\n" in token) for number, token in enumerate(tokens)
    ]
