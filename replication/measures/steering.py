"""Steering: a vector is added to a hidden state, and the text goes on otherwise.

The vector is the difference of the last states of two prompts, after the block to whose output it
is added. It is of another noun than the prompt that is steered: a prompt's own difference would put
the other prompt's state in its place, which is patching (``patched_runs``).

Sources: Subramani et al. 2022, "Extracting Latent Steering Vectors from Pretrained Language
Models"; Turner et al. 2023, "Activation Addition: Steering Language Models Without Optimization".
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from replication.measures.many_texts import last_states
from replication.measures.pair_runs import cache, keeper
from replication.models.errors import ModelError, SeveralTokens
from replication.models.hooks import hooked
from replication.models.language_model import LanguageModel
from replication.results.patching import Pair
from replication.results.steering import VECTORS, Steering

States = Float[Tensor, "pair layer width"]


def steering(model: LanguageModel, pairs: Sequence[Pair], seed: int = 0) -> Steering:
    """Steer the corrupted prompt of every pair towards its right word, at every layer.

    Pairs with a word of several tokens, and those whose corrupted prompt has the right word first,
    are left out and counted. ``ModelError`` where the rest are of fewer than three nouns, since a
    pair takes its vectors from two others.
    """
    single, left_out = _of_single_tokens(model, pairs)
    texts = [model.encode(pair.corrupted, start=True) for pair in single]
    clean = last_states(model, [model.encode(pair.clean, start=True) for pair in single])
    corrupted = last_states(model, texts)
    directions = _directions(model, single)
    plain = _leads(model, corrupted[:, -1], directions)
    turned = plain < 0
    left_out["the right word is first already"] = int((~turned).sum())
    kept = [pair for pair, keep in zip(single, turned.tolist(), strict=True) if keep]
    if len({pair.cluster for pair in kept}) < 3:
        raise ModelError(
            f"{model.name}: of {len(pairs)} pairs {len(kept)} are left ({dict(left_out)}): "
            "expected pairs of at least three nouns"
        )
    vectors = _vectors(kept, clean[turned], corrupted[turned], seed)
    ids = [text for text, keep in zip(texts, turned.tolist(), strict=True) if keep]
    ends = steered(model, ids, vectors)
    return Steering(
        leads=_leads(model, ends, directions[turned]).cpu().numpy(),
        plain=plain[turned].cpu().numpy(),
        pairs=tuple(kept),
        left_out={reason: count for reason, count in left_out.items() if count},
        provenance=model.provenance(f"{len(kept)} minimal pairs", None),
    )


def steered(
    model: LanguageModel,
    texts: Sequence[Sequence[int]],
    vectors: Float[Tensor, "vector layer text width"],
) -> Float[Tensor, "vector layer text width"]:
    """The last state of every text after a vector was added at its last position, to the output of
    one layer's block.

    A steered run is the plain one up to its layer, so it joins the batch after it.
    """
    ends = torch.empty_like(vectors)
    by_length: dict[int, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        by_length[len(text)].append(place)
    for places in by_length.values():
        ids = model.tensor([list(texts[place]) for place in places])
        ends[:, :, places] = _steered_alike(model, ids, vectors[:, :, places])
    return ends


def _steered_alike(
    model: LanguageModel, ids: Tensor, vectors: Float[Tensor, "vector layer text width"]
) -> Float[Tensor, "vector layer text width"]:
    """The same for texts of one length, of which all but the last tokens are read once."""
    kinds, layers, count, width = vectors.shape
    filled = cache(())
    entered: list[Tensor] = []
    found: dict[int, Tensor] = {}

    def begin(_module: Any, inputs: Any) -> Any:
        return entered[0][:, -1:], *inputs[1:]

    def join(layer: int) -> Callable[..., Any]:
        def hook(_module: Any, inputs: Any) -> Any:
            new = inputs[0][:count] + vectors[:, layer - 1, :, None]
            return torch.cat([inputs[0], new.flatten(0, 1)]), *inputs[1:]

        return hook

    with torch.inference_mode(), ExitStack() as stack:
        first = model.blocks[0]
        reading = first.register_forward_pre_hook(lambda _, inputs: entered.append(inputs[0]))
        model.network.base_model(ids, past_key_values=filled, use_cache=True)
        reading.remove()
        kept = [
            [part[:, :, :-1].repeat(1 + kinds * k, 1, 1, 1) for part in (read.keys, read.values)]
            for k, read in enumerate(filled.layers)
        ]
        stack.enter_context(first.register_forward_pre_hook(begin))
        for layer in range(1, layers):
            stack.enter_context(model.blocks[layer].register_forward_pre_hook(join(layer)))
        stack.enter_context(hooked(model.blocks[-1:], keeper(found)))
        # Of one row, so that its mask fits whatever number of rows there come to be.
        model.network.base_model(ids[:1, -1:], past_key_values=cache(kept), use_cache=True)
        plain, *joined = found[0][:, -1].split([count, *[kinds * count] * (layers - 1)])
        last = plain + vectors[:, -1]
    return torch.stack([*(rows.view(kinds, count, width) for rows in joined), last], dim=1)


def _of_single_tokens(
    model: LanguageModel, pairs: Sequence[Pair]
) -> tuple[list[Pair], Counter[str]]:
    kept: list[Pair] = []
    left_out: Counter[str] = Counter()
    for pair in pairs:
        try:
            model.single_token(pair.right), model.single_token(pair.wrong)
            kept.append(pair)
        except SeveralTokens:
            left_out["a word is several tokens"] += 1
    if not kept:
        raise ModelError(f"{model.name} cuts a word of each of {len(pairs)} pairs into tokens")
    return kept, left_out


def _directions(model: LanguageModel, pairs: Sequence[Pair]) -> Float[Tensor, "pair width"]:
    ids = [[model.single_token(word) for word in (pair.right, pair.wrong)] for pair in pairs]
    rows = model.unembedding[torch.tensor(ids)].double()
    return rows[:, 0] - rows[:, 1]


def _leads(
    model: LanguageModel,
    states: Float[Tensor, "*any pair width"],
    directions: Float[Tensor, "pair width"],
) -> Float[Tensor, "*any pair"]:
    with torch.inference_mode():
        return (model.final_norm(states).double() * directions).sum(-1)


def _vectors(
    pairs: Sequence[Pair], clean: States, corrupted: States, seed: int
) -> Float[Tensor, "vector layer pair width"]:
    """Of each pair the vectors of ``VECTORS``, from the next two nouns with the same right word."""
    one, two = torch.tensor([_next_two(pairs, place) for place in range(len(pairs))]).T
    number = clean[one] - corrupted[one]
    same = corrupted[one] - corrupted[two]
    noise = torch.randn(number.shape, generator=torch.Generator().manual_seed(seed))
    length = number.norm(dim=-1, keepdim=True)
    given = {"number": number, "same number": same, "random": noise.to(number.device)}
    alike = [given[name] * length / given[name].norm(dim=-1, keepdim=True) for name in VECTORS]
    return torch.stack(alike).transpose(1, 2)


def _next_two(pairs: Sequence[Pair], place: int) -> tuple[int, int]:
    """The next pairs of two other nouns, with the same right word where there are such."""
    count = len(pairs)
    after = [(place + step) % count for step in range(1, count)]
    after.sort(key=lambda other: pairs[other].right != pairs[place].right)
    nouns = {pairs[other].cluster: other for other in reversed(after)}
    nouns.pop(pairs[place].cluster, None)
    first, second = sorted(nouns.values(), key=after.index)[:2]
    return first, second
