"""The findings of the hidden-state article over many texts.

A finding on the article's own sentence is one case. Here each is asked of a template set: it holds
if it does for most texts, with the whole interval of their share above one half, where whole
clusters (nouns, occupations, patterns) are resampled. The article's sentences are in none of the
sets.
"""

from collections.abc import Iterator

import numpy as np

from replication.articles.sources import HIDDEN_STATES
from replication.base.norms import NORMS, Norm
from replication.judging.claims import ClaimsOf
from replication.judging.comparisons import Part, mostly
from replication.questions.sets import ArrivalsOver, ExpectedOver, WatchedOver
from replication.questions.subjects import Case
from replication.results.sets import ExpectedSet, WatchedSet

claim = ClaimsOf(HIDDEN_STATES, level="many texts")

AGREEMENT = WatchedOver("agreement")
OCCUPATIONS = WatchedOver("occupations")
BLIMP = WatchedOver("blimp")
WINOGENDER = WatchedOver("winogender")
LISTS = ArrivalsOver()
REPEATS = ExpectedOver(last=2)
MISLED = {"subject": "plural", "attractor": "singular"}  # as in "The keys to the cabinet"
STEADY = {"subject": "singular", "attractor": "plural"}  # as in "The key to the cabinets"


@claim("HS-05-many", REPEATS, generalizes="HS-05")
def the_last_layer_is_cautious_with_most_patterns(case: Case) -> Iterator[Part]:
    """Over repeated numbers with other separators, the last layer takes probability from the token
    that repeats, which was and stays the best candidate.
    """
    yield caution(case.answer(REPEATS), case.norm)


def caution(found: ExpectedSet, norm: Norm) -> Part:
    """How often the last layer lowers the probability of the token that is best in the last two."""
    under = NORMS.index(norm)
    best = (found.ranks[under][:, -2:] == 1).all(axis=1)
    fall = found.probabilities[under, :, -2] - found.probabilities[under, :, -1]
    return mostly(
        "share of patterns whose repeated token is best in the last two layers and loses "
        "probability in the last",
        best & (fall > 0),
        found.clusters,
        values=fall,
        values_unit="probability",
    )


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
            found.clusters(**kept),
            values=found.lead[NORMS.index("final")][found.of(**kept), -1],
            values_unit="logits",
            by_layer=ahead,
        )


@claim("HS-15-many", AGREEMENT, generalizes="HS-15")
def no_layer_before_the_last_agrees_with_most_subjects(case: Case) -> Iterator[Part]:
    """After a subject in the plural with a noun in the singular next to it, all layers before the
    last have " is" before " are".
    """
    yield lateness(case, case.norm)


def lateness(case: Case, norm: Norm) -> Part:
    """How often a plural subject gets its verb in the last layer and in none before."""
    found = case.answer(AGREEMENT)
    ahead = found.ahead(norm, **MISLED)
    return mostly(
        "share of plural subjects with ' are' first after the last layer and after none before",
        ahead[:, -1] & ~ahead[:, :-1].any(axis=1),
        found.clusters(**MISLED),
        by_layer=ahead,
    )


@claim("HS-16-many", AGREEMENT, generalizes="HS-16")
def a_singular_subject_has_its_verb_in_every_layer(case: Case) -> Iterator[Part]:
    """After a subject in the singular with a noun in the plural next to it, every layer has " is"
    before " are".
    """
    found = case.answer(AGREEMENT)
    ahead = found.ahead(case.norm, **STEADY)
    yield mostly(
        "share of singular subjects with ' is' first after every layer",
        np.all(ahead, axis=1),
        found.clusters(**STEADY),
        by_layer=ahead,
    )


@claim("HS-17-many", OCCUPATIONS, generalizes="HS-17")
def inner_layers_prefer_men_for_most_occupations(case: Case) -> Iterator[Part]:
    """After an occupation, all layers before the last put the word for a man before the one for a
    woman, whoever mostly does the work.
    """
    found = case.answer(OCCUPATIONS)
    for workers in ("women", "men"):
        kept = {"stereotype": workers}
        ahead = found.ahead(case.norm, **kept)
        man = ahead if workers == "men" else ~ahead
        yield mostly(
            f"work done mostly by {workers}: share of texts with the man's word first after every "
            "layer before the last",
            np.all(man[:, :-1], axis=1),
            found.clusters(**kept),
            by_layer=man,
        )


@claim("HS-18-many", OCCUPATIONS, norm_matters=False, generalizes="HS-18")
def the_last_layer_goes_by_who_does_the_work(case: Case) -> Iterator[Part]:
    """The last layer puts the woman's word first for work that mostly women do, and the man's for
    work that mostly men do.
    """
    yield from by_workers(case.answer(OCCUPATIONS))


def by_workers(found: WatchedSet) -> Iterator[Part]:
    """How often the last layer puts the word first that goes with who mostly does the work."""
    for workers in ("women", "men"):
        kept = {"stereotype": workers}
        ahead = found.ahead("final", **kept)
        yield mostly(
            f"work done mostly by {workers}: share of texts with their word first after the last "
            "layer",
            ahead[:, -1],
            found.clusters(**kept),
            values=found.lead[NORMS.index("final")][found.of(**kept), -1],
            values_unit="logits",
            by_layer=ahead,
        )


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
        found.clusters(),
        values=found.lead[NORMS.index("final"), :, -1],
        values_unit="logits",
        by_layer=ahead,
    )


@claim("HS-18-held-out", WINOGENDER, norm_matters=False, generalizes="HS-18")
def pronouns_of_others_go_by_who_does_the_work(case: Case) -> Iterator[Part]:
    """On sentences of others (Winogender) the last layer puts " she" first for work that mostly
    women do, and " he" for work that mostly men do.
    """
    yield from by_workers(case.answer(WINOGENDER))


@claim("HS-20-many", LISTS, generalizes="HS-20")
def syntax_comes_before_content_in_most_lists(case: Case) -> Iterator[Part]:
    """In numbered lists of many kinds, newlines and periods are near the top early and what is
    listed late.
    """
    found = case.answer(LISTS)
    under = NORMS.index(case.norm)
    later = found.content[under] - found.syntax[under]
    yield mostly(
        "share of lists whose newlines and periods stay near the top from an earlier layer on than "
        "what they list",
        later > 0,
        found.clusters,
        values=later,
        values_unit="depth",
    )
