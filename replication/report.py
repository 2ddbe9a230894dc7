"""The report: findings and figures as a page that opens from disk, with no network."""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment as Templates
from jinja2 import PackageLoader, StrictUndefined

from replication.figures import FIGURES, FORMATS
from replication.files import whole, write_whole
from replication.findings import Findings, describe
from replication.readings import MOST_CONTROLS
from replication.verdicts import LEGEND, as_text, columns_of, read, rows_of, symbol

TITLE = "Transformer interfaces, replicated"


@dataclass(frozen=True)
class Shown:
    """A figure of one model, as the page shows it."""

    id: str
    model: str
    title: str
    alt: str
    claims: tuple[str, ...]
    path: str
    """Beside the page, without its ending."""


def make(claims: Path, figures: Path, out: Path) -> str:
    """Write ``index.html`` and copy the figures; the verdict table and where things lie, as text.

    Raises ``ValueError`` where the findings are missing or not as the schema has them.
    """
    findings = read(claims)
    shown = list(figures_in(figures))
    for figure in shown:
        for ending in FORMATS:
            _copy(figures / figure.model / f"{figure.id}{ending}", out / f"{figure.path}{ending}")
    page = out / "index.html"
    write_whole(page, render(findings, shown))
    return (
        f"{as_text(findings)}\n"
        f"findings  {claims}\nfigures   {figures} ({len(shown)})\nreport    {page}"
    )


def render(findings: Findings, figures: Iterable[Shown]) -> str:
    """The page as HTML. Everything that comes from a model or a text is escaped."""
    templates = Templates(
        loader=PackageLoader("replication"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return templates.get_template("report.html").render(
        title=TITLE,
        findings=findings,
        negatives=[finding for finding in findings.findings if finding.holds is False],
        chancy=[
            control
            for control in findings.controls
            if control.chance.rate > MOST_CONTROLS and not control.definitional
        ],
        columns=columns_of(findings),
        rows=rows_of(findings),
        figures=list(figures),
        environment=list(_environment(findings)),
        symbol=symbol,
        describe=describe,
        legend=LEGEND,
    )


def figures_in(folder: Path) -> Iterator[Shown]:
    """The figures under ``folder/MODEL/``, those of each model in the order of the table."""
    for model in sorted(path.name for path in folder.glob("*") if path.is_dir()):
        for id, figure in FIGURES.items():
            if all((folder / model / f"{id}{ending}").is_file() for ending in FORMATS):
                yield Shown(
                    id, model, figure.title, figure.alt, figure.claims, f"figures/{model}/{id}"
                )


def _environment(findings: Findings) -> Iterator[tuple[str, str]]:
    environment = findings.environment
    for name in ("replication", "python", "platform", "processor", "threads"):
        yield name, str(getattr(environment, name))
    yield from environment.packages.items()
    revisions = {f.model: f.revision for f in findings.findings if f.kind != "published"}
    for model, revision in revisions.items():
        yield f"{model}, revision", revision


def _copy(source: Path, target: Path) -> None:
    with whole(target) as unfinished:
        shutil.copyfile(source, unfinished)
