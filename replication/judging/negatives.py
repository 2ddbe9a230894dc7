"""Known negatives: the findings that do not hold, with their numbers and the reason for each.

The file (``claims/known_negatives.toml``) has a table for each. Its numbers are written by
``replicate negatives --write``, its reasons by hand. What a claim or its parts say may be reworded
freely: parts are known by their order.
"""

import math
import tomllib
from collections.abc import Iterable
from pathlib import Path

import tomlkit
from pydantic import FiniteFloat
from tomlkit.items import AoT, Table

from replication.base.records import Record
from replication.judging.findings import ClaimNorm, Finding, Findings
from replication.models.nulls import NullKind

Key = tuple[str, str, ClaimNorm]
"""Claim, subject and norm."""
Known = dict[Key, "Negative"]


class Negative(Record):
    """A finding that does not hold, or not in full."""

    claim: str
    subject: str
    norm: ClaimNorm
    measured: tuple[FiniteFloat, ...]
    """One number for each part of the finding that bears on its verdict, in their order."""
    holds: tuple[bool, ...]
    """Whether that part holds."""
    reason: str
    """Empty until someone has written it."""

    @property
    def key(self) -> Key:
        """What the entry is about."""
        return self.claim, self.subject, self.norm

    def fits(self, other: "Negative") -> bool:
        """Whether the same parts hold with the same numbers, up to 5 %: float sums differ a little
        from one processor to the next.
        """
        return (
            self.holds == other.holds
            and len(self.measured) == len(other.measured)
            and all(
                math.isclose(one, two, rel_tol=0.05, abs_tol=0.005)
                for one, two in zip(self.measured, other.measured, strict=True)
            )
        )

    def fault(self, now: "Negative") -> str | None:
        """What is wrong with this entry, given what was measured now; None if it is right."""
        if not self.fits(now):
            return f"known_negatives.toml has\n{self.numbers()}\nmeasured now:\n{now.numbers()}"
        return None if self.reason else "known_negatives.toml gives no reason: write it there"

    def numbers(self) -> str:
        """The generated lines of the entry."""
        return "\n".join(
            line
            for line in self.as_toml().as_string().splitlines()
            if line.startswith(("measured", "holds"))
        )

    def as_toml(self) -> Table:
        """The entry as the file has it: whole numbers without a point."""
        table = tomlkit.table()
        for name, value in self.model_dump(exclude_defaults=True).items():
            numbers = name == "measured"
            table.add(name, [int(n) if n == int(n) else n for n in value] if numbers else value)
        return table.add(tomlkit.nl())


def read(path: Path) -> Known:
    """The known negatives of a file; ``ValueError`` for one that is not as it should be."""
    known: Known = {}
    try:
        for table in tomllib.loads(path.read_text("utf-8")).get("negative", ()):
            entry = Negative.model_validate(table)
            if entry.key in known:
                raise ValueError(f"{' '.join(entry.key)} is listed twice: keep one of them")
            known[entry.key] = entry
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    return known


def controls_of(kind: NullKind, model: str) -> str:
    """The nulls of a kind in the place of a subject's name."""
    return f"{kind} controls of {model}"


def negative(found: Finding) -> Negative | None:
    """The entry that a finding has to have, still without its reason; None where it holds, or
    cannot be tested. What nulls show too is told by the verdict, and has no entry.
    """
    if found.holds is not False:
        return None
    parts = [part for part in found.parts if part.weight != "beside"]
    return Negative(
        claim=found.claim,
        subject=found.subject,
        norm=found.norm,
        measured=tuple(float(f"{part.measured:.4g}") for part in parts),
        holds=tuple(part.holds for part in parts),
        reason="",
    )


def updated(text: str, findings: Findings, drop: bool = False) -> tuple[str, list[str]]:
    """The text of the file with the numbers of a run, and a line for each entry that differs.

    Reasons, comments and order stay, and so does each entry whose numbers still fit or whose
    subject was not judged. New entries come last, with no reason. Entries that are needed no more
    are named, and removed with ``drop``.
    """
    document = tomlkit.parse(text.rstrip("\n") + "\n\n")
    tables = document.setdefault("negative", tomlkit.aot())
    entries = map(negative, findings.findings)
    needed = {entry.key: entry for entry in entries if entry}
    judged = {finding.subject for finding in findings.findings}
    changes = [*_update(tables, needed, judged, drop)]
    for entry in needed.values():
        tables.append(entry.as_toml())
        changes.append(f"new, without a reason: {' '.join(entry.key)}")
    return tomlkit.dumps(document).rstrip("\n") + "\n", changes


def _update(tables: AoT, needed: Known, judged: set[str], drop: bool) -> Iterable[str]:
    """Put new numbers where those of the file do not fit; takes what is there from ``needed``."""
    for table in list(tables):
        entry = Negative.model_validate(table.unwrap())
        now = needed.pop(entry.key, None)
        if now is None and entry.subject in judged:
            if drop:
                tables.remove(table)
            yield f"{'dropped' if drop else 'needed no more'}: {' '.join(entry.key)}"
        elif now is not None and not entry.fits(now):
            for name, value in now.as_toml().items():
                if name != "reason":
                    table[name] = value
            yield f"changed: {' '.join(entry.key)}"
