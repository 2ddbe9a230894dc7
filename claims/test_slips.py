"""Slips: what the articles say and their own published numbers do not bear out.

Each is written as the articles have it and judged on the published numbers, where it fails; the
evidence stands in ``known_negatives.toml``. HS-04 holds a slip too and stands with the other
findings, since models are judged on it.
"""

from collections.abc import Iterator

from replication.articles.sources import HIDDEN_STATES
from replication.judging.claims import ClaimsOf
from replication.judging.comparisons import agrees, at_most
from replication.judging.parts import Part
from replication.questions.lens import RanksOf
from replication.questions.subjects import Case
from replication.results.roles import Role

claim = ClaimsOf(HIDDEN_STATES)
EU = RanksOf.of_figure("ranks_eu_gpt2")
ONES = RanksOf.of_figure("ranks_ones")


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
