"""Baselines without a network: subjects that order watched words by one rule, whatever the text.

A baseline has no layers: what it says stands for every layer of its model alike. So it can carry a
claim that something leads throughout, and none that something changes along the depth.
"""

import json
import math
import re
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from replication.base.norms import Norm
from replication.models import registry, weights
from replication.models.nulls import NullKind
from replication.questions.lens import WatchedRanksOf
from replication.questions.question import Answer, Question
from replication.questions.sets import WatchedOver
from replication.questions.template_sets import items
from replication.results.provenance import Provenance
from replication.results.ranks import RankGrid
from replication.results.sets import WatchedSet
from replication.results.untestable import NotTestable

Score = Callable[[str, str], float | None]
"""How a prompt and a watched word go together, higher is better; None where a rule is silent."""

SINGULAR_VERBS = {"is", "was", "has", "does"}
PLURAL_VERBS = {"are", "were", "have", "do"}
PLURAL_NOUNS = {"children", "men", "people", "women"}
SINGULAR_IN_S = {"Douglas", "Jesus", "politics"}
"""Nouns beside the verb whose number cannot be told by their last letter."""
HIS_WORDS = {"he", "him", "his", "man"}
HER_WORDS = {"her", "she", "woman"}


class Baseline:
    """A null of a model that is no network (``replication.models.nulls``)."""

    def __init__(self, name: str) -> None:
        self._entry, self._null = registry.find(name)
        if self._null is None or self._null.kind not in SCORES:
            raise ValueError(f"{name} is no baseline: expected a name with one of {set(SCORES)}")
        self.name = name
        self._score = SCORES[self._null.kind]

    def provenance(self, question: Question[Any], norm: Norm) -> Provenance:
        """The rule, in the place of the form of a model's weights."""
        entry = weights.resolved(self._entry)
        shown = norm if question.norm_matters else None
        return registry.provenance(self.name, entry, self._null, question.prompt, shown)

    def answer(self, question: Question[Answer], norm: Norm) -> Answer:
        """The answer to a question on watched words; ``NotTestable`` for any other, and for words
        of which the rule says nothing.
        """
        found: Any
        if isinstance(question, WatchedOver):
            found = self._over(question, norm)
        elif isinstance(question, WatchedRanksOf):
            found = self._ranks(question, norm)
        else:
            raise NotTestable(f"{self.name} orders watched words and answers nothing else")
        answer: Answer = found
        return answer

    def _over(self, question: WatchedOver, norm: Norm) -> WatchedSet:
        scored = [
            (item, self._scores(item.prompt, item.watched))
            for item in items(question.set, fresh=question.fresh)
        ]
        lead = np.array([scores[0] - scores[1] for _, scores in scored if scores])
        if not lead.size:
            raise NotTestable(f"{self.name} says nothing of the words of {question.set!r}")
        return WatchedSet(
            lead=np.tile(lead[None, :, None], (len(question.norms), 1, self._entry.layers)),
            items=tuple(item for item, scores in scored if scores),
            left_out=tuple(item for item, scores in scored if not scores),
            provenance=self.provenance(question, norm),
            norms=question.norms,
        )

    def _ranks(self, question: WatchedRanksOf, norm: Norm) -> RankGrid:
        """Ranks among the watched words alone: a baseline knows no others. Equals share a rank."""
        scores = self._scores(question.text.prompt + question.text.continuation, question.words)
        if scores is None:
            raise NotTestable(f"{self.name} says nothing of {', '.join(map(repr, question.words))}")
        ranks = [1 + sum(other > own for other in scores) for own in scores]
        return RankGrid(
            ranks=np.tile(ranks, (self._entry.layers, 1)),
            tokens=question.words,
            kind="watched",
            vocabulary=len(question.words),
            provenance=self.provenance(question, norm),
        )

    def _scores(self, prompt: str, words: Sequence[str]) -> list[float] | None:
        """A score for each word; None where the rule is silent on one, or cannot tell any apart."""
        found = [self._score(prompt, word.strip()) for word in words]
        told = [score for score in found if score is not None]
        return told if len(told) == len(words) and len(set(told)) > 1 else None


def by_frequency(prompt: str, word: str) -> float | None:
    """The natural logarithm of how often a word occurs in English, so that a difference is one of
    logits; whatever the prompt.
    """
    zipf = frequencies().get(word)
    return None if zipf is None else zipf * math.log(10)


def by_nearest_noun(prompt: str, word: str) -> float | None:
    """1 for a verb in the number of the prompt's last word, else 0."""
    singular = _is_singular_verb(word)
    if singular is None:
        return None
    last = (re.findall(r"\w+", prompt) or [""])[-1]
    plural = last in PLURAL_NOUNS or (
        last.endswith("s") and not last.endswith("ss") and last not in SINGULAR_IN_S
    )
    return float(singular != plural)


def by_his_word(prompt: str, word: str) -> float | None:
    """1 for the word for a man, 0 for that for a woman; whatever the prompt."""
    return float(word in HIS_WORDS) if word in HIS_WORDS | HER_WORDS else None


def _is_singular_verb(word: str) -> bool | None:
    """By its form; None for what is no verb of the sets."""
    if word in SINGULAR_VERBS | PLURAL_VERBS:
        return word in SINGULAR_VERBS
    if word in HIS_WORDS | HER_WORDS:
        return None
    return word.endswith("s") and not word.endswith("ss")


SCORES: dict[NullKind, Score] = {
    "word-frequency": by_frequency,
    "nearest-noun": by_nearest_noun,
    "his-word": by_his_word,
}


@cache
def frequencies() -> dict[str, float]:
    """Frequencies of the watched words on the Zipf scale: log10 of occurrences in a billion words.

    From wordfreq; ``data/templates/README.md`` has the source and the licence.
    """
    file = resources.files("replication").joinpath("data/word_frequencies.json")
    found: dict[str, float] = json.loads(file.read_text("utf-8"))["zipf"]
    return found
