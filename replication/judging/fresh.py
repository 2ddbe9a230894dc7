"""Fresh sets: claims over texts judged once more, on texts written after the readings were fixed.

What came out lies in ``fresh.json`` beside the claims, the findings of ``pytest claims/ --fresh``.
A claim whose verdict was fitted to its set, knowingly or not, need not hold on a fresh one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from replication.judging.claims import ClaimRecord
from replication.judging.findings import Finding, Findings
from replication.judging.parts import Part
from replication.judging.readings import Readings, day
from replication.judging.verdicts import SYMBOLS, called, read
from replication.questions.subjects import FreshSets, told

FILE = "fresh.json"
HEADING = "## On fresh sets"
HEAD = ("claim", "judged on", "sets of the readings", "fresh sets", "measured there", "fresh")


@dataclass(frozen=True)
class Pair:
    """A claim judged on the sets that its reading was made with, and on fresh ones."""

    claim: ClaimRecord
    on_set: Finding | None
    """None where it was not judged there."""
    fresh: Finding

    @property
    def same(self) -> bool:
        """Whether both have one verdict."""
        return self.on_set is not None and self.on_set.verdict == self.fresh.verdict


@dataclass(frozen=True)
class Fresh:
    """All that was judged on fresh sets, beside the same on the others."""

    run: Findings
    pairs: tuple[Pair, ...]
    readings: Readings | None
    """Those that the fresh sets were judged by, with all that was frozen since."""
    same_readings: bool
    """Whether both were judged by the same readings, up to what alters no verdict."""

    @property
    def told(self) -> str:
        """When and by what they were judged, and how many verdicts stay, in sentences."""
        by = self.readings
        frozen = by is not None and by.as_frozen
        words = (
            "The fresh sets were written after the readings were frozen, from words that no other "
            "set has, and judged once"
            if frozen
            else "The fresh sets were judged"
        )
        words += f", on {day(self.run.environment.made_on)}"
        if by:
            words += f", by {by.told} (sha256 {by.digest[:12]})"
        if not self.same_readings:
            words += "; the sets beside them were judged by other readings"
        if not self.run.controls:
            words += ". Nulls were not asked on them"
        same = sum(pair.same for pair in self.pairs)
        return f"{words}. Of {len(self.pairs)} verdicts {same} are the same on both."


def beside(runs: Path) -> Path:
    """Where the findings on fresh sets are: beside the folder of other runs."""
    return runs.with_name(FILE)


def fresh_of(findings: Findings, path: Path) -> Fresh | None:
    """What was found on fresh sets, beside these findings; None where there is no such file.

    ``ValueError`` for a file with findings on anything else.
    """
    if not path.is_file():
        return None
    run = read(path)
    if run.text != told(FreshSets()):
        raise ValueError(
            f"{path} was judged on {run.text or 'sets and texts of the claims'}, expected fresh "
            "sets: make it with `pytest claims/ --fresh`"
        )
    on_set = {finding.key: finding for finding in findings.findings}
    ours, theirs = findings.readings, run.readings
    other = ours.asked_otherwise(theirs) if ours else frozenset()
    pairs = tuple(
        Pair(run.record(f.claim), on_set.get(f.key), f)
        for f in run.findings
        if f.claim not in other
    )
    seen = theirs.seen_by(ours) if theirs else None
    same = ours.same_as(theirs) if ours else theirs is None
    return Fresh(run, pairs, seen, same_readings=same)


def shares(finding: Finding) -> str:
    """What the parts of the core come to: a share with its interval, a depth, or a number."""
    return "; ".join(_measured(part) for part in finding.parts if part.weight == "core")


def _measured(part: Part) -> str:
    if spread := part.spread:
        low, high = (round(100 * end) for end in (spread.low, spread.high))
        return f"{round(100 * part.measured)} % [{low}, {high}]"
    found = part.crossing
    if found and found.low is not None and found.high is not None:
        return f"depth {found.estimate:.2f} [{found.low:.2f}, {found.high:.2f}]"
    return f"{part.measured:.4g} {part.unit}"


def as_markdown(fresh: Fresh) -> str:
    """The table of both under its heading, with when and by what it was judged."""
    lines = [f"| {' | '.join(HEAD)} |", "|---|---|:-:|:-:|---|---|"]
    lines += [f"| {' | '.join(row)} |" for row in _rows(fresh)]
    return "\n".join([HEADING, "", fresh.told, "", *lines, ""])


def _rows(fresh: Fresh) -> Iterator[tuple[str, ...]]:
    for pair in fresh.pairs:
        norm = "" if pair.fresh.norm == "either" else f", {pair.fresh.norm}"
        both = (pair.on_set, pair.fresh)
        verdicts = (SYMBOLS[one.verdict] if one else "" for one in both)
        measured = (shares(one) if one else "" for one in both)
        yield pair.claim.id, f"{called(pair.fresh.subject)}{norm}", *verdicts, *measured
