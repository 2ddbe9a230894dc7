"""Findings under noise of the size of the quantization: does each come out the same?

Each draw is a trained network that is asked everything, so this is no part of a run of the claims:
``python -m replication.judging.noise claims MODEL`` judges them on as many networks as
``NOISE_DRAWS`` says, and writes how often each came out the same into ``firmness.json`` there. Left
out are what takes many seconds on each network, and, as on nulls, the tuned lens.
"""

import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from replication.base.files import write_whole
from replication.base.norms import NORMS
from replication.judging.findings import judge
from replication.judging.firmness import FILE, NoiseRun, UnderNoise
from replication.judging.freeze import digest
from replication.judging.rules import all_hold, core_holds
from replication.judging.suite import claims_in, nulls_of
from replication.models.nulls import NOISE, SEEDED
from replication.models.registry import null_name
from replication.questions.measured import subject
from replication.questions.subjects import Case

Outcomes = dict[tuple[str, str], tuple[bool, bool] | None]
"""Whether the core and whether all of a claim holds under a norm; None where not testable."""


def outcomes(folder: Path, name: str) -> Outcomes:
    """What becomes of every claim of a folder on one subject."""
    import torch

    torch.set_num_threads(1)
    asked, found = subject(name), Outcomes()
    for claim in claims_in(folder):
        if claim.published_only or claim.costly or not nulls_of(claim):
            continue
        for norm in claim.norms(NORMS):
            finding = judge(claim, Case(asked, norm))
            kept = [part for part in finding.parts if "starts" not in part.unit]
            told = (core_holds(kept), all_hold(kept)) if kept else None
            found[claim.id, finding.norm] = told
    return found


def measure(folder: Path, model: str, processes: int | None = None) -> NoiseRun:
    """Judge all claims on the model and on each draw of noise, and compare."""
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
