"""Factors planted in made-up activations, the published ones, and those of a trained model."""

from dataclasses import replace

import numpy as np
import pytest
from measures.test_neurons import made
from sklearn.decomposition import NMF

from replication.articles import experiments
from replication.measures.factors import Start, factor_matrix, factorize, pca, reach
from replication.measures.record import Recording, generate, record_ids
from replication.measures.role_scores import role_score
from replication.models import registry, weights
from replication.models.errors import ModelError
from replication.results.factors import Factors
from replication.results.roles import Role

PROVENANCE = experiments.published_provenance("factors_counting_two")
LAYERS, POSITIONS, NEURONS = 3, 18, 20
TOKENS = tuple("abcdefghijklmnopqr")


def planted(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Three patterns with a third of the positions and of the neurons each: what makes the matrix.

    Returns (factor, position) and (factor, layer, neuron).
    """
    random = np.random.default_rng(seed)
    activity = random.uniform(1, 2, (3, POSITIONS))
    neurons = random.uniform(1, 2, (3, LAYERS * NEURONS))
    activity *= np.arange(POSITIONS) % 3 == np.arange(3)[:, None]
    neurons *= np.arange(LAYERS * NEURONS) // 20 == np.arange(3)[:, None]
    neurons *= np.array([[1], [3], [2]])  # so that their order by energy is 1, 2, 0
    return activity, neurons.reshape(3, LAYERS, NEURONS)


def planted_recording(prompt_length: int = POSITIONS) -> Recording:
    activity, neurons = planted()
    return made(np.einsum("fp,fln->lpn", activity, neurons), TOKENS, prompt_length)


def noisy(prompt_length: int = POSITIONS) -> Recording:
    values = np.random.default_rng(1).normal(size=(LAYERS, POSITIONS, NEURONS))
    return made(values, TOKENS, prompt_length)


def energy_of(factors: Factors) -> np.ndarray:
    assert factors.energy is not None
    return factors.energy


def weights_of(factors: Factors) -> np.ndarray:
    assert factors.neurons is not None
    return factors.neurons


@pytest.mark.parametrize("start", ["random", "nndsvda"])
def test_planted_factors_are_found(start: Start) -> None:
    activity, neurons = planted()
    found = factorize(planted_recording(), 3, start=start)
    for factor, truth in enumerate((1, 2, 0)):
        assert np.corrcoef(found.activity[factor], activity[truth])[0, 1] > 0.99
        assert np.corrcoef(weights_of(found)[factor], neurons[truth].ravel())[0, 1] > 0.99


def test_energy_is_that_of_the_parts_and_orders_them() -> None:
    activity, neurons = planted()
    parts = (np.einsum("fp,fln->fpln", activity, neurons) ** 2).sum(axis=(1, 2, 3))
    found = energy_of(factorize(planted_recording(), 3))
    np.testing.assert_allclose(found, np.sort(parts / parts.sum())[::-1], rtol=1e-2)
    several = energy_of(factorize(noisy(), 6))
    assert (np.diff(several) <= 0).all()
    assert several.sum() == pytest.approx(1)


def test_two_runs_agree_and_another_seed_does_not() -> None:
    first, second = (factorize(noisy(), 4) for _ in range(2))
    assert np.array_equal(first.activity, second.activity)
    assert np.array_equal(weights_of(first), weights_of(second))
    other = factorize(noisy(), 4, seed=1)
    assert not np.allclose(first.activity, other.activity)


def test_the_settings_are_the_articles() -> None:
    """Written out in scikit-learn, with the matrix made another way, the numbers are the same."""
    recording = noisy()
    fired = recording.neurons
    assert fired is not None
    rows = [fired[:, position].clamp(min=0).flatten().numpy() for position in range(POSITIONS)]
    method = NMF(4, init="random", random_state=0, max_iter=500)
    activity, neurons = method.fit_transform(np.stack(rows)).T, method.components_
    found = factorize(recording, 4)
    order = np.argsort(-(activity**2).sum(1) * (neurons**2).sum(1))
    np.testing.assert_allclose(found.activity, activity[order], atol=1e-4)
    np.testing.assert_allclose(weights_of(found), neurons[order], atol=1e-4)


def test_negative_activations_count_as_none() -> None:
    recording = noisy()
    assert recording.neurons is not None
    clipped = replace(recording, neurons=recording.neurons.clamp(min=0))
    positive = replace(recording, neurons=recording.neurons.abs())
    found, same, other = (factorize(given, 3).activity for given in (recording, clipped, positive))
    assert np.array_equal(found, same)
    assert not np.allclose(found, other, atol=0.1)


def test_layers_are_named_and_stay_in_order() -> None:
    recording = noisy()
    assert recording.neurons is not None
    found = factorize(recording, 2, layers=[2, 0])
    assert found.layers == (2, 0)
    assert weights_of(found).shape == (2, 2 * NEURONS)
    first = factor_matrix(recording, [2, 0])[:, :NEURONS]
    np.testing.assert_array_equal(first, recording.neurons[2].clamp(min=0))
    alone = factorize(made(recording.neurons[1:2].numpy(), TOKENS), 2)
    middle = factorize(recording, 2, layers=[1])
    assert np.array_equal(alone.activity, middle.activity)
    assert middle.layers == (1,)


def test_generated_tokens_are_shown_with_what_wrote_them() -> None:
    """The last position is not used; that of the last input token is shown twice."""
    continued, cut = noisy(prompt_length=5), noisy()
    assert cut.neurons is not None
    short = made(cut.neurons[:, :-1].numpy(), TOKENS[:-1])
    found, plain = factorize(continued, 3), factorize(short, 3)
    assert found.tokens == TOKENS
    assert found.n_input == 5
    assert np.array_equal(found.activity[:, :5], plain.activity[:, :5])
    assert np.array_equal(found.activity[:, 5:], plain.activity[:, 4:])
    np.testing.assert_allclose(energy_of(found), energy_of(plain), rtol=1e-6)


def test_a_start_token_has_no_part() -> None:
    plain = noisy(prompt_length=5)
    assert plain.neurons is not None
    fired = np.concatenate([np.full((LAYERS, 1, NEURONS), 1e3), plain.neurons.numpy()], axis=1)
    started = made(fired, ("", *TOKENS), prompt_length=6)
    one, two = (factorize(recording, 3) for recording in (plain, started))
    assert np.array_equal(one.activity, two.activity)
    assert (one.tokens, one.n_input) == (two.tokens, two.n_input)
    with pytest.raises(ModelError, match="no token to show"):
        factorize(made(fired, ("", *TOKENS), prompt_length=1), 3)


def test_published_factors_repeat_the_last_input_token() -> None:
    for id in ("factors_counting_two", "factors_counting_five", "factors_eu", "factors_hero_eu"):
        published = experiments.published_factors(id)
        last = published.n_input - 1
        assert np.array_equal(published.activity[:, last], published.activity[:, last + 1])
        assert published.energy is None
    with pytest.raises(ValueError, match="no weights of neurons"):
        reach(published)


@pytest.mark.parametrize("count", [0, -1, POSITIONS + 1])
def test_counts_that_cannot_be(count: int) -> None:
    for method in (lambda: factorize(noisy(), count), lambda: pca(noisy(), count)):
        with pytest.raises(ModelError, match=f"{count} .* expected 1 to {POSITIONS}"):
            method()


def test_from_one_factor_to_as_many_as_positions() -> None:
    for count in (1, POSITIONS):
        assert len(factorize(noisy(), count).activity) == count
        assert len(pca(noisy(), count).activity) == count


def test_errors_name_what_was_given() -> None:
    with pytest.raises(ModelError, match="neurons=True"):
        factorize(replace(noisy(), neurons=None), 2)
    with pytest.raises(ModelError, match=r"\(3,\)"):
        factorize(noisy(), 2, layers=[3])


def test_reach_by_hand() -> None:
    factors = Factors(
        activity=np.array([[0.0, 2.0], [4.0, 1.0]]),
        tokens=("a", "b"),
        n_input=2,
        layers=(0,),
        neurons=np.array([[0.0, 1, 3, 0], [0, 0, 1, 1]]),
        provenance=PROVENANCE,
    )
    found = reach(factors)
    assert found.common.tolist() == [[2, 1], [1, 2]]
    assert found.shares.tolist() == [0.5, 0.5]
    assert reach(factors, threshold=3.0).common.tolist() == [[1, 1], [1, 2]]
    assert reach(factors, threshold=4.0).common.tolist() == [[1, 0], [0, 0]]  # above, not at it
    scaled = replace(factors, activity=factors.activity * 8, neurons=weights_of(factors) / 8)
    assert np.array_equal(reach(scaled, threshold=3.0).common, reach(factors, threshold=3.0).common)
    with pytest.raises(ValueError, match="-1"):
        reach(factors, threshold=-1.0)


def test_reach_of_planted_factors() -> None:
    found = reach(factorize(planted_recording(), 3), threshold=0.5)
    assert np.array_equal(found.common, np.diag([20, 20, 20]))


def test_principal_components_are_negative_where_factors_are_not() -> None:
    found = pca(noisy(), 4)
    assert found.activity.shape == (4, POSITIONS)
    assert found.neurons.shape == (4, LAYERS * NEURONS)
    assert ((found.negative > 0) & (found.negative < 1)).all()
    assert (weights_of(factorize(noisy(), 4)) >= 0).all()
    matrix = factor_matrix(noisy())
    values = np.linalg.svd(matrix - matrix.mean(axis=0), compute_uv=False) ** 2
    np.testing.assert_allclose(found.variance, (values / values.sum())[:4], rtol=1e-4)


@pytest.fixture(scope="module")
def counting() -> Recording:
    try:
        weights.folder(registry.MODELS["smollm2"])
    except weights.WeightsError as error:
        pytest.skip(str(error))
    from replication.models.loading import load

    model = load("smollm2")
    before = model.encode(" 1, 2, 3", start=True)
    after = generate(model, " 1, 2, 3", 16)
    return record_ids(model, [*before, *after], len(before), neurons=True)


def test_a_trained_model_has_factors_for_roles(counting: Recording) -> None:
    found = factorize(counting, 3)
    assert found.activity.shape == (3, len(counting.tokens))
    assert weights_of(found).shape == (3, 30 * 1536)
    written = np.arange(len(found.tokens)) >= found.n_input
    scores = {
        wanted: role_score(found.activity, [role == wanted for role in found.roles], among=written)
        for wanted in (Role.COMMA, Role.NUMBER)
    }
    assert scores[Role.COMMA].pattern != scores[Role.NUMBER].pattern
    for score in scores.values():
        assert score.runner_up is not None
        assert score.runner_up <= score.correlation <= 1
