"""What each layer contributes to a token, which the projection of hidden states is to show (HS-21),
and a text of the gallery of which that article says nothing (HS-22).

A layer's contribution to a rank is how often it halves it: from 800 to 400 as from 2 to 1, since a
token overtakes half of those before it each time.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from replication.articles import gallery
from replication.articles.sources import HIDDEN_STATES
from replication.articles.thresholds import NEAR_TOP, OFTEN
from replication.judging.claims import ClaimsOf
from replication.judging.comparisons import less, more
from replication.judging.parts import Part, beside
from replication.measures.depth import crossing, depth_of, first_layer
from replication.questions.layers import ContributionsOf
from replication.questions.lens import RanksOf
from replication.questions.question import Text
from replication.questions.subjects import Case
from replication.results.contributions import Contributions, greatest
from replication.results.ranks import RankGrid
from replication.results.roles import Role, places
from replication.results.untestable import NotTestable

claim = ClaimsOf(HIDDEN_STATES)
EU = ContributionsOf.of_figure("ranks_eu_gpt2")
CITIES = RanksOf(Text(gallery.PROMPT, gallery.CITIES))
LAST_FIVE = 7 / 12
"""Depth of the first of the last five of twelve layers."""


@claim("HS-21", EU, relatives=("HS-10",))
def the_projection_names_the_layer_that_raised_a_token(case: Case) -> Iterator[Part]:
    """EU list: the projection of inner hidden states shows which layer contributed the most to
    raising a token's score, and hence its rank: for most tokens both rise most in the same layer.
    """
    found = case.answer(EU)
    if found.by_score is None:
        raise NotTestable("the article published ranks of this list and no scores")
    layers = greatest(found.by_rank)
    rising = layers > 0
    if not rising.any():
        raise NotTestable(f"none of the tokens {found.tokens} rises in a layer after the first")
    same = greatest(found.by_score) == layers
    yield more(
        f"of {rising.sum()} tokens that rise, the share whose rank and score are raised most "
        "by the same layer",
        same[rising].mean(),
        OFTEN,
        "share",
    )
    if Role.COUNTRY in found.roles:
        yield beside(countries_rise_late(found))


def countries_rise_late(found: Contributions) -> Part:
    """What HS-10 says of the countries, told from what raises them."""
    layers = greatest(found.by_rank)[[role is Role.COUNTRY for role in found.roles]]
    late = layers >= first_layer(LAST_FIVE + 1e-6, found.layers)
    depths = sorted({round(depth_of(int(layer), found.layers), 2) for layer in layers})
    return more(
        f"of {len(layers)} countries, the share whose rank is raised most by one of the last "
        f"five twelfths of the layers (depths {', '.join(map(str, depths))})",
        late.mean(),
        OFTEN,
        "share",
    )


def beginnings(grid: RankGrid, names: Sequence[str]) -> list[int]:
    """The tokens that begin some names, each of which occurs once; ``NotTestable`` where no token
    begins one of them.
    """
    text, visible = "".join(grid.tokens), [place for _, place in places(grid.tokens)]
    if missing := [name for name in names if text.find(name) not in visible]:
        raise NotTestable(
            f"no token of {text!r} begins {missing[0]!r}: expected the list of cities"
        )
    return [visible.index(text.index(name)) for name in names]


@claim("HS-22", CITIES)
def names_that_a_text_repeats_are_found_earlier(case: Case) -> Iterator[Part]:
    """Gallery, Cordoba: the article shows the text without a word on it. A question of this package
    is whether, in a list of cities after it, those that the text names are near the top from an
    earlier layer on than those that it does not.
    """
    grid = case.answer(CITIES)
    depths = crossing(grid.ranks <= NEAR_TOP)
    repeated, new = (depths[beginnings(grid, n)] for n in (gallery.REPEATED, gallery.NEW))
    yield less(
        f"median depth from which the first tokens of {', '.join(gallery.REPEATED)} stay near the "
        f"top, against {', '.join(gallery.NEW)}",
        np.median(repeated),
        np.median(new),
        "depth",
    )
