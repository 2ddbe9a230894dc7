"""Every kind of question on a GPU: the answers are the processor's, but for the last bits."""

from copy import deepcopy
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import numpy as np
import pytest
import torch
from questions.test_sets import control, fluent  # noqa: F401  (fixtures)

from replication import questions
from replication.measures.saliency import integrate
from replication.models.language_model import LanguageModel
from replication.models.null_networks import seeing_one_token
from replication.models.nulls import Null
from replication.questions.attention import (
    AttentionOf,
    HeadsOver,
    LayerAttentionOf,
    QueriesAndKeysOf,
)
from replication.questions.layers import ContributionsOf, LensCostOf
from replication.questions.lens import (
    CandidatesOf,
    ContinuationOf,
    FormulasOf,
    PositionsOf,
    RanksOf,
    TokenIdsOf,
    TopTokensOf,
    UncertaintyOf,
    WatchedRanksOf,
    WordsOf,
)
from replication.questions.neurons import (
    ClustersOf,
    ComponentsOf,
    FactorsOf,
    FeedForwardShareOf,
    FiringOf,
    SparsityOf,
)
from replication.questions.norm_parts import NormPartsOf, NormPartsOver
from replication.questions.openings import ErasureOver, ShortlistsOver
from replication.questions.patching import PatchingOf
from replication.questions.precision import RankChangesOf
from replication.questions.question import Question, Text
from replication.questions.reader import Reader
from replication.questions.saliency import SaliencyOf
from replication.questions.sets import (
    AgreementByLayer,
    ArrivalsOver,
    CircuitByLayer,
    CircuitOver,
    ExpectedOver,
    OccupationsByLayer,
    OverNorms,
    RepetitionByLayer,
    SteeringOver,
    WatchedOver,
)
from replication.questions.tuned import LensQualityOf, WatchedReadingsOf
from replication.results.data import as_data

TEXT, OWN = Text("The keys", " to the cabinet"), Text("1. Austria\n2. Belgium\n3.", generate=4)
WORDS = (" man", " woman")
OF_TEXTS: tuple[Question[Any], ...] = (
    RanksOf(OWN),
    WatchedRanksOf(TEXT, WORDS),
    TopTokensOf(TEXT),
    CandidatesOf(TEXT),
    ContinuationOf(OWN),
    TokenIdsOf(TEXT),
    WordsOf(TEXT, sublayers=True),
    PositionsOf(TEXT),
    UncertaintyOf(TEXT),
    FormulasOf(TEXT, " man"),
    ContributionsOf(TEXT),
    LensCostOf(TEXT),
    SaliencyOf(OWN),
    SaliencyOf(OWN, "probability"),
    ErasureOver(),
    ShortlistsOver(),
    SparsityOf(TEXT),
    ClustersOf(TEXT, 3),
    FiringOf(TEXT, 3, neurons=5),
    FactorsOf(TEXT, 2),
    ComponentsOf(TEXT, 2),
    FeedForwardShareOf(),
    AttentionOf(TEXT),
    LayerAttentionOf(TEXT),
    QueriesAndKeysOf(TEXT),
    HeadsOver(),
    NormPartsOf(TEXT, WORDS),
    RankChangesOf(TEXT),
    PatchingOf("The keys to the", "The man to the", " woman", " man"),
    ArrivalsOver(),
    LensQualityOf(),
    WatchedReadingsOf(TEXT, WORDS),
)
OVER_SETS: tuple[Question[Any], ...] = (
    WatchedOver("agreement"),
    ExpectedOver(),
    AgreementByLayer(),
    OccupationsByLayer(),
    RepetitionByLayer(),
    CircuitOver(),
    CircuitByLayer(),
    SteeringOver(),
    NormPartsOver(),
)
NEAR = 0.02
"""On a GPU: how far numbers may be apart, as a share of the greatest."""


on_a_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")


@pytest.fixture
def device() -> torch.device:
    """Another device than the processor."""
    return torch.device("cuda")


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLICATE_CACHE", str(tmp_path))


def moved(model: LanguageModel, device: torch.device) -> LanguageModel:
    """A copy of a model on a device."""
    network = deepcopy(model.network).to(device)
    network.tie_weights()
    return replace(model, network=network)


def assert_same(found: Any, expected: Any, near: float) -> None:
    """Equal up to a share of the greatest number, ranks and places up to one."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for key in expected.keys() - {"device"}:
            assert_same(found[key], expected[key], near)
    elif isinstance(expected, list) and expected and not isinstance(expected[0], str):
        assert len(found) == len(expected)
        if isinstance(expected[0], list | dict):
            for one, other in zip(found, expected, strict=True):
                assert_same(one, other, near)
        else:
            greatest = np.abs(expected).max()
            np.testing.assert_allclose(found, expected, rtol=0, atol=near * max(greatest, 1))
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=near, abs=0)
    else:
        assert found == expected


def ask(question: Question[Any], model: LanguageModel, device: torch.device, norm: Any) -> Any:
    """The same question, here and there: the answers are the same."""
    here = question.measure(Reader(model), norm)
    there = question.measure(Reader(moved(model, device)), norm)
    assert_same(as_data(there), as_data(here), NEAR)
    return there


@on_a_gpu
@pytest.mark.parametrize("question", OF_TEXTS, ids=lambda question: type(question).__name__)
def test_of_texts(question: Question[Any], model: LanguageModel, device: torch.device) -> None:
    found = ask(question, model, device, "final")
    if hasattr(found, "provenance"):
        assert found.provenance.weights == f"float32, on {device.type}"


@on_a_gpu
@pytest.mark.parametrize("question", OVER_SETS, ids=lambda question: type(question).__name__)
def test_over_sets(
    question: Question[Any],
    control: LanguageModel,  # noqa: F811
    device: torch.device,
) -> None:
    ask(question, control, device, "final")


def test_all_kinds_of_question_are_asked() -> None:
    for module in iter_modules(questions.__path__, "replication.questions."):
        import_module(module.name)
    kinds: list[type] = [Question]
    known = set[type]()
    while kinds:
        below: list[type] = kinds.pop().__subclasses__()
        kinds += below
        known |= {kind for kind in below if kind.__module__.startswith("replication.")}
    asked = {type(question) for question in (*OF_TEXTS, *OVER_SETS)}
    assert known - {OverNorms} <= asked


@on_a_gpu
def test_integrated_gradients(model: LanguageModel, device: torch.device) -> None:
    ids = model.encode("The keys to the", start=True)
    here, there = (integrate(one, ids, steps=8) for one in (model, moved(model, device)))
    assert_same(there.attributions.cpu().tolist(), here.attributions.tolist(), NEAR)


@on_a_gpu
@pytest.mark.parametrize("norm", ["none", "tuned"])
@pytest.mark.parametrize("question", [RanksOf(OWN), WordsOf(TEXT, WORDS, True)])
def test_under_other_norms(
    question: Question[Any], norm: str, model: LanguageModel, device: torch.device
) -> None:
    ask(question, model, device, norm)


@on_a_gpu
def test_nulls(model: LanguageModel, device: torch.device) -> None:
    """Those that are made of a network while it reads, and of its states."""
    blind = replace(model, null=Null("blind-lens", 3))
    ask(PositionsOf(TEXT), blind, device, "final")
    narrow = seeing_one_token(deepcopy(model.network), start=bool(model.entry.start_token))
    ask(PositionsOf(TEXT), replace(model, network=narrow), device, "final")


@on_a_gpu
def test_products_on_a_gpu_are_in_whole_float32() -> None:
    """TensorFloat-32, with 10 bits, is off by a thousandth."""
    chance = torch.Generator().manual_seed(0)
    one, other = torch.randn((2, 256, 256), generator=chance)
    product = (one.cuda() @ other.cuda()).cpu().double()
    exact = one.double() @ other.double()
    assert (product - exact).abs().max() < 1e-5 * exact.abs().max()
