"""The articles' experiments come back from their settings, with what was published and claimed."""

import pytest

from replication.figures.of_articles import ARTICLE_FIGURES
from replication.pages.live import menu
from replication.pages.live.menu import KINDS_OF, experiments, places
from replication.pages.live.settings import Settings
from replication.questions.lens import TopTokensOf
from replication.questions.neurons import FiringOf
from replication.questions.question import Text


def test_every_figure_of_the_articles_is_in_the_menu() -> None:
    shown = {one.question for one in experiments()}
    asked = {question for figure in ARTICLE_FIGURES for question in figure.questions}
    assert {type(question) for question in asked} - KINDS_OF.keys() == {FiringOf}
    assert {question for question in asked if not isinstance(question, FiringOf)} <= shown


def test_no_two_have_the_same_title() -> None:
    titles = [(one.figure.title, one.title) for one in experiments()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("experiment", experiments(), ids=lambda one: one.title)
def test_its_link_asks_the_figures_question(experiment: menu.Experiment) -> None:
    first, *_ = places(Settings.of(experiment.settings.query))
    assert (first.kind, first.question.published) == (
        experiment.kind,
        experiment.question.published,
    )
    assert experiment.figure in first.figures
    assert set(experiment.figure.claims) <= set(first.claims)
    if experiment.kind != "attention":
        assert first.question == experiment.question


def test_another_text_is_nobodys() -> None:
    """What was published, and what is claimed, is of the article's text to the letter."""
    keys = next(one for one in experiments() if one.question.published == "watch_keys_cabinet")
    for changed in ({"prompt": "The keys to the cabinet "}, {"words": (" are", " is")}):
        settings = Settings.of(keys.settings.query)
        first, *_ = places(Settings(**{**vars(settings), **changed}))
        assert (first.question.published, first.figures) == (None, ())


def test_an_answer_is_found_by_its_place() -> None:
    settings = Settings("a", second="b", show=("ranks", "top"))
    assert [place.id for place in places(settings)] == ["ranks-0", "ranks-1", "top-0", "top-1"]
    assert menu.place(settings, "top-1").question == TopTokensOf(Text("b"))
    with pytest.raises(ValueError, match="no answer 'top-2': expected one of ranks-0, ranks-1"):
        menu.place(settings, "top-2")
