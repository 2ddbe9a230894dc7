"""Input saliency: how much each token counts for each token that was generated after it.

*Gradient x input*, the article's method (Alammar 2020,
https://jalammar.github.io/explaining-transformers/): the gradient of the generated token's score
with respect to the embedding of every token before it, times that embedding; of the product the L2
norm over the width; the norms of all tokens divided by their sum.

*Integrated gradients* (Sundararajan, Taly and Yan 2017, "Axiomatic Attribution for Deep Networks")
use the mean gradient on the straight line from a baseline to the embeddings instead of the one
gradient, and are reduced to shares in the same way. The baseline is zero for every embedding;
position embeddings, where a network adds them, stay.

The score is the token's logit, as in the article, or its probability, as in later releases of the
article's software.

A start token is read by the network and takes a share like any other, but it is no word of the
text: its share is left out, and those of the tokens shown are divided by what they sum to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor

from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.results.saliency import Saliency

Score = Literal["logit", "probability"]
Method = Literal["gradient x input", "integrated gradients"]

GROUP = 8
"""Gradients taken at once, which bounds the memory; see ``benchmarks/works/saliency.py``."""
TOLERANCE = 0.05
"""How far integrated gradients may be from complete; Sundararajan, Taly and Yan advise the same."""


def gradient_x_input(
    model: LanguageModel, prompt: str, continuation: str, *, of: Score = "logit"
) -> Saliency:
    """Gradient x input for every token of a given continuation.

    Shares are (generated, position), without a unit; each row sums to 1. Prompt and continuation
    are cut into tokens separately, as in ``record``. ``ModelError`` where either is empty, the text
    is longer than the model reads, ``of`` is unknown or a score has no gradient.
    """
    before = model.encode(prompt, start=True)
    return gradient_x_input_ids(model, [*before, *model.encode(continuation)], len(before), of=of)


def gradient_x_input_ids(
    model: LanguageModel, ids: Sequence[int], prompt_length: int, *, of: Score = "logit"
) -> Saliency:
    """``gradient_x_input`` for token ids, of which the first ``prompt_length`` are the prompt.

    The model's start token, if it has one, is the first of them and counts for the prompt.
    """
    _check(model, ids, prompt_length, of)
    importance = torch.zeros(len(ids) - prompt_length, len(ids) - 1)
    for first in range(prompt_length, len(ids), GROUP):
        # A group is read no further than its last target needs.
        products = _gradients_x_inputs(model, ids[: first + GROUP], first, of)
        rows = slice(first - prompt_length, first - prompt_length + len(products))
        importance[rows, : products.shape[1]] = products.norm(dim=-1).cpu()
    return _saliency(model, ids, prompt_length, importance, "gradient x input", of)


def integrated_gradients(
    model: LanguageModel,
    prompt: str,
    continuation: str,
    *,
    of: Score = "logit",
    steps: int = 50,
    tolerance: float = TOLERANCE,
) -> Saliency:
    """Integrated gradients, from embeddings of zero, for every token of a given continuation.

    Shapes and errors are those of ``gradient_x_input``. ``ModelError`` also for less than one step,
    and where what the attributions sum to is off by more than ``tolerance``, a share of the score's
    change from baseline to text: the integral was not found, and its shares would mean nothing.
    Networks with root-mean-square norms (Llama, Gemma) jump about near the baseline and are often
    refused so. Takes about ``steps`` times as long as a gradient for each token.
    """
    before = model.encode(prompt, start=True)
    ids = [*before, *model.encode(continuation)]
    return integrated_gradients_ids(
        model, ids, len(before), of=of, steps=steps, tolerance=tolerance
    )


def integrated_gradients_ids(
    model: LanguageModel,
    ids: Sequence[int],
    prompt_length: int,
    *,
    of: Score = "logit",
    steps: int = 50,
    tolerance: float = TOLERANCE,
) -> Saliency:
    """``integrated_gradients`` for token ids, of which ``prompt_length`` are the prompt."""
    _check(model, ids, prompt_length, of)
    importance = torch.zeros(len(ids) - prompt_length, len(ids) - 1)
    for row, target in zip(importance, range(prompt_length, len(ids)), strict=True):
        found = integrate(model, ids[: target + 1], of=of, steps=steps)
        if not abs(found.error) <= tolerance * abs(found.change):
            raise ModelError(
                f"{model.name}: integrated gradients of {model.texts(ids)[target]!r} sum to "
                f"{found.change + found.error:.3g} with {steps} steps, but its {of} changes by "
                f"{found.change:.3g}: take more steps, or gradient x input"
            )
        row[:target] = found.attributions.norm(dim=-1).cpu()
    return _saliency(model, ids, prompt_length, importance, "integrated gradients", of)


@dataclass(frozen=True)
class Integrated:
    """Integrated gradients of one token's score."""

    attributions: Float[Tensor, "position width"]
    """For every token before it, a start token included; in units of the score."""
    change: float
    """The score of the text less the score of the baseline."""

    @property
    def error(self) -> float:
        """What all attributions sum to, less the change; zero if the integral were exact."""
        return float(self.attributions.double().sum()) - self.change


@torch.inference_mode(False)
@torch.enable_grad()
def integrate(
    model: LanguageModel, ids: Sequence[int], *, of: Score = "logit", steps: int = 50
) -> Integrated:
    """Integrated gradients of the last token's score, with respect to the tokens before it.

    Captum's, by Gauss-Legendre quadrature with ``steps`` points. ``ModelError`` as in
    ``integrated_gradients``, but for the tolerance: the result has the error with it.
    """
    from captum.attr import IntegratedGradients

    if steps < 1:
        raise ModelError(f"{steps} steps given: integrated gradients need at least one")
    _check(model, ids, len(ids) - 1, of)
    target = model.tensor([ids[-1]])

    def score(points: Tensor) -> Tensor:  # (step, position, width) to (step,)
        return _scores(model, read_embedded(model, points)[:, -1], target, of)

    inputs = embed(model, ids[:-1])[None].requires_grad_()
    attributions = IntegratedGradients(score).attribute(
        inputs, 0, n_steps=steps, internal_batch_size=GROUP
    )
    change = (score(inputs) - score(torch.zeros_like(inputs))).item()
    return Integrated(attributions[0].detach().float(), change)


@torch.inference_mode(False)
@torch.enable_grad()
def _gradients_x_inputs(
    model: LanguageModel, ids: Sequence[int], first: int, of: Score
) -> Float[Tensor, "target position width"]:
    """The products for the tokens from ``first`` on, out of one pass over all but the last."""
    inputs = embed(model, ids[:-1]).requires_grad_()
    states = read_embedded(model, inputs[None])[0]
    before = torch.arange(first - 1, len(inputs))  # each token is predicted at the position before
    slopes = _slopes(model, states[before].detach(), model.tensor(ids[first:]), of)
    starts = states.new_zeros(len(before), *states.shape)  # (target, position, width)
    starts[torch.arange(len(before)), before] = slopes
    (gradients,) = torch.autograd.grad(states, inputs, starts, is_grads_batched=True)
    return gradients * inputs.detach()


def embed(model: LanguageModel, ids: Sequence[int]) -> Float[Tensor, "position width"]:
    """The embeddings as the first block gets them: scaled, where the network scales them."""
    embedded: Tensor = model.network.get_input_embeddings()(model.tensor(list(ids)))
    return embedded.detach()


def read_embedded(
    model: LanguageModel, inputs: Float[Tensor, "batch position width"]
) -> Float[Tensor, "batch position width"]:
    """The last hidden states, after the final norm: what the unembedding reads."""
    states: Tensor = model.network.base_model(
        inputs_embeds=inputs, use_cache=False
    ).last_hidden_state
    return states


def _scores(
    model: LanguageModel,
    states: Float[Tensor, "target width"],
    targets: Int[Tensor, "#target"],
    of: Score,
) -> Float[Tensor, " target"]:
    """The logit or the probability of each target."""
    if of == "logit":
        return (states * model.unembedding[targets]).sum(-1)
    probabilities = (states @ model.unembedding.T).softmax(-1)
    return probabilities.gather(1, targets.expand(len(states))[:, None])[:, 0]


def _slopes(
    model: LanguageModel,
    states: Float[Tensor, "target width"],
    targets: Int[Tensor, " target"],
    of: Score,
) -> Float[Tensor, "target width"]:
    """The gradient of each target's score in the state that predicts it.

    That of a probability is divided by the probability, a factor that is the same for all tokens
    and so no part of their shares: a tiny probability would else lose its gradient to rounding.
    """
    if of == "logit":
        return model.unembedding[targets]
    weights = -(states @ model.unembedding.T).softmax(-1)  # (target, vocabulary)
    own = targets[:, None]
    # The target's own weight is 1 - p. Summed from the others it stays exact where p is nearly 1.
    weights.scatter_(1, own, 0)
    weights.scatter_(1, own, -weights.sum(1, keepdim=True))
    return weights @ model.unembedding


def _check(model: LanguageModel, ids: Sequence[int], prompt_length: int, of: Score) -> None:
    limit = model.network.config.max_position_embeddings
    if of not in ("logit", "probability"):
        raise ModelError(f"saliency of {of!r} is not known: expected 'logit' or 'probability'")
    if not model.start_length(ids) < prompt_length < len(ids):
        texts = model.texts(ids)
        prompt, continuation = "".join(texts[:prompt_length]), "".join(texts[prompt_length:])
        raise ModelError(
            f"nothing to explain in {continuation!r} after {prompt!r}: "
            f"give at least one token of each"
        )
    if len(ids) > limit:
        raise ModelError(f"{len(ids)} tokens given: {model.name} reads up to {limit} at once")


def _saliency(
    model: LanguageModel,
    ids: Sequence[int],
    prompt_length: int,
    importance: Float[Tensor, "generated position"],
    method: Method,
    of: Score,
) -> Saliency:
    hidden = model.start_length(ids)
    tokens = model.texts(ids)
    shown = importance[:, hidden:].double()
    totals = shown.sum(1, keepdim=True)
    if not (totals.isfinite() & (totals > 0)).all():
        raise ModelError(
            f"{model.name} gave gradients that sum to {totals.flatten().tolist()} for "
            f"{tokens[prompt_length:]}: shares need positive, finite ones"
        )
    return Saliency(
        shares=(shown / totals).numpy(),
        tokens=tokens[hidden:],
        n_input=prompt_length - hidden,
        method=method,
        of=of,
        provenance=model.provenance(model.text(ids[:prompt_length]), None),
    )
