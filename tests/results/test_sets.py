"""Items of template sets, and results over them: what they tell and what they refuse."""

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from replication.results.provenance import Provenance
from replication.results.sets import ArrivalSet, ExpectedSet, Item, LayerCurves, WatchedSet

SOURCE = Provenance("tiny", "registry", "tiny", "float32", "0", None, "none", "")
WATCHED = {
    "id": "keys", "set": "agreement", "cluster": "key", "template": "{}", "prompt": "The keys",
    "watched": (" are", " is"), "conditions": {"subject": "plural"},
}  # fmt: skip
CONTINUED = {**WATCHED, "watched": (), "continuation": " are"}
ITEMS = tuple(
    Item.model_validate({**WATCHED, "cluster": cluster, "conditions": {"subject": subject}})
    for cluster, subject in (("key", "plural"), ("key", "singular"), ("door", "plural"))
)
ONES = np.ones((2, 3, 4))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"prompt": ""}, "is empty or ends with a space"),
        ({"prompt": "The keys "}, "is empty or ends with a space"),
        ({"prompt": "The keys\n"}, "is empty or ends with a space"),
        ({"continuation": " are"}, "give either a continuation or watched words"),
        ({"watched": ()}, "give either a continuation or watched words"),
        ({"watched": (" are", "is")}, "starts with a space"),
        ({"watched": (" are", " ")}, "starts with a space"),
        ({"watched": (" are", "  ")}, "starts with a space"),
        ({"watched": (" are", " are")}, "are not distinct"),
    ],
)
def test_items_that_cannot_be_asked(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Item.model_validate({**WATCHED, **wrong})


def test_items_that_can() -> None:
    assert Item.model_validate(CONTINUED).continuation == " are"
    assert Item.model_validate({**WATCHED, "watched": (" a", " b", " c")}).watched[2] == " c"
    assert Item.model_validate({**WATCHED, "prompt": " T"}).prompt == " T"
    with pytest.raises(ValidationError, match="frozen"):
        ITEMS[0].prompt = "another"
    with pytest.raises(ValidationError, match="Extra inputs"):
        Item.model_validate({**WATCHED, "noun": "key"})


def test_a_word_that_is_even_is_not_ahead() -> None:
    """Items are ahead in layer 0 without a norm, and in layer 1 under the final norm."""
    lead = np.array([[[1.0, 0], [2, -1], [3, 0]], [[0, 1], [-1, 2], [0, 3]]])
    found = WatchedSet(lead, ITEMS, (), SOURCE)
    assert found.ahead("none").tolist() == [[True, False]] * 3
    assert found.ahead("final", subject="plural").tolist() == [[False, True]] * 2
    assert found.of(subject="plural").tolist() == [True, False, True]
    assert found.clusters(subject="plural") == ["key", "door"]
    assert found.clusters(subject="plural", attractor="none") == []


def test_results_have_a_value_under_each_norm_for_each_item() -> None:
    ranks, both = ONES.astype(int), ONES[:, :, 0]
    assert ExpectedSet(ranks, ONES, both, ITEMS, SOURCE).clusters == ["key", "key", "door"]
    assert ArrivalSet(both, both, ITEMS, SOURCE).clusters == ["key", "key", "door"]
    for items in (ITEMS[:2], (*ITEMS, ITEMS[0])):
        with pytest.raises(ValueError, match="lead are given for"):
            WatchedSet(ONES, items, (), SOURCE)
        with pytest.raises(ValueError, match="ranks are given for"):
            ExpectedSet(ranks, ONES, both, items, SOURCE)
        with pytest.raises(ValueError, match="syntax are given for"):
            ArrivalSet(both, both, items, SOURCE)
    with pytest.raises(ValueError, match="lead are given for"):
        WatchedSet(ONES[:1], ITEMS, (), SOURCE)


def test_curves_have_a_value_for_each_panel_and_line() -> None:
    values = np.zeros((1, 2, 5))
    LayerCurves(("p",), ("a", "b"), values, values, values, (3, 3), (2, 2), 10, 0, SOURCE)
    with pytest.raises(ValueError, match=r"estimate are given for \(1, 2\): expected \(1, 1\)"):
        LayerCurves(("p",), ("a",), values, values, values, (3,), (2,), 10, 0, SOURCE)
