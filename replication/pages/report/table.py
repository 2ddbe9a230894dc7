"""All results as one table in CSV: a row for each part of each finding."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from replication.articles.sources import level_of
from replication.judging.comparisons import Part
from replication.judging.corrections import corrected, key_of
from replication.judging.findings import Finding, Findings

COLUMNS = (
    "claim",
    "level",
    "definitional",
    "subject",
    "kind",
    "model",
    "revision",
    "weights",
    "start_token",
    "norm",
    "verdict",
    "part",
    "measured",
    "low",
    "high",
    "relation",
    "bound",
    "unit",
    "holds",
    "margin",
    "items",
    "clusters",
    "clusters_holding",
    "p_value",
    "p_holm",
    "effect",
    "effect_unit",
    "standardized",
    "chance_holds",
    "chance_controls",
    "known_negative",
    "not_testable",
)


def as_csv(findings: Findings) -> str:
    """The table, with a line of column names; what a part does not have is left empty.

    A finding that is not testable has one row, with the reason. ``p_holm`` is the claim's, and
    stands with each part that has a p-value.
    """
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    table.writeheader()
    p_holm = corrected(findings.findings)
    for finding in findings.findings:
        table.writerows(_rows(finding, p_holm.get(key_of(finding))))
    return text.getvalue()


def _rows(finding: Finding, p_holm: float | None) -> Iterator[dict[str, Any]]:
    shared = finding.model_dump(
        include={"claim", "definitional", "subject", "kind", "model", "revision", "weights"}
        | {"start_token", "norm", "verdict", "known_negative"}
    )
    shared["level"] = level_of(finding.claim)
    if finding.chance:
        shared["chance_holds"] = finding.chance.holds
        shared["chance_controls"] = finding.chance.controls
    if not finding.parts:
        yield shared | {"not_testable": finding.measured}
    for part in finding.parts:
        yield shared | _of_part(part) | ({"p_holm": p_holm} if part.spread else {})


def _of_part(part: Part) -> dict[str, Any]:
    row = part.model_dump(exclude={"statement", "spread"})
    row["part"] = part.statement
    if part.spread:
        row |= part.spread.model_dump(exclude={"resamples", "seed", "profile"})
    return row
