"""The texts that claims are from."""

from replication.articles import experiments
from replication.base.norms import Norm
from replication.base.records import Record


class Source(Record):
    """A text that claims are from."""

    title: str
    author: str
    address: str
    about: str
    """What its claims speak of, in a few words."""
    norm: Norm | None
    """How it reads inner layers; None where it reads none."""


HIDDEN_STATES = Source(
    title="Finding the Words to Say: Hidden State Visualizations for Language Models",
    author="Alammar 2021",
    address="https://jalammar.github.io/hidden-states/",
    about="hidden states",
    norm="none",
)
EXPLAINING_TRANSFORMERS = Source(
    title="Interfaces for Explaining Transformer Language Models",
    author="Alammar 2020",
    address="https://jalammar.github.io/explaining-transformers/",
    about="saliency and neurons",
    norm="none",
)
LOGIT_LENS = Source(
    title="interpreting GPT: the logit lens",
    author="nostalgebraist 2020, and later introductions to it",
    address="https://www.lesswrong.com/posts/AcKRB8wDpdaN6v6ru/interpreting-gpt-the-logit-lens",
    about="logit lens",
    norm="final",
)
ATTENTION_VIEWS = Source(
    title="A Multiscale Visualization of Attention in the Transformer Model",
    author="Vig 2019, and introductions to its software BertViz",
    address="https://arxiv.org/abs/1906.05714",
    about="attention views",
    norm=None,
)
TUNED_LENS = Source(
    title="Eliciting Latent Predictions from Transformers with the Tuned Lens",
    author="Belrose et al. 2023",
    address="https://arxiv.org/abs/2303.08112",
    about="tuned lens",
    norm="tuned",
)


def published_of(figures: tuple[str, ...]) -> tuple[experiments.PublishedFigure, ...]:
    """Of the experiments that a claim asks for, those with published numbers."""
    known = experiments.published_ids()
    return tuple(experiments.published_figure(id) for id in figures if id in known)
