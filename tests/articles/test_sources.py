"""What claims are from, and the list of slips."""

from importlib import import_module
from pathlib import Path

import pytest

from replication.articles.slips import SLIPS
from replication.articles.sources import published_of
from replication.judging.claims import Claim

MODULES = sorted(path.stem for path in (Path(__file__).parents[2] / "claims").glob("test_*.py"))
CLAIMS = {
    found.id: found
    for module in MODULES
    for found in vars(import_module(module)).values()
    if isinstance(found, Claim)
}


def test_only_published_figures_are_taken_for_published() -> None:
    (figure,) = published_of(("a question of ours", "ranks_ones"))
    assert figure.model == "distilgpt2"


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=list(CLAIMS))
def test_a_claim_speaks_of_figures_of_its_source(claim: Claim) -> None:
    figures = published_of(claim.figures)
    assert not figures or any(claim.source.address in figure.source for figure in figures)
    assert not claim.published_only or published_of(claim.figures)


def test_claims_name_claims_that_there_are() -> None:
    for claim in CLAIMS.values():
        assert set(claim.relatives) < CLAIMS.keys()
        assert claim.id not in claim.relatives
        if claim.generalizes:
            assert (claim.level, CLAIMS[claim.generalizes].level) == ("many texts", "figure")


def test_slips_name_checks_that_there_are() -> None:
    named = {slip.claim for slip in SLIPS if slip.claim}
    assert named <= CLAIMS.keys()
    assert {claim.id for claim in CLAIMS.values() if claim.published_only} <= named
