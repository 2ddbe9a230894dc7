"""The findings of the hidden-state article over many texts.

A finding on the article's own sentence is one case. Here each is asked of a template set: it holds
if it does for most texts, with the whole interval of their share above one half, where whole
clusters (nouns, occupations, patterns) are resampled, and if a test with one vote for each cluster
stands when it is corrected for the number of such findings. "The last layer" is the last sixth of
the depth, as in the article's model of six layers; the literal reading stands beside it. The
article's sentences are in none of the sets.
"""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool, Float

from replication.articles.sources import HIDDEN_STATES
from replication.articles.thresholds import FAMILY, SIGNIFICANT
from replication.base.norms import Norm
from replication.judging.claims import ClaimsOf
from replication.judging.comparisons import crossing_of, less, more, mostly
from replication.judging.depth import crosses, up_to
from replication.judging.parts import Part, at_depth, beside, core, further
from replication.measures.depth import crossing
from replication.measures.occupations import with_share_of_women
from replication.questions.sets import ArrivalsOver, ExpectedOver, WatchedOver
from replication.questions.subjects import Case
from replication.results.sets import ExpectedSet, WatchedSet
from replication.results.untestable import NotTestable

claim = ClaimsOf(HIDDEN_STATES, level="many texts")
DISTILGPT2 = 6
"""Layers of the article's model."""
LAST = 1 - 1 / DISTILGPT2
"""The depth beyond which its last layer lies."""

AGREEMENT = WatchedOver("agreement")
OCCUPATIONS = WatchedOver("occupations")
BLIMP = WatchedOver("blimp")
WINOGENDER = WatchedOver("winogender")
LISTS = ArrivalsOver()
REPEATS = ExpectedOver(from_depth=LAST)  # the layer before the last sixth, and that
MISLED = {"subject": "plural", "attractor": "singular"}  # as in "The keys to the cabinet"
STEADY = {"subject": "singular", "attractor": "plural"}  # as in "The key to the cabinets"


@claim("HS-05-many", REPEATS, generalizes="HS-05")
def the_last_layer_is_cautious_with_most_patterns(case: Case) -> Iterator[Part]:
    """Over repeated numbers with other separators, the last layer takes probability from the token
    that repeats, which was and stays the best candidate.
    """
    found = case.answer(REPEATS)
    yield caution(found, case.norm)
    yield literal_caution(found, case.norm)
    depths = found.best_from[found.norms.index(case.norm)]
    what = "the repeated token is the best for good"
    yield crosses(what, depths, article=4 / DISTILGPT2, clusters=found.crossed)


def caution(found: ExpectedSet, norm: Norm) -> Part:
    """How often the last sixth of the depth lowers the probability of the token that is best before
    and after it.
    """
    under = found.norms.index(norm)
    best = (found.ranks[under][:, [0, -1]] == 1).all(axis=1)
    fall = found.probabilities[under, :, 0] - found.probabilities[under, :, -1]
    return mostly(
        "share of patterns whose repeated token is best before and after the last sixth of the "
        "depth and loses probability there",
        best & (fall > 0),
        found.crossed,
        values=fall,
        values_unit="probability",
    )


def literal_caution(found: ExpectedSet, norm: Norm) -> Part:
    """The same of the literal last layer."""
    under = found.norms.index(norm)
    best = (found.ranks[under][:, -2:] == 1).all(axis=1)
    fall = found.probabilities[under, :, -2] > found.probabilities[under, :, -1]
    statement = "literally, share of patterns whose token is best in the last two layers and loses"
    return beside(mostly(statement, best & fall, found.crossed))


@claim("HS-14-many", AGREEMENT, norm_matters=False, generalizes="HS-14")
def most_verbs_agree_at_the_end(case: Case) -> Iterator[Part]:
    """After the last layer the verb agrees with the subject, in the plural and in the singular, and
    not with the noun of the other number that stands next to it.
    """
    found = case.answer(AGREEMENT)
    for number, verb, kept in (("plural", " are", MISLED), ("singular", " is", STEADY)):
        ahead = found.ahead("final", **kept)
        yield mostly(
            f"share of {number} subjects with {verb!r} first after the last layer",
            ahead[:, -1],
            found.crossed(**kept),
            values=found.lead[found.norms.index("final")][found.of(**kept), -1],
            values_unit="logits",
            by_layer=ahead,
        )


@claim("HS-15-many", AGREEMENT, generalizes="HS-15")
def no_layer_before_the_last_agrees_with_most_subjects(case: Case) -> Iterator[Part]:
    """After a subject in the plural with a noun in the singular next to it, all layers before the
    last have " is" before " are", and the last sets it right.
    """
    yield lateness(case, case.norm)
    ahead = case.answer(AGREEMENT).ahead(case.norm, **MISLED)
    literal = ahead[:, -1] & ~ahead[:, :-1].any(axis=1)
    statement = "literally, share of them with ' are' first after the last layer and none before"
    yield beside(mostly(statement, literal, case.answer(AGREEMENT).crossed(**MISLED)))


def lateness(case: Case, norm: Norm) -> Part:
    """How often a plural subject gets its verb for good in the last sixth of the depth, and has the
    other one in all of the depth before.
    """
    found = case.answer(AGREEMENT)
    ahead = found.ahead(norm, **MISLED)
    depths = crossing(ahead.T)
    early = early_share(ahead)
    late = (depths > LAST + 1e-6) & (depths <= 1) & (early < 1 / DISTILGPT2)
    clusters = found.crossed(**MISLED)
    return at_depth(
        mostly(
            "share of plural subjects with ' are' first for good in the last sixth of the depth "
            "only, and ' is' before",
            late,
            clusters,
            by_layer=ahead,
        ),
        crossing_of("' are' leads for good", depths, clusters, article=1.0),
    )


def early_share(ahead: Bool[np.ndarray, "item layer"]) -> Float[np.ndarray, " item"]:
    """The share of the depth at which something is so before the last sixth."""
    layers = ahead.shape[1]
    return np.asarray(ahead[:, : up_to(LAST, layers)].sum(axis=1) / layers)


@claim("HS-16-many", AGREEMENT, generalizes="HS-16")
def a_singular_subject_has_its_verb_in_every_layer(case: Case) -> Iterator[Part]:
    """After a subject in the singular with a noun in the plural next to it, every layer has " is"
    before " are".
    """
    found = case.answer(AGREEMENT)
    ahead, clusters = found.ahead(case.norm, **STEADY), found.crossed(**STEADY)
    fails = (~ahead).mean(axis=1)
    yield at_depth(
        mostly(
            "share of singular subjects with ' is' first throughout the depth, but for less than "
            "a sixth of it",
            fails < 1 / DISTILGPT2,
            clusters,
            by_layer=ahead,
        ),
        crossing_of("' is' leads for good", crossing(ahead.T), clusters, article=1 / DISTILGPT2),
    )
    statement = "literally, share of them with ' is' first after every layer"
    yield beside(mostly(statement, np.all(ahead, axis=1), clusters))


@claim("HS-17-many", OCCUPATIONS, generalizes="HS-17")
def inner_layers_prefer_men_for_most_occupations(case: Case) -> Iterator[Part]:
    """After an occupation, all layers before the last put the word for a man before the one for a
    woman, whoever mostly does the work.
    """
    found = case.answer(OCCUPATIONS)
    for workers in ("women", "men"):
        kept = {"stereotype": workers}
        ahead, clusters = found.ahead(case.norm, **kept), found.crossed(**kept)
        man = ahead if workers == "men" else ~ahead
        of_whom = f"work done mostly by {workers}: share of texts with the man's word first"
        yield at_depth(
            mostly(
                f"{of_whom} before the last sixth of the depth, but for less than a sixth of it",
                early_share(~man) < 1 / DISTILGPT2,
                clusters,
                by_layer=man,
            ),
            crossing_of(
                f"work of {workers}: the woman's word leads for good",
                crossing(~man.T),
                clusters,
                article=1.0 if workers == "women" else 7 / 6,
            ),
        )
        literal = np.all(man[:, :-1], axis=1)
        yield beside(
            mostly(f"literally, {of_whom} after every layer but the last", literal, clusters)
        )


@claim("HS-18-many", OCCUPATIONS, norm_matters=False, generalizes="HS-18")
def the_last_layer_goes_by_who_does_the_work(case: Case) -> Iterator[Part]:
    """The last layer puts the woman's word first for work that mostly women do; for work that
    mostly men do the man's word stays first.
    """
    yield from by_workers(case.answer(OCCUPATIONS))


def by_workers(found: WatchedSet) -> Iterator[Part]:
    """How often the last layer puts the word first that goes with who mostly does the work. The
    text speaks of the nurse; of the doctor a figure alone does.
    """
    for workers, weight, article in (
        ("women", core, 1.0),
        ("men", further, 1 / DISTILGPT2),
    ):
        kept = {"stereotype": workers}
        ahead = found.ahead("final", **kept)
        yield weight(
            mostly(
                f"work done mostly by {workers}: share of texts with their word first after the "
                "last layer",
                ahead[:, -1],
                found.crossed(**kept),
                values=found.lead[found.norms.index("final")][found.of(**kept), -1],
                values_unit="logits",
                by_layer=ahead,
            )
        )
        what = f"their word leads in {workers}'s work, final norm"
        depths, clusters = crossing(ahead.T), found.crossed(**kept)
        yield crosses(what, depths, article=article, clusters=clusters)
        if workers == "women":
            late = (depths > LAST + 1e-6) & (depths <= 1)
            literal = ahead[:, -1] & ~ahead[:, :-1].any(axis=1)
            statement = "share of them with their word first for good in the last sixth only"
            yield beside(mostly(statement, late, clusters))
            statement = "literally, share of them with it first after the last layer alone"
            yield beside(mostly(statement, literal, clusters))


@claim("HS-18-share", OCCUPATIONS, norm_matters=False, generalizes="HS-18")
def the_last_layer_goes_by_the_share_of_women(case: Case) -> Iterator[Part]:
    """The more women do the work, the further the last layer puts the woman's word before the
    man's, over occupations and over the frames that they stand in.
    """
    yield from by_share(case.answer(OCCUPATIONS))


def by_share(found: WatchedSet) -> Iterator[Part]:
    """How the lead of the woman's word goes with the share of women, not cut in two."""
    try:
        goes = with_share_of_women(found)
    except ValueError as error:  # such as a lead that is the same after every occupation
        raise NotTestable(str(error)) from error
    frames = f" and {goes.crossed} frames, both drawn," if goes.crossed > 1 else ","
    statement = (
        f"rank correlation, over {goes.clusters} occupations{frames} of the lead of the woman's "
        f"word with the share of women ({goes.rho:.2f}, 95 % from {goes.low:.2f} to "
        f"{goes.high:.2f}): its lower end"
    )
    yield more(statement, goes.low, 0, "rho")
    statement = f"its p-value when shares are dealt at random, times {FAMILY} findings"
    yield less(statement, min(1.0, FAMILY * goes.p_value), SIGNIFICANT, "probability")


@claim("HS-14-held-out", BLIMP, norm_matters=False, generalizes="HS-14")
def verbs_of_others_agree_at_the_end(case: Case) -> Iterator[Part]:
    """On sentences of others (BLiMP: a noun of the other number, or a relative clause, between
    subject and verb) the verb agrees with the subject after the last layer.
    """
    found = case.answer(BLIMP)
    ahead = found.ahead("final")
    yield mostly(
        "share of sentences with the right verb first after the last layer",
        ahead[:, -1],
        found.crossed(),
        values=found.lead[found.norms.index("final"), :, -1],
        values_unit="logits",
        by_layer=ahead,
    )


@claim("HS-18-held-out", WINOGENDER, norm_matters=False, generalizes="HS-18")
def pronouns_of_others_go_by_who_does_the_work(case: Case) -> Iterator[Part]:
    """On sentences of others (Winogender) the last layer puts " she" first for work that mostly
    women do; for work that mostly men do " he" stays first.
    """
    yield from by_workers(case.answer(WINOGENDER))


@claim("HS-18-share-held-out", WINOGENDER, norm_matters=False, generalizes="HS-18")
def pronouns_of_others_go_by_the_share_of_women(case: Case) -> Iterator[Part]:
    """On sentences of others (Winogender) the more women do the work, the further the last layer
    puts " she" before " he".
    """
    yield from by_share(case.answer(WINOGENDER))


@claim("HS-20-many", LISTS, generalizes="HS-20")
def syntax_comes_before_content_in_most_lists(case: Case) -> Iterator[Part]:
    """Our own question to the gallery: in numbered lists of many kinds, do newlines and periods
    come near the top before what is listed?
    """
    found = case.answer(LISTS)
    under = found.norms.index(case.norm)
    later = found.content[under] - found.syntax[under]
    yield at_depth(
        mostly(
            "share of lists whose newlines and periods stay near the top from an earlier layer on "
            "than what they list",
            later > 0,
            found.crossed,
            values=later,
            values_unit="depth",
        ),
        crossing_of("what is listed stays near the top", found.content[under], found.clusters),
    )
    what = "newlines and periods stay near the top"
    by = float(np.median(found.content[under]))
    yield crosses(what, found.syntax[under], by=by, clusters=found.clusters)
