"""GPT-2 as the articles had it: the four published shapes, read by a second route.

Shapes and parameters are checked in full on the meta device, which holds no weights. Networks that
run are random: the two smaller shapes in full, the two larger ones in full depth and narrow.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import tiny
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from transformers.models.gpt2.configuration_gpt2 import GPT2Config
from transformers.models.gpt2.modeling_gpt2 import GPT2LMHeadModel

from replication.articles import experiments
from replication.base.norms import NORMS, Norm
from replication.measures import lens
from replication.measures.projection import LOGITS, project
from replication.measures.record import Recording, record_ids
from replication.models.hooks import hooked
from replication.models.language_model import LanguageModel
from replication.models.loading import check, shape_only
from replication.models.nulls import Null
from replication.models.registry import MODELS

PARAMETERS = {
    "distilgpt2": 81_912_576,
    "gpt2": 124_439_808,
    "gpt2-large": 774_030_080,
    "gpt2-xl": 1_557_611_200,
}
"""As the models' own pages and configurations give them."""
RUN = {"distilgpt2": 768, "gpt2": 768, "gpt2-large": 128, "gpt2-xl": 128}
"""The width with which each depth is run."""
IDS = [3, 1, 4, 1, 5, 1, 1]
HEAD = 64  # the width of one head in every GPT-2


@cache
def shape(name: str) -> Any:
    """The network of a published shape in full, without weights."""
    return shape_only(MODELS[name])


@cache
def model(name: str) -> LanguageModel:
    """A random network of a published depth; its norms and biases are random too."""
    entry = replace(MODELS[name], width=RUN[name])
    with torch.device("meta"):
        config = GPT2Config(n_layer=entry.layers, n_embd=entry.width, n_head=entry.width // HEAD)
        config._attn_implementation = "eager"
        network: Any = GPT2LMHeadModel(config)
    network = network.to_empty(device="cpu")
    network.tie_weights()
    generator = torch.Generator().manual_seed(0)
    for parameter in network.parameters():
        # Small enough for 48 layers of sums, large enough that the norms and positions matter.
        nn.init.uniform_(parameter, -0.05, 0.05, generator=generator)
    for block in network.transformer.h:
        for norm in (block.ln_1, block.ln_2):
            nn.init.uniform_(norm.weight, 0.5, 1.5, generator=generator)
    nn.init.uniform_(network.transformer.ln_f.weight, 0.5, 1.5, generator=generator)
    network.eval().requires_grad_(False)
    return LanguageModel(name, entry, Null("untrained", 0), network, tiny.tokenizer())


def by_hand(model: LanguageModel, ids: list[int], first_position: int = 0) -> Iterator[Tensor]:
    """The state after each block, by the paper's formulas (Radford et al. 2019) and no module."""
    weights = model.network.state_dict()

    def linear(states: Tensor, at: str) -> Tensor:
        return states @ weights[f"{at}.weight"] + weights[f"{at}.bias"]

    def norm(states: Tensor, at: str) -> Tensor:
        around = states - states.mean(-1, keepdim=True)
        scaled = around / (around.pow(2).mean(-1, keepdim=True) + 1e-5).sqrt()
        return scaled * weights[f"{at}.weight"] + weights[f"{at}.bias"]

    def attention(states: Tensor, at: str) -> Tensor:
        parts = linear(states, f"{at}.c_attn").chunk(3, dim=-1)
        query, key, value = (part.unflatten(-1, (-1, HEAD)).transpose(0, 1) for part in parts)
        ahead = torch.ones(len(states), len(states), dtype=torch.bool).triu(1)
        scores = (query @ key.mT / HEAD**0.5).masked_fill(ahead, -torch.inf)
        return linear((scores.softmax(-1) @ value).transpose(0, 1).flatten(1), f"{at}.c_proj")

    def gelu(x: Tensor) -> Tensor:
        return 0.5 * x * (1 + torch.tanh((2 / torch.pi) ** 0.5 * (x + 0.044715 * x**3)))

    positions = torch.arange(first_position, first_position + len(ids))
    states = weights["transformer.wte.weight"][ids] + weights["transformer.wpe.weight"][positions]
    for layer in range(model.entry.layers):
        at = f"transformer.h.{layer}"
        states = states + attention(norm(states, f"{at}.ln_1"), f"{at}.attn")
        inner = gelu(linear(norm(states, f"{at}.ln_2"), f"{at}.mlp.c_fc"))
        states = states + linear(inner, f"{at}.mlp.c_proj")
        yield states


def close(one: Tensor, other: Tensor) -> bool:
    """Whether two are the same up to float sums."""
    return bool((one - other).abs().max() <= 1e-4 * other.abs().max())


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_tables_shape_has_the_published_number_of_parameters(name: str) -> None:
    network, entry = shape(name), MODELS[name]
    assert sum(parameter.numel() for parameter in network.parameters()) == PARAMETERS[name]
    assert all(parameter.is_meta for parameter in network.parameters())
    config = network.config
    assert (config.n_layer, config.n_embd, config.vocab_size) == (
        entry.layers, entry.width, entry.vocabulary,
    )  # fmt: skip
    assert (config.n_head, config.n_positions) == (entry.width // HEAD, 1024)
    assert network.lm_head.weight is network.transformer.wte.weight
    assert network.lm_head.bias is None


def test_dialogpt_is_gpt2_large_by_its_shape() -> None:
    shape = [(MODELS[name].layers, MODELS[name].width) for name in ("dialogpt-large", "gpt2-large")]
    assert shape == [(36, 1280)] * 2


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_block_of_the_full_shape_gives_a_state_of_its_width(name: str) -> None:
    network = shape(name)
    seen: list[torch.Size] = []
    states = torch.zeros(1, 5, MODELS[name].width, device="meta")
    with hooked(list(network.transformer.h), lambda _, output: seen.append(_state(output).shape)):
        for block in network.transformer.h:
            states = _state(block(states))
        logits = network.lm_head(network.transformer.ln_f(states))
    assert seen == [(1, 5, MODELS[name].width)] * MODELS[name].layers
    assert logits.shape == (1, 5, experiments.GPT2_VOCABULARY)


def _state(output: Any) -> Tensor:
    return output[0] if isinstance(output, tuple) else output


@pytest.mark.parametrize("id", ["ranks_eu_distilgpt2", "ranks_eu_gpt2", "ranks_eu_gpt2xl"])
def test_a_row_of_a_published_figure_is_a_block_of_its_model(id: str) -> None:
    data, name = experiments.published_figure(id), experiments.experiment(id).paper_model
    assert data.layers == list(range(MODELS[str(name)].layers))


@pytest.mark.parametrize("name", RUN)
def test_layer_k_is_the_output_of_block_k_with_positions_from_0(name: str) -> None:
    states = record_ids(model(name), IDS).states
    assert states.shape == (MODELS[name].layers, len(IDS), RUN[name])
    for layer, expected in enumerate(by_hand(model(name), IDS)):
        assert close(states[layer], expected), layer


@pytest.mark.parametrize("name", RUN)
def test_the_same_token_at_another_position_has_another_state(name: str) -> None:
    states = record_ids(model(name), IDS).states
    shifted = list(by_hand(model(name), IDS, first_position=1))
    assert not any(close(found, expected) for found, expected in zip(states, shifted, strict=True))


@pytest.mark.parametrize("name", RUN)
def test_the_final_norm_is_before_the_tied_head_and_nowhere_else(name: str) -> None:
    """The checks at the door, on every depth; transformers' last state is after the norm."""
    check(model(name))
    ours, network = model(name), model(name).network
    assert ours.unembedding.data_ptr() == network.transformer.wte.weight.data_ptr()
    recording = record_ids(ours, IDS)
    states = recording.states
    output = network(torch.tensor([IDS]), output_hidden_states=True, use_cache=False)
    theirs = torch.cat(output.hidden_states[1:])  # without the embeddings
    assert torch.equal(states[:-1], theirs[:-1])
    assert not close(states[-1], theirs[-1])
    for norm in NORMS:
        assert close(lens.readable_states(ours, recording, norm)[-1], theirs[-1])
    assert torch.equal(lens.readable_states(ours, recording, "none")[:-1], states[:-1])
    assert close(ours.final_norm(states[-1]) @ ours.unembedding.T, output.logits[0])


class Largest(TorchDispatchMode):
    """The size of the largest tensor that anything makes, views of what was there left out."""

    def __init__(self, *there: Tensor) -> None:
        super().__init__()
        self._there = {tensor.untyped_storage().data_ptr() for tensor in there}
        self.numbers = 0

    def __torch_dispatch__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        output = function(*args, **(kwargs or {}))
        for made in tree_leaves(output):
            if isinstance(made, Tensor) and made.untyped_storage().data_ptr() not in self._there:
                self.numbers = max(self.numbers, made.numel())
        return output


@pytest.fixture(scope="module")
def long_text() -> Recording:
    """As many tokens as the largest published figure has, on the deepest network."""
    return record_ids(model("gpt2-xl"), [k % 300 for k in range(53)], 23)


@pytest.mark.parametrize("norm", NORMS)
def test_the_lens_never_holds_layer_by_position_by_vocabulary(
    long_text: Recording, norm: Norm
) -> None:
    deep = model("gpt2-xl")
    rows = 48 * 30
    most = 2 * LOGITS  # logits, and as much room to work in
    with Largest(deep.unembedding, long_text.states) as largest:
        grid = lens.continuation_ranks(deep, long_text, norm)
    assert grid.ranks.shape == (48, 30)
    assert LOGITS / 2 < largest.numbers <= most < rows * experiments.GPT2_VOCABULARY / 8
    with Largest(deep.unembedding) as largest:
        project(long_text.states, deep.unembedding, best=10, entropy=True, divergence=True)
    assert largest.numbers <= most


def test_the_size_of_a_whole_product_would_be_seen(long_text: Recording) -> None:
    """That the test before this one can fail."""
    unembedding: Tensor = model("gpt2-xl").unembedding
    with Largest(unembedding) as largest:
        _ = long_text.states[:2] @ unembedding.T
    assert largest.numbers == 2 * 53 * experiments.GPT2_VOCABULARY
