"""The table of verdicts: what a cell says."""

import pytest
from made_findings import finding, own_findings

from replication.judging.findings import Finding
from replication.judging.firmness import Firmness
from replication.judging.verdicts import SYMBOLS, UNFIRM, UNFIRM_LEGEND, as_markdown, symbol


def under_noise(same: float | None, verdict: str = "generalises") -> Finding:
    firm = Firmness(gap=0.1, gap_unit="share", texts_to_turn=None, same_under_noise=same)
    found = finding("HS-06", 1, "smollm2", "final")
    return found.model_copy(update={"firmness": firm, "verdict": verdict})


@pytest.mark.parametrize(
    ("same", "verdict", "mark"),
    [
        (0.7, "generalises", UNFIRM),
        (0.8, "generalises", ""),
        (1.0, "generalises", ""),
        (None, "generalises", ""),  # was not asked under noise
        (0.3, "not_replicated", ""),
        (0.3, "uninformative", ""),
    ],
)
def test_what_holds_on_few_draws_of_noise_is_marked(
    same: float | None, verdict: str, mark: str
) -> None:
    found = under_noise(same, verdict)
    assert symbol(found) == SYMBOLS[found.verdict] + mark


def test_a_finding_without_firmness_has_no_mark() -> None:
    assert symbol(finding("HS-06", 1, "smollm2")) == "✓"


def test_the_mark_is_explained_under_the_table() -> None:
    shown = own_findings()
    marked = shown.model_copy(
        update={
            "findings": tuple(
                under_noise(0.3).model_copy(update={"claim": one.claim}) for one in shown.findings
            )
        }
    )
    table = as_markdown(marked)
    assert f"| ✓{UNFIRM} |" in table
    assert table.rstrip().endswith(UNFIRM_LEGEND)
