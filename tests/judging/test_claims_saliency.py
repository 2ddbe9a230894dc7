"""Tests of the claims on saliency and on what models wrote: what comes out on the published
numbers, that every part of it can fail, and that tokens are found by what they say.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import test_input_saliency as claims

from replication.articles.experiments import published_provenance
from replication.base.norms import Norm
from replication.judging.claims import Claim
from replication.judging.findings import Finding, judge
from replication.questions.question import Question
from replication.questions.subjects import Case, Published
from replication.results.erasure import ErasureSet
from replication.results.provenance import Provenance
from replication.results.ranks import RankGrid
from replication.results.saliency import Saliency
from replication.results.shortlists import Shortlists
from replication.results.untestable import NotTestable

Shares = Callable[[Saliency], Saliency]
CLAIMS = {
    item.id: item
    for item in vars(claims).values()
    if isinstance(item, Claim) and item.level == "figure"
}
"""Those that can be asked of the published numbers."""


def as_it_is(saliency: Saliency) -> Saliency:
    return saliency


class Mutated(Published):
    """The published numbers, put wrong in one way, or made up."""

    def __init__(
        self,
        saliency: Shares = as_it_is,
        ranks: Callable[[RankGrid], RankGrid] = lambda grid: grid,
        written: Callable[[tuple[str, ...]], tuple[str, ...]] = lambda tokens: tokens,
    ) -> None:
        self._saliency, self._ranks, self._written = saliency, ranks, written

    def answer(self, question: Question[Any], norm: Norm) -> Any:
        right = super().answer(question, norm)
        match right:
            case Saliency():
                return self._saliency(right)
            case RankGrid():
                return self._ranks(right)
        return self._written(right)


def found(id: str, subject: Published) -> Finding:
    return judge(CLAIMS[id], Case(subject, "none"))


def rows_changed(saliency: Saliency, change: Callable[[int], np.ndarray]) -> Saliency:
    """New rows, brought to sum to 1 where they are cut."""
    shares = np.zeros_like(saliency.shares)
    for i in range(len(shares)):
        row = change(i)[: saliency.n_input + i]
        shares[i, : len(row)] = row / row.sum()
    return replace(saliency, shares=shares)


def shuffled(saliency: Saliency) -> Saliency:
    random = np.random.default_rng(0)
    return rows_changed(saliency, lambda i: random.permutation(saliency.row(i)))


def backwards(saliency: Saliency) -> Saliency:
    return rows_changed(saliency, lambda i: saliency.row(i)[::-1])


def next_to_one_another(saliency: Saliency) -> Saliency:
    """The highest share and the lowest change places."""

    def change(i: int) -> np.ndarray:
        row = saliency.row(i).copy()
        places = [row.argmax(), row.argmin()]
        row[places] = row[places[::-1]]
        return row

    return rows_changed(saliency, change)


def of_the_token_before(saliency: Saliency) -> Saliency:
    return rows_changed(saliency, lambda i: saliency.row(max(i - 1, 0)))


def of_the_token_after(saliency: Saliency) -> Saliency:
    last = len(saliency.shares) - 1
    return rows_changed(saliency, lambda i: saliency.row(min(i + 1, last)))


def one_place_on(saliency: Saliency) -> Saliency:
    """Each share stands at the token after its own."""
    return rows_changed(saliency, lambda i: np.roll(saliency.row(i), 1))


def only_the_last_token_counts(saliency: Saliency) -> Saliency:
    return rows_changed(saliency, lambda i: np.eye(saliency.n_input + i)[-1])


def layers_upside_down(grid: RankGrid) -> RankGrid:
    return replace(grid, ranks=grid.ranks[::-1])


def wrong_end(grid: RankGrid) -> RankGrid:
    return replace(grid, ranks=grid.vocabulary + 1 - grid.ranks)


def first_layer_knows_nothing(grid: RankGrid) -> RankGrid:
    return replace(grid, ranks=np.vstack([np.full_like(grid.ranks[:1], 50257), grid.ranks[1:]]))


def roles_swapped(grid: RankGrid) -> RankGrid:
    swapped = tuple("," if token != "," else " 4" for token in grid.tokens)
    return replace(grid, tokens=swapped)


def written_backwards(tokens: tuple[str, ...]) -> tuple[str, ...]:
    return tokens[::-1]


def written_without_commas(tokens: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(token.replace(",", " and") for token in tokens)


def written_without_periods(tokens: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(token.replace(".", ")") for token in tokens)


def written_without_newlines(tokens: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(token.replace("\n", " ") for token in tokens)


WRONG = {
    wrong.__name__: Mutated(saliency=wrong)
    for wrong in (
        shuffled,
        backwards,
        next_to_one_another,
        of_the_token_before,
        of_the_token_after,
        one_place_on,
        only_the_last_token_counts,
    )
} | {
    "layers_upside_down": Mutated(ranks=layers_upside_down),
    "wrong_end": Mutated(ranks=wrong_end),
    "roles_swapped": Mutated(ranks=roles_swapped),
    "written_backwards": Mutated(written=written_backwards),
    "written_without_commas": Mutated(written=written_without_commas),
    "written_without_periods": Mutated(written=written_without_periods),
    "written_without_newlines": Mutated(written=written_without_newlines),
    "first_layer_knows_nothing": Mutated(ranks=first_layer_knows_nothing),
}
NOTICED = {
    "shuffled": ("EX-01", "EX-03", "EX-04", "EX-06"),
    "backwards": ("EX-01", "EX-02", "EX-03", "EX-06"),
    "next_to_one_another": ("EX-01", "EX-02", "EX-03", "EX-06"),
    "of_the_token_before": ("EX-02",),
    "of_the_token_after": ("EX-01", "EX-06"),
    "one_place_on": ("EX-01", "EX-02", "EX-03", "EX-06"),
    "only_the_last_token_counts": ("EX-01", "EX-02", "EX-03", "EX-04", "EX-06"),
    "layers_upside_down": ("EX-08",),
    "wrong_end": ("EX-08",),
    "roles_swapped": ("EX-08",),
    "written_backwards": ("EX-05", "EX-07"),
    "written_without_commas": ("EX-07",),
    "written_without_periods": ("EX-25",),
    "written_without_newlines": ("EX-25",),
    "first_layer_knows_nothing": ("EX-22",),
}
"""Which claims are to notice which way of putting the numbers wrong."""


def failing(finding: Finding) -> list[int]:
    return [i for i, part in enumerate(finding.parts) if not part.holds]


@pytest.mark.parametrize("id", CLAIMS)
def test_what_comes_out_on_the_published_numbers(id: str) -> None:
    finding = found(id, Published())
    assert failing(finding) == []
    assert finding.verdict == "consistent"


@pytest.mark.parametrize(("wrong", "id"), [(w, id) for w, ids in NOTICED.items() for id in ids])
def test_wrong_numbers_are_noticed(wrong: str, id: str) -> None:
    right, broken = found(id, Published()), found(id, WRONG[wrong])
    assert broken.holds is False
    assert len(failing(broken)) > len(failing(right))


@pytest.mark.parametrize("id", CLAIMS)
def test_every_part_that_holds_can_fail(id: str) -> None:
    right = found(id, Published())
    seen = {i for wrong in WRONG.values() for i in failing(found(id, wrong))}
    assert seen == set(range(len(right.parts)))


def cut(saliency: Saliency, tokens: tuple[str, ...], rows: list[list[float]]) -> Saliency:
    """Saliency of the same text, cut into other tokens."""
    assert "".join(tokens) == "".join(saliency.tokens)
    shares = np.zeros((len(rows), len(tokens) - 1))
    for into, row in zip(shares, rows, strict=True):
        into[: len(row)] = row
    return replace(saliency, tokens=tokens, shares=shares, n_input=len(tokens) - len(rows))


PROMPT = ("Will", "iam", " Shakes", "peare", " was", " born", " in", " the", " year")


def test_words_in_pieces_and_digits_apart() -> None:
    """The bare space before a digit is not the year's first token, and pieces are summed."""

    def apart(saliency: Saliency) -> Saliency:
        tokens = (*PROMPT, " ", "1", "5", "6", "4")
        space = [0.0] * 8 + [1.0]
        first = [0.1, 0.1, 0.1, 0.1, 0.0, 0.2, 0.05, 0.05, 0.3, 0.0]
        third = [0.1, 0.1, 0.2, 0.1, 0.0, 0.0, 0.05, 0.05, 0.1, 0.1, 0.1, 0.1]
        second, fourth = ([1.0] + [0.0] * length for length in (10, 12))
        rows = [space, first, second, third, fourth]
        return cut(saliency, tokens, rows)

    name, year, born = found("EX-01", Mutated(saliency=apart)).parts[:3]
    assert [name.measured, year.measured, born.measured] == pytest.approx([0.4, 0.3, 0.2])
    name, written = found("EX-02", Mutated(saliency=apart)).parts[:2]
    assert [name.measured, written.measured] == pytest.approx([0.5, 0.3])


def test_a_year_in_one_token_has_no_second() -> None:
    def whole(saliency: Saliency) -> Saliency:
        return cut(saliency, (*PROMPT, " 1564"), [[1.0] + [0.0] * 8])

    finding = found("EX-02", Mutated(saliency=whole))
    assert finding.verdict == "not_testable"
    assert "no token begins with the second half of the year" in finding.measured


def test_a_list_without_new_countries_is_not_testable() -> None:
    def repeated(_tokens: tuple[str, ...]) -> tuple[str, ...]:
        return (" Austria", "\n", "5", ".", " Belgium", "\n", "6", ".", " Croatia")

    finding = found("EX-05", Mutated(written=repeated))
    assert finding.verdict == "not_testable"
    assert "it goes on with 1 new ones" in finding.measured


def test_a_step_back_behind_the_prompt_is_seen() -> None:
    finding = found("EX-05", Mutated(written=lambda _tokens: (" Andorra", " and", " Denmark")))
    assert [part.measured for part in finding.parts] == [1]


@pytest.mark.parametrize(
    ("text", "wrong"), [(" 4, 5, 6", [0, 0]), (" 4, 4, 4", [2, 0]), (" 4; 5; 6", [0, 2])]
)
def test_counting(text: str, wrong: list[int]) -> None:
    """Tokens do not matter here, text does."""
    finding = found("EX-07", Mutated(written=lambda _tokens: tuple(text)))
    assert [part.measured for part in finding.parts] == wrong


def test_nothing_written_is_no_counting() -> None:
    with pytest.raises(NotTestable):
        list(CLAIMS["EX-07"].check(Case(Mutated(written=lambda _tokens: (" ",)), "none")))


def test_words_are_found_whole_and_once() -> None:
    tokens = (" every", "thing", " ev", "er", "?")
    assert claims.places(tokens, "ever") == [2, 3]
    assert claims.places(tokens, "?") == [4]
    with pytest.raises(NotTestable, match="occurs 0 times"):
        claims.places(tokens, "never")


def test_what_the_preceding_token_never_gets_is_not_overlooked() -> None:
    """Planted: the first three tokens lead everywhere, and the preceding one gets next to nothing,
    as in a network whose shares only fall from the first token on.
    """
    falling = Mutated(
        saliency=lambda found: rows_changed(found, lambda i: 0.5 ** np.arange(found.n_input + i))
    )
    assert failing(found("EX-04", falling)) == [1]


class Erased(Published):
    """Texts of which the correlations and the moves of the logit are given."""

    def __init__(self, correlation: np.ndarray, moved: np.ndarray) -> None:
        texts = tuple(str(number) for number in range(correlation.shape[1]))
        self.found = ErasureSet(correlation, moved, texts, published_provenance("saliency_ones"))

    def provenance(self, question: Question[Any], norm: Norm) -> Provenance:
        return self.found.provenance

    def answer(self, question: Question[Any], norm: Norm) -> Any:
        return self.found


@pytest.mark.parametrize(
    ("correlation", "moved", "holds"),
    [
        # by saliency, attention, position; and erased by saliency, at random
        ([0.6, 0.3, 0.1], [4, 2], [True] * 4),
        ([0.3, 0.6, 0.1], [1, 2], [True, False, False, False]),
        # Early tokens matter more: position is told so.
        ([0.6, 0.3, -0.8], [4, 2], [False, True, True, True]),
    ],
)
def test_what_erasure_is_held_against(
    correlation: list[float], moved: list[float], holds: list[bool]
) -> None:
    given, one = (np.tile(np.array(rows, float)[:, None], 32) for rows in (correlation, moved))
    subject = Erased(given, np.stack([one] * 3))
    finding = judge(claims.what_counts_most_changes_the_output_most, Case(subject, "none"))
    assert [part.holds for part in finding.parts] == holds
    assert finding.verdict == ("not_replicated" if not holds[0] else finding.verdict)


class Listed(Published):
    """Sixty positions, of which the ranks after layer 4 and after layer 0 are given."""

    def __init__(self, own: tuple[int, int], others: int) -> None:
        texts = tuple(str(place % 20) for place in range(60))
        source = published_provenance("ranks_ones")
        ranks = np.tile(np.array(own)[:, None], 60)
        self.found = Shortlists(ranks, np.full((2, 60), others), (4, 0), texts, 5000, source)

    def provenance(self, question: Question[Any], norm: Norm) -> Provenance:
        return self.found.provenance

    def answer(self, question: Question[Any], norm: Norm) -> Any:
        return self.found


@pytest.mark.parametrize(
    ("own", "others", "holds"),
    [
        ((10, 10), 400, [True] * 4),
        ((10, 10), 5, [True, False, True, False]),  # as any frequent token
        ((10, 900), 400, [True, True, False, False]),  # not in layer 0 itself yet
        ((900, 10), 400, [False, False, True, True]),
    ],
)
def test_a_shortlist_is_asked_at_a_sixth_of_the_depth(
    own: tuple[int, int], others: int, holds: list[bool]
) -> None:
    case = Case(Listed(own, others), "none")
    parts = judge(claims.the_first_layer_shortlists_prose_and_lists, case).parts
    assert [part.holds for part in parts] == holds
    assert [part.weight for part in parts] == ["core", "core", "beside", "beside"]
    assert [part.statement.startswith("literally, ") for part in parts] == [False] * 2 + [True] * 2


def test_a_shortlist_of_thirty_layers_is_asked_after_five_of_them() -> None:
    """Each of the six layers stands for five of thirty: the first of the first five knows nothing
    yet, or the last of them nothing any more.
    """

    def holds(wrong: int | None) -> list[bool]:
        def change(grid: RankGrid) -> RankGrid:
            ranks = grid.ranks.repeat(5, axis=0)
            if wrong is not None:
                ranks[wrong] = grid.vocabulary
            return replace(grid, ranks=ranks)

        return [part.holds for part in found("EX-22", Mutated(ranks=change)).parts]

    assert (holds(None), holds(0), holds(4)) == ([True, True], [True, False], [False, True])
