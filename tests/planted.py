"""A copy of the package in which the table of models and the published numbers are ours.

All else in it is the package's own code, and so the plain commands run on it, in processes of
their own too: with ``PYTHONPATH`` set to its folder.
"""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import replication
from replication.articles import experiments
from replication.articles.experiments import PublishedFigure
from replication.measures.factors import factorize
from replication.measures.lens import continuation_ranks, top_tokens, watched_ranks
from replication.measures.record import record
from replication.measures.saliency import gradient_x_input
from replication.models.language_model import LanguageModel
from replication.models.registry import ModelEntry

PACKAGE = Path(replication.__file__).parent
PUBLISHED = Path("replication") / "data" / "published"


def package(folder: Path, entry: ModelEntry) -> Path:
    """The copy, with an entry in the place of the table's of that name."""
    unfinished = shutil.ignore_patterns("*.pyc.*")  # of another test that runs at the same time
    shutil.copytree(PACKAGE, folder / "replication", ignore=unfinished)
    with (folder / "replication" / "models" / "registry.py").open("a") as table:
        table.write(f"\nMODELS[{entry.name!r}] = {entry!r}\n")
    return folder


def publish(folder: Path, id: str, figure: PublishedFigure) -> None:
    """Put a figure in the place of the copy's own."""
    (folder / PUBLISHED / f"{id}.json").write_text(figure.model_dump_json())


def withdraw(folder: Path, ids: Iterable[str]) -> None:
    """Take figures out of the copy."""
    for id in ids:
        (folder / PUBLISHED / f"{id}.json").unlink()


def figure_of(model: LanguageModel, id: str) -> PublishedFigure:
    """A published figure as it would be, had the article taken this model."""
    real = experiments.published_figure(id)
    prompt, given = real.prompt, experiments.experiment(id).continuation
    made: dict[str, Any] = {"model": model.name, "layers": list(range(model.entry.layers))}
    match real.kind:
        case "rank_of_generated_token":
            grid = continuation_ranks(model, record(model, prompt, given), "none")
            made |= {"tokens": list(grid.tokens), "values": grid.ranks.tolist()}
        case "rank_of_watched_token":
            words = [str(word) for word in real.tokens]
            grid = watched_ranks(model, record(model, prompt), "none", words)
            made |= {"values": grid.ranks.tolist()}
        case "top_tokens_per_layer":
            best = top_tokens(model, record(model, prompt), "none")
            percent = (100 * best.probabilities).round(2).tolist()
            made |= {"tokens": [list(row) for row in best.tokens], "values": percent}
            given = best.tokens[-1][0]
        case "grad_x_input":
            seen = gradient_x_input(model, prompt, given)
            rows = [row[: seen.n_input + k] for k, row in enumerate(seen.shares.tolist())]
            made |= {"tokens": list(seen.tokens), "n_input_tokens": seen.n_input, "values": rows}
        case "nmf_factors":
            recording = record(model, prompt, given, neurons=True)
            found = factorize(recording, len(real.values), seed=0)
            made |= {"tokens": list(found.tokens), "n_input_tokens": found.n_input}
            made |= {"values": found.activity.tolist()}
    ids = [*model.encode(prompt, start=True), *model.encode(given)]
    return PublishedFigure.model_validate(
        {**json.loads(real.model_dump_json()), **made, "token_ids": ids}
    )
