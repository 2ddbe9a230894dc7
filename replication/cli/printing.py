"""Answers as text for a terminal and as JSON: one printer for each, whatever was asked."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from replication.pages.tables import table_of
from replication.pages.terminal import heading, printed
from replication.results.data import as_data


def as_json(answers: Sequence[Any]) -> str:
    """Answers of one subject by the name of their type, with what stands behind the first."""
    named = {_snake(answer): as_data(answer) for answer in answers}
    return json.dumps({"provenance": asdict(answers[0].provenance), **named}, ensure_ascii=False)


def _snake(answer: Any) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(answer).__name__).lower()


def as_text(answers: Sequence[Any]) -> str:
    """What was read by which model, then a table for each answer; those with the same rows side by
    side.
    """
    tables = [table_of(answer) for answer in answers]
    beside = (list(group) for _, group in groupby(tables, key=lambda table: table.rows))
    return "\n\n".join([heading(answers[0].provenance), *map(printed, beside)])
