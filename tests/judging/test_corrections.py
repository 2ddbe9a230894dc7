"""Holm's correction of findings, by hand."""

import pytest
from made_findings import finding, finding_over_many

from replication.judging.comparisons import Part
from replication.judging.corrections import corrected, p_value
from replication.judging.findings import Finding


def with_p(id: str, *p_values: float, norm: str = "none") -> Finding:
    """A finding with so many parts that have these p-values, and one part that has none."""
    made = finding_over_many(id, 0.8, norm)
    plain, shared = made.parts

    def part(value: float) -> Part:
        assert shared.spread
        return shared.model_copy(
            update={"spread": shared.spread.model_copy(update={"p_value": value})}
        )

    return made.model_copy(update={"parts": (plain, *map(part, p_values))})


def test_the_largest_of_a_claims_parts_counts() -> None:
    assert p_value(with_p("A", 0.01, 0.3, 0.2)) == 0.3
    assert p_value(finding("A", 1)) is None


def test_a_family_is_the_claims_of_one_subject_and_norm() -> None:
    family = [with_p("A", 0.01), with_p("B", 0.04, 0.02), with_p("C", 0.03)]
    other = [with_p("A", 0.04, norm="final"), finding("D", 1, "smollm2")]
    found = corrected([*family, *other])
    # The smallest of three times 3, the next times 2, the last no less than the one before it.
    assert found == pytest.approx(
        {
            ("A", "smollm2", "none"): 0.03,
            ("C", "smollm2", "none"): 0.06,
            ("B", "smollm2", "none"): 0.06,
            ("A", "smollm2", "final"): 0.04,
        }
    )


def test_nothing_to_correct() -> None:
    assert corrected([finding("D", 1)]) == {}
