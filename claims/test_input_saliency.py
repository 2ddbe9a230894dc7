"""The findings of "Interfaces for Explaining Transformer Language Models" (Alammar 2020) on input
saliency, on what its models wrote and on counting: EX-01 to EX-08.

Saliency is gradient x input of the published answer; a row has the shares of all tokens before one
token of it. Tokens are found by what they say: a word in several tokens has the sum of their
shares, and the first and the preceding token are the subject's own, a bare space included.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np
from jaxtyping import Float

from replication.articles.sources import EXPLAINING_TRANSFORMERS
from replication.articles.thresholds import OFTEN, ROUNDING_WHOLE_PERCENT, START_OF_ANSWER
from replication.judging.claims import ClaimsOf
from replication.judging.comparisons import Part, agrees, at_most, less, more
from replication.questions.lens import ContinuationOf, RanksOf
from replication.questions.saliency import SaliencyOf
from replication.questions.subjects import Case
from replication.results.ranks import RankGrid
from replication.results.roles import Role, countries_in, roles_of
from replication.results.saliency import Saliency
from replication.results.untestable import NotTestable

claim = ClaimsOf(EXPLAINING_TRANSFORMERS)
YEAR = SaliencyOf.of_figure("saliency_shakespeare")
ONES = SaliencyOf.of_figure("saliency_ones")
EU = ContinuationOf.of_figure("saliency_eu")
ANSWER = SaliencyOf.of_figure("saliency_dialogpt")
COUNTING = RanksOf.of_figure("ranks_counting")
COUNTING_WRITTEN = ContinuationOf.of_figure("ranks_counting")
NAME = "William Shakespeare"

Row = Float[np.ndarray, " position"]


def places(tokens: tuple[str, ...], words: str) -> list[int]:
    """The places of the tokens that hold some part of words, or of a mark, which occur once in the
    text.
    """
    edge = r"\b" if words[0].isalpha() else ""
    found = list(re.finditer(edge + re.escape(words) + edge, "".join(tokens)))
    if len(found) != 1:
        raise ValueError(f"{words!r} occurs {len(found)} times in {''.join(tokens)!r}")
    ends = np.cumsum([len(token) for token in tokens])
    starts = ends - [len(token) for token in tokens]
    return [int(i) for i in np.flatnonzero((starts < found[0].end()) & (ends > found[0].start()))]


def best_other(row: Row, taken: Iterable[int]) -> float:
    """The highest share of a token that is not at one of some places."""
    return float(np.delete(row, list(taken)).max())


def generated_roles(saliency: Saliency) -> tuple[Role, ...]:
    """The roles of the generated tokens, in the text as a whole."""
    return roles_of(saliency.tokens)[saliency.n_input :]


@claim("EX-01", YEAR, norm_matters=False)
def the_name_leads_to_the_year(case: Case) -> Iterator[Part]:
    """Shakespeare's year of birth: for its first token the name counts most, with 53 % (20 % and
    33 %), then " year" with 22 % and " born" with 14 %.
    """
    saliency = case.answer(YEAR)
    row = saliency.row(generated_roles(saliency).index(Role.NUMBER))
    name, year, born = (places(saliency.tokens, word) for word in (NAME, "year", "born"))
    shares = [row[found].sum() for found in (name, year, born)]
    rest = best_other(row, name)
    yield more("share of the name against the best other token", shares[0], rest, "share")
    rest = best_other(row, [*name, *year])
    yield more("share of ' year' against the best token but the name", shares[1], rest, "share")
    rest = best_other(row, [*name, *year, *born])
    yield more("share of ' born' against the best token left", shares[2], rest, "share")
    if case.is_paper_model(YEAR):
        shares += [row[places(saliency.tokens, word)].sum() for word in NAME.split()]
        words = ("the name", "' year'", "' born'", *NAME.split())
        for word, share, percent in zip(words, shares, (53, 22, 14, 20, 33), strict=True):
            yield agrees(f"share of {word}", share, percent / 100, ROUNDING_WHOLE_PERCENT, "share")


@claim("EX-02", YEAR, norm_matters=False)
def what_was_written_counts_next(case: Case) -> Iterator[Part]:
    """For the second token of the year the name counts most again, with 60 %, and next the first
    half of the year, an output that has become an input.
    """
    saliency = case.answer(YEAR)
    roles = generated_roles(saliency)
    if Role.CONTINUED not in roles:
        raise NotTestable("the year is one token, so no token of it follows another")
    row = saliency.row(roles.index(Role.CONTINUED))
    name = places(saliency.tokens, NAME)
    outputs = range(saliency.n_input, len(row))  # the first half, with its space where one is apart
    share, written = row[name].sum(), row[outputs].sum()
    rest = best_other(row, [*name, *outputs])
    yield more("share of the name against all else", share, max(written, rest), "share")
    yield more("share of what was written against the best token left", written, rest, "share")
    if case.is_paper_model(YEAR):
        yield agrees("share of the name", share, 0.60, ROUNDING_WHOLE_PERCENT, "share")


@claim("EX-03", ONES, norm_matters=False)
def the_very_first_token_leads(case: Case) -> Iterator[Part]:
    """In the sequence of ones every generated token gives its highest share to the very first
    token of the text.
    """
    saliency = case.answer(ONES)
    count = len(saliency.shares)
    others = sum(saliency.row(i).argmax() != 0 for i in range(count))
    yield at_most(
        f"of {count} generated tokens, those for which another token counts most",
        others,
        0,
        "tokens",
    )


def next_in_importance(row: Row) -> int:
    """The place of the highest share besides the first token's."""
    return 1 + int(row[1:].argmax())


@claim("EX-04", ONES, norm_matters=False)
def near_and_early_tokens_come_next(case: Case) -> Iterator[Part]:
    """In the sequence of ones the preceding token and the first three are often the next in
    importance, after the very first.
    """
    saliency = case.answer(ONES)
    rows = [saliency.row(i) for i in range(len(saliency.shares))]
    near = [next_in_importance(row) in (1, 2, len(row) - 1) for row in rows]
    yield more(
        "share of generated tokens for which the preceding token or one of the first three is next",
        np.mean(near),
        OFTEN,
        "share",
    )


@claim("EX-05", EU, norm_matters=False)
def the_list_goes_on_alphabetically(case: Case) -> Iterator[Part]:
    """The list of EU countries goes on in alphabetical order, but for names that come again."""
    before = list(dict.fromkeys(countries_in(case.provenance(EU).prompt)))
    written = "".join(case.answer(EU))
    added = [name for name in dict.fromkeys(countries_in(written)) if name not in before]
    if len(added) < 2:
        raise NotTestable(f"its list goes on with {len(added)} new countries: {written!r}")
    backwards = sum(later < earlier for earlier, later in pairwise([before[-1], *added]))
    statement = f"steps back in {', '.join(added)}, after {before[-1]}"
    yield at_most(statement, backwards, 0, "steps")


@claim("EX-06", ANSWER, norm_matters=False)
def the_question_is_looked_at(case: Case) -> Iterator[Part]:
    """The answer to the ultimate question: at its start the question mark counts most, and later
    " will" and " ever" give noticeably more to " ultimate" than the rest of the answer does.
    """
    saliency = case.answer(ANSWER)
    tokens, answer = saliency.tokens, saliency.tokens[saliency.n_input :]
    mark, ultimate = places(tokens, "?"), places(tokens, "ultimate")
    starts = [
        i
        for i, role in enumerate(generated_roles(saliency))
        if role not in (Role.SPACE, Role.CONTINUED)
    ]
    for number, i in enumerate(starts[:START_OF_ANSWER], start=1):
        row = saliency.row(i)
        yield more(
            f"answer token {number}, {answer[i]!r}: share of the question mark against any other",
            row[mark].sum(),
            best_other(row, mark),
            "share",
        )
    given = saliency.shares[:, ultimate].sum(axis=1)
    chosen = {word: places(tokens, word)[0] - saliency.n_input for word in ("will", "ever")}
    rest = np.delete(given, list(chosen.values()))
    for word, i in chosen.items():
        statement = f"share that ' {word}' gives to ' ultimate' against all but ' will' and ' ever'"
        yield more(statement, given[i], rest.max(), "share")


@claim("EX-07", COUNTING_WRITTEN, norm_matters=False)
def counting_goes_on(case: Case) -> Iterator[Part]:
    """After " 1, 2, 3," the model goes on counting, with a comma after every number."""
    text = "".join(case.answer(COUNTING_WRITTEN))
    items = re.findall(r"\d+|[^\W\d]+|[^\w\s]", text)
    if not items:
        raise NotTestable(f"it writes nothing that can be seen: {text!r}")
    last = int(re.findall(r"\d+", case.provenance(COUNTING_WRITTEN).prompt)[-1])
    numbers, commas = items[::2], items[1::2]
    wrong = sum(item != str(last + 1 + i) for i, item in enumerate(numbers))
    yield at_most(
        f"of {len(numbers)} places for a number in {text!r}, those without the next one",
        wrong,
        0,
        "places",
    )
    wrong = sum(item != "," for item in commas)
    yield at_most(f"of {len(commas)} places for a comma, those without one", wrong, 0, "places")


def settled(grid: RankGrid, role: Role) -> int:
    """The first layer from which on all tokens of a role have rank 1; the number of layers where
    there is none.
    """
    first = (grid.of_role(role) == 1).all(axis=1)
    return grid.layers - int(np.logical_and.accumulate(first[::-1]).sum())


@claim("EX-08", COUNTING)
def commas_are_settled_before_digits(case: Case) -> Iterator[Part]:
    """In counting, commas are settled at least one layer before the digits: from layer 3 on, and
    the digits from layer 4 on, of 6.
    """
    grid = case.answer(COUNTING)
    comma, digit = settled(grid, Role.COMMA), settled(grid, Role.NUMBER)
    yield less("layer from which all commas have rank 1, against all digits", comma, digit, "layer")
    digits = grid.of_role(Role.NUMBER)[-1]
    yield at_most("worst rank of a digit after the last layer", digits.max(), 1, "ranks")
    if case.is_paper_model(COUNTING):
        yield agrees("layer from which all commas have rank 1", comma, 3, 0, "layer")
        yield agrees("layer from which all digits have rank 1", digit, 4, 0, "layer")
