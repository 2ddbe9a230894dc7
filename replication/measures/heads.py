"""What the heads of a model attend to, over several texts."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from replication.measures import attention
from replication.results.attention import Attention, HeadStatistic, HeadStatistics

STATISTICS = (
    attention.on_first_token,
    attention.on_previous_token,
    attention.on_delimiter,
    attention.on_same_word,
)


def over_texts(attentions: Sequence[Attention]) -> HeadStatistics:
    """The statistics of several texts read by one model, put together.

    ``ValueError`` for a text without some target, such as one with no word twice.
    """
    together = [_pooled([statistic(seen) for seen in attentions]) for statistic in STATISTICS]
    differences = [attention.head_differences(seen) for seen in attentions]
    weights = [found.queries for found in differences]
    steps = [attention.neighbour_differences(seen) for seen in attentions]
    return HeadStatistics(
        targets=tuple(found.target for found in together),
        values=np.stack([found.values for found in together]),
        uniform=np.array([found.uniform for found in together]),
        queries=tuple(found.queries for found in together),
        distances=np.average([found.distances for found in differences], axis=0, weights=weights),
        steps=np.average(
            [found.distances for found in steps], axis=0, weights=[one.queries for one in steps]
        ),
        texts=tuple("".join(seen.tokens) for seen in attentions),
        provenance=replace(attentions[0].provenance, prompt=""),
    )


def _pooled(found: Sequence[HeadStatistic]) -> HeadStatistic:
    weights = [one.queries for one in found]
    return HeadStatistic(
        target=found[0].target,
        values=np.average([one.values for one in found], axis=0, weights=weights),
        uniform=float(np.average([one.uniform for one in found], weights=weights)),
        queries=sum(weights),
        provenance=found[0].provenance,
    )
