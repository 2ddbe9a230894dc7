"""What is asked of models, each time in a process of its own that can be stopped.

For each model that is in use a process keeps it loaded; a question is answered by one forked from
that, which ends when nobody waits for the answer any more. So two who ask at once share nothing.
"""

import asyncio
import json
import os
from collections import OrderedDict
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from replication.base.forking import Forking

KEPT = 2
"""Models that stay loaded: those used last."""
AT_ONCE = max(2, os.cpu_count() or 1)
"""Processes that compute; whoever asks further waits for one to end."""
LONGEST_LINE = 2**28
"""Bytes of a message: a view, or a file."""
THREADS = os.environ.get("OMP_NUM_THREADS") or str(os.cpu_count() or 1)
"""Of each process that computes."""
# Where threads were started once, a forked process would wait for them for ever.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
ENDED = (
    "the process that worked on this ended before it was done, which happens where memory runs "
    "out: try a shorter text, or show fewer answers"
)
Message = Mapping[str, Any]
"""From the process that works; the last one has ``done``."""


class Jobs:
    """The models that are loaded, and what they are asked."""

    def __init__(self) -> None:
        self._models: OrderedDict[str, Forking] = OrderedDict()
        self._running: set[asyncio.StreamWriter] = set()
        self._room = asyncio.Semaphore(AT_ONCE)

    def warm(self, model: str) -> None:
        """Load a model before anything is asked of it."""
        self._loaded(model).start()

    async def run(self, model: str, request: Any) -> AsyncGenerator[Message, None]:
        """The messages of the process that answers; closing the iterator stops that process."""
        if self._room.locked():
            yield {"waiting": True}
        async with self._room:
            connection = self._loaded(model).asked(request)
            reader, writer = await asyncio.open_connection(sock=connection, limit=LONGEST_LINE)
            self._running.add(writer)
            try:
                while line := await reader.readline():
                    message = json.loads(line)
                    if "unloaded" in message:
                        self._forget(model)
                    yield message
                    if "done" in message:
                        return
                yield {"fault": ENDED, "done": True}
            finally:
                self._running.remove(writer)
                writer.close()

    def close(self) -> None:
        """Stop all that runs, and let go of all models."""
        for writer in self._running:
            writer.close()
        for model in list(self._models):
            self._forget(model)

    def _loaded(self, model: str) -> Forking:
        if model not in self._models:
            self._models[model] = Forking(
                "replication.pages.live.worker", model, THREADS, environment=ENVIRONMENT
            )
        self._models.move_to_end(model)
        while len(self._models) > KEPT:
            self._forget(next(iter(self._models)))
        return self._models[model]

    def _forget(self, model: str) -> None:
        if forking := self._models.pop(model, None):
            forking.close()
