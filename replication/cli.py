"""The command ``replicate``. Each subcommand imports what it needs, so ``--help`` is quick."""

import json
import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer

from replication import registry
from replication.shapes import Norm

app = typer.Typer(
    help="Check what two articles claim about the insides of language models, and redraw their "
    "figures.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

ModelName = Annotated[str, typer.Option("--model", metavar="NAME", help="See `replicate models`.")]


def main() -> None:
    """Run the command; what the user can mend is said in a sentence, without a traceback."""
    from replication.cache import WeightsError
    from replication.running import FigureError

    try:
        app()
    except (ValueError, WeightsError, FigureError, OSError) as error:
        print(f"replicate: {error}", file=sys.stderr)
        sys.exit(1)


@app.command()
def models() -> None:
    """List the models that findings can be judged on, and whether they are here."""
    from rich.console import Console
    from rich.table import Table

    from replication import weights

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
    first, last = registry.CONTROL_SEEDS[0], registry.CONTROL_SEEDS[-1]
    console.print(
        f"\nUntrained controls of any of them: NAME-untrained-SEED, seeds {first} to {last} in the "
        f"claims.\nRegistry models are kept in {weights.cache_folder()}, "
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
    from replication import weights

    entries = [registry.find(name)[0] for name in names]  # a wrong name costs no download
    for entry in entries:
        print(f"{entry.name}: {weights.fetch(entry, accept_terms=accept_terms)}")


@app.command()
def lens(
    text: Annotated[str, typer.Argument(help="The prompt.")],
    model: ModelName = registry.DEFAULT_MODEL,
    norm: Annotated[
        Norm,
        typer.Option(help="How inner layers are read: the articles' way, or with the final norm."),
    ] = "final",
    generate: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Continue greedily by N tokens (default: 1)."),
    ] = None,
    given: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Rank this continuation's tokens instead.")
    ] = None,
    watch: Annotated[
        list[str] | None,
        typer.Option(metavar="WORD", help="Rank this word instead, e.g. ' is'. Repeatable."),
    ] = None,
    top: Annotated[int, typer.Option(min=1, metavar="K", help="Best tokens per layer.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the ranks: .png, .svg or .pdf.")
    ] = None,
) -> None:
    """Show the rank of tokens, and the best tokens, after every layer for a prompt of your own."""
    from replication import prompt

    if sum(option is not None for option in (generate, given, watch or None)) > 1:
        raise ValueError("--generate, --given and --watch exclude one another: choose one")
    if out:
        prompt.check_drawable(out)
    seen = prompt.look(
        text, model=model, norm=norm, generate=generate or 1, given=given, watch=watch, top=top
    )
    if out:
        prompt.draw(seen, out)
    print(json.dumps(seen.as_json(), ensure_ascii=False) if as_json else seen.as_text())


@app.command()
def saliency(
    text: Annotated[str, typer.Argument(help="The prompt.")],
    model: ModelName = registry.DEFAULT_MODEL,
    generate: Annotated[
        int, typer.Option(min=1, metavar="N", help="Continue greedily by N tokens.")
    ] = 1,
    given: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Attribute this continuation instead.")
    ] = None,
    of: Annotated[
        Literal["logit", "probability"], typer.Option(help="The score whose gradient is taken.")
    ] = "logit",
    integrated: Annotated[
        bool, typer.Option("--integrated", help="Integrated gradients, not gradient x input.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show which tokens of a prompt of your own each token of its continuation rests on."""
    from replication.prompt_saliency import look

    seen = look(text, model=model, generate=generate, given=given, of=of, integrated=integrated)
    print(json.dumps(seen.as_json(), ensure_ascii=False) if as_json else seen.as_text())


@app.command()
def neurons(
    text: Annotated[str, typer.Argument(help="The prompt.")],
    model: ModelName = registry.DEFAULT_MODEL,
    factors: Annotated[int, typer.Option(min=1, metavar="N", help="How many factors.")] = 5,
    generate: Annotated[
        int, typer.Option(min=0, metavar="N", help="Continue greedily by N tokens.")
    ] = 0,
    given: Annotated[str, typer.Option(metavar="TEXT", help="A continuation to read on.")] = "",
    layers: Annotated[
        str | None, typer.Option(metavar="RANGE", help="Layers, such as 0 or 3-7 (default: all).")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the factorization's random start.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the factors that the neurons' firing over a prompt of your own is made of."""
    from replication.prompt_neurons import look, parse_layers

    if generate and given:
        raise ValueError("--generate and --given exclude one another: choose one")
    chosen = parse_layers(layers) if layers else None
    seen = look(
        text, model=model, factors=factors, generate=generate, given=given, layers=chosen, seed=seed
    )
    print(json.dumps(seen.as_json(), ensure_ascii=False) if as_json else seen.as_text())


@app.command()
def figures(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Default: all of them.")
    ] = None,
    model: ModelName = registry.DEFAULT_MODEL,
    norm: Annotated[
        Literal["none", "final", "both"], typer.Option(help="The norms to show.")
    ] = "both",
    jobs: Annotated[int, typer.Option(min=1, metavar="N", help="Notebooks at once.")] = 1,
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where figures go.")] = Path(
        "figures"
    ),
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            "--parameter", "-p", metavar="NAME=VALUE", help="Of the notebook; repeatable."
        ),
    ] = None,
) -> None:
    """Regenerate figures by running their notebooks."""
    from replication import running, weights
    from replication.figures import select
    from replication.shapes import NORMS

    select(ids or ())  # a wrong name costs no download
    more = {}
    for text in parameter or ():
        name, equals, value = text.partition("=")
        if not equals:
            raise ValueError(f"{text!r} is not NAME=VALUE")
        more[name] = value
    norms = NORMS if norm == "both" else (norm,)
    weights.fetch(registry.find(model)[0])
    say = partial(print, file=sys.stderr)
    running.run(ids or (), model, norms, out, jobs, more=more, say=say)


@app.command()
def report(
    claims: Annotated[
        Path, typer.Option(metavar="FILE", help="What `pytest claims/` wrote.")
    ] = Path("build/claims.json"),
    figures: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the figures are.")] = Path(
        "figures"
    ),
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the report goes.")] = Path(
        "build/report"
    ),
) -> None:
    """Make the report from the findings and figures, and print the verdict table."""
    from replication.report import make

    print(make(claims, figures, out))


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
) -> None:
    """Print the verdict table in Markdown, or keep the one in a file up to date."""
    from replication import verdicts
    from replication.files import write_whole

    table = verdicts.as_markdown(verdicts.read(claims))
    if write:
        write_whole(write, verdicts.put(table, write.read_text("utf-8"), write))
    text = check.read_text("utf-8") if check else ""
    if check and not verdicts.agree(verdicts.put(table, text, check), text):
        raise ValueError(f"the verdicts in {check} are not those of {claims}: use --write {check}")
    if not (write or check):
        print(table)


if __name__ == "__main__":
    main()
