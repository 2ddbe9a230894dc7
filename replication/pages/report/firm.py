"""How firm a finding is, and what a share over many texts rests on, as a reader is told."""

from collections.abc import Iterator, Sequence

from replication.articles.thresholds import NOISE_DRAWS
from replication.base.firmness import POWER
from replication.judging.findings import Finding
from replication.judging.parts import Spread


def compact(finding: Finding) -> str:
    """Noise draws with the same outcome, and what would have to turn, for a cell of a table.

    Texts where they are few enough to count, otherwise the gap of the weakest part of the core;
    empty where the finding cannot turn, as it is not testable.
    """
    firm = finding.firmness
    if firm is None:
        return ""
    told = []
    if firm.same_under_noise is not None:
        told.append(f"{round(firm.same_under_noise * NOISE_DRAWS)}/{NOISE_DRAWS}")
    if firm.texts_to_turn is not None:
        told.append(f"{firm.texts_to_turn} text{'s' * (firm.texts_to_turn != 1)}")
    else:
        told.append(f"{firm.gap:.3g} {firm.gap_unit}")
    return " · ".join(told)


def rests_on(spread: Spread, crossed: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    """What a share rests on: terms, and what is to be said of each.

    ``crossed`` says what the clusters are of which there are two kinds.
    """
    yield "texts", f"{spread.items} in {spread.clusters} clusters"
    yield "clusters in favour", f"{spread.clusters_holding} of {spread.clusters}"
    yield "interval", _interval(spread, crossed)
    yield "p-value", f"{spread.p_value:.2g}"
    yield "corrected", f"{spread.p_corrected:.2g}"
    yield "what the set could have shown", _power(spread)
    yield "texts that would have to turn out otherwise", _flips(spread)
    if spread.effect is not None:
        yield "mean effect", f"{spread.effect:.4g} {spread.effect_unit or ''}".strip()
    if spread.standardized is not None:
        yield "effect in standard deviations", f"{spread.standardized:.4g}"


def _interval(spread: Spread, crossed: Sequence[str]) -> str:
    if spread.method == "exact":
        return "exact, of a share of clusters (Clopper and Pearson), since all draws agree"
    drawn = f"{spread.resamples} draws of whole clusters, seed {spread.seed}"
    if spread.crossed == 1:
        return drawn
    kinds = f": {'; or '.join(crossed)}" if crossed else ""
    return f"{drawn}; {spread.crossed} kinds of clusters are drawn at once (crossed){kinds}"


def _power(spread: Spread) -> str:
    if spread.detectable >= 1:
        return "less than its test asks for: too few clusters"
    return (
        f"what holds in {100 * spread.detectable:.0f} % of clusters or more: the corrected test "
        f"finds that in {100 * POWER:.0f} % of sets of this size"
    )


def _flips(spread: Spread) -> str:
    if spread.flips is None:
        return "far from turning: the whole interval is below one half"
    return f"{spread.flips} of {spread.items}"
