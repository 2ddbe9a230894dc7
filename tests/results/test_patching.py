"""Effects of patching, by hand."""

import numpy as np
import pytest

from replication.results.patching import PatchingEffects
from replication.results.provenance import Provenance

SOURCE = Provenance("tiny", "registry", "tiny", "float32", "0", None, "none", "")


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
