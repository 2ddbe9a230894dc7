"""What each claim is from: the section of its text, and a few words of it.

The words stand in ``quotations.toml`` beside this module, cut with an ellipsis. Articles: Alammar
2020, https://jalammar.github.io/explaining-transformers/, and Alammar 2021,
https://jalammar.github.io/hidden-states/ (CC BY-NC-SA 4.0); the companion texts are in ``sources``.
"""

import tomllib
from functools import cache
from importlib import resources

from pydantic import model_validator

from replication.base.records import Record

FILE = "quotations.toml"


class Quotation(Record):
    """A few words of a text, and where they stand in it."""

    section: str
    """The heading over them; empty where the text could not be read."""
    quote: str
    """Word for word, with an ellipsis where it is cut; empty where the text could not be read."""
    note: str = ""
    """What the words do not say, or why there are none."""

    @model_validator(mode="after")
    def _says_something(self) -> "Quotation":
        if bool(self.section) != bool(self.quote):
            raise ValueError("a section without a quotation, or a quotation without a section")
        if not self.quote and not self.note:
            raise ValueError("no quotation and no note that says why: write one of the two")
        return self


@cache
def quotations() -> dict[str, Quotation]:
    """All quotations, by the id of their claim."""
    text = resources.files("replication.articles").joinpath(FILE).read_text("utf-8")
    return {id: Quotation.model_validate(table) for id, table in tomllib.loads(text).items()}


def quotation(id: str) -> Quotation:
    """The quotation of a claim; ``ValueError`` for an id that has none."""
    try:
        return quotations()[id]
    except KeyError:
        raise ValueError(
            f"no quotation of {id} in replication/articles/{FILE}: give it a table [{id}] with a "
            "section and a quote"
        ) from None
