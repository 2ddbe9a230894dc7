"""What the report's search box looks through, as a script that pages load from disk."""

import json
from collections.abc import Iterable, Sequence

from replication.articles.slips import SLIPS
from replication.pages.report.claims import ClaimPage
from replication.pages.report.figures import Shown

NAME = "search-index.js"


def search_index(claims: Iterable[ClaimPage], figures: Sequence[Shown]) -> str:
    """A script that sets ``SEARCH_INDEX`` to what can be found.

    A script and not JSON, since pages opened from disk may not read other files.
    """
    entries = [
        *(_entry("claim", f"{c.id}: {c.says}", f"claims/{c.id}.html") for c in claims),
        *(
            _entry("figure", f"{s.figure.title}, {s.model}", f"figures.html#{s.anchor}")
            for s in figures
        ),
        *(
            _entry("slip", f"{slip.title}: {slip.said} {slip.shown}", f"slips.html#slip-{number}")
            for number, slip in enumerate(SLIPS, 1)
        ),
    ]
    return f"const SEARCH_INDEX = {json.dumps(entries, indent=0)};\n"


def _entry(kind: str, text: str, address: str) -> dict[str, str]:
    return {"kind": kind, "text": text, "address": address}
