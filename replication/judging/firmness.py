"""How firm a finding is: how far from turning, and what noise of its weights' rounding does to it.

What noise does is measured apart (``replication.judging.noise``), and counts for the readings that
it was measured by, and for those that were shown to give the same verdicts.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from replication.base.records import Record
from replication.judging.parts import Part
from replication.judging.readings import Readings

FILE = "firmness.json"
Key = tuple[str, str, str]
"""Claim, subject and norm."""


class Firmness(Record):
    """How far a finding is from turning."""

    gap: float
    """The margin of the weakest part of the core, in ``gap_unit``."""
    gap_unit: str
    texts_to_turn: int | None
    """How many texts would have to turn out otherwise; None where one text is looked at, or where
    it is far from turning."""
    same_under_noise: float | None
    """The share of noise draws under which the same parts of the core hold; None where that was not
    measured."""


class UnderNoise(Record):
    """In how many draws a finding came out the same."""

    claim: str
    subject: str
    norm: str
    same: int
    draws: int


class NoiseRun(Record):
    """What ``firmness.json`` holds."""

    readings: str
    """The hash of the readings that it was made by."""
    findings: tuple[UnderNoise, ...]


def firmness_of(parts: Sequence[Part], same: float | None) -> Firmness | None:
    """How firm the core of a finding is; None for one without parts.

    What holds turns with the first part that turns, what fails with the last of those that fail.
    """
    core = [part for part in parts if part.weight == "core"]
    if not core:
        return None
    failing = [part for part in core if not part.holds]
    nearness = {id(part): abs(part.margin) / max(abs(part.bound), 1) for part in core}
    decides = (
        max(failing, key=lambda part: nearness[id(part)])
        if failing
        else min(core, key=lambda part: nearness[id(part)])
    )
    return Firmness(
        gap=decides.margin,
        gap_unit=decides.unit,
        texts_to_turn=_texts_to_turn(failing or core, all_of_them=bool(failing)),
        same_under_noise=same,
    )


def _texts_to_turn(parts: Sequence[Part], *, all_of_them: bool) -> int | None:
    flips = [part.spread.flips if part.spread else None for part in parts]
    known = [count for count in flips if count is not None]
    if all_of_them:
        return max(known) if len(known) == len(flips) else None
    return min(known, default=None)


def shares_under_noise(claims: Path, readings: Readings) -> Mapping[Key, float]:
    """For each finding that was asked under noise, the share of draws that gave the same.

    Empty where none was, or by readings that may give other verdicts.
    """
    path = claims / FILE
    if not path.is_file():
        return {}
    run = NoiseRun.model_validate_json(path.read_text("utf-8"))
    then = readings.model_copy(update={"digest": run.readings})
    if not readings.same_as(then):
        return {}
    other = readings.asked_otherwise(then)
    return {
        (f.claim, f.subject, f.norm): f.same / f.draws for f in run.findings if f.claim not in other
    }
