"""Converted models: a GGUF file written once as safetensors, with a manifest of what was written.

A converted folder holds ``config.json``, ``model.safetensors``, ``tokenizer.json`` and, with their
sizes and hashes, ``manifest.json``.
"""

import json
import os
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from importlib import metadata
from io import StringIO
from pathlib import Path

from replication.models.cache import CONFIG, WEIGHTS, error_number, say, sha256_of
from replication.models.errors import WeightsError
from replication.models.registry import ModelEntry, WheelSource

_FILES = (CONFIG, "tokenizer.json", WEIGHTS)


def is_whole(converted: Path, source: WheelSource) -> bool:
    """Whether the folder holds what the source was converted to, judged by the files' sizes."""
    try:
        manifest = json.loads((converted / "manifest.json").read_text())
        return manifest["source_sha256"] == source.sha256 and all(
            (converted / name).stat().st_size == manifest["files"][name]["bytes"] for name in _FILES
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def expected_hashes(converted: Path) -> dict[str, str]:
    """The sha256 of each file of a whole folder, as its manifest has them."""
    manifest = json.loads((converted / "manifest.json").read_text())
    return {name: manifest["files"][name]["sha256"] for name in _FILES}


def convert(entry: ModelEntry, source: WheelSource, gguf: Path, made: Path) -> None:
    """Write the model as files that load fast, in a new folder; the GGUF was hashed before.

    Raises ``WeightsError`` where it cannot be converted, and ``OSError`` for faults of the disk.
    """
    say(f"{entry.name}: converting, once")
    made.mkdir()
    try:
        with _silence():
            converter = _write_model(entry, gguf, made)
    except WeightsError:
        raise
    except Exception as error:  # transformers, safetensors and tokenizers each raise their own
        if number := error_number(str(error)):
            raise OSError(number, os.strerror(number)) from error
        raise WeightsError(
            f"{entry.name} could not be converted ({type(error).__name__}: {error}): "
            "check the installed versions with `pip check`"
        ) from error
    files = {
        name: {"bytes": (made / name).stat().st_size, "sha256": sha256_of(made / name)}
        for name in _FILES
    }
    manifest = {
        "model": entry.name,
        "source_sha256": source.sha256,
        "weights": entry.weights,
        "files": files,
        "converter": converter,
    }
    (made / "manifest.json").write_text(json.dumps(manifest, indent=1))


def _write_model(entry: ModelEntry, gguf: Path, made: Path) -> dict[str, str]:
    """Write config.json, model.safetensors, tokenizer.json; the versions that did it."""
    import torch
    import transformers
    from safetensors.torch import save_file

    where = {"pretrained_model_name_or_path": gguf.parent, "gguf_file": gguf.name}
    model = transformers.AutoModelForCausalLM.from_pretrained(**where, dtype=torch.float32)
    tokenizer = transformers.AutoTokenizer.from_pretrained(**where)
    config = model.config.to_dict()
    if config["model_type"] != entry.architecture:
        raise WeightsError(
            f"{entry.name} is of the architecture {config['model_type']} and not "
            f"{entry.architecture}: correct its entry in the table of models"
        )
    for name in ("quantization_config", "_name_or_path", "_model_name_or_path"):
        config.pop(name, None)
    weights = {name: value.contiguous() for name, value in model.state_dict().items()}
    if config["tie_word_embeddings"]:
        weights.pop("lm_head.weight")
    (made / CONFIG).write_text(json.dumps(config, indent=1))
    save_file(weights, made / WEIGHTS, metadata={"format": "pt"})
    shutil.copymode(made / CONFIG, made / WEIGHTS)  # else only ours to read
    tokenizer.backend_tokenizer.save(str(made / "tokenizer.json"))
    return {"transformers": transformers.__version__, "gguf": metadata.version("gguf")}


@contextmanager
def _silence() -> Iterator[None]:
    """Keep transformers' and gguf's bars and warnings off the terminal."""
    from transformers.utils import logging

    level = logging.get_verbosity()
    logging.set_verbosity_error()
    try:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.set_verbosity(level)
