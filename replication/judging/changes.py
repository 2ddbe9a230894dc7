"""What became of verdicts from one run to another, with the reasons that were written down by hand.

Runs are read as plain JSON, so that one of an older format can stand beside a new one.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from replication.judging.rules import WHOLE
from replication.judging.verdicts import called

HEAD = ("claim", "judged on", "before", "after", "reason")
MARKS = ("<!-- changes -->", "<!-- end of changes -->")
NOT_ASKED = "not asked"
Verdicts = dict[tuple[str, str], dict[str, str]]
"""By claim and subject, the verdict under each norm."""


@dataclass(frozen=True)
class Change:
    """A claim whose verdict on a subject is another one, under these norms."""

    claim: str
    subject: str
    norms: tuple[str, ...]
    before: str
    after: str

    @property
    def judged_on(self) -> str:
        """Subject and norms as they are to be read."""
        norms = " and ".join(norm for norm in self.norms if norm != "either")
        name = called(self.subject)
        return f"{name}, {norms}" if norms and self.subject != "published" else name


def read(path: Path) -> Verdicts:
    """The verdicts of a run; ``ValueError`` for a file that has none."""
    found: Any = json.loads(path.read_text("utf-8"))
    if not isinstance(found, dict) or not found.get("findings"):
        raise ValueError(f"no findings in {path}: expected what `pytest claims/` writes")
    verdicts: Verdicts = {}
    for finding in found["findings"]:
        of_norm = verdicts.setdefault((finding["claim"], finding["subject"]), {})
        of_norm[finding["norm"]] = finding["verdict"]
    return verdicts


def changes(before: Verdicts, after: Verdicts) -> Iterator[Change]:
    """What changed, in the order of claims and, for each, of the later run.

    A verdict that is called by another word only, as what holds is now named by what it holds on,
    is no change; nor is a subject or a norm that the earlier run had not asked the claim of.
    """
    asked_before, asked_after = ({claim for claim, _ in run} for run in (before, after))
    for key in sorted({**after, **before}, key=lambda key: key[0]):
        claim, subject = key
        found = _pairs(before.get(key, {}), after.get(key, {}))
        if claim in asked_before and claim in asked_after:
            found = [one for one in found if NOT_ASKED not in one[1]]
        for (old, new), same in groupby(sorted(found, key=_verdicts), _verdicts):
            if not _alike(old, new):
                yield Change(claim, subject, tuple(norm for norm, _ in same), old, new)


def _pairs(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, tuple[str, str]]]:
    """For each norm of two runs its verdicts; one that the norm has no bearing on is under all."""
    norms = dict.fromkeys([*after, *before])
    told = [norm for norm in norms if norm != "either"] or list(norms)
    return [
        (
            norm,
            (
                before.get(norm, before.get("either", NOT_ASKED)),
                after.get(norm, after.get("either", NOT_ASKED)),
            ),
        )
        for norm in told
    ]


def _verdicts(pair: tuple[str, tuple[str, str]]) -> tuple[str, str]:
    return pair[1]


def _alike(before: str, after: str) -> bool:
    return before == after or {before, after} <= {"replicated", *WHOLE.values()}


def as_markdown(before: Verdicts, after: Verdicts, kept: str = "") -> str:
    """The changes as a table in Markdown. The last column is for reasons, written by hand: those
    of ``kept``, an earlier form of the table, stay with their claims and subjects.
    """
    found, reasons = list(changes(before, after)), _reasons(kept)
    lines = [f"| {' | '.join(HEAD)} |", "|---|---|---|---|---|"]
    for change in found:
        reason = reasons.get((change.claim, change.judged_on), "")
        verdicts = (change.before.replace("_", " "), change.after.replace("_", " "))
        lines.append(f"| {' | '.join((change.claim, change.judged_on, *verdicts, reason))} |")
    same = sum(
        NOT_ASKED not in pair and _alike(*pair)
        for key in after
        for _, pair in _pairs(before.get(key, {}), after[key])
    )
    counted = f"{same} verdicts are as they were, up to the word for what holds; the others:"
    return "\n".join([counted, "", *lines, ""])


def _reasons(table: str) -> dict[tuple[str, str], str]:
    rows = (re.split(r"(?<!\\)\|", line) for line in table.splitlines() if line.startswith("| "))
    cells = ([cell.strip() for cell in row[1:-1]] for row in rows)
    return {(row[0], row[1]): row[4] for row in cells if len(row) == len(HEAD) and row[4]}
