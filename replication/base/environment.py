"""What a run was made with."""

import platform
from contextlib import suppress
from datetime import date
from importlib import metadata

from replication import __version__
from replication.base import devices
from replication.base.records import Record

PACKAGES = (
    "torch",
    "transformers",
    "tokenizers",
    "numpy",
    "scikit-learn",
    "safetensors",
    "gguf",
    "matplotlib",
)


class Environment(Record):
    """What the findings were measured with."""

    made_on: date
    replication: str
    python: str
    platform: str
    processor: str
    threads: int
    device: str = "cpu"
    """Where the networks computed."""
    packages: dict[str, str]


def packages() -> dict[str, str]:
    """The versions of what numbers and figures may depend on, as far as it is installed."""
    found = {}
    for name in PACKAGES:
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def environment() -> Environment:
    """Versions, platform and threads of this run."""
    import torch

    return Environment(
        made_on=date.today(),
        replication=__version__,
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
        processor=torch.backends.cpu.get_cpu_capability(),
        threads=torch.get_num_threads(),
        device=devices.described(),
        packages=packages(),
    )
