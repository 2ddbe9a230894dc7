"""Saliency: the same numbers by other routes, by hand, and not by broken ones."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, get_args

import jaxtyping
import numpy as np
import pytest
import tiny
import torch
from captum.attr import InputXGradient, IntegratedGradients
from torch import Tensor, nn

from replication.measures import saliency
from replication.measures.saliency import (
    Score,
    gradient_x_input,
    gradient_x_input_ids,
    integrate,
    integrated_gradients,
)
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.results.saliency import Saliency

Patch = pytest.MonkeyPatch
PROMPT, CONTINUATION = "The keys to the cabinet", " are here.\n1. Austria\n2. Belgium"
SCORES: tuple[Score, ...] = get_args(Score)
IDS, FIRST = [5, 9, 200, 41, 77, 301, 12, 8, 60, 99, 3, 150, 42, 260], 4

scores = pytest.mark.parametrize("of", SCORES)


def split(model: LanguageModel) -> tuple[list[int], int]:
    """The ids of prompt and continuation together, and how many are the prompt's."""
    before = model.encode(PROMPT, start=True)
    return [*before, *model.encode(CONTINUATION)], len(before)


def shares_of(rows: list[Tensor], start: int) -> np.ndarray:
    """Norms over the width, one row of products for each target, as shares of what is shown."""
    shares = np.zeros((len(rows), len(rows[-1]) - start))
    for share, row in zip(shares, rows, strict=True):
        norms = row.norm(dim=-1).double().numpy()[start:]
        share[: len(norms)] = norms / norms.sum()
    return shares


def by_captum(model: LanguageModel, of: Score) -> np.ndarray:
    """Captum, called for each token on the text before it."""
    ids, first = split(model)

    def scores(inputs: Tensor) -> Tensor:
        logits: Tensor = model.network(inputs_embeds=inputs).logits[:, -1]
        return logits if of == "logit" else logits.softmax(-1)

    rows = []
    for target in range(first, len(ids)):
        inputs = model.network.get_input_embeddings()(torch.tensor([ids[:target]]))
        inputs.requires_grad_()
        products = InputXGradient(scores).attribute(inputs, target=ids[target])
        rows.append(products[0].detach())
    return shares_of(rows, ids[0] == 0)


def by_hand(model: LanguageModel, of: Score) -> np.ndarray:
    """A loop over tokens that gives the network ids and catches the embeddings on the way."""
    ids, first = split(model)
    caught: list[Tensor] = []

    def catch(_module: nn.Module, _inputs: object, output: Tensor) -> Tensor:
        caught.append(output.detach().requires_grad_())
        return caught[-1]

    handle = model.network.get_input_embeddings().register_forward_hook(catch)
    rows = []
    for target in range(first, len(ids)):
        logits = model.network(torch.tensor([ids[:target]])).logits[0, -1]
        (logits if of == "logit" else logits.softmax(-1))[ids[target]].backward()
        assert caught[-1].grad is not None
        rows.append((caught[-1].grad * caught[-1].detach())[0])
    handle.remove()
    return shares_of(rows, ids[0] == 0)


@scores
@pytest.mark.parametrize("route", [by_captum, by_hand])
def test_the_numbers_are_those_of_one_pass_per_token(
    model: LanguageModel, of: Score, route: Callable[[LanguageModel, Score], np.ndarray]
) -> None:
    found = gradient_x_input(model, PROMPT, CONTINUATION, of=of)
    np.testing.assert_allclose(found.shares, route(model, of), rtol=1e-4, atol=1e-6)


def test_embeddings_are_read_as_ids_are(model: LanguageModel) -> None:
    own = model.network(torch.tensor([IDS])).logits
    inputs = saliency.embed(model, IDS)[None]
    torch.testing.assert_close(model.network(inputs_embeds=inputs).logits, own)
    states = saliency.read_embedded(model, inputs)[0, :-1]
    targets = torch.tensor(IDS[1:])
    for of in SCORES:
        expected = (own if of == "logit" else own.softmax(-1))[0, :-1]
        found = saliency._scores(model, states, targets, of)
        torch.testing.assert_close(found, expected.gather(1, targets[:, None])[:, 0])


def test_the_result_says_what_it_is(model: LanguageModel) -> None:
    found = gradient_x_input(model, PROMPT, CONTINUATION, of="probability")
    prompt, continuation = model.encode(PROMPT), model.encode(CONTINUATION)
    assert found.tokens == model.texts([*prompt, *continuation])
    assert (found.n_input, found.of) == (len(prompt), "probability")
    assert found.method == "gradient x input"
    assert found.provenance == model.provenance(PROMPT, None)
    np.testing.assert_allclose(found.shares.sum(1), 1, rtol=1e-12)
    assert (found.row(0) > 0).all()


def test_a_start_token_is_read_and_not_shown() -> None:
    model = tiny.model("gemma3_text")
    found = gradient_x_input(model, PROMPT, CONTINUATION)
    assert found.provenance.start_token == "<bos>"
    without = gradient_x_input_ids(model, split(model)[0][1:], found.n_input)
    assert without.shares.shape == found.shares.shape
    assert np.abs(without.shares - found.shares).max() > 0.01  # it was read


@scores
@pytest.mark.parametrize("group", [1, 3, 1000])
def test_grouping_changes_no_number(
    model: LanguageModel, of: Score, group: int, monkeypatch: Patch
) -> None:
    right = gradient_x_input(model, PROMPT, CONTINUATION, of=of).shares
    assert len(right) > saliency.GROUP  # more than one group by default
    monkeypatch.setattr(saliency, "GROUP", group)
    grouped = gradient_x_input(model, PROMPT, CONTINUATION, of=of).shares
    np.testing.assert_allclose(grouped, right, rtol=1e-4, atol=1e-6)


@scores
def test_a_later_token_changes_nothing_before_it(model: LanguageModel, of: Score) -> None:
    changed = [*IDS[:-3], 111, *IDS[-2:]]
    found, other = (gradient_x_input_ids(model, ids, FIRST, of=of).shares for ids in (IDS, changed))
    np.testing.assert_allclose(other[:-3], found[:-3], rtol=1e-4, atol=1e-6)
    for row in (-3, -2, -1):  # that token itself, and those that read it
        assert np.abs(other[row] - found[row]).max() > 1e-3


def test_scaling_the_logits_leaves_the_shares(model: LanguageModel) -> None:
    before = {of: gradient_x_input_ids(model, IDS, FIRST, of=of).shares for of in SCORES}
    model.network.lm_head = nn.Linear(1, 1, bias=False)  # no longer the embedding's own matrix
    model.network.lm_head.weight = nn.Parameter(3 * tiny_unembedding(model), requires_grad=False)
    after = {of: gradient_x_input_ids(model, IDS, FIRST, of=of).shares for of in SCORES}
    np.testing.assert_allclose(after["logit"], before["logit"], rtol=1e-4, atol=1e-6)
    assert np.abs(after["probability"] - before["probability"]).max() > 0.01


def tiny_unembedding(model: LanguageModel) -> Tensor:
    """The unembedding of a tiny model, which is the embedding itself."""
    weight: Tensor = model.network.get_input_embeddings().weight.detach()
    return weight


def test_probability_and_logit_differ(model: LanguageModel) -> None:
    logit, probability = (gradient_x_input(model, PROMPT, CONTINUATION, of=of) for of in SCORES)
    assert np.abs(logit.shares - probability.shares).max() > 0.02


@pytest.mark.parametrize("scale", [1e-3, 1, 12])
def test_slopes_stay_exact_for_probabilities_near_nought_and_one(scale: float) -> None:
    """Against double precision. At the greatest scale one best probability rounds to 1, and the
    worst ones to 0.
    """
    model = tiny.model("llama")
    states = scale * torch.randn(2, tiny.WIDTH, generator=torch.Generator().manual_seed(0))
    logits = states @ model.unembedding.T
    for targets in (logits.argmax(1), logits.argmin(1)):
        exact = states.double().requires_grad_()
        scored = (exact @ model.unembedding.double().T).log_softmax(-1)
        scored.gather(1, targets[:, None]).sum().backward()
        assert exact.grad is not None
        found = saliency._slopes(model, states, targets, "probability")
        # As shares are: whatever the size of the whole row.
        for row, expected in zip(found.double(), exact.grad, strict=True):
            difference = row / row.norm() - expected / expected.norm()
            assert difference.norm() < 1e-4


def test_it_works_where_gradients_are_off_and_leaves_none_behind(model: LanguageModel) -> None:
    right = gradient_x_input_ids(model, IDS, FIRST).shares
    for off in (torch.no_grad, torch.inference_mode):
        with off():
            assert np.array_equal(gradient_x_input_ids(model, IDS, FIRST).shares, right)
            assert np.isfinite(integrate(model, IDS, steps=2).error)
    assert all(weight.grad is None for weight in model.network.parameters())
    assert not any(weight.requires_grad for weight in model.network.parameters())


# A network worked by hand


class Mixing(nn.Module):
    """A network in which state t is a weighted sum of the embeddings: all logits are linear.

    The gradient of logit v after t tokens, in embedding s, is ``mix[t, s] * unembedding[v]``.
    """

    config = SimpleNamespace(model_type="gpt2", max_position_embeddings=3)

    def __init__(self, mix: Tensor) -> None:
        super().__init__()
        self.mix = mix
        self.embedding = nn.Embedding(4, 2)
        self.embedding.weight.data = torch.tensor([[3.0, 4.0], [0.0, 5.0], [1.0, 0.0], [0.0, 0.0]])
        self.lm_head = nn.Linear(2, 4, bias=False)
        self.lm_head.weight.data = torch.tensor([[0.0, 0.0], [7.0, 7.0], [1.0, 0.0], [2.0, 2.0]])
        self.requires_grad_(False)

    def get_input_embeddings(self) -> nn.Module:
        return self.embedding

    def base_model(self, inputs_embeds: Tensor, use_cache: bool) -> Any:
        assert not use_cache
        size = inputs_embeds.shape[1]
        return SimpleNamespace(last_hidden_state=self.mix[:size, :size] @ inputs_embeds)


def mixing(mix: list[list[float]]) -> LanguageModel:
    return replace(tiny.model("gpt2"), network=Mixing(torch.tensor(mix)))


CAUSAL = [[1.0, 0.0], [3.0, -1.0]]


def test_a_case_worked_by_hand() -> None:
    """Tokens 0, 1 and then 3, of which 1 and 3 are explained.

    Token 3 after tokens 0 and 1: its row of the unembedding is (2, 2), so the products are
    3 * 2 * (3, 4) with norm 30, and -1 * 2 * (0, 5) with norm 10.
    """
    found = gradient_x_input_ids(mixing(CAUSAL), [0, 1, 3], 1)
    np.testing.assert_allclose(found.shares, np.array([[1, 0], [0.75, 0.25]]), atol=1e-7)


def test_a_dimension_without_gradient_takes_no_share() -> None:
    """Token 2 looks at the first dimension only, (1, 0): the products are (9, 0) and (0, 0)."""
    found = gradient_x_input_ids(mixing(CAUSAL), [0, 1, 2], 1)
    np.testing.assert_allclose(found.shares[1], [1, 0], atol=1e-7)


def test_a_probability_worked_by_hand() -> None:
    """The score's slope is the target's row less the rows' mean by probability."""
    model = mixing([[0.0, 0.0], [0.1, 0.1]])
    logits = np.array([0, 7 * 0.3 + 7 * 0.9, 0.3, 2 * 0.3 + 2 * 0.9])  # of the state (0.3, 0.9)
    probabilities = np.exp(logits) / np.exp(logits).sum()
    slope = np.array([2, 2]) - probabilities @ model.unembedding.numpy()
    norms = np.linalg.norm(slope * np.array([[3, 4], [0, 5]]), axis=1)
    model.network.mix[0, 0] = 1  # or the first target would have no gradient at all
    found = gradient_x_input_ids(model, [0, 1, 3], 1, of="probability")
    np.testing.assert_allclose(found.shares[1], norms / norms.sum(), rtol=1e-5)


def test_on_a_linear_network_one_step_integrates_exactly() -> None:
    found = integrate(mixing(CAUSAL), [0, 1, 3], steps=1)
    np.testing.assert_allclose(found.attributions.numpy(), [[18, 24], [0, -10]], rtol=1e-6)
    assert found.error == pytest.approx(0, abs=1e-5)


def test_a_network_that_looks_ahead_is_refused() -> None:
    with pytest.raises(ValueError, match="lie before it"):
        gradient_x_input_ids(mixing([[1.0, 1.0], [1.0, 1.0]]), [0, 1, 3], 1)


def test_a_score_without_gradient_is_refused() -> None:
    with pytest.raises(ModelError, match=r"sum to \[2\.0, 0\.0\]"):
        gradient_x_input_ids(mixing([[1.0, 0.0], [0.0, 0.0]]), [2, 3, 1], 1)


# Integrated gradients


def score(model: LanguageModel, inputs: Tensor, target: int, of: Score) -> float:
    logits = model.network(inputs_embeds=inputs).logits[0, -1]
    return float((logits if of == "logit" else logits.softmax(-1))[target])


def smooth(model: LanguageModel) -> LanguageModel:
    """The model with norms that are smooth near zero, where the integral begins.

    Gemma's embeddings are scaled up, and so must be what is added in its norms.
    """
    epsilon = 30.0 if model.entry.architecture == "gemma3_text" else 1.0
    for module in model.network.modules():
        for name in ("eps", "variance_epsilon"):
            if hasattr(module, name):
                setattr(module, name, epsilon)
    return model


@scores
def test_attributions_add_up_to_the_change_of_the_score(model: LanguageModel, of: Score) -> None:
    """Completeness: with more steps, less error."""
    inputs = saliency.embed(smooth(model), IDS[:-1])[None]
    change = score(model, inputs, IDS[-1], of) - score(model, 0 * inputs, IDS[-1], of)
    few, many = (integrate(model, IDS, of=of, steps=steps) for steps in (1, 100))
    assert many.change == pytest.approx(change, rel=1e-3)
    assert few.error == pytest.approx(float(few.attributions.sum()) - change, abs=1e-6)
    assert abs(few.error) > 10 * abs(many.error)
    assert float(many.attributions.sum()) == pytest.approx(change, rel=1e-3)


def test_an_integral_that_was_not_found_is_refused() -> None:
    """A root-mean-square norm is steep at zero: few steps do not find what happens there."""
    model = tiny.model("llama")
    found = integrate(model, [*split(model)[0][: split(model)[1] + 1]], steps=3)
    assert abs(found.error) > saliency.TOLERANCE * abs(found.change)
    with pytest.raises(ModelError, match=r"sum to \S+ with 3 steps, but its logit changes by"):
        integrated_gradients(model, PROMPT, CONTINUATION, steps=3)


class Cubic(Mixing):
    """Every token is (3, 4) and every logit x + by x**3 of the 3.

    One step takes the gradient halfway, 1 + 3 by (3 / 2)**2, times 3: short of the change from 0,
    3 + 27 by, by 6.75 by.
    """

    def __init__(self, by: float) -> None:
        super().__init__(torch.eye(3))
        self.by = by
        size = tiny.tokenizer().get_vocab_size()
        self.embedding = nn.Embedding.from_pretrained(torch.tensor([[3.0, 4.0]]).repeat(size, 1))
        self.lm_head.weight.data = torch.tensor([[1.0, 0.0]]).repeat(size, 1)

    def base_model(self, inputs_embeds: Tensor, use_cache: bool) -> Any:
        return super().base_model(inputs_embeds + self.by * inputs_embeds**3, use_cache)


def test_five_percent_of_the_change_may_be_missing() -> None:
    """0.02: 0.135 of 3.54, which is 3.8 %. 0.04: 0.27 of 4.08, which is 6.6 %."""
    model = replace(tiny.model("gpt2"), network=Cubic(0.02))
    assert integrated_gradients(model, " man", " man", steps=1).shares.tolist() == [[1]]
    model = replace(model, network=Cubic(0.04))
    with pytest.raises(ModelError, match=r"sum to 3\.81 with 1 steps, but .* changes by 4\.08"):
        integrated_gradients(model, " man", " man", steps=1)


def test_steps_are_as_many_as_captums() -> None:
    def steps(method: Callable[..., object], name: str) -> object:
        return inspect.signature(method).parameters[name].default

    ours = {steps(method, "steps") for method in (integrate, integrated_gradients)}
    assert ours == {steps(IntegratedGradients.attribute, "n_steps")}


@scores
def test_integrated_gradients_are_a_mean_of_gradients(model: LanguageModel, of: Score) -> None:
    """By hand, with the same points on the way from zero."""
    points, weights = np.polynomial.legendre.leggauss(5)
    inputs = saliency.embed(model, IDS[:-1])[None]
    mean = torch.zeros_like(inputs)
    for point, weight in zip((points + 1) / 2, weights / 2, strict=True):
        here = (float(point) * inputs).requires_grad_()
        logits = model.network(inputs_embeds=here).logits[0, -1]
        (logits if of == "logit" else logits.softmax(-1))[IDS[-1]].backward()
        assert here.grad is not None
        mean += float(weight) * here.grad
    found = integrate(model, IDS, of=of, steps=5).attributions
    torch.testing.assert_close(found, (mean * inputs)[0], rtol=1e-4, atol=1e-6)


def test_integrated_gradients_as_a_result(model: LanguageModel) -> None:
    found = integrated_gradients(model, PROMPT, " are here", steps=3, tolerance=np.inf)
    ids, first = split(model)
    ends = range(first + 1, first + 1 + len(found.shares))
    rows = [integrate(model, ids[:end], steps=3).attributions for end in ends]
    np.testing.assert_allclose(found.shares, shares_of(rows, ids[0] == 0), rtol=1e-5)
    assert found.method == "integrated gradients"
    plain = gradient_x_input(model, PROMPT, " are here")
    assert np.abs(plain.shares - found.shares).max() > 0.01


# Errors


@pytest.mark.parametrize("measure", [gradient_x_input, integrated_gradients])
@pytest.mark.parametrize(
    ("prompt", "continuation", "message"),
    [
        ("", " are", "in ' are' after '': give at least one token of each"),
        ("The keys", "", "in '' after 'The keys': give at least one token of each"),
        ("", "", "in '' after ''"),
        ("The keys", " are" * 200, r"\d{3} tokens given: tiny-\w+ reads up to 128 at once"),
    ],
)
def test_texts_that_leave_nothing_to_explain_are_refused(
    model: LanguageModel,
    measure: Callable[[LanguageModel, str, str], Saliency],
    prompt: str,
    continuation: str,
    message: str,
) -> None:
    with pytest.raises(ModelError, match=message):
        measure(model, prompt, continuation)


@pytest.mark.parametrize("measure", [gradient_x_input, integrated_gradients])
def test_an_unknown_score_is_refused(measure: Callable[..., Saliency], monkeypatch: Patch) -> None:
    # As it is outside the tests, where no types are checked.
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
    with pytest.raises(ModelError, match="saliency of 'entropy' is not known: expected 'logit'"):
        measure(tiny.model("gpt2"), PROMPT, CONTINUATION, of="entropy")


def test_no_steps_are_refused() -> None:
    with pytest.raises(ModelError, match="0 steps given"):
        integrated_gradients(tiny.model("gpt2"), PROMPT, CONTINUATION, steps=0)


def test_a_broken_network_is_refused() -> None:
    model = tiny.model("llama")
    model.blocks[1].mlp.down_proj.weight[0, 0] = torch.nan
    with pytest.raises(ModelError, match="gave gradients that sum to"):
        gradient_x_input(model, PROMPT, CONTINUATION)


# Tests of the tests: each way of breaking it is noticed


def gradient_of_another_token(patch: Patch) -> None:
    right = saliency._slopes
    patch.setattr(saliency, "_slopes", lambda m, s, t, of: right(m, s, t.roll(1), of))


def off_by_one_position(patch: Patch) -> None:
    right = saliency.read_embedded
    patch.setattr(saliency, "read_embedded", lambda m, inputs: right(m, inputs).roll(1, 1))


def final_norm_put_twice(patch: Patch) -> None:
    right = saliency.read_embedded
    patch.setattr(saliency, "read_embedded", lambda m, inputs: m.final_norm(right(m, inputs)))


def not_times_the_input(patch: Patch) -> None:
    right = saliency._gradients_x_inputs

    def divided(model: LanguageModel, ids: Sequence[int], first: int, of: Score) -> Tensor:
        return right(model, ids, first, of) / saliency.embed(model, ids[:-1])

    patch.setattr(saliency, "_gradients_x_inputs", divided)


def turned_round(patch: Patch) -> None:
    right = saliency._gradients_x_inputs
    patch.setattr(saliency, "_gradients_x_inputs", lambda *given: right(*given).flip(1))


def start_token_shown_last(patch: Patch) -> None:
    right = saliency._gradients_x_inputs
    patch.setattr(saliency, "_gradients_x_inputs", lambda *given: right(*given).roll(-1, 1))


BREAKS = (
    gradient_of_another_token,
    off_by_one_position,
    final_norm_put_twice,
    not_times_the_input,
    turned_round,
    start_token_shown_last,
)


@scores
@pytest.mark.parametrize("broken", BREAKS)
def test_a_broken_saliency_is_noticed(
    model: LanguageModel, broken: Callable[[Patch], None], of: Score, monkeypatch: Patch
) -> None:
    """Either the numbers are far off, or they are no shares at all."""
    right = by_captum(model, of)
    broken(monkeypatch)
    try:
        found = gradient_x_input(model, PROMPT, CONTINUATION, of=of).shares
    except ValueError as error:
        assert "lie before it" in str(error)  # noqa: PT017
    else:
        assert np.abs(found - right).max() > 0.01


def test_embeddings_left_unscaled_are_noticed(monkeypatch: Patch) -> None:
    model = tiny.model("gemma3_text")
    weight = tiny_unembedding(model)
    monkeypatch.setattr(saliency, "embed", lambda _model, ids: weight[torch.tensor(ids)])
    found = gradient_x_input(model, PROMPT, CONTINUATION).shares
    assert np.abs(found - by_captum(model, "logit")).max() > 0.01
    with pytest.raises(AssertionError):
        test_embeddings_are_read_as_ids_are(model)


def test_a_probability_without_its_mean_is_noticed(
    model: LanguageModel, monkeypatch: Patch
) -> None:
    monkeypatch.setattr(saliency, "_slopes", lambda m, _s, targets, _of: m.unembedding[targets])
    found = gradient_x_input(model, PROMPT, CONTINUATION, of="probability").shares
    assert np.abs(found - by_captum(model, "probability")).max() > 0.01


def test_a_transposed_result_is_refused(model: LanguageModel) -> None:
    found = gradient_x_input(model, PROMPT, CONTINUATION)
    with pytest.raises(ValueError, match="do not fit"):
        replace(found, shares=found.shares.T)
    with pytest.raises(ValueError, match="lie before it"):
        replace(found, shares=found.shares[::-1])
