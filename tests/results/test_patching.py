"""Effects of patching and how they travel, by hand."""

from typing import Any

import numpy as np
import pytest
from jaxtyping import TypeCheckError

from replication.results.patching import Pair, PatchingEffects, PatchingProfile
from replication.results.provenance import Provenance

SOURCE = Provenance("tiny", "registry", "tiny", "float32", "0", None, "none", "")
KEYS = Pair("The keys", "The key", " are", " is")
# Two pairs, three layers. At the last position the first gains 0.1, 0.5, 0.4, the second 0, -0.5
# and 1.5; there the subject is overtaken in layer 1 and in layer 2.
PROFILE: dict[str, Any] = {
    "at_subject": np.array([[0.1, 0.3, 0.0], [0.9, 0.2, 0.1]]),
    "at_last": np.array([[0.1, 0.6, 1.0], [0.0, -0.5, 1.0]]),
    "attention": np.zeros((2, 3)),
    "feed_forward": np.zeros((2, 3)),
    "last_block": np.array([0.4, 1.4]),
    "gaps": np.array([2.0, 1.0]),
    "pairs": (KEYS, KEYS),
    "left_out": {},
    "provenance": SOURCE,
}


def test_hand_worked_profile() -> None:
    """In layer 0 of the first pair both are even, so the subject is not overtaken there."""
    found = PatchingProfile(**PROFILE)
    assert found.layers == 3
    np.testing.assert_allclose(found.added, [[0.1, 0.5, 0.4], [0.0, -0.5, 1.5]])
    np.testing.assert_allclose(found.added_by_last, [0.4, 1.5])
    np.testing.assert_allclose(found.added.sum(axis=1), 1)
    assert found.handover.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"attention": np.zeros((2, 4))}, "attention"),
        ({"last_block": np.ones(3)}, "last_block"),
        ({"gaps": np.ones(3)}, "gaps"),
        ({"pairs": (KEYS,)}, r"at_subject of shape \(2, 3\) does not fit 1 pairs.*\(1, 3\)"),
        ({"at_last": np.zeros((2, 3))}, "recovers .* expected 1"),
        ({"at_last": np.array([[1.0, 1, 1], [1, 1, 0.9]])}, "recovers .* expected 1"),
    ],
)
def test_a_profile_refuses_what_does_not_fit(wrong: dict[str, object], message: str) -> None:
    # Which of the two checks comes first depends on the switch in conftest.
    with pytest.raises((ValueError, TypeCheckError), match=message):
        PatchingProfile(**{**PROFILE, **wrong})


def made(shape: tuple[int, ...], clean: str = "abc", corrupted: str = "abd") -> PatchingEffects:
    values = np.arange(np.prod(shape), dtype=float).reshape(shape)
    words, differences = (" are", " is"), (1.0, 0.0)
    return PatchingEffects(values, tuple(clean), tuple(corrupted), words, differences, SOURCE)


def test_effects_by_site() -> None:
    assert made((3, 1, 3)).of("attention").tolist() == [[3, 4, 5]]
    assert made((3, 1, 3)).of("feed-forward").tolist() == [[6, 7, 8]]


@pytest.mark.parametrize("shape", [(2, 4, 3), (3, 4, 2)])
def test_effects_refuse_what_does_not_fit(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"expected \(3, layers, 3\)"):
        made(shape)
    with pytest.raises(ValueError, match="do not fit 3 clean and 2 corrupted"):
        made((3, 4, 3), corrupted="ab")
