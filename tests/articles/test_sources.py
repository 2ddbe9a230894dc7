"""What claims' ids tell, and the list of slips."""

import re
from pathlib import Path

import pytest

from replication.articles.slips import SLIPS
from replication.articles.sources import KINDS, SOURCES, kind_of, level_of, published_of, source_of

CLAIMS = Path(__file__).parents[2] / "claims"


def claim_ids() -> set[str]:
    """The ids of all claims, as their modules have them."""
    texts = (path.read_text("utf-8") for path in CLAIMS.glob("test_*.py"))
    return {id for text in texts for id in re.findall(r'^@claim\(\s*"([^"]+)"', text, re.MULTILINE)}


def test_the_level_of_a_claim() -> None:
    assert {id: level_of(id) for id in ("HS-14", "HS-14-many", "HS-Q1", "SLIP-01", "BV-04")} == {
        "HS-14": "figure",
        "HS-14-many": "many texts",
        "HS-Q1": "many texts",
        "SLIP-01": "figure",
        "BV-04": "figure",
    }


@pytest.mark.parametrize(
    ("claim", "figures", "expected"),
    [
        ("HS-14", ("watch_keys_cabinet",), "HS"),
        ("EX-09", (), "EX"),
        ("LL-01", (), "LL"),
        ("SLIP-01", ("ranks_eu_gpt2",), "HS"),
        ("SLIP-99", ("saliency_ones",), "EX"),
    ],
)
def test_the_text_that_a_claim_is_from(claim: str, figures: tuple[str, ...], expected: str) -> None:
    assert source_of(claim, figures) == SOURCES[expected]


def test_a_text_that_is_not_known() -> None:
    assert source_of("XX-01", ()) is None
    assert source_of("SLIP-01", ()) is None


def test_only_published_figures_are_taken_for_published() -> None:
    (figure,) = published_of(("a question of ours", "ranks_ones"))
    assert figure.model == "distilgpt2"


def test_every_claim_is_of_a_kind_that_readers_are_offered() -> None:
    assert {kind_of(id) for id in claim_ids()} == set(KINDS)


def test_slips_name_checks_that_there_are() -> None:
    named = {slip.claim for slip in SLIPS if slip.claim}
    assert named <= claim_ids()
    assert {id for id in claim_ids() if kind_of(id) == "SLIP"} <= named
