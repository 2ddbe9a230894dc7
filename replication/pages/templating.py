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
