"""How firm findings are, by hand."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from claim_runs import PLANTED

from replication.judging import noise
from replication.judging.comparisons import at_most, less, mostly
from replication.judging.firmness import (
    FILE,
    Firmness,
    NoiseRun,
    UnderNoise,
    firmness_of,
    shares_under_noise,
)
from replication.judging.freeze import digest
from replication.judging.noise import compared, outcomes
from replication.judging.parts import beside
from replication.judging.readings import Freeze, Readings

NAMES = [str(number) for number in range(20)]


def test_the_weakest_part_of_the_core_has_the_gap() -> None:
    near, far = less("a", 11, 12, "ranks"), less("b", 1, 100, "layers")
    found = firmness_of((near, far, beside(at_most("c", 9, 0, "layers"))), None)
    assert found == Firmness(gap=1, gap_unit="ranks", texts_to_turn=None, same_under_noise=None)
    fails, worse = at_most("d", 2, 1, "layers"), at_most("e", 9, 1, "steps")
    assert firmness_of((near, fails, worse), 0.5) == Firmness(
        gap=-8, gap_unit="steps", texts_to_turn=None, same_under_noise=0.5
    )
    assert firmness_of((), None) is None


def test_the_fewest_texts_that_turn_a_part_count() -> None:
    """Of twenty coins 17 pass the corrected test, with a chance of 1351 in 2 ** 20, and 16 do not,
    with 6196: of 20 that hold four have to turn, of 18 two.
    """
    all_hold, fewer = (mostly("share", np.arange(20) >= gap, NAMES) for gap in (0, 2))
    assert all_hold.spread is not None
    assert fewer.spread is not None
    assert (all_hold.spread.flips, fewer.spread.flips) == (4, 2)
    found = firmness_of((all_hold, fewer), 1.0)
    assert found is not None
    assert found.texts_to_turn == 2
    nearly = mostly("share", np.arange(20) >= 4, NAMES)  # 16 fail, and one more would do
    found = firmness_of((all_hold, nearly), 1.0)
    assert found is not None
    assert found.texts_to_turn == 1
    far = mostly("share", np.zeros(20, bool), NAMES)
    found = firmness_of((nearly, far), 1.0)
    assert found is not None
    assert found.texts_to_turn is None


def test_outcomes_are_compared_draw_by_draw() -> None:
    plain = {("A", "none"): (True, True), ("B", "either"): None}
    draws = [plain, {("A", "none"): (True, False), ("B", "either"): None}]
    first, second = compared("model", plain, draws)
    assert (first.claim, first.same, first.draws) == ("A", 1, 2)
    assert (second.norm, second.same) == ("either", 2)


def test_noise_counts_for_the_readings_that_it_was_made_by(tmp_path: Path) -> None:
    this, that = (Readings(digest=name, frozen=None, frozen_on=None) for name in ("this", "that"))
    assert shares_under_noise(tmp_path, this) == {}
    found = UnderNoise(claim="A", subject="model", norm="none", same=9, draws=10)
    run = NoiseRun(readings="this", findings=(found,))
    (tmp_path / FILE).write_text(run.model_dump_json())
    assert shares_under_noise(tmp_path, this) == {("A", "model", "none"): 0.9}
    assert shares_under_noise(tmp_path, that) == {}
    first, second = (
        Freeze(digest=name, date=date(2026, 3, day), changed="", verdicts="same")
        for day, name in enumerate(("this", "that"), 1)
    )
    assert shares_under_noise(tmp_path, Readings.of("that", (first, second)))
    changing = second.model_copy(update={"verdicts": None})
    assert shares_under_noise(tmp_path, Readings.of("that", (first, changing))) == {}


def test_every_claim_of_a_folder_is_asked_under_its_norms(tmp_path: Path) -> None:
    (tmp_path / "test_planted.py").write_text(PLANTED)
    found = outcomes(tmp_path, "smollm2")
    assert found == {
        ("T-01", "none"): (True, True),
        ("T-01", "final"): (True, True),
        ("T-02", "none"): (False, False),
        ("T-02", "final"): (False, False),
    }


def test_named_claims_alone_are_asked_and_the_others_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "test_planted.py").write_text(PLANTED)
    assert {claim for claim, _ in outcomes(tmp_path, "smollm2", ["T-01"])} == {"T-01"}
    monkeypatch.setattr(noise, "SEEDED", {"noise": range(1)})
    old = UnderNoise(claim="T-02", subject="smollm2", norm="none", same=3, draws=10)
    mine = digest(tmp_path)
    for judged_by in (mine, "other"):
        run = NoiseRun(readings=judged_by, findings=(old,))
        (tmp_path / FILE).write_text(run.model_dump_json())
        if judged_by == mine:
            found = noise.measure(tmp_path, "smollm2", ["T-01"])
            assert [(one.claim, one.norm, one.same, one.draws) for one in found.findings] == [
                ("T-02", "none", 3, 10),
                ("T-01", "none", 1, 1),
                ("T-01", "final", 1, 1),
            ]
        else:
            with pytest.raises(ValueError, match="was judged by other: name no claims"):
                noise.measure(tmp_path, "smollm2", ["T-01"])
    with pytest.raises(ValueError, match="no claim 'T-09'"):
        noise.measure(tmp_path, "smollm2", ["T-09"])
