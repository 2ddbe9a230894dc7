"""The lens over sets agrees with the lens on single texts; results over sets by hand."""

import pickle

import numpy as np
import pytest
import tiny
import torch

from replication.base.norms import NORMS
from replication.measures import many_texts
from replication.measures.depth import arrivals, crossing
from replication.measures.lens import continuation_ranks, top_tokens, watched_ranks
from replication.measures.many_texts import (
    expected_tokens,
    last_states,
    list_arrivals,
    watched_lead,
)
from replication.measures.record import record
from replication.models.errors import ModelError, SeveralTokens
from replication.models.language_model import LanguageModel
from replication.questions.template_sets import items
from replication.results.provenance import Provenance
from replication.results.roles import Role
from replication.results.sets import ExpectedSet, Item, WatchedSet

SOURCE = Provenance("toy", "control", "a toy", "by hand", "0", None, "none", "")
PROMPTS = (
    *("The keys", "The cabinet are", "man to", "1, 1", "woman to", "1, 1, 1, 1"),
    *("here are man", "to are woman", "cabinet to the keys"),
)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many_texts, "BATCH", 2)


def watched(
    prompt: str, words: tuple[str, ...] = (" man", " woman"), cluster: str = "a", **conditions: str
) -> Item:
    return Item(
        id=prompt,
        set="agreement",
        cluster=cluster,
        template="{}",
        prompt=prompt,
        watched=words,
        conditions=conditions,
    )


def patterns() -> list[Item]:
    """One of each separator, with terms of one piece and of several."""
    found = {
        (item.conditions["separator"], item.conditions["start"] == "1"): item
        for item in items("counting")
    }
    return list(found.values())


def test_last_states_are_those_of_each_text_read_alone(model: LanguageModel) -> None:
    texts = [model.encode(prompt, start=True) for prompt in PROMPTS]
    lengths = [len(text) for text in texts]
    assert max(lengths.count(length) for length in lengths) > 2  # more than one batch of a length
    assert lengths != sorted(lengths)
    found = last_states(model, texts)
    for prompt, states in zip(PROMPTS, found, strict=True):
        alone = record(model, prompt).states[:, -1]
        torch.testing.assert_close(states, alone, rtol=1e-4, atol=1e-4)


def test_states_that_are_not_finite_are_refused() -> None:
    model = tiny.model("llama")
    model.network.model.norm.weight.fill_(1)
    model.network.model.layers[0].mlp.down_proj.weight[0] = torch.nan
    with pytest.raises(ModelError, match="tiny-llama gave hidden states that are not finite"):
        last_states(model, [[3, 1, 4]])


def test_the_lead_is_that_of_the_lens(model: LanguageModel) -> None:
    """Its sign is the order of the ranks; under the final norm and in the last layer, its size is
    the difference of the model's own logits.
    """
    found = watched_lead(model, [watched(prompt) for prompt in PROMPTS])
    assert found.lead.shape == (len(NORMS), len(PROMPTS), tiny.LAYERS)
    for under, norm in enumerate(NORMS):
        for row, prompt in enumerate(PROMPTS):
            ranks = watched_ranks(model, record(model, prompt), norm, (" man", " woman")).ranks
            np.testing.assert_array_equal(found.lead[under, row] > 0, ranks[:, 0] < ranks[:, 1])
    man, woman = (model.single_token(word) for word in (" man", " woman"))
    for row, prompt in enumerate(PROMPTS):
        ids = torch.tensor([model.encode(prompt, start=True)])
        logits = model.network(ids).logits[0, -1]
        expected = float(logits[man] - logits[woman])
        assert found.lead[:, row, -1] == pytest.approx([expected] * 2, rel=1e-3, abs=1e-3)
    assert (found.lead[0, :, :-1] != found.lead[1, :, :-1]).all()
    assert (found.lead > 0).any()
    assert (found.lead < 0).any()


def test_the_first_watched_word_is_the_one_expected() -> None:
    model = tiny.model("llama")
    found = watched_lead(model, [watched(PROMPTS[0]), watched(PROMPTS[0], (" woman", " man"))])
    np.testing.assert_array_equal(found.lead[:, 0], -found.lead[:, 1])


def test_items_with_words_in_pieces_are_left_out() -> None:
    model = tiny.model("llama")
    asked = [watched("a"), watched("b", (" man", " Germany")), watched("c")]
    found = watched_lead(model, asked)
    assert (found.items, found.left_out) == ((asked[0], asked[2]), (asked[1],))
    assert found.cut_words == (" Germany",)
    assert found.lead.shape[1] == 2
    assert found.provenance.norm is None
    with pytest.raises(SeveralTokens, match=r"each of 1 items into several .* ' Germany'"):
        watched_lead(model, asked[1:2])


def test_expected_tokens_are_as_by_the_lens_on_one_text(model: LanguageModel) -> None:
    """Ranks are those of a continuation by the next term; probabilities those of the top tokens."""
    asked = patterns()
    assert {", ", " ", "; ", " - ", " and "} < {item.conditions["separator"] for item in asked}
    found = expected_tokens(model, asked)
    assert found.ranks.shape == (len(NORMS), len(asked), tiny.LAYERS)
    for row, item in enumerate(asked):
        terms = [term.strip(" ;,-/|:+&*=and") for term in item.continuation.split()]
        recording = record(model, item.prompt, f" {terms[0]}")
        for under, norm in enumerate(NORMS):
            grid = continuation_ranks(model, recording, norm, last_only=True)
            np.testing.assert_array_equal(found.ranks[under, row], grid.ranks[:, 0])
            best = top_tokens(model, recording, norm, len(model.unembedding))
            for layer, tokens in enumerate(best.tokens):
                share = best.probabilities[layer][tokens.index(recording.tokens[-1])]
                assert found.probabilities[under, row, layer] == pytest.approx(share, rel=2e-3)


def test_a_token_is_best_from_where_its_ranks_say_so(model: LanguageModel) -> None:
    """Asked of what the model itself says next, which ends on rank 1, and of something else."""
    asked = patterns()
    said = [
        item.model_copy(update={"continuation": " " + best + item.conditions["separator"]})
        for item in asked
        if (best := top_tokens(model, record(model, item.prompt), "final", 1).tokens[-1][0]).strip()
    ]
    found = expected_tokens(model, [*asked, *said])
    depths = [crossing(ranks.T == 1) for ranks in found.ranks]
    np.testing.assert_allclose(found.best_from, depths)
    assert len(np.unique(depths)) > 1


def test_the_last_layers_alone_are_those_of_all(model: LanguageModel) -> None:
    asked = patterns()[:2]
    whole = expected_tokens(model, asked)
    for count in (1, 2):
        last = expected_tokens(model, asked, 1 - (count - 1) / model.entry.layers)
        np.testing.assert_array_equal(last.ranks, whole.ranks[:, :, -count:])
        np.testing.assert_array_equal(last.best_from, whole.best_from)
        np.testing.assert_allclose(
            last.probabilities, whole.probabilities[:, :, -count:], rtol=1e-5
        )


@pytest.fixture
def by_hand() -> WatchedSet:
    """Items are ahead in layers 0 and 1; under the final norm the other way round."""
    made = (
        watched("p", cluster="a", subject="plural", attractor="singular"),
        watched("q", cluster="a", subject="singular", attractor="singular"),
        watched("r", cluster="b", subject="plural", attractor="plural"),
    )
    lead = np.array([[1.0, -1], [2, 2], [0, 3]])
    return WatchedSet(np.stack([lead, -lead]), made, (), SOURCE)


def test_items_are_chosen_by_their_conditions(by_hand: WatchedSet) -> None:
    assert by_hand.of(subject="plural").tolist() == [True, False, True]
    assert by_hand.of(subject="plural", attractor="singular").tolist() == [True, False, False]
    assert by_hand.of().tolist() == [True] * 3
    assert not by_hand.of(words="noun").any()
    assert by_hand.clusters(subject="plural") == ["a", "b"]
    assert by_hand.ahead("none", subject="plural").tolist() == [[True, False], [False, True]]
    assert by_hand.ahead("final", subject="plural").tolist() == [[False, True], [False, False]]


def test_results_over_sets_fit_their_items_and_travel(by_hand: WatchedSet) -> None:
    ranks = np.ones((2, 3, 4), int)
    shares, depths = np.full((2, 3, 4), 0.5), np.full((2, 3), 0.25)
    found = ExpectedSet(ranks, shares, depths, by_hand.items, SOURCE)
    assert found.clusters == ["a", "a", "b"]
    again = pickle.loads(pickle.dumps(by_hand))
    np.testing.assert_array_equal(again.lead, by_hand.lead)
    assert again.items == by_hand.items
    with pytest.raises(ValueError, match=r"lead are given for \(2, 3\): expected \(2, 2\)"):
        WatchedSet(by_hand.lead, by_hand.items[:2], (), SOURCE)
    with pytest.raises(ValueError, match=r"ranks are given for \(2, 3\): expected \(2, 1\)"):
        ExpectedSet(ranks, shares, depths, by_hand.items[:1], SOURCE)


def test_lists_arrive_as_their_next_two_entries_do(model: LanguageModel) -> None:
    listed = Item(
        id="list",
        set="lists",
        cluster="eu",
        template="{}",
        prompt="1. Austria\n2.",
        continuation=" Belgium\n3. Bulgaria\n4. man",
        conditions={},
    )
    found = list_arrivals(model, [listed])
    assert (found.items, found.clusters) == ((listed,), ["eu"])
    recording = record(model, listed.prompt, " Belgium\n3. Bulgaria\n")
    for under, norm in enumerate(NORMS):
        grid = continuation_ranks(model, recording, norm)
        for depths, roles in (
            (found.syntax, (Role.NEWLINE, Role.PERIOD)),
            (found.content, (Role.COUNTRY,)),
        ):
            assert depths[under, 0] == np.median(arrivals(grid, roles))
