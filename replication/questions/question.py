"""What can be asked of any subject, as plain data.

A question is a frozen dataclass: equal questions are asked once, and the same question with another
text is ``question.of(prompt=...)``. It may name the published figure that answers it. The modules
beside this one have a class for each kind of answer; heavy imports wait until a question is asked.
"""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from replication.articles.experiments import experiment
from replication.base.norms import Norm
from replication.results.untestable import NotTestable

if TYPE_CHECKING:
    from replication.questions.reader import Reader

Answer = TypeVar("Answer")
Given = TypeVar("Given", covariant=True)
Asked = TypeVar("Asked", bound="Question[Any]")

CONTINUED_BY = 20
"""How many tokens a prompt of your own is continued by where the article's had a continuation."""


@dataclass(frozen=True)
class Text:
    """A text to be read: a prompt, and what follows it."""

    prompt: str
    continuation: str = ""
    """Given, and read after the prompt."""
    generate: int = 0
    """By how many tokens, mere spaces not counted, each subject continues the prompt greedily
    itself, instead of reading a given continuation."""

    def __post_init__(self) -> None:
        if self.generate < 0:
            raise ValueError(f"generate is {self.generate}: expected 0 or more tokens")
        if self.continuation and self.generate:
            raise ValueError(
                f"a continuation is given ({self.continuation!r}) and {self.generate} tokens are "
                "to be generated: choose one"
            )

    @classmethod
    def of_figure(cls, id: str, *, own: bool = False) -> "Text":
        """The text of a published figure; with ``own`` continued by each subject itself, by as many
        tokens as were published.
        """
        text = experiment(id)
        if own:
            return cls(text.prompt, generate=text.visible_tokens)
        return cls(text.prompt, text.continuation)

    def of(self, continued_by: int = CONTINUED_BY, **settings: Any) -> "Text":
        """The text with some fields changed. A new prompt has its own continuation, or is continued
        by so many tokens if this one's continuation is given.
        """
        if "prompt" in settings and not {"continuation", "generate"} & settings.keys():
            length = self.generate or (continued_by if self.continuation else 0)
            return replace(self, continuation="", generate=length, **settings)
        if "generate" in settings:
            settings = {"continuation": "", **settings}
        elif "continuation" in settings:
            settings = {"generate": 0, **settings}
        return replace(self, **settings)


TEXT_SETTINGS: dict[str, Any] = {field.name: field.type for field in fields(Text)}


@dataclass(frozen=True)
class Question(ABC, Generic[Given]):
    """What can be asked of the published numbers, of a model and of a control alike."""

    norm_matters: ClassVar[bool] = True
    """False where the answer is the same under every norm, or has all of them."""
    reads_out: ClassVar[bool] = True
    """False where nothing is read through the unembedding: neurons, attention, shapes."""
    of_nulls: ClassVar[bool] = True
    """False where a null would have to be fitted to first, which costs more than it tells."""
    published: str | None = field(default=None, kw_only=True)
    """The id of the published figure that answers it."""

    @property
    def id(self) -> str:
        """Names the question in files and reports: the published figure, or its kind and prompt."""
        if self.published:
            return self.published
        kind = re.sub(r"(?<!^)(?=[A-Z])", " ", type(self).__name__).lower()
        values = (getattr(self, field.name) for field in fields(self))
        told = [repr(self.prompt)] if self.prompt else [v for v in values if isinstance(v, str)]
        fresh = ["fresh"] if getattr(self, "fresh", False) else []
        return " ".join([kind, *told, *fresh]).removesuffix(" of")

    @property
    def prompt(self) -> str:
        """The prompt that is read, empty for a question over many texts."""
        text = getattr(self, "text", None)
        return text.prompt if isinstance(text, Text) else ""

    @property
    def continued_by(self) -> int:
        """By how many tokens a prompt of your own is continued, if the article's is."""
        return CONTINUED_BY

    @abstractmethod
    def measure(self, reader: "Reader", norm: Norm) -> Given:
        """A model's answer. ``ModelError`` where it cannot give one, such as for a word that is
        several of its tokens.
        """

    def look_up(self) -> Given:
        """The published answer; ``NotTestable`` where there is none."""
        raise NotTestable(f"the articles published no numbers of {self.id}")

    def of(self: Asked, **settings: Any) -> Asked:
        """The same question with other settings: of its own fields, or of its text's.

        Texts of settings are read as their fields' types: ``"3-7"`` as layers, ``'[" is"]'`` as
        words. With another text or other words no published figure answers it. ``ValueError``,
        with the settings there are, for one that it does not have.
        """
        if unknown := settings.keys() - self.settings.keys():
            raise ValueError(
                f"{self.id!r} has no setting {min(unknown)!r}: expected some of "
                f"{', '.join(sorted(self.settings))}"
            )
        parsed = {name: parsed_as(self.settings[name], given) for name, given in settings.items()}
        of_text = {name: parsed.pop(name) for name in TEXT_SETTINGS.keys() & parsed.keys()}
        changed: Any = replace(self, **parsed)
        if of_text:
            changed = replace(changed, text=changed.text.of(changed.continued_by, **of_text))
        if (of_text or "words" in parsed) and changed != self:
            changed = replace(changed, published=None)
        return changed

    def under(self: Asked, norms: Iterable[Norm]) -> Asked:
        """The question as it is to be asked where these norms are wanted."""
        return self

    @property
    def settings(self) -> dict[str, Any]:
        """What ``of`` can change, by name, with the type of each."""
        own = {field.name: field.type for field in fields(self) if field.name != "published"}
        return {**own, **TEXT_SETTINGS} if own.pop("text", None) else own


def parsed_as(kind: Any, value: Any) -> Any:
    """A setting as its field's type has it; what is no text stays as it is.

    ``ValueError`` for a text that cannot be read so.
    """
    if not isinstance(value, str) or kind is str:
        return value
    if "tuple[int" in str(kind):
        return tuple(parse_range(value)) if value else None
    several = "tuple[str" in str(kind)
    text = json.dumps([value]) if several and not value.startswith("[") else value
    adapter = TypeAdapter(kind)
    try:
        return adapter.validate_json(text) if several else adapter.validate_strings(text)
    except ValidationError as error:
        raise ValueError(f"cannot read {value!r}: {error.errors()[0]['msg']}") from error


def parse_range(text: str) -> list[int]:
    """Numbers written as ``3`` or ``3-7``; ``ValueError`` for anything else."""
    first, dash, last = text.partition("-")
    readable = first.isdecimal() and (last.isdecimal() if dash else True)
    if not readable or int(first) > int(last or first):
        raise ValueError(f"cannot read {text!r}: expected a number or a range, such as 3-7")
    return list(range(int(first), int(last or first) + 1))
