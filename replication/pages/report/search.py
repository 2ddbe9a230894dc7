"""What the report's search box looks through, as a script that pages load from disk."""

import json
from collections.abc import Iterable

from replication.articles.slips import SLIPS
from replication.pages.report.claims import ClaimPage
from replication.pages.report.figures import DrawnFigure

NAME = "search-index.js"


def search_index(claims: Iterable[ClaimPage], figures: Iterable[DrawnFigure]) -> str:
    """A script that sets ``SEARCH_INDEX`` to what can be found.

    A script and not JSON, since pages opened from disk may not read other files.
    """
    entries = [
        *(_entry("claim", f"{c.record.id}: {c.record.says}", c.address) for c in claims),
        *(
            _entry("figure", f"{drawn.figure.title}, {drawn.model}", f"figures.html#{drawn.anchor}")
            for drawn in figures
        ),
        *(
            _entry("slip", f"{slip.title}: {slip.said} {slip.shown}", f"slips.html#slip-{number}")
            for number, slip in enumerate(SLIPS, 1)
        ),
    ]
    return f"const SEARCH_INDEX = {json.dumps(entries, indent=0)};\n"


def _entry(kind: str, text: str, address: str) -> dict[str, str]:
    return {"kind": kind, "text": text, "address": address}
