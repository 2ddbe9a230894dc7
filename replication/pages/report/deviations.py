"""In what a check departs from the article's own experiment, as its provenance tells."""

from collections.abc import Iterator

from replication.articles import experiments
from replication.articles.sources import published_of
from replication.judging.claims import ClaimRecord
from replication.judging.findings import Finding
from replication.models import registry


def deviations(claim: ClaimRecord, finding: Finding) -> Iterator[str]:
    """One sentence each; none for the article's own numbers."""
    if finding.kind == "published":
        return
    entry, null = registry.find(finding.subject)
    yield from _of_model(claim, finding, entry)
    if null:
        yield f"A null, not the trained model: {null.made_by}."
    elif entry.quantization:
        yield f"Quantized weights: {entry.weights}."
    if finding.start_token != "none":
        yield f"A start token that the model sees before the text: {finding.start_token}."
    if claim.source.norm == "none" and finding.norm == "final":
        yield "Inner layers are read through the final norm, which the article leaves out."
    if claim.source.norm == "final" and finding.norm == "none":
        yield "Inner layers are read without the final norm, which the logit lens applies."
    if finding.norm == "tuned":
        yield "Inner layers are read through an affine map fitted for each of them, then the norm."
    if claim.level == "many texts":
        yield "Many texts of the same kind in place of the article's one, which is not among them."


def _of_model(claim: ClaimRecord, finding: Finding, entry: registry.ModelEntry) -> Iterator[str]:
    theirs = sorted({figure.model for figure in published_of(claim.figures) if figure.model})
    if not theirs:
        yield f"No numbers were published to compare with; measured on {finding.model}."
        return
    known = set(claim.figures) & set(experiments.published_ids())
    if entry.name in {experiments.experiment(id).paper_model for id in known}:
        return
    yield f"Another model: {finding.model}. The article's numbers are of {', '.join(theirs)}."
    yield (
        f"Another tokenizer, of {entry.vocabulary:,} tokens: it may cut words elsewhere, so tokens "
        "are found by what they are and not by where they stand."
    )
    yield (
        f"Another depth, {entry.layers} layers: a layer is carried over by its share of the depth. "
        "Orders are judged, and not the article's numbers."
    )
