"""How means of clusters go with their shares: by hand, and by another route."""

from collections import Counter

import numpy as np
import pytest
from scipy import stats

from replication.base.associations import _drawn_means, _rho, association


def test_an_association_by_hand() -> None:
    """Means 1, 2, 4, 3 of clusters with shares 10, 20, 30, 40: one exchange, rho 1 - 6 * 2 / 60. Of
    24 orders 4 give as much: the right one, and the three exchanges of neighbours.
    """
    values = np.array([0.0, 2, 2, 4, 3])
    shares = np.array([10.0, 10, 20, 30, 40])
    found = association(values, shares, list("aabcd"))
    assert found.rho == pytest.approx(0.8)
    assert found.p_value == pytest.approx(4 / 24)
    assert found.clusters == 4
    assert found.low <= found.rho <= found.high <= 1
    assert association(-values, shares, list("aabcd")).rho == pytest.approx(-0.8)


def test_an_association_is_scipys_and_only_order_counts() -> None:
    random = np.random.default_rng(0)
    shares = random.permutation(60).astype(float)
    means = shares + random.normal(scale=30, size=60)
    names = [str(number) for number in range(60)]
    found = association(means.repeat(3), shares.repeat(3), [name for name in names for _ in "abc"])
    theirs = stats.spearmanr(means, shares, alternative="greater")
    assert found.rho == pytest.approx(theirs.statistic)
    assert found.p_value < 0.001 > theirs.pvalue
    assert 0 < found.low < found.rho < found.high < 1
    curved = association(np.exp(means / 50), shares**3, names)
    assert (curved.rho, curved.low) == pytest.approx((found.rho, found.low))


def test_frames_are_drawn_with_the_clusters() -> None:
    """Two frames in which four clusters are in the order of their shares, and turned round: in one
    draw of four the first frame alone, in one the second, in two both, where all means are alike.
    """
    shares = np.array([10.0, 20, 30, 40]).repeat(2)
    values = np.array([1.0, -1.001, 2, -2.001, 3, -3.001, 4, -4.001])
    names, frames = list("aabbccdd"), list("xyxyxyxy")
    crossed = list(zip(names, frames, strict=True))
    found = association(values, shares, crossed)
    alone = association(values, shares, names)
    assert (found.crossed, alone.crossed, found.clusters) == (2, 1, 4)
    assert (found.low, found.high) == (-1, 1)
    drawn = _drawn_means(values, names, frames, np.random.default_rng(0), 4000)
    of_first, of_second = (drawn[:, 0] == 1).mean(), (drawn[:, 0] == -1.001).mean()
    assert (of_first, of_second) == pytest.approx((0.25, 0.25), abs=0.03)
    assert np.isclose(drawn[:, 0], -0.0005).mean() == pytest.approx(0.5, abs=0.03)


def test_what_was_not_drawn_of_a_cluster_counts_for_none() -> None:
    """Cluster d stands in the second frame alone: without that frame it is not there."""
    values, names, frames = np.array([1.0, 3, 2, 3, 4]), list("aabcd"), list("xyxxy")
    drawn = _drawn_means(values, names, frames, np.random.default_rng(0), 100)
    first = drawn[drawn[:, 0] == 1]
    assert len(first)
    np.testing.assert_array_equal(first, [[1, 2, 3, np.nan]] * len(first))
    shares = np.arange(4.0)
    one = np.array([[1.0, 3, 2, np.nan], [2, np.nan, np.nan, np.nan], [1, 2, 3, 0]])
    theirs = [0.5, 0, stats.spearmanr(one[2], shares).statistic]
    assert _rho(one, np.tile(shares, (3, 1))) == pytest.approx(theirs)


def test_crossed_intervals_cover_where_those_of_one_kind_do_not() -> None:
    """A frame's luck says who leads in it by how much the share counts there: of ten frames the
    share counts in none on the average.
    """
    random, covered = np.random.default_rng(6), Counter[str]()
    shares = np.arange(20.0)
    names, frames = (list(map(str, part.ravel())) for part in np.indices((20, 10)))
    for _ in range(60):
        slopes = random.normal(size=10)
        values = (shares[:, None] - shares.mean()) * slopes + random.normal(size=(20, 10))
        for name, labels in (("crossed", list(zip(names, frames, strict=True))), ("one", names)):
            found = association(values.ravel(), shares.repeat(10), labels, resamples=200)
            covered[name] += found.low <= 0 <= found.high
    assert covered["crossed"] >= 54
    assert covered["one"] < 20


def test_nothing_goes_with_nothing() -> None:
    random = np.random.default_rng(3)
    found = association(random.normal(size=40), np.arange(40.0), list(map(str, range(40))))
    assert found.low < 0 < found.high
    assert found.p_value > 0.05


def test_what_cannot_be_associated_is_refused() -> None:
    names, values = list("aabc"), np.array([1.0, 2, 3, 4])
    with pytest.raises(ValueError, match="'a' has the shares"):
        association(values, values, names)
    with pytest.raises(ValueError, match="4 values, 3 clusters"):
        association(values, values, list("abc"))
    with pytest.raises(ValueError, match="4 clusters with 4 different means and 1 different"):
        association(values, np.ones(4), list("abcd"))
    with pytest.raises(ValueError, match="2 clusters with 2"):
        association(values[:2], values[:2], list("ab"))
