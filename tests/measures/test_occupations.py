"""How expected words go with the share of women: by hand, whichever word comes first in an item."""

import numpy as np
import pytest

from replication.base.norms import NORMS
from replication.measures.occupations import with_share_of_women
from replication.results.provenance import Provenance
from replication.results.sets import Item, WatchedSet

SHARES = {"plumber": 1.0, "chef": 20.0, "baker": 61.0, "nurse": 90.0}
TOWARDS_WOMEN = {"plumber": -4.0, "chef": -1.0, "baker": -2.0, "nurse": 3.0}


def answer() -> WatchedSet:
    """Two sentences of each occupation, one a little more and one a little less than its lead."""
    made, leads = [], []
    for work, share in SHARES.items():
        women = share > 50
        for number, more in enumerate((0.5, -0.5)):
            made.append(
                Item(
                    id=f"{work}-{number}",
                    set="occupations",
                    cluster=work,
                    template=str(number),
                    prompt=f"The {work} {number}",
                    watched=(" she", " he") if women else (" he", " she"),
                    conditions={
                        "women_percent": str(share),
                        "stereotype": "women" if women else "men",
                    },
                )
            )
            leads.append((TOWARDS_WOMEN[work] + more) * (1 if women else -1))
    last = np.array(leads)[:, None] * [0.0, 1.0]  # nothing after the first layer
    source = Provenance("toy", "control", "a toy", "by hand", "0", None, "none", "")
    return WatchedSet(np.stack([last] * len(NORMS)), tuple(made), (), source)


def test_leads_are_those_of_the_womans_word() -> None:
    found = answer()
    expected = [lead + more for lead in TOWARDS_WOMEN.values() for more in (0.5, -0.5)]
    assert found.towards_women("final")[:, 1].tolist() == expected
    assert found.shares_of_women.tolist() == [s for share in SHARES.values() for s in (share,) * 2]


def test_the_association_is_over_occupations() -> None:
    """Ranks 1, 3, 2, 4 against 1, 2, 3, 4: one exchange of neighbours."""
    found = with_share_of_women(answer())
    assert found.rho == pytest.approx(0.8)
    assert (found.clusters, found.crossed) == (4, 2)  # the frames are drawn too
    with pytest.raises(ValueError, match="1 different means"):
        with_share_of_women(answer(), layer=0)
