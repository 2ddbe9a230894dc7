"""The findings of "Finding the Words to Say" (Alammar 2021), HS-01 to HS-20.

Each claim is a check on one ``Case``: a subject (published numbers, a model, an untrained control)
under one norm. ``conftest.py`` makes one test of each claim, subject and norm.

How words like "near the top" are read is fixed in ``replication/articles/thresholds.py``, what
"layer k of n" is on a model of another depth in ``replication/measures/depth.py``. The reading by a
layer's number stands beside that by depth and bears on no verdict. Published numbers must agree as
numbers on the articles' own models only; on any other model their order is judged.
"""

from collections.abc import Iterator
from itertools import chain, pairwise

import numpy as np
from jaxtyping import Bool

from replication.articles.sources import HIDDEN_STATES
from replication.articles.thresholds import FAR_DOWN, FEW, NEAR_TOP, ROUNDING_PERCENT
from replication.judging.claims import ClaimsOf
from replication.judging.comparisons import agrees, at_most, crossing_of, less, more
from replication.judging.depth import before_last, beyond, crosses, in_layer, steps, throughout
from replication.judging.parts import Part, at_depth, beside, further
from replication.measures.depth import SYNTAX, arrivals, crossing, first_layer
from replication.questions.lens import ContinuationOf, RanksOf, TopTokensOf, WatchedRanksOf
from replication.questions.subjects import Case
from replication.results.ranks import RankGrid, TopTokens
from replication.results.roles import Role, countries, countries_in
from replication.results.untestable import NotTestable

claim = ClaimsOf(HIDDEN_STATES)
DISTILGPT2, GPT2 = 6, 12
"""Layers of the articles' models."""
TOP = TopTokensOf.of_figure("top10_ones")
FIRST = RanksOf.of_figure("ranks_ones_first_token")
ONES = RanksOf.of_figure("ranks_ones")
ONES_WRITTEN = RanksOf.of_figure("ranks_ones", own=True)
EU = RanksOf.of_figure("ranks_eu_gpt2")
EU_WRITTEN = ContinuationOf.of_figure("ranks_eu_gpt2")
KEYS = WatchedRanksOf.of_figure("watch_keys_cabinet")
KEY = WatchedRanksOf.of_figure("watch_key_cabinets")
DOCTOR = WatchedRanksOf.of_figure("watch_doctor")
NURSE = WatchedRanksOf.of_figure("watch_nurse")
HEATHROW = RanksOf.of_figure("ranks_heathrow")
GALLERY = {id: RanksOf.of_figure(f"ranks_eu_{id}") for id in ("distilgpt2", "gpt2xl")}
"""The EU list on the smallest and on the largest model."""


def rank_among(top: TopTokens, layer: int, token: str) -> int:
    """The token's rank among the ten best; 11 where it is not one of them."""
    return top.rank(layer, token) or top.probabilities.shape[1] + 1


def ahead(grid: RankGrid, first: str, second: str) -> Bool[np.ndarray, " layer"]:
    """The layers in which the first watched word has the better rank."""
    return grid.of_token(first) < grid.of_token(second)


def final_rank(grid: RankGrid, word: str) -> int:
    """A watched word's rank after the last layer."""
    return int(grid.of_token(word)[-1])


@claim("HS-01", TOP, norm_matters=False)
def ones_lead_at_the_end(case: Case) -> Iterator[Part]:
    """After the last layer of " 1, 1, 1," the repeated " 1" leads, with 59.8 %, before " 2" with
    17.7 % and " 0" with 4.7 %.
    """
    top = case.answer(TOP)
    rank = rank_among(top, -1, top.target)
    yield at_most("rank of the repeated token in the last layer", rank, 1, "ranks")
    if case.is_paper_model(TOP):
        for token, percent in ((" 1", 59.8), (" 2", 17.7), (" 0", 4.7)):
            share = top.probability(-1, token) or 0.0
            statement = f"probability of {token!r}"
            yield agrees(statement, share, percent / 100, ROUNDING_PERCENT, "probability")


@claim("HS-02", TOP)
def no_digit_in_layer_0(case: Case) -> Iterator[Part]:
    """Layer 0's ten best tokens hold no digit."""
    top = case.answer(TOP)
    layer = first_layer(1 / DISTILGPT2, top.layers)
    statement = "tokens with a digit among the ten best"
    yield at_most(f"{statement} of layer {layer}", digits_among(top, layer), 0, "tokens")
    yield beside(at_most(f"literally, {statement} of layer 0", digits_among(top, 0), 0, "tokens"))


def digits_among(top: TopTokens, layer: int) -> int:
    """How many of a layer's best tokens hold a digit."""
    return sum(any(character.isdigit() for character in token) for token in top.tokens[layer])


@claim("HS-03", FIRST, TOP)
def a_digit_enters_in_layer_1(case: Case) -> Iterator[Part]:
    """Layer 1 gives " 1" a probability of 0.03 % and rank 7: among the ten best, and hardly
    considered yet.
    """
    ranks, top = case.answer(FIRST).ranks[:, 0], case.answer(TOP)
    what = f"the digit is among the {NEAR_TOP} best for good"
    by_then, not_before = in_layer(what, ranks <= NEAR_TOP, 1, DISTILGPT2)
    yield by_then
    yield further(not_before)
    layer = first_layer(2 / DISTILGPT2, top.layers)
    share = top.probability(layer, top.target)
    if share is not None:  # of the ten best alone it is known
        yield less(f"its probability in layer {layer}", share, FEW, "probability")
    literal = rank_among(top, 1, top.target)
    yield beside(at_most("literally, its rank in layer 1", literal, NEAR_TOP, "ranks"))
    if case.is_paper_model(TOP):
        yield agrees("its rank in layer 1", literal, 7, 0, "ranks")
        yield agrees("its probability in layer 1", share or 0.0, 0.0003, 0.00005, "probability")


@claim("HS-04", FIRST, TOP)
def later_layers_raise_the_digit(case: Case) -> Iterator[Part]:
    """The layers after layer 1 raise " 1" in rank and in probability, up to the last layer's
    caution (HS-05).
    """
    ranks, top = case.answer(FIRST).ranks[:, 0], case.answer(TOP)
    after = steps(DISTILGPT2, len(ranks))[1:-1]
    # As the article's figure shows them: to 0.01 %, and none for what is not among the ten best.
    shares = [round(top.probability(layer, top.target) or 0.0, 4) for layer in after]
    over = f"in layer {after[-1]} against layer {after[0]}"
    first = crossing_of(
        "the digit has rank 1 for good", np.atleast_1d(crossing(ranks == 1)), article=4 / 6
    )
    yield at_depth(less(f"rank {over}", ranks[after[-1]], ranks[after[0]], "ranks"), first)
    yield more(f"probability {over}", shares[-1], shares[0], "probability")
    at = f"of the steps between layers {after}, those"
    worse, falls = np.diff(ranks[after]) > 0, np.diff(shares) < 0
    yield at_most(f"{at} that worsen the rank", worse.sum(), 0, "steps")
    yield at_most(f"{at} that lower the probability", falls.sum(), 0, "steps")
    every = int(np.sum(np.diff(ranks[after[0] :]) > 0))
    yield beside(at_most("literally, layers that worsen the rank", every, 0, "layers"))


@claim("HS-05", TOP)
def the_last_layer_is_cautious(case: Case) -> Iterator[Part]:
    """The last layer is more cautious: the probability of " 1" falls from about 100 % to about
    60 % while its rank stays 1.
    """
    top = case.answer(TOP)
    start = before_last(DISTILGPT2, top.layers)
    statement = "rank in {} (11: beyond the ten best)"
    last, earlier = (rank_among(top, layer, top.target) for layer in (-1, start))
    best = np.array([rank_among(top, layer, top.target) == 1 for layer in range(top.layers)])
    first = crossing_of(
        "the digit is the best for good", np.atleast_1d(crossing(best)), article=4 / 6
    )
    yield at_depth(at_most(statement.format("the last layer"), last, 1, "ranks"), first)
    yield further(at_most(statement.format(f"layer {start}, before it"), earlier, 1, "ranks"))
    before, next_to_last, after = (
        top.probability(layer, top.target) or 0.0 for layer in (start, -2, -1)
    )
    yield less(
        f"probability after the last layer, against layer {start}", after, before, "probability"
    )
    statement = "literally, probability after the last layer, against the layer before it"
    yield beside(less(statement, after, next_to_last, "probability"))
    shares = np.array([top.probability(k, top.target) or 0.0 for k in range(top.layers)])
    falls = np.atleast_1d(crossing(shares < shares.max()))
    yield crosses("the digit is past its highest probability", falls, article=1.0)
    if case.is_paper_model(TOP):
        yield agrees("probability before the last layer", before, 1.0, 0.005, "probability")
        yield agrees("probability after the last layer", after, 0.6, 0.005, "probability")


@claim("HS-06", ONES_WRITTEN)
def certainty_starts_at_layer_3(case: Case) -> Iterator[Part]:
    """The certainty about the digit starts at layer 3 of 6; from then on, as the figure shows,
    every output token of the sequence of ones has rank 1.
    """
    grid = case.answer(ONES_WRITTEN)
    digits = grid.some_of_role(Role.NUMBER) == 1
    yield from in_layer("the digits have rank 1 for good", digits, 3, DISTILGPT2)
    literal = int((~digits[3:].all(axis=1)).sum())
    statement = "literally, layers from layer 3 on in which a digit is not first"
    yield beside(at_most(statement, literal, 0, "layers"))
    every = np.asarray((grid.ranks == 1).all(axis=1))
    by_then, _ = in_layer("every output token has rank 1", every, 3, DISTILGPT2)
    yield further(by_then)


@claim("HS-07", ONES)
def layer_0_ranks_the_comma_high(case: Case) -> Iterator[Part]:
    """Layer 0 already ranks the comma high (5) and the digits much lower (31 and 30)."""
    grid = case.answer(ONES)
    layer = first_layer(1 / DISTILGPT2, grid.layers)
    comma = grid.some_of_role(Role.COMMA).max(axis=1)
    digits = grid.some_of_role(Role.NUMBER).min(axis=1)
    yield at_most(f"rank of the comma in layer {layer}", comma[layer], NEAR_TOP, "ranks")
    yield more(f"best rank of a digit in layer {layer}", digits[layer], NEAR_TOP, "ranks")
    yield beside(at_most("literally, rank of the comma in layer 0", comma[0], NEAR_TOP, "ranks"))
    yield beside(more("literally, best rank of a digit there", digits[0], NEAR_TOP, "ranks"))
    if case.is_paper_model(ONES):
        for name, rank, published in zip(
            ("the comma", "the first digit", "the second digit"),
            (comma[0], *grid.of_role(Role.NUMBER)[0]),
            (5, 31, 30),
            strict=True,
        ):
            yield agrees(f"rank of {name}", rank, published, 0, "ranks")


@claim("HS-08", ONES_WRITTEN, norm_matters=False, definitional=True)
def greedy_tokens_rank_first(case: Case) -> Iterator[Part]:
    """Under greedy decoding every generated token has rank 1 after the last layer."""
    ranks = case.answer(ONES_WRITTEN).ranks
    yield at_most("worst rank after the last layer", ranks[-1].max(), 1, "ranks")


@claim("HS-09", EU)
def syntax_is_near_the_top_throughout(case: Case) -> Iterator[Part]:
    """EU list: newlines and periods are near the top from layer 0 on; no later layer objects."""
    near = case.answer(EU).some_of_role(*SYNTAX) <= NEAR_TOP
    by_then, _ = in_layer("newlines and periods stay near the top", near, 0, GPT2)
    yield by_then
    yield throughout("every newline and period is near the top", np.asarray(near.all(axis=1)), GPT2)
    literal = int((~near.all(axis=1)).sum())
    yield beside(at_most("literally, layers in which one of them is not", literal, 0, "layers"))


@claim("HS-10", EU)
def countries_are_found_late(case: Case) -> Iterator[Part]:
    """EU list: country names are far down early; only the last five of twelve layers find them."""
    ranks = case.answer(EU).some_of_role(Role.COUNTRY)
    found = crossing(ranks <= FAR_DOWN)
    yield beyond("the countries are no longer far down", found, 7 / GPT2, article=9 / GPT2)
    far = np.asarray(np.median(ranks, axis=1) > FAR_DOWN)
    yield throughout("before that the median country is far down", far, GPT2, before=7 / GPT2)
    statement = "literally, layers before the last five in which it is not"
    yield beside(at_most(statement, int((~far[:-5]).sum()), 0, "layers"))
    last = np.median(ranks[-1])
    yield at_most("their median rank after the last layer", last, NEAR_TOP, "ranks")


@claim("HS-11", EU)
def numbers_are_settled_at_layer_9(case: Case) -> Iterator[Part]:
    """EU list: the running numbers tend to be settled at layer 9 of 12."""
    ranks = case.answer(EU).some_of_role(Role.NUMBER)
    by_then, not_before = in_layer("the median number has rank 1 for good", ranks == 1, 9, GPT2)
    yield by_then
    yield not_before
    literal = int((np.median(ranks[9:], axis=1) > 1).sum())
    statement = "literally, layers from layer 9 on in which it has another rank"
    yield beside(at_most(statement, literal, 0, "layers"))


@claim("HS-12", EU, norm_matters=False)
def the_wrong_country_ranks_badly(case: Case) -> Iterator[Part]:
    """EU list: Chile, the one wrong country, has rank 43 after the last layer, so sampling is to
    blame; every other country is within the top 3.
    """
    grid = case.answer(EU)
    final = {
        token.strip(): int(rank)
        for token, role, rank in zip(grid.tokens, grid.roles, grid.ranks[-1], strict=True)
        if role is Role.COUNTRY
    }
    pieces = final.keys() - set(chain.from_iterable(countries().values()))
    if pieces:
        raise NotTestable(f"countries are cut into pieces such as {min(pieces)!r}")
    wrong = [rank for name, rank in final.items() if name not in countries()["member"]]
    right = [rank for name, rank in final.items() if name in countries()["member"]]
    if not (wrong and right):
        raise NotTestable(
            f"of the countries {sorted(final)} {len(right)} are of the EU and {len(wrong)} are "
            "not: expected some of both"
        )
    yield more("rank of Chile against the worst correct country", min(wrong), max(right), "ranks")
    yield further(at_most("worst rank of a correct country", max(right), 3, "ranks"))
    if case.is_paper_model(EU):
        yield agrees("rank of Chile", min(wrong), 43, 0, "ranks")


@claim("HS-13", EU_WRITTEN, norm_matters=False)
def correct_countries_are_in_order(case: Case) -> Iterator[Part]:
    """EU list: but for one, the countries that the model adds are correct, and those keep the
    alphabetical order.
    """
    text = "".join(case.answer(EU_WRITTEN))
    added = [name for name in countries_in(text) if name in countries()["member"]]
    if len(added) < 2:
        raise NotTestable(f"its list goes on with {len(added)} countries of the EU: {text!r}")
    backwards = sum(later <= earlier for earlier, later in pairwise(added))
    yield at_most(f"steps back in {', '.join(added)}", backwards, 0, "steps")
    others = [name for name in countries_in(text) if name not in countries()["member"]]
    yield further(at_most("countries that are no members", len(others), 1, "countries"))


@claim("HS-14", KEYS, norm_matters=False)
def the_last_layer_agrees_with_the_keys(case: Case) -> Iterator[Part]:
    """After "The keys to the cabinet" the last layer has " are" (1) before " is" (12)."""
    grid = case.answer(KEYS)
    plural, singular = final_rank(grid, " are"), final_rank(grid, " is")
    yield less("rank of ' are' against ' is' in the last layer", plural, singular, "ranks")
    if case.is_paper_model(KEYS):
        yield agrees("rank of ' are'", plural, 1, 0, "ranks")
        yield agrees("rank of ' is'", singular, 12, 0, "ranks")


@claim("HS-15", KEYS)
def no_layer_before_the_last_agrees(case: Case) -> Iterator[Part]:
    """After "The keys to the cabinet" all layers before the last have " is" before " are"; the last
    sets it right.
    """
    right = ahead(case.answer(KEYS), " are", " is")
    last = 1 - 1 / DISTILGPT2
    depth = np.atleast_1d(crossing(right))
    yield beyond("' are' leads for good", depth, last, article=1.0)
    yield at_most("that depth", depth[0], 1, "depth")
    yield throughout("before the last sixth ' is' leads", ~right, DISTILGPT2, before=last)
    statement = f"literally, of {len(right) - 1} layers before the last, those with ' are' first"
    yield beside(at_most(statement, right[:-1].sum(), 0, "layers"))


@claim("HS-16", KEY)
def one_key_is_singular_in_every_layer(case: Case) -> Iterator[Part]:
    """After "The key to the cabinets" every layer has " is" before " are"; at the end 1 against 3,
    so " are" stays high.
    """
    grid = case.answer(KEY)
    right = ahead(grid, " is", " are")
    plural, singular = final_rank(grid, " are"), final_rank(grid, " is")
    leads = crossing_of("' is' leads for good", np.atleast_1d(crossing(right)), article=1 / 6)
    yield at_depth(throughout("' is' leads", right, DISTILGPT2), leads)
    yield less("rank of ' is' against ' are' in the last layer", singular, plural, "ranks")
    yield further(at_most("rank of ' are' in the last layer", plural, NEAR_TOP, "ranks"))
    statement = f"literally, of {len(right)} layers, those with ' are' first"
    yield beside(at_most(statement, (~right).sum(), 0, "layers"))
    if case.is_paper_model(KEY):
        yield agrees("rank of ' is'", singular, 1, 0, "ranks")
        yield agrees("rank of ' are'", plural, 3, 0, "ranks")


@claim("HS-17", DOCTOR, NURSE)
def inner_layers_prefer_man(case: Case) -> Iterator[Part]:
    """After "The doctor was a" and "The nurse was a" alike, the layers before the last put " man"
    before " woman".
    """
    last = 1 - 1 / DISTILGPT2
    for question, name in ((DOCTOR, "doctor"), (NURSE, "nurse")):
        man = ahead(case.answer(question), " man", " woman")
        statement = f"{name}: before the last sixth ' man' leads"
        woman = crossing_of(
            f"{name}: ' woman' leads for good",
            np.atleast_1d(crossing(~man)),
            article=1.0 if name == "nurse" else 7 / 6,
        )
        yield at_depth(throughout(statement, man, DISTILGPT2, before=last), woman)
        statement = f"literally, {name}: of {len(man) - 1} layers before the last, those with"
        yield beside(at_most(f"{statement} ' woman' first", (~man[:-1]).sum(), 0, "layers"))


@claim("HS-18", DOCTOR, NURSE)
def the_last_layer_tells_nurse_from_doctor(case: Case) -> Iterator[Part]:
    """For the nurse the last layer lifts " woman" (7) above " man" (25), decisively; for the
    doctor, as the figure shows, " man" (7) stays ahead of " woman" (22).
    """
    nurse, doctor = case.answer(NURSE), case.answer(DOCTOR)
    woman = ahead(nurse, " woman", " man")
    leads = np.atleast_1d(crossing(woman))
    yield beyond("nurse: ' woman' leads for good", leads, 1 - 1 / DISTILGPT2, article=1.0)
    statement = "literally, nurse: layers before the last with ' woman' first"
    yield beside(at_most(statement, int(woman[:-1].sum()), 0, "layers"))
    for grid, name, first, second, published in (
        (nurse, "nurse", " woman", " man", (7, 25)),
        (doctor, "doctor", " man", " woman", (7, 22)),
    ):
        ranks = [final_rank(grid, word) for word in (first, second)]
        part = less(f"{name}: rank of {first!r} against {second!r}", ranks[0], ranks[1], "ranks")
        yield part if grid is nurse else further(part)  # the figure's; the text speaks of the nurse
        if case.is_paper_model(NURSE):
            for word, rank, expected in zip((first, second), ranks, published, strict=True):
                yield agrees(f"{name}: rank of {word!r}", rank, expected, 0, "ranks")
    man = np.atleast_1d(crossing(ahead(doctor, " man", " woman")))
    yield crosses("doctor: ' man' leads for good", man, article=1 / DISTILGPT2)
    last, *others = reversed(gains(nurse, " woman", " man"))
    statement = "nurse: ' woman' gains on ' man' in the last sixth, against the best other sixth"
    yield further(more(statement, last, max(others), "log rank"))


def gains(grid: RankGrid, first: str, second: str) -> list[float]:
    """By how much each of the article's layers after its first brings one word before the other, as
    the logarithm of the ranks' ratio.
    """
    at = steps(DISTILGPT2, grid.layers)
    ahead_by = np.log(grid.of_token(second)[at]) - np.log(grid.of_token(first)[at])
    return [float(gain) for gain in np.diff(ahead_by)]


@claim("HS-19", HEATHROW)
def london_climbs(case: Case) -> Iterator[Part]:
    """Our own reading of a figure that has no text, Heathrow: " London" climbs layer by layer, from
    816 to 1; the period is near the top from the start.
    """
    grid = case.answer(HEATHROW)
    if (number := grid.tokens.count(" London")) != 1:
        raise NotTestable(
            f"' London' is {number} of the tokens {grid.tokens}: expected one of them"
        )
    london, period = grid.of_token(" London"), grid.some_of_role(Role.PERIOD).max(axis=1)
    at = steps(DISTILGPT2, grid.layers)
    worse = int(np.sum(np.diff(london[at]) > 0))
    first = crossing_of(
        "' London' has rank 1 for good", np.atleast_1d(crossing(london == 1)), article=1.0
    )
    yield at_depth(at_most("rank of ' London' in the last layer", london[-1], 1, "ranks"), first)
    yield less("that rank against the first layer's", london[-1], london[0], "ranks")
    yield at_most(f"of the steps between layers {at}, those that worsen it", worse, 0, "steps")
    yield throughout("the period is near the top", period <= NEAR_TOP, DISTILGPT2)
    every = int(np.sum(np.diff(london) > 0))
    yield beside(at_most("literally, layers that worsen the rank", every, 0, "layers"))
    if case.is_paper_model(HEATHROW):
        yield agrees("rank of ' London' in layer 0", london[0], 816, 0, "ranks")


@claim("HS-20", *GALLERY.values())
def syntax_comes_before_countries(case: Case) -> Iterator[Part]:
    """Our own question to the gallery, which shows the EU list on the smallest and on the largest
    model and claims nothing of it: is the division the same, syntax early and countries late?
    """
    for id, question in GALLERY.items():
        grid = case.answer(question)
        syntax, names = (np.array(arrivals(grid, roles)) for roles in (SYNTAX, (Role.COUNTRY,)))
        if not (syntax.size and names.size):
            text = "".join(grid.tokens)
            raise NotTestable(f"{text!r} has not both countries and newlines or periods in it")
        yield beyond(f"{id}'s list: countries stay near the top", names, float(np.median(syntax)))
        what, by = f"{id}'s list: syntax stays near the top", float(np.median(names))
        yield crosses(what, syntax, by=by)
