"""How results show themselves: a short table in a terminal, a view in a notebook."""

from importlib import import_module
from typing import Any, TypeVar

Kind = TypeVar("Kind", bound=type[Any])


def shows_itself(kind: Kind) -> Kind:
    """A result type whose values print as tables, and which Jupyter shows as views."""
    setattr(kind, "__repr__", lambda result: _views().view_text(result))  # noqa: B010
    setattr(kind, "_repr_html_", lambda result: _views().view_html(result))  # noqa: B010
    return kind


def _views() -> Any:
    # By name: what shows results lies above them, and is needed once one is looked at.
    return import_module("replication.pages.views")
