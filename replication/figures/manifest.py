"""The list of figures in ``codecheck.yml``, from the table of figures.

``python -m replication.figures.manifest`` writes it again; what stands before the list is by hand.
"""

import json
from pathlib import Path

from replication.base.files import write_whole
from replication.figures.table import FIGURES
from replication.models.registry import DEFAULT_MODEL

FILE = Path(__file__).parents[2] / "codecheck.yml"
START = "manifest:\n"


def put(text: str) -> str:
    """The text of the file with the list of today; ``ValueError`` where it has no list."""
    before, start, _ = text.partition(START)
    if not start:
        raise ValueError(f"{FILE} has no line {START.strip()!r} to put the figures after")
    lines = [
        f"  - file: figures/{DEFAULT_MODEL}/{figure.id}.png\n    comment: "
        + json.dumps(
            f"{figure.title} ({', '.join(figure.claims)}); numbers in {figure.id}.json",
            ensure_ascii=False,
        )
        + "\n"
        for figure in FIGURES.values()
    ]
    return "".join([before, start, *lines])


if __name__ == "__main__":
    write_whole(FILE, put(FILE.read_text("utf-8")))
