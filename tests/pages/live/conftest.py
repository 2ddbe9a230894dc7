"""The page, started once for all tests that only ask it."""

from collections.abc import Iterator

import pytest
from served import Served, served

from replication.models import registry, weights


@pytest.fixture(scope="session")
def site() -> Iterator[Served]:
    """The page, on the default model."""
    weights.fetch(registry.MODELS[registry.DEFAULT_MODEL])
    started = served()
    yield started
    assert started.end() == 0
