"""Shares of saliency: what they tell and what they refuse."""

from dataclasses import replace

import numpy as np
import pytest

from replication.results.provenance import Provenance
from replication.results.saliency import Saliency

SOURCE = Provenance("tiny", "registry", "tiny", "float32", "0", None, "none", "")
SHARES = np.array([[0.25, 0.75, 0], [0.5, 0.0, 0.5]])
FOUND = Saliency(SHARES, tuple("abcd"), 2, "gradient x input", "logit", SOURCE)


def test_a_row_is_of_the_tokens_before() -> None:
    assert FOUND.row(0).tolist() == [0.25, 0.75]
    assert FOUND.row(1).tolist() == [0.5, 0, 0.5]


@pytest.mark.parametrize(
    "first",
    [
        [0.25, 0.5, 0.0],  # sums to less
        [0.25, 0.5, 0.25],  # a token that was not there yet
        [1.25, -0.25, 0.0],
        [np.nan, 0.75, 0.0],
        [0.25, 0.75015, 0.0],
    ],
)
def test_shares_that_are_none_are_refused(first: list[float]) -> None:
    with pytest.raises(ValueError, match="must be positive, lie before it and sum to 1"):
        replace(FOUND, shares=np.array([first, SHARES[1]]))


def test_rounding_of_published_shares_is_no_error() -> None:
    replace(FOUND, shares=np.array([[0.25, 0.75005, 0], SHARES[1]]))


def test_shares_have_a_row_for_each_generated_token() -> None:
    for tokens, n_input in (("abc", 2), ("abcd", 1), ("abcde", 3)):
        with pytest.raises(ValueError, match=r"do not fit .* input and"):
            replace(FOUND, tokens=tuple(tokens), n_input=n_input)
