"""What each layer would say: ranks, best tokens, and the best token at every position."""

from collections.abc import Sequence

from replication.pages.templating import percent, readable
from replication.pages.viewing.figure import figure, piece
from replication.pages.viewing.heat import Heat, cells_of, rank_style, share_style
from replication.results.lens import PositionGrid
from replication.results.ranks import RankGrid, TopGrid, TopTokens


def ranks_view(grid: RankGrid, details: TopGrid | None = None) -> str:
    """Layers by tokens, coloured by rank.

    ``details`` add the best tokens of every cell. ``ValueError`` if they are of another shape or of
    another subject.
    """
    if details is not None:
        _check(grid, details)
    names = _names(grid.tokens)

    def style(layer: int, column: int) -> str:
        return rank_style(float(grid.ranks[layer, column]), grid.vocabulary)

    def tip(layer: int, column: int) -> str:
        told = [f"{names[column]}, layer {layer}: rank {grid.ranks[layer, column]:,}"]
        if details is not None:
            best = zip(
                details.tokens[layer][column], details.probabilities[layer, column], strict=True
            )
            told += [f"{readable(token)} {percent(float(share))}" for token, share in best]
        return "\n".join(told)

    texts = [[_short(rank) for rank in row] for row in grid.ranks.tolist()]
    rows = tuple(map(str, range(grid.layers)))
    heat = Heat("layer", rows, names, cells_of(texts, style, tip))
    what = "the words" if grid.kind == "watched" else "each token"
    more = " and what that layer would say first" if details else ""
    return figure(
        grid,
        f"The rank of {what} after every layer, 1 is best of {grid.vocabulary:,}",
        f"Point at a cell for its rank{more}.",
        [piece("heat", heat)],
    )


def top_view(top: TopTokens) -> str:
    """Layers by candidates, shaded by probability."""

    def style(layer: int, place: int) -> str:
        return share_style(float(top.probabilities[layer, place]))

    def tip(layer: int, place: int) -> str:
        share = percent(float(top.probabilities[layer, place]))
        return f"layer {layer}, number {place + 1}: {readable(top.tokens[layer][place])} {share}"

    rows = tuple(map(str, range(top.layers)))
    numbers = [str(place + 1) for place in range(top.probabilities.shape[1])]
    texts = list(map(_names, top.tokens))
    return figure(
        top,
        f"The best tokens after every layer, where the text has {readable(top.target)}",
        "Point at a token for its probability.",
        [piece("heat", Heat("layer", rows, numbers, cells_of(texts, style, tip)))],
    )


def positions_view(grid: PositionGrid) -> str:
    """Stages by positions: the best token for what follows, shaded by probability."""
    names = _names(grid.tokens)

    def style(stage: int, place: int) -> str:
        return share_style(float(grid.probabilities[stage, place]))

    def tip(stage: int, place: int) -> str:
        share = percent(float(grid.probabilities[stage, place]))
        told = (
            f"after {grid.stages[stage]}, following {names[place]}: {texts[stage][place]} {share}"
        )
        if place + 1 == len(names):
            return told
        return f"{told}\n{names[place + 1]} comes next: rank {grid.next_ranks[stage, place]:,}"

    texts = list(map(_names, grid.best))
    heat = Heat("after", tuple(map(str, grid.stages)), names, cells_of(texts, style, tip))
    return figure(
        grid,
        "The best token for what follows each token, after every stage",
        "Point at a token for its probability, and for the rank of the one that really comes.",
        [piece("heat", heat)],
    )


def _check(grid: RankGrid, details: TopGrid) -> None:
    if details.probabilities.shape[:2] != grid.ranks.shape:
        raise ValueError(
            f"details of shape {details.probabilities.shape} do not fit ranks of shape "
            f"{grid.ranks.shape}: expected (layers, tokens, candidates)"
        )
    if details.provenance != grid.provenance:
        raise ValueError(f"details of {details.provenance}, but ranks of {grid.provenance}")


def _names(tokens: Sequence[str]) -> list[str]:
    return [readable(token) for token in tokens]


def _short(rank: int) -> str:
    """A rank that fits its cell: in thousands where it is long."""
    if rank < 1000:
        return str(rank)
    return f"{rank / 1000:.1f}k" if rank < 9950 else f"{rank / 1000:.0f}k"
