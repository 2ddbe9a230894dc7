"""What each layer contributes: by hand, and against the logits of the network itself."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import tiny
import torch

from replication.base.norms import NORMS, Norm
from replication.measures.contributions import contributions
from replication.measures.lens import continuation_ranks
from replication.measures.record import record
from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.questions.layers import ContributionsOf, LensCostOf
from replication.questions.question import Text
from replication.questions.reader import Reader
from replication.results.contributions import Contributions, greatest
from replication.results.untestable import NotTestable

SOURCE = tiny.model("llama").provenance("", "none")
FOUND = Contributions(
    ranks=np.array([[8, 4], [4, 8], [1, 2]]),
    scores=np.array([[-9.0, -3.0], [-4.0, -4.0], [-3.0, -1.0]]),
    tokens=(" 1", ","),
    provenance=SOURCE,
)


def test_contributions_by_hand() -> None:
    assert FOUND.by_rank.tolist() == [[1, -1], [2, 2]]
    assert FOUND.by_score is not None
    assert FOUND.by_score.tolist() == [[5, -1], [1, 3]]
    assert greatest(FOUND.by_rank).tolist() == [2, 2]
    assert greatest(FOUND.by_score).tolist() == [1, 2]  # score and rank need not agree
    assert greatest(np.array([[0.0, -1.0]])).tolist() == [0, 0]


@pytest.mark.parametrize("norm", NORMS)
def test_scores_are_the_networks_own_at_the_end(model: LanguageModel, norm: Norm) -> None:
    recording = record(model, "The keys", " to the cabinet")
    found = contributions(model, recording, norm)
    assert found.scores is not None
    assert found.by_score is not None
    ids = torch.tensor([recording.ids])
    with torch.inference_mode():
        shares = model.network(ids).logits[0].double().log_softmax(-1) / np.log(2)
    places = range(recording.prompt_length, len(recording.ids))
    own = [float(shares[place - 1, recording.ids[place]]) for place in places]
    np.testing.assert_allclose(found.scores[-1], own, rtol=1e-4, atol=1e-4)
    # The layers together raise a token from its first score to its last.
    np.testing.assert_allclose(
        found.by_score.sum(axis=0), found.scores[-1] - found.scores[0], atol=1e-9
    )
    np.testing.assert_array_equal(found.ranks, continuation_ranks(model, recording, norm).ranks)
    with pytest.raises(ModelError, match="no continuation"):
        contributions(model, record(model, "The keys"), norm)


def test_published_ranks_have_no_scores() -> None:
    found = ContributionsOf.of_figure("ranks_heathrow").look_up()
    assert found.scores is None
    assert found.by_score is None
    assert greatest(found.by_rank)[0] == 5  # " London", from rank 37 to 1
    with pytest.raises(NotTestable, match="no numbers"):
        ContributionsOf(Text("The keys", " to")).look_up()


def test_questions_ask_for_the_librarys_numbers() -> None:
    reader = Reader(tiny.model("llama"))
    text = Text("The keys", " to the cabinet")
    found = ContributionsOf(text).measure(reader, "final")
    assert found.tokens == reader.recording(text).continuation
    assert LensCostOf(text).measure(reader, "none").tokens == len(reader.ids(text)[0])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tokens": (" 1",)}, "do not fit 1 tokens"),
        ({"ranks": FOUND.ranks[:1], "scores": None}, "expected at least 2 layers"),
        ({"ranks": FOUND.ranks - 1}, "a rank is 0"),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(FOUND, **changes)
