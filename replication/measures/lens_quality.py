"""How near the logit lens and the tuned lens come to the model's own output, layer by layer.

Judged on texts that the tuned lens was not fitted on: others that the model writes, with another
seed and from other starts, and the texts of the articles' figures.

``python -m replication.measures.lens_quality MODEL`` has a model write the texts of both kinds, and
puts them into the package.
"""

import sys
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from torch import Tensor

from replication.articles import experiments
from replication.measures.lens import readable
from replication.measures.projection import project
from replication.measures.record import record
from replication.measures.tuned_lens import LENGTH, settings_of
from replication.measures.written import Writing, ship, written
from replication.models.language_model import LanguageModel
from replication.results.tuned import LensQuality, TextKind

SEED = 1
STARTS = (
    *("But", "Every", "Two", "import", "Yesterday", "Her", "Dear", "Some"),
    *("Water", "Question", "Once", "Because", "No", "Our", "People", "Such"),
)
POSITIONS = 8
"""Of each text: what is read over the whole vocabulary at every layer takes long."""
SHORTEST = 40
"""Characters of an article's text: those that follow a few tokens of it say little."""


def lens_quality(model: LanguageModel) -> LensQuality:
    """Divergences from the output under both lenses; the tuned lens is fitted at its first use."""
    texts: dict[TextKind, list[Tensor]] = {
        "written": _written(model),
        "published": _published(model),
    }
    found = np.array(
        [_divergences(model, states) for of_kind in texts.values() for states in of_kind]
    )
    return LensQuality(
        final=found[:, 0],
        tuned=found[:, 1],
        kinds=tuple(kind for kind, of_kind in texts.items() for _ in of_kind),
        positions=POSITIONS,
        provenance=model.provenance("", None),
    )


def _written(model: LanguageModel) -> list[Float[Tensor, "layer position width"]]:
    return [text for batch in written(model, writing_of(model)) for text in batch.states.unbind(1)]


def writing_of(model: LanguageModel) -> Writing:
    """The texts that a model writes to be judged on."""
    length = min(LENGTH, model.network.config.max_position_embeddings)
    return Writing(STARTS, length, SEED)


def _published(model: LanguageModel) -> list[Float[Tensor, "layer position width"]]:
    """Without the first position, as in what the model writes; too long ones are cut."""
    texts = map(experiments.experiment, experiments.published_ids())
    distinct = {text.prompt: text.continuation for text in texts if len(text.prompt) >= SHORTEST}
    limit = model.network.config.max_position_embeddings
    states = []
    for prompt, continuation in distinct.items():
        recording = record(model, *_cut(model, prompt, continuation, limit))
        states.append(recording.states[:, 1 + recording.start_length :])
    return states


def _cut(model: LanguageModel, prompt: str, continuation: str, limit: int) -> Sequence[str]:
    """A prompt with its continuation, or as much of the prompt as the model reads."""
    ids = model.encode(prompt, start=True)
    if len(ids) + len(model.encode(continuation)) <= limit:
        return prompt, continuation
    return model.text(ids[: limit // 2]), ""


def _divergences(
    model: LanguageModel, states: Float[Tensor, "layer position width"]
) -> Float[np.ndarray, "reading layer"]:
    """Means over some positions, through the final norm and through the tuned lens."""
    places = np.unique(np.linspace(0, states.shape[1] - 1, POSITIONS).round().astype(int))
    chosen = states[:, places]
    return np.array(
        [
            project(
                readable(model, chosen, norm), model.unembedding, divergence=True
            ).divergence.mean(1)
            for norm in ("final", "tuned")
        ]
    )


if __name__ == "__main__":
    from replication.models.loading import load

    given = load(sys.argv[1])
    ship(given, (settings_of(given).writing, writing_of(given)))
