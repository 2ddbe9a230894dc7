"""The subcommands of ``replicate`` that look at a prompt of one's own.

Each imports what it needs when it is called, so that ``--help`` is quick.
"""

import json
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol, runtime_checkable

import typer

from replication.base.axes import Norm
from replication.models import registry

ModelName = Annotated[str, typer.Option("--model", metavar="NAME", help="See `replicate models`.")]


@runtime_checkable
class Look(Protocol):
    """What is seen of a prompt."""

    def as_json(self) -> dict[str, Any]:
        """Ready for ``json.dumps``."""

    def as_text(self) -> str:
        """For a terminal."""


def _tell(seen: Look, as_json: bool) -> None:
    print(json.dumps(seen.as_json(), ensure_ascii=False) if as_json else seen.as_text())


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
    sublayers: Annotated[
        bool, typer.Option("--sublayers", help="Look inside the blocks too: after attention.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the ranks: .png, .svg or .pdf.")
    ] = None,
) -> None:
    """Show the rank of tokens, and the best tokens, after every layer for a prompt of your own."""
    from replication.cli import prompt, prompt_stages

    if sum(option is not None for option in (generate, given, watch or None)) > 1:
        raise ValueError("--generate, --given and --watch exclude one another: choose one")
    if sublayers:
        if generate or given is not None or out:
            raise ValueError("--sublayers goes with --watch alone: leave the other options out")
        _tell(prompt_stages.look(text, model=model, norm=norm, watch=watch or ()), as_json)
        return
    if out:
        prompt.check_drawable(out)
    seen = prompt.look(
        text, model=model, norm=norm, generate=generate or 1, given=given, watch=watch, top=top
    )
    if out:
        prompt.draw(seen, out)
    _tell(seen, as_json)


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
    from replication.cli.prompt_saliency import look

    seen = look(text, model=model, generate=generate, given=given, of=of, integrated=integrated)
    _tell(seen, as_json)


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
    from replication.cli.prompt_neurons import look, parse_range

    if generate and given:
        raise ValueError("--generate and --given exclude one another: choose one")
    chosen = parse_range(layers) if layers else None
    seen = look(
        text, model=model, factors=factors, generate=generate, given=given, layers=chosen, seed=seed
    )
    _tell(seen, as_json)


def attention(
    text: Annotated[str, typer.Argument(help="The prompt.")],
    model: ModelName = registry.DEFAULT_MODEL,
    view: Annotated[
        Literal["head", "model", "neuron"],
        typer.Option(help="Heads of a layer; all layers and heads; or queries and keys."),
    ] = "head",
    layers: Annotated[
        str | None, typer.Option(metavar="RANGE", help="Layers, such as 0 or 3-7 (default: all).")
    ] = None,
    heads: Annotated[
        str | None, typer.Option(metavar="RANGE", help="Heads, such as 0 or 3-7 (default: all).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Default: build/attention-VIEW.html.")
    ] = None,
) -> None:
    """Make a page of the attention over a prompt of your own; it opens without a network."""
    from replication.base.files import write_whole
    from replication.cli.prompt_neurons import parse_range
    from replication.pages.attention_prompt import page

    chosen = [parse_range(given) if given else None for given in (layers, heads)]
    path = out or Path("build") / f"attention-{view}.html"
    write_whole(path, page(text, model=model, view=view, layers=chosen[0], heads=chosen[1]))
    print(path)


def patch(
    clean: Annotated[str, typer.Argument(help="The prompt whose activations are taken.")],
    corrupted: Annotated[str, typer.Argument(help="The prompt that is read with them.")],
    right: Annotated[str, typer.Argument(help="The word that goes with the first, e.g. ' are'.")],
    wrong: Annotated[str, typer.Argument(help="The word that goes with the second.")],
    model: ModelName = registry.DEFAULT_MODEL,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with all sites.")] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw all sites: .png, .svg or .pdf.")
    ] = None,
) -> None:
    """Show which activations carry what tells two prompts of your own apart."""
    from replication.cli.prompt import check_drawable
    from replication.cli.prompt_patch import draw, look
    from replication.results.patching import Pair

    if out:
        check_drawable(out)
    seen = look(Pair(clean, corrupted, right, wrong), model=model)
    if out:
        draw(seen, out)
    _tell(seen, as_json)


def precision(
    experiment: Annotated[
        str, typer.Argument(help="Whose text is read, as its file under data/published.")
    ] = "ranks_eu_gpt2",
    model: ModelName = registry.DEFAULT_MODEL,
    norm: Annotated[Norm, typer.Option(help="How inner layers are read.")] = "final",
    dtype: Annotated[
        Literal["bfloat16", "float16"], typer.Option(help="The half precision.")
    ] = "bfloat16",
    in_half: Annotated[
        Literal["states", "all"], typer.Option(help="The network alone, or the lens too.")
    ] = "states",
    device: Annotated[str, typer.Option(metavar="NAME", help="As torch names it.")] = "cpu",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show how many ranks half precision changes against float32."""
    from replication.cli.prompt_precision import look

    seen = look(experiment, model=model, norm=norm, dtype=dtype, in_half=in_half, device=device)
    _tell(seen, as_json)
