"""What the articles leave out when they read inner states without the final norm (HS-NORM).

The distance of two ranks is in powers of ten. What is off is told from what sets it right: a
reading accounts for the distance between the raw state's rank and the usual lens' where it closes
more than half of it, in the median of the layers looked at.

The bounds were fixed first. That a gain's signs and its sizes are asked apart was added when the
sizes had been seen to close nothing, on the article's sentence and on this set.
"""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float

from replication.articles.sources import HIDDEN_STATES
from replication.articles.thresholds import TENFOLD
from replication.judging.claims import ClaimsOf
from replication.judging.comparisons import at_most, mostly
from replication.judging.parts import Part
from replication.measures.depth import first_layer
from replication.questions.norm_parts import NormPartsOf, NormPartsOver
from replication.questions.question import Text
from replication.questions.subjects import Case
from replication.results.norm_parts import (
    BIAS,
    CENTRING,
    CLIPPED,
    GAIN,
    RAW,
    SCALE,
    SIGNS,
    SIZES,
    WHOLE,
    NormPartsSet,
)

claim = ClaimsOf(HIDDEN_STATES, level="many texts")
on_its_text = ClaimsOf(HIDDEN_STATES)

KEYS = NormPartsOf(Text.of_figure("watch_keys_cabinet"), (" are", " is"))
PARTS = NormPartsOver()
STEPS = NormPartsOver(readings=(RAW, CENTRING, BIAS, GAIN, WHOLE))


@on_its_text("HS-NORM-scale", KEYS, norm_matters=False, definitional=True)
def the_scale_changes_no_rank(case: Case) -> Iterator[Part]:
    """Dividing a state by its scale changes no rank. Where the final norm has nothing else than its
    gain, the gain folded into the unembedding, which leaves untouched what the model says, gives
    the articles' method the ranks of the usual lens.
    """
    found = case.answer(KEYS)
    pairs = [("dividing by the scale changes", SCALE, RAW)]
    if CENTRING not in found.readings:
        pairs.append(("the gain alone misses the usual lens'", GAIN, WHOLE))
    for what, one, other in pairs:
        differing = int(np.sum(found.of(one) != found.of(other)))
        yield at_most(
            f"ranks of {found.words}, over all layers, that {what}", differing, 0, "ranks"
        )


@claim("HS-NORM", PARTS, norm_matters=False, relatives=("HS-NORM-scale", "HS-NORM-outliers"))
def the_signs_of_the_gain_are_what_is_left_out(case: Case) -> Iterator[Part]:
    """Without the final norm the rank of the verb that agrees is more than tenfold off in the
    median inner layer, and it is the signs of the norm's gain that set it right, not their sizes.
    """
    found = case.answer(PARTS)
    off = np.median(found.distance(RAW)[:, :-1], axis=1)
    yield mostly(
        "share of texts whose rank is more than tenfold off without the norm, in the median inner "
        "layer",
        off > TENFOLD,
        found.clusters,
        values=off,
        values_unit="powers of ten",
    )
    yield _closes("the signs of the gain alone close", found, found.closed(SIGNS)[:, :-1])
    yield _closes("the sizes of the gain alone leave open", found, -found.closed(SIZES)[:, :-1])


@claim("HS-NORM-outliers", PARTS, norm_matters=False)
def a_few_dimensions_account_for_the_last_layers(case: Case) -> Iterator[Part]:
    """In the last sixth of the layers the five dimensions that are greatest in the state account
    for most of what reading without the norm gets wrong; before it they do not.
    """
    found = case.answer(PARTS)
    closed = found.closed(CLIPPED)
    late = first_layer(5 / 6 + 1e-6, closed.shape[1])
    yield _closes("in the last sixth, these five set to 0 close", found, closed[:, late:])
    yield _closes("before it, these five set to 0 leave open", found, -closed[:, :late])


@claim("HS-NORM-gain", STEPS, norm_matters=False, relatives=("HS-NORM", "HS-NORM-scale"))
def of_a_layer_norm_it_is_the_gain(case: Case) -> Iterator[Part]:
    """Of a norm that centres and adds a bias too, the gain alone accounts for what reading without
    the norm gets wrong; centring alone and the bias alone do not.
    """
    found = case.answer(STEPS)
    for reading, what in ((CENTRING, "centring"), (BIAS, "the bias"), (GAIN, "the gain")):
        does = 1 if reading == GAIN else -1
        verb = "closes" if reading == GAIN else "leaves open"
        yield _closes(f"{what} alone {verb}", found, does * found.closed(reading)[:, :-1])


def _closes(what: str, found: NormPartsSet, more: Float[np.ndarray, "text layer"]) -> Part:
    by_text = np.median(more, axis=1)
    return mostly(
        f"share of texts of which {what} more than half of the distance",
        by_text > 0,
        found.clusters,
        values=by_text,
        values_unit="powers of ten beyond half",
    )
