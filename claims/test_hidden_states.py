"""The findings of "Finding the Words to Say" (Alammar 2021), HS-01 to HS-20.

Each claim is a check on one ``Case``: a subject (published numbers, a model, an untrained control)
under one norm. ``conftest.py`` makes one test of each claim, subject and norm.

How words like "near the top" are read is fixed in ``replication/articles/thresholds.py``. Published
numbers must agree as numbers on the articles' own models only; on any other model their order is
judged.
"""

from collections.abc import Iterator
from itertools import chain, pairwise

import numpy as np
from jaxtyping import Int

from replication.articles.sources import HIDDEN_STATES
from replication.articles.thresholds import FAR_DOWN, FEW, NEAR_TOP, ROUNDING_PERCENT
from replication.judging.claims import ClaimsOf
from replication.judging.comparisons import Part, agrees, at_most, less, more
from replication.measures.depth import SYNTAX, arrivals, first_layer
from replication.questions.lens import ContinuationOf, RanksOf, TopTokensOf, WatchedRanksOf
from replication.questions.subjects import Case
from replication.results.ranks import RankGrid, TopTokens
from replication.results.roles import Role, countries, countries_in
from replication.results.untestable import NotTestable

claim = ClaimsOf(HIDDEN_STATES)
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


def ahead(grid: RankGrid, first: str, second: str) -> Int[np.ndarray, " layer"]:
    """For each layer, 1 where the first watched word has the better rank, else 0."""
    return (grid.of_token(first) < grid.of_token(second)).astype(int)


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
    best = case.answer(TOP).tokens[0]
    digits = sum(any(character.isdigit() for character in token) for token in best)
    yield at_most("tokens with a digit among layer 0's ten best", digits, 0, "tokens")


@claim("HS-03", TOP)
def a_digit_enters_in_layer_1(case: Case) -> Iterator[Part]:
    """Layer 1 gives " 1" a probability of 0.03 % and rank 7: among the ten best, and hardly
    considered yet.
    """
    top = case.answer(TOP)
    layer = first_layer(2 / 6, top.layers)
    rank = rank_among(top, layer, top.target)
    share = top.probability(layer, top.target) or 0.0  # what is not among the ten best shows none
    yield at_most(
        f"rank of the repeated token in layer {layer} (11: beyond the ten best)",
        rank,
        NEAR_TOP,
        "ranks",
    )
    yield less(f"its probability in layer {layer}", share, FEW, "probability")
    if case.is_paper_model(TOP):
        yield agrees("its rank", rank, 7, 0, "ranks")
        yield agrees("its probability", share, 0.0003, 0.00005, "probability")


@claim("HS-04", FIRST, TOP)
def later_layers_raise_the_digit(case: Case) -> Iterator[Part]:
    """The layers after layer 1 raise " 1" in rank and in probability, up to the last layer's
    caution (HS-05).
    """
    ranks = case.answer(FIRST).ranks[:, 0]
    top = case.answer(TOP)
    begin = first_layer(2 / 6, len(ranks))
    # As the article's figure shows them: to 0.01 %, and none for what is not among the ten best.
    shown = range(begin, len(ranks) - 1)
    shares = [round(top.probability(layer, top.target) or 0.0, 4) for layer in shown]
    yield less("rank in the layer before the last", ranks[-2], ranks[0], "ranks")
    worse = int(np.sum(np.diff(ranks[begin:]) > 0))
    yield at_most(f"layers after layer {begin} that worsen the rank", worse, 0, "layers")
    falls = int(np.sum(np.diff(shares) < 0))
    yield at_most("layers before the last that lower the probability", falls, 0, "layers")


@claim("HS-05", TOP)
def the_last_layer_is_cautious(case: Case) -> Iterator[Part]:
    """The last layer is more cautious: the probability of " 1" falls from about 100 % to about
    60 % while its rank stays 1.
    """
    top = case.answer(TOP)
    before, after = (top.probability(layer, top.target) or 0.0 for layer in (-2, -1))
    for layer, name in ((-2, "the layer before the last"), (-1, "the last layer")):
        yield at_most(
            f"rank in {name} (11: beyond the ten best)",
            rank_among(top, layer, top.target),
            1,
            "ranks",
        )
    yield less("probability after the last layer", after, before, "probability")
    if case.is_paper_model(TOP):
        yield agrees("probability before the last layer", before, 1.0, 0.005, "probability")
        yield agrees("probability after the last layer", after, 0.6, 0.005, "probability")


@claim("HS-06", ONES_WRITTEN)
def the_sequence_is_settled_from_layer_3(case: Case) -> Iterator[Part]:
    """From layer 3 of 6 on, every output token of the sequence of ones has rank 1."""
    ranks = case.answer(ONES_WRITTEN).ranks
    layer = first_layer(4 / 6, len(ranks))
    yield at_most(f"worst rank from layer {layer} on", ranks[layer:].max(), 1, "ranks")


@claim("HS-07", ONES)
def layer_0_ranks_the_comma_high(case: Case) -> Iterator[Part]:
    """Layer 0 already ranks the comma high (5) and the digits much lower (31 and 30)."""
    grid = case.answer(ONES)
    comma, digits = grid.of_role(Role.COMMA)[0].max(), grid.of_role(Role.NUMBER)[0]
    yield at_most("rank of the comma in layer 0", comma, NEAR_TOP, "ranks")
    yield more("best rank of a digit in layer 0", digits.min(), NEAR_TOP, "ranks")
    yield less("rank of the comma against the best digit", comma, digits.min(), "ranks")
    if case.is_paper_model(ONES):
        for name, rank, published in zip(
            ("the comma", "the first digit", "the second digit"),
            (comma, *digits),
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
    ranks = case.answer(EU).of_role(*SYNTAX)
    yield at_most("worst rank of a newline or period in layer 0", ranks[0].max(), NEAR_TOP, "ranks")
    yield at_most("their worst rank in any later layer", ranks[1:].max(), NEAR_TOP, "ranks")


@claim("HS-10", EU)
def countries_are_found_late(case: Case) -> Iterator[Part]:
    """EU list: country names are far down early; only the last five of twelve layers find them."""
    medians = np.median(case.answer(EU).of_role(Role.COUNTRY), axis=1)
    late = first_layer(8 / 12, len(medians))
    yield more(
        f"best median rank of the countries before layer {late}",
        medians[:late].min(),
        FAR_DOWN,
        "ranks",
    )
    yield at_most("their median rank after the last layer", medians[-1], NEAR_TOP, "ranks")


@claim("HS-11", EU)
def numbers_are_settled_at_layer_9(case: Case) -> Iterator[Part]:
    """EU list: the running numbers are settled at layer 9 of 12."""
    ranks = case.answer(EU).of_role(Role.NUMBER)
    if not ranks.size:
        raise NotTestable("no token of the list begins a number")
    layer = first_layer(10 / 12, len(ranks))
    yield at_most(f"worst rank of a number in layer {layer}", ranks[layer].max(), 1, "ranks")
    if after := ranks[layer + 1 :].ravel().tolist():  # in a shallow model there is none
        yield at_most("worst rank of a number after it", max(after), 1, "ranks")


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
    yield more("rank of Chile against the worst correct country", min(wrong), max(right), "ranks")
    yield at_most("worst rank of a correct country", max(right), NEAR_TOP, "ranks")
    if case.is_paper_model(EU):
        yield agrees("rank of Chile", min(wrong), 43, 0, "ranks")
        yield at_most("worst rank of a correct country", max(right), 3, "ranks")


@claim("HS-13", EU_WRITTEN, norm_matters=False)
def correct_countries_are_in_order(case: Case) -> Iterator[Part]:
    """EU list: the correct countries that the model adds keep the alphabetical order."""
    text = "".join(case.answer(EU_WRITTEN))
    added = [name for name in countries_in(text) if name in countries()["member"]]
    if len(added) < 2:
        raise NotTestable(f"its list goes on with {len(added)} countries of the EU: {text!r}")
    backwards = sum(later <= earlier for earlier, later in pairwise(added))
    yield at_most(f"steps back in {', '.join(added)}", backwards, 0, "steps")


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
    """After "The keys to the cabinet" all layers before the last have " is" before " are"."""
    right = ahead(case.answer(KEYS), " are", " is")[:-1]
    yield at_most(
        f"of {len(right)} layers before the last, those with ' are' first", right.sum(), 0, "layers"
    )


@claim("HS-16", KEY)
def one_key_is_singular_in_every_layer(case: Case) -> Iterator[Part]:
    """After "The key to the cabinets" every layer has " is" before " are"; at the end 1 against 3,
    so " are" stays high.
    """
    grid = case.answer(KEY)
    wrong = ahead(grid, " are", " is")
    plural, singular = final_rank(grid, " are"), final_rank(grid, " is")
    yield at_most(f"of {len(wrong)} layers, those with ' are' first", wrong.sum(), 0, "layers")
    yield at_most("rank of ' are' in the last layer", plural, NEAR_TOP, "ranks")
    if case.is_paper_model(KEY):
        yield agrees("rank of ' is'", singular, 1, 0, "ranks")
        yield agrees("rank of ' are'", plural, 3, 0, "ranks")


@claim("HS-17", DOCTOR, NURSE)
def inner_layers_prefer_man(case: Case) -> Iterator[Part]:
    """After "The doctor was a" and "The nurse was a" alike, the layers before the last put " man"
    before " woman".
    """
    for question, name in ((DOCTOR, "doctor"), (NURSE, "nurse")):
        woman = ahead(case.answer(question), " woman", " man")[:-1]
        statement = f"{name}: of {len(woman)} layers before the last, those with ' woman' first"
        yield at_most(statement, woman.sum(), 0, "layers")


@claim("HS-18", DOCTOR, NURSE, norm_matters=False)
def the_last_layer_tells_nurse_from_doctor(case: Case) -> Iterator[Part]:
    """For the nurse the last layer lifts " woman" (7) above " man" (25); for the doctor " man" (7)
    stays ahead of " woman" (22).
    """
    for question, name, first, second, published in (
        (NURSE, "nurse", " woman", " man", (7, 25)),
        (DOCTOR, "doctor", " man", " woman", (7, 22)),
    ):
        ranks = [final_rank(case.answer(question), word) for word in (first, second)]
        yield less(f"{name}: rank of {first!r} against {second!r}", ranks[0], ranks[1], "ranks")
        if case.is_paper_model(question):
            for word, rank, expected in zip((first, second), ranks, published, strict=True):
                yield agrees(f"{name}: rank of {word!r}", rank, expected, 0, "ranks")


@claim("HS-19", HEATHROW)
def london_climbs(case: Case) -> Iterator[Part]:
    """Heathrow: " London" climbs layer by layer, from 816 to 1; the period is near the top from the
    start.
    """
    grid = case.answer(HEATHROW)
    if " London" not in grid.tokens:
        raise NotTestable(f"' London' is cut into pieces: {grid.tokens}")
    london, period = grid.of_token(" London"), grid.of_role(Role.PERIOD)
    yield less("rank of ' London' in the last layer", london[-1], london[0], "ranks")
    yield at_most("rank of ' London' in the last layer", london[-1], 1, "ranks")
    yield at_most("layers that worsen its rank", int(np.sum(np.diff(london) > 0)), 0, "layers")
    yield at_most("worst rank of the period in any layer", period.max(), NEAR_TOP, "ranks")
    if case.is_paper_model(HEATHROW):
        yield agrees("rank of ' London' in layer 0", london[0], 816, 0, "ranks")


@claim("HS-20", *GALLERY.values())
def syntax_comes_before_countries(case: Case) -> Iterator[Part]:
    """Gallery: the EU list on the smallest and on the largest model shows the same division, syntax
    early and countries late.
    """
    for id, question in GALLERY.items():
        grid = case.answer(question)
        syntax, names = (arrivals(grid, roles) for roles in (SYNTAX, (Role.COUNTRY,)))
        yield less(
            f"{id}'s list: median depth from which newlines and periods "
            f"stay near the top, against countries",
            float(np.median(syntax)),
            float(np.median(names)),
            "depth",
        )
