"""The subcommands of ``replicate`` that ask a model about a prompt of your own.

Each builds the questions that figures and claims ask too, and prints or draws the answers. Heavy
packages are imported when a command is run, so that ``--help`` is quick.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from replication.base import devices
from replication.base.norms import Norm
from replication.cli import extras
from replication.models import registry

if TYPE_CHECKING:
    from replication.questions.question import Question, Text

    Questions = list[Question[Any]]

ModelName = Annotated[str, typer.Option("--model", metavar="NAME", help="See `replicate models`.")]
Device = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        envvar=devices.VARIABLE,
        callback=devices.use,
        help="Where networks compute: cpu, or cuda on a GPU.",
    ),
]
"""Set where it is read, before the command begins."""
Prompt = Annotated[str, typer.Argument(help="The prompt.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Drawn = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Draw the answer: .png, .svg or .pdf.")
]
Given = Annotated[
    str | None, typer.Option(metavar="TEXT", help="Read this continuation instead of the model's.")
]
Range = Annotated[
    str | None, typer.Option(metavar="RANGE", help="Such as 0 or 3-7 (default: all).")
]
DRAWABLE = (".png", ".svg", ".pdf")


def lens(
    text: Prompt,
    model: ModelName = registry.DEFAULT_MODEL,
    device: Device = devices.DEFAULT,
    norm: Annotated[
        Norm,
        typer.Option(
            help="How inner layers are read: the articles' way, with the final norm, or tuned."
        ),
    ] = "final",
    generate: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Continue greedily by N tokens (default: 1)."),
    ] = None,
    given: Given = None,
    watch: Annotated[
        list[str] | None,
        typer.Option(metavar="WORD", help="Rank this word instead, e.g. ' is'. Repeatable."),
    ] = None,
    top: Annotated[int, typer.Option(min=1, metavar="K", help="Best tokens per layer.")] = 5,
    sublayers: Annotated[
        bool, typer.Option("--sublayers", help="Look inside the blocks too: after attention.")
    ] = False,
    as_json: AsJson = False,
    out: Drawn = None,
) -> None:
    """Show the rank of tokens, and the best tokens, after every layer."""
    from replication.questions.lens import (
        PositionsOf,
        RanksOf,
        TopTokensOf,
        WatchedRanksOf,
        WordsOf,
    )
    from replication.questions.question import Text

    if sum(option is not None for option in (generate, given, watch or None)) > 1:
        raise ValueError("--generate, --given and --watch exclude one another: choose one")
    prompt, words = Text(text), tuple(watch or ())
    if sublayers:
        if generate or given is not None:
            raise ValueError("--sublayers goes with --watch alone: leave the other options out")
        inside: Questions = [
            WordsOf(prompt, words, sublayers=True),
            PositionsOf(prompt, sublayers=True),
        ]
        return _answer(inside, model, norm, as_json, out)
    ranks = WatchedRanksOf(prompt, words) if words else RanksOf(_continued(text, generate, given))
    return _answer([ranks, TopTokensOf(prompt, top)], model, norm, as_json, out)


def saliency(
    text: Prompt,
    model: ModelName = registry.DEFAULT_MODEL,
    device: Device = devices.DEFAULT,
    generate: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Continue greedily by N tokens (default: 1)."),
    ] = None,
    given: Given = None,
    of: Annotated[
        Literal["logit", "probability"], typer.Option(help="The score whose gradient is taken.")
    ] = "logit",
    integrated: Annotated[
        bool, typer.Option("--integrated", help="Integrated gradients, not gradient x input.")
    ] = False,
    as_json: AsJson = False,
    out: Drawn = None,
) -> None:
    """Show which tokens of a prompt each token of its continuation rests on."""
    from replication.questions.saliency import SaliencyOf

    if integrated:
        extras.need("captum")
    question = SaliencyOf(_continued(text, generate, given), of, integrated)
    _answer([question], model, "final", as_json, out)


def neurons(
    text: Prompt,
    model: ModelName = registry.DEFAULT_MODEL,
    device: Device = devices.DEFAULT,
    factors: Annotated[int, typer.Option(min=1, metavar="N", help="How many factors.")] = 5,
    generate: Annotated[
        int, typer.Option(min=0, metavar="N", help="Continue greedily by N tokens.")
    ] = 0,
    given: Given = None,
    layers: Range = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the factorization's random start.")] = 0,
    as_json: AsJson = False,
    out: Drawn = None,
) -> None:
    """Show the factors that the neurons' firing over a prompt is made of."""
    from replication.questions.neurons import FactorsOf, SparsityOf
    from replication.questions.question import Text, parse_range

    chosen = tuple(parse_range(layers)) if layers else None
    read = Text(text, given or "", generate)
    questions: Questions = [FactorsOf(read, factors, seed, chosen), SparsityOf(read, chosen)]
    _answer(questions, model, "final", as_json, out)


def attention(
    text: Prompt,
    model: ModelName = registry.DEFAULT_MODEL,
    device: Device = devices.DEFAULT,
    view: Annotated[
        Literal["head", "model", "neuron"],
        typer.Option(help="Heads of a layer; all layers and heads; or queries and keys."),
    ] = "head",
    layers: Range = None,
    heads: Range = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Default: build/attention-VIEW.html.")
    ] = None,
) -> None:
    """Make a page of the attention over a prompt; it opens without a network."""
    from replication.base.files import write_whole
    from replication.pages.exploring import attention_page
    from replication.questions.question import Text, parse_range

    extras.need("bertviz")
    chosen = [parse_range(given) if given else None for given in (layers, heads)]
    path = out or Path("build") / f"attention-{view}.html"
    write_whole(path, attention_page(Text(text), model, view, *chosen))
    print(path)


def patch(
    clean: Annotated[str, typer.Argument(help="The prompt whose activations are taken.")],
    corrupted: Annotated[str, typer.Argument(help="The prompt that is read with them.")],
    right: Annotated[str, typer.Argument(help="The word that goes with the first, e.g. ' are'.")],
    wrong: Annotated[str, typer.Argument(help="The word that goes with the second.")],
    model: ModelName = registry.DEFAULT_MODEL,
    device: Device = devices.DEFAULT,
    as_json: AsJson = False,
    out: Drawn = None,
) -> None:
    """Show which activations carry what tells two prompts apart."""
    from replication.questions.patching import PatchingOf

    _answer([PatchingOf(clean, corrupted, right, wrong)], model, "final", as_json, out)


def precision(
    figure: Annotated[
        str, typer.Argument(help="The published figure whose text is read.")
    ] = "ranks_eu_gpt2",
    model: ModelName = registry.DEFAULT_MODEL,
    device: Device = devices.DEFAULT,
    norm: Annotated[Norm, typer.Option(help="How inner layers are read.")] = "final",
    dtype: Annotated[
        Literal["bfloat16", "float16"], typer.Option(help="The half precision.")
    ] = "bfloat16",
    in_half: Annotated[
        Literal["states", "all"], typer.Option(help="The network alone, or the lens too.")
    ] = "states",
    as_json: AsJson = False,
) -> None:
    """Show how many ranks half precision changes against float32."""
    from replication.questions.precision import RankChangesOf
    from replication.questions.question import Text

    question = RankChangesOf(Text.of_figure(figure), dtype, in_half)
    _answer([question], model, norm, as_json)


def _continued(text: str, generate: int | None, given: str | None) -> "Text":
    from replication.questions.question import Text

    if given is None:
        return Text(text, generate=generate or 1)
    if generate:
        raise ValueError("--generate and --given exclude one another: choose one")
    return Text(text, given)


def _answer(
    questions: "Questions",
    model: str,
    norm: Norm,
    as_json: bool,
    out: Path | None = None,
) -> None:
    """Ask a model, draw the first answer if a file is named, and print all of them."""
    from replication.cli import printing
    from replication.questions.measured import subject
    from replication.questions.subjects import Case

    if out and out.suffix not in DRAWABLE:  # before any work is done
        raise ValueError(f"cannot draw to {str(out)!r}: expected one of {', '.join(DRAWABLE)}")
    if out:
        extras.need("matplotlib")
    case = Case(subject(model), norm)
    answers = [case.answer(question) for question in questions]
    if out:
        _draw(answers[0], out)
    print(printing.as_json(answers) if as_json else printing.as_text(answers))


def _draw(answer: Any, path: Path) -> None:
    """Draw an answer into a file that appears whole or not at all."""
    from replication.base.files import whole
    from replication.figures.drawing.draw import draw

    page = draw({answer.provenance.prompt: [answer]}, answer.provenance.prompt)
    with whole(path) as unfinished:
        page.savefig(unfinished, dpi=150)
