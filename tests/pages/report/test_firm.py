"""How firm a finding is, in the words of the report."""

import numpy as np
import pytest
from made_findings import finding

from replication.judging.comparisons import mostly
from replication.judging.firmness import Firmness
from replication.judging.parts import Spread
from replication.pages.report.firm import compact, rests_on


@pytest.mark.parametrize(
    ("texts", "same", "words"),
    [
        (47, 1.0, "10/10 · 47 texts"),
        (1, 0.9, "9/10 · 1 text"),
        (3, None, "3 texts"),
        (None, 0.0, "0/10 · -2.5 ranks"),
        (None, None, "-2.5 ranks"),
    ],
)
def test_noise_and_texts_or_the_gap(texts: int | None, same: float | None, words: str) -> None:
    firm = Firmness(gap=-2.5, gap_unit="ranks", texts_to_turn=texts, same_under_noise=same)
    assert compact(finding("HS-06", 1).model_copy(update={"firmness": firm})) == words


def test_what_has_no_firmness_says_nothing() -> None:
    assert compact(finding("HS-06", 1)) == ""


def spread_of(holding: int, crossed: bool = False) -> Spread:
    """Of 40 texts in 20 clusters, of which so many hold."""
    names = [f"noun {number // 2}" for number in range(40)]
    clusters = [(name, str(n % 2)) for n, name in enumerate(names)] if crossed else names
    spread = mostly("share", np.arange(40) < holding, clusters).spread
    assert spread
    return spread


def test_a_share_says_what_it_rests_on() -> None:
    told = dict(rests_on(spread_of(36)))
    assert told["texts"] == "40 in 20 clusters"
    assert told["clusters in favour"] == "18 of 20"
    assert told["interval"] == "10000 draws of whole clusters, seed 0"
    assert told["what the set could have shown"].startswith("what holds in 88 % of")
    assert "the corrected test finds that in 80 % of sets" in told["what the set could have shown"]
    assert told["texts that would have to turn out otherwise"].endswith(" of 40")
    assert "mean effect" not in told


def test_an_exact_interval_and_one_far_from_turning_say_so() -> None:
    assert dict(rests_on(spread_of(40)))["interval"].startswith("exact, of a share of clusters")
    none = dict(rests_on(spread_of(4)))
    assert none["texts that would have to turn out otherwise"].startswith("far from turning")


def test_crossed_clusters_are_named() -> None:
    told = dict(rests_on(spread_of(36, crossed=True), ("nouns, and the nouns beside the verb",)))
    assert told["interval"].endswith(
        "; 2 kinds of clusters are drawn at once (crossed): nouns, and the nouns beside the verb"
    )
    assert dict(rests_on(spread_of(36, crossed=True)))["interval"].endswith("(crossed)")


def test_too_few_clusters_to_show_anything() -> None:
    few = spread_of(36).model_copy(update={"detectable": 1.0})
    assert "too few clusters" in dict(rests_on(few))["what the set could have shown"]
