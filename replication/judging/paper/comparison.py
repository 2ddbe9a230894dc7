"""The published figures of the articles' own models, measured again and compared by number.

Everything is measured as the articles did: no norm on inner layers, the published continuation
given to the model, as many factors as were published, from seed 0.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from replication.articles import experiments
from replication.base.environment import environment
from replication.base.files import write_whole
from replication.base.norms import Norm
from replication.judging import verdicts
from replication.judging.findings import Findings
from replication.judging.paper.agreement import Result, tables
from replication.judging.paper.records import (
    Counts,
    FigureComparison,
    FindingComparison,
    ModelComparison,
    PaperReport,
    Reading,
)
from replication.models import registry
from replication.models.errors import WeightsError
from replication.questions.figures import question_of
from replication.questions.lens import TokenIdsOf
from replication.questions.measured import subject
from replication.questions.question import Text
from replication.questions.subjects import Published, Subject
from replication.results.ranks import RankGrid, TopTokens
from replication.results.untestable import NotTestable

NORM: Norm = "none"
GPT2_SIZES = ("distilgpt2", "gpt2", "gpt2-large", "gpt2-xl")
OTHER_READINGS: dict[str, tuple[Reading, tuple[str, ...]]] = {
    "ranks_eu_gpt2": ("labelled", ("gpt2-large",)),
    "saliency_hero_eu": ("not stated", GPT2_SIZES),
    "factors_hero_eu": ("not stated", GPT2_SIZES),
}
"""Figures to compare on other models than the one that the numbers show, and why."""

NOTHING = Counts(compared=0, exact=0, within_1_percent=0, off=0)


def paper_models() -> tuple[str, ...]:
    """The names of the articles' models."""
    return tuple(name for name, entry in registry.MODELS.items() if entry.kind == "paper")


def readings(name: str) -> dict[str, Reading]:
    """The published figures to compare on a model, by id, and why each.

    ``ValueError``, with the names there are, for a model that none is compared on.
    """
    found: dict[str, Reading] = {}
    for id in experiments.published_ids():
        other, models = OTHER_READINGS.get(id, ("shown", ()))
        if experiments.experiment(id).paper_model == name:
            found[id] = "shown"
        elif name in models:
            found[id] = other
    if not found:
        raise ValueError(
            f"no published figure is of {name!r}: expected one of {', '.join(paper_models())}"
        )
    return found


def report(names: Sequence[str], claims: Path) -> PaperReport:
    """Compare some of the articles' models, one in memory at a time.

    Findings are taken from the file ``claims`` if there is one. ``ValueError`` as in ``readings``,
    before any model is loaded.
    """
    asked = {name: readings(name) for name in names}
    findings = verdicts.read(claims) if claims.is_file() else None
    return PaperReport(
        environment=environment(),
        models=tuple(
            compare(subject(name), figures, findings=findings) for name, figures in asked.items()
        ),
    )


def write(paper: PaperReport, path: Path) -> None:
    """Write a report as JSON, whole or not at all."""
    write_whole(path, paper.model_dump_json(indent=1) + "\n")


def compare(
    measured: Subject,
    figures: Mapping[str, Reading],
    published: Subject | None = None,
    findings: Findings | None = None,
) -> ModelComparison:
    """Compare a subject's numbers with the articles', or with those of another subject.

    Where the weights are not at hand, or not the table's, the reason stands in place of the figures
    that need them.
    """
    from replication.models.errors import ModelError

    source = measured.provenance(question_of(next(iter(figures))), NORM)
    compared: list[FigureComparison] = []
    missing = None
    for id, reading in figures.items():
        try:
            compared.append(compare_figure(id, reading, published or Published(), measured))
        except (WeightsError, ModelError) as error:
            missing = str(error)
    return ModelComparison(
        name=measured.name,
        model=source.model,
        revision=source.revision,
        weights=source.weights,
        missing=missing,
        figures=tuple(compared),
        findings=compare_findings(findings, measured.name) if findings else (),
    )


def compare_figure(
    id: str, reading: Reading, published: Subject, measured: Subject
) -> FigureComparison:
    """Compare one figure, or say why it cannot be compared."""
    theirs = ours = found = reason = None
    try:
        expected: Result = published.answer(question_of(id), NORM)
        _need_its_layers(expected, measured.name)
        theirs, ours = _token_ids(id, published), _token_ids(id, measured)
        found = tables(expected, measured.answer(question_of(id), NORM), same_ids=theirs == ours)
    except NotTestable as error:
        reason = str(error)
    return FigureComparison(
        id=id,
        figure=experiments.published_figure(id).figure,
        reading=reading,
        **dict(found.counts() if found else NOTHING),
        rows=found.rows if found else None,
        by_row=found.by_row() if found else (),
        first_layer_off=found.first_layer_off if found else None,
        worst=found.worst() if found else (),
        correlations=found.correlations if found else None,
        token_ids_agree=theirs == ours if theirs and ours else None,
        first_token_off=_first_difference(theirs, ours) if theirs and ours else None,
        not_comparable=reason,
    )


def _token_ids(id: str, subject: Subject) -> tuple[int, ...] | None:
    """The ids that a subject's numbers are of; None where they were not published."""
    try:
        return subject.answer(TokenIdsOf(Text.of_figure(id), published=id), NORM)
    except NotTestable:
        return None


def _first_difference(one: tuple[int, ...], other: tuple[int, ...]) -> int | None:
    """The first place where two texts are cut differently; the end of one that is shorter."""
    places = range(max(len(one), len(other)))
    return next(
        (place for place in places if one[place : place + 1] != other[place : place + 1]), None
    )


def _need_its_layers(published: Result, name: str) -> None:
    """Refuse a figure of another depth by the table alone: no weights are needed to see it."""
    entry = registry.MODELS.get(name)
    if entry and isinstance(published, RankGrid | TopTokens) and entry.layers != published.layers:
        raise NotTestable(f"the figure has {published.layers} layers, {name} has {entry.layers}")


def compare_findings(findings: Findings, name: str) -> tuple[FindingComparison, ...]:
    """The verdicts on a paper model of the claims about its figures, beside the published ones."""
    published = {f.claim: f.verdict for f in findings.findings if f.subject == Published.name}
    return tuple(
        FindingComparison(claim=f.claim, published=published[f.claim], measured=f.verdict)
        for f in findings.findings
        if f.subject == name
        and f.norm in (NORM, "either")
        and f.claim in published
        and any(
            experiments.experiment(id).paper_model == name
            for id in findings.record(f.claim).figures
        )
    )
