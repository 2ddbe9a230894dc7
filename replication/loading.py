"""Loading a model of the table, and the checks at the door."""

from importlib import import_module

import torch
from torch import nn

from replication import registry, weights
from replication.lens import readable_states
from replication.models import ARCHITECTURES, LanguageModel, ModelError
from replication.record import record_ids
from replication.registry import ModelEntry


def load(name: str) -> LanguageModel:
    """A model of the table, or an untrained control of one, ready to be recorded.

    Weights are float32 on the CPU. Raises ``ValueError`` for a name that is not in the table,
    ``weights.WeightsError`` where the model was not fetched, and ``ModelError`` where the network
    is not what the table says.
    """
    from tokenizers import Tokenizer

    entry, seed = registry.find(name)
    folder = weights.folder(entry)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    network = _build(entry, str(folder), seed)
    model = LanguageModel(name, entry, seed, network, tokenizer)
    check(model)
    return model


def _build(entry: ModelEntry, folder: str, seed: int | None) -> nn.Module:
    from transformers.utils import logging

    logging.disable_progress_bar()
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
    if seed is None:
        network = language_model.from_pretrained(
            folder,
            config=config,
            dtype=torch.float32,
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
        )
    else:
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            network = language_model(config)
    return network.eval().requires_grad_(False)


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

    The shapes must be the table's, and the lens on the last layer must give the model's own
    logits: if it does not, the head has a bias or a scale that the lens leaves out, or the norm is
    not where the table says.
    """
    found = (len(model.blocks), model.unembedding.shape[1], model.unembedding.shape[0])
    expected = (model.entry.layers, model.entry.width, model.entry.vocabulary)
    if found != expected:
        raise ModelError(
            f"{model.name}: found layers, width, vocabulary {found}, expected {expected}"
        )
    ids = [3, 1, 4, 1, 5]
    states = readable_states(model, record_ids(model, ids), "final")[-1]
    ours = states @ model.unembedding.T
    own = model.network(torch.tensor([ids])).logits[0]
    worst = (ours - own).abs().max().item()
    if not worst <= 1e-3 * own.abs().max().item():
        raise ModelError(
            f"{model.name}: the final norm and the unembedding do not give the model's own logits "
            f"(they differ by up to {worst:.3g}): correct its architecture's entry"
        )
