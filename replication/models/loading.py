"""Loading a model of the table, and the checks at the door."""

import json
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from replication.base import devices
from replication.models import registry, weights
from replication.models.architectures import ARCHITECTURES
from replication.models.cache import CONFIG, WEIGHTS
from replication.models.errors import ModelError
from replication.models.hooks import hidden_state, hooked
from replication.models.language_model import LanguageModel
from replication.models.null_networks import made
from replication.models.nulls import WITHOUT_NETWORK, Null
from replication.models.registry import ModelEntry

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_HARMLESS = re.compile(r"\.attn\.(masked_)?bias$")
"""Old files of GPT-2 hold the mask of its attention as if it were a weight."""
_END_OF_TEXT = "<|endoftext|>"
"""The one token of GPT-2's vocabulary that is no piece of text."""


def load(name: str, device: str | None = None) -> LanguageModel:
    """A model of the table, or a null of one that is a network, ready to be recorded.

    Weights are float32, on the device that is named or else set (``replication.base.devices``).
    Nothing is read but files that were hashed just before. Raises ``ValueError`` for a name that is
    not in the table and for a device that is not here, ``WeightsError`` where the model was not
    fetched or its files have changed, and ``ModelError`` where the network is not what the table
    says, or the name is that of a baseline without one.
    """
    entry, null = registry.find(name)
    device = devices.checked(device) if device else devices.chosen()
    if null and null.kind in WITHOUT_NETWORK:
        raise ModelError(f"{name} is no network: ask it as a subject, or choose another null")
    weights.folder(entry)  # what is not here is told before anything slow
    trained = null is None or null.kind != "untrained"
    with ThreadPoolExecutor(1) as beside:
        hashed = beside.submit(weights.verify, entry, trained=trained)
        _language_model(entry)  # a second or two, in which the other thread can hash
    folder = hashed.result()
    # What is drawn at random is drawn before: the same network comes out on any device.
    network = _build(entry, folder, null).to(device)
    # No TensorFloat-32 on a GPU, whose 10 bits are too few for ranks.
    torch.set_float32_matmul_precision("highest")
    model = LanguageModel(name, weights.resolved(entry), null, network, read_tokenizer(folder))
    check(model)
    return model


def read_tokenizer(folder: Path) -> "Tokenizer":
    """The tokenizer of a model's folder; from its vocabulary and merges, if it has only those.

    Raises ``ModelError`` for files that are no tokenizer.
    """
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    whole, vocabulary, merges = (
        folder / name for name in ("tokenizer.json", "vocab.json", "merges.txt")
    )
    try:
        if whole.exists():
            return Tokenizer.from_file(str(whole))
        tokenizer = Tokenizer(models.BPE.from_file(str(vocabulary), str(merges)))
    except Exception as error:  # the library raises no narrower one
        raise ModelError(f"the tokenizer in {folder} cannot be read ({_told(error)})") from error
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    if tokenizer.token_to_id(_END_OF_TEXT) is not None:
        tokenizer.add_special_tokens([AddedToken(_END_OF_TEXT, special=True)])
    return tokenizer


def _language_model(entry: ModelEntry) -> Any:
    """The class of the network, imported from its own module."""
    module, _, name = ARCHITECTURES[entry.architecture].language_model.partition(":")
    return getattr(import_module(module), name)


def _build(entry: ModelEntry, folder: Path, null: Null | None) -> nn.Module:
    """The network with the folder's weights, less what a null takes away."""
    language_model = _language_model(entry)
    try:
        # No `from_pretrained`: it reads what else is in the folder, and what the files point to.
        config = language_model.config_class.from_dict(json.loads((folder / CONFIG).read_text()))
        # Eager attention everywhere: recording attention then changes no number.
        config._attn_implementation = "eager"
        if null and null.kind == "untrained":
            network = _untrained(language_model, config, null)
        else:
            network = _trained(language_model, config, folder / WEIGHTS)
        if null and null.kind != "untrained":
            fresh = partial(_untrained, language_model, config, null)
            network = made(null, network, fresh, start=bool(entry.start_token))
    except ModelError as error:
        raise ModelError(f"{entry.name}: {error}") from error
    except Exception as error:  # transformers and safetensors each raise their own
        raise ModelError(
            f"{entry.name}: what is in {folder} cannot be read ({_told(error)})"
        ) from error
    return network.eval().requires_grad_(False)


def _untrained(language_model: Any, config: Any, null: Null) -> Any:
    """A network as the library initializes it before any training, by the null's seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(null.seed or 0)
        return language_model(config)


def _trained(language_model: Any, config: Any, path: Path) -> Any:
    """A network with the weights of a file, mapped into memory where they are float32."""
    from safetensors.torch import load_file
    from transformers.initialization import no_init_weights

    with no_init_weights():
        network = language_model(config)
    places, prefix = network.state_dict(), f"{network.base_model_prefix}."
    read = {
        prefix + name if prefix + name in places else name: value
        for name, value in load_file(path).items()
        if not _HARMLESS.search(name)
    }
    tied = network.all_tied_weights_keys
    _refuse_other_weights(places, read, tied)
    network.load_state_dict(
        {name: value.float() for name, value in read.items() if name not in tied},
        strict=False,
        assign=True,
    )
    network.tie_weights()
    return network


def _refuse_other_weights(
    places: Mapping[str, Tensor], read: Mapping[str, Tensor], tied: Mapping[str, str]
) -> None:
    """Raise ``ModelError`` unless each weight of the network was read, and nothing is left over.

    A tied weight need not be in the file; if it is, it must be the one that it is tied to.
    """
    if missing := sorted(places.keys() - read.keys() - tied.keys()):
        raise ModelError(f"its weights lack {missing[0]}{_more(missing)}: they are not whole")
    other = sorted(
        name
        for name, value in read.items()
        if name not in places or (name in tied and not torch.equal(value, read[tied[name]]))
    )
    if other:
        raise ModelError(
            f"its weights hold {other[0]}{_more(other)}, for which the network has no place: "
            "they are of another one"
        )
    if wrong := sorted(name for name in read if read[name].shape != places[name].shape):
        found, expected = (tuple(of[wrong[0]].shape) for of in (read, places))
        raise ModelError(
            f"its weights have {wrong[0]} of shape {found}, and its configuration asks for "
            f"{expected}{_more(wrong)}: they do not belong together"
        )


def _more(names: list[Any]) -> str:
    return f" (and {len(names) - 1} more are so)" if names[1:] else ""


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]


def shape_only(entry: ModelEntry) -> nn.Module:
    """A GPT-2 network of the table without any weights, to count its parameters.

    ``ModelError`` for other architectures: the table does not hold all that their shape needs.
    """
    from transformers.models.gpt2.configuration_gpt2 import GPT2Config
    from transformers.models.gpt2.modeling_gpt2 import GPT2LMHeadModel

    if entry.architecture != "gpt2":
        raise ModelError(
            f"{entry.name} is {entry.architecture}: only gpt2 has its shape in the table"
        )
    heads = entry.width // 64
    with torch.device("meta"):
        return GPT2LMHeadModel(GPT2Config(n_layer=entry.layers, n_embd=entry.width, n_head=heads))


def check(model: LanguageModel) -> None:
    """Refuse a network that the rest of the package would misread.

    The shapes must be the table's, and the last block's hidden state, through the final norm and
    the unembedding, must give the model's own logits: if it does not, the head has a bias or a
    scale that the lens leaves out, or the norm is not where the table says.
    """
    found = (len(model.blocks), model.unembedding.shape[1], model.unembedding.shape[0])
    expected = (model.entry.layers, model.entry.width, model.entry.vocabulary)
    if found != expected:
        raise ModelError(
            f"{model.name}: found layers, width, vocabulary {found}, expected {expected}"
        )
    states: list[Tensor] = []
    with (
        torch.inference_mode(),
        hooked(model.blocks[-1:], lambda _, output: states.append(hidden_state(output))),
    ):
        own = model.network(model.tensor([[3, 1, 4, 1, 5]])).logits
        ours = model.final_norm(states[0]) @ model.unembedding.T
    worst = (ours - own).abs().max().item()
    if not worst <= 1e-3 * own.abs().max().item():
        raise ModelError(
            f"{model.name}: the final norm and the unembedding do not give the model's own logits "
            f"(they differ by up to {worst:.3g}): correct its architecture's entry"
        )
