"""Loading a model of the table, and the checks at the door."""

import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from replication.models import registry, weights
from replication.models.architectures import ARCHITECTURES
from replication.models.errors import ModelError
from replication.models.hooks import hidden_state, hooked
from replication.models.language_model import LanguageModel
from replication.models.registry import ModelEntry

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_HARMLESS = re.compile(r"\.attn\.(masked_)?bias$")
"""Old files of GPT-2 hold the mask of its attention as if it were a weight."""
_END_OF_TEXT = "<|endoftext|>"
"""The one token of GPT-2's vocabulary that is no piece of text."""


def load(name: str) -> LanguageModel:
    """A model of the table, or an untrained control of one, ready to be recorded.

    Weights are float32 on the CPU. Raises ``ValueError`` for a name that is not in the table,
    ``weights.WeightsError`` where the model was not fetched, and ``ModelError`` where the network
    is not what the table says.
    """
    entry, seed = registry.find(name)
    folder = weights.folder(entry)
    network = _build(entry, str(folder), seed)
    model = LanguageModel(name, weights.resolved(entry), seed, network, read_tokenizer(folder))
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


def _build(entry: ModelEntry, folder: str, seed: int | None) -> nn.Module:
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()  # what it would report of the weights is checked here
    module, _, name = ARCHITECTURES[entry.architecture].language_model.partition(":")
    language_model = getattr(import_module(module), name)
    config = language_model.config_class.from_pretrained(folder, local_files_only=True)
    if config.model_type != entry.architecture:
        raise ModelError(
            f"{entry.name}: the weights' configuration says {config.model_type!r}, "
            f"expected {entry.architecture!r}"
        )
    # Eager attention everywhere: recording attention then changes no number.
    config._attn_implementation = "eager"
    try:
        network = _network(language_model, config, folder, seed)
    except ModelError as error:
        raise ModelError(f"{entry.name}: {error}") from error
    except Exception as error:  # transformers and safetensors each raise their own
        raise ModelError(
            f"{entry.name}: what is in {folder} cannot be read ({_told(error)})"
        ) from error
    return network.eval().requires_grad_(False)


def _network(language_model: Any, config: Any, folder: str, seed: int | None) -> Any:
    """The network with the folder's weights, or without any for an untrained control."""
    if seed is not None:
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            return language_model(config)
    network, read = language_model.from_pretrained(
        folder,
        config=config,
        dtype=torch.float32,
        use_safetensors=True,
        local_files_only=True,
        trust_remote_code=False,
        ignore_mismatched_sizes=True,  # to be named below, and refused
        output_loading_info=True,
    )
    _refuse_other_weights(read)
    return network


def _refuse_other_weights(read: dict[str, Any]) -> None:
    """Raise ``ModelError`` unless each weight of the network was read, and nothing was left over.

    transformers gives random values to a weight that is missing or has another shape.
    """
    if wrong := sorted(read["mismatched_keys"]):
        name, found, expected = wrong[0]
        raise ModelError(
            f"its weights have {name} of shape {tuple(found)}, and its configuration asks for "
            f"{tuple(expected)}{_more(wrong)}: they do not belong together"
        )
    if missing := sorted(read["missing_keys"]):
        raise ModelError(f"its weights lack {missing[0]}{_more(missing)}: they are not whole")
    if other := sorted(name for name in read["unexpected_keys"] if not _HARMLESS.search(name)):
        raise ModelError(
            f"its weights hold {other[0]}{_more(other)}, for which the network has no place: "
            "they are of another one"
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
        own = model.network(torch.tensor([[3, 1, 4, 1, 5]])).logits
        ours = model.final_norm(states[0]) @ model.unembedding.T
    worst = (ours - own).abs().max().item()
    if not worst <= 1e-3 * own.abs().max().item():
        raise ModelError(
            f"{model.name}: the final norm and the unembedding do not give the model's own logits "
            f"(they differ by up to {worst:.3g}): correct its architecture's entry"
        )
