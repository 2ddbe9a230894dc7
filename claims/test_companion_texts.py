"""The findings of the companion texts on the logit lens (LL) and on attention views (BV).

They published words and pictures, no numbers; how their words are read is fixed in
``replication/articles/thresholds.py``.
"""

from collections.abc import Iterator

import numpy as np

from replication.articles.sources import ATTENTION_VIEWS, LOGIT_LENS
from replication.articles.thresholds import ATTENDS, MIDDLE, MUCH, NEAR_TOP, OFTEN
from replication.judging.claims import ClaimsOf
from replication.judging.comparisons import agrees, less, more, mostly
from replication.judging.depth import beyond, by_depth, crosses
from replication.judging.parts import Part, beside, further
from replication.measures.depth import crossing
from replication.questions.attention import AttentionOf, HeadsOver
from replication.questions.layers import LensCostOf
from replication.questions.lens import FormulasOf, UncertaintyOf, WordsOf
from replication.questions.question import Text
from replication.questions.sets import SteeringOver
from replication.questions.subjects import Case
from replication.results.lens import FORMULAS
from replication.results.untestable import NotTestable

lens_claim, attention_claim = ClaimsOf(LOGIT_LENS), ClaimsOf(ATTENTION_VIEWS)
steering_claim = ClaimsOf(LOGIT_LENS, level="many texts")

CAPITAL = Text("The capital of France is")
CITIES = WordsOf(CAPITAL, (" Paris", " London", " Berlin"), sublayers=True)
FORMULA = FormulasOf(CAPITAL, " Paris")
UNSURE = UncertaintyOf(CAPITAL)
HEADS = HeadsOver()
STEERING = SteeringOver()
COST = LensCostOf(CAPITAL)
SEEN = AttentionOf(CAPITAL)


@lens_claim("LL-01", CITIES)
def paris_is_a_good_guess_in_the_middle(case: Case) -> Iterator[Part]:
    """After "The capital of France is" the lens shows a good guess by some point in the middle:
    from a layer in the second third of the depth on " Paris" is among the ten best candidates, and
    not before; other capitals stay behind it.
    """
    found = case.answer(CITIES)
    ranks = found.ranks[[stage.part == "feed-forward" for stage in found.stages], 0]
    guessed, best = (np.atleast_1d(crossing(ranks <= rank)) for rank in (NEAR_TOP, 1))
    what, (start, end) = f"' Paris' is among the {NEAR_TOP} best for good", MIDDLE
    yield by_depth(what, guessed, end)
    yield further(beyond(what, guessed, start))
    yield crosses("' Paris' is the best candidate for good", best, by=1 - 1 / len(ranks))
    for column, city in enumerate(found.words[1:], 1):
        yield further(
            less(
                f"probability of {city!r} after the last layer against ' Paris'",
                found.probabilities[-1, column],
                found.probabilities[-1, 0],
                "probability",
            )
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


@steering_claim("LL-05", STEERING, norm_matters=False)
def the_verb_follows_a_vector(case: Case) -> Iterator[Part]:
    """Changing a hidden state changes what is said: where the difference of the states of two
    prompts that differ in number is added to the last state of a third, the verb follows.
    """
    found = case.answer(STEERING)
    nouns = sorted({pair.cluster for pair in found.pairs})
    chosen_on = np.array([nouns.index(pair.cluster) % 2 == 0 for pair in found.pairs])
    layer, judged = found.best_layer(chosen_on), ~chosen_on
    by_layer = found.follows("number")[:, judged].T
    yield mostly(
        f"at layer {layer}, chosen on the other half of the nouns, the share of texts whose verb "
        "follows, and follows neither the difference of two prompts of one number nor a random "
        "direction, both as long",
        by_layer[:, layer]
        & ~found.follows("same number")[layer, judged]
        & ~found.follows("random")[layer, judged],
        [pair.cluster for pair, keep in zip(found.pairs, judged, strict=True) if keep],
        values=found.leads[0, layer, judged],
        values_unit="logits",
        by_layer=by_layer,
    )


@lens_claim("LL-06", COST, norm_matters=False, definitional=True)
def the_lens_needs_much_computation(case: Case) -> Iterator[Part]:
    """The lens needs much computation: to read every layer at every position takes more
    multiplications than the pass over the text does. This is arithmetic on the shape of a network,
    in which training has no part.
    """
    found = case.answer(COST)
    yield more(
        "multiplications of the lens over all layers and positions, against the forward pass",
        found.lens / found.forward,
        MUCH,
        "times",
    )
    yield beside(
        less(
            f"at the last of {found.tokens} positions alone, against the forward pass",
            found.last_position / found.forward,
            MUCH,
            "times",
        )
    )


@attention_claim("BV-04", HEADS, norm_matters=False)
def some_heads_have_a_target(case: Case) -> Iterator[Part]:
    """Some heads attend to the same word, some to the delimiter or the first token."""
    found = case.answer(HEADS)
    for targets in (("same word",), ("delimiter", "first token")):
        attend = np.any([found.of(target) > ATTENDS for target in targets], axis=0)
        yield more(
            f"heads that give more than half of their weight to: {' or '.join(targets)}",
            int(np.sum(attend)),
            0,
            "heads",
        )


@attention_claim("BV-04-apart", HEADS, norm_matters=False, relatives=("BV-04",))
def heads_of_one_layer_differ(case: Case) -> Iterator[Part]:
    """The heads of one layer differ clearly: what a token attends to changes more from head to
    head than it does, in one head, from token to token.
    """
    found = case.answer(HEADS)
    yield more(
        f"of {len(found.distances)} layers, the share whose heads differ by more (mean "
        f"{found.distances.mean():.2f}) than a head does from one token to the next (mean "
        f"{found.steps.mean():.2f})",
        np.mean(found.distances > found.steps),
        OFTEN,
        "share",
    )


@attention_claim("BV-05", SEEN, norm_matters=False)
def the_last_token_attends_to_what_decides(case: Case) -> Iterator[Part]:
    """After "The capital of France is" the last token attends mainly to " France" and " capital",
    the first token apart, on which attention rests.
    """
    found = case.answer(SEEN)
    if missing := {" France", " capital"} - set(found.tokens):
        raise NotTestable(f"{min(missing)!r} is no token of {found.tokens}")
    given = found.weights[:, :, -1].mean(axis=(0, 1))
    decide = [found.tokens.index(word) for word in (" France", " capital")]
    others = [place for place in range(1, len(given)) if place not in decide]
    if not others:
        raise NotTestable(f"{found.tokens} are no other tokens to hold them against")
    yield more(
        "mean weight over all heads: the lesser of ' France' and ' capital', against the greatest "
        "of all other tokens but the first",
        given[decide].min(),
        given[others].max(),
        "weight",
    )
    statement = "literally, the share of all weight that both of them have"
    yield beside(more(statement, given[decide].sum(), OFTEN, "share"))
