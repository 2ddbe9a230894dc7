"""The interactive views as files: a page for each figure that has one, and three of attention."""

from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from replication.base.files import write_whole
from replication.figures import freshness
from replication.figures.answers import gather, views
from replication.figures.figure import Figure
from replication.figures.further import SENTENCE
from replication.figures.table import FIGURES
from replication.models.registry import DEFAULT_MODEL
from replication.pages.attention_prompt import View as AttentionView
from replication.pages.attention_prompt import page as attention_page
from replication.questions.subjects import Published, View
from replication.questions.texts import DetailsOf
from replication.results.factors import Factors
from replication.results.ranks import RankGrid
from replication.results.saliency import Saliency

if TYPE_CHECKING:
    from replication.pages.fragments import Fragment

NORMS = "none,final"
ATTENTION: dict[str, AttentionView] = {
    f"attention_{view}": view for view in get_args(AttentionView)
}
TITLES = {
    **{f.id: f.title for f in FIGURES.values() if f.shows in ("ranks", "saliency", "factors")},
    "attention_head": "Attention: the heads of a layer",
    "attention_model": "Attention: all layers and heads",
    "attention_neuron": "Attention: queries and keys behind a weight",
}
"""The pages there are, by id."""
HOW = {
    "ranks": "Point at a cell for its rank, and for what that layer would say first.",
    "saliency": "Point at an output token to see which tokens before it count for it.",
    "factors": "Point at a factor to light up its tokens, at a token to see its factors.",
    "attention_head": "Point at a token to see which tokens each head of a layer attends to.",
    "attention_model": "Click a cell to see one head of one layer larger.",
    "attention_neuron": "Click the plus sign beside a token for its query and the keys.",
}
"""What to do on a page: by what a figure shows, or by id."""


def select(ids: Iterable[str]) -> list[str]:
    """These ids, each once, or all for none; ``ValueError`` with the known ones for others."""
    chosen = list(dict.fromkeys(ids)) or list(TITLES)
    for id in chosen:
        if id not in TITLES:
            raise ValueError(f"no interactive view {id!r}: expected one of {', '.join(TITLES)}")
    return chosen


def make(chosen: Sequence[str], model: str, out: Path, *, anew: bool = True) -> list[Path]:
    """Write ``<out>/<model>/<id>.html`` for each page; ``model`` must have been fetched.

    Unless they are to be made ``anew``, pages are left that would come out as they are. Of
    ``published`` there are no pages of attention: ``ValueError`` where nothing else is chosen.
    """
    made = [id for id in chosen if id not in ATTENTION or model != Published.name]
    if not made:
        raise ValueError("no attention was published: name a model to measure it on")
    paths = [out / model / f"{id}.html" for id in made]
    for id, path in zip(made, paths, strict=True):
        stamp, inputs = path.with_suffix(".stamp"), freshness.inputs_of(None, {"view": id}, model)
        if anew or not freshness.is_fresh(stamp, inputs, [path]):
            write_whole(path, _page(id, model))
            freshness.put(stamp, inputs, [path])
    return paths


def _page(id: str, model: str) -> str:
    if id in FIGURES:
        return figure_page(FIGURES[id], model)
    return attention_page(SENTENCE, model=model, view=ATTENTION[id])


def figure_page(figure: Figure, model: str) -> str:
    """The views of one figure: the published one, then the measured ones, under both norms where
    inner layers are read.
    """
    from replication.pages.fragments import page

    results = gather(figure, model, NORMS)
    seen = views(model, NORMS if figure.lens else "none")
    fragments = [
        _fragment(id, result, view)
        for id, group in results.items()
        for result, view in zip(group, seen, strict=True)
        if isinstance(result, RankGrid | Saliency | Factors)
    ]
    return page(fragments, figure.title)


def _fragment(id: str, result: RankGrid | Saliency | Factors, view: View) -> "Fragment":
    from replication.pages import explorables

    match result:
        case RankGrid():
            measured = view.subject.name != Published.name and result.kind == "continuation"
            details = view.answer(DetailsOf(id)) if measured else None
            return explorables.rank_grid_fragment(result, details)
        case Saliency():
            return explorables.saliency_fragment(result)
        case Factors():
            return explorables.factors_fragment(result)


def how(id: str) -> str:
    """What to do on a page."""
    return HOW[FIGURES[id].shows if id in FIGURES else id]


def picture(id: str, model: str) -> bytes | None:
    """A PNG of a page in use, where one was taken (``tests/take_pictures.py``)."""
    path = resources.files("replication").joinpath(f"data/pictures/{id}.png")
    return path.read_bytes() if model == DEFAULT_MODEL and path.is_file() else None


def made(folder: Path) -> list[tuple[str, str, Path]]:
    """The pages under ``folder/MODEL/``, as (id, model, path), in the order of the table."""
    models = sorted(path.name for path in folder.glob("*") if path.is_dir())
    paths = [(id, model, folder / model / f"{id}.html") for model in models for id in TITLES]
    return [found for found in paths if found[2].is_file()]
