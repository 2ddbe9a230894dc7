"""Pages of explorables: the pieces, what they share, and whole pages that need no network.

Charts are Vega-Lite's, whose scripts (about 900 kB) stand once in a page that has a chart.
Texts are HTML: they wrap at the width of a phone, run from right to left where the text does, and
are read aloud as text, all of which drawn text does not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from jinja2 import Template
from markupsafe import Markup

from replication.pages.templating import templates
from replication.results.provenance import Provenance

MOST_CELLS = 20_000
"""Of one explorable: a browser takes seconds to draw more, and nobody can read them."""


@dataclass(frozen=True)
class Fragment:
    """An explorable as a piece of a page; the page needs ``head`` of its fragments once."""

    html: Markup
    needs_bundle: bool
    """Whether it has a chart, so that the page needs Vega."""


@dataclass(frozen=True)
class Token:
    """A token of a text in a page."""

    text: str
    """As it can be read."""
    live: bool = False
    """Whether it can be pointed at."""
    ends_line: bool = False


@dataclass(frozen=True)
class Explorable:
    """A result to point at: its numbers and all that is told of them in a page."""

    kind: Literal["ranks", "saliency", "factors"]
    title: str
    how: str
    """What to do with it, for a reader."""
    provenance: Provenance
    data: dict[str, Any]
    """For the script, as JSON: the Vega-Lite chart, or the rows of numbers."""
    head: Sequence[str]
    """Of the table that says the same without any script."""
    rows: Sequence[Sequence[str]]
    strip: Sequence[Token] = ()


def readable(token: str) -> str:
    r"""A token as it can be read in a page: a space is ``␣``; what prints nothing, its escape.

    Unlike ``drawing.cells.visible``, which has one font, it leaves every script as it is: browsers
    have fonts for all.

    >>> readable(" Chile"), readable("\n"), readable(""), readable("שלום")
    ('␣Chile', '\\n', '(empty)', 'שלום')
    """
    letters = (letter if letter.isprintable() else ascii(letter)[1:-1] for letter in token)
    return "".join(letters).replace(" ", "␣") or "(empty)"


def check_size(what: str, rows: int, columns: int) -> None:
    """Raise ``ValueError`` for an explorable without cells, or with more than ``MOST_CELLS``."""
    if not 0 < rows * columns <= MOST_CELLS:
        raise ValueError(
            f"{what}: {rows} x {columns} = {rows * columns} cells, expected 1 to {MOST_CELLS}: "
            f"show a text that is not empty, and a shorter one or fewer layers if it is too large"
        )


def fragment(explorable: Explorable) -> Fragment:
    """An explorable as a piece of a page."""
    has_chart = explorable.kind != "saliency"
    return Fragment(_part("figure", explorable=explorable, has_chart=has_chart), has_chart)


def head(fragments: Iterable[Fragment]) -> Markup:
    """Styles and scripts for the fragments of one page, to stand in its ``<head>``."""
    charts = any(fragment.needs_bundle for fragment in fragments)
    return _part("head", bundle=_bundle() if charts else None)


def page(fragments: Sequence[Fragment], title: str) -> str:
    """A whole page, self-contained."""
    return _part("page", fragments=fragments, title=title, head=head(fragments)).strip()


@cache
def _bundle() -> Markup:
    """Vega, Vega-Lite and Vega-Embed as one script."""
    import vl_convert

    script: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return Markup(script.replace("</script", "<\\/script"))


@cache
def _template() -> Template:
    return templates().get_template("explorable.html")


def _part(name: str, **values: Any) -> Markup:
    """What a macro of the template makes; everything that is not ``Markup`` is escaped."""
    return Markup(getattr(_template().module, name)(**values))
