"""The findings of the companion texts on the logit lens (LL) and on attention views (BV).

They published words and pictures, no numbers; how their words are read is fixed in
``replication/articles/thresholds.py``.
"""

from collections.abc import Iterator

import numpy as np

from replication.articles.sources import ATTENTION_VIEWS, LOGIT_LENS
from replication.articles.thresholds import ATTENDS, CLEARLY_APART
from replication.judging.claims import ClaimsOf
from replication.judging.comparisons import Part, agrees, at_most, less, more
from replication.questions.attention import HeadsOver
from replication.questions.lens import FormulasOf, UncertaintyOf, WordsOf
from replication.questions.question import Text
from replication.questions.subjects import Case
from replication.results.attention import HeadStatistics
from replication.results.lens import FORMULAS

lens_claim, attention_claim = ClaimsOf(LOGIT_LENS), ClaimsOf(ATTENTION_VIEWS)

CAPITAL = Text("The capital of France is")
CITIES = WordsOf(CAPITAL, (" Paris", " London", " Berlin"), sublayers=True)
FORMULA = FormulasOf(CAPITAL, " Paris")
UNSURE = UncertaintyOf(CAPITAL)
HEADS = HeadsOver()


@lens_claim("LL-01", CITIES)
def paris_becomes_the_best_candidate(case: Case) -> Iterator[Part]:
    """After "The capital of France is" the lens shows a layer from which on " Paris" is the best
    candidate; other capitals stay behind it.
    """
    found = case.answer(CITIES)
    yield at_most("rank of ' Paris' after the last layer", found.ranks[-1, 0], 1, "ranks")
    yield less(
        "rank of ' Paris' after the last layer against the first",
        found.ranks[-1, 0],
        found.ranks[0, 0],
        "ranks",
    )
    for column, city in enumerate(found.words[1:], 1):
        yield less(
            f"probability of {city!r} after the last layer against ' Paris'",
            found.probabilities[-1, column],
            found.probabilities[-1, 0],
            "probability",
        )


@lens_claim("LL-02", FORMULA, norm_matters=False)
def the_published_formula_is_not_the_models(case: Case) -> Iterator[Part]:
    """The commonly published formula leaves out the final norm, which changes ranks, and adds a
    bias, which most heads do not have.
    """
    found = case.answer(FORMULA)
    ranks = {name: found.ranks[:, column] for column, name in enumerate(FORMULAS)}
    yield agrees("biases of the head", int(found.head_has_bias), 0, 0, "biases")
    changed = int(np.sum(ranks["no norm"] != ranks["final norm"]))
    yield more(
        f"of {len(found.ranks)} layers, those where leaving out the norm changes the rank of "
        "' Paris'",
        changed,
        0,
        "layers",
    )
    yield less(
        "rank of ' Paris' after the last layer with the norm against without",
        ranks["final norm"][-1],
        ranks["no norm"][-1],
        "ranks",
    )


@lens_claim("LL-03", UNSURE)
def layers_come_closer_to_the_output(case: Case) -> Iterator[Part]:
    """Read at all positions at once, the layers come closer to what the model says in the end: the
    last third of them is closer than the first.
    """
    divergence = case.answer(UNSURE).divergence
    third = len(divergence) // 3
    yield less(
        "median divergence from the output over the last third of the layers against the first",
        float(np.median(divergence[-third:])),
        float(np.median(divergence[:third])),
        "bits",
    )


@attention_claim("BV-04", HEADS, norm_matters=False)
def some_heads_have_a_target(case: Case) -> Iterator[Part]:
    """Some heads attend to the first token, some to the delimiter, some to the same word, some to
    the token before.
    """
    found = case.answer(HEADS)
    for target in found.targets:
        yield more(
            f"heads that give more than half of their weight to: {target}",
            int(np.sum(found.of(target) > ATTENDS)),
            0,
            "heads",
        )


@attention_claim("BV-04-apart", HEADS, norm_matters=False, relatives=("BV-04",))
def heads_of_one_layer_differ(case: Case) -> Iterator[Part]:
    """The heads of one layer differ clearly."""
    found: HeadStatistics = case.answer(HEADS)
    yield more(
        "mean distance between two heads of a layer",
        float(found.distances.mean()),
        CLEARLY_APART,
        "distance",
    )
