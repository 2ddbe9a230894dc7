"""The texts that claims are from, as the claims' ids tell them."""

from dataclasses import dataclass
from typing import Literal

from replication.articles import experiments

Level = Literal["figure", "many texts"]


@dataclass(frozen=True)
class Source:
    """A text that claims are from."""

    id: str
    """The first letters of its claims' ids."""
    title: str
    author: str
    address: str
    about: str
    """What its claims speak of, in a few words."""


SOURCES = {
    source.id: source
    for source in (
        Source(
            "HS",
            "Finding the Words to Say: Hidden State Visualizations for Language Models",
            "Alammar 2021",
            "https://jalammar.github.io/hidden-states/",
            "hidden states",
        ),
        Source(
            "EX",
            "Interfaces for Explaining Transformer Language Models",
            "Alammar 2020",
            "https://jalammar.github.io/explaining-transformers/",
            "saliency and neurons",
        ),
        Source(
            "LL",
            "interpreting GPT: the logit lens",
            "nostalgebraist 2020, and later introductions to it",
            "https://www.lesswrong.com/posts/AcKRB8wDpdaN6v6ru/interpreting-gpt-the-logit-lens",
            "logit lens",
        ),
        Source(
            "BV",
            "A Multiscale Visualization of Attention in the Transformer Model",
            "Vig 2019, and introductions to its software BertViz",
            "https://arxiv.org/abs/1906.05714",
            "attention views",
        ),
    )
}
KINDS = {**{source.id: source.about for source in SOURCES.values()}, "SLIP": "slips"}
"""The kinds of claims, in the order that a reader is offered them."""


def kind_of(claim: str) -> str:
    """The first letters of a claim's id, for example ``HS``."""
    return claim.partition("-")[0]


def level_of(claim: str) -> Level:
    """Whether a claim is on the article's own text, or on many texts of the same kind."""
    many = claim.endswith(("-many", "-held-out")) or claim.startswith("HS-Q")
    return "many texts" if many else "figure"


def published_of(figures: tuple[str, ...]) -> tuple[experiments.PublishedFigure, ...]:
    """Of the experiments that a claim asks for, those with published numbers."""
    known = experiments.published_ids()
    return tuple(experiments.published_figure(id) for id in figures if id in known)


def source_of(claim: str, figures: tuple[str, ...]) -> Source | None:
    """The text that a claim is from; a slip is of the article whose figure shows it."""
    kind = kind_of(claim)
    addresses = [figure.source for figure in published_of(figures)]
    if kind == "SLIP" and addresses:
        return next((s for s in SOURCES.values() if s.address in addresses[0]), None)
    return SOURCES.get(kind)
