"""The tuned lens (Belrose et al. 2023): what it is worth on a model, before it is read through.

It is no finding of the articles. It stands here since a reading of inner states that is fitted for
each layer tells lateness in the network from lateness in the reading, and since whoever reads a
verdict under it should know how good it is.
"""

from collections.abc import Iterator

import numpy as np

from replication.articles.sources import TUNED_LENS
from replication.judging.claims import ClaimsOf
from replication.judging.comparisons import less, mostly
from replication.judging.parts import Part, further
from replication.questions.subjects import Case
from replication.questions.tuned import LensQualityOf

claim = ClaimsOf(TUNED_LENS, level="many texts")
QUALITY = LensQualityOf()
SIXTH = 1 / 6
"""Of the depth: less than one layer of a model of six, as for every "every layer" of the suite."""


@claim("TUNED-01", QUALITY, norm_matters=False)
def the_tuned_lens_is_nearer_to_the_output(case: Case) -> Iterator[Part]:
    """On texts that it was not fitted on, the tuned lens is nearer to the model's output than the
    logit lens in every layer before the last.
    """
    found = case.answer(QUALITY)
    nearer = found.tuned[:, :-1] < found.final[:, :-1]
    texts = [str(number) for number in range(len(nearer))]
    yield mostly(
        "share of texts on which the tuned lens is nearer to the output throughout the depth, but "
        "for less than a sixth of it",
        (~nearer).mean(axis=1) < SIXTH,
        texts,
        values=(found.final - found.tuned)[:, :-1].mean(axis=1),
        values_unit="bits",
        by_layer=nearer,
    )
    means = {kind: np.array([each == kind for each in found.kinds]) for kind in set(found.kinds)}
    for kind, chosen in sorted(means.items()):
        before, after = (values[chosen, :-1].mean() for values in (found.final, found.tuned))
        statement = f"mean bits from the output on {kind} texts, tuned against untuned"
        yield further(less(statement, after, before, "bits"))
