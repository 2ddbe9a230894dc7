"""The report's pages as HTML. Everything that comes from a model or a text is escaped."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment

from replication.articles.slips import SLIPS
from replication.articles.thresholds import COSTLY_DRAWS, NOISE_DRAWS, SIGNIFICANT
from replication.base import environment
from replication.base.norms import READINGS
from replication.judging.findings import Finding, Findings
from replication.judging.fresh import Fresh, shares
from replication.judging.paper.records import PaperReport
from replication.judging.rules import MEANING, verdict_of
from replication.judging.verdicts import SYMBOLS, called, columns_of, rows_of, told
from replication.models.nulls import MADE_BY
from replication.models.registry import DEFAULT_MODEL
from replication.pages.report import overview, speed
from replication.pages.report.claims import ClaimPage
from replication.pages.report.depths import depths
from replication.pages.report.figures import DrawnFigure
from replication.pages.report.firm import compact
from replication.pages.report.models import model_summaries, null_summaries
from replication.pages.report.runs import runs_of
from replication.pages.templating import templates
from replication.results.speed import Speed

TITLE = "Transformer interfaces, replicated"


@dataclass(frozen=True)
class Extra:
    """A page of its own that the report takes in, such as an interactive view."""

    title: str
    description: str
    html: str
    """The whole page, which must need nothing but itself."""
    figure: str | None = None
    """Id of the figure that it is a view of, from which it is linked then."""
    picture: bytes | None = None
    """A PNG of the page in use, for where it cannot be used, as on paper."""


@dataclass(frozen=True)
class Contents:
    """All that the pages show."""

    findings: Findings
    claims: tuple[ClaimPage, ...]
    figures: tuple[DrawnFigure, ...]
    extras: tuple[tuple[str, Extra], ...]
    """Each with its address within the report."""
    paper: PaperReport | None
    fresh: Fresh | None = None
    speed: tuple[Speed, ...] = ()

    def claim(self, id: str | None) -> ClaimPage | None:
        """The page of a claim; None where it was not judged, or for no claim."""
        return next((page for page in self.claims if page.record.id == id), None)

    @property
    def navigation(self) -> tuple[tuple[str, str], ...]:
        """Addresses and titles of the pages that every page leads to."""
        pages = [
            ("index.html", "Verdicts"),
            ("fresh.html" if self.fresh else "", "Fresh sets"),
            ("slips.html", "Slips"),
            ("figures.html", "Figures"),
            ("explore.html" if self.extras else "", "Explore"),
            ("numbers.html" if self.paper else "", "Number by number"),
            ("models.html", "Models"),
            ("speed.html" if self.speed else "", "Speed"),
        ]
        return tuple((address, title) for address, title in pages if address)


def pages(contents: Contents) -> Iterator[tuple[str, str]]:
    """Every page, with its address within the report."""
    yield "index.html", start_page(contents)
    yield "slips.html", _page("slips", contents, slips=SLIPS)
    yield "figures.html", _page("figures", contents)
    yield (
        "models.html",
        _page(
            "models", contents, models=model_summaries(contents.findings), nulls=null_summaries()
        ),
    )
    if contents.extras:
        yield "explore.html", _page("explore", contents)
    if contents.fresh:
        yield "fresh.html", _page("fresh", contents, fresh=contents.fresh)
    if contents.paper:
        yield "numbers.html", _page("numbers", contents, paper=contents.paper)
    if contents.speed:
        yield (
            "speed.html",
            _page("speed", contents, lines=speed.lines, aims=speed.aims, about=speed.about),
        )
    for number, claim in enumerate(contents.claims):
        yield (
            claim.address,
            _page(
                "claim",
                contents,
                claim.address,
                claim=claim,
                previous=contents.claims[number - 1] if number else None,
                following=next(iter(contents.claims[number + 1 :]), None),
            ),
        )


def start_page(contents: Contents) -> str:
    """The page with the verdicts."""
    findings = contents.findings
    judged = [one for claim in contents.claims for one in claim.judged]
    tested = [one.finding for one in judged if one.finding.p_corrected is not None]
    return _page(
        "start",
        contents,
        "index.html",
        findings=findings,
        columns=columns_of(findings),
        rows=rows_of(findings),
        tallies=overview.tallies(findings),
        failures=overview.failures(findings),
        preface=overview.preface(findings),
        depths=depths(findings),
        uninformative=overview.uninformative(findings),
        norm_decides=overview.norm_decides(findings),
        texts_decide=overview.texts_decide(findings),
        tested=len(tested),
        held=[finding for finding in tested if finding.core_holds],
        level=SIGNIFICANT,
        runs=runs_of(findings),
        firmness=_firmness(findings),
        draws=NOISE_DRAWS,
        fewer=COSTLY_DRAWS,
        nulls=null_summaries(),
        default=DEFAULT_MODEL,
    )


def _firmness(findings: Findings) -> dict[str, list[tuple[Finding, str]]]:
    """For each claim its findings on models with how firm they are."""
    found: dict[str, list[tuple[Finding, str]]] = {}
    for finding in findings.findings:
        if finding.kind != "published" and (words := compact(finding)):
            found.setdefault(finding.claim, []).append((finding, words))
    return found


def _page(name: str, contents: Contents, address: str = "", **values: Any) -> str:
    """One page; ``address`` is its own, by default ``NAME.html``."""
    address = address or f"{name}.html"
    return (
        _templates()
        .get_template(f"report/{name}.html")
        .render(
            site=TITLE,
            address=address,
            root="../" * address.count("/"),
            contents=contents,
            **values,
        )
    )


@cache
def _templates() -> Environment:
    made = templates()
    made.filters |= {"number": number, "word": word, "depth": depth, "told": told, "shares": shares}
    made.globals |= {
        "symbols": SYMBOLS,
        "verdicts": overview.VERDICTS,
        "levels": overview.LEVELS,
        "norms": READINGS,
        "meaning": MEANING,
        "rules": inspect.getsource(verdict_of),
        "called": called,
        "made_by": MADE_BY,
        "versions": versions,
        "relations": {"<": "<", "<=": "≤", ">": ">", "=": "="},
    }
    return made


def number(value: float) -> str:
    """A number as findings have it: whole, or with four digits.

    >>> number(49151.0), number(0.59791), number(-0.0000123)
    ('49151', '0.5979', '-1.23e-05')
    """
    return str(int(value)) if float(value).is_integer() else f"{value:.4g}"


def depth(value: float) -> str:
    """A crossing depth; beyond 1 is never.

    >>> depth(0.8667), depth(31 / 30)
    ('0.87', 'never')
    """
    return "never" if value > 1 else f"{value:.2f}"


def word(verdict: str) -> str:
    """A verdict as a reader sees it."""
    return verdict.replace("_", " ")


def versions(made_with: environment.Environment) -> Iterator[tuple[str, str]]:
    """What a run was made with, by name."""
    for name in ("replication", "python", "platform", "processor", "threads", "device"):
        yield name, str(getattr(made_with, name))
    yield from made_with.packages.items()
