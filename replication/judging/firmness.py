"""How firm a finding is: how far from turning, and what noise of its weights' rounding does to it.

Noise is measured apart from a run of the claims, for each draw is a trained network that is asked
everything: ``python -m replication.judging.firmness claims MODEL`` judges all claims on as many
networks with noise of the size of the quantization as ``NOISE_DRAWS`` says, and writes how often
each verdict was the same into ``firmness.json`` beside them. It counts for the readings that it was
made by, and for no others.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from replication.base.files import write_whole
from replication.base.norms import NORMS
from replication.base.records import Record
from replication.judging.comparisons import Part
from replication.judging.freeze import digest
from replication.judging.rules import all_hold, core_holds

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
    """How firm the core of a finding is; None for one without parts."""
    core = [part for part in parts if part.weight == "core"]
    if not core:
        return None
    weakest = min(core, key=lambda part: (part.holds, abs(part.margin) / max(abs(part.bound), 1)))
    spreads = [part.spread for part in core if part.spread]
    flips = [spread.flips for spread in spreads if spread.flips is not None]
    return Firmness(
        gap=weakest.margin,
        gap_unit=weakest.unit,
        texts_to_turn=min(flips, default=None),
        same_under_noise=same,
    )


def shares_under_noise(claims: Path, readings: str) -> Mapping[Key, float]:
    """For each finding that was asked under noise, the share of draws that gave the same.

    Empty where none was, or by other readings.
    """
    path = claims / FILE
    if not path.is_file():
        return {}
    run = NoiseRun.model_validate_json(path.read_text("utf-8"))
    if run.readings != readings:
        return {}
    return {(f.claim, f.subject, f.norm): f.same / f.draws for f in run.findings}


Outcomes = dict[tuple[str, str], tuple[bool, bool] | None]
"""Whether the core and whether all of a claim holds under a norm; None where not testable."""


def outcomes(folder: Path, name: str) -> Outcomes:
    """What becomes of every claim of a folder on one subject."""
    import torch

    from replication.judging.findings import judge
    from replication.judging.suite import claims_in
    from replication.questions.measured import subject
    from replication.questions.subjects import Case

    torch.set_num_threads(1)
    asked, found = subject(name), Outcomes()
    for claim in claims_in(folder):
        if claim.published_only:
            continue
        for norm in claim.norms(NORMS):
            finding = judge(claim, Case(asked, norm))
            kept = [part for part in finding.parts if "starts" not in part.unit]
            told = (core_holds(kept), all_hold(kept)) if kept else None
            found[claim.id, finding.norm] = told
    return found


def measure(folder: Path, model: str, processes: int | None = None) -> NoiseRun:
    """Judge all claims on the model and on each draw of noise, and compare."""
    from replication.models.nulls import NOISE, SEEDED
    from replication.models.registry import null_name

    names = [model, *(null_name(model, NOISE, seed) for seed in SEEDED[NOISE])]
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        plain, *noisy = pool.map(outcomes, [folder] * len(names), names)
    return NoiseRun(readings=digest(folder), findings=tuple(compared(model, plain, noisy)))


def compared(model: str, plain: Outcomes, noisy: Sequence[Outcomes]) -> Iterable[UnderNoise]:
    """In how many draws each claim came out as without noise."""
    for (claim, norm), outcome in plain.items():
        same = sum(draw[claim, norm] == outcome for draw in noisy)
        yield UnderNoise(claim=claim, subject=model, norm=norm, same=same, draws=len(noisy))


if __name__ == "__main__":
    claims = Path(sys.argv[1])
    run = measure(claims, sys.argv[2], processes=2)
    write_whole(claims / FILE, run.model_dump_json(indent=1) + "\n")
