"""The articles as data: their experiments, and the numbers they published.

An experiment is a text and what is looked at in it. It carries no token positions: what is looked
at is found by role (``replication.results.roles``), so one experiment runs on every tokenizer.

Articles: Alammar 2020, https://jalammar.github.io/explaining-transformers/, and Alammar 2021,
https://jalammar.github.io/hidden-states/. Their numbers are CC BY-NC-SA 4.0
(``data/published/ATTRIBUTION.md``).
"""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, model_validator

from replication.results.factors import Factors
from replication.results.provenance import Provenance
from replication.results.ranks import RankGrid, TopTokens
from replication.results.saliency import Saliency

Kind = Literal[
    "rank_of_generated_token",
    "rank_of_watched_token",
    "top_tokens_per_layer",
    "grad_x_input",
    "nmf_factors",
]
GPT2_VOCABULARY = 50257  # of every model whose numbers the articles published
DISTILGPT2_LAYERS = 6  # of the model whose factors they published


class PublishedFigure(BaseModel):
    """One published figure, as the files under ``data/published`` hold it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    """The article, with its address."""
    figure: str
    model_stated: str | None
    """What the article says the model is."""
    model: str | None
    """What the numbers show it to be."""
    prompt: str
    n_input_tokens: int | None = None
    kind: Kind
    layers: list[int] | None = None
    tokens: list[str] | list[list[str]]
    token_ids: list[int] | None = None
    values: list[list[float]]
    unit: str | None = None
    read: str
    """How the numbers were obtained."""
    note: str | None = None

    @model_validator(mode="after")
    def _shape_fits(self) -> "PublishedFigure":
        tokens, rows = self.tokens, [len(row) for row in self.values]
        match self.kind:
            case "rank_of_generated_token" | "rank_of_watched_token":
                expected = [len(tokens)] * len(self.layers or ())
            case "top_tokens_per_layer":
                expected = [len(row) for row in tokens]
            case "grad_x_input":
                first = self.n_input_tokens or 0
                expected = list(range(first, first + len(self.values)))
            case "nmf_factors":
                expected = [len(tokens)] * len(self.values)
        if rows != expected:
            raise ValueError(f"{self.figure}: rows of {rows} values, expected {expected}")
        return self


@dataclass(frozen=True)
class Experiment:
    """A text, and what is looked at in it.

    Either a ``continuation`` is given, and each of its tokens is ranked at the position before it,
    or ``watched`` words compete for the position after the prompt.
    """

    id: str
    """The stem of its file under ``data/published``."""
    source: str
    figure: str
    paper_model: str | None
    """The model that the published numbers show, as ``replication.models.registry`` names it."""
    prompt: str
    continuation: str
    visible_tokens: int
    """How many tokens were published; where generation is asked for, so many tokens that are not
    mere spaces are generated."""
    watched: tuple[str, ...]
    last_only: bool
    """The article shows one token: where a tokenizer cuts it in two (a space and the rest), only
    the last piece is looked at."""


def published_ids() -> tuple[str, ...]:
    """The ids of all published figures, in alphabetical order."""
    files = resources.files("replication").joinpath("data/published").iterdir()
    return tuple(sorted(f.name[: -len(".json")] for f in files if f.name.endswith(".json")))


@cache
def published_figure(id: str) -> PublishedFigure:
    """One published figure as it lies in its file.

    Raises ``ValueError``, with the ids there are, for an unknown one.
    """
    if id not in published_ids():
        raise ValueError(f"no experiment {id!r}: expected one of {', '.join(published_ids())}")
    file = resources.files("replication").joinpath(f"data/published/{id}.json")
    return PublishedFigure.model_validate_json(file.read_text("utf-8"))


@cache
def experiment(id: str) -> Experiment:
    """The experiment behind a published figure.

    The continuation is the text that the article's model wrote, given to every other model as it
    stands: ranks of the same tokens are compared, and no sampling is involved.
    """
    data = published_figure(id)
    watched = data.kind == "rank_of_watched_token"
    if data.kind == "top_tokens_per_layer":
        shown = [str(data.tokens[-1][0])]  # the article selects the best token of the last layer
    else:
        shown = [str(token) for token in data.tokens][data.n_input_tokens or 0 :]
    return Experiment(
        id=id,
        source=data.source,
        figure=data.figure,
        paper_model=data.model and data.model.rpartition("/")[2].lower(),
        prompt=data.prompt,
        continuation="" if watched else "".join(shown),
        visible_tokens=0 if watched else len(shown),
        watched=tuple(shown) if watched else (),
        last_only=not watched and len(shown) == 1,
    )


def published_provenance(id: str) -> Provenance:
    """What stands behind the numbers of a published figure."""
    data = published_figure(id)
    return Provenance(
        subject="published",
        kind="published",
        model=experiment(id).paper_model or "not stated",
        weights="as published",
        revision=data.read,
        norm=None if data.kind in ("grad_x_input", "nmf_factors") else "none",
        start_token="none",
        prompt=data.prompt,
    )


def published_ranks(id: str) -> RankGrid:
    """The published ranks of an experiment's tokens, in the type that measured ones come in."""
    data = published_figure(id)
    if data.kind not in ("rank_of_generated_token", "rank_of_watched_token"):
        raise ValueError(f"{id!r} was published as {data.kind}, not as ranks")
    return RankGrid(
        ranks=np.array(data.values, dtype=np.int64),
        tokens=tuple(str(token) for token in data.tokens),
        kind="watched" if data.kind == "rank_of_watched_token" else "continuation",
        vocabulary=GPT2_VOCABULARY,
        provenance=published_provenance(id),
    )


def published_top_tokens(id: str) -> TopTokens:
    """The published best tokens per layer; percentages become probabilities."""
    data = published_figure(id)
    if data.kind != "top_tokens_per_layer":
        raise ValueError(f"{id!r} was published as {data.kind}, not as top tokens")
    return TopTokens(
        tokens=tuple(tuple(row) for row in data.tokens),
        probabilities=np.array(data.values) / 100,
        target=experiment(id).continuation,
        provenance=published_provenance(id),
    )


def published_saliency(id: str) -> Saliency:
    """The published input saliency of an experiment's generated tokens."""
    data = published_figure(id)
    if data.kind != "grad_x_input" or data.n_input_tokens is None:
        raise ValueError(f"{id!r} was published as {data.kind}, not as saliency")
    shares = np.zeros((len(data.values), len(data.tokens) - 1))
    for row, values in zip(shares, data.values, strict=True):
        row[: len(values)] = values
    return Saliency(
        shares=shares,
        tokens=tuple(str(token) for token in data.tokens),
        n_input=data.n_input_tokens,
        method="gradient x input",
        of="logit",
        provenance=published_provenance(id),
    )


def published_factors(id: str) -> Factors:
    """The published activity of factors over an experiment's tokens."""
    data = published_figure(id)
    if data.kind != "nmf_factors" or data.n_input_tokens is None:
        raise ValueError(f"{id!r} was published as {data.kind}, not as factors")
    return Factors(
        activity=np.array(data.values),
        tokens=tuple(str(token) for token in data.tokens),
        n_input=data.n_input_tokens,
        layers=(0,) if id.endswith("layer0") else tuple(range(DISTILGPT2_LAYERS)),
        neurons=None,
        provenance=published_provenance(id),
    )
