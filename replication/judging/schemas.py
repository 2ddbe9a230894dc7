"""The JSON Schemas of the data that the project ships and writes.

``python -m replication.judging.schemas`` writes them into ``replication/data``.
"""

import json
from importlib import resources
from pathlib import Path

from pydantic import BaseModel

from replication.articles.experiments import PublishedFigure
from replication.base.files import write_whole
from replication.judging.findings import Findings
from replication.judging.paper.records import PaperReport
from replication.results.sets import Item

SCHEMAS: dict[str, type[BaseModel]] = {
    "published.schema.json": PublishedFigure,
    "claims.schema.json": Findings,
    "template.schema.json": Item,
    "paper.schema.json": PaperReport,
}


def text_of(name: str) -> str:
    """A schema as its file holds it."""
    return json.dumps(SCHEMAS[name].model_json_schema(), indent=1) + "\n"


if __name__ == "__main__":
    for name in SCHEMAS:
        write_whole(Path(str(resources.files("replication").joinpath("data", name))), text_of(name))
