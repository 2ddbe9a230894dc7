"""What the logit lens costs against the forward pass, in multiplications of matrix products.

Counted from shapes, so that no clock has a part in it; ``benchmarks/works/`` has the times.
Norms and nonlinearities, which multiply no matrices, are left out: they grow with the width, and
not with its square.
"""

from replication.models.errors import ModelError
from replication.models.language_model import LanguageModel
from replication.results.cost import LensCost


def lens_cost(model: LanguageModel, tokens: int) -> LensCost:
    """The cost of a pass over so many tokens, and of the lens over all of it."""
    if tokens < 1:
        raise ModelError(f"{tokens} tokens given: expected at least 1")
    config = model.network.config
    heads = config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // heads
    matrices = sum(p.numel() for block in model.blocks for p in block.parameters() if p.ndim == 2)
    # Every query meets every key, and every value is weighted, as computed: masked ones too.
    attention = 2 * len(model.blocks) * heads * size * tokens**2
    vocabulary, width = model.unembedding.shape
    reading = vocabulary * width  # one state
    return LensCost(
        tokens=tokens,
        forward=tokens * (matrices + reading) + attention,
        lens=len(model.blocks) * tokens * reading,
        last_position=len(model.blocks) * reading,
        provenance=model.provenance(f"{tokens} tokens", None),
    )
