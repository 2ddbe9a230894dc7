"""The report: findings and figures as pages that open from disk, with no network."""

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from replication.base.files import whole, write_whole
from replication.figures.drawing.speed import growth_page
from replication.figures.saving import as_svg
from replication.figures.table import FORMATS
from replication.judging import fresh
from replication.judging.committed import joined
from replication.judging.committed import runs as runs_in
from replication.judging.paper.records import PaperReport
from replication.judging.verdicts import as_text, read
from replication.pages.report import crate, search
from replication.pages.report.claims import claim_pages
from replication.pages.report.depths import crosses, save
from replication.pages.report.figures import figures_in
from replication.pages.report.pages import TITLE, Contents, Extra, pages
from replication.pages.report.speed import GROWTH, growth_of
from replication.pages.report.speed import read as read_speed
from replication.pages.report.table import as_csv

ASSETS = ("style.css", "script.js")
DESCRIPTION = (
    "Findings of two articles by Jay Alammar on the insides of language models, judged on the "
    "articles' own numbers, on trained models and on nulls, with all measured values."
)

FILES = (
    ("index.html", "The report", "Its first page, which leads to all others."),
    ("claims.json", "Findings", "Every claim judged, with all that was measured."),
    ("results.csv", "Findings as a table", "A row for each part of each finding."),
    ("paper.json", "Number by number", "Published numbers against the same measured again."),
    (fresh.FILE, "Fresh sets", "Findings on sets that were written after the readings."),
)
"""What the research object tells of files that are no figures."""
DEPTHS = tuple(
    (f"crossing-depths.{ending}", "Crossing depths", "From what depth on things hold for good.")
    for ending in ("svg", "png")
)
"""The picture that the report begins with, where something crosses."""


def make(
    claims: Path,
    figures: Path,
    out: Path,
    extras: Sequence[Extra] = (),
    runs: Path | None = None,
    speed: Path | None = None,
) -> str:
    """Write the report; the verdict table and where things lie, as text.

    Findings of other runs in the folder ``runs`` are taken in, and what was found on fresh sets
    gets a page, if it lies beside that folder; so does ``paper.json`` beside the findings, and
    what the benchmarks wrote into the folder ``speed``. Raises
    ``ValueError`` where findings are missing or not as the schema has them, before anything is
    written.
    """
    findings = joined(read(claims), runs_in(runs) if runs else ())
    paper = claims.with_name("paper.json")
    drawn = tuple(figures_in(figures))
    contents = Contents(
        findings=findings,
        claims=claim_pages(findings, drawn),
        figures=drawn,
        extras=tuple((_address(number, extra), extra) for number, extra in enumerate(extras, 1)),
        paper=_paper(paper),
        fresh=fresh.fresh_of(findings, fresh.beside(runs)) if runs else None,
        speed=read_speed(speed) if speed else (),
    )
    for one in drawn:
        for ending in FORMATS:
            source = figures / one.model / f"{one.figure.id}{ending}"
            _copy(source, out / f"{one.path}{ending}")
    if contents.paper:
        _copy(paper, out / "paper.json")
    if runs and contents.fresh:
        _copy(fresh.beside(runs), out / fresh.FILE)
    for name, text in _texts(contents):
        write_whole(out / name, text)
    if crosses(findings):
        for name, _, _ in DEPTHS:
            save(findings, out / name)
    if grown := growth_of(contents.speed):
        with whole(out / f"{GROWTH}.svg") as unfinished:
            unfinished.write_bytes(as_svg(growth_page(grown)))
    for address, extra in contents.extras:
        if extra.picture:
            with whole((out / address).with_suffix(".png")) as unfinished:
                unfinished.write_bytes(extra.picture)
    made = datetime.fromtimestamp(claims.stat().st_mtime, UTC)
    described = crate.Described(TITLE, DESCRIPTION, made, findings.environment)
    metadata = crate.as_jsonld(out, list(_entries(contents)), described)
    write_whole(out / crate.NAME, json.dumps(metadata, indent=1) + "\n")
    return (
        f"{as_text(findings)}\n"
        f"findings  {claims}\nfigures   {figures} ({len(drawn)})\nreport    {out / 'index.html'}"
    )


def _texts(contents: Contents) -> Iterator[tuple[str, str]]:
    """Everything that is written and not copied, with its address within the report."""
    yield from pages(contents)
    for address, extra in contents.extras:
        yield address, extra.html
    for name in ASSETS:
        yield name, resources.files("replication").joinpath("data/site", name).read_text("utf-8")
    yield search.NAME, search.search_index(contents.claims, contents.figures)
    yield "claims.json", contents.findings.model_dump_json(indent=1) + "\n"
    yield "results.csv", as_csv(contents.findings)


def _entries(contents: Contents) -> Iterator[crate.Entry]:
    """What the research object lists: the data, the figures, and the page to begin with."""
    for path, name, description in FILES:
        if {"paper.json": contents.paper, fresh.FILE: contents.fresh}.get(path, True):
            yield crate.Entry(path, name, description)
    if crosses(contents.findings):
        yield from (crate.Entry(*one) for one in DEPTHS)
    if growth_of(contents.speed):
        yield crate.Entry(f"{GROWTH}.svg", "Growth", "What time and memory grow with.")
    for drawn in contents.figures:
        for ending in FORMATS:
            numbers = "The numbers of the figure. " if ending == ".json" else ""
            name = f"{drawn.figure.title} ({drawn.model})"
            yield crate.Entry(f"{drawn.path}{ending}", name, f"{numbers}{drawn.figure.alt}")


def _paper(path: Path) -> PaperReport | None:
    return PaperReport.model_validate_json(path.read_text("utf-8")) if path.is_file() else None


def _address(number: int, extra: Extra) -> str:
    """Where a page that is taken in lies; its number keeps equal titles apart."""
    words = re.findall(r"[a-z0-9]+", extra.title.lower())
    return f"explore/{'-'.join([str(number), *words[:6]])}.html"


def _copy(source: Path, target: Path) -> None:
    with whole(target) as unfinished:
        shutil.copyfile(source, unfinished)
