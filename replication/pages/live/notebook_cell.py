"""The cell of a notebook that asks what the page asked."""

from collections.abc import Iterable
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from replication.base.norms import Norm
from replication.questions.question import Question

ALWAYS = (
    "from replication.questions.measured import subject",
    "from replication.questions.subjects import Case",
)


def notebook_cell(questions: Iterable[Question[Any]], model: str, norm: Norm) -> str:
    """Python that asks a model these questions and shows the answers."""
    asked = list(questions)
    used = {type(value) for question in asked for value in (question, *vars(question).values())}
    named: dict[str, list[str]] = {}
    for kind in filter(is_dataclass, used):
        named.setdefault(kind.__module__, []).append(kind.__name__)
    imports = [f"from {module} import {', '.join(sorted(of))}" for module, of in named.items()]
    return "\n".join(
        (
            *sorted((*imports, *ALWAYS)),
            "",
            f"case = Case(subject({model!r}), {norm!r})",
            *(f"display(case.answer({written(question)}))" for question in asked),
        )
    )


def written(value: Any) -> str:
    """A question or a text as Python; what is as usual is left out.

    >>> from replication.questions.question import Text
    >>> written(Text(" 1, 2,", generate=3))
    "Text(' 1, 2,', generate=3)"
    """
    if not is_dataclass(value):
        return repr(value)
    given: list[str] = []
    for place, field in enumerate(sorted(fields(value), key=lambda field: bool(field.kw_only))):
        held = getattr(value, field.name)
        if field.default is MISSING or held != field.default:
            named = field.kw_only or place != len(given)
            given.append((f"{field.name}=" if named else "") + written(held))
    return f"{type(value).__name__}({', '.join(given)})"
