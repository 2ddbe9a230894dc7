"""Findings made by hand, with everything that a report can be asked to show, and the report."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from made_speed import results

from replication.articles.quotations import Quotation
from replication.articles.sources import EXPLAINING_TRANSFORMERS, HIDDEN_STATES, Source
from replication.base.environment import environment
from replication.base.norms import NORMS
from replication.figures.table import FORMATS
from replication.judging.claims import ClaimRecord, ClaimsOf
from replication.judging.committed import joined
from replication.judging.comparisons import at_most, crossing_of, mostly
from replication.judging.findings import ChanceFinding, Finding, Findings, judge
from replication.judging.firmness import Firmness
from replication.judging.fresh import beside as beside_runs
from replication.judging.paper.records import (
    Counts,
    FigureComparison,
    FindingComparison,
    ModelComparison,
    Number,
    PaperReport,
)
from replication.judging.parts import Part, at_depth, beside, further
from replication.judging.rates import NullRate
from replication.judging.readings import Readings
from replication.judging.rules import WHOLE
from replication.judging.verdicts import as_text
from replication.models.registry import find, null_name, provenance
from replication.pages.report.pages import Extra
from replication.pages.report.site import make
from replication.questions.lens import RanksOf
from replication.questions.subjects import Case, Published

COMMITTED = Path(__file__).parents[1] / "figures" / "smollm2"
HOSTILE = '<script>alert("1")</script> & \' | $x$ \u202eabc'

CROSSES = "the right word leads <b>"

READINGS = Readings(digest="a" * 64, frozen="a" * 64, frozen_on=date(2026, 3, 1))
GAP: dict[str, Any] = {"gap": 0.25, "gap_unit": "share"}

QUOTED = Quotation(section="Layers", quote=f"the model … {HOSTILE}", note="Of one text.")

claim = ClaimsOf(HIDDEN_STATES)
ONES = RanksOf.of_figure("ranks_ones")


def record(id: str, *figures: str, source: Source = HIDDEN_STATES, **more: Any) -> ClaimRecord:
    """What is written down of a claim; on the article's own text unless ``more`` says else."""
    plain: dict[str, Any] = {"says": "What is claimed.", "level": "figure", "definitional": False}
    plain |= {"published_only": False, "generalizes": None, "relatives": (), "quotation": None}
    return ClaimRecord(id=id, source=source, figures=figures, **(plain | more))


def finding(id: str, measured: int, subject: str = "published", norm: str = "none") -> Finding:
    """A finding whose core holds, and what is added to it if the value is at most 1."""

    @claim(id, ONES)
    def check(case: Case) -> Iterator[Part]:
        yield at_most("first", 0, 1, "ranks")
        yield further(at_most(HOSTILE, measured, 1, "ranks"))

    return _on(judge(check, Case(Published(), "none")), subject, norm)


def finding_over_many(
    id: str, share: float, norm: str = "none", subject: str = "smollm2"
) -> Finding:
    """A finding on a model over 10 clusters of 4 texts, and 5 layers, with a depth to each."""
    holds = np.arange(40) % 10 < 10 * share
    clusters = [f"noun {number // 4}" for number in range(40)]
    by_layer = np.stack([holds] * 5, axis=1)
    depths = np.where(holds, 0.8, 1.2) - 0.2 * (np.arange(40) % 3 == 0)

    @claim(id, ONES)
    def check(case: Case) -> Iterator[Part]:
        yield further(at_most("layers", 1, 2, "layers"))
        part = mostly(
            "share of texts",
            holds,
            clusters,
            values=np.where(holds, 2.0, -1.0) + np.arange(40) / 40,
            values_unit="logits",
            by_layer=by_layer,
        )
        yield at_depth(part, crossing_of(CROSSES, depths, clusters, 5 / 6))
        yield beside(at_most("literally, layers that fail", 3, 0, "layers"))

    return _on(judge(check, Case(Published(), "none")), subject, norm)


def _on(judged: Finding, subject: str, norm: str) -> Finding:
    if subject != Published.name:
        source = provenance(subject, *find(subject), "", None)
        measured = {name: getattr(source, name) for name in ("kind", "model", "weights")}
        whole = WHOLE[source.kind] if judged.verdict == "consistent" else judged.verdict
        judged = judged.model_copy(update=measured | {"verdict": whole})
    return judged.model_copy(update={"subject": subject, "norm": norm})


def not_testable(id: str, reason: str) -> Finding:
    """A finding that the model cannot show."""
    return finding(id, 1, "smollm2").model_copy(
        update={"verdict": "not_testable", "holds": None, "parts": (), "measured": reason}
    )


def rate(holds: int, not_testable: int = 0) -> NullRate:
    """Of ten untrained controls."""
    return NullRate(kind="untrained", holds=holds, not_testable=not_testable, draws=10)


def control(id: str, holds: int) -> ChanceFinding:
    """A claim that holds on so many of ten untrained controls."""
    return ChanceFinding(
        claim=id,
        model="smollm2",
        norm="none",
        rate=rate(holds),
        subjects=tuple(null_name("smollm2", "untrained", seed) for seed in range(10)),
    )


def made_findings() -> Findings:
    """Findings of the default model with those of another that was judged in a run of its own."""
    return joined(own_findings(), [other_run()])


def own_findings() -> Findings:
    """Four claims on one text, one over many; every verdict, and text that is no text."""
    because = {"known_negative": f"because {HOSTILE}"}
    silent = NullRate(kind="nearest-noun", holds=0, not_testable=1, draws=1)
    unasked = control("HS-04", 0).model_copy(
        update={"rate": silent, "not_testable": f"no verb: {HOSTILE}"}
    )
    beaten = NullRate(kind="permuted", holds=1, not_testable=0, draws=2)
    shown = {"nulls": (rate(10), beaten, silent), "verdict": "uninformative"}
    firm = {"firmness": Firmness(gap=1, gap_unit="ranks", texts_to_turn=None, same_under_noise=1)}
    must = {"verdict": "by_definition"}
    return Findings(
        environment=environment(),
        complete=True,
        readings=READINGS,
        claims=(
            record("EX-09", source=EXPLAINING_TRANSFORMERS),
            record("EX-20", source=EXPLAINING_TRANSFORMERS, definitional=True),
            record("HS-04", "ranks_ones"),
            record("HS-06", "ranks_ones", relatives=("HS-06-many",), quotation=QUOTED),
            record(
                "HS-06-many",
                says="What is claimed over many texts.",
                level="many texts",
                generalizes="HS-06",
                relatives=("HS-06",),
                crossed=("nouns, and the nouns beside the verb",),
            ),
        ),
        findings=(
            finding("HS-06", 1),
            finding("HS-04", 5).model_copy(update=because),
            finding("HS-06", 1, "smollm2", "none").model_copy(update=shown),
            finding("HS-06", 2, "smollm2", "final").model_copy(update=firm),
            finding("HS-04", 1, "smollm2", "either"),
            finding_over_many("HS-06-many", 0.2, "none").model_copy(update=because),
            finding_over_many("HS-06-many", 0.9, "final").model_copy(
                update={"firmness": Firmness(**GAP, texts_to_turn=7, same_under_noise=0.9)}
            ),
            finding("EX-20", 1, "smollm2", "either").model_copy(update=must),
            not_testable("EX-09", f"not here: {HOSTILE}"),
        ),
        controls=(control("HS-06", 10), control("HS-04", 0), unasked),
    )


def other_run() -> Findings:
    """Another model, judged on another day by other readings."""
    found = finding_over_many("HS-06-many", 0.7, "final", "gemma3")
    gone = finding("HS-99", 1, "gemma3")  # a claim that is no more
    return Findings(
        environment=environment().model_copy(update={"made_on": date(2026, 2, 3)}),
        complete=False,
        readings=READINGS.model_copy(update={"digest": "c" * 64}),
        claims=(record("HS-06-many", level="many texts"), record("HS-99")),
        findings=(found, gone),
        controls=(),
    )


def fresh_run() -> Findings:
    """The claim over many texts on a fresh set, under both norms: one verdict turns."""
    return Findings(
        environment=environment().model_copy(update={"made_on": date(2026, 3, 4)}),
        complete=False,
        readings=READINGS,
        text="fresh sets",
        claims=(record("HS-06-many", level="many texts"),),
        findings=tuple(finding_over_many("HS-06-many", 0.2, norm) for norm in NORMS),
        controls=(),
    )


def paper() -> PaperReport:
    """One figure that was compared, one that was not."""
    compared = FigureComparison(
        **{"compared": 6, "exact": 4, "within_1_percent": 1, "off": 1},
        id="ranks_ones",
        figure=f"Ranks {HOSTILE}",
        reading="shown",
        rows="layer",
        by_row=(Counts(compared=6, exact=4, within_1_percent=1, off=1),),
        first_layer_off=2,
        worst=(Number(row=2, column=1, token=HOSTILE, published=5, measured=None),),
        correlations=None,
        token_ids_agree=False,
        first_token_off=3,
        not_comparable=None,
    )
    nothing = {"compared": 0, "exact": 0, "off": 0, "not_comparable": "of another depth"}
    judged = FindingComparison(claim="HS-06", published="consistent", measured="partially")
    unknown = judged.model_copy(update={"claim": "HS-99"})
    model = ModelComparison(
        name="distilgpt2",
        model="DistilGPT2",
        revision="0",
        weights="float32",
        missing=None,
        figures=(compared, compared.model_copy(update=nothing)),
        findings=(judged, unknown),
    )
    return PaperReport(environment=made_findings().environment, models=(model,))


def make_site(folder: Path) -> Path:
    """A report with every page that there can be."""
    claims, figures, out = (folder / name for name in ("claims.json", "figures", "report"))
    claims.write_text(own_findings().model_dump_json())
    runs = folder / "claims" / "runs"
    runs.mkdir(parents=True)
    (runs / "gemma3.json").write_text(other_run().model_dump_json())
    beside_runs(runs).write_text(fresh_run().model_dump_json())
    claims.with_name("paper.json").write_text(paper().model_dump_json())
    (figures / "smollm2").mkdir(parents=True)
    for id in ("rank_sequence", "heathrow"):
        for ending in FORMATS:
            shutil.copy(COMMITTED / f"{id}{ending}", figures / "smollm2")
    view = "<!doctype html><html lang=en><title>View</title><h1>A view</h1>"
    extras = [
        Extra(f"Ranks {HOSTILE}", f"About {HOSTILE}", view),
        Extra("Ranks", "More", view, "rank_sequence", (COMMITTED / "heathrow.png").read_bytes()),
    ]
    told = make(claims, figures, out, extras, runs, results(folder / "speed"))
    assert as_text(made_findings()) in told
    assert told.endswith(f"report    {out / 'index.html'}")
    return out
