"""The process that has loaded a model, and forks another one for each time that it is asked.

``jobs.py`` starts it. Messages are lines of JSON: what is ``doing``, an answer by its ``id`` with
its ``html``, which may come again with more, or its ``fault``, a ``file``; that the model is
``unloaded``, for a fault of its own; the last one has ``done``.
"""

import gc
import json
import socket
import sys
import traceback
from base64 import b64encode
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

import torch

from replication.base.forking import fork_for_each
from replication.models.errors import WeightsError
from replication.pages.live import answers, files, menu
from replication.pages.live.settings import Settings
from replication.questions.measured import Measured
from replication.questions.subjects import Case
from replication.results.untestable import NotTestable

FAULTS = (ValueError, WeightsError, OSError, NotTestable)
"""What can be told to whoever asked; anything else is a fault of ours."""
IMPORTED = (
    "replication.measures.attention_weights",
    "replication.measures.factors",
    "replication.measures.saliency",
    "sklearn.decomposition",
)
"""What questions import when they are asked, and would in each process anew."""
Message = dict[str, Any]


def main(requests: socket.socket, model: str, threads: int) -> None:
    """Load the model; then fork for each that asks, to answer with so many threads."""
    measured = Measured(model)
    fault = None
    for name in IMPORTED:
        import_module(name)
    try:
        measured.reader  # noqa: B018 - loaded here, and not in each process forked from here
    except FAULTS as error:
        fault = told(error)
    gc.freeze()  # else collecting garbage writes to the memory that is shared

    def work(request: Message, connection: socket.socket) -> None:
        torch.set_num_threads(threads)
        refused: list[Message] = [{"fault": fault, "unloaded": True, "done": True}]
        _send(refused if fault else _answered(measured, request), connection)

    fork_for_each(requests, work)


def _answered(measured: Measured, request: Message) -> Iterator[Message]:
    settings = Settings.of(request["query"])
    case = Case(measured, settings.norm)
    format = request.get("format")
    if format is None:
        yield from _views(settings, case)
        yield {"done": True}
        return
    try:
        file = _page(settings, case) if format == "html" else _file(settings, case, request)
        yield {"file": b64encode(file).decode(), "done": True}
    except Exception as error:
        yield {"fault": told(error), "done": True}


def _views(settings: Settings, case: Case) -> Iterator[Message]:
    for place in menu.places(settings):
        yield {"doing": place.id}
        try:
            for html in answers.views(place, case):
                yield {"id": place.id, "html": html}
        except Exception as error:
            yield {"id": place.id, "fault": told(error)}


def _page(settings: Settings, case: Case) -> bytes:
    last = {message["id"]: message for message in _views(settings, case) if "id" in message}
    return files.page(settings, [(place, last[place.id]) for place in menu.places(settings)])


def _file(settings: Settings, case: Case, request: Message) -> bytes:
    place, format = menu.place(settings, request.get("id", "")), request["format"]
    if format not in files.FORMATS:
        raise ValueError(f"no format {format!r}: expected one of {', '.join(files.FORMATS)}, html")
    return files.FORMATS[format](place, answers.results(place, case))


def told(error: Exception) -> str:
    """An error as a sentence; what nobody expected is told in full on the terminal."""
    if isinstance(error, FAULTS):
        return str(error)
    traceback.print_exception(error)
    return (
        f"this could not be worked out ({type(error).__name__}): the terminal in which "
        "`replicate serve` runs says more"
    )


def _send(messages: Iterable[Message], connection: socket.socket) -> None:
    for message in messages:
        connection.sendall(json.dumps(message).encode() + b"\n")


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), sys.argv[2], int(sys.argv[3]))
