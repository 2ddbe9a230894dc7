"""Findings of other runs, kept beside the claims: of a model whose weights not everyone has, and of
the default one, for the rates of its nulls (``replication.judging.known_rates``).

``python -m replication.judging.committed MODEL [CLAIMS_JSON]`` keeps a model's findings of a run in
``claims/runs/MODEL.json``, where the table of verdicts and the report find them. Beside that folder
lie the known negatives, whose reasons are taken from there, and what was found on fresh sets
(``replication.judging.fresh``).
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from replication.base.files import write_whole
from replication.judging import negatives
from replication.judging.findings import Findings, OtherRun
from replication.judging.saving import complete_only
from replication.judging.verdicts import read

FOLDER = Path("claims/runs")


def of_model(findings: Findings, model: str) -> Findings:
    """What a run found on one model and its nulls; ``ValueError`` where it was not judged."""
    kept = tuple(one for one in findings.findings if one.subject == model)
    nulls = tuple(one for one in findings.controls if one.model == model)
    if not kept:
        raise ValueError(f"nothing was judged on {model}: run `pytest claims/ --subject {model}`")
    judged = {one.claim for one in kept} | {one.claim for one in nulls}
    claims = tuple(claim for claim in findings.claims if claim.id in judged)
    return findings.model_copy(
        update={"claims": claims, "findings": kept, "controls": nulls, "complete": False}
    )


def runs(folder: Path = FOLDER) -> Iterator[Findings]:
    """The runs that are kept, in the order of their names; none where there is no such folder.

    Why a finding does not hold is told as the known negatives beside the folder tell it today.
    """
    known = folder.parent / "known_negatives.toml"
    reasons = negatives.read(known) if known.is_file() else None
    for run in map(read, sorted(folder.glob("*.json"))):
        yield run if reasons is None else with_reasons(run, reasons)


def with_reasons(run: Findings, known: negatives.Known) -> Findings:
    """A run with the reasons of these known negatives in place of its own; None for no entry."""
    listed = ((one, known.get((one.claim, one.subject, one.norm))) for one in run.findings)
    told = (one.model_copy(update={"known_negative": by and by.reason}) for one, by in listed)
    return run.model_copy(update={"findings": tuple(told)})


def joined(findings: Findings, others: Iterable[Findings]) -> Findings:
    """Findings with those of other runs, on models that were not judged here, and what those runs
    were. What another run found on a claim that is no more, or that asks something else now, is
    left out.
    """
    ours = findings.readings
    for other in others:
        known = {claim.id for claim in findings.claims}
        known -= ours.asked_otherwise(other.readings) if ours else set()
        here = {one.subject for one in findings.findings}
        more = tuple(
            one for one in other.findings if one.claim in known and one.subject not in here
        )
        nulls = tuple(one for one in other.controls if one.claim in known and one.model not in here)
        if not more:
            continue
        run = OtherRun(
            subjects=tuple(dict.fromkeys(one.subject for one in more)),
            environment=other.environment,
            readings=other.readings,
        )
        findings = findings.model_copy(
            update={
                "findings": findings.findings + more,
                "controls": findings.controls + nulls,
                "others": (*findings.others, run),
            }
        )
    return findings


if __name__ == "__main__":
    model, run = sys.argv[1], read(Path(*sys.argv[2:3] or ["build/claims.json"]))
    kept = of_model(complete_only(run), model)
    write_whole(FOLDER / f"{model}.json", kept.model_dump_json() + "\n")
