"""Tiny random models of the real architectures, with a tokenizer made on the spot."""

from functools import cache

import pytest
import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
)

from replication.models import loading, registry
from replication.models.language_model import LanguageModel
from replication.models.registry import HubSource, ModelEntry

ARCHITECTURES = ("gpt2", "llama", "gemma3_text")
LAYERS, WIDTH, NEURONS = 4, 16, 24
TEXT = "The keys to the cabinet are here.\n1. Austria\n2. Belgium\n3. Bulgaria\n 1, 1, 1, man woman"


@cache
def tokenizer() -> Tokenizer:
    """A byte-level tokenizer with some merges, and a start token."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=[AddedToken("<bos>", special=True)],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator([TEXT] * 20, trainer)
    return made


def network(architecture: str, seed: int = 0) -> torch.nn.Module:
    """A random network. Its norms are random too, so that one left out or put twice shows."""
    shared = {"vocab_size": tokenizer().get_vocab_size(), "bos_token_id": 0, "eos_token_id": 0}
    gated = {
        **shared,
        "hidden_size": WIDTH,
        "intermediate_size": NEURONS,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "head_dim": 8,
        "max_position_embeddings": 128,
        "tie_word_embeddings": True,
        "pad_token_id": 0,
        "attn_implementation": "eager",
    }
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        made: torch.nn.Module
        if architecture == "gpt2":
            sizes = {"n_layer": LAYERS, "n_embd": WIDTH, "n_inner": NEURONS, "n_head": 2}
            made = GPT2LMHeadModel(
                GPT2Config(**shared, **sizes, n_positions=128, attn_implementation="eager")
            )
        elif architecture == "llama":
            made = LlamaForCausalLM(LlamaConfig(**gated))
        else:
            kinds = ["sliding_attention", "full_attention"] * (LAYERS // 2)
            made = Gemma3ForCausalLM(Gemma3TextConfig(**gated, sliding_window=8, layer_types=kinds))
        for parameter in made.parameters():
            torch.nn.init.normal_(parameter, std=0.5)
    return made.eval().requires_grad_(False)


def model(architecture: str, seed: int = 0) -> LanguageModel:
    """A tiny random model as the package sees one."""
    entry = ModelEntry(
        name=f"tiny-{architecture}",
        kind="paper",
        title=f"tiny random {architecture}",
        source=HubSource("nobody/tiny", "0", None),
        architecture=architecture,
        layers=LAYERS,
        width=WIDTH,
        vocabulary=tokenizer().get_vocab_size(),
        licence="CC0-1.0",
        start_token="<bos>" if architecture == "gemma3_text" else None,
    )
    return LanguageModel(entry.name, entry, None, network(architecture, seed), tokenizer())


def plant(monkeypatch: pytest.MonkeyPatch, made: LanguageModel) -> LanguageModel:
    """Put a model into the table of models, to be loaded by its name."""
    monkeypatch.setitem(registry.MODELS, made.name, made.entry)
    monkeypatch.setattr(loading, "load", lambda _name: made)
    return made
