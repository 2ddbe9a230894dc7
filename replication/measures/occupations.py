"""How the word that a model expects goes with who does the work: over occupations, uncut.

The share of women is a number, and to cut it at one half makes work of 51 and of 97 percent alike.
"""

from replication.base.associations import Association, association
from replication.base.norms import Norm
from replication.results.sets import WatchedSet


def with_share_of_women(found: WatchedSet, norm: Norm = "final", layer: int = -1) -> Association:
    """The rank correlation, over occupations, of the share of women among those who do the work
    with how far the word for a woman is ahead of the word for a man, after a layer.

    An occupation counts as the mean of its sentences. Occupations are drawn and dealt, and the
    frames that they stand in are drawn too, where they share them.
    ``KeyError`` for a set that is not of occupations.
    """
    lead = found.towards_women(norm)[:, layer]
    return association(lead, found.shares_of_women, found.crossed())
