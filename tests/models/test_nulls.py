"""Nulls by name: the kinds, their seeds, and what each is."""

import pytest

from replication.models.nulls import KINDS, MADE_BY, NOISE, SEEDED, Null, draws_of
from replication.models.registry import MODELS, find, null_name


@pytest.mark.parametrize("kind", [*KINDS, NOISE])
def test_every_null_is_found_by_its_name(kind: str) -> None:
    for model, entry in MODELS.items():
        for null in draws_of(kind):  # type: ignore[arg-type]
            assert find(null_name(model, null.kind, null.seed)) == (entry, null)


def test_names_by_hand() -> None:
    assert null_name("smollm2", "permuted", 0) == "smollm2-permuted-0"
    assert null_name("gpt2-large", "last-token-only") == "gpt2-large-last-token-only"
    assert find("gpt2-large-random-blocks-12") == (MODELS["gpt2-large"], Null("random-blocks", 12))


@pytest.mark.parametrize(
    "name", ["smollm2-permuted", "smollm2-his-word-0", "smollm2-permuted-x", "gpt9-permuted-0"]
)
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"unknown model '{name}': .*'smollm2-untrained-0'"):
        find(name)


def test_seeds_are_for_what_is_drawn_at_random() -> None:
    assert [len(draws_of(kind)) for kind in KINDS] == [6, 2, 2, 2, 10, 1, 1, 1, 1]
    assert [len(draws_of(kind, costly=True)) for kind in KINDS] == [1] * len(KINDS)
    assert MADE_BY.keys() == {*KINDS, NOISE}
    with pytest.raises(ValueError, match="permuted with seed None: expected a seed"):
        Null("permuted")
    with pytest.raises(ValueError, match="his-word with seed 0: expected no seed"):
        Null("his-word", 0)


def test_what_a_null_is() -> None:
    assert Null("untrained", 3).made_by == "untrained, seed 3"
    assert Null("last-token-only").made_by == "trained, but each position sees its own token alone"
    assert set(SEEDED) < {*KINDS, NOISE}
