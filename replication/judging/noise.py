"""Findings under noise of the size of the quantization: does each come out the same?

Each draw is a trained network that is asked everything, so this is no part of a run of the claims:
``python -m replication.judging.noise claims MODEL`` judges them on as many networks as
``NOISE_DRAWS`` says, and writes how often each came out the same into ``firmness.json`` there; with
ids of claims after it these alone, beside what is there of the others. As on nulls, the tuned lens
is left out.
"""

import sys
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from replication.base.files import write_whole
from replication.base.norms import NORMS
from replication.judging.findings import judge
from replication.judging.firmness import FILE, NoiseRun, UnderNoise
from replication.judging.freeze import readings
from replication.judging.rules import all_hold, core_holds
from replication.judging.suite import claims_in, nulls_of
from replication.models.nulls import NOISE, SEEDED
from replication.models.registry import null_name
from replication.questions.measured import subject
from replication.questions.subjects import Case

PROCESSES = 2
"""Each holds a trained network, and what it has read."""
Outcomes = dict[tuple[str, str], tuple[bool, bool] | None]
"""Whether the core and whether all of a claim holds under a norm; None where not testable."""


def outcomes(folder: Path, name: str, named: Collection[str] = ()) -> Outcomes:
    """What becomes of the claims of a folder, or of those named, on one subject."""
    import torch

    torch.set_num_threads(1)
    asked, found = subject(name), Outcomes()
    for claim in claims_in(folder):
        if claim.published_only or not nulls_of(claim) or (named and claim.id not in named):
            continue
        for norm in claim.norms(NORMS):
            finding = judge(claim, Case(asked, norm))
            kept = [part for part in finding.parts if "starts" not in part.unit]
            told = (core_holds(kept), all_hold(kept)) if kept else None
            found[claim.id, finding.norm] = told
    return found


def measure(folder: Path, model: str, named: Collection[str] = ()) -> NoiseRun:
    """Judge claims on the model and on each draw of noise, and compare.

    Those that are not ``named``, if some are, stay as they were; ``ValueError`` where what is there
    was judged by readings that may give other verdicts, or a name is no claim's.
    """
    if unknown := set(named) - {claim.id for claim in claims_in(folder)}:
        raise ValueError(f"no claim {min(unknown)!r} in {folder}")
    path, now = folder / FILE, readings(folder)
    kept = NoiseRun.model_validate_json(path.read_text("utf-8")) if named else None
    if kept and not now.same_as(now.model_copy(update={"digest": kept.readings})):
        raise ValueError(f"{path} was judged by {kept.readings[:12]}: name no claims, to judge all")
    names = [model, *(null_name(model, NOISE, seed) for seed in SEEDED[NOISE])]
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        plain, *noisy = pool.map(partial(outcomes, folder, named=named), names)
    others = [one for one in kept.findings if one.claim not in named] if kept else []
    found = (*others, *compared(model, plain, noisy))
    return NoiseRun(readings=now.digest, findings=found)


def compared(model: str, plain: Outcomes, noisy: Sequence[Outcomes]) -> Iterable[UnderNoise]:
    """In how many draws each claim came out as without noise."""
    for (claim, norm), outcome in plain.items():
        same = sum(draw[claim, norm] == outcome for draw in noisy)
        yield UnderNoise(claim=claim, subject=model, norm=norm, same=same, draws=len(noisy))


if __name__ == "__main__":
    claims = Path(sys.argv[1])
    run = measure(claims, sys.argv[2], sys.argv[3:])
    write_whole(claims / FILE, run.model_dump_json(indent=1) + "\n")
