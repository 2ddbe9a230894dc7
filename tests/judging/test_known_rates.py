"""Rates of nulls that are taken from an earlier run, and what is measured again."""

from datetime import date
from pathlib import Path

import pytest

from replication.judging import known_rates
from replication.judging.findings import ChanceFinding, Findings
from replication.judging.known_rates import KnownRates, StaleRate
from replication.judging.rates import NullRate
from replication.judging.readings import Readings
from replication.judging.runner import Runner
from replication.judging.saving import complete_only
from replication.judging.suite import Job, claims_in

NOW = Readings(digest="a" * 64, frozen="a" * 64, frozen_on=date(2026, 3, 1))
LATER = Readings(digest="b" * 64, frozen="b" * 64, frozen_on=date(2026, 4, 1))
PLANTED = '''
from replication.articles.sources import HIDDEN_STATES
from replication.judging.claims import ClaimsOf
from replication.judging.comparisons import at_most
from replication.questions.lens import WatchedRanksOf

claim = ClaimsOf(HIDDEN_STATES)
KEYS = WatchedRanksOf.of_figure("watch_keys_cabinet")

@claim("T-03", KEYS)
def a_word_is_before_the_other(case):
    """The second word comes first, in the last layer, as the more frequent one does."""
    ranks = case.answer(KEYS).ranks[-1]
    yield at_most("second word against the first", ranks[1], ranks[0], "ranks")
'''


@pytest.fixture(autouse=True)
def none_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_rates, "AGAIN", 10**9)


def judged(folder: Path, rates: KnownRates | None = None) -> tuple[Findings, list[Job]]:
    """A claim judged on a baseline, which needs no network."""
    (folder / "test_planted.py").write_text(PLANTED)
    runner = Runner(norms=["none"], nulls=["word-frequency"], rates=rates)
    jobs = [job for claim in claims_in(folder) for job in runner.add(claim) if job.null]
    for job in jobs:
        runner.judge(job)
    return runner.findings().model_copy(update={"readings": NOW}), jobs


def with_rate(run: Findings, holds: int) -> Findings:
    """A run whose one rate is of four draws, on so many of which the core holds."""
    rate = NullRate(kind="word-frequency", holds=holds, not_testable=0, draws=4)
    (one,) = run.controls
    return run.model_copy(update={"controls": (one.model_copy(update={"rate": rate}),)})


def test_a_rate_is_taken_from_a_run_of_the_same_code_and_readings(tmp_path: Path) -> None:
    earlier, _ = judged(tmp_path)
    assert earlier.measured_by
    assert earlier.rates_of is None
    planted = with_rate(earlier, 3)  # so that one taken differs from one measured
    again, _ = judged(tmp_path, KnownRates([planted], earlier.measured_by, NOW))
    assert again.controls == planted.controls
    assert again.rates_of == earlier.environment.made_on
    with pytest.raises(ValueError, match="measure all"):
        complete_only(again.model_copy(update={"complete": True}))


@pytest.mark.parametrize(("state", "readings"), [("other", NOW), ("", LATER)])
def test_other_code_or_other_readings_measure_again(
    tmp_path: Path, state: str, readings: Readings
) -> None:
    earlier, _ = judged(tmp_path)
    rates = KnownRates([with_rate(earlier, 0)], state or str(earlier.measured_by), readings)
    again, _ = judged(tmp_path, rates)
    assert again.controls == earlier.controls
    assert again.rates_of is None


def test_without_earlier_runs_all_are_measured(tmp_path: Path) -> None:
    earlier, _ = judged(tmp_path)
    again, _ = judged(tmp_path, KnownRates([], str(earlier.measured_by), NOW))
    assert (again.controls, again.rates_of) == (earlier.controls, None)


def test_a_sample_is_measured_again_and_another_verdict_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier, (job,) = judged(tmp_path)
    monkeypatch.setattr(known_rates, "AGAIN", 1)
    same = KnownRates([earlier], str(earlier.measured_by), NOW)
    assert not same.has(job)
    assert judged(tmp_path, same)[0].controls == earlier.controls
    (right,) = earlier.controls
    assert right.rate.testable == 1
    wrong = with_rate(earlier, 0 if right.rate.holds else 4)
    with pytest.raises(StaleRate, match=r"T-03\[.*is measured and .* was kept .*--anew"):
        judged(tmp_path, KnownRates([wrong], str(earlier.measured_by), NOW))


def test_one_draw_more_or_less_is_no_other_verdict(tmp_path: Path) -> None:
    earlier, (job,) = judged(tmp_path)
    rates = KnownRates([with_rate(earlier, 2)], str(earlier.measured_by), NOW)

    def found(holds: int) -> ChanceFinding:
        return with_rate(earlier, holds).controls[0]

    rates.check(job, found(3))
    with pytest.raises(StaleRate):
        rates.check(job, found(1))


def test_one_in_so_many_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    earlier, (job,) = judged(tmp_path)
    monkeypatch.setattr(known_rates, "AGAIN", 100)
    drawn = [
        seed
        for seed in range(1000)
        if not KnownRates([earlier], str(earlier.measured_by), NOW, seed).has(job)
    ]
    assert 2 <= len(drawn) <= 25
