"""What heads attend to over several texts: each query counts once, by hand."""

from dataclasses import replace

import numpy as np
import pytest
import tiny
from measures.test_attention import SOURCE, attention, uniform

from replication.measures.attention import head_differences, on_delimiter
from replication.measures.attention_weights import attention_of
from replication.measures.heads import STATISTICS, over_texts
from replication.measures.record import record
from replication.results.attention import HeadStatistics

SHORT = (" a", ",", " B", ",", " b")
LONG = (" a", ",", " b", ";", " b", " b")


def on_first(tokens: tuple[str, ...]) -> list[list[float]]:
    return [[1.0] + [0.0] * (len(tokens) - 1)] * len(tokens)


def on_before(tokens: tuple[str, ...]) -> list[list[float]]:
    rows = np.eye(len(tokens), k=-1)
    rows[0, 0] = 1
    return rows.tolist()


def pooled() -> HeadStatistics:
    """The first head rests on the first token in the short text, and on the token before in the
    long one; the second head does the reverse.
    """
    short = attention([[on_first(SHORT), on_before(SHORT)]], SHORT)
    long = attention([[on_before(LONG), on_first(LONG)]], LONG)
    return over_texts([short, long])


def test_queries_count_once_however_long_their_text() -> None:
    found = pooled()
    assert found.targets == ("first token", "previous token", "delimiter", "same word")
    # Queries with a target: 4 and 5; 3 and 4 (from the third on); 3 and 4; 1 (the last) and 2.
    assert found.queries == (9, 7, 7, 3)
    # The second token's token before is the first: it counts for "first token" in both heads.
    np.testing.assert_allclose(found.of("first token"), [[5 / 9, 6 / 9]])
    np.testing.assert_allclose(found.of("previous token"), [[4 / 7, 3 / 7]])
    # Before " B" and " b" in the short text; before " b" and " b" in the long one.
    np.testing.assert_allclose(found.of("delimiter"), [[2 / 7, 2 / 7]])
    np.testing.assert_allclose(found.of("same word"), [[1 / 3, 0]])
    spread = [1 / n for n in (2, 3, 4, 5)] + [1 / n for n in (2, 3, 4, 5, 6)]
    assert found.uniform[0] == pytest.approx(np.mean(spread))
    # The heads look apart, at distance 1, but at the second token, where both see the first.
    np.testing.assert_allclose(found.distances, [(3 + 4) / (4 + 5)])
    # One head of two sees another token each time, but for the third, whose two are the first's.
    np.testing.assert_allclose(found.steps, [(0 + 3 + 0 + 4) / (2 * 3 + 2 * 4)])


def test_texts_and_source_are_kept() -> None:
    found = pooled()
    assert found.texts == (" a, B, b", " a, b; b b")
    assert found.provenance == replace(SOURCE, prompt="")


def test_one_text_of_a_model_by_itself() -> None:
    model = tiny.model("llama")
    seen = attention_of(model, record(model, "The keys, the cabinet, the keys", attention=True))
    found = over_texts([seen])
    for place, statistic in enumerate(STATISTICS):
        one = statistic(seen)
        assert (one.target, one.queries) == (found.targets[place], found.queries[place])
        np.testing.assert_array_equal(found.values[place], one.values)
        assert found.uniform[place] == one.uniform
    np.testing.assert_array_equal(found.distances, head_differences(seen).distances)
    twice = over_texts([seen, seen])
    np.testing.assert_allclose(twice.values, found.values)
    assert twice.queries == tuple(2 * count for count in found.queries)


def test_unknown_targets_and_texts_without_one_are_refused() -> None:
    with pytest.raises(ValueError, match=r"unknown target 'period': expected one of \('first tok"):
        pooled().of("period")
    plain = uniform((" a", " b", " b"))
    with pytest.raises(ValueError, match="delimiter") as alone:
        on_delimiter(plain)
    with pytest.raises(ValueError, match="delimiter") as together:
        over_texts([uniform(SHORT), plain])
    assert str(together.value) == str(alone.value)


def test_shapes_that_do_not_fit_are_refused() -> None:
    found = pooled()
    with pytest.raises(ValueError, match=r"fit 3 targets and 1 layers: expected \(3, 1, h"):
        replace(found, targets=found.targets[:3])
