"""Results as tables: the numbers that one wants to read first of each type."""

from functools import singledispatch
from typing import Any

import numpy as np

from replication.pages.terminal import Table
from replication.pages.viewing.arrays import arrays_of, others_of
from replication.results.factors import Factors
from replication.results.lens import PositionGrid, WordProbabilities
from replication.results.neurons import Sparsity
from replication.results.patching import PatchingEffects
from replication.results.precision import RankChanges
from replication.results.ranks import RankGrid, TopTokens
from replication.results.saliency import Saliency
from replication.results.tuned import KINDS, LENSES, LensQuality
from replication.results.untestable import Untestable

MOST = 6
"""Tokens that are named of a saliency's row, or of a factor."""


@singledispatch
def table_of(answer: Any) -> Table:
    """The table of a result; of a type that has none of its own, a row for each field."""
    arrays, others = list(arrays_of(answer)), others_of(answer)
    return Table(
        "",
        type(answer).__name__,
        (*(array.name for array in arrays), *others),
        words="what it holds",
        word_cells=[*(array.told for array in arrays), *others.values()],
    )


@table_of.register
def _(answer: Untestable) -> Table:
    return Table(answer.reason, "", ())


@table_of.register
def _(answer: RankGrid) -> Table:
    return Table(
        f"rank of each token after each layer, 1 is best of {answer.vocabulary}",
        "layer",
        tuple(map(str, range(answer.layers))),
        tuple(map(repr, answer.tokens)),
        [[str(rank) for rank in row] for row in answer.ranks],
    )


@table_of.register
def _(answer: TopTokens) -> Table:
    best = [
        "  ".join(f"{token!r} {share:.1%}" for token, share in zip(*row, strict=True))
        for row in zip(answer.tokens, answer.probabilities, strict=True)
    ]
    rows = tuple(map(str, range(answer.layers)))
    return Table("", "layer", rows, words="best tokens after the prompt", word_cells=best)


@table_of.register
def _(answer: WordProbabilities) -> Table:
    return Table(
        "rank of each word (probability) after attention and after each block, 1 is best",
        "after",
        tuple(map(str, answer.stages)),
        tuple(map(repr, answer.words)),
        [
            [f"{rank} ({share:.2%})" for rank, share in zip(ranks, shares, strict=True)]
            for ranks, shares in zip(answer.ranks, answer.probabilities, strict=True)
        ],
    )


@table_of.register
def _(answer: PositionGrid) -> Table:
    best = [repr(row[-1]) for row in answer.best]
    rows = tuple(map(str, answer.stages))
    return Table("", "after", rows, words="best token after the prompt", word_cells=best)


@table_of.register
def _(answer: Saliency) -> Table:
    rows = [answer.row(generated) for generated in range(len(answer.shares))]
    return Table(
        f"{answer.method} of the {answer.of}: share of each token before, the {MOST} greatest",
        "token",
        tuple(map(repr, answer.tokens[answer.n_input :])),
        words="rests on",
        word_cells=[_greatest(row, answer.tokens) for row in rows],
    )


@table_of.register
def _(answer: Factors) -> Table:
    energy = [] if answer.energy is None else [[f"{share:.1%}"] for share in answer.energy]
    return Table(
        f"factors of layers {answer.layers[0]} to {answer.layers[-1]}: share of energy, and the "
        "tokens at which each is most at work, against its greatest",
        "factor",
        tuple(str(number + 1) for number in range(len(answer.activity))),
        ("energy",) if energy else (),
        energy,
        "most at work at",
        [_greatest(row / (row.max() or 1), answer.tokens) for row in answer.activity],
    )


@table_of.register
def _(answer: Sparsity) -> Table:
    return Table(
        f"median share of a layer's neurons that fire (above {answer.threshold:g}) at a token",
        "layer",
        tuple(map(str, answer.layers)),
        ("fire",),
        [[f"{np.median(shares):.0%}"] for shares in answer.share],
    )


@table_of.register
def _(answer: PatchingEffects) -> Table:
    right, wrong = answer.words
    clean, corrupted = answer.differences
    names = (
        repr(one) if one == other else f"{other!r} → {one!r}"
        for one, other in zip(answer.clean, answer.corrupted, strict=True)
    )
    effects = answer.of("residual")
    return Table(
        f"logit of {right!r} less that of {wrong!r}: {clean:.2f} after the clean prompt, "
        f"{corrupted:.2f} after the corrupted one\nshare of the difference that comes back with "
        "the clean residual stream after a layer, at one token",
        "layer",
        tuple(map(str, range(len(effects)))),
        tuple(names),
        [[f"{effect:.2f}" for effect in row] for row in effects],
    )


@table_of.register
def _(answer: RankChanges) -> Table:
    return Table(
        f"ranks that {answer.dtype} on {answer.device} changes, in half precision: "
        f"{answer.in_half}",
        "rank in float32",
        tuple(
            str(band.best) if band.best == band.worst else f"{band.best} to {band.worst}"
            for band in answer.bands
        ),
        ("ranks", "changed", "median change"),
        [[str(b.ranks), str(b.changed), f"{b.median_change:.2%}"] for b in answer.bands],
    )


@table_of.register
def _(answer: LensQuality) -> Table:
    columns = [(norm, kind) for kind in KINDS for norm in LENSES]
    profiles = [answer.profile(norm, kind) for norm, kind in columns]
    counts = " and ".join(f"{answer.texts(kind)} {kind}" for kind in KINDS)
    return Table(
        f"bits that each layer's reading is away from the output, KL(output || layer), over "
        f"{counts} texts, [95 % interval over texts]",
        "layer",
        tuple(map(str, range(answer.final.shape[1] - 1))),
        tuple(f"{kind}: {norm}" for norm, kind in columns),
        [
            [f"{p.estimate[layer]:.2f} [{p.low[layer]:.2f}, {p.high[layer]:.2f}]" for p in profiles]
            for layer in range(answer.final.shape[1] - 1)
        ],
    )


def _greatest(values: np.ndarray, tokens: tuple[str, ...]) -> str:
    best = values.argsort()[::-1][:MOST]
    return "  ".join(f"{tokens[place]!r} {values[place]:.1%}" for place in best)
