"""Tables of what work takes, from measurements made by hand."""

from pathlib import Path

import made_speed
from made_speed import GROWN, TABLE

from replication.figures.drawing.speed import growth_page
from replication.figures.saving import as_svg
from replication.pages.report.speed import aims, as_markdown, lines, read, summary


def test_a_comparison_has_medians_spread_and_what_failed() -> None:
    head, rows = lines(TABLE)
    assert head[2:5] == ("s, s", "from – to", "times ours")
    assert rows[0] == ("ours", "this package", "2", "1 – 3", "1.00", "10", "99", "3")
    assert rows[1] == ("slow", "plain route", "8", "", "4.00", "10", "99", "1")
    assert rows[4] == ("none", "another tool", "", "", "", "", "", "no such thing")
    assert aims(TABLE) == [("quick", "2", "no: <it> is slow")]


def test_of_several_stages_with_one_name_the_fastest_counts() -> None:
    both = made_speed.row("limit", "limit", 3.0, stage="s, large")
    runs = tuple(
        run.model_copy(update={"stages": run.stages | {"s, small": run.stages["s, large"]}})
        for run in both.runs
    )
    slow = {"s, large": made_speed.row("", "limit", 5.0).runs[0].stages["s"]}
    runs = tuple(run.model_copy(update={"stages": run.stages | slow}) for run in runs)
    assert both.model_copy(update={"runs": runs}).seconds("s") == 3.0


def test_curves_have_a_row_for_each_point() -> None:
    head, rows = lines(GROWN)
    assert head == ("", "ours, s", "slow, s", "ours, MB", "slow, MB")
    assert rows[3] == ("texts 2", "2.5", "7.5", "25", "25")


def test_the_drawing_of_growth_is_the_same_each_time() -> None:
    first, second = (as_svg(growth_page(GROWN)) for _ in range(2))
    assert first == second
    assert all(word in first for word in (b"layers", b"texts", b"seconds", b"ours", b"slow"))


def test_the_summary_has_the_fastest_other_route() -> None:
    works = (made_speed.speed(TABLE), made_speed.speed(GROWN))
    lines_of = summary(works).splitlines()
    assert lines_of[2:] == ["| what is asked (a shape) | 2 s | 8 s (slow) | 4.00 | `make bench` |"]


def test_works_are_read_in_order_and_written_whole(tmp_path: Path) -> None:
    found = read(made_speed.results(tmp_path / "results"))
    assert [one.tables[0].title for one in found] == ["W1: a work", "Growth"]
    text = as_markdown(found[0])
    assert "| wanted | reached | met |" in text
    assert "processor, 2 cores (load 0.5 before), 4 GB, Some system, Python 3, torch 1." in text


def test_what_was_not_measured_has_no_tables(tmp_path: Path) -> None:
    assert read(tmp_path / "none") == ()
