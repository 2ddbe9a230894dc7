"""What BertViz draws, as pages that need no network.

BertViz fetches three libraries from the web; here they are part of the page. Its parameters, with
the text of the tokens, are written so that no token can end a script or become markup.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata, resources
from typing import Any

from replication.pages.templating import templates
from replication.results.provenance import Provenance

LIBRARIES = ("jquery", "d3", "require")
ELSEWHERE = "https://cdnjs.cloudflare.com/ajax/libs/"
"""Where BertViz's scripts would fetch them from."""


@dataclass(frozen=True)
class Drawing:
    """What BertViz makes of attention, taken apart."""

    markup: str
    program: str
    """A script that draws what it finds in ``window.bertviz_params``."""
    params: dict[str, Any]
    numbers: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """What to write in drop-down lists in the place of 0, 1, 2..."""


def taken_apart(html: str) -> Drawing:
    """Take the parameters out of what BertViz returns: it writes them into its script as they are,
    and once more into a comment.
    """
    marker = "const params = "
    head, _, script = html.partition('<script type="text/javascript">')
    before, _, after = script.partition(marker)
    params, end = json.JSONDecoder().raw_decode(after)
    rest = after[end:].partition("\n")[2]  # the rest of the line is that comment
    markup = head.partition("</script>")[2].replace(params["root_div_id"], "view")
    program = f"{before}{marker}window.bertviz_params;\n{rest.partition('</script>')[0]}"
    # The element's name is drawn by chance; with a fixed one, equal numbers give equal pages.
    return Drawing(markup, program, {**params, "root_div_id": "view"})


def page(title: str, explanation: str, drawing: Drawing, source: Provenance) -> str:
    """Set a drawing in a page, with the libraries that it needs."""
    pages = templates()
    pages.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
    return pages.get_template("attention.html").render(
        title=f"{title} of attention, {source.model}",
        explanation=explanation,
        source=source,
        markup=drawing.markup,
        program=drawing.program.replace(ELSEWHERE, ""),
        params=drawing.params,
        numbers=drawing.numbers,
        version=metadata.version("bertviz"),
        licence=_text("bertviz.LICENSE.txt"),
        libraries=[(_text(f"{name}.LICENSE.txt"), _text(f"{name}.js")) for name in LIBRARIES],
    )


def _text(name: str) -> str:
    return resources.files("replication").joinpath("data/scripts", name).read_text("utf-8")
