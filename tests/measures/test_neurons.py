"""Firing, sparsity and clusters, on tables worked out by hand and on tiny networks."""

from collections.abc import Sequence

import numpy as np
import pytest
import torch

from replication.articles.experiments import published_provenance
from replication.measures.neurons import clusters, drawn, firing, layer_firing, sparsity
from replication.measures.record import Recording, record
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.results.roles import Role

COUNTING = (" 1", ",", " 2", ",", " 3", ",")


def made(neurons: object, tokens: Sequence[str], prompt_length: int | None = None) -> Recording:
    """A recording with these activations, (layer, position, neuron)."""
    fired = torch.as_tensor(np.asarray(neurons, np.float32))
    return Recording(
        ids=tuple(range(len(tokens))),
        tokens=tuple(tokens),
        prompt_length=prompt_length or len(tokens),
        states=torch.zeros(len(fired), len(tokens), 1),
        provenance=published_provenance("factors_counting_two"),
        start_length=int(tokens[0] == ""),
        neurons=fired,
    )


def test_firing_keeps_layers_and_positions_apart() -> None:
    values = np.arange(3 * 2 * 4).reshape(3, 2, 4)
    recording = made(values, ("a", "b"))
    assert np.array_equal(firing(recording), values)
    assert np.array_equal(firing(recording, [2, 0]), values[[2, 0]])


def test_a_start_token_is_left_out() -> None:
    values = np.arange(2 * 3 * 4).reshape(2, 3, 4)
    recording = made(values, ("", "a", "b"))
    assert np.array_equal(firing(recording), values[:, 1:])
    assert sparsity(recording).tokens == ("a", "b")


def test_firing_is_what_the_nonlinearity_gives(model: LanguageModel) -> None:
    recording = record(model, "The keys", neurons=True)
    start = int(model.entry.start_token is not None)
    activation = model.blocks[1].get_submodule(model.architecture.activation)
    outputs: list[torch.Tensor] = []
    handle = activation.register_forward_hook(lambda _m, _i, output: outputs.append(output[0]))
    with torch.no_grad():
        model.network(torch.tensor([recording.ids]))
    handle.remove()
    np.testing.assert_allclose(firing(recording, [1])[0], outputs[0][start:], atol=1e-6)


@pytest.mark.parametrize("layers", [[], [3], [-1], [0, 0]])
def test_layers_that_are_not_there(layers: list[int]) -> None:
    with pytest.raises(ModelError, match="expected one or more of 0 to 2"):
        firing(made(np.zeros((3, 1, 1)), ("a",)), layers)


def test_a_recording_without_neurons(model: LanguageModel) -> None:
    with pytest.raises(ModelError, match="neurons=True"):
        firing(record(model, "The keys"))


def test_sparsity_by_hand() -> None:
    table = [
        # One layer; the threshold of the second reading is a tenth of 10, of 0.5 and of -1.
        [[10.0, 1.0, 1.1, -0.1], [0.5, 0.04, 0.06, 0.0], [-1.0, -2.0, -0.05, -3.0]],
    ]
    found = sparsity(made(table, ("a", "b", "c")))
    assert found.firing.tolist() == [[3, 3, 0]]
    assert found.strong.tolist() == [[2, 2, 0]]
    assert found.share.tolist() == [[0.75, 0.75, 0]]
    assert sparsity(made(table, ("a", "b", "c")), threshold=1.0).firing.tolist() == [[2, 0, 0]]


def test_strong_does_not_depend_on_scale() -> None:
    values = np.random.default_rng(0).normal(size=(2, 5, 30))
    once, hundredfold = (sparsity(made(values * by, "abcde")) for by in (1, 100))
    assert np.array_equal(once.strong, hundredfold.strong)
    assert not np.array_equal(once.strong, once.firing)


@pytest.mark.parametrize("part", [-0.1, 1.0])
def test_sparsity_refuses_a_part_that_is_none(part: float) -> None:
    with pytest.raises(ModelError, match=str(part)):
        sparsity(made(np.zeros((1, 1, 1)), ("a",)), part=part)


def test_columns_are_what_wrote_each_generated_token() -> None:
    values = np.arange(6 * 2).reshape(1, 6, 2)
    found = layer_firing(made(values, COUNTING, prompt_length=3), 0)
    assert found.tokens == (",", " 3", ",")
    assert found.roles == (Role.COMMA, Role.NUMBER, Role.COMMA)
    assert np.array_equal(found.values, values[0, 2:5].T)
    read = layer_firing(made(values, COUNTING), 0)
    assert read.tokens == COUNTING
    assert np.array_equal(read.values, values[0].T)


def test_a_start_token_moves_no_column() -> None:
    values = np.arange(6 * 2).reshape(1, 6, 2)
    with_start = np.concatenate([np.full((1, 1, 2), 99), values], axis=1)
    plain = layer_firing(made(values, COUNTING, 3), 0)
    started = layer_firing(made(with_start, ("", *COUNTING), 4), 0)
    assert np.array_equal(plain.values, started.values)
    assert plain.tokens == started.tokens


def test_drawn_neurons_are_rows_of_the_layer() -> None:
    values = np.random.default_rng(0).random((2, 6, 50))
    recording = made(values, COUNTING)
    whole = layer_firing(recording, 1)
    some = drawn(whole, neurons=20, seed=3)
    assert some.values.shape == (20, 6)
    assert (np.diff(some.neurons) > 0).all()
    assert np.array_equal(some.values, whole.values[some.neurons])
    assert np.array_equal(some.neurons, drawn(whole, neurons=20, seed=3).neurons)
    assert not np.array_equal(some.neurons, drawn(whole, neurons=20, seed=4).neurons)
    with pytest.raises(ModelError, match="51 neurons asked for: expected 1 to 50"):
        drawn(whole, neurons=51)


def test_from_one_neuron_to_all_of_a_layer() -> None:
    whole = layer_firing(made(np.random.default_rng(0).random((1, 6, 250)), COUNTING), 0)
    assert len(drawn(whole).neurons) == 200  # as many as the article draws
    assert np.array_equal(drawn(whole).neurons, drawn(whole, 200, seed=0).neurons)
    assert len(drawn(whole, 1).neurons) == 1
    assert drawn(whole, 250).neurons.tolist() == list(range(250))
    with pytest.raises(ModelError, match="0 neurons asked for: expected 1 to 250"):
        drawn(whole, 0)


def test_any_neuron_that_fires_is_strong_where_no_part_is_asked_for() -> None:
    recording = made([[[10.0, 1.0, 0.0, -0.1]]], ("a",))
    assert sparsity(recording, part=0.0).strong.tolist() == [[2]]
    assert sparsity(recording, part=0.2).strong.tolist() == [[1]]


def test_clusters_by_hand() -> None:
    # Three neurons fire little, two for commas, one for numbers; each token is a row here.
    number, comma = [0.1, 0, 0, 0, 0, 7], [0, 0.1, 0, 4, 6, -5]
    found = clusters(made([[number, comma] * 3], COUNTING), 0, 3)
    assert found.labels.tolist() == [0, 0, 0, 1, 1, 2]
    assert found.sizes.tolist() == [3, 2, 1]
    assert found.firing.shape == (3, 6)
    np.testing.assert_allclose(found.firing[:, :2].T, [[0.1 / 3, 0, 7], [0.1 / 3, 5, 0]], atol=1e-6)


def test_clusters_of_one_size_come_by_firing_and_agree() -> None:
    recording = made([[[1.0, 5, 1, 5]] * 2], ("a", "b"))
    assert clusters(recording, 0, 2).labels.tolist() == [1, 0, 1, 0]
    values = np.random.default_rng(0).random((1, 6, 60))
    first, second = (clusters(made(values, COUNTING), 0, 7) for _ in range(2))
    assert np.array_equal(first.labels, second.labels)
    assert (np.diff(first.sizes) <= 0).all()


def test_one_cluster_has_every_neuron() -> None:
    found = clusters(made([[[1.0, 5, 1, 5]] * 2], ("a", "b")), 0, 1)
    assert found.labels.tolist() == [0, 0, 0, 0]
    assert found.firing.tolist() == [[3, 3]]
    assert found.seed == 0


def test_clusters_refuse_what_cannot_be() -> None:
    recording = made([[[1.0, 5, 1, 5]] * 2], ("a", "b"))
    for count in (0, 3):  # four neurons, but only two that differ
        with pytest.raises(ModelError, match=f"{count} clusters asked for: expected 1 to 2"):
            clusters(recording, 0, count)
