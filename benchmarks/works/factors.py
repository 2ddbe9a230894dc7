"""W4, factorizing activations: 60 tokens x 18,432 neurons of a trained model into 10 factors.

All read the default model, whose first 12 layers have so many neurons together.
"""

from collections.abc import Generator
from typing import Any

import numpy as np
from networks import Shape
from work import Route, Target, Work

Steps = Generator[str, None, dict[str, Any]]
COUNT = 10
LAYERS = range(12)


def recording(shape: Shape) -> Any:
    """What the package factorizes."""
    from replication.articles import experiments
    from replication.measures.record import record_ids
    from replication.models import registry
    from replication.models.loading import load

    model = load(registry.DEFAULT_MODEL)
    prompt = experiments.experiment("factors_underground_layer0").prompt
    return record_ids(model, model.encode(prompt)[: shape.tokens], neurons=True)


def this_package(shape: Shape) -> Steps:
    """The article's settings: a random start and up to 500 iterations."""
    return _factorized(shape)


def fast_start(shape: Shape) -> Steps:
    """Another start and an earlier end, which the package offers."""
    return _factorized(shape, start="nndsvda", tolerance=1e-3)


def _factorized(shape: Shape, **settings: Any) -> Steps:
    import sklearn.decomposition  # noqa: F401  (the package does so when it factorizes)

    from replication.measures.factors import factor_matrix, factorize

    heard = recording(shape)
    yield "ready"
    factors = factorize(heard, COUNT, layers=LAYERS, **settings)
    yield "factors"
    assert factors.neurons is not None
    return {"error": _error(factor_matrix(heard, LAYERS), factors.activity.T, factors.neurons)}


def scikit_learn(shape: Shape) -> Steps:
    """The article's settings in scikit-learn, which is what Ecco calls."""
    from sklearn.decomposition import NMF

    from replication.measures.factors import factor_matrix

    heard = recording(shape)
    yield "ready"
    matrix = factor_matrix(heard, LAYERS)
    method = NMF(n_components=COUNT, init="random", random_state=0, max_iter=500)
    activity = method.fit_transform(matrix)
    yield "factors"
    return {"error": _error(matrix, activity, method.components_)}


def _error(matrix: np.ndarray, activity: np.ndarray, neurons: np.ndarray) -> np.ndarray:
    """The norm of what is left over, divided by that of the matrix."""
    return np.array(np.linalg.norm(matrix - activity @ neurons) / np.linalg.norm(matrix))


WORK = Work(
    title="W4: factors of activations",
    asked="60 tokens x 18,432 neurons of the default model written as 10 factors",
    routes=(
        Route("this package, the article's settings", "ours", this_package),
        Route("this package, nndsvda start, tolerance 1e-3", "ours", fast_start),
        Route("scikit-learn, the article's settings, as Ecco", "peer", scikit_learn),
    ),
    shapes=(Shape("SmolLM2, 12 layers", tokens=60),),
    compared="factors",
    targets=(Target("peer", 1, route="this package, nndsvda start, tolerance 1e-3"),),
)
