"""Slips: what the articles say and their own published numbers do not bear out.

Each is written as the articles have it and judged on the published numbers, where it fails; the
evidence stands in ``known_negatives.toml``. HS-04, HS-11 and HS-20 hold slips too and stand with
the other findings, since models are judged on them.
"""

from collections.abc import Iterator

import numpy as np

from replication.articles.sources import HIDDEN_STATES
from replication.articles.thresholds import FAR_DOWN
from replication.judging.claims import ClaimsOf
from replication.judging.comparisons import Part, agrees, at_most, more
from replication.measures.depth import first_layer
from replication.questions.lens import RanksOf, TopTokensOf
from replication.questions.subjects import Case
from replication.results.roles import Role

claim = ClaimsOf(HIDDEN_STATES)
EU = RanksOf.of_figure("ranks_eu_gpt2")
EU_XL = RanksOf.of_figure("ranks_eu_gpt2xl")
ONES = RanksOf.of_figure("ranks_ones")
TOP = TopTokensOf.of_figure("top10_ones")


@claim("SLIP-01", EU, published_only=True)
def the_eu_figure_is_of_gpt2_large(case: Case) -> Iterator[Part]:
    """The EU figure is labelled GPT2-Large, which has 36 layers."""
    yield agrees("layers in the figure", case.answer(EU).layers, 36, 0, "layers")


@claim("SLIP-02", ONES, published_only=True)
def the_caption_of_the_ones(case: Case) -> Iterator[Part]:
    """A caption says that layer 0 ranks the two digits 31 or 32."""
    digits = case.answer(ONES).of_role(Role.NUMBER)[0]
    others = sum(rank not in (31, 32) for rank in digits)
    listed = " and ".join(str(rank) for rank in digits)
    yield at_most(f"digits that rank otherwise in the figure: {listed}", others, 0, "tokens")


@claim("SLIP-03", EU_XL, published_only=True)
def countries_are_found_late_by_the_largest_model(case: Case) -> Iterator[Part]:
    """What the EU figure shows on GPT-2, that countries are found in the last five twelfths of the
    layers only, the gallery repeats on the largest model.
    """
    medians = np.median(case.answer(EU_XL).of_role(Role.COUNTRY), axis=1)
    late = first_layer(8 / 12, len(medians))
    statement = f"best median rank of the countries before layer {late} of {len(medians)}"
    yield more(statement, medians[:late].min(), FAR_DOWN, "ranks")


@claim("SLIP-04", TOP, published_only=True)
def shown_probabilities_are_exact(case: Case) -> Iterator[Part]:
    """The top-ten figure shows candidates with a probability of 0 (by rounding, as the article
    itself says: a softmax gives none).
    """
    zeros = int(np.sum(case.answer(TOP).probabilities == 0))
    yield at_most("candidates shown with a probability of 0", zeros, 0, "candidates")
