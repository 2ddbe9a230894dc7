"""The findings of "Interfaces for Explaining Transformer Language Models" (Alammar 2020) on input
saliency, on what its models wrote and on counting: EX-01 to EX-08, EX-21, EX-22, EX-24 and EX-25.

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
from replication.articles.thresholds import (
    AMONG_THE_MOST,
    DEPTH_OF_FIRST,
    NOTICEABLY,
    OFTEN,
    ROUNDING_SPOKEN,
    ROUNDING_WHOLE_PERCENT,
    SHORTLIST,
    START_OF_ANSWER,
)
from replication.judging.claims import ClaimsOf
from replication.judging.comparisons import agrees, at_most, crossing_of, less, more, mostly
from replication.judging.parts import Part, at_depth, beside, further, literally
from replication.measures.depth import crossing, first_layer
from replication.questions.lens import ContinuationOf, RanksOf
from replication.questions.openings import ErasureOver, ShortlistsOver
from replication.questions.question import Text
from replication.questions.saliency import SaliencyOf
from replication.questions.subjects import Case
from replication.results.erasure import ERASED as ERASED_TOGETHER
from replication.results.roles import Role, countries_in, roles_of
from replication.results.saliency import Saliency
from replication.results.shortlists import Shortlists
from replication.results.untestable import NotTestable

claim = ClaimsOf(EXPLAINING_TRANSFORMERS)
many = ClaimsOf(EXPLAINING_TRANSFORMERS, "many texts")
YEAR = SaliencyOf.of_figure("saliency_shakespeare")
ONES = SaliencyOf.of_figure("saliency_ones")
EU = ContinuationOf.of_figure("saliency_eu")
ANSWER = SaliencyOf.of_figure("saliency_dialogpt")
COUNTING = RanksOf.of_figure("ranks_counting")
COUNTING_WRITTEN = ContinuationOf.of_figure("ranks_counting")
BIRTH = ContinuationOf(Text(YEAR.prompt, generate=8), published="saliency_shakespeare")
SHORTLISTED = (COUNTING, RanksOf.of_figure("ranks_eu_distilgpt2"))
"""The figures of DistilGPT2, of which the article says it."""
ERASED, SHORTLISTS = ErasureOver(), ShortlistsOver()
NAME = "William Shakespeare"

Row = Float[np.ndarray, " position"]


def places(tokens: tuple[str, ...], words: str) -> list[int]:
    """The places of the tokens that hold some part of words, or of a mark, which occur once in the
    text; ``NotTestable`` where they do not.
    """
    edge = r"\b" if words[0].isalpha() else ""
    found = list(re.finditer(edge + re.escape(words) + edge, "".join(tokens)))
    if len(found) != 1:
        raise NotTestable(f"{words!r} occurs {len(found)} times in {''.join(tokens)!r}")
    ends = np.cumsum([len(token) for token in tokens])
    starts = ends - [len(token) for token in tokens]
    return [int(i) for i in np.flatnonzero((starts < found[0].end()) & (ends > found[0].start()))]


def best_other(row: Row, taken: Iterable[int]) -> float:
    """The highest share of a token that is not at one of some places; ``NotTestable`` where there
    is no other.
    """
    others = np.delete(row, list(taken))
    if not len(others):
        raise NotTestable(f"of {len(row)} tokens none is left to hold a share against")
    return float(others.max())


def generated_roles(saliency: Saliency) -> tuple[Role, ...]:
    """The roles of the generated tokens, in the text as a whole."""
    return roles_of(saliency.tokens)[saliency.n_input :]


@claim("EX-01", YEAR, norm_matters=False)
def the_name_leads_to_the_year(case: Case) -> Iterator[Part]:
    """Shakespeare's year of birth: for its first token the name counts most of the input, with 53 %
    (20 % and 33 %), then " year" with 22 % and " born" with 14 %.
    """
    saliency = case.answer(YEAR)
    if Role.NUMBER not in (roles := generated_roles(saliency)):
        written = "".join(saliency.tokens[saliency.n_input :])
        raise NotTestable(f"no token of {written!r} begins a number: expected a year")
    row = saliency.row(roles.index(Role.NUMBER))[: saliency.n_input]
    name, year, born = (places(saliency.tokens[: len(row)], w) for w in (NAME, "year", "born"))
    shares = [row[found].sum() for found in (name, year, born)]
    rest = best_other(row, name)
    yield more("share of the name against the best other token", shares[0], rest, "share")
    rest = best_other(row, [*name, *year])
    statement = "share of ' year' against the best token but the name"
    yield further(more(statement, shares[1], rest, "share"))
    rest = best_other(row, [*name, *year, *born])
    yield further(more("share of ' born' against the best token left", shares[2], rest, "share"))
    if case.is_paper_model(YEAR):
        shares += [row[places(saliency.tokens, word)].sum() for word in NAME.split()]
        words = ("the name", "' year'", "' born'", *NAME.split())
        for word, share, percent in zip(words, shares, (53, 22, 14, 20, 33), strict=True):
            within = ROUNDING_WHOLE_PERCENT
            yield further(agrees(f"share of {word}", share, percent / 100, within, "share"))


def second_half(saliency: Saliency) -> int:
    """The number of the generated token with which the second half of a year begins.

    The article's model cuts it there; one that writes it digit by digit is asked at its third
    digit. ``NotTestable`` where no token begins there.
    """
    written = saliency.tokens[saliency.n_input :]
    digits = np.cumsum([sum(map(str.isdigit, token)) for token in written])
    starts = [0, *digits[:-1]]
    year = re.search(r"\d+", "".join(written))
    half = len(year.group()) // 2 if year else 0
    if not half or half not in starts:
        raise NotTestable(f"no token begins with the second half of the year: {written}")
    return starts.index(half)


@claim("EX-02", YEAR, norm_matters=False)
def what_was_written_counts_next(case: Case) -> Iterator[Part]:
    """For the second half of the year the name counts most again, with 60 %, and next the first
    half of the year, an output that has become an input.
    """
    saliency = case.answer(YEAR)
    row = saliency.row(second_half(saliency))
    name = places(saliency.tokens[: len(row)], NAME)
    outputs = range(saliency.n_input, len(row))  # the first half, with its space where one is apart
    share, written = row[name].sum(), row[outputs].sum()
    rest = best_other(row, [*name, *outputs])
    yield more("share of the name against all else", share, max(written, rest), "share")
    yield more("share of what was written against the best token left", written, rest, "share")
    if case.is_paper_model(YEAR):
        yield further(agrees("share of the name", share, 0.60, ROUNDING_SPOKEN, "share"))


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


def among_the_most(row: Row, *places: int) -> bool:
    """Whether all tokens at some places are among those with the highest shares; equal shares
    count against.
    """
    return all((row >= row[place]).sum() <= AMONG_THE_MOST for place in places)


@claim("EX-04", ONES, norm_matters=False)
def near_and_early_tokens_come_next(case: Case) -> Iterator[Part]:
    """In the sequence of ones the first three tokens, and the preceding one, are often the most
    important.
    """
    saliency = case.answer(ONES)
    rows = [saliency.row(i) for i in range(len(saliency.shares))]
    if len(rows[0]) < AMONG_THE_MOST:
        raise NotTestable(
            f"the first generated token has {len(rows[0])} before it: expected {AMONG_THE_MOST}"
        )
    yield more(
        f"share of generated tokens with the first three all among the {AMONG_THE_MOST} highest",
        np.mean([among_the_most(row, 0, 1, 2) for row in rows]),
        OFTEN,
        "share",
    )
    yield more(
        f"share with the preceding token among the {AMONG_THE_MOST} highest, against a random one",
        np.mean([among_the_most(row, len(row) - 1) for row in rows]),
        np.mean([AMONG_THE_MOST / len(row) for row in rows]),
        "share",
    )


@claim("EX-05", EU, norm_matters=False)
def the_list_goes_on_alphabetically(case: Case) -> Iterator[Part]:
    """The list of EU countries goes on in alphabetical order, but for names that come again."""
    before = list(dict.fromkeys(countries_in(case.provenance(EU).prompt)))
    written = "".join(case.answer(EU))
    added = [name for name in dict.fromkeys(countries_in(written)) if name not in before]
    if len(added) < 2 or not before:
        raise NotTestable(
            f"after a list of {len(before)} countries it goes on with {len(added)} new ones: "
            f"{written!r}; expected a list, and two more"
        )
    backwards = sum(later < earlier for earlier, later in pairwise([before[-1], *added]))
    statement = f"steps back in {', '.join(added)}, after {before[-1]}"
    yield at_most(statement, backwards, 0, "steps")


@claim("EX-06", ANSWER, norm_matters=False)
def the_question_is_looked_at(case: Case) -> Iterator[Part]:
    """The answer to the ultimate question: at its start the question mark counts most, and later
    " will" and " ever" give noticeably more to " ultimate" than tokens of the answer mostly do.
    """
    saliency = case.answer(ANSWER)
    tokens, answer = saliency.tokens, saliency.tokens[saliency.n_input :]
    mark, ultimate = places(tokens, "?"), places(tokens, "ultimate")
    chosen = {word: places(tokens, word)[0] - saliency.n_input for word in ("will", "ever")}
    if mark[-1] >= saliency.n_input or min(chosen.values()) < 0 or len(answer) == len(chosen):
        raise NotTestable(
            f"expected a question, and an answer with 'will', 'ever' and more: {''.join(tokens)!r} "
            f"is answered by {''.join(answer)!r}"
        )
    roles = generated_roles(saliency)
    starts = [i for i, role in enumerate(roles) if role not in (Role.SPACE, Role.CONTINUED)]
    for number, i in enumerate(starts[:START_OF_ANSWER], start=1):
        row = saliency.row(i)
        yield more(
            f"answer token {number}, {answer[i]!r}: share of the question mark against any other",
            row[mark].sum(),
            best_other(row, mark),
            "share",
        )
    given = saliency.shares[:, ultimate].sum(axis=1)
    rest = float(np.median(np.delete(given, list(chosen.values()))))
    for word, i in chosen.items():
        statement = f"share that ' {word}' gives to ' ultimate', against {NOTICEABLY:g} times the "
        yield more(statement + "median of the other tokens", given[i], NOTICEABLY * rest, "share")


@claim("EX-07", COUNTING_WRITTEN, norm_matters=False)
def counting_goes_on(case: Case) -> Iterator[Part]:
    """After " 1, 2, 3," the model goes on counting, with a comma after every number."""
    text = "".join(case.answer(COUNTING_WRITTEN))
    items = re.findall(r"\d+|[^\W\d]+|[^\w\s]", text)
    if not items:
        raise NotTestable(f"it writes nothing that can be seen: {text!r}")
    before = case.provenance(COUNTING_WRITTEN).prompt
    if not (counted := re.findall(r"\d+", before)):
        raise NotTestable(f"nothing is counted in {before!r}: expected a number to go on from")
    last = int(counted[-1])
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


@claim("EX-08", COUNTING)
def commas_are_settled_before_digits(case: Case) -> Iterator[Part]:
    """In counting, commas are settled at least one layer before the digits: from layer 3 on, and
    the digits from layer 4 on, of 6.
    """
    grid = case.answer(COUNTING)
    comma, digit = (
        float(crossing((grid.some_of_role(role) == 1).all(axis=1)))
        for role in (Role.COMMA, Role.NUMBER)
    )
    what = "all commas have rank 1"
    statement = f"depth from which {what}, against all digits"
    order = less(statement, comma, digit, "depth")
    yield at_depth(order, crossing_of(what, np.array([comma]), article=4 / 6))
    digits = grid.of_role(Role.NUMBER)[-1]
    last = at_most("worst rank of a digit after the last layer", digits.max(), 1, "ranks")
    what = "all digits have rank 1"
    yield at_depth(last, crossing_of(what, np.array([digit]), article=5 / 6))
    between = digit - comma + 1e-9  # float sums: one layer of six is to count as one
    statement = "depth between them, against one layer of the article's six"
    yield further(more(statement, between, 1 / 6, "depth"))
    statement = "literally, layers between them, against one"
    yield beside(more(statement, between * grid.layers, 1, "layers"))
    if case.is_paper_model(COUNTING):
        yield further(agrees("depth from which commas have rank 1", comma, 4 / 6, 1e-9, "depth"))
        yield further(agrees("depth from which digits have rank 1", digit, 5 / 6, 1e-9, "depth"))


@many("EX-21", ERASED, norm_matters=False, costly=True)
def what_counts_most_changes_the_output_most(case: Case) -> Iterator[Part]:
    """The hypothesis under all of the saliency: changes of the inputs with the highest importance
    change the output the most, which position alone does not tell as well.
    """
    found = case.answer(ERASED)
    texts, shares = found.texts, found.of("saliency")
    # Which end of a text matters more is given to position as known.
    position = np.sign(found.of("position").mean()) * found.of("position")
    lead = shares - position
    statement = "texts whose shares tell, better than position, what moves the logit when erased"
    unit = "rank correlation"
    yield mostly(statement, lead > 0, texts, values=lead, values_unit=unit)
    lead = found.after("saliency") - found.after("random")
    statement = "texts whose logit moves more without the quarter with the highest shares than a "
    yield mostly(statement + "random one", lead > 0, texts, values=lead, values_unit="logits")
    lead = found.over_shares("saliency") - found.over_shares("random")
    percents = ", ".join(f"{share:.0%}" for share in ERASED_TOGETHER)
    statement = f"texts whose logit moves more, in the mean over {percents} of the tokens, without "
    statement += "those with the highest shares than without random ones"
    yield beside(mostly(statement, lead > 0, texts, values=lead, values_unit="logits"))
    lead = shares - found.of("attention")
    statement = "texts whose shares tell it better than the last token's attention"
    yield beside(mostly(statement, lead > 0, texts, values=lead, values_unit=unit))


@claim("EX-22", *SHORTLISTED)
def the_first_layer_shortlists(case: Case) -> Iterator[Part]:
    """Layer 0 of six, at a sixth of the depth, often shortlists the tokens that end at the top."""
    grids = [case.answer(question) for question in SHORTLISTED]
    limit = SHORTLIST * grids[0].vocabulary
    last = np.concatenate([grid.ranks[-1] for grid in grids])
    if not (last == 1).any():
        raise NotTestable("none of the tokens of these texts ends with rank 1")
    layer = first_layer(DEPTH_OF_FIRST, grids[0].layers)
    within = [
        np.concatenate([grid.ranks[k] for grid in grids])[last == 1] <= limit for k in (layer, 0)
    ]
    statement = f"of {len(within[0])} tokens that end best, those within {SHORTLIST:.0%} after "
    yield more(f"{statement}layer {layer}", within[0].mean(), OFTEN, "share")
    yield literally(more(f"{statement}layer 0", within[1].mean(), OFTEN, "share"))


@many("EX-22-many", SHORTLISTS, generalizes="EX-22", costly=True)
def the_first_layer_shortlists_prose_and_lists(case: Case) -> Iterator[Part]:
    """Over openings and lists, layer 0 of six, at a sixth of the depth, often shortlists the tokens
    that end at the top, and more often than tokens that end at the top elsewhere.
    """
    found = case.answer(SHORTLISTS)
    yield from shortlisting(found, 0)
    yield from map(literally, shortlisting(found, 1))


def shortlisting(found: Shortlists, place: int) -> Iterator[Part]:
    """Parts of EX-22-many on one of the layers that were looked at."""
    own, layer = found.own[place], found.layers[place]
    near = own <= SHORTLIST * found.vocabulary
    statement = f"positions whose last best token is within {SHORTLIST:.0%} after layer {layer}"
    yield mostly(statement, near, found.texts)
    statement = f"positions whose own best token layer {layer} ranks before that of another one"
    yield mostly(statement, own < found.others[place], found.texts)


@claim("EX-24", BIRTH, norm_matters=False)
def the_year_is_right(case: Case) -> Iterator[Part]:
    """The year of Shakespeare's birth is right: 1564."""
    text = "".join(case.answer(BIRTH))
    year = re.search(r"\d+", text)
    right = year is not None and year.group() == "1564"
    yield agrees(f"numbers that {text!r} begins with and that are 1564", right, 1, 0, "numbers")


@claim("EX-25", EU, norm_matters=False)
def the_pattern_is_repeated(case: Case) -> Iterator[Part]:
    """The list's simple pattern is repeated: a period after every number, a newline after every
    name.
    """
    before = case.provenance(EU).prompt.rpartition("\n")[2]  # the number that the prompt ends with
    *whole, last = (before + "".join(case.answer(EU))).split("\n")
    yield more(
        f"whole lines, the last of which is {(whole or [last])[-1]!r}", len(whole), 0, "lines"
    )
    numbered = [re.match(r"\s*\d+(.?)", line) for line in [*whole, last]]
    numbers = [match.group(1) for match in numbered if match and match.group(1)]
    wrong = sum(mark != "." for mark in numbers)
    yield at_most(f"of {len(numbers)} numbers, those without a period", wrong, 0, "numbers")
    names = [re.sub(r"^\s*\d+\.?\s*", "", line) for line in whole]
    wrong = sum(not re.fullmatch(r"[^\W\d]+([ '-][^\W\d]+)*", name) for name in names)
    yield at_most(f"of {len(names)} lines, those without a name alone", wrong, 0, "lines")
