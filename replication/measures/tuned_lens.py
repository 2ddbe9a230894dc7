"""The tuned lens of a model: fitted at its first use, kept, and loaded from then on.

It is fitted on text that the model writes itself (``replication.measures.written``), so that any
model has one. The file that keeps it is named by its content: the model, a hash of its weights, how
it was fitted.
"""

import hashlib
import json
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from replication.base.files import whole
from replication.measures.tuned_fit import CHOOSING, PENALTIES, TunedLens, fit
from replication.measures.written import Part, Writing, written
from replication.models.cache import cache_folder, disk_faults, say
from replication.models.language_model import LanguageModel

FORMAT = 2
"""Of the file and of the way of fitting: to be raised where either changes."""
STARTS = (
    *("The", "A", "In", "When", "She", "He", "1.", "There", "It", "We", "I", "def", "#", "On"),
    *("This", "What", "For", "By", "New", "Most", "One", "If", "from", "As", "To", "After", "My"),
    *("All", "They", "You", "How", "Many"),
)
LENGTH = 128
"""Tokens of a text, or fewer where the model reads no more."""
PER_DIMENSION = 12
"""Tokens for each dimension of the hidden state, which is also how many numbers each dimension of
the output is fitted with."""
PER_DIMENSION_OF_CONTROL = 3


@dataclass(frozen=True)
class Settings:
    """How a tuned lens is fitted."""

    part: Part
    writing: Writing
    penalties: tuple[float, ...] = PENALTIES
    choosing: int = CHOOSING

    @property
    def tokens(self) -> int:
        """How many are read."""
        return len(self.writing.starts) * self.writing.length


def settings_of(model: LanguageModel, part: Part = "feed-forward") -> Settings:
    """As many tokens as the width of the model asks for; a null gets fewer."""
    each = PER_DIMENSION if not model.is_null else PER_DIMENSION_OF_CONTROL
    length = min(LENGTH, model.network.config.max_position_embeddings)
    texts = max(CHOOSING, -(-each * model.entry.width // length))
    return Settings(part, Writing.of(STARTS, texts, length, seed=0))


_HELD: WeakKeyDictionary[nn.Module, dict[Part, TunedLens]] = WeakKeyDictionary()
"""Of the networks in memory."""


def lens_of(model: LanguageModel, part: Part = "feed-forward", *, again: bool = False) -> TunedLens:
    """The tuned lens of a model, for states at the end of its blocks or after their attention.

    From memory, from its file, or else (or ``again``) fitted and kept. A file that is damaged is
    fitted anew. ``WeightsError`` where the cache cannot be written; ``ModelError`` where the model
    gives states that are not finite.
    """
    held = _HELD.setdefault(model.network, {})
    if again or part not in held:
        settings = settings_of(model, part)
        path = path_of(model, settings)
        lens = (None if again else _kept(path)) or _fitted(model, settings, path)
        held[part] = lens.to(model.device)
    return held[part]


def share(model: LanguageModel, copy: LanguageModel) -> None:
    """Have a copy of a model, in another precision, read through the lens of the model."""
    _HELD[copy.network] = {"feed-forward": lens_of(model)}


def path_of(model: LanguageModel, settings: Settings) -> Path:
    """The file that keeps a lens."""
    content = [FORMAT, model.name, weights_hash(model.network), asdict(settings)]
    if model.device.type != "cpu":  # a lens fitted elsewhere has other last digits
        content.append(model.device.type)
    key = hashlib.sha256(json.dumps(content).encode()).hexdigest()
    return cache_folder() / "lenses" / f"{model.name}-{key[:16]}.safetensors"


def weights_hash(network: Any) -> str:
    """The sha256 of a network's weights by name, in whatever form they are kept."""
    return _hash_of(network.state_dict())


def _hash_of(tensors: dict[str, Tensor]) -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        bits = tensor.detach().cpu().contiguous().flatten().view(torch.uint8)
        digest.update(bits.numpy().data)
    return digest.hexdigest()


def _fitted(model: LanguageModel, settings: Settings, path: Path) -> TunedLens:
    say(
        f"{model.name}: fitting a tuned lens on {settings.tokens:,} tokens that it wrote itself "
        f"({settings.part} states; this is done once)"
    )
    begun = time.monotonic()
    lens = fit(written(model, settings.writing, settings.part))
    keep(lens, path)
    say(f"{model.name}: fitted in {time.monotonic() - begun:.0f} s, kept as {path}")
    return lens


def keep(lens: TunedLens, path: Path) -> None:
    """Write a lens to a file that appears whole or not at all."""
    from safetensors.torch import save_file

    tensors = dict(vars(lens))
    with disk_faults(sum(tensor.nbytes for tensor in tensors.values())), whole(path) as unfinished:
        save_file(tensors, unfinished, {"sha256": _hash_of(tensors)})


def _kept(path: Path) -> TunedLens | None:
    """The lens of a file, if there is one and it is what was written."""
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        return None
    with suppress(SafetensorError, OSError, TypeError), safe_open(path, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        if (file.metadata() or {}).get("sha256") == _hash_of(tensors):
            return TunedLens(**tensors)
    say(f"{path} is damaged: fitting the tuned lens again")
    return None
