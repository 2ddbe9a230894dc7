"""The templates of all pages, read in one way: what comes from a model or a text is escaped."""

from jinja2 import Environment, PackageLoader, StrictUndefined


def templates() -> Environment:
    """The package's templates, with autoescape; a name that is not given is an error."""
    return Environment(
        loader=PackageLoader("replication.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def readable(token: str) -> str:
    r"""A token as it can be read in a page: a space is ``␣``; what prints nothing, its escape.

    Unlike ``drawing.cells.visible``, which has one font, it leaves every script as it is: browsers
    have fonts for all.

    >>> readable(" Chile"), readable("\n"), readable(""), readable("שלום")
    ('␣Chile', '\\n', '(empty)', 'שלום')
    """
    letters = (letter if letter.isprintable() else ascii(letter)[1:-1] for letter in token)
    return "".join(letters).replace(" ", "␣") or "(empty)"


def percent(share: float) -> str:
    """A probability in percent, with about as many digits as the articles give."""
    return f"{share:.2%}" if share < 0.01 else f"{share:.1%}"
