"""The lens over template sets: every text read once, looked at where it ends.

Texts of equal length are read together; only the hidden states of the last position are kept.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from replication.articles.thresholds import NEAR_TOP
from replication.base.norms import NORMS, Norm
from replication.measures.depth import SYNTAX, first_layer
from replication.measures.lens import readable
from replication.measures.projection import project
from replication.measures.record import record
from replication.models.errors import ModelError, SeveralTokens
from replication.models.hooks import hidden_state, hooked
from replication.models.language_model import LanguageModel
from replication.results.roles import Role, roles_of
from replication.results.sets import ArrivalSet, ExpectedSet, Item, WatchedSet

CONTENT = (Role.WORD, Role.COUNTRY)
BATCH = 64
"""Texts read at once: more gain nothing, and hold more in memory."""


def last_states(
    model: LanguageModel, texts: Sequence[Sequence[int]]
) -> Float[Tensor, "text layer width"]:
    """The hidden state after every block, at the last position of every text, given as ids.

    ``ModelError`` for states that are not finite.
    """
    shape = len(texts), len(model.blocks), model.entry.width
    states = torch.empty(shape, device=model.device)
    for places in _batches(texts):

        def keep(layer: int, output: Any, places: list[int] = places) -> None:
            states[places, layer] = hidden_state(output)[:, -1]

        ids = model.tensor([list(texts[place]) for place in places])
        with torch.inference_mode(), hooked(model.blocks, keep):
            model.network(ids, use_cache=False, logits_to_keep=1)
    if not states.isfinite().all():
        raise ModelError(f"{model.name} gave hidden states that are not finite: check its weights")
    return states


Read = Callable[[LanguageModel, Sequence[Sequence[int]]], Tensor]
"""What gives the last hidden states of texts: ``last_states``, or whoever keeps them."""


def _batches(texts: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Places of texts of equal length, a batch at a time."""
    by_length: dict[int, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        by_length[len(text)].append(place)
    for places in by_length.values():
        for start in range(0, len(places), BATCH):
            yield places[start : start + BATCH]


def watched_lead(
    model: LanguageModel,
    items: Sequence[Item],
    norms: tuple[Norm, ...] = NORMS,
    read: Read = last_states,
) -> WatchedSet:
    """How far the first of two watched words is ahead of the second, for every item.

    ``read`` gives the last hidden states of texts, for those who have them already.

    ``SeveralTokens`` where no item has words of one token each.
    """
    kept, left_out = usable(items, lambda word: _is_single(model, word))
    if not kept:
        raise SeveralTokens(
            f"{model.name} cuts a watched word of each of {len(items)} items into several tokens, "
            f"such as {items[0].watched}: ask for words that are one token"
        )
    states = read(model, [model.encode(item.prompt, start=True) for item in kept])
    pairs = torch.tensor([[model.single_token(word) for word in item.watched] for item in kept])
    rows = model.unembedding[pairs]  # (item, word, width)
    readable = _under(norms, model, states)  # (norm, layer, item, width)
    lead = torch.einsum("nliw,iw->nil", readable, rows[:, 0] - rows[:, 1])
    return WatchedSet(
        lead=lead.double().cpu().numpy(),
        items=kept,
        left_out=left_out,
        cut_words=tuple(
            sorted({w for item in left_out for w in item.watched if not _is_single(model, w)})
        ),
        provenance=model.provenance("", None),
        norms=norms,
    )


def expected_tokens(
    model: LanguageModel,
    items: Sequence[Item],
    from_depth: float = 0.0,
    norms: tuple[Norm, ...] = NORMS,
    read: Read = last_states,
) -> ExpectedSet:
    """The last token of the first term that follows every item's prompt, after every layer
    at or beyond ``from_depth``.

    A term may begin with a token that is a mere space; the one judged is the term's last, after
    everything before it.
    """
    texts = [
        [*model.encode(item.prompt, start=True), *model.encode(_first_term(item))] for item in items
    ]
    first = first_layer(from_depth, model.entry.layers)
    every = _under(norms, model, read(model, [text[:-1] for text in texts]))
    targets = torch.tensor([text[-1] for text in texts])
    rows = every[:, first:].flatten(0, 1)  # (norm and layer, item, width)
    ids = targets[:, None].expand(len(rows), -1, -1)
    found = project(rows, model.unembedding, ranks_of=ids, log_probabilities_of=ids)
    shape = len(norms), -1, len(items)
    return ExpectedSet(
        ranks=found.ranks.reshape(shape).transpose(1, 2).numpy(),
        probabilities=found.log_probabilities.exp().reshape(shape).transpose(1, 2).numpy(),
        best_from=np.stack([stays_from(model, states, targets, within=1) for states in every]),
        items=tuple(items),
        provenance=model.provenance("", None),
        norms=norms,
    )


def _under(
    norms: tuple[Norm, ...], model: LanguageModel, states: Float[Tensor, "item layer width"]
) -> Float[Tensor, "norm layer item width"]:
    by_layer = states.transpose(0, 1)
    return torch.stack([readable(model, by_layer, norm) for norm in norms])


def _first_term(item: Item) -> str:
    """The first term of a pattern's continuation, for example `` 1`` of `` 1, 1, 1``."""
    # Without its space, for the separator may be one too.
    terms = item.continuation.removeprefix(" ")
    return " " + terms.split(item.conditions["separator"])[0]


def list_arrivals(
    model: LanguageModel, items: Sequence[Item], norms: tuple[Norm, ...] = NORMS
) -> ArrivalSet:
    """When the syntax and the content of numbered lists arrive, over their next two entries.

    ``ModelError`` where the tokenizer makes none of the one or of the other.
    """
    states: list[Float[Tensor, "layer token width"]] = []
    targets: list[int] = []
    cells: dict[tuple[int, int], list[int]] = defaultdict(list)  # places of a kind in an item
    for column, item in enumerate(items):
        lines = item.continuation.split("\n")
        recording = record(model, item.prompt, "\n".join(lines[:2]) + "\n")
        for place, role in enumerate(roles_of(recording.continuation), recording.prompt_length):
            if role in (*SYNTAX, *CONTENT):
                cells[int(role in CONTENT), column].append(len(targets))
                targets.append(recording.ids[place])
                states.append(recording.states[:, place - 1 : place].clone())
    if missing := {(kind, n) for kind in (0, 1) for n in range(len(items))} - cells.keys():
        kind, column = min(missing)
        raise ModelError(
            f"{model.name} makes no {('newline or period', 'listed word')[kind]} a token of "
            f"{items[column].id}: expected some of both"
        )
    together = torch.cat(states, dim=1)
    depths = np.empty((2, len(norms), len(items)))
    for row, norm in enumerate(norms):
        found = stays_from(model, readable(model, together, norm), torch.tensor(targets))
        for (kind, column), places in cells.items():
            depths[kind, row, column] = np.median(found[places])
    return ArrivalSet(
        syntax=depths[0],
        content=depths[1],
        items=tuple(items),
        provenance=model.provenance("", None),
        norms=norms,
    )


def stays_from(
    model: LanguageModel,
    states: Float[Tensor, "layer token width"],
    targets: Int[Tensor, " token"],
    within: int = NEAR_TOP,
) -> Float[np.ndarray, " token"]:
    """The depth from which on each token stays within the first few ranks, of states that are read
    to be so.

    As ``measures.depth.arrivals`` of all ranks, which are not needed: a layer is looked at only for
    the tokens that are within them in all layers after it.
    """
    layers = len(states)
    stays, near = torch.zeros(len(targets)), torch.arange(len(targets))
    for layer in reversed(range(layers)):
        here = states[layer, near][None]
        ranks = project(here, model.unembedding, ranks_of=targets[near][None, :, None]).ranks
        near = near[ranks[0, :, 0] <= within]
        if not len(near):
            break
        stays[near] += 1
    return ((layers - stays.double() + 1) / layers).numpy()


def usable(
    read: Iterable[Item], is_single_token: Callable[[str], bool]
) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """The items that count for a model, and those left out.

    A watched word is ranked as one token, so an item with a word that the model's tokenizer cuts
    into several is left out. Items with a continuation are all kept.
    """
    kept: list[Item] = []
    left_out: list[Item] = []
    for item in read:
        (kept if all(map(is_single_token, item.watched)) else left_out).append(item)
    return tuple(kept), tuple(left_out)


def _is_single(model: LanguageModel, word: str) -> bool:
    try:
        model.single_token(word)
    except SeveralTokens:
        return False
    return True
