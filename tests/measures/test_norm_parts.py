"""The final norm taken apart: by hand, folded into the unembedding, by transformers alone."""

import copy
import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import tiny
import torch

from replication.measures import lens
from replication.measures.norm_parts import (
    largest,
    norm_parts,
    norm_parts_over,
    read_by,
    readings_of,
)
from replication.measures.projection import project
from replication.measures.record import record
from replication.models.errors import ModelError
from replication.models.final_norm import FinalNorm, Step, final_norm_of
from replication.models.language_model import LanguageModel
from replication.results.norm_parts import (
    BIAS,
    CENTRING,
    CLIPPED,
    GAIN,
    RAW,
    SCALE,
    SIGNS,
    SIZES,
    WHOLE,
    NormParts,
    NormPartsSet,
)
from replication.results.patching import Pair
from replication.results.provenance import Provenance

PROMPT, WORDS = "The keys to the cabinet", (" are", " man")
PAIRS = (
    Pair("The keys", "The cabinet", " man", " are", "keys"),
    Pair("The cabinet are", "The keys are", " are", " man", "cabinet"),
)
SOURCE = Provenance("toy", "control", "a toy", "by hand", "0", None, "none", "")


def norm(gain: list[float], bias: list[float] | None = None, *, centres: bool = False) -> FinalNorm:
    given_bias = None if bias is None else torch.tensor(bias)
    return FinalNorm(centres, torch.tensor(gain), given_bias, 1e-6)


def folded(model: LanguageModel, *, signs: bool = False) -> LanguageModel:
    """The same function, its final norm's gain (or the signs of it) in the unembedding instead; for
    a norm that centres and adds a bias, what these do to the logits too.
    """
    network = copy.deepcopy(model.network)
    made = replace(model, network=network)
    parts, head = final_norm_of(made), network.get_submodule(made.architecture.head)
    taken = parts.gain.sign() if signs else parts.gain
    rows = head.weight * taken
    if parts.centres and not signs:  # then the mean of what is read has no part in any logit
        rows = rows - rows.mean(dim=1, keepdim=True)
    bias = None if parts.bias is None else torch.nn.Parameter(head.weight @ parts.bias)
    head.weight, head.bias = torch.nn.Parameter(rows), bias
    made.final_norm.weight = torch.nn.Parameter(parts.gain / taken - made.architecture.gain_offset)
    if parts.bias is not None:
        made.final_norm.bias = torch.nn.Parameter(torch.zeros_like(parts.bias))
    return made


def logits(model: LanguageModel) -> torch.Tensor:
    with torch.inference_mode():
        ids = torch.tensor([model.encode(PROMPT, start=True)])
        found: torch.Tensor = model.network(ids).logits[0, -1]
        return found


def test_all_steps_are_the_models_own_norm(model: LanguageModel) -> None:
    states = torch.randn(5, tiny.WIDTH, generator=torch.Generator().manual_seed(0)) * 7
    parts = final_norm_of(model)
    with torch.inference_mode():
        torch.testing.assert_close(parts.apply(states, parts.steps), model.final_norm(states))
    missing = {"centring", "scale", "gain", "bias"} - set(parts.steps)
    assert missing == (set() if model.entry.architecture == "gpt2" else {"centring", "bias"})
    for step in missing:
        with pytest.raises(ValueError, match=f"no {step}: expected some of scale, gain"):
            parts.apply(states, (step,))  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(8))
def test_a_positive_scale_changes_no_rank(model: LanguageModel, seed: int) -> None:
    unembedding, random = model.unembedding, torch.Generator().manual_seed(seed)
    scale = 10 ** (6 * torch.rand(3, 1, 1, generator=random, dtype=torch.float64) - 3)
    states = torch.randn(3, 1, tiny.WIDTH, generator=random, dtype=torch.float64)
    every = torch.arange(len(unembedding)).expand(3, 1, -1)
    before = project(states, unembedding, ranks_of=every).ranks
    assert project(states * scale, unembedding, ranks_of=every).ranks.equal(before)
    assert not project(states * -scale, unembedding, ranks_of=every).ranks.equal(before)


@pytest.mark.parametrize("signs", [False, True])
def test_folding_leaves_the_model_and_makes_the_readings_one(
    model: LanguageModel, signs: bool
) -> None:
    other = folded(model, signs=signs)
    torch.testing.assert_close(logits(other), logits(model), rtol=1e-4, atol=1e-4)
    before, after = (norm_parts(one, record(one, PROMPT), WORDS) for one in (model, other))
    if signs:
        if model.entry.architecture != "gpt2":
            assert (after.of(RAW) == before.of(SIGNS)).all()
        return
    if model.entry.architecture == "gpt2":  # the bias now is the head's, for a state of size 1
        states = record(other, PROMPT).states[:, -1]
        states = states - states.mean(-1, keepdim=True)
        states = states * torch.rsqrt(states.square().mean(-1, keepdim=True) + 1e-5)
        head = other.network.lm_head
        every = states @ head.weight.T + head.bias
        ids = [model.single_token(word) for word in WORDS]
        ranks = 1 + (every[:, None] > every[:, ids, None]).sum(-1)
        assert (ranks.numpy() == before.of(WHOLE)).all()
    else:
        assert (after.of(RAW) == before.of(WHOLE)).all()
        bare = lens.watched_ranks(other, record(other, PROMPT), "none", WORDS)
        usual = lens.watched_ranks(model, record(model, PROMPT), "final", WORDS)
        assert (bare.ranks == usual.ranks).all()


def test_without_a_bias_a_layer_norm_folds_too() -> None:
    model = tiny.model("gpt2")
    model.final_norm.bias.zero_()  # type: ignore[operator]
    plain, other = norm_parts(model, record(model, PROMPT), WORDS), folded(model)
    assert (norm_parts(other, record(other, PROMPT), WORDS).of(RAW) == plain.of(WHOLE)).all()
    assert (plain.of(RAW) != plain.of(WHOLE)).any()


def test_readings_by_transformers_alone(model: LanguageModel) -> None:
    found = norm_parts(model, record(model, PROMPT), WORDS)
    ids = torch.tensor([model.encode(PROMPT, start=True)])
    kept: list[torch.Tensor] = []
    hooks = [
        block.register_forward_hook(
            lambda _, __, out: kept.append((out[0] if isinstance(out, tuple) else out)[0, -1])
        )
        for block in model.blocks
    ]
    with torch.inference_mode():
        model.network(ids)
    for hook in hooks:
        hook.remove()
    states = torch.stack(kept).double()
    module: Any = model.final_norm
    gain = (module.weight + (1 if "gemma" in model.entry.architecture else 0)).double()
    clipped = states.clone()
    for row in clipped:
        row[row.abs().argsort(descending=True)[:5]] = 0
    unit = states / states.square().mean(-1, keepdim=True).sqrt()
    expected = {
        RAW: states,
        SCALE: unit,
        GAIN: states * gain,
        SIZES: states * gain.abs(),
        SIGNS: states * gain.sign(),
        CLIPPED: clipped,
        WHOLE: module(states.float()).double(),
    }
    if model.entry.architecture == "gpt2":
        expected[CENTRING] = states - states.mean(-1, keepdim=True)
        expected[BIAS] = unit + module.bias.double()
    assert set(found.readings) == set(expected)
    wanted = [model.single_token(word) for word in WORDS]
    for name, read in expected.items():
        every = read @ model.unembedding.double().T
        ranks = 1 + (every[:, None] > every[:, wanted, None]).sum(-1)
        assert (found.of(name) == ranks.numpy()).all(), name
    assert (found.of(RAW) == found.of(SCALE)).all()
    share = (states - clipped).square().sum(-1) / states.square().sum(-1)
    np.testing.assert_allclose(found.share, share.numpy())
    turned = states[:, gain < 0].square().sum(-1) / states.square().sum(-1)
    np.testing.assert_allclose(found.share_turned, turned.numpy())
    np.testing.assert_allclose(found.size, unit.abs().amax(0).numpy())
    assert (np.abs(found.gain - gain.numpy()) < 1e-6).all()


def test_a_negative_gain_turns_an_order_round() -> None:
    # Two words along two dimensions: the state (3, 1) says the first, with 3 against 1; with the
    # gain (-1, 2) it is -3 against 2, with the gain's size 3 against 2, with its sign -3 against 1.
    words, state = torch.eye(2), torch.tensor([[3.0, 1.0]])
    parts = norm([-1.0, 2.0])
    read = {one.name: read_by(parts, state, one) for one in readings_of(parts) if not one.without}
    ids = torch.tensor([[[0, 1]]])
    ranks = {name: project(one[None], words, ranks_of=ids).ranks[0] for name, one in read.items()}
    first = {name for name, one in ranks.items() if one[0, 0] == 1}
    assert first == {RAW, SCALE, SIZES}
    assert {name for name, one in ranks.items() if one[0, 1] == 1} == {GAIN, SIGNS, WHOLE}
    assert read[GAIN].tolist() == [[-3, 2]]
    torch.testing.assert_close(read[WHOLE], torch.tensor([[-3.0, 2.0]]) / 5**0.5)


def test_a_layer_norm_by_hand() -> None:
    # Mean 2 and root mean square 1 once it is taken away: (3, 1) is (1, -1).
    parts = norm([2.0, 3.0], [10.0, 20.0], centres=True)
    assert parts.steps == ("centring", "scale", "gain", "bias")
    state = torch.tensor([3.0, 1.0])
    torch.testing.assert_close(parts.apply(state, parts.steps), torch.tensor([12.0, 17.0]))
    by_step: dict[Step, list[float]] = {"gain": [6, 3], "centring": [1, -1], "bias": [13, 21]}
    for step, expected in by_step.items():
        assert parts.apply(state, {step}).tolist() == expected


def test_the_largest_are_by_size_at_each_state() -> None:
    states = torch.tensor([[1.0, -9.0, 3.0], [4.0, 0.0, -2.0]])
    assert largest(states, 2).tolist() == [[1, 2], [0, 2]]


def test_many_texts_are_single_ones(model: LanguageModel) -> None:
    names = (RAW, CLIPPED, SIGNS, WHOLE)
    found = norm_parts_over(model, PAIRS, names)
    assert set(found.readings) == set(names)
    assert found.clusters == ["keys", "cabinet"]
    for place, pair in enumerate(PAIRS):
        alone = norm_parts(model, record(model, pair.clean), (pair.right,))
        for row, name in enumerate(found.readings):
            assert (found.ranks[row, place] == alone.of(name)[:, 0]).all()


def test_distances_by_hand() -> None:
    ranks = np.array([[[1000, 10]], [[10, 10]], [[99, 1000]], [[1, 10]]])
    found = NormPartsSet(ranks, (RAW, SIGNS, SIZES, WHOLE), PAIRS[:1], SOURCE)
    np.testing.assert_allclose(found.distance(RAW), [[3, 0]])
    np.testing.assert_allclose(found.closed(SIGNS), [[0.5, 0]])  # 1.5 less 1; nothing to close
    np.testing.assert_allclose(found.closed(SIZES), [[1.5 - np.log10(99), -2]])
    with pytest.raises(ValueError, match="no reading 'centred': expected one of raw state"):
        found.distance(CENTRING)
    with pytest.raises(ValueError, match=r"given for \(4, 1\) readings and texts: .*\(4, 2\)"):
        replace(found, pairs=PAIRS)


def test_what_cannot_be_read_is_named() -> None:
    model = tiny.model("llama")
    with pytest.raises(
        ModelError, match=r"tiny-llama has the steps scale, gain alone: .*'centred'"
    ):
        norm_parts_over(model, PAIRS, (RAW, CENTRING, WHOLE))
    with pytest.raises(ModelError, match="no words to rank"):
        norm_parts(model, record(model, PROMPT), ())
    with pytest.raises(ModelError, match=r"' zebra' is \d tokens"):
        norm_parts(model, record(model, PROMPT), (" zebra",))


def test_a_fresh_gain_is_no_gap() -> None:
    model = tiny.model("llama")
    model.network.model.norm.weight.fill_(1)
    found = norm_parts_over(model, PAIRS, (RAW, SIZES, SIGNS, WHOLE))
    assert (found.distance(RAW) == 0).all()
    assert not (found.closed(SIGNS) > 0).any()


def test_results_travel_and_refuse_what_does_not_fit() -> None:
    model = tiny.model("gpt2")
    found: NormParts = norm_parts(model, record(model, PROMPT), WORDS)
    assert b"torch" not in pickle.dumps(found)
    with pytest.raises(ValueError, match=r"ranks of shape .* expected \(4, 9, 1\)"):
        replace(found, words=WORDS[:1])
    with pytest.raises(ValueError, match=r"a share of .*: expected at most 1"):
        replace(found, share=found.share + 1)
