"""The claims on what layers contribute: planted findings come out as what they are."""

from dataclasses import replace

import numpy as np
import pytest
import test_layer_contributions as layers
from judging.test_claims_many import SOURCE, Planted

from replication.articles import gallery
from replication.judging.claims import Claim
from replication.judging.findings import Finding, judge
from replication.questions.subjects import Case, Published
from replication.results.contributions import Contributions
from replication.results.ranks import RankGrid

CLAIMS = {found.id: found for found in vars(layers).values() if isinstance(found, Claim)}
LIST = (" Cyprus", "\n", " Denmark", "\n")
NAMES = (" Seville", " Cordoba", " Lisbon", " Granada", " Madrid", " Toledo")


def contributions(country: int, score: int) -> Contributions:
    """Of 12 layers, those at which countries rise in rank, and at which all rise in score."""
    ranks, scores = np.full((12, 4), 4), np.full((12, 4), -9.0)
    ranks[country:, ::2] = 1
    ranks[2:, 1::2] = 1
    scores[score:, ::2] = -1
    scores[2:, 1::2] = -1
    return Contributions(ranks, scores, LIST, SOURCE)


def cities(repeated: int, new: int) -> RankGrid:
    """Of 4 layers, those from which on names are near the top."""
    ranks = np.full((4, len(NAMES)), 99)
    for column, name in enumerate(NAMES):
        ranks[repeated if name.strip() in gallery.REPEATED else new :, column] = 1
    return RankGrid(ranks, NAMES, "continuation", 100, SOURCE)


def found(id: str, answer: object) -> Finding:
    (question,) = CLAIMS[id].questions
    return judge(CLAIMS[id], Case(Planted({question: answer}), "none"))


@pytest.mark.parametrize(
    ("country", "score", "verdict", "holds"),
    [
        (7, 7, "generalises", [True, True]),
        (6, 6, "generalises", [True, False]),  # not late, which its sentence does not say
        (11, 10, "not_replicated", [False, True]),  # rank and score by different layers
    ],
)
def test_layers_that_raise_countries_are_named(
    country: int, score: int, verdict: str, holds: list[bool]
) -> None:
    finding = found("HS-21", contributions(country, score))
    assert finding.verdict == verdict
    assert [part.holds for part in finding.parts] == holds
    assert [part.weight for part in finding.parts] == ["core", "beside"]


def test_no_scores_were_published() -> None:
    finding = judge(CLAIMS["HS-21"], Case(Published(), "none"))
    assert finding.verdict == "not_testable"
    assert "ranks of this list and no scores" in finding.measured


def test_the_published_ranks_name_the_last_five_layers() -> None:
    found = layers.EU.look_up()
    part = layers.countries_rise_late(found)
    assert (part.measured, part.holds) == (1, True)
    assert "of 8 countries" in part.statement
    assert "(depths 0.75, 1.0)" in part.statement


def test_a_list_without_countries_is_asked_what_the_sentence_says() -> None:
    other = replace(contributions(7, 7), tokens=(" apples", "\n", " pears", "\n"))
    (part,) = found("HS-21", other).parts
    assert part.holds


@pytest.mark.parametrize(
    ("repeated", "new", "holds"), [(1, 2, True), (2, 2, False), (2, 1, False), (3, 4, True)]
)
def test_names_that_are_repeated_come_first_or_not(repeated: int, new: int, holds: bool) -> None:
    (part,) = found("HS-22", cities(repeated, new)).parts
    assert part.holds is holds
    assert (part.measured, part.bound) == ((repeated + 1) / 4, (new + 1) / 4)


def test_the_cities_are_in_the_text_or_are_not() -> None:
    assert all(name in gallery.PROMPT for name in gallery.REPEATED)
    assert not any(name in gallery.PROMPT for name in gallery.NEW)
    assert all(gallery.CITIES.count(name) == 1 for name in (*gallery.REPEATED, *gallery.NEW))
