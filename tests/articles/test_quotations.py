"""The quotations of the claims."""

from pathlib import Path

import pytest

from replication.articles.quotations import Quotation, quotation, quotations
from replication.judging.claims import Claim
from replication.judging.suite import claims_in

CLAIMS = claims_in(Path(__file__).parents[2] / "claims")
LONGEST = 30  # words


@pytest.mark.parametrize("claim", CLAIMS, ids=[claim.id for claim in CLAIMS])
def test_every_claim_has_a_quotation_or_generalizes_one_that_has(claim: Claim) -> None:
    assert quotation(claim.generalizes or claim.id)


@pytest.mark.parametrize("id", quotations())
def test_quotations_are_short(id: str) -> None:
    assert len(quotation(id).quote.split()) <= LONGEST


def test_an_unknown_claim_is_told_where_to_write_its_quotation() -> None:
    with pytest.raises(ValueError, match=r"no quotation of XX-01 in replication/articles/quotat"):
        quotation("XX-01")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"section": "Gallery", "quote": ""}, "a section without a quotation"),
        ({"section": "", "quote": "so it is"}, "a quotation without a section"),
        ({"section": "", "quote": ""}, "no quotation and no note"),
    ],
)
def test_a_quotation_says_where_it_is_from_or_why_it_is_missing(
    fields: dict[str, str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Quotation(**fields)
