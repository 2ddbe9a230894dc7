"""The interactive views as files: a page for each figure that has one, and three of attention."""

from collections.abc import Iterable, Sequence
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, get_args

from markupsafe import Markup

from replication.base.files import write_whole
from replication.base.norms import NORMS, Norm
from replication.figures import freshness
from replication.figures.answers import Answered, answered
from replication.figures.figure import Figure
from replication.figures.further import SENTENCE
from replication.figures.table import FIGURES
from replication.models.registry import DEFAULT_MODEL
from replication.pages.templating import templates
from replication.pages.views import view_html
from replication.questions.attention import AttentionOf, QueriesAndKeysOf
from replication.questions.lens import CandidatesOf, RanksOf, WatchedRanksOf
from replication.questions.measured import subject
from replication.questions.neurons import FactorsOf
from replication.questions.question import Text
from replication.questions.saliency import SaliencyOf
from replication.questions.subjects import Case, Published
from replication.results.ranks import RankGrid

AttentionView = Literal["head", "model", "neuron"]
ATTENTION: dict[str, AttentionView] = {
    f"attention_{view}": view for view in get_args(AttentionView)
}
RANKS = "Point at a cell for its rank, and for what that layer would say first."
SHARES = "Point at an output token to see which tokens before it count for it."
FACTORS = "Point at a factor to light up its tokens, at a token to see its factors."
OF_QUESTIONS: dict[type[Any], str] = {
    RanksOf: RANKS,
    WatchedRanksOf: RANKS,
    SaliencyOf: SHARES,
    FactorsOf: FACTORS,
}
"""The questions whose answers have an interactive view, and what to do with it."""
OF_ATTENTION = {
    "attention_head": "Point at a token to see which tokens each head of a layer attends to.",
    "attention_model": "Click a cell to see one head of one layer larger.",
    "attention_neuron": "Click the plus sign beside a token for its query and the keys.",
}
TITLES = {
    **{
        figure.id: figure.title
        for figure in FIGURES.values()
        if type(figure.questions[0]) in OF_QUESTIONS
    },
    "attention_head": "Attention: the heads of a layer",
    "attention_model": "Attention: all layers and heads",
    "attention_neuron": "Attention: queries and keys behind a weight",
}
"""The pages there are, by id."""


def select(ids: Iterable[str]) -> list[str]:
    """These ids, each once, or all for none; ``ValueError`` with the known ones for others."""
    chosen = list(dict.fromkeys(ids)) or list(TITLES)
    for id in chosen:
        if id not in TITLES:
            raise ValueError(f"no interactive view {id!r}: expected one of {', '.join(TITLES)}")
    return chosen


def make(
    chosen: Sequence[str],
    model: str,
    out: Path,
    *,
    norms: Sequence[Norm] = NORMS,
    again: bool = True,
) -> list[Path]:
    """Write ``<out>/<model>/<id>.html`` for each page; ``model`` must have been fetched.

    Where inner layers are read, a page has a view under each of the norms. Unless they are to be
    made ``again``, pages are left that would come out as they are. Of ``published`` there are no
    pages of attention: ``ValueError`` where nothing else is chosen.
    """
    made = [id for id in chosen if id not in ATTENTION or model != Published.name]
    if not made:
        raise ValueError("no attention was published: name a model to measure it on")
    paths = [out / model / f"{id}.html" for id in made]
    for id, path in zip(made, paths, strict=True):
        asked = {"view": id, "norms": ",".join(norms)}
        stamp, inputs = path.with_suffix(".stamp"), freshness.inputs_of(None, asked, model)
        if again or not freshness.is_fresh(stamp, inputs, [path]):
            write_whole(path, _page(id, model, norms))
            freshness.put(stamp, inputs, [path])
    return paths


def _page(id: str, model: str, norms: Sequence[Norm]) -> str:
    if id in FIGURES:
        return figure_page(FIGURES[id], model, norms)
    return attention_page(SENTENCE, model, ATTENTION[id])


def attention_page(
    text: Text,
    model: str,
    view: AttentionView = "head",
    layers: Sequence[int] | None = None,
    heads: Sequence[int] | None = None,
) -> str:
    """The page of a model's attention over a text, as HTML.

    ``NotTestable`` for a text that cannot be read; ``ValueError`` for an unknown model, for layers
    and heads that are not there, and for more than a browser can draw.
    """
    from replication.pages.attention import head_view, model_view, neuron_view

    case = Case(subject(model), "final")
    if view == "neuron":
        return neuron_view(case.answer(QueriesAndKeysOf(text)), layers, heads)
    draw = head_view if view == "head" else model_view
    return draw(case.answer(AttentionOf(text)), layers, heads)


def figure_page(figure: Figure, model: str, norms: Sequence[Norm] = NORMS) -> str:
    """The views of one figure, question by question: the published one beside the measured ones,
    under each of the norms where inner layers are read.
    """
    found = answered(figure.questions, model, ",".join(norms))
    questions = [list(each) for _, each in groupby(found, key=lambda one: one.question.id)]
    template = templates().get_template("explorable.html")
    views = [[(_heading(one), _view(one)) for one in each] for each in questions]
    return template.render(title=figure.title, questions=views)


def _heading(one: Answered) -> str:
    """Whose answer it is, and how inner layers were read."""
    if one.case.subject.name == Published.name:
        return "Published"
    source = one.result.provenance
    return f"{source.model}, norm: {source.norm}" if source.norm else str(source.model)


def _view(one: Answered) -> Markup:
    """With what each layer would say in the place of each token; nobody published that."""
    details, question = None, one.question
    measured = one.case.subject.name != Published.name and isinstance(one.result, RankGrid)
    if measured and isinstance(question, RanksOf):
        details = one.case.answer(CandidatesOf(question.text, question.last_only))
    return Markup(view_html(one.result, details))


def how(id: str) -> str:
    """What to do on a page."""
    return OF_QUESTIONS[type(FIGURES[id].questions[0])] if id in FIGURES else OF_ATTENTION[id]


def picture(id: str, model: str) -> bytes | None:
    """A PNG of a page in use, where one was taken (``tests/take_pictures.py``)."""
    path = resources.files("replication").joinpath(f"data/pictures/{id}.png")
    return path.read_bytes() if model == DEFAULT_MODEL and path.is_file() else None


def made(folder: Path) -> list[tuple[str, str, Path]]:
    """The pages under ``folder/MODEL/``, as (id, model, path), in the order of the table."""
    models = sorted(path.name for path in folder.glob("*") if path.is_dir())
    paths = [(id, model, folder / model / f"{id}.html") for model in models for id in TITLES]
    return [found for found in paths if found[2].is_file()]
