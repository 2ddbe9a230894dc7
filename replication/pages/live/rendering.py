"""The page itself: its form, its menu, and the places where answers will stand."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from jinja2 import Template

from replication.base.norms import Norm
from replication.judging.written_verdicts import TOLD, written_verdicts
from replication.models import registry, weights
from replication.pages.live import menu
from replication.pages.live.notebook_cell import notebook_cell
from replication.pages.live.settings import KINDS, RANGES, Settings
from replication.pages.templating import templates
from replication.questions.subjects import Published

NORMS: dict[Norm, str] = {
    "final": "through the final norm: the usual logit lens",
    "none": "straight to the unembedding: the articles' way",
    "tuned": "through the tuned lens, which is fitted at its first use: minutes",
}


@dataclass(frozen=True)
class Judged:
    """A claim with its verdicts: on the published numbers, and on the model that is asked."""

    claim: str
    says: str
    published: str
    """A symbol, or empty."""
    measured: str


class Rendering:
    """What the page is made of besides the settings."""

    def __init__(self, model: str, verdicts: Path | None) -> None:
        self._model = model
        here = [name for name, entry in registry.MODELS.items() if weights.is_cached(entry)]
        entry, _ = registry.find(model)
        names = dict.fromkeys([entry.name, *here])
        untrained = [registry.null_name(name, "untrained", 0) for name in names]
        self.models = tuple(dict.fromkeys([model, *names, *untrained]))
        """Those that can be asked, with an untrained one of each."""
        self._verdicts = written_verdicts(verdicts) if verdicts else {}

    def settings(self, query: str) -> Settings:
        """The settings of a link; ``ValueError`` for what cannot be asked here."""
        settings = Settings.of(query, self._model)
        if settings.model not in self.models:
            raise ValueError(
                f"the model {settings.model!r} is not here: expected one of "
                f"{', '.join(self.models)}; others come with `replicate fetch`"
            )
        return settings

    def page(self, settings: Settings, fault: str) -> str:
        """The whole page."""
        listed = [
            (figure.title, list(of), self._judged(figure.claims, settings))
            for figure, of in groupby(menu.experiments(), key=lambda one: one.figure)
        ]
        return _template("page").render(
            settings=settings,
            fault=fault,
            experiments=listed,
            link=lambda one: self._link(one, settings),
            models=self.models,
            norms=NORMS,
            kinds=KINDS,
            ranges=RANGES,
            told=TOLD,
        )

    def plan(self, settings: Settings) -> dict[str, str]:
        """Where answers will stand, with the verdicts on what they bear on; the link; the cell."""
        places = tuple(menu.places(settings))
        claims: dict[str, dict[str, None]] = {}
        for place in places:
            claims.setdefault(place.kind, {}).update(dict.fromkeys(place.claims))
        judged = {kind: self._judged(of, settings) for kind, of in claims.items()}
        html = _template("plan").render(places=places, judged=judged, kinds=KINDS, told=TOLD)
        cell = notebook_cell([place.question for place in places], settings.model, settings.norm)
        return {"plan": html, "link": f"/?{settings.query}", "cell": cell}

    def _link(self, experiment: menu.Experiment, settings: Settings) -> str:
        """Its settings, on the model and by the norm that are chosen."""
        asked = replace(experiment.settings, model=settings.model, norm=settings.norm)
        return f"/?{asked.query}"

    def _judged(self, claims: Iterable[str], settings: Settings) -> list[Judged]:
        found = (self._verdicts.get(claim) for claim in claims)
        return [
            Judged(
                one.claim,
                one.says,
                one.on(Published.name, "none"),
                one.on(settings.model, settings.norm),
            )
            for one in found
            if one
        ]


def _template(name: str) -> Template:
    return templates().get_template(f"live/{name}.html")
