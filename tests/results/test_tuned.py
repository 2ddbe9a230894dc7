"""Results on the tuned lens, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from replication.results.provenance import Provenance
from replication.results.tuned import LensQuality, TextKind, WatchedReadings

SOURCE = Provenance("toy", "control", "a toy", "by hand", "0", None, "none", "")


def quality() -> LensQuality:
    """Two texts that were written and two published ones, read after two layers and the last."""
    final = np.array([[4.0, 2, 0], [6, 4, 0], [9, 9, 0], [7, 5, 0]])
    kinds: tuple[TextKind, ...] = ("written", "written", "published", "published")
    return LensQuality(final, final / 2, kinds, 8, SOURCE)


def test_means_are_over_the_texts_of_a_kind() -> None:
    found = quality()
    assert (found.texts("written"), found.texts("published")) == (2, 2)
    assert found.profile("final", "written").estimate.tolist() == [5, 3]
    assert found.profile("tuned", "published").estimate.tolist() == [4, 3.5]
    written = found.profile("final", "written")
    assert (written.low.tolist(), written.high.tolist()) == ([4, 2], [6, 4])


def test_each_text_has_its_rows() -> None:
    with pytest.raises(ValueError, match="for 3 texts: expected a row for each text"):
        replace(quality(), kinds=("written", "written", "published"))


def test_readings_fit_their_norms_and_words() -> None:
    ranks = np.ones((3, 4, 2), int)
    assert WatchedReadings(ranks, (" is", " are"), 9, SOURCE).norms == ("none", "final", "tuned")
    with pytest.raises(ValueError, match=r"under 3 norms of 2 words: expected \(3, 1\)"):
        WatchedReadings(ranks, (" is",), 9, SOURCE)
    with pytest.raises(ValueError, match=r"under 2 norms of 2 words: expected \(3, 2\)"):
        WatchedReadings(ranks[:2], (" is", " are"), 9, SOURCE)
