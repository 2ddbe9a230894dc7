"""The cell for a notebook asks the same questions as the page."""

from typing import Any

import pytest

from replication.pages.live.menu import experiments, places
from replication.pages.live.notebook_cell import notebook_cell
from replication.pages.live.settings import Settings
from replication.questions import measured

HOSTILE = Settings("\"'\\\n{x}</script>", second="שלום '''", layers="2-4", words=(" '",))


@pytest.mark.parametrize("settings", [HOSTILE, *(one.settings for one in experiments())])
def test_the_cell_asks_the_pages_questions(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    class Subject:
        name = "tiny"

        def provenance(self, question: Any, norm: str) -> Any:
            raise AssertionError("a cell shows answers, which carry their own")

        def answer(self, question: Any, norm: str) -> Any:
            asked.append((question, norm))
            return len(asked)

    monkeypatch.setattr(measured, "subject", {"gemma3": Subject()}.__getitem__)
    questions = [place.question for place in places(settings)]
    shown: list[int] = []
    run = compile(notebook_cell(questions, "gemma3", "none"), "cell", "exec")
    exec(run, {"display": shown.append})
    assert asked == [(question, "none") for question in questions]
    assert shown == list(range(1, len(questions) + 1))
