"""How means of clusters go with their shares: by hand, and by another route."""

import numpy as np
import pytest
from scipy import stats

from replication.base.associations import association


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
