"""All results as one table in CSV: a row for each part of each finding."""

from collections.abc import Iterator
from typing import Any

from replication.judging.claims import ClaimRecord
from replication.judging.findings import Finding, Findings
from replication.judging.parts import Crossing, Part

COLUMNS = (
    *("claim", "level", "definitional", "subject", "kind", "model", "revision", "weights"),
    *("start_token", "norm", "verdict", "part", "weight", "measured", "low", "high", "relation"),
    *("bound", "unit", "holds", "margin", "items", "clusters", "clusters_holding", "p_value"),
    *("p_corrected", "crossing", "crossing_depth", "crossing_low", "crossing_high"),
    *("crossing_never", "crossing_article", "effect", "effect_unit", "standardized"),
    *("method", "crossed", "detectable", "flips"),
    *("gap", "gap_unit", "texts_to_turn", "same_under_noise"),
    *("nulls", "not_beaten"),
    *("known_negative", "not_testable"),
)


def as_csv(findings: Findings) -> str:
    """The table, with a line of column names; what a part does not have is left empty.

    A finding that is not testable has one row, with the reason.
    """
    import pandas as pd

    rows = [
        row
        for finding in findings.findings
        for row in _rows(findings.record(finding.claim), finding)
    ]
    # As objects: of numbers with gaps pandas would make floats, of 10 clusters 10.0.
    table = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
    return table.to_csv(index=False, lineterminator="\n")


def _rows(claim: ClaimRecord, finding: Finding) -> Iterator[dict[str, Any]]:
    of_parts = {"holds", "margin", "margin_unit", "measured", "parts", "nulls", "firmness"}
    shared = finding.model_dump(exclude=of_parts)
    shared |= claim.model_dump(include={"level", "definitional"})
    if finding.nulls:
        shared["nulls"] = "; ".join(map(str, finding.nulls))
        shared["not_beaten"] = "; ".join(rate.kind for rate in finding.not_beaten)
    if finding.firmness:
        shared |= finding.firmness.model_dump()
    if not finding.parts:
        yield shared | {"not_testable": finding.measured}
    for part in finding.parts:
        yield shared | _of_part(part)


def _of_part(part: Part) -> dict[str, Any]:
    spread = part.spread.model_dump() if part.spread else {}
    crossing = _of_crossing(part.crossing) if part.crossing else {}
    return spread | part.model_dump(exclude={"crossing"}) | {"part": part.statement} | crossing


def _of_crossing(crossing: Crossing) -> dict[str, Any]:
    told = crossing.model_dump(exclude={"what", "estimate", "items"})
    named = {"crossing": crossing.what, "crossing_depth": crossing.estimate}
    return named | {f"crossing_{key}": value for key, value in told.items()}
