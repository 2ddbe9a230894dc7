"""P-values of findings, corrected for how many were tested.

A claim holds if all its parts do, so its p-value is the largest of theirs. The family that is
corrected for is all claims with a p-value of one subject under one norm.
"""

from collections.abc import Iterable

from replication.base.statistics import holm
from replication.judging.findings import Finding

LEVEL = 0.05
"""Below it a corrected p-value is called significant."""

Key = tuple[str, str, str]


def key_of(finding: Finding) -> Key:
    """Names a finding: claim, subject and norm."""
    return finding.claim, finding.subject, finding.norm


def p_value(finding: Finding) -> float | None:
    """The largest p-value of a finding's parts; None where no part has one."""
    return max((part.spread.p_value for part in finding.parts if part.spread), default=None)


def corrected(findings: Iterable[Finding]) -> dict[Key, float]:
    """The p-values of all findings that have one, by Holm's procedure within each family."""
    families: dict[tuple[str, str], dict[str, float]] = {}
    for finding in findings:
        value = p_value(finding)
        if value is not None:
            families.setdefault((finding.subject, finding.norm), {})[finding.claim] = value
    return {
        (claim, subject, norm): value
        for (subject, norm), family in families.items()
        for claim, value in holm(family).items()
    }
