"""Views put together from the pieces of one template."""

from collections.abc import Callable, Iterable
from functools import cache
from hashlib import sha256
from typing import Any

from jinja2 import Template
from markupsafe import Markup

from replication.pages.templating import templates


def figure(
    result: Any,
    title: str,
    how: str,
    body: Iterable[Markup],
    rules: Callable[[str], Markup] = lambda _: Markup(),
) -> str:
    """A view: what it shows, what to do with it, its pieces, and what stands behind the numbers.

    ``rules`` are rules of CSS for this view alone, whose element has the id that they are given;
    equal views have the same.
    """
    content = Markup().join(body)
    source = getattr(result, "provenance", None)
    id = f"view-{sha256(f'{title}{content}{source}'.encode()).hexdigest()[:10]}"
    kind = type(result).__name__.lower()
    return str(piece("view", id, kind, title, how, content, source, rules(id))).strip()


def piece(name: str, *values: Any) -> Markup:
    """What a macro of the template makes; everything that is not ``Markup`` is escaped."""
    return Markup(getattr(_template().module, name)(*values))


@cache
def _template() -> Template:
    return templates().get_template("view.html")
