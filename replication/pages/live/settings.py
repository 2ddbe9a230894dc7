"""What can be set on the page, as a link holds it, and the questions that it comes to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import parse_qsl, urlencode

from replication.base.norms import READINGS, Norm
from replication.models import registry
from replication.questions.attention import AttentionOf
from replication.questions.lens import RanksOf, TopTokensOf, WatchedRanksOf
from replication.questions.neurons import FactorsOf
from replication.questions.question import Question, Text, parse_range
from replication.questions.saliency import SaliencyOf

KINDS: dict[str, str] = {
    "ranks": "Ranks after every layer",
    "top": "Top tokens after every layer",
    "saliency": "What each token rests on",
    "factors": "Factors of the neurons",
    "attention": "Attention",
}
"""The answers there are, in the order in which they are worked out."""
MOST_CHARACTERS = {
    **{"prompt": 4_000, "given": 2_000, "second": 4_000},
    **{"layers": 20, "model": 100, "norm": 20},
}
MOST_WORDS, LONGEST_WORD = 8, 60
MOST_FIELDS = 40
RANGES = {"generate": (0, 50), "factors": (1, 20)}


@dataclass(frozen=True)
class Settings:
    """What is asked. ``ValueError``, with what is expected, for what the page does not take."""

    prompt: str = ""
    given: str = ""
    """Read after the prompt; if it is empty, the model continues itself."""
    generate: int = 1
    """By how many tokens it does."""
    words: tuple[str, ...] = ()
    """Ranked after the prompt instead of the continuation."""
    second: str = ""
    """A prompt to compare."""
    model: str = registry.DEFAULT_MODEL
    norm: Norm = "final"
    factors: int = 5
    layers: str = ""
    """Of the factors, such as ``0`` or ``3-7``; all if empty."""
    show: tuple[str, ...] = tuple(KINDS)
    """Keys of ``KINDS``."""

    def __post_init__(self) -> None:
        for name, most in MOST_CHARACTERS.items():
            if (length := len(getattr(self, name))) > most:
                raise ValueError(
                    f"{CALLED[name]} has {length:,} characters: expected at most {most:,}"
                )
        for name, (least, most) in RANGES.items():
            if not least <= (number := getattr(self, name)) <= most:
                raise ValueError(f"{CALLED[name]} is {number}: expected {least} to {most}")
        if len(self.words) > MOST_WORDS:
            raise ValueError(f"{len(self.words)} words to watch: expected at most {MOST_WORDS}")
        if longest := next((word for word in self.words if len(word) > LONGEST_WORD), ""):
            raise ValueError(
                f"a word to watch has {len(longest):,} characters: expected one token, of at most "
                f"{LONGEST_WORD}"
            )
        for kind in self.show:
            _check("answer", kind, KINDS)
        if self.layers:
            parse_range(self.layers)

    @classmethod
    def of(cls, query: str, model: str = registry.DEFAULT_MODEL) -> "Settings":
        """As a link has them: texts by name, of which those of lists can come again. ``model`` is
        the one to ask where none is named.

        Else ``ValueError``, also for a name that there is not, and for bytes that are no text.
        """
        try:
            pairs = parse_qsl(
                query, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"
            )
        except ValueError as error:
            raise ValueError(
                f"the settings cannot be read: expected UTF-8, and at most {MOST_FIELDS} of them"
            ) from error
        given: dict[str, list[str]] = {}
        for name, text in pairs:
            if name not in _TYPES:
                raise ValueError(
                    f"unknown setting {name[:20]!r}: expected some of {', '.join(_TYPES)}"
                )
            given.setdefault(name, []).append(text.replace("\r\n", "\n"))
        found = {name: _read(name, texts) for name, texts in given.items()}
        _check("reading", found.get("norm", cls.norm), READINGS)
        return cls(**{"model": model, **found})

    def check_prompt(self) -> None:
        """``ValueError`` where there is nothing to read."""
        if not self.prompt:
            raise ValueError("the prompt is empty: type at least one character")

    @property
    def query(self) -> str:
        """As a link has them; of what is as usual, only the model is told."""
        changed = {
            field.name: value
            for field in fields(self)
            if (value := getattr(self, field.name)) != field.default or field.name == "model"
        }
        return urlencode(changed, doseq=True)

    @property
    def prompts(self) -> tuple[str, ...]:
        """The prompt, and the one to compare if there is one."""
        return (self.prompt, self.second) if self.second else (self.prompt,)

    def _text(self, prompt: str, *, least: int = 0) -> Text:
        """A prompt with its continuation, of so many tokens at least where none is given."""
        return Text(prompt, self.given, 0 if self.given else max(self.generate, least))

    def questions(self, kind: str) -> Iterator[Question[Any]]:
        """What a kind of answer asks, for each prompt."""
        for prompt in self.prompts:
            continued, read = self._text(prompt, least=1), Text(prompt, self.given)
            match kind:
                case "ranks":
                    yield WatchedRanksOf(read, self.words) if self.words else RanksOf(continued)
                case "top":
                    yield TopTokensOf(read)
                case "saliency":
                    yield SaliencyOf(continued)
                case "factors":
                    layers = tuple(parse_range(self.layers)) if self.layers else None
                    yield FactorsOf(self._text(prompt), self.factors, layers=layers)
                case "attention":
                    yield AttentionOf(read)


CALLED = {
    "prompt": "the prompt",
    "given": "the continuation",
    "second": "the second prompt",
    "layers": "the range of layers",
    "model": "the name of the model",
    "norm": "the name of the reading",
    "generate": "the number of tokens to continue by",
    "factors": "the number of factors",
}


def _check(name: str, value: str, known: Iterable[str]) -> None:
    if value not in known:
        raise ValueError(f"unknown {name} {value[:20]!r}: expected one of {', '.join(known)}")


_TYPES = {field.name: field.type for field in fields(Settings)}


def _read(name: str, texts: list[str]) -> Any:
    """A setting as its field's type has it."""
    if name == "words":  # one on a line
        return tuple(word for text in texts for word in text.split("\n") if word)
    if name == "show":
        return tuple(dict.fromkeys([*(kind for kind in KINDS if kind in texts), *texts]))
    if _TYPES[name] is not int:
        return texts[-1]
    if not texts[-1].strip().isdecimal():
        raise ValueError(f"{CALLED[name]} is {texts[-1][:20]!r}: expected a number")
    return int(texts[-1])
