"""The clean and the corrupted run of a pair of prompts, and all that patching takes of them."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from replication.models.errors import ModelError, SeveralTokens
from replication.models.hooks import hidden_state, hooked
from replication.models.language_model import LanguageModel
from replication.results.patching import SITES, Pair, Site

if TYPE_CHECKING:
    from transformers.cache_utils import DynamicCache

SMALLEST_GAP = 0.01
"""In logits: what the two prompts must differ by. The odds of the words then differ by 1 percent;
float32 rounding moves a logit difference by about 1e-5."""
CLEAN, CORRUPTED = 0, 1


class UnsuitedPair(ModelError):
    """A pair of prompts that a model cannot be asked about."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        """The same for all pairs that are left out for it."""


@dataclass(frozen=True)
class Runs:
    """The clean and the corrupted run of a model over a pair of prompts."""

    ids: tuple[list[int], list[int]]
    first: int
    """The first position where the prompts differ."""
    before: Float[Tensor, "layer run position width"]
    """The residual stream before each block."""
    outputs: dict[Site, Float[Tensor, "layer run position width"]]
    heads: Float[Tensor, "layer run position head slice"]
    """What each head returns, before the projection that makes attention's output of them."""
    keys_and_values: list[tuple[Tensor, Tensor]]
    """Of each layer, each (run, head, position, width of a head)."""
    direction: Float[Tensor, " width"]
    """The unembedding of the right word less that of the wrong one."""
    differences: tuple[float, float]
    """logit(right) - logit(wrong) after the clean and the corrupted prompt."""

    @property
    def gap(self) -> float:
        """The clean logit difference less the corrupted one, of which effects are shares."""
        return self.differences[CLEAN] - self.differences[CORRUPTED]

    def turned(self) -> "Runs":
        """The same runs with their parts changed over: what of the clean run was put into the
        corrupted one is now of the corrupted run, put into the clean one. The gap stays.
        """
        clean, corrupted = self.differences
        return replace(
            self,
            ids=self.ids[::-1],
            before=self.before.flip(1),
            outputs={site: kept.flip(1) for site, kept in self.outputs.items()},
            heads=self.heads.flip(1),
            keys_and_values=[(keys.flip(0), kept.flip(0)) for keys, kept in self.keys_and_values],
            direction=-self.direction,
            differences=(-corrupted, -clean),
        )


def read(model: LanguageModel, pair: Pair) -> Runs:
    """Read both prompts of a pair.

    ``UnsuitedPair``, a ``ModelError``, where a word is several tokens, the prompts differ in their
    number of tokens or not at all, or the clean one does not raise the logit difference by
    ``SMALLEST_GAP``. The model need not prefer the right word after it. ``ModelError`` where the
    prompts are empty or longer than the model can read.
    """
    direction, ids = _direction(model, pair), _prompts(model, pair)
    seen: dict[Site, dict[int, Tensor]] = {site: {} for site in SITES}
    filled = cache(())
    entered: list[Tensor] = []
    heads: dict[int, Tensor] = {}
    with torch.inference_mode(), ExitStack() as stack:
        stack.enter_context(
            model.blocks[0].register_forward_pre_hook(lambda _, given: entered.append(given[0]))
        )
        for site in SITES:
            stack.enter_context(hooked(modules(model, site), keeper(seen[site])))
        stack.enter_context(hooked(projections(model), keeper(heads), before=True))
        model.network.base_model(model.tensor(ids), past_key_values=filled, use_cache=True)
    outputs = {site: torch.stack([seen[site][k] for k in sorted(seen[site])]) for site in SITES}
    after = outputs["residual"]
    clean, corrupted = (difference(model, state, direction) for state in after[-1, :, -1])
    if not clean - corrupted >= SMALLEST_GAP:
        raise UnsuitedPair(
            "the clean prompt does not raise the right word",
            f"{model.name}: logit({pair.right!r}) - logit({pair.wrong!r}) is {clean:.3g} after "
            f"{pair.clean!r} and {corrupted:.3g} after {pair.corrupted!r}: the first must be the "
            f"greater by at least {SMALLEST_GAP}, for effects are shares of what lies between",
        )
    return Runs(
        ids=ids,
        first=next(place for place, (a, b) in enumerate(zip(*ids, strict=True)) if a != b),
        before=torch.cat([entered[0][None], after[:-1]]),
        outputs=outputs,
        heads=by_head(model, torch.stack([heads[layer] for layer in sorted(heads)])),
        keys_and_values=[(layer.keys, layer.values) for layer in filled.layers],
        direction=direction,
        differences=(clean, corrupted),
    )


def _direction(model: LanguageModel, pair: Pair) -> Float[Tensor, " width"]:
    try:
        right, wrong = model.single_token(pair.right), model.single_token(pair.wrong)
    except SeveralTokens as error:
        raise UnsuitedPair("a word is several tokens", str(error)) from error
    return model.unembedding[right].double() - model.unembedding[wrong].double()


def _prompts(model: LanguageModel, pair: Pair) -> tuple[list[int], list[int]]:
    clean, corrupted = (model.encode(text, start=True) for text in (pair.clean, pair.corrupted))
    limit = model.network.config.max_position_embeddings
    if len(clean) != len(corrupted):
        raise UnsuitedPair(
            "the prompts differ in their number of tokens",
            f"{model.name} cuts the prompts of a pair into {len(clean)} tokens "
            f"{model.texts(clean)} and {len(corrupted)} {model.texts(corrupted)}: "
            f"give two with the same number, so that each position has a partner",
        )
    if clean == corrupted:
        raise UnsuitedPair(
            "the prompts do not differ",
            f"both prompts are {pair.clean!r}: give two that differ in at least one token",
        )
    if len(clean) > limit:
        raise ModelError(f"{len(clean)} tokens given: {model.name} reads up to {limit} at once")
    return clean, corrupted


def difference(
    model: LanguageModel, state: Float[Tensor, " width"], direction: Float[Tensor, " width"]
) -> float:
    """logit(right) - logit(wrong) for one state by itself, so that equal states agree exactly."""
    with torch.inference_mode():
        return float(model.final_norm(state).double() @ direction)


def modules(model: LanguageModel, site: Site) -> list[nn.Module]:
    """What returns a site's activations, by layer."""
    if site == "residual":
        return model.blocks
    names = {"attention": "attention", "feed-forward": "feed_forward"}
    path = getattr(model.architecture, names[site])
    return [block.get_submodule(path) for block in model.blocks]


def projections(model: LanguageModel) -> list[nn.Module]:
    """What makes attention's output of what the heads return, by layer."""
    return [block.get_submodule(model.architecture.heads) for block in model.blocks]


def by_head(
    model: LanguageModel, returned: Float[Tensor, "*rest width"]
) -> Float[Tensor, "*rest head slice"]:
    """What the heads return, which lies side by side, as a view with an axis for them."""
    return returned.unflatten(-1, (model.network.config.num_attention_heads, -1))


def keeper(kept: dict[int, Tensor]) -> Callable[[int, Any], None]:
    """What keeps what is seen of each layer when given to ``hooked``."""
    return lambda layer, output: kept.update({layer: hidden_state(output)})


def cache(kept: Iterable[Sequence[Tensor]]) -> "DynamicCache":
    """Keys and values by layer. Without a network's configuration, all positions are kept."""
    from transformers.cache_utils import DynamicCache

    return DynamicCache(kept)
