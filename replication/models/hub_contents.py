"""What is read of a repository of the Hugging Face Hub, and what its configuration must say."""

import json
from collections.abc import Container, Iterable
from pathlib import Path

from replication.models.cache import WeightsError
from replication.models.registry import HubSource, ModelEntry

CONFIG, WEIGHTS = "config.json", "model.safetensors"
_TOKENIZERS = (("tokenizer.json",), ("vocab.json", "merges.txt"))
_NUMBERS = {
    "layers": ("n_layer", "num_hidden_layers"),
    "width": ("n_embd", "hidden_size"),
    "vocabulary": ("vocab_size",),
}
"""What configurations call the numbers of the table of models."""


def source_of(entry: ModelEntry) -> HubSource:
    """Where a model of the hub is, as the table has it."""
    assert isinstance(entry.source, HubSource)
    return entry.source


def names_in(snapshot: Path) -> tuple[str, ...]:
    """The files of a snapshot that are read; none where one is missing."""
    return complete({path.name for path in snapshot.iterdir() if path.exists()})


def complete(there: Container[str]) -> tuple[str, ...]:
    """Small files first: a wrong one then costs no large download."""
    for names in ((CONFIG, *tokenizer, WEIGHTS) for tokenizer in _TOKENIZERS):
        if all(name in there for name in names):
            return names
    return ()


def offered(repository: str, listed: Iterable[str]) -> tuple[str, ...]:
    """The files to be brought; raises ``WeightsError`` where one of them is not on the hub."""
    there = set(listed)
    if names := complete(there):
        return names
    wanted = (CONFIG, WEIGHTS, "tokenizer.json")
    missing = next(name for name in wanted if name not in there)
    pickled = sorted(name for name in there if name.endswith((".bin", ".pt", ".ckpt")))
    beside = f" but {', '.join(pickled)}, which is not read because a pickle can run code"
    raise WeightsError(
        f"{repository} has no {missing} on the hub"
        + (beside if pickled and missing == WEIGHTS else ", and nothing else is read")
    )


def check_config(entry: ModelEntry, path: Path) -> None:
    """Refuse a configuration of another model than the table's, and one that asks for code."""
    ours = f"the config.json of {source_of(entry).repository}"
    try:
        config = dict(json.loads(path.read_text("utf-8")))
    except (ValueError, TypeError) as error:
        raise WeightsError(f"{ours} is no configuration ({error}): check HF_ENDPOINT") from error
    for key in ("auto_map", "quantization_config"):
        if key in config:
            raise WeightsError(
                f"{ours} asks for code beside the model's own ({key}), and code from the hub is "
                "never run: it is not the model that the table of models means, check HF_ENDPOINT"
            )
    found = {"architecture": config.get("model_type")}
    for what, keys in _NUMBERS.items():
        found[what] = next((config[key] for key in keys if key in config), None)
    for what, value in found.items():
        wanted = getattr(entry, what)
        if value != wanted:
            raise WeightsError(
                f"{ours} says {what} {value!r} and the table of models {wanted!r}: "
                "it is not the model that the table means, check HF_ENDPOINT"
            )
