"""What is kept of all works, as tables and a drawing: ``python benchmarks/publishing.py``."""

from collections.abc import Sequence
from pathlib import Path

from replication.base.files import whole, write_whole
from replication.figures.drawing.speed import growth_page
from replication.figures.saving import as_svg
from replication.judging.verdicts import put
from replication.pages.report.speed import GROWTH, MARKS, as_markdown, growth_of, read, summary
from replication.results.speed import Speed

RESULTS = Path(__file__).parent / "results"
DOCS = Path(__file__).parents[1] / "docs"
GROWN = "Seconds and megabytes against layers, tokens, vocabulary and texts"


def publish() -> None:
    """Write ``docs/speed.md`` and its drawing again from what is kept of all works."""
    page, works = DOCS / "speed.md", read(RESULTS)
    write_whole(page, with_tables(page.read_text("utf-8"), works))
    if grown := growth_of(works):
        with whole(DOCS / f"{GROWTH}.svg") as unfinished:
            unfinished.write_bytes(as_svg(growth_page(grown)))


def with_tables(text: str, works: Sequence[Speed]) -> str:
    """The text of ``docs/speed.md`` with the tables of works between its marks."""
    drawn = [f"![{GROWN}]({GROWTH}.svg)\n"] if growth_of(works) else []
    tables = "\n".join([f"{summary(works)}\n", *drawn, *map(as_markdown, works)])
    return put(tables, text, DOCS / "speed.md", MARKS)


if __name__ == "__main__":
    publish()
