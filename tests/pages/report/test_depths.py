"""What crosses where, and the picture of it as a whole."""

from pathlib import Path

import pytest
from made_findings import CROSSES, finding_over_many, made_findings, record

from replication.judging.comparisons import at_most
from replication.judging.findings import Finding, Findings
from replication.judging.parts import Crossing, Part, at_depth
from replication.pages.report.crossings import rows_of
from replication.pages.report.depths import depths, save

MADE = made_findings()


def crossing(
    estimate: float,
    article: float | None = None,
    low: float | None = None,
    high: float | None = None,
) -> Crossing:
    return Crossing(
        what="it leads",
        estimate=estimate,
        low=low,
        high=high,
        never=0,
        items=1,
        article=article,
    )


def with_crossings(subject: str, norm: str, *crossings: Crossing) -> Finding:
    """A finding with a part for each."""
    parts: tuple[Part, ...] = tuple(at_depth(at_most("", 0, 1, ""), one) for one in crossings)
    kind = "published" if subject == "published" else "registry"
    found = finding_over_many("HS-15", 0.9, norm, "smollm2")
    return found.model_copy(update={"subject": subject, "kind": kind, "parts": parts})


def findings(*found: Finding) -> Findings:
    update = {"claims": (record("HS-15"),), "findings": found, "controls": ()}
    return MADE.model_copy(update=update)


def test_a_row_has_the_article_and_the_models_in_their_order() -> None:
    more = findings(
        with_crossings("published", "none", crossing(1.0)),
        with_crossings("smollm2", "tuned", crossing(0.7)),
        with_crossings("smollm2", "none", crossing(0.9)),
        with_crossings("gemma3", "final", crossing(0.5)),
    )
    (row,) = rows_of(more)
    assert (row.claim, row.what, row.article) == ("HS-15", "it leads", 1.0)
    assert [mark.series for mark in row.marks] == [
        "SmolLM2, the articles' reading", "SmolLM2, tuned lens", "Gemma-3, final norm",
    ]  # fmt: skip


def test_the_value_that_a_claim_gives_for_the_article_comes_first() -> None:
    more = findings(
        with_crossings("published", "none", crossing(0.5)),
        with_crossings("smollm2", "none", crossing(0.9, article=5 / 6)),
    )
    assert rows_of(more)[0].article == 5 / 6
    assert rows_of(findings(with_crossings("smollm2", "none", crossing(1))))[0].article is None


def test_each_thing_that_crosses_has_a_row_of_its_own() -> None:
    other = crossing(0.4).model_copy(update={"what": "it enters"})
    both = with_crossings("smollm2", "none", crossing(0.9), other, crossing(0.9))
    rows = rows_of(findings(both))
    assert [(row.what, len(row.marks)) for row in rows] == [("it leads", 1), ("it enters", 1)]


def test_what_comes_from_a_claim_stays_text() -> None:
    drawn = depths(MADE, "HS-06-many")
    assert drawn
    assert CROSSES.replace("<", "&lt;").replace(">", "&gt;") in drawn.wide
    assert "<b>" not in drawn.wide + drawn.narrow


def test_where_nothing_crosses_there_is_no_picture(tmp_path: Path) -> None:
    nothing = MADE.model_copy(update={"findings": MADE.findings[:5]})
    assert depths(nothing) is None
    assert depths(MADE, "HS-06") is None
    with pytest.raises(ValueError, match="no finding has a crossing depth to draw"):
        save(nothing, tmp_path / "none.svg")


def test_the_picture_is_the_same_file_each_time(tmp_path: Path) -> None:
    for name in ("first.svg", "second.svg", "third.png"):
        save(MADE, tmp_path / name)
    first = (tmp_path / "first.svg").read_bytes()
    assert first == (tmp_path / "second.svg").read_bytes()
    assert b"currentColor" not in first
    assert b"var(" not in first
    assert (tmp_path / "third.png").read_bytes().startswith(b"\x89PNG")
