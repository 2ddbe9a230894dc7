"""The benchmarks compare like with like, on networks small enough to take no time."""

import numpy as np
import pytest
import rank_grid
import routes
import saliency


@pytest.mark.parametrize("benchmark", [rank_grid, saliency], ids=lambda module: module.__name__)
def test_routes_come_to_the_same_results(benchmark: object) -> None:
    compared: routes.Routes = benchmark.ROUTES  # type: ignore[attr-defined]
    model = routes.random_model(layers=2, width=64, vocabulary=50)
    times, results = routes.compare(compared, model, prompt=3, continuation=4, repeats=1)
    assert set(times) == set(results) == set(compared)
    assert all(seconds > 0 for seconds in times.values())
    first = results[next(iter(compared))]
    for result in results.values():
        np.testing.assert_allclose(result, first, atol=1e-6)
