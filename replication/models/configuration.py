"""What the configuration of a model of the Hub must say."""

import json
from pathlib import Path

from replication.models.cache import WEIGHTS
from replication.models.errors import WeightsError
from replication.models.pins import source_of
from replication.models.registry import ModelEntry

_CODE = ("code beside the model's own", "code from the hub is never run")
_FOREIGN = {
    "auto_map": _CODE,
    "quantization_config": _CODE,
    "transformers_weights": (f"weights beside {WEIGHTS}", "no others are read"),
}
"""What keys of a configuration ask for, and why it is refused."""
_NUMBERS = {
    "layers": ("n_layer", "num_hidden_layers"),
    "width": ("n_embd", "hidden_size"),
    "vocabulary": ("vocab_size",),
}
"""What configurations call the numbers of the table of models."""


def check_config(entry: ModelEntry, path: Path) -> None:
    """Refuse a configuration of another model than the table's, and one that asks for more."""
    ours = f"the config.json of {source_of(entry).repository}"
    try:
        config = dict(json.loads(path.read_text("utf-8")))
    except (ValueError, TypeError) as error:
        raise WeightsError(f"{ours} is no configuration ({error}): check HF_ENDPOINT") from error
    for key, (what, rule) in _FOREIGN.items():
        if key in config:
            raise WeightsError(
                f"{ours} asks for {what} ({key}), and {rule}: it is not the model that the table "
                "of models means, check HF_ENDPOINT"
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
